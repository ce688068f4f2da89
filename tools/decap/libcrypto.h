/* SPDX-License-Identifier: GPL-2.0 */
/* The algorithms that OpenSSL has. All give 0, or -1 if it failed. */
#ifndef LIBCRYPTO_H
#define LIBCRYPTO_H

#include <stddef.h>
#include <stdint.h>

#define AES128_KEY_LEN	16
#define AES_BLOCK_LEN	16
#define HMAC_LEN	32

/* Once, before the others. */
int libcrypto_open(void);
void libcrypto_close(void);

int hmac_sha256(const uint8_t key[HMAC_LEN], const uint8_t *msg, size_t len,
		uint8_t out[HMAC_LEN]);
int aes128_ctr(const uint8_t key[AES128_KEY_LEN], const uint8_t block[AES_BLOCK_LEN],
	       uint8_t *out, const uint8_t *in, size_t len);
/* Over two pieces, one after the other. */
int aes128_cmac(const uint8_t key[AES128_KEY_LEN], const uint8_t *head,
		size_t head_len, const uint8_t *msg, size_t len,
		uint8_t out[AES_BLOCK_LEN]);

struct gcm {
	const uint8_t *key;
	size_t key_len;		/* 16 or 32 */
	const uint8_t *nonce;	/* 12 octets */
	const uint8_t *aad;
	size_t aad_len;
	const uint8_t *tag;	/* 16 octets */
};

/* 1: the tag is wrong, and nothing in out is to be used. */
int aes_gcm_decipher(const struct gcm *g, uint8_t *out, const uint8_t *in,
		     size_t len);

#endif
