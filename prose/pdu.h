/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The wire format: SL-SCH MAC header and subheaders (TS 36.321 6.1.6) and the
 * one-to-many PDCP Data PDU (TS 36.323 6.2.10.1), and every constant of them.
 * Pure functions, also compiled in user space by selftests/unit.
 */
#ifndef _PROSE_PDU_H
#define _PROSE_PDU_H

#include <linux/limits.h>
#include <linux/types.h>
#include <linux/unaligned.h>

#include <uapi/linux/prose.h>

/* SL-SCH MAC header: V and 4 R bits, SRC, DST (TS 36.321 6.1.6) */
#define PROSE_SLSCH_V		3	/* 24-bit DST */
#define PROSE_SLSCH_LEN		7
#define PROSE_L2_ID		0xffffffU	/* SRC and DST have 24 bits */

/* MAC subheaders (TS 36.321 6.2.4) */
#define PROSE_LCID_MIN		1
#define PROSE_LCID_PADDING	31
#define PROSE_SUB_LEN		1	/* the PDU fills the frame */
#define PROSE_SUB_PADDED_LEN	4	/* E=1 and a 15-bit L, then padding */

#define PROSE_SUB_E		0x20	/* another subheader follows */
#define PROSE_SUB_LCID		0x1f
#define PROSE_SUB_F		0x80	/* L has 15 bits */
#define PROSE_SUB_L_HIGH	0x7f

/* PDCP header: SDU type and PGK index, PTK Identity, PDCP SN */
#define PROSE_PDCP_LEN		5
#define PROSE_PDCP_TYPE_SHIFT	5
#define PROSE_PDCP_PGK_INDEX	0x1f
#define PROSE_PGK_INDEXES	32	/* PGK index: 5 low bits of the PGK ID */
#define PROSE_SN_FIRST		1	/* ours: SN 0 is never sent */
#define PROSE_SN_LAST		0xffff
#define PROSE_PTK_ID_FIRST	1	/* ours: PTK ID 0 is never sent */

/* What a parser needs in one piece at the start of a frame */
#define PROSE_HEAD_MIN		(PROSE_SLSCH_LEN + PROSE_SUB_LEN)
#define PROSE_HEAD_MAX		(PROSE_SLSCH_LEN + PROSE_SUB_PADDED_LEN + \
				 PROSE_PDCP_LEN)

/* SDU type (TS 36.323 6.3.14) */
enum prose_sdu_type {
	PROSE_SDU_IP		= 0,
	PROSE_SDU_ARP		= 1,
	PROSE_SDU_PC5_SIGNALING	= 2,
	PROSE_SDU_NONIP		= 3,	/* ours: a whole Ethernet frame */
};

/**
 * enum prose_pdu_verdict - what parsing a frame found
 * @PROSE_PDU_OK: a PDCP PDU of a user data channel
 * @PROSE_PDU_SHORT: no room for the SL-SCH header and a subheader
 * @PROSE_PDU_VERSION: V is not 3
 * @PROSE_PDU_SUBHEADER: a sequence of subheaders that is not carried here
 * @PROSE_PDU_LCID: a logical channel other than 1 to 10
 * @PROSE_PDU_LENGTH: L is beyond the frame, or no room for the PDCP header
 */
enum prose_pdu_verdict {
	PROSE_PDU_OK,
	PROSE_PDU_SHORT,
	PROSE_PDU_VERSION,
	PROSE_PDU_SUBHEADER,
	PROSE_PDU_LCID,
	PROSE_PDU_LENGTH,
};

/**
 * struct prose_pdu - the headers of a frame, in host byte order
 * @src: Group Member Identity of the sender
 * @dst: ProSe Layer-2 Group ID
 * @ptk_id: PTK Identity
 * @sn: PDCP SN
 * @lcid: logical channel
 * @sdu_type: &enum prose_sdu_type, or a reserved value
 * @pgk_index: 5 low bits of the PGK ID
 * @data: offset of the Data part from the SL-SCH header
 * @len: octets from @data to the end of the PDU
 */
struct prose_pdu {
	u32 src;
	u32 dst;
	u16 ptk_id;
	u16 sn;
	u8 lcid;
	u8 sdu_type;
	u8 pgk_index;
	u8 data;
	u16 len;
};

enum prose_pdu_verdict prose_pdu_check_padded(const u8 *frame, size_t avail,
					      size_t len);

/* Octets of a PDU that padding follows, from its subheader */
static inline size_t prose_pdu_padded_len(const u8 *sub)
{
	return (sub[1] & PROSE_SUB_L_HIGH) << 8 | sub[2];
}

/**
 * prose_pdu_parse_slsch - read the SL-SCH header
 * @frame: the frame from its SL-SCH header on
 * @avail: octets that may be read there
 * @pdu: @src and @dst are filled in
 *
 * Return: PROSE_PDU_OK, PROSE_PDU_SHORT or PROSE_PDU_VERSION.
 */
