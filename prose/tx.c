// SPDX-License-Identifier: GPL-2.0
/*
 * The transmit path, from ndo_start_xmit to the lower device:
 *
 *	prose_xmit		segment, checksum, strip the Ethernet header
 *	  tx_frame		choose the PTK, make room, take an SN
 *	    tx_cipher		headers and cipher
 *	      tx_done		to the lower device, or drop
 *
 * and the change from one PTK to the next. The only way to the lower device is
 * tx_done() without an error.
 */

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <net/gso.h>

#include "count.h"
#include "device.h"
#include "event.h"
#include "inner.h"
#include "key.h"
#include "main.h"
#include "pdu.h"
#include "skb.h"
#include "suite.h"
#include "trace.h"
#include "traffic_key.h"
#include "tx.h"

/* Seconds that the choice of the key to send with may come too late */
#define TEND_LATE	1

/* Frames that are sent from the hold queue before softirqs may run */
#define HOLD_BATCH	64

/* Frames of the hold queue that a sender sends for each one that it adds */
#define HOLD_HELP	2

/* When to try again to make a PTK that frames wait for */
#define REFILL_RETRY	msecs_to_jiffies(20)

static struct prose_ptk *ptk_locked(struct prose_tx *tx)
{
	return rcu_dereference_protected(tx->ptk, lockdep_is_held(&tx->lock));
}

/**
 * prose_tx_pgk - the key that a device sends with
 * @pdev: device; under dev->tx.lock
 */
struct prose_pgk *prose_tx_pgk(struct prose_dev *pdev)
{
	struct prose_ptk *ptk = ptk_locked(&pdev->tx);

	return ptk ? ptk->pgk : NULL;
}

/*
 * The frames of the PTK before must be out before those of the new one: while
 * a driver still has some, new frames wait. In that time nothing is sent, so
 * at most one PTK is draining.
 */
static void install(struct prose_tx *tx, struct prose_ptk *ptk, u8 closed,
		    struct prose_pgk *blocked)
{
	struct prose_ptk *old = ptk_locked(tx);

	rcu_assign_pointer(tx->blocked, blocked);
	WRITE_ONCE(tx->closed, closed);
	rcu_assign_pointer(tx->ptk, ptk);
	if (!old)
		return;
	if (prose_ptk_idle(old) || tx->draining) {
		prose_ptk_retire(old);
	} else {
		WRITE_ONCE(tx->draining, old);
		WRITE_ONCE(tx->holding, true);
	}
}

/* A PTK for the next ID, keyed ahead of time or here. */
static struct prose_ptk *ready_ptk(struct prose_tx *tx, struct prose_pgk *pgk,
				   u32 id)
{
	struct prose_ptk *ptk = tx->next;

	if (ptk && ptk->pgk == pgk && ptk->id == id) {
		tx->next = NULL;
		return ptk;
	}
	ptk = tx->spare;
	if (ptk && ptk->pgk == pgk &&
	    !prose_ptk_key(ptk, pgk->pdev->member, id)) {
		tx->spare = NULL;
		return ptk;
	}
	return NULL;
}

/*
 * Go on to the next PTK Identity of the same key (TS 36.323 5.1.3: no SN twice
 * with a key), for a frame that is @held already or not. Return: 0 if there is
 * another PTK than @old now; -EAGAIN if frames must wait until there is one, or
 * none for good.
 */
static int rollover(struct prose_dev *pdev, struct prose_ptk *old, bool held)
{
	struct prose_tx *tx = &pdev->tx;
	struct prose_pgk *pgk = old->pgk;
	struct prose_ptk *ptk = NULL;
	bool low = false;
	int err = 0;
	u32 id;

	spin_lock_bh(&tx->lock);
	if (ptk_locked(tx) != old) {
		spin_unlock_bh(&tx->lock);
		return 0;
	}
	id = prose_ids_peek(&pgk->ids);
	if (!id) {
		/* Until it is known whether another key takes over */
		install(tx, NULL, 0, pgk);
		WRITE_ONCE(tx->holding, true);
		err = -EAGAIN;
	} else {
		ptk = ready_ptk(tx, pgk, id);
		if (ptk) {
			prose_ids_take(&pgk->ids);
			low = prose_ids_low(&pgk->ids);
			install(tx, ptk, 0, NULL);
		} else {
			WRITE_ONCE(tx->holding, true);
			err = -EAGAIN;
		}
	}
	spin_unlock_bh(&tx->lock);

	if (!id) {
		prose_event_key(pgk, PROSE_EVENT_TYPE_RANGE_ENDED);
		prose_key_kick(pdev);
	} else if (ptk) {
		prose_event_key(pgk, PROSE_EVENT_TYPE_PTK_TAKEN);
		if (low)
			prose_event_key(pgk, PROSE_EVENT_TYPE_RANGE_LOW);
	}
	/*
	 * Who sends held frames looks for the next PTK himself, and in time;
	 * the choice of another key ends with a look at them.
	 */
	if (!err || (id && !held))
		prose_tx_refill(pdev);
	return err;
}

