// SPDX-License-Identifier: GPL-2.0
/*
 * A file from outside: first its outline, then its algorithms and whom it is for,
 * then it is deciphered, and only then who signed it. Each step has its own
 * words. What was deciphered leaves here only when all of it was good.
 */
#include <openssl/asn1.h>
#include <openssl/asn1t.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "ids.h"
#include "parts.h"

static enum cms_status no(enum cms_status status, struct why *w, const char *text)
{
	ERR_clear_error();
	why(w, "%s", text);
	return status;
}

/* One element of DER: its content and end, and whether it is there whole. */
struct der {
	const uint8_t *content, *end;
	long len;
	int tag, class;
	bool constructed;
};

/* 0; 1 if it is longer than what there is, 2 for an indefinite length, -1 for no DER. */
static int der_get(const uint8_t *p, size_t left, struct der *d)
{
	const uint8_t *start = p;
	int flags = ASN1_get_object(&p, &d->len, &d->tag, &d->class, left);
	unsigned long error = ERR_peek_last_error();

	ERR_clear_error();
	if (flags & 0x80)
		return ERR_GET_REASON(error) == ASN1_R_TOO_LONG ? 1 : -1;
	/* Bit 0 tells an indefinite length. */
	if (flags & 1)
		return 2;
	d->content = p;
	d->end = p + d->len;
	d->constructed = flags & V_ASN1_CONSTRUCTED;
	return d->end > start + left ? 1 : 0;
}

static enum cms_status outline(const uint8_t *file, size_t len, struct why *w)
{
	struct der d;

	if (len > CMS_FILE_MAX)
		return no(CMS_TOO_LARGE, w, "the file is larger than any that a manager or device makes");
	if (len < 2)
		return no(CMS_TRUNCATED, w, "the file is cut off");
	if (file[0] != (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED))
		return no(CMS_NO_CMS, w, "this is no CMS file");
	switch (der_get(file, len, &d)) {
	case 1:
		return no(CMS_TRUNCATED, w, "the file is cut off: it says itself that there is more");
	case 2:
		return no(CMS_NO_CMS, w, "the file is written with indefinite lengths (openssl cms -stream); it must be DER");
	case -1:
		return no(CMS_NO_CMS, w, "this is no CMS file");
	default:
		break;
	}
	if (d.end != file + len)
		return no(CMS_TRAILING, w, "there is something behind the end of the file");
	return CMS_TAKEN;
}

static CMS_ContentInfo *parse(const uint8_t *file, size_t len)
{
	const uint8_t *p = file;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, len);

	if (cms && p == file + len)
		return cms;
	CMS_ContentInfo_free(cms);
	return NULL;
}

/*
 * The content-encryption algorithm, which OpenSSL 3.0 does not tell: ContentInfo {
 * OID, [0] { AuthEnvelopedData { version, [0] originator OPTIONAL, SET recipients,
 * EncryptedContentInfo { OID, AlgorithmIdentifier { OID ...
 */
static int content_cipher(const uint8_t *file, size_t len)
{
	struct der d;
	const uint8_t *p = file, *end = file + len, *oid;
	ASN1_OBJECT *o;
	int nid, step;

	/* Into three, past the content type in the first. */
	for (step = 0; step < 3; step++) {
		if (der_get(p, end - p, &d))
			return NID_undef;
		p = d.content;
		end = d.end;
		if (step)
			continue;
		if (der_get(p, end - p, &d))
			return NID_undef;
		p = d.end;
	}
	/* Past all that stands before EncryptedContentInfo, the second SEQUENCE or SET. */
	do {
		if (der_get(p, end - p, &d))
			return NID_undef;
		p = d.end;
	} while (d.tag != V_ASN1_SET || d.class != V_ASN1_UNIVERSAL);
	if (der_get(p, end - p, &d))
		return NID_undef;
	p = d.content;
	end = d.end;
	if (der_get(p, end - p, &d))
		return NID_undef;
	p = d.end;
	if (der_get(p, end - p, &d))
		return NID_undef;
	oid = d.content;
	o = d2i_ASN1_OBJECT(NULL, &oid, d.len);
	nid = o ? OBJ_obj2nid(o) : NID_undef;
	ASN1_OBJECT_free(o);
	ERR_clear_error();
	return nid;
}

