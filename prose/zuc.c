// SPDX-License-Identifier: GPL-2.0
/*
 * ZUC (ETSI/SAGE 128-EEA3 & 128-EIA3 Document 2) and 128-EIA3 (Document 1),
 * written for few instructions an octet: 16 clocks are unrolled, so that the
 * LFSR is never shifted but its names are.
 */

#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/unaligned.h>

#include "stream.h"
#include "zuc.h"

#define INIT_CLOCKS		32
#define MASK31			0x7fffffffU	/* and the modulus 2^31 - 1 */

/* Registers of F */
#define R1			r[0]
#define R2			r[1]

/*
 * S is S0, S1, S0, S1 on the octets of a word from above, and each table serves
 * two places, the lower one two octets down: see stream_lookup().
 */
#define H(octet)		((u64)(octet) << 24)
#define L(octet)		((u64)(octet) << 16)

/* S0 (Document 2, 3.4.1) */
static const u64 zuc_s0[256] = {
	H(0x3e), H(0x72), H(0x5b), H(0x47), H(0xca), H(0xe0), H(0x00),
	H(0x33), H(0x04), H(0xd1), H(0x54), H(0x98), H(0x09), H(0xb9),
	H(0x6d), H(0xcb), H(0x7b), H(0x1b), H(0xf9), H(0x32), H(0xaf),
	H(0x9d), H(0x6a), H(0xa5), H(0xb8), H(0x2d), H(0xfc), H(0x1d),
	H(0x08), H(0x53), H(0x03), H(0x90), H(0x4d), H(0x4e), H(0x84),
	H(0x99), H(0xe4), H(0xce), H(0xd9), H(0x91), H(0xdd), H(0xb6),
	H(0x85), H(0x48), H(0x8b), H(0x29), H(0x6e), H(0xac), H(0xcd),
	H(0xc1), H(0xf8), H(0x1e), H(0x73), H(0x43), H(0x69), H(0xc6),
	H(0xb5), H(0xbd), H(0xfd), H(0x39), H(0x63), H(0x20), H(0xd4),
	H(0x38), H(0x76), H(0x7d), H(0xb2), H(0xa7), H(0xcf), H(0xed),
	H(0x57), H(0xc5), H(0xf3), H(0x2c), H(0xbb), H(0x14), H(0x21),
	H(0x06), H(0x55), H(0x9b), H(0xe3), H(0xef), H(0x5e), H(0x31),
	H(0x4f), H(0x7f), H(0x5a), H(0xa4), H(0x0d), H(0x82), H(0x51),
	H(0x49), H(0x5f), H(0xba), H(0x58), H(0x1c), H(0x4a), H(0x16),
	H(0xd5), H(0x17), H(0xa8), H(0x92), H(0x24), H(0x1f), H(0x8c),
	H(0xff), H(0xd8), H(0xae), H(0x2e), H(0x01), H(0xd3), H(0xad),
	H(0x3b), H(0x4b), H(0xda), H(0x46), H(0xeb), H(0xc9), H(0xde),
	H(0x9a), H(0x8f), H(0x87), H(0xd7), H(0x3a), H(0x80), H(0x6f),
	H(0x2f), H(0xc8), H(0xb1), H(0xb4), H(0x37), H(0xf7), H(0x0a),
	H(0x22), H(0x13), H(0x28), H(0x7c), H(0xcc), H(0x3c), H(0x89),
	H(0xc7), H(0xc3), H(0x96), H(0x56), H(0x07), H(0xbf), H(0x7e),
	H(0xf0), H(0x0b), H(0x2b), H(0x97), H(0x52), H(0x35), H(0x41),
	H(0x79), H(0x61), H(0xa6), H(0x4c), H(0x10), H(0xfe), H(0xbc),
	H(0x26), H(0x95), H(0x88), H(0x8a), H(0xb0), H(0xa3), H(0xfb),
	H(0xc0), H(0x18), H(0x94), H(0xf2), H(0xe1), H(0xe5), H(0xe9),
	H(0x5d), H(0xd0), H(0xdc), H(0x11), H(0x66), H(0x64), H(0x5c),
	H(0xec), H(0x59), H(0x42), H(0x75), H(0x12), H(0xf5), H(0x74),
	H(0x9c), H(0xaa), H(0x23), H(0x0e), H(0x86), H(0xab), H(0xbe),
	H(0x2a), H(0x02), H(0xe7), H(0x67), H(0xe6), H(0x44), H(0xa2),
	H(0x6c), H(0xc2), H(0x93), H(0x9f), H(0xf1), H(0xf6), H(0xfa),
	H(0x36), H(0xd2), H(0x50), H(0x68), H(0x9e), H(0x62), H(0x71),
	H(0x15), H(0x3d), H(0xd6), H(0x40), H(0xc4), H(0xe2), H(0x0f),
	H(0x8e), H(0x83), H(0x77), H(0x6b), H(0x25), H(0x05), H(0x3f),
	H(0x0c), H(0x30), H(0xea), H(0x70), H(0xb7), H(0xa1), H(0xe8),
	H(0xa9), H(0x65), H(0x8d), H(0x27), H(0x1a), H(0xdb), H(0x81),
	H(0xb3), H(0xa0), H(0xf4), H(0x45), H(0x7a), H(0x19), H(0xdf),
	H(0xee), H(0x78), H(0x34), H(0x60),};

