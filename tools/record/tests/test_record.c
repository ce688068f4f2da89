// SPDX-License-Identifier: GPL-2.0
/* What is written is read the same; what breaks a rule is refused, and wiped. */
#include <stdio.h>
#include <string.h>

#include "sample.h"
#include "tags.h"
#include "tests.h"

static uint8_t octets[BUNDLE_MAX], other[BUNDLE_MAX];
static struct snapshot s, t;
static struct bundle b, b2;
static struct request q, q2;
static struct receipt r, r2;
static struct why w;

static void refused(int err, const char *text, const char *what)
{
	if (!ok(err == -1 && strstr(w.text, text), "%s", what))
		printf("# expected -1 \"...%s...\", saw %d \"%s\"\n", text, err, err ? w.text : "");
}

static int encoded(size_t n)
{
	sample_snapshot(&s, n);
	return snapshot_encode(&s, octets, sizeof(octets), &w);
}

static bool all_zero(const void *p, size_t len)
{
	const uint8_t *o = p;

	while (len && !*o) {
		o++;
		len--;
	}
	return !len;
}

static void round_trips(void)
{
	int len = encoded(3), n;

	ok(len > 0 && !snapshot_decode(octets, len, &t, &w) && !memcmp(&s, &t, sizeof(s)),
	   "a snapshot is read as it was written");
	n = encoded(RECORD_KEYS_MAX);
	ok(n > len && n <= SNAPSHOT_MAX && !snapshot_decode(octets, n, &t, &w),
	   "one with 32 keys fits in SNAPSHOT_MAX");
	sample_bundle(&b, other, 20);
	memset(other, 7, 20);
	n = bundle_encode(&b, octets, sizeof(octets), &w);
	ok(n > 0 && !bundle_decode(octets, n, &b2, &w) && b2.snapshots[0].len == 20 &&
	   !memcmp(b2.snapshots[0].octets, other, 20) && !memcmp(b.pmk, b2.pmk, sizeof(b.pmk)) &&
	   b2.serial == 3 && b2.pmk_id == b.pmk_id, "a bundle is");
	sample_request(&q);
	n = request_encode(&q, octets, sizeof(octets), &w);
	ok(n > 0 && !request_decode(octets, n, &q2, &w) && !memcmp(&q, &q2, sizeof(q)),
	   "a request is");
	sample_receipt(&r);
	n = receipt_encode(&r, octets, sizeof(octets), &w);
	ok(n > 0 && !receipt_decode(octets, n, &r2, &w) && !memcmp(&r, &r2, sizeof(r)),
	   "a receipt is");
}

/* Nothing of a snapshot that was cut off, or has octets behind it, is taken. */
static void cut(void)
{
	int len = encoded(2), n, bad = 0;

	/* Between two keys it is whole without the second one. */
	for (n = 0; n < len; n++)
		if (!snapshot_decode(octets, n, &t, &w) && t.n_keys == 2)
			bad++;
	is_int(bad, 0, "cut anywhere, it does not have its second key");
	memset(&t, 1, sizeof(t));
	refused(snapshot_decode(octets, len - 1, &t, &w), "octets", "one octet short is refused");
	ok(all_zero(&t, sizeof(t)), "and nothing of it is left");
	octets[len] = 0;
	refused(snapshot_decode(octets, len + 1, &t, &w), "ends within the head",
		"an octet behind its end is refused");
}

static void flipped(void)
{
	int len = encoded(2), i, n, bad = 0;

	for (i = 0; i < len * 8; i++) {
		octets[i / 8] ^= 1 << i % 8;
		if (!snapshot_decode(octets, len, &t, &w)) {
			n = snapshot_encode(&t, other, sizeof(other), &w);
			/*
			 * Of another manager, time or name, but never two texts of one
			 * content. Shorter: an address that need not be understood any more.
			 */
			if (n < 0 || n > len || (n == len && memcmp(octets, other, len)))
				bad++;
		}
		octets[i / 8] ^= 1 << i % 8;
	}
	is_int(bad, 0, "with any bit turned it is refused, or written again with that bit");
}

static int with(void (*break_it)(void))
{
	sample_snapshot(&s, 3);
	break_it();
	return snapshot_encode(&s, octets, sizeof(octets), &w);
}

static void same_low_bits(void)
{
	s.live[2].pgk_id = 33;
	s.keys[2].pgk_id = 33;
}

static void unordered(void)
{
	s.live[2].pgk_id = 1;
}

