/* SPDX-License-Identifier: GPL-2.0 */
/* The rtnetlink side: making, changing and removing prose devices. */
#ifndef RTNL_H
#define RTNL_H

#include "args.h"
#include "names.h"
#include "nl.h"

#define RTNL_BUF 1024

/*
 * The options of a device, in the order in which they are listed: first those
 * that are fixed when it is made.
 */
enum {
	LK_GROUP, LK_MEMBER, LK_LCID, LK_ETHERTYPE, LK_PROTECT, LK_WINDOW,
	LK_TX, LK_NONIP, LK_MARGIN, LK_NOTICE, LK_REQUIRE, LK_CHOICE,
	LK_PTK_AGE, LK_PTK_PACKETS, LK_N
};

#define LK_CHANGES LK_TX	/* the first that can be changed */

/* Of values[], for args_keywords(). */
extern const struct keyword link_keywords[LK_N];

/* What IFLA_INFO_DATA can carry. */
struct link_options {
	uint32_t has;		/* bit per LK_ that is given */
	uint32_t v[LK_N];
};

/* Pure: values[] as taken by args_keywords() for link_keywords. */
int link_options_parse(const char *const *values, struct link_options *o, struct why *w);

/*
 * Pure: what a device has that names no value. Not of the group, which must be
 * named, and not of the member, which is that of the lower device.
 */
uint32_t link_option_default(int option);

/* Pure: a value as link_options_parse() takes it. */
char *link_option_text(char *out, size_t size, int option, uint32_t value);

/* Pure: build the requests. lower is an ifindex. */
struct nlmsghdr *rtnl_new(char *buf, const char *name, uint32_t lower,
			  const struct link_options *o);
struct nlmsghdr *rtnl_change(char *buf, uint32_t ifindex, const struct link_options *o);

struct nlmsghdr *rtnl_del(char *buf, uint32_t ifindex);

/* For requests of other files: a link message, and one with answers. */
struct nlmsghdr *rtnl_request(char *buf, uint16_t type, uint16_t flags, uint32_t ifindex);
int rtnl_ask(struct nlmsghdr *nlh, nl_reply_fn fn, void *ctx, struct nl_error *e);

int rtnl_talk(struct nlmsghdr *nlh, struct nl_error *e);
/* Link kind of a device ("" if it has none). -errno. */
int rtnl_kind(uint32_t ifindex, char kind[32], struct nl_error *e);

/* What "ip link show" tells of any device. */
struct rtnl_link {
	char name[16];
	char kind[32];		/* or "" */
	uint32_t flags;		/* IFF_ */
	uint16_t type;		/* ARPHRD_ */
	uint32_t mtu;
	uint32_t master;	/* ifindex, or 0 */
	uint8_t operstate;
};

int rtnl_get(uint32_t ifindex, struct rtnl_link *l, struct nl_error *e);

#endif
