// SPDX-License-Identifier: GPL-2.0
/* Tables of commands. */
#include "cmd.h"

int usage(const struct why *w)
{
	return fail(EXIT_USAGE, "%s", w->text);
}

int run_command(const char *what, const struct command *table, size_t n, struct args *a)
{
	const char *names[24];
	const char *s = arg_next(a);
	struct why w;
	size_t i;
	int k = 0;

	for (i = 0; i < n && i < ARRAY_SIZE(names); i++)
		names[i] = table[i].name;
	if (s)
		k = word_index(what, s, names, i, &w);
	if (k < 0)
		return usage(&w);
	return table[k].run(a);
}
