/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The secure environment of this machine: its ledger, the key that its secrets
 * are sealed with, and the two keys by which managers know it.
 */
#ifndef ME_H
#define ME_H

#include "cms.h"
#include "ledger.h"
#include "record.h"
#include "seal.h"

struct me {
	int dirfd;
	int lockfd;			/* of all that changes what managers gave */
	uint8_t *kek;			/* locked memory */
	enum seal_kind kind;
	uint8_t ledger[LEDGER_ID_LEN];
	char name[RECORD_NAME_MAX + 1];	/* the device's, as it told managers */
	struct identity tls, cms;
};

/*
 * Open it, with its lock. make: a ledger with an identity must be there, but seal
 * and keys are made if they are not; name is for new ones, NULL for the host's.
 * No core dump and no ptrace from here on. Prints what is wrong and what to do;
 * gives back the exit code.
 */
int me_open(struct me *m, bool make, const char *name);
/* Only ledger and seal: for what attaches keys. */
int me_unseal(struct me *m);
/* Only the lock and the directory: for what takes away. */
int me_locked(struct me *m);
void me_close(struct me *m);

/* Take keys and seal away; ledger and epochs stay. Prints and gives the exit code. */
int me_wipe(struct me *m);

#endif
