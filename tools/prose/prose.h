/* SPDX-License-Identifier: GPL-2.0 */
/* What every file of the prose command shares: options, exit codes, errors. */
#ifndef PROSE_H
#define PROSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))

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

/* Why a pure function said no, for the caller to print. */
struct why {
	char text[1024];
};

/* Set the reason and return -1, so that a parser ends with one statement. */
int why(struct why *w, const char *fmt, ...) PRINTF(2, 3);

/* "Error: ..." on stderr. Both give back the exit code. */
int fail(int code, const char *fmt, ...) PRINTF(2, 3);
void warn(const char *fmt, ...) PRINTF(1, 2);
/* An indented line under an error or a warning: what to do next. */
void hint(const char *fmt, ...) PRINTF(1, 2);

/* strerror(), and what to do about it if that is to be root. */
const char *errno_text(int err);

#endif
