// SPDX-License-Identifier: GPL-2.0
/*
 * First frames of a PTK. A cipher handle cannot be made in softirq, so they wait
 * in bounded queues until a work item has derived the PTK.
 *
 * Their order is kept by two rules. While a PTK is marked as queued, all of its
 * frames go through its queue; the mark is taken away only when the queue is
 * empty and nobody has one of its frames in hand. And one at a time serves a
 * queue: the work in batches, or the softirq that just added a frame, which
 * serves more than it adds. So a queue comes to its end however fast the frames
 * come and however long the work must wait for a CPU.
 */

#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <linux/slab.h>

#include "derive.h"
#include "device.h"
#include "kdfcall.h"
#include "key.h"
#include "main.h"
#include "member.h"
#include "pdu.h"
#include "rx.h"
#include "rx_wait.h"
#include "skb.h"
#include "traffic_key.h"

/*
 * First frames that wait: of one PTK of a newcomer and of an established sender,
 * of a device, of its newcomers. A work that a busy machine lets wait for a
 * tenth of a second loses nothing of a sender at 5,000 frames a second.
 */
#define WAIT_FRAMES		64
#define WAIT_FRAMES_KNOWN	512
#define WAIT_FRAMES_DEV		2048
#define WAIT_FRAMES_NEW		128

/*
 * PTKs that wait for a derivation, of newcomers and of established senders: when
 * a group goes on to another PGK, all members do so at about the same time.
 */
#define WAITS_NEW		32
#define WAITS_KNOWN		PROSE_MEMBERS_MAX

/*
 * Derivations a second, and at once, for PTK Identities that established senders
 * did not announce: anybody can forge the headers of such a frame.
 */
#define KNOWN_RATE		64
#define KNOWN_BURST		PROSE_MEMBERS_MAX

/* PTKs of a device that a KDF which sleeps is asked for at once */
#define CALLS_MAX		4

/* Frames served at once by the work, and by a softirq that added one */
#define SERVE_BATCH		64
#define SERVE_HELP		2

/**
 * struct prose_wait - a PTK to be derived, and its first frames
 * @list: in the list of @class, or of PROSE_WAIT_DERIVED
 * @node: in the table
 * @pgk: key; a reference is held
 * @src: sender
 * @id: PTK Identity
 * @class: what it is until it is derived
 * @derived: the PTK can be found; only @frames keep it here
 * @serving: somebody derives or delivers; nobody else takes a frame or frees it
 * @call: what a KDF that sleeps was asked, NULL before that, or why it cannot be
 * @frames: first frames in order; none if it is derived ahead of them
 *
 * Under dev->rx.lock.
 */
struct prose_wait {
	struct list_head list;
	struct hlist_node node;
	struct prose_pgk *pgk;
	u32 src;
	u16 id;
	enum prose_wait_class class;
	bool derived;
	bool serving;
	struct prose_kdf_call *call;
	struct sk_buff_head frames;
};

static u64 wait_hash(u32 src, u16 id)
{
	return (u64)src << 16 | id;
}

static struct prose_wait *wait_find(struct prose_waits *waits,
				    const struct prose_pgk *pgk, u32 src,
				    u16 id)
{
	struct prose_wait *wait;

	hash_for_each_possible(waits->table, wait, node, wait_hash(src, id))
		if (wait->pgk == pgk && wait->src == src && wait->id == id)
			return wait;
	return NULL;
}

static bool is_new(const struct prose_wait *wait)
{
	return wait->class == PROSE_WAIT_NEWCOMER;
}

/* What is to be derived is counted by class. */
static void count_class(struct prose_waits *waits, enum prose_wait_class class,
			int n)
{
	if (class == PROSE_WAIT_NEWCOMER)
		waits->newcomers += n;
	else if (class == PROSE_WAIT_KNOWN)
		waits->known += n;
}

static struct prose_wait *wait_add(struct prose_waits *waits,
				   struct prose_pgk *pgk, u32 src, u16 id,
				   enum prose_wait_class class)
{
	struct prose_wait *wait = kzalloc(sizeof(*wait), GFP_ATOMIC);

	if (!wait)
		return NULL;
	wait->pgk = prose_pgk_hold(pgk);
	wait->src = src;
	wait->id = id;
	wait->class = class;
	__skb_queue_head_init(&wait->frames);
	hash_add(waits->table, &wait->node, wait_hash(src, id));
	list_add_tail(&wait->list, &waits->list[class]);
	count_class(waits, class, 1);
	queue_work(prose_wq, &waits->work);
	return wait;
}