static void tx_done(struct prose_ptk *ptk, struct sk_buff *skb, int err,
		    bool async)
{
	unsigned int frame_len = prose_tx_cb(skb)->frame_len;
	struct prose_pgk *pgk = ptk->pgk;
	struct prose_dev *pdev = pgk->pdev;
	struct net_device *lower = pdev->lower;

	if (unlikely(err)) {
		prose_dev_drop(pdev, pgk, skb, err == -ENOMEM ?
			       PROSE_A_COUNTERS_TX_NO_MEMORY :
			       PROSE_A_COUNTERS_TX_CRYPTO);
		return;
	}
	if (unlikely(!netif_running(pdev->dev) || !netif_running(lower))) {
		prose_dev_drop(pdev, pgk, skb, PROSE_A_COUNTERS_TX_LOWER_DOWN);
		return;
	}

	skb_scrub_packet(skb, !net_eq(dev_net(pdev->dev), dev_net(lower)));
	skb->dev = lower;
	trace_prose_tx(pdev->dev, pgk->id, ptk->id, frame_len);
	err = dev_queue_xmit(skb);
	if (unlikely(net_xmit_eval(err))) {
		prose_stat_inc(pdev->counters, PROSE_A_COUNTERS_TX_LOWER_DOWN);
		prose_stat_inc(pgk->counters, PROSE_A_COUNTERS_TX_LOWER_DOWN);
		return;
	}
	prose_stat_inc(pdev->counters, PROSE_A_COUNTERS_TX_PACKETS);
	prose_stat_add(pdev->counters, PROSE_A_COUNTERS_TX_BYTES, frame_len);
	prose_stat_inc(pgk->counters, PROSE_A_COUNTERS_TX_PACKETS);
	prose_stat_add(pgk->counters, PROSE_A_COUNTERS_TX_BYTES, frame_len);
}

/*
 * The whole frame is built around the SDU, then its Data is ciphered. Below
 * the Ethernet minimum the padding is ours, in the form that tells where the
 * PDU ends.
 */
static void tx_cipher(struct prose_dev *pdev, struct prose_ptk *ptk,
		      struct sk_buff *skb, u16 sn, bool padded)
{
	const struct prose_suite *suite = ptk->pgk->suite;
	struct prose_pdu pdu = {
		.src		= pdev->member,
		.dst		= pdev->group,
		.lcid		= pdev->lcid,
		.sdu_type	= prose_tx_cb(skb)->sdu_type,
		.pgk_index	= ptk->pgk->id % PROSE_PGK_INDEXES,
		.ptk_id		= ptk->id,
		.sn		= sn,
		.len		= suite->head + skb->len + suite->tail,
	};
	size_t head_len = prose_pdu_head_len(padded) + suite->head;
	unsigned int data_len = skb->len;
	struct ethhdr *eth;
	u8 *head;

	if (suite->tail)
		skb_put_zero(skb, suite->tail);
	head = skb_push(skb, head_len);
	prose_pdu_build(head, &pdu, padded);
	if (skb->len + ETH_HLEN < ETH_ZLEN)
		skb_put_zero(skb, ETH_ZLEN - ETH_HLEN - skb->len);

	skb_reset_network_header(skb);
	eth = skb_push(skb, ETH_HLEN);
	prose_inner_group_address(eth->h_dest, pdev->group);
	ether_addr_copy(eth->h_source, pdev->lower->dev_addr);
	eth->h_proto = htons(pdev->ethertype);
	skb_reset_mac_header(skb);
	skb->protocol = eth->h_proto;
	skb->ip_summed = CHECKSUM_NONE;
	skb->encapsulation = 0;

