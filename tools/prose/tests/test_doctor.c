// SPDX-License-Identifier: GPL-2.0
/* prose doctor: frames of strangers, and what the counters say of them. */
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "tests.h"

#define GROUP 0x445566
#define SRC 0x0a0b0c

/* PGK index 5, PTK ID 0x0102, SN 0x0304, then the Data. */
static const uint8_t filled[] = {
	0x03, 0x33, 0x03, 0x44, 0x55, 0x66, 0x0c, 0x33, 0x03, 0x0a, 0x0b, 0x0c, 0x88, 0xb5,
	0x30, 0x0a, 0x0b, 0x0c, 0x44, 0x55, 0x66, 0x01,
	0x05, 0x01, 0x02, 0x03, 0x04, 0xde, 0xad, 0xbe, 0xef, 0x55,
};

/* The same with a length of 10, and padding. */
static const uint8_t padded[] = {
	0x03, 0x33, 0x03, 0x44, 0x55, 0x66, 0x0c, 0x33, 0x03, 0x0a, 0x0b, 0x0c, 0x88, 0xb5,
	0x30, 0x0a, 0x0b, 0x0c, 0x44, 0x55, 0x66, 0x21, 0x80, 0x0a, 0x1f,
	0x05, 0x01, 0x02, 0x03, 0x04, 0xde, 0xad, 0xbe, 0xef, 0x55, 0, 0, 0,
};

/* In memory of exactly its size, so that ASan sees one octet too far. */
static struct frame parse(const uint8_t *octets, size_t avail, size_t len)
{
	uint8_t *copy = malloc(avail ? avail : 1);
	struct frame f;

	if (!copy)
		abort();
	memcpy(copy, octets, avail);
	frame_parse(copy, avail, len, &f);
	free(copy);
	return f;
}

static void good_frames(void)
{
	struct frame f = parse(filled, sizeof(filled), sizeof(filled));

	ok(f.kind == FRAME_PDU && f.group == GROUP && f.member == SRC && f.lcid == 1 &&
	   f.pgk_index == 5 && f.ptk_id == 0x0102 && f.sn == 0x0304 && f.ethertype == 0x88b5,
	   "a PDU that fills its frame");
	is_int(f.data_len, 5, "its Data");
	f = parse(padded, sizeof(padded), sizeof(padded));
	ok(f.kind == FRAME_PDU && f.pgk_index == 5 && f.sn == 0x0304, "a padded one");
	is_int(f.data_len, 5, "its Data, without the padding");
	f = parse(filled, sizeof(filled), 1400);
	is_int(f.data_len, 1400 - 27, "of a frame that was cut in the capture all is counted");
	ok(!frame_unprotected(&f), "it is protected");
}

static void change(const uint8_t *from, size_t len, size_t at, uint8_t value, enum frame_kind want,
		   const char *what)
{
	uint8_t copy[64];

	memcpy(copy, from, len);
	copy[at] = value;
	is_int(parse(copy, len, len).kind, want, what);
}

static void bad_frames(void)
{
	change(filled, sizeof(filled), 14, 0x20, FRAME_VERSION, "version 2");
	change(filled, sizeof(filled), 21, 0x0b, FRAME_FOREIGN, "LCID 11");
	change(filled, sizeof(filled), 21, 0x00, FRAME_FOREIGN, "LCID 0");
	change(padded, sizeof(padded), 22, 0x00, FRAME_FOREIGN, "a length of 7 bits");
	change(padded, sizeof(padded), 24, 0x3f, FRAME_FOREIGN, "a third subheader");
	change(padded, sizeof(padded), 23, 0x0e, FRAME_LENGTH, "a length one beyond the frame");
	change(padded, sizeof(padded), 23, 0x0d, FRAME_PDU, "a length up to its end");
	change(padded, sizeof(padded), 23, 0x04, FRAME_LENGTH, "no room for the PDCP header");
	change(padded, sizeof(padded), 23, 0x05, FRAME_PDU, "a PDU without Data");
}

/* Cut anywhere, and with any octets: nothing is read that is not there. */
static void fuzz(void)
{
	struct wire *w = calloc(1, sizeof(*w));
	uint8_t octets[64];
	size_t avail, i, bad = 0;
	struct frame f;

	if (!w)
		abort();
	for (avail = 0; avail <= sizeof(padded); avail++) {
		f = parse(padded, avail, avail);
		bad += f.kind == FRAME_PDU && avail < 14 + 7 + 4 + 10;
		f = parse(padded, avail, sizeof(padded));
		bad += f.data_len > sizeof(padded);
	}
	is_int(bad, 0, "cut at each octet");
	srand(1);
	for (i = 0; i < 200000; i++) {
		size_t j, len = rand() % (sizeof(octets) + 1);

		for (j = 0; j < len; j++)
			octets[j] = rand();
		/* Random octets alone would seldom come far. */
		if (rand() % 4) {
			size_t n = len < 22 ? len : 22;

			memcpy(octets, padded, n);
			if (n == 22)
				octets[21] = rand() % 2 ? 0x21 : 0x01;
		}
		f = parse(octets, len, len + (rand() % 3 ? 0 : rand() % 2000));
		bad += f.data_len > 2064 || f.peek_len > FRAME_PEEK ||
		       (f.kind == FRAME_PDU && !f.lcid);
		wire_add(w, &f, rand() % 8 ? FRAME_NO_VLAN : 7);
	}
	is_int(bad, 0, "200000 random frames");
	ok(w->n == HEARD_MAX && w->left_out && w->frames == 200000,
	   "a flood of senders fills the table and no more");
	free(w);
}

