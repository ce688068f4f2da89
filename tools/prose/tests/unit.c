// SPDX-License-Identifier: GPL-2.0
/* The pure parts of the prose command, without a kernel module. */
#include "prose.h"
#include "tests.h"

struct options opt;

int main(void)
{
	tap_begin();
	test_args();
	test_options();
	test_values();
	test_times();
	test_keyfile();
	test_netlink();
	test_state();
	test_ledger();
	test_grant();
	test_install();
	test_floors();
	test_doctor();
	test_json();
	test_conf();
	test_updiff();
	test_upplan();
	test_shell();
	test_shellword();
	return tap_end();
}
