/* SPDX-License-Identifier: GPL-2.0 */
/* Times as they are typed and printed. All are seconds since the epoch. */
#ifndef WHEN_H
#define WHEN_H

#include "error.h"

#define WHEN_LEN 48

/*
 * "now", RFC 3339, "+8h", "+1h30m", "+2d", "+45s", or "@N" (epoch). Relative
 * times count from now.
 */
int parse_when(const char *what, const char *s, int64_t now, int64_t *t,
	       struct why *w);

/* The end of a key, which must not be over; "never" is none: *ends is false. */
int parse_until(const char *s, int64_t now, bool *ends, int64_t *t, struct why *w);

/* RFC 3339, in UTC if utc, else in local time with its offset. */
char *when_absolute(char *out, int64_t t, bool utc);
/* "in 2 h 5 min", "3 d 4 h ago" */
char *when_relative(char *out, int64_t t, int64_t now);
/* "2 h 5 min": the two largest units, rounded down. */
char *duration(char *out, uint64_t seconds);

/*
 * A clock before the build of this program, or before the last write of the
 * ledger, is wrong for sure.
 */
int clock_check(int64_t now, int64_t build, int64_t ledger_written,
		struct why *w);
extern const int64_t build_time;

/*
 * Seconds for which both keys can be used, for the pair in which the second
 * takes over from the first; until 0 is "never". INT64_MAX: no hand-over
 * between them that depends on clocks.
 */
int64_t key_overlap(int64_t from1, int64_t until1, int64_t from2,
		    int64_t until2);

#endif
