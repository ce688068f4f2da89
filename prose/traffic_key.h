/* SPDX-License-Identifier: GPL-2.0 */
/* PTKs: a cipher handle with the PEK of one sender and PTK Identity. */
#ifndef _PROSE_TRAFFIC_KEY_H
#define _PROSE_TRAFFIC_KEY_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct crypto_skcipher;
struct prose_pgk;
struct sk_buff;

/**
 * struct prose_ptk - a PTK, as the cipher handle keyed with its PEK
 * @pgk: the PGK that it was derived from; a reference is held
 * @cipher: cipher handle
 * @src: Group Member Identity of the sender
 * @id: PTK Identity
 * @keyed: @cipher has its key
 * @queued: first frames still wait in order (receive); under the device's
 *	rx.lock, read without it
 * @async: requests that a crypto driver has not completed yet. Counted after a
 *	driver said that it will complete later, so a completion that is faster
 *	takes it below zero for a moment
 * @free: retirement
 * @sn: next PDCP SN to be sent, sticks at PROSE_SN_LAST + 1. The one thing of a
 *	frame sent that all CPUs write, on a cache line of its own
 *
 * Found by RCU; used between rcu_read_lock() and unlock without a reference.
 * prose_ptk_retire() frees it after a grace period, when @async is zero.
 */
struct prose_ptk {
	struct prose_pgk *pgk;
	struct crypto_skcipher *cipher;
	u32 src;
	u16 id;
	bool keyed;
	bool queued;
	atomic_t async;
	struct rcu_work free;
	atomic_t sn ____cacheline_aligned_in_smp;
};

/**
 * typedef prose_crypt_done_t - end of a request, called exactly once
 * @ptk: its PTK, valid until it returns
 * @skb: the frame, handed over
 * @err: 0, or why the frame is garbage now
 * @async: called by the crypto driver, not by prose_ptk_crypt()
 *
 * Context: softirqs off, RCU read lock held.
 */
typedef void (*prose_crypt_done_t)(struct prose_ptk *ptk, struct sk_buff *skb,
				   int err, bool async);

struct prose_ptk *prose_ptk_alloc(struct prose_pgk *pgk);
int prose_ptk_key(struct prose_ptk *ptk, u32 src, u16 id);
void prose_ptk_retire(struct prose_ptk *ptk);
bool prose_ptk_idle(const struct prose_ptk *ptk);
int prose_ptk_take_sn(struct prose_ptk *ptk);
void prose_ptk_crypt(struct prose_ptk *ptk, struct sk_buff *skb,
		     unsigned int offset, unsigned int len, u32 count,
		     u8 bearer, bool encrypt, prose_crypt_done_t done);

#endif /* _PROSE_TRAFFIC_KEY_H */
