// SPDX-License-Identifier: GPL-2.0
/*
 * SNOW 3G and ZUC with AES-NI and vector instructions, against the portable C
 * of the module, which is compiled into this as it is.
 *
 *   vector check [all]
 *	compares the octets, for random keys, IVs and data
 *   vector count LENGTH
 *	what LENGTH octets take by the time-stamp counter, which counts
 *	instructions in the guests of the benchmark
 *   vector time LENGTH
 *	the same in real time, on a processor
 *
 * count and time tell in each line: cipher, implementation, messages at a time,
 * then of one message the median; time also that as a share of what the portable
 * code took in the same round: the median, the least and the most.
 * Gathers are neither counted, because one is an instruction with 4 or 8 loads in
 * it, nor checked but with "all", because in guests of QEMU 7.2 they give other
 * octets than on processors.
 *
 * Exits with 77 if the processor lacks AES-NI or AVX2.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <x86intrin.h>

#include "snow3g.h"
#include "vector.h"
#include "zuc.h"

#define ROUNDS		25
#define TRIES		100	/* in a round of real time */
#define REPEAT		16	/* messages in each */
#define MOST		1500
#define SKIP		77

static void snow3g_portable(const struct message *m, size_t len)
{
	snow3g_crypt(m->key, m->iv, m->dst, m->src, len);
}

static void zuc_portable(const struct message *m, size_t len)
{
	zuc_crypt(m->key, m->iv, m->dst, m->src, len);
}

static const struct code {
	const char *cipher;
	const char *name;
	bool gathers;
	int streams;
	void (*crypt)(const struct message *m, size_t len);
	void (*portable)(const struct message *m, size_t len);
} codes[] = {
	/* Of each cipher the portable code first */
	{ "snow3g", "portable", false, 1, snow3g_portable, snow3g_portable },
	{ "snow3g", "vector", false, 1, snow3g_one, snow3g_portable },
	{ "snow3g", "gather", true, 1, snow3g_one_gather, snow3g_portable },
	{ "snow3g", "vector", false, MANY, snow3g_many, snow3g_portable },
	{ "snow3g", "gather", true, MANY, snow3g_many_gather, snow3g_portable },
	{ "zuc", "portable", false, 1, zuc_portable, zuc_portable },
	{ "zuc", "vector", false, 1, zuc_one, zuc_portable },
	{ "zuc", "vector", false, MANY, zuc_many, zuc_portable },
};

#define CODES		(sizeof(codes) / sizeof(*codes))

static u8 keys[MANY][16], ivs[MANY][16];
static u8 data[MANY][MOST + 1], out[MANY][MOST + 1], want[MANY][MOST + 1];
static struct message messages[MANY];

/* Random enough, and cheaper than rand() */
static void fill(void *p, size_t n)
{
	static u64 v = 88172645463325252ULL;
	u8 *octets = p;

	for (; n; n--) {
		v ^= v << 13;
		v ^= v >> 7;
		v ^= v << 17;
		*octets++ = v >> 32;
	}
}

static void prepare(void)
{
	int i;

	fill(keys, sizeof(keys));
	fill(ivs, sizeof(ivs));
	fill(data, sizeof(data));
	for (i = 0; i < MANY; i++)
		messages[i] = (struct message){
			.key = keys[i],
			.iv = ivs[i],
			.src = data[i],
			.dst = out[i],
		};
}

/* Octets behind a message must stay as they are. */
static int compare_length(const struct code *code, size_t len)
{
	struct message m;
	int i;

	prepare();
	memset(out, 0x55, sizeof(out));
	memset(want, 0x55, sizeof(want));
	for (i = 0; i < code->streams; i++) {
		m = messages[i];
		m.dst = want[i];
		code->portable(&m, len);
	}
	code->crypt(messages, len);
	if (!memcmp(out, want, sizeof(out))) {
		/* In place, as the data path does it */
		for (i = 0; i < code->streams; i++) {
			memcpy(out[i], data[i], len);
			messages[i].src = out[i];
		}
		code->crypt(messages, len);
		if (!memcmp(out, want, sizeof(out)))
			return 0;
	}
	fprintf(stderr, "vector: %s, %s, x%d: other octets for %zu\n",
		code->cipher, code->name, code->streams, len);
	return 1;
}

