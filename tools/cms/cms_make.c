// SPDX-License-Identifier: GPL-2.0
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

BIO *wiped_bio(void)
{
	return BIO_new(BIO_s_secmem());
}

void wiped_cms_free(CMS_ContentInfo *cms)
{
	ASN1_OCTET_STRING **content = cms ? CMS_get0_content(cms) : NULL;

	if (content && *content)
		OPENSSL_cleanse((void *)ASN1_STRING_get0_data(*content),
				ASN1_STRING_length(*content));
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
}

int cms_to_der(CMS_ContentInfo *cms, uint8_t **out, size_t *len, struct why *w)
{
	int n = i2d_CMS_ContentInfo(cms, NULL);
	uint8_t *p;

	*out = n > 0 ? malloc(n) : NULL;
	if (!*out)
		return cms_openssl(w, "the file cannot be encoded");
	p = *out;
	*len = i2d_CMS_ContentInfo(cms, &p);
	return 0;
}

static CMS_ContentInfo *sign(const uint8_t *content, size_t len, const struct identity *from)
{
	BIO *in = BIO_new_mem_buf(content, len);
	CMS_ContentInfo *cms;

	cms = in ? CMS_sign(NULL, NULL, NULL, NULL, CMS_BINARY | CMS_PARTIAL) : NULL;
	if (cms && (!CMS_add1_signer(cms, from->cert, from->key, EVP_sha256(),
				     CMS_BINARY | CMS_NOSMIMECAP) ||
		    !CMS_final(cms, in, NULL, CMS_BINARY))) {
		wiped_cms_free(cms);
		cms = NULL;
	}
	BIO_free(in);
	return cms;
}

int cms_sign(const uint8_t *content, size_t len, const struct identity *from, uint8_t **out,
	     size_t *out_len, struct why *w)
{
	CMS_ContentInfo *cms = sign(content, len, from);
	int err;

	if (!cms)
		return cms_openssl(w, "it cannot be signed");
	err = cms_to_der(cms, out, out_len, w);
	wiped_cms_free(cms);
	return err;
}

/* What OpenSSL takes by itself are SHA-1 and PKCS #1 v1.5. */
static int strong(CMS_RecipientInfo *ri, EVP_PKEY *to)
{
	EVP_PKEY_CTX *ctx = CMS_RecipientInfo_get0_pkey_ctx(ri);

	if (!ctx)
		return 0;
	if (EVP_PKEY_get_base_id(to) == EVP_PKEY_EC)
		return EVP_PKEY_CTX_set_ecdh_kdf_md(ctx, EVP_sha256()) > 0;
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) > 0 &&
	       EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) > 0 &&
	       EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) > 0;
}

static CMS_ContentInfo *encrypt(BIO *in, X509 *cert, EVP_PKEY *to)
{
	CMS_ContentInfo *cms = CMS_encrypt(NULL, NULL, EVP_aes_256_gcm(), CMS_PARTIAL | CMS_BINARY);
	CMS_RecipientInfo *ri;

	if (!cms)
		return NULL;
	ri = CMS_add1_recipient_cert(cms, cert, CMS_KEY_PARAM | CMS_USE_KEYID);
	if (ri && strong(ri, to) && CMS_final(cms, in, NULL, CMS_BINARY))
		return cms;
	CMS_ContentInfo_free(cms);
	return NULL;
}

int cms_make(const uint8_t *content, size_t len, const struct identity *from, EVP_PKEY *to,
	     uint8_t **out, size_t *out_len, struct why *w)
{
	CMS_ContentInfo *inner = sign(content, len, from), *outer = NULL;
	X509 *cert = inner ? carrier(to, from->key, "recipient") : NULL;
	BIO *plain = cert ? wiped_bio() : NULL;
	int err;

	if (plain && i2d_CMS_bio(plain, inner))
		outer = encrypt(plain, cert, to);
	err = outer ? cms_to_der(outer, out, out_len, w) :
	      cms_openssl(w, "it cannot be signed and encrypted");
	CMS_ContentInfo_free(outer);
	BIO_free(plain);
	X509_free(cert);
	wiped_cms_free(inner);
	return err;
}
