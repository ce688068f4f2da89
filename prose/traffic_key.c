// SPDX-License-Identifier: GPL-2.0
/* PTKs: their keys, requests to the crypto API, and their end. */

#include <crypto/aead.h>
#include <crypto/algapi.h>
#include <crypto/internal/simd.h>
#include <crypto/skcipher.h>
#include <linux/if_ether.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/scatterlist.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/unaligned.h>
#include <asm/simd.h>

#include "derive.h"
#include "device.h"
#include "key.h"
#include "main.h"
#include "pdu.h"
#include "rollover.h"
#include "rx.h"
#include "simd.h"
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
 * @size: octets of all of this
 * @ptk: whose handle it uses. This and what follows up to @encrypt is set if it
 *	may end later, or has a MAC
 * @skb: the frame
 * @data: Data in @skb
 * @len: octets of the Data
 * @input: what goes into the input block and the MAC
 * @encrypt: direction
 * @sg: additional data of an AEAD suite that does not lie in front of the Data,
 *	then what of @skb is ciphered. Made once: requests fill it in
 * @iv: input block
 * @aad: additional data of an AEAD suite
 * @req: the request, with the driver's context after it
 */
struct prose_crypt {
	size_t size;
	struct prose_ptk *ptk;
	struct sk_buff *skb;
	u8 *data;
	unsigned int len;
	struct prose_input input;
	bool encrypt;
	struct scatterlist sg[2];
	u8 iv[PROSE_IV_LEN];
	u8 aad[PROSE_AAD_LEN];
	u8 req[] CRYPTO_MINALIGN_ATTR;
};

/* Of a request that is kept for the next one; larger ones are not */
#define SPARE_SIZE	768UL

static DEFINE_PER_CPU(struct prose_crypt *, spare_crypt);

static void free_handles(struct prose_ptk *ptk)
{
	prose_mac_free(&ptk->mac);
	crypto_free_aead(ptk->simd_aead);
	crypto_free_skcipher(ptk->simd_cipher);
	crypto_free_aead(ptk->aead);
	crypto_free_skcipher(ptk->cipher);
}

/* Octets of a request to a handle */
static unsigned int crypt_size(struct crypto_skcipher *cipher,
			       struct crypto_aead *aead)
{
	unsigned int size = sizeof(struct prose_crypt);

	if (aead)
		size += sizeof(struct aead_request) + crypto_aead_reqsize(aead);
	else if (cipher)
		size += sizeof(struct skcipher_request) +
			crypto_skcipher_reqsize(cipher);
	return size;
}

/*
 * The fastest driver, asynchronous ones included: those that are called
 * synchronous in the kernel are many times slower than the wrappers that
 * are asynchronous only now and then. What is inside of a wrapper is called
 * directly where it can be.
 */
static int alloc_handles(struct prose_ptk *ptk, const struct prose_suite *suite)
{
	int err = 0;

	if (suite->aead) {
		ptk->aead = crypto_alloc_aead(suite->crypto, 0, 0);
		err = PTR_ERR_OR_ZERO(ptk->aead);
		if (err)
			ptk->aead = NULL;
		else
			err = crypto_aead_setauthsize(ptk->aead, PROSE_TAG_LEN);
		if (!err)
			ptk->simd_aead = prose_simd_aead(ptk->aead);
		if (ptk->simd_aead)
			err = crypto_aead_setauthsize(ptk->simd_aead,
						      PROSE_TAG_LEN);
	} else if (suite->crypto) {
		ptk->cipher = crypto_alloc_skcipher(suite->crypto, 0, 0);
		err = PTR_ERR_OR_ZERO(ptk->cipher);
		if (err)
			ptk->cipher = NULL;
		else
			ptk->simd_cipher = prose_simd_skcipher(ptk->cipher);
	}
	if (!err)
		err = prose_mac_alloc(&ptk->mac, suite->mac);
	if (err) {
		free_handles(ptk);
		return err;
	}
	ptk->direct = (ptk->simd_cipher || ptk->simd_aead) && !suite->mac;
	ptk->size = crypt_size(ptk->cipher, ptk->aead);
	ptk->simd_size = crypt_size(ptk->simd_cipher, ptk->simd_aead);
	return 0;
}

