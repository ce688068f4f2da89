// SPDX-License-Identifier: GPL-2.0
/*
 * prose up: make the device of a configuration file, or mend the one that is
 * there. All is done, or all that was done is taken back.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "cmd.h"
#include "conf.h"
#include "dev.h"
#include "hook.h"
#include "key.h"
#include "managed.h"
#include "prose.h"
#include "shellword.h"
#include "signals.h"
#include "undo.h"
#include "updiff.h"
#include "updown.h"
#include "upplan.h"

struct up {
	const struct conf *c;
	struct genl g;
	uint32_t ifindex;
	bool made;
	char mended[256];	/* what was, in words with commas between them */
	struct running r;	/* before anything was changed; of a new one: after that */
	struct undo undo;
};

static int not_stopped(void)
{
	int sig = signals_came();

	return sig ? fail(EXIT_USAGE, "stopped by signal %d", sig) : EXIT_OK;
}

static void mended(struct up *u, const char *fmt, ...) PRINTF(2, 3);

/* For the last line; what has no room there is still done. */
static void mended(struct up *u, const char *fmt, ...)
{
	size_t len = strlen(u->mended);
	va_list ap;

	if (len)
		len += snprintf(u->mended + len, sizeof(u->mended) - len, ", ");
	if (len >= sizeof(u->mended))
		return;
	va_start(ap, fmt);
	vsnprintf(u->mended + len, sizeof(u->mended) - len, fmt, ap);
	va_end(ap);
}

static int push(struct up *u, undo_fn *fn, uint32_t what)
{
	struct undo_step s = { .fn = fn, .what = what };
	int code = not_stopped();

	return code ? code : undo_push(&u->undo, &s);
}

/* Gone with its lower device, and all that it had with it. */
static int not_undone(const struct up *u, const struct nl_error *e)
{
	return e->err == -ENODEV ? EXIT_OK : kernel_refused(u->c->name, CMD_LINK, e);
}

static int undo_hooks(void *ctx, const struct undo_step *s)
{
	struct up *u = ctx;

	return hooks_run(u->c, s->what, true);
}

/* Also if the first of them fails: it may have done half of its work. */
static int run_hooks(struct up *u, enum conf_hook kind, enum conf_hook back)
{
	int code;

	if (!u->c->n_hooks[kind])
		return EXIT_OK;
	code = push(u, undo_hooks, back);
	if (!code)
		code = hooks_run(u->c, kind, false);
	return code ? code : not_stopped();
}

static int undo_device(void *ctx, const struct undo_step *s)
{
	struct up *u = ctx;

	(void)s;
	/* Not made, or gone with its lower device. */
	if (!u->ifindex || if_nametoindex(u->c->name) != u->ifindex)
		return EXIT_OK;
	return device_remove(u->c->name, u->ifindex);
}

static int make_device(struct up *u)
{
	uint32_t lower = device_index(u->c->lower.text);
	int code;

	if (!lower)
		return EXIT_KERNEL;
	code = push(u, undo_device, 0);
	if (!code)
		code = device_make(u->c->name, lower, &u->c->options);
	if (code)
		return code;
	u->made = true;
	u->ifindex = device_index(u->c->name);
	if (!u->ifindex)
		return EXIT_KERNEL;
	return running_read(&u->g, u->c->name, u->ifindex, &u->r);
}

static int undo_options(void *ctx, const struct undo_step *s)
{
	struct link_options o = { .has = s->what };
	struct up *u = ctx;
	char buf[RTNL_BUF];
	struct nl_error e;
	int i;

	for (i = 0; i < LK_N; i++)
		o.v[i] = running_option(&u->r.dev, i);
	if (rtnl_talk(rtnl_change(buf, u->ifindex, &o), &e))
		return not_undone(u, &e);
	return EXIT_OK;
}

static int mend_options(struct up *u)
{
	struct link_options o;
	char buf[RTNL_BUF];
	struct nl_error e;
	int code, i;

	options_differing(u->c, &u->r, &o);
	if (!o.has)
		return EXIT_OK;
	code = push(u, undo_options, o.has);
	if (code)
		return code;
	for (i = 0; i < LK_N; i++)
		if (o.has >> i & 1)
			mended(u, "%s", conf_link_words[i]);
	if (rtnl_talk(rtnl_change(buf, u->ifindex, &o), &e))
		return kernel_refused(u->c->name, CMD_LINK, &e);
	return EXIT_OK;
}

static int undo_mtu(void *ctx, const struct undo_step *s)
{
	struct up *u = ctx;
	struct nl_error e;

	if (link_set_mtu(u->ifindex, s->what, &e))
		return not_undone(u, &e);
	return EXIT_OK;
}

