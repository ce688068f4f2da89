// SPDX-License-Identifier: GPL-2.0
/*
 * The ledger as text: lines of key=value words, in the form of state_lines().
 * What this program does not know is an error: it may be a reason not to send.
 * Version 1 has ranges, 2 forks and bindings too, and 3, which is written now,
 * an identity and what managers gave.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "ledger_words.h"
#include "names.h"

#define KIND "prose-ledger"
#define NEWEST 3

/* "record fingerprint=... member=... next=... first=... written=... forked=..." */
static int parse_record(struct ledger *l, char *save)
{
	struct ledger_record r = { 0 }, *slot;
	unsigned int seen = 0;
	char *name, *value;
	size_t before;
	struct why w;
	int64_t n;
	int more;

	while ((more = ledger_word(&save, &name, &value)) > 0) {
		if (!strcmp(name, "fingerprint")) {
			if (parse_fingerprint(value, r.fp))
				return -1;
			seen |= 1;
		} else if (!strcmp(name, "member")) {
			if (parse_id24("member", value, &r.member, &w))
				return -1;
			seen |= 2;
		} else if (!strcmp(name, "next")) {
			if (ledger_number(value, LEDGER_END, &n) || !n)
				return -1;
			r.next = n;
			seen |= 4;
		} else if (!strcmp(name, "first")) {
			if (ledger_number(value, LEDGER_END, &n))
				return -1;
			r.first = n;
		} else if (!strcmp(name, "written")) {
			if (ledger_number(value, INT64_MAX, &r.written))
				return -1;
		} else if (!strcmp(name, "forked")) {
			if (ledger_number(value, INT64_MAX, &r.forked) || !r.forked)
				return -1;
		} else {
			return -1;
		}
	}
	if (more || seen != 7)
		return -1;
	before = l->n;
	slot = ledger_record(l, r.fp, r.member);
	if (!slot || l->n != before + 1)	/* twice */
		return -1;
	*slot = r;
	return 0;
}

/* "bound fingerprint=... kdf=direct group=... cipher=... written=..." */
static int parse_bound(struct ledger *l, char *save)
{
	struct ledger_binding b = { 0 };
	unsigned int seen = 0;
	char *name, *value;
	struct why w;
	int more, i;

	while ((more = ledger_word(&save, &name, &value)) > 0) {
		if (!strcmp(name, "fingerprint")) {
			if (parse_fingerprint(value, b.fp))
				return -1;
			seen |= 1;
		} else if (!strcmp(name, "kdf")) {
			if (strcmp(value, "direct"))
				return -1;
			seen |= 2;
		} else if (!strcmp(name, "group")) {
			if (parse_id24("group", value, &b.group, &w))
				return -1;
			seen |= 4;
		} else if (!strcmp(name, "cipher")) {
			i = word_index("cipher", value, cipher_names, n_cipher_names, &w);
			if (i < 0)
				return -1;
			b.cipher = i;
			seen |= 8;
		} else if (!strcmp(name, "written")) {
			if (ledger_number(value, INT64_MAX, &b.written))
				return -1;
		} else {
			return -1;
		}
	}
	return more || seen != 15 ? -1 : ledger_bind(l, &b);
}

/* "fork time=... load=..." */
static int parse_fork(struct ledger *l, char *save)
{
	char *name, *value;
	int more;

	while ((more = ledger_word(&save, &name, &value)) > 0) {
		if (!strcmp(name, "time")) {
			if (ledger_number(value, INT64_MAX, &l->forked))
				return -1;
		} else if (!strcmp(name, "load") && strlen(value) < LOAD_ID_LEN) {
			strcpy(l->fork_load, value);
		} else {
			return -1;
		}
	}
	return more || !l->forked ? -1 : 0;
}

