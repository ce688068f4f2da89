/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The keys of a group where they are used, made equal to a snapshot: what ended
 * is taken off first, so that its PGK index is free; then times are set; then
 * new keys are attached.
 */
#ifndef APPLY_H
#define APPLY_H

#include "attach.h"

enum apply_what { APPLY_DETACH, APPLY_CHANGE, APPLY_ATTACH };

struct apply_step {
	enum apply_what what;
	uint8_t pgk_id;
	const struct key_record *key;	/* of the snapshot; NULL to detach */
};

#define APPLY_STEPS (2 * RECORD_KEYS_MAX)

/* Pure: the steps, in their order; returns how many. */
size_t apply_plan(const struct snapshot *s, const struct attached *is, size_t n, int64_t now,
		  struct apply_step steps[APPLY_STEPS]);

/*
 * Do them. An end is brought about even where something else fails. 0; -1 with
 * the first reason, and what could not be done is done by the next call.
 */
int apply(const struct snapshot *s, const struct attach_ops *ops, void *ctx, int64_t now,
	  struct why *w);

/* Every key off. */
int apply_nothing(uint32_t group, uint32_t member, const struct attach_ops *ops, void *ctx,
		  struct why *w);

#endif
