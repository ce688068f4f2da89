/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How keys get to where they are used: the kernel, or a model of it that
 * enforces the same rules. A group is one device here; who implements this
 * knows which.
 */
#ifndef ATTACH_H
#define ATTACH_H

#include "record.h"

/* A key that is attached. */
struct attached {
	uint8_t pgk_id;
	uint8_t fingerprint[RECORD_FP_LEN];
	struct record_suite suite;
	int64_t from;		/* 0: from the beginning */
	int64_t until;		/* 0: no end */
	bool standby;
	uint32_t ptk_left;
};

/*
 * Each returns 0, or -1 with a reason. list comes first: it finds the device of
 * the group, which the others work on, and refuses one of another member; it tells
 * no more than max keys, and how many in *n. attach takes PTK IDs too where the
 * device sends.
 */
struct attach_ops {
	int (*list)(void *ctx, uint32_t group, uint32_t member, struct attached *out, size_t max,
		    size_t *n, struct why *w);
	int (*attach)(void *ctx, const struct key_record *k, struct why *w);
	int (*detach)(void *ctx, uint32_t group, uint8_t pgk_id, struct why *w);
	int (*change)(void *ctx, uint32_t group, uint8_t pgk_id, int64_t from, int64_t until,
		      struct why *w);
};

#endif
