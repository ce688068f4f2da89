/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was done, so that it can be taken back in reverse order. A step is
 * pushed before it is done: how far one got that failed nobody knows, so each
 * of these functions must bear that there is nothing to take back.
 */
#ifndef UNDO_H
#define UNDO_H

#include "prose.h"

#define UNDO_MAX 256

struct undo_step;

/* EXIT_OK, also if there was nothing to take back; else it has said why not. */
typedef int undo_fn(void *ctx, const struct undo_step *s);

struct undo_step {
	undo_fn *fn;
	uint32_t what;		/* an ID, an index, an old value */
	int64_t old[3];
};

struct undo {
	void *ctx;
	size_t n;
	struct undo_step steps[UNDO_MAX];
};

/* EXIT_OK, or EXIT_USAGE and a message: more steps than there is room for. */
int undo_push(struct undo *u, const struct undo_step *s);
/*
 * Take all back, the last first, and go on after one that failed: the code of
 * the first of those, or EXIT_OK.
 */
int undo_all(struct undo *u);

#endif
