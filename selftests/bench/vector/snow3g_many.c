// SPDX-License-Identifier: GPL-2.0
/*
 * Key streams of SNOW 3G side by side, one in each word of a vector. Look-ups
 * in tables are gathers.
 */
#include "many.h"
#include "snow3g_tables.h"

struct state {
	__m256i s[LFSR];
	__m256i r1, r2, r3;
};

static __always_inline __m256i octet(__m256i w, int place)
{
	return _mm256_srli_epi32(w, 8 * place) & _mm256_set1_epi32(0xff);
}

/* For the octet k places below the highest */
static __always_inline __m256i s2_octet(__m256i i, int k)
{
	return _mm256_i32gather_epi32((const void *)
				      ((const u8 *)snow3g_s2_words + k), i, 8);
}

static __always_inline __m256i s2(__m256i w)
{
	return s2_octet(_mm256_srli_epi32(w, 24), 0) ^
	       s2_octet(octet(w, 2), 1) ^ s2_octet(octet(w, 1), 2) ^
	       s2_octet(octet(w, 0), 3);
}

static __always_inline __m256i s1(__m256i w)
{
	const __m128i zero = _mm_setzero_si128();
	__m128i low, high;

	w = unshift(w);
	low = _mm_aesenc_si128(_mm256_castsi256_si128(w), zero);
	high = _mm_aesenc_si128(_mm256_extracti128_si256(w, 1), zero);
	return _mm256_set_m128i(high, low);
}

static __always_inline __m256i feedback(__m256i s0, __m256i s2, __m256i s11)
{
	return _mm256_slli_epi32(s0, 8) ^
	       _mm256_i32gather_epi32((const int *)snow3g_mul_alpha,
				      _mm256_srli_epi32(s0, 24), 4) ^ s2 ^
	       _mm256_srli_epi32(s11, 8) ^
	       _mm256_i32gather_epi32((const int *)snow3g_div_alpha,
				      octet(s11, 0), 4);
}

/* Some clocks, 16 at most; their words in z if not initialising */
static __always_inline void clocks(struct state *st, unsigned int n, __m256i *z)
{
	__m256i *s = st->s, f, r, s0;
	unsigned int i;

#pragma GCC unroll 16
	for (i = 0; i < n; i++) {
		f = _mm256_add_epi32(s[(i + 15) % LFSR], st->r1) ^ st->r2;
		r = _mm256_add_epi32(st->r2, st->r3 ^ s[(i + 5) % LFSR]);
		st->r3 = s2(st->r2);
		st->r2 = s1(st->r1);
		st->r1 = r;

		s0 = s[i];
		s[i] = feedback(s0, s[(i + 2) % LFSR], s[(i + 11) % LFSR]);
		if (z)
			z[i] = f ^ s0;
		else
			s[i] ^= f;
	}
}

static __always_inline void start(struct state *st, const struct message *m)
{
	unsigned int i, k, n;
	__m256i z, first;

	for (k = 0; k < MANY; k++) {
		const u8 *iv = m[k].iv;

		for (i = 0; i < 4; i++) {
			u32 word = get_unaligned_be32(m[k].key + 12 - 4 * i);

			((u32 *)&st->s[i])[k] = ~word;
			((u32 *)&st->s[i + 4])[k] = word;
			((u32 *)&st->s[i + 8])[k] = ~word;
			((u32 *)&st->s[i + 12])[k] = word;
		}
		((u32 *)&st->s[15])[k] ^= get_unaligned_be32(iv + 12);
		((u32 *)&st->s[12])[k] ^= get_unaligned_be32(iv + 8);
		((u32 *)&st->s[10])[k] ^= get_unaligned_be32(iv + 4);
		((u32 *)&st->s[9])[k] ^= get_unaligned_be32(iv);
	}
	st->r1 = _mm256_setzero_si256();
	st->r2 = st->r1;
	st->r3 = st->r1;
	for (n = 0; n < INIT_CLOCKS; n += LFSR)
		clocks(st, LFSR, NULL);
	/* What the first clock puts out is not used. */
	clocks(st, 1, &z);
	first = st->s[0];
	for (i = 0; i + 1 < LFSR; i++)
		st->s[i] = st->s[i + 1];
	st->s[LFSR - 1] = first;
}

void snow3g_many(const struct message *m, size_t len)
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
