// SPDX-License-Identifier: GPL-2.0
/* prose key: all but "add" (keyadd.c) and "show" (show.c). */
#include <errno.h>
#include <string.h>
#include <stdio.h>

#include "clock.h"
#include "grant.h"
#include "ids.h"
#include "json.h"
#include "key.h"
#include "keyring.h"
#include "prose.h"
#include "samevalue.h"
#include "shellword.h"
#include "show.h"

static const struct keyword keywords[] = {
	[K_DEV] = { "dev", "the name of a prose device" },
	[K_ID] = { "id", "a PGK ID" },
	[K_AT] = { "at", "a time" },
	[K_FROM] = { "from", "a time or \"standby\"" },
	[K_UNTIL] = { "until", "a time or \"never\"" },
	[K_RANGE] = { "range", "how many PTK IDs" },
};

int key_words(struct args *a, unsigned int allowed, const char *command,
	      struct key_words *k, struct why *w)
{
	struct keyword table[ARRAY_SIZE(keywords)];
	const char *values[ARRAY_SIZE(keywords)];
	size_t map[ARRAY_SIZE(keywords)], n = 0, i;

	for (i = 0; i < ARRAY_SIZE(keywords); i++) {
		if (allowed >> i & 1) {
			map[n] = i;
			table[n++] = keywords[i];
		}
	}
	memset(k, 0, sizeof(*k));
	if (args_keywords(a, table, n, values, w))
		return -1;
	for (i = 0; i < n; i++)
		k->v[map[i]] = values[i];
	if (!k->v[K_DEV] || !k->v[K_ID])
		return why(w, "\"%s\" is missing: prose key %s dev DEV id ID ...",
			   k->v[K_DEV] ? "id" : "dev", command);
	return parse_pgk_id(k->v[K_ID], &k->id, w);
}

bool clock_refused(struct why *w)
{
	int64_t written = 0;
	struct ledger l;
	struct why reason;

	if (opt.trust_clock)
		return false;
	if (ledger_peek(opt.state_dir, &l, &reason) == LEDGER_OK) {
		/* A clock that was wrong may have written the ledger; a manager's counts too. */
		written = l.written > l.manager_time ? l.written : l.manager_time;
		ledger_close(&l);
	}
	return clock_check(clock_real(), build_time, written, w ? w : &reason);
}

int check_clock(void)
{
	struct why w;

	if (!clock_refused(&w))
		return EXIT_OK;
	fail(EXIT_LATER, "%s; no time of a key can be set by such a clock", w.text);
	hint("Set the clock (date -u -s ..., or wait for NTP), or say that it is right: --trust-clock");
	return EXIT_LATER;
}

int parse_range(const char *s, uint32_t min, uint32_t *range, struct why *w)
{
	*range = RANGE_DEFAULT;
	return s ? parse_number("range", s, min, PROSE_PTK_ID_MAX, range, w) : 0;
}

void warn_overlap(const struct obj_list *keys, uint8_t id, int64_t from,
		  int64_t until)
{
	int64_t now = clock_real();
	size_t i;

	if (from < now)
		from = now;
	for (i = 0; i < keys->n; i++) {
		const struct obj *k = &keys->o[i];
		int64_t overlap;

		if (k->pgk_id == id || HAS(k, PROSE_A_STANDBY) || obj_dead(k))
			continue;
		overlap = key_overlap(from, until, k->from, obj_end(k));
		if (overlap >= OVERLAP_MIN)
			continue;
		if (overlap < 0)
			warn("between the keys %u and %u lie %lld s without any key to send with",
			     id, k->pgk_id, (long long)-overlap);
		else
			warn("the keys %u and %u overlap by only %lld s; members' clocks may differ by no more than that",
			     id, k->pgk_id, (long long)overlap);
		hint("Let the old key end at least %d s after the new one begins", OVERLAP_MIN);
	}
}

/* Open the family and look the device up. */
static int open_both(const struct key_words *k, struct genl *g, uint32_t *ifindex)
{
	int code = genl_open(g, false);

	if (code)
		return code;
	*ifindex = device_index(k->v[K_DEV]);
	if (*ifindex)
		return EXIT_OK;
	genl_close(g);
	return EXIT_KERNEL;
}

