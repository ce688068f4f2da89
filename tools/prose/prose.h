/* SPDX-License-Identifier: GPL-2.0 */
/* What every file of the prose command shares: options and exit codes. */
#ifndef PROSE_H
#define PROSE_H

#include "error.h"

/* Documented in prose(8); scripts depend on them. */
enum {
	EXIT_OK = 0,
	EXIT_USAGE = 1,		/* the command line or a file is wrong */
	EXIT_KERNEL = 2,	/* the kernel refused, or cannot be reached */
	EXIT_LEDGER = 3,	/* no range of PTK IDs could be taken */
	EXIT_LATER = 4,		/* not now: it may go when it is tried again, unchanged */
};

struct options {
	bool json;
	bool pretty;
	bool stats;
	bool trust_clock;
	bool dry_run;	/* of "up" alone */
	bool version;
	bool help;
	const char *netns;
	const char *state_dir;
	const char *batch;
};

extern struct options opt;

#endif
