// SPDX-License-Identifier: GPL-2.0
/*
 * prose restart: down and up, of one reading of the file, which nobody can
 * change in between. Each key is attached anew and takes a range of its own from
 * the ledger, so that no PTK ID is used twice.
 */
#include "cmd.h"
#include "prose.h"
#include "shellword.h"
#include "updown.h"

static int restart(const struct conf *c)
{
	int after, code = EXIT_OK;

	if (if_nametoindex(c->name))
		code = device_down(c);
	/* A hook that failed keeps it from nothing. */
	if (code && if_nametoindex(c->name))
		return code;
	after = device_up(c);
	if (after)
		hint("%s is down now. Once that is mended: prose up %s", c->name, sh(c->name));
	return after ? after : code;
}

int cmd_restart(struct args *a)
{
	const char *name = arg_next(a);
	struct conf c;
	struct why w;
	int code;

	if (args_end(a, &w))
		return usage(&w);
	/* All that can be found wrong is, before anything is taken away. */
	code = conf_load(&c, name, NULL, &w) ? conf_refused(&c, &w) : conf_ready(&c);
	if (!code)
		code = restart(&c);
	else if (c.name[0] && if_nametoindex(c.name))
		hint("%s was left as it is.", c.name);
	conf_free(&c);
	return code;
}
