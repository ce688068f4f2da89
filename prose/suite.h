/* SPDX-License-Identifier: GPL-2.0 */
/* The table of algorithms, and how each uses the crypto API. */
#ifndef _PROSE_SUITE_H
#define _PROSE_SUITE_H

#include <linux/types.h>

#include <uapi/linux/prose.h>

struct crypto_skcipher;
struct netlink_ext_ack;

#define PROSE_IV_LEN	16

/**
 * struct prose_suite - a cipher with an integrity algorithm
 * @cipher: &enum prose_cipher
 * @integrity: &enum prose_integrity
 * @algorithm: algorithm identity in the derivation of the PEK
 * @key_len: octets of the PEK
 * @head: octets before the Data (a salt)
 * @tail: octets after it (MAC-I or tag)
 * @authenticated: a frame that verifies comes from a holder of the PGK
 * @crypto: name of the cipher in the crypto API
 * @iv: writes the cipher's input block
 */
struct prose_suite {
	enum prose_cipher cipher;
	enum prose_integrity integrity;
	u8 algorithm;
	u8 key_len;
	u8 head;
	u8 tail;
	bool authenticated;
	const char *crypto;
	void (*iv)(u8 iv[PROSE_IV_LEN], u32 count, u8 bearer);
};

const struct prose_suite *prose_suite_find(u32 cipher, u32 integrity,
					   struct netlink_ext_ack *extack);
struct crypto_skcipher *prose_suite_alloc(const struct prose_suite *suite);

#endif /* _PROSE_SUITE_H */
