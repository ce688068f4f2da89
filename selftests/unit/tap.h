/* SPDX-License-Identifier: GPL-2.0 */
/* TAP for tests in C. */
#ifndef UNIT_TAP_H
#define UNIT_TAP_H

#include <stdio.h>
#include <string.h>

static int tap_n, tap_failed;

static inline void plan(const char *name, int n)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..%d\n# test: %s\n", n, name);
}

static inline void ok(int good, const char *what)
{
	printf("%sok %d %s\n", good ? "" : "not ", ++tap_n, what);
	tap_failed += !good;
}

/* One line for many values: report says what the first bad one was. */
#define CHECK(bad, cond, ...) do { \
	if (!(cond) && !(bad)++) { \
		printf("# %s:%d: %s: ", __FILE__, __LINE__, #cond); \
		printf(__VA_ARGS__); \
		printf("\n"); \
	} \
} while (0)

static inline int done(void)
{
	return tap_failed != 0;
}

#endif
