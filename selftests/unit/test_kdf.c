// SPDX-License-Identifier: GPL-2.0
/* The input strings of the derivations, by the worked example. */
#include "kdf.h"
#include "tap.h"

static int same(const u8 *a, const char *hex, size_t n)
{
	char text[2 * PROSE_KDF_PTK_S_LEN + 1] = "";
	size_t i;

	for (i = 0; i < n; i++)
		sprintf(text + 2 * i, "%02x", a[i]);
	if (strcmp(text, hex))
		printf("# expected: %s\n# saw:      %s\n", hex, text);
	return !strcmp(text, hex);
}

int main(void)
{
	u8 s[PROSE_KDF_PTK_S_LEN], a[PROSE_KDF_ALG_S_LEN];

	plan("kdf", 6);
	prose_kdf_ptk_input(s, 0xa1b2c3, 1, 0x445566);
	ok(same(s, "4aa1b2c30003000100024455660003", sizeof(s)), "S of a PTK (TS 33.303 A.3)");
	prose_kdf_ptk_input(s, 0, 0xffff, 0xffffff);
	ok(same(s, "4a0000000003ffff0002ffffff0003", sizeof(s)), "S of a PTK at the limits");
	prose_kdf_alg_input(a, PROSE_KDF_ENCRYPTION, 2);
	ok(same(a, "4b000001020001", sizeof(a)), "S of a PEK for 128-EEA2");
	prose_kdf_alg_input(a, PROSE_KDF_INTEGRITY, 2);
	ok(same(a, "4b010001020001", sizeof(a)), "S of a PIK for 128-EIA2");
	prose_kdf_alg_input(a, PROSE_KDF_ENCRYPTION, 0xf2);
	ok(same(a, "4b000001f20001", sizeof(a)), "S of the key of aes256-gcm");
	ok(!strcmp(PROSE_FINGERPRINT_LABEL, "prose ledger") && PROSE_PGK_LEN == 32 &&
	   PROSE_PEK_LEN == 16, "lengths, and the label of fingerprints");
	return done();
}
