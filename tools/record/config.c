// SPDX-License-Identifier: GPL-2.0
/* Group records. */
#include <string.h>

#include "parts.h"

#define OBJECT "group record"
#define ADDRESS_HEAD 2

static size_t address_len(uint8_t family)
{
	return family == 4 ? 4 : family == 6 ? 16 : 0;
}

static int check_address(const struct record_address *a, struct why *w)
{
	size_t len = address_len(a->family);

	if (!len || a->prefix > 8 * len)
		return why(w, OBJECT ": an address of it is none");
	return 0;
}

int check_config(const struct group_record *g, struct why *w)
{
	size_t i;

	if (check_device_name(g->name, sizeof(g->name), OBJECT, w) ||
	    check_suite(&g->suite, OBJECT, w))
		return -1;
	if (g->has >> POLICY_N || g->n_addresses > RECORD_ADDRESSES_MAX)
		return why(w, OBJECT ": it has more than there can be");
	for (i = 0; i < g->n_addresses; i++)
		if (check_address(&g->addresses[i], w))
			return -1;
	return 0;
}

static void put_address(struct element_writer *e, const struct record_address *a)
{
	const uint8_t head[ADDRESS_HEAD] = { a->family, a->prefix };
	size_t begin = put_begin(e, CONFIG_ADDRESS);

	put_raw(e, head, sizeof(head));
	put_raw(e, a->octets, address_len(a->family));
	put_end(e, begin);
}

void put_config(struct element_writer *e, const struct group_record *g)
{
	size_t begin = put_begin(e, TAG_CONFIG), i;

	put_text(e, CONFIG_NAME, g->name);
	put_suite(e, CONFIG_SUITE, &g->suite);
	for (i = 0; i < g->n_addresses; i++)
		put_address(e, &g->addresses[i]);
	for (i = 0; i < POLICY_N; i++)
		if (g->has >> i & 1)
			put_number(e, CONFIG_POLICY + i, g->policy[i], 4);
	put_end(e, begin);
}

static int read_address(const struct element_reader *r, struct group_record *g, struct why *w)
{
	struct record_address *a = &g->addresses[g->n_addresses];

	if (g->n_addresses == RECORD_ADDRESSES_MAX)
		return why(w, OBJECT ": it has more than %d addresses", RECORD_ADDRESSES_MAX);
	if (r->len < ADDRESS_HEAD || r->len - ADDRESS_HEAD != address_len(r->value[0]))
		return why(w, OBJECT ": an address of it is none");
	a->family = r->value[0];
	a->prefix = r->value[1];
	memcpy(a->octets, r->value + ADDRESS_HEAD, r->len - ADDRESS_HEAD);
	g->n_addresses++;
	return check_address(a, w);
}

static int read_one(struct element_reader *r, struct group_record *g, bool *named, bool *suited,
		    struct why *w)
{
	uint64_t n;

	switch (r->type) {
	case CONFIG_NAME:
		*named = true;
		return read_text(r, g->name, sizeof(g->name) - 1, w);
	case CONFIG_SUITE:
		*suited = true;
		return read_suite(r, &g->suite, w);
	case CONFIG_ADDRESS:
		read_list(r);
		return read_address(r, g, w);
	default:
		break;
	}
	if (r->type < CONFIG_POLICY || r->type >= CONFIG_POLICY + POLICY_N)
		return read_unknown(r, w);
	if (read_number(r, 4, UINT32_MAX, &n, w))
		return -1;
	g->has |= 1u << (r->type - CONFIG_POLICY);
	g->policy[r->type - CONFIG_POLICY] = n;
	return 0;
}

int read_config(const struct element_reader *outer, uint32_t group, uint32_t member,
		struct group_record *g, struct why *w)
{
	bool named = false, suited = false;
	struct element_reader r;
	int more;

	g->group = group;
	g->member = member;
	read_inner(outer, OBJECT, &r);
	while ((more = read_next(&r, w)) > 0)
		if (read_one(&r, g, &named, &suited, w))
			return -1;
	if (more)
		return -1;
	if (!named || !suited)
		return why(w, OBJECT ": it has no %s", named ? "suite" : "name");
	return check_config(g, w);
}
