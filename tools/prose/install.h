/* SPDX-License-Identifier: GPL-2.0 */
/*
 * record_install(): the one way in which a key of a manager gets onto this
 * device, whatever brought it. Checked, sealed durably, attached, in that order.
 */
#ifndef INSTALL_H
#define INSTALL_H

#include "attach.h"
#include "conf.h"
#include "ledger.h"

struct install {
	const char *state_dir;
	int dirfd;			/* of it; with the lock of me.h held */
	const uint8_t *kek;
	int64_t now;
	bool clock_good;		/* else nothing is attached */
	/* SOURCE_NONE if no configuration file has the group. */
	enum key_source (*source)(void *ctx, uint32_t group);
	const struct attach_ops *ops;
	void *ctx;			/* of source and ops */
};

/*
 * One snapshot. What became of it is in *result; with dry_run, what would. 0 if it
 * is stored, or was here already; -1 with a reason if it was refused, and then
 * nothing has changed. What could not be attached is no refusal: the result is
 * RESULT_STORED then, and w says why; w is empty where there is nothing to say.
 */
int record_install(const struct install *in, const struct snapshot *s, bool dry_run,
		   enum record_result *result, struct why *w);

/* Attach what the store has of a group, as at a boot. The same results. */
int record_attach(const struct install *in, uint32_t group, enum record_result *result,
		  struct why *w);

/*
 * Take a group's keys off and out of the store; what keeps it from going back
 * stays in the ledger. 0 also if there is nothing of it.
 */
int record_leave(const struct install *in, uint32_t group, struct why *w);

#endif
