/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SNOW 3G and 128-EIA1 (UIA2): pure functions, also compiled in user space by
 * selftests/unit. 128-EEA1 is SNOW 3G with the IV of TS 33.401 B.1.2.
 *
 * Not constant time: the S-boxes, the multiplications in the feedback and, in
 * 128-EIA1, the multiplication in GF(2^64) are table look-ups at secret
 * positions (6 KiB of static tables and 1 KiB made for each message), so that
 * who shares a cache with the CPU may learn about the key. There is no branch
 * and no loop count that depends on anything but lengths.
 */
#ifndef _PROSE_SNOW3G_H
#define _PROSE_SNOW3G_H

#include <linux/types.h>

#include "piece.h"

#define SNOW3G_KEY_LEN		16
#define SNOW3G_IV_LEN		16	/* IV3, IV2, IV1, IV0 */
#define SNOW3G_MAC_LEN		4
#define SNOW3G_LFSR		16
#define SNOW3G_BLOCK		64	/* octets of key stream made at once */

/**
 * struct snow3g_state - a key stream, at some octet of it
 * @s: LFSR
 * @r: R1 to R3 of the FSM
 * @used: octets of @ks that are used up
 * @ks: key stream
 *
 * Whoever has one wipes it with memzero_explicit().
 */
struct snow3g_state {
	u32 s[SNOW3G_LFSR];
	u32 r[3];
	u32 used;
	u8 ks[SNOW3G_BLOCK];
};

void snow3g_init(struct snow3g_state *st, const u8 key[SNOW3G_KEY_LEN],
		 const u8 iv[SNOW3G_IV_LEN]);
void snow3g_xor(struct snow3g_state *st, u8 *dst, const u8 *src, size_t len);
void snow3g_crypt(const u8 key[SNOW3G_KEY_LEN], const u8 iv[SNOW3G_IV_LEN],
		  u8 *dst, const u8 *src, size_t len);
void snow3g_eia1_pieces(const u8 key[SNOW3G_KEY_LEN], u32 count, u32 fresh,
			u8 direction, const struct prose_piece *pieces,
			unsigned int n, u64 bits, u8 mac[SNOW3G_MAC_LEN]);
void snow3g_eia1(const u8 key[SNOW3G_KEY_LEN], u32 count, u32 fresh,
		 u8 direction, const u8 *data, u64 bits,
		 u8 mac[SNOW3G_MAC_LEN]);

#endif /* _PROSE_SNOW3G_H */
