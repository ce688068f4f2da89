// SPDX-License-Identifier: GPL-2.0
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "attrs.h"
#include "ids.h"
#include "rtnl.h"

#define MARGIN_MAX 86400
#define NOTICE_MAX (366 * 86400)

#define PTK_AGE_MAX (366 * 86400)
#define WINDOW_MIN 32
#define WINDOW_MAX 16384

const struct keyword link_keywords[LK_N] = {
	[LK_GROUP] = { "group", "a group ID" },
	[LK_MEMBER] = { "member", "a member ID or \"auto\"" },
	[LK_LCID] = { "lcid", "a number" },
	[LK_ETHERTYPE] = { "ethertype", "an Ethernet type" },
	[LK_PROTECT] = { "protect", "\"on\" or \"off\"" },
	[LK_WINDOW] = { "window", "a number of frames" },
	[LK_TX] = { "tx", "\"on\" or \"off\"" },
	[LK_NONIP] = { "nonip", "\"auto\", \"on\" or \"off\"" },
	[LK_MARGIN] = { "margin", "seconds" },
	[LK_NOTICE] = { "notice", "seconds" },
	[LK_REQUIRE] = { "require", "\"none\", \"integrity\" or \"aead\"" },
	[LK_CHOICE] = { "choice", "\"from\" or \"expiry\"" },
	[LK_PTK_AGE] = { "ptk-age", "seconds" },
	[LK_PTK_PACKETS] = { "ptk-packets", "a number of frames" },
};

/* How each is written, and what carries it. */
static const struct {
	uint16_t attr;
	uint8_t size;
	enum { AS_ID, AS_ETHERTYPE, AS_ON_OFF, AS_NUMBER, AS_WORD } as;
	uint32_t min, max;		/* of a number */
	const char *const *words;
	const size_t *n_words;
} forms[LK_N] = {
	[LK_GROUP] = { IFLA_PROSE_GROUP, 4, AS_ID },
	[LK_MEMBER] = { IFLA_PROSE_MEMBER, 4, AS_ID },
	[LK_LCID] = { IFLA_PROSE_LCID, 1, AS_NUMBER, 1, PROSE_LCID_MAX },
	[LK_ETHERTYPE] = { IFLA_PROSE_ETHERTYPE, 2, AS_ETHERTYPE },
	[LK_PROTECT] = { IFLA_PROSE_PROTECT, 1, AS_ON_OFF },
	[LK_WINDOW] = { IFLA_PROSE_WINDOW, 4, AS_NUMBER, WINDOW_MIN, WINDOW_MAX },
	[LK_TX] = { IFLA_PROSE_TX, 1, AS_ON_OFF },
	[LK_NONIP] = { IFLA_PROSE_NONIP, 1, AS_WORD, 0, 0, nonip_names, &n_nonip_names },
	[LK_MARGIN] = { IFLA_PROSE_MARGIN, 4, AS_NUMBER, 0, MARGIN_MAX },
	[LK_NOTICE] = { IFLA_PROSE_NOTICE, 4, AS_NUMBER, 0, NOTICE_MAX },
	[LK_REQUIRE] = { IFLA_PROSE_REQUIRE, 1, AS_WORD, 0, 0, require_names, &n_require_names },
	[LK_CHOICE] = { IFLA_PROSE_CHOICE, 1, AS_WORD, 0, 0, choice_names, &n_choice_names },
	[LK_PTK_AGE] = { IFLA_PROSE_PTK_AGE, 4, AS_NUMBER, 0, PTK_AGE_MAX },
	[LK_PTK_PACKETS] = { IFLA_PROSE_PTK_PACKETS, 4, AS_NUMBER, 0, 65535 },
};

static int parse_option(int i, const char *value, uint32_t *n, struct why *w)
{
	const char *name = link_keywords[i].name;
	uint16_t type;
	char what[32];
	bool on;
	int k;

	switch (forms[i].as) {
	case AS_ID:
		return parse_id24(name, value, n, w);
	case AS_ETHERTYPE:
		if (parse_ethertype(value, &type, w))
			return -1;
		*n = type;
		return 0;
	case AS_ON_OFF:
		if (parse_on_off(name, value, &on, w))
			return -1;
		*n = on;
		return 0;
	case AS_NUMBER:
		return parse_number(name, value, forms[i].min, forms[i].max, n, w);
	case AS_WORD:
		snprintf(what, sizeof(what), "value of %s", name);
		k = word_index(what, value, forms[i].words, *forms[i].n_words, w);
		*n = k;
		return k < 0 ? -1 : 0;
	}
	return -1;
}

int link_options_parse(const char *const *v, struct link_options *o, struct why *w)
{
	int i;

	memset(o, 0, sizeof(*o));
	for (i = 0; i < LK_N; i++) {
		/* The kernel takes it from the lower device. */
		if (!v[i] || (i == LK_MEMBER && !strcmp(v[i], "auto")))
			continue;
		if (parse_option(i, v[i], &o->v[i], w))
			return -1;
		o->has |= 1 << i;
	}
	return 0;
}