static bool strong_digest(const X509_ALGOR *a)
{
	const ASN1_OBJECT *o;

	X509_ALGOR_get0(&o, NULL, NULL, a);
	switch (OBJ_obj2nid(o)) {
	case NID_sha256:
	case NID_sha384:
	case NID_sha512:
		return true;
	default:
		return false;
	}
}

static bool strong_wrap(int type, const void *value)
{
	const ASN1_STRING *s = value;
	const ASN1_OBJECT *o;
	const uint8_t *p;
	X509_ALGOR *a;
	bool good = false;

	if (type != V_ASN1_SEQUENCE)
		return false;
	p = ASN1_STRING_get0_data(s);
	a = d2i_X509_ALGOR(NULL, &p, ASN1_STRING_length(s));
	if (a) {
		X509_ALGOR_get0(&o, NULL, NULL, a);
		good = OBJ_obj2nid(o) == NID_id_aes256_wrap;
	}
	X509_ALGOR_free(a);
	return good;
}

static bool strong_agreement(CMS_RecipientInfo *ri)
{
	ASN1_OCTET_STRING *ukm;
	const ASN1_OBJECT *o;
	const void *value;
	X509_ALGOR *a;
	int type;

	if (!CMS_RecipientInfo_kari_get0_alg(ri, &a, &ukm))
		return false;
	X509_ALGOR_get0(&o, &type, &value, a);
	switch (OBJ_obj2nid(o)) {
	case NID_dhSinglePass_stdDH_sha256kdf_scheme:
	case NID_dhSinglePass_stdDH_sha384kdf_scheme:
	case NID_dhSinglePass_stdDH_sha512kdf_scheme:
		return strong_wrap(type, value);
	default:
		return false;
	}
}

static bool strong_transport(CMS_RecipientInfo *ri)
{
	RSA_OAEP_PARAMS *oaep = NULL;
	const ASN1_OBJECT *o;
	const ASN1_STRING *s;
	const void *value;
	const uint8_t *p;
	X509_ALGOR *a;
	bool good;
	int type;

	if (!CMS_RecipientInfo_ktri_get0_algs(ri, NULL, NULL, &a))
		return false;
	X509_ALGOR_get0(&o, &type, &value, a);
	if (OBJ_obj2nid(o) != NID_rsaesOaep || type != V_ASN1_SEQUENCE)
		return false;
	s = value;
	p = ASN1_STRING_get0_data(s);
	oaep = d2i_RSA_OAEP_PARAMS(NULL, &p, ASN1_STRING_length(s));
	/* Left out, it is SHA-1. */
	good = oaep && oaep->hashFunc && strong_digest(oaep->hashFunc);
	RSA_OAEP_PARAMS_free(oaep);
	return good;
}

static enum cms_status recipients(struct why *w)
{
	return no(CMS_RECIPIENTS, w,
		  "the file is for more than one recipient, or for none; a key is sent to one device at a time");
}

static enum cms_status weak(struct why *w)
{
	return no(CMS_WEAK, w,
		  "the key of the file is wrapped by something weaker than SHA-256 (EC: X9.63 KDF with SHA-256 and AES-256 wrap; RSA: OAEP with SHA-256)");
}

/* The only one, strong, and for us. */
static enum cms_status recipient(CMS_ContentInfo *cms, const struct identity *me, struct why *w)
{
	struct stack_st_CMS_RecipientInfo *all = CMS_get0_RecipientInfos(cms);
	struct stack_st_CMS_RecipientEncryptedKey *keys;
	CMS_RecipientEncryptedKey *key;
	CMS_RecipientInfo *ri;
	bool ours;

