// SPDX-License-Identifier: GPL-2.0
/*
 * The skciphers "snow3g" and "zuc" of the crypto API, and known answers of
 * everything in snow3g.c and zuc.c, without which the module does not load.
 *
 * The 16 octets of the IV are IV3, IV2, IV1, IV0 of SNOW 3G as big-endian words,
 * and the IV of ZUC. Any length and any scatterlist will do, in place or not.
 *
 * Requests one after the other: the state of these ciphers does not fit into an
 * IV. Other algorithms whose IV is no counter leave it as it was, so that a
 * second request with it silently takes the same key stream again: to AF_ALG,
 * which chops up what is longer than a buffer or sent with MSG_MORE, that is the
 * continuation. Here a request
 *
 * - leaves a mark in the place of the IV, 16 random octets chosen at load, and
 *   one that comes with this mark is refused with -EINVAL, and
 * - where the crypto API can tell that a request is to be continued (6.8 and
 *   later), exports and imports the state, and continues at any octet.
 *
 * So a message in parts comes out right on 6.12; on 6.1 its first part does, and
 * the next is refused. Whoever reuses the buffer of an IV sets it anew.
 *
 * The key lies in the context, which the crypto API wipes. A state lies in the
 * context of a request and is wiped at its end, or when it is exported.
 */

#include <crypto/internal/skcipher.h>
#include <crypto/skcipher.h>
#include <linux/crypto.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "algorithms.h"
#include "algorithms_vectors.h"
#include "snow3g.h"
#include "zuc.h"

#define KEY_LEN			16
#define IV_LEN			16
#define PRIORITY		100

static u8 spent_iv[IV_LEN] __ro_after_init;

struct stream_ctx {
	u8 key[KEY_LEN];
};

/**
 * struct stream_state - what a request leaves to the one that continues it
 * @live: there is something to continue
 * @snow3g: key stream of the one
 * @zuc: or the other cipher
 */
struct stream_state {
	bool live;
	union {
		struct snow3g_state snow3g;
		struct zuc_state zuc;
	};
};

struct stream_ops {
	void (*init)(struct stream_state *st, const u8 *key, const u8 *iv);
	void (*xor)(struct stream_state *st, u8 *dst, const u8 *src,
		    size_t len);
};

static void stream_snow3g_init(struct stream_state *st, const u8 *key,
			       const u8 *iv)
{
	snow3g_init(&st->snow3g, key, iv);
}

static void stream_snow3g_xor(struct stream_state *st, u8 *dst, const u8 *src,
			      size_t len)
{
	snow3g_xor(&st->snow3g, dst, src, len);
}

static const struct stream_ops stream_snow3g = {
	.init = stream_snow3g_init,
	.xor = stream_snow3g_xor,
};

static void stream_zuc_init(struct stream_state *st, const u8 *key,
			    const u8 *iv)
{
	zuc_init(&st->zuc, key, iv);
}

static void stream_zuc_xor(struct stream_state *st, u8 *dst, const u8 *src,
			   size_t len)
{
	zuc_xor(&st->zuc, dst, src, len);
}

static const struct stream_ops stream_zuc = {
	.init = stream_zuc_init,
	.xor = stream_zuc_xor,
};

static int stream_init_tfm(struct crypto_skcipher *tfm)
{
	crypto_skcipher_set_reqsize(tfm, sizeof(struct stream_state));
	return 0;
}

static int stream_setkey(struct crypto_skcipher *tfm, const u8 *key,
			 unsigned int len)
{
	struct stream_ctx *ctx = crypto_skcipher_ctx(tfm);

	if (len != KEY_LEN)
		return -EINVAL;
	memcpy(ctx->key, key, KEY_LEN);
	return 0;
}

static int stream_crypt(struct skcipher_request *req,
			const struct stream_ops *ops)
{
	struct stream_ctx *ctx = crypto_skcipher_ctx(crypto_skcipher_reqtfm(req));
	struct stream_state *st = skcipher_request_ctx(req);
	struct skcipher_walk walk;
	int err;

	if (skcipher_request_flags(req) & CRYPTO_SKCIPHER_REQ_CONT) {
		if (!st->live)
			return -EINVAL;
	} else {
		if (!memcmp(req->iv, spent_iv, IV_LEN))
			return -EINVAL;
		ops->init(st, ctx->key, req->iv);
	}

	err = skcipher_walk_virt(&walk, req, false);
	while (walk.nbytes) {
		ops->xor(st, walk.dst.virt.addr, walk.src.virt.addr,
			 walk.nbytes);
		err = skcipher_walk_done(&walk, 0);
	}

	memcpy(req->iv, spent_iv, IV_LEN);
	if (!err && skcipher_request_flags(req) & CRYPTO_SKCIPHER_REQ_NOTFINAL)
		st->live = true;
	else
		memzero_explicit(st, sizeof(*st));
	return err;
}

