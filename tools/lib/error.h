/* SPDX-License-Identifier: GPL-2.0 */
/* Errors as all programs tell them, and why a function said no. */
#ifndef ERROR_H
#define ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))

/* Why a pure function said no, for the caller to print. */
struct why {
	char text[1024];
};

/* Set the reason and return -1, so that a parser ends with one statement. */
int why(struct why *w, const char *fmt, ...) PRINTF(2, 3);

/* "Error: ..." on stderr. Gives back the exit code, which is the program's own. */
int fail(int code, const char *fmt, ...) PRINTF(2, 3);
void warn(const char *fmt, ...) PRINTF(1, 2);
/* An indented line under an error or a warning: what to do next. */
void hint(const char *fmt, ...) PRINTF(1, 2);

/* strerror(), and what to do about it if that is to be root. */
const char *errno_text(int err);

#endif
