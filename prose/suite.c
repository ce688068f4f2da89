// SPDX-License-Identifier: GPL-2.0
/* The table of algorithms. */

#include <crypto/skcipher.h>
#include <linux/netlink.h>
#include <linux/unaligned.h>

#include "kdf.h"
#include "suite.h"

/* DIRECTION is 0 in one-to-many (TS 36.323 5.6.1). */
#define BEARER_SHIFT	3

/* Algorithm identities in key derivation (TS 33.401 5.1.3.2) */
#define ALGORITHM_EEA2	2

/* T1 of 128-EEA2: COUNT, BEARER, DIRECTION, zeroes (TS 33.401 B.1.3) */
static void eea2_iv(u8 iv[PROSE_IV_LEN], u32 count, u8 bearer)
{
	put_unaligned_be32(count, iv);
	iv[4] = bearer << BEARER_SHIFT;
	memset(iv + 5, 0, PROSE_IV_LEN - 5);
}

static const struct prose_suite suites[] = {
	{
		.cipher		= PROSE_CIPHER_EEA2,
		.integrity	= PROSE_INTEGRITY_NONE,
		.algorithm	= ALGORITHM_EEA2,
		.key_len	= PROSE_PEK_LEN,
		.crypto		= "ctr(aes)",
		.iv		= eea2_iv,
	},
};

/**
 * prose_suite_find - look up a cipher with an integrity algorithm
 * @cipher: &enum prose_cipher
 * @integrity: &enum prose_integrity
 * @extack: told why there is none
 *
 * Return: the suite, or ERR_PTR of -EINVAL for a pair that makes no sense,
 * -EOPNOTSUPP for one that this module does not have.
 */
const struct prose_suite *prose_suite_find(u32 cipher, u32 integrity,
					   struct netlink_ext_ack *extack)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(suites); i++)
		if (suites[i].cipher == cipher &&
		    suites[i].integrity == integrity)
			return &suites[i];

	if (cipher >= PROSE_CIPHER_AES128_GCM &&
	    integrity != PROSE_INTEGRITY_NONE) {
		NL_SET_ERR_MSG(extack,
			       "an AEAD suite takes no integrity algorithm");
		return ERR_PTR(-EINVAL);
	}
	if (cipher == PROSE_CIPHER_EEA0 && integrity == PROSE_INTEGRITY_NONE) {
		NL_SET_ERR_MSG(extack,
			       "eea0 without integrity is no protection at all");
		return ERR_PTR(-EINVAL);
	}
	NL_SET_ERR_MSG(extack, "cipher and integrity pair is not supported");
	return ERR_PTR(-EOPNOTSUPP);
}

/**
 * prose_suite_alloc - a cipher handle without a key
 * @suite: the suite
 *
 * Takes the fastest driver, asynchronous ones included: those that are called
 * synchronous in the kernel are many times slower than the wrappers that
 * are asynchronous only now and then.
 *
 * Context: process, may load a module. Return: a handle or an ERR_PTR.
 */
struct crypto_skcipher *prose_suite_alloc(const struct prose_suite *suite)
{
	return crypto_alloc_skcipher(suite->crypto, 0, 0);
}
