// SPDX-License-Identifier: GPL-2.0
/*
 * A ctr(aes) of higher priority than any other that behaves as its parameters
 * say, for the tests: asynchronous, full, or failing, at once or later. What it
 * does is done by the driver without SIMD, in the order of the requests.
 *
 * An encryption that fails leaves the plain text where it was, so that a caller
 * that ignores the error sends it in clear and is found out.
 */

#include <crypto/internal/skcipher.h>
#include <crypto/skcipher.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#define BLOCK	16

enum mode { SYNC, SYNC_ERROR, ASYNC, ASYNC_ERROR, BUSY, NO_SPACE };

static const char * const mode_names[] = {
	[SYNC]		= "sync",
	[SYNC_ERROR]	= "sync_error",
	[ASYNC]		= "async",
	[ASYNC_ERROR]	= "async_error",
	[BUSY]		= "busy",	/* backlog: -EBUSY, -EINPROGRESS, done */
	[NO_SPACE]	= "no_space",	/* -ENOSPC, as a full queue says */
};

static enum mode mode;
static unsigned int after;	/* errors come after so many more requests */
static unsigned int delay_ms;	/* asynchronous: before a request is served */
static int setkey_error;	/* what setkey returns, if not 0 */
static unsigned int requests;	/* served or refused so far */
static unsigned int pending;	/* asynchronous requests not yet done */
static unsigned int unwiped;	/* requests in which one before left its trace */

module_param(after, uint, 0644);
module_param(delay_ms, uint, 0644);
module_param(setkey_error, int, 0644);
module_param(requests, uint, 0644);
module_param(pending, uint, 0444);
module_param(unwiped, uint, 0444);

static int mode_set(const char *val, const struct kernel_param *kp)
{
	int i = sysfs_match_string(mode_names, val);

	if (i < 0)
		return i;
	WRITE_ONCE(mode, i);
	return 0;
}

static int mode_get(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "%s\n", mode_names[READ_ONCE(mode)]);
}

static const struct kernel_param_ops mode_ops = {
	.set = mode_set,
	.get = mode_get,
};
module_param_cb(mode, &mode_ops, NULL, 0644);

struct tfm_ctx {
	struct crypto_sync_skcipher *inner;
};

struct req_ctx {
	struct list_head list;
	struct skcipher_request *req;
	bool backlog;
	int err;
	u8 trace[BLOCK];
};

/* Stands for what drivers keep of key and data; who owns the memory wipes it. */
static const u8 trace[BLOCK] = "trace of a key.";

static LIST_HEAD(queue);
static DEFINE_SPINLOCK(lock);	/* queue, after, requests, pending, unwiped */
static struct workqueue_struct *wq;

static int serve(struct skcipher_request *req)
{
	struct tfm_ctx *ctx = crypto_skcipher_ctx(crypto_skcipher_reqtfm(req));
	struct req_ctx *rc = skcipher_request_ctx(req);
	int err;

	SYNC_SKCIPHER_REQUEST_ON_STACK(sub, ctx->inner);

	skcipher_request_set_sync_tfm(sub, ctx->inner);
	skcipher_request_set_callback(sub, 0, NULL, NULL);
	skcipher_request_set_crypt(sub, req->src, req->dst, req->cryptlen,
				   req->iv);
	/* in counter mode there is but one direction */
	err = crypto_skcipher_encrypt(sub);
	skcipher_request_zero(sub);
	memcpy(rc->trace, trace, sizeof(trace));
	return err;
}

static void work_fn(struct work_struct *work)
{
	for (;;) {
		struct req_ctx *rc;
		int err;

		spin_lock_bh(&lock);
		rc = list_first_entry_or_null(&queue, struct req_ctx, list);
		if (rc)
			list_del(&rc->list);
		spin_unlock_bh(&lock);
		if (!rc)
			return;

		if (delay_ms)
			msleep(delay_ms);
		if (rc->backlog) {
			local_bh_disable();
			skcipher_request_complete(rc->req, -EINPROGRESS);
			local_bh_enable();
		}
		err = rc->err ?: serve(rc->req);
		spin_lock_bh(&lock);
		pending--;
		spin_unlock_bh(&lock);
		local_bh_disable();
		skcipher_request_complete(rc->req, err);
		local_bh_enable();
	}
}

