// SPDX-License-Identifier: GPL-2.0
/* prose dev: the link kind, for systems whose ip cannot take the plugin. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "dev.h"
#include "prose.h"
#include "rtnl.h"

/* What "add" takes: all of link_keywords, then the lower device. */
#define KW_LINK LK_N
#define KW_N (LK_N + 1)

static int dev_keywords(struct args *a, const char **values, struct why *w)
{
	struct keyword table[KW_N];

	memcpy(table, link_keywords, sizeof(link_keywords));
	table[KW_LINK] = (struct keyword){ "link", "the lower device" };
	return args_keywords(a, table, KW_N, values, w);
}

uint32_t device_index(const char *name)
{
	uint32_t i = if_nametoindex(name);

	if (!i) {
		fail(EXIT_KERNEL, "there is no device \"%s\" in this network namespace", name);
		hint("prose show lists the prose devices; -n NETNS looks into another namespace");
	}
	return i;
}

int device_name_valid(const char *s, struct why *w)
{
	if (!s)
		return why(w, "the name of the device is missing");
	if (!s[0] || strlen(s) >= IF_NAMESIZE || strpbrk(s, "/: \t\n") ||
	    !strcmp(s, ".") || !strcmp(s, ".."))
		return why(w, "\"%s\" cannot be the name of a device: 1 to 15 characters without blank, / and :",
			   s);
	return 0;
}

int device_make(const char *name, uint32_t lower, const struct link_options *o)
{
	struct nl_error e;
	char buf[RTNL_BUF];
	int err;

	err = rtnl_talk(rtnl_new(buf, name, lower, o), &e);
	if (err == -EOPNOTSUPP && !strstr(e.msg, "prose") && !load_module("prose"))
		err = rtnl_talk(rtnl_new(buf, name, lower, o), &e);
	if (err)
		return kernel_refused(name, CMD_LINK, &e);
	if (o->has & 1 << LK_PROTECT && !o->v[LK_PROTECT]) {
		warn("protect off: EVERYTHING THAT %s SENDS GOES OUT IN CLEAR; it takes", name);
		hint("whatever anybody sends to the group. No key can be attached. It is for tests of");
		hint("interoperability only. To protect it, delete it and add it without \"protect\"");
	}
	return EXIT_OK;
}

static int dev_add(struct args *a)
{
	const char *values[KW_N], *name = arg_next(a);
	struct link_options o;
	uint32_t lower;
	struct why w;

	if (device_name_valid(name, &w) || dev_keywords(a, values, &w))
		return usage(&w);
	if (!values[KW_LINK] || !values[LK_GROUP]) {
		why(&w, "\"%s\" is missing: prose dev add NAME link LOWER group G",
		    values[KW_LINK] ? "group" : "link");
		return usage(&w);
	}
	if (link_options_parse(values, &o, &w))
		return usage(&w);
	lower = device_index(values[KW_LINK]);
	return lower ? device_make(name, lower, &o) : EXIT_KERNEL;
}

uint32_t prose_device(const char *name)
{
	uint32_t ifindex = device_index(name);
	struct nl_error e;
	char kind[32];

	if (!ifindex)
		return 0;
	if (rtnl_kind(ifindex, kind, &e)) {
		kernel_refused(name, CMD_LINK, &e);
		return 0;
	}
	if (!strcmp(kind, PROSE_FAMILY_NAME))
		return ifindex;
	fail(EXIT_KERNEL, "\"%s\" is no prose device%s%s%s", name, kind[0] ? " (its kind is " : "",
	     kind, kind[0] ? ")" : "");
	hint("prose show lists them");
	return 0;
}

static int dev_set(struct args *a)
{
	const char *values[KW_N], *name = arg_next(a);
	struct link_options o;
	struct nl_error e;
	char buf[RTNL_BUF];
	uint32_t ifindex;
	struct why w;
	int i;

	if (device_name_valid(name, &w) || dev_keywords(a, values, &w))
		return usage(&w);
	for (i = 0; i < KW_N; i++) {
		if (!values[i] || (i >= LK_CHANGES && i < KW_LINK))
			continue;
		why(&w, "\"%s\" is fixed when the device is made; prose dev del %s, then add it anew",
		    i == KW_LINK ? "link" : link_keywords[i].name, name);
		return usage(&w);
	}
	if (link_options_parse(values, &o, &w))
		return usage(&w);
	if (!o.has) {
		why(&w, "nothing to change; prose --help tells what can be");
		return usage(&w);
	}
	ifindex = prose_device(name);
	if (!ifindex)
		return EXIT_KERNEL;
	if (rtnl_talk(rtnl_change(buf, ifindex, &o), &e))
		return kernel_refused(name, CMD_LINK, &e);
	return EXIT_OK;
}

int device_remove(const char *name, uint32_t ifindex)
{
	struct obj_list keys = { NULL, 0 };
	char buf[RTNL_BUF];
	struct nl_error e;
	struct genl g;
	size_t i;

	/* Detached one by one, so that the ledger gets the unused IDs back. */
	if (!genl_open(&g, false)) {
		if (!genl_dump(&g, PROSE_CMD_KEY_GET, ifindex, &keys, &e)) {
			for (i = 0; i < keys.n; i++)
				detach(&g, name, ifindex, keys.o[i].pgk_id, NULL, NULL);
		}
		obj_list_free(&keys);
		genl_close(&g);
	}
	if (rtnl_talk(rtnl_del(buf, ifindex), &e))
		return kernel_refused(name, CMD_LINK, &e);
	return EXIT_OK;
}

static int dev_del(struct args *a)
{
	const char *name = arg_next(a);
	uint32_t ifindex;
	struct why w;

	if (device_name_valid(name, &w) || args_end(a, &w))
		return usage(&w);
	ifindex = prose_device(name);
	return ifindex ? device_remove(name, ifindex) : EXIT_KERNEL;
}

int cmd_dev(struct args *a)
{
	static const struct command table[] = {
		{ "show", cmd_show },
		{ "ls", cmd_show },
		{ "list", cmd_show },
		{ "add", dev_add },
		{ "set", dev_set },
		{ "del", dev_del },
	};

	return run_command("dev", table, ARRAY_SIZE(table), a);
}
