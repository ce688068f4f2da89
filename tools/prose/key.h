/* SPDX-License-Identifier: GPL-2.0 */
/* What the commands of "prose key" share. */
#ifndef KEY_H
#define KEY_H

#include "cmd.h"
#include "when.h"

enum { K_DEV, K_ID, K_AT, K_FROM, K_UNTIL, K_RANGE, K_WORDS };

struct key_words {
	const char *v[K_WORDS];
	uint8_t id;
};

/* Take those keywords whose bits are in allowed; dev and id must be there. */
int key_words(struct args *a, unsigned int allowed, const char *command,
	      struct key_words *k, struct why *w);

/* Is the clock surely wrong: before this build, the ledger, or a manager's time? w: or NULL. */
bool clock_refused(struct why *w);
/* Refuse to set times by such a clock: gives the exit code. */
int check_clock(void);
/* Default 256. */
int parse_range(const char *s, uint32_t min, uint32_t *range, struct why *w);

#define OVERLAP_MIN 60
/* Warn if the time in which both this and another key may be sent with is short. */
void warn_overlap(const struct obj_list *keys, uint8_t id, int64_t from,
		  int64_t until);

/* What the kernel is told by "use" and "set". */
struct key_change {
	bool standby, has_from, has_until;
	int64_t from, until;		/* 0: at once, never */
};

/* Prints what was refused and gives back the exit code. */
int key_change(struct genl *g, const char *dev, uint32_t ifindex, uint8_t id,
	       const struct key_change *c, struct obj *key);

int key_add(struct args *a);

#endif
