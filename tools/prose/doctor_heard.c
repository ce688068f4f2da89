// SPDX-License-Identifier: GPL-2.0
/* prose doctor: listen, and tell what is heard and what became of it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "doctor.h"
#include "json.h"
#include "show.h"

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

/* "0x445566 member 0x010102 PGK index 1" */
static char *line_name(char out[96], const struct heard *h)
{
	snprintf(out, 96, "group 0x%06x member 0x%06x PGK index %u", h->first.group,
		 h->first.member, h->first.pgk_index);
	return out;
}

static void say_line(const struct heard *h, const struct heard_verdict *v)
{
	char name[96], where[48] = "";

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

static void make_anew(struct finding *f, const struct doctor *d, const char *lower,
		      uint32_t group, uint32_t member, uint16_t ethertype)
{
	mend(f, "prose dev del %s", d->name);
	mend(f, "prose dev add %s link %s group 0x%06x member 0x%06x ethertype 0x%04x", d->name,
	     lower, group, member, ethertype);
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
			mend(f, "ip link set %s allmulticast on", d->lower.name);
			return found(f, DR_FAULT, DR_FILTER, "filter",
				     "frames of the group come to %s only when it takes all multicast: its filter, or the senders' Ethernet addresses, keep them out",
				     d->lower.name);
		}
	}
	mend(f, "prose doctor");
	f->elsewhere = true;
	return found(f, DR_FAULT, DR_SILENCE, "silence",
		     "nothing at all was heard on %s in %u s: nobody sends, the radio network or channel is another, or the way between passes no multicast; let another member send (ping), and look there",
		     d->lower.name, d->seconds);
}

static enum doctor_result others_only(struct doctor *d, const struct heard *h,
				      const struct heard_verdict *v, struct finding *f)
{
	char vlan[IF_NAMESIZE + 8];

	if (!strcmp(v->verdict, "other-vlan")) {
		snprintf(vlan, sizeof(vlan), "%.10s.%u", d->lower.name, h->vlan);
		mend(f, "ip link add link %s name %s type vlan id %u", d->lower.name, vlan, h->vlan);
		mend(f, "ip link set %s up", vlan);
		make_anew(f, d, vlan, d->dev.group, d->dev.member, d->dev.ethertype);
		return found(f, DR_FAULT, DR_OTHER_GROUP, v->verdict,
			     "what comes has the tag of VLAN %u: stack on that VLAN's device, and add the keys again",
			     h->vlan);
	}
	if (!strcmp(v->verdict, "other-ethertype")) {
		if (h->first.group == d->dev.group)
			make_anew(f, d, d->lower.name, d->dev.group, d->dev.member,
				  h->first.ethertype);
		return found(f, DR_FAULT, DR_OTHER_GROUP, v->verdict,
			     "group 0x%06x is heard with Ethernet type 0x%04x, and %s has 0x%04x: all members need the same; make it anew and add the keys again",
			     h->first.group, h->first.ethertype, d->name, d->dev.ethertype);
	}
	if (!strcmp(v->verdict, "not-prose")) {
		mend(f, "tcpdump -e -n -i %s ether proto 0x%04x", d->lower.name, d->dev.ethertype);
		return found(f, DR_FAULT, DR_OTHER_GROUP, v->verdict,
			     "only frames that are not ProSe's are heard with Ethernet type 0x%04x",
			     h->first.ethertype);
	}
	make_anew(f, d, d->lower.name, h->first.group, d->dev.member, d->dev.ethertype);
	return found(f, DR_FAULT, DR_OTHER_GROUP, v->verdict,
		     "only other groups are heard, 0x%06x for one, and %s is in 0x%06x; if that is wrong, make it anew and add the keys again",
		     h->first.group, d->name, d->dev.group);
}

/* The suite to try for frames like these. */
static void guess_suite(const struct heard *h, struct obj *k)
{
	if (heard_salted(h) == 1) {
		if (!cipher_is_aead(k->cipher))
			k->cipher = PROSE_CIPHER_AES256_GCM;
		k->integrity = PROSE_INTEGRITY_NONE;
		return;
	}
	if (h->clear == h->frames) {
		k->cipher = PROSE_CIPHER_EEA0;
		k->integrity = PROSE_INTEGRITY_EIA2;
		return;
	}
	if (heard_salted(h) == 0 && cipher_is_aead(k->cipher)) {
		k->cipher = PROSE_CIPHER_EEA2;
		k->integrity = PROSE_INTEGRITY_NONE;
	}
}

static const struct obj *attached(const struct doctor *d, uint8_t index)
{
	size_t i;

	for (i = 0; i < d->keys.n; i++)
		if ((d->keys.o[i].pgk_id & 0x1f) == index)
			return &d->keys.o[i];
	return NULL;
}

