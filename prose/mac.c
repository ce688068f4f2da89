// SPDX-License-Identifier: GPL-2.0
/* MAC-I: the integrity algorithms over the PDCP header and the plain Data. */

#include <crypto/hash.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "mac.h"
#include "snow3g.h"
#include "zuc.h"

/* Algorithm identities in key derivation (TS 33.401 5.1.4.2) */
#define ALGORITHM_EIA1	1
#define ALGORITHM_EIA2	2
#define ALGORITHM_EIA3	3

/* DIRECTION is 0 in one-to-many (TS 36.323 5.6.1). */
#define DIRECTION	0

/* BEARER in the five highest bits of FRESH (TS 33.401 B.2.2) */
#define FRESH_SHIFT	27

/* What 128-EIA2 puts before the message (TS 33.401 B.2.3) */
#define EIA2_PREFIX_LEN	8
#define BEARER_SHIFT	3
#define CMAC_LEN	16

static int eia1(const struct prose_mac_key *key,
		const struct prose_input *input, const u8 *msg, size_t len,
		u8 out[PROSE_MAC_LEN])
{
	snow3g_eia1(key->pik, input->count, (u32)input->bearer << FRESH_SHIFT,
		    DIRECTION, msg, (u64)len * BITS_PER_BYTE, out);
	return 0;
}

static int eia2(const struct prose_mac_key *key,
		const struct prose_input *input, const u8 *msg, size_t len,
		u8 out[PROSE_MAC_LEN])
{
	SHASH_DESC_ON_STACK(desc, key->cmac);
	u8 prefix[EIA2_PREFIX_LEN] = {};
	u8 cmac[CMAC_LEN];
	int err;

	put_unaligned_be32(input->count, prefix);
	prefix[4] = input->bearer << BEARER_SHIFT;

	desc->tfm = key->cmac;
	err = crypto_shash_init(desc);
	if (!err)
		err = crypto_shash_update(desc, prefix, sizeof(prefix));
	if (!err)
		err = crypto_shash_finup(desc, msg, len, cmac);
	shash_desc_zero(desc);
	if (!err)
		memcpy(out, cmac, PROSE_MAC_LEN);
	memzero_explicit(cmac, sizeof(cmac));
	return err;
}

static int eia3(const struct prose_mac_key *key,
		const struct prose_input *input, const u8 *msg, size_t len,
		u8 out[PROSE_MAC_LEN])
{
	zuc_eia3(key->pik, input->count, input->bearer, DIRECTION, msg,
		 (u64)len * BITS_PER_BYTE, out);
	return 0;
}

/* 128-EIA1, SNOW 3G (TS 33.401 B.2.2) */
const struct prose_mac prose_mac_eia1 = {
	.algorithm	= ALGORITHM_EIA1,
	.compute	= eia1,
};

/* 128-EIA2, AES-CMAC (TS 33.401 B.2.3) */
const struct prose_mac prose_mac_eia2 = {
	.algorithm	= ALGORITHM_EIA2,
	.crypto		= "cmac(aes)",
	.compute	= eia2,
};

/* 128-EIA3, ZUC (TS 33.401 B.2.4) */
const struct prose_mac prose_mac_eia3 = {
	.algorithm	= ALGORITHM_EIA3,
	.compute	= eia3,
};

/**
 * prose_mac_alloc - make an integrity algorithm ready for its key
 * @key: filled in
 * @mac: the algorithm, or NULL for none
 *
 * Context: process, may load a module. Return: 0 or an error of the crypto API.
 */
int prose_mac_alloc(struct prose_mac_key *key, const struct prose_mac *mac)
{
	struct crypto_shash *cmac = NULL;

	if (mac && mac->crypto) {
		cmac = crypto_alloc_shash(mac->crypto, 0, 0);
		if (IS_ERR(cmac))
			return PTR_ERR(cmac);
	}
	key->mac = mac;
	key->cmac = cmac;
	return 0;
}

/**
 * prose_mac_setkey - give it its key
 * @key: from prose_mac_alloc()
 * @pik: the PIK
 *
 * Context: any but hard interrupt. Return: 0 or an error of the crypto API.
 */
int prose_mac_setkey(struct prose_mac_key *key, const u8 pik[PROSE_PEK_LEN])
{
	if (key->cmac)
		return crypto_shash_setkey(key->cmac, pik, PROSE_PEK_LEN);
	memcpy(key->pik, pik, PROSE_PEK_LEN);
	return 0;
}

/**
 * prose_mac_free - wipe it
 * @key: nobody uses it any more
 *
 * Context: process.
 */
void prose_mac_free(struct prose_mac_key *key)
{
	crypto_free_shash(key->cmac);
	key->cmac = NULL;
	memzero_explicit(key->pik, sizeof(key->pik));
}