/* The first SN, and where the device wants the PTK to end */
static void set_sns(struct prose_ptk *ptk, const struct prose_dev *pdev)
{
	u32 packets = READ_ONCE(pdev->ptk_packets);
	u32 first = READ_ONCE(sn_first);

	ptk->sn_end = PROSE_SN_LAST + 1;
	if (packets && first + packets < ptk->sn_end)
		ptk->sn_end = first + packets;
	atomic_set(&ptk->sn, first);
}

/**
 * prose_ptk_try - are the algorithms of a suite there?
 * @suite: suite
 *
 * Better told when a key is attached than when the first frame goes.
 *
 * Context: process, may load a module. Return: 0 or an error of the crypto API.
 */
int prose_ptk_try(const struct prose_suite *suite)
{
	struct prose_ptk *ptk = kzalloc(sizeof(*ptk), GFP_KERNEL);
	int err;

	if (!ptk)
		return -ENOMEM;
	if (suite->aead)
		prose_simd_find_aead(suite->crypto);
	else if (suite->crypto)
		prose_simd_find_skcipher(suite->crypto);
	prose_mac_find(suite->mac);
	err = alloc_handles(ptk, suite);
	if (!err)
		free_handles(ptk);
	kfree(ptk);
	return err;
}

/**
 * prose_ptk_alloc - a PTK without key material
 * @pgk: what it will be derived from; a reference is taken
 *
 * Context: process, may load a module. Return: the PTK or an ERR_PTR.
 */
struct prose_ptk *prose_ptk_alloc(struct prose_pgk *pgk)
{
	struct prose_ptk *ptk;
	int err;

	ptk = kzalloc(sizeof(*ptk), GFP_KERNEL);
	if (!ptk)
		return ERR_PTR(-ENOMEM);

	err = alloc_handles(ptk, pgk->suite);
	if (err) {
		kfree(ptk);
		return ERR_PTR(err);
	}
	ptk->pgk = prose_pgk_hold(pgk);
	set_sns(ptk, pgk->pdev);
	return ptk;
}

static int set_keys(struct prose_ptk *ptk, const struct prose_secrets *secrets)
{
	unsigned int len = ptk->pgk->suite->key_len;
	int err = 0;

	if (ptk->aead)
		err = crypto_aead_setkey(ptk->aead, secrets->pek, len);
	else if (ptk->cipher)
		err = crypto_skcipher_setkey(ptk->cipher, secrets->pek, len);
	else
		memcpy(ptk->pek, secrets->pek, len);
	if (!err && ptk->simd_aead)
		err = crypto_aead_setkey(ptk->simd_aead, secrets->pek, len);
	if (!err && ptk->simd_cipher)
		err = crypto_skcipher_setkey(ptk->simd_cipher, secrets->pek,
					     len);
	if (!err && ptk->mac.mac)
		err = prose_mac_setkey(&ptk->mac, secrets->pik);
	return err;
}

/**
 * prose_ptk_key - give a PTK its keys
 * @ptk: a PTK that nobody else can see yet
 * @src: Group Member Identity of the sender
 * @id: PTK Identity
 * @call: as for prose_derive()
 *
 * The salt is drawn here, afresh for each PTK Identity taken: a clone of this
 * device, or another one with our member identity, has another one (ours).
 *
 * Context: process; any but hard interrupt if the suite is no AEAD. Return: 0,
 * -EKEYREVOKED if the PGK was wiped, or an error of the crypto API or of the
 * operator's KDF.
 */
int prose_ptk_key(struct prose_ptk *ptk, u32 src, u16 id,
		  const struct prose_kdf_call *call)
{
	const struct prose_pgk *pgk = ptk->pgk;
	struct prose_secrets secrets;
	int err;

	err = prose_derive(ptk->pgk, src, id, call, &secrets);
	if (!err)
		err = set_keys(ptk, &secrets);
	memzero_explicit(&secrets, sizeof(secrets));
	if (err)
		return err;

	ptk->src = src;
	if (pgk->suite->aead || !(pgk->kdf->flags & PROSE_KDF_PER_SENDER))
		ptk->iv_src = src;
	ptk->id = id;
	get_random_bytes(ptk->salt, sizeof(ptk->salt));
	return 0;
}

