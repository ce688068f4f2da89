// SPDX-License-Identifier: GPL-2.0
/* AES-256-GCM, SP 800-38D 8.2.2 for the nonce: 96 random bits. */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "seal.h"

#define NONCE_LEN 12
#define TAG_LEN (BOX_OVERHEAD - NONCE_LEN)

int box_seal(const uint8_t kek[SEAL_KEY_LEN], const void *aad, size_t aad_len,
	     const uint8_t *in, size_t len, uint8_t *out, struct why *w)
{
	uint8_t *nonce = out, *text = out + NONCE_LEN, *tag = text + len;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n, good;

	good = ctx && RAND_bytes(nonce, NONCE_LEN) == 1 &&
	       EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, kek, nonce) &&
	       EVP_EncryptUpdate(ctx, NULL, &n, aad, aad_len) &&
	       EVP_EncryptUpdate(ctx, text, &n, in, len) &&
	       EVP_EncryptFinal_ex(ctx, tag, &n) &&
	       EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_LEN, tag);
	EVP_CIPHER_CTX_free(ctx);
	ERR_clear_error();
	return good ? 0 : why(w, "OpenSSL does not encrypt");
}

int box_open(const uint8_t kek[SEAL_KEY_LEN], const void *aad, size_t aad_len,
	     const uint8_t *in, size_t len, uint8_t *out, struct why *w)
{
	const uint8_t *nonce = in, *text = in + NONCE_LEN;
	EVP_CIPHER_CTX *ctx;
	size_t inner;
	int n, good;

	if (len < BOX_OVERHEAD)
		return why(w, "it is too short");
	inner = len - BOX_OVERHEAD;
	ctx = EVP_CIPHER_CTX_new();
	good = ctx && EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, kek, nonce) &&
	       EVP_DecryptUpdate(ctx, NULL, &n, aad, aad_len) &&
	       EVP_DecryptUpdate(ctx, out, &n, text, inner) &&
	       EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, (void *)(text + inner)) &&
	       EVP_DecryptFinal_ex(ctx, out + inner, &n) > 0;
	EVP_CIPHER_CTX_free(ctx);
	ERR_clear_error();
	if (good)
		return 0;
	OPENSSL_cleanse(out, inner);
	return why(w, "it was changed, is another than it should be, or is sealed with another key");
}
