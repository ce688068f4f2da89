// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>

#include "clock.h"
#include "dev.h"
#include "hook.h"
#include "json.h"
#include "prose.h"
#include "upplan.h"

struct plan {
	const struct conf *c;
	const struct running *r;	/* of no device: all zero, as prose up begins */
	bool made;
	int64_t now;
	plan_say *say;
	void *ctx;
};

static void would(const struct plan *p, const char *fmt, ...) PRINTF(2, 3);

static void would(const struct plan *p, const char *fmt, ...)
{
	char step[PATH_MAX + 256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(step, sizeof(step), fmt, ap);
	va_end(ap);
	p->say(p->ctx, step);
}

static void plan_hooks(const struct plan *p, enum conf_hook kind)
{
	size_t i;

	for (i = 0; p->made && i < p->c->n_hooks[kind]; i++)
		would(p, "run %s: %s", conf_hook_words[kind], p->c->hooks[kind][i].text);
}

static void plan_options(const struct plan *p)
{
	struct link_options o;
	char value[32];
	int i;

	options_differing(p->c, p->r, &o);
	for (i = 0; i < LK_N; i++)
		if (o.has >> i & 1)
			would(p, "set %s = %s", conf_link_words[i],
			      link_option_text(value, sizeof(value), i, o.v[i]));
}

static void plan_attach(const struct plan *p, const struct conf_key *k)
{
	const struct key_add *add = &k->add;
	const struct obj without_range = { 0 };
	char suite[64], range[64] = "", from[PATH_MAX + 16];

	snprintf(suite, sizeof(suite), "%s%s%s", NAME(cipher_names, add->cipher),
		 cipher_is_aead(add->cipher) ? "" : " integrity ",
		 cipher_is_aead(add->cipher) ? "" : NAME(integrity_names, add->integrity));
	if (range_wanted(p->c, k, &without_range))
		snprintf(range, sizeof(range), ", with %u PTK IDs of the ledger", add->range);
	if (k->path)
		snprintf(from, sizeof(from), "%s", k->path);
	else
		snprintf(from, sizeof(from), "serial %u", add->serial);
	would(p, "attach key %u, %s, from %s%s", add->id, suite, from, range);
}

static void plan_key(const struct plan *p, const struct conf_key *k)
{
	const struct obj *live = running_key(p->r, k->add.id);
	struct key_change change;
	char text[WHEN_LEN];

	if (!live) {
		plan_attach(p, k);
		return;
	}
	if (range_wanted(p->c, k, live))
		would(p, "take %u PTK IDs of the ledger for key %u", k->add.range, k->add.id);
	if (!times_wanted(k, live, p->now, &change))
		return;
	if (change.standby)
		would(p, "set From = standby of key %u", k->add.id);
	if (change.has_from)
		would(p, "set From = %s of key %u",
		      change.from ? when_absolute(text, change.from, true) : "now", k->add.id);
	if (change.has_until)
		would(p, "set Until = %s of key %u",
		      change.until ? when_absolute(text, change.until, true) : "never",
		      k->add.id);
}

void up_plan_steps(const struct conf *c, const struct running *r, int64_t now, plan_say *say,
		   void *ctx)
{
	const struct running none = { .member_default = 0 };
	struct plan p = { c, r ? r : &none, !r, now, say, ctx };
	char text[ADDRESS_LEN];
	size_t i;

	plan_hooks(&p, HOOK_PRE_UP);
	if (p.made)
		would(&p, "make the device over %s, group 0x%06x", c->lower.text,
		      c->options.v[LK_GROUP]);
	else
		plan_options(&p);
	if (mtu_wanted(c, p.r) != p.r->link.mtu)
		would(&p, "set MTU = %u", mtu_wanted(c, p.r));
	for (i = 0; i < c->n_keys; i++)
		plan_key(&p, &c->keys[i]);
	for (i = 0; i < c->n_addresses; i++)
		if (!running_has_address(p.r, &c->addresses[i]))
			would(&p, "add address %s", address_text(text, &c->addresses[i]));
	if (!p.r->link.up)
		would(&p, "set it up");
	plan_hooks(&p, HOOK_POST_UP);
}

/* Where the steps go: to standard output, under a line that is told with the first. */
struct output {
	const struct conf *c;
	bool made;
	size_t n;
};

static void print_step(void *ctx, const char *step)
{
	struct output *o = ctx;

	if (opt.json)
		json_string(NULL, step);
	else if (!o->n && o->made)
		printf("%s: would be made as %s says; nothing was done:\n", o->c->name, o->c->path);
	else if (!o->n)
		printf("%s: is there; what differs from %s would be mended; nothing was done:\n",
		       o->c->name, o->c->path);
	if (!opt.json)
		printf("  %s\n", step);
	o->n++;
}

static void print_plan(const struct conf *c, const struct running *r)
{
	struct output o = { c, !r, 0 };

	if (r)
		say_surplus(c, r);
	if (opt.json) {
		json_object(NULL);
		json_string("ifname", c->name);
		json_bool("there", r);
		json_array("would");
	}
	up_plan_steps(c, r, clock_real(), print_step, &o);
	if (opt.json) {
		json_end();
		json_end();
		json_done();
	} else if (!o.n) {
		printf("%s: is up already; nothing would be done\n", c->name);
	}
}

/* The module is not loaded for it: where there is none there is no device either. */
static int plan_of_device(const struct conf *c)
{
	uint32_t ifindex = prose_device(c->name);
	struct running r = { .member_default = 0 };
	struct genl g;
	int code;

	if (!ifindex)
		return EXIT_KERNEL;
	code = genl_open(&g, false);
	if (code)
		return code;
	code = running_read(&g, c->name, ifindex, &r);
	if (!code && unmendable(c, &r)) {
		hint("Nothing was changed.");
		code = EXIT_USAGE;
	}
	if (!code)
		print_plan(c, &r);
	running_free(&r);
	genl_close(&g);
	return code;
}

int up_plan(const struct conf *c)
{
	if (if_nametoindex(c->name))
		return plan_of_device(c);
	print_plan(c, NULL);
	return EXIT_OK;
}
