// SPDX-License-Identifier: GPL-2.0
/* The rtnl link kind "prose": options, creation, change. */

#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/unaligned.h>
#include <net/rtnetlink.h>

#include "device.h"
#include "inner.h"
#include "key.h"
#include "link.h"
#include "lower.h"
#include "pdu.h"
#include "replay.h"
#include "rules.h"

#define MARGIN_MAX		(24 * 3600)
#define NOTICE_MAX		(366 * 24 * 3600)
#define PTK_AGE_MAX		(366 * 24 * 3600)

static struct rtnl_link_ops link_ops;

/**
 * prose_dev_is - is this a prose device?
 * @dev: any net device
 */
bool prose_dev_is(const struct net_device *dev)
{
	return dev->rtnl_link_ops == &link_ops;
}

static const struct netlink_range_validation id24_range = {
	.min	= 1,
	.max	= PROSE_ID24_MAX,
};

static const struct netlink_range_validation margin_range = {
	.max	= MARGIN_MAX,
};

static const struct netlink_range_validation notice_range = {
	.max	= NOTICE_MAX,
};

static const struct netlink_range_validation window_range = {
	.min	= PROSE_WINDOW_MIN,
	.max	= PROSE_WINDOW_MAX,
};

static const struct netlink_range_validation ptk_age_range = {
	.max	= PTK_AGE_MAX,
};

static const struct netlink_range_validation ptk_packets_range = {
	.max	= PROSE_SN_LAST,
};

static const struct nla_policy link_policy[IFLA_PROSE_MAX + 1] = {
	[IFLA_PROSE_GROUP]	= NLA_POLICY_FULL_RANGE(NLA_U32, &id24_range),
	[IFLA_PROSE_MEMBER]	= NLA_POLICY_FULL_RANGE(NLA_U32, &id24_range),
	[IFLA_PROSE_LCID]	= NLA_POLICY_RANGE(NLA_U8, PROSE_LCID_MIN,
						   PROSE_LCID_MAX),
	[IFLA_PROSE_ETHERTYPE]	= NLA_POLICY_MIN(NLA_U16, ETH_P_802_3_MIN),
	[IFLA_PROSE_TX]		= NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_PROSE_NONIP]	= NLA_POLICY_MAX(NLA_U8, PROSE_NONIP_OFF),
	[IFLA_PROSE_MARGIN]	= NLA_POLICY_FULL_RANGE(NLA_U32, &margin_range),
	[IFLA_PROSE_NOTICE]	= NLA_POLICY_FULL_RANGE(NLA_U32, &notice_range),
	[IFLA_PROSE_PROTECT]	= NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_PROSE_REQUIRE]	= NLA_POLICY_MAX(NLA_U8, PROSE_REQUIRE_AEAD),
	[IFLA_PROSE_WINDOW]	= NLA_POLICY_FULL_RANGE(NLA_U32, &window_range),
	[IFLA_PROSE_CHOICE]	= NLA_POLICY_MAX(NLA_U8, PROSE_CHOICE_EXPIRY),
	[IFLA_PROSE_PTK_AGE]	= NLA_POLICY_FULL_RANGE(NLA_U32,
							&ptk_age_range),
	[IFLA_PROSE_PTK_PACKETS] = NLA_POLICY_FULL_RANGE(NLA_U32,
							 &ptk_packets_range),
};

static int link_validate(struct nlattr *tb[], struct nlattr *data[],
			 struct netlink_ext_ack *extack)
{
	if (!tb[IFLA_ADDRESS])
		return 0;
	if (nla_len(tb[IFLA_ADDRESS]) != ETH_ALEN) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS],
				    "an Ethernet address has 6 octets");
		return -EINVAL;
	}
	if (!is_valid_ether_addr(nla_data(tb[IFLA_ADDRESS]))) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS],
				    "not a unicast Ethernet address");
		return -EADDRNOTAVAIL;
	}
	return 0;
}

static void set_options(struct prose_dev *pdev, struct nlattr *data[])
{
	if (data[IFLA_PROSE_TX])
		WRITE_ONCE(pdev->tx_on, nla_get_u8(data[IFLA_PROSE_TX]));
	if (data[IFLA_PROSE_NONIP])
		WRITE_ONCE(pdev->nonip, nla_get_u8(data[IFLA_PROSE_NONIP]));
	if (data[IFLA_PROSE_MARGIN])
		WRITE_ONCE(pdev->margin, nla_get_u32(data[IFLA_PROSE_MARGIN]));
	if (data[IFLA_PROSE_NOTICE])
		WRITE_ONCE(pdev->notice, nla_get_u32(data[IFLA_PROSE_NOTICE]));
	if (data[IFLA_PROSE_CHOICE])
		WRITE_ONCE(pdev->choice, nla_get_u8(data[IFLA_PROSE_CHOICE]));
	if (data[IFLA_PROSE_PTK_AGE])
		WRITE_ONCE(pdev->ptk_age, nla_get_u32(data[IFLA_PROSE_PTK_AGE]));
	if (data[IFLA_PROSE_PTK_PACKETS])
		WRITE_ONCE(pdev->ptk_packets,
			   nla_get_u32(data[IFLA_PROSE_PTK_PACKETS]));
}

