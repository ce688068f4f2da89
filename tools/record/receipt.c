// SPDX-License-Identifier: GPL-2.0
#include <openssl/crypto.h>
#include <string.h>

#include "parts.h"

#define OBJECT "receipt"

/* Group, epoch, result. */
#define RESULT_LEN 13

static int check_result(const struct receipt_group *g, const struct receipt_group *before,
			struct why *w)
{
	if (check_id24(g->group, "group", OBJECT, w))
		return -1;
	if (g->result >= RESULT_N)
		return why(w, OBJECT ": the result %u is not known here", g->result);
	if (before && before->group >= g->group)
		return why(w, OBJECT ": its groups are out of order");
	return 0;
}

static int check(const struct receipt *r, struct why *w)
{
	size_t i;

	if (!r->serial || r->made < 0 || r->n_groups > RECORD_GROUPS_MAX ||
	    r->n_next > RECORD_NEXT_MAX)
		return why(w, OBJECT ": its serial number, time or lists are none");
	for (i = 0; i < r->n_groups; i++)
		if (check_result(&r->groups[i], i ? &r->groups[i - 1] : NULL, w))
			return -1;
	for (i = 0; i < r->n_next; i++)
		if (check_next(&r->next[i], i ? &r->next[i - 1] : NULL, OBJECT, w))
			return -1;
	return 0;
}

static void put_result(struct element_writer *e, const struct receipt_group *g)
{
	uint8_t value[RESULT_LEN];
	size_t i;

	for (i = 0; i < 4; i++)
		value[i] = g->group >> (24 - 8 * i);
	for (i = 0; i < 8; i++)
		value[4 + i] = g->epoch >> (56 - 8 * i);
	value[12] = g->result;
	put_octets(e, TAG_RESULT, value, sizeof(value));
}

int receipt_encode(const struct receipt *r, uint8_t *out, size_t size, struct why *w)
{
	struct element_writer e = { .out = out, .size = size };
	const uint8_t head[2] = { OBJECT_RECEIPT, RECORD_VERSION };
	size_t i;

	if (check(r, w))
		return -1;
	put_raw(&e, head, sizeof(head));
	put_octets(&e, TAG_MANAGER, r->manager, RECORD_ID_LEN);
	put_number(&e, TAG_MADE, r->made, 8);
	put_octets(&e, TAG_LEDGER, r->ledger, RECORD_ID_LEN);
	put_number(&e, TAG_SERIAL, r->serial, 8);
	for (i = 0; i < r->n_next; i++)
		put_next(&e, &r->next[i]);
	for (i = 0; i < r->n_groups; i++)
		put_result(&e, &r->groups[i]);
	return put_done(&e, w);
}

static int read_result(const struct element_reader *r, struct receipt *q, struct why *w)
{
	struct receipt_group *g = &q->groups[q->n_groups];
	uint8_t value[RESULT_LEN];
	size_t i;

	if (q->n_groups == RECORD_GROUPS_MAX)
		return why(w, OBJECT ": it has more than %d groups", RECORD_GROUPS_MAX);
	if (read_octets(r, value, sizeof(value), w))
		return -1;
	for (i = 0; i < 4; i++)
		g->group = g->group << 8 | value[i];
	for (i = 0; i < 8; i++)
		g->epoch = g->epoch << 8 | value[4 + i];
	g->result = value[12];
	q->n_groups++;
	return check_result(g, q->n_groups > 1 ? g - 1 : NULL, w);
}

static int read_next_one(const struct element_reader *r, struct receipt *q, struct why *w)
{
	struct record_next *n = &q->next[q->n_next];

	if (q->n_next == RECORD_NEXT_MAX)
		return why(w, OBJECT ": it names more than %d keys", RECORD_NEXT_MAX);
	q->n_next++;
	return read_next_id(r, n, q->n_next > 1 ? n - 1 : NULL, w);
}

static int read_one(struct element_reader *r, struct receipt *q, struct why *w)
{
	uint64_t n = 0;
	int err;

	switch (r->type) {
	case TAG_MANAGER:
		return read_octets(r, q->manager, RECORD_ID_LEN, w);
	case TAG_MADE:
		err = read_number(r, 8, INT64_MAX, &n, w);
		q->made = n;
		return err;
	case TAG_LEDGER:
		return read_octets(r, q->ledger, RECORD_ID_LEN, w);
	case TAG_SERIAL:
		return read_number(r, 8, UINT64_MAX, &q->serial, w);
	case TAG_NEXT:
		read_list(r);
		return read_next_one(r, q, w);
	case TAG_RESULT:
		read_list(r);
		return read_result(r, q, w);
	default:
		return read_unknown(r, w);
	}
}

static int decode(const uint8_t *in, size_t len, struct receipt *q, struct why *w)
{
	const unsigned int all = 1 << 1 | 1 << 5 | 1 << 8 | 1 << 9;
	struct element_reader r;
	unsigned int seen = 0;
	int more;

	if (read_object(&r, in, len, OBJECT_RECEIPT, OBJECT, w))
		return -1;
	while ((more = read_next(&r, w)) > 0) {
		if (read_one(&r, q, w))
			return -1;
		if (r.type & RECORD_MUST && (r.type & ~RECORD_MUST) <= (TAG_SERIAL & ~RECORD_MUST))
			seen |= 1u << (r.type & ~RECORD_MUST);
	}
	if (more)
		return -1;
	return seen == all ? check(q, w) : why(w, OBJECT ": it is not complete");
}

int receipt_decode(const uint8_t *in, size_t len, struct receipt *r, struct why *w)
{
	memset(r, 0, sizeof(*r));
	if (!decode(in, len, r, w))
		return 0;
	OPENSSL_cleanse(r, sizeof(*r));
	return -1;
}
