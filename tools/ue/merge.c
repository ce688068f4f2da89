// SPDX-License-Identifier: GPL-2.0
#include <openssl/crypto.h>
#include <string.h>

#include "ids.h"
#include "merge.h"

static enum merge refuse(enum record_result why_not, enum record_result *result)
{
	*result = why_not;
	return MERGE_REFUSED;
}

/* Whose it is, and for whom: before its epoch means anything. */
static bool ours(const struct held *h, const struct snapshot *s, enum record_result *result,
		 struct why *w)
{
	if (!h->present)
		return true;
	if (memcmp(h->manager, s->manager, RECORD_ID_LEN)) {
		*result = RESULT_OTHER_MANAGER;
		why(w, "group 0x%06x has its keys from another manager; leave it first", s->group);
		return false;
	}
	if (h->member != s->member) {
		*result = RESULT_OTHER_MEMBER;
		why(w, "group 0x%06x: this device is member 0x%06x there, and this is for member 0x%06x; leave the group first",
		    s->group, h->member, s->member);
		return false;
	}
	return true;
}

static const struct key_record *key_of(const struct snapshot *s, const struct live_key *l)
{
	size_t i;

	for (i = 0; s && i < s->n_keys; i++)
		if (s->keys[i].pgk_id == l->pgk_id)
			return &s->keys[i];
	return NULL;
}

/*
 * The octets of a live key: those that came, else those that are here. An ID with
 * another value than before is another key, and the old one does not do.
 */
static enum record_result find_key(const struct snapshot *have, const struct snapshot *arrived,
				   const struct live_key *l, struct key_record *out,
				   struct why *w)
{
	const struct key_record *k = key_of(arrived, l);
	char hex[HEX_LEN(RECORD_FP_LEN)];

	if (!k)
		k = key_of(have, l);
	if (!k) {
		why(w, "group 0x%06x: key %u is live, and neither here nor in what came",
		    arrived->group, l->pgk_id);
		return RESULT_MISSING_KEY;
	}
	if (memcmp(k->fingerprint, l->fingerprint, RECORD_FP_LEN)) {
		why(w, "group 0x%06x: key %u is live with the value %s, and what there is of it is another",
		    arrived->group, l->pgk_id, to_hex(hex, l->fingerprint, RECORD_FP_LEN));
		return RESULT_WRONG_KEY;
	}
	*out = *k;
	/* Times can be changed without the octets being sent again. */
	out->from = l->from;
	out->until = l->until;
	return RESULT_IN_USE;
}

static enum record_result take_keys(const struct snapshot *have, const struct snapshot *arrived,
				    struct snapshot *out, struct why *w)
{
	enum record_result result;
	size_t i;

	out->n_keys = 0;
	for (i = 0; i < arrived->n_live; i++) {
		result = find_key(have, arrived, &arrived->live[i], &out->keys[i], w);
		if (result != RESULT_IN_USE)
			return result;
		out->n_keys++;
	}
	return RESULT_IN_USE;
}

/* -1: not to be taken; 0: that is what is here; 1: newer. */
static int newer(const struct held *h, const struct snapshot *s, enum record_result *result,
		 struct why *w)
{
	uint8_t content[RECORD_HASH_LEN];

	if (!h->known || memcmp(h->manager, s->manager, RECORD_ID_LEN) || s->epoch > h->epoch)
		return 1;
	if (s->epoch < h->epoch) {
		*result = RESULT_OLD_EPOCH;
		return why(w, "group 0x%06x: this is epoch %u.%u, and the device has had %u.%u",
			   s->group, epoch_generation(s->epoch), epoch_number(s->epoch),
			   epoch_generation(h->epoch), epoch_number(h->epoch));
	}
	snapshot_content(s, content);
	if (!memcmp(content, h->content, RECORD_HASH_LEN))
		return h->present ? 0 : 1;
	*result = RESULT_OTHER_CONTENT;
	return why(w, "group 0x%06x: epoch %u.%u was here before, and said something else; the manager was restored from a copy, or somebody else has its key",
		   s->group, epoch_generation(s->epoch), epoch_number(s->epoch));
}

enum merge snapshot_merge(const struct held *h, const struct snapshot *have,
			  const struct snapshot *arrived, struct snapshot *out,
			  enum record_result *result, struct why *w)
{
	enum record_result keys;
	int n;

	if (!ours(h, arrived, result, w))
		return MERGE_REFUSED;
	n = newer(h, arrived, result, w);
	if (n < 0)
		return MERGE_REFUSED;
	if (!n) {
		*result = RESULT_STORED;
		return MERGE_SAME;
	}
	*out = *arrived;
	keys = take_keys(have, arrived, out, w);
	if (keys != RESULT_IN_USE) {
		OPENSSL_cleanse(out, sizeof(*out));
		return refuse(keys, result);
	}
	if (!out->has_config && have) {
		out->has_config = have->has_config;
		out->config = have->config;
	}
	*result = RESULT_STORED;
	return MERGE_NEW;
}