static DECLARE_WORK(work, work_fn);

static int crypt(struct skcipher_request *req)
{
	struct req_ctx *rc = skcipher_request_ctx(req);
	enum mode m = READ_ONCE(mode);
	bool backlog = m == BUSY;
	bool fail = false;

	spin_lock_bh(&lock);
	requests++;
	if (!memcmp(rc->trace, trace, sizeof(trace)))
		unwiped++;
	if (m == SYNC_ERROR || m == ASYNC_ERROR || m == NO_SPACE) {
		if (after)
			after--;
		else
			fail = true;
	}
	spin_unlock_bh(&lock);

	switch (m) {
	case SYNC:
		return serve(req);
	case SYNC_ERROR:
		return fail ? -EIO : serve(req);
	case NO_SPACE:
		return fail ? -ENOSPC : serve(req);
	default:
		break;
	}

	if (backlog && !(req->base.flags & CRYPTO_TFM_REQ_MAY_BACKLOG))
		return -ENOSPC;
	rc->backlog = backlog;
	rc->req = req;
	rc->err = fail ? -EIO : 0;
	spin_lock_bh(&lock);
	list_add_tail(&rc->list, &queue);
	pending++;
	spin_unlock_bh(&lock);
	queue_work(wq, &work);
	/* The request may be done, and its memory gone, by now. */
	return backlog ? -EBUSY : -EINPROGRESS;
}

static int setkey(struct crypto_skcipher *tfm, const u8 *key, unsigned int len)
{
	struct tfm_ctx *ctx = crypto_skcipher_ctx(tfm);

	return setkey_error ?: crypto_sync_skcipher_setkey(ctx->inner, key, len);
}

static int init_tfm(struct crypto_skcipher *tfm)
{
	struct tfm_ctx *ctx = crypto_skcipher_ctx(tfm);

	crypto_skcipher_set_reqsize(tfm, sizeof(struct req_ctx));
	ctx->inner = crypto_alloc_sync_skcipher("ctr(aes-generic)", 0, 0);
	/* Since 7.0 */
	if (IS_ERR(ctx->inner))
		ctx->inner = crypto_alloc_sync_skcipher("ctr(aes-lib)", 0, 0);
	return PTR_ERR_OR_ZERO(ctx->inner);
}

static void exit_tfm(struct crypto_skcipher *tfm)
{
	struct tfm_ctx *ctx = crypto_skcipher_ctx(tfm);

	crypto_free_sync_skcipher(ctx->inner);
}

static struct skcipher_alg alg = {
	.base.cra_name		= "ctr(aes)",
	.base.cra_driver_name	= "prose-test-ctr-aes",
	.base.cra_priority	= 100000,
	.base.cra_flags		= CRYPTO_ALG_ASYNC,
	.base.cra_blocksize	= 1,
	.base.cra_ctxsize	= sizeof(struct tfm_ctx),
	.base.cra_module	= THIS_MODULE,
	.min_keysize		= 16,
	.max_keysize		= 32,
	.ivsize			= BLOCK,
	.chunksize		= BLOCK,
	.setkey			= setkey,
	.encrypt		= crypt,
	.decrypt		= crypt,
	.init			= init_tfm,
	.exit			= exit_tfm,
};

static int __init prose_test_ctr_init(void)
{
	int err;

	wq = alloc_ordered_workqueue("prose_test_ctr", 0);
	if (!wq)
		return -ENOMEM;
	err = crypto_register_skcipher(&alg);
	if (err)
		destroy_workqueue(wq);
	return err;
}
module_init(prose_test_ctr_init);

static void __exit prose_test_ctr_exit(void)
{
	crypto_unregister_skcipher(&alg);
	destroy_workqueue(wq);
}
module_exit(prose_test_ctr_exit);

MODULE_DESCRIPTION("ctr(aes) that fails or is late on demand, for the tests of prose");
MODULE_LICENSE("GPL");
