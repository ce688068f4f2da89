// SPDX-License-Identifier: GPL-2.0
/*
 * AES-CMAC. "cmac(aes)" of the crypto API is a template on most machines: it
 * has one block at a time encrypted, and each one saves the vector registers
 * anew. AES-CBC of the same octets is many times faster where it has a driver of
 * its own: the CMAC is its last block, once K1 or K2 is XORed to that of the
 * message (SP 800-38B 6.2). The other blocks go to a page of this CPU that
 * nobody reads.
 *
 * CBC is used if the driver behind "cmac(aes)" is the template, and the one
 * behind AES-CBC is not. Only synchronous ones are asked: what x86 offers under
 * the name "cbc(aes)" up to 6.15 is a wrapper that is asynchronous now and then,
 * around an internal driver that works where vector registers may be used. Where
 * they may not, which is in softirqs that interrupt those who use them, the
 * template does it.
 */

#include <crypto/algapi.h>
#include <crypto/hash.h>
#include <crypto/internal/simd.h>
#include <crypto/skcipher.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/scatterlist.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include <asm/simd.h>

#include "cmac.h"

#define BLOCK		PROSE_CMAC_LEN
#define CMAC		"cmac(aes)"

/* Of a sink, whose length is whole blocks; longer messages are the template's */
#define SINK_LEN	(PAGE_SIZE - 4 * BLOCK)
#define SINK_TIMES	3
#define CBC_MAX		(SINK_TIMES * SINK_LEN)

/* Reduction polynomial of the doubling (SP 800-38B 5.3) */
#define R128		0x87

/**
 * struct cbc_kind - a way to get at AES-CBC
 * @name: algorithm
 * @type: CRYPTO_ALG_INTERNAL, or 0
 * @template: how the names of drivers begin that are slow
 */
struct cbc_kind {
	const char *name;
	u32 type;
	const char *template;
};

static const struct cbc_kind cbc_kinds[] = {
	{ "__cbc(aes)", CRYPTO_ALG_INTERNAL, "__cbc(" },
	{ "cbc(aes)", 0, "cbc(" },
};

/* Which one, as soon as one is there; looked for when a key is attached */
static const struct cbc_kind *cbc_kind;

/**
 * struct sink - where a CPU's CBC writes to
 * @out: blocks that nobody reads
 * @last: last block of a message after which there is no room
 */
struct sink {
	u8 out[SINK_LEN];
	u8 last[BLOCK];
};

/**
 * struct cbc_work - what a CPU asks AES-CBC with
 * @sink: where it writes to
 * @dst: the same, one after another as often as it takes; made once
 * @src: the message, in one piece
 * @req: the request
 *
 * Softirqs are off while it is used.
 */
struct cbc_work {
	struct sink *sink;
	struct scatterlist dst[SINK_TIMES];
	struct scatterlist src[1];
	struct skcipher_request req;
};

static DEFINE_PER_CPU(struct cbc_work, cbc_works);

static bool is_template(const char *driver, const char *template)
{
	return !strncmp(driver, template, strlen(template));
}

static struct crypto_skcipher *cbc_alloc(const struct cbc_kind *kind)
{
	struct crypto_skcipher *cbc;

	cbc = crypto_alloc_skcipher(kind->name, kind->type,
				    CRYPTO_ALG_INTERNAL | CRYPTO_ALG_ASYNC);
	if (IS_ERR(cbc))
		return NULL;
	/* Then a request fits on the stack, and the driver keeps nothing. */
	if (!crypto_skcipher_reqsize(cbc) &&
	    !is_template(crypto_skcipher_driver_name(cbc), kind->template))
		return cbc;
	crypto_free_skcipher(cbc);
	return NULL;
}

/**
 * prose_cmac_find - look for the fastest way
 *
 * Context: process, may load a module.
 */
void prose_cmac_find(void)
{
	struct crypto_skcipher *cbc = NULL;
	struct crypto_shash *shash;
	unsigned int i;

	BUILD_BUG_ON(sizeof(struct sink) > PAGE_SIZE || SINK_LEN % BLOCK);
	if (READ_ONCE(cbc_kind))
		return;
	shash = crypto_alloc_shash(CMAC, 0, 0);
	if (IS_ERR(shash))
		return;
	if (is_template(crypto_shash_driver_name(shash), "cmac("))
		for (i = 0; !cbc && i < ARRAY_SIZE(cbc_kinds); i++) {
			cbc = cbc_alloc(&cbc_kinds[i]);
			if (cbc)
				WRITE_ONCE(cbc_kind, &cbc_kinds[i]);
		}
	crypto_free_skcipher(cbc);
	crypto_free_shash(shash);
}

