// SPDX-License-Identifier: GPL-2.0
/* prose-pkmf: the group manager (TS 33.303: ProSe Key Management Function). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "options.h"

#ifndef PROSE_VERSION
#define PROSE_VERSION "0.1"
#endif

struct pkmf_options opt;

static const struct command commands[] = {
	{ "status", cmd_status, "status" },
	{ "init", cmd_init, "init --offline [name NAME]" },
	{ "group", cmd_group, "group add|set|list|show|del" },
	{ "request", cmd_request, "request add FILE" },
	{ "approve", cmd_approve, "approve GROUP DEVICE [member ID]" },
	{ "deny", cmd_deny, "deny GROUP DEVICE" },
	{ "member", cmd_member, "member list [GROUP]" },
	{ "export", cmd_export, "export GROUP DEVICE|all [to PLACE] [expires TIME]" },
	{ "receipt", cmd_receipt, "receipt add FILE" },
	{ "rotate", cmd_rotate, "rotate GROUP [suite SUITE]" },
	{ "changeover", cmd_changeover, "changeover GROUP now|at TIME" },
	{ "remove", cmd_remove, "remove GROUP DEVICE... [--dry-run]" },
	{ "inventory", cmd_inventory, "inventory [GROUP]" },
};

int main(int argc, char **argv)
{
	struct args a;
	struct why w;
	int code;

	tzset();
	opt.state_dir = getenv("PROSE_PKMF_DIR");
	if (options_take(argc, argv, &opt, &a, &w))
		return usage(&w);
	if (opt.version) {
		printf("prose-pkmf %s\n", PROSE_VERSION);
		return EXIT_OK;
	}
	if (!opt.state_dir || !opt.state_dir[0])
		opt.state_dir = PKMF_DEFAULT_DIR;
	/* Another would do what it was asked only to tell. */
	if (opt.dry_run && (!a.argc || strcmp(a.argv[0], "remove")))
		return fail(EXIT_USAGE, "--dry-run is an option of prose-pkmf remove alone; nothing was done");
	code = run_command(NULL, commands, ARRAY_SIZE(commands), &a);
	if (fflush(stdout) || ferror(stdout))
		return fail(EXIT_REFUSED, "writing the output failed");
	return code;
}