static int parse_line(void *ctx, char *line)
{
	static const struct {
		const char *name;
		int (*parse)(struct ledger *l, char *save);
	} lines[] = {
		{ "record ", parse_record },
		{ "bound ", parse_bound },
		{ "fork ", parse_fork },
		{ "group ", ledger_parse_group },
		{ "serial ", ledger_parse_serial },
	};
	struct ledger *l = ctx;
	char *value, *save;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		if (strncmp(line, lines[i].name, strlen(lines[i].name)))
			continue;
		strtok_r(line, " ", &save);
		return lines[i].parse(l, save);
	}
	value = strchr(line, '=');
	if (!value)
		return -1;
	*value++ = 0;
	if (!strcmp(line, "machine")) {
		if (strlen(value) != 64)
			return -1;
		strcpy(l->machine.id, value);
		return 0;
	}
	if (!strcmp(line, "dmi")) {
		if (strlen(value) > 64)
			return -1;
		strcpy(l->machine.dmi, value);
		return 0;
	}
	if (!strcmp(line, "volatile")) {
		l->is_volatile = !strcmp(value, "yes");
		return l->is_volatile || !strcmp(value, "no") ? 0 : -1;
	}
	if (!strcmp(line, "identity"))
		return ledger_hex(value, l->identity, sizeof(l->identity));
	if (!strcmp(line, "manager-time"))
		return ledger_number(value, INT64_MAX, &l->manager_time);
	if (!strcmp(line, "created"))
		return ledger_number(value, INT64_MAX, &l->created);
	if (!strcmp(line, "written"))
		return ledger_number(value, INT64_MAX, &l->written);
	return -1;
}

int ledger_parse(struct ledger *l, const char *text, size_t len, struct why *w)
{
	if (state_lines(text, len, KIND, NEWEST, parse_line, l, w))
		return -1;
	if (!l->machine.id[0] || !l->machine.dmi[0])
		return why(w, "it is bound to no machine");
	return 0;
}

char *ledger_format(const struct ledger *l, size_t *len)
{
	char hex[HEX_LEN(LEDGER_FP_LEN)], sum[STATE_SUM_LEN];
	char *text = NULL;
	FILE *f = open_memstream(&text, len);
	size_t i;

	if (!f)
		return NULL;
	fprintf(f, KIND " %d\n", NEWEST);
	fprintf(f, "identity=%s\n", to_hex(hex, l->identity, sizeof(l->identity)));
	fprintf(f, "machine=%s\ndmi=%s\nvolatile=%s\n", l->machine.id,
		l->machine.dmi, l->is_volatile ? "yes" : "no");
	fprintf(f, "created=%" PRId64 "\nwritten=%" PRId64 "\n", l->created, l->written);
	if (l->manager_time)
		fprintf(f, "manager-time=%" PRId64 "\n", l->manager_time);
	if (l->forked)
		fprintf(f, "fork time=%" PRId64 " load=%s\n", l->forked, l->fork_load);
	for (i = 0; i < l->n_bound; i++) {
		const struct ledger_binding *b = &l->bound[i];

		fprintf(f, "bound fingerprint=%s kdf=direct group=0x%06x cipher=%s",
			to_hex(hex, b->fp, sizeof(b->fp)), b->group,
			NAME(cipher_names, b->cipher));
		fprintf(f, " written=%" PRId64 "\n", b->written);
	}
	for (i = 0; i < l->n; i++) {
		const struct ledger_record *r = &l->rec[i];

		fprintf(f, "record fingerprint=%s member=0x%06x next=%u first=%u written=%" PRId64,
			to_hex(hex, r->fp, sizeof(r->fp)), r->member, r->next, r->first,
			r->written);
		if (r->forked)
			fprintf(f, " forked=%" PRId64, r->forked);
		fputc('\n', f);
	}
	ledger_format_managed(l, f);
	if (fflush(f)) {
		fclose(f);
		free(text);
		return NULL;
	}
	fputs(state_sum(sum, text, *len), f);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}
