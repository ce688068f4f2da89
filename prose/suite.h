/* SPDX-License-Identifier: GPL-2.0 */
/* The table of algorithms: which go together, and how each is keyed. */
#ifndef _PROSE_SUITE_H
#define _PROSE_SUITE_H

#include <linux/string.h>
#include <linux/types.h>
#include <linux/unaligned.h>

#include <uapi/linux/prose.h>

#include "kdf.h"

struct netlink_ext_ack;
struct prose_mac;

#define PROSE_IV_LEN		16	/* input block of every cipher */
#define PROSE_MAC_LEN		4	/* MAC-I (TS 36.323 6.3.4) */
#define PROSE_BEARER_SHIFT	27	/* BEARER in 32 bits, with DIRECTION after it */

/* AEAD suites (ours) */
#define PROSE_SALT_LEN		4
#define PROSE_TAG_LEN		16
#define PROSE_AEAD_KEY_MAX	32
#define PROSE_AAD_LEN		16	/* SRC, DST, LCID, PDCP header, salt */

/**
 * enum prose_iv - what follows the first half of an input block
 * @PROSE_IV_ZEROES: T1 (TS 33.401 B.1.3); for EEA0 nobody reads it
 * @PROSE_IV_TWICE: the first half again: IV3 to IV0 (TS 33.401 B.1.2, UEA2),
 *	IV[0] to IV[15] (128-EEA3, 3.2)
 * @PROSE_IV_SALT: the salt of the frame, which makes 96 bits (ours)
 */
enum prose_iv {
	PROSE_IV_ZEROES,
	PROSE_IV_TWICE,
	PROSE_IV_SALT,
};

/**
 * struct prose_input - what tells one frame's key stream from every other one's
 * @count: COUNT
 * @src: Group Member Identity of the sender where several senders have one key,
 *	else 0; always the sender's for an AEAD suite
 * @bearer: BEARER, the LCID (5 bits)
 */
struct prose_input {
	u32 count;
	u32 src;
	u8 bearer;
};

/**
 * struct prose_suite - a cipher with an integrity algorithm
 * @cipher: &enum prose_cipher
 * @integrity: &enum prose_integrity
 * @algorithm: algorithm identity in the derivation of the PEK
 * @key_len: octets of the PEK
 * @head: octets before the Data (a salt)
 * @tail: octets after it (MAC-I or tag)
 * @aead: @crypto is an AEAD, which gives both
 * @authenticated: a frame that verifies comes from a holder of the PGK
 * @strong: what verifies is too long to be guessed
 * @iv: &enum prose_iv, the second half of the cipher's input block
 * @crypto: name of the cipher in the crypto API, or NULL
 * @stream: or a stream cipher of our own, both ways the same; NULL with EEA0
 * @mac: the integrity algorithm, or NULL
 */
struct prose_suite {
	enum prose_cipher cipher;
	enum prose_integrity integrity;
	u8 algorithm;
	u8 key_len;
	u8 head;
	u8 tail;
	bool aead;
	bool authenticated;
	bool strong;
	u8 iv;
	const char *crypto;
	void (*stream)(const u8 key[PROSE_PEK_LEN], const u8 iv[PROSE_IV_LEN],
		       u8 *dst, const u8 *src, size_t len);
	const struct prose_mac *mac;
};

/**
 * prose_suite_iv - write the cipher's input block
 * @suite: suite
 * @iv: filled in
 * @input: what goes into it
 * @salt: of an AEAD suite; not looked at otherwise
 *
 * COUNT, BEARER and DIRECTION, which is 0 in one-to-many (TS 36.323 5.6.1), then
 * zeroes: the first half of every input block. Where members share a key, the
 * sender takes the place of the zeroes (ours).
 */
static __always_inline void
prose_suite_iv(const struct prose_suite *suite, u8 iv[PROSE_IV_LEN],
	       const struct prose_input *input, const u8 *salt)
{
	u64 first = (u64)input->count << 32 |
		    (u32)input->bearer << PROSE_BEARER_SHIFT | input->src;

	put_unaligned_be64(first, iv);
	put_unaligned_be64(suite->iv == PROSE_IV_TWICE ? first : 0, iv + 8);
	if (suite->iv == PROSE_IV_SALT)
		memcpy(iv + 8, salt, PROSE_SALT_LEN);
}

const struct prose_suite *prose_suite_find(u32 cipher, u32 integrity,
					   struct netlink_ext_ack *extack);

#endif /* _PROSE_SUITE_H */
