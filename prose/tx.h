/* SPDX-License-Identifier: GPL-2.0 */
/* The transmit path. tx.c APIs. */
#ifndef _PROSE_TX_H
#define _PROSE_TX_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct prose_dev;
struct prose_kdf_call;
struct prose_pgk;
struct prose_ptk;

/* Frames that wait for the next PTK, at most */
#define PROSE_HOLD_MAX	1024

/**
 * struct prose_tx - the sending side of a device
 * @ptk: the PTK that is sent with, or NULL; written under @lock, read by RCU
 * @closed: why @ptk is NULL, a counter of dropped frames; 0 while the key to
 *	send with is being chosen
 * @blocked: the key that would be sent with if it had a PTK Identity, or NULL;
 *	written under @lock, read by RCU
 * @holding: frames go to @hold. Written under @lock, read without it
 * @lock: protects the change from one PTK to the next, and @hold
 * @next: keyed for the PTK Identity that is taken next, or NULL
 * @spare: a PTK without key, for when @next was not made in time, or NULL.
 *	Where giving it its key can sleep there is none, and frames wait
 * @wanted: the key that @next is made for instead, because it is to be sent with
 *	and its KDF sleeps, or NULL
 * @wanted_err: why that failed, or 0
 * @call: what the KDF was asked for to make @next, if it sleeps, or NULL; likewise
 *	what follows
 * @call_pgk: of which key
 * @call_id: and which PTK Identity
 * @draining: the PTK before @ptk while requests of it are pending, or NULL
 * @hold: plain frames in their order
 * @flush_lock: held while a frame of @hold is sent, so that they stay in
 *	order. Taken before @lock, and nested as devices are stacked
 * @flusher: the task that holds it, or NULL
 * @retry: jiffies after which @refill was last tried again, or 0; only @refill
 * @refill: makes @next and @spare, and sends what is in @hold
 */
struct prose_tx {
	struct prose_ptk __rcu *ptk;
	struct prose_pgk __rcu *blocked;
	u8 closed;
	bool holding;
	spinlock_t lock ____cacheline_aligned_in_smp;
	struct prose_ptk *next;
	struct prose_ptk *spare;
	struct prose_pgk *wanted;
	int wanted_err;
	struct prose_kdf_call *call;
	const struct prose_pgk *call_pgk;
	u32 call_id;
	struct prose_ptk *draining;
	struct sk_buff_head hold;
	spinlock_t flush_lock; /* keeps the frames of @hold in order */
	struct task_struct *flusher;
	unsigned long retry;
	struct delayed_work refill;
};

netdev_tx_t prose_xmit(struct sk_buff *skb, struct net_device *dev);
void prose_tx_done(struct prose_ptk *ptk, struct sk_buff *skb, int err);
void prose_tx_init(struct prose_dev *pdev);
void prose_tx_flush(struct prose_dev *pdev);
void prose_tx_purge(struct prose_dev *pdev);
void prose_tx_exit(struct prose_dev *pdev);

#endif /* _PROSE_TX_H */
