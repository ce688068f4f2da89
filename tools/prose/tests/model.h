/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel in memory that enforces DESIGN 5, and a monitor that forgets nothing:
 * what it counts as broken must never be, whatever was killed, cut off or put
 * back.
 */
#ifndef MODEL_H
#define MODEL_H

#include "attach.h"

#define MODEL_SPACES 256

/* The PTK IDs of a key value and member that were ever granted, over all reboots. */
struct model_space {
	uint8_t fingerprint[RECORD_FP_LEN];
	uint32_t member;
	uint32_t highest;
};

struct model {
	const char *state_dir;	/* of the ledger that ranges are taken from */
	bool no_device;
	bool fails;		/* attach fails, as without memory */
	uint32_t group, member;
	struct attached keys[RECORD_KEYS_MAX];
	size_t n;
	struct model_space spaces[MODEL_SPACES];
	size_t n_spaces;
	/* Each grant since power_record(), and how many operations were behind then. */
	struct model_grant {
		size_t space;
		uint32_t before, done;
	} grants[MODEL_SPACES];
	size_t n_grants;
	unsigned int broken;	/* the same PTK ID twice */
};

extern const struct attach_ops model_ops;

/* All that the kernel knows is gone; the monitor knows. */
void model_reboot(struct model *m);
/* The same, after a power cut with so many operations behind: later grants never were. */
void model_cut(struct model *m, unsigned int done);
bool model_has(const struct model *m, uint8_t pgk_id);

#endif
