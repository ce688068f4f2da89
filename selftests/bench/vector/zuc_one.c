// SPDX-License-Identifier: GPL-2.0
/*
 * One key stream of ZUC with AES-NI and AVX2. R1 and R2 go through the linear
 * transforms and the S-boxes together, without a look-up in memory. The LFSR
 * has a tap at its newest word, so that of each new word only a part is summed
 * up for 4 at a time. Bit reorganisation and output are.
 */
#include "simd.h"

#include <linux/string.h>

#include "vector.h"
#include "zuc_tables.h"

#define MASK31	0x7fffffffU

/* The LFSR in s[0] to s[15], and what follows it */
struct state {
	u32 s[2 * LFSR];
	__m128i r;	/* R1, R2, R1, R2 */
	__m128i x5;	/* words of bit reorganisation from s[5] to s[8] on */
};

/*
 * L1 = 1 + R^24 + R^2 (1 + R^8 + R^16), L2 = 1 + R^8 + R^30 (1 + R^16 + R^24)
 * with R a rotation by 1 (3.4.2). The words at and at + 1 of w are W1 and W2.
 */
static __always_inline __m128i linear(__m128i w, unsigned int at)
{
	const __m128i left = _mm_set_epi32(30, 2, 30, 2);
	const __m128i right = _mm_set_epi32(2, 30, 2, 30);
	const __m128i *part = (const __m128i *)zuc_boxes.part[at / 2];
	__m128i v = _mm_shuffle_epi8(w, part[0]);
	__m128i sum = v ^ _mm_shuffle_epi8(w, part[2]) ^
		      _mm_shuffle_epi8(w, part[3]);

	return v ^ _mm_shuffle_epi8(w, part[1]) ^ _mm_sllv_epi32(sum, left) ^
	       _mm_srlv_epi32(sum, right);
}

#define BOX(name)	(*(const __m128i *)zuc_boxes.name)

static __always_inline __m128i low_nibbles(__m128i v)
{
	return v & _mm_set1_epi8(0xf);
}

/*
 * S0 for octets 1 and 3 of each word, S1 for 0 and 2. AESENCLAST moves octet 2
 * by two words, where the same stands.
 */
static __always_inline __m128i boxes(__m128i v)
{
	const __m128i odd = _mm_set1_epi16((short)0xff00);
	__m128i low = low_nibbles(v), high = low_nibbles(_mm_srli_epi16(v, 4));
	__m128i s0, s1;

	s1 = _mm_shuffle_epi8(BOX(in_low), low) ^
	     _mm_shuffle_epi8(BOX(in_high), high);
	s1 = _mm_aesenclast_si128(s1, _mm_setzero_si128());
	s1 = _mm_shuffle_epi8(BOX(out_low), low_nibbles(s1)) ^
	     _mm_shuffle_epi8(BOX(out_high),
			      low_nibbles(_mm_srli_epi16(s1, 4)));

	high ^= _mm_shuffle_epi8(BOX(p1), low);
	low ^= _mm_shuffle_epi8(BOX(p2), high);
	s0 = _mm_shuffle_epi8(BOX(s0_high), high) ^
	     _mm_shuffle_epi8(BOX(s0_low), low);
	return _mm_blendv_epi8(s1, s0, odd);
}

/* F without its output; X1 and X2 are the words at and at + 1 of x. */
static __always_inline __m128i f(__m128i r, __m128i x, unsigned int at)
{
	__m128i w = _mm_blend_epi32(_mm_add_epi32(r, x), r ^ x, 0xa);

	return boxes(linear(w, at));
}

/* Low halves of s[2] on, high halves of s[0] on (bits 30 to 15) */
static __always_inline __m128i pairs(const u32 *s)
{
	return _mm_slli_epi32(load(s + 2), 16) | _mm_srli_epi32(load(s), 15);
}

/* Of four words to come, what does not depend on one that is not there */
static __always_inline void sums(const u32 *s, u64 sum[4])
{
	__m256i s0 = _mm256_cvtepu32_epi64(load(s));
	__m256i s4 = _mm256_cvtepu32_epi64(load(s + 4));
	__m256i s10 = _mm256_cvtepu32_epi64(load(s + 10));

	s4 = _mm256_slli_epi64(_mm256_add_epi64(s4, _mm256_slli_epi64(s10, 1)),
			       20);
	s0 = _mm256_add_epi64(s0, _mm256_slli_epi64(s0, 8));
	store8(sum, _mm256_add_epi64(s0, s4));
}

