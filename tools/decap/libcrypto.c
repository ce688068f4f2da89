// SPDX-License-Identifier: GPL-2.0
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>

#include "libcrypto.h"

#define GCM_TAG_LEN	16

/* Contexts are used again: to fetch an algorithm takes longer than a frame. */
static EVP_CIPHER_CTX *cipher;
static EVP_MAC *cmac;
static EVP_MAC_CTX *mac;

int libcrypto_open(void)
{
	cipher = EVP_CIPHER_CTX_new();
	cmac = EVP_MAC_fetch(NULL, "CMAC", NULL);
	mac = cmac ? EVP_MAC_CTX_new(cmac) : NULL;
	return cipher && mac ? 0 : -1;
}

/* libcrypto wipes what it frees of them. */
void libcrypto_close(void)
{
	EVP_CIPHER_CTX_free(cipher);
	EVP_MAC_CTX_free(mac);
	EVP_MAC_free(cmac);
	cipher = NULL;
	mac = NULL;
	cmac = NULL;
}

int hmac_sha256(const uint8_t key[HMAC_LEN], const uint8_t *msg, size_t len,
		uint8_t out[HMAC_LEN])
{
	unsigned int n = HMAC_LEN;

	return HMAC(EVP_sha256(), key, HMAC_LEN, msg, len, out, &n) &&
	       n == HMAC_LEN ? 0 : -1;
}

int aes128_ctr(const uint8_t key[AES128_KEY_LEN], const uint8_t block[AES_BLOCK_LEN],
	       uint8_t *out, const uint8_t *in, size_t len)
{
	int n = 0, good;

	good = EVP_DecryptInit_ex(cipher, EVP_aes_128_ctr(), NULL, key, block) == 1 &&
	       (!len || EVP_DecryptUpdate(cipher, out, &n, in, len) == 1) &&
	       (size_t)n == len;
	EVP_CIPHER_CTX_reset(cipher);
	return good ? 0 : -1;
}

int aes128_cmac(const uint8_t key[AES128_KEY_LEN], const uint8_t *head,
		size_t head_len, const uint8_t *msg, size_t len,
		uint8_t out[AES_BLOCK_LEN])
{
	char name[] = "AES-128-CBC";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, name, 0),
		OSSL_PARAM_construct_end(),
	};
	size_t n = 0;

	return EVP_MAC_init(mac, key, AES128_KEY_LEN, params) == 1 &&
	       EVP_MAC_update(mac, head, head_len) == 1 &&
	       EVP_MAC_update(mac, msg, len) == 1 &&
	       EVP_MAC_final(mac, out, &n, AES_BLOCK_LEN) == 1 &&
	       n == AES_BLOCK_LEN ? 0 : -1;
}

static int gcm_start(const struct gcm *g, uint8_t *out, const uint8_t *in,
		     size_t len)
{
	const EVP_CIPHER *aes = g->key_len == AES128_KEY_LEN ?
				EVP_aes_128_gcm() : EVP_aes_256_gcm();
	int n = 0;

	/* 96 bits are the length of nonce that GCM has by itself. */
	if (EVP_DecryptInit_ex(cipher, aes, NULL, g->key, g->nonce) != 1 ||
	    EVP_DecryptUpdate(cipher, NULL, &n, g->aad, g->aad_len) != 1 ||
	    (len && (EVP_DecryptUpdate(cipher, out, &n, in, len) != 1 ||
		     (size_t)n != len)))
		return -1;
	return EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, GCM_TAG_LEN,
				   (void *)g->tag) == 1 ? 0 : -1;
}

int aes_gcm_decipher(const struct gcm *g, uint8_t *out, const uint8_t *in,
		     size_t len)
{
	uint8_t rest[AES_BLOCK_LEN];
	int n = 0, ret;

	ret = gcm_start(g, out, in, len);
	if (!ret && EVP_DecryptFinal_ex(cipher, rest, &n) != 1)
		ret = 1;
	EVP_CIPHER_CTX_reset(cipher);
	return ret;
}