static void ptk_free(struct work_struct *work)
{
	struct prose_ptk *ptk = container_of(to_rcu_work(work),
					     struct prose_ptk, free);

	free_handles(ptk);
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
 * prose_ptk_end - spend all PDCP SNs that are left
 * @ptk: a PTK of our own
 *
 * Context: any. Return: the first of them.
 */
u32 prose_ptk_end(struct prose_ptk *ptk)
{
	return atomic_xchg(&ptk->sn, ptk->sn_end);
}

/* MAC-I is of the plain Data, and is not ciphered (TS 36.323 5.7). */
static int compute_mac(const struct prose_crypt *crypt, u8 mac[PROSE_MAC_LEN])
{
	const struct prose_mac_key *key = &crypt->ptk->mac;
	size_t len = PROSE_PDCP_LEN + crypt->len;
	/* A suite with a MAC has no salt between the two. */
	u8 *msg = crypt->data - PROSE_PDCP_LEN;

	/* What is written before the PDCP header stays within the headers. */
	BUILD_BUG_ON(PROSE_SLSCH_LEN + PROSE_SUB_LEN < PROSE_MAC_HEAD_ROOM);
	return key->mac->compute(key, &crypt->input, msg, len,
				 skb_end_pointer(crypt->skb) - (msg + len),
				 mac);
}

static noinline int check_mac(const struct prose_crypt *crypt)
{
	u8 mac[PROSE_MAC_LEN];
	int err;

	err = compute_mac(crypt, mac);
	if (!err && crypto_memneq(mac, crypt->data + crypt->len, sizeof(mac)))
		err = -EBADMSG;
	memzero_explicit(mac, sizeof(mac));
	return err;
}

/*
 * May the driver inside of the wrapper be called? Not as long as others of this
 * PTK are to be done later: they would be overtaken.
 */
static bool simd_usable(const struct prose_ptk *ptk)
{
	return prose_ptk_idle(ptk) && crypto_simd_usable();
}

static noinline struct prose_crypt *crypt_alloc_new(size_t size)
{
	struct prose_crypt *crypt;

	size = max(size, SPARE_SIZE);
	crypt = kmalloc(size, GFP_ATOMIC);
	if (!crypt)
		return NULL;
	crypt->size = size;
	sg_init_table(crypt->sg, ARRAY_SIZE(crypt->sg));
	return crypt;
}

/*
 * Memory for a request: almost always that of the one before on this CPU.
 * Softirqs are off.
 */
static struct prose_crypt *crypt_alloc(size_t size)
{
	struct prose_crypt *crypt = __this_cpu_read(spare_crypt);

	if (unlikely(!crypt || size > SPARE_SIZE))
		return crypt_alloc_new(size);
	__this_cpu_write(spare_crypt, NULL);
	return crypt;
}

/*
 * What the driver kept of the key or the data is wiped. The request before it
 * has pointers and lengths in it, of a frame that is on its way.
 */
static void crypt_free(struct prose_crypt *crypt, const struct prose_ptk *ptk,
		       size_t size)
{
	size_t used = sizeof(*crypt) + (ptk->aead ?
					sizeof(struct aead_request) :
					sizeof(struct skcipher_request));

	if (size > used)
		memzero_explicit((u8 *)crypt + used, size - used);
	if (likely(crypt->size == SPARE_SIZE && !__this_cpu_read(spare_crypt)))
		__this_cpu_write(spare_crypt, crypt);
	else
		kfree(crypt);
}

/**
 * prose_crypt_exit - free what was kept for requests; no PTK is left
 */
void prose_crypt_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		kfree(per_cpu(spare_crypt, cpu));
		per_cpu(spare_crypt, cpu) = NULL;
	}
}

/* The one end of every request, whatever became of it and when. */
static __always_inline int crypt_finish(struct prose_crypt *crypt,
					const struct prose_ptk *ptk,
					size_t size, bool encrypt, bool now,
					int err)
{
	if (!now && !encrypt && !err && ptk->mac.mac)
		err = check_mac(crypt);
	crypt_free(crypt, ptk, size);
	return err;
}

static void crypt_completed(crypto_completion_data_t *data, int err)
{
	struct prose_crypt *crypt = crypto_get_completion_data(data);
	struct prose_ptk *ptk = crypt->ptk;
	struct sk_buff *skb = crypt->skb;
	bool encrypt = crypt->encrypt;

	/* A request that left the backlog; nothing is put there. */
	if (err == -EINPROGRESS)
		return;

	local_bh_disable();
	rcu_read_lock();
	err = crypt_finish(crypt, ptk, ptk->size, encrypt, false, err);
	if (encrypt)
		prose_tx_done(ptk, skb, err);
	else
		prose_rx_done(ptk, skb, err);
	if (atomic_dec_and_test(&ptk->async))
		prose_tx_ptk_idle(ptk);
	rcu_read_unlock();
	local_bh_enable();
}

