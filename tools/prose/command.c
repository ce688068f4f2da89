// SPDX-License-Identifier: GPL-2.0
/* Tables of commands. */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "help.h"
#include "prose.h"

int usage(const struct why *w)
{
	return fail(EXIT_USAGE, "%s", w->text);
}

int run_command(const char *of, const struct command *table, size_t n, struct args *a)
{
	const char *names[40];
	const char *s = arg_next(a);
	char what[48] = "command";
	struct why w;
	size_t i;
	int k = 0;

	if (of)
		snprintf(what, sizeof(what), "command of \"prose %s\"", of);
	if (of && s && !strcmp(s, "help")) {
		help_print(stdout, of);
		return EXIT_OK;
	}
	for (i = 0; i < n && i < ARRAY_SIZE(names); i++)
		names[i] = table[i].name;
	if (s)
		k = word_index(what, s, names, i, &w);
	if (k < 0)
		return usage(&w);
	return table[k].run(a);
}
