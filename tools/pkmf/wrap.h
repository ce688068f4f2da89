/* SPDX-License-Identifier: GPL-2.0 */
/* Keys in rows: boxes under the wrapping key, each bound to its row. */
#ifndef WRAP_H
#define WRAP_H

#include "db.h"
#include "seal.h"

/* Which row: table, group or device, PGK or PMK ID, epoch. */
struct wrap_row {
	char table[16];
	uint64_t owner, id, epoch;
};

int wrap(const struct db *db, const struct wrap_row *row, const uint8_t *key, size_t len,
	 uint8_t *out, struct why *w);
/* len is that of the box; key has room for len - BOX_OVERHEAD. */
int unwrap(const struct db *db, const struct wrap_row *row, const uint8_t *box, size_t len,
	   uint8_t *key, struct why *w);

#endif
