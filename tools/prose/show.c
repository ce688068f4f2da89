// SPDX-License-Identifier: GPL-2.0
/* prose show: everything at a glance. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "cmd.h"
#include "ids.h"
#include "json.h"
#include "prose.h"
#include "show.h"
#include "when.h"

struct all {
	struct genl g;
	struct obj_list devs, keys, members;
};

/* Read what is there, of one device if a name is given. Exit code. */
static int all_read(struct all *all, const char *dev, bool devs, bool keys, bool members)
{
	struct nl_error e = { 0 };
	uint32_t ifindex = 0;
	int code, err = 0;

	memset(all, 0, sizeof(*all));
	code = genl_open(&all->g, false);
	if (code)
		return code;
	if (dev) {
		ifindex = device_index(dev);
		if (!ifindex) {
			genl_close(&all->g);
			return EXIT_KERNEL;
		}
	}
	if (devs || ifindex) {
		if (ifindex) {	/* tells at once if it is no prose device */
			struct obj one;

			err = genl_dev_get(&all->g, ifindex, &one, &e);
			if (!err && devs) {
				all->devs.o = malloc(sizeof(one));
				if (all->devs.o) {
					all->devs.o[0] = one;
					all->devs.n = 1;
				}
			}
		} else {
			err = genl_dump(&all->g, PROSE_CMD_DEV_GET, 0, &all->devs, &e);
		}
	}
	if (!err && keys)
		err = genl_dump(&all->g, PROSE_CMD_KEY_GET, ifindex, &all->keys, &e);
	if (!err && members)
		err = genl_dump(&all->g, PROSE_CMD_MEMBER_GET, ifindex, &all->members, &e);
	genl_close(&all->g);
	return err ? kernel_refused(dev ? dev : "prose devices", 0, &e) : EXIT_OK;
}

static void all_free(struct all *all)
{
	obj_list_free(&all->devs);
	obj_list_free(&all->keys);
	obj_list_free(&all->members);
}

void show_counters_json(const struct obj *o)
{
	size_t i;

	if (!opt.stats || !HAS(o, PROSE_A_COUNTERS))
		return;
	json_object("counters");
	for (i = 1; i <= PROSE_A_COUNTERS_MAX; i++)
		if (o->counters_has >> i & 1)
			json_counter(NAME(counter_names, i), o->counters[i]);
	json_end();
	if (!HAS(o, PROSE_A_LOWER_COUNTERS))
		return;
	json_object("lower_counters");
	for (i = 1; i <= PROSE_A_LOWER_COUNTERS_MAX; i++)
		if (o->lower_counters_has >> i & 1)
			json_counter(NAME(lower_counter_names, i), o->lower_counters[i]);
	json_end();
}

