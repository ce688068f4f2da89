/* SPDX-License-Identifier: GPL-2.0 */
/* Events for those who listen. event.c APIs; all can be called anywhere. */
#ifndef _PROSE_EVENT_H
#define _PROSE_EVENT_H

#include <linux/types.h>

#include <uapi/linux/prose.h>

struct prose_dev;
struct prose_pgk;

void prose_event_key(const struct prose_pgk *pgk, enum prose_event_type type);
void prose_event_key_end(const struct prose_pgk *pgk,
			 enum prose_event_type type, u32 top);
void prose_event_member(const struct prose_pgk *pgk,
			enum prose_event_type type, u32 member, u16 ptk_id);
void prose_event_conflict(const struct prose_pgk *pgk, u16 ptk_id);
void prose_event_member_limit(const struct prose_pgk *pgk, u32 member,
			      u16 ptk_id);
void prose_event_no_key(struct prose_dev *pdev);

#endif /* _PROSE_EVENT_H */
