// SPDX-License-Identifier: GPL-2.0
/*
 * The receive path, from the lower device to the stack:
 *
 *	prose_rx		headers, SDU type, key, sender, PTK
 *	  first_frame		  or wait until the PTK is derived
 *	    rx_cipher		make the data ours, verify, decipher
 *	      rx_done		replay, plausibility, Ethernet header, to the stack
 *
 * A cipher handle cannot be made in softirq, so the first frames of a PTK wait
 * in order, in bounded queues.
 */

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/gro_cells.h>

#include "count.h"
#include "derive.h"
#include "device.h"
#include "event.h"
#include "inner.h"
#include "kdfcall.h"
#include "key.h"
#include "main.h"
#include "member.h"
#include "pdu.h"
#include "rx.h"
#include "skb.h"
#include "suite.h"
#include "trace.h"
#include "traffic_key.h"

/*
 * First frames that wait: of one PTK of a newcomer and of an established sender,
 * of a device, of its newcomers. A worker that a busy machine lets wait for a
 * tenth of a second loses nothing of a sender at 5,000 frames a second.
 */
#define WAIT_FRAMES		64
#define WAIT_FRAMES_KNOWN	512
#define WAIT_FRAMES_DEV		2048
#define WAIT_FRAMES_NEW		128

/* PTKs that wait for a derivation, of newcomers */
#define WAITS_NEW		32

/* PTKs of a device that a KDF which sleeps is asked for at once */
#define CALLS_MAX		4

/* Turns after which the frames of a PTK no longer wait behind each other */
#define WAIT_TURNS		4

/* Frames of a key whose MAC is wrong, per event; a power of 2 */
#define MAC_FAILURES		4096

/**
 * struct prose_wait - a PTK to be derived, and its first frames
 * @list: in rx->waiting
 * @node: in rx->waits
 * @pgk: key; a reference is held
 * @src: sender
 * @id: PTK Identity
 * @known: the sender is established
 * @call: what a KDF that sleeps was asked, NULL before that, or why it cannot be
 * @frames: first frames in order; none if it is derived ahead of them
 *
 * Under rx->lock; removed only by rx->work or with its key.
 */
struct prose_wait {
	struct list_head list;
	struct hlist_node node;
	struct prose_pgk *pgk;
	u32 src;
	u16 id;
	bool known;
	struct prose_kdf_call *call;
	struct sk_buff_head frames;
};

/* The counter of what prose_pdu_parse_rest() found */
static const u8 verdict_counter[] = {
	[PROSE_PDU_SUBHEADER]	= PROSE_A_COUNTERS_RX_SUBHEADER,
	[PROSE_PDU_LCID]	= PROSE_A_COUNTERS_RX_LCID,
	[PROSE_PDU_LENGTH]	= PROSE_A_COUNTERS_RX_LENGTH,
};

static void member_stat_add(struct prose_member *member,
			    enum prose_member_counter counter, u64 n)
{
	if (member)
		this_cpu_add(member->counters->c[counter], n);
}

/* The frame is garbage. */
static noinline void failed(struct prose_pgk *pgk, struct prose_member *member,
			    struct sk_buff *skb, int err)
{
	struct prose_dev *pdev = pgk->pdev;

	switch (err) {
	case -EBADMSG:
		member_stat_add(member, PROSE_MEMBER_RX_BAD_MAC, 1);
		prose_dev_drop(pdev, pgk, skb, PROSE_A_COUNTERS_RX_BAD_MAC);
		if (!(atomic_inc_return(&pgk->mac_failures) % MAC_FAILURES))
			prose_event_key(pgk, PROSE_EVENT_TYPE_MAC_FAILURES);
		break;
	case -ENOMEM:
		member_stat_add(member, PROSE_MEMBER_RX_CRYPTO, 1);
		prose_dev_drop(pdev, pgk, skb, PROSE_A_COUNTERS_RX_NO_MEMORY);
		break;
	default:
		member_stat_add(member, PROSE_MEMBER_RX_CRYPTO, 1);
		prose_dev_drop(pdev, pgk, skb, PROSE_A_COUNTERS_RX_CRYPTO);
		break;
	}
}

