/* SPDX-License-Identifier: GPL-2.0 */
/* What key streams side by side have in common: their words into their data */
#ifndef MANY_H
#define MANY_H

#include "simd.h"

#include <linux/string.h>

#include "vector.h"

static __always_inline __m256i twice(__m128i v)
{
	return _mm256_broadcastsi128_si256(v);
}

/*
 * AESENC and AESENCLAST move octet i of a word by i words. This undoes it before.
 */
static __always_inline __m256i unshift(__m256i v)
{
	const __m128i from = _mm_setr_epi8(0, 13, 10, 7, 4, 1, 14, 11,
					   8, 5, 2, 15, 12, 9, 6, 3);

	return _mm256_shuffle_epi8(v, twice(from));
}

/* Words rotated by n octets */
static __always_inline __m256i octets(__m256i v, int n)
{
	const __m128i places = _mm_set_epi32(0x0c0c0c0c, 0x08080808, 0x04040404,
					     0);
	const __m128i from[4] = {
		_mm_set1_epi32(0x03020100), _mm_set1_epi32(0x02010003),
		_mm_set1_epi32(0x01000302), _mm_set1_epi32(0x00030201),
	};

	return _mm256_shuffle_epi8(v, twice(from[n] | places));
}

static __always_inline __m256i low_nibbles(__m256i v)
{
	return v & _mm256_set1_epi8(0xf);
}

static __always_inline __m256i high_nibbles(__m256i v)
{
	return low_nibbles(_mm256_srli_epi16(v, 4));
}

/* Word i of vector k becomes word k of vector i. */
static __always_inline void transpose(__m256i v[MANY])
{
	__m256i pairs[MANY], fours[MANY];
	unsigned int i;

#pragma GCC unroll 4
	for (i = 0; i < 4; i++) {
		pairs[i] = _mm256_unpacklo_epi32(v[2 * i], v[2 * i + 1]);
		pairs[i + 4] = _mm256_unpackhi_epi32(v[2 * i], v[2 * i + 1]);
	}
#pragma GCC unroll 4
	for (i = 0; i < 4; i++) {
		__m256i a = pairs[2 * i], b = pairs[2 * i + 1];

		fours[i] = _mm256_unpacklo_epi64(a, b);
		fours[i + 4] = _mm256_unpackhi_epi64(a, b);
	}
	/* Of words 0 (and 4), 1, 2, 3: those of vectors 0 to 3 and 4 to 7 */
#pragma GCC unroll 4
	for (i = 0; i < 4; i++) {
		__m256i a = fours[i / 2 * 2 + i % 2 * 4];
		__m256i b = fours[i / 2 * 2 + i % 2 * 4 + 1];

		v[i] = _mm256_permute2x128_si256(a, b, 0x20);
		v[i + 4] = _mm256_permute2x128_si256(a, b, 0x31);
	}
}

/* 16 words of each key stream, a vector for each clock, XORed to len octets */
static __always_inline void put_many(const struct message *m, size_t at,
				     __m256i z[LFSR], size_t len)
{
	const __m256i swap = twice(_mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11,
						4, 5, 6, 7, 0, 1, 2, 3));
	u8 rest[STREAM_BLOCK];
	unsigned int i;

	transpose(z);
	transpose(z + MANY);
	for (i = 0; i < MANY; i++) {
		const u8 *src = m[i].src + at;
		u8 *dst = m[i].dst + at;

		if (len < STREAM_BLOCK) {
			memcpy(rest, src, len);
			src = rest;
			dst = rest;
		}
		store8(dst, load8(src) ^ _mm256_shuffle_epi8(z[i], swap));
		store8(dst + 32, load8(src + 32) ^
				 _mm256_shuffle_epi8(z[MANY + i], swap));
		if (len < STREAM_BLOCK)
			memcpy(m[i].dst + at, rest, len);
	}
}

#endif /* MANY_H */
