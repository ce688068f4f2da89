/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_H
#define TESTS_H

#include "tests/tap.h"

void test_args(void);
void test_options(void);
void test_values(void);
void test_times(void);
void test_keyfile(void);
void test_ledger(void);
void test_grant(void);
void test_install(void);
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

#endif
