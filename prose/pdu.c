// SPDX-License-Identifier: GPL-2.0
/* Parse the headers of a frame. */

#include <linux/limits.h>
#include <linux/types.h>
#include <linux/unaligned.h>

#include <uapi/linux/prose.h>

#include "pdu.h"

/**
 * prose_pdu_parse_rest - read the headers that follow the SL-SCH header
 * @frame: the frame from its SL-SCH header on, which prose_pdu_parse_slsch()
 *	found sound
 * @avail: octets that may be read there, the smaller of @len and
 *	PROSE_HEAD_MAX at least
 * @len: octets of the frame
 * @pdu: the rest is filled in
 *
 * The R bits and what follows the PDU decide nothing (TS 36.323 6.3.6). Both
 * forms of subheader are taken for any length.
 *
 * Return: the first thing that is wrong, or PROSE_PDU_OK.
 */
enum prose_pdu_verdict prose_pdu_parse_rest(const u8 *frame, size_t avail,
					    size_t len, struct prose_pdu *pdu)
{
	const u8 *sub = frame + PROSE_SLSCH_LEN;
	size_t start, room;
	const u8 *pdcp;
	u32 count;

	pdu->lcid = sub[0] & PROSE_SUB_LCID;
	if (sub[0] & PROSE_SUB_E) {
		start = PROSE_SLSCH_LEN + PROSE_SUB_PADDED_LEN;
		if (avail < start)
			return PROSE_PDU_LENGTH;
		if (!(sub[1] & PROSE_SUB_F) || sub[3] & PROSE_SUB_E ||
		    (sub[3] & PROSE_SUB_LCID) != PROSE_LCID_PADDING)
			return PROSE_PDU_SUBHEADER;
		room = (sub[1] & PROSE_SUB_L_HIGH) << 8 | sub[2];
		if (room > len - start)
			return PROSE_PDU_LENGTH;
	} else {
		start = PROSE_HEAD_MIN;
		room = len - start;
		if (room > U16_MAX)
			return PROSE_PDU_LENGTH;
	}

	if (pdu->lcid < PROSE_LCID_MIN || pdu->lcid > PROSE_LCID_MAX)
		return PROSE_PDU_LCID;
	if (room < PROSE_PDCP_LEN || avail < start + PROSE_PDCP_LEN)
		return PROSE_PDU_LENGTH;

	pdcp = frame + start;
	pdu->sdu_type = pdcp[0] >> PROSE_PDCP_TYPE_SHIFT;
	pdu->pgk_index = pdcp[0] & PROSE_PDCP_PGK_INDEX;
	count = get_unaligned_be32(pdcp + 1);
	pdu->ptk_id = count >> 16;
	pdu->sn = count & 0xffff;
	pdu->data = start + PROSE_PDCP_LEN;
	pdu->len = room - PROSE_PDCP_LEN;
	return PROSE_PDU_OK;
}
