/* SPDX-License-Identifier: GPL-2.0 */
/*
 * AES-NI and AVX2, for a file that includes this before all else. Intel has both
 * since 2013, AMD since 2015.
 */
#ifndef SIMD_H
#define SIMD_H

#pragma GCC target("aes,avx2")

#include <immintrin.h>

#include <linux/compiler.h>
#include <linux/types.h>

static __always_inline __m128i load(const void *p)
{
	return _mm_loadu_si128(p);
}

static __always_inline void store(void *p, __m128i v)
{
	_mm_storeu_si128(p, v);
}

static __always_inline __m256i load8(const void *p)
{
	return _mm256_loadu_si256(p);
}

static __always_inline void store8(void *p, __m256i v)
{
	_mm256_storeu_si256(p, v);
}

/* Words of a key stream, big-endian, XORed to data */
static __always_inline void put(u8 *dst, const u8 *src, __m128i z)
{
	const __m128i swap = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11,
					  4, 5, 6, 7, 0, 1, 2, 3);

	store(dst, load(src) ^ _mm_shuffle_epi8(z, swap));
}

/* Word i of the vector i */
static __always_inline __m128i blend4(const __m128i v[4])
{
	return _mm_blend_epi32(_mm_blend_epi32(v[0], v[1], 2),
			       _mm_blend_epi32(v[2], v[3], 8), 12);
}

#endif /* SIMD_H */
