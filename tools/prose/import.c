// SPDX-License-Identifier: GPL-2.0
/* prose import */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "cmd.h"
#include "ids.h"
#include "import.h"
#include "json.h"
#include "managed.h"
#include "managers.h"
#include "outfile.h"
#include "prose.h"
#include "secret.h"
#include "shellword.h"
#include "when.h"

#define RECEIPT_SUFFIX ".receipt"

struct work {
	struct import *i;
	struct me m;
	struct managers known;
	uint8_t by[CMS_HASH_LEN];	/* whose file it is */
	uint8_t *content;		/* locked memory, as are the two that follow */
	struct bundle *b;
	struct snapshot *s;
};

static int refuse(const struct work *k, const struct why *w)
{
	return fail(EXIT_USAGE, "%s: %s", k->i->file, w->text);
}

/* Is it a manager that the user, or an earlier file, named? */
static int check_signer(const struct work *k)
{
	char is[HEX_LEN(CMS_HASH_LEN)], want[HEX_LEN(CMS_HASH_LEN)];
	uint8_t key[CMS_HASH_LEN];
	struct why w;

	to_hex(is, k->by, sizeof(k->by));
	if (k->i->manager) {
		if (parse_key_hash(k->i->manager, key, &w))
			return usage(&w);
		if (!memcmp(key, k->by, sizeof(key)))
			return EXIT_OK;
		return fail(EXIT_USAGE, "%s: it is signed by another manager: key %s, not %s",
			    k->i->file, is, to_hex(want, key, sizeof(key)));
	}
	if (managers_have(&k->known, k->by))
		return EXIT_OK;
	if (k->known.n)
		fail(EXIT_USAGE, "%s: it is signed by a manager that this device does not know: key %s",
		     k->i->file, is);
	else
		fail(EXIT_USAGE, "%s: this device knows no manager yet, and anybody can sign a file; this one is signed by key %s",
		     k->i->file, is);
	hint("If that is what \"prose-pkmf status\" prints at the manager, say so: prose import %s manager %s",
	     sh(k->i->file), is);
	return EXIT_USAGE;
}

static int open_file(struct work *k)
{
	enum cms_status status;
	size_t len = 0, n = 0;
	struct why w;
	uint8_t *der = infile_read(k->i->file, &len, &w);
	int code;

	if (!der)
		return usage(&w);
	status = cms_take(der, len, &k->m.cms, NULL, k->by, k->content, BUNDLE_MAX, &n, &w);
	free(der);
	if (status != CMS_TAKEN)
		return refuse(k, &w);
	code = check_signer(k);
	if (!code && bundle_decode(k->content, n, k->b, &w))
		code = refuse(k, &w);
	return code;
}

/* Who signed it knows what he gave to whom: it must be this device, and still good. */
static int check_bundle(const struct work *k)
{
	const struct bundle *b = k->b;
	uint8_t me[CMS_HASH_LEN];
	char ago[WHEN_LEN];
	struct why w;

	spki_hash(k->m.cms.key, me);
	if (memcmp(b->manager, k->by, RECORD_ID_LEN))
		why(&w, "it speaks for another manager than the one that signed it");
	else if (memcmp(b->recipient, me, sizeof(me)))
		why(&w, "it is for another device, %s, and was passed on to this one", b->device);
	else if (memcmp(b->ledger, k->m.ledger, sizeof(b->ledger)))
		why(&w, "it is for another ledger than this device has now: the device was installed anew, or its disk is a copy. The same key under the same member ID must not be used by two; send a new request: prose request FILE");
	else if (b->expires <= clock_real())
		why(&w, "it has expired, %s; have it exported anew",
		    when_relative(ago, b->expires, clock_real()));
	else
		return EXIT_OK;
	return refuse(k, &w);
}

/* All of them, before the first is installed. */
static int check_snapshots(const struct work *k)
{
	struct why w;
	size_t i;

	for (i = 0; i < k->b->n_snapshots; i++) {
		if (snapshot_decode(k->b->snapshots[i].octets, k->b->snapshots[i].len, k->s, &w))
			return refuse(k, &w);
		if (memcmp(k->s->manager, k->b->manager, RECORD_ID_LEN)) {
			why(&w, "a snapshot in it is another manager's");
			return refuse(k, &w);
		}
	}
	return EXIT_OK;
}