/**
 * prose_cmac_alloc - make AES-CMAC ready for its key
 * @cmac: zeroed; filled in
 *
 * Context: process, may load a module. Return: 0 or an error of the crypto API.
 */
int prose_cmac_alloc(struct prose_cmac *cmac)
{
	const struct cbc_kind *kind = READ_ONCE(cbc_kind);
	struct crypto_shash *shash;

	shash = crypto_alloc_shash(CMAC, 0, 0);
	if (IS_ERR(shash))
		return PTR_ERR(shash);
	cmac->shash = shash;
	if (kind) {
		cmac->cbc = cbc_alloc(kind);
		cmac->simd = kind->type & CRYPTO_ALG_INTERNAL;
	}
	return 0;
}

static bool cbc_usable(const struct prose_cmac *cmac)
{
	return cmac->cbc && (!cmac->simd || crypto_simd_usable());
}

/* The last block of AES-CBC with an IV of zeroes */
static int cbc_last(const struct prose_cmac *cmac, struct cbc_work *work,
		    struct scatterlist *src, size_t len, u8 out[BLOCK])
{
	struct skcipher_request *req = &work->req;
	int err;

	/* The driver leaves the last block in the place of the IV. */
	memset(out, 0, BLOCK);
	skcipher_request_set_tfm(req, cmac->cbc);
	skcipher_request_set_crypt(req, src, work->dst, len, out);
	err = crypto_skcipher_encrypt(req);
	memzero_explicit(work->sink->out, min(len, SINK_LEN));
	return err;
}

/* Twice a block in GF(2^128), the first octet the highest (SP 800-38B 6.1) */
static void double_block(u8 out[BLOCK], const u8 in[BLOCK])
{
	u64 high = get_unaligned_be64(in), low = get_unaligned_be64(in + 8);

	put_unaligned_be64(high << 1 | low >> 63, out);
	put_unaligned_be64(low << 1 ^ (high >> 63 ? R128 : 0), out + 8);
}

static int derive_subkeys(struct prose_cmac *cmac)
{
	struct cbc_work *work;
	u8 l[BLOCK];
	int err;

	local_bh_disable();
	work = this_cpu_ptr(&cbc_works);
	memset(work->sink->last, 0, BLOCK);
	sg_set_buf(work->src, work->sink->last, BLOCK);
	err = cbc_last(cmac, work, work->src, BLOCK, l);
	local_bh_enable();
	if (!err) {
		double_block(cmac->k1, l);
		double_block(cmac->k2, cmac->k1);
	}
	memzero_explicit(l, sizeof(l));
	return err;
}

/**
 * prose_cmac_setkey - give it its key
 * @cmac: from prose_cmac_alloc()
 * @key: the key
 *
 * Where vector registers may not be used at the moment, this key goes without
 * AES-CBC.
 *
 * Context: any but hard interrupt. Return: 0 or an error of the crypto API.
 */
int prose_cmac_setkey(struct prose_cmac *cmac, const u8 key[PROSE_CMAC_KEY_LEN])
{
	int err;

	err = crypto_shash_setkey(cmac->shash, key, PROSE_CMAC_KEY_LEN);
	cmac->subkeys = false;
	if (err || !cbc_usable(cmac))
		return err;
	err = crypto_skcipher_setkey(cmac->cbc, key, PROSE_CMAC_KEY_LEN);
	if (!err)
		err = derive_subkeys(cmac);
	cmac->subkeys = !err;
	return err;
}

/**
 * prose_cmac_free - wipe it
 * @cmac: nobody uses it any more
 *
 * Context: process.
 */
void prose_cmac_free(struct prose_cmac *cmac)
{
	crypto_free_skcipher(cmac->cbc);
	crypto_free_shash(cmac->shash);
	memzero_explicit(cmac, sizeof(*cmac));
}