/* Another device holds the key and our member identity. */
static void conflict(struct prose_pgk *pgk, u16 ptk_id)
{
	/* Not rate-limited: it comes once, until the operator answers. */
	if (prose_key_conflict(pgk))
		prose_event_member(pgk, PROSE_EVENT_TYPE_MEMBER_CONFLICT,
				   pgk->pdev->member, ptk_id);
}

/*
 * A frame verified. Return: 0 if it is to be delivered, or a counter. One that
 * was seen before shows no conflict: somebody played it back.
 */
static unsigned int verified(struct prose_pgk *pgk, struct prose_member *member,
			     const struct prose_pdu *pdu)
{
	unsigned int reason;

	if (unlikely(!member))
		return READ_ONCE(pgk->wiped) ? PROSE_A_COUNTERS_RX_KEY_DEAD :
					       PROSE_A_COUNTERS_RX_DERIVE_LIMIT;
	reason = prose_member_verified(pgk, member, pdu);
	if (likely(pdu->src != pgk->pdev->member))
		return reason;
	if (reason && reason != PROSE_A_COUNTERS_RX_MEMBER_REFUSED)
		return reason;
	conflict(pgk, pdu->ptk_id);
	return PROSE_A_COUNTERS_RX_OWN_SRC_FOREIGN;
}

static void count_rx(struct prose_counters __percpu *counters, unsigned int len)
{
	prose_stat_inc(counters, PROSE_A_COUNTERS_RX_PACKETS);
	prose_stat_add(counters, PROSE_A_COUNTERS_RX_BYTES, len);
}

/*
 * Of what a group sends, only TCP gains by GRO, and to wait for more costs a
 * packet that is alone a softirq of its own. All segments of a connection go one
 * way, so that their order is kept. An SDU of type IP has its whole IP header.
 */
static bool is_tcp(const struct sk_buff *skb, u8 sdu_type)
{
	if (sdu_type != PROSE_SDU_IP || skb->pkt_type != PACKET_HOST)
		return false;
	if (skb->protocol == htons(ETH_P_IP))
		return ip_hdr(skb)->protocol == IPPROTO_TCP;
	return ipv6_hdr(skb)->nexthdr == IPPROTO_TCP;
}

/* The plain SDU does not look like its type. */
static noinline void bad_sdu(struct prose_dev *pdev, struct prose_pgk *pgk,
			     struct prose_member *member, struct sk_buff *skb,
			     enum prose_inner_verdict verdict)
{
	bool leftover = verdict == PROSE_INNER_LEFTOVER;

	member_stat_add(member, leftover ? PROSE_MEMBER_RX_LEFTOVER :
					   PROSE_MEMBER_RX_IMPLAUSIBLE, 1);
	prose_dev_drop(pdev, pgk, skb, leftover ?
		       PROSE_A_COUNTERS_RX_LEFTOVER :
		       PROSE_A_COUNTERS_RX_IMPLAUSIBLE);
}

