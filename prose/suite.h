/* SPDX-License-Identifier: GPL-2.0 */
/* The table of algorithms: which go together, and how each is keyed. */
#ifndef _PROSE_SUITE_H
#define _PROSE_SUITE_H

#include <linux/types.h>

#include <uapi/linux/prose.h>

#include "kdf.h"

struct netlink_ext_ack;
struct prose_mac;

#define PROSE_IV_LEN		16	/* input block of every cipher */
#define PROSE_MAC_LEN		4	/* MAC-I (TS 36.323 6.3.4) */

/* AEAD suites (ours) */
#define PROSE_SALT_LEN		4
#define PROSE_TAG_LEN		16
#define PROSE_AEAD_KEY_MAX	32
#define PROSE_AAD_LEN		16	/* SRC, DST, LCID, PDCP header, salt */

/**
 * struct prose_input - what tells one frame's key stream from every other one's
 * @count: COUNT
 * @bearer: BEARER, the LCID (5 bits)
 * @src: Group Member Identity of the sender where several senders have one key,
 *	else 0; always the sender's for an AEAD suite
 * @salt: of an AEAD suite, else NULL
 */
struct prose_input {
	u32 count;
	u32 src;
	u8 bearer;
	const u8 *salt;
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
 * @crypto: name of the cipher in the crypto API, or NULL
 * @stream: or a stream cipher of our own, both ways the same; NULL with EEA0
 * @iv: writes the cipher's input block; NULL with EEA0
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
	const char *crypto;
	void (*stream)(const u8 key[PROSE_PEK_LEN], const u8 iv[PROSE_IV_LEN],
		       u8 *dst, const u8 *src, size_t len);
	void (*iv)(u8 iv[PROSE_IV_LEN], const struct prose_input *input);
	const struct prose_mac *mac;
};

const struct prose_suite *prose_suite_find(u32 cipher, u32 integrity,
					   struct netlink_ext_ack *extack);

#endif /* _PROSE_SUITE_H */
