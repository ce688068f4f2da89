// SPDX-License-Identifier: GPL-2.0
/* What one makes the other takes; what was changed on the way nobody does. */
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"
#include "tests.h"

static const uint8_t CONTENT[] = "the octets of a key, and what it is for";

static struct identity manager, device, other;
static uint8_t signer[CMS_HASH_LEN], by[CMS_HASH_LEN], content[4096];
static uint8_t *file;
static size_t file_len, len;
static struct why w;

static bool untouched(void)
{
	size_t i;

	for (i = 0; i < sizeof(content); i++)
		if (content[i])
			return false;
	return true;
}

static enum cms_status take(const uint8_t *in, size_t n)
{
	memset(content, 7, sizeof(content));
	w.text[0] = 0;
	return cms_take(in, n, &device, signer, by, content, sizeof(content), &len, &w);
}

static void is_refused(const uint8_t *in, size_t n, enum cms_status want, const char *text,
		       const char *what)
{
	enum cms_status status = take(in, n);

	if (!ok(status == want && strstr(w.text, text), "%s", what))
		printf("# expected %d \"...%s...\", saw %d \"%s\"\n", want, text, status, w.text);
	if (!untouched())
		ok(false, "%s: nothing of it is let out", what);
}

static void make(const struct identity *from, const struct identity *to)
{
	free(file);
	file = NULL;
	if (cms_make(CONTENT, sizeof(CONTENT), from, to->key, &file, &file_len, &w)) {
		ok(false, "a file is made");
		printf("# %s\n", w.text);
		exit(1);
	}
}

static void good(void)
{
	make(&manager, &device);
	if (!ok(take(file, file_len) == CMS_TAKEN && len == sizeof(CONTENT) &&
		!memcmp(content, CONTENT, len), "a device takes what was made for it"))
		printf("# %s\n", w.text);
	ok(!memcmp(by, signer, sizeof(by)), "and knows who signed it");
}

static void rsa(void)
{
	struct identity old = device;

	device.key = EVP_RSA_gen(2048);
	device.cert = carrier(device.key, device.key, "rsa");
	make(&manager, &device);
	ok(take(file, file_len) == CMS_TAKEN && !memcmp(content, CONTENT, sizeof(CONTENT)),
	   "so does one with an RSA key");
	identity_free(&device);
	device = old;
}

static void refusals(void)
{
	uint8_t *longer;

	make(&manager, &other);
	is_refused(file, file_len, CMS_OTHER_RECIPIENT, "another device", "a file for another device is refused");
	make(&other, &device);
	is_refused(file, file_len, CMS_OTHER_SIGNER, "another manager", "one of another signer is");
	make(&manager, &device);
	is_refused(file, file_len - 1, CMS_TRUNCATED, "cut off", "one octet short is");
	is_refused(file, 0, CMS_TRUNCATED, "cut off", "nothing at all is");
	longer = calloc(1, file_len + 1);
	memcpy(longer, file, file_len);
	is_refused(longer, file_len + 1, CMS_TRAILING, "behind the end", "one octet more is");
	free(longer);
	is_refused(CONTENT, sizeof(CONTENT), CMS_NO_CMS, "no CMS", "something else is");
	is_refused(file, CMS_FILE_MAX + 1, CMS_TOO_LARGE, "larger", "a file that is too large is, unread");
}

static void signed_only(void)
{
	uint8_t *der;
	size_t n;
	EVP_PKEY *key;

	cms_sign(CONTENT, sizeof(CONTENT), &device, &der, &n, &w);
	is_refused(der, n, CMS_NOT_ENCRYPTED, "not encrypted", "a file that is signed only is refused");
	ok(cms_verify(der, n, content, sizeof(content), &len, &key, &w) == CMS_TAKEN &&
	   EVP_PKEY_eq(key, device.key) == 1 && !memcmp(content, CONTENT, sizeof(CONTENT)),
	   "a signed file tells its content and its signer's key");
	EVP_PKEY_free(key);
	/* The content is where it can be read. */
	*(uint8_t *)memmem(der, n, CONTENT, sizeof(CONTENT)) ^= 1;
	is_int(cms_verify(der, n, content, sizeof(content), &len, &key, &w), CMS_BAD_SIGNATURE,
	       "changed, its signature does not fit");
	ok(!key, "and there is no key");
	free(der);
}

/* A tag covers the ciphered part, a signature what is in it, and the outline the rest. */
static void every_octet(void)
{
	size_t i, taken = 0, out = 0;
	uint8_t *copy;

	make(&manager, &device);
	copy = malloc(file_len);
	for (i = 0; i < file_len; i++) {
		memcpy(copy, file, file_len);
		copy[i] ^= 0x41;
		if (take(copy, file_len) == CMS_TAKEN)
			taken += !memcmp(content, CONTENT, sizeof(CONTENT)) ? 0 : 1;
		else if (!untouched())
			out++;
	}
	is_int(taken, 0, "with any octet changed it never says something else");
	is_int(out, 0, "and what is refused lets nothing out");
	for (i = 0, taken = 0; i < file_len; i += 64)
		taken += take(file, i) != CMS_TRUNCATED;
	is_int(taken, 0, "cut at each 64 octets it is called cut off");
	free(copy);
}

static void texts(void)
{
	uint8_t *der;
	char *text;
	size_t n, m;

	make(&manager, &device);
	text = cms_to_text(file, file_len, &n);
	der = cms_from_text((uint8_t *)text, n, &m, &w);
	ok(der && m == file_len && !memcmp(der, file, m), "as text and back it is the same");
	free(der);
	der = cms_from_text((uint8_t *)text, n / 2, &m, &w);
	ok(!der && strstr(w.text, "END CMS"), "half of a text is told");
	free(der);
	der = cms_from_text(file, file_len, &m, &w);
	ok(der && m == file_len, "DER stays what it is");
	free(der);
	free(text);
}

static void identities(void)
{
	uint8_t octets[8192], spki[1024], hash[CMS_HASH_LEN];
	struct identity again;
	EVP_PKEY *key;
	int n;

	n = identity_encode(&device, octets, sizeof(octets), &w);
	ok(n > 0 && !identity_decode(octets, n, &again, &w) &&
	   EVP_PKEY_eq(again.key, device.key) == 1, "an identity is read as it was written");
	identity_free(&again);
	is_int(identity_decode(octets, n - 1, &again, &w), -1, "cut off, it is none");
	n = spki_encode(device.key, spki, sizeof(spki), &w);
	key = spki_decode(spki, n, &w);
	ok(key && EVP_PKEY_eq(key, device.key) == 1, "a public key is, too");
	EVP_PKEY_free(key);
	key = EVP_EC_gen("P-521");
	n = spki_encode(key, spki, sizeof(spki), &w);
	EVP_PKEY_free(key);
	ok(!spki_decode(spki, n, &w) && strstr(w.text, "P-256"), "one of another curve is refused");
	ok(!parse_key_hash("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeFF",
			   hash, &w) && hash[31] == 0xff, "a hash is read");
	is_int(parse_key_hash("0011", hash, &w), -1, "a short one is refused");
}

void test_cms(void)
{
	if (identity_new(&manager, "manager", &w) || identity_new(&device, "device", &w) ||
	    identity_new(&other, "other", &w)) {
		ok(false, "keys are made");
		return;
	}
	spki_hash(manager.key, signer);
	good();
	rsa();
	refusals();
	signed_only();
	every_octet();
	texts();
	identities();
	free(file);
	identity_free(&manager);
	identity_free(&device);
	identity_free(&other);
}
