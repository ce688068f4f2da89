// SPDX-License-Identifier: GPL-2.0
/* Tell user space what happened, in the network namespace of the device. */

#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <net/genetlink.h>

#include "count.h"
#include "device.h"
#include "event.h"
#include "key.h"
#include "netlink.h"
#include "traffic_key.h"

/* What an event is about, beside its device */
struct event {
	enum prose_event_type type;
	const struct prose_pgk *pgk;
	u32 member;
	u32 ptk_id;
	u32 top;
};

/* What there is to send with, and what could be granted */
static int put_ids(struct sk_buff *msg, const struct prose_pgk *pgk, u32 top)
{
	struct prose_tx *tx = &pgk->pdev->tx;
	u32 left;

	spin_lock_bh(&tx->lock);
	left = prose_ids_left(&pgk->ids);
	spin_unlock_bh(&tx->lock);

	if (nla_put_u32(msg, PROSE_A_PTK_LEFT, left) ||
	    nla_put_u32(msg, PROSE_A_PTK_LAST, top) ||
	    nla_put_u32(msg, PROSE_A_PTK_NEXT_FREE, prose_count_top(pgk) + 1))
		return -EMSGSIZE;
	return 0;
}

static int put_pgk(struct sk_buff *msg, const struct prose_pgk *pgk)
{
	s64 end = prose_key_end(pgk);

	if (nla_put_u8(msg, PROSE_A_PGK_ID, pgk->id) ||
	    nla_put_u32(msg, PROSE_A_SERIAL, key_serial(pgk->key)) ||
	    nla_put(msg, PROSE_A_FINGERPRINT, PROSE_FINGERPRINT_LEN,
		    pgk->fingerprint))
		return -EMSGSIZE;
	if (end != PROSE_FOREVER &&
	    nla_put_s64(msg, PROSE_A_UNTIL, end, PROSE_A_PAD))
		return -EMSGSIZE;
	return 0;
}

static int put_event(struct sk_buff *msg, const struct prose_dev *pdev,
		     const struct event *event)
{
	void *hdr = genlmsg_put(msg, 0, 0, &prose_nl_family, 0,
				PROSE_CMD_EVENT);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(msg, PROSE_A_EVENT, event->type) ||
	    nla_put_u32(msg, PROSE_A_IFINDEX, pdev->dev->ifindex) ||
	    nla_put_string(msg, PROSE_A_IFNAME, pdev->dev->name) ||
	    nla_put_u32(msg, PROSE_A_GROUP, pdev->group) ||
	    nla_put_u32(msg, PROSE_A_MEMBER, event->member))
		return -EMSGSIZE;
	if (event->pgk && put_pgk(msg, event->pgk))
		return -EMSGSIZE;
	if (event->top && put_ids(msg, event->pgk, event->top))
		return -EMSGSIZE;
	if (event->ptk_id && nla_put_u16(msg, PROSE_A_PTK_ID, event->ptk_id))
		return -EMSGSIZE;
	genlmsg_end(msg, hdr);
	return 0;
}

static void send_event(const struct prose_dev *pdev, const struct event *event)
{
	struct sk_buff *msg;
	struct net *net;

	/* The device can be moved, and what it leaves ends after that. */
	rcu_read_lock();
	net = dev_net(pdev->dev);
	if (!genl_has_listeners(&prose_nl_family, net, PROSE_NLGRP_EVENTS))
		goto out;
	msg = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_ATOMIC);
	if (!msg)
		goto lost;
	if (put_event(msg, pdev, event)) {
		nlmsg_free(msg);
		goto lost;
	}
	genlmsg_multicast_netns(&prose_nl_family, net, msg, 0,
				PROSE_NLGRP_EVENTS, GFP_ATOMIC);
	goto out;

lost:
	/* As after an overrun, listeners must look for themselves. */
	genl_set_err(&prose_nl_family, net, 0, PROSE_NLGRP_EVENTS, -ENOBUFS);
out:
	rcu_read_unlock();
}

/**
 * prose_event_key - something happened to a key
 * @pgk: the key
 * @type: what
 *
 * Context: not with dev->tx.lock held.
 */
void prose_event_key(const struct prose_pgk *pgk, enum prose_event_type type)
{
	struct event event = {
		.type	= type,
		.pgk	= pgk,
		.member	= pgk->pdev->member,
		.ptk_id	= READ_ONCE(pgk->ids.taken),
		.top	= prose_count_top(pgk),
	};

	send_event(pgk->pdev, &event);
}

/**
 * prose_event_key_end - a key's end, with what of its range can be given back
 * @pgk: the key
 * @type: what
 * @top: highest PTK Identity granted before prose_count_release()
 */
void prose_event_key_end(const struct prose_pgk *pgk,
			 enum prose_event_type type, u32 top)
{
	struct event event = {
		.type	= type,
		.pgk	= pgk,
		.member	= pgk->pdev->member,
		.ptk_id	= READ_ONCE(pgk->ids.taken),
		.top	= top,
	};

	send_event(pgk->pdev, &event);
}

/**
 * prose_event_member - something was heard of a member
 * @pgk: the key that it was heard with
 * @type: what
 * @member: Group Member Identity
 * @ptk_id: its PTK Identity
 */
void prose_event_member(const struct prose_pgk *pgk,
			enum prose_event_type type, u32 member, u16 ptk_id)
{
	struct event event = {
		.type	= type,
		.pgk	= pgk,
		.member	= member,
		.ptk_id	= ptk_id,
	};

	send_event(pgk->pdev, &event);
}

/**
 * prose_event_conflict - somebody else sends as this member
 * @pgk: key of the frame
 * @ptk_id: its PTK Identity
 *
 * Not authenticated with a cipher alone, so anybody can cause it: rate-limited,
 * and nothing but an event.
 */
void prose_event_conflict(const struct prose_pgk *pgk, u16 ptk_id)
{
	if (__ratelimit(&pgk->pdev->conflict_rate))
		prose_event_member(pgk, PROSE_EVENT_TYPE_MEMBER_CONFLICT,
				   pgk->pdev->member, ptk_id);
}

/**
 * prose_event_member_limit - a member stays in probation for want of a place
 * @pgk: the key that it was heard with
 * @member: Group Member Identity
 * @ptk_id: its PTK Identity
 */
void prose_event_member_limit(const struct prose_pgk *pgk, u32 member,
			      u16 ptk_id)
{
	if (__ratelimit(&pgk->pdev->limit_rate))
		prose_event_member(pgk, PROSE_EVENT_TYPE_MEMBER_LIMIT, member,
				   ptk_id);
}

/**
 * prose_event_no_key - frames are dropped for want of a key
 * @pdev: device
 */
void prose_event_no_key(struct prose_dev *pdev)
{
	struct event event = {
		.type	= PROSE_EVENT_TYPE_NO_KEY,
		.member	= pdev->member,
	};

	if (__ratelimit(&pdev->no_key_rate))
		send_event(pdev, &event);
}