static void add(struct wire *w, uint16_t ptk_id, uint16_t sn, const char *peek)
{
	struct frame f = parse(filled, sizeof(filled), sizeof(filled));

	f.ptk_id = ptk_id;
	f.sn = sn;
	memcpy(f.peek, peek, FRAME_PEEK);
	wire_add(w, &f, FRAME_NO_VLAN);
}

static void salts(void)
{
	struct wire w = { .n = 0 };
	uint8_t clear[sizeof(filled)];
	struct frame f;

	add(&w, 1, 1, "salt");
	is_int(heard_salted(&w.heard[0]), -1, "one frame shows no salt");
	add(&w, 1, 1, "salt");
	is_int(heard_salted(&w.heard[0]), -1, "nor does its repetition");
	add(&w, 1, 2, "salt");
	is_int(heard_salted(&w.heard[0]), 1, "the same octets in another one are a salt");
	add(&w, 2, 1, "new ");
	is_int(heard_salted(&w.heard[0]), 1, "another PTK ID has another");
	w.n = 0;
	add(&w, 1, 1, "abcd");
	add(&w, 1, 2, "efgh");
	is_int(heard_salted(&w.heard[0]), 0, "ciphered octets differ");
	is_int(w.n, 1, "all of one sender are one line");
	memcpy(clear, filled, sizeof(filled));
	memcpy(clear + 27, "\x45\x00\x00\x05", 4);
	f = parse(clear, sizeof(clear), sizeof(clear));
	is_int(f.look, LOOK_CLEAR, "an IPv4 header in clear");
	clear[30] = 0x06;
	f = parse(clear, sizeof(clear), sizeof(clear));
	is_int(f.look, LOOK_UNKNOWN, "whose length must fit");
}

static struct obj dev_before, dev_after, key_before, key_after, member_before, member_after;

static void judge(const struct heard *h, unsigned int counter, bool keyed, const char *want,
		  enum doctor_class class)
{
	struct obj_list none = { NULL, 0 };
	struct obj_list kb = { &key_before, 1 }, ka = { &key_after, 1 };
	struct obj_list mb = { &member_before, 1 }, ma = { &member_after, 1 };
	struct air a = { &dev_before, keyed ? &kb : &none, &mb, &dev_after, keyed ? &ka : &none,
			 &ma };
	struct heard_verdict v;

	memset(dev_after.counters, 0, sizeof(dev_after.counters));
	memset(key_after.counters, 0, sizeof(key_after.counters));
	dev_after.counters[counter] = 7;
	key_after.counters[counter] = 7;
	member_after = member_before;
	heard_judge(&a, h, &v);
	is_str(v.verdict, want, want);
	is_int(v.class, class, "its class");
}

static void verdicts(void)
{
	struct wire w = { .n = 0 };
	struct heard *h = &w.heard[0];

	add(&w, 1, 1, "abcd");
	dev_before.group = GROUP;
	dev_before.member = 0x010101;
	dev_before.ethertype = 0x88b5;
	dev_before.protect = 1;
	key_before.pgk_id = 0x25;	/* its index is 5 */
	key_before.cipher = PROSE_CIPHER_AES256_GCM;
	member_before.member = SRC;
	member_before.pgk_id = 0x25;
	dev_after = dev_before;
	key_after = key_before;
	judge(h, PROSE_A_COUNTERS_RX_PACKETS, true, "delivered", DR_WELL);
	judge(h, PROSE_A_COUNTERS_RX_NO_PGK, false, "no-pgk", DR_UNKNOWN_KEY);
	judge(h, PROSE_A_COUNTERS_RX_KEY_DEAD, true, "key-dead", DR_UNKNOWN_KEY);
	judge(h, PROSE_A_COUNTERS_RX_BAD_MAC, true, "bad-mac", DR_WRONG_KEY);
	judge(h, PROSE_A_COUNTERS_RX_LENGTH, true, "too-short", DR_SUITE);
	judge(h, PROSE_A_COUNTERS_RX_LATE, true, "late", DR_REPLAY);
	judge(h, PROSE_A_COUNTERS_RX_CRYPTO, true, "crypto", DR_OTHER);
	judge(h, PROSE_A_COUNTERS_RX_DERIVE_LIMIT, true, "derive-limit", DR_OTHER);
	judge(h, PROSE_A_COUNTERS_RX_QUEUE_FULL, true, "queue-full", DR_OTHER);
	judge(h, PROSE_A_COUNTERS_RX_MEMBER_REFUSED, true, "member-refused", DR_OTHER);
	judge(h, PROSE_A_COUNTERS_RX_NO_MEMORY, true, "no-memory", DR_OTHER);
	judge(h, PROSE_A_COUNTERS_TX_PACKETS, true, "not-counted", DR_OTHER);
	add(&w, 1, 2, "efgh");
	judge(h, PROSE_A_COUNTERS_RX_BAD_MAC, true, "bad-mac", DR_SUITE);
	h->vlan = 7;
	judge(h, PROSE_A_COUNTERS_RX_PACKETS, true, "other-vlan", DR_OTHER_GROUP);
	h->vlan = FRAME_NO_VLAN;
	h->first.member = dev_before.member;
	judge(h, PROSE_A_COUNTERS_RX_OWN_SRC, true, "reflected", DR_WELL);
	judge(h, PROSE_A_COUNTERS_RX_OWN_SRC_FOREIGN, true, "own-member", DR_OWN_MEMBER);
	judge(h, PROSE_A_COUNTERS_RX_OWN_SRC_OLD, true, "own-member-old", DR_OWN_MEMBER);
}

void test_doctor(void)
{
	good_frames();
	bad_frames();
	fuzz();
	salts();
	verdicts();
}
