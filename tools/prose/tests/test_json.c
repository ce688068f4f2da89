// SPDX-License-Identifier: GPL-2.0
/* JSON is UTF-8 whatever octets a name has. */
#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "tests.h"

static void string(const char *s, const char *want, const char *what)
{
	FILE *out = stdout;
	char *text = NULL;
	size_t len;

	stdout = open_memstream(&text, &len);
	json_string(NULL, s);
	fclose(stdout);
	stdout = out;
	is_str(text, want, what);
	free(text);
}

static void times(void)
{
	FILE *out = stdout;
	char *text = NULL;
	size_t len;

	stdout = open_memstream(&text, &len);
	json_object(NULL);
	json_time("written", 1000000000);
	json_end();
	fclose(stdout);
	stdout = out;
	is_str(text, "{\"written\":1000000000,\"written_utc\":\"2001-09-09T01:46:40Z\"}",
	       "a time for programs and one to read");
	free(text);
}

void test_json(void)
{
	times();
	string("fire", "\"fire\"", "a name");
	string("a\"b\\c\n\x7f", "\"a\\\"b\\\\c\\u000a\\u007f\"", "what JSON does not take as it is");
	string("\xc3\xbc \xe2\x82\xac \xf0\x9f\x9a\x92", "\"\xc3\xbc \xe2\x82\xac \xf0\x9f\x9a\x92\"",
	       "characters of two, three and four octets");
	string("\xc3", "\"\\u00c3\"", "half a character");
	string("\xe2\x82", "\"\\u00e2\\u0082\"", "two thirds of one");
	string("\xc0\xaf", "\"\\u00c0\\u00af\"", "an overlong form");
	string("\xed\xa0\x80", "\"\\u00ed\\u00a0\\u0080\"", "a surrogate");
	string("\xf4\x90\x80\x80", "\"\\u00f4\\u0090\\u0080\\u0080\"", "beyond the last character");
	string("\xff", "\"\\u00ff\"", "no UTF-8 at all");
}
