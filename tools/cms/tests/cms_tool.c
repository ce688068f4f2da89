// SPDX-License-Identifier: GPL-2.0
/*
 * For tests with the openssl command:
 *	cms-tool take KEY CERT SIGNER < FILE	the content, or "STATUS: why" and 1
 *	cms-tool make KEY CERT TO < CONTENT	a file, for the certificate TO
 *	cms-tool hash CERT			of its key
 * Keys and certificates are PEM files.
 */
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cms.h"
#include "ids.h"

#define ROOM (CMS_FILE_MAX + 2)

static X509 *read_cert(const char *name)
{
	FILE *f = fopen(name, "r");
	X509 *cert = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;

	if (!cert)
		exit(2);
	fclose(f);
	return cert;
}

static void read_identity(struct identity *id, const char *key, const char *cert)
{
	FILE *f = fopen(key, "r");

	id->key = f ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;
	if (!id->key)
		exit(2);
	fclose(f);
	id->cert = read_cert(cert);
}

static void hash_of(const char *cert, uint8_t out[CMS_HASH_LEN])
{
	X509 *c = read_cert(cert);

	spki_hash(X509_get0_pubkey(c), out);
	X509_free(c);
}

static int take(char **a, const uint8_t *in, size_t len)
{
	static uint8_t content[1 << 20];
	uint8_t signer[CMS_HASH_LEN], by[CMS_HASH_LEN];
	struct identity id;
	enum cms_status status;
	size_t n = 0;
	struct why w;

	read_identity(&id, a[0], a[1]);
	hash_of(a[2], signer);
	status = cms_take(in, len, &id, signer, by, content, sizeof(content), &n, &w);
	if (status == CMS_TAKEN)
		fwrite(content, 1, n, stdout);
	else
		fprintf(stderr, "%d: %s\n", status, w.text);
	identity_free(&id);
	return status != CMS_TAKEN;
}

static int make(char **a, const uint8_t *in, size_t len)
{
	X509 *to = read_cert(a[2]);
	struct identity id;
	uint8_t *out;
	size_t n;
	struct why w;
	int err;

	read_identity(&id, a[0], a[1]);
	err = cms_make(in, len, &id, X509_get0_pubkey(to), &out, &n, &w);
	if (err)
		fprintf(stderr, "%s\n", w.text);
	else
		fwrite(out, 1, n, stdout);
	if (!err)
		free(out);
	identity_free(&id);
	X509_free(to);
	return err != 0;
}

int main(int argc, char **argv)
{
	char hex[HEX_LEN(CMS_HASH_LEN)];
	uint8_t *in = malloc(ROOM), hash[CMS_HASH_LEN];
	size_t len;
	int err = 2;

	if (argc == 3 && !strcmp(argv[1], "hash")) {
		hash_of(argv[2], hash);
		puts(to_hex(hex, hash, sizeof(hash)));
		free(in);
		return 0;
	}
	if (argc != 5 || !in)
		return 2;
	len = fread(in, 1, ROOM, stdin);
	if (!strcmp(argv[1], "take"))
		err = take(argv + 2, in, len);
	else if (!strcmp(argv[1], "make"))
		err = make(argv + 2, in, len);
	free(in);
	return err;
}