uint32_t link_option_default(int option)
{
	switch (option) {
	case LK_LCID:
		return PROSE_LCID_DEFAULT;
	case LK_ETHERTYPE:
		return PROSE_ETHERTYPE_DEFAULT;
	case LK_PROTECT:
	case LK_TX:
		return true;
	case LK_WINDOW:
		return PROSE_WINDOW_DEFAULT;
	case LK_NONIP:
		return PROSE_NONIP_AUTO;
	case LK_MARGIN:
		return PROSE_MARGIN_DEFAULT;
	case LK_NOTICE:
		return PROSE_NOTICE_DEFAULT;
	case LK_REQUIRE:
		return PROSE_REQUIRE_NONE;
	case LK_CHOICE:
		return PROSE_CHOICE_FROM;
	default:	/* LK_PTK_AGE, LK_PTK_PACKETS: no such limit */
		return 0;
	}
}

char *link_option_text(char *out, size_t size, int option, uint32_t v)
{
	switch (forms[option].as) {
	case AS_ID:
		snprintf(out, size, "0x%06x", v);
		break;
	case AS_ETHERTYPE:
		snprintf(out, size, "0x%04x", v);
		break;
	case AS_ON_OFF:
		snprintf(out, size, "%s", v ? "on" : "off");
		break;
	case AS_NUMBER:
		snprintf(out, size, "%u", v);
		break;
	case AS_WORD:
		snprintf(out, size, "%s", name_or_unknown(forms[option].words,
							  *forms[option].n_words, v));
		break;
	}
	return out;
}

struct nlmsghdr *rtnl_request(char *buf, uint16_t type, uint16_t flags, uint32_t ifindex)
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
	int i;

	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, PROSE_FAMILY_NAME);
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	for (i = 0; i < LK_N; i++) {
		if (!(o->has >> i & 1))
			continue;
		if (forms[i].size == 1)
			mnl_attr_put_u8(nlh, forms[i].attr, o->v[i]);
		else if (forms[i].size == 2)
			mnl_attr_put_u16(nlh, forms[i].attr, o->v[i]);
		else
			mnl_attr_put_u32(nlh, forms[i].attr, o->v[i]);
	}
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
}

struct nlmsghdr *rtnl_new(char *buf, const char *name, uint32_t lower,
			  const struct link_options *o)
{
	struct nlmsghdr *nlh = rtnl_request(buf, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0);

	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	mnl_attr_put_u32(nlh, IFLA_LINK, lower);
	put_info(nlh, o);
	return nlh;
}

struct nlmsghdr *rtnl_change(char *buf, uint32_t ifindex, const struct link_options *o)
{
	struct nlmsghdr *nlh = rtnl_request(buf, RTM_NEWLINK, 0, ifindex);

	put_info(nlh, o);
	return nlh;
}

struct nlmsghdr *rtnl_del(char *buf, uint32_t ifindex)
{
	return rtnl_request(buf, RTM_DELLINK, 0, ifindex);
}

int rtnl_ask(struct nlmsghdr *nlh, nl_reply_fn fn, void *ctx, struct nl_error *e)
{
	return nl_ask(NETLINK_ROUTE, nlh, sizeof(struct ifinfomsg), &link_attrs, fn, ctx, e);
}

int rtnl_talk(struct nlmsghdr *nlh, struct nl_error *e)
{
	return rtnl_ask(nlh, NULL, NULL, e);
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
	return rtnl_ask(rtnl_request(buf, RTM_GETLINK, 0, ifindex), take_kind, kind, e);
}

static int take_link(const struct nlmsghdr *nlh, void *ctx)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct rtnl_link *l = ctx;
	const struct nlattr *a;

	l->flags = ifi->ifi_flags;
	l->type = ifi->ifi_type;
	mnl_attr_for_each(a, nlh, sizeof(*ifi)) {
		switch (mnl_attr_get_type(a)) {
		case IFLA_IFNAME:
			snprintf(l->name, sizeof(l->name), "%s", mnl_attr_get_str(a));
			break;
		case IFLA_MTU:
			l->mtu = mnl_attr_get_u32(a);
			break;
		case IFLA_MASTER:
			l->master = mnl_attr_get_u32(a);
			break;
		case IFLA_OPERSTATE:
			l->operstate = mnl_attr_get_u8(a);
			break;
		}
	}
	return take_kind(nlh, l->kind);
}

int rtnl_get(uint32_t ifindex, struct rtnl_link *l, struct nl_error *e)
{
	char buf[RTNL_BUF];

	memset(l, 0, sizeof(*l));
	return rtnl_ask(rtnl_request(buf, RTM_GETLINK, 0, ifindex), take_link, l, e);
}
