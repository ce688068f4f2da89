// SPDX-License-Identifier: GPL-2.0
/*
 * The replay state: a table of all edges, then random frames against a model
 * that keeps what was accepted as plain sets, and what must hold whatever comes.
 */
#include <stdlib.h>

#include "replay.h"
#include "tap.h"

#define OK	PROSE_REPLAY_OK
#define LATE	PROSE_REPLAY_LATE
#define DUP	PROSE_REPLAY_DUPLICATE
#define OLD	PROSE_REPLAY_OLD_PTK

#define GRACE	PROSE_REPLAY_GRACE
#define C(id, sn)	((u32)(id) << 16 | (u32)(sn))

static const char *const names[] = { "ok", "late", "duplicate", "old-ptk" };

static struct prose_replay *replay;
static u64 now;
static int bad, line_bad;

static void start(unsigned int size, bool strong)
{
	free(replay);
	replay = calloc(1, prose_replay_bytes(size));
	prose_replay_init(replay, size, strong);
	now = 1000;
	bad = 0;
}

/* A frame comes: the look before, which must change nothing, and the verdict. */
static enum prose_replay_verdict frame(u32 count)
{
	size_t n = prose_replay_bytes(replay->size);
	enum prose_replay_verdict look, verdict;
	void *copy = malloc(n);

	memcpy(copy, replay, n);
	look = prose_replay_check(replay, count, now);
	if (memcmp(copy, replay, n))
		line_bad++;
	verdict = prose_replay_accept(replay, count, now);
	if (verdict != OK && memcmp(copy, replay, n))
		line_bad++;
	if (look != verdict)
		line_bad++;
	free(copy);
	return verdict;
}

#define EXPECT(count, want) do { \
	u32 c_ = (count); \
	enum prose_replay_verdict v_ = frame(c_); \
	CHECK(bad, v_ == (want), "COUNT %08x: %s, not %s", c_, names[v_], \
	      names[want]); \
	CHECK(bad, !line_bad, "COUNT %08x: changed by a look or a refusal, or they differ", \
	      c_); \
	line_bad = 0; \
} while (0)

#define FLOOR(want) do { \
	u32 f_ = 0; \
	CHECK(bad, prose_replay_floor(replay, &f_) && f_ == (want), \
	      "floor %08x, not %08x", f_, (u32)(want)); \
} while (0)

