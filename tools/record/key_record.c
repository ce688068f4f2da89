// SPDX-License-Identifier: GPL-2.0
/* Key records. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

#define OBJECT "key record"
#define HMAC_LEN 32

void record_fingerprint(const uint8_t key[RECORD_KEY_LEN], uint8_t out[RECORD_FP_LEN])
{
	static const char label[] = "prose ledger";
	unsigned int len = HMAC_LEN;
	uint8_t mac[HMAC_LEN];

	/* Fails only without memory: a wrong fingerprint would be worse than none. */
	if (!HMAC(EVP_sha256(), key, RECORD_KEY_LEN, (const uint8_t *)label, sizeof(label) - 1,
		  mac, &len))
		abort();
	memcpy(out, mac, RECORD_FP_LEN);
	OPENSSL_cleanse(mac, sizeof(mac));
}

int check_key(const struct key_record *k, struct why *w)
{
	uint8_t fingerprint[RECORD_FP_LEN];

	if (check_suite(&k->suite, OBJECT, w))
		return -1;
	if (k->from < 0 || k->until < 0 || (k->until && k->until <= k->from))
		return why(w, OBJECT ": key %u ends before it begins", k->pgk_id);
	if (k->in_card)
		return 0;
	record_fingerprint(k->key, fingerprint);
	if (memcmp(fingerprint, k->fingerprint, RECORD_FP_LEN))
		return why(w, OBJECT ": the octets of key %u do not have its fingerprint",
			   k->pgk_id);
	return 0;
}

void put_key(struct element_writer *e, const struct key_record *k)
{
	size_t begin = put_begin(e, TAG_KEY);

	put_number(e, KEY_ID, k->pgk_id, 1);
	if (!k->in_card)
		put_octets(e, KEY_OCTETS, k->key, RECORD_KEY_LEN);
	put_octets(e, KEY_FINGERPRINT, k->fingerprint, RECORD_FP_LEN);
	put_suite(e, KEY_SUITE, &k->suite);
	put_number(e, KEY_FROM, k->from, 8);
	put_number(e, KEY_UNTIL, k->until, 8);
	if (k->in_card)
		put_octets(e, KEY_IN_CARD, "", 0);
	put_end(e, begin);
}

static int read_one(const struct element_reader *r, struct key_record *k, bool *octets,
		    struct why *w)
{
	uint64_t n;

	switch (r->type) {
	case KEY_ID:
		if (read_number(r, 1, UINT8_MAX, &n, w))
			return -1;
		k->pgk_id = n;
		return 0;
	case KEY_OCTETS:
		*octets = true;
		return read_octets(r, k->key, RECORD_KEY_LEN, w);
	case KEY_FINGERPRINT:
		return read_octets(r, k->fingerprint, RECORD_FP_LEN, w);
	case KEY_SUITE:
		return read_suite(r, &k->suite, w);
	case KEY_FROM:
	case KEY_UNTIL:
		if (read_number(r, 8, INT64_MAX, &n, w))
			return -1;
		*(r->type == KEY_FROM ? &k->from : &k->until) = n;
		return 0;
	case KEY_IN_CARD:
		k->in_card = true;
		return read_octets(r, NULL, 0, w);
	default:
		return read_unknown(r, w);
	}
}

int read_key(const struct element_reader *outer, uint32_t group, struct key_record *k,
	     struct why *w)
{
	const unsigned int all = 1 << 1 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6;
	unsigned int seen = 0;
	struct element_reader r;
	bool octets = false;
	int more;

	k->group = group;
	read_inner(outer, OBJECT, &r);
	while ((more = read_next(&r, w)) > 0) {
		if (read_one(&r, k, &octets, w))
			return -1;
		if ((r.type & ~RECORD_MUST) <= (KEY_UNTIL & ~RECORD_MUST))
			seen |= 1u << (r.type & ~RECORD_MUST);
	}
	if (more)
		return -1;
	if ((seen & all) != all || octets == k->in_card)
		return why(w, OBJECT ": it is not complete");
	return check_key(k, w);
}