/* S1 (Document 2, 3.4.1) */
static const u64 zuc_s1[256] = {
	L(0x55), L(0xc2), L(0x63), L(0x71), L(0x3b), L(0xc8), L(0x47),
	L(0x86), L(0x9f), L(0x3c), L(0xda), L(0x5b), L(0x29), L(0xaa),
	L(0xfd), L(0x77), L(0x8c), L(0xc5), L(0x94), L(0x0c), L(0xa6),
	L(0x1a), L(0x13), L(0x00), L(0xe3), L(0xa8), L(0x16), L(0x72),
	L(0x40), L(0xf9), L(0xf8), L(0x42), L(0x44), L(0x26), L(0x68),
	L(0x96), L(0x81), L(0xd9), L(0x45), L(0x3e), L(0x10), L(0x76),
	L(0xc6), L(0xa7), L(0x8b), L(0x39), L(0x43), L(0xe1), L(0x3a),
	L(0xb5), L(0x56), L(0x2a), L(0xc0), L(0x6d), L(0xb3), L(0x05),
	L(0x22), L(0x66), L(0xbf), L(0xdc), L(0x0b), L(0xfa), L(0x62),
	L(0x48), L(0xdd), L(0x20), L(0x11), L(0x06), L(0x36), L(0xc9),
	L(0xc1), L(0xcf), L(0xf6), L(0x27), L(0x52), L(0xbb), L(0x69),
	L(0xf5), L(0xd4), L(0x87), L(0x7f), L(0x84), L(0x4c), L(0xd2),
	L(0x9c), L(0x57), L(0xa4), L(0xbc), L(0x4f), L(0x9a), L(0xdf),
	L(0xfe), L(0xd6), L(0x8d), L(0x7a), L(0xeb), L(0x2b), L(0x53),
	L(0xd8), L(0x5c), L(0xa1), L(0x14), L(0x17), L(0xfb), L(0x23),
	L(0xd5), L(0x7d), L(0x30), L(0x67), L(0x73), L(0x08), L(0x09),
	L(0xee), L(0xb7), L(0x70), L(0x3f), L(0x61), L(0xb2), L(0x19),
	L(0x8e), L(0x4e), L(0xe5), L(0x4b), L(0x93), L(0x8f), L(0x5d),
	L(0xdb), L(0xa9), L(0xad), L(0xf1), L(0xae), L(0x2e), L(0xcb),
	L(0x0d), L(0xfc), L(0xf4), L(0x2d), L(0x46), L(0x6e), L(0x1d),
	L(0x97), L(0xe8), L(0xd1), L(0xe9), L(0x4d), L(0x37), L(0xa5),
	L(0x75), L(0x5e), L(0x83), L(0x9e), L(0xab), L(0x82), L(0x9d),
	L(0xb9), L(0x1c), L(0xe0), L(0xcd), L(0x49), L(0x89), L(0x01),
	L(0xb6), L(0xbd), L(0x58), L(0x24), L(0xa2), L(0x5f), L(0x38),
	L(0x78), L(0x99), L(0x15), L(0x90), L(0x50), L(0xb8), L(0x95),
	L(0xe4), L(0xd0), L(0x91), L(0xc7), L(0xce), L(0xed), L(0x0f),
	L(0xb4), L(0x6f), L(0xa0), L(0xcc), L(0xf0), L(0x02), L(0x4a),
	L(0x79), L(0xc3), L(0xde), L(0xa3), L(0xef), L(0xea), L(0x51),
	L(0xe6), L(0x6b), L(0x18), L(0xec), L(0x1b), L(0x2c), L(0x80),
	L(0xf7), L(0x74), L(0xe7), L(0xff), L(0x21), L(0x5a), L(0x6a),
	L(0x54), L(0x1e), L(0x41), L(0x31), L(0x92), L(0x35), L(0xc4),
	L(0x33), L(0x07), L(0x0a), L(0xba), L(0x7e), L(0x0e), L(0x34),
	L(0x88), L(0xb1), L(0x98), L(0x7c), L(0xf3), L(0x3d), L(0x60),
	L(0x6c), L(0x7b), L(0xca), L(0xd3), L(0x1f), L(0x32), L(0x65),
	L(0x04), L(0x28), L(0x64), L(0xbe), L(0x85), L(0x9b), L(0x2f),
	L(0x59), L(0x8a), L(0xd7), L(0xb0), L(0x25), L(0xac), L(0xaf),
	L(0x12), L(0x03), L(0xe2), L(0xf2),};

