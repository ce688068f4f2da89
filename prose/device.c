// SPDX-License-Identifier: GPL-2.0
/* The prose net device: net_device operations, operational state, the list. */

#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "device.h"
#include "event.h"
#include "inner.h"
#include "key.h"
#include "link.h"
#include "lower.h"
#include "main.h"
#include "pdu.h"
#include "rx.h"
#include "stats.h"
#include "suite.h"
#include "trace.h"
#include "tx.h"
#include "version.h"

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
 * prose_devices_tell_fork - tell that the machine was copied, for every key
 *
 * Context: process.
 */
void prose_devices_tell_fork(void)
{
	struct prose_dev *pdev;

	mutex_lock(&devices_lock);
	list_for_each_entry(pdev, &devices, list)
		prose_key_tell_fork(pdev);
	mutex_unlock(&devices_lock);
}

/**
 * prose_dev_carries_nonip - are whole Ethernet frames carried?
 * @pdev: device
 * @suite: algorithms of the key, or NULL without protection
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
		return suite && suite->authenticated;
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

	if (!pdev->protect)
		return true;
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

	if (prose_lower_is_up(lower) && netif_carrier_ok(lower))
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
	prose_rx_wait_purge(pdev, NULL, PROSE_A_COUNTERS_RX_DOWN);
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
	int err;

	pdev->counters = alloc_percpu_gfp(struct prose_counters,
					  GFP_KERNEL_ACCOUNT);
	if (!pdev->counters)
		return -ENOMEM;
	err = gro_cells_init(&pdev->rx.gro, dev);
	if (err) {
		free_percpu(pdev->counters);
		return err;
	}
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
	flush_work(&pdev->rx.waits.work);
	gro_cells_destroy(&pdev->rx.gro);
	prose_tx_exit(pdev);
	cancel_delayed_work_sync(&pdev->tend);
}

/* After the last reference to the device is gone. */
static void priv_destructor(struct net_device *dev)
{
	struct prose_dev *pdev = netdev_priv(dev);

	/* Who did not see that it was dying may have kicked it after all. */
	cancel_delayed_work_sync(&pdev->tend);
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

/**
 * prose_dev_setup - make a new device what it is
 * @dev: net device with a &struct prose_dev, before it is registered
 */
void prose_dev_setup(struct net_device *dev)
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

/**
 * prose_dev_check_room - may there be another device like this?
 * @net: its namespace
 * @pdev: a device that is not in the list yet
 * @extack: told why not
 *
 * Context: RTNL. Return: 0; -EEXIST if there is one of this group and member on
 * the lower device; -EBUSY if one of the group is protected and the other not;
 * -ENOSPC if there are too many in the namespace.
 */
int prose_dev_check_room(struct net *net, const struct prose_dev *pdev,
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
		if (other->lower == pdev->lower &&
		    other->group == pdev->group &&
		    other->protect != pdev->protect) {
			NL_SET_ERR_MSG(extack,
				       "a group is protected or not, and there is a device of it on the lower device");
			err = -EBUSY;
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
			prose_link_del(pdev->dev, &head);
	unregister_netdevice_many(&head);
}
