// SPDX-License-Identifier: GPL-2.0
/* prose: the table of commands, the network namespace. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "batch.h"
#include "cmd.h"
#include "help.h"
#include "json.h"
#include "options.h"
#include "prose.h"
#include "when.h"

#ifndef PROSE_VERSION
#define PROSE_VERSION "0.1"
#endif

struct options opt;

static const struct command commands[] = {
	{ "show", cmd_show },
	{ "ls", cmd_show },
	{ "list", cmd_show },
	{ "up", cmd_up },
	{ "down", cmd_down },
	{ "save", cmd_save },
	{ "restart", cmd_restart },
	{ "check", cmd_check },
	{ "showconf", cmd_showconf },
	{ "dev", cmd_dev },
	{ "key", cmd_key },
	{ "member", cmd_member },
	{ "monitor", cmd_monitor },
	{ "agent", cmd_agent },
	{ "genkey", cmd_genkey },
	{ "ledger", cmd_ledger },
	{ "ptk", cmd_ptk },
	{ "floors", cmd_floors },
	{ "doctor", cmd_doctor },
	{ "request", cmd_request },
	{ "import", cmd_import },
	{ "join", cmd_join },
	{ "leave", cmd_leave },
	{ "wipe", cmd_wipe },
	{ "manager", cmd_manager },
	{ "seal", cmd_seal },
	{ "help", cmd_help },
};

static int enter_netns(const char *name)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : "/run/netns/", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		bool absent = errno == ENOENT;

		fail(EXIT_USAGE, "network namespace %s: %s", path, errno_text(errno));
		if (absent)
			hint("ip netns list tells the names; a path such as /proc/PID/ns/net is fine too");
		return EXIT_USAGE;
	}
	if (setns(fd, CLONE_NEWNET)) {
		int code = errno == EINVAL ? EXIT_USAGE : EXIT_KERNEL;

		fail(code, "network namespace %s: %s", path,
		     errno == EINVAL ? "this is none" : errno_text(errno));
		close(fd);
		return code;
	}
	close(fd);
	return EXIT_OK;
}

static int run_words(struct args *a)
{
	/* Another would do what it was asked only to tell. */
	if (opt.dry_run && (!a->argc || (strcmp(a->argv[0], "up") && strcmp(a->argv[0], "import"))))
		return fail(EXIT_USAGE, "--dry-run is an option of prose up and prose import alone; nothing was done");
	return run_command(NULL, commands, ARRAY_SIZE(commands), a);
}

/* The words of the line, or the lines of the file. */
static int run(struct args *a)
{
	struct why w;

	if (!opt.batch)
		return run_words(a);
	if (args_end(a, &w)) {
		fail(EXIT_USAGE, "with -b FILE commands stand in the file: \"%s\"", a->argv[0]);
		return EXIT_USAGE;
	}
	return batch_run(opt.batch, run_words);
}

int main(int argc, char **argv)
{
	struct args a;
	struct why w;
	int code;

	tzset();
	opt.state_dir = getenv("PROSE_STATE_DIR");
	if (options_take(argc, argv, &opt, &a, &w))
		return usage(&w);
	json_pretty = opt.pretty;
	if (opt.version) {
		printf("prose %s\n", PROSE_VERSION);
		return EXIT_OK;
	}
	if (opt.help) {
		help_print(stdout, arg_next(&a));
		return EXIT_OK;
	}
	if (!opt.state_dir || !opt.state_dir[0])
		opt.state_dir = LEDGER_DEFAULT_DIR;
	if (opt.netns) {
		code = enter_netns(opt.netns);
		if (code)
			return code;
	}
	code = run(&a);
	if (fflush(stdout) || ferror(stdout))
		return fail(EXIT_USAGE, "writing the output failed");
	return code;
}
