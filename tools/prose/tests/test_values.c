// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "grant.h"
#include "ids.h"
#include "names.h"
#include "obj.h"
#include "rtnl.h"
#include "show.h"
#include "tests.h"

static void id24(const char *s, int err, uint32_t want)
{
	uint32_t n = 0;
	struct why w;
	int got = parse_id24("group", s, &n, &w);

	ok(got == err && (err || n == want), "group %s: %s", s, err ? w.text : "taken");
}

static void pgk(const char *s, int err, uint8_t want)
{
	uint8_t n = 0;
	struct why w;
	int got = parse_pgk_id(s, &n, &w);

	ok(got == err && (err || n == want), "PGK ID %s: %s", s, err ? w.text : "taken");
}

static void all_named(const char *const *names, size_t from, size_t n, const char *what)
{
	size_t i, missing = 0;

	for (i = from; i < n; i++)
		missing += !names[i];
	is_int(missing, 0, what);
}

static void link_option(int key, const char *value, int err)
{
	const char *v[LK_N] = { NULL };
	struct link_options o;
	struct why w;

	v[key] = value;
	ok(link_options_parse(v, &o, &w) == err, "link option %d %s: %s", key, value,
	   err ? w.text : "taken");
}

static void ranges(void)
{
	struct obj k = { .key_state = PROSE_KEY_STATE_ACTIVE, .ptk_left = 65, .ptk_granted = 256,
			 .has = 1ULL << PROSE_A_PTK_ID };

	ok(!obj_wants_range(&k), "65 of 256 left is not low");
	k.ptk_left = 64;
	ok(obj_wants_range(&k), "64 of 256 left is low");
	k.ptk_left = 0;
	ok(obj_wants_range(&k), "the last one in use is low");
	k.key_state = PROSE_KEY_STATE_EXPIRED;
	ok(!obj_wants_range(&k), "a dead key is not extended");
	k.key_state = PROSE_KEY_STATE_RX_ONLY;
	ok(!obj_wants_range(&k), "nor one of a listener");
	k.key_state = PROSE_KEY_STATE_STANDBY;
	ok(!obj_wants_range(&k), "nor one on standby");
	k.key_state = PROSE_KEY_STATE_NO_RANGE;
	k.has = 0;
	ok(obj_wants_range(&k), "one without a range is");
	k.key_state = PROSE_KEY_STATE_PENDING;
	ok(!obj_wants_range(&k), "one that waits and was never given any is not");

	k = (struct obj){ .ptk_left = 2, .sn = 1, .ptk_id = 7,
			  .has = 1ULL << PROSE_A_PTK_ID | 1ULL << PROSE_A_SN };
	is_int(obj_frames_left(&k), 3 * 65535, "frames left: two IDs and a fresh one in use");
	k.sn = 65536;
	is_int(obj_frames_left(&k), 2 * 65535, "frames left: the one in use is at its end");

	k = (struct obj){ .until = 50, .key_expiry = 40,
			  .has = 1ULL << PROSE_A_UNTIL | 1ULL << PROSE_A_KEY_EXPIRY };
	is_int(obj_end(&k), 40, "the earlier of until and keyring timeout counts");
	k.has = 1ULL << PROSE_A_UNTIL;
	is_int(obj_end(&k), 50, "until alone");
	k.has = 0;
	is_int(obj_end(&k), 0, "no end");
}

static void members(void)
{
	struct obj o[5] = {
		{ .ifindex = 3, .member = 7, .pgk_id = 1, .has = 1ULL << PROSE_A_LAST_HEARD },
		{ .ifindex = 3, .member = 9, .pgk_id = 1, .has = 1ULL << PROSE_A_LAST_HEARD },
		{ .ifindex = 3, .member = 7, .pgk_id = 2, .has = 1ULL << PROSE_A_LAST_HEARD },
		{ .ifindex = 4, .member = 8, .pgk_id = 1, .has = 1ULL << PROSE_A_LAST_HEARD },
		{ .ifindex = 3, .member = 6, .pgk_id = 1 },
	};
	struct obj_list l = { o, 5 };
	struct obj k = { .cipher = PROSE_CIPHER_EEA0, .integrity = PROSE_INTEGRITY_EIA2,
			 .has = 1ULL << PROSE_A_CIPHER };
	struct obj d = { .has = 1ULL << PROSE_A_PROTECT };
	char suite[SUITE_LEN];

	is_int(obj_members(&l, 3), 2, "a member heard with two keys counts once");
	is_int(obj_members(&l, 4), 1, "on its own device");
	is_int(obj_members(&l, 5), 0, "and none on another");
	ok(!obj_sent_with(&l), "no key of these is sent with");
	o[2].has |= 1ULL << PROSE_A_PTK_ID;
	ok(obj_sent_with(&l) == &o[2], "the one that has a PTK ID in use is");
	is_str(suite_name(suite, &k), "eea0 integrity eia2 (CLEAR TEXT)",
	       "null ciphering is marked wherever a suite is named");
	ok(obj_clear_text(&d), "a device with protect off is clear text");
	d.protect = 1;
	ok(!obj_clear_text(&d), "a protected one is not");
}

