// SPDX-License-Identifier: GPL-2.0
/* Floors between kernel and file, and prose floors. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "cmd.h"
#include "ids.h"
#include "json.h"
#include "prose.h"
#include "when.h"

static void restart(void *ctx)
{
	struct floors *l = ctx;

	l->n = 0;
}

static int take_floor(const struct nlmsghdr *nlh, void *ctx)
{
	struct floor f = { .raised = clock_real() };
	struct obj o;

	obj_decode(nlh, &o);
	if (!HAS(&o, PROSE_A_GROUP) || !HAS(&o, PROSE_A_FINGERPRINT) ||
	    !HAS(&o, PROSE_A_MEMBER) || !HAS(&o, PROSE_A_FLOOR))
		return 0;
	f.group = o.group;
	f.member = o.member;
	f.count = o.floor;
	memcpy(f.fp, o.fingerprint, sizeof(f.fp));
	if (!floors_add(ctx, &f))
		return 0;
	errno = ENOMEM;
	return -1;
}

/* What the kernel remembers, settled. -errno. */
static int kernel_floors(struct genl *g, struct floors *l, struct nl_error *e)
{
	int err;

	memset(l, 0, sizeof(*l));
	err = genl_dump_to(g, PROSE_CMD_FLOOR_GET, 0, restart, take_floor, l, e);
	if (err)
		floors_free(l);
	else
		floors_settle(l, SIZE_MAX);
	return err;
}

int floors_save(struct genl *g, const char *path, struct floors *last, struct nl_error *e,
		struct why *w)
{
	static bool told;
	struct floors_file file;
	struct floors now;
	bool written;
	int n = 0, out;

	memset(e, 0, sizeof(*e));
	/* Locked over both, so that no "member reset" is undone. */
	if (floors_open(&file, opt.state_dir, path, true, w))
		return -1;
	if (kernel_floors(g, &now, e)) {
		floors_close(&file);
		return why(w, "the kernel does not tell its floors: %s", strerror(-e->err));
	}
	if (!floors_raises(&now, last)) {
		floors_close(&file);
		floors_free(last);
		*last = now;
		return 0;
	}
	out = floors_merge(&file, &now, &written, w);
	floors_close(&file);
	if (out < 0) {
		floors_free(&now);
		return -1;
	}
	if (out && !told)
		warn("%d floors, those not raised for the longest time, had no room in %s/%s",
		     out, file.dir, file.name);
	told |= out;
	if (written)
		n = now.n;
	floors_free(last);
	*last = now;
	return n;
}

static int latest_first(const void *x, const void *y)
{
	const struct floor *a = x, *b = y;

	return (a->raised < b->raised) - (a->raised > b->raised);
}

struct pushed {
	size_t set, attached, full;
};

/* Those raised last first, should there not be room for all. -errno. */
static int push(struct genl *g, struct floors *l, uint32_t group, struct pushed *p,
		struct nl_error *e)
{
	size_t i;

	memset(p, 0, sizeof(*p));
	if (l->n)
		qsort(l->f, l->n, sizeof(*l->f), latest_first);
	for (i = 0; i < l->n; i++) {
		const struct floor *f = &l->f[i];
		char buf[GENL_BUF];
		struct nlmsghdr *nlh = genl_request(g, buf, PROSE_CMD_FLOOR_SET);

		if (group && f->group != group)
			continue;
		mnl_attr_put_u32(nlh, PROSE_A_GROUP, f->group);
		mnl_attr_put(nlh, PROSE_A_FINGERPRINT, sizeof(f->fp), f->fp);
		mnl_attr_put_u32(nlh, PROSE_A_MEMBER, f->member);
		mnl_attr_put_u32(nlh, PROSE_A_FLOOR, f->count);
		genl_do(g, nlh, NULL, e);
		/*
		 * Attached: the kernel knows better. Of another namespace: it is
		 * not ours to set; want of capability has no text.
		 */
		if (e->err == -EBUSY || (e->err == -EPERM && e->msg[0]))
			p->attached++;
		else if (e->err == -ENOSPC)
			p->full++;
		else if (!e->err)
			p->set++;
		else
			return e->err;
	}
	return 0;
}