static void count_frames(struct prose_waits *waits,
			 const struct prose_wait *wait, int n)
{
	waits->frames += n;
	if (is_new(wait))
		waits->frames_new += n;
}

static void put_frame(struct prose_waits *waits, struct prose_wait *wait,
		      struct sk_buff *skb)
{
	__skb_queue_tail(&wait->frames, skb);
	count_frames(waits, wait, 1);
}

static struct sk_buff *take_frame(struct prose_waits *waits,
				  struct prose_wait *wait)
{
	struct sk_buff *skb = __skb_dequeue(&wait->frames);

	if (skb)
		count_frames(waits, wait, -1);
	return skb;
}

static void take_all(struct prose_waits *waits, struct prose_wait *wait,
		     struct sk_buff_head *frames)
{
	count_frames(waits, wait, -skb_queue_len(&wait->frames));
	skb_queue_splice_tail_init(&wait->frames, frames);
}

/* There is nothing more to derive; the KDF is free for another one. */
static void derive_end(struct prose_waits *waits, struct prose_wait *wait)
{
	if (wait->derived)
		return;
	wait->derived = true;
	count_class(waits, wait->class, -1);
	if (!IS_ERR_OR_NULL(wait->call)) {
		prose_kdf_call_drop(wait->call);
		waits->calls--;
	}
	wait->call = NULL;
}

/* Nobody finds it any more; the caller has @serving and frees it. */
static void wait_remove(struct prose_waits *waits, struct prose_wait *wait)
{
	derive_end(waits, wait);
	list_del(&wait->list);
	hash_del(&wait->node);
}

static void wait_free(struct prose_wait *wait)
{
	prose_pgk_put(wait->pgk);
	kfree(wait);
}

/*
 * May a PTK be derived for this sender now? Return: 0 with the class set, or the
 * counter of the drop.
 */
static unsigned int may_derive(struct prose_waits *waits, struct prose_pgk *pgk,
			       struct prose_member *member, u32 src,
			       enum prose_wait_class *class)
{
	if (!member || !member->known)
		member = prose_member_known_elsewhere(pgk, src);
	if (!member) {
		*class = PROSE_WAIT_NEWCOMER;
		if (waits->newcomers == WAITS_NEW)
			return PROSE_A_COUNTERS_RX_QUEUE_FULL;
		return prose_budget_take(&waits->newcomer_budget,
					 PROSE_NEWCOMER_RATE,
					 PROSE_NEWCOMER_BURST) ?
		       0 : PROSE_A_COUNTERS_RX_DERIVE_LIMIT;
	}

	*class = PROSE_WAIT_KNOWN;
	if (waits->known == WAITS_KNOWN)
		return PROSE_A_COUNTERS_RX_QUEUE_FULL;
	/* Its own first: what is spent for nothing is not the others'. */
	return prose_budget_take(&member->budget, PROSE_KNOWN_RATE,
				 PROSE_KNOWN_BURST) &&
	       prose_budget_take(&waits->known_budget, KNOWN_RATE,
				 KNOWN_BURST) ?
	       0 : PROSE_A_COUNTERS_RX_DERIVE_LIMIT;
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

static bool queue_full(const struct prose_waits *waits,
		       const struct prose_wait *wait)
{
	if (is_new(wait) && (skb_queue_len(&wait->frames) >= WAIT_FRAMES ||
			     waits->frames_new >= WAIT_FRAMES_NEW))
		return true;
	return skb_queue_len(&wait->frames) >= WAIT_FRAMES_KNOWN ||
	       waits->frames >= WAIT_FRAMES_DEV;
}

/*
 * A frame whose PTK is not ready waits for it. Return: 0 if it was taken, or if
 * the PTK, which is set with the member, became ready between the look at it and
 * the lock; a counter if the frame must be dropped. @help is set to what the
 * caller must serve then.
 */
static unsigned int first_frame(struct prose_dev *pdev, struct prose_pgk *pgk,
				struct prose_member **member,
				struct prose_ptk **ptk,
				struct prose_wait **help, struct sk_buff *skb)
{
	const struct prose_pdu *pdu = &prose_rx_cb(skb)->pdu;
	struct prose_waits *waits = &pdev->rx.waits;
	enum prose_wait_class class;
	unsigned int reason = 0;
	struct prose_wait *wait;

