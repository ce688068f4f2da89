// SPDX-License-Identifier: GPL-2.0
/* Tables of SNOW 3G (ETSI/SAGE UEA2&UIA2 Document 2), computed. */
#include "snow3g_tables.h"

u32 snow3g_mul_alpha[256], snow3g_div_alpha[256];
u64 snow3g_s2_words[256];
struct snow3g_shuffles snow3g_shuffles;

/* V.X in the field by X^8 + c (3.1.1) */
static u8 mul_x(u8 v, u8 c)
{
	return v << 1 ^ (v & 0x80 ? c : 0);
}

/* V.X^i (3.1.2) */
static u8 mul_x_pow(u8 v, unsigned int i, u8 c)
{
	while (i--)
		v = mul_x(v, c);
	return v;
}

static u8 mul(u8 a, u8 b, u8 c)
{
	u8 sum = 0;

	for (; b; b >>= 1, a = mul_x(a, c))
		if (b & 1)
			sum ^= a;
	return sum;
}

/* The S-box of S2 as a polynomial, which is how it was designed */
static u8 s_q(u8 x)
{
	static const u8 exponents[] = { 1, 9, 13, 15, 33, 41, 45, 47, 49 };
	u8 sum = 0x25, power = 1;
	unsigned int i, e = 0;

	for (i = 0; i < sizeof(exponents); i++) {
		for (; e < exponents[i]; e++)
			power = mul(power, x, 0x69);
		sum ^= power;
	}
	return sum;
}

static u32 powers(u8 v, unsigned int a, unsigned int b, unsigned int c,
		  unsigned int d)
{
	return (u32)mul_x_pow(v, a, 0xa9) << 24 | mul_x_pow(v, b, 0xa9) << 16 |
	       mul_x_pow(v, c, 0xa9) << 8 | mul_x_pow(v, d, 0xa9);
}

static void nibbles(u8 of[4][2][32], const u32 words[256])
{
	unsigned int i, k;

	for (i = 0; i < 32; i++) {
		for (k = 0; k < 4; k++) {
			of[k][0][i] = words[i % 16] >> 8 * k;
			of[k][1][i] = words[i % 16 << 4] >> 8 * k;
		}
	}
}

void snow3g_tables(void)
{
	unsigned int i;

	for (i = 0; i < 256; i++) {
		u8 s = s_q(i), sx = mul_x(s, 0x69);
		u32 word = (u32)sx << 24 | (sx ^ s) << 16 | s << 8 | s;

		snow3g_mul_alpha[i] = powers(i, 23, 245, 48, 239);
		snow3g_div_alpha[i] = powers(i, 16, 39, 6, 64);
		snow3g_s2_words[i] = (u64)word << 32 | word;
		snow3g_shuffles.s_q[i / 16][i % 16] = s;
		snow3g_shuffles.s_q[i / 16][i % 16 + 16] = s;
	}
	nibbles(snow3g_shuffles.mul, snow3g_mul_alpha);
	nibbles(snow3g_shuffles.div, snow3g_div_alpha);
}
