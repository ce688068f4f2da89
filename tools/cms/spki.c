// SPDX-License-Identifier: GPL-2.0
/* Public keys: what may be one, and what it is called by. */
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "ids.h"
#include "parts.h"
#include "sha256.h"

#define SPKI_MAX 1024
#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX 4096

int cms_openssl(struct why *w, const char *doing)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(code);

	ERR_clear_error();
	return why(w, "%s: %s", doing, reason ? reason : "OpenSSL failed");
}

int spki_encode(EVP_PKEY *key, uint8_t *out, size_t size, struct why *w)
{
	int len = i2d_PUBKEY(key, NULL);

	if (len <= 0 || (size_t)len > size)
		return cms_openssl(w, "a public key cannot be written");
	return i2d_PUBKEY(key, &out);
}

static bool good_key(EVP_PKEY *key)
{
	char curve[32] = "";

	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_EC:
		EVP_PKEY_get_group_name(key, curve, sizeof(curve), NULL);
		return !strcmp(curve, "prime256v1") || !strcmp(curve, "secp384r1");
	case EVP_PKEY_RSA:
		return EVP_PKEY_get_bits(key) >= RSA_BITS_MIN &&
		       EVP_PKEY_get_bits(key) <= RSA_BITS_MAX;
	default:
		return false;
	}
}

EVP_PKEY *spki_decode(const uint8_t *in, size_t len, struct why *w)
{
	const uint8_t *p = in;
	EVP_PKEY *key;

	if (len > SPKI_MAX) {
		why(w, "a public key has %zu octets, and none has more than %d", len, SPKI_MAX);
		return NULL;
	}
	key = d2i_PUBKEY(NULL, &p, len);
	if (!key) {
		cms_openssl(w, "a public key cannot be read");
		return NULL;
	}
	if (p == in + len && good_key(key))
		return key;
	EVP_PKEY_free(key);
	why(w, "a public key is neither EC P-256, EC P-384, nor RSA of %d to %d bits",
	    RSA_BITS_MIN, RSA_BITS_MAX);
	return NULL;
}

/* Fails only without memory; then it is the hash of nothing, which no key has. */
void spki_hash(EVP_PKEY *key, uint8_t out[CMS_HASH_LEN])
{
	uint8_t der[SPKI_MAX];
	struct why w;
	int len = spki_encode(key, der, sizeof(der), &w);

	sha256(der, len < 0 ? 0 : len, out);
}

int parse_key_hash(const char *s, uint8_t out[CMS_HASH_LEN], struct why *w)
{
	size_t n;
	char byte[3] = "", *end;

	if (strlen(s) != 2 * CMS_HASH_LEN || strspn(s, "0123456789abcdefABCDEF") != strlen(s))
		return why(w, "\"%s\" is not the hash of a key: %d hexadecimal digits, as prose-pkmf status and prose manager show print it",
			   s, 2 * CMS_HASH_LEN);
	for (n = 0; n < CMS_HASH_LEN; n++) {
		memcpy(byte, s + 2 * n, 2);
		out[n] = strtoul(byte, &end, 16);
	}
	return 0;
}
