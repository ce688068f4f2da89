/* SPDX-License-Identifier: GPL-2.0 */
/* The receive path. rx.c APIs. */
#ifndef _PROSE_RX_H
#define _PROSE_RX_H

#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <net/gro_cells.h>

#include "rx_wait.h"

struct prose_dev;
struct prose_ptk;

/**
 * struct prose_rx - the receiving side of a device
 * @lock: protects what waits here, and the members of all keys
 * @waits: PTKs to be derived, and their first frames
 * @gro: TCP segments on their way to the stack
 */
struct prose_rx {
	spinlock_t lock; /* protects members and what waits for their keys */
	struct prose_waits waits;
	struct gro_cells gro;
};

void prose_rx(struct prose_dev *pdev, struct sk_buff *skb);
void prose_rx_done(struct prose_ptk *ptk, struct sk_buff *skb, int err);
void prose_rx_init(struct prose_dev *pdev);

#endif /* _PROSE_RX_H */
