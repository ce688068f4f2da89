// SPDX-License-Identifier: GPL-2.0
/* prose manager: those that this device takes files from, and what they gave. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "ids.h"
#include "json.h"
#include "managers.h"
#include "me.h"
#include "prose.h"
#include "state.h"
#include "when.h"

static void group_json(const struct ledger_group *g)
{
	char id[12];

	json_object(NULL);
	snprintf(id, sizeof(id), "0x%06x", g->group);
	json_string("group", id);
	snprintf(id, sizeof(id), "0x%06x", g->member);
	json_string("member", id);
	json_uint("generation", epoch_generation(g->epoch));
	json_uint("epoch", epoch_number(g->epoch));
	json_bool("held", g->held);
	json_time("written", g->written);
	json_end();
}

static void show_one(const struct manager *m, const struct ledger *l)
{
	char hex[HEX_LEN(CMS_HASH_LEN)], t[WHEN_LEN];
	size_t i;

	to_hex(hex, m->key, sizeof(m->key));
	if (opt.json) {
		json_object(NULL);
		json_string("key", hex);
		json_time("added", m->added);
		json_array("groups");
	} else {
		printf("manager %s\n  known since %s\n", hex, when_absolute(t, m->added, false));
	}
	for (i = 0; i < l->n_groups; i++) {
		const struct ledger_group *g = &l->group[i];

		if (memcmp(g->manager, m->key, LEDGER_ID_LEN))
			continue;
		if (opt.json)
			group_json(g);
		else
			printf("  group 0x%06x: member 0x%06x, epoch %u.%u, %s, written %s\n",
			       g->group,
			       g->member, epoch_generation(g->epoch), epoch_number(g->epoch),
			       g->held ? "held" : "left", when_absolute(t, g->written, false));
	}
	if (opt.json) {
		json_end();
		json_end();
	}
}

static int show(struct args *a)
{
	struct managers all;
	struct ledger l;
	struct why w;
	size_t i;

	if (args_end(a, &w))
		return usage(&w);
	if (ledger_peek(opt.state_dir, &l, &w) != LEDGER_OK)
		return fail(EXIT_LEDGER, "%s", w.text);
	if (managers_load(l.dirfd, &all, &w)) {
		ledger_close(&l);
		return fail(EXIT_LEDGER, "%s", w.text);
	}
	if (opt.json)
		json_array(NULL);
	for (i = 0; i < all.n; i++)
		show_one(&all.m[i], &l);
	if (opt.json) {
		json_end();
		json_done();
	} else if (!all.n) {
		printf("this device knows no manager; ask one for a group: prose request FILE\n");
	}
	managers_free(&all);
	ledger_close(&l);
	return EXIT_OK;
}

int cmd_manager(struct args *a)
{
	static const struct command table[] = {
		{ "show", show },
		{ "ls", show },
		{ "list", show },
	};

	return run_command("manager", table, ARRAY_SIZE(table), a);
}