static void say_group(const struct import *i, const struct imported *g, const struct why *w)
{
	const char *name = g->name[0] ? g->name : "group";

	if (opt.json) {
		char group[12], member[12];

		snprintf(group, sizeof(group), "0x%06x", g->group);
		snprintf(member, sizeof(member), "0x%06x", g->member);
		json_object(NULL);
		json_string("group", group);
		json_string("member", member);
		json_string("name", g->name);
		json_uint("generation", epoch_generation(g->epoch));
		json_uint("epoch", epoch_number(g->epoch));
		json_uint("live_keys", g->n_live);
		json_bool("refused", g->refused);
		json_string("result", record_result_text(g->result));
		json_string("reason", w->text);
		json_end();
		return;
	}
	if (g->refused) {
		fail(EXIT_USAGE, "%s 0x%06x is refused (%s): %s", name, g->group,
		     record_result_text(g->result), w->text);
		return;
	}
	printf("%s 0x%06x: %smember 0x%06x, epoch %u.%u, %zu key%s", name, g->group,
	       i->dry_run ? "would be taken: " : "", g->member, epoch_generation(g->epoch),
	       epoch_number(g->epoch), g->n_live, g->n_live == 1 ? "" : "s");
	if (!g->n_live)
		printf("; this device is no member any more");
	if (!i->dry_run)
		printf(", %s", record_result_text(g->result));
	putchar('\n');
	/* Of prose join, the device is made next. */
	if (w->text[0] && !i->dry_run && !i->answer_later)
		hint("%s", w->text);
}

static int install_one(struct work *k, const struct install *in, struct imported *g)
{
	struct why w = { "" };

	memset(g, 0, sizeof(*g));
	g->group = k->s->group;
	g->member = k->s->member;
	g->epoch = k->s->epoch;
	g->n_live = k->s->n_live;
	if (k->s->has_config)
		strcpy(g->name, k->s->config.name);
	g->refused = record_install(in, k->s, k->i->dry_run, &g->result, &w);
	say_group(k->i, g, &w);
	return g->refused ? EXIT_USAGE : EXIT_OK;
}

static int install_all(struct work *k)
{
	struct import *i = k->i;
	struct install in;
	struct kattach kernel;
	struct why w;
	int code = EXIT_OK, one;
	size_t n;

	managed_install(&in, &k->m, &kernel);
	if (opt.json)
		json_array(NULL);
	for (n = 0; n < k->b->n_snapshots; n++) {
		if (snapshot_decode(k->b->snapshots[n].octets, k->b->snapshots[n].len, k->s, &w))
			continue;	/* it was, in check_snapshots() */
		one = install_one(k, &in, &i->groups[i->n++]);
		if (!code)
			code = one;
	}
	if (opt.json) {
		json_end();
		json_done();
	} else {
		kattach_say(&kernel);
	}
	kattach_close(&kernel);
	return code;
}

/* What is to be remembered of the file itself. */
static int remember(struct work *k)
{
	struct ledger l;
	struct why w;
	int err;

	if (managers_add(k->m.dirfd, &k->known, k->by, &w))
		return fail(EXIT_LEDGER, "%s", w.text);
	if (ledger_open(opt.state_dir, &l, &w) != LEDGER_OK)
		return fail(EXIT_LEDGER, "%s", w.text);
	err = ledger_serial(&l, k->b->manager, k->b->serial);
	if (k->b->made > l.manager_time)
		l.manager_time = k->b->made;
	if (err)
		why(&w, "%s", strerror(ENOMEM));
	else
		err = ledger_write(&l, &w);
	ledger_close(&l);
	return err ? fail(EXIT_LEDGER, "%s", w.text) : EXIT_OK;
}

static int by_group(const void *a, const void *b)
{
	const struct receipt_group *x = a, *y = b;

	return x->group < y->group ? -1 : x->group > y->group;
}

static int fill_receipt(const struct import *i, const struct me *m, struct receipt *r,
			struct why *w)
{
	struct ledger l;
	size_t n;

	memset(r, 0, sizeof(*r));
	memcpy(r->manager, i->by, sizeof(r->manager));
	memcpy(r->ledger, m->ledger, sizeof(r->ledger));
	r->serial = i->serial;
	r->made = clock_real();
	for (n = 0; n < i->n; n++)
		r->groups[n] = (struct receipt_group){ i->groups[n].group, i->groups[n].epoch,
						       i->groups[n].result };
	r->n_groups = i->n;
	qsort(r->groups, r->n_groups, sizeof(r->groups[0]), by_group);
	if (ledger_peek(opt.state_dir, &l, w) != LEDGER_OK)
		return -1;
	r->n_next = outfile_next(&l, r->next);
	ledger_close(&l);
	return 0;
}