#undef H
#undef L

/* The constants d (Document 2, 3.5) */
static const u16 zuc_d[ZUC_LFSR] = {
	0x44d7, 0x26bc, 0x626b, 0x135e, 0x5789, 0x35e2, 0x7135, 0x09af,
	0x4d78, 0x2f13, 0x6bc4, 0x1af1, 0x5e26, 0x3c4d, 0x789a, 0x47ac,
};

static inline u32 zuc_rol(u32 v, unsigned int n)
{
	return v << n | v >> (32 - n);
}

/* L1 = 1 + R^2 + R^10 + R^18 + R^24 with R a rotation by 1 (Document 2, 3.4.2) */
static inline u32 zuc_l1(u32 v)
{
	u32 a = v ^ zuc_rol(v, 8);

	return zuc_rol(a, 24) ^ zuc_rol(v ^ zuc_rol(a, 8), 2);
}

/* L2 = 1 + R^8 + R^14 + R^22 + R^30 */
static inline u32 zuc_l2(u32 v)
{
	u32 a = v ^ zuc_rol(v, 8);

	return a ^ zuc_rol(a, 14) ^ zuc_rol(v, 30);
}

static inline u32 zuc_sub(u32 v)
{
	unsigned long high = stream_high(v), low = v;

	return stream_lookup(&zuc_s0[high >> 8 & 0xff], 0) ^
	       stream_lookup(&zuc_s1[high & 0xff], 0) ^
	       stream_lookup(&zuc_s0[low >> 8 & 0xff], 2) ^
	       stream_lookup(&zuc_s1[low & 0xff], 2);
}

/* Low half of a, high half of b (bits 30 to 15) */
static inline u32 zuc_pair(u32 a, u32 b)
{
	return a << 16 | b >> 15;
}

/*
 * 16 clocks (Document 2, 3.2 to 3.4 and 3.6). In clock i the stage s0 is s[i],
 * and the new s15 takes its place. When initialising, W >> 1 goes into the
 * feedback and nothing comes out.
 *
 * X1, X2 and X3 are the same words of the register, seen when s0 has come to
 * three places, so that each is put together once and kept in x.
 */
static __always_inline void zuc_clock16(struct zuc_state *st, bool init)
{
	u32 r1 = st->R1, r2 = st->R2;
	u64 s14 = st->s[ZUC_LFSR - 2];
	u64 s15 = st->s[ZUC_LFSR - 1];
	u32 *s = st->s, *x = st->x;
	unsigned int i;

#pragma GCC unroll 16
	for (i = 0; i < ZUC_LFSR; i++) {
		u32 x0 = (s15 << 1 & 0xffff0000) | (s14 & 0xffff);
		u32 w = (x0 ^ r1) + r2;
		u32 w1 = r1 + x[(i + 9) % ZUC_LFSR];
		u32 w2 = r2 ^ x[(i + 5) % ZUC_LFSR];
		u64 v = (u64)w1 << 32 | w2;

		r1 = zuc_sub(zuc_l1(v >> 16));
		r2 = zuc_sub(zuc_l2(v << 16 | v >> 48));
		if (!init)
			put_unaligned_be32(w ^ x[i], st->ks + 4 * i);

		/* 2^15 s15 + 2^17 s13 + 2^21 s10 + 2^20 s4 + (1 + 2^8) s0 */
		v = s[(i + 4) % ZUC_LFSR] +
		    2 * (u64)s[(i + 10) % ZUC_LFSR];
		v = 8 * v + s[(i + 13) % ZUC_LFSR];
		v = 4 * v + s15;
		v = (v << 7) + s[i];
		v = (v << 8) + s[i];
		if (init)
			v += w >> 1;
		/*
		 * Modulo 2^31 - 1 the high part of 0 < v < 2^54 counts as it is,
		 * and so does the carry when it is added to the low one. That
		 * leaves 1 to 2^31 - 1: the 0 that the specification replaces
		 * never comes about.
		 */
		v = (v + ((v + (v >> 31)) >> 31)) & MASK31;
		s[i] = v;
		x[(i + 14) % ZUC_LFSR] = zuc_pair(v, s14);
		s14 = s15;
		s15 = v;
		barrier();	/* a load is less than a spill */
	}
	st->R1 = r1;
	st->R2 = r2;
}

