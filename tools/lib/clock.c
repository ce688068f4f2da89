// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <time.h>

#include "clock.h"

#define MS_PER_S 1000
#define NS_PER_MS 1000000

static int64_t ms(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * MS_PER_S + ts.tv_nsec / NS_PER_MS;
}

#ifdef PROSE_TEST_HOOKS
static bool mine;
static int64_t my_real, my_mono;	/* both in milliseconds */

void clock_test_set(int64_t real, int64_t mono)
{
	mine = true;
	my_real = real * MS_PER_S;
	my_mono = mono;
}

void clock_test_advance(int64_t by)
{
	my_real += by;
	my_mono += by;
}

void clock_test_end(void)
{
	mine = false;
}

int64_t clock_real(void)
{
	return (mine ? my_real : ms(CLOCK_REALTIME)) / MS_PER_S;
}

int64_t clock_mono(void)
{
	return mine ? my_mono : ms(CLOCK_BOOTTIME);
}
#else
int64_t clock_real(void)
{
	return ms(CLOCK_REALTIME) / MS_PER_S;
}

int64_t clock_mono(void)
{
	return ms(CLOCK_BOOTTIME);
}
#endif