/* What a counter of drops and failures means, in a few words. */
const char *const counter_help[PROSE_A_COUNTERS_MAX + 1] = {
	[PROSE_A_COUNTERS_TX_PACKETS] = "",
	[PROSE_A_COUNTERS_TX_BYTES] = "",
	[PROSE_A_COUNTERS_TX_NO_KEY] = "no key to send with",
	[PROSE_A_COUNTERS_TX_NO_RANGE] = "the key has no PTK ID left",
	[PROSE_A_COUNTERS_TX_LISTEN_ONLY] = "the device has tx off",
	[PROSE_A_COUNTERS_TX_LOWER_DOWN] = "device or lower device down, or its queue full",
	[PROSE_A_COUNTERS_TX_TOO_LONG] = "longer than the lower MTU allows",
	[PROSE_A_COUNTERS_TX_NONIP] = "a whole Ethernet frame, which nonip forbids",
	[PROSE_A_COUNTERS_TX_MALFORMED] = "no Ethernet frame",
	[PROSE_A_COUNTERS_TX_HOLD_FULL] = "too many waited for the next PTK",
	[PROSE_A_COUNTERS_TX_NO_MEMORY] = "no memory",
	[PROSE_A_COUNTERS_TX_CRYPTO] = "the cipher failed or was too busy",
	[PROSE_A_COUNTERS_TX_CONFLICT] = "stopped: another device has our member ID",
	[PROSE_A_COUNTERS_RX_PACKETS] = "",
	[PROSE_A_COUNTERS_RX_BYTES] = "",
	[PROSE_A_COUNTERS_RX_SUBHEADER] = "subheaders that are not carried here",
	[PROSE_A_COUNTERS_RX_LCID] = "a logical channel other than 1 to 10",
	[PROSE_A_COUNTERS_RX_LENGTH] = "a length that does not fit the frame",
	[PROSE_A_COUNTERS_RX_OWN_SRC] = "our own frame came back",
	[PROSE_A_COUNTERS_RX_OWN_SRC_OLD] = "our member ID, from before the module was loaded",
	[PROSE_A_COUNTERS_RX_OWN_SRC_FOREIGN] = "our member ID, but we did not send it",
	[PROSE_A_COUNTERS_RX_UNPROTECTED] = "an unprotected frame, on a protected device",
	[PROSE_A_COUNTERS_RX_SDU_TYPE] = "an SDU type that is not carried here",
	[PROSE_A_COUNTERS_RX_NO_PGK] = "no key with this PGK index",
	[PROSE_A_COUNTERS_RX_KEY_DEAD] = "the key has expired or was revoked",
	[PROSE_A_COUNTERS_RX_NONIP] = "a whole Ethernet frame, which nonip forbids",
	[PROSE_A_COUNTERS_RX_DERIVE_LIMIT] = "too many new senders at once",
	[PROSE_A_COUNTERS_RX_QUEUE_FULL] = "too many first frames waited for their keys",
	[PROSE_A_COUNTERS_RX_DOWN] = "the device was set down meanwhile",
	[PROSE_A_COUNTERS_RX_IMPLAUSIBLE] = "deciphered to no IP or ARP packet: wrong key?",
	[PROSE_A_COUNTERS_RX_LEFTOVER] = "octets after the packet: another suite there?",
	[PROSE_A_COUNTERS_RX_NO_MEMORY] = "no memory",
	[PROSE_A_COUNTERS_RX_CRYPTO] = "the cipher failed or was too busy",
	[PROSE_A_COUNTERS_RX_MEMBER_REFUSED] = "genuine, but no place for another sender",
	[PROSE_A_COUNTERS_RX_BAD_MAC] = "wrong MAC-I or tag: another key or suite, or a forgery",
	[PROSE_A_COUNTERS_RX_LATE] = "older than the replay window",
	[PROSE_A_COUNTERS_RX_DUPLICATE] = "received before: a replay, or sent twice on the way",
	[PROSE_A_COUNTERS_RX_OLD_PTK] = "a PTK ID that the sender has given up: a replay?",
	[PROSE_A_COUNTERS_RX_PROTECTED] = "a protected frame, on a device with protect off",
	[PROSE_A_COUNTERS_RX_MEMBER_LIMIT] = "delivered, of senders without a place",
};

/* Those that count, but the four that everybody looks for always. */
void show_counters_text(const struct obj *o, const char *indent)
{
	size_t i;

	if (!opt.stats)
		return;
	for (i = 1; i <= PROSE_A_COUNTERS_MAX; i++) {
		bool always = i == PROSE_A_COUNTERS_TX_PACKETS || i == PROSE_A_COUNTERS_TX_BYTES ||
			      i == PROSE_A_COUNTERS_RX_PACKETS || i == PROSE_A_COUNTERS_RX_BYTES;

		if (!(o->counters_has >> i & 1) || (!always && !o->counters[i]))
			continue;
		printf("%s%s %" PRIu64, indent, NAME(counter_names, i), o->counters[i]);
		if (counter_help[i] && counter_help[i][0])
			printf("  (%s)", counter_help[i]);
		putchar('\n');
	}
	for (i = 1; i <= PROSE_A_LOWER_COUNTERS_MAX; i++)
		if ((o->lower_counters_has >> i & 1) && o->lower_counters[i])
			printf("%slower device: %s %" PRIu64 "\n", indent,
			       NAME(lower_counter_names, i), o->lower_counters[i]);
}

void show_wrong_key(const struct obj *o, const char *indent)
{
	uint64_t implausible = o->counters[PROSE_A_COUNTERS_RX_IMPLAUSIBLE];
	uint64_t bad = o->counters[PROSE_A_COUNTERS_RX_BAD_MAC];

	if (implausible)
		printf("%s%" PRIu64 " frames deciphered to no IP or ARP packet (rx-implausible):\n"
		       "%s  another key, cipher or LCID over there, or an outsider\n",
		       indent, implausible, indent);
	if (bad)
		printf("%s%" PRIu64 " frames had a wrong MAC-I or tag (rx-bad-mac): another key\n"
		       "%s  or suite over there, or forgeries\n", indent, bad, indent);
}

