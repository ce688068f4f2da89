// SPDX-License-Identifier: GPL-2.0
/* The prose net device: rtnl link kind, net_device operations, operstate. */

#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/random.h>
#include <linux/unaligned.h>
#include <net/rtnetlink.h>

#include "device.h"
#include "event.h"
#include "inner.h"
#include "key.h"
#include "lower.h"
#include "main.h"
#include "pdu.h"
#include "replay.h"
#include "rx.h"
#include "stats.h"
#include "suite.h"
#include "trace.h"
#include "tx.h"
#include "version.h"

#define DEFAULT_ETHERTYPE	ETH_P_802_EX1	/* local experimental */
#define DEFAULT_MARGIN		10
#define DEFAULT_NOTICE		300
#define MARGIN_MAX		(24 * 3600)
#define NOTICE_MAX		(366 * 24 * 3600)
#define PTK_AGE_MAX		(366 * 24 * 3600)
#define DEFAULT_WINDOW		64

/* Prose devices in a network namespace */
#define DEVICES_MAX		16384
#define DEVICES_MAX_USERNS	1024

#define EVENT_INTERVAL		(5 * HZ)

/*
 * All devices, in ascending seq. The list changes under RTNL and this lock,
 * which is taken inside RTNL and before pdev->lock.
 */
static DEFINE_MUTEX(devices_lock);
static LIST_HEAD(devices);
static u64 devices_seq;

static struct rtnl_link_ops link_ops;

/**
 * prose_dev_is - is this a prose device?
 * @dev: any net device
 */
bool prose_dev_is(const struct net_device *dev)
{
	return dev->rtnl_link_ops == &link_ops;
}

/**
 * prose_devices_lock - keep all devices where they are
 *
 * Context: process; not with the lock of a device held.
 */
void prose_devices_lock(void)
{
	mutex_lock(&devices_lock);
}

/**
 * prose_devices_unlock - end of prose_devices_lock()
 */
void prose_devices_unlock(void)
{
	mutex_unlock(&devices_lock);
}

/**
 * prose_dev_next - walk the devices of a namespace
 * @net: namespace
 * @after: the one before, or NULL
 * @seq: the first one with this or a higher seq
 *
 * Context: prose_devices_lock(). Return: the device, or NULL at the end.
 */
struct prose_dev *prose_dev_next(struct net *net, struct prose_dev *after,
				 u64 seq)
{
	struct prose_dev *pdev;

	pdev = list_prepare_entry(after, &devices, list);
	list_for_each_entry_continue(pdev, &devices, list)
		if (pdev->seq >= seq && net_eq(dev_net(pdev->dev), net))
			return pdev;
	return NULL;
}

/**
 * prose_devices_drop_ranges - make every PTK Identity granted unusable
 *
 * For copies of the machine: when this returns, nothing is sent until new
 * ranges are granted.
 *
 * Context: process.
 */
void prose_devices_drop_ranges(void)
{
	struct prose_dev *pdev;

	mutex_lock(&devices_lock);
	list_for_each_entry(pdev, &devices, list)
		prose_key_drop_ranges(pdev);
	mutex_unlock(&devices_lock);
	synchronize_net();
}

/**
 * prose_dev_carries_nonip - are whole Ethernet frames carried?
 * @pdev: device
 * @suite: algorithms of the key
 *
 * With a cipher alone, an outsider can turn an IP packet into a whole frame of
 * his choice: the SDU type is in no IV.
 *
 * Context: any.
 */
bool prose_dev_carries_nonip(const struct prose_dev *pdev,
			     const struct prose_suite *suite)
{
	switch (READ_ONCE(pdev->nonip)) {
	case PROSE_NONIP_ON:
		return true;
	case PROSE_NONIP_AUTO:
		return suite->authenticated;
	default:
		return false;
	}
}

/**
 * prose_dev_drop - drop a frame, and say why
 * @pdev: device
 * @pgk: key that it is counted for too, or NULL
 * @skb: frame
 * @reason: PROSE_A_COUNTERS_*
 *
 * Context: any.
 */
void prose_dev_drop(struct prose_dev *pdev, struct prose_pgk *pgk,
		    struct sk_buff *skb, unsigned int reason)
{
	trace_prose_drop(pdev->dev, reason, skb->len);
	prose_stat_inc(pdev->counters, reason);
	if (pgk)
		prose_stat_inc(pgk->counters, reason);
	kfree_skb(skb);
}

