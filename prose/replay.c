// SPDX-License-Identifier: GPL-2.0
/* The replay state of a sender. See replay.h for the rules. */

#include <linux/string.h>
#include <linux/types.h>

#include "replay.h"

#define WORD_BITS	64

static unsigned int words(unsigned int size)
{
	return (size + WORD_BITS - 1) / WORD_BITS;
}

static u16 count_id(u32 count)
{
	return count >> 16;
}

static u16 count_sn(u32 count)
{
	return count & 0xffff;
}

/**
 * prose_replay_bytes - memory of a replay state
 * @size: size of the window, PROSE_WINDOW_MIN to PROSE_WINDOW_MAX
 */
size_t prose_replay_bytes(unsigned int size)
{
	return sizeof(struct prose_replay) + 2 * words(size) * sizeof(u64);
}

/**
 * prose_replay_init - state of a sender of which nothing is known
 * @replay: memory of prose_replay_bytes(), zeroed
 * @size: size of the window
 * @strong: one frame that verified moves the state
 */
void prose_replay_init(struct prose_replay *replay, unsigned int size,
		       bool strong)
{
	replay->size = size;
	replay->strong = strong;
	replay->window[0].seen = replay->bits;
	replay->window[1].seen = replay->bits + words(size);
}

/**
 * prose_replay_reset - forget everything of the sender
 * @replay: state
 */
void prose_replay_reset(struct prose_replay *replay)
{
	replay->has_current = false;
	replay->has_previous = false;
	replay->has_newer = false;
}

static unsigned int bit_of(const struct prose_replay *replay, u16 sn)
{
	return sn % (words(replay->size) * WORD_BITS);
}

static bool is_seen(const struct prose_replay *replay,
		    const struct prose_replay_window *window, u16 sn)
{
	unsigned int bit = bit_of(replay, sn);

	return window->seen[bit / WORD_BITS] >> bit % WORD_BITS & 1;
}

static void set_seen(const struct prose_replay *replay,
		     struct prose_replay_window *window, u16 sn, bool seen)
{
	unsigned int bit = bit_of(replay, sn);
	u64 mask = 1ULL << bit % WORD_BITS;

	if (seen)
		window->seen[bit / WORD_BITS] |= mask;
	else
		window->seen[bit / WORD_BITS] &= ~mask;
}

static void set_all(const struct prose_replay *replay,
		    struct prose_replay_window *window, bool seen)
{
	memset(window->seen, seen ? 0xff : 0,
	       words(replay->size) * sizeof(*window->seen));
}

/* A new highest SN: those between the old one and it were not seen. */
static void raise_top(const struct prose_replay *replay,
		      struct prose_replay_window *window, u16 sn)
{
	if (sn - window->top >= replay->size)
		set_all(replay, window, false);
	else
		while (++window->top != sn)
			set_seen(replay, window, window->top, false);
	window->top = sn;
	set_seen(replay, window, sn, true);
}

static enum prose_replay_verdict
window_check(const struct prose_replay *replay,
	     const struct prose_replay_window *window, u16 sn)
{
	if (sn > window->top)
		return window->has_ahead && sn == window->ahead ?
		       PROSE_REPLAY_DUPLICATE : PROSE_REPLAY_OK;
	if (window->top - sn >= replay->size)
		return PROSE_REPLAY_LATE;
	return is_seen(replay, window, sn) ? PROSE_REPLAY_DUPLICATE :
					     PROSE_REPLAY_OK;
}

static void window_accept(const struct prose_replay *replay,
			  struct prose_replay_window *window, u16 sn)
{
	u16 low = sn;

	if (sn <= window->top) {
		set_seen(replay, window, sn, true);
		return;
	}
	if (!replay->strong && sn - window->top > replay->size) {
		if (!window->has_ahead) {
			window->has_ahead = true;
			window->ahead = sn;
			return;
		}
		if (window->ahead < sn) {
			low = window->ahead;
			window->ahead = sn;
		}
	}
	raise_top(replay, window, low);

	/* No longer far: what lies between the two stays in the window. */
	if (window->has_ahead && window->ahead - window->top <= replay->size) {
		window->has_ahead = false;
		raise_top(replay, window, window->ahead);
	}
}

