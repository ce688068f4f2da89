/* SPDX-License-Identifier: GPL-2.0 */
/* The S-boxes of ZUC in 4-bit look-ups, for PSHUFB and AESENCLAST */
#ifndef ZUC_TABLES_H
#define ZUC_TABLES_H

#include <linux/compiler.h>

#include "vector.h"

/* Each twice, for both halves of a vector of 32 octets */
struct zuc_boxes {
	u8 p1[32], p2[32];		/* S0: its rounds, and what it gives */
	u8 s0_high[32], s0_low[32];
	u8 in_high[32], in_low[32];	/* S1: before and after that of AES */
	u8 out_high[32], out_low[32];
	/*
	 * Octets of W1 and W2, the words 0 and 1 or 2 and 3 of a vector, that
	 * make the two words which L1 and L2 are taken of, twice over: as they
	 * are, and rotated three times
	 */
	u8 part[2][4][16];
} __aligned(32);

extern struct zuc_boxes zuc_boxes;
extern const u16 zuc_constants[LFSR];

#endif
