// SPDX-License-Identifier: GPL-2.0
/*
 * The transmit path, from ndo_start_xmit to the lower device:
 *
 *	prose_xmit		segment, checksum, strip the Ethernet header
 *	  tx_frame		choose the PTK, make room, take an SN
 *	    tx_cipher		headers and cipher
 *	      tx_done		to the lower device, or drop
 *
 * Where the SNs of a PTK end, rollover.c has the next one. The only way to the
 * lower device is tx_done() without an error, and tx_clear() of a device that
 * was created without protection.
 */

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <net/gso.h>

#include "device.h"
#include "event.h"
#include "inner.h"
#include "key.h"
#include "lower.h"
#include "main.h"
#include "pdu.h"
#include "rollover.h"
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

/* When to try again to make a PTK that frames wait for, at first and at most */
#define REFILL_RETRY	msecs_to_jiffies(20)
#define REFILL_RETRY_MAX	msecs_to_jiffies(1000)

static void count_tx(struct prose_counters __percpu *counters,
		     unsigned int frame_len)
{
	prose_stat_inc(counters, PROSE_A_COUNTERS_TX_PACKETS);
	prose_stat_add(counters, PROSE_A_COUNTERS_TX_BYTES, frame_len);
}

/* A finished frame, of a key or of an unprotected device, to the lower device */
static __always_inline void tx_lower(struct prose_dev *pdev,
				     struct prose_pgk *pgk, u16 ptk_id,
				     struct sk_buff *skb)
{
	unsigned int frame_len = prose_tx_cb(skb)->frame_len;
	struct net_device *lower = pdev->lower;
	int err;

	if (unlikely(!netif_running(pdev->dev) || !prose_lower_is_up(lower))) {
		prose_dev_drop(pdev, pgk, skb, PROSE_A_COUNTERS_TX_LOWER_DOWN);
		return;
	}

	skb_scrub_packet(skb, !net_eq(dev_net(pdev->dev), dev_net(lower)));
	skb->dev = lower;
	trace_prose_tx(pdev->dev, pgk ? pgk->id : 0, ptk_id, frame_len);
	err = dev_queue_xmit(skb);
	if (unlikely(net_xmit_eval(err))) {
		prose_stat_inc(pdev->counters, PROSE_A_COUNTERS_TX_LOWER_DOWN);
		if (pgk)
			prose_stat_inc(pgk->counters,
				       PROSE_A_COUNTERS_TX_LOWER_DOWN);
		return;
	}
	count_tx(pdev->counters, frame_len);
	if (pgk)
		count_tx(pgk->counters, frame_len);
}

static __always_inline void tx_done(struct prose_dev *pdev,
				    struct prose_pgk *pgk, u16 ptk_id,
				    struct sk_buff *skb, int err)
{
	if (unlikely(err))
		prose_dev_drop(pdev, pgk, skb, err == -ENOMEM ?
			       PROSE_A_COUNTERS_TX_NO_MEMORY :
			       PROSE_A_COUNTERS_TX_CRYPTO);
	else
		tx_lower(pdev, pgk, ptk_id, skb);
}

/**
 * prose_tx_done - a driver has completed later what prose_ptk_encrypt() began
 * @ptk: its PTK, valid until this returns
 * @skb: the frame, handed over
 * @err: as prose_ptk_encrypt() returns it
 *
 * Context: softirqs off, RCU read lock held.
 */
void prose_tx_done(struct prose_ptk *ptk, struct sk_buff *skb, int err)
{
	struct prose_pgk *pgk = ptk->pgk;

	tx_done(pgk->pdev, pgk, ptk->id, skb, err);
}

/*
 * The headers of the carriage, before a PDU of @len octets after its PDCP header.
 * Below the Ethernet minimum the padding is ours, in the form that tells where
 * the PDU ends.
 */
