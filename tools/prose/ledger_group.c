// SPDX-License-Identifier: GPL-2.0
/* The lines of the ledger that are about managers. Reaches neither kernel nor disk. */
#include <stdlib.h>
#include <string.h>

#include "ledger.h"

struct ledger_group *ledger_group(struct ledger *l, uint32_t group,
				  const uint8_t manager[LEDGER_ID_LEN], bool make)
{
	struct ledger_group *g;
	size_t i;

	for (i = 0; i < l->n_groups; i++)
		if (l->group[i].group == group &&
		    !memcmp(l->group[i].manager, manager, LEDGER_ID_LEN))
			return &l->group[i];
	if (!make)
		return NULL;
	g = realloc(l->group, (l->n_groups + 1) * sizeof(*g));
	if (!g)
		return NULL;
	l->group = g;
	g += l->n_groups++;
	memset(g, 0, sizeof(*g));
	g->group = group;
	memcpy(g->manager, manager, LEDGER_ID_LEN);
	return g;
}

struct ledger_group *ledger_group_held(const struct ledger *l, uint32_t group)
{
	size_t i;

	for (i = 0; i < l->n_groups; i++)
		if (l->group[i].group == group && l->group[i].held)
			return &l->group[i];
	return NULL;
}

uint64_t ledger_newest_version(const struct ledger *l, uint32_t group)
{
	uint64_t newest = 0;
	size_t i;

	for (i = 0; i < l->n_groups; i++)
		if (l->group[i].group == group && l->group[i].version > newest)
			newest = l->group[i].version;
	return newest;
}

static struct ledger_serial *serial_of(const struct ledger *l,
				       const uint8_t manager[LEDGER_ID_LEN])
{
	size_t i;

	for (i = 0; i < l->n_serials; i++)
		if (!memcmp(l->serial[i].manager, manager, LEDGER_ID_LEN))
			return &l->serial[i];
	return NULL;
}

uint64_t ledger_serial_of(const struct ledger *l, const uint8_t manager[LEDGER_ID_LEN])
{
	const struct ledger_serial *s = serial_of(l, manager);

	return s ? s->serial : 0;
}

int ledger_serial(struct ledger *l, const uint8_t manager[LEDGER_ID_LEN], uint64_t serial)
{
	struct ledger_serial *s = serial_of(l, manager);

	if (!s) {
		s = realloc(l->serial, (l->n_serials + 1) * sizeof(*s));
		if (!s)
			return -1;
		l->serial = s;
		s += l->n_serials++;
		memcpy(s->manager, manager, LEDGER_ID_LEN);
		s->serial = 0;
	}
	if (serial > s->serial)
		s->serial = serial;
	return 0;
}
