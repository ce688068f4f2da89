// SPDX-License-Identifier: GPL-2.0
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

#include "linkstate.h"
#include "rtnl.h"

static int take(const struct nlmsghdr *nlh, void *ctx)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct link_state *s = ctx;
	const struct nlattr *a;

	s->up = ifi->ifi_flags & IFF_UP;
	mnl_attr_for_each(a, nlh, sizeof(*ifi)) {
		switch (mnl_attr_get_type(a)) {
		case IFLA_MTU:
			s->mtu = mnl_attr_get_u32(a);
			break;
		case IFLA_MAX_MTU:
			s->mtu_max = mnl_attr_get_u32(a);
			break;
		case IFLA_ADDRESS:
			if (mnl_attr_get_payload_len(a) == sizeof(s->address))
				memcpy(s->address, mnl_attr_get_payload(a), sizeof(s->address));
			break;
		}
	}
	return 0;
}

int link_state_get(uint32_t ifindex, struct link_state *s, struct nl_error *e)
{
	char buf[RTNL_BUF];

	memset(s, 0, sizeof(*s));
	return rtnl_ask(rtnl_request(buf, RTM_GETLINK, 0, ifindex), take, s, e);
}

int link_set_mtu(uint32_t ifindex, uint32_t mtu, struct nl_error *e)
{
	char buf[RTNL_BUF];
	struct nlmsghdr *nlh = rtnl_request(buf, RTM_NEWLINK, 0, ifindex);

	mnl_attr_put_u32(nlh, IFLA_MTU, mtu);
	return rtnl_talk(nlh, e);
}

int link_set_up(uint32_t ifindex, bool up, struct nl_error *e)
{
	char buf[RTNL_BUF];
	struct nlmsghdr *nlh = rtnl_request(buf, RTM_NEWLINK, 0, ifindex);
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	ifi->ifi_change = IFF_UP;
	ifi->ifi_flags = up ? IFF_UP : 0;
	return rtnl_talk(nlh, e);
}