static int set_mtu(struct up *u)
{
	uint32_t mtu = mtu_wanted(u->c, &u->r);
	struct nl_error e;
	int code;

	if (mtu == u->r.link.mtu)
		return EXIT_OK;
	code = u->made ? EXIT_OK : push(u, undo_mtu, u->r.link.mtu);
	if (code)
		return code;
	mended(u, "MTU");
	if (!link_set_mtu(u->ifindex, mtu, &e))
		return EXIT_OK;
	kernel_refused(u->c->name, CMD_LINK, &e);
	if (u->c->mtu)
		hint("%s:%u: MTU = %u; a new device has the largest that its lower device allows",
		     u->c->path, u->c->mtu_text.line, mtu);
	return EXIT_KERNEL;
}

static int undo_key(void *ctx, const struct undo_step *s)
{
	struct up *u = ctx;
	struct nl_error e;
	struct obj key;

	if (!genl_key_get(&u->g, u->ifindex, s->what, &key, &e))
		return detach(&u->g, u->c->name, u->ifindex, s->what, NULL, NULL);
	return e.err == -ENOENT ? EXIT_OK : not_undone(u, &e);
}

static int attach_key(struct up *u, const struct conf_key *k)
{
	struct obj key;
	int code = push(u, undo_key, k->add.id);

	if (code)
		return code;
	mended(u, "key %u", k->add.id);
	code = key_attach(&u->g, &k->add, u->ifindex, opt.json, &key);
	if (code)
		hint("%s:%u: this key; one that only receives has Range = 0, a device Tx = off",
		     u->c->path, k->line);
	return code;
}

static int undo_times(void *ctx, const struct undo_step *s)
{
	struct key_change old = { .standby = s->old[2], .has_from = !s->old[2],
				  .has_until = true, .from = s->old[0], .until = s->old[1] };
	struct up *u = ctx;
	struct obj key;

	return key_change(&u->g, u->c->name, u->ifindex, s->what, &old, &key);
}

static int set_times(struct up *u, const struct conf_key *k, const struct obj *live,
		     const struct key_change *c)
{
	struct undo_step s = {
		.fn = undo_times, .what = k->add.id,
		.old = { live->from, HAS(live, PROSE_A_UNTIL) ? live->until : 0,
			 HAS(live, PROSE_A_STANDBY) },
	};
	struct obj key;
	int code = not_stopped();

	if (!code)
		code = undo_push(&u->undo, &s);
	if (code)
		return code;
	if (c->has_from || c->standby)
		mended(u, "From of key %u", k->add.id);
	if (c->has_until)
		mended(u, "Until of key %u", k->add.id);
	return key_change(&u->g, u->c->name, u->ifindex, k->add.id, c, &key);
}

static int mend_key(struct up *u, const struct conf_key *k)
{
	const struct obj *live = running_key(&u->r, k->add.id);
	struct key_change change;
	int code = EXIT_OK;

	if (!live)
		return attach_key(u, k);
	/*
	 * Before it is used, as in key_use(). PTK IDs that were granted are not
	 * taken back: they do no harm.
	 */
	if (range_wanted(u->c, k, live)) {
		mended(u, "PTK IDs of key %u", k->add.id);
		code = take_range(&u->g, u->c->name, u->ifindex, k->add.id, k->add.range, NULL,
				  false, NULL);
	}
	if (!code && times_wanted(k, live, clock_real(), &change))
		code = set_times(u, k, live, &change);
	return code;
}

static int undo_address(void *ctx, const struct undo_step *s)
{
	struct up *u = ctx;
	struct nl_error e;

	/* It is not there; or none can be, as IPv6 is disabled on the device. */
	if (!address_del(u->ifindex, &u->c->addresses[s->what], &e) ||
	    e.err == -EADDRNOTAVAIL || e.err == -ENXIO)
		return EXIT_OK;
	return not_undone(u, &e);
}

static int add_address(struct up *u, size_t i)
{
	const struct address *a = &u->c->addresses[i];
	char text[ADDRESS_LEN], what[IF_NAMESIZE + ADDRESS_LEN + 16];
	struct nl_error e;
	int code;

	if (running_has_address(&u->r, a))
		return EXIT_OK;
	code = push(u, undo_address, i);
	if (code)
		return code;
	address_text(text, a);
	mended(u, "address %s", text);
	if (!address_add(u->ifindex, a, &e))
		return EXIT_OK;
	snprintf(what, sizeof(what), "%s: address %s", u->c->name, text);
	kernel_refused(what, CMD_LINK, &e);
	if (e.err == -EACCES && a->family == AF_INET6)
		hint("IPv6 is disabled on it: sysctl net.ipv6.conf.default.disable_ipv6=0 (or PreUp=)");
	return EXIT_KERNEL;
}

static int undo_up(void *ctx, const struct undo_step *s)
{
	struct up *u = ctx;
	struct nl_error e;

	(void)s;
	if (link_set_up(u->ifindex, false, &e))
		return not_undone(u, &e);
	return EXIT_OK;
}