	*ptk = NULL;
	*help = NULL;
	spin_lock_bh(&pdev->rx.lock);
	if (pgk->wiped) {
		reason = PROSE_A_COUNTERS_RX_KEY_DEAD;
		goto out;
	}

	wait = wait_find(waits, pgk, pdu->src, pdu->ptk_id);
	if (!wait) {
		*ptk = ready_ptk(pgk, member, pdu);
		if (*ptk)
			goto out;
		reason = may_derive(waits, pgk, *member, pdu->src, &class);
		if (reason)
			goto out;
		reason = PROSE_A_COUNTERS_RX_NO_MEMORY;
		wait = wait_add(waits, pgk, pdu->src, pdu->ptk_id, class);
		if (!wait)
			goto out;
	}

	reason = PROSE_A_COUNTERS_RX_QUEUE_FULL;
	if (!queue_full(waits, wait)) {
		reason = 0;
		put_frame(waits, wait, skb);
	}
	if (wait->derived && !wait->serving) {
		wait->serving = true;
		*help = wait;
	}
out:
	spin_unlock_bh(&pdev->rx.lock);
	return reason;
}

static void deliver(struct prose_dev *pdev, const struct prose_wait *wait,
		    struct sk_buff *skb)
{
	struct prose_member *member = prose_member_find(wait->pgk, wait->src);
	unsigned int reason = PROSE_A_COUNTERS_RX_KEY_DEAD;
	struct prose_ptk *ptk;

	ptk = member ? prose_member_ptk(member, wait->id) : NULL;
	if (!prose_key_check(wait->pgk) && ptk)
		reason = prose_member_check(member, &prose_rx_cb(skb)->pdu);
	if (reason)
		prose_dev_drop(pdev, wait->pgk, skb, reason);
	else
		pdev->rx.waits.deliver(pdev, wait->pgk, member, ptk, skb);
}

/* The frames of a PTK no longer wait behind each other. Under rx->lock. */
static void unqueue(const struct prose_wait *wait)
{
	struct prose_member *member = prose_member_find(wait->pgk, wait->src);
	struct prose_ptk *ptk;

	ptk = member ? prose_member_ptk(member, wait->id) : NULL;
	if (ptk)
		WRITE_ONCE(ptk->queued, false);
}

/*
 * Deliver so many of the frames that wait, in order. The caller has @serving,
 * and gives it back here; what is left is for the work, or for the next softirq
 * that adds a frame.
 *
 * Context: softirqs off, RCU read lock held.
 */
static void serve(struct prose_dev *pdev, struct prose_wait *wait,
		  unsigned int budget)
{
	struct prose_waits *waits = &pdev->rx.waits;
	struct sk_buff *skb;
	bool ended;

	while (budget--) {
		spin_lock(&pdev->rx.lock);
		skb = take_frame(waits, wait);
		spin_unlock(&pdev->rx.lock);
		if (!skb)
			break;
		deliver(pdev, wait, skb);
	}

	spin_lock(&pdev->rx.lock);
	wait->serving = false;
	ended = skb_queue_empty(&wait->frames);
	if (ended) {
		unqueue(wait);
		wait_remove(waits, wait);
	} else {
		list_move_tail(&wait->list, &waits->list[PROSE_WAIT_DERIVED]);
		queue_work(prose_wq, &waits->work);
	}
	spin_unlock(&pdev->rx.lock);
	if (ended)
		wait_free(wait);
}

/**
 * prose_rx_wait - a frame whose PTK is not ready, or was not when it came
 * @pdev: device
 * @pgk: key
 * @member: its sender, or NULL
 * @skb: the frame, handed over
 *
 * Context: softirqs off, RCU read lock held.
 */
void prose_rx_wait(struct prose_dev *pdev, struct prose_pgk *pgk,
		   struct prose_member *member, struct sk_buff *skb)
{
	struct prose_wait *help;
	struct prose_ptk *ptk;
	unsigned int reason;