static int stream_crypt_snow3g(struct skcipher_request *req)
{
	return stream_crypt(req, &stream_snow3g);
}

static int stream_crypt_zuc(struct skcipher_request *req)
{
	return stream_crypt(req, &stream_zuc);
}

static int __maybe_unused stream_export(struct skcipher_request *req, void *out)
{
	struct stream_state *st = skcipher_request_ctx(req);

	memcpy(out, st, sizeof(*st));
	memzero_explicit(st, sizeof(*st));
	return 0;
}

static int __maybe_unused stream_import(struct skcipher_request *req,
					const void *in)
{
	memcpy(skcipher_request_ctx(req), in, sizeof(struct stream_state));
	return 0;
}

static struct skcipher_alg stream_algs[] = {
	{
		.base.cra_name		= PROSE_SNOW3G,
		.base.cra_driver_name	= PROSE_SNOW3G "-generic",
		.base.cra_priority	= PRIORITY,
		.base.cra_blocksize	= 1,
		.base.cra_ctxsize	= sizeof(struct stream_ctx),
		.base.cra_module	= THIS_MODULE,
		.min_keysize		= KEY_LEN,
		.max_keysize		= KEY_LEN,
		.ivsize			= IV_LEN,
		.chunksize		= sizeof(u32),	/* a word of key stream */
		.walksize		= 1,	/* but we stop anywhere */
		.init			= stream_init_tfm,
		.setkey			= stream_setkey,
		.encrypt		= stream_crypt_snow3g,
		.decrypt		= stream_crypt_snow3g,
		PROSE_COMPAT_SKCIPHER_STATE(sizeof(struct stream_state),
					    stream_export, stream_import)
	}, {
		.base.cra_name		= PROSE_ZUC,
		.base.cra_driver_name	= PROSE_ZUC "-generic",
		.base.cra_priority	= PRIORITY,
		.base.cra_blocksize	= 1,
		.base.cra_ctxsize	= sizeof(struct stream_ctx),
		.base.cra_module	= THIS_MODULE,
		.min_keysize		= KEY_LEN,
		.max_keysize		= KEY_LEN,
		.ivsize			= IV_LEN,
		.chunksize		= sizeof(u32),
		.walksize		= 1,
		.init			= stream_init_tfm,
		.setkey			= stream_setkey,
		.encrypt		= stream_crypt_zuc,
		.decrypt		= stream_crypt_zuc,
		PROSE_COMPAT_SKCIPHER_STATE(sizeof(struct stream_state),
					    stream_export, stream_import)
	},
};

/* Known answers */

/* Lengths of the first pieces of a scatterlist; the last one is the rest. */
static const unsigned int pieces[] __initconst = {
	1, 2, 3, 5, 7, 13, 16, 17,
};

static void __init known_split(struct scatterlist *sg, u8 *buf, size_t len)
{
	unsigned int i, n = ARRAY_SIZE(pieces);

	sg_init_table(sg, n + 1);
	for (i = 0; i < n && len > pieces[i]; i++) {
		sg_set_buf(&sg[i], buf, pieces[i]);
		buf += pieces[i];
		len -= pieces[i];
	}
	sg_set_buf(&sg[i], buf, len);
	sg_mark_end(&sg[i]);
}

static int __init known_crypt(struct skcipher_request *req,
			      struct scatterlist *src, struct scatterlist *dst,
			      size_t len, u8 *iv)
{
	DECLARE_CRYPTO_WAIT(wait);

	skcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_SLEEP,
				      crypto_req_done, &wait);
	skcipher_request_set_crypt(req, src, dst, len, iv);
	return crypto_wait_req(crypto_skcipher_encrypt(req), &wait);
}

static bool __init known_right(const struct known_stream *known, const u8 *buf)
{
	return !memcmp(buf, known->first, known->first_len) &&
	       !memcmp(buf + known->last_at, known->last, known->last_len);
}