/* SRC, DST, LCID, PDCP header and salt (ours) */
static void set_aad(u8 aad[PROSE_AAD_LEN], const u8 *frame, const u8 *pdcp,
		    u8 lcid)
{
	BUILD_BUG_ON(3 + 3 + 1 + PROSE_PDCP_LEN + PROSE_SALT_LEN !=
		     PROSE_AAD_LEN);
	/* After V and R bits, as they are in the frame */
	memcpy(aad, frame + 1, 3 + 3);
	aad[6] = lcid;
	memcpy(aad + 7, pdcp, PROSE_PDCP_LEN + PROSE_SALT_LEN);
}

/*
 * Additional data, then @len octets of Data and tag. Without padding, and with
 * R bits of zero, the frame has the additional data in front of the Data, as it
 * is.
 */
static __always_inline struct scatterlist *
aead_list(struct prose_crypt *crypt, const u8 *frame, const u8 *data, u8 lcid,
	  unsigned int len)
{
	const u8 *pdcp = data - PROSE_SALT_LEN - PROSE_PDCP_LEN;

	BUILD_BUG_ON(PROSE_HEAD_MIN - 1 + PROSE_PDCP_LEN + PROSE_SALT_LEN !=
		     PROSE_AAD_LEN);
	if (likely(pdcp - frame == PROSE_HEAD_MIN && pdcp[-1] == lcid)) {
		sg_set_buf(&crypt->sg[1], data - PROSE_AAD_LEN,
			   PROSE_AAD_LEN + len);
		return &crypt->sg[1];
	}
	set_aad(crypt->aad, frame, pdcp, lcid);
	sg_set_buf(&crypt->sg[0], crypt->aad, sizeof(crypt->aad));
	sg_set_buf(&crypt->sg[1], data, len);
	return crypt->sg;
}

static __always_inline int crypt_aead(struct prose_crypt *crypt,
				      struct crypto_aead *aead,
				      struct scatterlist *sg, unsigned int len,
				      bool encrypt)
{
	struct aead_request *req = (void *)crypt->req;

	aead_request_set_tfm(req, aead);
	aead_request_set_callback(req, 0, crypt_completed, crypt);
	aead_request_set_ad(req, PROSE_AAD_LEN);
	if (!encrypt)
		len += PROSE_TAG_LEN;
	aead_request_set_crypt(req, sg, sg, len, crypt->iv);
	return encrypt ? crypto_aead_encrypt(req) : crypto_aead_decrypt(req);
}

static __always_inline int crypt_cipher(struct prose_crypt *crypt,
					struct crypto_skcipher *cipher,
					u8 *data, unsigned int len,
					bool encrypt)
{
	struct skcipher_request *req = (void *)crypt->req;
	struct scatterlist *sg = &crypt->sg[1];

	if (unlikely(!len))
		return 0;
	sg_set_buf(sg, data, len);
	skcipher_request_set_tfm(req, cipher);
	skcipher_request_set_callback(req, 0, crypt_completed, crypt);
	skcipher_request_set_crypt(req, sg, sg, len, crypt->iv);
	return encrypt ? crypto_skcipher_encrypt(req) :
			 crypto_skcipher_decrypt(req);
}

/* The driver will complete it later, or has already: then it found -1. */
static noinline int crypt_pending(struct prose_ptk *ptk)
{
	if (atomic_inc_and_test(&ptk->async))
		prose_tx_ptk_idle(ptk);
	return -EINPROGRESS;
}

/*
 * The one way to the crypto API for both paths. Nothing may follow a backlog: a
 * driver that is too busy fails the request. @now is a constant, as is the
 * direction: the driver inside of the wrapper does it, and there is no MAC, so
 * nothing has to be known of the frame when the request ends.
 */
