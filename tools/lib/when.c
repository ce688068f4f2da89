// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "when.h"

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define MAX_RELATIVE (36525LL * DAY)	/* a century */
#define MAX_TIME 253402300799LL		/* the end of year 9999 */

/* Days from 1970-01-01, for any Gregorian date (the year starts in March). */
static int64_t days(int64_t y, int m, int d)
{
	int64_t era, doe, yoe, doy;

	y -= m <= 2;
	era = y / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

static int month_days(int y, int m)
{
	static const int len[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (m == 2 && ((y % 4 == 0 && y % 100) || y % 400 == 0))
		return 29;
	return len[m - 1];
}

/* Exactly n digits. */
static int take(const char **s, int n, int *out)
{
	int i;

	*out = 0;
	for (i = 0; i < n; i++, (*s)++) {
		if (**s < '0' || **s > '9')
			return -1;
		*out = *out * 10 + (**s - '0');
	}
	return 0;
}

static int take_char(const char **s, char c)
{
	if (**s != c)
		return -1;
	(*s)++;
	return 0;
}

static int rfc3339(const char *s, int64_t *t)
{
	int y, mon, d, h, min, sec, oh = 0, om = 0, sign = 0;

	if (take(&s, 4, &y) || take_char(&s, '-') || take(&s, 2, &mon) ||
	    take_char(&s, '-') || take(&s, 2, &d))
		return -1;
	if (*s != 'T' && *s != 't' && *s != ' ')
		return -1;
	s++;
	if (take(&s, 2, &h) || take_char(&s, ':') || take(&s, 2, &min) ||
	    take_char(&s, ':') || take(&s, 2, &sec))
		return -1;
	if (*s == '.') {	/* a fraction is allowed, and of no use here */
		if (strspn(++s, "0123456789") == 0)
			return -1;
		s += strspn(s, "0123456789");
	}
	if (*s == 'Z' || *s == 'z') {
		s++;
	} else if (*s == '+' || *s == '-') {
		sign = *s++ == '+' ? 1 : -1;
		if (take(&s, 2, &oh) || take_char(&s, ':') || take(&s, 2, &om))
			return -1;
	} else {
		return -1;
	}
	if (*s || y < 1970 || mon < 1 || mon > 12 || d < 1 ||
	    d > month_days(y, mon) || h > 23 || min > 59 || sec > 60 ||
	    oh > 23 || om > 59)
		return -1;
	*t = days(y, mon, d) * DAY + h * HOUR + min * MINUTE + sec -
	     sign * (oh * HOUR + om * MINUTE);
	return 0;
}

/* After the '+': number and unit, larger units first, each at most once. */
static int relative(const char *s, int64_t *t)
{
	static const struct {
		char unit;
		int64_t len;
	} units[] = { { 'd', DAY }, { 'h', HOUR }, { 'm', MINUTE }, { 's', 1 } };
	size_t u = 0;

	*t = 0;
	if (!*s)
		return -1;
	while (*s) {
		size_t len = strspn(s, "0123456789");
		int64_t n;

		if (!len || len > 10)
			return -1;
		n = strtoll(s, NULL, 10);
		s += len;
		while (u < ARRAY_SIZE(units) && units[u].unit != *s)
			u++;
		if (u == ARRAY_SIZE(units))
			return -1;
		if (n > MAX_RELATIVE / units[u].len)
			return -1;
		*t += n * units[u].len;
		if (*t > MAX_RELATIVE)
			return -1;
		u++;
		s++;
	}
	return 0;
}

int parse_when(const char *what, const char *s, int64_t now, int64_t *t,
	       struct why *w)
{
	size_t len = strlen(s);
	int64_t v;

	if (!strcmp(s, "now")) {
		*t = now;
		return 0;
	}
	if (s[0] == '+') {
		if (relative(s + 1, &v))
			return why(w, "%s %s: as in +8h, +90m, +45s, +2d or +1h30m, at most a century",
				   what, s);
		*t = now + v;
		return 0;
	}
	if (s[0] == '@') {
		v = strtoll(s + 1, NULL, 10);
		if (len < 2 || len > 13 || strspn(s + 1, "0123456789") != len - 1 ||
		    v > MAX_TIME)
			return why(w, "%s %s: @ and seconds since 1970 are expected", what, s);
		*t = v;
		return 0;
	}
	if (rfc3339(s, &v))
		return why(w, "%s %s: a time is 2026-03-01T12:00:00Z (or +01:00 in place of Z), +8h, @SECONDS or now",
			   what, s);
	*t = v;
	return 0;
}

int parse_until(const char *s, int64_t now, bool *ends, int64_t *t, struct why *w)
{
	*ends = strcmp(s, "never");
	*t = 0;
	if (!*ends)
		return 0;
	if (parse_when("until", s, now, t, w))
		return -1;
	return *t > now ? 0 : why(w, "until %s lies in the past", s);
}

char *when_absolute(char *out, int64_t t, bool utc)
{
	time_t clock = t;
	struct tm tm;
	size_t len;

	if (!(utc ? gmtime_r(&clock, &tm) : localtime_r(&clock, &tm))) {
		snprintf(out, WHEN_LEN, "@%" PRId64, t);
		return out;
	}
	if (utc || tm.tm_gmtoff == 0) {
		strftime(out, WHEN_LEN, "%Y-%m-%dT%H:%M:%SZ", &tm);
		return out;
	}
	len = strftime(out, WHEN_LEN, "%Y-%m-%dT%H:%M:%S%z", &tm);
	if (len >= 5 && len + 1 < WHEN_LEN) {	/* +0100 to +01:00 */
		memmove(out + len - 1, out + len - 2, 3);
		out[len - 2] = ':';
	}
	return out;
}

char *duration(char *out, uint64_t s)
{
	if (s < MINUTE)
		snprintf(out, WHEN_LEN, "%" PRIu64 " s", s);
	else if (s < HOUR)
		snprintf(out, WHEN_LEN, "%" PRIu64 " min %" PRIu64 " s", s / MINUTE, s % MINUTE);
	else if (s < DAY)
		snprintf(out, WHEN_LEN, "%" PRIu64 " h %" PRIu64 " min", s / HOUR,
			 s % HOUR / MINUTE);
	else if (s < 1000ULL * DAY)
		snprintf(out, WHEN_LEN, "%" PRIu64 " d %" PRIu64 " h", s / DAY, s % DAY / HOUR);
	else
		snprintf(out, WHEN_LEN, "%" PRIu64 " years", s / (36525 * (DAY / 100)));
	return out;
}

char *when_relative(char *out, int64_t t, int64_t now)
{
	char len[WHEN_LEN];

	/* A duration takes no more than half of WHEN_LEN. */
	duration(len, t > now ? (uint64_t)t - now : (uint64_t)now - t);
	strcpy(out, t == now ? "now" : t > now ? "in " : "");
	if (t != now)
		strcat(out, len);
	if (t < now)
		strcat(out, " ago");
	return out;
}

int clock_check(int64_t now, int64_t build, int64_t ledger_written,
		struct why *w)
{
	char a[WHEN_LEN], b[WHEN_LEN];

	if (now < build)
		return why(w, "the clock says %s, before this program was built (%s)",
			   when_absolute(a, now, true), when_absolute(b, build, true));
	if (now < ledger_written)
		return why(w, "the clock says %s, before the ledger was last written (%s)",
			   when_absolute(a, now, true),
			   when_absolute(b, ledger_written, true));
	return 0;
}

int64_t key_overlap(int64_t from1, int64_t until1, int64_t from2, int64_t until2)
{
	/* The one that starts later takes over; it must start before the other ends. */
	if (from2 >= from1)
		return until1 ? until1 - from2 : INT64_MAX;
	return until2 ? until2 - from1 : INT64_MAX;
}
