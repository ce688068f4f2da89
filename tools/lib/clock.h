/* SPDX-License-Identifier: GPL-2.0 */
/* The two clocks. Nothing else asks the system for the time. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

/* Seconds since the epoch, as the machine has it: it can be wrong, and jump. */
int64_t clock_real(void);
/* Milliseconds of CLOCK_BOOTTIME: it goes on while the machine sleeps, and never back. */
int64_t clock_mono(void);

/* Test build only: from here on, a clock that goes on when it is told to. */
#ifdef PROSE_TEST_HOOKS
void clock_test_set(int64_t real, int64_t mono);
void clock_test_advance(int64_t ms);
/* The machine's again. */
void clock_test_end(void);
#endif

#endif
