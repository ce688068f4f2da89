// SPDX-License-Identifier: GPL-2.0
/* What prose up finds to mend, of lines that are there and of lines that are not. */
#include <stdlib.h>
#include <string.h>

#include "running.h"
#include "tests.h"
#include "updiff.h"

#define DEVICE "[Device]\nLower = lo\nGroup = 0x445566\n"
#define KEY "[Key]\nId = 1\nCipher = aes256-gcm\nFile = fire.key\n"
#define NOW 1000
#define MEMBER 0x010203

static struct conf c;
static char *text;

static void file(const char *s)
{
	struct why w;

	if (text)
		conf_free(&c);
	free(text);
	text = strdup(s);
	conf_locate(&c, "/x/fire.conf", &w);
	if (conf_parse(&c, text, &w))
		ok(false, "%s", w.text);
}

static void lines_taken_out(void)
{
	struct running r = running_plain(MEMBER);
	struct link_options o;
	uint32_t v;

	file(DEVICE);
	options_differing(&c, &r, &o);
	is_int(o.has, 0, "a device of defaults is as a file that names none");
	is_int(unmendable(&c, &r), 0, "and nothing of it is fixed in another way");
	is_int(mtu_wanted(&c, &r), 1400, "nor has it another MTU");

	r.dev.tx = 0;
	r.dev.nonip = PROSE_NONIP_ON;
	r.dev.margin = 20;
	r.dev.notice = 1;
	r.dev.require = PROSE_REQUIRE_AEAD;
	r.dev.choice = PROSE_CHOICE_EXPIRY;
	r.dev.ptk_age = 3600;
	r.dev.ptk_packets = 100;
	options_differing(&c, &r, &o);
	is_int(o.has, (1 << LK_N) - (1 << LK_CHANGES), "all options that can be changed are");
	is_int(o.v[LK_TX], 1, "tx is on again");
	is_int(o.v[LK_MARGIN], 10, "the margin its default");
	is_int(o.v[LK_REQUIRE], PROSE_REQUIRE_NONE, "nothing is required");
	is_int(o.v[LK_PTK_PACKETS], 0, "no limit of frames");
	r.link.mtu = 1300;
	is_int(mtu_wanted(&c, &r), 1400, "the MTU is the largest again");

	r.dev.member = 0x0a0b0c;
	r.dev.window = 32;
	r.dev.lcid = 3;
	r.dev.ethertype = 0x1234;
	r.dev.protect = 0;
	is_int(unmendable(&c, &r), 5, "each that is fixed is told");
	r.member_default = 0;
	is_int(unmendable(&c, &r), 4, "but not of what is not known");
	r.dev.has = 1ULL << PROSE_A_LOWER_NETNSID;
	is_int(unmendable(&c, &r), 5, "a lower device of another namespace is not one of ours");
	r.dev.has = 0;
	ok(!option_wanted(&c, &r, LK_MEMBER, &v), "a lower device elsewhere has an unknown address");

	file(DEVICE "Member = 0x0a0b0c\nWindow = 32\nLcid = 3\nEthertype = 0x1234\n"
	     "Protect = off\nTx = off\nMTU = 1300\n");
	is_int(unmendable(&c, &r), 0, "with its lines the device is as the file has it");
	is_int(mtu_wanted(&c, &r), 1300, "its MTU too");
	options_differing(&c, &r, &o);
	ok(!(o.has >> LK_TX & 1), "and it is not made to send");
}

/* What is done about the times: "", or of s (standby), f (from) and u (until). */
static void times(const char *lines, const struct obj *live, const char *want, int64_t from,
		  int64_t until, const char *what)
{
	struct key_change change;
	char text_of[4] = "";
	bool any;

	file(lines);
	any = times_wanted(&c.keys[0], live, NOW, &change);
	if (change.standby)
		strcat(text_of, "s");
	if (change.has_from)
		strcat(text_of, "f");
	if (change.has_until)
		strcat(text_of, "u");
	is_str(text_of, want, what);
	is_int(any, want[0] != 0, "it is told whether anything is");
	if (change.has_from)
		is_int(change.from, from, "from when");
	if (change.has_until)
		is_int(change.until, until, "until when");
}

static void key_times(void)
{
	struct obj active = { .from = 500 }, ends = { .from = 500, .until = 2000 };
	struct obj pending = { .from = 1500 }, standby = { 0 };

	ends.has = 1ULL << PROSE_A_UNTIL;
	standby.has = 1ULL << PROSE_A_STANDBY;
	times(DEVICE KEY, &active, "", 0, 0, "a key without times");
	times(DEVICE KEY, &ends, "u", 0, 0, "Until was taken out: it has no end any more");
	times(DEVICE KEY "Until = never\n", &ends, "u", 0, 0, "Until = never says the same");
	times(DEVICE KEY "Until = @2000\n", &ends, "", 0, 0, "an end as in the file");
	times(DEVICE KEY "Until = @3000\n", &active, "u", 0, 3000, "an end that was put in");
	times(DEVICE KEY, &pending, "f", 0, 0, "From was taken out: it is used at once");
	times(DEVICE KEY, &standby, "f", 0, 0, "From = standby was taken out");
	times(DEVICE KEY "From = @800\n", &standby, "f", 800, 0, "a beginning in the past");
	times(DEVICE KEY "From = @800\n", &active, "", 0, 0, "one that was used by hand since");
	times(DEVICE KEY "From = @1500\n", &pending, "", 0, 0, "a beginning as in the file");
	times(DEVICE KEY "From = @1600\n", &pending, "f", 1600, 0, "a later one");
	times(DEVICE KEY "From = standby\n", &active, "", 0, 0, "a key used by hand stays in use");
	times(DEVICE KEY "From = standby\n", &pending, "s", 0, 0, "one that is not yet in use waits");
	times(DEVICE KEY "From = standby\n", &standby, "", 0, 0, "one that waits");
}

static void ranges(void)
{
	struct obj none = { 0 }, some = { .ptk_left = 3 };

	file(DEVICE KEY);
	ok(range_wanted(&c, &c.keys[0], &none), "a key without PTK IDs is given some");
	ok(!range_wanted(&c, &c.keys[0], &some), "one that has some is not");
	file(DEVICE "Tx = off\n" KEY);
	ok(!range_wanted(&c, &c.keys[0], &none), "nor one of a device that only listens");
	file(DEVICE KEY "Range = 0\n");
	ok(!range_wanted(&c, &c.keys[0], &none), "nor one that only receives");
	file(DEVICE KEY "From = standby\n");
	ok(!range_wanted(&c, &c.keys[0], &none), "nor one that waits");
}

void test_updiff(void)
{
	lines_taken_out();
	key_times();
	ranges();
	conf_free(&c);
	free(text);
	text = NULL;
}