static void edges(unsigned int w)
{
	char what[100];
	bool strong;
	u32 f;
	int i;

	/* A window fills, out of order, and slides */
	for (i = 0; i < 2; i++) {
		strong = i;
		start(w, strong);
		CHECK(bad, !prose_replay_floor(replay, &f), "a floor of nothing");
		EXPECT(C(1, 40000), OK);
		EXPECT(C(1, 40001), OK);
		EXPECT(C(1, 40000), DUP);
		EXPECT(C(1, 40001), DUP);
		FLOOR(C(1, 40001));
		EXPECT(C(1, 40001 - w + 1), OK);
		EXPECT(C(1, 40001 - w + 1), DUP);
		EXPECT(C(1, 40001 - w), LATE);
		EXPECT(C(1, 40001 - w - 1), LATE);
		EXPECT(C(1, 1), LATE);
		EXPECT(C(1, 0), LATE);
		EXPECT(C(1, 40002), OK);
		EXPECT(C(1, 40001 - w + 1), LATE);
		EXPECT(C(1, 40002 - w + 1), OK);
		/* W ahead is no jump: what lay next is the window's last */
		EXPECT(C(1, 40002 + w), OK);
		FLOOR(C(1, 40002 + w));
		EXPECT(C(1, 40003), OK);
		EXPECT(C(1, 40003), DUP);
		EXPECT(C(1, 40002), LATE);
		EXPECT(C(1, 40002 + w), DUP);
		EXPECT(C(1, 40002 + w - 1), OK);
		sprintf(what, "W %u, %s: 0, 1, W-1, W, W+1 below and above", w,
			strong ? "tag of 16" : "MAC of 4");
		ok(!bad, what);
	}

	start(w, true);
	EXPECT(C(0, 0), OK);
	EXPECT(C(0, 0), DUP);
	EXPECT(C(0, 1), OK);
	EXPECT(C(0, 65535), OK);
	EXPECT(C(0, 65535), DUP);
	EXPECT(C(0, 65535 - w + 1), OK);
	EXPECT(C(0, 65535 - w), LATE);
	EXPECT(C(0, 0), LATE);
	EXPECT(C(65535, 0), OK);
	EXPECT(C(65535, 0), DUP);
	EXPECT(C(65535, 65535), OK);
	EXPECT(C(65535, 65535), DUP);
	EXPECT(C(65535, 65534), OK);
	FLOOR(C(65535, 65535));
	sprintf(what, "W %u: SN and PTK ID 0 and 65535 are ordinary", w);
	ok(!bad, what);

	/* Jumps of w, w + 1 and 2^16 - 1 leave no bit of before */
	start(w, true);
	for (i = 0; i <= w; i++)
		EXPECT(C(1, i), OK);
	EXPECT(C(1, 2 * w + 1), OK);
	for (i = w + 2; i < 2 * w + 1; i++)
		EXPECT(C(1, i), OK);
	EXPECT(C(1, w + 1), LATE);
	EXPECT(C(1, 65535), OK);
	for (i = 65535 - w + 1; i < 65535; i++)
		EXPECT(C(1, i), OK);
	for (i = 65535 - w + 1; i <= 65535; i++)
		EXPECT(C(1, i), DUP);
	sprintf(what, "W %u: a window passed over is empty", w);
	ok(!bad, what);
}

static void steps(void)
{
	int i;

	for (i = 0; i < 2; i++) {
		start(64, i);
		EXPECT(C(5, 100), OK);
		EXPECT(C(5, 101), OK);
		EXPECT(C(4, 65535), OLD);
		EXPECT(C(6, 1), OK);
		if (!i)
			EXPECT(C(6, 2), OK);
		EXPECT(C(5, 101), DUP);
		EXPECT(C(5, 100), DUP);
		EXPECT(C(5, 102), OK);
		EXPECT(C(5, 102), DUP);
		EXPECT(C(5, 99), OK);
		EXPECT(C(5, 38), LATE);
		EXPECT(C(4, 65535), OLD);
		now += GRACE - 1;
		EXPECT(C(5, 103), OK);
		EXPECT(C(5, 103), DUP);
		now++;
		EXPECT(C(5, 104), OLD);
		EXPECT(C(5, 103), OLD);
		EXPECT(C(6, 1), DUP);
		EXPECT(C(6, 3), OK);
		FLOOR(C(6, 3));
		/* The one in between was never heard */
		EXPECT(C(8, 1), OK);
		if (!i)
			EXPECT(C(8, 2), OK);
		EXPECT(C(7, 1), OLD);
		EXPECT(C(6, 4), OK);
		EXPECT(C(5, 104), OLD);
		/* Two steps in a grace: the first one is given up */
		EXPECT(C(9, 1), OK);
		if (!i)
			EXPECT(C(9, 2), OK);
		EXPECT(C(6, 5), OLD);
		EXPECT(C(8, 3), OK);
		ok(!bad, i ? "tag of 16: PTK step, the previous one within and after its grace" :
			     "MAC of 4: PTK step, the previous one within and after its grace");
	}
	/* Nothing from two steps ago shines through the reused window */
	start(32, true);
	for (i = 1; i < 20; i++) {
		EXPECT(C(i, 5), OK);
		EXPECT(C(i, 5), DUP);
		EXPECT(C(i, 4), OK);
		EXPECT(C(i, 7 - i % 2), OK);
		EXPECT(C(i, 6 + i % 2), OK);
		EXPECT(C(i, 6 + i % 2), DUP);
	}
	ok(!bad, "many steps: each begins with an empty window");
}

