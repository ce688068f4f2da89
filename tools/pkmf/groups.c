// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "epochs.h"
#include "groups.h"
#include "ids.h"

void group_row(struct rows *r, struct group *g)
{
	memset(g, 0, sizeof(*g));
	g->id = row_int(r, 0);
	snprintf(g->name, sizeof(g->name), "%s", row_text(r, 1));
	g->suite.cipher = row_int(r, 2);
	g->suite.integrity = row_int(r, 3);
	snprintf(g->suite.kdf, sizeof(g->suite.kdf), "%s", row_text(r, 4));
	g->validity = row_int(r, 5);
	g->overlap = row_int(r, 6);
	g->ahead = row_int(r, 7);
	g->epoch = row_int(r, 8);
	g->created = row_int(r, 9);
	g->changed = row_int(r, 10);
}

static int none(struct db *db, const char *word, struct why *w)
{
	const char *near;
	const char *names[64];
	char text[64][16];
	struct rows r;
	size_t n = 0;

	if (rows_begin(db, &r, w, "SELECT name FROM grp LIMIT 64", ""))
		return -1;
	while (n < ARRAY_SIZE(names) && rows_next(db, &r, w) > 0) {
		snprintf(text[n], sizeof(text[n]), "%s", row_text(&r, 0));
		names[n] = text[n];
		n++;
	}
	rows_end(&r);
	near = nearest_word(word, names, n);
	if (near)
		return why(w, "there is no group \"%s\"; did you mean %s?", word, near);
	return why(w, "there is no group \"%s\"; prose-pkmf group list tells them", word);
}

int group_find(struct db *db, const char *word, struct group *g, struct why *w)
{
	struct why ignored;
	struct rows r;
	uint32_t id = 0;
	int more;

	parse_id24("group", word, &id, &ignored);
	if (rows_begin(db, &r, w, "SELECT " GROUP_COLUMNS " FROM grp WHERE name = ? OR id = ?", "ti",
		       word, (int64_t)id))
		return -1;
	more = rows_next(db, &r, w);
	if (more > 0)
		group_row(&r, g);
	rows_end(&r);
	return more > 0 ? 0 : more < 0 ? -1 : none(db, word, w);
}

int group_changed(struct db *db, struct group *g, struct why *w)
{
	if (epoch_next(db, g->id, &g->epoch, w))
		return -1;
	g->changed = db->now;
	return db_run(db, w, "UPDATE grp SET epoch = ?, changed = ? WHERE id = ?", "iii",
		      (int64_t)g->epoch, db->now, (int64_t)g->id);
}
