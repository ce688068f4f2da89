// SPDX-License-Identifier: GPL-2.0
/* prose-pkmf group */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "groups.h"
#include "ids.h"
#include "json.h"
#include "pkmf.h"
#include "suitewords.h"
#include "when.h"

enum {
	W_GROUP, W_SUITE, W_INTEGRITY, W_KDF, W_VALIDITY, W_OVERLAP, W_AHEAD, W_ADDRESS,
	W_NONIP, W_REQUIRE, W_CHOICE, W_WINDOW, W_MARGIN, W_NOTICE, W_LCID, W_N
};

static const struct keyword words[W_N] = {
	[W_GROUP] = { "group", "a group ID" },
	[W_SUITE] = { "suite", "a ciphering algorithm" },
	[W_INTEGRITY] = { "integrity", "an integrity algorithm" },
	[W_KDF] = { "kdf", "the name of a key derivation function" },
	[W_VALIDITY] = { "validity", "how long a key is sent with, as 24h" },
	[W_OVERLAP] = { "overlap", "how long it is received with after that, as 300s" },
	[W_AHEAD] = { "ahead", "how many keys are given in advance" },
	[W_ADDRESS] = { "address", "a prefix, as 10.33.0.0/24; several with commas between them" },
	[W_NONIP] = { "nonip", "auto, on or off" },
	[W_REQUIRE] = { "require", "none, integrity or aead" },
	[W_CHOICE] = { "choice", "from or expiry" },
	[W_WINDOW] = { "window", "a number of frames" },
	[W_MARGIN] = { "margin", "a number of seconds" },
	[W_NOTICE] = { "notice", "a number of seconds" },
	[W_LCID] = { "lcid", "1 to 10" },
};

/* Which policy a word is, and what it may be: words of a table, or a number. */
static const struct {
	int word;
	enum record_policy policy;
	const char *const *values;
	const size_t *n_values;
	uint32_t min, max;
} policies[] = {
	{ W_NONIP, POLICY_NONIP, nonip_names, &n_nonip_names, 0, 0 },
	{ W_REQUIRE, POLICY_REQUIRE, require_names, &n_require_names, 0, 0 },
	{ W_CHOICE, POLICY_CHOICE, choice_names, &n_choice_names, 0, 0 },
	{ W_WINDOW, POLICY_WINDOW, NULL, NULL, 32, 16384 },
	{ W_MARGIN, POLICY_MARGIN, NULL, NULL, 0, 86400 },
	{ W_NOTICE, POLICY_NOTICE, NULL, NULL, 0, 30 * 86400 },
	{ W_LCID, POLICY_LCID, NULL, NULL, 1, 10 },
};

struct prefix {
	uint8_t family, length;
	size_t len;
	uint8_t octets[16];
};

struct wanted {
	struct group g;
	struct prefix addresses[RECORD_ADDRESSES_MAX];
	size_t n_addresses;
	uint32_t has, policy[POLICY_N];
};

/* "24h" as when.c has "+24h". */
static int parse_span(const char *what, const char *s, int64_t min, int64_t max, int64_t *out,
		      struct why *w)
{
	char plus[64];
	int64_t t;

	if (!s)
		return 0;
	snprintf(plus, sizeof(plus), "%s%s", s[0] == '+' ? "" : "+", s);
	if (strlen(s) > 40 || parse_when(what, plus, 0, &t, w))
		return why(w, "%s %s: a span of time is expected, as 24h, 7d or 300s", what, s);
	if (t < min || t > max)
		return why(w, "%s %s: it must be from %lld to %lld s", what, s, (long long)min,
			   (long long)max);
	*out = t;
	return 0;
}

