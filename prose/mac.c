// SPDX-License-Identifier: GPL-2.0
/* MAC-I: the integrity algorithms over the PDCP header and the plain Data. */

#include <linux/string.h>
#include <linux/unaligned.h>

#include "cmac.h"
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
#define EIA2_PREFIX_LEN	PROSE_MAC_HEAD_ROOM
#define BEARER_SHIFT	3

static int eia1(const struct prose_mac_key *key,
		const struct prose_input *input, u8 *msg, size_t len,
		size_t room, u8 out[PROSE_MAC_LEN])
{
	snow3g_eia1(key->pik, input->count, (u32)input->bearer << FRESH_SHIFT,
		    DIRECTION, msg, (u64)len * BITS_PER_BYTE, out);
	return 0;
}

static int eia2(const struct prose_mac_key *key,
		const struct prose_input *input, u8 *msg, size_t len,
		size_t room, u8 out[PROSE_MAC_LEN])
{
	u8 *prefix = msg - EIA2_PREFIX_LEN;
	u8 before[EIA2_PREFIX_LEN];
	u8 cmac[PROSE_CMAC_LEN];
	int err;

	/* Written before the message, so that all of it is in one piece */
	memcpy(before, prefix, sizeof(before));
	put_unaligned_be32(input->count, prefix);
	put_unaligned_be32((u32)input->bearer << (24 + BEARER_SHIFT),
			   prefix + 4);
	err = prose_cmac(&key->cmac, prefix, EIA2_PREFIX_LEN + len, room, cmac);
	memcpy(prefix, before, sizeof(before));

	if (!err)
		memcpy(out, cmac, PROSE_MAC_LEN);
	memzero_explicit(cmac, sizeof(cmac));
	return err;
}

static int eia3(const struct prose_mac_key *key,
		const struct prose_input *input, u8 *msg, size_t len,
		size_t room, u8 out[PROSE_MAC_LEN])
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
	.cmac		= true,
	.compute	= eia2,
};

/* 128-EIA3, ZUC (TS 33.401 B.2.4) */
const struct prose_mac prose_mac_eia3 = {
	.algorithm	= ALGORITHM_EIA3,
	.compute	= eia3,
};

/**
 * prose_mac_find - look for the fastest way to an integrity algorithm
 * @mac: the algorithm, or NULL
 *
 * Context: process, may load a module.
 */
void prose_mac_find(const struct prose_mac *mac)
{
	if (mac && mac->cmac)
		prose_cmac_find();
}

/**
 * prose_mac_alloc - make an integrity algorithm ready for its key
 * @key: filled in
 * @mac: the algorithm, or NULL for none
 *
 * Context: process, may load a module. Return: 0 or an error of the crypto API.
 */
int prose_mac_alloc(struct prose_mac_key *key, const struct prose_mac *mac)
{
	int err = mac && mac->cmac ? prose_cmac_alloc(&key->cmac) : 0;

	if (!err)
		key->mac = mac;
	return err;
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
	if (key->mac->cmac)
		return prose_cmac_setkey(&key->cmac, pik);
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
	prose_cmac_free(&key->cmac);
	memzero_explicit(key->pik, sizeof(key->pik));
}
