// SPDX-License-Identifier: GPL-2.0
/* prose-pkmf status: what needs a person first, then each group. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "groups.h"
#include "ids.h"
#include "json.h"
#include "pkmf.h"
#include "when.h"

/* What a person has to do: the views "need" of the schema. */
static const struct {
	const char *name, *text;
} needs[] = {
	{ "restored", "was put back from an old copy of its disk, and needs a new ledger" },
	{ "unassigned", "has asked, and is in no group: prose-pkmf approve GROUP DEVICE" },
	{ "not_exported", "has no file yet with what is new: prose-pkmf export GROUP DEVICE" },
	{ "refused", "has refused its last file: prose-pkmf member list" },
};

static int print_needs(struct db *db, struct why *w)
{
	struct rows r;
	size_t i;
	int more = 0;

	for (i = 0; i < ARRAY_SIZE(needs); i++) {
		if (rows_begin(db, &r, w, "SELECT device FROM need WHERE what = ? ORDER BY device", "t",
			       needs[i].name))
			return -1;
		if (opt.json)
			json_array(needs[i].name);
		while ((more = rows_next(db, &r, w)) > 0) {
			if (opt.json)
				json_string(NULL, row_text(&r, 0));
			else
				printf("NOW: device %s %s\n", row_text(&r, 0), needs[i].text);
		}
		if (opt.json)
			json_end();
		rows_end(&r);
		if (more < 0)
			return -1;
	}
	return 0;
}

static int print_group(struct db *db, const struct group *g, struct why *w)
{
	char until[WHEN_LEN], rest[WHEN_LEN];
	struct pgk_list l;
	int64_t members, in_use, end;

	if (pgk_load(db, g, &l, w) ||
	    db_int(db, &members, NULL, w, "SELECT count(*) FROM member WHERE grp = ? AND state = 'member'",
		   "i", (int64_t)g->id) ||
	    db_int(db, &in_use, NULL, w, "SELECT count(*) FROM member m WHERE grp = ? AND state = 'member' AND EXISTS (SELECT 1 FROM delivery d WHERE d.device = m.device AND d.grp = m.grp AND d.epoch = ? AND d.state = 'in use')",
		   "ii", (int64_t)g->id, (int64_t)g->epoch))
		return -1;
	end = l.n ? l.k[l.n - 1].start + g->validity : 0;
	if (opt.json) {
		json_object(NULL);
		json_string("group", g->name);
		json_uint("epoch", epoch_number(g->epoch));
		json_int("members", members);
		json_int("in_use", in_use);
		json_time("talks_without_us_until", end);
		json_end();
		return 0;
	}
	printf("group %s: epoch %u.%u, %" PRId64 " member%s, of which %" PRId64 " use it; talks without us until %s, %s\n",
	       g->name, epoch_generation(g->epoch), epoch_number(g->epoch), members,
	       members == 1 ? "" : "s", in_use, when_absolute(until, end, true),
	       when_relative(rest, end, db->now));
	if (pgk_dormant(&l, db->now) < (size_t)g->ahead)
		printf("  %zu of %" PRId64 " keys ahead: prose-pkmf rotate %s\n",
		       pgk_dormant(&l, db->now),
		       g->ahead, g->name);
	return 0;
}

static int print_groups(struct db *db, struct why *w)
{
	struct group g;
	struct rows r;
	int more;

	if (rows_begin(db, &r, w, "SELECT " GROUP_COLUMNS " FROM grp ORDER BY name", ""))
		return -1;
	if (opt.json)
		json_array("groups");
	while ((more = rows_next(db, &r, w)) > 0) {
		group_row(&r, &g);
		if (print_group(db, &g, w)) {
			more = -1;
			break;
		}
	}
	if (opt.json)
		json_end();
	rows_end(&r);
	return more;
}

static int print(struct db *db, struct why *w)
{
	char hex[HEX_LEN(CMS_HASH_LEN)];
	uint8_t hash[CMS_HASH_LEN];
	struct identity id;

	if (audit_verify(db, w) || db_identity(db, &id, w))
		return -1;
	spki_hash(id.key, hash);
	identity_free(&id);
	to_hex(hex, hash, sizeof(hash));
	if (opt.json) {
		json_object(NULL);
		json_string("key", hex);
		json_uint("generation", db->generation);
	} else {
		printf("manager key %s, generation %u\n", hex, db->generation);
	}
	if (print_needs(db, w) || print_groups(db, w))
		return -1;
	if (opt.json) {
		json_end();
		json_done();
	}
	return 0;
}

int cmd_status(struct args *a)
{
	struct why w;
	struct db db;
	int code;

	if (args_end(a, &w))
		return usage(&w);
	code = db_open(&db);
	if (code)
		return code;
	if (print(&db, &w))
		code = refused(&w);
	db_close(&db);
	return code;
}