/* The sender has gone on to a newer PTK Identity. */
static void step(struct prose_replay *replay, u32 count, u64 now)
{
	struct prose_replay_window *window;

	if (replay->has_current) {
		replay->flip ^= 1;
		replay->has_previous = true;
		replay->grace_end = now + PROSE_REPLAY_GRACE;
	}
	replay->has_current = true;

	window = &replay->window[replay->flip];
	window->ptk_id = count_id(count);
	window->top = count_sn(count);
	window->has_ahead = false;
	set_all(replay, window, false);
	set_seen(replay, window, window->top, true);
}

static void newer_accept(struct prose_replay *replay, u32 count, u64 now)
{
	u32 low = count, high;

	if (replay->strong) {
		step(replay, count, now);
		return;
	}
	if (!replay->has_newer) {
		replay->has_newer = true;
		replay->newer = count;
		return;
	}

	high = replay->newer;
	if (high < low) {
		low = high;
		high = count;
	}
	step(replay, low, now);
	if (count_id(high) == count_id(low)) {
		replay->has_newer = false;
		window_accept(replay, &replay->window[replay->flip],
			      count_sn(high));
	} else {
		replay->newer = high;
	}
}

/**
 * prose_replay_restore - start from a floor
 * @replay: state
 * @floor: COUNT; it and everything below it counts as seen
 */
void prose_replay_restore(struct prose_replay *replay, u32 floor)
{
	struct prose_replay_window *window = &replay->window[replay->flip];

	prose_replay_reset(replay);
	replay->has_current = true;
	window->ptk_id = count_id(floor);
	window->top = count_sn(floor);
	window->has_ahead = false;
	set_all(replay, window, true);
}

/**
 * prose_replay_floor - the floor to start from after this
 * @replay: state
 * @floor: set to the highest COUNT that moved the state
 *
 * A frame that was remembered without moving it is not below the floor, and who
 * starts from there may accept it once more: the state of two frames that may
 * both be forged is not worth keeping a sender out for.
 *
 * Return: false if there is none.
 */
bool prose_replay_floor(const struct prose_replay *replay, u32 *floor)
{
	const struct prose_replay_window *window;

	if (!replay->has_current)
		return false;
	window = &replay->window[replay->flip];
	*floor = (u32)window->ptk_id << 16 | window->top;
	return true;
}

/**
 * prose_replay_check - has this COUNT been seen?
 * @replay: state
 * @count: COUNT
 * @now: time in ns, on a clock that nobody can set
 *
 * Changes nothing, so anybody's frame may be asked about.
 */
enum prose_replay_verdict prose_replay_check(const struct prose_replay *replay,
					     u32 count, u64 now)
{
	const struct prose_replay_window *window;

	window = &replay->window[replay->flip];
	if (!replay->has_current || count_id(count) > window->ptk_id)
		return replay->has_newer && count == replay->newer ?
		       PROSE_REPLAY_DUPLICATE : PROSE_REPLAY_OK;
	if (count_id(count) < window->ptk_id) {
		window = &replay->window[!replay->flip];
		if (!replay->has_previous || now >= replay->grace_end ||
		    count_id(count) != window->ptk_id)
			return PROSE_REPLAY_OLD_PTK;
	}
	return window_check(replay, window, count_sn(count));
}

/**
 * prose_replay_accept - a frame with this COUNT verified
 * @replay: state
 * @count: COUNT
 * @now: time as for prose_replay_check()
 *
 * Return: PROSE_REPLAY_OK, and it is seen from now on; or why the frame is
 * refused, and nothing changed.
 */
enum prose_replay_verdict prose_replay_accept(struct prose_replay *replay,
					      u32 count, u64 now)
{
	struct prose_replay_window *window = &replay->window[replay->flip];
	enum prose_replay_verdict verdict;

	verdict = prose_replay_check(replay, count, now);
	if (verdict != PROSE_REPLAY_OK)
		return verdict;

	if (!replay->has_current || count_id(count) > window->ptk_id) {
		newer_accept(replay, count, now);
		return PROSE_REPLAY_OK;
	}
	if (count_id(count) < window->ptk_id)
		window = &replay->window[!replay->flip];
	window_accept(replay, window, count_sn(count));
	return PROSE_REPLAY_OK;
}
