// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "shellword.h"

#define AT_ONCE 8	/* more than any line has */

static const char plain[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_=+.-/:@,";
static const char quote[] = "'\\''";	/* ends the quotes, is one, begins them again */

const char *sh(const char *s)
{
	static char *ring[AT_ONCE];
	static unsigned int turn;
	char *out;

	/* "=ls" is a path to zsh. */
	if (s[0] && s[0] != '=' && strspn(s, plain) == strlen(s))
		return s;
	turn = (turn + 1) % AT_ONCE;
	free(ring[turn]);
	out = malloc(strlen(s) * (sizeof(quote) - 1) + 3);
	ring[turn] = out;
	if (!out)
		return "''";	/* no name is better than one that runs something */
	*out++ = '\'';
	for (; *s; s++) {
		if (*s == '\'') {
			memcpy(out, quote, sizeof(quote) - 1);
			out += sizeof(quote) - 1;
		} else {
			*out++ = *s;
		}
	}
	strcpy(out, "'");
	return ring[turn];
}