static int set_member(struct prose_dev *pdev, struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	const struct net_device *lower = pdev->lower;

	if (attr) {
		pdev->member = nla_get_u32(attr);
		return 0;
	}

	pdev->member = get_unaligned_be24(lower->dev_addr + 3);
	if (!pdev->member) {
		NL_SET_ERR_MSG(extack,
			       "the lower address gives member 0, name a member");
		return -EADDRNOTAVAIL;
	}
	if (lower->addr_assign_type == NET_ADDR_RANDOM ||
	    is_local_ether_addr(lower->dev_addr))
		NL_SET_ERR_MSG_FMT(extack,
				   "member 0x%06x is from a local or random address",
				   pdev->member);
	return 0;
}

static int set_mtu(struct prose_dev *pdev, const struct nlattr *attr,
		   struct netlink_ext_ack *extack)
{
	struct net_device *dev = pdev->dev;

	dev->max_mtu = pdev->lower->mtu - PROSE_OVERHEAD;
	if (!attr) {
		dev->mtu = dev->max_mtu;
	} else if (dev->mtu > dev->max_mtu) {
		NL_SET_ERR_MSG_FMT(extack, "the lower MTU leaves room for %u",
				   dev->max_mtu);
		return -EMSGSIZE;
	}
	dev->needed_headroom = LL_RESERVED_SPACE(pdev->lower) +
			       prose_pdu_head_len(true) + PROSE_HEAD_ROOM;
	/* Padding to the Ethernet minimum is added to the tail too. */
	dev->needed_tailroom = pdev->lower->needed_tailroom +
			       PROSE_TAIL_ROOM + ETH_ZLEN;
	return 0;
}

static int link_new(struct net_device *dev, struct rtnl_newlink_params *params,
		    struct netlink_ext_ack *extack)
{
	struct net *link_net = rtnl_newlink_link_net(params);
	struct prose_dev *pdev = netdev_priv(dev);
	struct nlattr **data = params->data;
	struct nlattr **tb = params->tb;
	struct net_device *lower;
	u8 address[ETH_ALEN];
	int err;

	if (!tb[IFLA_LINK]) {
		NL_SET_ERR_MSG(extack, "a lower device is needed (link NAME)");
		return -EINVAL;
	}
	lower = __dev_get_by_index(link_net, nla_get_u32(tb[IFLA_LINK]));
	if (!lower) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_LINK],
				    "no such lower device");
		return -ENODEV;
	}
	if (!data || !data[IFLA_PROSE_GROUP]) {
		NL_SET_ERR_MSG(extack, "a group is needed");
		return -EDESTADDRREQ;
	}
	err = prose_lower_check(lower, extack);
	if (err)
		return err;

	pdev->lower = lower;
	pdev->group = nla_get_u32(data[IFLA_PROSE_GROUP]);
	pdev->lcid = data[IFLA_PROSE_LCID] ?
		     nla_get_u8(data[IFLA_PROSE_LCID]) : PROSE_LCID_DEFAULT;
	pdev->ethertype = data[IFLA_PROSE_ETHERTYPE] ?
			  nla_get_u16(data[IFLA_PROSE_ETHERTYPE]) :
			  PROSE_ETHERTYPE_DEFAULT;
	pdev->tx_on = true;
	pdev->nonip = PROSE_NONIP_AUTO;
	pdev->margin = PROSE_MARGIN_DEFAULT;
	pdev->notice = PROSE_NOTICE_DEFAULT;
	pdev->protect = !data[IFLA_PROSE_PROTECT] ||
			nla_get_u8(data[IFLA_PROSE_PROTECT]);
	pdev->window = data[IFLA_PROSE_WINDOW] ?
		       nla_get_u32(data[IFLA_PROSE_WINDOW]) :
		       PROSE_WINDOW_DEFAULT;
	if (data[IFLA_PROSE_REQUIRE])
		pdev->require = nla_get_u8(data[IFLA_PROSE_REQUIRE]);
	set_options(pdev, data);
	err = set_member(pdev, data[IFLA_PROSE_MEMBER], extack);
	if (err)
		return err;
	err = prose_dev_check_room(dev_net(dev), pdev, extack);
	if (err)
		return err;
	pdev->slsch = prose_pdu_slsch(pdev->member, pdev->group, pdev->lcid);
	prose_inner_group_address(pdev->address, pdev->group);

	err = set_mtu(pdev, tb[IFLA_MTU], extack);
	if (err)
		return err;
	if (!tb[IFLA_ADDRESS]) {
		prose_inner_member_address(address, pdev->member);
		eth_hw_addr_set(dev, address);
	}
	/*
	 * Before anybody can see the device: else IPv6 would complete duplicate
	 * address detection on a device that cannot send.
	 */
	set_bit(__LINK_STATE_DORMANT, &dev->state);
	if (!netif_running(lower) || !netif_carrier_ok(lower))
		set_bit(__LINK_STATE_NOCARRIER, &dev->state);

	err = register_netdevice(dev);
	if (err)
		return err;
	if (!pdev->protect && net_ratelimit())
		netdev_warn(dev, "protect off: everything is sent in clear\n");
	err = netdev_upper_dev_link(lower, dev, extack);
	if (err) {
		if (extack && !extack->_msg)
			NL_SET_ERR_MSG(extack,
				       "cannot be stacked on the lower device");
		goto err_unregister;
	}
	/* An unprotected device waits for no key. */
	mutex_lock(&pdev->lock);
	prose_dev_update_operstate(pdev);
	mutex_unlock(&pdev->lock);
	return 0;

