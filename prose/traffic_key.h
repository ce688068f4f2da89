/* SPDX-License-Identifier: GPL-2.0 */
/* PTKs: the keyed algorithms of one sender and PTK Identity. */
#ifndef _PROSE_TRAFFIC_KEY_H
#define _PROSE_TRAFFIC_KEY_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "mac.h"
#include "suite.h"

struct crypto_aead;
struct crypto_skcipher;
struct prose_pgk;
struct prose_pdu;
struct sk_buff;

/**
 * struct prose_ptk - a PTK, as the handles keyed with its PEK and PIK
 * @pgk: the PGK that it was derived from; a reference is held
 * @cipher: handle of a cipher of the crypto API, or NULL
 * @aead: handle of an AEAD suite, or NULL
 * @simd_cipher: driver inside of the wrapper @cipher, for where vector registers
 *	may be used, or NULL
 * @simd_aead: the same of @aead
 * @ctx: octets of a request for @cipher or @aead: the crypto API's, then the
 *	driver's
 * @simd_ctx: the same for @simd_cipher or @simd_aead
 * @pek: the PEK itself, of a stream cipher of our own
 * @mac: integrity algorithm with the PIK
 * @src: Group Member Identity of the sender
 * @iv_src: the same where it goes into the input block, else 0
 * @id: PTK Identity
 * @salt: of an AEAD suite, for sending
 * @sn_end: SN at which the PTK ends: after PROSE_SN_LAST, or as many frames
 *	after the first as the device was told
 * @born: jiffies when it was first sent with
 * @queued: first frames still wait in order (receive); under the device's
 *	rx.lock, read without it
 * @async: requests that a crypto driver has not completed yet. Counted after a
 *	driver said that it will complete later, so a completion that is faster
 *	takes it below zero for a moment
 * @free: retirement
 * @sn: next PDCP SN to be sent, sticks at @sn_end. The one thing of a frame sent
 *	that all CPUs write, on a cache line of its own
 *
 * Found by RCU; used between rcu_read_lock() and unlock without a reference.
 * prose_ptk_retire() frees it after a grace period, when @async is zero.
 */
struct prose_ptk {
	struct prose_pgk *pgk;
	struct crypto_skcipher *cipher;
	struct crypto_aead *aead;
	struct crypto_skcipher *simd_cipher;
	struct crypto_aead *simd_aead;
	unsigned int ctx;
	unsigned int simd_ctx;
	u8 pek[PROSE_PEK_LEN];
	struct prose_mac_key mac;
	u32 src;
	u32 iv_src;
	u16 id;
	u8 salt[PROSE_SALT_LEN];
	bool queued;
	u32 sn_end;
	unsigned long born;
	atomic_t async;
	struct rcu_work free;
	atomic_t sn ____cacheline_aligned_in_smp;
};

/**
 * typedef prose_crypt_done_t - end of a request that the driver completed later
 * @ptk: its PTK, valid until it returns
 * @skb: the frame, handed over
 * @err: as prose_ptk_crypt() returns it
 *
 * Context: softirqs off, RCU read lock held.
 */
typedef void (*prose_crypt_done_t)(struct prose_ptk *ptk, struct sk_buff *skb,
				   int err);

int prose_ptk_try(const struct prose_suite *suite);
struct prose_ptk *prose_ptk_alloc(struct prose_pgk *pgk);
int prose_ptk_key(struct prose_ptk *ptk, u32 src, u16 id);
void prose_ptk_retire(struct prose_ptk *ptk);
bool prose_ptk_idle(const struct prose_ptk *ptk);
int prose_ptk_take_sn(struct prose_ptk *ptk);
u32 prose_ptk_end(struct prose_ptk *ptk);
int prose_ptk_crypt(struct prose_ptk *ptk, struct sk_buff *skb,
		    unsigned int head, const struct prose_pdu *pdu,
		    bool encrypt, prose_crypt_done_t done);
void prose_crypt_exit(void);

#endif /* _PROSE_TRAFFIC_KEY_H */
