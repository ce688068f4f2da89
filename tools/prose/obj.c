// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

#include "grant.h"
#include "obj.h"

#define FIELD(attr, field) \
	[attr] = { offsetof(struct obj, field), sizeof(((struct obj *)0)->field) }

/* Numbers; strings, flags, octets and nests are taken by hand below. */
static const struct {
	size_t offset, size;
} numbers[PROSE_A_MAX + 1] = {
	FIELD(PROSE_A_IFINDEX, ifindex),
	FIELD(PROSE_A_GROUP, group),
	FIELD(PROSE_A_MEMBER, member),
	FIELD(PROSE_A_LCID, lcid),
	FIELD(PROSE_A_ETHERTYPE, ethertype),
	FIELD(PROSE_A_LOWER_IFINDEX, lower_ifindex),
	FIELD(PROSE_A_LOWER_NETNSID, lower_netnsid),
	FIELD(PROSE_A_TX, tx),
	FIELD(PROSE_A_NONIP, nonip),
	FIELD(PROSE_A_MARGIN, margin),
	FIELD(PROSE_A_NOTICE, notice),
	FIELD(PROSE_A_PROTECT, protect),
	FIELD(PROSE_A_REQUIRE, require),
	FIELD(PROSE_A_WINDOW, window),
	FIELD(PROSE_A_CHOICE, choice),
	FIELD(PROSE_A_PTK_AGE, ptk_age),
	FIELD(PROSE_A_PTK_PACKETS, ptk_packets),
	FIELD(PROSE_A_PGK_ID, pgk_id),
	FIELD(PROSE_A_SERIAL, serial),
	FIELD(PROSE_A_CIPHER, cipher),
	FIELD(PROSE_A_INTEGRITY, integrity),
	FIELD(PROSE_A_FROM, from),
	FIELD(PROSE_A_UNTIL, until),
	FIELD(PROSE_A_KEY_EXPIRY, key_expiry),
	FIELD(PROSE_A_KEY_STATE, key_state),
	FIELD(PROSE_A_PTK_FIRST, ptk_first),
	FIELD(PROSE_A_PTK_LAST, ptk_last),
	FIELD(PROSE_A_PTK_LEFT, ptk_left),
	FIELD(PROSE_A_PTK_GRANTED, ptk_granted),
	FIELD(PROSE_A_PTK_NEXT_FREE, ptk_next_free),
	FIELD(PROSE_A_PTK_ID, ptk_id),
	FIELD(PROSE_A_SN, sn),
	FIELD(PROSE_A_RATE, rate),
	FIELD(PROSE_A_LAST_HEARD, last_heard),
	FIELD(PROSE_A_FLOOR, floor),
	FIELD(PROSE_A_EVENT, event),
};

static void take_string(char *out, size_t size, const struct nlattr *a)
{
	size_t len = mnl_attr_get_payload_len(a);

	if (len > size - 1)
		len = size - 1;
	memcpy(out, mnl_attr_get_payload(a), len);
	out[len] = 0;
}

static void take_counters(uint64_t *values, uint64_t *has, size_t max,
			  const struct nlattr *nest)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, nest) {
		uint16_t type = mnl_attr_get_type(a);

		if (type > max || mnl_attr_get_payload_len(a) != sizeof(*values))
			continue;
		memcpy(&values[type], mnl_attr_get_payload(a), sizeof(*values));
		*has |= 1ULL << type;
	}
}

void obj_decode(const struct nlmsghdr *nlh, struct obj *o)
{
	const struct nlattr *a;

	memset(o, 0, sizeof(*o));
	mnl_attr_for_each(a, nlh, sizeof(struct genlmsghdr)) {
		uint16_t type = mnl_attr_get_type(a);
		size_t len = mnl_attr_get_payload_len(a);

		if (type > PROSE_A_MAX)
			continue;
		if (numbers[type].size) {
			if (len != numbers[type].size)
				continue;
			memcpy((char *)o + numbers[type].offset, mnl_attr_get_payload(a), len);
		} else if (type == PROSE_A_IFNAME) {
			take_string(o->ifname, sizeof(o->ifname), a);
		} else if (type == PROSE_A_KDF) {
			take_string(o->kdf, sizeof(o->kdf), a);
		} else if (type == PROSE_A_FINGERPRINT) {
			if (len != sizeof(o->fingerprint))
				continue;
			memcpy(o->fingerprint, mnl_attr_get_payload(a), len);
		} else if (type == PROSE_A_COUNTERS) {
			take_counters(o->counters, &o->counters_has,
				      PROSE_A_COUNTERS_MAX, a);
		} else if (type == PROSE_A_LOWER_COUNTERS) {
			take_counters(o->lower_counters, &o->lower_counters_has,
				      PROSE_A_LOWER_COUNTERS_MAX, a);
		}
		o->has |= 1ULL << type;
	}
}

