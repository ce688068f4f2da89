// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "ids.h"

static const char digits[] = "0123456789";
static const char xdigits[] = "0123456789abcdefABCDEF";

/* Hexadecimal with 1 to max digits and nothing else. */
static int hex(const char *s, size_t max, uint32_t *n)
{
	size_t len = strlen(s);

	if (!len || len > max || strspn(s, xdigits) != len)
		return -1;
	*n = strtoul(s, NULL, 16);
	return 0;
}

static int colons(const char *s, uint32_t *n)
{
	unsigned int i;

	if (strlen(s) != 8)
		return -1;
	*n = 0;
	for (i = 0; i < 8; i++) {
		char two[3] = { s[i], i < 7 ? s[i + 1] : 0, 0 };
		uint32_t octet;

		if (i % 3 == 2) {
			if (s[i] != ':')
				return -1;
			continue;
		}
		if (i % 3 == 1)
			continue;
		if (strlen(two) != 2 || hex(two, 2, &octet))
			return -1;
		*n = *n << 8 | octet;
	}
	return 0;
}

int parse_id24(const char *what, const char *s, uint32_t *id, struct why *w)
{
	size_t len = strlen(s);
	uint32_t n;

	if (!strncmp(s, "0x", 2) || !strncmp(s, "0X", 2)) {
		if (!hex(s + 2, 6, &n))
			goto found;
		return why(w, "%s %s: 0x and 1 to 6 hexadecimal digits are expected (24 bit)",
			   what, s);
	}
	if (strchr(s, ':')) {
		if (!colons(s, &n))
			goto found;
		return why(w, "%s %s: three octets are expected, as in aa:bb:cc", what, s);
	}
	if (len && len <= 6 && !hex(s, 6, &n))
		return why(w, "%s %s: bare digits can be read in two ways; if it is hexadecimal write 0x%06x or %02x:%02x:%02x",
			   what, s, n, n >> 16, n >> 8 & 255, n & 255);
	if (len && strspn(s, digits) == len)
		return why(w, "%s %s: bare digits can be read in two ways; write 0x and hexadecimal digits, or aa:bb:cc",
			   what, s);
	return why(w, "%s %s: write 0xXXXXXX or aa:bb:cc", what, s);
found:
	if (!n)
		return why(w, "%s %s: 0 is not used as an identity", what, s);
	*id = n;
	return 0;
}

int parse_pgk_id(const char *s, uint8_t *id, struct why *w)
{
	size_t len = strlen(s);
	uint32_t n;

	if (!strncmp(s, "0x", 2)) {
		if (!hex(s + 2, 2, &n)) {
			*id = n;
			return 0;
		}
	} else if (len && len <= 3 && strspn(s, digits) == len &&
		   (len == 1 || s[0] != '0')) {
		n = strtoul(s, NULL, 10);
		if (n <= 255) {
			*id = n;
			return 0;
		}
	}
	return why(w, "id %s: a PGK ID is 0 to 255 or 0x00 to 0xff", s);
}

int parse_number(const char *what, const char *s, uint32_t min, uint32_t max,
		 uint32_t *n, struct why *w)
{
	size_t len = strlen(s);
	unsigned long long v;

	if (!len || strspn(s, digits) != len || (len > 1 && s[0] == '0'))
		return why(w, "%s %s: a decimal number from %u to %u is expected",
			   what, s, min, max);
	errno = 0;
	v = strtoull(s, NULL, 10);
	if (errno || v < min || v > max)
		return why(w, "%s %s is out of range; %u to %u is allowed",
			   what, s, min, max);
	*n = v;
	return 0;
}

int parse_ethertype(const char *s, uint16_t *type, struct why *w)
{
	uint32_t n;

	if (strncmp(s, "0x", 2) || hex(s + 2, 4, &n) || n < 0x600)
		return why(w, "ethertype %s: 0x0600 to 0xffff is expected", s);
	*type = n;
	return 0;
}

int parse_on_off(const char *what, const char *s, bool *on, struct why *w)
{
	if (!strcmp(s, "on") || !strcmp(s, "off")) {
		*on = !strcmp(s, "on");
		return 0;
	}
	return why(w, "%s %s: \"on\" or \"off\" is expected", what, s);
}

int parse_fingerprint(const char *s, uint8_t fp[16])
{
	unsigned int i;

	if (strlen(s) != 32)
		return -1;
	for (i = 0; i < 16; i++) {
		char two[3] = { s[2 * i], s[2 * i + 1], 0 };
		uint32_t octet;

		if (hex(two, 2, &octet))
			return -1;
		fp[i] = octet;
	}
	return 0;
}

char *to_hex(char *out, const uint8_t *in, size_t len)
{
	static const char lower[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < len; i++) {
		out[2 * i] = lower[in[i] >> 4];
		out[2 * i + 1] = lower[in[i] & 15];
	}
	out[2 * len] = 0;
	return out;
}
