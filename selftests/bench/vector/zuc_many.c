// SPDX-License-Identifier: GPL-2.0
/* Key streams of ZUC side by side, one in each word of a vector */
#include "many.h"
#include "zuc_tables.h"

struct state {
	__m256i s[LFSR];
	__m256i x[LFSR];	/* low half of s[i + 2], high half of s[i] */
	__m256i r1, r2;
};

#define BOX(name)	load8(zuc_boxes.name)

static __always_inline __m256i mask31(void)
{
	return _mm256_set1_epi32(0x7fffffff);
}

/* v.2^n modulo 2^31 - 1 */
static __always_inline __m256i rotate31(__m256i v, int n)
{
	return (_mm256_slli_epi32(v, n) & mask31()) |
	       _mm256_srli_epi32(v, 31 - n);
}

/* Modulo 2^31 - 1, to less than that */
static __always_inline __m256i add31(__m256i a, __m256i b)
{
	__m256i sum = _mm256_add_epi32(a, b);

	return _mm256_min_epu32(sum, _mm256_sub_epi32(sum, mask31()));
}

/* 2^15 s15 + 2^17 s13 + 2^21 s10 + 2^20 s4 + (1 + 2^8) s0; never 0, as s0 is */
static __always_inline __m256i feedback(const __m256i *s, unsigned int i,
					__m256i more)
{
	__m256i v = rotate31(s[(i + 10) % LFSR], 1);

	v = rotate31(add31(v, s[(i + 4) % LFSR]), 3);
	v = rotate31(add31(v, s[(i + 13) % LFSR]), 2);
	v = rotate31(add31(v, s[(i + 15) % LFSR]), 7);
	v = rotate31(add31(v, s[i]), 8);
	v = _mm256_add_epi32(add31(v, more), s[i]);
	return _mm256_add_epi32(v & mask31(), _mm256_srli_epi32(v, 31));
}

/* Low half of a, high half of b (bits 30 to 15) */
static __always_inline __m256i pair(__m256i a, __m256i b)
{
	return _mm256_slli_epi32(a, 16) | _mm256_srli_epi32(b, 15);
}

/* Low half of a, high half of b (bits 31 to 16) */
static __always_inline __m256i halves(__m256i a, __m256i b)
{
	return _mm256_blend_epi16(_mm256_slli_epi32(a, 16),
				  _mm256_srli_epi32(b, 16), 0x55);
}

static __always_inline __m256i rotate(__m256i v, int n)
{
	return _mm256_slli_epi32(v, n) | _mm256_srli_epi32(v, 32 - n);
}

static __always_inline __m256i s0(__m256i v)
{
	__m256i low = low_nibbles(v), high = high_nibbles(v);

	high ^= _mm256_shuffle_epi8(BOX(p1), low);
	low ^= _mm256_shuffle_epi8(BOX(p2), high);
	return _mm256_shuffle_epi8(BOX(s0_high), high) ^
	       _mm256_shuffle_epi8(BOX(s0_low), low);
}

static __always_inline __m256i s1(__m256i v)
{
	const __m128i zero = _mm_setzero_si128();
	__m128i low, high;

	v = _mm256_shuffle_epi8(BOX(in_low), low_nibbles(v)) ^
	    _mm256_shuffle_epi8(BOX(in_high), high_nibbles(v));
	v = unshift(v);
	low = _mm_aesenclast_si128(_mm256_castsi256_si128(v), zero);
	high = _mm_aesenclast_si128(_mm256_extracti128_si256(v, 1), zero);
	v = _mm256_set_m128i(high, low);
	return _mm256_shuffle_epi8(BOX(out_low), low_nibbles(v)) ^
	       _mm256_shuffle_epi8(BOX(out_high), high_nibbles(v));
}

/*
 * S on both words: S0 for octets 1 and 3, S1 for 0 and 2, each box once, for
 * those of u, and of v between them
 */
static __always_inline void boxes(__m256i *u, __m256i *v)
{
	const __m256i odd = _mm256_set1_epi16((short)0xff00);
	__m256i a = s0(_mm256_blendv_epi8(_mm256_srli_epi16(*v, 8), *u, odd));
	__m256i b = s1(_mm256_blendv_epi8(*u, _mm256_slli_epi16(*v, 8), odd));

	*u = _mm256_blendv_epi8(b, a, odd);
	*v = _mm256_blendv_epi8(_mm256_srli_epi16(b, 8),
				_mm256_slli_epi16(a, 8), odd);
}

/* Some clocks, 16 at most; their words in z if not initialising */
static __always_inline void clocks(struct state *st, unsigned int n, __m256i *z)
{
	__m256i *s = st->s, *x = st->x, w, w1, w2, u, v;
	unsigned int i;

#pragma GCC unroll 16
	for (i = 0; i < n; i++) {
		__m256i s14 = s[(i + 14) % LFSR];

		w = _mm256_blend_epi16(_mm256_slli_epi32(s[(i + 15) % LFSR], 1),
				       s14, 0x55);
		w = _mm256_add_epi32(w ^ st->r1, st->r2);
		if (z)
			z[i] = w ^ x[i];

		w1 = _mm256_add_epi32(st->r1, x[(i + 9) % LFSR]);
		w2 = st->r2 ^ x[(i + 5) % LFSR];
		u = halves(w1, w2);
		v = halves(w2, w1);
		/* L1 and L2 (3.4.2) */
		u ^= octets(u, 3) ^ rotate(u ^ octets(u, 1) ^ octets(u, 2), 2);
		v ^= octets(v, 1) ^ rotate(v ^ octets(v, 2) ^ octets(v, 3), 30);
		boxes(&u, &v);
		st->r1 = u;
		st->r2 = v;

		s[i] = feedback(s, i, z ? _mm256_setzero_si256() :
					  _mm256_srli_epi32(w, 1));
		x[(i + 14) % LFSR] = pair(s[i], s14);
	}
}

static __always_inline void rotate_back(__m256i v[LFSR])
{
	__m256i first = v[0];
	unsigned int i;

	for (i = 0; i + 1 < LFSR; i++)
		v[i] = v[i + 1];
	v[LFSR - 1] = first;
}

static __always_inline void start(struct state *st, const struct message *m)
{
	unsigned int i, k, n;
	__m256i z;

	for (k = 0; k < MANY; k++)
		for (i = 0; i < LFSR; i++)
			((u32 *)&st->s[i])[k] = (u32)m[k].key[i] << 23 |
				(u32)zuc_constants[i] << 8 | m[k].iv[i];
	for (i = 0; i + 2 < LFSR; i++)
		st->x[i] = pair(st->s[i + 2], st->s[i]);
	st->r1 = _mm256_setzero_si256();
	st->r2 = st->r1;
	for (n = 0; n < INIT_CLOCKS; n += LFSR)
		clocks(st, LFSR, NULL);
	/* What the first clock puts out is not used. */
	clocks(st, 1, &z);
	rotate_back(st->s);
	rotate_back(st->x);
}

void zuc_many(const struct message *m, size_t len)
{
	struct state st;
	__m256i z[LFSR];
	size_t at;

	start(&st, m);
	for (at = 0; at < len; at += STREAM_BLOCK) {
		clocks(&st, LFSR, z);
		put_many(m, at, z, len - at);
	}
	memzero_explicit(&st, sizeof(st));
}