static __always_inline int crypt(struct prose_ptk *ptk, struct sk_buff *skb,
				 u8 *data, unsigned int len, u16 sn, u8 lcid,
				 bool encrypt, bool now)
{
	const u8 *frame = skb->data + (encrypt ? ETH_HLEN : 0);
	const struct prose_suite *suite = ptk->pgk->suite;
	struct prose_input input = {
		.count	= prose_count(ptk->id, sn),
		.src	= ptk->iv_src,
		.bearer	= lcid,
	};
	bool simd = now || ((ptk->simd_cipher || ptk->simd_aead) &&
			    simd_usable(ptk));
	size_t size = simd ? ptk->simd_size : ptk->size;
	struct prose_crypt *crypt = crypt_alloc(size);
	int err = 0;

	if (unlikely(!crypt))
		return -ENOMEM;
	if (!now) {
		crypt->ptk = ptk;
		crypt->skb = skb;
		crypt->data = data;
		crypt->len = len;
		crypt->input = input;
		crypt->encrypt = encrypt;
	}
	prose_suite_iv(suite, crypt->iv, &input, data - PROSE_SALT_LEN);

	if (!now && encrypt && ptk->mac.mac)
		err = compute_mac(crypt, data + len);
	if (ptk->aead)
		err = crypt_aead(crypt, simd ? ptk->simd_aead : ptk->aead,
				 aead_list(crypt, frame, data, lcid,
					   len + PROSE_TAG_LEN),
				 len, encrypt);
	else if (!err && (now || ptk->cipher))
		err = crypt_cipher(crypt, simd ? ptk->simd_cipher : ptk->cipher,
				   data, len, encrypt);
	else if (!err && suite->stream)
		suite->stream(ptk->pek, crypt->iv, data, data, len);

	if (!now && err == -EINPROGRESS)
		return crypt_pending(ptk);
	return crypt_finish(crypt, ptk, size, encrypt, now, err);
}

static noinline int encrypt_any(struct prose_ptk *ptk, struct sk_buff *skb,
				u8 *data, unsigned int len, u16 sn, u8 lcid)
{
	return crypt(ptk, skb, data, len, sn, lcid, true, false);
}

static noinline int decrypt_any(struct prose_ptk *ptk, struct sk_buff *skb,
				u8 *data, unsigned int len, u16 sn, u8 lcid)
{
	return crypt(ptk, skb, data, len, sn, lcid, false, false);
}

/**
 * prose_ptk_encrypt - cipher and protect the Data of a frame in place
 * @ptk: its PTK
 * @skb: the frame, from its Ethernet header on; linear, and nobody else has its
 *	data. The headers and the salt are written already, and room for the
 *	suite's tail follows the Data
 * @data: its Data
 * @len: octets of it, without salt and tail
 * @sn: PDCP SN
 * @lcid: logical channel
 *
 * Context: softirqs off. Return: -EINPROGRESS if the driver calls
 * prose_tx_done() once, now or later, and the frame is no longer the caller's.
 * Otherwise it is over: 0, or why the frame is garbage now: -ENOMEM, or an error
 * of the crypto API.
 */
int prose_ptk_encrypt(struct prose_ptk *ptk, struct sk_buff *skb, u8 *data,
		      unsigned int len, u16 sn, u8 lcid)
{
	if (likely(ptk->direct && simd_usable(ptk)))
		return crypt(ptk, skb, data, len, sn, lcid, true, true);
	return encrypt_any(ptk, skb, data, len, sn, lcid);
}

/**
 * prose_ptk_decrypt - decipher and verify the Data of a frame in place
 * @ptk: its PTK
 * @skb: the frame, from its SL-SCH header on; linear, and nobody else has its
 *	data
 * @data: its Data
 * @len: octets of it, without salt and tail
 * @sn: PDCP SN
 * @lcid: logical channel
 *
 * Context: softirqs off, RCU read lock held. Return: -EINPROGRESS if the driver
 * calls prose_rx_done() once, now or later, and the frame is no longer the
 * caller's. Otherwise it is over: 0, or why the frame is garbage now: -EBADMSG
 * if MAC-I or tag is wrong, -ENOMEM, or an error of the crypto API.
 */
int prose_ptk_decrypt(struct prose_ptk *ptk, struct sk_buff *skb, u8 *data,
		      unsigned int len, u16 sn, u8 lcid)
{
	if (likely(ptk->direct && simd_usable(ptk)))
		return crypt(ptk, skb, data, len, sn, lcid, false, true);
	return decrypt_any(ptk, skb, data, len, sn, lcid);
}