err_unregister:
	unregister_netdevice(dev);
	return err;
}

PROSE_COMPAT_NEWLINK(link_new)

/**
 * prose_link_del - dellink: take a device off its lower device, and away
 * @dev: prose device
 * @head: list of devices that are unregistered together
 *
 * Context: RTNL.
 */
void prose_link_del(struct net_device *dev, struct list_head *head)
{
	struct prose_dev *pdev = netdev_priv(dev);

	netdev_upper_dev_unlink(pdev->lower, dev);
	unregister_netdevice_queue(dev, head);
}

static int refuse_change(const struct nlattr *attr, u32 now, u32 asked,
			 struct netlink_ext_ack *extack)
{
	if (now == asked)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "fixed when the device is created");
	return -EOPNOTSUPP;
}

/*
 * The value of an option, or another one if it is not named. The type decides,
 * as in the policy: the attribute may be longer.
 */
static u8 option_u8(const struct nlattr *attr, u8 otherwise)
{
	return attr ? nla_get_u8(attr) : otherwise;
}

static u32 option_u32(const struct nlattr *attr, u32 otherwise)
{
	return attr ? nla_get_u32(attr) : otherwise;
}

static int link_change(struct net_device *dev, struct nlattr *tb[],
		       struct nlattr *data[], struct netlink_ext_ack *extack)
{
	struct prose_dev *pdev = netdev_priv(dev);
	int err = 0;

	/* Moved to another namespace, it still is a part of the lower one. */
	if (!rtnl_dev_link_net_capable(dev, dev_net(pdev->lower))) {
		NL_SET_ERR_MSG(extack,
			       "not permitted in the lower device's namespace");
		return -EPERM;
	}
	if (!data)
		return 0;

	if (data[IFLA_PROSE_GROUP])
		err = refuse_change(data[IFLA_PROSE_GROUP], pdev->group,
				    nla_get_u32(data[IFLA_PROSE_GROUP]),
				    extack);
	if (!err && data[IFLA_PROSE_MEMBER])
		err = refuse_change(data[IFLA_PROSE_MEMBER], pdev->member,
				    nla_get_u32(data[IFLA_PROSE_MEMBER]),
				    extack);
	if (!err && data[IFLA_PROSE_LCID])
		err = refuse_change(data[IFLA_PROSE_LCID], pdev->lcid,
				    nla_get_u8(data[IFLA_PROSE_LCID]), extack);
	if (!err && data[IFLA_PROSE_ETHERTYPE])
		err = refuse_change(data[IFLA_PROSE_ETHERTYPE],
				    pdev->ethertype,
				    nla_get_u16(data[IFLA_PROSE_ETHERTYPE]),
				    extack);
	if (!err && data[IFLA_PROSE_PROTECT])
		err = refuse_change(data[IFLA_PROSE_PROTECT], pdev->protect,
				    nla_get_u8(data[IFLA_PROSE_PROTECT]),
				    extack);
	if (!err && data[IFLA_PROSE_WINDOW])
		err = refuse_change(data[IFLA_PROSE_WINDOW], pdev->window,
				    nla_get_u32(data[IFLA_PROSE_WINDOW]),
				    extack);
	if (err)
		return err;

