// SPDX-License-Identifier: GPL-2.0
/* Statements, values and rows. */
#include <stdarg.h>
#include <string.h>

#include "db.h"

static int sql_error(struct db *db, struct why *w)
{
	return why(w, "the database: %s", sqlite3_errmsg(db->sql));
}

static int bind(sqlite3_stmt *stmt, const char *types, va_list ap)
{
	const void *blob;
	const char *text;
	int i, err = SQLITE_OK;

	for (i = 1; *types && err == SQLITE_OK; i++, types++) {
		switch (*types) {
		case 'i':
			err = sqlite3_bind_int64(stmt, i, va_arg(ap, int64_t));
			break;
		case 't':
			text = va_arg(ap, const char *);
			err = sqlite3_bind_text(stmt, i, text, -1, SQLITE_TRANSIENT);
			break;
		default:
			blob = va_arg(ap, const void *);
			err = sqlite3_bind_blob64(stmt, i, blob, va_arg(ap, size_t),
						  SQLITE_TRANSIENT);
		}
	}
	return err;
}

static int prepare(struct db *db, sqlite3_stmt **stmt, const char *sql, const char *types,
		   va_list ap, struct why *w)
{
	*stmt = NULL;
	if (sqlite3_prepare_v2(db->sql, sql, -1, stmt, NULL) == SQLITE_OK &&
	    bind(*stmt, types, ap) == SQLITE_OK)
		return 0;
	sql_error(db, w);
	sqlite3_finalize(*stmt);
	*stmt = NULL;
	return -1;
}

int db_run(struct db *db, struct why *w, const char *sql, const char *types, ...)
{
	sqlite3_stmt *stmt;
	va_list ap;
	int err;

	va_start(ap, types);
	err = prepare(db, &stmt, sql, types, ap, w);
	va_end(ap);
	if (!err && sqlite3_step(stmt) != SQLITE_DONE)
		err = sql_error(db, w);
	sqlite3_finalize(stmt);
	return err;
}

int rows_begin(struct db *db, struct rows *r, struct why *w, const char *sql, const char *types,
	       ...)
{
	va_list ap;
	int err;

	va_start(ap, types);
	err = prepare(db, &r->stmt, sql, types, ap, w);
	va_end(ap);
	return err;
}

int rows_next(struct db *db, struct rows *r, struct why *w)
{
	switch (sqlite3_step(r->stmt)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return sql_error(db, w);
	}
}

void rows_end(struct rows *r)
{
	sqlite3_finalize(r->stmt);
	r->stmt = NULL;
}

int64_t row_int(struct rows *r, int column)
{
	return sqlite3_column_int64(r->stmt, column);
}

const char *row_text(struct rows *r, int column)
{
	const char *text = (const char *)sqlite3_column_text(r->stmt, column);

	return text ? text : "";
}

int row_octets(struct rows *r, int column, void *out, size_t size, size_t *len)
{
	const void *blob = sqlite3_column_blob(r->stmt, column);
	size_t n = sqlite3_column_bytes(r->stmt, column);

	if (n > size)
		return -1;
	if (n)
		memcpy(out, blob, n);
	*len = n;
	return 0;
}

int row_blob(struct rows *r, int column, void *out, size_t len)
{
	size_t n;

	return row_octets(r, column, out, len, &n) || n != len ? -1 : 0;
}

int db_int(struct db *db, int64_t *n, bool *absent, struct why *w, const char *sql,
	   const char *types, ...)
{
	sqlite3_stmt *stmt;
	va_list ap;
	int err, step;

	*n = 0;
	va_start(ap, types);
	err = prepare(db, &stmt, sql, types, ap, w);
	va_end(ap);
	if (err)
		return -1;
	step = sqlite3_step(stmt);
	if (step == SQLITE_ROW)
		*n = sqlite3_column_int64(stmt, 0);
	else if (step != SQLITE_DONE)
		err = sql_error(db, w);
	if (absent)
		*absent = step == SQLITE_DONE;
	sqlite3_finalize(stmt);
	return err;
}