static int bring_up(struct up *u)
{
	struct nl_error e;
	int code;

	if (u->r.link.up)
		return EXIT_OK;
	code = push(u, undo_up, 0);
	if (code)
		return code;
	mended(u, "being down");
	if (link_set_up(u->ifindex, true, &e))
		return kernel_refused(u->c->name, CMD_LINK, &e);
	return EXIT_OK;
}

/* Keys before addresses and before it is up: it never is there without them. */
static int steps(struct up *u)
{
	const struct conf *c = u->c;
	size_t i;
	int code = EXIT_OK;

	if (!u->ifindex)
		code = run_hooks(u, HOOK_PRE_UP, HOOK_POST_DOWN);
	if (!code && !u->ifindex)
		code = make_device(u);
	if (!code && !u->made)
		code = mend_options(u);
	if (!code)
		code = set_mtu(u);
	for (i = 0; !code && i < c->n_keys; i++)
		code = mend_key(u, &c->keys[i]);
	if (!code && c->keys_from == SOURCE_MANAGER)
		code = managed_attach(c->options.v[LK_GROUP]);
	for (i = 0; !code && i < c->n_addresses; i++)
		code = add_address(u, i);
	if (!code)
		code = bring_up(u);
	if (!code && u->made)
		code = run_hooks(u, HOOK_POST_UP, HOOK_PRE_DOWN);
	return code ? code : not_stopped();
}

static void say_lower_down(const struct up *u)
{
	struct link_state s;
	struct nl_error e;

	if (HAS(&u->r.dev, PROSE_A_LOWER_NETNSID) ||
	    link_state_get(u->r.dev.lower_ifindex, &s, &e) || s.up)
		return;
	warn("the lower device %s is down, so %s can neither send nor receive",
	     u->c->lower.text, u->c->name);
	hint("ip link set %s up, or have it done: PreUp = ip link set %s up", sh(u->c->lower.text),
	     sh(u->c->lower.text));
}

/* What is there, before anything is changed. */
static int look(struct up *u)
{
	int code;

	if (!if_nametoindex(u->c->name))
		return EXIT_OK;
	u->ifindex = prose_device(u->c->name);
	if (!u->ifindex)
		return EXIT_KERNEL;
	code = running_read(&u->g, u->c->name, u->ifindex, &u->r);
	if (code)
		return code;
	if (!unmendable(u->c, &u->r))
		return EXIT_OK;
	hint("Nothing was changed.");
	return EXIT_USAGE;
}

static int say_done(const struct up *u)
{
	char *dev = (char *)u->c->name;
	struct args a = { 1, &dev };
	size_t surplus = 0;

	if (!u->made)
		surplus = say_surplus(u->c, &u->r);
	say_lower_down(u);
	if (opt.json)
		return cmd_show(&a);
	if (u->made && u->c->keys_from == SOURCE_MANAGER)
		printf("%s: is up, with the keys of its manager and %zu address%s\n", u->c->name,
		       u->c->n_addresses, u->c->n_addresses == 1 ? "" : "es");
	else if (u->made)
		printf("%s: is up, with %zu key%s and %zu address%s\n", u->c->name, u->c->n_keys,
		       u->c->n_keys == 1 ? "" : "s", u->c->n_addresses,
		       u->c->n_addresses == 1 ? "" : "es");
	else if (u->mended[0])
		printf("%s: was there; what differed from %s is mended: %s\n", u->c->name,
		       u->c->path, u->mended);
	else if (surplus)
		printf("%s: is up already, and has all that %s says\n", u->c->name, u->c->path);
	else
		printf("%s: is up already, as %s says\n", u->c->name, u->c->path);
	return EXIT_OK;
}

int device_up(const struct conf *c)
{
	struct up u = { .c = c };
	struct signals old;
	int code = genl_open(&u.g, true);

	if (code)
		return code;
	u.undo.ctx = &u;
	code = look(&u);
	if (!code) {
		signals_catch(&old);
		code = steps(&u);
		if (code && u.undo.n) {
			if (undo_all(&u.undo))
				hint("%s: NOT all that was done could be undone, see above; prose show tells what is there, and \"prose dev del %s\" takes the device away",
				     sh(c->name), sh(c->name));
			else
				hint("%s: all that was done is undone", c->name);
		}
		signals_leave(&old);
	}
	if (!code)
		code = say_done(&u);
	running_free(&u.r);
	genl_close(&u.g);
	return code;
}

int cmd_up(struct args *a)
{
	const char *name = arg_next(a);
	struct conf c;
	struct why w;
	int code;

	if (args_end(a, &w))
		return usage(&w);
	if (opt.dry_run ? conf_read(&c, name, NULL, &w) : conf_load(&c, name, NULL, &w))
		code = conf_refused(&c, &w);
	else
		code = conf_ready(&c);
	if (!code)
		code = opt.dry_run ? up_plan(&c) : device_up(&c);
	conf_free(&c);
	return code;
}