/* The plain SDU, with a key and a PTK or of an unprotected device, to the stack */
static __always_inline void rx_sdu(struct prose_dev *pdev,
				   struct prose_pgk *pgk,
				   struct prose_ptk *ptk,
				   struct prose_member *member,
				   struct sk_buff *skb,
				   const struct prose_pdu *pdu)
{
	enum prose_inner_verdict verdict;
	unsigned int len;

	verdict = prose_inner_check(skb, pdu->sdu_type);
	if (unlikely(verdict != PROSE_INNER_OK)) {
		bad_sdu(pdev, pgk, member, skb, verdict);
		return;
	}
	if (unlikely(!netif_running(pdev->dev))) {
		prose_dev_drop(pdev, pgk, skb, PROSE_A_COUNTERS_RX_DOWN);
		return;
	}

	skb_scrub_packet(skb, !net_eq(dev_net(pdev->dev),
				      dev_net(pdev->lower)));
	__vlan_hwaccel_clear_tag(skb);
	/* What a lower device said of the carriage does not hold for this. */
	skb_gso_reset(skb);
	skb->encapsulation = 0;
	skb->ip_summed = CHECKSUM_NONE;
	skb_clear_hash(skb);
	prose_inner_rebuild(pdev, skb, pdu->sdu_type, pdu->src);

	len = skb->len + ETH_HLEN;
	trace_prose_rx(pdev->dev, pgk ? pgk->id : 0, pdu->src, pdu->ptk_id,
		       len);
	count_rx(pdev->counters, len);
	if (pgk)
		count_rx(pgk->counters, len);
	member_stat_add(member, PROSE_MEMBER_RX_PACKETS, 1);
	member_stat_add(member, PROSE_MEMBER_RX_BYTES, len);
	if (member && !pgk->suite->authenticated)
		prose_member_good(pgk, member, ptk);
	/* What finds the queue full is counted as dropped by the link. */
	if (is_tcp(skb, pdu->sdu_type))
		gro_cells_receive(&pdev->rx.gro, skb);
	else
		netif_receive_skb(skb);
}

/* The deciphered frame of a member, or of one that is gone meanwhile */
static __always_inline void rx_done(struct prose_dev *pdev,
				    struct prose_pgk *pgk,
				    struct prose_ptk *ptk,
				    struct prose_member *member,
				    struct sk_buff *skb, int err)
{
	const struct prose_pdu *pdu = &prose_rx_cb(skb)->pdu;
	const struct prose_suite *suite = pgk->suite;
	unsigned int reason;

	if (unlikely(err)) {
		failed(pgk, member, skb, err);
		return;
	}
	if (suite->authenticated) {
		reason = verified(pgk, member, pdu);
		if (unlikely(reason)) {
			prose_dev_drop(pdev, pgk, skb, reason);
			return;
		}
	}
	/* Room for the Ethernet header that is rebuilt is what is pulled. */
	__skb_pull(skb, pdu->data + suite->head);
	__skb_trim(skb, skb->len - suite->tail);
	rx_sdu(pdev, pgk, ptk, member, skb, pdu);
}

/**
 * prose_rx_done - a driver has completed later what prose_ptk_decrypt() began
 * @ptk: its PTK, valid until this returns
 * @skb: the frame, handed over
 * @err: as prose_ptk_decrypt() returns it
 *
 * Context: softirqs off, RCU read lock held.
 */
void prose_rx_done(struct prose_ptk *ptk, struct sk_buff *skb, int err)
{
	struct prose_pgk *pgk = ptk->pgk;

	rx_done(pgk->pdev, pgk, ptk, prose_member_find(pgk, ptk->src), skb,
		err);
}

/* Nothing is left after the PDU, whose Data is then deciphered in place. */
static __always_inline void rx_cipher(struct prose_dev *pdev,
				      struct prose_pgk *pgk,
				      struct prose_member *member,
				      struct prose_ptk *ptk,
				      struct sk_buff *skb)
{
	const struct prose_pdu *pdu = &prose_rx_cb(skb)->pdu;
	u8 head = pgk->suite->head, tail = pgk->suite->tail;
	int err;

	if (unlikely(pskb_trim(skb, pdu->data + pdu->len) ||
		     prose_skb_own(skb, ETH_HLEN, 0))) {
		prose_dev_drop(pdev, pgk, skb, PROSE_A_COUNTERS_RX_NO_MEMORY);
		return;
	}
	err = prose_ptk_decrypt(ptk, skb, skb->data + pdu->data + head,
				pdu->len - head - tail, pdu->sn, pdu->lcid);
	if (likely(err != -EINPROGRESS))
		rx_done(pdev, pgk, ptk, member, skb, err);
}

/* The same for a frame that waited for its PTK */
static noinline void rx_waited(struct prose_dev *pdev, struct prose_pgk *pgk,
			       struct prose_member *member,
			       struct prose_ptk *ptk, struct sk_buff *skb)
{
	rx_cipher(pdev, pgk, member, ptk, skb);
}

