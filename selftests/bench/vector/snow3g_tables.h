/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SNOW3G_TABLES_H
#define SNOW3G_TABLES_H

#include <linux/types.h>

extern u32 snow3g_mul_alpha[256], snow3g_div_alpha[256];

/*
 * S2 for the highest octet of a word, and twice, so that at k octets into an
 * entry is that for the octet k places lower
 */
extern u64 snow3g_s2_words[256];

#endif