static enum doctor_result trouble(struct doctor *d, const struct heard *h,
				  const struct heard_verdict *v, struct finding *f)
{
	const struct obj *at = attached(d, h->first.pgk_index);
	struct obj k = at ? *at : d->keys.n ? d->keys.o[0] : (struct obj){ .ifindex = 0 };
	unsigned int id = at ? at->pgk_id : h->first.pgk_index;
	char name[96], suite[SUITE_LEN];
	uint32_t fresh = 0;

	line_name(name, h);
	switch (v->class) {
	case DR_OWN_MEMBER:
		if (HAS(&d->dev, PROSE_A_CONFLICT))
			return check_conflict(d, f);
		if (getrandom(&fresh, 3, 0) != 3 || !(fresh &= 0xffffff))
			fresh = 0x0a0b0c;
		make_anew(f, d, d->lower.name, d->dev.group, fresh, d->dev.ethertype);
		return found(f, DR_FAULT, v->class, v->verdict,
			     "frames with our member ID 0x%06x come from another device, or somebody repeats or forges them: give one of the two another ID",
			     d->dev.member);
	case DR_UNKNOWN_KEY:
		if (at && d->dev.protect) {
			mend_key_add(f, d, id, at, " until +8h");
			return found(f, DR_FAULT, v->class, v->verdict,
				     "%s: key %u is dead here, and still sent with there; compare clocks and \"until\"",
				     name, id);
		}
		if (d->keys.n)
			guess_suite(h, &k);
		mend_key_add(f, d, id, d->keys.n ? &k : NULL, "");
		return found(f, DR_FAULT, v->class, v->verdict,
			     "%s: there is no key with this PGK index here: it is missing, or has another ID (5 low bits count)",
			     name);
	case DR_SUITE:
	case DR_WRONG_KEY:
		suite_name(suite, &k);
		guess_suite(h, &k);
		mend(f, "prose key del dev %s id %u", d->name, id);
		mend_key_add(f, d, id, &k, "");
		if (v->class == DR_WRONG_KEY)
			return found(f, DR_FAULT, v->class, v->verdict,
				     "%s: what it sends is not understood (%s) with key %u: another key value, cipher, kdf or LCID there; compare fingerprints (prose key show) with the sender's",
				     name, NAME(counter_names, v->counter), id);
		return found(f, DR_FAULT, v->class, v->verdict,
			     "%s: the suite is not ours, key %u has %s (%s%s); attach it with the sender's",
			     name, id, suite, NAME(counter_names, v->counter),
			     heard_salted(h) == 1 ? ", the sender has an AEAD suite" :
			     heard_salted(h) == 0 ? ", the sender has no AEAD suite" :
			     h->clear == h->frames ? ", the sender does not cipher" : "");
	case DR_REPLAY:
		if (v->counter != PROSE_A_COUNTERS_RX_DUPLICATE)
			mend(f, "prose member reset dev %s id %u member 0x%06x", d->name, id,
			     h->first.member);
		return found(f, DR_FAULT, v->class, v->verdict,
			     "%s: refused as a replay (%s)%s", name, NAME(counter_names, v->counter),
			     v->counter == PROSE_A_COUNTERS_RX_DUPLICATE ?
			     ": somebody repeats them, or the network sends twice; nothing is to be mended here" :
			     "; if it lost its ledger or was set up anew, let it begin anew (recordings of it are then taken too)");
	case DR_UNPROTECTED:
		mend(f, "prose dev del %s", d->name);
		mend(f, "prose dev add %s link %s group 0x%06x member 0x%06x protect %s", d->name,
		     d->lower.name, d->dev.group, d->dev.member, d->dev.protect ? "off" : "on");
		f->elsewhere = d->dev.protect;
		if (d->dev.protect) {
			f->n_mend = 0;
			mend_key_add(f, d, 1, d->keys.n ? &d->keys.o[0] : NULL, "");
		}
		return found(f, DR_FAULT, v->class, v->verdict,
			     d->dev.protect ?
			     "%s: it sends without protection (rx-unprotected), which is refused here: it needs a device with protection and a key, or somebody forges" :
			     "%s: it sends protected frames (rx-protected), and this device has protect off: make it anew, and add the key",
			     name);
	default:
		mend(f, "prose -s show %s", d->name);
		if (!strcmp(v->verdict, "not-counted")) {
			mend(f, "tc filter show dev %s ingress", d->lower.name);
			return found(f, DR_FAULT, DR_OTHER, v->verdict,
				     "%s: heard on %s, and counted nowhere: something takes them before the module (tc or nft ingress, a full backlog)",
				     name, d->lower.name);
		}
		return found(f, DR_FAULT, DR_OTHER, v->verdict, "%s: dropped, %s", name,
			     v->counter ? counter_help[v->counter] : v->verdict);
	}
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
		     "the lower device was not listened on (%s); %" PRIu64 " frames were delivered in %u s",
		     d->deaf, n, d->seconds);
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
