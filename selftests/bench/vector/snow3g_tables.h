/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SNOW3G_TABLES_H
#define SNOW3G_TABLES_H

#include <linux/compiler.h>
#include <linux/types.h>

extern u32 snow3g_mul_alpha[256], snow3g_div_alpha[256];

/*
 * S2 for the highest octet of a word, and twice, so that at k octets into an
 * entry is that for the octet k places lower
 */
extern u64 snow3g_s2_words[256];

/* For look-ups by shuffles, each twice, for both halves of a vector */
struct snow3g_shuffles {
	u8 s_q[16][32];		/* the S-box of S2, by high nibble */
	u8 mul[4][2][32];	/* for each octet of the result, low and high */
	u8 div[4][2][32];	/* nibble of the argument */
} __aligned(32);

extern struct snow3g_shuffles snow3g_shuffles;

#endif
