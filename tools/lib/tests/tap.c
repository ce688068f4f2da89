// SPDX-License-Identifier: GPL-2.0
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

static int count, failed;

bool ok(bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%s %d - ", good ? "ok" : "not ok", ++count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	failed += !good;
	return good;
}

bool is_int(long long got, long long want, const char *what)
{
	if (ok(got == want, "%s", what))
		return true;
	printf("# expected %lld, saw %lld\n", want, got);
	return false;
}

bool is_str(const char *got, const char *want, const char *what)
{
	if (ok(got && want && !strcmp(got, want), "%s", what))
		return true;
	printf("# expected \"%s\"\n# saw      \"%s\"\n", want ? want : "(null)",
	       got ? got : "(null)");
	return false;
}

static char dirs[8][256];
static int ndirs;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

const char *test_dir(void)
{
	char *dir = dirs[ndirs++];
	const char *base = getenv("PROSE_TEST_DIR");

	snprintf(dir, sizeof(dirs[0]), "%s/prose-unit-XXXXXX", base ? base : "/var/tmp");
	if (!mkdtemp(dir)) {
		printf("Bail out! no test directory under %s\n", base ? base : "/var/tmp");
		exit(1);
	}
	return dir;
}

void tap_begin(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	setenv("TZ", "UTC-1", 1);	/* one hour east, without a zone database */
	puts("TAP version 13");
}

int tap_end(void)
{
	while (ndirs--)
		nftw(dirs[ndirs], remove_one, 8, FTW_DEPTH | FTW_PHYS);
	printf("1..%d\n# %d passed, %d failed\n", count, count - failed, failed);
	return failed != 0;
}
