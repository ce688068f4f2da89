/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ZUC and 128-EIA3: pure functions, also compiled in user space by
 * selftests/unit. 128-EEA3 is ZUC with the IV of TS 33.401 B.1.4.
 *
 * Not constant time: the S-boxes are table look-ups at secret positions (4 KiB
 * of tables), so that who shares a cache with the CPU may learn about the key.
 * The LFSR is constant time. Given its key stream, 128-EIA3 touches the same
 * cache lines whatever the message; where in a line, the message decides. No
 * branch and no loop count depends on anything but lengths.
 */
#ifndef _PROSE_ZUC_H
#define _PROSE_ZUC_H

#include <linux/types.h>

#include "piece.h"

#define ZUC_KEY_LEN		16
#define ZUC_IV_LEN		16
#define ZUC_MAC_LEN		4
#define ZUC_LFSR		16
#define ZUC_BLOCK		64	/* octets of key stream made at once */

/**
 * struct zuc_state - a key stream, at some octet of it
 * @s: LFSR, each 1 to 2^31 - 1
 * @x: for each stage i but the last two the word of bit reorganisation that is
 *	the low half of s[i + 2] and the high half of s[i]
 * @r: R1 and R2 of F
 * @used: octets of @ks that are used up
 * @ks: key stream
 *
 * Whoever has one wipes it with memzero_explicit().
 */
struct zuc_state {
	u32 s[ZUC_LFSR];
	u32 x[ZUC_LFSR];
	u32 r[2];
	u32 used;
	u8 ks[ZUC_BLOCK];
};

void zuc_init(struct zuc_state *st, const u8 key[ZUC_KEY_LEN],
	      const u8 iv[ZUC_IV_LEN]);
void zuc_xor(struct zuc_state *st, u8 *dst, const u8 *src, size_t len);
void zuc_crypt(const u8 key[ZUC_KEY_LEN], const u8 iv[ZUC_IV_LEN], u8 *dst,
	       const u8 *src, size_t len);
void zuc_eia3_pieces(const u8 key[ZUC_KEY_LEN], u32 count, u8 bearer,
		     u8 direction, const struct prose_piece *pieces,
		     unsigned int n, u64 bits, u8 mac[ZUC_MAC_LEN]);
void zuc_eia3(const u8 key[ZUC_KEY_LEN], u32 count, u8 bearer, u8 direction,
	      const u8 *data, u64 bits, u8 mac[ZUC_MAC_LEN]);

#endif /* _PROSE_ZUC_H */
