// SPDX-License-Identifier: GPL-2.0
/* prose: options, the table of commands, the network namespace. */
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
#include "when.h"

#ifndef PROSE_VERSION
#define PROSE_VERSION "0.1"
#endif

struct options opt;
static const char *batch_file;

static const char help[] =
"Usage: prose [OPTIONS] [COMMAND]\n"
"       prose [show [DEV]]\n"
"       prose up | down | save NAME      (/etc/prose/NAME.conf, or a path to such a file)\n"
"       prose dev add NAME link LOWER group G [member M|auto] [lcid N] [ethertype T]\n"
"                 [protect on|off] [window N] [OPTION]...\n"
"       prose dev set NAME OPTION...\n"
"          OPTION: tx on|off | nonip auto|on|off | margin SEC | notice SEC |\n"
"                  require none|integrity|aead | choice from|expiry |\n"
"                  ptk-age SEC | ptk-packets N\n"
"       prose dev del NAME\n"
"       prose key add dev DEV id ID cipher C [integrity I] [kdf NAME]\n"
"                 [from TIME|standby] [until TIME|never] [range N] file FILE|- | serial N\n"
"       prose key use dev DEV id ID [at TIME]\n"
"       prose key set dev DEV id ID [from TIME|standby] [until TIME|never]\n"
"       prose key extend dev DEV id ID [range N]\n"
"       prose key del | revoke dev DEV id ID\n"
"       prose key show [dev DEV]\n"
"       prose member show [dev DEV]\n"
"       prose member reset dev DEV id ID member M\n"
"          (M another member: forget what was received of it, so that it may begin\n"
"           anew; M our own: answer a conflict, so that sending goes on)\n"
"       prose ptk next dev DEV [id ID]\n"
"       prose floors [show] | save [FILE] | restore [FILE]\n"
"       prose doctor [dev DEV] [listen SEC]\n"
"       prose monitor | agent | genkey\n"
"       prose ledger init [volatile] | show\n"
"OPTIONS: -j (JSON) -p (pretty) -s (statistics) -n NETNS --state-dir DIR\n"
"         -b FILE (a command for each line) --trust-clock --version --help\n"
"C: eea0 eea1 eea2 eea3 aes128-gcm aes256-gcm    I: none eia1 eia2 eia3\n"
"G, M: 0xXXXXXX or aa:bb:cc    ID: 0..255 or 0x00..0xff\n"
"TIME: 2026-03-01T12:00:00Z, +8h, +1h30m, @SECONDS, now\n"
"\"ls\" and \"list\" are the same as \"show\". See prose(8).\n";

static int cmd_help(struct args *a)
{
	(void)a;
	fputs(help, stdout);
	return EXIT_OK;
}

static const struct command commands[] = {
	{ "show", cmd_show },
	{ "ls", cmd_show },
	{ "list", cmd_show },
	{ "up", cmd_up },
	{ "down", cmd_down },
	{ "save", cmd_save },
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
	{ "help", cmd_help },
};

enum option {
	O_JSON, O_PRETTY, O_STATS, O_NETNS, O_STATE_DIR, O_BATCH, O_TRUST_CLOCK,
	O_VERSION, O_HELP,
};

static const struct {
	const char *word;
	enum option id;
} options[] = {
	{ "-j", O_JSON }, { "-json", O_JSON }, { "--json", O_JSON },
	{ "-p", O_PRETTY }, { "-pretty", O_PRETTY }, { "--pretty", O_PRETTY },
	{ "-s", O_STATS }, { "-statistics", O_STATS }, { "--statistics", O_STATS },
	{ "-n", O_NETNS }, { "-netns", O_NETNS }, { "--netns", O_NETNS },
	{ "--state-dir", O_STATE_DIR },
	{ "-b", O_BATCH }, { "-batch", O_BATCH }, { "--batch", O_BATCH },
	{ "--trust-clock", O_TRUST_CLOCK },
	{ "-V", O_VERSION }, { "--version", O_VERSION },
	{ "-h", O_HELP }, { "--help", O_HELP },
};

static void set_flag(enum option o)
{
	opt.json |= o == O_JSON;
	opt.pretty |= o == O_PRETTY;
	opt.stats |= o == O_STATS;
	opt.trust_clock |= o == O_TRUST_CLOCK;
}

/* -jps and the like. */
static bool letters(const char *s)
{
	const char *p;

	if (!s[1] || !s[2] || s[1] == '-' || strspn(s + 1, "jps") != strlen(s + 1))
		return false;
	for (p = s + 1; *p; p++)
		set_flag(*p == 'j' ? O_JSON : *p == 'p' ? O_PRETTY : O_STATS);
	return true;
}

/* Take the options out of the line, wherever they are. 1: all is done. */
static int take_options(struct args *a, struct why *w)
{
	const char *words[ARRAY_SIZE(options)];
	char **in = a->argv, **out = a->argv;
	int left = a->argc;
	size_t n;

	for (n = 0; n < ARRAY_SIZE(options); n++)
		words[n] = options[n].word;
	a->argc = 0;
	while (left--) {
		char *s = *in++;
		int i;

		if (s[0] != '-' || !s[1]) {
			*out++ = s;
			a->argc++;
			continue;
		}
		if (letters(s))
			continue;
		i = word_index("option", s, words, ARRAY_SIZE(words), w);
		if (i < 0)
			return -1;
		switch (options[i].id) {
		case O_NETNS:
		case O_STATE_DIR:
		case O_BATCH:
			if (!left)
				return why(w, "%s needs a value after it", s);
			if (options[i].id == O_NETNS)
				opt.netns = *in;
			else if (options[i].id == O_BATCH)
				batch_file = *in;
			else
				opt.state_dir = *in;
			in++;
			left--;
			break;
		case O_VERSION:
			printf("prose %s\n", PROSE_VERSION);
			return 1;
		case O_HELP:
			cmd_help(NULL);
			return 1;
		default:
			set_flag(options[i].id);
		}
	}
	return 0;
}

static int enter_netns(const char *name)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : "/run/netns/", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		fail(EXIT_USAGE, "network namespace %s: %s", path, strerror(errno));
		hint("ip netns list tells the names; a path such as /proc/PID/ns/net is fine too");
		return EXIT_USAGE;
	}
	if (setns(fd, CLONE_NEWNET)) {
		int code = errno == EINVAL ? EXIT_USAGE : EXIT_KERNEL;

		fail(code, "network namespace %s: %s", path,
		     errno == EINVAL ? "this is none" : strerror(errno));
		close(fd);
		return code;
	}
	close(fd);
	return EXIT_OK;
}

static int run_words(struct args *a)
{
	return run_command("command", commands, ARRAY_SIZE(commands), a);
}

/* The words of the line, or the lines of the file. */
static int run(struct args *a)
{
	struct why w;

	if (!batch_file)
		return run_words(a);
	if (args_end(a, &w)) {
		fail(EXIT_USAGE, "with -b FILE commands stand in the file: \"%s\"", a->argv[0]);
		return EXIT_USAGE;
	}
	return batch_run(batch_file, run_words);
}

int main(int argc, char **argv)
{
	struct args a = { argc - 1, argv + 1 };
	struct why w;
	int code;

	tzset();
	opt.state_dir = getenv("PROSE_STATE_DIR");
	code = take_options(&a, &w);
	if (code < 0)
		return usage(&w);
	if (code)
		return EXIT_OK;
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