static void other_times(void)
{
	s.keys[1].until++;
}

static void other_octets(void)
{
	s.keys[1].key[31] ^= 1;
}

static void generation_0(void)
{
	s.epoch = 5;
}

static void no_config(void)
{
	s.has_config = false;
}

static void slash_name(void)
{
	strcpy(s.config.name, "../x");
}

static void rules(void)
{
	refused(with(same_low_bits), "same five low bits", "two live keys with one PGK index are refused");
	refused(with(unordered), "out of order", "a list of keys out of order is");
	refused(with(other_times), "not as the list", "a key with other times than its line is");
	refused(with(other_octets), "do not have its fingerprint", "octets of another fingerprint are");
	refused(with(generation_0), "epoch", "a generation of 0 is");
	refused(with(no_config), "no group record", "keys without a group record are");
	refused(with(slash_name), "name is none", "a name with a slash is");
}

/* The same, in octets that another program might have written. */
static int find(uint16_t type, int len)
{
	int i;

	for (i = 2; i + 4 <= len; i += 4 + (octets[i + 2] << 8 | octets[i + 3]))
		if ((octets[i] << 8 | octets[i + 1]) == type)
			return i;
	return -1;
}

static void foreign(void)
{
	int len = encoded(2), at;

	octets[1] = 2;
	refused(snapshot_decode(octets, len, &t, &w), "version 2", "another version is refused");
	len = encoded(2);
	at = find(TAG_KEY, len);
	/* The octets of the first key begin 4 + 5 + 4 behind. */
	octets[at + 13] ^= 1;
	refused(snapshot_decode(octets, len, &t, &w), "fingerprint",
		"a key that is not the one of its fingerprint is refused");
	len = encoded(2);
	memcpy(octets + len, (uint8_t[]){ 0x80 | 0x7f, 0x01, 0, 1, 9 }, 5);
	refused(snapshot_decode(octets, len + 5, &t, &w), "must not be passed over",
		"an element that must be understood is refused");
	octets[len] = 0x7f;
	ok(!snapshot_decode(octets, len + 5, &t, &w) && !memcmp(&t, &s, sizeof(t)),
	   "one that need not be is passed over");
	len = encoded(2);
	memmove(octets + 2 + 20 + 8, octets + 2 + 20, len - 22);
	refused(snapshot_decode(octets, len + 8, &t, &w), "twice", "an element twice is refused");
	len = encoded(2);
	memcpy(octets + len, octets + 2, 20);
	refused(snapshot_decode(octets, len + 20, &t, &w), "out of order",
		"an element out of order is refused");
}

static void contents(void)
{
	uint8_t a[RECORD_HASH_LEN], c[RECORD_HASH_LEN];

	sample_snapshot(&s, 3);
	snapshot_content(&s, a);
	s.n_keys = 0;
	s.made++;
	snapshot_content(&s, c);
	ok(!memcmp(a, c, sizeof(a)), "the content is the same without keys, at another time");
	s.live[1].until++;
	snapshot_content(&s, c);
	ok(memcmp(a, c, sizeof(a)), "and another with another end");
	sample_snapshot(&s, 3);
	s.config.policy[POLICY_NONIP] = PROSE_NONIP_ON;
	snapshot_content(&s, c);
	ok(memcmp(a, c, sizeof(a)), "and with another policy");
}

static void requests(void)
{
	int len;

	sample_request(&q);
	q.next[1].member = q.next[0].member;
	refused(request_encode(&q, octets, sizeof(octets), &w), "out of order",
		"a key and member twice is refused");
	sample_request(&q);
	len = request_encode(&q, octets, sizeof(octets), &w);
	refused(request_decode(octets, 20, &q2, &w), "octets", "half a request is");
	refused(receipt_decode(octets, len, &r2, &w), "no receipt", "a request is no receipt");
	refused(bundle_decode(octets, 0, &b2, &w), "no bundle", "nothing is no bundle");
	sample_bundle(&b, octets, 0);
	refused(bundle_encode(&b, other, sizeof(other), &w), "has 0 octets", "an empty snapshot is refused");
	sample_bundle(&b, octets, 20);
	refused(bundle_encode(&b, other, 60, &w), "does not fit", "what has no room is");
}

void test_record(void)
{
	round_trips();
	cut();
	flipped();
	rules();
	foreign();
	contents();
	requests();
	is_str(record_result_text(RESULT_LOCAL_KEYS), "local keys", "a result in words");
	is_str(record_result_text(200), "unknown", "and one of a newer device");
}