static __always_inline void push_headers(struct prose_dev *pdev,
					 struct sk_buff *skb, u8 pgk_index,
					 u32 count, unsigned int len,
					 bool padded)
{
	u8 first = prose_tx_cb(skb)->sdu_type << PROSE_PDCP_TYPE_SHIFT |
		   pgk_index;
	__be16 proto = htons(pdev->ethertype);
	struct ethhdr *eth;

	eth = __skb_push(skb, ETH_HLEN + prose_pdu_head_len(padded));
	if (unlikely(padded && skb->len < ETH_ZLEN))
		skb_put_zero(skb, ETH_ZLEN - skb->len);
	prose_pdu_write((u8 *)(eth + 1), pdev->slsch, first, count, padded,
			len);
	ether_addr_copy(eth->h_dest, pdev->address);
	ether_addr_copy(eth->h_source, pdev->lower->dev_addr);
	eth->h_proto = proto;
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	skb->protocol = proto;
	skb->ip_summed = CHECKSUM_NONE;
	skb->encapsulation = 0;
}

/* The whole frame is built around the SDU, then its Data is ciphered. */
static __always_inline void tx_cipher(struct prose_dev *pdev,
				      struct prose_pgk *pgk,
				      struct prose_ptk *ptk,
				      struct sk_buff *skb, u16 sn, bool padded)
{
	const struct prose_suite *suite = pgk->suite;
	unsigned int len = skb->len;
	u8 *data = skb->data;
	int err;

	if (suite->tail)
		memset(__skb_put(skb, suite->tail), 0, suite->tail);
	if (suite->aead)
		memcpy(__skb_push(skb, PROSE_SALT_LEN), ptk->salt,
		       PROSE_SALT_LEN);
	push_headers(pdev, skb, pgk->id % PROSE_PGK_INDEXES,
		     prose_count(ptk->id, sn), skb->len, padded);
	err = prose_ptk_encrypt(ptk, skb, data, len, sn, pdev->lcid);
	if (likely(err != -EINPROGRESS))
		tx_done(pdev, pgk, ptk->id, skb, err);
}

static noinline void hold(struct prose_dev *pdev, struct sk_buff *skb)
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

/* Why a frame cannot go out with this suite, as a counter, or 0 */
static unsigned int misfit(struct prose_dev *pdev,
			   const struct prose_suite *suite,
			   struct sk_buff *skb, unsigned int frame_len)
{
	if (prose_tx_cb(skb)->sdu_type == PROSE_SDU_NONIP &&
	    !prose_dev_carries_nonip(pdev, suite))
		return PROSE_A_COUNTERS_TX_NONIP;

	if (frame_len > READ_ONCE(pdev->lower->mtu))
		return PROSE_A_COUNTERS_TX_TOO_LONG;
	return 0;
}

/* Why a frame cannot go out with a key that ends, or has, as a counter, or 0 */
static noinline unsigned int ended(struct prose_dev *pdev,
				   struct prose_pgk *pgk)
{
	s64 stop;

	if (prose_key_check_slowly(pgk))
		return PROSE_A_COUNTERS_TX_NO_KEY;

	/* The work has changed to another key by then, if there is one. */
	stop = prose_key_end(pgk);
	if (stop != PROSE_FOREVER &&
	    ktime_get_real_seconds() >= stop - READ_ONCE(pdev->margin) +
					TEND_LATE)
		return PROSE_A_COUNTERS_TX_NO_KEY;
	return 0;
}

/* Why a frame cannot go out with this key, as a counter, or 0 */
static __always_inline unsigned int refusal(struct prose_dev *pdev,
					    struct prose_pgk *pgk,
					    struct sk_buff *skb,
					    unsigned int frame_len)
{
	unsigned int reason = 0;

	if (unlikely(READ_ONCE(pdev->conflict)))
		return PROSE_A_COUNTERS_TX_CONFLICT;
	if (unlikely(!prose_key_endless(pgk)))
		reason = ended(pdev, pgk);
	return reason ?: misfit(pdev, pgk->suite, skb, frame_len);
}

/* Does the smallest Ethernet frame want more octets? */
static bool too_short(unsigned int frame_len)
{
	return frame_len + ETH_HLEN < ETH_ZLEN;
}