int key_change(struct genl *g, const char *dev, uint32_t ifindex, uint8_t id,
	       const struct key_change *c, struct obj *key)
{
	char buf[GENL_BUF], what[64];
	struct nlmsghdr *nlh = genl_request(g, buf, PROSE_CMD_KEY_SET);
	struct nl_error e;

	mnl_attr_put_u32(nlh, PROSE_A_IFINDEX, ifindex);
	mnl_attr_put_u8(nlh, PROSE_A_PGK_ID, id);
	if (c->standby)
		mnl_attr_put(nlh, PROSE_A_STANDBY, 0, NULL);
	if (c->has_from)
		mnl_attr_put_u64(nlh, PROSE_A_FROM, c->from);
	if (c->has_until)
		mnl_attr_put_u64(nlh, PROSE_A_UNTIL, c->until);
	if (!genl_do(g, nlh, key, &e))
		return EXIT_OK;
	snprintf(what, sizeof(what), "%s: key %u", dev, id);
	return kernel_refused(what, PROSE_CMD_KEY_SET, &e);
}

static void overlaps_of(struct genl *g, uint32_t ifindex, const struct obj *key)
{
	struct obj_list keys = { NULL, 0 };
	struct nl_error e;

	if (!genl_dump(g, PROSE_CMD_KEY_GET, ifindex, &keys, &e))
		warn_overlap(&keys, key->pgk_id, key->from, obj_end(key));
	obj_list_free(&keys);
}

static int key_use(struct args *a)
{
	struct key_change c = { .has_from = true };	/* from 0: at once */
	struct key_words k;
	struct obj key, dev;
	struct nl_error e;
	uint32_t ifindex;
	struct genl g;
	struct why w;
	int code;

	if (key_words(a, 1 << K_DEV | 1 << K_ID | 1 << K_AT, "use", &k, &w))
		return usage(&w);
	if (k.v[K_AT]) {
		if (parse_when("at", k.v[K_AT], clock_real(), &c.from, &w))
			return usage(&w);
		code = check_clock();
		if (code)
			return code;
	}
	code = open_both(&k, &g, &ifindex);
	if (code)
		return code;
	/* The range first: without it the old key had better go on sending. */
	if (genl_dev_get(&g, ifindex, &dev, &e))
		code = kernel_refused(k.v[K_DEV], PROSE_CMD_DEV_GET, &e);
	else if (genl_key_get(&g, ifindex, k.id, &key, &e))
		code = kernel_refused(k.v[K_DEV], PROSE_CMD_KEY_GET, &e);
	else if (dev.tx && !key.ptk_left && !HAS(&key, PROSE_A_PTK_ID))
		code = take_range(&g, k.v[K_DEV], ifindex, k.id, RANGE_DEFAULT, &key, false, NULL);
	if (!code)
		code = key_change(&g, k.v[K_DEV], ifindex, k.id, &c, &key);
	if (!code) {
		overlaps_of(&g, ifindex, &key);
		show_key_change("used", &key);
	}
	genl_close(&g);
	return code;
}

static int key_set(struct args *a)
{
	struct key_change c = { 0 };
	int64_t now = clock_real();
	struct key_words k;
	bool ends = false;
	uint32_t ifindex;
	struct obj key;
	struct genl g;
	struct why w;
	int code;

	if (key_words(a, 1 << K_DEV | 1 << K_ID | 1 << K_FROM | 1 << K_UNTIL, "set", &k, &w))
		return usage(&w);
	if (!k.v[K_FROM] && !k.v[K_UNTIL]) {
		why(&w, "nothing to change: give from or until");
		return usage(&w);
	}
	if (k.v[K_FROM]) {
		c.standby = !strcmp(k.v[K_FROM], "standby");
		c.has_from = !c.standby;
		if (c.has_from && parse_when("from", k.v[K_FROM], now, &c.from, &w))
			return usage(&w);
	}
	if (k.v[K_UNTIL]) {
		c.has_until = true;
		if (parse_until(k.v[K_UNTIL], now, &ends, &c.until, &w))
			return usage(&w);
	}
	if (c.has_from || ends) {
		code = check_clock();
		if (code)
			return code;
	}
	code = open_both(&k, &g, &ifindex);
	if (code)
		return code;
	code = key_change(&g, k.v[K_DEV], ifindex, k.id, &c, &key);
	if (!code) {
		overlaps_of(&g, ifindex, &key);
		show_key_change("changed", &key);
	}
	genl_close(&g);
	return code;
}