static int parse_prefix(char *s, struct prefix *p, struct why *w)
{
	char *slash = strchr(s, '/');
	uint32_t length;
	size_t i;

	if (!slash)
		return why(w, "address %s: a prefix is expected, as 10.33.0.0/24", s);
	*slash = 0;
	memset(p, 0, sizeof(*p));
	p->family = strchr(s, ':') ? 6 : 4;
	p->len = p->family == 6 ? 16 : 4;
	if (inet_pton(p->family == 6 ? AF_INET6 : AF_INET, s, p->octets) != 1 ||
	    parse_number("address", slash + 1, 1, 8 * p->len - 2, &length, w)) {
		*slash = '/';
		return why(w, "address %s: a prefix is expected, as 10.33.0.0/24", s);
	}
	p->length = length;
	*slash = '/';
	for (i = length; i < 8 * p->len; i++)
		if (p->octets[i / 8] >> (7 - i % 8) & 1)
			return why(w, "address %s: its bits behind the prefix must be 0, as they are each member's own",
				   s);
	return 0;
}

static int parse_addresses(const char *list, struct wanted *g, struct why *w)
{
	char text[512], *s, *save = NULL;

	if (!list)
		return 0;
	if (strlen(list) >= sizeof(text))
		return why(w, "there are too many addresses");
	strcpy(text, list);
	for (s = strtok_r(text, ",", &save); s; s = strtok_r(NULL, ",", &save)) {
		if (g->n_addresses == RECORD_ADDRESSES_MAX)
			return why(w, "there are more than %d addresses", RECORD_ADDRESSES_MAX);
		if (parse_prefix(s, &g->addresses[g->n_addresses++], w))
			return -1;
	}
	return 0;
}

static int parse_policies(const char *const *v, struct wanted *g, struct why *w)
{
	size_t i;
	uint32_t n;
	int k;

	for (i = 0; i < ARRAY_SIZE(policies); i++) {
		const char *s = v[policies[i].word], *what = words[policies[i].word].name;

		if (!s)
			continue;
		if (policies[i].values) {
			k = word_index(what, s, policies[i].values, *policies[i].n_values, w);
			if (k < 0)
				return -1;
			n = k;
		} else if (parse_number(what, s, policies[i].min, policies[i].max, &n, w)) {
			return -1;
		}
		g->has |= 1u << policies[i].policy;
		g->policy[policies[i].policy] = n;
	}
	return 0;
}

static int parse_name(const char *name, struct wanted *g, struct why *w)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_=+.-";
	size_t len = name ? strlen(name) : 0;

	if (!len || len >= sizeof(g->g.name) || strspn(name, plain) != len || name[0] == '-' ||
	    name[0] == '.')
		return why(w, "a group needs a name that a network device can have: 1 to %zu letters, digits and _ = + . -",
			   sizeof(g->g.name) - 1);
	strcpy(g->g.name, name);
	return 0;
}

static int parse_values(const char *const *v, struct wanted *g, struct why *w)
{
	uint32_t ahead = g->g.ahead;

	if (parse_span("validity", v[W_VALIDITY], VALIDITY_MIN, VALIDITY_MAX, &g->g.validity, w) ||
	    parse_span("overlap", v[W_OVERLAP], 0, VALIDITY_MAX, &g->g.overlap, w) ||
	    (v[W_AHEAD] && parse_number("ahead", v[W_AHEAD], 0, AHEAD_MAX, &ahead, w)) ||
	    parse_addresses(v[W_ADDRESS], g, w) || parse_policies(v, g, w))
		return -1;
	g->g.ahead = ahead;
	if (g->g.overlap > g->g.validity)
		return why(w, "an overlap of %" PRId64 " s is longer than the validity of %" PRId64 " s: more than two keys would be in use",
			   g->g.overlap, g->g.validity);
	return 0;
}

/* Drawn, unless it is said. */
static int take_id(struct db *db, const char *s, uint32_t *id, struct why *w)
{
	int64_t there;
	bool absent = false;

	if (s && parse_id24("group", s, id, w))
		return -1;
	while (!absent) {
		if (!s && getrandom(id, sizeof(*id), 0) != sizeof(*id))
			return why(w, "no random numbers");
		*id &= 0xffffff;
		if (!*id)
			continue;
		if (db_int(db, &there, &absent, w, "SELECT id FROM grp WHERE id = ?",
			   "i", (int64_t)*id))
			return -1;
		if (s && !absent)
			return why(w, "there is a group 0x%06" PRIx32 " already", *id);
	}
	return 0;
}

