// SPDX-License-Identifier: GPL-2.0
/* What several objects have inside: suites, names, lists of next PTK IDs. */
#include <string.h>

#include "parts.h"

#define SUITE_HEAD 2

static const char name_letters[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_=+.-";

int check_suite(const struct record_suite *s, const char *object, struct why *w)
{
	size_t len = strnlen(s->kdf, sizeof(s->kdf));

	if (s->cipher > RECORD_CIPHER_MAX || s->integrity > RECORD_INTEGRITY_MAX)
		return why(w, "%s: its suite (cipher %u, integrity %u) is not known here", object,
			   s->cipher, s->integrity);
	if (len == sizeof(s->kdf) || strspn(s->kdf, name_letters) != len)
		return why(w, "%s: the name of its KDF is none", object);
	return 0;
}

void put_suite(struct element_writer *e, uint16_t type, const struct record_suite *s)
{
	size_t begin = put_begin(e, type);
	const uint8_t head[SUITE_HEAD] = { s->cipher, s->integrity };

	put_raw(e, head, sizeof(head));
	put_raw(e, s->kdf, strlen(s->kdf));
	put_end(e, begin);
}

int read_suite(const struct element_reader *r, struct record_suite *s, struct why *w)
{
	size_t name;

	if (r->len < SUITE_HEAD || r->len - SUITE_HEAD > PROSE_KDF_NAME_MAX)
		return why(w, "%s: its suite has %zu octets", r->object, r->len);
	name = r->len - SUITE_HEAD;
	if (memchr(r->value + SUITE_HEAD, 0, name))
		return why(w, "%s: the name of its KDF is none", r->object);
	memset(s, 0, sizeof(*s));
	s->cipher = r->value[0];
	s->integrity = r->value[1];
	memcpy(s->kdf, r->value + SUITE_HEAD, name);
	return check_suite(s, r->object, w);
}

int check_device_name(const char *name, size_t size, const char *object, struct why *w)
{
	size_t len = strnlen(name, size);

	if (!len || len == size || strspn(name, name_letters) != len || name[0] == '-' ||
	    name[0] == '.')
		return why(w, "%s: its name is none of letters, digits and _ = + . -", object);
	return 0;
}

int check_id24(uint32_t id, const char *what, const char *object, struct why *w)
{
	if (!id || id > 0xffffff)
		return why(w, "%s: its %s 0x%x is none", object, what, id);
	return 0;
}

/* Fingerprint, member (4 octets), next (4). */
#define NEXT_LEN (RECORD_FP_LEN + 8)

static int order(const struct record_next *a, const struct record_next *b)
{
	int order = memcmp(a->fingerprint, b->fingerprint, RECORD_FP_LEN);

	return order ? order : a->member < b->member ? -1 : a->member > b->member;
}

int check_next(const struct record_next *n, const struct record_next *before,
	       const char *object, struct why *w)
{
	if (check_id24(n->member, "member", object, w))
		return -1;
	if (!n->next || n->next > RECORD_NEXT_END)
		return why(w, "%s: the next PTK ID %u is none", object, n->next);
	if (before && order(before, n) >= 0)
		return why(w, "%s: its list of next PTK IDs is out of order", object);
	return 0;
}

void put_next(struct element_writer *e, const struct record_next *n)
{
	uint8_t value[NEXT_LEN];
	size_t i;

	memcpy(value, n->fingerprint, RECORD_FP_LEN);
	for (i = 0; i < 4; i++) {
		value[RECORD_FP_LEN + i] = n->member >> (24 - 8 * i);
		value[RECORD_FP_LEN + 4 + i] = n->next >> (24 - 8 * i);
	}
	put_octets(e, TAG_NEXT, value, sizeof(value));
}

int read_next_id(const struct element_reader *r, struct record_next *n,
		 const struct record_next *before, struct why *w)
{
	uint8_t value[NEXT_LEN];
	size_t i;

	if (read_octets(r, value, sizeof(value), w))
		return -1;
	memcpy(n->fingerprint, value, RECORD_FP_LEN);
	n->member = 0;
	n->next = 0;
	for (i = 0; i < 4; i++) {
		n->member = n->member << 8 | value[RECORD_FP_LEN + i];
		n->next = n->next << 8 | value[RECORD_FP_LEN + 4 + i];
	}
	return check_next(n, before, r->object, w);
}