static int by_shash(const struct prose_cmac *cmac, const u8 *msg, size_t len,
		    u8 out[PROSE_CMAC_LEN])
{
	SHASH_DESC_ON_STACK(desc, cmac->shash);
	int err;

	desc->tfm = cmac->shash;
	err = crypto_shash_digest(desc, msg, len, out);
	shash_desc_zero(desc);
	return err;
}

/*
 * The last @len octets of a message, 1 to BLOCK, as CBC gets them: in place.
 * What comes after them in the block is replaced.
 */
static void pad_last(const struct prose_cmac *cmac, u8 block[BLOCK], size_t len)
{
	u64 high = get_unaligned_be64(block), low = get_unaligned_be64(block + 8);
	const u8 *k = len < BLOCK ? cmac->k2 : cmac->k1;
	unsigned int bits = len * BITS_PER_BYTE;

	/* A one after the message, then zeroes */
	if (len < BLOCK / 2) {
		high = (high | ~0ULL >> bits) ^ ~0ULL >> bits >> 1;
		low = 0;
	} else if (len < BLOCK) {
		bits -= 64;
		low = (low | ~0ULL >> bits) ^ ~0ULL >> bits >> 1;
	}
	put_unaligned_be64(high ^ get_unaligned_be64(k), block);
	put_unaligned_be64(low ^ get_unaligned_be64(k + 8), block + 8);
}

static int by_cbc(const struct prose_cmac *cmac, u8 *msg, size_t len,
		  size_t room, u8 out[PROSE_CMAC_LEN])
{
	struct cbc_work *work = this_cpu_ptr(&cbc_works);
	size_t before = (len - 1) / BLOCK * BLOCK;
	u8 *last = work->sink->last;
	struct scatterlist src[2];
	u8 *rest = msg + before;
	u8 kept[BLOCK];
	int err;

	if (likely(len - before + room >= BLOCK)) {
		memcpy(kept, rest, BLOCK);
		pad_last(cmac, rest, len - before);
		sg_set_buf(work->src, msg, before + BLOCK);
		err = cbc_last(cmac, work, work->src, before + BLOCK, out);
		memcpy(rest, kept, BLOCK);
	} else {
		memcpy(last, rest, len - before);
		pad_last(cmac, last, len - before);
		sg_init_table(src, ARRAY_SIZE(src));
		sg_set_buf(&src[0], before ? msg : last, before ?: BLOCK);
		sg_set_buf(&src[1], last, BLOCK);
		err = cbc_last(cmac, work, src, before + BLOCK, out);
		memzero_explicit(last, BLOCK);
	}
	return err;
}

/**
 * prose_cmac - compute AES-CMAC
 * @cmac: with its key
 * @msg: message; what is written there meanwhile is put back
 * @len: octets of it, 1 at least
 * @room: octets after it that may be written likewise
 * @out: filled in; to be wiped by the caller, after an error too
 *
 * Context: softirqs off. Return: 0 or an error of the crypto API.
 */
int prose_cmac(const struct prose_cmac *cmac, u8 *msg, size_t len, size_t room,
	       u8 out[PROSE_CMAC_LEN])
{
	if (likely(cmac->subkeys && len <= CBC_MAX && cbc_usable(cmac)))
		return by_cbc(cmac, msg, len, room, out);
	return by_shash(cmac, msg, len, out);
}

static int make_work(struct cbc_work *work)
{
	unsigned int i;

	work->sink = (void *)get_zeroed_page(GFP_KERNEL);
	if (!work->sink)
		return -ENOMEM;
	sg_init_table(work->src, ARRAY_SIZE(work->src));
	sg_init_table(work->dst, SINK_TIMES);
	for (i = 0; i < SINK_TIMES; i++)
		sg_set_buf(&work->dst[i], work->sink->out, SINK_LEN);
	skcipher_request_set_callback(&work->req, 0, NULL, NULL);
	return 0;
}

/**
 * prose_cmac_init - make what each CPU works with
 *
 * Return: 0 or -ENOMEM.
 */
int prose_cmac_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		if (make_work(&per_cpu(cbc_works, cpu))) {
			prose_cmac_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

/**
 * prose_cmac_exit - free the sinks; no key is left
 */
void prose_cmac_exit(void)
{
	struct cbc_work *work;
	int cpu;

	for_each_possible_cpu(cpu) {
		work = &per_cpu(cbc_works, cpu);
		free_page((unsigned long)work->sink);
		work->sink = NULL;
	}
}
