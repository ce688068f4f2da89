/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files between manager and device: CMS (RFC 5652, 5083, 5084) by OpenSSL,
 * signed inside encrypted. A party is a key, not a certificate: the one that
 * goes along is signed by itself, and neither its names nor its dates count.
 */
#ifndef CMS_H
#define CMS_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "error.h"

#define CMS_HASH_LEN 32
#define CMS_FILE_MAX (4 << 20)		/* what is larger is not read */
#define CMS_WORDS_LEN 96

/* Own key with the certificate that carries it. */
struct identity {
	EVP_PKEY *key;
	X509 *cert;
};

/* A new P-256 key; the name is for people who look at the file. */
int identity_new(struct identity *id, const char *name, struct why *w);
/*
 * Private key and certificate as octets to be sealed, in locked memory, and back.
 * A length or -1; size 8192 is enough for any that is taken, RSA 4096 too.
 */
int identity_encode(const struct identity *id, uint8_t *out, size_t size, struct why *w);
int identity_decode(const uint8_t *in, size_t len, struct identity *id, struct why *w);
void identity_free(struct identity *id);

/* SubjectPublicKeyInfo, DER: a length or -1; and its SHA-256. */
int spki_encode(EVP_PKEY *key, uint8_t *out, size_t size, struct why *w);
/* EC P-256 and P-384, RSA of 2048 bits and more; anything else is refused. */
EVP_PKEY *spki_decode(const uint8_t *in, size_t len, struct why *w);
void spki_hash(EVP_PKEY *key, uint8_t out[CMS_HASH_LEN]);

/* Why a file was not taken. Each has its own message; nothing of it was let out. */
enum cms_status {
	CMS_TAKEN,
	CMS_TOO_LARGE,
	CMS_TRUNCATED,		/* its length says that there is more */
	CMS_TRAILING,		/* octets behind its end */
	CMS_NO_CMS,		/* no DER, or no CMS; indefinite lengths */
	CMS_NOT_ENCRYPTED,	/* no AuthEnvelopedData with AES-256-GCM */
	CMS_WEAK,		/* a KDF, padding or digest weaker than SHA-256, PKCS #1 v1.5 */
	CMS_RECIPIENTS,		/* none, or more than one */
	CMS_OTHER_RECIPIENT,
	CMS_TAMPERED,		/* does not decrypt, or its tag does not fit */
	CMS_NOT_SIGNED,		/* inside there is no SignedData */
	CMS_SIGNERS,		/* none, or more than one */
	CMS_OTHER_SIGNER,
	CMS_BAD_SIGNATURE,
	CMS_FAULT,		/* of OpenSSL or memory */
};

/*
 * Sign, then encrypt to one key: AuthEnvelopedData AES-256-GCM around
 * SignedData (SHA-256); EC by X9.63 KDF with SHA-256 and AES-256 key wrap, RSA
 * by OAEP with SHA-256. Malloc'ed DER in *out.
 */
int cms_make(const uint8_t *content, size_t len, const struct identity *from, EVP_PKEY *to,
	     uint8_t **out, size_t *out_len, struct why *w);
/*
 * The way back. signer: SHA-256 of the SPKI that must have signed it, or NULL for
 * any; whose it was is in *by, also when it was another (CMS_OTHER_SIGNER). The
 * content goes to locked memory of the caller, size octets. w has the message.
 */
enum cms_status cms_take(const uint8_t *file, size_t len, const struct identity *me,
			 const uint8_t *signer, uint8_t by[CMS_HASH_LEN], uint8_t *content,
			 size_t size, size_t *content_len, struct why *w);

/* Signed and not encrypted: requests and receipts. The signer's key in *key, to be freed. */
int cms_sign(const uint8_t *content, size_t len, const struct identity *from, uint8_t **out,
	     size_t *out_len, struct why *w);
enum cms_status cms_verify(const uint8_t *file, size_t len, uint8_t *content, size_t size,
			   size_t *content_len, EVP_PKEY **key, struct why *w);

/*
 * DER of a file that may be PEM ("-----BEGIN CMS-----"): the file is text when it
 * is made for people to send. malloc'ed; NULL with a reason.
 */
uint8_t *cms_from_text(const uint8_t *file, size_t len, size_t *der_len, struct why *w);
char *cms_to_text(const uint8_t *der, size_t len, size_t *text_len);

/* A key's hash as it is printed, typed and compared: 64 hexadecimal digits. */
int parse_key_hash(const char *s, uint8_t out[CMS_HASH_LEN], struct why *w);

#endif
