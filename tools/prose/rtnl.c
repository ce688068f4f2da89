// SPDX-License-Identifier: GPL-2.0
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "ids.h"
#include "rtnl.h"

#define MARGIN_MAX 86400
#define NOTICE_MAX (366 * 86400)

int link_options_parse(const char *const *v, struct link_options *o, struct why *w)
{
	uint32_t n;
	bool on;
	int i;

	memset(o, 0, sizeof(*o));
	if (v[LK_GROUP]) {
		if (parse_id24("group", v[LK_GROUP], &o->group, w))
			return -1;
		o->has |= 1 << IFLA_PROSE_GROUP;
	}
	if (v[LK_MEMBER] && strcmp(v[LK_MEMBER], "auto")) {
		if (parse_id24("member", v[LK_MEMBER], &o->member, w))
			return -1;
		o->has |= 1 << IFLA_PROSE_MEMBER;
	}
	if (v[LK_LCID]) {
		if (parse_number("lcid", v[LK_LCID], 1, PROSE_LCID_MAX, &n, w))
			return -1;
		o->lcid = n;
		o->has |= 1 << IFLA_PROSE_LCID;
	}
	if (v[LK_ETHERTYPE]) {
		if (parse_ethertype(v[LK_ETHERTYPE], &o->ethertype, w))
			return -1;
		o->has |= 1 << IFLA_PROSE_ETHERTYPE;
	}
	if (v[LK_TX]) {
		if (parse_on_off("tx", v[LK_TX], &on, w))
			return -1;
		o->tx = on;
		o->has |= 1 << IFLA_PROSE_TX;
	}
	if (v[LK_NONIP]) {
		i = word_index("value of nonip", v[LK_NONIP], nonip_names, n_nonip_names, w);
		if (i < 0)
			return -1;
		o->nonip = i;
		o->has |= 1 << IFLA_PROSE_NONIP;
	}
	if (v[LK_MARGIN]) {
		if (parse_number("margin", v[LK_MARGIN], 0, MARGIN_MAX, &o->margin, w))
			return -1;
		o->has |= 1 << IFLA_PROSE_MARGIN;
	}
	if (v[LK_NOTICE]) {
		if (parse_number("notice", v[LK_NOTICE], 0, NOTICE_MAX, &o->notice, w))
			return -1;
		o->has |= 1 << IFLA_PROSE_NOTICE;
	}
	return 0;
}

static struct nlmsghdr *start(char *buf, uint16_t type, uint16_t flags, uint32_t ifindex)
{
	struct nlmsghdr *nlh;
	struct ifinfomsg *ifi;

	memset(buf, 0, RTNL_BUF);
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = ifindex;
	return nlh;
}

static void put_info(struct nlmsghdr *nlh, const struct link_options *o)
{
	struct nlattr *info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	struct nlattr *data;

	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, PROSE_FAMILY_NAME);
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	if (o->has & 1 << IFLA_PROSE_GROUP)
		mnl_attr_put_u32(nlh, IFLA_PROSE_GROUP, o->group);
	if (o->has & 1 << IFLA_PROSE_MEMBER)
		mnl_attr_put_u32(nlh, IFLA_PROSE_MEMBER, o->member);
	if (o->has & 1 << IFLA_PROSE_LCID)
		mnl_attr_put_u8(nlh, IFLA_PROSE_LCID, o->lcid);
	if (o->has & 1 << IFLA_PROSE_ETHERTYPE)
		mnl_attr_put_u16(nlh, IFLA_PROSE_ETHERTYPE, o->ethertype);
	if (o->has & 1 << IFLA_PROSE_TX)
		mnl_attr_put_u8(nlh, IFLA_PROSE_TX, o->tx);
	if (o->has & 1 << IFLA_PROSE_NONIP)
		mnl_attr_put_u8(nlh, IFLA_PROSE_NONIP, o->nonip);
	if (o->has & 1 << IFLA_PROSE_MARGIN)
		mnl_attr_put_u32(nlh, IFLA_PROSE_MARGIN, o->margin);
	if (o->has & 1 << IFLA_PROSE_NOTICE)
		mnl_attr_put_u32(nlh, IFLA_PROSE_NOTICE, o->notice);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
}

struct nlmsghdr *rtnl_new(char *buf, const char *name, uint32_t lower,
			  const struct link_options *o)
{
	struct nlmsghdr *nlh = start(buf, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0);

	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	mnl_attr_put_u32(nlh, IFLA_LINK, lower);
	put_info(nlh, o);
	return nlh;
}

struct nlmsghdr *rtnl_change(char *buf, uint32_t ifindex, const struct link_options *o)
{
	struct nlmsghdr *nlh = start(buf, RTM_NEWLINK, 0, ifindex);

	put_info(nlh, o);
	return nlh;
}

struct nlmsghdr *rtnl_del(char *buf, uint32_t ifindex)
{
	return start(buf, RTM_DELLINK, 0, ifindex);
}

static int talk(struct nlmsghdr *nlh, nl_reply_fn fn, void *ctx, struct nl_error *e)
{
	struct nl nl;
	int err = nl_open(&nl, NETLINK_ROUTE);

	if (err) {
		memset(e, 0, sizeof(*e));
		e->err = err;
		return err;
	}
	err = nl_talk(&nl, nlh, sizeof(struct ifinfomsg), &link_attrs, fn, ctx, e);
	nl_close(&nl);
	return err;
}

int rtnl_talk(struct nlmsghdr *nlh, struct nl_error *e)
{
	return talk(nlh, NULL, NULL, e);
}

static int take_kind(const struct nlmsghdr *nlh, void *ctx)
{
	const struct nlattr *a, *b;

	mnl_attr_for_each(a, nlh, sizeof(struct ifinfomsg)) {
		if (mnl_attr_get_type(a) != IFLA_LINKINFO)
			continue;
		mnl_attr_for_each_nested(b, a)
			if (mnl_attr_get_type(b) == IFLA_INFO_KIND)
				snprintf(ctx, 32, "%s", mnl_attr_get_str(b));
	}
	return 0;
}

int rtnl_kind(uint32_t ifindex, char kind[32], struct nl_error *e)
{
	char buf[RTNL_BUF];

	kind[0] = 0;
	return talk(start(buf, RTM_GETLINK, 0, ifindex), take_kind, kind, e);
}
