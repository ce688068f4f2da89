// SPDX-License-Identifier: GPL-2.0
/* prose down: what prose up made is taken away. */
#include <stdio.h>

#include "cmd.h"
#include "conf.h"
#include "dev.h"
#include "hook.h"
#include "prose.h"
#include "shellword.h"
#include "updown.h"

int device_down(const struct conf *c)
{
	uint32_t ifindex;
	int code, after;

	if (!if_nametoindex(c->name)) {
		if (!opt.json)
			printf("%s: is not there; nothing to do\n", c->name);
		return EXIT_OK;
	}
	ifindex = prose_device(c->name);
	if (!ifindex)
		return EXIT_KERNEL;
	/* A hook that fails keeps no device there. */
	code = hooks_run(c, HOOK_PRE_DOWN, true);
	/* It may have taken the device away itself. */
	if (if_nametoindex(c->name) == ifindex) {
		after = device_remove(c->name, ifindex);
		if (after)
			return after;
	}
	after = hooks_run(c, HOOK_POST_DOWN, true);
	if (!opt.json)
		printf("%s: is gone\n", c->name);
	return code ? code : after;
}

int cmd_down(struct args *a)
{
	const char *name = arg_next(a);
	struct conf c;
	struct why w;
	int code;

	if (args_end(a, &w))
		return usage(&w);
	/* Not checked: a device whose key has ended can be taken down. */
	if (conf_load(&c, name, NULL, &w)) {
		code = conf_refused(&c, &w);
		if (c.name[0] && if_nametoindex(c.name))
			hint("%s is still there; without its hooks it is taken away by: prose dev del %s",
			     sh(c.name), sh(c.name));
	} else {
		code = device_down(&c);
	}
	conf_free(&c);
	return code;
}
