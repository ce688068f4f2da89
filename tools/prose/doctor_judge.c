// SPDX-License-Identifier: GPL-2.0
/*
 * prose doctor: what became of frames that were heard, from the module's
 * counters before and after. Pure.
 */
#include <string.h>

#include "doctor.h"

static const struct {
	unsigned int counter;
	enum doctor_class class;
	const char *verdict;
} reasons[] = {
	/* Of equal counts the first is taken. */
	{ PROSE_A_COUNTERS_RX_PACKETS, DR_WELL, "delivered" },
	{ PROSE_A_COUNTERS_RX_KEY_DEAD, DR_UNKNOWN_KEY, "key-dead" },
	{ PROSE_A_COUNTERS_RX_LEFTOVER, DR_SUITE, "leftover" },
	{ PROSE_A_COUNTERS_RX_LENGTH, DR_SUITE, "too-short" },
	{ PROSE_A_COUNTERS_RX_BAD_MAC, DR_WRONG_KEY, "bad-mac" },
	{ PROSE_A_COUNTERS_RX_IMPLAUSIBLE, DR_WRONG_KEY, "implausible" },
	{ PROSE_A_COUNTERS_RX_OLD_PTK, DR_REPLAY, "old-ptk" },
	{ PROSE_A_COUNTERS_RX_LATE, DR_REPLAY, "late" },
	{ PROSE_A_COUNTERS_RX_DUPLICATE, DR_REPLAY, "duplicate" },
	{ PROSE_A_COUNTERS_RX_NONIP, DR_OTHER, "nonip" },
	{ PROSE_A_COUNTERS_RX_SDU_TYPE, DR_OTHER, "sdu-type" },
	{ PROSE_A_COUNTERS_RX_DERIVE_LIMIT, DR_OTHER, "derive-limit" },
	{ PROSE_A_COUNTERS_RX_QUEUE_FULL, DR_OTHER, "queue-full" },
	{ PROSE_A_COUNTERS_RX_MEMBER_REFUSED, DR_OTHER, "member-refused" },
	{ PROSE_A_COUNTERS_RX_CRYPTO, DR_OTHER, "crypto" },
	{ PROSE_A_COUNTERS_RX_NO_MEMORY, DR_OTHER, "no-memory" },
};

static uint64_t rise(const struct obj *before, const struct obj *after, unsigned int counter)
{
	uint64_t from = before ? before->counters[counter] : 0;

	if (!after || after->counters[counter] < from)
		return 0;
	return after->counters[counter] - from;
}

static void most(const struct obj *before, const struct obj *after, struct heard_verdict *v)
{
	uint64_t best = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		uint64_t n = rise(before, after, reasons[i].counter);

		if (n <= best)
			continue;
		best = n;
		v->class = reasons[i].class;
		v->verdict = reasons[i].verdict;
		v->counter = reasons[i].counter;
	}
}

static const struct obj *key_of(const struct obj_list *keys, uint8_t index)
{
	size_t i;

	for (i = 0; i < keys->n; i++)
		if ((keys->o[i].pgk_id & 0x1f) == index)
			return &keys->o[i];
	return NULL;
}

static const struct obj *member_of(const struct obj_list *members, uint32_t member, uint8_t index)
{
	size_t i;

	for (i = 0; i < members->n; i++)
		if (members->o[i].member == member && (members->o[i].pgk_id & 0x1f) == index)
			return &members->o[i];
	return NULL;
}

static void judge_own(const struct air *a, const struct heard *h, struct heard_verdict *v)
{
	uint64_t ours = rise(a->dev_before, a->dev, PROSE_A_COUNTERS_RX_OWN_SRC);

	v->class = DR_OWN_MEMBER;
	v->verdict = "own-member";
	v->counter = PROSE_A_COUNTERS_RX_OWN_SRC_FOREIGN;
	if (!rise(a->dev_before, a->dev, v->counter) &&
	    rise(a->dev_before, a->dev, PROSE_A_COUNTERS_RX_OWN_SRC_OLD)) {
		v->verdict = "own-member-old";
		v->counter = PROSE_A_COUNTERS_RX_OWN_SRC_OLD;
	}
	if (ours >= h->frames) {
		v->class = DR_WELL;
		v->verdict = "reflected";
		v->counter = PROSE_A_COUNTERS_RX_OWN_SRC;
	}
}

/*
 * With the key all octets would be right but for what the suite adds: what the
 * wire shows of that tells a wrong suite from a wrong key.
 */
static void refine(const struct heard *h, const struct obj *key, struct heard_verdict *v)
{
	int salted = heard_salted(h);

	if (v->class != DR_WRONG_KEY || !key)
		return;
	if ((salted >= 0 && salted != cipher_is_aead(key->cipher)) ||
	    (h->clear == h->frames && key->cipher != PROSE_CIPHER_EEA0))
		v->class = DR_SUITE;
}

void heard_judge(const struct air *a, const struct heard *h, struct heard_verdict *v)
{
	const struct frame *f = &h->first;
	const struct obj *key = key_of(a->keys, f->pgk_index);
	const struct obj *before;

	memset(v, 0, sizeof(*v));
	v->class = DR_OTHER;
	v->verdict = "not-counted";
	if (h->vlan != FRAME_NO_VLAN || f->ethertype != a->dev->ethertype ||
	    f->kind == FRAME_SHORT || f->kind == FRAME_VERSION || f->group != a->dev->group) {
		v->class = DR_OTHER_GROUP;
		v->verdict = h->vlan != FRAME_NO_VLAN ? "other-vlan" :
			     f->ethertype != a->dev->ethertype ? "other-ethertype" :
			     f->kind == FRAME_SHORT || f->kind == FRAME_VERSION ? "not-prose" :
			     "other-group";
		return;
	}
	if (f->kind != FRAME_PDU) {
		v->verdict = f->kind == FRAME_LENGTH ? "length" : "foreign";
		v->counter = f->kind == FRAME_LENGTH ? PROSE_A_COUNTERS_RX_LENGTH :
			     PROSE_A_COUNTERS_RX_SUBHEADER;
		return;
	}
	if (f->member == a->dev->member) {
		judge_own(a, h, v);
		return;
	}
	if (frame_unprotected(f) == a->dev->protect) {
		v->class = DR_UNPROTECTED;
		v->counter = a->dev->protect ? PROSE_A_COUNTERS_RX_UNPROTECTED :
			     PROSE_A_COUNTERS_RX_PROTECTED;
		v->verdict = a->dev->protect ? "unprotected" : "protected";
		return;
	}
	if (!a->dev->protect) {
		most(a->dev_before, a->dev, v);
		return;
	}
	if (!key) {
		v->class = DR_UNKNOWN_KEY;
		v->verdict = "no-pgk";
		v->counter = PROSE_A_COUNTERS_RX_NO_PGK;
		return;
	}
	/* Best told by the member's own counters; then the key's, then the device's. */
	before = member_of(a->members_before, f->member, f->pgk_index);
	most(before, member_of(a->members, f->member, f->pgk_index), v);
	if (!v->counter)
		most(key_of(a->keys_before, f->pgk_index), key, v);
	if (!v->counter)
		most(a->dev_before, a->dev, v);
	refine(h, key, v);
}
