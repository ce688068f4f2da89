// SPDX-License-Identifier: GPL-2.0
#include "tests.h"

int main(void)
{
	tap_begin();
	test_seal();
	return tap_end();
}