static void second_frame(void)
{
	start(64, false);
	EXPECT(C(7, 9), OK);
	EXPECT(C(7, 9), DUP);
	CHECK(bad, !replay->has_current, "one frame moved the state");
	EXPECT(C(3, 1), OK);
	FLOOR(C(3, 1));
	EXPECT(C(3, 1), DUP);
	EXPECT(C(7, 9), DUP);
	EXPECT(C(3, 2), OK);
	EXPECT(C(3, 66), OK);
	FLOOR(C(3, 66));
	ok(!bad, "MAC of 4: a sender first heard by a forged PTK ID");

	start(64, false);
	EXPECT(C(3, 1), OK);
	EXPECT(C(3, 2), OK);
	/* Forged */
	EXPECT(C(9, 500), OK);
	EXPECT(C(3, 3), OK);
	EXPECT(C(9, 500), DUP);
	EXPECT(C(3, 4), OK);
	FLOOR(C(3, 4));
	/* The honest step, with both PTK IDs in flight */
	EXPECT(C(4, 1), OK);
	FLOOR(C(4, 1));
	EXPECT(C(3, 5), OK);
	EXPECT(C(4, 2), OK);
	EXPECT(C(4, 1), DUP);
	EXPECT(C(9, 500), DUP);
	EXPECT(C(5, 1), OK);
	EXPECT(C(5, 2), OK);
	EXPECT(C(4, 3), OK);
	FLOOR(C(5, 2));
	EXPECT(C(9, 500), DUP);
	ok(!bad, "MAC of 4: a forged PTK ID shuts out nobody and is not accepted again");

	start(64, false);
	EXPECT(C(3, 1), OK);
	EXPECT(C(3, 2), OK);
	EXPECT(C(3, 60000), OK);	/* forged */
	EXPECT(C(3, 60000), DUP);
	FLOOR(C(3, 2));
	EXPECT(C(3, 3), OK);
	EXPECT(C(3, 300), OK);		/* honest, after a shadow */
	FLOOR(C(3, 300));
	EXPECT(C(3, 299), OK);
	EXPECT(C(3, 60000), DUP);
	EXPECT(C(3, 301), OK);
	EXPECT(C(4, 1), OK);
	EXPECT(C(3, 302), OK);
	EXPECT(C(4, 2), OK);
	EXPECT(C(3, 303), OK);
	EXPECT(C(3, 60000), DUP);
	EXPECT(C(3, 304), OK);
	FLOOR(C(4, 2));
	ok(!bad, "MAC of 4: a forged SN shuts out nobody and is not accepted again");

	start(64, false);
	EXPECT(C(3, 1), OK);
	EXPECT(C(3, 2), OK);
	EXPECT(C(3, 67), OK);		/* W + 1 ahead */
	FLOOR(C(3, 2));
	EXPECT(C(3, 67), DUP);
	EXPECT(C(3, 3), OK);		/* now it is W ahead */
	FLOOR(C(3, 67));
	EXPECT(C(3, 67), DUP);
	EXPECT(C(3, 4), OK);
	EXPECT(C(3, 3), LATE);
	EXPECT(C(3, 4), DUP);
	EXPECT(C(3, 66), OK);
	EXPECT(C(3, 68), OK);
	ok(!bad, "MAC of 4: one that is no longer far ahead goes into the window");

	start(64, false);
	EXPECT(C(3, 1), OK);
	EXPECT(C(3, 2), OK);
	EXPECT(C(3, 1000), OK);
	EXPECT(C(3, 990), OK);
	FLOOR(C(3, 1000));
	EXPECT(C(3, 990), DUP);
	EXPECT(C(3, 1000), DUP);
	EXPECT(C(3, 995), OK);
	EXPECT(C(3, 2000), OK);
	EXPECT(C(3, 3000), OK);
	FLOOR(C(3, 2000));
	EXPECT(C(3, 2000), DUP);
	EXPECT(C(3, 3000), DUP);
	EXPECT(C(3, 3001), OK);
	FLOOR(C(3, 3001));
	EXPECT(C(3, 3000), DUP);
	EXPECT(C(3, 65535), OK);
	EXPECT(C(3, 65535), DUP);
	EXPECT(C(3, 65534), OK);
	FLOOR(C(3, 65535));
	ok(!bad, "MAC of 4: the second frame moves the state to the lower of the two");

	start(64, false);
	EXPECT(C(3, 1), OK);
	EXPECT(C(3, 2), OK);
	EXPECT(C(4, 5), OK);
	EXPECT(C(4, 3), OK);
	FLOOR(C(4, 5));
	EXPECT(C(4, 3), DUP);
	EXPECT(C(4, 5), DUP);
	EXPECT(C(4, 4), OK);
	EXPECT(C(5, 1), OK);
	EXPECT(C(5, 900), OK);
	FLOOR(C(5, 1));
	EXPECT(C(5, 900), DUP);
	EXPECT(C(5, 1), DUP);
	EXPECT(C(5, 2), OK);
	EXPECT(C(5, 901), OK);
	FLOOR(C(5, 901));
	EXPECT(C(5, 900), DUP);
	ok(!bad, "MAC of 4: two frames of the next PTK ID, near and far from each other");

	start(64, false);
	EXPECT(C(3, 1), OK);
	EXPECT(C(3, 2), OK);
	EXPECT(C(4, 1), OK);
	EXPECT(C(4, 2), OK);
	EXPECT(C(3, 30000), OK);	/* forged, of the previous PTK ID */
	EXPECT(C(3, 3), OK);
	EXPECT(C(3, 30000), DUP);
	EXPECT(C(3, 4), OK);
	ok(!bad, "MAC of 4: a forged SN of the previous PTK ID in its grace");
}

