/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the two stream ciphers, SNOW 3G and ZUC, have in common: table look-up,
 * XOR of key stream, reading a message word by word. For snow3g.c and zuc.c.
 */
#ifndef _PROSE_STREAM_H
#define _PROSE_STREAM_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <linux/unaligned.h>

#include "piece.h"

/* Key stream is made in blocks of 16 words: as many as the shift registers. */
#define STREAM_WORDS		16
#define STREAM_BLOCK		(STREAM_WORDS * sizeof(u32))

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define STREAM_OFFSET(k)	(4 - (k))
#else
#define STREAM_OFFSET(k)	(k)
#endif

/**
 * stream_lookup - 32 of the 64 bits of a table entry
 * @entry: the entry
 * @k: 0 to 3, a constant
 *
 * One load: it starts inside of the entry, which saves a shift or a rotation,
 * and a table for each octet of a word.
 *
 * Return: the low 32 bits of the entry shifted right by @k octets.
 */
static inline u32 stream_lookup(const u64 *entry, unsigned int k)
{
	return get_unaligned((const u32 *)((const u8 *)entry +
					   STREAM_OFFSET(k)));
}

/**
 * stream_high - the high half of a word
 * @v: the word
 *
 * Hidden from the compiler, which would otherwise take each octet from the whole
 * word again; x86-64 has an instruction for octets 0 and 1, but not for 2 and 3.
 *
 * Return: the half as a number.
 */
static inline unsigned long stream_high(u32 v)
{
	unsigned long half = v >> 16;

	OPTIMIZER_HIDE_VAR(half);
	return half;
}

/**
 * stream_xor - XOR key stream to data
 * @dst: destination, may be @src
 * @src: data
 * @ks: key stream
 * @len: octets
 */
static inline void stream_xor(u8 *dst, const u8 *src, const u8 *ks, size_t len)
{
#pragma GCC unroll 4
	for (; len >= sizeof(u64); len -= sizeof(u64)) {
		put_unaligned(get_unaligned((const u64 *)src) ^
			      get_unaligned((const u64 *)ks), (u64 *)dst);
		dst += sizeof(u64);
		src += sizeof(u64);
		ks += sizeof(u64);
	}
	while (len--)
		*dst++ = *src++ ^ *ks++;
}

/**
 * struct stream_message - reads a message
 * @piece: the piece that is read from
 * @n: pieces from this one on
 * @at: octets of it that were read
 * @bits: bits of the message that are left
 */
struct stream_message {
	const struct prose_piece *piece;
	unsigned int n;
	size_t at;
	u64 bits;
};

/**
 * stream_message_next - read some octets of a message
 * @msg: the message
 * @octets: 4 or 8, a constant
 *
 * Return: big-endian and left-aligned in @octets: that many octets, or fewer at
 * the end, where what is beyond the last bit reads as 0. So does what the
 * pieces lack.
 */
static inline u64 stream_message_next(struct stream_message *msg,
				      unsigned int octets)
{
	unsigned int i, bits = 8 * octets;
	u64 v = 0;

	while (msg->n && msg->at == msg->piece->len) {
		msg->piece++;
		msg->n--;
		msg->at = 0;
	}
	if (msg->bits >= bits && msg->n &&
	    msg->piece->len - msg->at >= octets) {
		const u8 *p = msg->piece->data + msg->at;

		msg->at += octets;
		msg->bits -= bits;
		return octets == 8 ? get_unaligned_be64(p) :
				     get_unaligned_be32(p);
	}

	if (msg->bits < bits)
		bits = msg->bits;
	for (i = 0; i < octets; i++) {
		v <<= 8;
		while (msg->n && msg->at == msg->piece->len) {
			msg->piece++;
			msg->n--;
			msg->at = 0;
		}
		if (8 * i < bits && msg->n)
			v |= msg->piece->data[msg->at++];
	}
	msg->bits -= bits;
	/* Bits of the last octet that are not of the message */
	if (bits < 8 * octets)
		v &= ~(~0ULL >> (64 - 8 * octets) >> bits);
	return v;
}

/**
 * stream_message_run - take what lies in one piece at once
 * @msg: the message
 * @octets: of a word
 * @most: words wanted
 * @words: set to how many there are, 0 if the next one must be read by
 *	stream_message_next()
 *
 * Return: where they lie; they count as read.
 */
static inline const u8 *stream_message_run(struct stream_message *msg,
					   unsigned int octets, u64 most,
					   u64 *words)
{
	const u8 *p;
	u64 n;

	*words = 0;
	if (!msg->n)
		return NULL;
	p = msg->piece->data + msg->at;
	n = (msg->piece->len - msg->at) / octets;
	if (n > msg->bits / (8 * octets))
		n = msg->bits / (8 * octets);
	if (n > most)
		n = most;
	msg->at += n * octets;
	msg->bits -= n * octets * 8;
	*words = n;
	return p;
}

#endif /* _PROSE_STREAM_H */
