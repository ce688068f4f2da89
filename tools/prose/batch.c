// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "prose.h"

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

int batch_words(char *line, char *words[BATCH_WORDS], struct why *w)
{
	char *in = line, *out = line, quote = 0;
	bool inside = false;
	int n = 0;

	for (; *in; in++) {
		char c = *in;

		if (!quote && (blank(c) || (c == '#' && !inside))) {
			if (inside)
				*out++ = 0;
			inside = false;
			if (c == '#')
				break;
			continue;
		}
		if (!inside) {
			if (n == BATCH_WORDS)
				return why(w, "more than %d words", BATCH_WORDS);
			words[n++] = out;
			inside = true;
		}
		if (c == quote) {
			quote = 0;
		} else if (!quote && (c == '\'' || c == '"')) {
			quote = c;
		} else if (c == '\\' && quote != '\'') {
			if (!*++in || *in == '\n')
				return why(w, "nothing follows the \\ at the end; a command is one line");
			*out++ = *in;
		} else {
			*out++ = c;
		}
	}
	if (quote)
		return why(w, "a %c has no other to end it", quote);
	*out = 0;
	return n;
}

static int run_line(const char *name, unsigned int number, char *line,
		    int (*run)(struct args *a))
{
	char *words[BATCH_WORDS];
	struct args a = { .argv = words };
	struct why w;
	int code, i;

	a.argc = batch_words(line, words, &w);
	if (a.argc < 0) {
		code = fail(EXIT_USAGE, "%s", w.text);
		goto failed;
	}
	if (!a.argc)
		return EXIT_OK;
	for (i = 0; i < a.argc; i++) {
		if (words[i][0] != '-' || !words[i][1])
			continue;
		code = fail(EXIT_USAGE, "%s: options stand on the command line, before or after -b FILE, and are for all lines",
			    words[i]);
		goto failed;
	}
	code = run(&a);
	fflush(stdout);
	if (!code)
		return EXIT_OK;
failed:
	hint("%s:%u: this line; those before it are done, those after it are not", name, number);
	return code;
}

int batch_run(const char *file, int (*run)(struct args *a))
{
	bool std = !strcmp(file, "-");
	const char *name = std ? "(standard input)" : file;
	FILE *f = std ? stdin : fopen(file, "re");
	unsigned int number = 0;
	int code = EXIT_OK;
	char *line = NULL;
	size_t size = 0;

	if (!f)
		return fail(EXIT_USAGE, "%s: %s", name, strerror(errno));
	while (!code) {
		ssize_t len = getline(&line, &size, f);

		if (len < 0)
			break;
		number++;
		if (memchr(line, 0, len))
			code = fail(EXIT_USAGE, "%s:%u: there is a NUL in it; this is no text",
				    name, number);
		else
			code = run_line(name, number, line, run);
	}
	if (!code && ferror(f))
		code = fail(EXIT_USAGE, "%s: %s", name, strerror(errno));
	free(line);
	if (!std)
		fclose(f);
	return code;
}
