// SPDX-License-Identifier: GPL-2.0
/* Input strings of the key derivations. */

#include <linux/types.h>
#include <linux/unaligned.h>

#include "kdf.h"

#define FC_PTK	0x4a	/* TS 33.303 A.3 */
#define FC_PEK	0x4b	/* TS 33.303 A.4; unverified reading */

/**
 * prose_kdf_ptk_input - input string of a PTK (TS 33.303 A.3)
 * @s: filled in: FC, then each parameter and its length
 * @member: Group Member Identity of the sender
 * @ptk_id: PTK Identity
 * @group: Group Identity
 */
void prose_kdf_ptk_input(u8 s[PROSE_KDF_PTK_S_LEN], u32 member, u16 ptk_id,
			 u32 group)
{
	s[0] = FC_PTK;
	put_unaligned_be24(member, s + 1);
	put_unaligned_be16(3, s + 4);
	put_unaligned_be16(ptk_id, s + 6);
	put_unaligned_be16(2, s + 8);
	put_unaligned_be24(group, s + 10);
	put_unaligned_be16(3, s + 13);
}

/**
 * prose_kdf_alg_input - input string of a PEK or PIK
 * @s: filled in
 * @usage: which of the two
 * @algorithm: algorithm identity
 */
void prose_kdf_alg_input(u8 s[PROSE_KDF_ALG_S_LEN], enum prose_kdf_usage usage,
			 u8 algorithm)
{
	s[0] = FC_PEK;
	s[1] = usage;
	put_unaligned_be16(1, s + 2);
	s[4] = algorithm;
	put_unaligned_be16(1, s + 5);
}
