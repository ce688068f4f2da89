/* SPDX-License-Identifier: GPL-2.0 */
/* Who is a member of a group, and under which member ID. */
#ifndef MEMBERS_H
#define MEMBERS_H

#include "devices.h"
#include "groups.h"
#include "snapshots.h"

/* The row of a group and device; 1, 0 if there is none, -1. */
int member_get(struct db *db, const struct group *g, const struct device *d,
	       struct member_row *m, uint8_t ledger[RECORD_ID_LEN], struct why *w);
/*
 * In a transaction: give a member ID (0: draw one) to the ledger that the device has
 * now. A member ID is given once, whatever became of who had it.
 */
int member_give(struct db *db, const struct group *g, const struct device *d, uint32_t member,
		struct member_row *m, struct why *w);

#endif
