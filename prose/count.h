/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PTK Identities: which were granted, which are taken, which can never be used
 * again. count.c APIs. The rule that it keeps: a COUNT is used once with a
 * (key value, member), whatever device, group, namespace or user.
 */
#ifndef _PROSE_COUNT_H
#define _PROSE_COUNT_H

#include <linux/types.h>

#include <uapi/linux/prose.h>

struct netlink_ext_ack;
struct prose_count;
struct prose_pgk;
struct prose_ptk;

/* Ranges that a key can hold at a time; adjoining ones are one */
#define PROSE_RANGES_MAX	8

/* "First free" when there is none */
#define PROSE_PTK_ID_END	(PROSE_PTK_ID_MAX + 1)

/**
 * struct prose_ids - PTK Identities granted to a key and not yet taken
 * @range: ascending and disjoint; the first one is taken from
 * @range.first: first ID not taken
 * @range.last: last ID
 * @n: how many ranges
 * @granted: IDs granted in all ranges since one was last added
 * @taken: the ID taken last, or 0
 * @low_told: range-low was announced for what is left
 *
 * Under dev->tx.lock.
 */
struct prose_ids {
	struct {
		u32 first;
		u32 last;
	} range[PROSE_RANGES_MAX];
	unsigned int n;
	u32 granted;
	u32 taken;
	bool low_told;
};

/**
 * enum prose_own_src - what a frame with our own member identity is
 * @PROSE_OWN_REFLECTED: we sent it
 * @PROSE_OWN_OLD: below what was granted since load; perhaps a recording
 * @PROSE_OWN_FOREIGN: not sent by us
 */
enum prose_own_src {
	PROSE_OWN_REFLECTED,
	PROSE_OWN_OLD,
	PROSE_OWN_FOREIGN,
};

u32 prose_ids_peek(const struct prose_ids *ids);
u32 prose_ids_take(struct prose_ids *ids);
u32 prose_ids_left(const struct prose_ids *ids);
bool prose_ids_low(struct prose_ids *ids);

int prose_count_grant(struct prose_pgk *pgk, u32 first, u32 last,
		      struct netlink_ext_ack *extack);
void prose_count_attach(struct prose_pgk *pgk);
void prose_count_drop(struct prose_pgk *pgk);
void prose_count_release(struct prose_pgk *pgk, u32 *top);
u32 prose_count_next_free(const struct prose_pgk *pgk);
u32 prose_count_top(const struct prose_pgk *pgk);
int prose_count_issue(const struct prose_ptk *ptk);
void prose_count_close(const struct prose_ptk *ptk, u32 sn);
enum prose_own_src prose_count_own_src(const struct prose_pgk *pgk, u16 id,
				       u16 sn, const u8 *salt);
int prose_count_init(void);
void prose_count_exit(void);

#endif /* _PROSE_COUNT_H */
