/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_H
#define TESTS_H

#include "tests/tap.h"

void test_seal(void);

#endif