static int put_rest(struct db *db, const struct wanted *g, struct why *w)
{
	size_t i;

	for (i = 0; i < POLICY_N; i++)
		if (g->has >> i & 1 &&
		    db_run(db, w, "INSERT OR REPLACE INTO grp_policy VALUES (?, ?, ?)", "iii",
			   (int64_t)g->g.id, (int64_t)i, (int64_t)g->policy[i]))
			return -1;
	if (g->n_addresses &&
	    db_run(db, w, "DELETE FROM grp_address WHERE grp = ?", "i", (int64_t)g->g.id))
		return -1;
	for (i = 0; i < g->n_addresses; i++)
		if (db_run(db, w, "INSERT INTO grp_address VALUES (?, ?, ?, ?)", "iiib",
			   (int64_t)g->g.id, (int64_t)g->addresses[i].family,
			   (int64_t)g->addresses[i].length, g->addresses[i].octets,
			   g->addresses[i].len))
			return -1;
	return 0;
}

static int insert(struct db *db, struct wanted *g, struct why *w)
{
	char what[64];
	int64_t there;
	bool absent;
	int made;

	if (db_int(db, &there, &absent, w, "SELECT id FROM grp WHERE name = ?", "t", g->g.name))
		return -1;
	if (!absent)
		return why(w, "there is a group %s already", g->g.name);
	if (db_run(db, w, "INSERT INTO grp VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)", "itiitiiiii",
		   (int64_t)g->g.id, g->g.name, (int64_t)g->g.suite.cipher,
		   (int64_t)g->g.suite.integrity, g->g.suite.kdf, g->g.validity, g->g.overlap,
		   g->g.ahead, db->now, db->now) ||
	    put_rest(db, g, w) || group_changed(db, &g->g, w) || pgk_fill(db, &g->g, &made, w))
		return -1;
	snprintf(what, sizeof(what), "group add %s 0x%06" PRIx32, g->g.name, g->g.id);
	return db_commit(db, what, w);
}

static int group_add(struct args *a)
{
	struct wanted g = { .g = { .validity = 86400, .overlap = OVERLAP_DEFAULT,
				   .ahead = AHEAD_OFFLINE } };
	const char *name = arg_next(a), *v[W_N];
	struct why w;
	struct db db;
	int code;

	if (parse_name(name, &g, &w) || args_keywords(a, words, W_N, v, &w))
		return usage(&w);
	if (!v[W_SUITE]) {
		why(&w, "\"suite\" is missing: suite aes256-gcm for a group of your own (confidential, and forged, changed and repeated frames are refused); suite eea2 integrity none to interwork with the standard");
		return usage(&w);
	}
	if (parse_suite(v[W_SUITE], v[W_INTEGRITY], v[W_KDF], &g.g.suite, &w) ||
	    parse_values(v, &g, &w))
		return usage(&w);
	code = db_open(&db);
	if (code)
		return code;
	if (db_begin(&db, &w) || take_id(&db, v[W_GROUP], &g.g.id, &w) || insert(&db, &g, &w))
		code = refused(&w);
	else if (!opt.json)
		printf("group %s 0x%06" PRIx32 " is made, with a key and %" PRId64 " more in advance\n"
		       "Next: prose-pkmf request add FILE; prose-pkmf approve %s DEVICE\n",
		       g.g.name, g.g.id, g.g.ahead, g.g.name);
	db_close(&db);
	return code;
}

/* What is changed for keys to come; those that are out stay as they are. */
static int update(struct db *db, struct wanted *g, struct why *w)
{
	char what[64];

	if (db_run(db, w, "UPDATE grp SET validity = ?, overlap = ?, ahead = ? WHERE id = ?", "iiii",
		   g->g.validity, g->g.overlap, g->g.ahead, (int64_t)g->g.id) ||
	    put_rest(db, g, w) || group_changed(db, &g->g, w) || pgk_end(db, &g->g, END_OVER, w))
		return -1;
	snprintf(what, sizeof(what), "group set %s", g->g.name);
	return db_commit(db, what, w);
}

