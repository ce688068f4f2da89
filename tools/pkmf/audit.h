/* SPDX-License-Identifier: GPL-2.0 */
/* One line for each change, in the change's own transaction, chained by hashes. */
#ifndef AUDIT_H
#define AUDIT_H

#include "db.h"

int audit_append(struct db *db, const char *what, struct why *w);
/* Walk the chain: -1 names the first line that does not fit. */
int audit_verify(struct db *db, struct why *w);

#endif
