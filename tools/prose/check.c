// SPDX-License-Identifier: GPL-2.0
/* prose check: a configuration file, as prose up takes it, and nothing done. */
#include <stdio.h>

#include "cmd.h"
#include "conf.h"
#include "json.h"
#include "prose.h"

static void say_good(const struct conf *c)
{
	if (!opt.json) {
		printf("%s: is good: %s over %s, with %zu key%s and %zu address%s\n", c->path,
		       c->name, c->lower.text, c->n_keys, c->n_keys == 1 ? "" : "s",
		       c->n_addresses, c->n_addresses == 1 ? "" : "es");
		return;
	}
	json_object(NULL);
	json_string("ifname", c->name);
	json_string("file", c->path);
	json_string("link", c->lower.text);
	json_uint("keys", c->n_keys);
	json_uint("addresses", c->n_addresses);
	json_end();
	json_done();
}

int cmd_check(struct args *a)
{
	const char *name = arg_next(a);
	struct conf c;
	struct why w;
	int code;

	if (args_end(a, &w))
		return usage(&w);
	if (conf_read(&c, name, NULL, &w)) {
		code = conf_refused(&c, &w);
	} else {
		code = conf_ready(&c);
		if (code == EXIT_LATER)
			hint("The file itself is good.");
		else if (!code)
			say_good(&c);
	}
	conf_free(&c);
	return code;
}
