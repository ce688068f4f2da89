// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "pkmf.h"

int usage(const struct why *w)
{
	return fail(EXIT_USAGE, "%s", w->text);
}

int refused(const struct why *w)
{
	return fail(EXIT_REFUSED, "%s", w->text);
}

static int print_help(const char *of, const struct command *table, size_t n)
{
	size_t i;

	printf("Usage: prose-pkmf [OPTIONS] %s%sCOMMAND\n", of ? of : "", of ? " " : "");
	for (i = 0; i < n; i++)
		if (table[i].help)
			printf("  %s\n", table[i].help);
	if (!of)
		printf("OPTIONS: -j (JSON) -p (pretty) --state-dir DIR --dry-run -V -h\n");
	return EXIT_OK;
}

int run_command(const char *of, const struct command *table, size_t n, struct args *a)
{
	const char *names[32];
	const char *s = arg_next(a);
	char what[48] = "command";
	struct why w;
	size_t i;
	int k = 0;

	if (of)
		snprintf(what, sizeof(what), "command of \"prose-pkmf %s\"", of);
	if ((s && !strcmp(s, "help")) || (!of && (!s || opt.help)))
		return print_help(of, table, n);
	for (i = 0; i < n && i < ARRAY_SIZE(names); i++)
		names[i] = table[i].name;
	if (s)
		k = word_index(what, s, names, i, &w);
	return k < 0 ? usage(&w) : table[k].run(a);
}
