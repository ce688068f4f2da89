// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <linux/unaligned.h>

#include "doctor_frame.h"
#include "pdu.h"

#define ETH_LEN 14
#define MACI_LEN 4

static enum frame_look look_at(const struct frame *f)
{
	const uint8_t *p = f->peek;
	size_t len = get_unaligned_be16(p + 2);

	if (f->peek_len < FRAME_PEEK)
		return LOOK_UNKNOWN;
	if (f->sdu_type == PROSE_SDU_ARP && get_unaligned_be16(p) == 1 && len == 0x0800)
		return LOOK_CLEAR;
	if (f->sdu_type == PROSE_SDU_IP && p[0] >> 4 == 4 && (p[0] & 0xf) >= 5 &&
	    (len == f->data_len || len + MACI_LEN == f->data_len))
		return LOOK_CLEAR;
	return LOOK_UNKNOWN;
}

static enum frame_kind kind_of(enum prose_pdu_verdict verdict)
{
	switch (verdict) {
	case PROSE_PDU_OK:
		return FRAME_PDU;
	case PROSE_PDU_SHORT:
		return FRAME_SHORT;
	case PROSE_PDU_VERSION:
		return FRAME_VERSION;
	case PROSE_PDU_LENGTH:
		return FRAME_LENGTH;
	default:
		return FRAME_FOREIGN;
	}
}

void frame_parse(const uint8_t *p, size_t avail, size_t len, struct frame *f)
{
	struct prose_pdu pdu = { 0 };
	size_t peek;

	memset(f, 0, sizeof(*f));
	f->kind = FRAME_SHORT;
	if (avail > len)
		avail = len;
	if (avail < ETH_LEN)
		return;
	f->ethertype = get_unaligned_be16(p + ETH_LEN - 2);
	p += ETH_LEN;
	avail -= ETH_LEN;
	f->kind = kind_of(prose_pdu_parse(p, avail, len - ETH_LEN, &pdu));
	f->member = pdu.src;
	f->group = pdu.dst;
	f->lcid = pdu.lcid;
	if (f->kind != FRAME_PDU)
		return;
	f->sdu_type = pdu.sdu_type;
	f->pgk_index = pdu.pgk_index;
	f->ptk_id = pdu.ptk_id;
	f->sn = pdu.sn;
	f->data_len = pdu.len;
	peek = avail - pdu.data < f->data_len ? avail - pdu.data : f->data_len;
	f->peek_len = peek < FRAME_PEEK ? peek : FRAME_PEEK;
	memcpy(f->peek, p + pdu.data, f->peek_len);
	f->look = look_at(f);
}

static bool same_line(const struct heard *h, const struct frame *f, uint16_t vlan)
{
	const struct frame *g = &h->first;

	return h->vlan == vlan && g->kind == f->kind && g->ethertype == f->ethertype &&
	       g->group == f->group && g->member == f->member && g->pgk_index == f->pgk_index &&
	       frame_unprotected(g) == frame_unprotected(f);
}

static void compare_peeks(struct heard *h, const struct frame *f)
{
	const struct frame *g = &h->last;

	if (g->ptk_id != f->ptk_id || g->sn == f->sn || f->peek_len < FRAME_PEEK ||
	    g->peek_len < FRAME_PEEK)
		return;
	if (memcmp(g->peek, f->peek, FRAME_PEEK))
		h->differ++;
	else
		h->same++;
}

void wire_add(struct wire *w, const struct frame *f, uint16_t vlan)
{
	struct heard *h = w->heard, *end = w->heard + w->n;

	w->frames++;
	while (h < end && !same_line(h, f, vlan))
		h++;
	if (h == end) {
		if (w->n == HEARD_MAX) {
			w->left_out++;
			return;
		}
		w->n++;
		memset(h, 0, sizeof(*h));
		h->first = *f;
		h->vlan = vlan;
		h->shortest = f->data_len;
	} else if (f->kind == FRAME_PDU) {
		compare_peeks(h, f);
	}
	h->frames++;
	h->clear += f->look == LOOK_CLEAR;
	if (f->data_len < h->shortest)
		h->shortest = f->data_len;
	h->last = *f;
}

int heard_salted(const struct heard *h)
{
	if (h->clear || h->same + h->differ < 1)
		return -1;
	if (h->same && h->differ)
		return -1;
	return h->same > 0;
}