static noinline void zuc_block(struct zuc_state *st)
{
	zuc_clock16(st, false);
	st->used = 0;
}

/**
 * zuc_init - start a key stream
 * @st: the state to fill in
 * @key: the key
 * @iv: the IV
 */
void zuc_init(struct zuc_state *st, const u8 key[ZUC_KEY_LEN],
	      const u8 iv[ZUC_IV_LEN])
{
	unsigned int i;

	/* Document 2, 3.5 */
	for (i = 0; i < ZUC_LFSR; i++)
		st->s[i] = (u32)key[i] << 23 | (u32)zuc_d[i] << 8 | iv[i];
	for (i = 0; i + 2 < ZUC_LFSR; i++)
		st->x[i] = zuc_pair(st->s[i + 2], st->s[i]);
	st->R1 = 0;
	st->R2 = 0;

	for (i = 0; i < INIT_CLOCKS; i += ZUC_LFSR)
		zuc_clock16(st, true);

	/* What the first clock puts out is not used (Document 2, 3.6.2). */
	zuc_block(st);
	st->used = sizeof(u32);
}

/**
 * zuc_xor - encipher or decipher the next octets
 * @st: the key stream
 * @dst: destination, may be @src
 * @src: data
 * @len: octets, any number: the next call goes on behind them
 */
void zuc_xor(struct zuc_state *st, u8 *dst, const u8 *src, size_t len)
{
	while (len) {
		size_t n;

		if (st->used == STREAM_BLOCK)
			zuc_block(st);
		n = STREAM_BLOCK - st->used;
		if (n > len)
			n = len;
		stream_xor(dst, src, st->ks + st->used, n);
		st->used += n;
		dst += n;
		src += n;
		len -= n;
	}
}

/**
 * zuc_crypt - encipher or decipher one message
 * @key: the key
 * @iv: the IV
 * @dst: destination, may be @src
 * @src: data
 * @len: octets
 */
void zuc_crypt(const u8 key[ZUC_KEY_LEN], const u8 iv[ZUC_IV_LEN], u8 *dst,
	       const u8 *src, size_t len)
{
	struct zuc_state st;

	zuc_init(&st, key, iv);
	zuc_xor(&st, dst, src, len);
	memzero_explicit(&st, sizeof(st));
}

/* Octets of key stream that are there, some at least */
static inline unsigned int zuc_left(struct zuc_state *st)
{
	if (st->used == STREAM_BLOCK)
		zuc_block(st);
	return STREAM_BLOCK - st->used;
}

static inline u32 zuc_next(struct zuc_state *st)
{
	u32 z;

	zuc_left(st);
	z = get_unaligned_be32(st->ks + st->used);
	st->used += sizeof(z);
	return z;
}

/* A word of the message is taken in digits of so many bits. */
#define DIGIT_BITS		3
#define DIGIT_VALUES		8
#define DIGITS			((32 + DIGIT_BITS - 1) / DIGIT_BITS)

/*
 * 128-EIA3 is the XOR of those words of key stream that begin at the bits where
 * the message has ones: word by word of the message, of two words of key stream
 * shifted by the place of the bit. XOR and shift change places, so that there
 * is one shift for each of the 32 places in the end, and for a word only its
 * two of key stream added up by place, and for fewer additions by digit: sum[i]
 * has those where digit i of the word, from below, had each of its values.
 *
 * A digit decides where in a cache line something is added, never in which one.
 */
