/* SPDX-License-Identifier: GPL-2.0 */
/* The receive path. rx.c APIs. */
#ifndef _PROSE_RX_H
#define _PROSE_RX_H

#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <net/gro_cells.h>

#include "member.h"

struct prose_dev;
struct prose_pdu;
struct prose_pgk;
struct prose_ptk;

/* Table of what waits: 2^n lists */
#define PROSE_WAIT_BITS	5

/**
 * struct prose_rx - the receiving side of a device
 * @lock: protects what waits here, and the members of all keys
 * @waiting: &struct prose_wait, PTKs to be derived
 * @waits: the same by sender and PTK Identity
 * @frames: first frames in all of @waiting
 * @frames_new: those of senders in probation
 * @waits_new: entries of senders in probation
 * @calls: entries of @waiting for which a KDF that sleeps was asked
 * @newcomers: budget of derivations for senders in probation
 * @work: derives, then delivers
 * @gro: TCP segments on their way to the stack
 */
struct prose_rx {
	spinlock_t lock; /* protects members and what waits for their keys */
	struct list_head waiting;
	DECLARE_HASHTABLE(waits, PROSE_WAIT_BITS);
	unsigned int frames;
	unsigned int frames_new;
	unsigned int waits_new;
	unsigned int calls;
	struct prose_budget newcomers;
	struct work_struct work;
	struct gro_cells gro;
};

void prose_rx(struct prose_dev *pdev, struct sk_buff *skb);
void prose_rx_done(struct prose_ptk *ptk, struct sk_buff *skb, int err);
void prose_rx_ahead(struct prose_pgk *pgk, u32 src, u16 id);
void prose_rx_purge(struct prose_dev *pdev, const struct prose_pgk *pgk,
		    unsigned int reason);
void prose_rx_init(struct prose_dev *pdev);

#endif /* _PROSE_RX_H */
