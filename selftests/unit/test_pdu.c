// SPDX-License-Identifier: GPL-2.0
/* The parser and builder of the wire format, with every octet out of bounds
 * guarded by the sanitizer: each frame lies in an allocation of its size.
 */
#include <stdlib.h>

#include "pdu.h"
#include "tap.h"

#define GROUP	0x445566
#define MEMBER	0xa1b2c3

static enum prose_pdu_verdict parse(const u8 *frame, size_t len, struct prose_pdu *pdu)
{
	size_t avail = len < PROSE_HEAD_MAX ? len : PROSE_HEAD_MAX;
	enum prose_pdu_verdict v;
	u8 *copy = malloc(avail ?: 1);	/* no octet beyond @avail is readable */

	memcpy(copy, frame, avail);
	memset(pdu, 0xee, sizeof(*pdu));
	v = prose_pdu_parse(copy, avail, len, pdu);
	free(copy);
	return v;
}

/* The headers as the transmit path writes them */
static void build(u8 *head, const struct prose_pdu *pdu, bool padded)
{
	prose_pdu_write(head, prose_pdu_slsch(pdu->src, pdu->dst, pdu->lcid),
			pdu->sdu_type << PROSE_PDCP_TYPE_SHIFT | pdu->pgk_index,
			prose_count(pdu->ptk_id, pdu->sn), padded, pdu->len);
}

/* What the standard says, written down once more and otherwise. */
static enum prose_pdu_verdict expected(const u8 *f, size_t len, size_t *data, size_t *n)
{
	size_t at, l;

	if (len < 8)
		return PROSE_PDU_SHORT;
	if (f[0] >> 4 != 3)
		return PROSE_PDU_VERSION;
	if (f[7] & 0x20) {
		if (len < 11)
			return PROSE_PDU_LENGTH;
		if (!(f[8] & 0x80) || (f[10] & 0x3f) != 31)
			return PROSE_PDU_SUBHEADER;
		l = (f[8] & 0x7f) * 256u + f[9];
		at = 11;
		if (l > len - 11)
			return PROSE_PDU_LENGTH;
	} else {
		at = 8;
		l = len - 8;
	}
	if ((f[7] & 31) < 1 || (f[7] & 31) > 10)
		return PROSE_PDU_LCID;
	if (l < 5)
		return PROSE_PDU_LENGTH;
	*data = at + 5;
	*n = l - 5;
	return PROSE_PDU_OK;
}

static void worked_example(void)
{
	static const u8 frame[] = {
		0x30, 0xa1, 0xb2, 0xc3, 0x44, 0x55, 0x66,
		0x23, 0x80, 0x21, 0x1f,
		0x05, 0x00, 0x01, 0xff, 0xfe, 0x0a, 0x66,
	};
	u8 long_frame[7 + 4 + 33 + 2] = { 0 };
	struct prose_pdu p;
	u8 head[PROSE_HEAD_MAX];
	int bad = 0;

	memcpy(long_frame, frame, sizeof(frame));
	CHECK(bad, parse(long_frame, sizeof(long_frame), &p) == PROSE_PDU_OK, "verdict");
	CHECK(bad, p.src == MEMBER && p.dst == GROUP && p.lcid == 3, "SL-SCH");
	CHECK(bad, !p.sdu_type && p.pgk_index == 5 && p.ptk_id == 1 && p.sn == 0xfffe, "PDCP");
	CHECK(bad, p.data == 16 && p.len == 28, "data %u len %u", p.data, p.len);
	ok(!bad, "the worked example is parsed");

	bad = 0;
	build(head, &p, true);
	CHECK(bad, prose_pdu_head_len(true) == 16, "%zu", prose_pdu_head_len(true));
	CHECK(bad, !memcmp(head, frame, 16), "headers with a length");
	build(head, &p, false);
	CHECK(bad, prose_pdu_head_len(false) == 13, "%zu", prose_pdu_head_len(false));
	CHECK(bad, !memcmp(head, frame, 7) && head[7] == 3 && !memcmp(head + 8, frame + 11, 5),
	      "headers that fill the frame");
	ok(!bad, "the worked example is built");
	ok(prose_count(0xfffe, 0x0102) == 0xfffe0102, "COUNT is PTK ID and SN");
}

