// SPDX-License-Identifier: GPL-2.0
/*
 * One key stream of SNOW 3G with AES-NI and AVX2. S1 is SubBytes and MixColumn
 * of AES: one AESENC. The feedback reaches back by 5 words at least, so that 4
 * words of the LFSR are made at a time, and 4 of key stream. S2 is in another
 * field, and its tables stay, as do those of the multiplications by alpha.
 */
#include "simd.h"

#include <linux/string.h>

#include "snow3g_tables.h"
#include "vector.h"

/* The LFSR in s[0] to s[15], and what follows it */
struct state {
	u32 s[2 * LFSR];
	u32 r1, r3;
	__m128i r2;	/* in each of the 4 words */
};

static __always_inline u32 s2(u32 w)
{
	const u8 *table = (const u8 *)snow3g_s2_words;
	unsigned long high = w >> 16, low = w;
	u32 sum;

	OPTIMIZER_HIDE_VAR(high);
	memcpy(&sum, table + 8 * (high >> 8 & 0xff), 4);
#define ADD(octet, k)	({						\
	u32 part;							\
									\
	memcpy(&part, table + 8 * ((octet) & 0xff) + (k), 4);		\
	sum ^= part;							\
})
	ADD(high, 1);
	ADD(low >> 8, 2);
	ADD(low, 3);
#undef ADD
	return sum;
}

/* Four words of a table */
static __always_inline __m128i look_up(const u32 *table, const u32 *s, int octet, bool gather)
{
	const u8 *p = (const u8 *)s + octet;

	if (gather) {
		__m128i i = load(s);

		if (octet)
			i = _mm_srli_epi32(i, 24);
		else
			i &= _mm_set1_epi32(0xff);
		return _mm_i32gather_epi32((const int *)table, i, 4);
	}
	return _mm_setr_epi32(table[p[0]], table[p[4]], table[p[8]],
			      table[p[12]]);
}

/* s[16] to s[19], without what the FSM adds when initialising */
static __always_inline __m128i feedback(const u32 *s, bool gather)
{
	return _mm_slli_epi32(load(s), 8) ^
	       look_up(snow3g_mul_alpha, s, 3, gather) ^ load(s + 2) ^
	       _mm_srli_epi32(load(s + 11), 8) ^
	       look_up(snow3g_div_alpha, s + 11, 0, gather);
}

/* One clock of the FSM; sets the two words, each four times, that it had */
static __always_inline void fsm(struct state *st, u32 s5, __m128i *r1, __m128i *r2)
{
	u32 w2 = _mm_cvtsi128_si32(st->r2);
	u32 w1 = w2 + (st->r3 ^ s5);

	*r1 = _mm_set1_epi32(st->r1);
	*r2 = st->r2;
	st->r3 = s2(w2);
	st->r2 = _mm_aesenc_si128(*r1, _mm_setzero_si128());
	st->r1 = w1;
}

static __always_inline void shift(u32 *s, unsigned int n)
{
	__m256i low = load8(s + n), high = load8(s + n + 8);

	store8(s, low);
	store8(s + 8, high);
}

/* 16 clocks */
static __always_inline void block(struct state *st, u8 *dst, const u8 *src, bool gather)
{
	unsigned int i, k;
	u32 *s = st->s;

#pragma GCC unroll 4
	for (i = 0; i < LFSR; i += 4) {
		__m128i r1[4], r2[4], f;

		store(s + i + 16, feedback(s + i, gather));
#pragma GCC unroll 4
		for (k = 0; k < 4; k++)
			fsm(st, s[i + k + 5], &r1[k], &r2[k]);
		f = _mm_add_epi32(load(s + i + 15), blend4(r1)) ^ blend4(r2);
		put(dst + 4 * i, src + 4 * i, f ^ load(s + i));
	}
	shift(s, LFSR);
}

static __always_inline void start(struct state *st, const u8 *key, const u8 *iv, bool gather)
{
	unsigned int i, k, n;
	__m128i r1, r2;
	u32 *s = st->s;

	for (i = 0; i < 4; i++) {
		u32 word = get_unaligned_be32(key + 12 - 4 * i);

		s[i] = ~word;
		s[i + 4] = word;
		s[i + 8] = ~word;
		s[i + 12] = word;
	}
	s[15] ^= get_unaligned_be32(iv + 12);
	s[12] ^= get_unaligned_be32(iv + 8);
	s[10] ^= get_unaligned_be32(iv + 4);
	s[9] ^= get_unaligned_be32(iv);
	st->r1 = 0;
	st->r2 = _mm_setzero_si128();
	st->r3 = 0;

	for (n = 0; n < INIT_CLOCKS; n += LFSR) {
#pragma GCC unroll 4
		for (i = 0; i < LFSR; i += 4) {
			store(s + i + 16, feedback(s + i, gather));
#pragma GCC unroll 4
			for (k = i; k < i + 4; k++) {
				s[k + 16] ^= (s[k + 15] + st->r1) ^
					     _mm_cvtsi128_si32(st->r2);
				fsm(st, s[k + 5], &r1, &r2);
			}
		}
		shift(s, LFSR);
	}
	/* What the first clock puts out is not used. */
	store(s + 16, feedback(s, gather));
	fsm(st, s[5], &r1, &r2);
	shift(s, 1);
}

static __always_inline void crypt(const struct message *m, size_t len, bool gather)
{
	const u8 *src = m->src;
	u8 rest[STREAM_BLOCK];
	u8 *dst = m->dst;
	struct state st;

	start(&st, m->key, m->iv, gather);
	for (; len; len -= STREAM_BLOCK) {
		if (len < STREAM_BLOCK) {
			memcpy(rest, src, len);
			block(&st, rest, rest, gather);
			memcpy(dst, rest, len);
			break;
		}
		block(&st, dst, src, gather);
		dst += STREAM_BLOCK;
		src += STREAM_BLOCK;
	}
	memzero_explicit(&st, sizeof(st));
}

void snow3g_one(const struct message *m, size_t len)
{
	crypt(m, len, false);
}

void snow3g_one_gather(const struct message *m, size_t len)
{
	crypt(m, len, true);
}
