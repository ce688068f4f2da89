// SPDX-License-Identifier: GPL-2.0
/*
 * Mutations of good objects: whatever is taken must be written again as it was,
 * unless something in it was passed over. fuzz [N [SEED]]; or libFuzzer's entry.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sample.h"

#define INPUT_MAX 16384

static union {
	struct snapshot snapshot;
	struct bundle bundle;
	struct request request;
	struct receipt receipt;
} object;

static int again(const uint8_t *in, size_t len, uint8_t *out, struct why *w)
{
	if (!snapshot_decode(in, len, &object.snapshot, w))
		return snapshot_encode(&object.snapshot, out, INPUT_MAX, w);
	if (!bundle_decode(in, len, &object.bundle, w))
		return bundle_encode(&object.bundle, out, INPUT_MAX, w);
	if (!request_decode(in, len, &object.request, w))
		return request_encode(&object.request, out, INPUT_MAX, w);
	if (!receipt_decode(in, len, &object.receipt, w))
		return receipt_encode(&object.receipt, out, INPUT_MAX, w);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *in, size_t len)
{
	static uint8_t out[INPUT_MAX];
	struct why w = { "" };
	int n;

	if (len > INPUT_MAX)
		return 0;
	n = again(in, len, out, &w);
	/* Shorter: an element that may be passed over was. */
	if (n < 0 || (n && ((size_t)n > len || ((size_t)n == len && memcmp(in, out, len))))) {
		fprintf(stderr, "fuzz: taken, and written otherwise: %s\n", w.text);
		abort();
	}
	return 0;
}

#ifndef LIBFUZZER
static uint64_t state;

/* xorshift64, so that a seed tells what was done. */
static uint64_t draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static size_t mutate(uint8_t *in, size_t len)
{
	size_t n = 1 + draw() % 4, at;

	while (n-- && len > 4) {
		at = draw() % len;
		switch (draw() % 5) {
		case 0:
			in[at] ^= 1u << draw() % 8;
			break;
		case 1:
			in[at] = draw();
			break;
		case 2:
			len = at;
			break;
		case 3:
			memmove(in + at, in + at + 1, len - at - 1);
			len--;
			break;
		default:
			if (len == INPUT_MAX)
				break;
			memmove(in + at + 1, in + at, len - at);
			in[at] = draw();
			len++;
		}
	}
	return len;
}

static size_t sample(unsigned int i, uint8_t *out)
{
	static uint8_t inner[SNAPSHOT_MAX];
	struct why w;
	int len;

	sample_snapshot(&object.snapshot, i / 4 % 5);
	len = snapshot_encode(&object.snapshot, inner, sizeof(inner), &w);
	if (i % 4 == 0) {
		memcpy(out, inner, len);
		return len;
	}
	if (i % 4 == 1)
		sample_bundle(&object.bundle, inner, len);
	else if (i % 4 == 2)
		sample_request(&object.request);
	else
		sample_receipt(&object.receipt);
	return i % 4 == 1 ? bundle_encode(&object.bundle, out, INPUT_MAX, &w) :
	       i % 4 == 2 ? request_encode(&object.request, out, INPUT_MAX, &w) :
			    receipt_encode(&object.receipt, out, INPUT_MAX, &w);
}

int main(int argc, char **argv)
{
	unsigned long n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000, i;
	static uint8_t in[INPUT_MAX];

	state = argc > 2 ? strtoull(argv[2], NULL, 10) | 1 : 1;
	for (i = 0; i < n; i++)
		LLVMFuzzerTestOneInput(in, mutate(in, sample(i, in)));
	printf("fuzz: %lu mutations\n", n);
	return 0;
}
#endif