	if (!all || sk_CMS_RecipientInfo_num(all) != 1)
		return recipients(w);
	ri = sk_CMS_RecipientInfo_value(all, 0);
	switch (CMS_RecipientInfo_type(ri)) {
	case CMS_RECIPINFO_AGREE:
		keys = CMS_RecipientInfo_kari_get0_reks(ri);
		if (!keys || sk_CMS_RecipientEncryptedKey_num(keys) != 1)
			return recipients(w);
		if (!strong_agreement(ri))
			return weak(w);
		key = sk_CMS_RecipientEncryptedKey_value(keys, 0);
		ours = !CMS_RecipientEncryptedKey_cert_cmp(key, me->cert);
		break;
	case CMS_RECIPINFO_TRANS:
		if (!strong_transport(ri))
			return weak(w);
		ours = !CMS_RecipientInfo_ktri_cert_cmp(ri, me->cert);
		break;
	default:
		return no(CMS_WEAK, w, "the file is encrypted with a password or a shared key, not to a device's key");
	}
	if (!ours)
		return no(CMS_OTHER_RECIPIENT, w, "the file is for another device");
	return CMS_TAKEN;
}

static enum cms_status decrypt(CMS_ContentInfo *cms, const struct identity *me, BIO *out,
			       struct why *w)
{
	if (CMS_decrypt_set1_pkey(cms, me->key, me->cert) &&
	    CMS_decrypt(cms, NULL, NULL, NULL, out, CMS_BINARY))
		return CMS_TAKEN;
	return no(CMS_TAMPERED, w, "the file was changed, or is damaged: it does not decrypt");
}

static enum cms_status algorithms(const uint8_t *file, size_t len, CMS_ContentInfo *cms,
				  struct why *w)
{
	if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_id_smime_ct_authEnvelopedData)
		return no(CMS_NOT_ENCRYPTED, w, "the file is not encrypted with a tag (AuthEnvelopedData, AES-256-GCM)");
	if (content_cipher(file, len) != NID_aes_256_gcm)
		return no(CMS_NOT_ENCRYPTED, w, "the file is encrypted with something else than AES-256-GCM");
	return CMS_TAKEN;
}

static enum cms_status one_signer(CMS_ContentInfo *cms, struct why *w)
{
	struct stack_st_CMS_SignerInfo *all;
	X509_ALGOR *digest, *signature;

	if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed)
		return no(CMS_NOT_SIGNED, w, "it is not signed");
	all = CMS_get0_SignerInfos(cms);
	if (!all || sk_CMS_SignerInfo_num(all) != 1)
		return no(CMS_SIGNERS, w, "it is signed by more than one, or by none");
	CMS_SignerInfo_get0_algs(sk_CMS_SignerInfo_value(all, 0), NULL, NULL, &digest, &signature);
	if (!strong_digest(digest))
		return no(CMS_WEAK, w, "it is signed with a digest weaker than SHA-256");
	return CMS_TAKEN;
}

/* The signer's key, or NULL; the certificate says nothing but what the key is. */
static EVP_PKEY *signer_of(CMS_ContentInfo *cms)
{
	struct stack_st_X509 *certs = CMS_get0_signers(cms);
	EVP_PKEY *key = NULL;

	if (certs && sk_X509_num(certs) == 1)
		key = X509_get_pubkey(sk_X509_value(certs, 0));
	sk_X509_free(certs);
	return key;
}

static enum cms_status copy_out(BIO *from, uint8_t *content, size_t size, size_t *len,
				struct why *w)
{
	char *data;
	long n = BIO_get_mem_data(from, &data);

	if (n < 0 || (size_t)n > size)
		return no(CMS_TOO_LARGE, w, "what it holds is larger than any that a manager or device makes");
	memcpy(content, data, n);
	*len = n;
	return CMS_TAKEN;
}

