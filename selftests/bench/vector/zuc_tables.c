// SPDX-License-Identifier: GPL-2.0
/*
 * The S-boxes of ZUC (ETSI/SAGE 128-EEA3 & 128-EIA3 Document 2, 3.4.1) without
 * tables of 256 entries.
 *
 * S0 is three rounds of a Feistel network on the two nibbles of an octet, and a
 * rotation by 5 bits. S1 is affine to the inverse in GF(2^8) by 0x18b, hence to
 * that of AES in its own representation, hence to SubBytes. The constants were
 * solved from the tables of the specification; that they give the same octets
 * is what the comparison with the portable code shows.
 */
#include "zuc_tables.h"

struct zuc_boxes zuc_boxes;

const u16 zuc_constants[LFSR] = {
	0x44d7, 0x26bc, 0x626b, 0x135e, 0x5789, 0x35e2, 0x7135, 0x09af,
	0x4d78, 0x2f13, 0x6bc4, 0x1af1, 0x5e26, 0x3c4d, 0x789a, 0x47ac,
};

static const u8 rounds[3][16] = {
	{ 0, 6, 9, 7, 6, 6, 11, 3, 9, 13, 9, 5, 14, 12, 10, 0 },
	{ 1, 11, 10, 14, 3, 15, 2, 9, 13, 8, 5, 6, 0, 7, 4, 12 },
	{ 11, 15, 3, 15, 9, 4, 3, 6, 10, 10, 4, 12, 9, 0, 5, 4 },
};

/* What each bit of an octet counts before and after SubBytes */
static const u8 before[8] = { 0x01, 0x32, 0x73, 0x75, 0xd9, 0xe8, 0xcd, 0x2d };
static const u8 after[8] = { 0x4f, 0x90, 0x4b, 0x37, 0x34, 0x42, 0x36, 0x66 };

#define CONSTANT	0xfe

static u8 rotate5(u8 v)
{
	return v << 5 | v >> 3;
}

static u8 map(const u8 bits[8], u8 v)
{
	u8 sum = 0;
	int i;

	for (i = 0; i < 8; i++)
		if (v >> i & 1)
			sum ^= bits[i];
	return sum;
}

/* Where octet i of W1 || W2 is, when they are words at and at + 1 of a vector */
static u8 octet_of_w(unsigned int at, unsigned int i)
{
	return 4 * at + (i < 4 ? 4 : 0) + i % 4;
}

static void parts(u8 part[4][16], unsigned int at)
{
	/* By octets, the first and the second word */
	static const u8 rotated[4][2] = {
		{ 0, 0 }, { 3, 1 }, { 1, 2 }, { 2, 3 }
	};
	unsigned int k, i, from;

	for (k = 0; k < 4; k++) {
		for (i = 0; i < 16; i++) {
			from = (i - rotated[k][i / 4 % 2]) % 4;
			/* W1's low half and W2's high one, or the other way */
			from += i / 4 % 2 ? 6 : 2;
			part[k][i] = octet_of_w(at, from % 8);
		}
	}
}

void zuc_tables(void)
{
	struct zuc_boxes *b = &zuc_boxes;
	unsigned int i, v;

	for (i = 0; i < 32; i++) {
		v = i % 16;
		b->p1[i] = rounds[0][v];
		b->p2[i] = rounds[1][v];
		b->s0_high[i] = rotate5(v << 4);
		b->s0_low[i] = rotate5(rounds[2][v] << 4 | v);
		b->in_high[i] = map(before, v << 4);
		b->in_low[i] = map(before, v);
		b->out_high[i] = map(after, v << 4);
		b->out_low[i] = map(after, v) ^ CONSTANT;
	}
	parts(b->part[0], 0);
	parts(b->part[1], 2);
}
