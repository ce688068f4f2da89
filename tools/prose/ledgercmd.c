// SPDX-License-Identifier: GPL-2.0
/* prose ledger */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "json.h"
#include "keyadd.h"
#include "prose.h"
#include "when.h"

static int init(struct args *a)
{
	static const struct keyword words[] = { { "volatile", NULL } };
	const char *is_volatile;
	enum ledger_status status;
	struct why w;

	if (args_keywords(a, words, 1, &is_volatile, &w))
		return usage(&w);
	status = ledger_init(opt.state_dir, is_volatile, &w);
	if (status != LEDGER_OK) {
		fail(EXIT_LEDGER, "%s", w.text);
		if (status == LEDGER_NOT_DURABLE)
			ledger_hint(status, opt.state_dir);
		else
			hint("prose ledger show tells what is there");
		return EXIT_LEDGER;
	}
	if (opt.json) {
		json_object(NULL);
		json_string("state_dir", opt.state_dir);
		json_bool("volatile", is_volatile);
		json_end();
		json_done();
		return EXIT_OK;
	}
	printf("A ledger of PTK Identities is kept in %s from now on, bound to this machine.\n"
	       "By making it you vouch for this: no member identity of this machine has ever sent,\n"
	       "here or elsewhere, with any of the keys that it will be given. If one has, give it\n"
	       "another key or another member identity first: a PTK Identity used twice lets anybody\n"
	       "who listens read both messages.\n", opt.state_dir);
	if (is_volatile)
		printf("The ledger is volatile: after a reboot it is gone, and by making it again you vouch\n"
		       "for the same once more. Give every boot new keys.\n");
	return EXIT_OK;
}

static int show(struct args *a)
{
	enum ledger_status status;
	char hex[HEX_LEN(LEDGER_FP_LEN)], t[WHEN_LEN];
	struct ledger l;
	struct why w;
	size_t i;

	if (args_end(a, &w))
		return usage(&w);
	status = ledger_peek(opt.state_dir, &l, &w);
	if (status != LEDGER_OK) {
		fail(EXIT_LEDGER, "%s", w.text);
		ledger_hint(status, opt.state_dir);
		return EXIT_LEDGER;
	}
	if (opt.json) {
		json_object(NULL);
		json_string("state_dir", opt.state_dir);
		json_bool("volatile", l.is_volatile);
		json_time("created", l.created);
		json_time("written", l.written);
		if (l.forked)
			json_time("forked", l.forked);
		json_array("bound");
		for (i = 0; i < l.n_bound; i++) {
			char group[12];

			snprintf(group, sizeof(group), "0x%06x", l.bound[i].group);
			json_object(NULL);
			json_string("fingerprint", to_hex(hex, l.bound[i].fp, LEDGER_FP_LEN));
			json_string("kdf", KDF_DIRECT);
			json_string("group", group);
			json_string("cipher", NAME(cipher_names, l.bound[i].cipher));
			json_time("written", l.bound[i].written);
			json_end();
		}
		json_end();
		json_array("records");
	} else {
		printf("ledger: %s%s\n", opt.state_dir, l.is_volatile ? " (volatile)" : "");
		printf("  created: %s\n", when_absolute(t, l.created, false));
		printf("  last write: %s\n", when_absolute(t, l.written, false));
		if (l.forked)
			printf("  FORK of this virtual machine noticed: %s\n",
			       when_absolute(t, l.forked, false));
		if (!l.n)
			printf("  nothing was granted yet\n");
		for (i = 0; i < l.n_bound; i++)
			printf("  key %s: bound to kdf direct, group 0x%06x, cipher %s\n",
			       to_hex(hex, l.bound[i].fp, LEDGER_FP_LEN), l.bound[i].group,
			       NAME(cipher_names, l.bound[i].cipher));
	}
	for (i = 0; i < l.n; i++) {
		const struct ledger_record *r = &l.rec[i];
		char member[12];

		to_hex(hex, r->fp, sizeof(r->fp));
		snprintf(member, sizeof(member), "0x%06x", r->member);
		if (opt.json) {
			json_object(NULL);
			json_string("fingerprint", hex);
			json_string("member", member);
			json_uint("next", r->next);
			json_uint("left", LEDGER_END - r->next);
			json_time("written", r->written);
			if (r->forked)
				json_time("forked", r->forked);
			json_end();
		} else {
			printf("  key %s member %s: next PTK ID %u, %u left, written %s\n", hex,
			       member, r->next, LEDGER_END - r->next,
			       when_absolute(t, r->written, false));
			if (r->forked)
				printf("    FORKED: a copy may send with the same PTK IDs, so only AEAD suites\n"
				       "    are granted any; give it a new PGK or member ID (since %s)\n",
				       when_absolute(t, r->forked, false));
		}
	}
	if (opt.json) {
		json_end();
		json_end();
		json_done();
	}
	ledger_close(&l);
	return EXIT_OK;
}

int cmd_ledger(struct args *a)
{
	static const struct command table[] = {
		{ "show", show },
		{ "ls", show },
		{ "list", show },
		{ "init", init },
	};

	return run_command("ledger", table, ARRAY_SIZE(table), a);
}
