// SPDX-License-Identifier: GPL-2.0
/* The table of algorithms. */

#include <linux/netlink.h>
#include <linux/string.h>

#include "kdf.h"
#include "mac.h"
#include "snow3g.h"
#include "suite.h"
#include "zuc.h"

/*
 * Algorithm identities in key derivation (TS 33.401 5.1.3.2; those of the AEAD
 * suites are ours)
 */
#define ALGORITHM_EEA0		0x00
#define ALGORITHM_EEA1		0x01
#define ALGORITHM_EEA2		0x02
#define ALGORITHM_EEA3		0x03
#define ALGORITHM_AES128_GCM	0xf1
#define ALGORITHM_AES256_GCM	0xf2

/*
 * SNOW 3G and ZUC are called by their functions: a handle of the crypto API on
 * an algorithm of this module would keep it from being unloaded.
 */
#define CIPHER_EEA0						\
	.cipher		= PROSE_CIPHER_EEA0,			\
	.algorithm	= ALGORITHM_EEA0

#define CIPHER_EEA1						\
	.cipher		= PROSE_CIPHER_EEA1,			\
	.algorithm	= ALGORITHM_EEA1,			\
	.key_len	= PROSE_PEK_LEN,			\
	.stream		= snow3g_crypt,				\
	.iv		= PROSE_IV_TWICE

#define CIPHER_EEA2						\
	.cipher		= PROSE_CIPHER_EEA2,			\
	.algorithm	= ALGORITHM_EEA2,			\
	.key_len	= PROSE_PEK_LEN,			\
	.crypto		= "ctr(aes)",				\
	.iv		= PROSE_IV_ZEROES

#define CIPHER_EEA3						\
	.cipher		= PROSE_CIPHER_EEA3,			\
	.algorithm	= ALGORITHM_EEA3,			\
	.key_len	= PROSE_PEK_LEN,			\
	.stream		= zuc_crypt,				\
	.iv		= PROSE_IV_TWICE

#define INTEGRITY(id, algorithms)				\
	.integrity	= (id),					\
	.tail		= PROSE_MAC_LEN,			\
	.authenticated	= true,					\
	.mac		= &(algorithms)

#define INTEGRITY_EIA1	INTEGRITY(PROSE_INTEGRITY_EIA1, prose_mac_eia1)
#define INTEGRITY_EIA2	INTEGRITY(PROSE_INTEGRITY_EIA2, prose_mac_eia2)
#define INTEGRITY_EIA3	INTEGRITY(PROSE_INTEGRITY_EIA3, prose_mac_eia3)
#define INTEGRITY_NONE	.integrity = PROSE_INTEGRITY_NONE

#define AEAD						\
	.crypto		= "gcm(aes)",			\
	.iv		= PROSE_IV_SALT,		\
	.head		= PROSE_SALT_LEN,		\
	.tail		= PROSE_TAG_LEN,		\
	.aead		= true,				\
	.authenticated	= true,				\
	.strong		= true,				\
	INTEGRITY_NONE

/* EEA0 without integrity is no protection at all, so it is not here. */
static const struct prose_suite suites[] = {
	{ CIPHER_EEA0, INTEGRITY_EIA1 },
	{ CIPHER_EEA0, INTEGRITY_EIA2 },
	{ CIPHER_EEA0, INTEGRITY_EIA3 },
	{ CIPHER_EEA1, INTEGRITY_NONE },
	{ CIPHER_EEA1, INTEGRITY_EIA1 },
	{ CIPHER_EEA1, INTEGRITY_EIA2 },
	{ CIPHER_EEA1, INTEGRITY_EIA3 },
	{ CIPHER_EEA2, INTEGRITY_NONE },
	{ CIPHER_EEA2, INTEGRITY_EIA1 },
	{ CIPHER_EEA2, INTEGRITY_EIA2 },
	{ CIPHER_EEA2, INTEGRITY_EIA3 },
	{ CIPHER_EEA3, INTEGRITY_NONE },
	{ CIPHER_EEA3, INTEGRITY_EIA1 },
	{ CIPHER_EEA3, INTEGRITY_EIA2 },
	{ CIPHER_EEA3, INTEGRITY_EIA3 },
	{
		.cipher		= PROSE_CIPHER_AES128_GCM,
		.algorithm	= ALGORITHM_AES128_GCM,
		.key_len	= PROSE_PEK_LEN,
		AEAD
	},
	{
		.cipher		= PROSE_CIPHER_AES256_GCM,
		.algorithm	= ALGORITHM_AES256_GCM,
		.key_len	= PROSE_AEAD_KEY_MAX,
		AEAD
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