struct zuc_sums {
	u64 sum[DIGITS][DIGIT_VALUES] __aligned(DIGIT_VALUES * sizeof(u64));
};

static inline void zuc_sums_add(struct zuc_sums *sums, u64 window, u32 m)
{
	unsigned int i;

#pragma GCC unroll 11
	for (i = 0; i < DIGITS; i++) {
		sums->sum[i][m % DIGIT_VALUES] ^= window;
		m >>= DIGIT_BITS;
	}
}

/* All shifted to their places: that of the lowest bit comes last, by 0. */
static u32 zuc_sums_shift(const struct zuc_sums *sums)
{
	u64 shifted = 0;
	unsigned int i;

	for (i = 0; i < DIGITS; i++) {
		const u64 *sum = sums->sum[i];
		u64 both = sum[3] ^ sum[7];

		shifted = shifted << 1 ^ both ^ sum[1] ^ sum[5];
		shifted = shifted << 1 ^ both ^ sum[2] ^ sum[6];
		if (i == DIGITS - 1)
			break;
		shifted = shifted << 1 ^ sum[4] ^ sum[5] ^ sum[6] ^ sum[7];
	}
	return shifted >> 32;
}

/**
 * zuc_eia3_pieces - 128-EIA3 of a message in several pieces
 * @key: integrity key
 * @count: COUNT
 * @bearer: BEARER, 5 bits
 * @direction: DIRECTION, 0 or 1
 * @pieces: where the octets of the message are
 * @n: pieces
 * @bits: length of the message; what the pieces have beyond it is not used
 * @mac: MAC-I
 *
 * Document 1, 4.
 */
void zuc_eia3_pieces(const u8 key[ZUC_KEY_LEN], u32 count, u8 bearer,
		     u8 direction, const struct prose_piece *pieces,
		     unsigned int n, u64 bits, u8 mac[ZUC_MAC_LEN])
{
	struct stream_message msg = { .piece = pieces, .n = n, .bits = bits };
	unsigned int odd = bits % 32;
	struct zuc_sums sums = {};
	u8 iv[ZUC_IV_LEN] = {};
	struct zuc_state st;
	u64 window, words;
	const u8 *p, *z;
	u32 t;

	put_unaligned_be32(count, iv);
	iv[4] = bearer << 3;
	memcpy(iv + 8, iv, 8);
	iv[8] ^= direction << 7;
	iv[14] ^= direction << 7;
	zuc_init(&st, key, iv);

	/* Two words of key stream, the first one that of the bits to come */
	window = zuc_next(&st);
	window = window << 32 | zuc_next(&st);
	while (msg.bits >= 32) {
		p = stream_message_run(&msg, sizeof(u32),
				       zuc_left(&st) / sizeof(u32), &words);
		if (!words) {
			/* It lies in several pieces. */
			zuc_sums_add(&sums, window,
				     stream_message_next(&msg, sizeof(u32)));
			window = window << 32 | zuc_next(&st);
			continue;
		}
		z = st.ks + st.used;
		st.used += words * sizeof(u32);
		for (; words; words--) {
			zuc_sums_add(&sums, window, get_unaligned_be32(p));
			window = window << 32 | get_unaligned_be32(z);
			p += sizeof(u32);
			z += sizeof(u32);
		}
	}
	zuc_sums_add(&sums, window, stream_message_next(&msg, sizeof(u32)));
	t = zuc_sums_shift(&sums);
	/* The word at the length, and the one behind all that were used */
	t ^= window << odd >> 32;
	t ^= odd ? zuc_next(&st) : (u32)window;
	put_unaligned_be32(t, mac);

	memzero_explicit(&st, sizeof(st));
	memzero_explicit(&sums, sizeof(sums));
	memzero_explicit(&window, sizeof(window));
}

/**
 * zuc_eia3 - 128-EIA3
 * @key: integrity key
 * @count: COUNT
 * @bearer: BEARER, 5 bits
 * @direction: DIRECTION, 0 or 1
 * @data: the message
 * @bits: its length
 * @mac: MAC-I
 */
void zuc_eia3(const u8 key[ZUC_KEY_LEN], u32 count, u8 bearer, u8 direction,
	      const u8 *data, u64 bits, u8 mac[ZUC_MAC_LEN])
{
	struct prose_piece piece = { .data = data, .len = (bits + 7) / 8 };

	zuc_eia3_pieces(key, count, bearer, direction, &piece, 1, bits, mac);
}
