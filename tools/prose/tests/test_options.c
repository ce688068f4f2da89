// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "help.h"
#include "options.h"
#include "tests.h"

static struct options o;
static char words[256];

/* The options of a line go to o, its other words to words[]. -1: refused, why is there. */
static int take(const char *line)
{
	static char copy[256];
	static char *argv[32];
	char *save = NULL, *p;
	struct args a;
	struct why w;
	int argc = 0, err;

	memset(&o, 0, sizeof(o));
	strncpy(copy, line, sizeof(copy) - 1);
	for (p = strtok_r(copy, " ", &save); p; p = strtok_r(NULL, " ", &save))
		argv[argc++] = p;
	argv[argc] = NULL;
	err = options_take(argc, argv, &o, &a, &w);
	words[0] = 0;
	if (err)
		strncpy(words, w.text, sizeof(words) - 1);
	for (; !err && a.argc; a.argc--) {
		if (words[0])
			strcat(words, " ");
		strcat(words, *a.argv++);
	}
	return err;
}

/* Each way to name a network namespace; what it leaves of the line. */
static void netns(const char *line, const char *name, const char *left)
{
	int err = take(line);

	ok(!err && o.netns && !strcmp(o.netns, name) && !strcmp(words, left),
	   "%s [%s, %s]", line, o.netns ? o.netns : "(null)", words);
}

static void refused(const char *line, const char *want)
{
	ok(take(line) && strstr(words, want), "refused: %s [%s]", line, words);
}

static void forms(void)
{
	int err = take("prose");

	ok(!err && !words[0], "nothing but the name [%s]", words);
	netns("prose -n x show fire", "x", "show fire");
	netns("prose -nx show fire", "x", "show fire");
	netns("prose --netns x show fire", "x", "show fire");
	netns("prose --netns=x show fire", "x", "show fire");
	netns("prose -netns x show fire", "x", "show fire");
	netns("prose show fire -n x", "x", "show fire");
	netns("prose show -jsn x fire", "x", "show fire");
	ok(o.json && o.stats && !o.pretty, "letters before one that takes a value");
	netns("prose -jpnx show", "x", "show");
	netns("prose -n -j show", "-j", "show");
	netns("prose -n -json show", "-json", "show");
	ok(!o.json, "a value is no option");
	netns("prose -n x -n y", "y", "");
	netns("prose --netns= show", "", "show");
	is_int(take("prose -j -p -s show"), 0, "letters apart");
	ok(o.json && o.pretty && o.stats, "all of them");
	is_int(take("prose -sjp show"), 0, "letters together");
	ok(o.json && o.pretty && o.stats, "all of them");
	is_int(take("prose -json -pretty -statistics -batch f"), 0, "as ip takes them");
	ok(o.json && o.pretty && o.stats && o.batch && !strcmp(o.batch, "f"), "all of them");
	is_int(take("prose --state-dir=/d --trust-clock --batch - key"), 0, "long ones");
	ok(o.trust_clock && !strcmp(o.state_dir, "/d") && !strcmp(o.batch, "-"), "all of them");
	ok(!take("prose up fire --dry-run") && o.dry_run && !take("prose up fire") && !o.dry_run,
	   "--dry-run");
	is_int(take("prose -j -- show -p --nosuch"), 0, "behind -- all are words");
	ok(o.json && !o.pretty && !strcmp(words, "show -p --nosuch"), "[%s]", words);
	is_int(take("prose floors save - -j"), 0, "- is a word");
	is_str(words, "floors save -", "and stays in its place");
	ok(!take("prose -V") && o.version && !take("prose key -h") && o.help, "-V and -h");
	is_int(take("prose"), 0, "no words");
}

static void unknown(void)
{
	refused("prose -x show", "\"-x\" is no option");
	refused("prose -jx show", "\"-jx\" is no option");
	refused("prose -jsonn show", "\"-jsonn\" is no option");
	refused("prose --jsno show", "did you mean \"--json\"?");
	refused("prose --jsno=1 show", "\"--jsno\" is no option; did you mean \"--json\"?");
	refused("prose --trust show", "write out \"--trust-clock\"");
	refused("prose --net x show", "write out \"--netns\"");
	refused("prose --net=x show", "\"--net\" is no option; write out \"--netns\"");
	refused("prose --json=1 show", "--json takes no value");
	refused("prose --frobnicate show", "it is one of -j --json");
	refused("prose show -n", "-n needs a value after it");
	refused("prose show --netns", "--netns needs a value after it");
}

static const char *help_of(const char *command)
{
	static char *text;
	size_t len;
	FILE *f;

	free(text);
	f = open_memstream(&text, &len);
	help_print(f, command);
	fclose(f);
	return text;
}

static void help(void)
{
	const char *said = help_of("key");

	ok(strstr(said, "prose key add dev") && strstr(said, "[until TIME|never] [range N] file") &&
	   strstr(said, "del | revoke dev") && !strstr(said, "prose dev") &&
	   !strstr(said, "prose ptk"), "help of key");
	ok(strstr(help_of("down"), "restart | save | check") && !strstr(help_of("down"), "floors"),
	   "help of one that shares its line");
	ok(strstr(help_of("save"), "restart | save | check") && !strstr(help_of("save"), "floors"),
	   "a word of another command is not that command");
	is_str(help_of(NULL), help_text, "help of all");
	is_str(help_of("fire"), help_text, "help of what is no command");
}

void test_options(void)
{
	forms();
	unknown();
	help();
}
