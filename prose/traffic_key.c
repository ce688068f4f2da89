// SPDX-License-Identifier: GPL-2.0
/* PTKs: derivation, cipher handles, requests, and their end. */

#include <crypto/hash.h>
#include <crypto/skcipher.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/scatterlist.h>
#include <linux/skbuff.h>
#include <linux/slab.h>

#include "device.h"
#include "kdf.h"
#include "key.h"
#include "main.h"
#include "pdu.h"
#include "suite.h"
#include "traffic_key.h"
#include "tx.h"

/* How often the retirement of a PTK looks for the end of its requests */
#define RETIRE_POLL	msecs_to_jiffies(10)

/* To skip SNs is always safe; 65,535 frames for each test would not be quick. */
static unsigned int sn_first = PROSE_SN_FIRST;

static int set_sn_first(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, PROSE_SN_FIRST, PROSE_SN_LAST);
}

static const struct kernel_param_ops sn_first_ops = {
	.set	= set_sn_first,
	.get	= param_get_uint,
};

module_param_cb(sn_first, &sn_first_ops, &sn_first, 0644);
MODULE_PARM_DESC(sn_first,
		 "First PDCP SN of each PTK, 1 to 65535; for tests of rollover");

/**
 * struct prose_crypt - a request to the crypto API
 * @ptk: whose handle it uses
 * @skb: the frame
 * @done: called at its end
 * @sg: the part of @skb that is ciphered
 * @iv: input block
 * @req: the request, with the driver's context after it
 */
struct prose_crypt {
	struct prose_ptk *ptk;
	struct sk_buff *skb;
	prose_crypt_done_t done;
	struct scatterlist sg;
	u8 iv[PROSE_IV_LEN];
	struct skcipher_request req;
};

/**
 * prose_ptk_alloc - a PTK without key material
 * @pgk: what it will be derived from; a reference is taken
 *
 * Context: process. Return: the PTK or an ERR_PTR.
 */
struct prose_ptk *prose_ptk_alloc(struct prose_pgk *pgk)
{
	struct prose_ptk *ptk;
	int err;

	ptk = kzalloc(sizeof(*ptk), GFP_KERNEL);
	if (!ptk)
		return ERR_PTR(-ENOMEM);

	ptk->cipher = prose_suite_alloc(pgk->suite);
	if (IS_ERR(ptk->cipher)) {
		err = PTR_ERR(ptk->cipher);
		kfree(ptk);
		return ERR_PTR(err);
	}
	ptk->pgk = prose_pgk_hold(pgk);
	atomic_set(&ptk->sn, READ_ONCE(sn_first));
	return ptk;
}

/*
 * PTK, then PEK (TS 33.303 A.3, A.4). What stays of the PTK is the state of
 * ptk_hmac, until the next derivation or the end of the key.
 */
static int derive_pek(struct prose_pgk *pgk, u32 src, u16 id,
		      u8 out[PROSE_PTK_LEN])
{
	u8 ptk_s[PROSE_KDF_PTK_S_LEN], alg_s[PROSE_KDF_ALG_S_LEN];
	u8 ptk[PROSE_PTK_LEN];
	int err = -EKEYREVOKED;

	prose_kdf_ptk_input(ptk_s, src, id, pgk->pdev->group);
	prose_kdf_alg_input(alg_s, PROSE_KDF_ENCRYPTION,
			    pgk->suite->algorithm);

	spin_lock_bh(&pgk->kdf_lock);
	if (pgk->pgk_hmac) {
		err = crypto_shash_tfm_digest(pgk->pgk_hmac, ptk_s,
					      sizeof(ptk_s), ptk);
		if (!err)
			err = crypto_shash_setkey(pgk->ptk_hmac, ptk,
						  sizeof(ptk));
		if (!err)
			err = crypto_shash_tfm_digest(pgk->ptk_hmac, alg_s,
						      sizeof(alg_s), out);
	}
	spin_unlock_bh(&pgk->kdf_lock);

	memzero_explicit(ptk, sizeof(ptk));
	return err;
}

/**
 * prose_ptk_key - give a PTK its key
 * @ptk: a PTK that nobody else can see yet
 * @src: Group Member Identity of the sender
 * @id: PTK Identity
 *
 * Context: any but hard interrupt. Return: 0, -EKEYREVOKED if the PGK was
 * wiped, or an error of the crypto API.
 */
int prose_ptk_key(struct prose_ptk *ptk, u32 src, u16 id)
{
	const struct prose_suite *suite = ptk->pgk->suite;
	u8 out[PROSE_PTK_LEN];
	int err;

	err = derive_pek(ptk->pgk, src, id, out);
	if (!err)
		err = crypto_skcipher_setkey(ptk->cipher,
					     out + PROSE_PTK_LEN -
					     suite->key_len, suite->key_len);
	memzero_explicit(out, sizeof(out));
	if (err)
		return err;

	ptk->src = src;
	ptk->id = id;
	ptk->keyed = true;
	return 0;
}

