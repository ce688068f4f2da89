/* SPDX-License-Identifier: GPL-2.0 */
/* Groups as the database has them, and their keys. */
#ifndef GROUPS_H
#define GROUPS_H

#include "db.h"

#define AHEAD_OFFLINE 7		/* keys in advance, where only files carry them */
#define AHEAD_MAX 26		/* with the active one and those that end, 32 at most */
#define OVERLAP_DEFAULT 300	/* seconds */
#define VALIDITY_MIN 600
#define VALIDITY_MAX (3650LL * 86400)

struct group {
	uint32_t id;
	char name[16];
	struct record_suite suite;
	int64_t validity, overlap, ahead, created, changed;
	uint64_t epoch;
};

/* By name or 0x...; -1 with a reason. */
int group_find(struct db *db, const char *word, struct group *g, struct why *w);
/* The row that *r, of "SELECT " GROUP_COLUMNS, stands at. */
#define GROUP_COLUMNS "id, name, cipher, integrity, kdf, validity, overlap, ahead, epoch, created, changed"
void group_row(struct rows *r, struct group *g);

/* In a transaction: a new epoch, as something of the group has changed. */
int group_changed(struct db *db, struct group *g, struct why *w);

/* A line of the list of keys. */
struct pgk {
	int64_t seq;
	uint8_t pgk_id;
	int64_t start, until;
	struct record_suite suite;
	uint8_t fingerprint[RECORD_FP_LEN];
	uint64_t epoch;		/* in which it was made: it is wrapped with that */
};

/* Live ones, in the order of their begin. */
struct pgk_list {
	size_t n;
	struct pgk k[RECORD_KEYS_MAX];
};

int pgk_load(struct db *db, const struct group *g, struct pgk_list *l, struct why *w);
/* The one that is sent with now: begun last. NULL: none has begun. */
const struct pgk *pgk_active(const struct pgk_list *l, int64_t now);
/* How many have not begun. */
size_t pgk_dormant(const struct pgk_list *l, int64_t now);

/* In a transaction: one more key, from then on, drawn and wrapped. */
int pgk_make(struct db *db, const struct group *g, int64_t start, struct why *w);
/* Keys until g->ahead are dormant, each beginning when the one before is as old as validity. */
int pgk_fill(struct db *db, const struct group *g, int *made, struct why *w);
/* Take keys off the list: those that are over; or all; or those that have not begun. */
enum pgk_end { END_OVER, END_ALL, END_DORMANT };
int pgk_end(struct db *db, const struct group *g, enum pgk_end which, struct why *w);

#endif
