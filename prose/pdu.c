// SPDX-License-Identifier: GPL-2.0
/* Parse the headers of a frame: what few frames have. */

#include <linux/types.h>

#include "pdu.h"

/**
 * prose_pdu_check_padded - are the subheaders of a PDU and its padding sound?
 * @frame: the frame from its SL-SCH header on
 * @avail: octets that may be read there, the smaller of @len and
 *	PROSE_HEAD_MAX at least
 * @len: octets of the frame
 *
 * Return: the first thing that is wrong, or PROSE_PDU_OK.
 */
enum prose_pdu_verdict prose_pdu_check_padded(const u8 *frame, size_t avail,
					      size_t len)
{
	const size_t start = PROSE_SLSCH_LEN + PROSE_SUB_PADDED_LEN;
	const u8 *sub = frame + PROSE_SLSCH_LEN;

	if (avail < start)
		return PROSE_PDU_LENGTH;
	if (!(sub[1] & PROSE_SUB_F) || sub[3] & PROSE_SUB_E ||
	    (sub[3] & PROSE_SUB_LCID) != PROSE_LCID_PADDING)
		return PROSE_PDU_SUBHEADER;
	return prose_pdu_padded_len(sub) > len - start ? PROSE_PDU_LENGTH :
							 PROSE_PDU_OK;
}
