// SPDX-License-Identifier: GPL-2.0
/*
 * iproute2 plugin: ip link add|set|show|help for the link kind "prose".
 *
 * ip loads link_KIND.so from its library directory and looks for the symbol
 * KIND_link_util. Neither that structure nor the helpers below are in any
 * development package, so what is used of them is declared here; it has been
 * the same in iproute2 since 2018 (4.20).
 */
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/prose.h>

struct link_util {
	struct link_util *next;
	const char *id;
	int maxattr;
	int (*parse_opt)(struct link_util *lu, int argc, char **argv, struct nlmsghdr *n);
	void (*print_opt)(struct link_util *lu, FILE *f, struct rtattr *tb[]);
	void (*print_xstats)(struct link_util *lu, FILE *f, struct rtattr *xstats);
	void (*print_help)(struct link_util *lu, int argc, char **argv, FILE *f);
	int (*parse_ifla_xstats)(struct link_util *lu, int argc, char **argv);
	int (*print_ifla_xstats)(struct nlmsghdr *n, void *arg);
};

enum output_type { PRINT_FP = 1, PRINT_JSON = 2, PRINT_ANY = 4 };
enum color_attr { COLOR_NONE = 6 };

/* Of the ip binary. */
int addattr8(struct nlmsghdr *n, int maxlen, int type, uint8_t data);
int addattr16(struct nlmsghdr *n, int maxlen, int type, uint16_t data);
int addattr32(struct nlmsghdr *n, int maxlen, int type, uint32_t data);
int print_color_string(enum output_type t, enum color_attr color, const char *key,
		       const char *fmt, const char *value);
int print_color_uint(enum output_type t, enum color_attr color, const char *key,
		     const char *fmt, unsigned int value);
int print_color_on_off(enum output_type t, enum color_attr color, const char *key,
		       const char *fmt, bool value);

/* The buffer of "ip link" after its header, as every kind assumes it. */
#define MAX_LEN 1024

extern struct link_util prose_link_util;

static const char *const nonip_words[] = { "auto", "on", "off", NULL };
static const char *const require_words[] = { "none", "integrity", "aead", NULL };
static const char *const choice_words[] = { "from", "expiry", NULL };

/* How a value is written and carried. */
enum form { AS_ID, AS_ETHERTYPE, AS_ON_OFF, AS_LCID, AS_SECONDS, AS_FRAMES, AS_WORD };

/* In the order in which they are shown. */
static const struct option {
	const char *name;
	enum form as;
	int attr;
	const char *const *words;
	const char *want;
	uint32_t min, max;
} options[] = {
	{ .name = "group", .as = AS_ID, .attr = IFLA_PROSE_GROUP },
	{ .name = "member", .as = AS_ID, .attr = IFLA_PROSE_MEMBER },
	{ .name = "lcid", .as = AS_LCID, .attr = IFLA_PROSE_LCID,
	  .min = 1, .max = PROSE_LCID_MAX, .want = "1 to 10 is expected" },
	{ .name = "ethertype", .as = AS_ETHERTYPE, .attr = IFLA_PROSE_ETHERTYPE },
	{ .name = "tx", .as = AS_ON_OFF, .attr = IFLA_PROSE_TX },
	{ .name = "nonip", .as = AS_WORD, .attr = IFLA_PROSE_NONIP, .words = nonip_words,
	  .want = "\"auto\", \"on\" or \"off\" is expected" },
	{ .name = "margin", .as = AS_SECONDS, .attr = IFLA_PROSE_MARGIN,
	  .max = 86400, .want = "0 to 86400 seconds are expected" },
	{ .name = "notice", .as = AS_SECONDS, .attr = IFLA_PROSE_NOTICE,
	  .max = 366 * 86400, .want = "0 to 31622400 seconds are expected" },
	{ .name = "protect", .as = AS_ON_OFF, .attr = IFLA_PROSE_PROTECT },
	{ .name = "require", .as = AS_WORD, .attr = IFLA_PROSE_REQUIRE, .words = require_words,
	  .want = "\"none\", \"integrity\" or \"aead\" is expected" },
	{ .name = "window", .as = AS_FRAMES, .attr = IFLA_PROSE_WINDOW,
	  .min = 32, .max = 16384, .want = "32 to 16384 frames are expected" },
	{ .name = "choice", .as = AS_WORD, .attr = IFLA_PROSE_CHOICE, .words = choice_words,
	  .want = "\"from\" or \"expiry\" is expected" },
	{ .name = "ptk-age", .as = AS_SECONDS, .attr = IFLA_PROSE_PTK_AGE,
	  .max = 366 * 86400, .want = "0 to 31622400 seconds are expected" },
	{ .name = "ptk-packets", .as = AS_FRAMES, .attr = IFLA_PROSE_PTK_PACKETS,
	  .max = 65535, .want = "0 to 65535 frames are expected" },
};

