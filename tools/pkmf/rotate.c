// SPDX-License-Identifier: GPL-2.0
/* prose-pkmf rotate, changeover: the next keys, and when they take over. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "groups.h"
#include "pkmf.h"
#include "suitewords.h"
#include "when.h"

#define OFFSETS 2	/* an overlap covers both clocks */

/* Who cannot do the new suite is named, and then nothing is changed. */
static int all_can(struct db *db, const struct group *g, struct why *w)
{
	char suite[SUITE_TEXT_LEN];
	struct rows r;
	int more;

	if (rows_begin(db, &r, w, "SELECT device.name FROM member JOIN device ON device.id = member.device WHERE grp = ? AND state = 'member' AND NOT (ciphers >> ? & 1 AND (? = 0 OR integrities >> ? & 1))",
		       "iiii", (int64_t)g->id, (int64_t)g->suite.cipher,
		       (int64_t)g->suite.integrity, (int64_t)g->suite.integrity))
		return -1;
	more = rows_next(db, &r, w);
	if (more > 0)
		more = why(w, "device %s, a member of group %s, cannot do %s",
			   row_text(&r, 0), g->name,
			   suite_text(suite, &g->suite));
	rows_end(&r);
	return more;
}

static int offsets_fit(struct db *db, const struct group *g, struct why *w)
{
	int64_t worst;

	if (db_int(db, &worst, NULL, w, "SELECT coalesce(max(abs(clock_offset)), 0) FROM member JOIN device ON device.id = member.device WHERE grp = ? AND state = 'member'",
		   "i", (int64_t)g->id))
		return -1;
	if (g->overlap >= OFFSETS * worst)
		return 0;
	return why(w, "a member's clock is %lld s off, and an overlap of %lld s is less than twice that: at the changeover it would not be heard. Set its clock, or prose-pkmf group set %s overlap %llds",
		   (long long)worst, (long long)g->overlap, g->name,
		   (long long)(OFFSETS * worst));
}

static int rotate(struct db *db, struct group *g, bool suite, int *made, struct why *w)
{
	char what[96];

	if (offsets_fit(db, g, w) || (suite && all_can(db, g, w)) || group_changed(db, g, w) ||
	    pgk_end(db, g, END_OVER, w) || (suite && pgk_end(db, g, END_DORMANT, w)))
		return -1;
	if (suite && db_run(db, w, "UPDATE grp SET cipher = ?, integrity = ?, kdf = ? WHERE id = ?",
			    "iiti", (int64_t)g->suite.cipher, (int64_t)g->suite.integrity,
			    g->suite.kdf, (int64_t)g->id))
		return -1;
	if (pgk_fill(db, g, made, w))
		return -1;
	snprintf(what, sizeof(what), "rotate %s, %d keys", g->name, *made);
	return db_commit(db, what, w);
}

/* Nothing is missing: no new epoch for nothing. */
static int nothing_missing(struct db *db, const struct group *g, bool *nothing, struct why *w)
{
	struct pgk_list l;

	if (pgk_load(db, g, &l, w))
		return -1;
	*nothing = pgk_active(&l, db->now) && pgk_dormant(&l, db->now) >= (size_t)g->ahead;
	return 0;
}

static int until_when(struct db *db, const struct group *g, char out[WHEN_LEN], struct why *w)
{
	struct pgk_list l;

	if (pgk_load(db, g, &l, w))
		return -1;
	when_absolute(out, l.n ? l.k[l.n - 1].start + g->validity : db->now, true);
	return 0;
}