	prose_ptk_crypt(ptk, skb, ETH_HLEN + head_len, data_len,
			prose_count(ptk->id, sn), pdev->lcid, true, tx_done);
}

static void hold(struct prose_dev *pdev, struct sk_buff *skb)
{
	struct prose_tx *tx = &pdev->tx;
	bool full;

	spin_lock_bh(&tx->lock);
	full = skb_queue_len(&tx->hold) >= PROSE_HOLD_MAX;
	if (!full)
		__skb_queue_tail(&tx->hold, skb);
	/* The reason to wait may be gone, and flush() with it. */
	if (!tx->holding) {
		WRITE_ONCE(tx->holding, true);
		prose_tx_refill(pdev);
	}
	spin_unlock_bh(&tx->lock);

	if (full)
		prose_dev_drop(pdev, NULL, skb,
			       PROSE_A_COUNTERS_TX_HOLD_FULL);
}

/* Why a frame cannot go out with this key, as a counter, or 0 */
static unsigned int refusal(struct prose_dev *pdev, struct prose_pgk *pgk,
			    struct sk_buff *skb, unsigned int frame_len)
{
	s64 stop;

	if (unlikely(prose_key_check(pgk)))
		return PROSE_A_COUNTERS_TX_NO_KEY;

	/* The work has changed to another key by then, if there is one. */
	stop = prose_key_end(pgk);
	if (stop != PROSE_FOREVER &&
	    ktime_get_real_seconds() >= stop - READ_ONCE(pdev->margin) +
					TEND_LATE)
		return PROSE_A_COUNTERS_TX_NO_KEY;

	if (prose_tx_cb(skb)->sdu_type == PROSE_SDU_NONIP &&
	    !prose_dev_carries_nonip(pdev, pgk->suite))
		return PROSE_A_COUNTERS_TX_NONIP;

	if (frame_len > READ_ONCE(pdev->lower->mtu))
		return PROSE_A_COUNTERS_TX_TOO_LONG;
	return 0;
}

/*
 * Send a frame that prose_inner_strip() has seen. Return: false if it must
 * wait; only then it is still the caller's.
 */
static bool tx_frame(struct prose_dev *pdev, struct sk_buff *skb, bool held)
{
	struct prose_ptk *ptk;
	struct prose_pgk *pgk;
	unsigned int frame_len, tailroom, reason;
	bool padded;
	int sn;

again:
	ptk = rcu_dereference(pdev->tx.ptk);
	if (unlikely(!ptk)) {
		reason = READ_ONCE(pdev->tx.closed);
		/* Not decided yet, or opened in between */
		if (!reason)
			return false;
		prose_event_no_key(pdev);
		prose_dev_drop(pdev, rcu_dereference(pdev->tx.blocked), skb,
			       reason);
		return true;
	}
	pgk = ptk->pgk;

	frame_len = PROSE_HEAD_MIN + PROSE_PDCP_LEN + pgk->suite->head +
		    skb->len + pgk->suite->tail;
	padded = frame_len + ETH_HLEN < ETH_ZLEN;
	reason = refusal(pdev, pgk, skb, frame_len);
	if (unlikely(reason)) {
		if (reason == PROSE_A_COUNTERS_TX_NO_KEY)
			prose_key_kick(pdev);
		prose_dev_drop(pdev, pgk, skb, reason);
		return true;
	}
	tailroom = pgk->suite->tail;
	if (padded)
		tailroom += ETH_ZLEN - ETH_HLEN - frame_len;
	if (unlikely(prose_skb_own(skb, pdev->dev->needed_headroom,
				   tailroom))) {
		prose_dev_drop(pdev, pgk, skb, PROSE_A_COUNTERS_TX_NO_MEMORY);
		return true;
	}

	sn = prose_ptk_take_sn(ptk);
	if (unlikely(sn < 0)) {
		if (rollover(pdev, ptk, held))
			return false;
		/* Frames of the PTK before may still be on their way. */
		if (READ_ONCE(pdev->tx.draining))
			return false;
		goto again;
	}
	tx_cipher(pdev, ptk, skb, sn, padded);
	return true;
}

/*
 * Send the frame that waits longest. Return: false if nothing waits, or all
 * must wait on.
 *
 * Context: softirqs off, RCU read lock held.
 */