static int answer(const struct import *i, const struct me *m)
{
	struct receipt *r = malloc(sizeof(*r));
	uint8_t *octets = malloc(RECEIPT_MAX);
	char name[PATH_MAX];
	struct why w;
	int len = -1, code = EXIT_OK;

	/* Beside standard input is no place. */
	if (!i->receipt && !strcmp(i->file, "-"))
		return EXIT_OK;
	snprintf(name, sizeof(name), "%s%s", i->receipt ? i->receipt : i->file,
		 i->receipt ? "" : RECEIPT_SUFFIX);
	if (!r || !octets)
		code = fail(EXIT_KERNEL, "no memory");
	else
		len = fill_receipt(i, m, r, &w) ? -1 : receipt_encode(r, octets, RECEIPT_MAX, &w);
	if (!code && len < 0)
		code = fail(EXIT_LEDGER, "no receipt: %s", w.text);
	if (!code)
		code = outfile_signed(m, name, octets, len);
	free(octets);
	free(r);
	if (!code && !opt.json && strcmp(name, "-"))
		printf("the receipt for the manager is %s: prose-pkmf receipt add FILE\n", name);
	return code;
}

static int import_open(struct work *k)
{
	int code = open_file(k);

	if (!code)
		code = check_bundle(k);
	if (!code)
		code = check_snapshots(k);
	if (code && !k->i->dry_run)
		hint("Nothing was changed.");
	return code;
}

static bool any_taken(const struct import *i)
{
	size_t n;

	for (n = 0; n < i->n; n++)
		if (!i->groups[n].refused)
			return true;
	return false;
}

static int run(struct work *k)
{
	int code = import_open(k), after;

	if (code)
		return code;
	code = install_all(k);
	if (k->i->dry_run)
		return code;
	k->i->serial = k->b->serial;
	memcpy(k->i->by, k->b->manager, sizeof(k->i->by));
	/* Of a file of which nothing was taken, nothing is remembered. */
	after = any_taken(k->i) ? remember(k) : EXIT_OK;
	if (!after && !k->i->answer_later)
		after = answer(k->i, &k->m);
	return code ? code : after;
}

int import_answer(const struct import *i)
{
	struct me m;
	int code = me_open(&m, false, NULL);

	if (!code)
		code = answer(i, &m);
	me_close(&m);
	return code;
}

int import_file(struct import *i)
{
	struct work k = { .i = i };
	struct why w;
	int code;

	code = me_open(&k.m, false, NULL);
	if (code)
		return code;
	k.content = secret_new(BUNDLE_MAX);
	k.b = secret_new(sizeof(*k.b));
	k.s = secret_new(sizeof(*k.s));
	if (!k.content || !k.b || !k.s)
		code = fail(EXIT_KERNEL, "no memory for keys: %s", strerror(errno));
	else if (managers_load(k.m.dirfd, &k.known, &w))
		code = fail(EXIT_LEDGER, "%s", w.text);
	else
		code = run(&k);
	managers_free(&k.known);
	secret_del(k.s, sizeof(*k.s));
	secret_del(k.b, sizeof(*k.b));
	secret_del(k.content, BUNDLE_MAX);
	me_close(&k.m);
	return code;
}

enum { W_MANAGER, W_RECEIPT, W_N };

int cmd_import(struct args *a)
{
	static const struct keyword words[W_N] = {
		[W_MANAGER] = { "manager", "the hash of the manager's key" },
		[W_RECEIPT] = { "receipt", "the name of a file" },
	};
	struct import *i = calloc(1, sizeof(*i));
	const char *v[W_N];
	struct why w;
	int code;

	if (!i)
		return fail(EXIT_KERNEL, "no memory");
	i->file = arg_next(a);
	if (!i->file) {
		why(&w, "the name of the file is missing: prose import FILE [manager HASH] [receipt FILE]");
		code = usage(&w);
	} else if (args_keywords(a, words, W_N, v, &w)) {
		code = usage(&w);
	} else {
		i->manager = v[W_MANAGER];
		i->receipt = v[W_RECEIPT];
		i->dry_run = opt.dry_run;
		code = import_file(i);
	}
	free(i);
	return code;
}