#define N_OPTIONS (sizeof(options) / sizeof(options[0]))

static void print_usage(FILE *f)
{
	fprintf(f,
		"Usage: ... prose group GROUP\n"
		"		  [ member { MEMBER | auto } ]\n"
		"		  [ lcid LCID ]\n"
		"		  [ ethertype ETHERTYPE ]\n"
		"		  [ protect { on | off } ]\n"
		"		  [ window FRAMES ]\n"
		"		  [ tx { on | off } ]\n"
		"		  [ nonip { auto | on | off } ]\n"
		"		  [ margin SECONDS ]\n"
		"		  [ notice SECONDS ]\n"
		"		  [ require { none | integrity | aead } ]\n"
		"		  [ choice { from | expiry } ]\n"
		"		  [ ptk-age SECONDS ]\n"
		"		  [ ptk-packets FRAMES ]\n"
		"\n"
		"Where:	GROUP, MEMBER := { 0xXXXXXX | aa:bb:cc }\n"
		"	LCID := 1..10 (default 1)\n"
		"	ETHERTYPE := 0x0600..0xffff (default 0x88b5)\n"
		"	window := 32..16384 (default 4096)\n"
		"group, member, lcid, ethertype, protect and window cannot be changed later.\n"
		"protect off sends EVERYTHING IN CLEAR, without keys.\n"
		"Keys are loaded by prose(8).\n");
}

static void print_help(struct link_util *lu, int argc, char **argv, FILE *f)
{
	(void)lu;
	(void)argc;
	(void)argv;
	print_usage(f);
}

static int bad(const char *what, const char *value, const char *want)
{
	fprintf(stderr, "Error: argument \"%s\" is wrong: %s: %s\n", value, what, want);
	return -1;
}

/* Digits of one base only, all of them; -1 if not, or above max. */
static int64_t number(const char *s, int base, int64_t max)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	size_t len = strlen(s);
	int64_t n;

	if (!len || len > 12 || strspn(s, base == 16 ? digits : "0123456789") != len)
		return -1;
	n = strtoll(s, NULL, base);
	return n > max ? -1 : n;
}

static int parse_id24(const char *what, const char *s, uint32_t *id)
{
	int64_t n = -1;

	if (!strncmp(s, "0x", 2)) {
		n = number(s + 2, 16, PROSE_ID24_MAX);
	} else if (strlen(s) == 8 && s[2] == ':' && s[5] == ':') {
		char hex[7] = { s[0], s[1], s[3], s[4], s[6], s[7], 0 };

		n = number(hex, 16, PROSE_ID24_MAX);
	} else if (strlen(s) <= 6 && number(s, 16, PROSE_ID24_MAX) >= 0) {
		n = number(s, 16, PROSE_ID24_MAX);
		fprintf(stderr,
			"Error: argument \"%s\" is wrong: %s: bare digits can be read in two ways; if it is hexadecimal write 0x%06x or %02x:%02x:%02x\n",
			s, what, (unsigned int)n, (unsigned int)n >> 16,
			(unsigned int)n >> 8 & 255, (unsigned int)n & 255);
		return -1;
	}
	if (n < 0)
		return bad(what, s, "0xXXXXXX or aa:bb:cc is expected");
	if (!n)
		return bad(what, s, "0 is not used as an identity");
	*id = n;
	return 0;
}

static int put_option(struct nlmsghdr *n, const struct option *o, const char *value)
{
	uint32_t u32;
	int64_t v;
	int i;

	switch (o->as) {
	case AS_ID:
		/* The kernel takes it from the lower device. */
		if (o->attr == IFLA_PROSE_MEMBER && !strcmp(value, "auto"))
			return 0;
		if (parse_id24(o->name, value, &u32))
			return -1;
		return addattr32(n, MAX_LEN, o->attr, u32);
	case AS_ETHERTYPE:
		v = strncmp(value, "0x", 2) ? -1 : number(value + 2, 16, 0xffff);
		if (v < 0x600)
			return bad(o->name, value, "0x0600 to 0xffff is expected");
		return addattr16(n, MAX_LEN, o->attr, v);
	case AS_ON_OFF:
		if (strcmp(value, "on") && strcmp(value, "off"))
			return bad(o->name, value, "\"on\" or \"off\" is expected");
		if (o->attr == IFLA_PROSE_PROTECT && !strcmp(value, "off"))
			fprintf(stderr, "Warning: protect off: EVERYTHING this device sends goes out IN CLEAR, and it takes whatever anybody sends to the group; for tests of interoperability only\n");
		return addattr8(n, MAX_LEN, o->attr, !strcmp(value, "on"));
	case AS_LCID:
	case AS_SECONDS:
	case AS_FRAMES:
		v = number(value, 10, o->max);
		if (v < o->min)
			return bad(o->name, value, o->want);
		return o->as == AS_LCID ? addattr8(n, MAX_LEN, o->attr, v) :
		       addattr32(n, MAX_LEN, o->attr, v);
	case AS_WORD:
		for (i = 0; o->words[i]; i++)
			if (!strcmp(value, o->words[i]))
				return addattr8(n, MAX_LEN, o->attr, i);
		return bad(o->name, value, o->want);
	}
	return -1;
}

