// SPDX-License-Identifier: GPL-2.0
/* Own keys, and the certificates that carry them. */
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "parts.h"

#define SERIAL_LEN 16
#define NAME_MAX_CN 63
/* RFC 5280 4.1.2.5: no end that is known. */
#define NO_END "99991231235959Z"
#define NO_BEGIN "20000101000000Z"

static int set_serial(X509 *cert)
{
	uint8_t octets[SERIAL_LEN];
	BIGNUM *n;
	int ok;

	if (RAND_bytes(octets, sizeof(octets)) != 1)
		return 0;
	octets[0] = (octets[0] & 0x7f) | 0x40;	/* positive, and of this length */
	n = BN_bin2bn(octets, sizeof(octets), NULL);
	ok = n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert));
	BN_free(n);
	return ok;
}

static int set_key_id(X509 *cert, EVP_PKEY *key)
{
	uint8_t hash[CMS_HASH_LEN];
	ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
	int ok;

	spki_hash(key, hash);
	ok = id && ASN1_OCTET_STRING_set(id, hash, KEY_ID_LEN) &&
	     X509_add1_ext_i2d(cert, NID_subject_key_identifier, id, 0, 0) == 1;
	ASN1_OCTET_STRING_free(id);
	return ok;
}

static int set_name(X509 *cert, const char *name)
{
	X509_NAME *n = X509_get_subject_name(cert);
	char cn[NAME_MAX_CN + 1];

	memset(cn, 0, sizeof(cn));
	strncpy(cn, name, NAME_MAX_CN);
	return X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_UTF8, (const uint8_t *)cn, -1, -1, 0) &&
	       X509_set_issuer_name(cert, n);
}

X509 *carrier(EVP_PKEY *key, EVP_PKEY *signer, const char *name)
{
	X509 *cert = X509_new();

	if (cert && X509_set_version(cert, X509_VERSION_3) && set_serial(cert) &&
	    ASN1_TIME_set_string(X509_getm_notBefore(cert), NO_BEGIN) &&
	    ASN1_TIME_set_string(X509_getm_notAfter(cert), NO_END) && set_name(cert, name) &&
	    X509_set_pubkey(cert, key) && set_key_id(cert, key) &&
	    X509_sign(cert, signer, EVP_sha256()))
		return cert;
	X509_free(cert);
	return NULL;
}

int identity_new(struct identity *id, const char *name, struct why *w)
{
	id->key = EVP_EC_gen("P-256");
	id->cert = id->key ? carrier(id->key, id->key, name) : NULL;
	if (id->cert)
		return 0;
	identity_free(id);
	return cms_openssl(w, "no key can be made");
}

/* Private key (PKCS #8, DER), certificate (DER): both say how long they are. */
int identity_encode(const struct identity *id, uint8_t *out, size_t size, struct why *w)
{
	PKCS8_PRIV_KEY_INFO *p8 = EVP_PKEY2PKCS8(id->key);
	int key = p8 ? i2d_PKCS8_PRIV_KEY_INFO(p8, NULL) : -1;
	int cert = i2d_X509(id->cert, NULL), err = -1;

	if (key > 0 && cert > 0 && (size_t)key + cert <= size) {
		i2d_PKCS8_PRIV_KEY_INFO(p8, &out);
		i2d_X509(id->cert, &out);
		err = key + cert;
	} else {
		cms_openssl(w, "a private key cannot be written");
	}
	PKCS8_PRIV_KEY_INFO_free(p8);
	return err;
}

int identity_decode(const uint8_t *in, size_t len, struct identity *id, struct why *w)
{
	const uint8_t *p = in, *end = in + len;
	PKCS8_PRIV_KEY_INFO *p8 = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, len);

	memset(id, 0, sizeof(*id));
	id->key = p8 ? EVP_PKCS82PKEY(p8) : NULL;
	PKCS8_PRIV_KEY_INFO_free(p8);
	id->cert = id->key ? d2i_X509(NULL, &p, end - p) : NULL;
	if (id->cert && p == end && X509_check_private_key(id->cert, id->key) == 1)
		return 0;
	identity_free(id);
	return cms_openssl(w, "a private key cannot be read");
}

void identity_free(struct identity *id)
{
	EVP_PKEY_free(id->key);
	X509_free(id->cert);
	id->key = NULL;
	id->cert = NULL;
}
