// SPDX-License-Identifier: GPL-2.0
/*
 * The ledger as text. First line "prose-ledger 1", last line the SHA-256 of
 * all before it, between them lines of key=value words. Lines and words that
 * this version does not know are kept.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"

#define MAGIC_LINE "prose-ledger 1\n"
#define SUM_WORD "sha256="

static int whole_number(const char *s, int64_t max, int64_t *n)
{
	size_t len = strlen(s);

	if (!len || len > 18 || strspn(s, "0123456789") != len)
		return -1;
	*n = strtoll(s, NULL, 10);
	return *n > max ? -1 : 0;
}

/* Add text and a separator to a kept string. */
static int keep(char **all, const char *text, char separator)
{
	size_t old = *all ? strlen(*all) : 0;
	char *bigger = realloc(*all, old + strlen(text) + 2);

	if (!bigger)
		return -1;
	*all = bigger;
	sprintf(bigger + old, "%s%c", text, separator);
	return 0;
}

/* "record fingerprint=... member=... next=... first=... written=..." */
static int parse_record(struct ledger *l, char *line)
{
	struct ledger_record r = { 0 };
	unsigned int seen = 0;
	char *save, *word;
	int64_t n;

	strtok_r(line, " ", &save);
	while ((word = strtok_r(NULL, " ", &save))) {
		char *value = strchr(word, '=');

		if (!value)
			goto bad;
		*value++ = 0;
		if (!strcmp(word, "fingerprint")) {
			if (parse_fingerprint(value, r.fp))
				goto bad;
			seen |= 1;
		} else if (!strcmp(word, "member")) {
			struct why unused;

			if (parse_id24("member", value, &r.member, &unused))
				goto bad;
			seen |= 2;
		} else if (!strcmp(word, "next")) {
			if (whole_number(value, LEDGER_END, &n) || !n)
				goto bad;
			r.next = n;
			seen |= 4;
		} else if (!strcmp(word, "first")) {
			if (whole_number(value, LEDGER_END, &n))
				goto bad;
			r.first = n;
		} else if (!strcmp(word, "written")) {
			if (whole_number(value, INT64_MAX, &r.written))
				goto bad;
		} else {
			value[-1] = '=';
			if (keep(&r.extra, word, ' '))
				goto bad;
		}
	}
	if (seen == 7) {
		struct ledger_record *slot;
		size_t before = l->n;

		slot = ledger_record(l, r.fp, r.member);
		if (slot && l->n == before + 1) {	/* not twice */
			*slot = r;
			return 0;
		}
	}
bad:
	free(r.extra);
	return -1;
}

static int parse_line(struct ledger *l, char *line)
{
	char *value;

	if (!strncmp(line, "record ", 7))
		return parse_record(l, line);
	value = strchr(line, '=');
	if (value) {
		size_t len = value++ - line;

		if (len == 7 && !strncmp(line, "machine", 7)) {
			if (strlen(value) != 64)
				return -1;
			strcpy(l->machine.id, value);
			return 0;
		}
		if (len == 3 && !strncmp(line, "dmi", 3)) {
			if (strlen(value) > 64)
				return -1;
			strcpy(l->machine.dmi, value);
			return 0;
		}
		if (len == 8 && !strncmp(line, "volatile", 8)) {
			l->is_volatile = !strcmp(value, "yes");
			return l->is_volatile || !strcmp(value, "no") ? 0 : -1;
		}
		if (len == 7 && !strncmp(line, "created", 7))
			return whole_number(value, INT64_MAX, &l->created);
		if (len == 7 && !strncmp(line, "written", 7))
			return whole_number(value, INT64_MAX, &l->written);
	}
	return keep(&l->extra, line, '\n');
}

int ledger_parse(struct ledger *l, const char *text, size_t len, struct why *w)
{
	char sum[HEX_LEN(SHA256_LEN)];
	uint8_t octets[SHA256_LEN];
	const char *last;
	char *copy, *line, *save;
	size_t n = 1;

	if (!len)
		return why(w, "it is empty");
	if (memchr(text, 0, len) || text[len - 1] != '\n')
		return why(w, "its end is missing, or it is no text");
	if (strncmp(text, MAGIC_LINE, strlen(MAGIC_LINE))) {
		if (!strncmp(text, "prose-ledger ", 13))
			return why(w, "it is of a version that this program does not know");
		return why(w, "it does not begin as a ledger does");
	}
	last = memrchr(text, '\n', len - 1);
	last = last ? last + 1 : text;
	sha256(text, last - text, octets);
	to_hex(sum, octets, sizeof(octets));
	if (strncmp(last, SUM_WORD, strlen(SUM_WORD)) ||
	    strlen(last) != strlen(SUM_WORD) + strlen(sum) + 1 ||
	    strncmp(last + strlen(SUM_WORD), sum, strlen(sum)))
		return why(w, "its checksum does not fit");

	copy = strndup(text, last - text);
	if (!copy)
		return why(w, "%s", strerror(ENOMEM));
	line = strtok_r(copy, "\n", &save);
	while ((line = strtok_r(NULL, "\n", &save))) {
		n++;
		if (parse_line(l, line)) {
			free(copy);
			return why(w, "line %zu makes no sense", n);
		}
	}
	free(copy);
	if (!l->machine.id[0] || !l->machine.dmi[0])
		return why(w, "it is bound to no machine");
	return 0;
}

char *ledger_format(const struct ledger *l, size_t *len)
{
	char hex[HEX_LEN(SHA256_LEN)];
	uint8_t sum[SHA256_LEN];
	char *text = NULL;
	FILE *f = open_memstream(&text, len);
	size_t i;

	if (!f)
		return NULL;
	fputs(MAGIC_LINE, f);
	fprintf(f, "machine=%s\ndmi=%s\nvolatile=%s\n", l->machine.id,
		l->machine.dmi, l->is_volatile ? "yes" : "no");
	fprintf(f, "created=%" PRId64 "\nwritten=%" PRId64 "\n", l->created, l->written);
	if (l->extra)
		fputs(l->extra, f);
	for (i = 0; i < l->n; i++) {
		const struct ledger_record *r = &l->rec[i];

		fprintf(f, "record fingerprint=%s member=0x%06x next=%u first=%u written=%" PRId64,
			to_hex(hex, r->fp, sizeof(r->fp)), r->member, r->next, r->first,
			r->written);
		if (r->extra)
			fprintf(f, " %.*s", (int)strlen(r->extra) - 1, r->extra);
		fputc('\n', f);
	}
	if (fflush(f)) {
		fclose(f);
		free(text);
		return NULL;
	}
	sha256(text, *len, sum);
	fprintf(f, SUM_WORD "%s\n", to_hex(hex, sum, sizeof(sum)));
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}
