// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>

#include "wrap.h"

#define ROW_LEN 128

static int row_name(const struct wrap_row *r, char out[ROW_LEN])
{
	return snprintf(out, ROW_LEN, "prose-pkmf %s %" PRIu64 " %" PRIu64 " %" PRIu64, r->table,
			r->owner, r->id, r->epoch);
}

int wrap(const struct db *db, const struct wrap_row *row, const uint8_t *key, size_t len,
	 uint8_t *out, struct why *w)
{
	char name[ROW_LEN];

	return box_seal(db->wrapping, name, row_name(row, name), key, len, out, w);
}

int unwrap(const struct db *db, const struct wrap_row *row, const uint8_t *box, size_t len,
	   uint8_t *key, struct why *w)
{
	char name[ROW_LEN];
	struct why inner;
	int n = row_name(row, name);

	if (!box_open(db->wrapping, name, n, box, len, key, &inner))
		return 0;
	return why(w, "a key in the database (%s) is not what was written there: %s", name,
		   inner.text);
}