char *suite_name(char out[SUITE_LEN], const struct obj *k)
{
	if (cipher_is_aead(k->cipher))
		snprintf(out, SUITE_LEN, "%s", NAME(cipher_names, k->cipher));
	else
		snprintf(out, SUITE_LEN, "%s integrity %s%s", NAME(cipher_names, k->cipher),
			 NAME(integrity_names, k->integrity),
			 obj_clear_text(k) ? " (CLEAR TEXT)" : "");
	return out;
}

static void json_id24(const char *name, uint32_t id)
{
	char text[12];

	snprintf(text, sizeof(text), "0x%06x", id);
	json_string(name, text);
}

/* What a device, a key and a member begin with. */
static void json_whose(const struct obj *o)
{
	json_object(NULL);
	json_string("ifname", o->ifname);
	json_uint("ifindex", o->ifindex);
	json_id24("group", o->group);
	json_id24("member", o->member);
}

/* A time as a number and as text. */
void show_key_json(const struct obj *k)
{
	char hex[HEX_LEN(PROSE_FINGERPRINT_LEN)];

	json_whose(k);
	json_uint("pgk_id", k->pgk_id);
	json_uint("serial", k->serial);
	json_string("fingerprint", to_hex(hex, k->fingerprint, sizeof(k->fingerprint)));
	json_string("cipher", NAME(cipher_names, k->cipher));
	json_string("integrity", NAME(integrity_names, k->integrity));
	json_bool("clear_text", obj_clear_text(k));
	json_string("kdf", k->kdf);
	json_string("state", NAME(key_state_names, k->key_state));
	json_bool("standby", HAS(k, PROSE_A_STANDBY));
	if (HAS(k, PROSE_A_FROM) && k->from)
		json_time("from", k->from);
	if (HAS(k, PROSE_A_UNTIL) && k->until)
		json_time("until", k->until);
	if (HAS(k, PROSE_A_KEY_EXPIRY) && k->key_expiry)
		json_time("key_expiry", k->key_expiry);
	if (HAS(k, PROSE_A_PTK_FIRST))
		json_uint("ptk_first", k->ptk_first);
	if (HAS(k, PROSE_A_PTK_LAST))
		json_uint("ptk_last", k->ptk_last);
	json_uint("ptk_left", k->ptk_left);
	if (HAS(k, PROSE_A_PTK_GRANTED))
		json_uint("ptk_granted", k->ptk_granted);
	if (HAS(k, PROSE_A_PTK_NEXT_FREE))
		json_uint("ptk_next_free", k->ptk_next_free);
	if (HAS(k, PROSE_A_PTK_ID)) {
		json_uint("ptk_id", k->ptk_id);
		json_uint("sn", k->sn);
	}
	json_uint("rate", k->rate);
	json_uint("frames_left", obj_frames_left(k));
	if (k->rate)
		json_uint("lasts_seconds", obj_frames_left(k) / k->rate);
	show_counters_json(k);
	json_end();
}

static void time_line(const char *indent, const char *what, int64_t t, int64_t now)
{
	char a[WHEN_LEN], r[WHEN_LEN];

	printf("%s%s: %s (%s)\n", indent, what, when_absolute(a, t, false),
	       when_relative(r, t, now));
}

static void range_lines(const struct obj *k, const char *indent)
{
	char lasts[WHEN_LEN];

	if (!HAS(k, PROSE_A_PTK_ID) && !k->ptk_left) {
		printf("%sPTK ID: none granted\n", indent);
		return;
	}
	printf("%sPTK ID: ", indent);
	if (HAS(k, PROSE_A_PTK_ID))
		printf("%u in use, next SN %u; ", k->ptk_id, k->sn);
	printf("%u left", k->ptk_left);
	if (HAS(k, PROSE_A_PTK_FIRST) && HAS(k, PROSE_A_PTK_LAST))
		printf(", %u to %u", k->ptk_first, k->ptk_last);
	putchar('\n');
	if (k->rate)
		printf("%slasts: %s at %u frames/s\n", indent,
		       duration(lasts, obj_frames_left(k) / k->rate), k->rate);
	else
		printf("%slasts: %" PRIu64 " frames (none is sent at present)\n", indent,
		       obj_frames_left(k));
}