static void ptk_free(struct work_struct *work)
{
	struct prose_ptk *ptk = container_of(to_rcu_work(work),
					     struct prose_ptk, free);

	crypto_free_skcipher(ptk->cipher);
	prose_pgk_put(ptk->pgk);
	kfree_sensitive(ptk);
}

/*
 * A grace period has passed since the PTK could be found, so no request is
 * begun any more. The last completion may still be on its way out of
 * prose_crypt_end() when @async is seen to be zero: a second grace period.
 */
static void ptk_retire_work(struct work_struct *work)
{
	struct prose_ptk *ptk = container_of(to_rcu_work(work),
					     struct prose_ptk, free);

	while (!prose_ptk_idle(ptk))
		schedule_timeout_uninterruptible(RETIRE_POLL);

	INIT_RCU_WORK(&ptk->free, ptk_free);
	queue_rcu_work(prose_wq, &ptk->free);
}

/**
 * prose_ptk_retire - free a PTK when nobody uses it any more
 * @ptk: a PTK that can no longer be found, or NULL
 *
 * Context: any.
 */
void prose_ptk_retire(struct prose_ptk *ptk)
{
	if (!ptk)
		return;
	INIT_RCU_WORK(&ptk->free, ptk_retire_work);
	queue_rcu_work(prose_wq, &ptk->free);
}

/**
 * prose_ptk_idle - are all asynchronous requests done?
 * @ptk: a PTK for which no request is begun by others
 */
bool prose_ptk_idle(const struct prose_ptk *ptk)
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
int prose_ptk_take_sn(struct prose_ptk *ptk)
{
	int sn = atomic_fetch_add_unless(&ptk->sn, 1, PROSE_SN_LAST + 1);

	return sn > PROSE_SN_LAST ? -ERANGE : sn;
}

static void crypt_finish(struct prose_crypt *crypt, int err, bool async)
{
	struct prose_ptk *ptk = crypt->ptk;
	struct sk_buff *skb = crypt->skb;
	prose_crypt_done_t done = crypt->done;

	kfree(crypt);
	done(ptk, skb, err, async);
}

static void crypt_completed(crypto_completion_data_t *data, int err)
{
	struct prose_crypt *crypt = crypto_get_completion_data(data);
	struct prose_ptk *ptk = crypt->ptk;

	/* A request that left the backlog; nothing is put there. */
	if (err == -EINPROGRESS)
		return;

	local_bh_disable();
	rcu_read_lock();
	crypt_finish(crypt, err, true);
	if (atomic_dec_and_test(&ptk->async))
		prose_tx_ptk_idle(ptk);
	rcu_read_unlock();
	local_bh_enable();
}

/**
 * prose_ptk_crypt - cipher or decipher a part of a frame in place
 * @ptk: its PTK
 * @skb: the frame; linear, and nobody else has its data
 * @offset: from skb->data to the part
 * @len: octets of the part, 0 included
 * @count: COUNT
 * @bearer: BEARER, the LCID
 * @encrypt: direction of the cipher
 * @done: called exactly once, now or later
 *
 * The one way to the crypto API for both paths. Nothing may follow a backlog:
 * a driver that is too busy fails the request.
 *
 * Context: softirqs off, RCU read lock held.
 */
void prose_ptk_crypt(struct prose_ptk *ptk, struct sk_buff *skb,
		     unsigned int offset, unsigned int len, u32 count,
		     u8 bearer, bool encrypt, prose_crypt_done_t done)
{
	struct prose_crypt *crypt;
	int err;

	if (!len) {
		done(ptk, skb, 0, false);
		return;
	}

	crypt = kmalloc(sizeof(*crypt) + crypto_skcipher_reqsize(ptk->cipher),
			GFP_ATOMIC);
	if (!crypt) {
		done(ptk, skb, -ENOMEM, false);
		return;
	}
	crypt->ptk = ptk;
	crypt->skb = skb;
	crypt->done = done;
	ptk->pgk->suite->iv(crypt->iv, count, bearer);
	sg_init_one(&crypt->sg, skb->data + offset, len);
	skcipher_request_set_tfm(&crypt->req, ptk->cipher);
	skcipher_request_set_callback(&crypt->req, 0, crypt_completed, crypt);
	skcipher_request_set_crypt(&crypt->req, &crypt->sg, &crypt->sg, len,
				   crypt->iv);

	if (encrypt)
		err = crypto_skcipher_encrypt(&crypt->req);
	else
		err = crypto_skcipher_decrypt(&crypt->req);

	if (err == -EINPROGRESS) {
		/* The completion may have been faster and found -1. */
		if (atomic_inc_and_test(&ptk->async))
			prose_tx_ptk_idle(ptk);
		return;
	}
	crypt_finish(crypt, err, false);
}
