// SPDX-License-Identifier: GPL-2.0
/*
 * What one request costs through the crypto API, for the benchmark: write
 * "TYPE ALGORITHM KEY-LENGTH LENGTH COUNT" to the parameter run, where TYPE is
 * skcipher, aead or shash, and read "DRIVER CYCLES" from it, where CYCLES is
 * that of one request on average, in place as prose makes it. AEAD requests
 * have no associated data and a tag of 16 octets.
 */

#include <crypto/aead.h>
#include <crypto/hash.h>
#include <crypto/skcipher.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/timex.h>

#define MAX_LEN		4096
#define MAX_KEY		64
#define TAG_LEN		16

struct job {
	char algorithm[CRYPTO_MAX_ALG_NAME];
	unsigned int key_len;
	unsigned int len;
	unsigned int count;
	u8 key[MAX_KEY];
	u8 iv[16];
	u8 *data;
};

static DEFINE_MUTEX(lock);	/* result */
static char result[CRYPTO_MAX_ALG_NAME + 32];

static void say(const char *driver, cycles_t cycles, unsigned int count)
{
	snprintf(result, sizeof(result), "%s %llu", driver,
		 div_u64(cycles, count));
}

/* What a driver finishes later is waited for, and cannot be measured here. */
static int settle(int err, struct crypto_wait *wait)
{
	if (err != -EINPROGRESS && err != -EBUSY)
		return err;
	return crypto_wait_req(err, wait) ?: -EOPNOTSUPP;
}

static int run_skcipher(struct job *job)
{
	DECLARE_CRYPTO_WAIT(wait);
	struct crypto_skcipher *tfm;
	struct skcipher_request *req;
	struct scatterlist sg;
	cycles_t start;
	unsigned int i;
	int err;

	tfm = crypto_alloc_skcipher(job->algorithm, 0, 0);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	err = -ENOMEM;
	req = skcipher_request_alloc(tfm, GFP_KERNEL);
	if (!req)
		goto free_tfm;
	err = crypto_skcipher_setkey(tfm, job->key, job->key_len);
	if (err)
		goto free_req;

	skcipher_request_set_callback(req, 0, crypto_req_done, &wait);
	local_bh_disable();
	start = get_cycles();
	for (i = 0; i < job->count && !err; i++) {
		sg_init_one(&sg, job->data, job->len);
		skcipher_request_set_crypt(req, &sg, &sg, job->len, job->iv);
		err = crypto_skcipher_encrypt(req);
	}
	say(crypto_skcipher_driver_name(tfm), get_cycles() - start, job->count);
	local_bh_enable();
	err = settle(err, &wait);

free_req:
	skcipher_request_free(req);
free_tfm:
	crypto_free_skcipher(tfm);
	return err;
}

static int run_aead(struct job *job)
{
	DECLARE_CRYPTO_WAIT(wait);
	struct crypto_aead *tfm;
	struct aead_request *req;
	struct scatterlist sg;
	cycles_t start;
	unsigned int i;
	int err;

	tfm = crypto_alloc_aead(job->algorithm, 0, 0);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	err = -ENOMEM;
	req = aead_request_alloc(tfm, GFP_KERNEL);
	if (!req)
		goto free_tfm;
	err = crypto_aead_setkey(tfm, job->key, job->key_len);
	if (err)
		goto free_req;

	aead_request_set_callback(req, 0, crypto_req_done, &wait);
	aead_request_set_ad(req, 0);
	local_bh_disable();
	start = get_cycles();
	for (i = 0; i < job->count && !err; i++) {
		sg_init_one(&sg, job->data, job->len + TAG_LEN);
		aead_request_set_crypt(req, &sg, &sg, job->len, job->iv);
		err = crypto_aead_encrypt(req);
	}
	say(crypto_aead_driver_name(tfm), get_cycles() - start, job->count);
	local_bh_enable();
	err = settle(err, &wait);

free_req:
	aead_request_free(req);
free_tfm:
	crypto_free_aead(tfm);
	return err;
}

static int run_shash(struct job *job)
{
	struct crypto_shash *tfm;
	struct shash_desc *desc;
	u8 digest[64];
	cycles_t start;
	unsigned int i;
	int err;

	tfm = crypto_alloc_shash(job->algorithm, 0, 0);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	err = -ENOMEM;
	desc = kzalloc(sizeof(*desc) + crypto_shash_descsize(tfm), GFP_KERNEL);
	if (!desc)
		goto free_tfm;
	err = crypto_shash_setkey(tfm, job->key, job->key_len);
	if (err)
		goto free_desc;

	desc->tfm = tfm;
	local_bh_disable();
	start = get_cycles();
	for (i = 0; i < job->count && !err; i++)
		err = crypto_shash_digest(desc, job->data, job->len, digest);
	say(crypto_shash_driver_name(tfm), get_cycles() - start, job->count);
	local_bh_enable();

free_desc:
	kfree(desc);
free_tfm:
	crypto_free_shash(tfm);
	return err;
}

static int run_set(const char *val, const struct kernel_param *kp)
{
	struct job *job;
	char type[16];
	int err;

	job = kzalloc(sizeof(*job), GFP_KERNEL);
	if (!job)
		return -ENOMEM;
	err = -EINVAL;
	if (sscanf(val, "%15s %63s %u %u %u", type, job->algorithm,
		   &job->key_len, &job->len, &job->count) != 5 ||
	    job->key_len > MAX_KEY || !job->len || job->len > MAX_LEN ||
	    !job->count)
		goto out;
	err = -ENOMEM;
	job->data = kzalloc(MAX_LEN + TAG_LEN, GFP_KERNEL);
	if (!job->data)
		goto out;

	mutex_lock(&lock);
	if (!strcmp(type, "skcipher"))
		err = run_skcipher(job);
	else if (!strcmp(type, "aead"))
		err = run_aead(job);
	else if (!strcmp(type, "shash"))
		err = run_shash(job);
	else
		err = -EINVAL;
	mutex_unlock(&lock);
out:
	kfree(job->data);
	kfree(job);
	return err;
}

static int run_get(char *buffer, const struct kernel_param *kp)
{
	int len;

	mutex_lock(&lock);
	len = sprintf(buffer, "%s\n", result);
	mutex_unlock(&lock);
	return len;
}

static const struct kernel_param_ops run_ops = {
	.set = run_set,
	.get = run_get,
};
module_param_cb(run, &run_ops, NULL, 0600);

MODULE_DESCRIPTION("The cost of crypto requests, for the benchmark of prose");
MODULE_LICENSE("GPL");