static int check(bool all)
{
	static const size_t more[] = { 1320, 1328, 1400, MOST };
	const struct code *code;
	int failed = 0, turn;
	size_t i, len;

	for (code = codes; code < codes + CODES; code++) {
		if (code->gathers && !all)
			continue;
		for (len = 0; len <= 2 * STREAM_BLOCK + 1 && !failed; len++)
			failed = compare_length(code, len);
		for (i = 0; i < sizeof(more) / sizeof(*more); i++)
			for (turn = 0; turn < 10 && !failed; turn++)
				failed = compare_length(code, more[i]);
	}
	return failed;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *each)
{
	qsort(each, ROUNDS, sizeof(*each), compare);
	return each[ROUNDS / 2];
}

static void count(size_t len)
{
	double each[ROUNDS];
	u64 start, empty;
	size_t i;
	int n;

	prepare();
	for (i = 0; i < CODES; i++) {
		if (codes[i].gathers)
			continue;
		codes[i].crypt(messages, len);
		for (n = 0; n < ROUNDS; n++) {
			start = __rdtsc();
			empty = __rdtsc() - start;
			start = __rdtsc();
			codes[i].crypt(messages, len);
			each[n] = __rdtsc() - start - empty;
		}
		printf("%s %s %d %.0f\n", codes[i].cipher, codes[i].name,
		       codes[i].streams, median(each) / codes[i].streams);
	}
}

static double short_time(const struct code *code, size_t len)
{
	u64 start = __rdtsc();
	int i;

	for (i = 0; i < REPEAT; i += code->streams)
		code->crypt(messages, len);
	return (double)(__rdtsc() - start) / REPEAT;
}

/*
 * In each round the least of several short times, in that nothing else had the
 * processor, all codes in turn: what slows it down for longer slows all down.
 */
static void real_time(size_t len)
{
	static double least[CODES][ROUNDS], ratio[CODES][ROUNDS];
	size_t i, portable = 0;
	double once;
	int n, k;

	prepare();
	for (n = 0; n < ROUNDS; n++) {
		for (k = 0; k < TRIES; k++) {
			for (i = 0; i < CODES; i++) {
				once = short_time(&codes[i], len);
				if (!k || once < least[i][n])
					least[i][n] = once;
			}
		}
		for (i = 0; i < CODES; i++) {
			if (codes[i].crypt == codes[i].portable)
				portable = i;
			ratio[i][n] = least[i][n] / least[portable][n];
		}
	}
	for (i = 0; i < CODES; i++) {
		printf("%s %s %d %.0f ", codes[i].cipher, codes[i].name,
		       codes[i].streams, median(least[i]));
		printf("%.3f ", median(ratio[i]));
		printf("%.3f %.3f\n", ratio[i][0], ratio[i][ROUNDS - 1]);
	}
}

int main(int argc, char **argv)
{
	size_t len = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;

	if (!__builtin_cpu_supports("aes") || !__builtin_cpu_supports("avx2")) {
		fputs("vector: this processor lacks AES-NI or AVX2\n", stderr);
		return SKIP;
	}
	mlockall(MCL_CURRENT | MCL_FUTURE);
	snow3g_tables();
	zuc_tables();
	if (argc >= 2 && !strcmp(argv[1], "check"))
		return check(argc == 3 && !strcmp(argv[2], "all"));
	if (!len || len > MOST)
		return 2;
	if (!strcmp(argv[1], "count"))
		count(len);
	else if (!strcmp(argv[1], "time"))
		real_time(len);
	else
		return 2;
	return 0;
}
