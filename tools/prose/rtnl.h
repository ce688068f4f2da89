/* SPDX-License-Identifier: GPL-2.0 */
/* The rtnetlink side: making, changing and removing prose devices. */
#ifndef RTNL_H
#define RTNL_H

#include "names.h"

#define RTNL_BUF 1024

/* What IFLA_INFO_DATA can carry; bit per IFLA_PROSE_ in "has". */
struct link_options {
	uint32_t has;
	uint32_t group;
	uint32_t member;
	uint8_t lcid;
	uint16_t ethertype;
	uint8_t tx;
	uint8_t nonip;
	uint32_t margin;
	uint32_t notice;
};

/* Pure: values[] as taken by args_keywords() for link_keywords. */
enum {
	LK_GROUP, LK_MEMBER, LK_LCID, LK_ETHERTYPE, LK_TX, LK_NONIP, LK_MARGIN,
	LK_NOTICE, LK_N
};

int link_options_parse(const char *const *values, struct link_options *o, struct why *w);

/* Pure: build the requests. lower is an ifindex. */
struct nlmsghdr *rtnl_new(char *buf, const char *name, uint32_t lower,
			  const struct link_options *o);
struct nlmsghdr *rtnl_change(char *buf, uint32_t ifindex, const struct link_options *o);

struct nlmsghdr *rtnl_del(char *buf, uint32_t ifindex);

int rtnl_talk(struct nlmsghdr *nlh, struct nl_error *e);
/* Link kind of a device ("" if it has none). -errno. */
int rtnl_kind(uint32_t ifindex, char kind[32], struct nl_error *e);

#endif
