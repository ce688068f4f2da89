// SPDX-License-Identifier: GPL-2.0
/*
 * Lower devices. One packet handler for each (lower device, Ethernet type),
 * then a table of groups: a handler for each prose device would cost a clone
 * of every frame for each of them.
 */

#include <linux/etherdevice.h>
#include <linux/hashtable.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/macsec.h>
#include <net/rtnetlink.h>

#include "device.h"
#include "lower.h"
#include "pdu.h"
#include "rx.h"
#include "skb.h"
#include "stats.h"
#include "trace.h"

#define GROUP_BITS	8

/**
 * struct prose_port - what receives on a lower device
 * @handler: packet handler of @lower and the Ethernet type
 * @lower: lower device, held by each prose device
 * @ethertype: host byte order
 * @users: prose devices that are up; RTNL
 * @list: in the list of all ports; RTNL
 * @groups: prose devices that are up, by group; written under RTNL, read by RCU
 * @counters: per CPU
 * @rcu: end
 */
struct prose_port {
	struct packet_type handler;
	struct net_device *lower;
	u16 ethertype;
	unsigned int users;
	struct list_head list;
	DECLARE_HASHTABLE(groups, GROUP_BITS);
	struct prose_lower_counters __percpu *counters;
	struct rcu_head rcu;
};

static LIST_HEAD(ports);

static int lower_drop(struct prose_port *port, struct sk_buff *skb,
		      unsigned int counter)
{
	trace_prose_lower_drop(port->lower, counter, skb->len);
	this_cpu_inc(port->counters->c[counter]);
	kfree_skb(skb);
	return NET_RX_DROP;
}

/*
 * The frames of a VLAN come to the handlers of the device below it too, with
 * the tag removed. With a VLAN device they say so; without one, a multicast
 * frame is marked as somebody else's for no other reason.
 */
static bool is_of_other_vlan(const struct prose_port *port,
			     const struct sk_buff *skb)
{
	return skb->dev != port->lower ||
	       (skb->pkt_type == PACKET_OTHERHOST &&
		is_multicast_ether_addr(eth_hdr(skb)->h_dest));
}

/*
 * A copy to each device of the group. The Ethernet addresses decide nothing:
 * what counts is in the frame, and the key.
 */
static int lower_rcv(struct sk_buff *skb, struct net_device *dev,
		     struct packet_type *handler, struct net_device *orig_dev)
{
	struct prose_port *port = container_of(handler, struct prose_port,
					       handler);
	struct prose_dev *pdev, *last = NULL;
	struct prose_pdu *pdu;
	struct sk_buff *copy;

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb)
		return NET_RX_DROP;
	if (unlikely(is_of_other_vlan(port, skb)))
		return lower_drop(port, skb,
				  PROSE_A_LOWER_COUNTERS_OTHER_VLAN);
	if (unlikely(skb_is_nonlinear(skb)) &&
	    !pskb_may_pull(skb, min_t(unsigned int, skb->len, PROSE_HEAD_MAX)))
		return lower_drop(port, skb, PROSE_A_LOWER_COUNTERS_SHORT);

	pdu = &prose_rx_cb(skb)->pdu;
	switch (prose_pdu_parse_slsch(skb->data, skb_headlen(skb), pdu)) {
	case PROSE_PDU_OK:
		break;
	case PROSE_PDU_VERSION:
		return lower_drop(port, skb, PROSE_A_LOWER_COUNTERS_VERSION);
	default:
		return lower_drop(port, skb, PROSE_A_LOWER_COUNTERS_SHORT);
	}

	hash_for_each_possible_rcu(port->groups, pdev, port_node, pdu->dst) {
		if (pdev->group != pdu->dst)
			continue;
		if (last) {
			copy = skb_clone(skb, GFP_ATOMIC);
			if (copy)
				prose_rx(last, copy);
			else
				prose_stat_inc(last->counters,
					       PROSE_A_COUNTERS_RX_NO_MEMORY);
		}
		last = pdev;
	}
	if (!last)
		return lower_drop(port, skb,
				  PROSE_A_LOWER_COUNTERS_OTHER_GROUP);
	prose_rx(last, skb);
	return NET_RX_SUCCESS;
}