/*
 * Send a frame of an unprotected device: PGK index, PTK Identity and PDCP SN are
 * all zero (TS 36.323 5.6.1), and everything is in clear.
 */
static noinline void tx_clear(struct prose_dev *pdev, struct sk_buff *skb)
{
	unsigned int frame_len = PROSE_HEAD_MIN + PROSE_PDCP_LEN + skb->len;
	unsigned int reason = misfit(pdev, NULL, skb, frame_len);
	bool padded = too_short(frame_len);

	if (!reason && prose_skb_own(skb, pdev->dev->needed_headroom,
				     padded ? ETH_ZLEN : 0))
		reason = PROSE_A_COUNTERS_TX_NO_MEMORY;
	if (reason) {
		prose_dev_drop(pdev, NULL, skb, reason);
		return;
	}
	push_headers(pdev, skb, 0, 0, skb->len, padded);
	tx_lower(pdev, NULL, 0, skb);
}

/* There is no PTK to send with. Return: false if the frame must wait. */
static noinline bool tx_no_ptk(struct prose_dev *pdev, struct sk_buff *skb)
{
	u8 reason = READ_ONCE(pdev->tx.closed);

	/* Not decided yet, or opened in between */
	if (!reason)
		return false;
	prose_event_no_key(pdev);
	prose_dev_drop(pdev, rcu_dereference_bh(pdev->tx.blocked), skb, reason);
	return true;
}

/*
 * Send a frame that prose_inner_strip() has seen. Return: false if it must
 * wait; only then it is still the caller's.
 *
 * Context: softirqs off, which is an RCU read lock.
 */
static __always_inline bool tx_frame(struct prose_dev *pdev,
				     struct sk_buff *skb, bool held)
{
	struct prose_ptk *ptk;
	struct prose_pgk *pgk;
	unsigned int frame_len, tail, reason;
	bool padded;
	int sn;

again:
	ptk = rcu_dereference_bh(pdev->tx.ptk);
	if (unlikely(!ptk))
		return tx_no_ptk(pdev, skb);
	pgk = ptk->pgk;

	frame_len = PROSE_HEAD_MIN + PROSE_PDCP_LEN + pgk->suite->head +
		    skb->len + pgk->suite->tail;
	padded = too_short(frame_len);
	reason = refusal(pdev, pgk, skb, frame_len);
	if (unlikely(reason)) {
		if (reason == PROSE_A_COUNTERS_TX_NO_KEY)
			prose_key_kick(pdev);
		prose_dev_drop(pdev, pgk, skb, reason);
		return true;
	}
	tail = pgk->suite->tail;
	if (unlikely(padded))
		tail += ETH_ZLEN;
	if (unlikely(prose_skb_own(skb, pdev->dev->needed_headroom, tail))) {
		prose_dev_drop(pdev, pgk, skb, PROSE_A_COUNTERS_TX_NO_MEMORY);
		return true;
	}

