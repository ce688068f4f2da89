// SPDX-License-Identifier: GPL-2.0
#include <openssl/crypto.h>
#include <string.h>

#include "parts.h"
#include "sha256.h"

#define OBJECT "snapshot"
#define INDEX_BITS 0x1f		/* of a PGK ID: what is sent of it */
#define LIVE_LEN (2 + RECORD_FP_LEN + 16)

static int check_live(const struct live_key *l, const struct live_key *before, size_t n_before,
		      struct why *w)
{
	size_t i;

	if (l->state < LIVE_DORMANT || l->state > LIVE_ENDING)
		return why(w, OBJECT ": key %u has the state %u, which is none",
			   l->pgk_id, l->state);
	if (l->from < 0 || l->until < 0 || (l->until && l->until <= l->from))
		return why(w, OBJECT ": key %u ends before it begins", l->pgk_id);
	if (n_before && before[n_before - 1].pgk_id >= l->pgk_id)
		return why(w, OBJECT ": its list of keys is out of order");
	for (i = 0; i < n_before; i++)
		if (!((before[i].pgk_id ^ l->pgk_id) & INDEX_BITS))
			return why(w, OBJECT ": the keys %u and %u have the same five low bits",
				   before[i].pgk_id, l->pgk_id);
	return 0;
}

static const struct live_key *live_of(const struct snapshot *s, uint8_t pgk_id)
{
	size_t i;

	for (i = 0; i < s->n_live; i++)
		if (s->live[i].pgk_id == pgk_id)
			return &s->live[i];
	return NULL;
}

static int check_key_line(const struct snapshot *s, size_t i, struct why *w)
{
	const struct key_record *k = &s->keys[i];
	const struct live_key *l = live_of(s, k->pgk_id);

	if (i && s->keys[i - 1].pgk_id >= k->pgk_id)
		return why(w, OBJECT ": its key records are out of order");
	if (!l || memcmp(l->fingerprint, k->fingerprint, RECORD_FP_LEN) || l->from != k->from ||
	    l->until != k->until)
		return why(w, OBJECT ": key %u is not as the list of live keys has it", k->pgk_id);
	return 0;
}

static int check_head(const struct snapshot *s, struct why *w)
{
	if (check_id24(s->group, "group", OBJECT, w) || check_id24(s->member, "member", OBJECT, w))
		return -1;
	if (!epoch_generation(s->epoch) || s->made < 0)
		return why(w, OBJECT ": its epoch or time is none");
	if (s->n_live > RECORD_KEYS_MAX || s->n_keys > s->n_live)
		return why(w, OBJECT ": it has more keys than there can be");
	return 0;
}

static int check(const struct snapshot *s, struct why *w)
{
	size_t i;

	if (check_head(s, w))
		return -1;
	for (i = 0; i < s->n_live; i++)
		if (check_live(&s->live[i], s->live, i, w))
			return -1;
	if (s->has_config && (s->config.group != s->group || s->config.member != s->member))
		return why(w, OBJECT ": its group record is of another group or member");
	if (s->has_config && check_config(&s->config, w))
		return -1;
	if (s->n_live && !s->has_config)
		return why(w, OBJECT ": it has keys and no group record");
	for (i = 0; i < s->n_keys; i++)
		if (s->keys[i].group != s->group || check_key(&s->keys[i], w) ||
		    check_key_line(s, i, w))
			return -1;
	return 0;
}

static void put_live(struct element_writer *e, const struct live_key *l)
{
	uint8_t value[LIVE_LEN];
	size_t i;

	value[0] = l->pgk_id;
	value[1] = l->state;
	memcpy(value + 2, l->fingerprint, RECORD_FP_LEN);
	for (i = 0; i < 8; i++) {
		value[2 + RECORD_FP_LEN + i] = (uint64_t)l->from >> (56 - 8 * i);
		value[10 + RECORD_FP_LEN + i] = (uint64_t)l->until >> (56 - 8 * i);
	}
	put_octets(e, TAG_LIVE, value, sizeof(value));
}

static void put_all(struct element_writer *e, const struct snapshot *s, bool content_only)
{
	const uint8_t head[2] = { OBJECT_SNAPSHOT, RECORD_VERSION };
	size_t i;

	put_raw(e, head, sizeof(head));
	put_octets(e, TAG_MANAGER, s->manager, RECORD_ID_LEN);
	put_number(e, TAG_GROUP, s->group, 4);
	put_number(e, TAG_MEMBER, s->member, 4);
	put_number(e, TAG_EPOCH, s->epoch, 8);
	if (!content_only)
		put_number(e, TAG_MADE, s->made, 8);
	for (i = 0; i < s->n_live; i++)
		put_live(e, &s->live[i]);
	if (s->has_config)
		put_config(e, &s->config);
	for (i = 0; i < s->n_keys && !content_only; i++)
		put_key(e, &s->keys[i]);
}

