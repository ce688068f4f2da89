// SPDX-License-Identifier: GPL-2.0
/* prose showconf: what prose save would write, printed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "confwrite.h"
#include "dev.h"
#include "prose.h"

/* A file with an error in it is no reason not to show what is running. */
static int read_file(struct conf *c, const char *name, struct why *w)
{
	if (!conf_read(c, name, &(bool){ false }, w))
		return 0;
	if (!c->name[0])
		return -1;
	warn("%s", w->text);
	hint("What only the file knows, hooks and names of key files, is not shown.");
	conf_free(c);
	return conf_locate(c, name, w);
}

static int showconf(const struct conf *c, struct genl *g)
{
	uint32_t ifindex = prose_device(c->name);
	char *text = NULL;
	struct running r;
	size_t len;
	int code;

	if (!ifindex)
		return EXIT_KERNEL;
	code = running_read(g, c->name, ifindex, &r);
	if (!code)
		code = conf_compose(c, &r, &text, &len);
	if (!code)
		fputs(text, stdout);
	free(text);
	running_free(&r);
	return code;
}

int cmd_showconf(struct args *a)
{
	const char *name = arg_next(a);
	const char *after = name && !strcmp(name, "dev") ? arg_next(a) : NULL;
	struct conf c;
	struct genl g;
	struct why w;
	int code;

	/* A device may be called "dev". */
	if (after)
		name = after;
	if (args_end(a, &w) || read_file(&c, name, &w))
		return usage(&w);
	code = genl_open(&g, false);
	if (!code) {
		code = showconf(&c, &g);
		genl_close(&g);
	}
	conf_free(&c);
	return code;
}
