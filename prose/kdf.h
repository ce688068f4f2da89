/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Input strings of the key derivations of TS 33.303 Annex A, for the KDF of
 * TS 33.220 Annex B (HMAC-SHA-256). Pure functions, also compiled in user space
 * by selftests/unit.
 */
#ifndef _PROSE_KDF_H
#define _PROSE_KDF_H

#include <linux/types.h>

#define PROSE_KDF_PTK_S_LEN	15
#define PROSE_KDF_ALG_S_LEN	7

#define PROSE_PGK_LEN		32	/* octets of a PGK */
#define PROSE_PTK_LEN		32	/* octets of a PTK, the whole HMAC */
#define PROSE_PEK_LEN		16	/* octets of a PEK or PIK, its last ones */

/* Algorithm type distinguishers, P0 (by analogy with TS 33.533 A.4) */
enum prose_kdf_usage {
	PROSE_KDF_ENCRYPTION	= 0,
	PROSE_KDF_INTEGRITY	= 1,
};

/* Name of the HMAC in the crypto API */
#define PROSE_HMAC_SHA256	"hmac(sha256)"

/* What the fingerprint of a key is the HMAC of (ours) */
#define PROSE_FINGERPRINT_LABEL	"prose ledger"

void prose_kdf_ptk_input(u8 s[PROSE_KDF_PTK_S_LEN], u32 member, u16 ptk_id,
			 u32 group);
void prose_kdf_alg_input(u8 s[PROSE_KDF_ALG_S_LEN], enum prose_kdf_usage usage,
			 u8 algorithm);

#endif /* _PROSE_KDF_H */
