// SPDX-License-Identifier: GPL-2.0
/*
 * The drivers inside of asynchronous wrappers. Up to Linux 6.15 a driver of x86
 * that needs vector registers is internal, and what is offered under the name of
 * the algorithm is a wrapper: it calls the driver where the registers may be
 * used, and has a task do it where they may not. Asked by ourselves, the same
 * question costs a fraction, and the driver needs no room in the request. The
 * wrapper stays for where the answer is no.
 *
 * Only what a wrapper itself would call is taken: the driver whose name is the
 * wrapper's after two underscores. A driver that is really asynchronous has none.
 */

#include <crypto/aead.h>
#include <crypto/skcipher.h>
#include <linux/crypto.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "simd.h"

#define ONLY_INTERNAL	CRYPTO_ALG_INTERNAL
#define ONLY_SYNC	(CRYPTO_ALG_INTERNAL | CRYPTO_ALG_ASYNC)

/**
 * struct wrapper - the wrapper that has a driver inside, as soon as one is found
 * @driver: its driver name
 * @found: set after @driver, which stays
 *
 * Looked for when a key is attached, since to ask in vain makes the kernel look
 * for a module.
 */
struct wrapper {
	char driver[CRYPTO_MAX_ALG_NAME];
	bool found;
};

static DEFINE_MUTEX(wrappers_lock);	/* who writes them */
static struct wrapper skcipher_wrapper;
static struct wrapper aead_wrapper;

static bool wrapper_known(const struct wrapper *wrapper)
{
	/* Pairs with the release in wrapper_set(). */
	return smp_load_acquire(&wrapper->found);
}

static bool wrapper_is(const struct wrapper *wrapper, const char *driver)
{
	return wrapper_known(wrapper) && !strcmp(wrapper->driver, driver);
}

static void wrapper_set(struct wrapper *wrapper, const char *driver)
{
	mutex_lock(&wrappers_lock);
	if (!wrapper->found) {
		strscpy(wrapper->driver, driver, sizeof(wrapper->driver));
		/* Who sees it sees the name. */
		smp_store_release(&wrapper->found, true);
	}
	mutex_unlock(&wrappers_lock);
}

static bool inner_name(char name[CRYPTO_MAX_ALG_NAME], const char *wrapper)
{
	return snprintf(name, CRYPTO_MAX_ALG_NAME, "__%s", wrapper) <
	       CRYPTO_MAX_ALG_NAME;
}

static struct crypto_skcipher *inner_skcipher(const char *wrapper)
{
	char name[CRYPTO_MAX_ALG_NAME];
	struct crypto_skcipher *inner;

	if (!inner_name(name, wrapper))
		return NULL;
	inner = crypto_alloc_skcipher(name, ONLY_INTERNAL, ONLY_SYNC);
	return IS_ERR(inner) ? NULL : inner;
}

static struct crypto_aead *inner_aead(const char *wrapper)
{
	char name[CRYPTO_MAX_ALG_NAME];
	struct crypto_aead *inner;

	if (!inner_name(name, wrapper))
		return NULL;
	inner = crypto_alloc_aead(name, ONLY_INTERNAL, ONLY_SYNC);
	return IS_ERR(inner) ? NULL : inner;
}

static const char *skcipher_driver(const struct crypto_skcipher *tfm)
{
	return tfm->base.__crt_alg->cra_driver_name;
}

static const char *aead_driver(const struct crypto_aead *tfm)
{
	return tfm->base.__crt_alg->cra_driver_name;
}

/**
 * prose_simd_find_skcipher - look for a driver inside of a wrapper
 * @algorithm: name of the cipher
 *
 * Context: process, may load a module.
 */
void prose_simd_find_skcipher(const char *algorithm)
{
	struct crypto_skcipher *wrapper, *inner = NULL;

	if (wrapper_known(&skcipher_wrapper))
		return;
	wrapper = crypto_alloc_skcipher(algorithm, 0, 0);
	if (IS_ERR(wrapper))
		return;
	if (wrapper->base.__crt_alg->cra_flags & CRYPTO_ALG_ASYNC)
		inner = inner_skcipher(skcipher_driver(wrapper));
	if (inner) {
		wrapper_set(&skcipher_wrapper, skcipher_driver(wrapper));
		crypto_free_skcipher(inner);
	}
	crypto_free_skcipher(wrapper);
}

/**
 * prose_simd_find_aead - look for a driver inside of a wrapper
 * @algorithm: name of the AEAD
 *
 * Context: process, may load a module.
 */
void prose_simd_find_aead(const char *algorithm)
{
	struct crypto_aead *wrapper, *inner = NULL;

	if (wrapper_known(&aead_wrapper))
		return;
	wrapper = crypto_alloc_aead(algorithm, 0, 0);
	if (IS_ERR(wrapper))
		return;
	if (wrapper->base.__crt_alg->cra_flags & CRYPTO_ALG_ASYNC)
		inner = inner_aead(aead_driver(wrapper));
	if (inner) {
		wrapper_set(&aead_wrapper, aead_driver(wrapper));
		crypto_free_aead(inner);
	}
	crypto_free_aead(wrapper);
}

/**
 * prose_simd_skcipher - a handle of the driver inside of a wrapper
 * @wrapper: any handle
 *
 * It may be used only where crypto_simd_usable(). Context: process. Return: the
 * handle, or NULL.
 */
struct crypto_skcipher *
prose_simd_skcipher(const struct crypto_skcipher *wrapper)
{
	if (!wrapper_is(&skcipher_wrapper, skcipher_driver(wrapper)))
		return NULL;
	return inner_skcipher(skcipher_wrapper.driver);
}

/**
 * prose_simd_aead - a handle of the driver inside of a wrapper
 * @wrapper: any handle
 *
 * It may be used only where crypto_simd_usable(). Context: process. Return: the
 * handle, or NULL.
 */
struct crypto_aead *prose_simd_aead(const struct crypto_aead *wrapper)
{
	if (!wrapper_is(&aead_wrapper, aead_driver(wrapper)))
		return NULL;
	return inner_aead(aead_wrapper.driver);
}