	reason = first_frame(pdev, pgk, &member, &ptk, &help, skb);
	if (reason)
		prose_dev_drop(pdev, pgk, skb, reason);
	else if (ptk)
		pdev->rx.waits.deliver(pdev, pgk, member, ptk, skb);
	if (help)
		serve(pdev, help, SERVE_HELP);
}

/**
 * prose_rx_wait_ahead - derive a PTK before its first frame comes
 * @pgk: key; under dev->rx.lock
 * @src: established member
 * @id: PTK Identity
 *
 * Context: softirqs off. Without memory it is derived when the frame comes.
 */
void prose_rx_wait_ahead(struct prose_pgk *pgk, u32 src, u16 id)
{
	struct prose_waits *waits = &pgk->pdev->rx.waits;

	if (!wait_find(waits, pgk, src, id))
		wait_add(waits, pgk, src, id, PROSE_WAIT_NEXT);
}

/*
 * A member for a sender that there is none of yet, or NULL. Context: process.
 * Return: an error if there is no memory.
 */
static struct prose_member *newcomer(const struct prose_wait *wait)
{
	struct prose_member *member;

	rcu_read_lock();
	member = prose_member_find(wait->pgk, wait->src);
	rcu_read_unlock();
	if (member)
		return NULL;
	return prose_member_alloc(wait->pgk, wait->src) ?: ERR_PTR(-ENOMEM);
}

/*
 * Let a PTK be found; its frames still wait. The member is the one that is there,
 * or @fresh, which is NULL then. Under dev->rx.lock.
 */
static int install(struct prose_wait *wait, struct prose_ptk *ptk,
		   struct prose_member **fresh)
{
	struct prose_member *member;
	struct prose_ptk *found;
	int err;

	if (wait->pgk->wiped)
		return -EKEYREVOKED;
	member = prose_member_find(wait->pgk, wait->src);
	if (!member) {
		/* A newcomer has taken the place of the one that was there. */
		if (!*fresh)
			return -EAGAIN;
		err = prose_member_add(wait->pgk, *fresh);
		if (err)
			return err;
		member = *fresh;
		*fresh = NULL;
	}

	found = prose_member_ptk(member, wait->id);
	if (found) {
		/* Derived ahead in between */
		prose_ptk_retire(ptk);
		WRITE_ONCE(found->queued, true);
	} else {
		prose_member_install(member, ptk);
	}
	return 0;
}

/* The caller has @serving. */
static int derive(struct prose_dev *pdev, struct prose_wait *wait)
{
	struct prose_member *fresh;
	struct prose_ptk *ptk;
	int err;

	fresh = newcomer(wait);
	if (IS_ERR(fresh))
		return PTR_ERR(fresh);
	ptk = prose_ptk_alloc(wait->pgk);
	if (IS_ERR(ptk)) {
		err = PTR_ERR(ptk);
		goto out_fresh;
	}
	err = prose_ptk_key(ptk, wait->src, wait->id, wait->call);
	if (err)
		goto err_ptk;
	ptk->queued = true;

	rcu_read_lock();
	spin_lock_bh(&pdev->rx.lock);
	err = install(wait, ptk, &fresh);
	if (!err)
		derive_end(&pdev->rx.waits, wait);
	spin_unlock_bh(&pdev->rx.lock);
	rcu_read_unlock();
	if (!err)
		goto out_fresh;

err_ptk:
	prose_ptk_retire(ptk);
out_fresh:
	if (fresh)
		prose_member_free(fresh);
	return err;
}

static unsigned int derive_counter(int err)
{
	switch (err) {
	case -ENOMEM:
	case -EBUSY:	/* the table of members is being enlarged, */
	case -E2BIG:	/* or as large as it can be */
		return PROSE_A_COUNTERS_RX_NO_MEMORY;
	case -EAGAIN:
		return PROSE_A_COUNTERS_RX_DERIVE_LIMIT;
	case -EKEYREVOKED:
		return PROSE_A_COUNTERS_RX_KEY_DEAD;
	default:
		return PROSE_A_COUNTERS_RX_CRYPTO;
	}
}

/* There will be no PTK. The caller has @serving. */
static void give_up(struct prose_dev *pdev, struct prose_wait *wait, int err)
{
	struct prose_waits *waits = &pdev->rx.waits;
	struct sk_buff_head frames;
	struct sk_buff *skb;

	__skb_queue_head_init(&frames);
	spin_lock_bh(&pdev->rx.lock);
	take_all(waits, wait, &frames);
	wait_remove(waits, wait);
	spin_unlock_bh(&pdev->rx.lock);

	while ((skb = __skb_dequeue(&frames)))
		prose_dev_drop(pdev, wait->pgk, skb, derive_counter(err));
	wait_free(wait);
}

static void answered(void *data)
{
	struct prose_dev *pdev = data;

	queue_work(prose_wq, &pdev->rx.waits.work);
}

/*
 * Can this entry be served? If the KDF sleeps not before it was asked, and has
 * answered. Under dev->rx.lock.
 */
static bool is_ready(struct prose_waits *waits, struct prose_wait *wait)
{
	int err;

	if (wait->derived || !prose_kdf_sleeps(wait->pgk->kdf) ||
	    wait->pgk->wiped)
		return true;
	if (!wait->call && waits->calls < CALLS_MAX) {
		err = prose_derive_ask(wait->pgk, wait->src, wait->id, answered,
				       &wait->call);
		if (err)
			wait->call = ERR_PTR(err);
		else
			waits->calls++;
	}
	return IS_ERR(wait->call) ||
	       (wait->call && prose_kdf_call_done(wait->call));
}

/*
 * What the work looks at next: each class has its turn, and in it who has waited
 * longest, so that none can keep the others waiting. What a softirq serves it
 * gives back to the work if something is left.
 */
static struct prose_wait *next_wait(struct prose_waits *waits)
{
	struct prose_wait *wait;
	unsigned int i, class;

