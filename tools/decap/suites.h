/* SPDX-License-Identifier: GPL-2.0 */
/* Ciphers and integrity algorithms by name, and the pairs that there are. */
#ifndef SUITES_H
#define SUITES_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

#define SALT_LEN	4
#define TAG_LEN		16
#define MACI_LEN	4

enum cipher {
	EEA0, EEA1, EEA2, EEA3, AES128_GCM, AES256_GCM,
};

enum integrity {
	NONE, EIA1, EIA2, EIA3,
};

struct suite {
	enum cipher cipher;
	enum integrity integrity;
	bool direct;		/* the PGK is the key of the cipher */
};

/* Words of the command line to a suite; integrity and kdf may be NULL. */
int suite_parse(struct suite *s, const char *cipher, const char *integrity,
		const char *kdf, struct why *w);

bool suite_aead(const struct suite *s);
bool suite_authenticated(const struct suite *s);
/* Octets before and after the Data. */
unsigned int suite_head(const struct suite *s);
unsigned int suite_tail(const struct suite *s);
/* Length of the key of the cipher; 0 if there is none. */
unsigned int suite_key_len(const struct suite *s);
/* Algorithm identities in key derivation (TS 33.401 5.1; 0xf1 and 0xf2 ours) */
uint8_t suite_cipher_identity(const struct suite *s);
uint8_t suite_integrity_identity(const struct suite *s);

#endif