static struct prose_port *port_find(const struct net_device *lower,
				    u16 ethertype)
{
	struct prose_port *port;

	list_for_each_entry(port, &ports, list)
		if (port->lower == lower && port->ethertype == ethertype)
			return port;
	return NULL;
}

static struct prose_port *port_get(struct net_device *lower, u16 ethertype)
{
	struct prose_port *port = port_find(lower, ethertype);

	if (port) {
		port->users++;
		return port;
	}

	port = kzalloc(sizeof(*port), GFP_KERNEL_ACCOUNT);
	if (!port)
		return NULL;
	port->counters = alloc_percpu(struct prose_lower_counters);
	if (!port->counters) {
		kfree(port);
		return NULL;
	}
	port->lower = lower;
	port->ethertype = ethertype;
	port->users = 1;
	hash_init(port->groups);
	list_add(&port->list, &ports);
	port->handler.type = htons(ethertype);
	port->handler.dev = lower;
	port->handler.func = lower_rcv;
	dev_add_pack(&port->handler);
	return port;
}

static void port_free(struct rcu_head *rcu)
{
	struct prose_port *port = container_of(rcu, struct prose_port, rcu);

	free_percpu(port->counters);
	kfree(port);
}

static void port_put(struct prose_port *port)
{
	if (--port->users)
		return;
	list_del(&port->list);
	__dev_remove_pack(&port->handler);
	call_rcu(&port->rcu, port_free);
}

/**
 * prose_lower_join - receive the group's frames
 * @pdev: device that comes up
 *
 * Context: RTNL. Return: 0 or -ENOMEM.
 */
int prose_lower_join(struct prose_dev *pdev)
{
	struct net_device *lower = pdev->lower;
	struct prose_port *port;
	int err;

	err = dev_mc_add(lower, pdev->address);
	if (err)
		return err;
	port = port_get(lower, pdev->ethertype);
	if (!port) {
		dev_mc_del(lower, pdev->address);
		return -ENOMEM;
	}
	pdev->port = port;
	hash_add_rcu(port->groups, &pdev->port_node, pdev->group);
	return 0;
}

/**
 * prose_lower_rejoin - receive the group's frames again
 * @pdev: device whose lower device has forgotten its multicast addresses
 *
 * Context: RTNL.
 */
void prose_lower_rejoin(struct prose_dev *pdev)
{
	if (dev_mc_add(pdev->lower, pdev->address))
		netdev_warn(pdev->dev,
			    "no memory for the group's address on %s\n",
			    pdev->lower->name);
}

/**
 * prose_lower_leave - stop receiving
 * @pdev: device that goes down
 *
 * Context: RTNL. A frame may be on its way to the device for a grace period.
 */
void prose_lower_leave(struct prose_dev *pdev)
{
	struct prose_port *port = pdev->port;

	hash_del_rcu(&pdev->port_node);
	WRITE_ONCE(pdev->port, NULL);
	port_put(port);
	dev_mc_del(pdev->lower, pdev->address);
}

/**
 * prose_lower_put_counters - add a lower device's counters to a message
 * @msg: netlink message
 * @pdev: device on it; nothing is added while it is down
 *
 * Context: RCU read lock. Return: 0 or -EMSGSIZE.
 */
int prose_lower_put_counters(struct sk_buff *msg, const struct prose_dev *pdev)
{
	const struct prose_port *port = READ_ONCE(pdev->port);

	return port ? prose_stats_put_lower(msg, port->counters) : 0;
}

