// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "doctor_frame.h"

#define ETH_LEN 14
#define SLSCH_LEN 7
#define SLSCH_V 3
#define SUB_E 0x20
#define SUB_LCID 0x1f
#define SUB_F 0x80
#define LCID_PADDING 31
#define LCID_MAX 10
#define PDCP_LEN 5

#define SDU_IP 0
#define SDU_ARP 1
#define MACI_LEN 4

static uint16_t be16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static uint32_t be24(const uint8_t *p)
{
	return p[0] << 16 | p[1] << 8 | p[2];
}

static enum frame_look look_at(const struct frame *f)
{
	const uint8_t *p = f->peek;

	if (f->peek_len < FRAME_PEEK)
		return LOOK_UNKNOWN;
	if (f->sdu_type == SDU_ARP && be16(p) == 1 && be16(p + 2) == 0x0800)
		return LOOK_CLEAR;
	if (f->sdu_type == SDU_IP && p[0] >> 4 == 4 && (p[0] & 0xf) >= 5 &&
	    (be16(p + 2) == f->data_len || be16(p + 2) + MACI_LEN == (int)f->data_len))
		return LOOK_CLEAR;
	return LOOK_UNKNOWN;
}

/* From the PDCP header on, of which room octets are in the PDU. */
static void parse_pdcp(const uint8_t *p, size_t avail, size_t room, struct frame *f)
{
	size_t peek;

	f->kind = FRAME_LENGTH;
	if (room < PDCP_LEN || avail < PDCP_LEN)
		return;
	f->kind = FRAME_PDU;
	f->sdu_type = p[0] >> 5;
	f->pgk_index = p[0] & 0x1f;
	f->ptk_id = be16(p + 1);
	f->sn = be16(p + 3);
	f->data_len = room - PDCP_LEN;
	peek = avail - PDCP_LEN < f->data_len ? avail - PDCP_LEN : f->data_len;
	f->peek_len = peek < FRAME_PEEK ? peek : FRAME_PEEK;
	memcpy(f->peek, p + PDCP_LEN, f->peek_len);
	f->look = look_at(f);
}

void frame_parse(const uint8_t *p, size_t avail, size_t len, struct frame *f)
{
	size_t start = ETH_LEN + SLSCH_LEN + 1, room;
	const uint8_t *sub;

	memset(f, 0, sizeof(*f));
	f->kind = FRAME_SHORT;
	if (avail > len)
		avail = len;
	if (avail < ETH_LEN)
		return;
	f->ethertype = be16(p + 12);
	if (avail < start)
		return;
	f->kind = FRAME_VERSION;
	if (p[ETH_LEN] >> 4 != SLSCH_V)
		return;
	f->member = be24(p + ETH_LEN + 1);
	f->group = be24(p + ETH_LEN + 4);
	sub = p + ETH_LEN + SLSCH_LEN;
	f->lcid = sub[0] & SUB_LCID;
	if (sub[0] & SUB_E) {
		f->kind = FRAME_LENGTH;
		start += 3;
		if (avail < start)
			return;
		f->kind = FRAME_FOREIGN;
		if (!(sub[1] & SUB_F) || sub[3] & SUB_E || (sub[3] & SUB_LCID) != LCID_PADDING)
			return;
		f->kind = FRAME_LENGTH;
		room = be16(sub + 1) & 0x7fff;
		if (room > len - start)
			return;
	} else {
		room = len - start;
	}
	f->kind = FRAME_FOREIGN;
	if (!f->lcid || f->lcid > LCID_MAX)
		return;
	parse_pdcp(p + start, avail - start, room, f);
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
