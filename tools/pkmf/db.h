/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The database (SQLite): opened with its wrapping key, changed in one transaction a
 * command, each with its line of the audit.
 */
#ifndef DB_H
#define DB_H

#include <sqlite3.h>

#include "cms.h"
#include "record.h"

#define DB_FILE "pkmf.db"
#define WRAPPING_KEY_FILE "wrapping-key"
#define WRAPPING_KEY_LEN 32
#define SCHEMA_VERSION 1

struct db {
	sqlite3 *sql;
	int dirfd;
	int lockfd;		/* one command at a time changes it */
	uint8_t *wrapping;	/* locked memory */
	uint32_t generation;
	int64_t now;		/* of this command: all it writes has this time */
	bool changing;
};

/*
 * Open what db_init() made. Prints what is wrong and what to do, and gives back
 * the exit code. A database older than the epochs beside it is refused.
 */
int db_open(struct db *db);
/* Roll back what was not committed; close. */
void db_close(struct db *db);

/* Make directory, wrapping key, database, and the manager's own key. */
int db_init(const char *name, uint8_t hash[CMS_HASH_LEN]);
/* The manager's key, to sign with. */
int db_identity(struct db *db, struct identity *id, struct why *w);

/* A change begins, and is durable with its audit line, or is not there. */
int db_begin(struct db *db, struct why *w);
/* what: "group add fire"; never a key. */
int db_commit(struct db *db, const char *what, struct why *w);

/*
 * A statement with its values: i int64_t, t text (NULL is NULL), b blob and its
 * size_t. db_run() is for one that gives no rows.
 */
int db_run(struct db *db, struct why *w, const char *sql, const char *types, ...);

struct rows {
	sqlite3_stmt *stmt;
};

int rows_begin(struct db *db, struct rows *r, struct why *w, const char *sql, const char *types,
	       ...);
/* 1, 0 at the end, -1 with a reason. */
int rows_next(struct db *db, struct rows *r, struct why *w);
void rows_end(struct rows *r);
int64_t row_int(struct rows *r, int column);
const char *row_text(struct rows *r, int column);
/* Exactly that many octets; -1 if it has others. */
int row_blob(struct rows *r, int column, void *out, size_t len);
/* Any number up to size. */
int row_octets(struct rows *r, int column, void *out, size_t size, size_t *len);

/* One integer of one row; 0 rows: absent is true and it is 0. */
int db_int(struct db *db, int64_t *n, bool *absent, struct why *w, const char *sql,
	   const char *types, ...);

#endif
