// SPDX-License-Identifier: GPL-2.0
#include "prose.h"
#include "undo.h"

int undo_push(struct undo *u, const struct undo_step *s)
{
	if (u->n == UNDO_MAX)
		return fail(EXIT_USAGE, "more than %d steps; write fewer addresses", UNDO_MAX);
	u->steps[u->n++] = *s;
	return EXIT_OK;
}

int undo_all(struct undo *u)
{
	int code = EXIT_OK, one;

	while (u->n) {
		const struct undo_step *s = &u->steps[--u->n];

		one = s->fn(u->ctx, s);
		if (!code)
			code = one;
	}
	return code;
}
