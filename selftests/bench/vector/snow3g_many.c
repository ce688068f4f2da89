// SPDX-License-Identifier: GPL-2.0
/*
 * Key streams of SNOW 3G side by side, one in each word of a vector. Look-ups
 * in tables are gathers, or shuffles of all octets at once.
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

static __always_inline __m256i s2_gather(__m256i w)
{
	return s2_octet(_mm256_srli_epi32(w, 24), 0) ^
	       s2_octet(octet(w, 2), 1) ^ s2_octet(octet(w, 1), 2) ^
	       s2_octet(octet(w, 0), 3);
}

/* That of 16 rows which the high nibble of an octet says */
static __always_inline __m256i s_q(__m256i v)
{
	__m256i low = low_nibbles(v), rows[16];
	unsigned int i, bit;

#pragma GCC unroll 16
	for (i = 0; i < 16; i++)
		rows[i] = _mm256_shuffle_epi8(load8(snow3g_shuffles.s_q[i]),
					      low);
#pragma GCC unroll 4
	for (bit = 0; bit < 4; bit++) {
		/* It becomes the highest, which is what a blend goes by. */
		__m256i which = _mm256_slli_epi16(v, 3 - bit);

#pragma GCC unroll 8
		for (i = 0; i < 8U >> bit; i++)
			rows[i] = _mm256_blendv_epi8(rows[2 * i],
						     rows[2 * i + 1], which);
	}
	return rows[0];
}

