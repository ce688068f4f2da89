// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "sha256.h"

#define LINE_MAX_LEN 2048

/* SHA-256 over the hash before it and the line. The first begins with zeros. */
static int chain(const uint8_t before[SHA256_LEN], int64_t n, int64_t at, int64_t who,
		 const char *what, uint8_t out[SHA256_LEN], struct why *w)
{
	char line[LINE_MAX_LEN];
	int len;

	memcpy(line, before, SHA256_LEN);
	len = snprintf(line + SHA256_LEN, sizeof(line) - SHA256_LEN,
		       "%" PRId64 "\n%" PRId64 "\n%" PRId64 "\n%s", n, at, who, what);
	if (len < 0 || (size_t)len >= sizeof(line) - SHA256_LEN)
		return why(w, "a line of the audit is too long");
	sha256(line, SHA256_LEN + len, out);
	return 0;
}

int audit_append(struct db *db, const char *what, struct why *w)
{
	uint8_t before[SHA256_LEN] = { 0 }, hash[SHA256_LEN];
	int64_t n = 1, who = getuid();
	struct rows r;
	int more;

	if (rows_begin(db, &r, w, "SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1", ""))
		return -1;
	more = rows_next(db, &r, w);
	if (more > 0) {
		n = row_int(&r, 0) + 1;
		if (row_blob(&r, 1, before, sizeof(before)))
			more = why(w, "the audit is damaged");
	}
	rows_end(&r);
	if (more < 0 || chain(before, n, db->now, who, what, hash, w))
		return -1;
	return db_run(db, w, "INSERT INTO audit VALUES (?, ?, ?, ?, ?)", "iiitb", n, db->now, who,
		      what, hash, sizeof(hash));
}

int audit_verify(struct db *db, struct why *w)
{
	uint8_t before[SHA256_LEN] = { 0 }, hash[SHA256_LEN], is[SHA256_LEN];
	struct rows r;
	int64_t n = 0;
	int more;

	if (rows_begin(db, &r, w, "SELECT n, at, who, what, hash FROM audit ORDER BY n", ""))
		return -1;
	while ((more = rows_next(db, &r, w)) > 0) {
		n++;
		if (row_int(&r, 0) != n || row_blob(&r, 4, is, sizeof(is)) ||
		    chain(before, n, row_int(&r, 1), row_int(&r, 2), row_text(&r, 3), hash, w) ||
		    memcmp(is, hash, sizeof(is))) {
			more = why(w, "line %" PRId64 " of the audit was changed, or one before it is gone",
				   n);
			break;
		}
		memcpy(before, hash, sizeof(before));
	}
	rows_end(&r);
	return more;
}
