// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests.h"
#include "when.h"

#define NOW 1000000000LL

static void when(const char *s, int64_t want)
{
	int64_t t = 0;
	struct why w;
	int err = parse_when("until", s, NOW, &t, &w);

	if (want < 0)
		ok(err == -1, "time %s: %s", s, err ? w.text : "taken");
	else if (!ok(!err && t == want, "time %s", s))
		printf("# expected %lld, saw %lld (%s)\n", (long long)want, (long long)t,
		       err ? w.text : "");
}

void test_times(void)
{
	char out[WHEN_LEN];
	struct why w;

	tzset();
	when("now", NOW);
	when("@0", 0);
	when("@1234567890", 1234567890);
	when("+0s", NOW);
	when("+45s", NOW + 45);
	when("+90m", NOW + 5400);
	when("+8h", NOW + 28800);
	when("+2d", NOW + 172800);
	when("+1d2h3m4s", NOW + 86400 + 7384);
	when("+36525d", NOW + 36525LL * 86400);
	when("2001-09-09T01:46:40Z", NOW);
	when("2001-09-09T02:46:40+01:00", NOW);
	when("2001-09-08T20:16:40-05:30", NOW);
	when("2001-09-09t01:46:40z", NOW);
	when("2001-09-09 01:46:40Z", NOW);
	when("2001-09-09T01:46:40.999Z", NOW);
	when("1970-01-01T00:00:00Z", 0);
	when("2000-02-29T00:00:00Z", 951782400);
	when("2038-01-19T03:14:08Z", 2147483648);
	when("2016-12-31T23:59:60Z", 1483228800);
	when("9999-12-31T23:59:59Z", 253402300799);

	when("", -1);
	when("+", -1);
	when("+8", -1);
	when("+8x", -1);
	when("+h", -1);
	when("+1m1h", -1);
	when("+1h1h", -1);
	when("+-1h", -1);
	when("-8h", -1);
	when("8h", -1);
	when("+36526d", -1);
	when("+99999999999d", -1);
	when("@", -1);
	when("@-1", -1);
	when("@1.5", -1);
	when("@99999999999999999999", -1);
	when("2001-02-29T00:00:00Z", -1);
	when("2001-13-01T00:00:00Z", -1);
	when("2001-00-01T00:00:00Z", -1);
	when("2001-01-32T00:00:00Z", -1);
	when("2001-01-01T24:00:00Z", -1);
	when("2001-01-01T00:60:00Z", -1);
	when("2001-01-01T00:00:61Z", -1);
	when("2001-01-01T00:00:00", -1);
	when("2001-01-01T00:00:00.Z", -1);
	when("2001-01-01T00:00:00+0100", -1);
	when("2001-01-01T00:00:00+24:00", -1);
	when("2001-01-01", -1);
	when("2001-1-1T00:00:00Z", -1);
	when("1969-12-31T23:59:59Z", -1);
	when("2001-01-01T00:00:00Zx", -1);
	when("tomorrow", -1);

	is_str(when_absolute(out, NOW, true), "2001-09-09T01:46:40Z", "UTC");
	is_str(when_absolute(out, NOW, false), "2001-09-09T02:46:40+01:00", "local time");
	is_str(when_relative(out, NOW + 7500, NOW), "in 2 h 5 min", "in the future");
	is_str(when_relative(out, NOW - 59, NOW), "59 s ago", "in the past");
	is_str(when_relative(out, NOW, NOW), "now", "now");
	is_str(duration(out, 100 * 86400 + 3600), "100 d 1 h", "days");
	is_str(duration(out, UINT64_MAX), "584542046090 years", "longest");
	ok(strlen(when_relative(out, INT64_MAX, 0)) < WHEN_LEN, "fits");
	is_str(when_relative(out, INT64_MIN, INT64_MAX), "584542046090 years ago", "the longest ago");
	is_str(when_relative(out, INT64_MAX, -2), "in 292271023045 years", "over the middle");

	ok(!clock_check(100, 50, 60, &w), "a clock after build and ledger is fine");
	ok(clock_check(49, 50, 0, &w) == -1 && strstr(w.text, "was built"), "before the build: %s",
	   w.text);
	ok(clock_check(59, 50, 60, &w) == -1 && strstr(w.text, "ledger"), "before the ledger: %s",
	   w.text);

	is_int(key_overlap(100, 200, 150, 0), 50, "overlap: the second takes over");
	is_int(key_overlap(150, 0, 100, 200), 50, "overlap: the first takes over");
	is_int(key_overlap(100, 200, 210, 0), -10, "a gap is negative");
	is_int(key_overlap(100, 0, 150, 0), INT64_MAX, "no end, no matter");
}
