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

static const char *const nonip_words[] = { "auto", "on", "off" };

static void print_usage(FILE *f)
{
	fprintf(f,
		"Usage: ... prose group GROUP\n"
		"		  [ member { MEMBER | auto } ]\n"
		"		  [ lcid LCID ]\n"
		"		  [ ethertype ETHERTYPE ]\n"
		"		  [ tx { on | off } ]\n"
		"		  [ nonip { auto | on | off } ]\n"
		"		  [ margin SECONDS ]\n"
		"		  [ notice SECONDS ]\n"
		"\n"
		"Where:	GROUP, MEMBER := { 0xXXXXXX | aa:bb:cc }\n"
		"	LCID := 1..10 (default 1)\n"
		"	ETHERTYPE := 0x0600..0xffff (default 0x88b5)\n"
		"group, member, lcid and ethertype cannot be changed later.\n"
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

static int parse_seconds(const char *what, const char *s, uint32_t *out)
{
	int64_t n = number(s, 10, UINT32_MAX);

	if (n < 0)
		return bad(what, s, "seconds are expected");
	*out = n;
	return 0;
}

/* One option and its value. */
static int put_option(struct nlmsghdr *n, const char *option, const char *value)
{
	uint32_t u32;
	int64_t v;
	size_t i;

	if (!strcmp(option, "group")) {
		if (parse_id24(option, value, &u32))
			return -1;
		return addattr32(n, MAX_LEN, IFLA_PROSE_GROUP, u32);
	}
	if (!strcmp(option, "member")) {
		if (!strcmp(value, "auto"))	/* the kernel takes it from the lower device */
			return 0;
		if (parse_id24(option, value, &u32))
			return -1;
		return addattr32(n, MAX_LEN, IFLA_PROSE_MEMBER, u32);
	}
	if (!strcmp(option, "lcid")) {
		v = number(value, 10, PROSE_LCID_MAX);
		if (v < 1)
			return bad(option, value, "1 to 10 is expected");
		return addattr8(n, MAX_LEN, IFLA_PROSE_LCID, v);
	}
	if (!strcmp(option, "ethertype")) {
		v = strncmp(value, "0x", 2) ? -1 : number(value + 2, 16, 0xffff);
		if (v < 0x600)
			return bad(option, value, "0x0600 to 0xffff is expected");
		return addattr16(n, MAX_LEN, IFLA_PROSE_ETHERTYPE, v);
	}
	if (!strcmp(option, "tx")) {
		if (strcmp(value, "on") && strcmp(value, "off"))
			return bad(option, value, "\"on\" or \"off\" is expected");
		return addattr8(n, MAX_LEN, IFLA_PROSE_TX, !strcmp(value, "on"));
	}
	if (!strcmp(option, "nonip")) {
		for (i = 0; i < 3; i++)
			if (!strcmp(value, nonip_words[i]))
				return addattr8(n, MAX_LEN, IFLA_PROSE_NONIP, i);
		return bad(option, value, "\"auto\", \"on\" or \"off\" is expected");
	}
	if (!strcmp(option, "margin") || !strcmp(option, "notice")) {
		if (parse_seconds(option, value, &u32))
			return -1;
		return addattr32(n, MAX_LEN, option[0] == 'm' ? IFLA_PROSE_MARGIN :
				 IFLA_PROSE_NOTICE, u32);
	}
	return -1;
}

static int parse_opt(struct link_util *lu, int argc, char **argv, struct nlmsghdr *n)
{
	static const char *const words[] = {
		"group", "member", "lcid", "ethertype", "tx", "nonip", "margin", "notice",
	};
	unsigned int seen = 0;
	size_t i;

	(void)lu;
	for (; argc > 0; argc -= 2, argv += 2) {
		if (!strcmp(*argv, "help")) {
			print_usage(stdout);
			return -1;
		}
		for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (!strcmp(*argv, words[i]))
				break;
		if (i == sizeof(words) / sizeof(words[0])) {
			fprintf(stderr, "Error: \"%s\" is no option of prose; it is one of group member lcid ethertype tx nonip margin notice\n",
				*argv);
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
		if (put_option(n, argv[0], argv[1]))
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

static void print_opt(struct link_util *lu, FILE *f, struct rtattr *tb[])
{
	(void)lu;
	(void)f;
	if (!tb)
		return;
	if (tb[IFLA_PROSE_GROUP])
		print_hex("group", "group %s ", "0x%06x", value32(tb[IFLA_PROSE_GROUP]));
	if (tb[IFLA_PROSE_MEMBER])
		print_hex("member", "member %s ", "0x%06x", value32(tb[IFLA_PROSE_MEMBER]));
	if (tb[IFLA_PROSE_LCID])
		print_color_uint(PRINT_ANY, COLOR_NONE, "lcid", "lcid %u ",
				 value8(tb[IFLA_PROSE_LCID]));
	if (tb[IFLA_PROSE_ETHERTYPE])
		print_hex("ethertype", "ethertype %s ", "0x%04x",
			  value16(tb[IFLA_PROSE_ETHERTYPE]));
	if (tb[IFLA_PROSE_TX])
		print_color_on_off(PRINT_ANY, COLOR_NONE, "tx", "tx %s ",
				   value8(tb[IFLA_PROSE_TX]));
	if (tb[IFLA_PROSE_NONIP]) {
		uint8_t v = value8(tb[IFLA_PROSE_NONIP]);

		print_color_string(PRINT_ANY, COLOR_NONE, "nonip", "nonip %s ",
				   v < 3 ? nonip_words[v] : "unknown");
	}
	if (tb[IFLA_PROSE_MARGIN])
		print_color_uint(PRINT_ANY, COLOR_NONE, "margin", "margin %u ",
				 value32(tb[IFLA_PROSE_MARGIN]));
	if (tb[IFLA_PROSE_NOTICE])
		print_color_uint(PRINT_ANY, COLOR_NONE, "notice", "notice %u ",
				 value32(tb[IFLA_PROSE_NOTICE]));
}

struct link_util prose_link_util = {
	.id = "prose",
	.maxattr = IFLA_PROSE_MAX,
	.parse_opt = parse_opt,
	.print_opt = print_opt,
	.print_help = print_help,
};
