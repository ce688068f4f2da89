// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "suitewords.h"

static bool is_aead(uint32_t cipher)
{
	return cipher == PROSE_CIPHER_AES128_GCM || cipher == PROSE_CIPHER_AES256_GCM;
}

int parse_suite(const char *cipher, const char *integrity, const char *kdf,
		struct record_suite *s, struct why *w)
{
	int i = word_index("suite", cipher, cipher_names, n_cipher_names, w);

	memset(s, 0, sizeof(*s));
	if (i < 0)
		return -1;
	s->cipher = i;
	s->integrity = PROSE_INTEGRITY_NONE;
	if (integrity) {
		i = word_index("integrity", integrity, integrity_names, n_integrity_names, w);
		if (i < 0)
			return -1;
		s->integrity = i;
	}
	if (is_aead(s->cipher) && s->integrity != PROSE_INTEGRITY_NONE)
		return why(w, "suite %s protects integrity itself; leave \"integrity\" out",
			   cipher);
	if (!is_aead(s->cipher) && !integrity)
		return why(w, "suite %s needs \"integrity\" with it: none (frames can be forged, changed and repeated), eia1, eia2 or eia3; or take suite aes256-gcm, which has its own",
			   cipher);
	if (s->cipher == PROSE_CIPHER_EEA0 && s->integrity == PROSE_INTEGRITY_NONE)
		return why(w, "suite eea0 with integrity none protects nothing");
	if (!kdf)
		return 0;
	if (!kdf[0] || strlen(kdf) > PROSE_KDF_NAME_MAX)
		return why(w, "kdf %s: a name has 1 to %d characters", kdf, PROSE_KDF_NAME_MAX);
	if (!strcmp(kdf, "direct") && (s->integrity != PROSE_INTEGRITY_NONE ||
				       s->cipher == PROSE_CIPHER_EEA0))
		return why(w, "kdf direct makes the group key the ciphering key: it goes with a cipher, and with integrity none or suite aes256-gcm");
	strcpy(s->kdf, kdf);
	return 0;
}

char *suite_text(char out[SUITE_TEXT_LEN], const struct record_suite *s)
{
	snprintf(out, SUITE_TEXT_LEN, "%s%s%s%s%s", NAME(cipher_names, s->cipher),
		 is_aead(s->cipher) ? "" : " integrity ",
		 is_aead(s->cipher) ? "" : NAME(integrity_names, s->integrity),
		 s->kdf[0] ? " kdf " : "", s->kdf);
	return out;
}
