// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prose.h"
#include "updiff.h"
#include "shellword.h"
#include "when.h"

/* The kernel takes the last three octets of its address for a member ID. */
static int read_lower(struct running *r, struct nl_error *e)
{
	struct link_state s;
	int err;

	if (HAS(&r->dev, PROSE_A_LOWER_NETNSID))
		return 0;
	err = link_state_get(r->dev.lower_ifindex, &s, e);
	if (!err)
		r->member_default = s.address[3] << 16 | s.address[4] << 8 | s.address[5];
	return err;
}

int running_read(struct genl *g, const char *name, uint32_t ifindex, struct running *r)
{
	struct nl_error e;

	memset(r, 0, sizeof(*r));
	if (genl_dev_get(g, ifindex, &r->dev, &e))
		return kernel_refused(name, PROSE_CMD_DEV_GET, &e);
	if (genl_dump(g, PROSE_CMD_KEY_GET, ifindex, &r->keys, &e))
		return kernel_refused(name, PROSE_CMD_KEY_GET, &e);
	if (link_state_get(ifindex, &r->link, &e) || read_lower(r, &e) ||
	    address_list(ifindex, &r->addresses, &r->n_addresses, &e))
		return kernel_refused(name, CMD_LINK, &e);
	return EXIT_OK;
}

void running_free(struct running *r)
{
	obj_list_free(&r->keys);
	free(r->addresses);
	r->addresses = NULL;
}

const struct obj *running_key(const struct running *r, uint8_t id)
{
	size_t i;

	for (i = 0; i < r->keys.n; i++)
		if (r->keys.o[i].pgk_id == id)
			return &r->keys.o[i];
	return NULL;
}

bool running_has_address(const struct running *r, const struct address *a)
{
	size_t i;

	for (i = 0; i < r->n_addresses; i++)
		if (address_same(&r->addresses[i], a))
			return true;
	return false;
}

uint32_t running_option(const struct obj *dev, int option)
{
	switch (option) {
	case LK_GROUP:
		return dev->group;
	case LK_MEMBER:
		return dev->member;
	case LK_LCID:
		return dev->lcid;
	case LK_ETHERTYPE:
		return dev->ethertype;
	case LK_PROTECT:
		return dev->protect;
	case LK_WINDOW:
		return dev->window;
	case LK_TX:
		return dev->tx;
	case LK_NONIP:
		return dev->nonip;
	case LK_MARGIN:
		return dev->margin;
	case LK_NOTICE:
		return dev->notice;
	case LK_REQUIRE:
		return dev->require;
	case LK_CHOICE:
		return dev->choice;
	case LK_PTK_AGE:
		return dev->ptk_age;
	default:
		return dev->ptk_packets;
	}
}

bool option_wanted(const struct conf *c, const struct running *r, int option, uint32_t *v)
{
	if (c->options.has >> option & 1)
		*v = c->options.v[option];
	else if (option == LK_MEMBER)
		*v = r->member_default;
	else
		*v = link_option_default(option);
	return *v || option != LK_MEMBER;
}

uint32_t mtu_wanted(const struct conf *c, const struct running *r)
{
	return c->mtu ? c->mtu : r->link.mtu_max;
}

/* One more of them, said; 1. */
static size_t differs(const struct conf *c, const struct conf_value *v, const char *word,
		      const char *want, const char *is)
{
	static const char fixed[] = "and that cannot be changed while it is there";

	if (v->text)
		fail(EXIT_USAGE, "%s:%u: %s = %s, but %s has %s, %s", c->path, v->line, word,
		     v->text, c->name, is, fixed);
	else
		fail(EXIT_USAGE, "%s:%u: without %s= it is %s, but %s has %s, %s", c->path,
		     c->device_line, word, want, c->name, is, fixed);
	return 1;
}

/* Those that are fixed when the device is made. */
static size_t options_unmendable(const struct conf *c, const struct running *r)
{
	char want[32], is[32];
	uint32_t v;
	size_t n = 0;
	int i;

	for (i = 0; i < LK_CHANGES; i++) {
		if (!option_wanted(c, r, i, &v) || v == running_option(&r->dev, i))
			continue;
		link_option_text(want, sizeof(want), i, v);
		link_option_text(is, sizeof(is), i, running_option(&r->dev, i));
		n += differs(c, &c->link[i], conf_link_words[i], want, is);
	}
	return n;
}

static bool same_value(const struct conf_key *k, const struct obj *live)
{
	if (k->path)
		return !memcmp(k->fingerprint, live->fingerprint, sizeof(k->fingerprint));
	return k->add.serial == live->serial;
}

