// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include "element.h"

#define HEAD 4
#define LENGTH_MAX 0xffff

static void put_be(uint8_t *out, uint64_t n, size_t octets)
{
	while (octets--) {
		out[octets] = n;
		n >>= 8;
	}
}

void put_raw(struct element_writer *e, const void *value, size_t len)
{
	if (e->full || len > e->size - e->len) {
		e->full = true;
		return;
	}
	memcpy(e->out + e->len, value, len);
	e->len += len;
}

void put_octets(struct element_writer *e, uint16_t type, const void *value, size_t len)
{
	uint8_t head[HEAD];

	if (len > LENGTH_MAX) {
		e->full = true;
		return;
	}
	put_be(head, type, 2);
	put_be(head + 2, len, 2);
	put_raw(e, head, sizeof(head));
	put_raw(e, value, len);
}

void put_number(struct element_writer *e, uint16_t type, uint64_t n, size_t octets)
{
	uint8_t value[8];

	put_be(value, n, octets);
	put_octets(e, type, value, octets);
}

void put_text(struct element_writer *e, uint16_t type, const char *text)
{
	put_octets(e, type, text, strlen(text));
}

size_t put_begin(struct element_writer *e, uint16_t type)
{
	put_octets(e, type, "", 0);
	return e->len;
}

void put_end(struct element_writer *e, size_t begin)
{
	if (e->full || e->len - begin > LENGTH_MAX)
		e->full = true;
	else
		put_be(e->out + begin - 2, e->len - begin, 2);
}

int put_done(const struct element_writer *e, struct why *w)
{
	if (e->full)
		return why(w, "it does not fit in %zu octets", e->size);
	return e->len;
}

static uint64_t be(const uint8_t *in, size_t octets)
{
	uint64_t n = 0;

	while (octets--)
		n = n << 8 | *in++;
	return n;
}

int read_object(struct element_reader *r, const uint8_t *in, size_t len, uint8_t object,
		const char *name, struct why *w)
{
	memset(r, 0, sizeof(*r));
	r->object = name;
	if (len < 2 || in[0] != object)
		return why(w, "this is no %s", name);
	if (in[1] != RECORD_VERSION)
		return why(w, "this %s is of version %u, and only %u is known here; a newer prose reads it",
			   name, in[1], RECORD_VERSION);
	r->in = in + 2;
	r->left = len - 2;
	return 0;
}

int read_next(struct element_reader *r, struct why *w)
{
	if (!r->left)
		return 0;
	if (r->left < HEAD)
		return why(w, "%s: it ends within the head of an element", r->object);
	r->type = be(r->in, 2);
	r->len = be(r->in + 2, 2);
	if (r->len > r->left - HEAD)
		return why(w, "%s: element 0x%04x has %zu octets, and only %zu are left", r->object,
			   r->type, r->len, r->left - HEAD);
	if (r->last && ((r->type & ~RECORD_MUST) < (r->last & ~RECORD_MUST) ||
			(r->type == r->last && !r->again) ||
			((r->type ^ r->last) == RECORD_MUST)))
		return why(w, "%s: element 0x%04x comes %s", r->object, r->type,
			   r->type == r->last ? "twice" : "out of order");
	r->value = r->in + HEAD;
	r->in += HEAD + r->len;
	r->left -= HEAD + r->len;
	r->last = r->type;
	r->again = false;
	return 1;
}

void read_list(struct element_reader *r)
{
	r->again = true;
}

int read_unknown(const struct element_reader *r, struct why *w)
{
	if (!(r->type & RECORD_MUST))
		return 0;
	return why(w, "%s: element 0x%04x is not known here and must not be passed over; a newer prose reads it",
		   r->object, r->type);
}

int read_octets(const struct element_reader *r, void *out, size_t len, struct why *w)
{
	if (r->len != len)
		return why(w, "%s: element 0x%04x has %zu octets in place of %zu", r->object,
			   r->type, r->len, len);
	memcpy(out, r->value, len);
	return 0;
}

int read_number(const struct element_reader *r, size_t octets, uint64_t max, uint64_t *n,
		struct why *w)
{
	if (r->len != octets)
		return why(w, "%s: element 0x%04x has %zu octets in place of %zu", r->object,
			   r->type, r->len, octets);
	*n = be(r->value, octets);
	if (*n > max)
		return why(w, "%s: element 0x%04x is %" PRIu64 ", more than %" PRIu64, r->object,
			   r->type, *n, max);
	return 0;
}

int read_text(const struct element_reader *r, char *out, size_t max, struct why *w)
{
	if (!r->len || r->len > max || memchr(r->value, 0, r->len))
		return why(w, "%s: element 0x%04x is no text of 1 to %zu octets", r->object,
			   r->type, max);
	memcpy(out, r->value, r->len);
	out[r->len] = 0;
	return 0;
}

void read_inner(const struct element_reader *r, const char *name, struct element_reader *inner)
{
	memset(inner, 0, sizeof(*inner));
	inner->object = name;
	inner->in = r->value;
	inner->left = r->len;
}
