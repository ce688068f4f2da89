/* SPDX-License-Identifier: GPL-2.0 */
/* AES-CMAC (NIST SP 800-38B), in the fastest way that the crypto API has. */
#ifndef _PROSE_CMAC_H
#define _PROSE_CMAC_H

#include <linux/types.h>

struct crypto_shash;
struct crypto_skcipher;

#define PROSE_CMAC_LEN		16
#define PROSE_CMAC_KEY_LEN	16

/**
 * struct prose_cmac - AES-CMAC with its key
 * @shash: "cmac(aes)", which always works
 * @cbc: AES-CBC that is faster, or NULL
 * @simd: @cbc works only where vector registers may be used
 * @subkeys: K1 and K2 are there, so @cbc can be used
 * @k1: what the last block is XORed with if it is whole
 * @k2: and if it is padded
 */
struct prose_cmac {
	struct crypto_shash *shash;
	struct crypto_skcipher *cbc;
	bool simd;
	bool subkeys;
	u8 k1[PROSE_CMAC_LEN];
	u8 k2[PROSE_CMAC_LEN];
};

void prose_cmac_find(void);
int prose_cmac_alloc(struct prose_cmac *cmac);
int prose_cmac_setkey(struct prose_cmac *cmac,
		      const u8 key[PROSE_CMAC_KEY_LEN]);
void prose_cmac_free(struct prose_cmac *cmac);
int prose_cmac(const struct prose_cmac *cmac, u8 *msg, size_t len, size_t room,
	       u8 out[PROSE_CMAC_LEN]);
int prose_cmac_init(void);
void prose_cmac_exit(void);

#endif /* _PROSE_CMAC_H */
