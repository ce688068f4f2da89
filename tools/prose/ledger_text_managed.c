// SPDX-License-Identifier: GPL-2.0
/* Of the ledger's text the lines about managers. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ids.h"
#include "ledger_words.h"

/* 2^64 has 20 digits, and an epoch uses the upper half. */
static int whole_64(const char *s, uint64_t *n)
{
	char *end;

	if (!*s || strspn(s, "0123456789") != strlen(s) || strlen(s) > 20)
		return -1;
	*n = strtoull(s, &end, 10);
	return *end ? -1 : 0;
}

static int group_word(const char *name, const char *value, struct ledger_group *g)
{
	static const char *const names[] = {
		"id", "manager", "member", "epoch", "content", "version", "held", "written",
	};
	struct why w;
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(names) && strcmp(name, names[i]); i++)
		;
	switch (i) {
	case 0:
		err = parse_id24("group", value, &g->group, &w);
		break;
	case 1:
		err = ledger_hex(value, g->manager, sizeof(g->manager));
		break;
	case 2:
		err = parse_id24("member", value, &g->member, &w);
		break;
	case 3:
		err = whole_64(value, &g->epoch);
		break;
	case 4:
		err = ledger_hex(value, g->content, sizeof(g->content));
		break;
	case 5:
		err = whole_64(value, &g->version);
		break;
	case 6:
		g->held = !strcmp(value, "yes");
		err = g->held || !strcmp(value, "no") ? 0 : -1;
		break;
	case 7:
		err = ledger_number(value, INT64_MAX, &g->written);
		break;
	default:
		err = -1;
	}
	return err ? -1 : (int)i;
}

#define GROUP_WORDS 0xff	/* each of them, once */

/* "group id=... manager=... member=... epoch=... content=... version=... held=... written=..." */
int ledger_parse_group(struct ledger *l, char *save)
{
	struct ledger_group g = { 0 }, *slot;
	unsigned int seen = 0;
	char *name, *value;
	int more, i;

	while ((more = ledger_word(&save, &name, &value)) > 0) {
		i = group_word(name, value, &g);
		if (i < 0 || seen >> i & 1)
			return -1;
		seen |= 1u << i;
	}
	if (more || seen != GROUP_WORDS || ledger_group(l, g.group, g.manager, false) ||
	    (g.held && ledger_group_held(l, g.group)))
		return -1;
	slot = ledger_group(l, g.group, g.manager, true);
	if (!slot)
		return -1;
	*slot = g;
	return 0;
}

/* "serial manager=... serial=..." */
int ledger_parse_serial(struct ledger *l, char *save)
{
	uint8_t manager[LEDGER_ID_LEN];
	unsigned int seen = 0;
	char *name, *value;
	uint64_t n = 0;
	int more;

	while ((more = ledger_word(&save, &name, &value)) > 0) {
		if (!strcmp(name, "manager")) {
			if (ledger_hex(value, manager, sizeof(manager)))
				return -1;
			seen |= 1;
		} else if (!strcmp(name, "serial")) {
			if (whole_64(value, &n) || !n)
				return -1;
			seen |= 2;
		} else {
			return -1;
		}
	}
	if (more || seen != 3 || ledger_serial_of(l, manager))
		return -1;
	return ledger_serial(l, manager, n);
}

void ledger_format_managed(const struct ledger *l, FILE *f)
{
	char manager[HEX_LEN(LEDGER_ID_LEN)], content[HEX_LEN(SHA256_LEN)];
	size_t i;

	for (i = 0; i < l->n_groups; i++) {
		const struct ledger_group *g = &l->group[i];

		fprintf(f, "group id=0x%06x manager=%s member=0x%06x epoch=%" PRIu64, g->group,
			to_hex(manager, g->manager, sizeof(g->manager)), g->member, g->epoch);
		fprintf(f, " content=%s version=%" PRIu64 " held=%s written=%" PRId64 "\n",
			to_hex(content, g->content, sizeof(g->content)), g->version,
			g->held ? "yes" : "no", g->written);
	}
	for (i = 0; i < l->n_serials; i++)
		fprintf(f, "serial manager=%s serial=%" PRIu64 "\n",
			to_hex(manager, l->serial[i].manager, sizeof(l->serial[i].manager)),
			l->serial[i].serial);
}