/* 2^15 s15 + 2^17 s13 and the rest modulo 2^31 - 1; never 0 */
static __always_inline u32 feedback(u64 rest, u64 s13, u64 s15)
{
	u64 v = rest + ((4 * s13 + s15) << 15);

	return (v + ((v + (v >> 31)) >> 31)) & MASK31;
}

static __always_inline void shift(u32 *s, unsigned int n)
{
	__m256i low = load8(s + n), high = load8(s + n + 8);

	store8(s, low);
	store8(s + 8, high);
}

/* 16 clocks */
static __always_inline void block(struct state *st, u8 *dst, const u8 *src)
{
	__m128i x9, lower, upper, x0, z, r[4];
	unsigned int i, k;
	u32 *s = st->s;
	u64 sum[4];

#pragma GCC unroll 4
	for (i = 0; i < LFSR; i += 4) {
		sums(s + i, sum);
#pragma GCC unroll 4
		for (k = i; k < i + 4; k++)
			s[k + 16] = feedback(sum[k - i], s[k + 13], s[k + 15]);

		x9 = pairs(s + i + 9);
		lower = _mm_unpacklo_epi32(x9, st->x5);
		upper = _mm_unpackhi_epi32(x9, st->x5);
		st->x5 = x9;
		r[0] = st->r;
		r[1] = f(r[0], lower, 0);
		r[2] = f(r[1], lower, 2);
		r[3] = f(r[2], upper, 0);
		st->r = f(r[3], upper, 2);

		lower = _mm_unpacklo_epi32(r[0], r[1]);
		upper = _mm_unpacklo_epi32(r[2], r[3]);
		x0 = _mm_blend_epi16(_mm_slli_epi32(load(s + i + 15), 1),
				     load(s + i + 14), 0x55);
		z = _mm_add_epi32(x0 ^ _mm_unpacklo_epi64(lower, upper),
				  _mm_unpackhi_epi64(lower, upper));
		put(dst + 4 * i, src + 4 * i, z ^ pairs(s + i));
	}
	shift(s, LFSR);
}

/* One clock; when initialising, W >> 1 goes into the feedback. */
static __always_inline void single(struct state *st, u32 *s, u64 rest, bool init)
{
	u64 r = _mm_cvtsi128_si64(st->r);
	__m128i x = _mm_insert_epi32(_mm_cvtsi32_si128(s[11] << 16 | s[9] >> 15),
				     s[7] << 16 | s[5] >> 15, 1);
	u32 x0 = (s[15] << 1 & 0xffff0000) | (s[14] & 0xffff);
	u32 w = (x0 ^ (u32)r) + (u32)(r >> 32);

	s[16] = feedback(rest + (init ? w >> 1 : 0), s[13], s[15]);
	st->r = f(st->r, x, 0);
}

static __always_inline void start(struct state *st, const u8 *key, const u8 *iv)
{
	unsigned int i, k, n;
	u32 *s = st->s;
	u64 sum[4];

	for (i = 0; i < LFSR; i++)
		s[i] = (u32)key[i] << 23 | (u32)zuc_constants[i] << 8 | iv[i];
	st->r = _mm_setzero_si128();
	for (n = 0; n < INIT_CLOCKS; n += LFSR) {
#pragma GCC unroll 4
		for (i = 0; i < LFSR; i += 4) {
			sums(s + i, sum);
#pragma GCC unroll 4
			for (k = i; k < i + 4; k++)
				single(st, s + k, sum[k - i], true);
		}
		shift(s, LFSR);
	}
	/* What the first clock puts out is not used. */
	sums(s, sum);
	single(st, s, sum[0], false);
	shift(s, 1);
	st->x5 = pairs(s + 5);
}

void zuc_one(const struct message *m, size_t len)
{
	const u8 *src = m->src;
	u8 rest[STREAM_BLOCK];
	u8 *dst = m->dst;
	struct state st;

	start(&st, m->key, m->iv);
	for (; len; len -= STREAM_BLOCK) {
		if (len < STREAM_BLOCK) {
			memcpy(rest, src, len);
			block(&st, rest, rest);
			memcpy(dst, rest, len);
			break;
		}
		block(&st, dst, src);
		dst += STREAM_BLOCK;
		src += STREAM_BLOCK;
	}
	memzero_explicit(&st, sizeof(st));
}
