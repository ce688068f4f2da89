// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "ledger_words.h"

#define DIGITS_MAX 18	/* of a number that an int64_t holds for sure */

int ledger_word(char **save, char **name, char **value)
{
	*name = strtok_r(NULL, " ", save);
	if (!*name)
		return 0;
	*value = strchr(*name, '=');
	if (!*value)
		return -1;
	*(*value)++ = 0;
	return 1;
}

int ledger_number(const char *s, int64_t max, int64_t *n)
{
	size_t len = strlen(s);

	if (!len || len > DIGITS_MAX || strspn(s, "0123456789") != len)
		return -1;
	*n = strtoll(s, NULL, 10);
	return *n > max ? -1 : 0;
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int ledger_hex(const char *s, uint8_t *out, size_t len)
{
	size_t i;

	if (strlen(s) != 2 * len)
		return -1;
	for (i = 0; i < len; i++) {
		int high = digit(s[2 * i]), low = digit(s[2 * i + 1]);

		if (high < 0 || low < 0)
			return -1;
		out[i] = high << 4 | low;
	}
	return 0;
}