/* Can this device do what it is for? Under pdev->lock. */
static bool has_key(struct prose_dev *pdev)
{
	const struct prose_pgk *pgk;
	unsigned int i;

	if (READ_ONCE(pdev->tx_on))
		return rcu_access_pointer(pdev->tx.ptk);

	for (i = 0; i < PROSE_PGK_INDEXES; i++) {
		pgk = rcu_dereference_protected(pdev->pgks[i],
						lockdep_is_held(&pdev->lock));
		if (pgk && !READ_ONCE(pgk->dead))
			return true;
	}
	return false;
}

/**
 * prose_dev_update_operstate - compute carrier and dormant
 * @pdev: device; under pdev->lock
 *
 * The one place that decides the operational state: down without a lower
 * carrier, dormant while no key can send (or, listen-only, receive).
 *
 * Context: process.
 */
void prose_dev_update_operstate(struct prose_dev *pdev)
{
	const struct net_device *lower = pdev->lower;

	if (netif_running(lower) && netif_carrier_ok(lower))
		netif_carrier_on(pdev->dev);
	else
		netif_carrier_off(pdev->dev);

	if (has_key(pdev))
		netif_dormant_off(pdev->dev);
	else
		netif_dormant_on(pdev->dev);
}

static int ndo_open(struct net_device *dev)
{
	struct prose_dev *pdev = netdev_priv(dev);

	return prose_lower_join(pdev);
}

static int ndo_stop(struct net_device *dev)
{
	struct prose_dev *pdev = netdev_priv(dev);

	prose_lower_leave(pdev);
	prose_tx_purge(pdev);
	prose_rx_purge(pdev, NULL, PROSE_A_COUNTERS_RX_DOWN);
	return 0;
}

static void ndo_get_stats64(struct net_device *dev,
			    struct rtnl_link_stats64 *stats)
{
	struct prose_dev *pdev = netdev_priv(dev);

	prose_stats_link64(pdev->counters, stats);
}

static int ndo_get_iflink(const struct net_device *dev)
{
	const struct prose_dev *pdev = netdev_priv(dev);

	return pdev->lower->ifindex;
}

static int ndo_init(struct net_device *dev)
{
	struct prose_dev *pdev = netdev_priv(dev);

	pdev->counters = alloc_percpu_gfp(struct prose_counters,
					  GFP_KERNEL_ACCOUNT);
	if (!pdev->counters)
		return -ENOMEM;
	netdev_hold(pdev->lower, &pdev->lower_tracker, GFP_KERNEL);

	mutex_lock(&devices_lock);
	pdev->seq = ++devices_seq;
	list_add_tail(&pdev->list, &devices);
	mutex_unlock(&devices_lock);
	return 0;
}

/* Nobody sends or receives any more; what is left are requests of drivers. */
static void ndo_uninit(struct net_device *dev)
{
	struct prose_dev *pdev = netdev_priv(dev);

	mutex_lock(&devices_lock);
	list_del(&pdev->list);
	mutex_unlock(&devices_lock);

	mutex_lock(&pdev->lock);
	pdev->dying = true;
	prose_key_detach_all(pdev);
	mutex_unlock(&pdev->lock);

	/* The last ones that could want the keys to be looked after */
	flush_work(&pdev->rx.work);
	prose_tx_exit(pdev);
	cancel_delayed_work_sync(&pdev->tend);
}

/* After the last reference to the device is gone. */
static void priv_destructor(struct net_device *dev)
{
	struct prose_dev *pdev = netdev_priv(dev);

	free_percpu(pdev->counters);
	netdev_put(pdev->lower, &pdev->lower_tracker);
}

static const struct net_device_ops netdev_ops = {
	.ndo_init		= ndo_init,
	.ndo_uninit		= ndo_uninit,
	.ndo_open		= ndo_open,
	.ndo_stop		= ndo_stop,
	.ndo_start_xmit		= prose_xmit,
	.ndo_get_stats64	= ndo_get_stats64,
	.ndo_set_mac_address	= eth_mac_addr,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_get_iflink		= ndo_get_iflink,
};

static void get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, "prose", sizeof(info->driver));
	strscpy(info->version, PROSE_VERSION, sizeof(info->version));
}

static const struct ethtool_ops ethtool_ops = {
	.get_drvinfo	= get_drvinfo,
	.get_link	= ethtool_op_get_link,
	.get_ts_info	= ethtool_op_get_ts_info,
};

static const struct device_type device_type = { .name = "prose" };