static int group_set(struct args *a)
{
	const char *name = arg_next(a), *v[W_N];
	struct wanted g;
	struct why w;
	struct db db;
	int code;

	memset(&g, 0, sizeof(g));
	if (!name)
		why(&w, "which group? prose-pkmf group set NAME ...");
	if (!name || args_keywords(a, words, W_N, v, &w))
		return usage(&w);
	if (v[W_GROUP] || v[W_SUITE] || v[W_INTEGRITY] || v[W_KDF]) {
		why(&w, "%s of a group is not changed by itself: %s",
		    v[W_GROUP] ? "the ID" : "the suite", v[W_GROUP] ? "make another group" :
		    "it comes with a key: prose-pkmf rotate GROUP suite SUITE");
		return usage(&w);
	}
	code = db_open(&db);
	if (code)
		return code;
	if (group_find(&db, name, &g.g, &w)) {
		code = refused(&w);
	} else if (parse_values(v, &g, &w)) {
		code = usage(&w);
	} else if (db_begin(&db, &w) || update(&db, &g, &w)) {
		code = refused(&w);
	} else {
		if (!opt.json)
			printf("group %s is changed; its members have it with their next file: prose-pkmf export %s all\n",
			       g.g.name, g.g.name);
	}
	db_close(&db);
	return code;
}

static void key_json(const struct pgk *k, int64_t now, const struct pgk *active)
{
	char hex[HEX_LEN(RECORD_FP_LEN)], suite[SUITE_TEXT_LEN];

	json_object(NULL);
	json_uint("pgk_id", k->pgk_id);
	json_string("fingerprint", to_hex(hex, k->fingerprint, sizeof(k->fingerprint)));
	json_string("suite", suite_text(suite, &k->suite));
	json_string("state", k->start > now ? "dormant" : k == active ? "active" :
		    k->until > now ? "ending" : "over");
	json_time("from", k->start);
	json_time("until", k->until);
	json_end();
}

static void key_text(const struct pgk *k, int64_t now, const struct pgk *active)
{
	char from[WHEN_LEN], until[WHEN_LEN], suite[SUITE_TEXT_LEN];

	printf("    key %u: %s, %s, from %s until %s\n", k->pgk_id,
	       k->start > now ? "dormant" : k == active ? "active" : k->until > now ? "ending" : "over",
	       suite_text(suite, &k->suite), when_absolute(from, k->start, true),
	       when_absolute(until, k->until, true));
}

static int count_members(struct db *db, const struct group *g, const char *state, int64_t *n,
			 struct why *w)
{
	return db_int(db, n, NULL, w, "SELECT count(*) FROM member WHERE grp = ? AND state = ?",
		      "it", (int64_t)g->id, state);
}

static int show_one(struct db *db, const struct group *g, bool keys, struct why *w)
{
	char suite[SUITE_TEXT_LEN], id[12], span[WHEN_LEN];
	const struct pgk *active;
	struct pgk_list l;
	int64_t members, pending;
	size_t i;

	if (pgk_load(db, g, &l, w) || count_members(db, g, "member", &members, w) ||
	    count_members(db, g, "pending", &pending, w))
		return -1;
	active = pgk_active(&l, db->now);
	snprintf(id, sizeof(id), "0x%06" PRIx32, g->id);
	suite_text(suite, &g->suite);
	if (!opt.json) {
		printf("%s %s: epoch %u.%u, %s, validity %s, %" PRId64 " member%s", g->name, id,
		       epoch_generation(g->epoch), epoch_number(g->epoch), suite,
		       duration(span, g->validity), members, members == 1 ? "" : "s");
		printf(", %zu key%s ahead\n", pgk_dormant(&l, db->now),
		       pgk_dormant(&l, db->now) == 1 ? "" : "s");
		for (i = 0; keys && i < l.n; i++)
			key_text(&l.k[i], db->now, active);
		return 0;
	}
	json_object(NULL);
	json_string("name", g->name);
	json_string("group", id);
	json_uint("generation", epoch_generation(g->epoch));
	json_uint("epoch", epoch_number(g->epoch));
	json_string("suite", suite);
	json_int("validity", g->validity);
	json_int("overlap", g->overlap);
	json_int("ahead", g->ahead);
	json_int("members", members);
	json_int("pending", pending);
	json_time("created", g->created);
	json_time("changed", g->changed);
	json_array("keys");
	for (i = 0; i < l.n; i++)
		key_json(&l.k[i], db->now, active);
	json_end();
	json_end();
	return 0;
}