/* S_Q, and the MixColumn of S2 in the field by 0x169 */
static __always_inline __m256i s2_shuffle(__m256i w)
{
	__m256i s = s_q(w), last = octets(s, 3), sum = s ^ last;
	__m256i over = _mm256_cmpgt_epi8(_mm256_setzero_si256(), sum);

	return _mm256_add_epi8(sum, sum) ^ (over & _mm256_set1_epi8(0x69)) ^
	       last ^ octets(s, 1) ^ octets(s, 2);
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

/* The higher or lower octet of the 16-bit words of a, then of those of b */
static __always_inline __m256i high_octets(__m256i a, __m256i b)
{
	return _mm256_blendv_epi8(_mm256_srli_epi16(a, 8), b,
				  _mm256_set1_epi16((short)0xff00));
}

static __always_inline __m256i low_octets(__m256i a, __m256i b)
{
	return _mm256_blendv_epi8(a, _mm256_slli_epi16(b, 8),
				  _mm256_set1_epi16((short)0xff00));
}

static __always_inline __m256i high_halves(__m256i a, __m256i b)
{
	return _mm256_blend_epi16(_mm256_srli_epi32(a, 16), b, 0xaa);
}

static __always_inline __m256i low_halves(__m256i a, __m256i b)
{
	return _mm256_blend_epi16(a, _mm256_slli_epi32(b, 16), 0xaa);
}

/* Octet k of the products of what stands in the octets of m and d */
static __always_inline __m256i alpha(__m256i m, __m256i d, unsigned int k)
{
	const struct snow3g_shuffles *t = &snow3g_shuffles;

	return _mm256_shuffle_epi8(load8(t->mul[k][0]), low_nibbles(m)) ^
	       _mm256_shuffle_epi8(load8(t->mul[k][1]), high_nibbles(m)) ^
	       _mm256_shuffle_epi8(load8(t->div[k][0]), low_nibbles(d)) ^
	       _mm256_shuffle_epi8(load8(t->div[k][1]), high_nibbles(d));
}

/*
 * What the tables give for four words that follow each other: octets of four
 * words in one, looked up together, and apart again
 */
static __always_inline void alphas_shuffle(const __m256i s0[4],
					   const __m256i s11[4], __m256i sum[4])
{
	__m256i m = high_octets(high_halves(s0[0], s0[2]),
				high_halves(s0[1], s0[3]));
	__m256i d = low_octets(low_halves(s11[0], s11[2]),
			       low_halves(s11[1], s11[3]));
	__m256i a = alpha(m, d, 0), b = alpha(m, d, 1);
	__m256i c = alpha(m, d, 2), e = alpha(m, d, 3);
	__m256i even_low = low_octets(a, b), odd_low = high_octets(a, b);
	__m256i even_high = low_octets(c, e), odd_high = high_octets(c, e);

	sum[0] = low_halves(even_low, even_high);
	sum[1] = low_halves(odd_low, odd_high);
	sum[2] = high_halves(even_low, even_high);
	sum[3] = high_halves(odd_low, odd_high);
}

static __always_inline void alphas_gather(const __m256i s0[4],
					  const __m256i s11[4], __m256i sum[4])
{
	const int *mul = (const int *)snow3g_mul_alpha;
	const int *div = (const int *)snow3g_div_alpha;
	unsigned int k;

#pragma GCC unroll 4
	for (k = 0; k < 4; k++)
		sum[k] = _mm256_i32gather_epi32(mul, _mm256_srli_epi32(s0[k], 24),
						4) ^
			 _mm256_i32gather_epi32(div, octet(s11[k], 0), 4);
}

/* What follows four words, without what the FSM adds when initialising */
static __always_inline void feedback(const __m256i *s, unsigned int i,
				     __m256i new[4], bool gather)
{
	__m256i s0[4], s11[4], sum[4];
	unsigned int k;

#pragma GCC unroll 4
	for (k = 0; k < 4; k++) {
		s0[k] = s[(i + k) % LFSR];
		s11[k] = s[(i + k + 11) % LFSR];
	}
	if (gather)
		alphas_gather(s0, s11, sum);
	else
		alphas_shuffle(s0, s11, sum);
#pragma GCC unroll 4
	for (k = 0; k < 4; k++)
		new[k] = sum[k] ^ _mm256_slli_epi32(s0[k], 8) ^
			 _mm256_srli_epi32(s11[k], 8) ^ s[(i + k + 2) % LFSR];
}

/* A clock; its word of key stream in z if not initialising */
static __always_inline void single(struct state *st, unsigned int i, __m256i new,
				   __m256i *z, bool gather)
{
	__m256i *s = st->s, f, r;

	f = _mm256_add_epi32(s[(i + 15) % LFSR], st->r1) ^ st->r2;
	r = _mm256_add_epi32(st->r2, st->r3 ^ s[(i + 5) % LFSR]);
	st->r3 = gather ? s2_gather(st->r2) : s2_shuffle(st->r2);
	st->r2 = s1(st->r1);
	st->r1 = r;
	if (z)
		z[i] = f ^ s[i];
	else
		new ^= f;
	s[i] = new;
}

/* 16 clocks */
static __always_inline void clocks(struct state *st, __m256i *z, bool gather)
{
	__m256i new[4];
	unsigned int i, k;

#pragma GCC unroll 4
	for (i = 0; i < LFSR; i += 4) {
		feedback(st->s, i, new, gather);
#pragma GCC unroll 4
		for (k = 0; k < 4; k++)
			single(st, i + k, new[k], z, gather);
	}
}

static __always_inline void start(struct state *st, const struct message *m,
				  bool gather)
{
	__m256i z, first, new[4];
	unsigned int i, k, n;

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
		clocks(st, NULL, gather);
	/* What the first clock puts out is not used. */
	feedback(st->s, 0, new, gather);
	single(st, 0, new[0], &z, gather);
	first = st->s[0];
	for (i = 0; i + 1 < LFSR; i++)
		st->s[i] = st->s[i + 1];
	st->s[LFSR - 1] = first;
}

static __always_inline void crypt(const struct message *m, size_t len,
				  bool gather)
{
	struct state st;
	__m256i z[LFSR];
	size_t at;

	start(&st, m, gather);
	for (at = 0; at < len; at += STREAM_BLOCK) {
		clocks(&st, z, gather);
		put_many(m, at, z, len - at);
	}
	memzero_explicit(&st, sizeof(st));
}

void snow3g_many(const struct message *m, size_t len)
{
	crypt(m, len, false);
}

void snow3g_many_gather(const struct message *m, size_t len)
{
	crypt(m, len, true);
}
