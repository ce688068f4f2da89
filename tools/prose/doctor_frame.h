/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The headers of a frame on the lower device, as strangers may have made it:
 * SL-SCH and PDCP, read as the module reads them (prose/pdu.c). Pure. Nothing of
 * what is said in the frame is needed but its first octets.
 */
#ifndef DOCTOR_FRAME_H
#define DOCTOR_FRAME_H

#include "prose.h"

#define FRAME_SNAP 48		/* what is captured of each frame */
#define FRAME_PEEK 4		/* octets after the headers: a salt, or ciphered text */
#define FRAME_NO_VLAN 0xffff

enum frame_kind {
	FRAME_PDU,		/* all headers are there */
	FRAME_SHORT,		/* no room for the SL-SCH header */
	FRAME_VERSION,		/* V is not 3: not ours at all */
	FRAME_FOREIGN,		/* subheaders or channel that are not carried here */
	FRAME_LENGTH,		/* a length beyond the frame, or no room for headers */
};

/* What the octets after the headers look like. */
enum frame_look {
	LOOK_UNKNOWN,
	LOOK_CLEAR,		/* begins as the packet that the SDU type says */
};

struct frame {
	enum frame_kind kind;
	uint16_t ethertype;
	uint32_t group;		/* from FRAME_FOREIGN on */
	uint32_t member;
	uint8_t lcid;
	uint8_t sdu_type;
	uint8_t pgk_index;
	uint16_t ptk_id;
	uint16_t sn;
	size_t data_len;	/* octets after the PDCP header */
	uint8_t peek[FRAME_PEEK];
	uint8_t peek_len;
	enum frame_look look;
};

/* avail octets are there of a frame of len, from its Ethernet header on. */
void frame_parse(const uint8_t *octets, size_t avail, size_t len, struct frame *f);

/* PGK index, PTK ID and SN all zero (TS 36.323 5.6.1). */
static inline bool frame_unprotected(const struct frame *f)
{
	return f->kind == FRAME_PDU && !f->pgk_index && !f->ptk_id && !f->sn;
}

/*
 * One line of what was heard: frames of a sender with a PGK index, of one
 * Ethernet type and VLAN.
 */
struct heard {
	struct frame first;
	uint16_t vlan;		/* or FRAME_NO_VLAN */
	uint64_t frames;
	uint64_t clear;		/* that look like clear text */
	uint64_t same, differ;	/* peeks like, and unlike, the one before of the same PTK ID */
	struct frame last;
	size_t shortest;	/* data_len */
};

#define HEARD_MAX 128

struct wire {
	struct heard heard[HEARD_MAX];
	size_t n;
	uint64_t frames;
	uint64_t left_out;	/* frames for which there was no line */
};

void wire_add(struct wire *w, const struct frame *f, uint16_t vlan);
/*
 * All frames of a PTK ID have the same salt with an AEAD suite, and else the
 * octets there are ciphered with different SNs. 1, 0, or -1 for too few frames.
 */
int heard_salted(const struct heard *h);

#endif
