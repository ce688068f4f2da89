/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Floors: what the module remembers of senders so that their frames cannot be
 * replayed to a key that is attached again. history.c APIs.
 */
#ifndef _PROSE_HISTORY_H
#define _PROSE_HISTORY_H

#include <linux/types.h>

#include <uapi/linux/prose.h>

struct net;
struct netlink_ext_ack;
struct prose_floor;
struct prose_pgk;

/**
 * struct prose_floor_info - a floor as it is told
 * @fingerprint: of the PGK's value
 * @group: group
 * @member: Group Member Identity of the sender
 * @count: COUNT; it and everything below it was seen
 */
struct prose_floor_info {
	u8 fingerprint[PROSE_FINGERPRINT_LEN];
	u32 group;
	u32 member;
	u32 count;
};

int prose_history_attach(struct prose_pgk *pgk);
void prose_history_detach(struct prose_pgk *pgk);
struct prose_floor *prose_history_find(const struct prose_pgk *pgk, u32 src);
struct prose_floor *prose_history_reserve(struct prose_pgk *pgk, u32 src);
bool prose_floor_settled(const struct prose_floor *floor, u32 *count);
void prose_floor_raise(struct prose_floor *floor, u32 count);
void prose_floor_settle(struct prose_floor *floor, u32 count);
void prose_floor_forget(struct prose_floor *floor);

int prose_history_set(struct net *net, const struct prose_floor_info *info,
		      struct netlink_ext_ack *extack);
void prose_history_dump(const struct net *net, u64 *seq,
			int (*put)(void *arg,
				   const struct prose_floor_info *info),
			void *arg);

int prose_history_init(void);
void prose_history_exit(void);

#endif /* _PROSE_HISTORY_H */