static u64 wait_hash(u32 src, u16 id)
{
	return (u64)src << 16 | id;
}

static struct prose_wait *wait_find(struct prose_rx *rx,
				    const struct prose_pgk *pgk, u32 src,
				    u16 id)
{
	struct prose_wait *wait;

	hash_for_each_possible(rx->waits, wait, node, wait_hash(src, id))
		if (wait->pgk == pgk && wait->src == src && wait->id == id)
			return wait;
	return NULL;
}

/* Established members come first. */
static struct prose_wait *wait_add(struct prose_rx *rx, struct prose_pgk *pgk,
				   u32 src, u16 id, bool known)
{
	struct prose_wait *wait = kmalloc(sizeof(*wait), GFP_ATOMIC);

	if (!wait)
		return NULL;
	wait->pgk = prose_pgk_hold(pgk);
	wait->src = src;
	wait->id = id;
	wait->known = known;
	wait->call = NULL;
	__skb_queue_head_init(&wait->frames);
	hash_add(rx->waits, &wait->node, wait_hash(src, id));
	if (known) {
		list_add(&wait->list, &rx->waiting);
	} else {
		list_add_tail(&wait->list, &rx->waiting);
		rx->waits_new++;
	}
	queue_work(prose_wq, &rx->work);
	return wait;
}

/* Off the list, its frames to @frames; the caller puts wait->pgk and frees. */
static void wait_remove(struct prose_rx *rx, struct prose_wait *wait,
			struct sk_buff_head *frames)
{
	unsigned int n = skb_queue_len(&wait->frames);

	if (!IS_ERR_OR_NULL(wait->call)) {
		prose_kdf_call_drop(wait->call);
		rx->calls--;
	}
	list_del(&wait->list);
	hash_del(&wait->node);
	rx->frames -= n;
	if (!wait->known) {
		rx->frames_new -= n;
		rx->waits_new--;
	}
	skb_queue_splice_tail_init(&wait->frames, frames);
}

/* May a PTK be derived for this sender now? */
static bool may_derive(struct prose_rx *rx, struct prose_pgk *pgk,
		       struct prose_member *member, u32 src, bool *known)
{
	if (!member || !member->known)
		member = prose_member_known_elsewhere(pgk, src);
	*known = member;
	if (member)
		return prose_budget_take(&member->budget, PROSE_KNOWN_RATE,
					 PROSE_KNOWN_BURST);
	return prose_budget_take(&rx->newcomers, PROSE_NEWCOMER_RATE,
				 PROSE_NEWCOMER_BURST);
}

/* The PTK of a frame if nothing waits for it any more. Under rx->lock. */
static struct prose_ptk *ready_ptk(struct prose_pgk *pgk,
				   struct prose_member **member,
				   const struct prose_pdu *pdu)
{
	struct prose_ptk *ptk;

	*member = prose_member_find(pgk, pdu->src);
	ptk = *member ? prose_member_ptk(*member, pdu->ptk_id) : NULL;
	return ptk && !ptk->queued ? ptk : NULL;
}

static bool queue_full(const struct prose_rx *rx, const struct prose_wait *wait)
{
	unsigned int most = wait->known ? WAIT_FRAMES_KNOWN : WAIT_FRAMES;

	return skb_queue_len(&wait->frames) >= most ||
	       (!wait->known && rx->frames_new >= WAIT_FRAMES_NEW) ||
	       rx->frames >= WAIT_FRAMES_DEV;
}

/*
 * A frame whose PTK is not ready waits for it. Return: 0 if it was taken, or if
 * the PTK, which is set with the member, became ready between the look at it and
 * the lock; a counter if the frame must be dropped.
 */
static unsigned int first_frame(struct prose_dev *pdev, struct prose_pgk *pgk,
				struct prose_member **member,
				struct prose_ptk **ptk, struct sk_buff *skb)
{
	const struct prose_pdu *pdu = &prose_rx_cb(skb)->pdu;
	struct prose_rx *rx = &pdev->rx;
	struct prose_wait *wait;
	unsigned int reason = 0;
	bool known;