static bool flush_one(struct prose_dev *pdev)
{
	unsigned int level = min_t(unsigned int, pdev->dev->lower_level,
				   MAX_LOCKDEP_SUBCLASSES - 1);
	struct prose_tx *tx = &pdev->tx;
	struct sk_buff *skb;

	spin_lock_nested(&tx->flush_lock, level);
	WRITE_ONCE(tx->flusher, current);

	spin_lock(&tx->lock);
	skb = tx->draining ? NULL : __skb_dequeue(&tx->hold);
	if (!skb && !tx->draining)
		WRITE_ONCE(tx->holding, false);
	spin_unlock(&tx->lock);

	if (skb && !tx_frame(pdev, skb, true)) {
		spin_lock(&tx->lock);
		__skb_queue_head(&tx->hold, skb);
		spin_unlock(&tx->lock);
		skb = NULL;
	}

	WRITE_ONCE(tx->flusher, NULL);
	spin_unlock(&tx->flush_lock);
	return skb;
}

/*
 * Who adds a frame to the queue sends more than one of it: so however many
 * send, however fast, the queue comes to its end without a loss.
 */
static void help_flush(struct prose_dev *pdev)
{
	unsigned int i;

	/* Not from within: a frame may come back here from the lower device. */
	if (READ_ONCE(pdev->tx.flusher) == current)
		return;
	for (i = 0; i < HOLD_HELP; i++)
		if (!flush_one(pdev))
			return;
}

static void tx_one(struct prose_dev *pdev, struct sk_buff *skb)
{
	unsigned int reason = PROSE_A_COUNTERS_TX_MALFORMED;
	int sdu_type;

	if (skb_vlan_tag_present(skb)) {
		skb = __vlan_hwaccel_push_inside(skb);
		if (!skb) {
			prose_stat_inc(pdev->counters,
				       PROSE_A_COUNTERS_TX_NO_MEMORY);
			return;
		}
	}
	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))
		goto drop;

	prose_tx_cb(skb)->frame_len = skb->len;
	sdu_type = prose_inner_strip(pdev, skb);
	if (sdu_type < 0) {
		if (sdu_type == -ENOMEM)
			reason = PROSE_A_COUNTERS_TX_NO_MEMORY;
		goto drop;
	}
	prose_tx_cb(skb)->sdu_type = sdu_type;

	if (unlikely(READ_ONCE(pdev->tx.holding))) {
		hold(pdev, skb);
		help_flush(pdev);
	} else if (!tx_frame(pdev, skb, false)) {
		hold(pdev, skb);
	}
	return;

drop:
	prose_dev_drop(pdev, NULL, skb, reason);
}

/**
 * prose_xmit - ndo_start_xmit
 * @skb: an Ethernet frame
 * @dev: prose device
 *
 * Context: softirqs off.
 */
netdev_tx_t prose_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct prose_dev *pdev = netdev_priv(dev);
	struct sk_buff *segment, *next;

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb) {
		prose_stat_inc(pdev->counters, PROSE_A_COUNTERS_TX_NO_MEMORY);
		return NETDEV_TX_OK;
	}

	rcu_read_lock();
	if (!READ_ONCE(pdev->tx_on)) {
		prose_dev_drop(pdev, NULL, skb,
			       PROSE_A_COUNTERS_TX_LISTEN_ONLY);
		goto out;
	}
	if (!skb_is_gso(skb)) {
		skb_mark_not_on_list(skb);
		tx_one(pdev, skb);
		goto out;
	}

	segment = skb_gso_segment(skb, 0);
	if (IS_ERR_OR_NULL(segment)) {
		prose_dev_drop(pdev, NULL, skb, PROSE_A_COUNTERS_TX_MALFORMED);
		goto out;
	}
	consume_skb(skb);
	skb_list_walk_safe(segment, skb, next) {
		skb_mark_not_on_list(skb);
		tx_one(pdev, skb);
	}
out:
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

/* Send what waits until it must wait again. */
static void flush(struct prose_dev *pdev)
{
	struct prose_tx *tx = &pdev->tx;
	unsigned int batch;
	bool more;

	do {
		local_bh_disable();
		rcu_read_lock();
		for (batch = 0, more = true; more && batch < HOLD_BATCH; batch++)
			more = flush_one(pdev);
		rcu_read_unlock();
		local_bh_enable();
		cond_resched();
	} while (more);

	if (READ_ONCE(tx->holding) && !READ_ONCE(tx->draining))
		queue_delayed_work(prose_wq, &tx->refill, REFILL_RETRY);
}

