/* SPDX-License-Identifier: GPL-2.0 */
/* Words of the command line: look-up without abbreviations, keyword values. */
#ifndef ARGS_H
#define ARGS_H

#include "error.h"

struct args {
	int argc;
	char **argv;
};

/* Next word, or NULL at the end. */
const char *arg_next(struct args *a);

/* The word of the list that the user most likely meant, or NULL. */
const char *nearest_word(const char *s, const char *const *words, size_t n);

/* Index of s in words, or -1 with a reason that names the nearest one. */
int word_index(const char *what, const char *s, const char *const *words,
	       size_t n, struct why *w);

struct keyword {
	const char *name;
	const char *value;	/* what follows, for messages; NULL: nothing */
};

/*
 * Take "keyword value" pairs up to the end of the line. If the first of the
 * table is "dev", its value may stand first without it. values[i] becomes the
 * value of table[i], the keyword itself if it takes none, or stays NULL.
 */
int args_keywords(struct args *a, const struct keyword *table, size_t n,
		  const char **values, struct why *w);

int args_end(struct args *a, struct why *w);

#endif
