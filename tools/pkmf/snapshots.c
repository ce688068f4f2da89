// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "snapshots.h"
#include "wrap.h"

static int by_id(const void *a, const void *b)
{
	const struct pgk *x = a, *y = b;

	return x->pgk_id - y->pgk_id;
}

static int unwrap_key(struct db *db, const struct group *g, const struct pgk *k,
		      struct key_record *out, struct why *w)
{
	struct wrap_row row = { .table = "pgk", .owner = g->id, .id = k->pgk_id,
				.epoch = k->epoch };
	uint8_t box[RECORD_KEY_LEN + BOX_OVERHEAD];
	struct rows r;
	int err = -1;

	if (rows_begin(db, &r, w, "SELECT wrapped FROM pgk WHERE seq = ?", "i", k->seq))
		return -1;
	if (rows_next(db, &r, w) <= 0 || row_blob(&r, 0, box, sizeof(box)))
		why(w, "group %s: the octets of key %u are not in the database",
		    g->name, k->pgk_id);
	else
		err = unwrap(db, &row, box, sizeof(box), out->key, w);
	rows_end(&r);
	return err;
}

static int put_key(struct db *db, const struct group *g, const struct pgk *k,
		   const struct pgk *active, struct snapshot *s, struct why *w)
{
	struct live_key *l = &s->live[s->n_live++];
	struct key_record *r = &s->keys[s->n_keys++];

	l->pgk_id = k->pgk_id;
	/* As of the epoch, so that an epoch says the same whenever it is asked. */
	l->state = k->start > g->changed ? LIVE_DORMANT : active && k->seq == active->seq ?
		LIVE_ACTIVE : LIVE_ENDING;
	memcpy(l->fingerprint, k->fingerprint, sizeof(l->fingerprint));
	l->from = k->start;
	l->until = k->until;
	r->group = g->id;
	r->pgk_id = k->pgk_id;
	memcpy(r->fingerprint, k->fingerprint, sizeof(r->fingerprint));
	r->suite = k->suite;
	r->from = k->start;
	r->until = k->until;
	return unwrap_key(db, g, k, r, w);
}

/* The member's own address in each prefix of the group: its number in the host part. */
static int put_addresses(struct db *db, const struct member_row *m, struct group_record *c,
			 struct why *w)
{
	struct rows r;
	int more, i;

	if (rows_begin(db, &r, w, "SELECT family, prefix, octets FROM grp_address WHERE grp = ? ORDER BY family, octets",
		       "i", (int64_t)c->group))
		return -1;
	while ((more = rows_next(db, &r, w)) > 0 && c->n_addresses < RECORD_ADDRESSES_MAX) {
		struct record_address *a = &c->addresses[c->n_addresses++];
		uint64_t number = m->number;
		size_t len;

		a->family = row_int(&r, 0);
		a->prefix = row_int(&r, 1);
		if (row_octets(&r, 2, a->octets, sizeof(a->octets), &len)) {
			more = why(w, "an address of the database is damaged");
			break;
		}
		for (i = len - 1; i >= 0 && number; i--, number >>= 8)
			a->octets[i] |= number;
	}
	rows_end(&r);
	return more < 0 ? -1 : 0;
}

static int put_policy(struct db *db, struct group_record *c, struct why *w)
{
	struct rows r;
	int more;

	if (rows_begin(db, &r, w, "SELECT policy, value FROM grp_policy WHERE grp = ?", "i",
		       (int64_t)c->group))
		return -1;
	while ((more = rows_next(db, &r, w)) > 0) {
		int64_t i = row_int(&r, 0);

		if (i < 0 || i >= POLICY_N)
			continue;
		c->has |= 1u << i;
		c->policy[i] = row_int(&r, 1);
	}
	rows_end(&r);
	return more;
}

int snapshot_build(struct db *db, const struct group *g, const struct member_row *m,
		   const uint8_t manager[RECORD_ID_LEN], struct snapshot *s, struct why *w)
{
	const struct pgk *active;
	struct pgk_list l;
	int64_t seq = 0;
	size_t i;

	memset(s, 0, sizeof(*s));
	memcpy(s->manager, manager, sizeof(s->manager));
	s->group = g->id;
	s->member = m->member;
	s->epoch = g->epoch;
	s->made = db->now;
	/* Nothing is made for who is no member, whatever else goes wrong. */
	if (strcmp(m->state, "member"))
		return 0;
	s->has_config = true;
	s->config.group = g->id;
	s->config.member = m->member;
	strcpy(s->config.name, g->name);
	s->config.suite = g->suite;
	if (put_policy(db, &s->config, w) || put_addresses(db, m, &s->config, w) ||
	    pgk_load(db, g, &l, w))
		return -1;
	active = pgk_active(&l, g->changed);
	if (active)
		seq = active->seq;
	qsort(l.k, l.n, sizeof(l.k[0]), by_id);
	for (i = 0; i < l.n; i++) {
		struct pgk now = { .seq = seq };

		if (l.k[i].until > g->changed &&
		    put_key(db, g, &l.k[i], seq ? &now : NULL, s, w))
			return -1;
	}
	return 0;
}