/* Make a PTK for the ID that comes next, unless there is one. */
static void make_next(struct prose_tx *tx, struct prose_pgk *pgk)
{
	struct prose_ptk *ptk, *stale;
	u32 id;

	spin_lock_bh(&tx->lock);
	id = prose_ids_peek(&pgk->ids);
	if (tx->next && tx->next->pgk == pgk && tx->next->id == id)
		id = 0;
	spin_unlock_bh(&tx->lock);
	if (!id)
		return;

	ptk = prose_ptk_alloc(pgk);
	if (IS_ERR(ptk))
		return;
	if (prose_ptk_key(ptk, pgk->pdev->member, id)) {
		prose_ptk_retire(ptk);
		return;
	}

	spin_lock_bh(&tx->lock);
	stale = tx->next;
	tx->next = ptk;
	spin_unlock_bh(&tx->lock);
	prose_ptk_retire(stale);
}

static void make_spare(struct prose_tx *tx, struct prose_pgk *pgk)
{
	struct prose_ptk *ptk, *stale;
	bool there;

	spin_lock_bh(&tx->lock);
	there = tx->spare && tx->spare->pgk == pgk;
	spin_unlock_bh(&tx->lock);
	if (there)
		return;

	ptk = prose_ptk_alloc(pgk);
	if (IS_ERR(ptk))
		return;

	spin_lock_bh(&tx->lock);
	stale = tx->spare;
	tx->spare = ptk;
	spin_unlock_bh(&tx->lock);
	prose_ptk_retire(stale);
}

static void refill(struct work_struct *work)
{
	struct prose_dev *pdev = container_of(to_delayed_work(work),
					      struct prose_dev, tx.refill);
	struct prose_tx *tx = &pdev->tx;
	struct prose_ptk *drained = NULL;
	struct prose_pgk *pgk;

	spin_lock_bh(&tx->lock);
	/* Pairs with the atomic decrement before prose_tx_ptk_idle(). */
	smp_mb();
	if (tx->draining && prose_ptk_idle(tx->draining)) {
		drained = tx->draining;
		WRITE_ONCE(tx->draining, NULL);
	}
	pgk = prose_tx_pgk(pdev);
	if (pgk)
		prose_pgk_hold(pgk);
	spin_unlock_bh(&tx->lock);
	prose_ptk_retire(drained);

	if (pgk) {
		mutex_lock(&pdev->lock);
		if (!pgk->wiped) {
			make_next(tx, pgk);
			make_spare(tx, pgk);
		}
		mutex_unlock(&pdev->lock);
		prose_pgk_put(pgk);
	}
	if (READ_ONCE(tx->holding))
		flush(pdev);
}

/**
 * prose_tx_refill - make PTKs ahead, and send what waits, soon
 * @pdev: device
 *
 * Context: any.
 */
void prose_tx_refill(struct prose_dev *pdev)
{
	mod_delayed_work(prose_wq, &pdev->tx.refill, 0);
}

/**
 * prose_tx_ptk_idle - the last asynchronous request of a PTK is done
 * @ptk: the PTK, of whatever direction
 *
 * Context: any, RCU read lock held.
 */
void prose_tx_ptk_idle(struct prose_ptk *ptk)
{
	struct prose_tx *tx = &ptk->pgk->pdev->tx;

	if (READ_ONCE(tx->draining) != ptk)
		return;
	/* Under the lock, so that it is not after prose_tx_exit(). */
	spin_lock_bh(&tx->lock);
	if (tx->draining == ptk)
		prose_tx_refill(ptk->pgk->pdev);
	spin_unlock_bh(&tx->lock);
}

/**
 * prose_tx_open - send with a key from now on
 * @pdev: device; under dev->lock
 * @pgk: one of its keys, and not the one that it sends with
 *
 * Context: process. Return: 0, -ENOENT if the key has no PTK Identity, or why
 * there is no PTK.
 */