static void floors(void)
{
	u32 floor;
	int i;

	for (i = 0; i < 2; i++) {
		start(64, i);
		prose_replay_restore(replay, C(5, 100));
		FLOOR(C(5, 100));
		EXPECT(C(5, 100), DUP);
		EXPECT(C(5, 99), DUP);
		EXPECT(C(5, 37), DUP);
		EXPECT(C(5, 36), LATE);
		EXPECT(C(4, 65535), OLD);
		EXPECT(C(0, 0), OLD);
		EXPECT(C(5, 102), OK);
		EXPECT(C(5, 101), OK);
		EXPECT(C(5, 101), DUP);
		EXPECT(C(5, 100), DUP);
		EXPECT(C(6, 1), OK);
		if (!i) {
			FLOOR(C(5, 102));
			EXPECT(C(6, 2), OK);
		}
		EXPECT(C(5, 103), OK);
		ok(!bad, i ? "tag of 16: start from a floor" : "MAC of 4: start from a floor");
	}

	start(64, true);
	prose_replay_restore(replay, C(0, 0));
	EXPECT(C(0, 0), DUP);
	EXPECT(C(0, 1), OK);
	prose_replay_restore(replay, C(65535, 65535));
	EXPECT(C(65535, 65535), DUP);
	EXPECT(C(65535, 65472), DUP);
	EXPECT(C(65535, 65471), LATE);
	EXPECT(C(65534, 1), OLD);
	ok(!bad, "the lowest and the highest floor");

	start(64, false);
	EXPECT(C(9, 9), OK);
	EXPECT(C(9, 10), OK);
	EXPECT(C(9, 999), OK);
	EXPECT(C(12, 1), OK);
	prose_replay_reset(replay);
	CHECK(bad, !prose_replay_floor(replay, &floor), "a floor after reset");
	EXPECT(C(1, 1), OK);
	EXPECT(C(1, 2), OK);
	EXPECT(C(1, 999), OK);
	EXPECT(C(0, 9), OLD);
	EXPECT(C(9, 9), OK);
	ok(!bad, "reset: the sender begins anew, with lower PTK IDs too");
}

/* The model: what was accepted, as sets. */

#define IDS	6

