/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tests of a stream cipher and of the MAC made of it, for test_snow3g.c and
 * test_zuc.c, which say by macros which one. VECTORS is the file with the
 * official sets. Buffers are allocations of their size, so that the sanitizer
 * guards every octet.
 */
#ifndef UNIT_STREAM_TESTS_H
#define UNIT_STREAM_TESTS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "piece.h"
#include "tap.h"

#define LINE_MAX_LEN	(64 * 1024)
#define SHORT_MAX	200	/* every length up to here */
#define LONG_LEN	1300

static u8 *buffer(size_t len)
{
	return malloc(len ?: 1);
}

/* Not random, but of every value and never the same at two places near by */
static void fill(u8 *p, size_t len, unsigned int seed)
{
	size_t i;

	for (i = 0; i < len; i++)
		p[i] = (i * 167 + (i >> 8) * 13 + seed * 71 + 5) ^ i >> 3;
}

static u8 *unhex(const char *text, size_t *len)
{
	u8 *p = buffer(strlen(text) / 2);
	unsigned int octet;
	size_t i;

	for (i = 0; i < strlen(text) / 2; i++) {
		if (sscanf(text + 2 * i, "%2x", &octet) != 1)
			abort();
		p[i] = octet;
	}
	if (len)
		*len = i;
	return p;
}

static void stream_set(int *bad, char **word)
{
	size_t n, at = strtoul(word[4], NULL, 10);
	u8 *want = unhex(word[5], &n);
	u8 *key = unhex(word[2], NULL);
	u8 *iv = unhex(word[3], NULL);
	u8 *out = calloc(1, at + n);

	CRYPT(key, iv, out, out, at + n);
	CHECK(*bad, !memcmp(out + at, want, n), "key %s at %zu", word[2], at);
	free(want);
	free(key);
	free(iv);
	free(out);
}

static void crypt_set(int *bad, char **word)
{
	unsigned int bits = strtoul(word[6], NULL, 10), odd = bits % 8;
	u8 last = odd ? 0xff00 >> odd : 0xff;
	u8 *key = unhex(word[2], NULL);
	u32 count = strtoul(word[3], NULL, 16);
	u8 head[8] = { count >> 24, count >> 16, count >> 8, count,
		       strtoul(word[4], NULL, 16) << 3 | atoi(word[5]) << 2 };
	u8 iv[16];
	size_t n, m;
	u8 *data = unhex(word[7], &n), *want = unhex(word[8], &m);

	/* EEA1 and EEA3: both halves of the IV are the same. */
	memcpy(iv, head, 8);
	memcpy(iv + 8, head, 8);
	CHECK(*bad, n == m && n == (bits + 7) / 8, "lengths of %s", word[2]);
	CRYPT(key, iv, data, data, n);
	data[n - 1] &= last;
	want[n - 1] &= last;
	CHECK(*bad, !memcmp(data, want, n), "key %s, %u bits", word[2], bits);
	free(key);
	free(data);
	free(want);
}

/* Whole, then in all ways to cut it in two up to SHORT_MAX */
static void mac_set(int *bad, char **word)
{
	u8 *key = unhex(word[2], NULL), *want = unhex(word[8], NULL), mac[4];
	u32 count = strtoul(word[3], NULL, 16);
	u32 who = strtoul(word[4], NULL, 16);
	unsigned int bits = strtoul(word[6], NULL, 10);
	int direction = atoi(word[5]);
	size_t n, cut;
	u8 *data = unhex(word[7], &n);

	MAC(key, count, who, direction, data, bits, mac);
	CHECK(*bad, !memcmp(mac, want, 4), "key %s, %u bits", word[2], bits);
	for (cut = 0; cut <= n && cut <= SHORT_MAX; cut++) {
		struct prose_piece piece[] = {
			{ .data = data, .len = cut },
			{ .data = NULL, .len = 0 },
			{ .data = data + cut, .len = n - cut },
		};

		MAC_PIECES(key, count, who, direction, piece, 3, bits, mac);
		CHECK(*bad, !memcmp(mac, want, 4), "key %s, %u bits cut at %zu",
		      word[2], bits, cut);
	}
	free(key);
	free(want);
	free(data);
}

static int sets(const char *kind, const char *algorithm,
		void (*run)(int *bad, char **word), int *n)
{
	char *line = malloc(LINE_MAX_LEN);
	FILE *f = fopen(VECTORS, "r");
	int bad = !f;

	*n = 0;
	while (f && fgets(line, LINE_MAX_LEN, f)) {
		char *word[16] = { strtok(line, "\n ") };
		int i;

		if (!word[0] || strcmp(word[0], kind))
			continue;
		for (i = 1; i < 16; i++)
			word[i] = strtok(NULL, "\n ");
		if (strcmp(word[1], algorithm))
			continue;
		++*n;
		run(&bad, word);
	}
	if (f)
		fclose(f);
	free(line);
	return bad;
}

static void official(const char *kind, const char *algorithm,
		     void (*run)(int *bad, char **word), int expected)
{
	char what[80];
	int n, bad = sets(kind, algorithm, run, &n);

	snprintf(what, sizeof(what), "official sets: %s, %d", algorithm, n);
	ok(!bad && n == expected, what);
}

