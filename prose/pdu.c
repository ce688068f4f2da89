// SPDX-License-Identifier: GPL-2.0
/* Parse and build the headers of a frame. */

#include <linux/limits.h>
#include <linux/types.h>
#include <linux/unaligned.h>

#include <uapi/linux/prose.h>

#include "pdu.h"

#define SUB_E			0x20	/* another subheader follows */
#define SUB_LCID		0x1f
#define SUB_F			0x80	/* L has 15 bits */
#define SUB_L_HIGH		0x7f

#define PDCP_SDU_TYPE_SHIFT	5
#define PDCP_PGK_INDEX		0x1f

/**
 * prose_pdu_parse_slsch - read the SL-SCH header
 * @frame: the frame from its SL-SCH header on
 * @avail: octets that may be read there
 * @pdu: @src and @dst are filled in
 *
 * Return: PROSE_PDU_OK, PROSE_PDU_SHORT or PROSE_PDU_VERSION.
 */
enum prose_pdu_verdict prose_pdu_parse_slsch(const u8 *frame, size_t avail,
					     struct prose_pdu *pdu)
{
	if (avail < PROSE_HEAD_MIN)
		return PROSE_PDU_SHORT;
	if (frame[0] >> 4 != PROSE_SLSCH_V)
		return PROSE_PDU_VERSION;

	pdu->src = get_unaligned_be24(frame + 1);
	pdu->dst = get_unaligned_be24(frame + 4);
	return PROSE_PDU_OK;
}

/**
 * prose_pdu_parse - read all headers of a frame
 * @frame: the frame from its SL-SCH header on
 * @avail: octets that may be read there, the smaller of @len and
 *	PROSE_HEAD_MAX at least
 * @len: octets of the frame
 * @pdu: filled in
 *
 * The R bits and what follows the PDU decide nothing (TS 36.323 6.3.6). Both
 * forms of subheader are taken for any length.
 *
 * Return: the first thing that is wrong, or PROSE_PDU_OK.
 */
enum prose_pdu_verdict prose_pdu_parse(const u8 *frame, size_t avail,
				       size_t len, struct prose_pdu *pdu)
{
	const u8 *sub = frame + PROSE_SLSCH_LEN;
	enum prose_pdu_verdict verdict;
	size_t start, room;
	const u8 *pdcp;

	verdict = prose_pdu_parse_slsch(frame, avail, pdu);
	if (verdict != PROSE_PDU_OK)
		return verdict;

	pdu->lcid = sub[0] & SUB_LCID;
	if (sub[0] & SUB_E) {
		start = PROSE_SLSCH_LEN + PROSE_SUB_PADDED_LEN;
		if (avail < start)
			return PROSE_PDU_LENGTH;
		if (!(sub[1] & SUB_F) || sub[3] & SUB_E ||
		    (sub[3] & SUB_LCID) != PROSE_LCID_PADDING)
			return PROSE_PDU_SUBHEADER;
		room = (sub[1] & SUB_L_HIGH) << 8 | sub[2];
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
	pdu->sdu_type = pdcp[0] >> PDCP_SDU_TYPE_SHIFT;
	pdu->pgk_index = pdcp[0] & PDCP_PGK_INDEX;
	pdu->ptk_id = get_unaligned_be16(pdcp + 1);
	pdu->sn = get_unaligned_be16(pdcp + 3);
	pdu->data = start + PROSE_PDCP_LEN;
	pdu->len = room - PROSE_PDCP_LEN;
	return PROSE_PDU_OK;
}

/**
 * prose_pdu_head_len - octets of all headers
 * @padded: the form with a length, for a PDU that is followed by padding
 */
size_t prose_pdu_head_len(bool padded)
{
	return PROSE_SLSCH_LEN + PROSE_PDCP_LEN +
	       (padded ? PROSE_SUB_PADDED_LEN : PROSE_SUB_LEN);
}

/**
 * prose_pdu_build - write all headers of a frame
 * @head: room for prose_pdu_head_len(@padded) octets
 * @pdu: what to write; @data is not used, @len only if @padded
 * @padded: the form with a length
 */
void prose_pdu_build(u8 *head, const struct prose_pdu *pdu, bool padded)
{
	u8 *sub = head + PROSE_SLSCH_LEN;
	u8 *pdcp;

	head[0] = PROSE_SLSCH_V << 4;
	put_unaligned_be24(pdu->src, head + 1);
	put_unaligned_be24(pdu->dst, head + 4);

	if (padded) {
		u16 l = pdu->len + PROSE_PDCP_LEN;

		sub[0] = SUB_E | pdu->lcid;
		sub[1] = SUB_F | l >> 8;
		sub[2] = l & 0xff;
		sub[3] = PROSE_LCID_PADDING;
		pdcp = sub + PROSE_SUB_PADDED_LEN;
	} else {
		sub[0] = pdu->lcid;
		pdcp = sub + PROSE_SUB_LEN;
	}

	pdcp[0] = pdu->sdu_type << PDCP_SDU_TYPE_SHIFT | pdu->pgk_index;
	put_unaligned_be16(pdu->ptk_id, pdcp + 1);
	put_unaligned_be16(pdu->sn, pdcp + 3);
}
