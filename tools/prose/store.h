/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What managers gave, at rest in the state directory: one file for each group,
 * "group-GGGGGG.VERSION", a box (seal.h) with the snapshot in it. Which version
 * counts the ledger says, so that writing the ledger is what commits: a file
 * of a higher version was being written when the power failed, and one of a
 * lower version is old, or was put back.
 */
#ifndef STORE_H
#define STORE_H

#include "ledger.h"
#include "record.h"
#include "seal.h"

enum store_status {
	STORE_OK,
	STORE_ABSENT,		/* the ledger names it, and it is not there */
	STORE_DAMAGED,		/* changed, or of another version, group or machine */
	STORE_FAULT,
};

/* Write and sync; the ledger is not told. */
int store_write(int dirfd, const uint8_t kek[SEAL_KEY_LEN], const struct snapshot *s,
		uint64_t version, struct why *w);
/* s: locked memory. */
enum store_status store_read(int dirfd, const uint8_t kek[SEAL_KEY_LEN],
			     const struct ledger_group *g, struct snapshot *s, struct why *w);
/* Take away what no line of the ledger names; -1 if one stays. */
int store_clean(const struct ledger *l, struct why *w);

/* What to do about it, on stderr. */
void store_hint(enum store_status status);

#endif