static size_t key_unmendable(const struct conf *c, const struct conf_key *k,
			     const struct running *r)
{
	const char *kdf = k->add.kdf ? k->add.kdf : KDF_DEFAULT;
	const struct obj *live = running_key(r, k->add.id);
	size_t i;

	if (!live) {
		/* A dead key stands in its place as well as a live one. */
		for (i = 0; i < r->keys.n; i++) {
			if ((r->keys.o[i].pgk_id ^ k->add.id) & 31)
				continue;
			fail(EXIT_USAGE, "%s:%u: Id = %s, but %s has key %u, which has the same five low bits",
			     c->path, k->v[KA_ID].line, k->v[KA_ID].text, c->name,
			     r->keys.o[i].pgk_id);
			hint("Detach that one: prose key del dev %s id %u", sh(c->name),
			     r->keys.o[i].pgk_id);
			return 1;
		}
		return 0;
	}
	if (obj_dead(live)) {
		fail(EXIT_USAGE, "%s:%u: key %u of %s is %s", c->path, k->line, k->add.id,
		     c->name, NAME(key_state_names, live->key_state));
	} else if (live->cipher != k->add.cipher || live->integrity != k->add.integrity ||
		   strcmp(live->kdf, kdf)) {
		fail(EXIT_USAGE, "%s:%u: key %u of %s has cipher %s, integrity %s and kdf %s, not those of the file",
		     c->path, k->line, k->add.id, c->name, NAME(cipher_names, live->cipher),
		     NAME(integrity_names, live->integrity), live->kdf);
	} else if (!same_value(k, live)) {
		fail(EXIT_USAGE, "%s:%u: key %u of %s has another value than %s", c->path,
		     k->v[k->path ? KA_FILE : KA_SERIAL].line, k->add.id, c->name,
		     k->path ? k->path : "the key of that serial number");
	} else {
		return 0;
	}
	hint("To take the file's, detach it first: prose key del dev %s id %u", sh(c->name),
	     k->add.id);
	return 1;
}

size_t unmendable(const struct conf *c, const struct running *r)
{
	uint32_t lower = if_nametoindex(c->lower.text);
	char name[IF_NAMESIZE] = "another one";
	size_t n = 0, i;

	/*
	 * What PreUp= made under another name cannot be told apart from that. A
	 * number of another namespace may by chance be that of a device of ours.
	 */
	if (HAS(&r->dev, PROSE_A_LOWER_NETNSID) || lower != r->dev.lower_ifindex) {
		if (HAS(&r->dev, PROSE_A_LOWER_NETNSID))
			snprintf(name, sizeof(name), "one elsewhere");
		else
			if_indextoname(r->dev.lower_ifindex, name);
		n += differs(c, &c->lower, "Lower", "", name);
	}
	n += options_unmendable(c, r);
	if (n)
		hint("To take the file's: prose down %s, then prose up %s", sh(c->name),
		     sh(c->name));
	for (i = 0; i < c->n_keys; i++)
		n += key_unmendable(c, &c->keys[i], r);
	return n;
}

void options_differing(const struct conf *c, const struct running *r,
		       struct link_options *o)
{
	uint32_t v;
	int i;

	memset(o, 0, sizeof(*o));
	for (i = LK_CHANGES; i < LK_N; i++) {
		if (!option_wanted(c, r, i, &v) || v == running_option(&r->dev, i))
			continue;
		o->v[i] = v;
		o->has |= 1 << i;
	}
}

bool times_wanted(const struct conf_key *k, const struct obj *live, int64_t now,
		  struct key_change *change)
{
	int64_t until = HAS(live, PROSE_A_UNTIL) ? live->until : 0;
	bool waits = HAS(live, PROSE_A_STANDBY);
	bool later = !waits && live->from > now;

	memset(change, 0, sizeof(*change));
	/* A key that was put to use by hand stays in use. */
	if (k->add.standby)
		change->standby = later;
	else if (k->add.has_from && k->add.from > now)
		change->has_from = waits || live->from != k->add.from;
	else
		change->has_from = waits || later;
	change->from = k->add.from;
	change->until = k->add.has_until ? k->add.until : 0;
	change->has_until = change->until != until;
	return change->standby || change->has_from || change->has_until;
}

bool range_wanted(const struct conf *c, const struct conf_key *k, const struct obj *live)
{
	bool tx = c->options.has >> LK_TX & 1 ? c->options.v[LK_TX] : link_option_default(LK_TX);

	return tx && k->add.range && !live->ptk_left && !HAS(live, PROSE_A_PTK_ID);
}

size_t say_surplus(const struct conf *c, const struct running *r)
{
	char text[ADDRESS_LEN];
	size_t i, n = 0;

	for (i = 0; i < r->keys.n; i++) {
		if (c->keys_from != SOURCE_FILE || conf_find_key(c, r->keys.o[i].pgk_id))
			continue;
		warn("%s has key %u, which is not in %s; it is left alone", c->name,
		     r->keys.o[i].pgk_id, c->path);
		n++;
	}
	for (i = 0; i < r->n_addresses; i++) {
		if (!r->addresses[i].kept || conf_has_address(c, &r->addresses[i]))
			continue;
		warn("%s has address %s, which is not in %s; it is left alone", c->name,
		     address_text(text, &r->addresses[i]), c->path);
		n++;
	}
	if (n)
		hint("To write it into the file: prose save %s", sh(c->name));
	return n;
}