	*ptk = NULL;
	spin_lock_bh(&rx->lock);
	if (pgk->wiped) {
		reason = PROSE_A_COUNTERS_RX_KEY_DEAD;
		goto out;
	}

	wait = wait_find(rx, pgk, pdu->src, pdu->ptk_id);
	if (!wait) {
		*ptk = ready_ptk(pgk, member, pdu);
		if (*ptk)
			goto out;
		reason = PROSE_A_COUNTERS_RX_DERIVE_LIMIT;
		if (!may_derive(rx, pgk, *member, pdu->src, &known))
			goto out;
		reason = PROSE_A_COUNTERS_RX_QUEUE_FULL;
		if (!known && rx->waits_new == WAITS_NEW)
			goto out;
		reason = PROSE_A_COUNTERS_RX_NO_MEMORY;
		wait = wait_add(rx, pgk, pdu->src, pdu->ptk_id, known);
		if (!wait)
			goto out;
	}

	reason = PROSE_A_COUNTERS_RX_QUEUE_FULL;
	if (queue_full(rx, wait))
		goto out;
	reason = 0;
	__skb_queue_tail(&wait->frames, skb);
	rx->frames++;
	if (!wait->known)
		rx->frames_new++;
out:
	spin_unlock_bh(&rx->lock);
	return reason;
}

/* A frame whose PTK is not ready, or was not when it came */
static noinline void rx_first(struct prose_dev *pdev, struct prose_pgk *pgk,
			      struct prose_member *member, struct sk_buff *skb)
{
	struct prose_ptk *ptk;
	unsigned int reason;

	reason = first_frame(pdev, pgk, &member, &ptk, skb);
	if (reason)
		prose_dev_drop(pdev, pgk, skb, reason);
	else if (ptk)
		rx_waited(pdev, pgk, member, ptk, skb);
}

/**
 * prose_rx_ahead - derive a PTK before its first frame comes
 * @pgk: key; under dev->rx.lock
 * @src: established member
 * @id: PTK Identity
 *
 * Context: softirqs off. Without memory it is derived when the frame comes.
 */
void prose_rx_ahead(struct prose_pgk *pgk, u32 src, u16 id)
{
	struct prose_rx *rx = &pgk->pdev->rx;

	if (!wait_find(rx, pgk, src, id))
		wait_add(rx, pgk, src, id, true);
}

/* Derive, and let the PTK be found; its frames still wait. */
static struct prose_ptk *wait_derive(struct prose_rx *rx,
				     struct prose_wait *wait)
{
	struct prose_member *member, *fresh;
	struct prose_ptk *ptk, *found;
	int err;

	fresh = prose_member_alloc(wait->pgk, wait->src);
	if (!fresh)
		return ERR_PTR(-ENOMEM);
	ptk = prose_ptk_alloc(wait->pgk);
	if (IS_ERR(ptk))
		goto out_fresh;
	err = prose_ptk_key(ptk, wait->src, wait->id, wait->call);
	if (err)
		goto err_ptk;
	ptk->queued = true;

	rcu_read_lock();
	spin_lock_bh(&rx->lock);
	err = -EKEYREVOKED;
	if (wait->pgk->wiped)
		goto err_unlock;
	member = prose_member_find(wait->pgk, wait->src);
	if (!member) {
		err = prose_member_add(wait->pgk, fresh);
		if (err)
			goto err_unlock;
		member = fresh;
		fresh = NULL;
	}
	found = prose_member_ptk(member, wait->id);
	if (found) {
		/* Derived ahead in between */
		prose_ptk_retire(ptk);
		ptk = found;
		WRITE_ONCE(ptk->queued, true);
	} else {
		prose_member_install(member, ptk);
	}
	spin_unlock_bh(&rx->lock);
	rcu_read_unlock();
out_fresh:
	if (fresh)
		prose_member_free(fresh);
	return ptk;

err_unlock:
	spin_unlock_bh(&rx->lock);
	rcu_read_unlock();
err_ptk:
	prose_ptk_retire(ptk);
	prose_member_free(fresh);
	return ERR_PTR(err);
}

