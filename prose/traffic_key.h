/* SPDX-License-Identifier: GPL-2.0 */
/* PTKs: the keyed algorithms of one sender and PTK Identity. */
#ifndef _PROSE_TRAFFIC_KEY_H
#define _PROSE_TRAFFIC_KEY_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "mac.h"
#include "suite.h"

struct crypto_aead;
struct crypto_skcipher;
struct prose_kdf_call;
struct prose_pgk;
struct sk_buff;

/**
 * struct prose_ptk - a PTK, as the handles keyed with its PEK and PIK
 * @pgk: the PGK that it was derived from; a reference is held
 * @cipher: handle of a cipher of the crypto API, or NULL
 * @aead: handle of an AEAD suite, or NULL
 * @simd_cipher: driver inside of the wrapper @cipher, for where vector registers
 *	may be used, or NULL
 * @simd_aead: the same of @aead
 * @direct: there is such a driver, and no MAC
 * @size: octets of a request for @cipher or @aead: ours, the crypto API's, then
 *	the driver's
 * @simd_size: the same for @simd_cipher or @simd_aead
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
	bool direct;
	unsigned int size;
	unsigned int simd_size;
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

int prose_ptk_try(const struct prose_suite *suite);
struct prose_ptk *prose_ptk_alloc(struct prose_pgk *pgk);
int prose_ptk_key(struct prose_ptk *ptk, u32 src, u16 id,
		  const struct prose_kdf_call *call);
void prose_ptk_retire(struct prose_ptk *ptk);
u32 prose_ptk_end(struct prose_ptk *ptk);
int prose_ptk_encrypt(struct prose_ptk *ptk, struct sk_buff *skb, u8 *data,
		      unsigned int len, u16 sn, u8 lcid);
int prose_ptk_decrypt(struct prose_ptk *ptk, struct sk_buff *skb, u8 *data,
		      unsigned int len, u16 sn, u8 lcid);
void prose_crypt_exit(void);

/**
 * prose_ptk_idle - are all asynchronous requests done?
 * @ptk: a PTK for which no request is begun by others
 */
static inline bool prose_ptk_idle(const struct prose_ptk *ptk)
{
	return !atomic_read(&ptk->async);
}

/**
 * prose_ptk_take_sn - spend a PDCP SN
 * @ptk: a PTK of our own
 *
 * An SN is spent by one plaintext and never given back (TS 36.323 5.1.3).
 *
 * Context: any. Return: the SN, or -ERANGE for ever after the last one.
 */
static inline int prose_ptk_take_sn(struct prose_ptk *ptk)
{
	int sn = atomic_fetch_add_unless(&ptk->sn, 1, ptk->sn_end);

	return sn >= ptk->sn_end ? -ERANGE : sn;
}

#endif /* _PROSE_TRAFFIC_KEY_H */
