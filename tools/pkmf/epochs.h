/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The highest epoch of each group, in a file beside the database: a database that
 * was put back from a copy is behind it, and is not used.
 */
#ifndef EPOCHS_H
#define EPOCHS_H

#include "db.h"

#define EPOCHS_FILE "epochs"

/*
 * Before a change is committed, so that no epoch is used that is not in the file,
 * and after it, so that the change is.
 */
int epochs_write(struct db *db, struct why *w);
/* -1 if the database is behind. */
int epochs_check(struct db *db, struct why *w);
/* The next number of a group's epoch, in the transaction. */
int epoch_next(struct db *db, uint32_t group, uint64_t *epoch, struct why *w);

#endif