	for (i = 1; i <= PROSE_WAIT_CLASSES; i++) {
		class = (waits->turn + i) % PROSE_WAIT_CLASSES;
		list_for_each_entry(wait, &waits->list[class], list) {
			if (wait->serving || !is_ready(waits, wait))
				continue;
			wait->serving = true;
			waits->turn = class;
			return wait;
		}
	}
	return NULL;
}

static void wait_work(struct work_struct *work)
{
	struct prose_waits *waits = container_of(work, struct prose_waits, work);
	struct prose_dev *pdev = container_of(waits, struct prose_dev, rx.waits);
	struct prose_wait *wait;
	int err;

	for (;;) {
		spin_lock_bh(&pdev->rx.lock);
		wait = next_wait(waits);
		spin_unlock_bh(&pdev->rx.lock);
		if (!wait)
			return;

		/* Who has @serving is the only one to change @derived. */
		err = wait->derived ? 0 : derive(pdev, wait);
		if (err) {
			give_up(pdev, wait, err);
			continue;
		}
		/* No softirq of this CPU comes upon a batch half done. */
		local_bh_disable();
		rcu_read_lock();
		serve(pdev, wait, SERVE_BATCH);
		rcu_read_unlock();
		local_bh_enable();
		cond_resched();
	}
}

/**
 * prose_rx_wait_purge - drop what waits
 * @pdev: device
 * @pgk: only what waits for this key, or NULL
 * @reason: counter of what is dropped
 *
 * Context: process. The entries stay, without their frames; the work ends them.
 */
void prose_rx_wait_purge(struct prose_dev *pdev, const struct prose_pgk *pgk,
			 unsigned int reason)
{
	struct prose_waits *waits = &pdev->rx.waits;
	struct sk_buff_head frames;
	struct prose_wait *wait;
	struct sk_buff *skb;
	unsigned int i;

	__skb_queue_head_init(&frames);
	spin_lock_bh(&pdev->rx.lock);
	hash_for_each(waits->table, i, wait, node) {
		if (pgk && wait->pgk != pgk)
			continue;
		take_all(waits, wait, &frames);
		/* It does not wait for the KDF of a key that is wiped. */
		queue_work(prose_wq, &waits->work);
	}
	spin_unlock_bh(&pdev->rx.lock);
	while ((skb = __skb_dequeue(&frames)))
		prose_dev_drop(pdev, NULL, skb, reason);
}

/**
 * prose_rx_wait_init - make the waiting room of a new device
 * @pdev: device
 * @deliver: goes on with a frame that waited
 */
void prose_rx_wait_init(struct prose_dev *pdev, prose_rx_deliver_t *deliver)
{
	struct prose_waits *waits = &pdev->rx.waits;
	unsigned int i;

	for (i = 0; i < PROSE_WAIT_CLASSES; i++)
		INIT_LIST_HEAD(&waits->list[i]);
	hash_init(waits->table);
	waits->deliver = deliver;
	INIT_WORK(&waits->work, wait_work);
}