/* Signed octets to their content. */
static enum cms_status verify(const uint8_t *in, size_t in_len, uint8_t *content, size_t size,
			      size_t *len, EVP_PKEY **key, struct why *w)
{
	const unsigned int flags = CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY;
	CMS_ContentInfo *cms = parse(in, in_len);
	BIO *out = wiped_bio();
	enum cms_status status;

	*key = NULL;
	if (!cms)
		status = no(CMS_NOT_SIGNED, w, "it is not signed");
	else if (!out)
		status = no(CMS_FAULT, w, "no memory");
	else
		status = one_signer(cms, w);
	if (status == CMS_TAKEN && !CMS_verify(cms, NULL, NULL, NULL, out, flags))
		status = no(CMS_BAD_SIGNATURE, w, "its signature does not fit");
	if (status == CMS_TAKEN) {
		*key = signer_of(cms);
		if (!*key)
			status = no(CMS_BAD_SIGNATURE, w, "its signer's key is not in it");
	}
	if (status == CMS_TAKEN)
		status = copy_out(out, content, size, len, w);
	BIO_free(out);
	wiped_cms_free(cms);
	return status;
}

enum cms_status cms_verify(const uint8_t *file, size_t len, uint8_t *content, size_t size,
			   size_t *content_len, EVP_PKEY **key, struct why *w)
{
	enum cms_status status = outline(file, len, w);

	*key = NULL;
	if (status == CMS_TAKEN)
		status = verify(file, len, content, size, content_len, key, w);
	if (status != CMS_TAKEN) {
		EVP_PKEY_free(*key);
		*key = NULL;
	}
	return status;
}

/* Deciphered octets: signed by whom? */
static enum cms_status signed_part(BIO *plain, const uint8_t *signer, uint8_t by[CMS_HASH_LEN],
				   uint8_t *content, size_t size, size_t *len, struct why *w)
{
	char hex[HEX_LEN(CMS_HASH_LEN)], *data;
	long n = BIO_get_mem_data(plain, &data);
	enum cms_status status;
	EVP_PKEY *key;

	status = outline((uint8_t *)data, n < 0 ? 0 : n, w);
	if (status != CMS_TAKEN)
		return no(CMS_NOT_SIGNED, w, "what is inside is not signed");
	status = verify((uint8_t *)data, n, content, size, len, &key, w);
	if (status == CMS_TAKEN) {
		spki_hash(key, by);
		if (signer && CRYPTO_memcmp(by, signer, CMS_HASH_LEN)) {
			why(w, "it is signed by another manager: key %s",
			    to_hex(hex, by, CMS_HASH_LEN));
			status = CMS_OTHER_SIGNER;
		}
	}
	EVP_PKEY_free(key);
	return status;
}

enum cms_status cms_take(const uint8_t *file, size_t len, const struct identity *me,
			 const uint8_t *signer, uint8_t by[CMS_HASH_LEN], uint8_t *content,
			 size_t size, size_t *content_len, struct why *w)
{
	enum cms_status status = outline(file, len, w);
	CMS_ContentInfo *cms = NULL;
	BIO *plain = NULL;

	memset(by, 0, CMS_HASH_LEN);
	if (status == CMS_TAKEN) {
		cms = parse(file, len);
		plain = wiped_bio();
		if (!cms)
			status = no(CMS_NO_CMS, w, "this is no CMS file");
		else if (!plain)
			status = no(CMS_FAULT, w, "no memory");
	}
	if (status == CMS_TAKEN)
		status = algorithms(file, len, cms, w);
	if (status == CMS_TAKEN)
		status = recipient(cms, me, w);
	if (status == CMS_TAKEN)
		status = decrypt(cms, me, plain, w);
	if (status == CMS_TAKEN)
		status = signed_part(plain, signer, by, content, size, content_len, w);
	if (status != CMS_TAKEN) {
		OPENSSL_cleanse(content, size);
		*content_len = 0;
	}
	BIO_free(plain);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return status;
}
