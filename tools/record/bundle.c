// SPDX-License-Identifier: GPL-2.0
#include <openssl/crypto.h>
#include <string.h>

#include "parts.h"

#define OBJECT "bundle"
#define PMK_LEN (4 + RECORD_KEY_LEN)

static int check(const struct bundle *b, struct why *w)
{
	size_t i;

	if (check_device_name(b->device, sizeof(b->device), OBJECT, w))
		return -1;
	if (!b->serial || b->made < 0 || b->expires <= b->made)
		return why(w, OBJECT ": its serial number or its times are none");
	if (b->n_snapshots > RECORD_GROUPS_MAX)
		return why(w, OBJECT ": it has more than %d snapshots", RECORD_GROUPS_MAX);
	for (i = 0; i < b->n_snapshots; i++)
		if (!b->snapshots[i].len || b->snapshots[i].len > SNAPSHOT_MAX)
			return why(w, OBJECT ": a snapshot of it has %zu octets",
				   b->snapshots[i].len);
	return 0;
}

static void put_pmk(struct element_writer *e, const struct bundle *b)
{
	const uint8_t id[4] = { b->pmk_id >> 24, b->pmk_id >> 16, b->pmk_id >> 8, b->pmk_id };
	size_t begin = put_begin(e, TAG_PMK);

	put_raw(e, id, sizeof(id));
	put_raw(e, b->pmk, RECORD_KEY_LEN);
	put_end(e, begin);
}

int bundle_encode(const struct bundle *b, uint8_t *out, size_t size, struct why *w)
{
	struct element_writer e = { .out = out, .size = size };
	const uint8_t head[2] = { OBJECT_BUNDLE, RECORD_VERSION };
	size_t i;

	if (check(b, w))
		return -1;
	put_raw(&e, head, sizeof(head));
	put_octets(&e, TAG_MANAGER, b->manager, RECORD_ID_LEN);
	put_number(&e, TAG_MADE, b->made, 8);
	put_octets(&e, TAG_RECIPIENT, b->recipient, RECORD_HASH_LEN);
	put_text(&e, TAG_DEVICE, b->device);
	put_octets(&e, TAG_LEDGER, b->ledger, RECORD_ID_LEN);
	put_number(&e, TAG_SERIAL, b->serial, 8);
	put_number(&e, TAG_EXPIRES, b->expires, 8);
	if (b->has_pmk)
		put_pmk(&e, b);
	for (i = 0; i < b->n_snapshots; i++)
		put_octets(&e, TAG_SNAPSHOT, b->snapshots[i].octets, b->snapshots[i].len);
	return put_done(&e, w);
}

static int read_pmk(const struct element_reader *r, struct bundle *b, struct why *w)
{
	size_t i;

	if (r->len != PMK_LEN)
		return why(w, OBJECT ": its PMK has %zu octets", r->len);
	b->has_pmk = true;
	for (i = 0; i < 4; i++)
		b->pmk_id = b->pmk_id << 8 | r->value[i];
	memcpy(b->pmk, r->value + 4, RECORD_KEY_LEN);
	return 0;
}

static int read_snapshot(const struct element_reader *r, struct bundle *b, struct why *w)
{
	if (b->n_snapshots == RECORD_GROUPS_MAX)
		return why(w, OBJECT ": it has more than %d snapshots", RECORD_GROUPS_MAX);
	b->snapshots[b->n_snapshots].octets = r->value;
	b->snapshots[b->n_snapshots++].len = r->len;
	return 0;
}

static int read_one(struct element_reader *r, struct bundle *b, struct why *w)
{
	uint64_t n = 0;
	int err;

	switch (r->type) {
	case TAG_MANAGER:
		return read_octets(r, b->manager, RECORD_ID_LEN, w);
	case TAG_MADE:
		err = read_number(r, 8, INT64_MAX, &n, w);
		b->made = n;
		return err;
	case TAG_RECIPIENT:
		return read_octets(r, b->recipient, RECORD_HASH_LEN, w);
	case TAG_DEVICE:
		return read_text(r, b->device, RECORD_NAME_MAX, w);
	case TAG_LEDGER:
		return read_octets(r, b->ledger, RECORD_ID_LEN, w);
	case TAG_SERIAL:
		return read_number(r, 8, UINT64_MAX, &b->serial, w);
	case TAG_EXPIRES:
		err = read_number(r, 8, INT64_MAX, &n, w);
		b->expires = n;
		return err;
	case TAG_PMK:
		return read_pmk(r, b, w);
	case TAG_SNAPSHOT:
		read_list(r);
		return read_snapshot(r, b, w);
	default:
		return read_unknown(r, w);
	}
}

static int decode(const uint8_t *in, size_t len, struct bundle *b, struct why *w)
{
	const unsigned int all = 1 << 1 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10;
	struct element_reader r;
	unsigned int seen = 0;
	int more;

	if (read_object(&r, in, len, OBJECT_BUNDLE, OBJECT, w))
		return -1;
	while ((more = read_next(&r, w)) > 0) {
		if (read_one(&r, b, w))
			return -1;
		if (r.type & RECORD_MUST && (r.type & ~RECORD_MUST) <= (TAG_EXPIRES & ~RECORD_MUST))
			seen |= 1u << (r.type & ~RECORD_MUST);
	}
	if (more)
		return -1;
	return seen == all ? check(b, w) : why(w, OBJECT ": it is not complete");
}

int bundle_decode(const uint8_t *in, size_t len, struct bundle *b, struct why *w)
{
	memset(b, 0, sizeof(*b));
	if (!decode(in, len, b, w))
		return 0;
	OPENSSL_cleanse(b, sizeof(*b));
	return -1;
}
