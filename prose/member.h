/* SPDX-License-Identifier: GPL-2.0 */
/* Senders heard, and their PTKs. member.c APIs. */
#ifndef _PROSE_MEMBER_H
#define _PROSE_MEMBER_H

#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "traffic_key.h"

struct prose_floor;
struct prose_member_counters;
struct prose_pdu;
struct prose_pgk;
struct prose_ptk;
struct prose_replay;

/* Senders in probation, and established ones, per PGK */
#define PROSE_PROBATION		64
#define PROSE_MEMBERS_MAX	1024

/* Of both, for all non-initial user namespaces together */
#define PROSE_MEMBERS_USERNS	16384

/* Plausible frames that establish a sender, or an unexpected PTK Identity */
#define PROSE_FITS		3

/* Derivations per second, and at once */
#define PROSE_NEWCOMER_RATE	64
#define PROSE_NEWCOMER_BURST	32
#define PROSE_KNOWN_RATE	8
#define PROSE_KNOWN_BURST	8

/**
 * struct prose_budget - a token bucket; zeroed it is full
 * @filled: jiffies when it was last filled
 * @spent: tokens that are missing
 */
struct prose_budget {
	unsigned long filled;
	unsigned int spent;
};

/**
 * enum prose_member_slot - the PTKs of a member
 * @PROSE_SLOT_CURRENT: of the frames heard last
 * @PROSE_SLOT_NEXT: the PTK Identity after it, derived ahead
 * @PROSE_SLOT_PREVIOUS: the one before it, for frames that are late
 * @PROSE_SLOT_OTHER: any other one; the only slot that a stranger can change
 * @PROSE_SLOTS: how many there are
 */
enum prose_member_slot {
	PROSE_SLOT_CURRENT,
	PROSE_SLOT_NEXT,
	PROSE_SLOT_PREVIOUS,
	PROSE_SLOT_OTHER,
	PROSE_SLOTS
};

/**
 * struct prose_member - a sender heard with a PGK
 * @src: Group Member Identity
 * @userns: what it counts for in the non-initial user namespaces, or 0
 * @known: established, never replaced by others
 * @announced: member-new was sent
 * @fits: plausible frames, while in probation
 * @other_fits: plausible frames with the PTK of PROSE_SLOT_OTHER
 * @place: index in the PGK's probation table, while in it
 * @slot: PTKs, read by RCU
 * @heard: jiffies of the last good frame
 * @budget: of derivations, for an established member
 * @counters: per CPU
 * @node: in the PGK's table
 * @list: in the PGK's list, in ascending @seq
 * @seq: position in that list
 * @lock: protects @gone and the replay state; inside dev->rx.lock
 * @gone: off the table, so nothing is accepted any more; written under both
 *	locks
 * @replay: replay state, or NULL with a cipher without integrity; under @lock
 * @floor: what outlives this, or NULL in probation; set under both locks
 * @rcu: end
 *
 * Everything but @slot, @heard, @counters and the replay state is written under
 * dev->rx.lock. A member in probation is freed when another takes its place, an
 * established one with the key; both after a grace period.
 */
struct prose_member {
	u32 src;
	u8 userns;
	bool known;
	bool announced;
	u8 fits;
	u8 other_fits;
	u8 place;
	struct prose_ptk __rcu *slot[PROSE_SLOTS];
	unsigned long heard;
	struct prose_budget budget;
	struct prose_member_counters __percpu *counters;
	struct rhash_head node;
	struct list_head list;
	u64 seq;
	spinlock_t lock; /* protects the replay state */
	bool gone;
	struct prose_replay *replay;
	struct prose_floor *floor;
	struct rcu_head rcu;
};

bool prose_budget_take(struct prose_budget *budget, unsigned int rate,
		       unsigned int burst);

int prose_members_init(struct prose_pgk *pgk);
void prose_members_exit(struct prose_pgk *pgk);
void prose_members_wipe(struct prose_pgk *pgk);
struct prose_member *prose_member_find(struct prose_pgk *pgk, u32 src);
struct prose_ptk *prose_member_other_ptk(const struct prose_member *member,
					 u16 id);
struct prose_member *prose_member_known_elsewhere(struct prose_pgk *pgk,
						  u32 src);
struct prose_member *prose_member_alloc(const struct prose_pgk *pgk, u32 src);
void prose_member_free(struct prose_member *member);
int prose_member_add(struct prose_pgk *pgk, struct prose_member *member);
void prose_member_install(struct prose_member *member, struct prose_ptk *ptk);
void prose_member_follow(struct prose_pgk *pgk, struct prose_member *member,
			 struct prose_ptk *ptk);
unsigned int prose_member_check_replay(struct prose_member *member,
				       const struct prose_pdu *pdu);
unsigned int prose_member_verified(struct prose_pgk *pgk,
				   struct prose_member *member,
				   const struct prose_pdu *pdu);
bool prose_member_floor(struct prose_member *member, u32 *floor);
int prose_member_reset(struct prose_pgk *pgk, u32 src);

/**
 * prose_member_ptk - a PTK of a member
 * @member: member
 * @id: PTK Identity
 *
 * Context: RCU read lock.
 */
static inline struct prose_ptk *
prose_member_ptk(const struct prose_member *member, u16 id)
{
	struct prose_ptk *ptk;

	ptk = rcu_dereference(member->slot[PROSE_SLOT_CURRENT]);
	return likely(ptk && ptk->id == id) ? ptk :
	       prose_member_other_ptk(member, id);
}

/**
 * prose_member_check - is a frame of a member a replay?
 * @member: the sender
 * @pdu: the frame's headers; nobody knows whose they are
 *
 * Changes nothing but the counters of a frame that is refused.
 *
 * Context: softirqs off, RCU read lock. Return: 0, or the counter of the
 * device if the frame must be dropped.
 */
static inline unsigned int prose_member_check(struct prose_member *member,
					      const struct prose_pdu *pdu)
{
	return member->replay ? prose_member_check_replay(member, pdu) : 0;
}

/**
 * prose_member_good - a frame of a member was good
 * @pgk: its key
 * @member: the sender
 * @ptk: its PTK
 *
 * For ciphers without integrity.
 *
 * Context: softirqs off, RCU read lock.
 */
static inline void prose_member_good(struct prose_pgk *pgk,
				     struct prose_member *member,
				     struct prose_ptk *ptk)
{
	unsigned long now = jiffies;

	if (READ_ONCE(member->heard) != now)
		WRITE_ONCE(member->heard, now);
	if (unlikely(!READ_ONCE(member->known) ||
		     !READ_ONCE(member->announced) ||
		     rcu_access_pointer(member->slot[PROSE_SLOT_CURRENT]) !=
		     ptk))
		prose_member_follow(pgk, member, ptk);
}

#endif /* _PROSE_MEMBER_H */