static unsigned int derive_counter(int err)
{
	switch (err) {
	case -ENOMEM:
	case -EBUSY:	/* the table of members is being enlarged, */
	case -E2BIG:	/* or as large as it can be */
		return PROSE_A_COUNTERS_RX_NO_MEMORY;
	case -EKEYREVOKED:
		return PROSE_A_COUNTERS_RX_KEY_DEAD;
	default:
		return PROSE_A_COUNTERS_RX_CRYPTO;
	}
}

static void deliver(struct prose_dev *pdev, struct sk_buff_head *frames,
		    struct prose_pgk *pgk, u32 src, u16 id)
{
	struct prose_member *member;
	struct prose_ptk *ptk;
	struct sk_buff *skb;
	unsigned int reason;

	while ((skb = __skb_dequeue(frames))) {
		local_bh_disable();
		rcu_read_lock();
		member = prose_member_find(pgk, src);
		ptk = member ? prose_member_ptk(member, id) : NULL;
		reason = PROSE_A_COUNTERS_RX_KEY_DEAD;
		if (!prose_key_check(pgk) && ptk)
			reason = prose_member_check(member,
						    &prose_rx_cb(skb)->pdu);
		if (reason)
			prose_dev_drop(pdev, pgk, skb, reason);
		else
			rx_waited(pdev, pgk, member, ptk, skb);
		rcu_read_unlock();
		local_bh_enable();
	}
}

/*
 * One entry: derive, then the frames that wait, and those that came meanwhile.
 * Who sends faster than this goes does not keep the others waiting.
 */
static void wait_serve(struct prose_dev *pdev, struct prose_wait *wait)
{
	struct prose_rx *rx = &pdev->rx;
	struct sk_buff_head frames;
	struct prose_member *member;
	struct prose_ptk *ptk;
	unsigned int turn = 0;
	bool done = false;
	struct sk_buff *skb;

	__skb_queue_head_init(&frames);
	ptk = wait_derive(rx, wait);

	while (!done) {
		rcu_read_lock();
		spin_lock_bh(&rx->lock);
		if (IS_ERR(ptk) || skb_queue_empty(&wait->frames) ||
		    ++turn == WAIT_TURNS) {
			done = true;
			wait_remove(rx, wait, &frames);
			member = prose_member_find(wait->pgk, wait->src);
			if (member && !IS_ERR(ptk)) {
				ptk = prose_member_ptk(member, wait->id);
				if (ptk)
					WRITE_ONCE(ptk->queued, false);
			}
		} else {
			rx->frames -= skb_queue_len(&wait->frames);
			if (!wait->known)
				rx->frames_new -= skb_queue_len(&wait->frames);
			skb_queue_splice_tail_init(&wait->frames, &frames);
		}
		spin_unlock_bh(&rx->lock);
		rcu_read_unlock();

		if (IS_ERR(ptk))
			while ((skb = __skb_dequeue(&frames)))
				prose_dev_drop(pdev, wait->pgk, skb,
					       derive_counter(PTR_ERR(ptk)));
		else
			deliver(pdev, &frames, wait->pgk, wait->src, wait->id);
		cond_resched();
	}
	prose_pgk_put(wait->pgk);
	kfree(wait);
}

static void answered(void *data)
{
	struct prose_dev *pdev = data;

	queue_work(prose_wq, &pdev->rx.work);
}

/*
 * Can this entry be served? If the KDF sleeps not before it was asked, and has
 * answered. Under rx->lock.
 */
static bool wait_ready(struct prose_rx *rx, struct prose_wait *wait)
{
	int err;

	if (!prose_kdf_sleeps(wait->pgk->kdf) || wait->pgk->wiped)
		return true;
	if (!wait->call && rx->calls < CALLS_MAX) {
		err = prose_derive_ask(wait->pgk, wait->src, wait->id, answered,
				       &wait->call);
		if (err)
			wait->call = ERR_PTR(err);
		else
			rx->calls++;
	}
	return IS_ERR(wait->call) ||
	       (wait->call && prose_kdf_call_done(wait->call));
}

