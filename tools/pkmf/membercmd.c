// SPDX-License-Identifier: GPL-2.0
/* prose-pkmf approve, deny, member */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ids.h"
#include "json.h"
#include "members.h"
#include "pkmf.h"
#include "suitewords.h"
#include "when.h"

/* "GROUP DEVICE" and both found; the exit code. */
static int find_both(struct db *db, const char *group, const char *device, struct group *g,
		     struct device *d)
{
	struct why w;

	if (group_find(db, group, g, &w) || device_find(db, device, d, &w))
		return refused(&w);
	return EXIT_OK;
}

/* What the group asks for and what the device said it can do. */
static int check_suite(const struct group *g, const struct device *d, struct why *w)
{
	char suite[SUITE_TEXT_LEN];
	bool integrity = g->suite.integrity == PROSE_INTEGRITY_NONE ||
		d->integrities >> g->suite.integrity & 1;

	if (d->ciphers >> g->suite.cipher & 1 && integrity)
		return 0;
	return why(w, "device %s cannot do %s, which group %s has", d->name,
		   suite_text(suite, &g->suite), g->name);
}

/*
 * A device that was in the group before may have been told, in this epoch, that it
 * is out: what it is told now must be of a later one.
 */
static int new_epoch(struct db *db, struct group *g, const struct device *d, struct why *w)
{
	int64_t told;

	if (db_int(db, &told, NULL, w, "SELECT count(*) FROM delivery WHERE device = ? AND grp = ?",
		   "ii",
		   d->id, (int64_t)g->id))
		return -1;
	if (!told)
		return 0;
	return group_changed(db, g, w) || pgk_end(db, g, END_OVER, w) ? -1 : 0;
}

static int approve(struct db *db, struct group *g, const struct device *d, uint32_t id,
		   struct member_row *m, struct why *w)
{
	uint8_t ledger[RECORD_ID_LEN];
	char what[160];
	int is = member_get(db, g, d, m, ledger, w);

	if (is < 0)
		return -1;
	if (is && !strcmp(m->state, "member"))
		return why(w, "device %s is a member of group %s already, 0x%06x", d->name, g->name,
			   m->member);
	if (d->restored)
		return why(w, "device %s was put back from an old copy; it needs a new ledger first, and a new request",
			   d->name);
	if (check_suite(g, d, w) || member_give(db, g, d, id, m, w) || new_epoch(db, g, d, w))
		return -1;
	snprintf(what, sizeof(what), "approve %s %s 0x%06" PRIx32, g->name, d->name, m->member);
	return db_commit(db, what, w);
}

int cmd_approve(struct args *a)
{
	static const struct keyword words[] = { { "member", "a member ID" } };
	const char *group = arg_next(a), *device = arg_next(a), *id;
	struct member_row m;
	struct group g;
	struct device d;
	uint32_t member = 0;
	struct why w;
	struct db db;
	int code;

	if (!device)
		why(&w, "whom, and into which group? prose-pkmf approve GROUP DEVICE");
	if (!device || args_keywords(a, words, 1, &id, &w) ||
	    (id && parse_id24("member", id, &member, &w)))
		return usage(&w);
	code = db_open(&db);
	if (code)
		return code;
	code = find_both(&db, group, device, &g, &d);
	if (!code && (db_begin(&db, &w) || approve(&db, &g, &d, member, &m, &w)))
		code = refused(&w);
	if (!code && !opt.json)
		printf("device %s is member 0x%06" PRIx32 " of group %s\nNext: prose-pkmf export %s %s\n",
		       d.name, m.member, g.name, g.name, d.name);
	db_close(&db);
	return code;
}