int snapshot_encode(const struct snapshot *s, uint8_t *out, size_t size, struct why *w)
{
	struct element_writer e = { .out = out, .size = size };

	if (check(s, w))
		return -1;
	put_all(&e, s, false);
	return put_done(&e, w);
}

void snapshot_content(const struct snapshot *s, uint8_t out[RECORD_HASH_LEN])
{
	uint8_t octets[SNAPSHOT_MAX];
	struct element_writer e = { .out = octets, .size = sizeof(octets) };

	put_all(&e, s, true);
	sha256(octets, e.len, out);
}

static int read_live(const struct element_reader *r, struct snapshot *s, struct why *w)
{
	struct live_key *l = &s->live[s->n_live];
	uint8_t value[LIVE_LEN];
	uint64_t from = 0, until = 0;
	size_t i;

	if (s->n_live == RECORD_KEYS_MAX)
		return why(w, OBJECT ": it has more than %d live keys", RECORD_KEYS_MAX);
	if (read_octets(r, value, sizeof(value), w))
		return -1;
	for (i = 0; i < 8; i++) {
		from = from << 8 | value[2 + RECORD_FP_LEN + i];
		until = until << 8 | value[10 + RECORD_FP_LEN + i];
	}
	l->pgk_id = value[0];
	l->state = value[1];
	memcpy(l->fingerprint, value + 2, RECORD_FP_LEN);
	l->from = from;
	l->until = until;
	s->n_live++;
	return check_live(l, s->live, s->n_live - 1, w);
}

static int read_key_record(const struct element_reader *r, struct snapshot *s, struct why *w)
{
	if (s->n_keys == RECORD_KEYS_MAX)
		return why(w, OBJECT ": it has more than %d keys", RECORD_KEYS_MAX);
	if (read_key(r, s->group, &s->keys[s->n_keys], w))
		return -1;
	s->n_keys++;
	return check_key_line(s, s->n_keys - 1, w);
}

static int read_one(struct element_reader *r, struct snapshot *s, struct why *w)
{
	uint64_t n = 0;
	int err = 0;

	switch (r->type) {
	case TAG_MANAGER:
		return read_octets(r, s->manager, RECORD_ID_LEN, w);
	case TAG_GROUP:
		err = read_number(r, 4, UINT32_MAX, &n, w);
		s->group = n;
		return err;
	case TAG_MEMBER:
		err = read_number(r, 4, UINT32_MAX, &n, w);
		s->member = n;
		return err;
	case TAG_EPOCH:
		return read_number(r, 8, UINT64_MAX, &s->epoch, w);
	case TAG_MADE:
		err = read_number(r, 8, INT64_MAX, &n, w);
		s->made = n;
		return err;
	case TAG_LIVE:
		read_list(r);
		return read_live(r, s, w);
	case TAG_CONFIG:
		s->has_config = true;
		return read_config(r, s->group, s->member, &s->config, w);
	case TAG_KEY:
		read_list(r);
		return read_key_record(r, s, w);
	default:
		return read_unknown(r, w);
	}
}

static int decode(const uint8_t *in, size_t len, struct snapshot *s, struct why *w)
{
	const unsigned int all = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5;
	struct element_reader r;
	unsigned int seen = 0;
	int more;

	if (read_object(&r, in, len, OBJECT_SNAPSHOT, OBJECT, w))
		return -1;
	while ((more = read_next(&r, w)) > 0) {
		/* What follows is checked against the head, so that must have been there. */
		if ((r.type & ~RECORD_MUST) > (TAG_MADE & ~RECORD_MUST) && seen != all)
			return why(w, OBJECT ": its head is not complete");
		if (read_one(&r, s, w))
			return -1;
		if (r.type & RECORD_MUST && (r.type & ~RECORD_MUST) <= (TAG_MADE & ~RECORD_MUST))
			seen |= 1u << (r.type & ~RECORD_MUST);
	}
	if (more)
		return -1;
	if (seen != all)
		return why(w, OBJECT ": its head is not complete");
	if (s->n_live && !s->has_config)
		return why(w, OBJECT ": it has keys and no group record");
	return check_head(s, w);
}

int snapshot_decode(const uint8_t *in, size_t len, struct snapshot *s, struct why *w)
{
	memset(s, 0, sizeof(*s));
	if (!decode(in, len, s, w))
		return 0;
	OPENSSL_cleanse(s, sizeof(*s));
	return -1;
}
