// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>
#include <unistd.h>

#include "attrs.h"
#include "genl.h"
#include "prose.h"

#define DUMP_TRIES 8

struct family {
	uint16_t id;
	uint32_t events;
};

static int take_family(const struct nlmsghdr *nlh, void *ctx)
{
	struct family *f = ctx;
	const struct nlattr *a, *grp, *b;

	mnl_attr_for_each(a, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(a) == CTRL_ATTR_FAMILY_ID)
			f->id = mnl_attr_get_u16(a);
		if (mnl_attr_get_type(a) != CTRL_ATTR_MCAST_GROUPS)
			continue;
		mnl_attr_for_each_nested(grp, a) {
			const char *name = "";
			uint32_t id = 0;

			mnl_attr_for_each_nested(b, grp) {
				if (mnl_attr_get_type(b) == CTRL_ATTR_MCAST_GRP_NAME)
					name = mnl_attr_get_str(b);
				if (mnl_attr_get_type(b) == CTRL_ATTR_MCAST_GRP_ID)
					id = mnl_attr_get_u32(b);
			}
			if (!strcmp(name, PROSE_MCGRP_EVENTS))
				f->events = id;
		}
	}
	return 0;
}

static struct nlmsghdr *start(char *buf, uint16_t family, uint8_t cmd, uint8_t version)
{
	struct nlmsghdr *nlh;
	struct genlmsghdr *gh;

	memset(buf, 0, GENL_BUF);
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = family;
	gh = mnl_nlmsg_put_extra_header(nlh, sizeof(*gh));
	gh->cmd = cmd;
	gh->version = version;
	return nlh;
}

static int resolve(struct genl *g, struct nl_error *e)
{
	struct family f = { 0, 0 };
	char buf[GENL_BUF];
	struct nlmsghdr *nlh = start(buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	int err;

	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, PROSE_FAMILY_NAME);
	err = nl_talk(&g->nl, nlh, sizeof(struct genlmsghdr), NULL, take_family, &f, e);
	g->family = f.id;
	g->events = f.events;
	return err ? err : f.id ? 0 : -ENOENT;
}

int genl_open(struct genl *g, bool load)
{
	struct nl_error e;
	int err;

	memset(g, 0, sizeof(*g));
	err = nl_open(&g->nl, NETLINK_GENERIC);
	if (err)
		return fail(EXIT_KERNEL, "no netlink socket: %s", strerror(-err));
	err = resolve(g, &e);
	if (err == -ENOENT && load && !load_module("prose"))
		err = resolve(g, &e);
	if (!err)
		return 0;
	genl_close(g);
	if (err != -ENOENT)
		return fail(EXIT_KERNEL, "the kernel does not tell the netlink family \"%s\": %s",
			    PROSE_FAMILY_NAME, strerror(-err));
	fail(EXIT_KERNEL, "the kernel module prose is not loaded%s",
	     !load ? "" : geteuid() ? ", and only root can load it" :
	     ", and modprobe could not load it");
	hint("Load it: modprobe prose (or insmod prose.ko)");
	return EXIT_KERNEL;
}

void genl_close(struct genl *g)
{
	nl_close(&g->nl);
}

int genl_subscribe(struct genl *g)
{
	if (!g->events)
		return -ENOENT;
	if (mnl_socket_setsockopt(g->nl.sock, NETLINK_ADD_MEMBERSHIP, &g->events,
				  sizeof(g->events)) < 0)
		return -errno;
	return 0;
}

struct nlmsghdr *genl_request(struct genl *g, char *buf, uint8_t cmd)
{
	return start(buf, g->family, cmd, PROSE_FAMILY_VERSION);
}

int genl_do(struct genl *g, struct nlmsghdr *nlh, struct obj *o, struct nl_error *e)
{
	if (o)
		memset(o, 0, sizeof(*o));
	return nl_talk(&g->nl, nlh, sizeof(struct genlmsghdr), &prose_attrs,
		       o ? obj_take : NULL, o, e);
}

int genl_dump_to(struct genl *g, uint8_t cmd, uint32_t ifindex, void (*restart)(void *ctx),
		 nl_reply_fn fn, void *ctx, struct nl_error *e)
{
	char buf[GENL_BUF];
	int err = 0, i;

	for (i = 0; i < DUMP_TRIES; i++) {
		struct nlmsghdr *nlh = genl_request(g, buf, cmd);

		nlh->nlmsg_flags |= NLM_F_DUMP;
		if (ifindex)
			mnl_attr_put_u32(nlh, PROSE_A_IFINDEX, ifindex);
		restart(ctx);
		err = nl_talk(&g->nl, nlh, sizeof(struct genlmsghdr), &prose_attrs,
			      fn, ctx, e);
		if (err != -EINTR)
			return err;
	}
	/* It changes faster than it can be read: the last look will do. */
	return 0;
}

static void empty(void *ctx)
{
	struct obj_list *l = ctx;

	l->n = 0;
}

int genl_dump(struct genl *g, uint8_t cmd, uint32_t ifindex,
	      struct obj_list *l, struct nl_error *e)
{
	return genl_dump_to(g, cmd, ifindex, empty, obj_append, l, e);
}

int genl_dev_get(struct genl *g, uint32_t ifindex, struct obj *o, struct nl_error *e)
{
	char buf[GENL_BUF];
	struct nlmsghdr *nlh = genl_request(g, buf, PROSE_CMD_DEV_GET);

	mnl_attr_put_u32(nlh, PROSE_A_IFINDEX, ifindex);
	return genl_do(g, nlh, o, e);
}

int genl_key_get(struct genl *g, uint32_t ifindex, uint8_t pgk_id,
		 struct obj *o, struct nl_error *e)
{
	char buf[GENL_BUF];
	struct nlmsghdr *nlh = genl_request(g, buf, PROSE_CMD_KEY_GET);

	mnl_attr_put_u32(nlh, PROSE_A_IFINDEX, ifindex);
	mnl_attr_put_u8(nlh, PROSE_A_PGK_ID, pgk_id);
	return genl_do(g, nlh, o, e);
}