static int list(struct db *db, const char *name, struct why *w)
{
	struct group g;
	struct rows r;
	int more, n = 0;

	if (name && group_find(db, name, &g, w))
		return -1;
	if (opt.json)
		json_array(NULL);
	if (name) {
		more = show_one(db, &g, true, w);
	} else if (!rows_begin(db, &r, w, "SELECT " GROUP_COLUMNS " FROM grp ORDER BY name", "")) {
		while ((more = rows_next(db, &r, w)) > 0) {
			group_row(&r, &g);
			n++;
			if (show_one(db, &g, false, w)) {
				more = -1;
				break;
			}
		}
		rows_end(&r);
		if (!more && !n && !opt.json)
			printf("there is no group yet: prose-pkmf group add NAME suite aes256-gcm\n");
	} else {
		more = -1;
	}
	if (opt.json) {
		json_end();
		json_done();
	}
	return more;
}

static int show(struct args *a, bool needs_name)
{
	const char *name = arg_next(a);
	struct why w;
	struct db db;
	int code;

	if (needs_name && !name)
		why(&w, "which group? prose-pkmf group show NAME");
	if ((needs_name && !name) || args_end(a, &w))
		return usage(&w);
	code = db_open(&db);
	if (code)
		return code;
	if (list(&db, name, &w))
		code = refused(&w);
	db_close(&db);
	return code;
}

static int group_list(struct args *a)
{
	return show(a, false);
}

static int group_show(struct args *a)
{
	return show(a, true);
}

static int group_del(struct args *a)
{
	const char *name = arg_next(a);
	int64_t members;
	struct group g;
	char what[64];
	struct why w;
	struct db db;
	int code;

	if (!name)
		why(&w, "which group? prose-pkmf group del NAME");
	if (!name || args_end(a, &w))
		return usage(&w);
	code = db_open(&db);
	if (code)
		return code;
	if (group_find(&db, name, &g, &w) || count_members(&db, &g, "member", &members, &w)) {
		code = refused(&w);
	} else if (members) {
		code = fail(EXIT_REFUSED, "group %s has %" PRId64 " member%s, who would keep its keys until they end",
			    g.name, members, members == 1 ? "" : "s");
		hint("Remove them first, so that they are told: prose-pkmf remove %s DEVICE...",
		     g.name);
	} else {
		snprintf(what, sizeof(what), "group del %s 0x%06" PRIx32, g.name, g.id);
		if (db_begin(&db, &w) ||
		    db_run(&db, &w, "DELETE FROM grp WHERE id = ?", "i", (int64_t)g.id) ||
		    db_commit(&db, what, &w))
			code = refused(&w);
		else if (!opt.json)
			printf("group %s is gone, and its keys from this database\n", g.name);
	}
	db_close(&db);
	return code;
}

int cmd_group(struct args *a)
{
	static const struct command table[] = {
		{ "list", group_list, "group list" },
		{ "ls", group_list, NULL },
		{ "show", group_show, "group show NAME" },
		{ "add", group_add,
		  "group add NAME suite SUITE [integrity I] [kdf K] [validity 24h] [overlap 300s] [ahead N] [address PREFIX,...] [group ID] [nonip|require|choice|window|margin|notice|lcid ...]"
		},
		{ "set", group_set,
		  "group set NAME [validity|overlap|ahead|address|nonip|... VALUE]"
		},
		{ "del", group_del, "group del NAME" },
	};

	return run_command("group", table, ARRAY_SIZE(table), a);
}