/* A device without protection, wherever it is listed. */
static void clear_text_line(const struct obj *d, const char *indent)
{
	if (obj_clear_text(d))
		printf("%s%s%sCLEAR TEXT: protect off, everything is sent and taken in clear\n",
		       indent, indent[0] ? "" : d->ifname, indent[0] ? "" : ": ");
}

/* pgk_id: of the key whose frame it was, or -1. */
static void conflict_lines(const char *indent, const char *ifname, int pgk_id, uint32_t member)
{
	char id[8] = "ID";

	if (pgk_id >= 0)
		snprintf(id, sizeof(id), "%d", pgk_id);
	printf("%sCONFLICT: another device has our member ID 0x%06x, so nothing is sent. Give one of\n"
	       "%s  the two another ID; then: prose member reset dev %s id %s member 0x%06x\n",
	       indent, member, indent, ifname, id, member);
}

void show_key_text(const struct obj *k, const char *indent, int64_t now)
{
	char hex[HEX_LEN(PROSE_FINGERPRINT_LEN)], suite[SUITE_LEN];

	printf("%sstate: %s\n", indent, NAME(key_state_names, k->key_state));
	if (k->key_state == PROSE_KEY_STATE_CONFLICT)
		conflict_lines(indent, k->ifname, k->pgk_id, k->member);
	printf("%ssuite: %s, kdf %s\n", indent, suite_name(suite, k), k->kdf);
	if (obj_clear_text(k))
		printf("%sCLEAR TEXT: the Data that this key sends is not ciphered\n", indent);
	printf("%sfingerprint: %s\n", indent, to_hex(hex, k->fingerprint, sizeof(k->fingerprint)));
	printf("%sserial: %u\n", indent, k->serial);
	if (HAS(k, PROSE_A_FROM) && k->from)
		time_line(indent, "from", k->from, now);
	if (HAS(k, PROSE_A_UNTIL) && k->until)
		time_line(indent, "until", k->until, now);
	if (HAS(k, PROSE_A_KEY_EXPIRY) && k->key_expiry)
		time_line(indent, "keyring timeout", k->key_expiry, now);
	if (k->key_state != PROSE_KEY_STATE_RX_ONLY && !obj_dead(k))
		range_lines(k, indent);
	show_wrong_key(k, indent);
	show_counters_text(k, indent);
}

static void key_change(const char *done, const struct obj *k, const char *state)
{
	char suite[SUITE_LEN], hex[HEX_LEN(PROSE_FINGERPRINT_LEN)];

	if (opt.json) {
		show_key_json(k);
		json_done();
		return;
	}
	printf("%s: key %u is %s: %s, serial %u, fingerprint %s%s%s\n", k->ifname,
	       k->pgk_id, done, suite_name(suite, k), k->serial,
	       to_hex(hex, k->fingerprint, sizeof(k->fingerprint)), state[0] ? ", " : "", state);
}

void show_key_change(const char *done, const struct obj *k)
{
	char state[32];

	snprintf(state, sizeof(state), "state %s", NAME(key_state_names, k->key_state));
	key_change(done, k, state);
}

void show_key_attached(const struct obj *k, bool range_follows)
{
	if (k->key_state != PROSE_KEY_STATE_NO_RANGE)
		show_key_change("attached", k);
	else
		key_change("attached", k, range_follows ? "" :
			   "receives; to send with it: prose key extend");
}

static void lower_name(const struct obj *d, char out[IF_NAMESIZE])
{
	out[0] = 0;
	if (!HAS(d, PROSE_A_LOWER_NETNSID) && HAS(d, PROSE_A_LOWER_IFINDEX))
		if (!if_indextoname(d->lower_ifindex, out))
			out[0] = 0;
}

