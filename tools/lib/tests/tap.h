/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>

/* One TAP line; the text tells what is right when it is "ok". */
bool ok(bool good, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* ok() that says what was expected and seen. */
bool is_int(long long got, long long want, const char *what);
bool is_str(const char *got, const char *want, const char *what);

/* A fresh directory on a file system that is none of those that forget. */
const char *test_dir(void);

/* First and last; what tap_end() gives back main() returns. */
void tap_begin(void);
int tap_end(void);

#endif
