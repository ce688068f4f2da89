// SPDX-License-Identifier: GPL-2.0
/*
 * prose-pkmf remove: off the list, and every key that was made before it ends. What
 * is made after it the removed one never gets.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "members.h"
#include "pkmf.h"
#include "when.h"

static int check(struct db *db, const struct group *g, const char *name, struct device *d,
		 struct why *w)
{
	uint8_t ledger[RECORD_ID_LEN];
	struct member_row m;
	int is;

	if (device_find(db, name, d, w))
		return -1;
	is = member_get(db, g, d, &m, ledger, w);
	if (is < 0)
		return -1;
	if (!is || strcmp(m.state, "member"))
		return why(w, "device %s is no member of group %s%s%s", d->name, g->name,
			   is ? ", but " : "", is ? m.state : "");
	return 0;
}

static int take_off(struct db *db, const struct group *g, const struct device *d, struct why *w)
{
	return db_run(db, w, "UPDATE member SET state = 'removed', since = ? WHERE grp = ? AND device = ?",
		      "iii", db->now, (int64_t)g->id, d->id) ||
	       db_run(db, w, "UPDATE delivery SET state = 'superseded' WHERE grp = ? AND device = ? AND state = 'queued'",
		      "ii", (int64_t)g->id, d->id) ? -1 : 0;
}

/* Until when the keys that are ended now may be sent with by who has no new file. */
static int old_until(struct db *db, const struct group *g, int64_t *until, struct why *w)
{
	return db_int(db, until, NULL, w, "SELECT coalesce(max(until), 0) FROM pgk WHERE grp = ? AND live",
		      "i", (int64_t)g->id);
}

static int say_bound(struct db *db, const struct group *g, int64_t until, size_t n, struct why *w)
{
	char end[WHEN_LEN];
	struct rows r;
	int more;

	if (rows_begin(db, &r, w, "SELECT device.name FROM member JOIN device ON device.id = member.device WHERE grp = ? AND state = 'member' ORDER BY device.name",
		       "i", (int64_t)g->id))
		return -1;
	if (opt.json) {
		json_object(NULL);
		json_string("group", g->name);
		json_bool("done", !opt.dry_run);
		json_uint("removed", n);
		json_time("old_keys_until", until);
		json_array("need_a_file");
	} else {
		printf("group %s: %zu member%s %s removed, and %s no key that is made from now on\n",
		       g->name, n, n == 1 ? "" : "s", opt.dry_run ? "would be" : n == 1 ? "is" : "are",
		       n == 1 ? "gets" : "get");
		printf("The removed can read and send with the old keys until each of the others has its new file,\nand with who never gets one until %s at the latest. These need one:\n",
		       when_absolute(end, until, true));
	}
	while ((more = rows_next(db, &r, w)) > 0) {
		if (opt.json)
			json_string(NULL, row_text(&r, 0));
		else
			printf("  %s\n", row_text(&r, 0));
	}
	rows_end(&r);
	if (opt.json) {
		json_end();
		json_end();
		json_done();
	} else if (!opt.dry_run) {
		printf("Next: prose-pkmf export %s all; and for the removed, so that it stops by itself: export %s DEVICE\n",
		       g->name, g->name);
	}
	return more;
}

static int remove_all(struct db *db, struct group *g, struct args *a, struct why *w)
{
	char what[1024];
	struct device d;
	int64_t until;
	size_t n = 0, len;
	const char *name;
	int made;

	len = snprintf(what, sizeof(what), "remove %s", g->name);
	if (old_until(db, g, &until, w))
		return -1;
	while ((name = arg_next(a))) {
		if (check(db, g, name, &d, w) || take_off(db, g, &d, w))
			return -1;
		if (len + strlen(name) + 2 < sizeof(what))
			len += snprintf(what + len, sizeof(what) - len, " %s", name);
		n++;
	}
	/* The new keys are made in the new epoch, and none of the old ones is left. */
	if (group_changed(db, g, w) || pgk_end(db, g, END_ALL, w) || pgk_fill(db, g, &made, w))
		return -1;
	if (!opt.dry_run && db_commit(db, what, w))
		return -1;
	return say_bound(db, g, until, n, w);
}

int cmd_remove(struct args *a)
{
	const char *name = arg_next(a);
	struct group g;
	struct why w;
	struct db db;
	int code;

	if (!name || !a->argc) {
		why(&w, "whom, and from which group? prose-pkmf remove GROUP DEVICE... [--dry-run]");
		return usage(&w);
	}
	code = db_open(&db);
	if (code)
		return code;
	/* A dry run is the whole change, taken back. */
	if (group_find(&db, name, &g, &w) || db_begin(&db, &w) || remove_all(&db, &g, a, &w))
		code = refused(&w);
	else if (!opt.dry_run)
		code = EXIT_PENDING;
	db_close(&db);
	return code;
}