static void dev_json(const struct all *all, const struct obj *d)
{
	char lower[IF_NAMESIZE], text[12];
	size_t i;

	json_whose(d);
	json_uint("lcid", d->lcid);
	snprintf(text, sizeof(text), "0x%04x", d->ethertype);
	json_string("ethertype", text);
	lower_name(d, lower);
	if (lower[0])
		json_string("link", lower);
	json_uint("link_ifindex", d->lower_ifindex);
	if (HAS(d, PROSE_A_LOWER_NETNSID))
		json_int("link_netnsid", d->lower_netnsid);
	json_bool("tx", d->tx);
	json_string("nonip", NAME(nonip_names, d->nonip));
	json_uint("margin", d->margin);
	json_uint("notice", d->notice);
	if (HAS(d, PROSE_A_PROTECT))
		json_bool("protect", d->protect);
	json_bool("clear_text", obj_clear_text(d));
	if (HAS(d, PROSE_A_REQUIRE))
		json_string("require", NAME(require_names, d->require));
	if (HAS(d, PROSE_A_WINDOW))
		json_uint("window", d->window);
	if (HAS(d, PROSE_A_CHOICE))
		json_string("choice", NAME(choice_names, d->choice));
	if (HAS(d, PROSE_A_PTK_AGE))
		json_uint("ptk_age", d->ptk_age);
	if (HAS(d, PROSE_A_PTK_PACKETS))
		json_uint("ptk_packets", d->ptk_packets);
	json_bool("conflict", HAS(d, PROSE_A_CONFLICT));
	show_counters_json(d);
	json_array("keys");
	for (i = 0; i < all->keys.n; i++)
		if (all->keys.o[i].ifindex == d->ifindex)
			show_key_json(&all->keys.o[i]);
	json_end();
	json_array("members");
	for (i = 0; i < all->members.n; i++)
		if (all->members.o[i].ifindex == d->ifindex)
			show_member_json(&all->members.o[i]);
	json_end();
	json_end();
}

static void policy_lines(const struct obj *d)
{
	printf("  nonip %s, margin %u s, notice %u s\n", NAME(nonip_names, d->nonip),
	       d->margin, d->notice);
	if (!HAS(d, PROSE_A_REQUIRE))
		return;
	printf("  require %s, window %u, choice %s", NAME(require_names, d->require), d->window,
	       NAME(choice_names, d->choice));
	if (d->ptk_age)
		printf(", ptk-age %u s", d->ptk_age);
	if (d->ptk_packets)
		printf(", ptk-packets %u", d->ptk_packets);
	putchar('\n');
}

static void dev_text(const struct all *all, const struct obj *d, int64_t now)
{
	uint64_t heard = UINT64_MAX;
	size_t i, members = obj_members(&all->members, d->ifindex);
	char text[WHEN_LEN];

	printf("device: %s\n", d->ifname);
	printf("  group: 0x%06x\n  member: 0x%06x\n", d->group, d->member);
	lower_name(d, text);
	if (text[0])
		printf("  link: %s", text);
	else if (HAS(d, PROSE_A_LOWER_NETNSID))
		printf("  link: device %u of network namespace %d", d->lower_ifindex,
		       d->lower_netnsid);
	else
		printf("  link: device %u", d->lower_ifindex);
	printf(", ethertype 0x%04x, lcid %u\n", d->ethertype, d->lcid);
	printf("  sends: %s\n", d->tx ? "yes" : "no, listen only");
	policy_lines(d);
	clear_text_line(d, "  ");
	if (HAS(d, PROSE_A_CONFLICT))
		conflict_lines("  ", d->ifname, -1, d->member);
	show_wrong_key(d, "  ");
	show_counters_text(d, "  ");
	for (i = 0; i < all->keys.n; i++) {
		const struct obj *k = &all->keys.o[i];

		if (k->ifindex != d->ifindex)
			continue;
		printf("\n  key: %u (0x%02x)\n", k->pgk_id, k->pgk_id);
		show_key_text(k, "    ", now);
	}
	for (i = 0; i < all->members.n; i++) {
		const struct obj *m = &all->members.o[i];

		if (m->ifindex == d->ifindex && HAS(m, PROSE_A_LAST_HEARD) &&
		    m->last_heard < heard)
			heard = m->last_heard;
	}
	if (members)
		printf("\n  members heard: %zu, the last %s ago\n", members,
		       duration(text, heard / 1000));
	else
		printf("\n  members heard: none\n");
}