void test_values(void)
{
	char hex[9];

	id24("0x445566", 0, 0x445566);
	id24("0X445566", 0, 0x445566);
	id24("0x1", 0, 1);
	id24("aa:bb:cc", 0, 0xaabbcc);
	id24("AA:0b:cC", 0, 0xaa0bcc);
	id24("0x000000", -1, 0);
	id24("00:00:00", -1, 0);
	id24("445566", -1, 0);
	id24("abcdef", -1, 0);
	id24("12345678", -1, 0);
	id24("0x1445566", -1, 0);
	id24("0x", -1, 0);
	id24("0x44556g", -1, 0);
	id24("0x-1", -1, 0);
	id24("44:55", -1, 0);
	id24("44:55:66:77", -1, 0);
	id24("4:55:66", -1, 0);
	id24("44:55:6g", -1, 0);
	id24("44-55-66", -1, 0);
	id24("", -1, 0);
	id24("-5", -1, 0);

	pgk("0", 0, 0);
	pgk("255", 0, 255);
	pgk("0x0", 0, 0);
	pgk("0xff", 0, 255);
	pgk("256", -1, 0);
	pgk("0x100", -1, 0);
	pgk("010", -1, 0);
	pgk("-1", -1, 0);
	pgk("+1", -1, 0);
	pgk("1 ", -1, 0);
	pgk("", -1, 0);
	pgk("0x", -1, 0);
	pgk("ff", -1, 0);

	link_option(LK_LCID, "1", 0);
	link_option(LK_LCID, "10", 0);
	link_option(LK_LCID, "0", -1);
	link_option(LK_LCID, "11", -1);
	link_option(LK_LCID, "08", -1);
	link_option(LK_ETHERTYPE, "0x88b5", 0);
	link_option(LK_ETHERTYPE, "0x05ff", -1);
	link_option(LK_ETHERTYPE, "88b5", -1);
	link_option(LK_ETHERTYPE, "0x10000", -1);
	link_option(LK_TX, "on", 0);
	link_option(LK_TX, "yes", -1);
	link_option(LK_NONIP, "auto", 0);
	link_option(LK_NONIP, "aut", -1);
	link_option(LK_MARGIN, "0", 0);
	link_option(LK_MARGIN, "86401", -1);
	link_option(LK_NOTICE, "31622400", 0);
	link_option(LK_NOTICE, "31622401", -1);
	link_option(LK_NOTICE, "99999999999999999999999", -1);
	link_option(LK_MEMBER, "auto", 0);
	link_option(LK_MEMBER, "112233", -1);

	link_option(LK_PROTECT, "off", 0);
	link_option(LK_PROTECT, "no", -1);
	link_option(LK_WINDOW, "32", 0);
	link_option(LK_WINDOW, "16384", 0);
	link_option(LK_WINDOW, "31", -1);
	link_option(LK_WINDOW, "16385", -1);
	link_option(LK_REQUIRE, "none", 0);
	link_option(LK_REQUIRE, "integrity", 0);
	link_option(LK_REQUIRE, "aead", 0);
	link_option(LK_REQUIRE, "aes256-gcm", -1);
	link_option(LK_CHOICE, "expiry", 0);
	link_option(LK_CHOICE, "exp", -1);
	link_option(LK_PTK_AGE, "0", 0);
	link_option(LK_PTK_AGE, "31622401", -1);
	link_option(LK_PTK_PACKETS, "65535", 0);
	link_option(LK_PTK_PACKETS, "65536", -1);

	all_named(cipher_names, 0, n_cipher_names, "every cipher has its word");
	all_named(integrity_names, 0, n_integrity_names, "every integrity algorithm");
	all_named(nonip_names, 0, n_nonip_names, "every nonip value");
	all_named(require_names, 0, n_require_names, "every require value");
	all_named(choice_names, 0, n_choice_names, "every choice value");
	all_named(key_state_names, 0, n_key_state_names, "every key state");
	all_named(event_names, 0, n_event_names, "every event");
	all_named(counter_names, 1, PROSE_A_COUNTERS_MAX + 1, "every counter");
	all_named(counter_help, 1, PROSE_A_COUNTERS_MAX + 1, "and what each of them means");
	all_named(lower_counter_names, 1, PROSE_A_LOWER_COUNTERS_MAX + 1, "every lower counter");
	all_named(attr_name, 1, PROSE_A_MAX + 1, "every attribute");
	all_named(link_attr_name, 1, IFLA_PROSE_MAX + 1, "every link attribute");
	all_named(cmd_names, 1, PROSE_CMD_MAX + 1, "every command");
	is_str(NAME(event_names, 1000), "unknown", "a number of a newer kernel has a word too");

	is_str(to_hex(hex, (const uint8_t *)"\x00\xff\x10\x0a", 4), "00ff100a", "hex");
	ranges();
	members();
}
