// SPDX-License-Identifier: GPL-2.0
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "key.h"
#include "managed.h"
#include "prose.h"
#include "secret.h"
#include "shellword.h"
#include "store.h"

/* Policy of a group record, and the option of a device that it is. */
static const int option_of[POLICY_N] = {
	[POLICY_LCID] = LK_LCID,
	[POLICY_ETHERTYPE] = LK_ETHERTYPE,
	[POLICY_WINDOW] = LK_WINDOW,
	[POLICY_NONIP] = LK_NONIP,
	[POLICY_MARGIN] = LK_MARGIN,
	[POLICY_NOTICE] = LK_NOTICE,
	[POLICY_REQUIRE] = LK_REQUIRE,
	[POLICY_CHOICE] = LK_CHOICE,
	[POLICY_PTK_AGE] = LK_PTK_AGE,
	[POLICY_PTK_PACKETS] = LK_PTK_PACKETS,
};

enum key_source managed_source(uint32_t group, char name[IF_NAMESIZE])
{
	enum key_source source = SOURCE_NONE;
	struct conf c;
	struct why w;
	glob_t files;
	size_t i;

	if (glob(CONF_DIR "/*" CONF_SUFFIX, 0, NULL, &files))
		return SOURCE_NONE;
	/* A file that cannot be read now names no group; up will say what it has. */
	for (i = 0; i < files.gl_pathc && source == SOURCE_NONE; i++) {
		if (!conf_read(&c, files.gl_pathv[i], NULL, &w) &&
		    c.options.v[LK_GROUP] == group) {
			source = c.keys_from;
			if (name)
				strcpy(name, c.name);
		}
		conf_free(&c);
	}
	globfree(&files);
	return source;
}

static enum key_source source(void *ctx, uint32_t group)
{
	(void)ctx;
	return managed_source(group, NULL);
}

void managed_install(struct install *in, const struct me *m, struct kattach *k)
{
	memset(k, 0, sizeof(*k));
	*in = (struct install){
		.state_dir = opt.state_dir, .dirfd = m->dirfd, .kek = m->kek,
		.now = clock_real(), .clock_good = !clock_refused(NULL), .source = source,
		.ops = &kattach_ops, .ctx = k,
	};
}

static void fill_options(struct conf *c, const struct group_record *r)
{
	int i, option;

	for (i = 0; i < POLICY_N; i++) {
		option = option_of[i];
		if (!(r->has >> i & 1) || c->options.has >> option & 1)
			continue;
		c->options.has |= 1u << option;
		c->options.v[option] = r->policy[i];
	}
}

static int fill_addresses(struct conf *c, const struct group_record *r)
{
	size_t i;

	if (c->n_addresses || !r->n_addresses)
		return EXIT_OK;
	c->addresses = calloc(r->n_addresses, sizeof(*c->addresses));
	if (!c->addresses)
		return fail(EXIT_KERNEL, "no memory for addresses");
	for (i = 0; i < r->n_addresses; i++) {
		struct address *a = &c->addresses[i];

		a->family = r->addresses[i].family == 4 ? AF_INET : AF_INET6;
		a->prefix = r->addresses[i].prefix;
		memcpy(a->octets, r->addresses[i].octets, sizeof(a->octets));
	}
	c->n_addresses = r->n_addresses;
	return EXIT_OK;
}

static int fill(struct conf *c, const struct snapshot *s)
{
	if (c->options.has & 1 << LK_MEMBER && c->options.v[LK_MEMBER] != s->member) {
		fail(EXIT_USAGE, "%s:%u: Member = %s, and the manager of the group has 0x%06x for this device; take the line out",
		     c->path, c->link[LK_MEMBER].line, c->link[LK_MEMBER].text, s->member);
		return EXIT_USAGE;
	}
	c->options.has |= 1 << LK_MEMBER;
	c->options.v[LK_MEMBER] = s->member;
	if (!s->has_config)
		return EXIT_OK;
	fill_options(c, &s->config);
	return fill_addresses(c, &s->config);
}

static int read_snapshot(const struct me *m, const struct conf *c, struct snapshot *s)
{
	const struct ledger_group *g;
	enum store_status status;
	struct ledger l;
	struct why w;

	if (ledger_peek(opt.state_dir, &l, &w) != LEDGER_OK)
		return fail(EXIT_LEDGER, "%s", w.text);
	g = ledger_group_held(&l, c->options.v[LK_GROUP]);
	if (!g) {
		ledger_close(&l);
		fail(EXIT_LEDGER, "%s:%u: Keys = manager, and no manager has given keys of group 0x%06x to this device",
		     c->path, c->keys_text.line, c->options.v[LK_GROUP]);
		hint("Import its file: prose import FILE; or ask for one: prose request FILE");
		return EXIT_LEDGER;
	}
	status = store_read(m->dirfd, m->kek, g, s, &w);
	ledger_close(&l);
	if (status == STORE_OK)
		return EXIT_OK;
	fail(EXIT_LEDGER, "%s", w.text);
	store_hint(status);
	return EXIT_LEDGER;
}

int managed_fill(struct conf *c)
{
	struct snapshot *s;
	struct me m;
	int code;

	code = me_unseal(&m);
	if (code)
		return code;
	s = secret_new(sizeof(*s));
	code = s ? read_snapshot(&m, c, s) : fail(EXIT_KERNEL, "no memory for keys");
	if (!code)
		code = fill(c, s);
	secret_del(s, sizeof(*s));
	me_close(&m);
	return code;
}

static int attach(const struct install *in, uint32_t group)
{
	enum record_result result;
	struct why w;

	if (!record_attach(in, group, &result, &w) && result == RESULT_IN_USE)
		return EXIT_OK;
	fail(in->clock_good ? EXIT_LEDGER : EXIT_LATER, "%s", w.text);
	return in->clock_good ? EXIT_LEDGER : EXIT_LATER;
}

int managed_attach(uint32_t group)
{
	struct install in;
	struct kattach k;
	struct me m;
	int code;

	code = me_unseal(&m);
	if (code)
		return code;
	managed_install(&in, &m, &k);
	code = attach(&in, group);
	if (!opt.json)
		kattach_say(&k);
	kattach_close(&k);
	me_close(&m);
	return code;
}

/* Groups without a device here are no fault: another network namespace may have it. */
static int attach_held(const struct ledger *l)
{
	struct install in;
	struct kattach k;
	struct me m;
	struct why w;
	int err = 0;
	size_t i;

	if (me_unseal(&m))
		return -1;
	managed_install(&in, &m, &k);
	for (i = 0; i < l->n_groups; i++) {
		const struct ledger_group *g = &l->group[i];

		if (!g->held || managed_source(g->group, NULL) != SOURCE_MANAGER ||
		    kattach_find(&k, g->group, g->member, &w))
			continue;
		if (attach(&in, g->group))
			err = -1;
	}
	kattach_close(&k);
	me_close(&m);
	return err;
}

int managed_attach_all(void)
{
	bool any = false;
	struct ledger l;
	struct why w;
	size_t i;
	int err;

	if (ledger_peek(opt.state_dir, &l, &w) != LEDGER_OK)
		return 0;	/* whoever needs it says so */
	for (i = 0; i < l.n_groups; i++)
		any |= l.group[i].held;
	err = any ? attach_held(&l) : 0;
	ledger_close(&l);
	return err;
}