static u8 test_key[16], test_iv[16];

/* The key stream, by one call for all of it */
static u8 *reference(const u8 *plain, size_t len)
{
	u8 *out = buffer(len);

	CRYPT(test_key, test_iv, out, plain, len);
	return out;
}

static void lengths(void)
{
	u8 plain[SHORT_MAX], *all;
	int bad = 0;
	size_t len;

	fill(plain, sizeof(plain), 1);
	all = reference(plain, sizeof(plain));
	for (len = 0; len <= SHORT_MAX; len++) {
		u8 *in = buffer(len), *out = buffer(len);

		memcpy(in, plain, len);
		CRYPT(test_key, test_iv, out, in, len);
		CHECK(bad, !memcmp(out, all, len), "%zu octets", len);
		CHECK(bad, !memcmp(in, plain, len), "%zu octets: source", len);
		CRYPT(test_key, test_iv, in, in, len);
		CHECK(bad, !memcmp(in, all, len), "%zu octets in place", len);
		free(in);
		free(out);
	}
	ok(!bad, "every length from 0 to 200, in place and not");
	free(all);
}

static void chunks(void)
{
	u8 *plain = buffer(LONG_LEN), *all, *out = buffer(LONG_LEN);
	size_t step, at, n;
	struct STATE st;
	int bad = 0;

	fill(plain, LONG_LEN, 2);
	all = reference(plain, LONG_LEN);
	/* Same steps, then steps that grow, through every place in a block */
	for (step = 0; step <= 140; step++) {
		INIT(&st, test_key, test_iv);
		memcpy(out, plain, LONG_LEN);
		for (at = 0, n = 0; at < LONG_LEN; at += n) {
			n = step ?: n + 1;
			if (n > LONG_LEN - at)
				n = LONG_LEN - at;
			XOR(&st, out + at, out + at, n);
			XOR(&st, out, out, 0);
		}
		CHECK(bad, !memcmp(out, all, LONG_LEN), "steps of %zu", step);
	}
	ok(!bad, "a message in chunks of every size");
	free(plain);
	free(all);
	free(out);
}

/* What is beyond the last bit must not matter, and every bit before must. */
static void mac_bits(void)
{
	int bad = 0, bits, i;
	u8 mac[4], other[4];

	for (bits = 0; bits <= 300; bits++) {
		size_t n = (bits + 7) / 8;
		u8 *data = buffer(n);

		fill(data, n, bits);
		MAC(test_key, 1, 2, 0, data, bits, mac);
		for (i = 0; i < 8 * (int)n; i++) {
			data[i / 8] ^= 0x80 >> i % 8;
			MAC(test_key, 1, 2, 0, data, bits, other);
			CHECK(bad, !memcmp(mac, other, 4) == (i >= bits),
			      "%d bits, bit %d", bits, i);
			data[i / 8] ^= 0x80 >> i % 8;
		}
		free(data);
	}
	ok(!bad, "each bit of the message decides the MAC, and none beyond");
}

static void mac_inputs(void)
{
	u8 data[40], mac[6][4], key[16];
	int bad = 0, i, j;

	fill(data, sizeof(data), 7);
	memcpy(key, test_key, 16);
	MAC(key, 1, 2, 0, data, 320, mac[0]);
	MAC(key, 2, 2, 0, data, 320, mac[1]);
	MAC(key, 1, 3, 0, data, 320, mac[2]);
	MAC(key, 1, 2, 1, data, 320, mac[3]);
	MAC(key, 1, 2, 0, data, 319, mac[4]);
	key[15] ^= 1;
	MAC(key, 1, 2, 0, data, 320, mac[5]);
	for (i = 0; i < 6; i++)
		for (j = 0; j < i; j++)
			CHECK(bad, memcmp(mac[i], mac[j], 4), "%d and %d", i, j);
	ok(!bad, "each input decides the MAC");
}

/* A message in many pieces, the pieces of every size, some without octets */
static void mac_pieces(void)
{
	struct prose_piece piece[100];
	int bad = 0, bits, size;
	u8 mac[4], whole[4];
	u8 data[47];

	fill(data, sizeof(data), 3);
	for (bits = 300; bits <= 8 * (int)sizeof(data); bits++) {
		MAC(test_key, 9, 4, 1, data, bits, whole);
		for (size = 1; size <= 17; size++) {
			unsigned int n = 0;
			size_t at;

			for (at = 0; at < sizeof(data); at += size) {
				size_t left = sizeof(data) - at;

				piece[n].data = data + at;
				piece[n++].len = left < size ? left : size;
				piece[n].data = NULL;
				piece[n++].len = 0;
			}
			MAC_PIECES(test_key, 9, 4, 1, piece, n, bits, mac);
			CHECK(bad, !memcmp(mac, whole, 4), "%d bits by %d", bits,
			      size);
		}
	}
	ok(!bad, "a message in pieces of every size");
}

static void stream_tests(void)
{
	fill(test_key, sizeof(test_key), 11);
	fill(test_iv, sizeof(test_iv), 12);
	lengths();
	chunks();
	mac_bits();
	mac_inputs();
	mac_pieces();
}

#endif