static bool has_macsec_upper(struct net_device *lower)
{
	struct list_head *iter;
	struct net_device *upper;
	bool found = false;

	rcu_read_lock();
	netdev_for_each_upper_dev_rcu(lower, upper, iter)
		if (netif_is_macsec(upper))
			found = true;
	rcu_read_unlock();
	return found;
}

/* Something takes the frames of this device before our handler sees them. */
static bool frames_taken(struct net_device *lower)
{
	return netdev_is_rx_handler_busy(lower) && !has_macsec_upper(lower);
}

/**
 * prose_lower_check - can a prose device be stacked on this one?
 * @lower: device
 * @extack: told why not
 *
 * Context: RTNL. Return: 0; -EAFNOSUPPORT if it is no Ethernet device;
 * -EMSGSIZE if its MTU has no room; -EBUSY if another device takes its frames.
 */
int prose_lower_check(struct net_device *lower, struct netlink_ext_ack *extack)
{
	struct net_device *master = netdev_master_upper_dev_get(lower);

	if (lower->type != ARPHRD_ETHER || lower->addr_len != ETH_ALEN ||
	    lower->flags & IFF_LOOPBACK) {
		NL_SET_ERR_MSG(extack, "the lower device is not Ethernet");
		return -EAFNOSUPPORT;
	}
	if (lower->mtu < ETH_MIN_MTU + PROSE_OVERHEAD) {
		NL_SET_ERR_MSG(extack, "the lower device's MTU is too small");
		return -EMSGSIZE;
	}
	if ((master && !netif_is_l3_master(master)) || frames_taken(lower)) {
		NL_SET_ERR_MSG(extack,
			       "the lower device is a port of another (bridge, bond, macvlan, ...)");
		return -EBUSY;
	}
	return 0;
}

/* Kinds that link first and take the frames only then */
static bool will_take_frames(const struct net_device *upper)
{
	const struct rtnl_link_ops *ops = upper->rtnl_link_ops;

	return ops && (!strcmp(ops->kind, "hsr") ||
		       !strcmp(ops->kind, "virt_wifi"));
}

/* An upper that would take the frames that we live on */
static int check_upper(struct net_device *lower,
		       const struct netdev_notifier_changeupper_info *info)
{
	const struct net_device *upper = info->upper_dev;
	struct netlink_ext_ack *extack;
	bool takes;

	takes = (info->master && !netif_is_l3_master(upper)) ||
		will_take_frames(upper) ||
		(!netif_is_macsec(upper) && frames_taken(lower));
	if (!info->linking || !takes)
		return NOTIFY_DONE;

	extack = netdev_notifier_info_to_extack(&info->info);
	NL_SET_ERR_MSG(extack, "prose devices on it would hear nothing");
	return notifier_from_errno(-EBUSY);
}

static int lower_event(struct notifier_block *nb, unsigned long event,
		       void *data)
{
	struct net_device *lower = netdev_notifier_info_to_dev(data);

	if (!prose_device_is_lower(lower))
		return NOTIFY_DONE;

	switch (event) {
	case NETDEV_PRECHANGEUPPER:
		return check_upper(lower, data);
	case NETDEV_PRE_TYPE_CHANGE:
		return notifier_from_errno(-EBUSY);
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
		prose_device_lower_changed(lower);
		break;
	case NETDEV_REGISTER:
		prose_device_lower_moved(lower);
		break;
	case NETDEV_CHANGEMTU:
		prose_device_lower_mtu(lower);
		break;
	case NETDEV_UNREGISTER:
		/* It may only be on its way to another namespace. */
		if (lower->reg_state == NETREG_UNREGISTERING)
			prose_device_lower_gone(lower);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block lower_notifier = { .notifier_call = lower_event };

/**
 * prose_lower_init - watch the lower devices
 */
int prose_lower_init(void)
{
	return register_netdevice_notifier(&lower_notifier);
}

/**
 * prose_lower_exit - stop watching; no prose device is left
 */
void prose_lower_exit(void)
{
	unregister_netdevice_notifier(&lower_notifier);
}
