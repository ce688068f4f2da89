/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The replay state of a sender: pure functions, also compiled in user space by
 * selftests/unit.
 */
#ifndef _PROSE_REPLAY_H
#define _PROSE_REPLAY_H

/* Replay window, in PDCP SNs (ours) */
#define PROSE_WINDOW_MIN	32
#define PROSE_WINDOW_MAX	4096

#endif /* _PROSE_REPLAY_H */
