// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "args.h"

#define WORD_MAX 24

const char *arg_next(struct args *a)
{
	if (a->argc < 1)
		return NULL;
	a->argc--;
	return *a->argv++;
}

/* Edit distance, with neighbouring letters swapped counted as one edit. */
static unsigned int distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), i, j;
	unsigned int d[WORD_MAX + 1][WORD_MAX + 1];

	if (la > WORD_MAX || lb > WORD_MAX)
		return WORD_MAX;
	for (i = 0; i <= la; i++)
		d[i][0] = i;
	for (j = 0; j <= lb; j++)
		d[0][j] = j;
	for (i = 1; i <= la; i++) {
		for (j = 1; j <= lb; j++) {
			unsigned int best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	}
	return d[la][lb];
}

const char *nearest_word(const char *s, const char *const *words, size_t n)
{
	unsigned int best = WORD_MAX;
	const char *found = NULL;
	size_t i, len = strlen(s);

	if (!len)
		return NULL;
	for (i = 0; i < n; i++)
		if (words[i] && !strncmp(s, words[i], len))
			return words[i];
	for (i = 0; i < n; i++) {
		unsigned int d = words[i] ? distance(s, words[i]) : WORD_MAX;

		if (d < best) {
			best = d;
			found = words[i];
		}
	}
	/* A word that shares less than half its letters helps nobody. */
	return found && best <= 2 && best * 2 <= strlen(found) ? found : NULL;
}

static int unknown(const char *what, const char *s, const char *const *words,
		   size_t n, struct why *w)
{
	const char *near = nearest_word(s, words, n);
	size_t i;

	if (near) {
		if (!strncmp(s, near, strlen(s)))
			return why(w, "\"%s\" is no %s; write out \"%s\"", s, what, near);
		return why(w, "\"%s\" is no %s; did you mean \"%s\"?", s, what, near);
	}
	why(w, "\"%s\" is no %s; it is one of", s, what);
	for (i = 0; i < n; i++) {
		size_t len = strlen(w->text);

		if (words[i] && len + strlen(words[i]) + 2 < sizeof(w->text)) {
			w->text[len] = ' ';
			strcpy(w->text + len + 1, words[i]);
		}
	}
	return -1;
}

int word_index(const char *what, const char *s, const char *const *words,
	       size_t n, struct why *w)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (words[i] && !strcmp(s, words[i]))
			return i;
	return unknown(what, s, words, n, w);
}

/*
 * "doctor fire" is "doctor dev fire". All that can follow are pairs, so an even
 * number of words is no device but a keyword mistyped.
 */
static bool device_alone(const struct args *a, const char *const *names, size_t n)
{
	size_t i;

	if (a->argc % 2 == 0 || strcmp(names[0], "dev"))
		return false;
	for (i = 0; i < n; i++)
		if (!strcmp(a->argv[0], names[i]))
			return false;
	return true;
}

int args_keywords(struct args *a, const struct keyword *table, size_t n,
		  const char **values, struct why *w)
{
	const char *names[32];
	const char *s;
	size_t i;

	for (i = 0; i < n && i < ARRAY_SIZE(names); i++) {
		names[i] = table[i].name;
		values[i] = NULL;
	}
	if (n && device_alone(a, names, i))
		values[0] = arg_next(a);
	while ((s = arg_next(a))) {
		int k = word_index("option of this command", s, names, i, w);

		if (k < 0)
			return -1;
		if (values[k])
			return why(w, "\"%s\" is given twice", s);
		if (!table[k].value) {
			values[k] = s;
			continue;
		}
		values[k] = arg_next(a);
		if (!values[k])
			return why(w, "\"%s\" needs %s after it", s, table[k].value);
	}
	return 0;
}

int args_end(struct args *a, struct why *w)
{
	if (a->argc)
		return why(w, "nothing is expected after this: \"%s\"", a->argv[0]);
	return 0;
}
