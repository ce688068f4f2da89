// SPDX-License-Identifier: GPL-2.0
/* prose: options, the table of commands, the network namespace. */
#include <ctype.h>
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

/* Of a line of the help: is it one of that command? The indentation is that of "Usage:". */
static bool of_command(const char *line, const char *command)
{
	static const char start[] = "       prose ";
	size_t len = strlen(command);

	if (strncmp(line, start, strlen(start)))
		return false;
	line += strlen(start);
	return !strncmp(line, command, len) && isspace((unsigned char)line[len]);
}

/* Its lines, with those that go on behind them; false: there are none. */
static bool help_of(const char *command)
{
	bool any = false, on = false;
	const char *line, *end;

	for (line = help; *line; line = end) {
		end = strchr(line, '\n') + 1;
		if (strncmp(line, "        ", 8))
			on = of_command(line, command);
		if (on)
			fwrite(line, 1, end - line, stdout);
		any |= on;
	}
	return any;
}

static int cmd_help(struct args *a)
{
	const char *command = a ? arg_next(a) : NULL;

	if (!command || !help_of(command))
		fputs(help, stdout);
	else
		puts("prose --help tells all; see prose(8).");
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

static bool takes_value(enum option o)
{
	return o == O_NETNS || o == O_STATE_DIR || o == O_BATCH;
}

/* The place of -n or -b. */
static int find_letter(char c)
{
	size_t i;

	for (i = 0; options[i].word[1] != c || options[i].word[2]; i++)
		;
	return i;
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

/*
 * The option that a word is; its value, if the word has one in it: --netns=x,
 * -nx. By hand, as getopt_long() would take abbreviations, which mean another
 * option when there are more of them.
 */
static int find_option(char *s, char **value, struct why *w)
{
	const char *words[ARRAY_SIZE(options)];
	char *equals = s[1] == '-' ? strchr(s, '=') : NULL;
	size_t n;
	int i;

	*value = NULL;
	for (n = 0; n < ARRAY_SIZE(options); n++)
		words[n] = options[n].word;
	for (n = 0; !equals && n < ARRAY_SIZE(options); n++)
		if (!strcmp(s, words[n]))
			return n;
	if (!equals && (s[1] == 'n' || s[1] == 'b') && s[2]) {
		*value = s + 2;
		return find_letter(s[1]);
	}
	if (equals) {
		*equals = 0;
		*value = equals + 1;
	}
	i = word_index("option", s, words, ARRAY_SIZE(words), w);
	if (i >= 0 && equals && !takes_value(options[i].id))
		return why(w, "%s takes no value", s);
	return i;
}

/* Take the options out of the line, wherever they are. 1: all is done. */
static int take_options(struct args *a, struct why *w)
{
	char **in = a->argv, **out = a->argv;
	bool only_words = false, want_help = false;
	int left = a->argc;

	a->argc = 0;
	while (left--) {
		char *s = *in++, *value;
		int i;

		if (only_words || s[0] != '-' || !s[1]) {
			*out++ = s;
			a->argc++;
			continue;
		}
		if (!strcmp(s, "--")) {
			only_words = true;
			continue;
		}
		if (letters(s))
			continue;
		i = find_option(s, &value, w);
		if (i < 0)
			return -1;
		switch (options[i].id) {
		case O_NETNS:
		case O_STATE_DIR:
		case O_BATCH:
			if (!value && !left)
				return why(w, "%s needs a value after it", s);
			if (!value) {
				value = *in++;
				left--;
			}
			if (options[i].id == O_NETNS)
				opt.netns = value;
			else if (options[i].id == O_BATCH)
				batch_file = value;
			else
				opt.state_dir = value;
			break;
		case O_VERSION:
			printf("prose %s\n", PROSE_VERSION);
			return 1;
		case O_HELP:
			want_help = true;
			break;
		default:
			set_flag(options[i].id);
		}
	}
	if (!want_help)
		return 0;
	cmd_help(a);
	return 1;
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
