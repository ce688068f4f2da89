// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "grant.h"
#include "kattach.h"
#include "key.h"
#include "keyadd.h"
#include "prose.h"

static int no_kernel(struct why *w)
{
	return why(w, "the kernel could not be asked; see above");
}

int kattach_find(struct kattach *k, uint32_t group, uint32_t member, struct why *w)
{
	struct obj_list devs = { NULL, 0 };
	struct nl_error e;
	size_t i;
	int err;

	if (!k->open && genl_open(&k->g, true))
		return no_kernel(w);
	k->open = true;
	err = genl_dump(&k->g, PROSE_CMD_DEV_GET, 0, &devs, &e);
	if (err) {
		kernel_refused("the devices", PROSE_CMD_DEV_GET, &e);
		obj_list_free(&devs);
		return no_kernel(w);
	}
	k->group = 0;
	for (i = 0; i < devs.n && !k->group; i++) {
		if (devs.o[i].group != group || devs.o[i].member != member)
			continue;
		k->group = group;
		k->dev = devs.o[i];
	}
	obj_list_free(&devs);
	if (k->group)
		return 0;
	return why(w, "there is no device of group 0x%06x and member 0x%06x here yet", group,
		   member);
}

void kattach_say(struct kattach *k)
{
	if (k->attached)
		printf("%s: %u key%s of its manager %s attached\n", k->dev.ifname, k->attached,
		       k->attached == 1 ? "" : "s", k->attached == 1 ? "is" : "are");
	if (k->detached)
		printf("%s: %u key%s ended\n",
		       k->dev.ifname, k->detached, k->detached == 1 ? " has" : "s have");
	k->attached = 0;
	k->detached = 0;
}

void kattach_close(struct kattach *k)
{
	if (k->open)
		genl_close(&k->g);
	k->open = false;
}

static void take(struct attached *a, const struct obj *o)
{
	memset(a, 0, sizeof(*a));
	a->pgk_id = o->pgk_id;
	memcpy(a->fingerprint, o->fingerprint, sizeof(a->fingerprint));
	a->suite.cipher = o->cipher;
	a->suite.integrity = o->integrity;
	memcpy(a->suite.kdf, o->kdf, sizeof(a->suite.kdf));
	a->from = HAS(o, PROSE_A_FROM) ? o->from : 0;
	a->until = HAS(o, PROSE_A_UNTIL) ? o->until : 0;
	a->standby = HAS(o, PROSE_A_STANDBY);
	a->ptk_left = o->ptk_left;
}

/* A dead key is in the way of another with its index: it counts as attached. */
static int list(void *ctx, uint32_t group, uint32_t member, struct attached *out, size_t max,
		size_t *n, struct why *w)
{
	struct obj_list keys = { NULL, 0 };
	struct kattach *k = ctx;
	struct nl_error e;
	size_t i;

	*n = 0;
	if (kattach_find(k, group, member, w))
		return -1;
	if (genl_dump(&k->g, PROSE_CMD_KEY_GET, k->dev.ifindex, &keys, &e)) {
		kernel_refused(k->dev.ifname, PROSE_CMD_KEY_GET, &e);
		obj_list_free(&keys);
		return no_kernel(w);
	}
	for (i = 0; i < keys.n && *n < max; i++) {
		take(&out[*n], &keys.o[i]);
		/* It has no value any more, so it is none of those that are wanted. */
		if (obj_dead(&keys.o[i]))
			memset(out[*n].fingerprint, 0, sizeof(out[*n].fingerprint));
		++*n;
	}
	obj_list_free(&keys);
	return 0;
}

static int attach(void *ctx, const struct key_record *r, struct why *w)
{
	struct kattach *k = ctx;
	struct key_add add = {
		.dev = k->dev.ifname, .octets = r->key, .id = r->pgk_id,
		.kdf = r->suite.kdf[0] ? r->suite.kdf : NULL,
		.cipher = r->suite.cipher, .integrity = r->suite.integrity,
		.has_from = r->from, .has_until = r->until, .from = r->from, .until = r->until,
		.range = RANGE_DEFAULT,
	};
	struct obj key;

	if (key_attach(&k->g, &add, k->dev.ifindex, true, &key))
		return why(w, "%s: key %u is %s; see above", k->dev.ifname, r->pgk_id,
			   key.has ? "attached for receiving only" : "not attached");
	k->attached++;
	return 0;
}

static int take_off(void *ctx, uint32_t group, uint8_t pgk_id, struct why *w)
{
	struct kattach *k = ctx;

	(void)group;
	if (detach(&k->g, k->dev.ifname, k->dev.ifindex, pgk_id, NULL, NULL))
		return why(w, "%s: key %u is not detached; see above", k->dev.ifname, pgk_id);
	k->detached++;
	return 0;
}

static int change(void *ctx, uint32_t group, uint8_t pgk_id, int64_t from, int64_t until,
		  struct why *w)
{
	struct key_change c = { .has_from = true, .has_until = true, .from = from,
				.until = until };
	struct kattach *k = ctx;
	struct obj key;

	(void)group;
	if (key_change(&k->g, k->dev.ifname, k->dev.ifindex, pgk_id, &c, &key))
		return why(w, "%s: the times of key %u are not changed; see above", k->dev.ifname,
			   pgk_id);
	return 0;
}

const struct attach_ops kattach_ops = {
	.list = list,
	.attach = attach,
	.detach = take_off,
	.change = change,
};
