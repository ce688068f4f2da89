// SPDX-License-Identifier: GPL-2.0
#include "args.h"
#include "suites.h"

static const char *const cipher_words[] = {
	[EEA0] = "eea0",
	[EEA1] = "eea1",
	[EEA2] = "eea2",
	[EEA3] = "eea3",
	[AES128_GCM] = "aes128-gcm",
	[AES256_GCM] = "aes256-gcm",
};

static const uint8_t cipher_identities[] = {
	[EEA0] = 0x00,
	[EEA1] = 0x01,
	[EEA2] = 0x02,
	[EEA3] = 0x03,
	[AES128_GCM] = 0xf1,
	[AES256_GCM] = 0xf2,
};

static const char *const integrity_words[] = {
	[NONE] = "none",
	[EIA1] = "eia1",
	[EIA2] = "eia2",
	[EIA3] = "eia3",
};

static const uint8_t integrity_identities[] = {
	[EIA1] = 1,
	[EIA2] = 2,
	[EIA3] = 3,
};

static const char *const kdf_words[] = { "3gpp", "direct" };

int suite_parse(struct suite *s, const char *cipher, const char *integrity,
		const char *kdf, struct why *w)
{
	int c, i = NONE, k = 0;

	c = word_index("cipher", cipher, cipher_words, ARRAY_SIZE(cipher_words), w);
	if (c < 0)
		return -1;
	if (integrity) {
		i = word_index("integrity algorithm", integrity, integrity_words,
			       ARRAY_SIZE(integrity_words), w);
		if (i < 0)
			return -1;
	}
	if (kdf) {
		k = word_index("kdf that is known here (those of operators are in modules of theirs)",
			       kdf, kdf_words, ARRAY_SIZE(kdf_words), w);
		if (k < 0)
			return -1;
	}

	s->cipher = c;
	s->integrity = i;
	s->direct = k;
	if (suite_aead(s) && i != NONE)
		return why(w, "%s verifies by itself; leave out \"integrity %s\"",
			   cipher, integrity);
	if (c == EEA0 && i == NONE)
		return why(w, "eea0 without integrity is no protection at all; tell the integrity algorithm");
	if (s->direct && (c == EEA0 || i != NONE))
		return why(w, "kdf direct has no key for integrity; it goes with a cipher alone or an AEAD suite");
	return 0;
}

bool suite_aead(const struct suite *s)
{
	return s->cipher == AES128_GCM || s->cipher == AES256_GCM;
}

bool suite_authenticated(const struct suite *s)
{
	return suite_aead(s) || s->integrity != NONE;
}

unsigned int suite_head(const struct suite *s)
{
	return suite_aead(s) ? SALT_LEN : 0;
}

unsigned int suite_tail(const struct suite *s)
{
	if (suite_aead(s))
		return TAG_LEN;
	return s->integrity == NONE ? 0 : MACI_LEN;
}

unsigned int suite_key_len(const struct suite *s)
{
	if (s->cipher == EEA0)
		return 0;
	return s->cipher == AES256_GCM ? 32 : 16;
}

uint8_t suite_cipher_identity(const struct suite *s)
{
	return cipher_identities[s->cipher];
}

uint8_t suite_integrity_identity(const struct suite *s)
{
	return integrity_identities[s->integrity];
}
