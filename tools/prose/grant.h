/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Taking PTK Identities: first the ledger, then the kernel. The kernel is
 * reached through two functions, so that the order can be tested without it.
 */
#ifndef GRANT_H
#define GRANT_H

#include "ledger.h"

#define RANGE_DEFAULT 256
#define FRAMES_PER_PTK_ID 65535

struct grant_ops {
	/* What the key is and how it is used, and ptk-next-free. -errno. */
	int (*key_get)(void *ctx, struct ledger_use *use, uint32_t *next_free);
	/*
	 * -errno if the kernel refused: then nothing was granted. -ECOMM if
	 * its answer never came.
	 */
	int (*grant)(void *ctx, uint32_t first, uint32_t last);
};

enum grant_status {
	GRANT_OK,
	GRANT_LEDGER,		/* see grant.ledger */
	GRANT_EXHAUSTED,	/* no PTK Identity is left */
	GRANT_FORKED,		/* a copy of the machine may send the same */
	GRANT_BOUND,		/* the key value was used with kdf direct otherwise */
	GRANT_KERNEL,		/* see grant.err */
};

struct grant {
	uint32_t first, last;		/* what was granted */
	enum ledger_status ledger;
	int err;
};

enum grant_status grant_range(const char *dir, const struct grant_ops *ops,
			      void *ctx, uint32_t want, struct grant *g,
			      struct why *w);

/* Trying it again cannot help: the key needs a successor. */
bool grant_hopeless(enum grant_status status, const struct grant *g);

/*
 * After a clean detach, give the unused end of the range back: only if
 * nothing was granted after it. The ledger is open: if it was so during the
 * detach, nobody was granted anything in between; late tells that it was not.
 * Returns how many, or -1.
 */
int give_back(struct ledger *l, const uint8_t fp[LEDGER_FP_LEN],
	      uint32_t member, uint32_t ptk_last, uint32_t next_free,
	      bool late, struct why *w);

#endif