/* From the state directory, or from path. */
static int restore(struct genl *g, const char *path, uint32_t group, struct pushed *p)
{
	struct floors_file file;
	struct nl_error e;
	struct floors l;
	struct why w;
	int err;

	memset(p, 0, sizeof(*p));
	err = floors_open(&file, opt.state_dir, path, false, &w);
	if (err == -ENOENT && !path)
		return EXIT_OK;		/* nothing was ever saved here */
	if (err)
		return fail(EXIT_LEDGER, "%s", w.text);
	if (path && faccessat(file.dirfd, file.name, F_OK, 0)) {
		fail(EXIT_LEDGER, "%s: %s", path, strerror(errno));
		floors_close(&file);
		return EXIT_LEDGER;
	}
	if (floors_load(&file, &l, &w)) {
		fail(EXIT_LEDGER, "%s", w.text);
		floors_hint(&file);
		floors_close(&file);
		return EXIT_LEDGER;
	}
	floors_close(&file);
	err = push(g, &l, group, p, &e);
	floors_free(&l);
	if (err)
		return kernel_refused("the saved floors", PROSE_CMD_FLOOR_SET, &e);
	if (p->full) {
		warn("the kernel has no room for %zu saved floors, so recordings of those senders would be taken for new",
		     p->full);
		hint("prose floors show tells which keys they are of; room returns when the module is unloaded");
	}
	return EXIT_OK;
}

int floors_restore(struct genl *g, uint32_t group)
{
	struct pushed p;

	return restore(g, NULL, group, &p);
}

static int show(struct args *a)
{
	char hex[HEX_LEN(PROSE_FINGERPRINT_LEN)], group[12], member[12];
	struct nl_error e;
	struct floors l;
	struct genl g;
	struct why w;
	size_t i;
	int code;

	if (args_end(a, &w))
		return usage(&w);
	code = genl_open(&g, false);
	if (code)
		return code;
	code = kernel_floors(&g, &l, &e) ?
	       kernel_refused("the floors", PROSE_CMD_FLOOR_GET, &e) : EXIT_OK;
	genl_close(&g);
	if (code)
		return code;
	if (opt.json)
		json_array(NULL);
	else if (!l.n)
		printf("the kernel remembers no floor: nothing was received with integrity yet\n");
	for (i = 0; i < l.n; i++) {
		const struct floor *f = &l.f[i];

		to_hex(hex, f->fp, sizeof(f->fp));
		snprintf(group, sizeof(group), "0x%06x", f->group);
		snprintf(member, sizeof(member), "0x%06x", f->member);
		if (!opt.json) {
			printf("key %s group %s member %s: PTK ID %u SN %u\n", hex, group, member,
			       f->count >> 16, f->count & 0xffff);
			continue;
		}
		json_object(NULL);
		json_string("fingerprint", hex);
		json_string("group", group);
		json_string("member", member);
		json_uint("ptk_id", f->count >> 16);
		json_uint("sn", f->count & 0xffff);
		json_end();
	}
	if (opt.json) {
		json_end();
		json_done();
	}
	floors_free(&l);
	return EXIT_OK;
}

/* [FILE] */
static int one_path(struct args *a, const char **path, struct why *w)
{
	*path = arg_next(a);
	return args_end(a, w);
}

static int save(struct args *a)
{
	struct floors last = { NULL, 0 };
	struct nl_error e;
	const char *path;
	struct genl g;
	struct why w;
	int code, n;

	if (one_path(a, &path, &w))
		return usage(&w);
	code = genl_open(&g, false);
	if (code)
		return code;
	n = floors_save(&g, path, &last, &e, &w);
	if (n < 0 && e.err) {
		code = kernel_refused("the floors", PROSE_CMD_FLOOR_GET, &e);
	} else if (n < 0) {
		code = fail(EXIT_LEDGER, "%s", w.text);
	} else if (opt.json) {
		json_object(NULL);
		json_uint("floors", last.n);
		json_bool("written", n);
		json_end();
		json_done();
	} else {
		printf("%zu floors are saved%s\n", last.n, n ? "" : ", none was higher than before");
	}
	floors_free(&last);
	genl_close(&g);
	return code;
}

static int restore_cmd(struct args *a)
{
	const char *path;
	struct pushed p;
	struct genl g;
	struct why w;
	int code;

	if (one_path(a, &path, &w))
		return usage(&w);
	code = genl_open(&g, true);
	if (code)
		return code;
	code = restore(&g, path, 0, &p);
	genl_close(&g);
	if (code)
		return code;
	if (opt.json) {
		json_object(NULL);
		json_uint("restored", p.set);
		json_uint("attached", p.attached);
		json_uint("no_room", p.full);
		json_end();
		json_done();
	} else {
		printf("%zu floors are restored", p.set);
		if (p.attached)
			printf("; %zu are of keys that are attached, and stay as they are",
			       p.attached);
		putchar('\n');
	}
	return EXIT_OK;
}

int cmd_floors(struct args *a)
{
	static const struct command table[] = {
		{ "show", show },
		{ "ls", show },
		{ "list", show },
		{ "save", save },
		{ "restore", restore_cmd },
	};

	return run_command("floors", table, ARRAY_SIZE(table), a);
}
