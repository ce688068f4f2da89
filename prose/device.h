/* SPDX-License-Identifier: GPL-2.0 */
/* The prose net device. device.c APIs. */
#ifndef _PROSE_DEVICE_H
#define _PROSE_DEVICE_H

#include <linux/if_ether.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/ratelimit.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "pdu.h"
#include "rx.h"
#include "stats.h"
#include "tx.h"

struct netlink_ext_ack;
struct prose_pgk;
struct prose_port;
struct prose_suite;

/*
 * What an Ethernet frame inside costs the lower MTU, for every suite: headers
 * (8 + 5), salt (4), tag (16), inner Ethernet header (14) and VLAN tag (4), so
 * that a rekey never changes the MTU.
 */
#define PROSE_OVERHEAD		51

/* Salt before and tag after the Data, of the suite with the longest */
#define PROSE_HEAD_ROOM		4
#define PROSE_TAIL_ROOM		16

/**
 * struct prose_dev - one UE's membership in a group over a lower device
 * @dev: the net device
 * @lower: the lower device; a reference is held as long as @dev exists
 * @lower_tracker: of that reference
 * @port: what receives on @lower; RTNL
 * @port_node: in @port's table of groups; RTNL, RCU
 * @list: in the list of all devices; under the lock of that list
 * @seq: position in that list, ascending; never changes
 * @group: ProSe Layer-2 Group ID; never changes
 * @member: our Group Member Identity; never changes
 * @ethertype: of the carriage, host byte order; never changes
 * @lcid: logical channel that is sent; never changes
 * @slsch: prose_pdu_slsch() of these; never changes
 * @address: Ethernet address of the group; never changes
 * @nonip: &enum prose_nonip; written under RTNL, read without it
 * @tx_on: may send; likewise
 * @margin: seconds before the end of a key at which sending stops; likewise
 * @notice: seconds before the end of a key at which it is announced; likewise
 * @protect: false for a device without keys, whose frames are in clear; never
 *	changes
 * @window: PDCP SNs of the replay window; never changes
 * @require: &enum prose_require; written under RTNL and @lock, read under @lock
 * @choice: &enum prose_choice; written under RTNL, read without it
 * @ptk_age: seconds per PTK Identity, or 0; likewise
 * @ptk_packets: frames per PTK Identity, or 0; likewise
 * @conflict: another device has our member identity, so nothing is sent until
 *	the operator answers. Set in any context, read without a lock
 * @counters: per CPU
 * @tx: sending side
 * @rx: receiving side
 * @pgks: attached keys by PGK index; written under @lock, read by RCU
 * @lock: protects the keys. Taken inside RTNL; RTNL is never taken inside it
 * @dying: no key can be attached any more; under @lock
 * @said: the last &struct prose_pgk.said; under @lock
 * @tend: looks after the keys at their times, at least once a second
 * @no_key_rate: limit of no-key events
 * @conflict_rate: limit of member-conflict events
 * @limit_rate: limit of member-limit events
 */
struct prose_dev {
	struct net_device *dev;
	struct net_device *lower;
	netdevice_tracker lower_tracker;
	struct prose_port *port;
	struct hlist_node port_node;
	struct list_head list;
	u64 seq;
	u32 group;
	u32 member;
	u64 slsch;
	u8 address[ETH_ALEN];
	u16 ethertype;
	u8 lcid;
	u8 nonip;
	bool tx_on;
	u32 margin;
	u32 notice;
	bool protect;
	bool conflict;
	u8 require;
	u8 choice;
	u16 window;
	u32 ptk_age;
	u32 ptk_packets;
	struct prose_counters __percpu *counters;
	struct prose_pgk __rcu *pgks[PROSE_PGK_INDEXES];
	struct prose_tx tx;
	struct prose_rx rx;
	struct mutex lock; /* protects the keys */
	bool dying;
	u64 said;
	struct delayed_work tend;
	struct ratelimit_state no_key_rate;
	struct ratelimit_state conflict_rate;
	struct ratelimit_state limit_rate;
};

struct prose_dev *prose_dev_next(struct net *net, struct prose_dev *after,
				 u64 seq);
void prose_dev_setup(struct net_device *dev);
int prose_dev_check_room(struct net *net, const struct prose_dev *pdev,
			 struct netlink_ext_ack *extack);
void prose_devices_lock(void);
void prose_devices_unlock(void);
void prose_devices_drop_ranges(void);
void prose_devices_tell_fork(void);
void prose_dev_update_operstate(struct prose_dev *pdev);
bool prose_dev_carries_nonip(const struct prose_dev *pdev,
			     const struct prose_suite *suite);
void prose_dev_drop(struct prose_dev *pdev, struct prose_pgk *pgk,
		    struct sk_buff *skb, unsigned int reason);
bool prose_device_is_lower(const struct net_device *lower);
void prose_device_lower_changed(const struct net_device *lower);
void prose_device_lower_moved(const struct net_device *lower);
void prose_device_lower_mtu(const struct net_device *lower);
void prose_device_lower_gone(const struct net_device *lower);

/**
 * prose_key_at - an attached key by its PGK index
 * @pdev: device; under dev->lock
 * @index: PGK index
 *
 * Return: the key or NULL.
 */
static inline struct prose_pgk *prose_key_at(struct prose_dev *pdev,
					     unsigned int index)
{
	return rcu_dereference_protected(pdev->pgks[index],
					 lockdep_is_held(&pdev->lock));
}

#endif /* _PROSE_DEVICE_H */