struct model {
	unsigned int size;
	bool strong, cur, prev;
	int cur_id, prev_id;
	u64 stepped;
	s64 newer;		/* the one frame beyond, or -1 */
	int top[IDS];		/* per PTK ID */
	int ahead[IDS];		/* or -1 */
	bool seen[IDS][65536];
	bool delivered[IDS][65536];
};

static struct model m;
static u16 base;	/* PTK ID of index 0 */

static enum prose_replay_verdict model_look(int id, int sn)
{
	if (!m.cur || id > m.cur_id)
		return m.newer == C(id, sn) ? DUP : OK;
	if (id != m.cur_id &&
	    !(m.prev && id == m.prev_id && now - m.stepped < GRACE))
		return OLD;
	if (sn <= m.top[id] - (int)m.size)
		return LATE;
	return m.seen[id][sn] || m.ahead[id] == sn ? DUP : OK;
}

static void model_see(int id, int sn)
{
	int other = m.ahead[id];

	if (sn > m.top[id] + (int)m.size && !m.strong && other < 0) {
		m.ahead[id] = sn;
		return;
	}
	if (sn > m.top[id] + (int)m.size && !m.strong && other < sn) {
		m.ahead[id] = sn;
		sn = other;
	}
	m.seen[id][sn] = true;
	if (sn > m.top[id])
		m.top[id] = sn;
	other = m.ahead[id];
	if (other >= 0 && other <= m.top[id] + (int)m.size) {
		m.ahead[id] = -1;
		m.seen[id][other] = true;
		if (other > m.top[id])
			m.top[id] = other;
	}
}

static void model_step(int id, int sn)
{
	m.prev = m.cur;
	m.prev_id = m.cur_id;
	m.stepped = now;
	m.cur = true;
	m.cur_id = id;
	m.top[id] = sn;
	m.seen[id][sn] = true;
}

static enum prose_replay_verdict model_frame(int id, int sn)
{
	enum prose_replay_verdict v = model_look(id, sn);
	u32 low, high;

	if (v != OK)
		return v;
	if (m.cur && id <= m.cur_id) {
		model_see(id, sn);
	} else if (m.strong) {
		model_step(id, sn);
	} else if (m.newer < 0) {
		m.newer = C(id, sn);
	} else {
		low = m.newer < C(id, sn) ? m.newer : C(id, sn);
		high = m.newer < C(id, sn) ? C(id, sn) : m.newer;
		model_step(low >> 16, low & 0xffff);
		m.newer = high;
		if (high >> 16 == low >> 16) {
			m.newer = -1;
			model_see(high >> 16, high & 0xffff);
		}
	}
	return OK;
}

static unsigned int rnd(unsigned int n)
{
	static u64 x = 88172645463325252ULL;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (x >> 16) % n;
}

static void model_start(unsigned int size, bool strong)
{
	int i;

	start(size, strong);
	memset(&m, 0, sizeof(m));
	m.size = size;
	m.strong = strong;
	m.newer = -1;
	for (i = 0; i < IDS; i++)
		m.ahead[i] = -1;
	base = rnd(2) ? 65536 - IDS : rnd(2) ? 0 : rnd(60000);
}