static inline enum prose_pdu_verdict
prose_pdu_parse_slsch(const u8 *frame, size_t avail, struct prose_pdu *pdu)
{
	u64 slsch;

	if (avail < PROSE_HEAD_MIN)
		return PROSE_PDU_SHORT;
	/* V, R, SRC, DST, and the first octet of the subheader */
	slsch = get_unaligned_be64(frame);
	if (slsch >> 60 != PROSE_SLSCH_V)
		return PROSE_PDU_VERSION;

	pdu->src = slsch >> 32 & PROSE_L2_ID;
	pdu->dst = slsch >> 8 & PROSE_L2_ID;
	return PROSE_PDU_OK;
}

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
static inline enum prose_pdu_verdict
prose_pdu_parse_rest(const u8 *frame, size_t avail, size_t len,
		     struct prose_pdu *pdu)
{
	u8 sub = frame[PROSE_SLSCH_LEN];
	u8 lcid = sub & PROSE_SUB_LCID;
	size_t start = PROSE_HEAD_MIN;
	size_t room = len - start;
	enum prose_pdu_verdict verdict;
	const u8 *pdcp;
	u32 count;

	if (sub & PROSE_SUB_E) {
		verdict = prose_pdu_check_padded(frame, avail, len);
		if (verdict != PROSE_PDU_OK)
			return verdict;
		room = prose_pdu_padded_len(frame + PROSE_SLSCH_LEN);
		start = PROSE_SLSCH_LEN + PROSE_SUB_PADDED_LEN;
	} else if (room > U16_MAX) {
		return PROSE_PDU_LENGTH;
	}

	if (lcid < PROSE_LCID_MIN || lcid > PROSE_LCID_MAX)
		return PROSE_PDU_LCID;
	if (room < PROSE_PDCP_LEN || avail < start + PROSE_PDCP_LEN)
		return PROSE_PDU_LENGTH;

	pdcp = frame + start;
	count = get_unaligned_be32(pdcp + 1);
	pdu->lcid = lcid;
	pdu->sdu_type = pdcp[0] >> PROSE_PDCP_TYPE_SHIFT;
	pdu->pgk_index = pdcp[0] & PROSE_PDCP_PGK_INDEX;
	pdu->ptk_id = count >> 16;
	pdu->sn = count & 0xffff;
	pdu->data = start + PROSE_PDCP_LEN;
	pdu->len = room - PROSE_PDCP_LEN;
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
 * Return: the first thing that is wrong, or PROSE_PDU_OK.
 */
static inline enum prose_pdu_verdict
prose_pdu_parse(const u8 *frame, size_t avail, size_t len,
		struct prose_pdu *pdu)
{
	enum prose_pdu_verdict verdict;

	verdict = prose_pdu_parse_slsch(frame, avail, pdu);
	return verdict != PROSE_PDU_OK ? verdict :
	       prose_pdu_parse_rest(frame, avail, len, pdu);
}

/**
 * prose_pdu_head_len - octets of all headers
 * @padded: the form with a length, for a PDU that is followed by padding
 */
static inline size_t prose_pdu_head_len(bool padded)
{
	return PROSE_SLSCH_LEN + PROSE_PDCP_LEN +
	       (padded ? PROSE_SUB_PADDED_LEN : PROSE_SUB_LEN);
}

/**
 * prose_count - COUNT of a PDU
 * @ptk_id: PTK Identity
 * @sn: PDCP SN
 *
 * The PTK Identity in the place of the HFN (TS 36.323 6.3.5; that it takes this
 * place is in the table of unverified readings).
 */
static inline u32 prose_count(u16 ptk_id, u16 sn)
{
	return (u32)ptk_id << 16 | sn;
}

/**
 * prose_pdu_slsch - SL-SCH header of a frame, and the LCID after it
 * @src: Group Member Identity of the sender
 * @dst: ProSe Layer-2 Group ID
 * @lcid: logical channel
 *
 * Return: the octets in their order, the first one the highest.
 */
static inline u64 prose_pdu_slsch(u32 src, u32 dst, u8 lcid)
{
	return (u64)PROSE_SLSCH_V << 60 | (u64)src << 32 | dst << 8 | lcid;
}

/**
 * prose_pdu_write - write all headers of a frame
 * @head: room for prose_pdu_head_len(@padded) octets
 * @slsch: from prose_pdu_slsch()
 * @first: first octet of the PDCP header: SDU type and PGK index
 * @count: PTK Identity and PDCP SN
 * @padded: the form with a length
 * @len: that length, of what follows the PDCP header; else not used
 */
static inline void prose_pdu_write(u8 *head, u64 slsch, u8 first, u32 count,
				   bool padded, u16 len)
{
	u8 *pdcp = head + PROSE_HEAD_MIN;

	if (padded) {
		u16 l = len + PROSE_PDCP_LEN;

		slsch |= PROSE_SUB_E;
		pdcp[0] = PROSE_SUB_F | l >> 8;
		pdcp[1] = l & 0xff;
		pdcp[2] = PROSE_LCID_PADDING;
		pdcp += PROSE_SUB_PADDED_LEN - PROSE_SUB_LEN;
	}
	put_unaligned_be64(slsch, head);
	pdcp[0] = first;
	put_unaligned_be32(count, pdcp + 1);
}

/**
 * prose_pdu_unprotected - is this the header of an unciphered PDU?
 * @pdu: parsed headers
 *
 * TS 36.323 5.6.1: without ciphering, PGK index, PTK Identity and PDCP SN are
 * all zero.
 */
static inline bool prose_pdu_unprotected(const struct prose_pdu *pdu)
{
	return !pdu->pgk_index && !pdu->ptk_id && !pdu->sn;
}

#endif /* _PROSE_PDU_H */