	/* What is not named is not asked about: the rate may have grown since. */
	err = prose_rules_check(pdev,
				option_u8(data[IFLA_PROSE_REQUIRE],
					  pdev->require),
				option_u32(data[IFLA_PROSE_PTK_AGE], 0),
				option_u32(data[IFLA_PROSE_PTK_PACKETS], 0),
				extack);
	if (err)
		return err;
	set_options(pdev, data);
	prose_key_options_changed(pdev);
	return 0;
}

static size_t link_get_size(const struct net_device *dev)
{
	return nla_total_size(4) +	/* IFLA_PROSE_GROUP */
	       nla_total_size(4) +	/* IFLA_PROSE_MEMBER */
	       nla_total_size(1) +	/* IFLA_PROSE_LCID */
	       nla_total_size(2) +	/* IFLA_PROSE_ETHERTYPE */
	       nla_total_size(1) +	/* IFLA_PROSE_TX */
	       nla_total_size(1) +	/* IFLA_PROSE_NONIP */
	       nla_total_size(4) +	/* IFLA_PROSE_MARGIN */
	       nla_total_size(4) +	/* IFLA_PROSE_NOTICE */
	       nla_total_size(1) +	/* IFLA_PROSE_PROTECT */
	       nla_total_size(1) +	/* IFLA_PROSE_REQUIRE */
	       nla_total_size(4) +	/* IFLA_PROSE_WINDOW */
	       nla_total_size(1) +	/* IFLA_PROSE_CHOICE */
	       nla_total_size(4) +	/* IFLA_PROSE_PTK_AGE */
	       nla_total_size(4);	/* IFLA_PROSE_PTK_PACKETS */
}

static int link_fill(struct sk_buff *msg, const struct net_device *dev)
{
	const struct prose_dev *pdev = netdev_priv(dev);

	if (nla_put_u32(msg, IFLA_PROSE_GROUP, pdev->group) ||
	    nla_put_u32(msg, IFLA_PROSE_MEMBER, pdev->member) ||
	    nla_put_u8(msg, IFLA_PROSE_LCID, pdev->lcid) ||
	    nla_put_u16(msg, IFLA_PROSE_ETHERTYPE, pdev->ethertype) ||
	    nla_put_u8(msg, IFLA_PROSE_TX, READ_ONCE(pdev->tx_on)) ||
	    nla_put_u8(msg, IFLA_PROSE_NONIP, READ_ONCE(pdev->nonip)) ||
	    nla_put_u32(msg, IFLA_PROSE_MARGIN, READ_ONCE(pdev->margin)) ||
	    nla_put_u32(msg, IFLA_PROSE_NOTICE, READ_ONCE(pdev->notice)) ||
	    nla_put_u8(msg, IFLA_PROSE_PROTECT, pdev->protect) ||
	    nla_put_u8(msg, IFLA_PROSE_REQUIRE, READ_ONCE(pdev->require)) ||
	    nla_put_u32(msg, IFLA_PROSE_WINDOW, pdev->window) ||
	    nla_put_u8(msg, IFLA_PROSE_CHOICE, READ_ONCE(pdev->choice)) ||
	    nla_put_u32(msg, IFLA_PROSE_PTK_AGE, READ_ONCE(pdev->ptk_age)) ||
	    nla_put_u32(msg, IFLA_PROSE_PTK_PACKETS,
			READ_ONCE(pdev->ptk_packets)))
		return -EMSGSIZE;
	return 0;
}

static struct net *link_get_net(const struct net_device *dev)
{
	const struct prose_dev *pdev = netdev_priv(dev);

	return dev_net(pdev->lower);
}

static struct rtnl_link_ops link_ops __read_mostly = {
	.kind		= "prose",
	.priv_size	= sizeof(struct prose_dev),
	.maxtype	= IFLA_PROSE_MAX,
	.policy		= link_policy,
	.setup		= prose_dev_setup,
	.validate	= link_validate,
	.newlink	= PROSE_COMPAT_NEWLINK_OP(link_new),
	.dellink	= prose_link_del,
	.changelink	= link_change,
	.get_size	= link_get_size,
	.fill_info	= link_fill,
	.get_link_net	= link_get_net,
};

/**
 * prose_link_init - offer the link kind
 */
int prose_link_init(void)
{
	return rtnl_link_register(&link_ops);
}

/**
 * prose_link_exit - delete all devices and withdraw the link kind
 */
void prose_link_exit(void)
{
	rtnl_link_unregister(&link_ops);
}