/* In pieces and in place, then from those pieces to one, and back */
static int __init known_stream_run(const struct known_stream *known,
				   struct skcipher_request *req, u8 *buf,
				   u8 *whole)
{
	struct scatterlist sg[ARRAY_SIZE(pieces) + 1], one;
	size_t len = known->len;
	u8 iv[IV_LEN];
	int err;

	sg_init_one(&one, whole, len);
	known_split(sg, buf, len);
	memset(buf, 0, len);
	if (known->data)
		memcpy(buf, known->data, len);
	memcpy(iv, known->iv, IV_LEN);
	err = known_crypt(req, sg, sg, len, iv);
	if (err)
		return err;
	if (!known_right(known, buf))
		return -EBADMSG;
	/* What was handed back is no IV. */
	if (known_crypt(req, sg, sg, len, iv) != -EINVAL)
		return -ESTALE;

	memcpy(iv, known->iv, IV_LEN);
	err = known_crypt(req, sg, &one, len, iv);
	if (err)
		return err;
	if (known->data ? memcmp(whole, known->data, len) :
			  !!memchr_inv(whole, 0, len))
		return -EBADMSG;
	memcpy(iv, known->iv, IV_LEN);
	err = known_crypt(req, &one, &one, len, iv);
	if (err)
		return err;
	return known_right(known, whole) ? 0 : -EBADMSG;
}

static int __init known_streams(void)
{
	struct skcipher_request *req;
	struct crypto_skcipher *tfm;
	u8 *buf, *whole;
	unsigned int i;
	int err = 0;

	buf = kmalloc(KNOWN_LEN_MAX, GFP_KERNEL);
	whole = kmalloc(KNOWN_LEN_MAX, GFP_KERNEL);
	if (!buf || !whole)
		err = -ENOMEM;
	for (i = 0; !err && i < ARRAY_SIZE(known_stream); i++) {
		const struct known_stream *known = &known_stream[i];

		tfm = crypto_alloc_skcipher(known->driver, 0, CRYPTO_ALG_ASYNC);
		if (IS_ERR(tfm)) {
			err = PTR_ERR(tfm);
			pr_err("prose: %s cannot be allocated: %d\n",
			       known->driver, err);
			break;
		}
		req = skcipher_request_alloc(tfm, GFP_KERNEL);
		err = req ? crypto_skcipher_setkey(tfm, known->key, KEY_LEN) :
			    -ENOMEM;
		if (!err)
			err = known_stream_run(known, req, buf, whole);
		if (err)
			pr_err("prose: known answer %u of %s: %d\n", i,
			       known->driver, err);
		skcipher_request_free(req);
		crypto_free_skcipher(tfm);
	}
	kfree(buf);
	kfree(whole);
	return err;
}

/* Before anything is registered: MACs, and in two pieces */
static int __init known_macs(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(known_mac); i++) {
		const struct known_mac *known = &known_mac[i];
		struct prose_piece two[] = {
			{ .data = known->data, .len = known->split },
			{ .data = known->data + known->split,
			  .len = (known->bits + 7) / 8 - known->split },
		};
		u8 mac[SNOW3G_MAC_LEN];

		if (known->zuc)
			zuc_eia3_pieces(known->key, known->count, known->bearer,
					known->direction, two, ARRAY_SIZE(two),
					known->bits, mac);
		else
			snow3g_eia1_pieces(known->key, known->count,
					   (u32)known->bearer << 27,
					   known->direction, two,
					   ARRAY_SIZE(two), known->bits, mac);
		if (memcmp(mac, known->mac, sizeof(mac))) {
			pr_err("prose: known answer %u of 128-EIA%d\n", i,
			       known->zuc ? 3 : 1);
			return -EBADMSG;
		}
	}
	return 0;
}

/**
 * prose_algorithms_init - register the algorithms and try them
 *
 * Return: 0, or the negative error with which the module must not load.
 */
int __init prose_algorithms_init(void)
{
	int err;

	get_random_bytes(spent_iv, sizeof(spent_iv));
	err = known_macs();
	if (err)
		return err;
	err = crypto_register_skciphers(stream_algs, ARRAY_SIZE(stream_algs));
	if (err)
		return err;
	err = known_streams();
	if (err)
		prose_algorithms_exit();
	return err;
}

/**
 * prose_algorithms_exit - nobody uses the algorithms any more
 *
 * Who does holds the module.
 */
void prose_algorithms_exit(void)
{
	crypto_unregister_skciphers(stream_algs, ARRAY_SIZE(stream_algs));
}

MODULE_ALIAS_CRYPTO(PROSE_SNOW3G);
MODULE_ALIAS_CRYPTO(PROSE_SNOW3G "-generic");
MODULE_ALIAS_CRYPTO(PROSE_ZUC);
MODULE_ALIAS_CRYPTO(PROSE_ZUC "-generic");