/* Software that runs anyway before the cipher does: nothing to gain without */
#define FEATURES	(NETIF_F_SG | NETIF_F_HIGHDMA | NETIF_F_FRAGLIST | \
			 NETIF_F_HW_CSUM | NETIF_F_GSO_SOFTWARE)

static void link_setup(struct net_device *dev)
{
	struct prose_dev *pdev = netdev_priv(dev);

	ether_setup(dev);
	dev->netdev_ops = &netdev_ops;
	dev->ethtool_ops = &ethtool_ops;
	dev->priv_destructor = priv_destructor;
	dev->needs_free_netdev = true;
	SET_NETDEV_DEVTYPE(dev, &device_type);

	/* What the lower device leaves room for is not known yet. */
	dev->max_mtu = ETH_MAX_MTU;
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->priv_flags |= IFF_NO_QUEUE | IFF_DISABLE_NETPOLL |
			   IFF_LIVE_ADDR_CHANGE;
	/* Whether a packet has a gateway decides its SDU type. */
	netif_keep_dst(dev);
	prose_compat_set_lltx(dev);
	dev->features |= FEATURES;
	dev->hw_features |= FEATURES;
	dev->hw_enc_features |= FEATURES;
	dev->vlan_features |= FEATURES;

	pdev->dev = dev;
	mutex_init(&pdev->lock);
	INIT_DELAYED_WORK(&pdev->tend, prose_key_tend);
	ratelimit_state_init(&pdev->no_key_rate, EVENT_INTERVAL, 1);
	ratelimit_state_init(&pdev->conflict_rate, EVENT_INTERVAL, 1);
	ratelimit_state_init(&pdev->limit_rate, EVENT_INTERVAL, 1);
	ratelimit_set_flags(&pdev->no_key_rate, RATELIMIT_MSG_ON_RELEASE);
	ratelimit_set_flags(&pdev->conflict_rate, RATELIMIT_MSG_ON_RELEASE);
	ratelimit_set_flags(&pdev->limit_rate, RATELIMIT_MSG_ON_RELEASE);
	prose_tx_init(pdev);
	prose_rx_init(pdev);
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

/* Too many in this namespace, or one with the same identity? Under RTNL. */
static int check_room(struct net *net, const struct prose_dev *pdev,
		      struct netlink_ext_ack *extack)
{
	unsigned int limit = net->user_ns == &init_user_ns ?
			     DEVICES_MAX : DEVICES_MAX_USERNS;
	const struct prose_dev *other;
	unsigned int n = 0;
	int err = 0;

	mutex_lock(&devices_lock);
	list_for_each_entry(other, &devices, list) {
		if (net_eq(dev_net(other->dev), net))
			n++;
		if (other->lower == pdev->lower &&
		    other->group == pdev->group &&
		    other->member == pdev->member) {
			NL_SET_ERR_MSG(extack,
				       "there is a device of this group and member on the lower device");
			err = -EEXIST;
			break;
		}
	}
	mutex_unlock(&devices_lock);
	if (!err && n >= limit) {
		NL_SET_ERR_MSG(extack, "too many prose devices in the namespace");
		err = -ENOSPC;
	}
	return err;
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

static int link_new(struct net *src_net, struct net_device *dev,
		    struct nlattr *tb[], struct nlattr *data[],
		    struct netlink_ext_ack *extack)
{
	struct prose_dev *pdev = netdev_priv(dev);
	struct net_device *lower;
	u8 address[ETH_ALEN];
	int err;

	if (!tb[IFLA_LINK]) {
		NL_SET_ERR_MSG(extack, "a lower device is needed (link NAME)");
		return -EINVAL;
	}
	lower = __dev_get_by_index(src_net, nla_get_u32(tb[IFLA_LINK]));
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
		     nla_get_u8(data[IFLA_PROSE_LCID]) : PROSE_LCID_MIN;
	pdev->ethertype = data[IFLA_PROSE_ETHERTYPE] ?
			  nla_get_u16(data[IFLA_PROSE_ETHERTYPE]) :
			  DEFAULT_ETHERTYPE;
	pdev->tx_on = true;
	pdev->nonip = PROSE_NONIP_AUTO;
	pdev->margin = DEFAULT_MARGIN;
	pdev->notice = DEFAULT_NOTICE;
	pdev->protect = !data[IFLA_PROSE_PROTECT] ||
			nla_get_u8(data[IFLA_PROSE_PROTECT]);
	pdev->window = data[IFLA_PROSE_WINDOW] ?
		       nla_get_u32(data[IFLA_PROSE_WINDOW]) : DEFAULT_WINDOW;
	if (data[IFLA_PROSE_REQUIRE])
		pdev->require = nla_get_u8(data[IFLA_PROSE_REQUIRE]);
	set_options(pdev, data);
	err = set_member(pdev, data[IFLA_PROSE_MEMBER], extack);
	if (err)
		return err;
	err = check_room(dev_net(dev), pdev, extack);
	if (err)
		return err;

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
	err = netdev_upper_dev_link(lower, dev, extack);
	if (err) {
		if (extack && !extack->_msg)
			NL_SET_ERR_MSG(extack,
				       "cannot be stacked on the lower device");
		goto err_unregister;
	}
	return 0;

err_unregister:
	unregister_netdevice(dev);
	return err;
}

static void link_del(struct net_device *dev, struct list_head *head)
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
	.setup		= link_setup,
	.validate	= link_validate,
	.newlink	= link_new,
	.dellink	= link_del,
	.changelink	= link_change,
	.get_size	= link_get_size,
	.fill_info	= link_fill,
	.get_link_net	= link_get_net,
};

/**
 * prose_device_is_lower - is a prose device stacked on this one?
 * @lower: any net device
 *
 * Context: RTNL.
 */
bool prose_device_is_lower(const struct net_device *lower)
{
	const struct prose_dev *pdev;

	ASSERT_RTNL();
	list_for_each_entry(pdev, &devices, list)
		if (pdev->lower == lower)
			return true;
	return false;
}

/**
 * prose_device_lower_changed - the state of a lower device changed
 * @lower: lower device
 *
 * Context: RTNL.
 */
void prose_device_lower_changed(const struct net_device *lower)
{
	struct prose_dev *pdev;

	ASSERT_RTNL();
	list_for_each_entry(pdev, &devices, list) {
		if (pdev->lower != lower)
			continue;
		mutex_lock(&pdev->lock);
		prose_dev_update_operstate(pdev);
		mutex_unlock(&pdev->lock);
	}
}

/**
 * prose_device_lower_moved - a lower device came to another namespace
 * @lower: lower device
 *
 * It has forgotten its multicast addresses on the way.
 *
 * Context: RTNL.
 */
void prose_device_lower_moved(const struct net_device *lower)
{
	struct prose_dev *pdev;

	ASSERT_RTNL();
	list_for_each_entry(pdev, &devices, list)
		if (pdev->lower == lower && netif_running(pdev->dev))
			prose_lower_rejoin(pdev);
}

/**
 * prose_device_lower_mtu - follow the MTU of a lower device
 * @lower: lower device
 *
 * A device that has the largest MTU that it can have keeps it so.
 *
 * Context: RTNL.
 */
void prose_device_lower_mtu(const struct net_device *lower)
{
	unsigned int max = max_t(int, lower->mtu - PROSE_OVERHEAD,
				 ETH_MIN_MTU);
	struct prose_dev *pdev;
	unsigned int old;

	/* Changing the MTU of one notifies those stacked on it in turn. */
	ASSERT_RTNL();
	list_for_each_entry(pdev, &devices, list) {
		if (pdev->lower != lower ||
		    pdev->dev->reg_state != NETREG_REGISTERED)
			continue;
		old = pdev->dev->max_mtu;
		pdev->dev->max_mtu = max;
		if (pdev->dev->mtu == old || pdev->dev->mtu > max)
			dev_set_mtu(pdev->dev, max);
	}
}

/**
 * prose_device_lower_gone - delete the devices on a lower device
 * @lower: lower device that is unregistered
 *
 * Context: RTNL.
 */
void prose_device_lower_gone(const struct net_device *lower)
{
	struct prose_dev *pdev;
	LIST_HEAD(head);

	ASSERT_RTNL();
	list_for_each_entry(pdev, &devices, list)
		if (pdev->lower == lower &&
		    pdev->dev->reg_state == NETREG_REGISTERED)
			link_del(pdev->dev, &head);
	unregister_netdevice_many(&head);
}

/**
 * prose_device_init - offer the link kind
 */
int prose_device_init(void)
{
	return rtnl_link_register(&link_ops);
}

/**
 * prose_device_exit - delete all devices and withdraw the link kind
 */
void prose_device_exit(void)
{
	rtnl_link_unregister(&link_ops);
}