static int parse_opt(struct link_util *lu, int argc, char **argv, struct nlmsghdr *n)
{
	unsigned int seen = 0;
	size_t i;

	(void)lu;
	for (; argc > 0; argc -= 2, argv += 2) {
		if (!strcmp(*argv, "help")) {
			print_usage(stdout);
			return -1;
		}
		for (i = 0; i < N_OPTIONS; i++)
			if (!strcmp(*argv, options[i].name))
				break;
		if (i == N_OPTIONS) {
			fprintf(stderr, "Error: \"%s\" is no option of prose; it is one of", *argv);
			for (i = 0; i < N_OPTIONS; i++)
				fprintf(stderr, " %s", options[i].name);
			fputc('\n', stderr);
			return -1;
		}
		if (seen & 1U << i) {
			fprintf(stderr, "Error: \"%s\" is given twice\n", *argv);
			return -1;
		}
		seen |= 1U << i;
		if (argc < 2) {
			fprintf(stderr, "Error: \"%s\" needs a value after it\n", *argv);
			return -1;
		}
		if (put_option(n, &options[i], argv[1]))
			return -1;
	}
	return 0;
}

static uint32_t value32(const struct rtattr *a)
{
	uint32_t v = 0;

	if (RTA_PAYLOAD(a) >= sizeof(v))
		memcpy(&v, RTA_DATA(a), sizeof(v));
	return v;
}

static uint16_t value16(const struct rtattr *a)
{
	uint16_t v = 0;

	if (RTA_PAYLOAD(a) >= sizeof(v))
		memcpy(&v, RTA_DATA(a), sizeof(v));
	return v;
}

static uint8_t value8(const struct rtattr *a)
{
	return RTA_PAYLOAD(a) ? *(const uint8_t *)RTA_DATA(a) : 0;
}

static void print_hex(const char *key, const char *fmt, const char *hex, uint32_t value)
{
	char text[16];

	snprintf(text, sizeof(text), hex, value);
	print_color_string(PRINT_ANY, COLOR_NONE, key, fmt, text);
}

static const char *word_of(const char *const *words, uint8_t v)
{
	while (*words && v--)
		words++;
	return *words ? *words : "unknown";
}

/* Name and value in text, the name alone in JSON. */
static void print_option(const struct option *o, const struct rtattr *a)
{
	char fmt[32], key[16], *p;

	snprintf(key, sizeof(key), "%s", o->name);
	for (p = key; *p; p++)	/* as in the JSON of prose(8), for jq */
		if (*p == '-')
			*p = '_';
	snprintf(fmt, sizeof(fmt), "%s %%%c ", o->name,
		 o->as == AS_LCID || o->as == AS_SECONDS || o->as == AS_FRAMES ? 'u' : 's');
	switch (o->as) {
	case AS_ID:
		print_hex(key, fmt, "0x%06x", value32(a));
		break;
	case AS_ETHERTYPE:
		print_hex(key, fmt, "0x%04x", value16(a));
		break;
	case AS_ON_OFF:
		print_color_on_off(PRINT_ANY, COLOR_NONE, key, fmt, value8(a));
		if (o->attr == IFLA_PROSE_PROTECT && !value8(a))
			print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ",
					   "(EVERYTHING IN CLEAR)");
		break;
	case AS_LCID:
		print_color_uint(PRINT_ANY, COLOR_NONE, key, fmt, value8(a));
		break;
	case AS_SECONDS:
	case AS_FRAMES:
		print_color_uint(PRINT_ANY, COLOR_NONE, key, fmt, value32(a));
		break;
	case AS_WORD:
		print_color_string(PRINT_ANY, COLOR_NONE, key, fmt,
				   word_of(o->words, value8(a)));
		break;
	}
}

static void print_opt(struct link_util *lu, FILE *f, struct rtattr *tb[])
{
	size_t i;

	(void)lu;
	(void)f;
	if (!tb)
		return;
	for (i = 0; i < N_OPTIONS; i++)
		if (tb[options[i].attr])
			print_option(&options[i], tb[options[i].attr]);
}

struct link_util prose_link_util = {
	.id = "prose",
	.maxattr = IFLA_PROSE_MAX,
	.parse_opt = parse_opt,
	.print_opt = print_opt,
	.print_help = print_help,
};