int obj_take(const struct nlmsghdr *nlh, void *ctx)
{
	obj_decode(nlh, ctx);
	return 0;
}

int obj_append(const struct nlmsghdr *nlh, void *ctx)
{
	struct obj_list *l = ctx;
	struct obj *bigger = l->o;

	if (!(l->n & (l->n - 1))) {	/* 0, 1, 2, 4, ...: full */
		bigger = realloc(l->o, (l->n ? 2 * l->n : 1) * sizeof(*bigger));
		if (!bigger) {
			errno = ENOMEM;
			return -1;
		}
	}
	l->o = bigger;
	obj_decode(nlh, &l->o[l->n++]);
	return 0;
}

void obj_list_free(struct obj_list *l)
{
	free(l->o);
	l->o = NULL;
	l->n = 0;
}

int64_t obj_end(const struct obj *k)
{
	int64_t until = HAS(k, PROSE_A_UNTIL) ? k->until : 0;
	int64_t expiry = HAS(k, PROSE_A_KEY_EXPIRY) ? k->key_expiry : 0;

	if (until && expiry)
		return until < expiry ? until : expiry;
	return until ? until : expiry;
}

uint64_t obj_frames_left(const struct obj *k)
{
	uint64_t frames = (uint64_t)k->ptk_left * FRAMES_PER_PTK_ID;

	if (HAS(k, PROSE_A_PTK_ID) && HAS(k, PROSE_A_SN) && k->sn <= 65536)
		frames += 65536 - k->sn;
	return frames;
}

bool obj_dead(const struct obj *k)
{
	return k->key_state == PROSE_KEY_STATE_EXPIRED ||
	       k->key_state == PROSE_KEY_STATE_REVOKED;
}

bool obj_clear_text(const struct obj *o)
{
	return (HAS(o, PROSE_A_CIPHER) && o->cipher == PROSE_CIPHER_EEA0) ||
	       (HAS(o, PROSE_A_PROTECT) && !o->protect);
}

const struct obj *obj_sent_with(const struct obj_list *keys)
{
	size_t i;

	for (i = 0; i < keys->n; i++)
		if (HAS(&keys->o[i], PROSE_A_PTK_ID))
			return &keys->o[i];
	return NULL;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

size_t obj_members(const struct obj_list *members, uint32_t ifindex)
{
	uint32_t *ids = malloc((members->n + 1) * sizeof(*ids));
	size_t i, n = 0, different = 0;

	if (!ids)
		return 0;
	for (i = 0; i < members->n; i++)
		if (members->o[i].ifindex == ifindex && HAS(&members->o[i], PROSE_A_LAST_HEARD))
			ids[n++] = members->o[i].member;
	qsort(ids, n, sizeof(*ids), by_number);
	for (i = 0; i < n; i++)
		different += !i || ids[i] != ids[i - 1];
	free(ids);
	return different;
}

bool obj_can_send(const struct obj *k)
{
	return !obj_dead(k) && k->key_state != PROSE_KEY_STATE_STANDBY &&
	       k->key_state != PROSE_KEY_STATE_RX_ONLY;
}

bool obj_wants_range(const struct obj *k)
{
	if (!obj_can_send(k))
		return false;
	if (k->key_state == PROSE_KEY_STATE_NO_RANGE)
		return true;
	/* One that waits and was never given any was meant to have none. */
	if (!k->ptk_left && !HAS(k, PROSE_A_PTK_ID))
		return false;
	return (uint64_t)k->ptk_left * 4 <= k->ptk_granted;
}