static void round_trips(void)
{
	static const u16 numbers[] = { 0, 1, 255, 256, 32767, 32768, 65534, 65535 };
	struct prose_pdu in, out;
	u8 frame[PROSE_HEAD_MAX + 200] = { 0 };
	int bad = 0, i, j, type, lcid, padded, n, all;

	for (all = 0; all < 8 * 8 * 8 * 10 * 2 * 3; all++) {
		size_t head;

		n = all % 3;
		padded = all / 3 % 2;
		lcid = all / 6 % 10 + 1;
		type = all / 60 % 8;
		j = all / 480 % 8;
		i = all / 3840;
		head = prose_pdu_head_len(padded);

		in = (struct prose_pdu){
			.src = numbers[i] * 255u, .dst = 0xffffff - numbers[j],
			.ptk_id = numbers[i], .sn = numbers[j], .lcid = lcid,
			.sdu_type = type, .pgk_index = (i * 8 + j) & 31,
			.data = head, .len = n * 77,
		};
		build(frame, &in, padded);
		CHECK(bad, parse(frame, head + in.len + (padded ? 13 : 0), &out) == PROSE_PDU_OK,
		      "type %d lcid %d", type, lcid);
		CHECK(bad, in.src == out.src && in.dst == out.dst && in.ptk_id == out.ptk_id &&
		      in.sn == out.sn && in.lcid == out.lcid && in.sdu_type == out.sdu_type &&
		      in.pgk_index == out.pgk_index && in.data == out.data && in.len == out.len,
		      "type %d lcid %d", type, lcid);
	}
	ok(!bad, "what is built is parsed");
}

static void truncated(void)
{
	u8 frame[80] = { 0x30, 1, 2, 3, 4, 5, 6, 0x21, 0x80, 20, 31, 1, 0, 1, 0, 1 };
	struct prose_pdu p;
	size_t n;
	int bad = 0;

	for (n = 0; n <= sizeof(frame); n++) {
		enum prose_pdu_verdict v = parse(frame, n, &p);

		CHECK(bad, v == (n < 8 ? PROSE_PDU_SHORT : n < 31 ? PROSE_PDU_LENGTH :
				 PROSE_PDU_OK), "padded form, %zu octets: %d", n, v);
	}
	frame[7] = 1;
	for (n = 0; n <= sizeof(frame); n++) {
		enum prose_pdu_verdict v = parse(frame, n, &p);

		CHECK(bad, v == (n < 8 ? PROSE_PDU_SHORT : n < 13 ? PROSE_PDU_LENGTH :
				 PROSE_PDU_OK), "filling form, %zu octets: %d", n, v);
	}
	ok(!bad, "frames cut off anywhere");
}

static void every_subheader(void)
{
	u8 frame[60] = { 0x30, 1, 2, 3, 4, 5, 6 };
	struct prose_pdu p;
	size_t data, n;
	int bad = 0, a, b, c, all;

	for (all = 0; all < 1 << 24; all++) {
		enum prose_pdu_verdict v, want;

		a = all >> 16;
		b = all >> 8 & 255;
		c = all & 255;
		frame[7] = a;
		frame[8] = b;
		frame[9] = b ^ c;
		frame[10] = c;
		want = expected(frame, sizeof(frame), &data, &n);
		v = prose_pdu_parse(frame, PROSE_HEAD_MAX, sizeof(frame), &p);
		CHECK(bad, v == want, "%02x %02x %02x %02x: %d, not %d", a, b, b ^ c, c, v, want);
		if (v == PROSE_PDU_OK)
			CHECK(bad, p.data == data && p.len == n && data + n <= sizeof(frame),
			      "%02x %02x %02x: %u %u", a, b, c, p.data, p.len);
	}
	ok(!bad, "every subheader there is: a bounded length and the right verdict");
}

static void random_frames(void)
{
	struct prose_pdu p;
	u8 frame[64];
	size_t data, n;
	int bad = 0, i, j;

	srand(1);
	for (i = 0; i < 300000; i++) {
		size_t len = rand() % (sizeof(frame) + 1);
		enum prose_pdu_verdict v, want;

		for (j = 0; j < (int)sizeof(frame); j++)
			frame[j] = rand() >> 8;
		if (rand() & 7)
			frame[0] = 0x30 | (frame[0] & 15);
		if (rand() & 1) {	/* near to good ones */
			frame[8] |= 0x80;
			frame[8] &= 0x80;
			frame[9] &= 63;
			frame[10] = 31;
		}
		v = parse(frame, len, &p);
		want = expected(frame, len, &data, &n);
		CHECK(bad, v == want, "frame %d of %zu octets: %d, not %d", i, len, v, want);
		if (v == PROSE_PDU_OK)
			CHECK(bad, p.data == data && p.len == n, "frame %d", i);
	}
	ok(!bad, "300,000 random frames");
}

static void unprotected(void)
{
	struct prose_pdu p = { 0 };
	int bad = 0;

	CHECK(bad, prose_pdu_unprotected(&p), "all zero");
	p.sdu_type = 1;
	CHECK(bad, prose_pdu_unprotected(&p), "ARP");
	p.sn = 1;
	CHECK(bad, !prose_pdu_unprotected(&p), "SN");
	p.sn = 0;
	p.ptk_id = 256;
	CHECK(bad, !prose_pdu_unprotected(&p), "PTK ID");
	p.ptk_id = 0;
	p.pgk_index = 31;
	CHECK(bad, !prose_pdu_unprotected(&p), "index");
	ok(!bad, "which header is that of an unciphered PDU");
}

int main(void)
{
	plan("pdu", 8);
	worked_example();
	round_trips();
	truncated();
	every_subheader();
	random_frames();
	unprotected();
	return done();
}