	sn = prose_ptk_take_sn(ptk);
	if (unlikely(sn < 0)) {
		if (prose_rollover(pdev, ptk, held))
			return false;
		/* Frames of the PTK before may still be on their way. */
		if (READ_ONCE(pdev->tx.draining))
			return false;
		goto again;
	}
	tx_cipher(pdev, pgk, ptk, skb, sn, padded);
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

/*
 * The checksum that was left to us. What skb_checksum_help() does, for a packet
 * in one piece that is ours alone; all others go there.
 */
static int sum_up(struct sk_buff *skb)
{
	unsigned int start = skb_checksum_start_offset(skb);
	__sum16 *sum = (void *)(skb->data + start + skb->csum_offset);

	if (unlikely(skb_is_nonlinear(skb) || skb_cloned(skb) ||
		     start >= skb->len ||
		     start + skb->csum_offset + sizeof(*sum) > skb->len))
		return skb_checksum_help(skb);
	*sum = csum_fold(csum_partial(skb->data + start, skb->len - start,
				      0)) ?: CSUM_MANGLED_0;
	skb->ip_summed = CHECKSUM_NONE;
	return 0;
}

static __always_inline void tx_one(struct prose_dev *pdev, struct sk_buff *skb)
{
	unsigned int reason = PROSE_A_COUNTERS_TX_MALFORMED;
	int sdu_type;

	if (unlikely(skb_vlan_tag_present(skb))) {
		skb = __vlan_hwaccel_push_inside(skb);
		if (!skb) {
			prose_stat_inc(pdev->counters,
				       PROSE_A_COUNTERS_TX_NO_MEMORY);
			return;
		}
	}
	if (skb->ip_summed == CHECKSUM_PARTIAL && sum_up(skb))
		goto drop;

	prose_tx_cb(skb)->frame_len = skb->len;
	sdu_type = prose_inner_strip(pdev, skb);
	if (unlikely(sdu_type < 0)) {
		if (sdu_type == -ENOMEM)
			reason = PROSE_A_COUNTERS_TX_NO_MEMORY;
		goto drop;
	}
	prose_tx_cb(skb)->sdu_type = sdu_type;

	if (unlikely(!pdev->protect)) {
		tx_clear(pdev, skb);
	} else if (unlikely(READ_ONCE(pdev->tx.holding))) {
		hold(pdev, skb);
		help_flush(pdev);
	} else if (!tx_frame(pdev, skb, false)) {
		hold(pdev, skb);
	}
	return;

drop:
	prose_dev_drop(pdev, NULL, skb, reason);
}

/* The segments of a super-packet, or NULL; it is gone. */
static noinline struct sk_buff *cut(struct prose_dev *pdev, struct sk_buff *skb)
{
	struct sk_buff *segments = skb_gso_segment(skb, 0);

	if (IS_ERR_OR_NULL(segments)) {
		prose_dev_drop(pdev, NULL, skb, PROSE_A_COUNTERS_TX_MALFORMED);
		return NULL;
	}
	consume_skb(skb);
	return segments;
}

/**
 * prose_xmit - ndo_start_xmit
 * @skb: an Ethernet frame
 * @dev: prose device
 *
 * Context: softirqs off, which is an RCU read lock.
 */
netdev_tx_t prose_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct prose_dev *pdev = netdev_priv(dev);
	struct sk_buff *segments, *next;

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb) {
		prose_stat_inc(pdev->counters, PROSE_A_COUNTERS_TX_NO_MEMORY);
		return NETDEV_TX_OK;
	}

	if (unlikely(!READ_ONCE(pdev->tx_on))) {
		prose_dev_drop(pdev, NULL, skb,
			       PROSE_A_COUNTERS_TX_LISTEN_ONLY);
		return NETDEV_TX_OK;
	}
	skb_mark_not_on_list(skb);
	segments = unlikely(skb_is_gso(skb)) ? cut(pdev, skb) : skb;
	skb_list_walk_safe(segments, skb, next) {
		skb_mark_not_on_list(skb);
		tx_one(pdev, skb);
	}
	return NETDEV_TX_OK;
}

/**
 * prose_tx_flush - send what waits until it must wait again
 * @pdev: device
 *
 * Context: process.
 */
void prose_tx_flush(struct prose_dev *pdev)
{
	struct prose_tx *tx = &pdev->tx;
	bool more, any = false;
	unsigned int batch;

	do {
		local_bh_disable();
		rcu_read_lock();
		for (batch = 0, more = true; more && batch < HOLD_BATCH; batch++) {
			more = flush_one(pdev);
			any |= more;
		}
		rcu_read_unlock();
		local_bh_enable();
		cond_resched();
	} while (more);

	/* Frames that are sent by others end the wait, too. */
	if (any || !READ_ONCE(tx->holding))
		tx->retry = 0;
	if (READ_ONCE(tx->holding) && !READ_ONCE(tx->draining)) {
		/* What fails once and again, a derivation, is asked less often. */
		tx->retry = clamp(2 * tx->retry, REFILL_RETRY,
				  REFILL_RETRY_MAX);
		queue_delayed_work(prose_wq, &tx->refill, tx->retry);
	}
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
	INIT_DELAYED_WORK(&tx->refill, prose_rollover_work);
}
