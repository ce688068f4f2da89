/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of tools/cms share and nobody else needs. */
#ifndef CMS_PARTS_H
#define CMS_PARTS_H

#include <openssl/bio.h>
#include <openssl/cms.h>

#include "cms.h"

#define KEY_ID_LEN 20	/* subject key identifier: first octets of the SPKI's hash */

/* -1 with what OpenSSL says; its queue of errors is empty then. */
int cms_openssl(struct why *w, const char *doing);

/*
 * A certificate that carries a key, signed by any: neither says anything, but CMS
 * names keys by what is in one.
 */
X509 *carrier(EVP_PKEY *key, EVP_PKEY *signer, const char *name);

/* A BIO whose octets are wiped when it is freed. */
BIO *wiped_bio(void);
/* The content that is in it is wiped before it is freed. */
void wiped_cms_free(CMS_ContentInfo *cms);

/* Encode; malloc'ed. */
int cms_to_der(CMS_ContentInfo *cms, uint8_t **out, size_t *len, struct why *w);

#endif