int cmd_show(struct args *a)
{
	const char *dev = arg_next(a);
	const char *after = dev && !strcmp(dev, "dev") ? arg_next(a) : NULL;
	struct all all;
	struct why w;
	size_t i;
	int code;

	if (args_end(a, &w))
		return usage(&w);
	/* A device may be called "dev". */
	if (after)
		dev = after;
	code = all_read(&all, dev, true, true, true);
	if (code)
		goto out;
	if (opt.json)
		json_array(NULL);
	for (i = 0; i < all.devs.n; i++) {
		if (opt.json)
			dev_json(&all, &all.devs.o[i]);
		else
			dev_text(&all, &all.devs.o[i], clock_real());
		if (!opt.json && i + 1 < all.devs.n)
			putchar('\n');
	}
	if (opt.json) {
		json_end();
		json_done();
	}
out:
	all_free(&all);
	return code;
}

/* "show [dev DEV]" of keys and members. */
static int show_words(struct args *a, const char **dev, struct why *w)
{
	static const struct keyword words[] = { { "dev", "the name of a prose device" } };

	return args_keywords(a, words, 1, dev, w);
}

int key_show(struct args *a)
{
	int64_t now = clock_real();
	const char *dev;
	struct all all;
	struct why w;
	size_t i;
	int code;

	if (show_words(a, &dev, &w))
		return usage(&w);
	code = all_read(&all, dev, true, true, false);
	if (code)
		goto out;
	if (opt.json)
		json_array(NULL);
	for (i = 0; i < all.keys.n; i++) {
		const struct obj *k = &all.keys.o[i];

		if (opt.json) {
			show_key_json(k);
			continue;
		}
		printf("%s%s: key %u (0x%02x), group 0x%06x, member 0x%06x\n", i ? "\n" : "",
		       k->ifname, k->pgk_id, k->pgk_id, k->group, k->member);
		show_key_text(k, "  ", now);
	}
	for (i = 0; !opt.json && i < all.devs.n; i++)
		clear_text_line(&all.devs.o[i], "");
	if (opt.json) {
		json_end();
		json_done();
	}
out:
	all_free(&all);
	return code;
}

void show_member_json(const struct obj *m)
{
	json_whose(m);
	json_uint("pgk_id", m->pgk_id);
	json_uint("ptk_id", m->ptk_id);
	json_bool("known", HAS(m, PROSE_A_KNOWN));
	if (HAS(m, PROSE_A_LAST_HEARD))
		json_uint("last_heard_ms", m->last_heard);
	if (HAS(m, PROSE_A_FLOOR)) {
		json_uint("floor_ptk_id", m->floor >> 16);
		json_uint("floor_sn", m->floor & 0xffff);
	}
	show_counters_json(m);
	json_end();
}

void show_member_text(const struct obj *m, const char *indent)
{
	char deeper[32], text[WHEN_LEN];

	printf("%s%s: member 0x%06x, key %u, PTK ID %u, %s, ", indent, m->ifname, m->member,
	       m->pgk_id, m->ptk_id, HAS(m, PROSE_A_KNOWN) ? "known" : "in probation");
	if (HAS(m, PROSE_A_LAST_HEARD))
		printf("heard %s ago\n", duration(text, m->last_heard / 1000));
	else
		printf("nothing good was heard yet\n");
	snprintf(deeper, sizeof(deeper), "%s  ", indent);
	if (HAS(m, PROSE_A_FLOOR))
		printf("%sfloor: PTK ID %u SN %u, what is older is refused\n", deeper,
		       m->floor >> 16, m->floor & 0xffff);
	show_wrong_key(m, deeper);
	show_counters_text(m, deeper);
}

static int member_show(struct args *a)
{
	const char *dev;
	struct all all;
	struct why w;
	size_t i;
	int code;

	if (show_words(a, &dev, &w))
		return usage(&w);
	code = all_read(&all, dev, true, false, true);
	if (!code && opt.json)
		json_array(NULL);
	for (i = 0; !code && i < all.members.n; i++) {
		if (opt.json)
			show_member_json(&all.members.o[i]);
		else
			show_member_text(&all.members.o[i], "");
	}
	for (i = 0; !code && !opt.json && i < all.devs.n; i++)
		clear_text_line(&all.devs.o[i], "");
	if (!code && opt.json) {
		json_end();
		json_done();
	}
	all_free(&all);
	return code;
}

int cmd_member(struct args *a)
{
	static const struct command table[] = {
		{ "show", member_show },
		{ "ls", member_show },
		{ "list", member_show },
		{ "reset", member_reset },
	};

	return run_command("member", table, ARRAY_SIZE(table), a);
}