int cmd_deny(struct args *a)
{
	const char *group = arg_next(a), *device = arg_next(a);
	uint8_t ledger[RECORD_ID_LEN];
	struct member_row m;
	struct group g;
	struct device d;
	char what[160];
	struct why w;
	struct db db;
	int code, is = 0;

	if (!device)
		why(&w, "whom, and from which group? prose-pkmf deny GROUP DEVICE");
	if (!device || args_end(a, &w))
		return usage(&w);
	code = db_open(&db);
	if (code)
		return code;
	code = find_both(&db, group, device, &g, &d);
	if (!code)
		is = member_get(&db, &g, &d, &m, ledger, &w);
	if (is < 0)
		code = refused(&w);
	if (!code && is && !strcmp(m.state, "member")) {
		code = fail(EXIT_REFUSED, "device %s is a member of group %s", d.name, g.name);
		hint("Who has keys is removed: prose-pkmf remove %s %s", g.name, d.name);
	}
	snprintf(what, sizeof(what), "deny %s %s", code ? "" : g.name, code ? "" : d.name);
	if (!code && (db_begin(&db, &w) ||
		      db_run(&db, &w, "INSERT OR REPLACE INTO member VALUES (?, ?, 'denied', NULL, NULL, NULL, 0, ?)",
			     "iii", (int64_t)g.id, d.id, db.now) ||
		      db_commit(&db, what, &w)))
		code = refused(&w);
	if (!code && !opt.json)
		printf("device %s is denied group %s\n", d.name, g.name);
	db_close(&db);
	return code;
}

struct line {
	const char *group, *device, *state, *delivery;
	int64_t member, serial, epoch, at, result, heard;
};

static void print_line(const struct line *l)
{
	char id[12], t[WHEN_LEN];

	snprintf(id, sizeof(id), "0x%06" PRIx32, (uint32_t)l->member);
	if (opt.json) {
		json_object(NULL);
		json_string("group", l->group);
		json_string("device", l->device);
		json_string("state", l->state);
		if (l->member)
			json_string("member", id);
		json_time("heard", l->heard);
		if (l->serial) {
			json_int("serial", l->serial);
			json_uint("epoch", epoch_number(l->epoch));
			json_string("delivery", l->delivery);
			if (!strcmp(l->delivery, "refused"))
				json_string("reason", record_result_text(l->result));
			json_time("delivered", l->at);
		}
		json_end();
		return;
	}
	printf("%-15s %-20s %s", l->group, l->device, l->state);
	if (l->member)
		printf(" %s", id);
	if (l->serial)
		printf(", file %" PRId64 " with epoch %u: %s%s%s, %s",
		       l->serial, epoch_number(l->epoch),
		       l->delivery, !strcmp(l->delivery, "refused") ? " as " : "",
		       !strcmp(l->delivery, "refused") ? record_result_text(l->result) : "",
		       when_absolute(t, l->at, true));
	putchar('\n');
}

static int list(struct db *db, int64_t group, struct why *w)
{
	struct rows r;
	int more;

	if (rows_begin(db, &r, w, "SELECT * FROM member_list WHERE ? = 0 OR id = ? ORDER BY grp, device",
		       "ii", group, group))
		return -1;
	if (opt.json)
		json_array(NULL);
	while ((more = rows_next(db, &r, w)) > 0) {
		struct line l = {
			.group = row_text(&r, 1), .device = row_text(&r, 2),
			.state = row_text(&r, 3), .member = row_int(&r, 4),
			.heard = row_int(&r, 5), .serial = row_int(&r, 6),
			.epoch = row_int(&r, 7), .delivery = row_text(&r, 8),
			.at = row_int(&r, 9), .result = row_int(&r, 10),
		};

		print_line(&l);
	}
	if (opt.json) {
		json_end();
		json_done();
	}
	rows_end(&r);
	return more;
}

static int member_list(struct args *a)
{
	const char *name = arg_next(a);
	struct group g = { .id = 0 };
	struct why w;
	struct db db;
	int code;

	if (args_end(a, &w))
		return usage(&w);
	code = db_open(&db);
	if (code)
		return code;
	if ((name && group_find(&db, name, &g, &w)) || list(&db, g.id, &w))
		code = refused(&w);
	db_close(&db);
	return code;
}

int cmd_member(struct args *a)
{
	static const struct command table[] = {
		{ "list", member_list, "member list [GROUP]" },
		{ "ls", member_list, NULL },
		{ "show", member_list, NULL },
	};

	return run_command("member", table, ARRAY_SIZE(table), a);
}
