// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "members.h"

#define ID_MASK 0xffffff

int member_get(struct db *db, const struct group *g, const struct device *d,
	       struct member_row *m, uint8_t ledger[RECORD_ID_LEN], struct why *w)
{
	struct rows r;
	size_t len = 0;
	int more;

	memset(m, 0, sizeof(*m));
	memset(ledger, 0, RECORD_ID_LEN);
	if (rows_begin(db, &r, w, "SELECT state, member, number, ledger FROM member WHERE grp = ? AND device = ?",
		       "ii", (int64_t)g->id, d->id))
		return -1;
	more = rows_next(db, &r, w);
	if (more > 0) {
		m->device = d->id;
		strcpy(m->device_name, d->name);
		snprintf(m->state, sizeof(m->state), "%s", row_text(&r, 0));
		m->member = row_int(&r, 1);
		m->number = row_int(&r, 2);
		if (row_octets(&r, 3, ledger, RECORD_ID_LEN, &len))
			more = why(w, "a member of the database is damaged");
	}
	rows_end(&r);
	return more;
}

static int is_given(struct db *db, const struct group *g, uint32_t member, bool *given,
		    struct why *w)
{
	int64_t there;
	bool absent;

	if (db_int(db, &there, &absent, w, "SELECT device FROM given WHERE grp = ? AND member = ?",
		   "ii", (int64_t)g->id, (int64_t)member))
		return -1;
	*given = !absent;
	return 0;
}

static int draw(struct db *db, const struct group *g, uint32_t *member, struct why *w)
{
	bool given = true;

	while (given) {
		if (getrandom(member, sizeof(*member), 0) != sizeof(*member))
			return why(w, "no random numbers");
		*member &= ID_MASK;
		if (*member && is_given(db, g, *member, &given, w))
			return -1;
	}
	return 0;
}

int member_give(struct db *db, const struct group *g, const struct device *d, uint32_t member,
		struct member_row *m, struct why *w)
{
	int64_t number = m->number;
	bool given;

	if (member) {
		if (is_given(db, g, member, &given, w))
			return -1;
		if (given)
			return why(w, "member 0x%06" PRIx32 " of group %s was given before, and a member ID is not given twice: somebody may still have keys under it",
				   member, g->name);
	} else if (draw(db, g, &member, w)) {
		return -1;
	}
	if (!number && db_int(db, &number, NULL, w, "SELECT coalesce(max(number), 0) + 1 FROM member WHERE grp = ?",
			      "i", (int64_t)g->id))
		return -1;
	if (db_run(db, w, "INSERT INTO given VALUES (?, ?, ?, ?, ?)", "iiibi", (int64_t)g->id,
		   (int64_t)member, d->id, d->ledger, sizeof(d->ledger), db->now) ||
	    db_run(db, w, "INSERT OR REPLACE INTO member VALUES (?, ?, 'member', ?, ?, ?, 0, ?)",
		   "iiibii", (int64_t)g->id, d->id, (int64_t)member, d->ledger, sizeof(d->ledger),
		   number, db->now))
		return -1;
	m->device = d->id;
	strcpy(m->device_name, d->name);
	strcpy(m->state, "member");
	m->member = member;
	m->number = number;
	return 0;
}
