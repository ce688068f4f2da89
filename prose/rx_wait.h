/* SPDX-License-Identifier: GPL-2.0 */
/* First frames that wait for their PTK. rx_wait.c APIs. */
#ifndef _PROSE_RX_WAIT_H
#define _PROSE_RX_WAIT_H

#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "member.h"

struct prose_dev;
struct prose_pgk;
struct prose_ptk;
struct sk_buff;

/* Table of what waits: 2^n lists */
#define PROSE_WAIT_BITS	5

/**
 * enum prose_wait_class - what the work looks at in turn
 * @PROSE_WAIT_DERIVED: a PTK that is there; frames are left to deliver
 * @PROSE_WAIT_NEXT: the next PTK of an established sender, before its frames
 * @PROSE_WAIT_KNOWN: another PTK of an established sender
 * @PROSE_WAIT_NEWCOMER: of a sender in probation, or never heard
 * @PROSE_WAIT_CLASSES: how many there are
 */
enum prose_wait_class {
	PROSE_WAIT_DERIVED,
	PROSE_WAIT_NEXT,
	PROSE_WAIT_KNOWN,
	PROSE_WAIT_NEWCOMER,
	PROSE_WAIT_CLASSES
};

/**
 * typedef prose_rx_deliver_t - go on with a frame whose PTK is there
 * @pdev: device
 * @pgk: key
 * @member: sender
 * @ptk: PTK
 * @skb: the frame, handed over
 *
 * Context: softirqs off, RCU read lock held.
 */
typedef void prose_rx_deliver_t(struct prose_dev *pdev, struct prose_pgk *pgk,
				struct prose_member *member,
				struct prose_ptk *ptk, struct sk_buff *skb);

/**
 * struct prose_waits - the PTKs of a device that wait to be derived
 * @list: &struct prose_wait of each class, in the order in which they came
 * @turn: the class that @work served last
 * @table: the same by sender and PTK Identity
 * @frames: first frames in all of them
 * @frames_new: those of senders in probation
 * @known: of PROSE_WAIT_KNOWN, those that are not derived yet
 * @newcomers: of PROSE_WAIT_NEWCOMER, likewise
 * @calls: those for which a KDF that sleeps was asked
 * @known_budget: of derivations that established senders did not announce
 * @newcomer_budget: of derivations for senders in probation
 * @work: derives, then delivers; queued while there is something that no
 *	softirq serves
 * @deliver: goes on with a frame that waited; never changes
 *
 * Under dev->rx.lock.
 */
struct prose_waits {
	struct list_head list[PROSE_WAIT_CLASSES];
	unsigned int turn;
	DECLARE_HASHTABLE(table, PROSE_WAIT_BITS);
	unsigned int frames;
	unsigned int frames_new;
	unsigned int known;
	unsigned int newcomers;
	unsigned int calls;
	struct prose_budget known_budget;
	struct prose_budget newcomer_budget;
	struct work_struct work;
	prose_rx_deliver_t *deliver;
};

void prose_rx_wait(struct prose_dev *pdev, struct prose_pgk *pgk,
		   struct prose_member *member, struct sk_buff *skb);
void prose_rx_wait_ahead(struct prose_pgk *pgk, u32 src, u16 id);
void prose_rx_wait_purge(struct prose_dev *pdev, const struct prose_pgk *pgk,
			 unsigned int reason);
void prose_rx_wait_init(struct prose_dev *pdev, prose_rx_deliver_t *deliver);

#endif /* _PROSE_RX_WAIT_H */