int cmd_rotate(struct args *a)
{
	enum { W_SUITE, W_INTEGRITY, W_KDF, W_N };
	static const struct keyword words[W_N] = {
		{ "suite", "a ciphering algorithm" }, { "integrity", "an integrity algorithm" },
		{ "kdf", "the name of a key derivation function" },
	};
	const char *name = arg_next(a), *v[W_N];
	struct record_suite suite;
	char until[WHEN_LEN];
	bool nothing = false;
	struct group g;
	struct why w;
	struct db db;
	int code, made = 0;

	if (!name)
		why(&w, "which group? prose-pkmf rotate GROUP");
	if (!name || args_keywords(a, words, W_N, v, &w) ||
	    (v[W_SUITE] && parse_suite(v[W_SUITE], v[W_INTEGRITY], v[W_KDF], &suite, &w)))
		return usage(&w);
	if (!v[W_SUITE] && (v[W_INTEGRITY] || v[W_KDF])) {
		why(&w, "\"%s\" goes with \"suite\"", v[W_KDF] ? "kdf" : "integrity");
		return usage(&w);
	}
	code = db_open(&db);
	if (code)
		return code;
	if (group_find(&db, name, &g, &w) ||
	    (!v[W_SUITE] && nothing_missing(&db, &g, &nothing, &w))) {
		code = refused(&w);
	} else if (!nothing) {
		if (v[W_SUITE])
			g.suite = suite;
		if (db_begin(&db, &w) || rotate(&db, &g, v[W_SUITE], &made, &w))
			code = refused(&w);
	}
	if (!code && until_when(&db, &g, until, &w))
		code = refused(&w);
	if (!code && !opt.json && nothing)
		printf("group %s: %" PRId64 " keys are ahead, which last until %s; nothing is to be made\n",
		       g.name, g.ahead, until);
	else if (!code && !opt.json)
		printf("group %s: %d key%s made; they last until %s\nNext: prose-pkmf export %s all\n",
		       g.name, made, made == 1 ? " is" : "s are", until, g.name);
	db_close(&db);
	return code;
}

/* The first that has not begun begins earlier; the one before ends an overlap after it. */
static int changeover(struct db *db, struct group *g, int64_t when, uint8_t *id, struct why *w)
{
	const struct pgk *next = NULL, *active;
	struct pgk_list l;
	char what[96], at[WHEN_LEN];
	size_t i;

	if (pgk_load(db, g, &l, w))
		return -1;
	active = pgk_active(&l, db->now);
	for (i = 0; i < l.n && !next; i++)
		if (l.k[i].start > db->now)
			next = &l.k[i];
	if (!next)
		return why(w, "group %s has no key to change over to: prose-pkmf rotate %s first, and export",
			   g->name,
			   g->name);
	if (when > next->start)
		return why(w, "key %u begins at %s already, which is earlier", next->pgk_id,
			   when_absolute(at, next->start, true));
	*id = next->pgk_id;
	if (group_changed(db, g, w) || pgk_end(db, g, END_OVER, w) ||
	    db_run(db, w, "UPDATE pgk SET start = ? WHERE seq = ?", "ii", when, next->seq))
		return -1;
	if (active && when + g->overlap < active->until &&
	    db_run(db, w, "UPDATE pgk SET until = ? WHERE seq = ?", "ii", when + g->overlap,
		   active->seq))
		return -1;
	snprintf(what, sizeof(what), "changeover %s to key %u", g->name, next->pgk_id);
	return db_commit(db, what, w);
}

int cmd_changeover(struct args *a)
{
	const char *name = arg_next(a), *how = arg_next(a), *time = NULL;
	char at[WHEN_LEN];
	struct group g;
	int64_t when = 0;
	struct why w;
	struct db db;
	uint8_t id = 0;
	int code;

	if (how && !strcmp(how, "at"))
		time = arg_next(a);
	if (!how || (strcmp(how, "now") && !time))
		why(&w, "when? prose-pkmf changeover GROUP now, or at TIME");
	if (!how || (strcmp(how, "now") && !time) || args_end(a, &w))
		return usage(&w);
	code = db_open(&db);
	if (code)
		return code;
	when = db.now;
	if (time && parse_when("at", time, db.now, &when, &w)) {
		code = usage(&w);
	} else if (when < db.now) {
		why(&w, "at %s: that is over", time);
		code = usage(&w);
	} else if (group_find(&db, name, &g, &w) || db_begin(&db, &w) ||
		   changeover(&db, &g, when, &id, &w)) {
		code = refused(&w);
	} else if (!opt.json) {
		printf("group %s: key %u is sent with from %s; who has no new file by then goes on with the old key for %lld s\nNext: prose-pkmf export %s all\n",
		       g.name, id, when_absolute(at, when, true), (long long)g.overlap, g.name);
	}
	db_close(&db);
	return code;
}
