// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "when.h"

#define DEPTH 16

bool json_pretty;

static struct {
	bool array;
	bool filled;
} level[DEPTH];
static int depth;

static void indent(int n)
{
	if (!json_pretty)
		return;
	putchar('\n');
	while (n--)
		fputs("    ", stdout);
}

/*
 * Octets of the UTF-8 character of two or more octets that is at s; 0 if there
 * is none: RFC 3629 4, without surrogates, overlong forms, and what is beyond
 * U+10FFFF.
 */
static int utf8_len(const unsigned char *s)
{
	uint32_t c;
	int n, i;

	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		n = 2;
	else if ((s[0] & 0xf0) == 0xe0)
		n = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		n = 4;
	else
		return 0;
	c = s[0] & (0x7f >> n);
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if ((n == 3 && (c < 0x800 || (c >= 0xd800 && c <= 0xdfff))) ||
	    (n == 4 && (c < 0x10000 || c > 0x10ffff)))
		return 0;
	return n;
}

/* JSON is UTF-8; a name of the kernel is any octets, and those are told as numbers. */
static void quoted(const char *s)
{
	int n;

	putchar('"');
	for (; *s; s++) {
		unsigned char c = *s;

		if (c == '"' || c == '\\') {
			printf("\\%c", c);
		} else if (c < 0x20 || c == 0x7f) {
			printf("\\u%04x", c);
		} else if (c >= 0x80) {
			n = utf8_len((const unsigned char *)s);
			if (n) {
				fwrite(s, 1, n, stdout);
				s += n - 1;
			} else {
				printf("\\u%04x", c);
			}
		} else {
			putchar(c);
		}
	}
	putchar('"');
}

static void before(const char *name)
{
	if (depth) {
		if (level[depth].filled)
			putchar(',');
		level[depth].filled = true;
		indent(depth);
	}
	if (name) {
		quoted(name);
		fputs(json_pretty ? ": " : ":", stdout);
	}
}

static void begin(const char *name, bool array)
{
	before(name);
	putchar(array ? '[' : '{');
	if (depth < DEPTH - 1)
		depth++;
	level[depth].array = array;
	level[depth].filled = false;
}

void json_object(const char *name)
{
	begin(name, false);
}

void json_array(const char *name)
{
	begin(name, true);
}

void json_end(void)
{
	if (level[depth].filled)
		indent(depth - 1);
	putchar(level[depth].array ? ']' : '}');
	depth--;
}

void json_string(const char *name, const char *value)
{
	before(name);
	quoted(value);
}

void json_uint(const char *name, uint64_t value)
{
	before(name);
	printf("%" PRIu64, value);
}

void json_int(const char *name, int64_t value)
{
	before(name);
	printf("%" PRId64, value);
}

void json_time(const char *name, int64_t t)
{
	char text[WHEN_LEN], utc[64];

	json_int(name, t);
	snprintf(utc, sizeof(utc), "%s_utc", name);
	json_string(utc, when_absolute(text, t, true));
}

void json_bool(const char *name, bool value)
{
	before(name);
	fputs(value ? "true" : "false", stdout);
}

void json_counter(const char *name, uint64_t value)
{
	char under[64];
	size_t i;

	for (i = 0; name[i] && i < sizeof(under) - 1; i++)
		under[i] = name[i] == '-' ? '_' : name[i];
	under[i] = 0;
	json_uint(under, value);
}

void json_done(void)
{
	putchar('\n');
}
