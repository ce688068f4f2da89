// SPDX-License-Identifier: GPL-2.0
#include <openssl/crypto.h>
#include <string.h>

#include "parts.h"

#define OBJECT "request"

static int check(const struct request *r, struct why *w)
{
	size_t i;

	if (check_device_name(r->device, sizeof(r->device), OBJECT, w))
		return -1;
	if (r->environment != ENVIRONMENT_ME && r->environment != ENVIRONMENT_UICC)
		return why(w, OBJECT ": its environment %u is not known here", r->environment);
	if (r->made < 0 || !r->tls_len || r->tls_len > RECORD_SPKI_MAX || !r->cms_len ||
	    r->cms_len > RECORD_SPKI_MAX)
		return why(w, OBJECT ": its time or its keys are none");
	if (r->n_next > RECORD_NEXT_MAX)
		return why(w, OBJECT ": it names more than %d keys", RECORD_NEXT_MAX);
	for (i = 0; i < r->n_next; i++)
		if (check_next(&r->next[i], i ? &r->next[i - 1] : NULL, OBJECT, w))
			return -1;
	return 0;
}

int request_encode(const struct request *r, uint8_t *out, size_t size, struct why *w)
{
	struct element_writer e = { .out = out, .size = size };
	const uint8_t head[2] = { OBJECT_REQUEST, RECORD_VERSION };
	size_t i;

	if (check(r, w))
		return -1;
	put_raw(&e, head, sizeof(head));
	put_number(&e, TAG_MADE, r->made, 8);
	put_text(&e, TAG_DEVICE, r->device);
	put_octets(&e, TAG_LEDGER, r->ledger, RECORD_ID_LEN);
	put_number(&e, TAG_ENVIRONMENT, r->environment, 1);
	put_number(&e, TAG_CIPHERS, r->ciphers, 4);
	put_number(&e, TAG_INTEGRITIES, r->integrities, 4);
	put_octets(&e, TAG_TLS_KEY, r->tls, r->tls_len);
	put_octets(&e, TAG_CMS_KEY, r->cms, r->cms_len);
	for (i = 0; i < r->n_next; i++)
		put_next(&e, &r->next[i]);
	return put_done(&e, w);
}

static int read_spki(const struct element_reader *r, uint8_t *out, size_t *len, struct why *w)
{
	if (!r->len || r->len > RECORD_SPKI_MAX)
		return why(w, OBJECT ": a key of it has %zu octets", r->len);
	memcpy(out, r->value, r->len);
	*len = r->len;
	return 0;
}

static int read_next_one(const struct element_reader *r, struct request *q, struct why *w)
{
	struct record_next *n = &q->next[q->n_next];

	if (q->n_next == RECORD_NEXT_MAX)
		return why(w, OBJECT ": it names more than %d keys", RECORD_NEXT_MAX);
	q->n_next++;
	return read_next_id(r, n, q->n_next > 1 ? n - 1 : NULL, w);
}

static int read_one(struct element_reader *r, struct request *q, struct why *w)
{
	uint64_t n = 0;
	int err;

	switch (r->type) {
	case TAG_MADE:
		err = read_number(r, 8, INT64_MAX, &n, w);
		q->made = n;
		return err;
	case TAG_DEVICE:
		return read_text(r, q->device, RECORD_NAME_MAX, w);
	case TAG_LEDGER:
		return read_octets(r, q->ledger, RECORD_ID_LEN, w);
	case TAG_ENVIRONMENT:
		err = read_number(r, 1, UINT8_MAX, &n, w);
		q->environment = n;
		return err;
	case TAG_CIPHERS:
	case TAG_INTEGRITIES:
		err = read_number(r, 4, UINT32_MAX, &n, w);
		*(r->type == TAG_CIPHERS ? &q->ciphers : &q->integrities) = n;
		return err;
	case TAG_TLS_KEY:
		return read_spki(r, q->tls, &q->tls_len, w);
	case TAG_CMS_KEY:
		return read_spki(r, q->cms, &q->cms_len, w);
	case TAG_NEXT:
		read_list(r);
		return read_next_one(r, q, w);
	default:
		return read_unknown(r, w);
	}
}

static int decode(const uint8_t *in, size_t len, struct request *q, struct why *w)
{
	const unsigned int all = 1 << 5 | 1 << 7 | 1 << 8 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 15 |
		1 << 16;
	struct element_reader r;
	unsigned int seen = 0;
	int more;

	if (read_object(&r, in, len, OBJECT_REQUEST, OBJECT, w))
		return -1;
	while ((more = read_next(&r, w)) > 0) {
		if (read_one(&r, q, w))
			return -1;
		if (r.type & RECORD_MUST && (r.type & ~RECORD_MUST) <= (TAG_CMS_KEY & ~RECORD_MUST))
			seen |= 1u << (r.type & ~RECORD_MUST);
	}
	if (more)
		return -1;
	return seen == all ? check(q, w) : why(w, OBJECT ": it is not complete");
}

int request_decode(const uint8_t *in, size_t len, struct request *r, struct why *w)
{
	memset(r, 0, sizeof(*r));
	if (!decode(in, len, r, w))
		return 0;
	OPENSSL_cleanse(r, sizeof(*r));
	return -1;
}
