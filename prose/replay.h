/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The replay state of a sender (ours: one-to-many has none in 3GPP). Pure
 * functions, also compiled in user space by selftests/unit.
 *
 * A sender's PTK Identities ascend, and so do the PDCP SNs of each. Accepted
 * are the newest PTK Identity heard and, for a while after the step to it, the
 * one before it, each with a window of SNs below the newest one heard; never a
 * COUNT twice.
 *
 * With MACs of 4 octets a forgery is lucky once in 2^32 frames. Alone it must
 * not shut out those who do not guess. So what would move the state by more
 * than the window, a newer PTK Identity or an SN far ahead, moves it only when
 * there are two distinct such frames, and then to the lower of them. The one
 * that did not move it is remembered, so that it is not accepted again.
 */
#ifndef _PROSE_REPLAY_H
#define _PROSE_REPLAY_H

#include <linux/types.h>

/* Replay window, in PDCP SNs (ours) */
#define PROSE_WINDOW_MIN	32
#define PROSE_WINDOW_MAX	16384

/* How long the PTK Identity before the newest one is still accepted */
#define PROSE_REPLAY_GRACE	2000000000ULL	/* ns */

/**
 * enum prose_replay_verdict - what the replay state says of a frame
 * @PROSE_REPLAY_OK: not seen before
 * @PROSE_REPLAY_LATE: below the window, so nobody knows
 * @PROSE_REPLAY_DUPLICATE: seen before
 * @PROSE_REPLAY_OLD_PTK: of a PTK Identity that the sender has given up
 */
enum prose_replay_verdict {
	PROSE_REPLAY_OK,
	PROSE_REPLAY_LATE,
	PROSE_REPLAY_DUPLICATE,
	PROSE_REPLAY_OLD_PTK,
};

/**
 * struct prose_replay_window - the SNs seen of a PTK Identity
 * @seen: bit for each SN, at the SN modulo their number; those of the
 *	&struct prose_replay.size SNs up to @top count
 * @ptk_id: PTK Identity
 * @top: highest SN seen
 * @ahead: the one SN seen that is more than the size above @top
 * @has_ahead: there is one; never with a strong suite
 */
struct prose_replay_window {
	u64 *seen;
	u16 ptk_id;
	u16 top;
	u16 ahead;
	bool has_ahead;
};

/**
 * struct prose_replay - the replay state of a sender
 * @size: size of the window
 * @strong: tags are so long that one frame that verified moves the state
 * @has_current: something is known of the sender
 * @has_previous: there was a PTK Identity before
 * @has_newer: a frame of a newer PTK Identity was seen; never if @strong
 * @flip: index of the current one in @window; the other is the previous one
 * @newer: COUNT of that frame
 * @grace_end: when the previous PTK Identity is no longer accepted
 * @window: of the newest PTK Identity, and of the one before it
 * @bits: of both windows
 *
 * The owner's lock protects all of it. 56 octets and two bits for each SN
 * of the window, rounded up to a multiple of 64: 1,080 octets with the default of
 * 4,096, 4,152 with the largest.
 */
struct prose_replay {
	u16 size;
	bool strong;
	bool has_current;
	bool has_previous;
	bool has_newer;
	u8 flip;
	u32 newer;
	u64 grace_end;
	struct prose_replay_window window[2];
	u64 bits[];
};

/**
 * prose_replay_is_current - is this COUNT of the current PTK Identity?
 * @replay: state
 * @count: COUNT
 *
 * If so, what prose_replay_check() and prose_replay_accept() say of it does not
 * depend on the time.
 */
static inline bool prose_replay_is_current(const struct prose_replay *replay,
					   u32 count)
{
	return replay->has_current &&
	       replay->window[replay->flip].ptk_id == count >> 16;
}

size_t prose_replay_bytes(unsigned int size);
void prose_replay_init(struct prose_replay *replay, unsigned int size,
		       bool strong);
void prose_replay_reset(struct prose_replay *replay);
void prose_replay_restore(struct prose_replay *replay, u32 floor);
bool prose_replay_floor(const struct prose_replay *replay, u32 *floor);
enum prose_replay_verdict prose_replay_check(const struct prose_replay *replay,
					     u32 count, u64 now);
enum prose_replay_verdict prose_replay_accept(struct prose_replay *replay,
					      u32 count, u64 now);

#endif /* _PROSE_REPLAY_H */