/* Any frames in any order: the same verdicts, and nothing accepted twice. */
static void compare(unsigned int size, bool strong, unsigned int rounds)
{
	unsigned int round, i, far;
	enum prose_replay_verdict v, want;
	unsigned int accepted = 0;
	char what[100];
	int id, sn;
	u32 floor;

	for (round = 0; round < rounds; round++) {
		model_start(size, strong);
		if (rnd(2)) {
			id = rnd(IDS);
			sn = rnd(65536);
			prose_replay_restore(replay, C(base + id, sn));
			m.cur = true;
			m.cur_id = id;
			m.top[id] = sn;
			memset(m.seen[id], true, sn + 1);
		}
		for (i = 0; i < 4000; i++) {
			id = m.cur ? m.cur_id : 0;
			far = rnd(100);
			if (far < 2)
				id += rnd(IDS);
			else if (far < 12)
				id -= rnd(2);
			if (id < 0)
				id = 0;
			if (id >= IDS)
				id = IDS - 1;
			sn = m.top[id];
			far = rnd(100);
			if (far < 40)
				sn += rnd(3);
			else if (far < 80)
				sn += rnd(2 * size) - size;
			else if (far < 95)
				sn += rnd(6) - 3 + (int)size * ((int)rnd(4) - 2);
			else
				sn = rnd(65536);
			sn = sn < 0 ? 0 : sn > 65535 ? 65535 : sn;
			if (!rnd(50))
				now += rnd(2) ? GRACE : rnd(GRACE);

			want = model_frame(id, sn);
			v = frame(C(base + id, sn));
			CHECK(bad, v == want && !line_bad,
			      "round %u, frame %u, COUNT %08x: %s, not %s (%d)", round,
			      i, C(base + id, sn), names[v], names[want], line_bad);
			CHECK(bad, prose_replay_floor(replay, &floor) == m.cur &&
			      (!m.cur || floor == C(base + m.cur_id, m.top[m.cur_id])),
			      "round %u, frame %u: floor", round, i);
			if (v == OK) {
				CHECK(bad, !m.delivered[id][sn],
				      "COUNT %08x accepted twice", C(base + id, sn));
				m.delivered[id][sn] = true;
				accepted++;
			}
			line_bad = 0;
		}
	}
	sprintf(what, "W %u, %s: as the model says (%u frames, %u accepted)", size,
		strong ? "tag of 16" : "MAC of 4", rounds * 4000, accepted);
	ok(!bad && accepted > rounds, what);
}

/*
 * A sender in order, frames lost, and one forgery anywhere: none of the
 * sender's frames is refused.
 */
static void forged_once(unsigned int size, unsigned int rounds)
{
	unsigned int round, i, at, refused = 0;
	u32 count, forged = 0;
	char what[100];

	for (round = 0; round < rounds; round++) {
		start(size, false);
		if (rnd(2))
			prose_replay_restore(replay, C(1, rnd(100)));
		count = C(1, 100);
		at = rnd(300);
		for (i = 0; i < 300; i++) {
			if (i == at) {
				/* At or before the sender's it is a replay or late */
				do {
					forged = rnd(2) ? count + rnd(4 * size) :
						 rnd(2) ? C((count >> 16) + rnd(3), rnd(65536)) :
						 C(rnd(65536), rnd(65536));
				} while (forged <= count);
				prose_replay_accept(replay, forged, now);
			}
			if (!rnd(30))
				count = C((count >> 16) + 1 + !rnd(4), rnd(3));
			else if (!rnd(10))
				count += 1 + rnd(5 * size);
			else
				count += 1;
			if (count == forged)
				count++;
			if (prose_replay_accept(replay, count, now) != OK)
				refused++;
			now += rnd(GRACE / 20);
		}
	}
	sprintf(what, "W %u, MAC of 4: one forgery costs no frame of a sender in order", size);
	if (refused)
		printf("# %u refused\n", refused);
	ok(!refused, what);
}

int main(void)
{
	static const unsigned int sizes[] = { 32, 64, 100, 4096, PROSE_WINDOW_MAX };
	unsigned int i;

	plan("replay", 5 * 4 + 3 + 7 + 4 + 5 * 3 + 1);
	for (i = 0; i < 5; i++)
		edges(sizes[i]);
	steps();
	second_frame();
	floors();
	for (i = 0; i < 5; i++) {
		compare(sizes[i], true, 60);
		compare(sizes[i], false, 60);
		forged_once(sizes[i], 400);
	}
	ok(prose_replay_bytes(64) == sizeof(struct prose_replay) + 16 &&
	   prose_replay_bytes(65) == sizeof(struct prose_replay) + 32 &&
	   prose_replay_bytes(4096) == 1080 &&
	   prose_replay_bytes(PROSE_WINDOW_MAX) == 4152, "memory is what the header says");
	free(replay);
	return done();
}
