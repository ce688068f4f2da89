// SPDX-License-Identifier: GPL-2.0
/* prose-pkmf inventory: who holds which key, as far as it is known here. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "groups.h"
#include "json.h"
#include "pkmf.h"

static void print_line(struct rows *r)
{
	char id[12];

	snprintf(id, sizeof(id), "0x%06" PRIx32, (uint32_t)row_int(r, 6));
	if (!opt.json) {
		printf("%-15s key %-3" PRId64 " %-6s %-20s member %s, %s\n",
		       row_text(r, 2), row_int(r, 3),
		       row_int(r, 4) ? "live" : "ended", row_text(r, 5), id, row_text(r, 7));
		return;
	}
	json_object(NULL);
	json_string("group", row_text(r, 2));
	json_int("pgk_id", row_int(r, 3));
	json_bool("live", row_int(r, 4));
	json_string("device", row_text(r, 5));
	json_string("member", id);
	json_string("state", row_text(r, 7));
	json_end();
}

int cmd_inventory(struct args *a)
{
	const char *name = arg_next(a);
	struct group g = { .id = 0 };
	struct rows r;
	struct why w;
	struct db db;
	int code, more;

	if (args_end(a, &w))
		return usage(&w);
	code = db_open(&db);
	if (code)
		return code;
	if ((name && group_find(&db, name, &g, &w)) ||
	    rows_begin(&db, &r, &w, "SELECT * FROM inventory WHERE ? = 0 OR id = ? ORDER BY grp, seq, device",
		       "ii", (int64_t)g.id, (int64_t)g.id)) {
		code = refused(&w);
		db_close(&db);
		return code;
	}
	if (opt.json)
		json_array(NULL);
	while ((more = rows_next(&db, &r, &w)) > 0)
		print_line(&r);
	if (opt.json) {
		json_end();
		json_done();
	}
	rows_end(&r);
	if (more)
		code = refused(&w);
	db_close(&db);
	return code;
}
