// SPDX-License-Identifier: GPL-2.0
/* prose doctor: listen, and tell what is heard and what became of it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "json.h"
#include "shellword.h"

#define SETTLE_US 200000	/* what was heard last is counted by then */

/* Worst first: which of several troubles is told. */
static const enum doctor_class order[] = {
	DR_OWN_MEMBER, DR_UNKNOWN_KEY, DR_SUITE, DR_WRONG_KEY, DR_UNPROTECTED, DR_REPLAY,
	DR_OTHER, DR_WELL, DR_OTHER_GROUP,
};

static int take(struct doctor *d, struct obj *dev, struct obj_list *keys,
		struct obj_list *members, struct nl_error *e)
{
	int err = genl_dev_get(d->g, d->dev.ifindex, dev, e);

	memset(keys, 0, sizeof(*keys));
	memset(members, 0, sizeof(*members));
	if (!err)
		err = genl_dump(d->g, PROSE_CMD_KEY_GET, d->dev.ifindex, keys, e);
	if (!err)
		err = genl_dump(d->g, PROSE_CMD_MEMBER_GET, d->dev.ifindex, members, e);
	return err;
}

static void say_line(const struct heard *h, const struct heard_verdict *v)
{
	char name[LINE_NAME_LEN], where[48] = "";

	if (h->vlan != FRAME_NO_VLAN)
		snprintf(where, sizeof(where), " VLAN %u", h->vlan);
	else if (!strcmp(v->verdict, "other-ethertype"))
		snprintf(where, sizeof(where), " type 0x%04x", h->first.ethertype);
	if (!strcmp(v->verdict, "not-prose"))
		printf("    type 0x%04x", h->first.ethertype);
	else
		printf("    %s%s", line_name(name, h), where);
	printf(": %" PRIu64 " frame%s, %s", h->frames, h->frames == 1 ? "" : "s", v->verdict);
	if (v->counter && v->class != DR_WELL)
		printf(" (%s)", NAME(counter_names, v->counter));
	putchar('\n');
}

void air_text(const struct doctor *d)
{
	size_t i;

	for (i = 0; i < d->wire.n; i++)
		say_line(&d->wire.heard[i], &d->verdicts[i]);
	if (d->wire.left_out)
		printf("    and %" PRIu64 " frames of more senders\n", d->wire.left_out);
}

static void json_id24(const char *name, uint32_t id)
{
	char text[12];

	snprintf(text, sizeof(text), "0x%06x", id);
	json_string(name, text);
}

void air_json(const struct doctor *d)
{
	char text[12];
	size_t i;

	json_array("heard");
	for (i = 0; i < d->wire.n; i++) {
		const struct heard *h = &d->wire.heard[i];
		const struct heard_verdict *v = &d->verdicts[i];

		json_object(NULL);
		snprintf(text, sizeof(text), "0x%04x", h->first.ethertype);
		json_string("ethertype", text);
		if (h->vlan != FRAME_NO_VLAN)
			json_uint("vlan", h->vlan);
		json_id24("group", h->first.group);
		json_id24("member", h->first.member);
		json_uint("pgk_index", h->first.pgk_index);
		json_uint("ptk_id", h->last.ptk_id);
		json_uint("frames", h->frames);
		json_string("verdict", v->verdict);
		if (v->counter)
			json_string("counter", NAME(counter_names, v->counter));
		json_end();
	}
	json_end();
}

static enum doctor_result silence(struct doctor *d, struct finding *f)
{
	struct wire all = { .n = 0 };
	size_t i;

	/* Does the lower device keep something from us? */
	if (!(d->lower.flags & IFF_ALLMULTI) && !wire_listen(d, d->seconds, true, &all)) {
		for (i = 0; i < all.n; i++) {
			const struct frame *g = &all.heard[i].first;

			if (g->kind != FRAME_PDU || g->group != d->dev.group ||
			    g->ethertype != d->dev.ethertype)
				continue;
			mend(f, "ip link set %s allmulticast on", sh(d->lower.name));
			return found(f, DR_FAULT, DR_FILTER, "filter",
				     "frames of the group reach %s only while it takes all multicast: its filter keeps them out",
				     d->lower.name);
		}
	}
	mend(f, "prose doctor");
	f->elsewhere = true;
	return found(f, DR_FAULT, DR_SILENCE, "silence",
		     "nothing at all was heard on %s in %u s: nobody sends, it is another radio network or channel, or no multicast passes between; let another member send (ping), and look there",
		     d->lower.name, d->seconds);
}

static enum doctor_result summary(struct doctor *d, struct finding *f)
{
	size_t c, i, best;

	for (c = 0; c < ARRAY_SIZE(order); c++) {
		for (best = HEARD_MAX, i = 0; i < d->wire.n; i++)
			if (d->verdicts[i].class == order[c] &&
			    (best == HEARD_MAX ||
			     d->wire.heard[i].frames > d->wire.heard[best].frames))
				best = i;
		if (best == HEARD_MAX)
			continue;
		if (order[c] == DR_OTHER_GROUP)
			return others_only(d, &d->wire.heard[best], &d->verdicts[best], f);
		if (order[c] != DR_WELL)
			return trouble(d, &d->wire.heard[best], &d->verdicts[best], f);
		return found(f, DR_OK, DR_WELL, "heard", "what is heard is understood");
	}
	return silence(d, f);
}

/* Without a look at the wire, from another namespace or without the right to. */
static enum doctor_result counters_only(struct doctor *d, const struct air *a, struct finding *f)
{
	uint64_t n = a->dev->counters[PROSE_A_COUNTERS_RX_PACKETS] -
		     a->dev_before->counters[PROSE_A_COUNTERS_RX_PACKETS];

	return found(f, DR_SKIPPED, DR_WELL, "deaf",
		     "no listening on the lower device (%s); frames delivered in %u s: %" PRIu64,
		     d->deaf, d->seconds, n);
}

enum doctor_result check_air(struct doctor *d, struct finding *f)
{
	struct air a = { .dev_before = &d->dev, .keys_before = &d->keys,
			 .members_before = &d->members };
	struct obj_list keys, members;
	enum doctor_result r;
	struct nl_error e;
	struct obj dev;
	size_t i;
	int err;

	if (!d->seconds)
		return found(f, DR_SKIPPED, DR_WELL, "deaf", "not listened");
	if (!d->lower_here) {
		snprintf(d->deaf, sizeof(d->deaf), "it is in another network namespace");
		sleep(d->seconds);
	} else {
		err = wire_listen(d, d->seconds, false, &d->wire);
		if (err) {
			snprintf(d->deaf, sizeof(d->deaf), "%s", strerror(-err));
			sleep(d->seconds);
		}
	}
	usleep(SETTLE_US);
	err = take(d, &dev, &keys, &members, &e);
	a.dev = &dev;
	a.keys = &keys;
	a.members = &members;
	if (err) {
		r = found(f, DR_FAULT, DR_NO_DEVICE, "gone", "%s went away meanwhile", d->name);
	} else if (d->deaf[0]) {
		r = counters_only(d, &a, f);
	} else {
		for (i = 0; i < d->wire.n; i++)
			heard_judge(&a, &d->wire.heard[i], &d->verdicts[i]);
		d->dev = dev;
		r = summary(d, f);
	}
	obj_list_free(&keys);
	obj_list_free(&members);
	return r;
}