/* The first that can be served. Under rx->lock. */
static struct prose_wait *wait_first(struct prose_rx *rx)
{
	struct prose_wait *wait;

	list_for_each_entry(wait, &rx->waiting, list)
		if (wait_ready(rx, wait))
			return wait;
	return NULL;
}

static void rx_work(struct work_struct *work)
{
	struct prose_dev *pdev = container_of(work, struct prose_dev, rx.work);
	struct prose_rx *rx = &pdev->rx;
	struct prose_wait *wait;

	for (;;) {
		spin_lock_bh(&rx->lock);
		wait = wait_first(rx);
		spin_unlock_bh(&rx->lock);
		if (!wait)
			return;
		wait_serve(pdev, wait);
	}
}

/*
 * Our own identity as the sender: never delivered. One that we did not send may
 * be another device's, so if it can be verified it goes on.
 *
 * Return: 0 if it goes on, or the counter of the drop.
 */
static noinline unsigned int own_src(struct prose_pgk *pgk, struct sk_buff *skb)
{
	const struct prose_pdu *pdu = &prose_rx_cb(skb)->pdu;
	const u8 *salt = NULL;
	u8 copy[PROSE_SALT_LEN];

	if (pgk && pgk->suite->aead)
		salt = skb_header_pointer(skb, pdu->data, sizeof(copy), copy);

	switch (prose_count_own_src(pgk, pdu->ptk_id, pdu->sn, salt)) {
	case PROSE_OWN_REFLECTED:
		return PROSE_A_COUNTERS_RX_OWN_SRC;
	case PROSE_OWN_FOREIGN:
		if (pgk->suite->authenticated)
			return 0;
		prose_event_conflict(pgk, pdu->ptk_id);
		return PROSE_A_COUNTERS_RX_OWN_SRC_FOREIGN;
	default:
		return PROSE_A_COUNTERS_RX_OWN_SRC_OLD;
	}
}

static bool sdu_type_carried(u8 sdu_type)
{
	return sdu_type == PROSE_SDU_IP || sdu_type == PROSE_SDU_ARP ||
	       sdu_type == PROSE_SDU_NONIP;
}

/*
 * A frame of an unprotected group: the header is all zero (TS 36.323 5.6.1), and
 * everything is in clear. Return: 0 if it was taken, or a counter.
 */
static noinline unsigned int rx_clear(struct prose_dev *pdev, struct sk_buff *skb)
{
	struct prose_pdu pdu = prose_rx_cb(skb)->pdu;

	if (!prose_pdu_unprotected(&pdu))
		return PROSE_A_COUNTERS_RX_PROTECTED;
	if (pdu.src == pdev->member)
		return PROSE_A_COUNTERS_RX_OWN_SRC;
	if (!sdu_type_carried(pdu.sdu_type))
		return PROSE_A_COUNTERS_RX_SDU_TYPE;
	if (pdu.sdu_type == PROSE_SDU_NONIP &&
	    !prose_dev_carries_nonip(pdev, NULL))
		return PROSE_A_COUNTERS_RX_NONIP;
	if (pskb_trim(skb, pdu.data + pdu.len) ||
	    prose_skb_own(skb, ETH_HLEN, 0))
		return PROSE_A_COUNTERS_RX_NO_MEMORY;

	__skb_pull(skb, pdu.data);
	rx_sdu(pdev, NULL, NULL, NULL, skb, &pdu);
	return 0;
}

/**
 * prose_rx - receive a frame of a device's group
 * @pdev: device
 * @skb: from the SL-SCH header on, which is in prose_rx_cb() already, with
 *	PROSE_HEAD_MAX octets or all in one piece; taken over
 *
 * Context: softirq, RCU read lock.
 */