int prose_tx_open(struct prose_dev *pdev, struct prose_pgk *pgk)
{
	struct prose_tx *tx = &pdev->tx;
	struct prose_ptk *ptk;
	bool low;
	u32 id;
	int err;

	ptk = prose_ptk_alloc(pgk);
	if (IS_ERR(ptk))
		return PTR_ERR(ptk);

	/* Nobody else takes IDs of a key that is not sent with. */
	spin_lock_bh(&tx->lock);
	id = prose_ids_peek(&pgk->ids);
	spin_unlock_bh(&tx->lock);
	err = id ? prose_ptk_key(ptk, pdev->member, id) : -ENOENT;
	if (err) {
		prose_ptk_retire(ptk);
		return err;
	}

	spin_lock_bh(&tx->lock);
	prose_ids_take(&pgk->ids);
	low = prose_ids_low(&pgk->ids);
	install(tx, ptk, 0, NULL);
	spin_unlock_bh(&tx->lock);

	prose_event_key(pgk, PROSE_EVENT_TYPE_KEY_ACTIVATED);
	prose_event_key(pgk, PROSE_EVENT_TYPE_PTK_TAKEN);
	if (low)
		prose_event_key(pgk, PROSE_EVENT_TYPE_RANGE_LOW);
	return 0;
}

/**
 * prose_tx_close - stop sending
 * @pdev: device; under dev->lock
 * @reason: counter of the frames that are dropped from now on
 * @blocked: a key of the device that they are counted for too, or NULL
 *
 * Context: process.
 */
void prose_tx_close(struct prose_dev *pdev, u8 reason,
		    struct prose_pgk *blocked)
{
	struct prose_tx *tx = &pdev->tx;

	spin_lock_bh(&tx->lock);
	install(tx, NULL, reason, blocked);
	spin_unlock_bh(&tx->lock);
}

/**
 * prose_tx_forget - nothing keyed from a key stays ready
 * @pdev: device; under dev->lock
 * @pgk: the key
 * @reason: counter of the frames that are dropped if it was sent with
 *
 * Context: process.
 */
void prose_tx_forget(struct prose_dev *pdev, const struct prose_pgk *pgk,
		     u8 reason)
{
	struct prose_tx *tx = &pdev->tx;
	struct prose_ptk *next = NULL, *spare = NULL;

	spin_lock_bh(&tx->lock);
	if (prose_tx_pgk(pdev) == pgk)
		install(tx, NULL, reason, NULL);
	if (rcu_access_pointer(tx->blocked) == pgk)
		RCU_INIT_POINTER(tx->blocked, NULL);
	if (tx->next && tx->next->pgk == pgk)
		swap(tx->next, next);
	if (tx->spare && tx->spare->pgk == pgk)
		swap(tx->spare, spare);
	spin_unlock_bh(&tx->lock);

	prose_ptk_retire(next);
	prose_ptk_retire(spare);
}

/**
 * prose_tx_purge - drop what waits
 * @pdev: device
 *
 * Context: process.
 */
void prose_tx_purge(struct prose_dev *pdev)
{
	struct prose_tx *tx = &pdev->tx;
	struct sk_buff_head frames;
	struct sk_buff *skb;

	__skb_queue_head_init(&frames);
	spin_lock_bh(&tx->lock);
	skb_queue_splice_init(&tx->hold, &frames);
	spin_unlock_bh(&tx->lock);
	while ((skb = __skb_dequeue(&frames)))
		prose_dev_drop(pdev, NULL, skb,
			       PROSE_A_COUNTERS_TX_LOWER_DOWN);
}

/**
 * prose_tx_exit - end the sending side of a device without keys
 * @pdev: device; nobody sends any more
 *
 * A driver may still have requests; they end on their own.
 *
 * Context: process.
 */
void prose_tx_exit(struct prose_dev *pdev)
{
	struct prose_tx *tx = &pdev->tx;
	struct prose_ptk *draining;

	spin_lock_bh(&tx->lock);
	draining = tx->draining;
	WRITE_ONCE(tx->draining, NULL);
	WRITE_ONCE(tx->holding, false);
	spin_unlock_bh(&tx->lock);
	prose_ptk_retire(draining);
	cancel_delayed_work_sync(&tx->refill);
	prose_tx_purge(pdev);
}

/**
 * prose_tx_init - make the sending side of a new device
 * @pdev: device
 */
void prose_tx_init(struct prose_dev *pdev)
{
	struct prose_tx *tx = &pdev->tx;

	spin_lock_init(&tx->lock);
	spin_lock_init(&tx->flush_lock);
	tx->closed = PROSE_A_COUNTERS_TX_NO_KEY;
	__skb_queue_head_init(&tx->hold);
	INIT_DELAYED_WORK(&tx->refill, refill);
}
