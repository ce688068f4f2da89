// SPDX-License-Identifier: GPL-2.0
/* prose save: the running device into its configuration file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd.h"
#include "confwrite.h"
#include "dev.h"
#include "prose.h"
#include "shellword.h"
#include "state.h"

static int replace(const struct conf *c, const char *text, size_t len, struct why *w)
{
	char dir[PATH_MAX], name[NAME_MAX + 1];
	int fd, err;

	if (state_resolve(c->path, dir, name, w))
		return -1;
	fd = state_open(dir, w);
	if (fd == -ENOENT)
		return why(w, "there is no directory %s; make it: install -d -m 700 %s",
			   dir, sh(dir));
	if (fd < 0)
		return -1;
	err = state_replace(fd, name, c->path, text, len, w);
	close(fd);
	return err;
}

static int save(const struct conf *c, struct genl *g)
{
	uint32_t ifindex = prose_device(c->name);
	char *text = NULL;
	struct running r;
	struct why w;
	size_t len;
	int code;

	if (!ifindex)
		return EXIT_KERNEL;
	code = running_read(g, c->name, ifindex, &r);
	if (!code)
		code = conf_compose(c, &r, &text, &len);
	if (!code && replace(c, text, len, &w))
		code = usage(&w);
	if (!code && !opt.json)
		printf("%s: is written to %s\n", c->name, c->path);
	free(text);
	running_free(&r);
	return code;
}

int cmd_save(struct args *a)
{
	const char *name = arg_next(a);
	struct conf c;
	struct genl g;
	struct why w;
	bool absent;
	int code;

	if (args_end(a, &w))
		return usage(&w);
	/* A file that cannot be read is not overwritten. */
	code = conf_load(&c, name, &absent, &w) ? conf_refused(&c, &w) : genl_open(&g, false);
	if (!code) {
		code = save(&c, &g);
		genl_close(&g);
	}
	conf_free(&c);
	return code;
}