void prose_rx(struct prose_dev *pdev, struct sk_buff *skb)
{
	struct prose_pdu *pdu = &prose_rx_cb(skb)->pdu;
	enum prose_pdu_verdict verdict;
	struct prose_member *member;
	struct prose_pgk *pgk = NULL;
	struct prose_ptk *ptk = NULL;
	unsigned int reason;

	verdict = prose_pdu_parse_rest(skb->data, skb_headlen(skb), skb->len,
				       pdu);
	if (unlikely(verdict != PROSE_PDU_OK)) {
		reason = verdict_counter[verdict];
		goto drop;
	}

	if (unlikely(!pdev->protect)) {
		reason = rx_clear(pdev, skb);
		if (reason)
			goto drop;
		return;
	}

	pgk = rcu_dereference(pdev->pgks[pdu->pgk_index]);
	if (unlikely(pdu->src == pdev->member)) {
		reason = own_src(pgk, skb);
		if (reason)
			goto drop;
	}

	reason = PROSE_A_COUNTERS_RX_UNPROTECTED;
	if (unlikely(prose_pdu_unprotected(pdu))) {
		pgk = NULL;
		goto drop;
	}
	/* TS 36.323 5.8: reserved values are discarded. */
	reason = PROSE_A_COUNTERS_RX_SDU_TYPE;
	if (unlikely(!sdu_type_carried(pdu->sdu_type)))
		goto drop;

	reason = PROSE_A_COUNTERS_RX_NO_PGK;
	if (unlikely(!pgk)) {
		prose_event_no_key(pdev);
		goto drop;
	}
	reason = PROSE_A_COUNTERS_RX_KEY_DEAD;
	if (unlikely(prose_key_check(pgk)))
		goto drop;
	reason = PROSE_A_COUNTERS_RX_NONIP;
	if (pdu->sdu_type == PROSE_SDU_NONIP &&
	    !prose_dev_carries_nonip(pdev, pgk->suite))
		goto drop;
	reason = PROSE_A_COUNTERS_RX_LENGTH;
	if (unlikely(pdu->len < pgk->suite->head + pgk->suite->tail))
		goto drop;

	member = prose_member_find(pgk, pdu->src);
	if (likely(member)) {
		reason = prose_member_check(member, pdu);
		if (unlikely(reason))
			goto drop;
		ptk = prose_member_ptk(member, pdu->ptk_id);
	}
	if (unlikely(!ptk || READ_ONCE(ptk->queued)))
		rx_first(pdev, pgk, member, skb);
	else
		rx_cipher(pdev, pgk, member, ptk, skb);
	return;

drop:
	prose_dev_drop(pdev, pgk, skb, reason);
}

/**
 * prose_rx_purge - drop what waits
 * @pdev: device
 * @pgk: only what waits for this key, or NULL
 * @reason: counter of what is dropped
 *
 * Context: process. An entry that rx->work serves at the moment stays, without
 * its frames; the work ends it.
 */
void prose_rx_purge(struct prose_dev *pdev, const struct prose_pgk *pgk,
		    unsigned int reason)
{
	struct prose_rx *rx = &pdev->rx;
	struct sk_buff_head frames;
	struct prose_wait *wait;
	struct sk_buff *skb;

	__skb_queue_head_init(&frames);
	spin_lock_bh(&rx->lock);
	list_for_each_entry(wait, &rx->waiting, list) {
		if (pgk && wait->pgk != pgk)
			continue;
		rx->frames -= skb_queue_len(&wait->frames);
		if (!wait->known)
			rx->frames_new -= skb_queue_len(&wait->frames);
		skb_queue_splice_tail_init(&wait->frames, &frames);
		/* A KDF may still be at it. */
		if (pgk)
			queue_work(prose_wq, &rx->work);
	}
	spin_unlock_bh(&rx->lock);
	while ((skb = __skb_dequeue(&frames)))
		prose_dev_drop(pdev, NULL, skb, reason);
}

/**
 * prose_rx_init - make the receiving side of a new device
 * @pdev: device
 */
void prose_rx_init(struct prose_dev *pdev)
{
	struct prose_rx *rx = &pdev->rx;

	spin_lock_init(&rx->lock);
	INIT_LIST_HEAD(&rx->waiting);
	hash_init(rx->waits);
	INIT_WORK(&rx->work, rx_work);
}
