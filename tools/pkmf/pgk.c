// SPDX-License-Identifier: GPL-2.0
/* The keys of a group: drawn, listed, ended. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "groups.h"
#include "secret.h"
#include "wrap.h"

#define PGK_IDS 256
#define INDEX_BITS 31

int pgk_load(struct db *db, const struct group *g, struct pgk_list *l, struct why *w)
{
	struct rows r;
	int more;

	l->n = 0;
	if (rows_begin(db, &r, w, "SELECT seq, pgk_id, start, until, cipher, integrity, kdf, fingerprint, epoch FROM pgk WHERE grp = ? AND live ORDER BY start, seq",
		       "i", (int64_t)g->id))
		return -1;
	while ((more = rows_next(db, &r, w)) > 0 && l->n < RECORD_KEYS_MAX) {
		struct pgk *k = &l->k[l->n++];

		memset(k, 0, sizeof(*k));
		k->seq = row_int(&r, 0);
		k->pgk_id = row_int(&r, 1);
		k->start = row_int(&r, 2);
		k->until = row_int(&r, 3);
		k->suite.cipher = row_int(&r, 4);
		k->suite.integrity = row_int(&r, 5);
		snprintf(k->suite.kdf, sizeof(k->suite.kdf), "%s", row_text(&r, 6));
		if (row_blob(&r, 7, k->fingerprint, sizeof(k->fingerprint))) {
			more = why(w, "a key of the database is damaged");
			break;
		}
		k->epoch = row_int(&r, 8);
	}
	rows_end(&r);
	return more < 0 ? -1 : 0;
}

const struct pgk *pgk_active(const struct pgk_list *l, int64_t now)
{
	const struct pgk *active = NULL;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->k[i].start <= now && l->k[i].until > now)
			active = &l->k[i];
	return active;
}

size_t pgk_dormant(const struct pgk_list *l, int64_t now)
{
	size_t i, n = 0;

	for (i = 0; i < l->n; i++)
		n += l->k[i].start > now;
	return n;
}

/* After the one made last, so that an ID comes again as late as it can. */
static int free_id(struct db *db, const struct group *g, uint8_t *id, struct why *w)
{
	struct pgk_list l;
	int64_t last, i;
	size_t k;
	bool absent;

	if (pgk_load(db, g, &l, w) ||
	    db_int(db, &last, &absent, w, "SELECT pgk_id FROM pgk WHERE grp = ? ORDER BY seq DESC LIMIT 1",
		   "i", (int64_t)g->id))
		return -1;
	for (i = 1; i <= PGK_IDS; i++) {
		*id = absent ? i : (last + i) % PGK_IDS;
		for (k = 0; k < l.n && (l.k[k].pgk_id ^ *id) & INDEX_BITS; k++)
			;
		if (k == l.n)
			return 0;
	}
	return why(w, "group %s: all 32 PGK indexes are live; end some first: prose-pkmf changeover, or a lower ahead",
		   g->name);
}

int pgk_make(struct db *db, const struct group *g, int64_t start, struct why *w)
{
	struct wrap_row row = { .table = "pgk", .owner = g->id, .epoch = g->epoch };
	uint8_t fingerprint[RECORD_FP_LEN], box[RECORD_KEY_LEN + BOX_OVERHEAD];
	uint8_t *key, id;
	int err;

	if (free_id(db, g, &id, w))
		return -1;
	row.id = id;
	key = secret_new(RECORD_KEY_LEN);
	if (!key || getrandom(key, RECORD_KEY_LEN, 0) != RECORD_KEY_LEN) {
		secret_del(key, RECORD_KEY_LEN);
		return why(w, "no memory or random numbers for a key: %s", strerror(errno));
	}
	record_fingerprint(key, fingerprint);
	err = wrap(db, &row, key, RECORD_KEY_LEN, box, w);
	secret_del(key, RECORD_KEY_LEN);
	if (err)
		return -1;
	return db_run(db, w, "INSERT INTO pgk (grp, pgk_id, epoch, made, start, until, live, cipher, integrity, kdf, fingerprint, wrapped) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)",
		      "iiiiiiiitbb", (int64_t)g->id, (int64_t)id, (int64_t)g->epoch, db->now, start,
		      start + g->validity + g->overlap, (int64_t)g->suite.cipher,
		      (int64_t)g->suite.integrity, g->suite.kdf, fingerprint, sizeof(fingerprint),
		      box, sizeof(box));
}

int pgk_fill(struct db *db, const struct group *g, int *made, struct why *w)
{
	struct pgk_list l;
	int64_t start;

	for (*made = 0;; ++*made) {
		if (pgk_load(db, g, &l, w))
			return -1;
		/* A clock that is behind by less than the overlap may send at once. */
		start = l.n ? l.k[l.n - 1].start + g->validity : db->now - g->overlap;
		if (l.n && start < db->now - g->overlap)
			start = db->now - g->overlap;
		if (pgk_active(&l, db->now) && pgk_dormant(&l, db->now) >= (size_t)g->ahead)
			return 0;
		if (pgk_make(db, g, start, w))
			return -1;
	}
}

int pgk_end(struct db *db, const struct group *g, enum pgk_end which, struct why *w)
{
	/* The octets go with the key: nobody is to be given it any more. */
	static const char *const sql[] = {
		[END_OVER] = "UPDATE pgk SET live = 0, ended = ?, wrapped = NULL WHERE grp = ? AND live AND until <= ?",
		[END_ALL] = "UPDATE pgk SET live = 0, ended = ?, wrapped = NULL WHERE grp = ? AND live AND ? IS NOT NULL",
		[END_DORMANT] = "UPDATE pgk SET live = 0, ended = ?, wrapped = NULL WHERE grp = ? AND live AND start > ?",
	};

	return db_run(db, w, sql[which], "iii", db->now, (int64_t)g->id, db->now);
}
