/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>

/* One TAP line; the text tells what is right when it is "ok". */
bool ok(bool good, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* ok() that says what was expected and seen. */
bool is_int(long long got, long long want, const char *what);
bool is_str(const char *got, const char *want, const char *what);

void test_args(void);
void test_options(void);
void test_values(void);
void test_times(void);
void test_keyfile(void);
void test_ledger(void);
void test_grant(void);
void test_floors(void);
void test_doctor(void);
void test_conf(void);
void test_shellword(void);
void test_json(void);
void test_state(void);
void test_updiff(void);
void test_upplan(void);
void test_shell(void);
void test_netlink(void);

/* A fresh directory on a file system that is none of those that forget. */
const char *test_dir(void);

#endif