static int key_extend(struct args *a)
{
	struct key_words k;
	uint32_t ifindex, range;
	struct obj key;
	struct genl g;
	struct why w;
	int code;

	if (key_words(a, 1 << K_DEV | 1 << K_ID | 1 << K_RANGE, "extend", &k, &w) ||
	    parse_range(k.v[K_RANGE], 1, &range, &w))
		return usage(&w);
	code = open_both(&k, &g, &ifindex);
	if (code)
		return code;
	code = take_range(&g, k.v[K_DEV], ifindex, k.id, range, &key, false, NULL);
	if (!code && opt.json)
		show_key_change("extended", &key);
	genl_close(&g);
	return code;
}

static int key_del(struct args *a)
{
	struct key_words k;
	int code, back = 0;
	uint32_t ifindex;
	struct obj key;
	struct genl g;
	struct why w;

	if (key_words(a, 1 << K_DEV | 1 << K_ID, "del", &k, &w))
		return usage(&w);
	code = open_both(&k, &g, &ifindex);
	if (code)
		return code;
	code = detach(&g, k.v[K_DEV], ifindex, k.id, &key, &back);
	if (!code && opt.json) {
		json_object(NULL);
		json_string("ifname", k.v[K_DEV]);
		json_uint("pgk_id", k.id);
		json_uint("serial", key.serial);
		json_uint("given_back", back);
		json_end();
		json_done();
	} else if (!code) {
		printf("%s: key %u is detached", k.v[K_DEV], k.id);
		if (back)
			printf("; %d unused PTK IDs went back to the ledger", back);
		putchar('\n');
	}
	genl_close(&g);
	return code;
}

/* To revoke a key and go on with its value under another ID is to revoke nothing. */
static int say_lives(const struct obj_list *keys, const struct obj *revoked)
{
	int code = EXIT_OK;
	size_t i;

	for (i = 0; i < keys->n; i++) {
		const struct obj *k = &keys->o[i];

		if (!same_value_lives(k, revoked))
			continue;
		code = fail(EXIT_USAGE, "THE VALUE OF THE REVOKED KEY IS STILL IN USE: key %u of %s has it too",
			    k->pgk_id, k->ifname);
		hint("prose key revoke dev %s id %u; and if it was meant to be the new key, make one: prose genkey",
		     sh(k->ifname), k->pgk_id);
	}
	return code;
}

static int key_revoke(struct args *a)
{
	struct obj_list keys = { NULL, 0 };
	struct key_words k;
	struct nl_error e;
	uint32_t ifindex;
	struct obj key;
	struct genl g;
	struct why w;
	size_t i;
	int code, err;

	if (key_words(a, 1 << K_DEV | 1 << K_ID, "revoke", &k, &w))
		return usage(&w);
	code = open_both(&k, &g, &ifindex);
	if (code)
		return code;
	if (genl_key_get(&g, ifindex, k.id, &key, &e)) {
		code = kernel_refused(k.v[K_DEV], PROSE_CMD_KEY_GET, &e);
		goto out;
	}
	err = keyring_revoke(key.serial);
	if (err) {
		code = fail(EXIT_KERNEL, "keyring key %u cannot be revoked: %s", key.serial,
			    strerror(-err));
		hint("It may belong to another user; its owner can: keyctl revoke %u", key.serial);
		goto out;
	}
	genl_dump(&g, PROSE_CMD_KEY_GET, 0, &keys, &e);
	if (opt.json) {
		json_object(NULL);
		json_uint("serial", key.serial);
		json_array("keys");
	} else {
		printf("keyring key %u is revoked; it was used by\n", key.serial);
	}
	for (i = 0; i < keys.n; i++) {
		const struct obj *o = &keys.o[i];

		if (o->serial != key.serial)
			continue;
		if (opt.json) {
			json_object(NULL);
			json_string("ifname", o->ifname);
			json_uint("pgk_id", o->pgk_id);
			json_end();
		} else {
			printf("  %s key %u\n", o->ifname, o->pgk_id);
		}
	}
	if (opt.json) {
		json_end();
		json_end();
		json_done();
	} else {
		printf("and by devices of other network namespaces, if it was attached there.\n");
	}
	code = say_lives(&keys, &key);
out:
	obj_list_free(&keys);
	genl_close(&g);
	return code;
}

int cmd_key(struct args *a)
{
	static const struct command table[] = {
		{ "show", key_show },
		{ "ls", key_show },
		{ "list", key_show },
		{ "add", key_add },
		{ "use", key_use },
		{ "set", key_set },
		{ "extend", key_extend },
		{ "del", key_del },
		{ "revoke", key_revoke },
	};

	return run_command("key", table, ARRAY_SIZE(table), a);
}
