/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A snapshot that arrives, held against what the device has: taken whole, or
 * refused whole. Pure.
 */
#ifndef MERGE_H
#define MERGE_H

#include "record.h"

/* What a device remembers of a group even when it has left it. */
struct held {
	bool known;		/* it had a snapshot of this manager once */
	bool present;		/* it still has it */
	uint8_t manager[RECORD_ID_LEN];
	uint32_t member;
	uint64_t epoch;
	uint8_t content[RECORD_HASH_LEN];
};

enum merge {
	MERGE_NEW,		/* *out is to take the place of what there was */
	MERGE_SAME,		/* the device has exactly that: nothing is to be done */
	MERGE_REFUSED,		/* for *result */
};

/*
 * have: the snapshot that goes with h, NULL if h->present is false. out: locked
 * memory; have and what arrived can be in it no longer than this call. What a
 * live key lacks comes from have, and a configuration that did not arrive
 * stays. Answered with w set if it is refused.
 */
enum merge snapshot_merge(const struct held *h, const struct snapshot *have,
			  const struct snapshot *arrived, struct snapshot *out,
			  enum record_result *result, struct why *w);

#endif
