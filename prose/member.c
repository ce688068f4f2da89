// SPDX-License-Identifier: GPL-2.0
/*
 * Senders heard. A sender nobody knows is in probation: a small table where a
 * newcomer replaces another one at random, so that invented senders cost a
 * bounded amount of memory and push out nobody else. Frames that fit establish
 * it, or with integrity or an AEAD suite one frame that verifies; from then on
 * the PTK of its next PTK Identity is derived ahead.
 *
 * With integrity or an AEAD suite a member has a replay state, and nothing of a
 * frame changes anything before it verified.
 */

#include <linux/hash.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "device.h"
#include "event.h"
#include "history.h"
#include "key.h"
#include "member.h"
#include "pdu.h"
#include "replay.h"
#include "stats.h"
#include "suite.h"
#include "traffic_key.h"

/*
 * One multiplication. The table takes the lowest bits of what is returned, so
 * each of these must depend on all bits of an identity, and the seed must change
 * which ones collide: the lower half of the product does neither.
 */
static u32 member_hash(const void *data, u32 len, u32 seed)
{
	return (u64)(*(const u32 *)data ^ seed) * GOLDEN_RATIO_64 >> 32;
}

/* By value: what the table does itself is a call for four octets. */
static int member_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct prose_member *member = obj;

	return member->src != *(const u32 *)arg->key;
}

static const struct rhashtable_params member_params = {
	.key_len		= sizeof_field(struct prose_member, src),
	.key_offset		= offsetof(struct prose_member, src),
	.head_offset		= offsetof(struct prose_member, node),
	.hashfn			= member_hash,
	.obj_cmpfn		= member_differs,
	.automatic_shrinking	= true,
};

static atomic64_t member_seq = ATOMIC64_INIT(0);
static atomic_t members_userns = ATOMIC_INIT(0);

/**
 * prose_budget_take - spend a token
 * @budget: bucket; the caller's lock protects it
 * @rate: tokens that come back in a second, not more than HZ
 * @burst: tokens in a full bucket
 *
 * Return: false if there is none.
 */
bool prose_budget_take(struct prose_budget *budget, unsigned int rate,
		       unsigned int burst)
{
	unsigned long gone = min(jiffies - budget->filled, HZ * burst);
	unsigned long back = gone * rate / HZ;

	if (back) {
		budget->spent -= min_t(unsigned long, back, budget->spent);
		/* Rounded in favour of the sender: the rate is a least one. */
		budget->filled = jiffies - gone + back * HZ / rate;
	}
	if (budget->spent >= burst)
		return false;
	budget->spent++;
	return true;
}

/**
 * prose_members_init - make the table of a new key
 * @pgk: key
 */
int prose_members_init(struct prose_pgk *pgk)
{
	INIT_LIST_HEAD(&pgk->member_list);
	return rhashtable_init(&pgk->members, &member_params);
}

static void member_rcu_free(struct rcu_head *rcu)
{
	prose_member_free(container_of(rcu, struct prose_member, rcu));
}

/* Off the table and the list. */
static void member_remove(struct prose_pgk *pgk, struct prose_member *member)
{
	unsigned int i;
	u32 count;

	rhashtable_remove_fast(&pgk->members, &member->node, member_params);
	list_del_rcu(&member->list);
	if (member->known)
		pgk->known--;
	else
		pgk->probation[member->place] = NULL;
	spin_lock_bh(&member->lock);
	member->gone = true;
	if (member->known && member->replay &&
	    prose_replay_floor(member->replay, &count))
		prose_floor_settle(member->floor, count);
	spin_unlock_bh(&member->lock);
	for (i = 0; i < PROSE_SLOTS; i++)
		prose_ptk_retire(rcu_replace_pointer(member->slot[i], NULL,
						     true));
	call_rcu(&member->rcu, member_rcu_free);
}

/**
 * prose_members_wipe - forget all members of a key with their PTKs
 * @pgk: key; under dev->rx.lock, and marked so that none is added
 */
void prose_members_wipe(struct prose_pgk *pgk)
{
	struct prose_member *member, *next;

	list_for_each_entry_safe(member, next, &pgk->member_list, list)
		member_remove(pgk, member);
	prose_history_detach(pgk);
}

/**
 * prose_members_exit - free the table of a key that nobody can find any more
 * @pgk: key
 *
 * Context: process.
 */
void prose_members_exit(struct prose_pgk *pgk)
{
	rhashtable_destroy(&pgk->members);
}

/**
 * prose_member_find - a sender by its Group Member Identity
 * @pgk: key that it was heard with
 * @src: Group Member Identity
 *
 * Context: RCU read lock.
 */
__flatten struct prose_member *prose_member_find(struct prose_pgk *pgk, u32 src)
{
	return rhashtable_lookup(&pgk->members, &src, member_params);
}

/**
 * prose_member_other_ptk - a PTK of a member that is not the current one
 * @member: member
 * @id: PTK Identity
 *
 * Context: RCU read lock.
 */
struct prose_ptk *prose_member_other_ptk(const struct prose_member *member,
					 u16 id)
{
	struct prose_ptk *ptk;
	unsigned int i;

	for (i = 0; i < PROSE_SLOTS; i++) {
		ptk = rcu_dereference(member->slot[i]);
		if (ptk && ptk->id == id)
			return ptk;
	}
	return NULL;
}

/**
 * prose_member_known_elsewhere - the sender, established with another key
 * @pgk: key that it was not heard with
 * @src: Group Member Identity
 *
 * A member that goes on to another PGK is no newcomer.
 *
 * Context: dev->rx.lock, RCU read lock.
 */
struct prose_member *prose_member_known_elsewhere(struct prose_pgk *pgk,
						  u32 src)
{
	struct prose_member *member;
	struct prose_pgk *other;
	unsigned int i;

	for (i = 0; i < PROSE_PGK_INDEXES; i++) {
		other = rcu_dereference(pgk->pdev->pgks[i]);
		if (!other || other == pgk)
			continue;
		member = prose_member_find(other, src);
		if (member && member->known)
			return member;
	}
	return NULL;
}

/**
 * prose_member_alloc - a member that nobody can find yet
 * @pgk: key that it was heard with
 * @src: Group Member Identity
 *
 * Context: process. Return: the member or NULL.
 */
struct prose_member *prose_member_alloc(const struct prose_pgk *pgk, u32 src)
{
	struct prose_member *member = kzalloc(sizeof(*member), GFP_KERNEL);
	unsigned int window = pgk->pdev->window;

	if (!member)
		return NULL;
	member->counters = alloc_percpu(struct prose_member_counters);
	if (!member->counters)
		goto err_free;
	if (pgk->suite->authenticated) {
		member->replay = kzalloc(prose_replay_bytes(window),
					 GFP_KERNEL);
		if (!member->replay)
			goto err_free;
		prose_replay_init(member->replay, window, pgk->suite->strong);
	}
	spin_lock_init(&member->lock);
	member->src = src;
	member->heard = jiffies;
	return member;

err_free:
	prose_member_free(member);
	return NULL;
}

/**
 * prose_member_free - free a member that nobody can find
 * @member: member
 *
 * Context: any.
 */
void prose_member_free(struct prose_member *member)
{
	if (member->userns)
		atomic_sub(member->userns, &members_userns);
	free_percpu(member->counters);
	kfree(member->replay);
	kfree(member);
}

/*
 * What is remembered of a member that nobody has found yet. Established with
 * another key is not verified with this one, so it is in probation.
 */
static void recall(struct prose_pgk *pgk, struct prose_member *member)
{
	u32 count;

	member->known = false;
	member->floor = prose_history_find(pgk, member->src);
	if (member->floor && prose_floor_settled(member->floor, &count))
		prose_replay_restore(member->replay, count);
}

/*
 * Members are made by a work item, so their memory is charged to nobody, and
 * who is root in a user namespace of his own can have any number of devices and
 * keys. A large window counts as several members. Return: false if there are too
 * many.
 */
static bool member_charge(struct prose_member *member,
			  const struct prose_pgk *pgk)
{
	unsigned int units = DIV_ROUND_UP(pgk->pdev->window,
					  PROSE_WINDOW_DEFAULT);

	if (dev_net(pgk->pdev->dev)->user_ns == &init_user_ns)
		return true;
	if (atomic_add_return(units, &members_userns) > PROSE_MEMBERS_USERNS) {
		atomic_sub(units, &members_userns);
		return false;
	}
	member->userns = units;
	return true;
}

/**
 * prose_member_add - let a member be found
 * @pgk: key that it was heard with; under dev->rx.lock
 * @member: from prose_member_alloc()
 *
 * It is in probation unless it is established with another key of the device
 * and there is room; with integrity or an AEAD suite always, and its replay
 * state is what is remembered.
 *
 * Context: RCU read lock. Return: 0, -ENOMEM if the user namespaces have too
 * many, or an error of the table.
 */
int prose_member_add(struct prose_pgk *pgk, struct prose_member *member)
{
	unsigned int place;
	int err;

	if (!member_charge(member, pgk))
		return -ENOMEM;
	if (member->replay)
		recall(pgk, member);
	else
		member->known = pgk->known < PROSE_MEMBERS_MAX &&
				prose_member_known_elsewhere(pgk, member->src);
	err = rhashtable_insert_fast(&pgk->members, &member->node,
				     member_params);
	if (err)
		return err;

	member->seq = atomic64_inc_return(&member_seq);
	list_add_tail_rcu(&member->list, &pgk->member_list);
	if (member->known) {
		pgk->known++;
		return 0;
	}

	for (place = 0; place < PROSE_PROBATION; place++)
		if (!pgk->probation[place])
			break;
	if (place == PROSE_PROBATION) {
		place = get_random_u32_below(PROSE_PROBATION);
		member_remove(pgk, pgk->probation[place]);
	}
	member->place = place;
	pgk->probation[place] = member;
	return 0;
}

/* Replace the PTK of a slot; under dev->rx.lock. */
static void set_slot(struct prose_member *member, enum prose_member_slot slot,
		     struct prose_ptk *ptk)
{
	prose_ptk_retire(rcu_replace_pointer(member->slot[slot], ptk, true));
}

static struct prose_ptk *get_slot(const struct prose_member *member,
				  enum prose_member_slot slot)
{
	return rcu_dereference_protected(member->slot[slot], true);
}

/* Take a PTK out of its slot; it stays usable for those who have found it. */
static struct prose_ptk *take_slot(struct prose_member *member,
				   enum prose_member_slot slot)
{
	return rcu_replace_pointer(member->slot[slot], NULL, true);
}

/**
 * prose_member_install - give a member a PTK
 * @member: member; under dev->rx.lock
 * @ptk: keyed for it
 */
void prose_member_install(struct prose_member *member, struct prose_ptk *ptk)
{
	const struct prose_ptk *current_ptk;

	current_ptk = get_slot(member, PROSE_SLOT_CURRENT);
	if (!current_ptk) {
		set_slot(member, PROSE_SLOT_CURRENT, ptk);
	} else if (member->known && ptk->id == current_ptk->id + 1) {
		set_slot(member, PROSE_SLOT_NEXT, ptk);
	} else {
		member->other_fits = 0;
		set_slot(member, PROSE_SLOT_OTHER, ptk);
	}
}

/* The member sends with another PTK Identity now. */
static void advance(struct prose_member *member, enum prose_member_slot slot)
{
	struct prose_ptk *ptk = take_slot(member, slot);

	set_slot(member, PROSE_SLOT_PREVIOUS,
		 take_slot(member, PROSE_SLOT_CURRENT));
	set_slot(member, PROSE_SLOT_NEXT, NULL);
	set_slot(member, PROSE_SLOT_CURRENT, ptk);
}

static bool establish(struct prose_pgk *pgk, struct prose_member *member,
		      bool *full)
{
	if (member->fits < PROSE_FITS && ++member->fits < PROSE_FITS)
		return false;
	if (pgk->known == PROSE_MEMBERS_MAX) {
		*full = true;
		prose_stat_inc(pgk->pdev->counters,
			       PROSE_A_COUNTERS_RX_MEMBER_LIMIT);
		prose_stat_inc(pgk->counters,
			       PROSE_A_COUNTERS_RX_MEMBER_LIMIT);
		return false;
	}
	pgk->probation[member->place] = NULL;
	pgk->known++;
	WRITE_ONCE(member->known, true);
	return true;
}

/**
 * prose_member_follow - a good frame may change what is known of its sender
 * @pgk: its key, with a cipher without integrity
 * @member: the sender
 * @ptk: its PTK
 *
 * PTK Identities ascend (a sender never goes back), so an older one that someone
 * plays back does not become the current one.
 *
 * Context: softirqs off, RCU read lock.
 */
void prose_member_follow(struct prose_pgk *pgk, struct prose_member *member,
			 struct prose_ptk *ptk)
{
	struct prose_rx *rx = &pgk->pdev->rx;
	struct prose_ptk *current_ptk;
	bool announce, ahead = false, full = false;
	u32 next_id = 0;

	spin_lock_bh(&rx->lock);
	current_ptk = get_slot(member, PROSE_SLOT_CURRENT);
	/* Replaced, or wiped, while the frame was deciphered */
	if (!current_ptk || pgk->wiped) {
		spin_unlock_bh(&rx->lock);
		return;
	}
	announce = !member->announced;
	WRITE_ONCE(member->announced, true);
	if (!member->known)
		ahead = establish(pgk, member, &full);

	if (ptk == get_slot(member, PROSE_SLOT_NEXT)) {
		advance(member, PROSE_SLOT_NEXT);
		ahead = true;
	} else if (ptk == get_slot(member, PROSE_SLOT_OTHER)) {
		member->other_fits++;
		/* A current PTK that never gave a good frame is anybody's. */
		if (announce || (member->other_fits >= PROSE_FITS &&
				 ptk->id > current_ptk->id)) {
			advance(member, PROSE_SLOT_OTHER);
			ahead = true;
		}
	}
	if (member->known && (ahead || announce)) {
		current_ptk = get_slot(member, PROSE_SLOT_CURRENT);
		if (!get_slot(member, PROSE_SLOT_NEXT))
			next_id = current_ptk->id + 1;
	}
	if (next_id && next_id <= PROSE_PTK_ID_MAX)
		prose_rx_wait_ahead(pgk, member->src, next_id);
	spin_unlock_bh(&rx->lock);

	if (announce)
		prose_event_member(pgk, PROSE_EVENT_TYPE_MEMBER_NEW,
				   member->src, ptk->id);
	if (full)
		prose_event_member_limit(pgk, member->src, ptk->id);
}

/* The counter of what the replay state says */
static const u8 replay_counter[] = {
	[PROSE_REPLAY_OK]		= 0,
	[PROSE_REPLAY_LATE]		= PROSE_A_COUNTERS_RX_LATE,
	[PROSE_REPLAY_DUPLICATE]	= PROSE_A_COUNTERS_RX_DUPLICATE,
	[PROSE_REPLAY_OLD_PTK]		= PROSE_A_COUNTERS_RX_OLD_PTK,
};

/*
 * A clock that nobody can set, and that a suspended machine does not stop. It is
 * not looked at for the current PTK, of which nothing depends on time.
 */
static u64 replay_now(const struct prose_replay *replay, u32 count)
{
	return likely(prose_replay_is_current(replay, count)) ? 0 :
	       ktime_to_ns(ktime_get_coarse_boottime());
}

static unsigned int replay_refused(struct prose_member *member,
				   enum prose_replay_verdict verdict)
{
	static const u8 counter[] = {
		[PROSE_REPLAY_LATE]		= PROSE_MEMBER_RX_LATE,
		[PROSE_REPLAY_DUPLICATE]	= PROSE_MEMBER_RX_DUPLICATE,
		[PROSE_REPLAY_OLD_PTK]		= PROSE_MEMBER_RX_OLD_PTK,
	};

	this_cpu_inc(member->counters->c[counter[verdict]]);
	return replay_counter[verdict];
}

/**
 * prose_member_check_replay - for prose_member_check(), with a replay state
 * @member: the sender
 * @pdu: the frame's headers
 *
 * Context: softirqs off, RCU read lock. Return: 0, or the counter of the
 * device if the frame must be dropped.
 */
unsigned int prose_member_check_replay(struct prose_member *member,
				       const struct prose_pdu *pdu)
{
	u32 count = prose_count(pdu->ptk_id, pdu->sn);
	enum prose_replay_verdict verdict;

	spin_lock(&member->lock);
	verdict = prose_replay_check(member->replay, count,
				     replay_now(member->replay, count));
	spin_unlock(&member->lock);
	return likely(verdict == PROSE_REPLAY_OK) ? 0 :
	       replay_refused(member, verdict);
}

/*
 * A frame of a member in probation verified: establish it, with a place for
 * what outlives it. Our own identity, used by another device, needs no place
 * among the others.
 */
static unsigned int promote(struct prose_pgk *pgk, struct prose_member *member)
{
	struct prose_rx *rx = &pgk->pdev->rx;
	struct prose_floor *floor;
	unsigned int reason = 0;

	spin_lock_bh(&rx->lock);
	if (pgk->wiped) {
		reason = PROSE_A_COUNTERS_RX_KEY_DEAD;
		goto out;
	}
	if (member->known)
		goto out;
	/* A newcomer took its place while the frame was deciphered. */
	reason = PROSE_A_COUNTERS_RX_DERIVE_LIMIT;
	if (member->gone)
		goto out;
	reason = PROSE_A_COUNTERS_RX_MEMBER_REFUSED;
	if (pgk->known >= PROSE_MEMBERS_MAX &&
	    member->src != pgk->pdev->member)
		goto out;
	floor = member->floor ?: prose_history_reserve(pgk, member->src);
	if (IS_ERR(floor)) {
		if (PTR_ERR(floor) == -ENOMEM)
			reason = PROSE_A_COUNTERS_RX_NO_MEMORY;
		goto out;
	}
	reason = 0;

	pgk->probation[member->place] = NULL;
	pgk->known++;
	spin_lock(&member->lock);
	member->floor = floor;
	WRITE_ONCE(member->known, true);
	spin_unlock(&member->lock);
out:
	spin_unlock_bh(&rx->lock);
	return reason;
}

/* The slot with the PTK of an identity, or PROSE_SLOTS. Under dev->rx.lock. */
static enum prose_member_slot find_slot(const struct prose_member *member,
					u16 id)
{
	const struct prose_ptk *ptk;
	unsigned int i;

	for (i = 0; i < PROSE_SLOTS; i++) {
		ptk = get_slot(member, i);
		if (ptk && ptk->id == id)
			break;
	}
	return i;
}

/*
 * The current PTK is the one of the replay state; as long as that knows
 * nothing, the one of the first frame that verified.
 */
static void follow(struct prose_pgk *pgk, struct prose_member *member, u16 id)
{
	struct prose_rx *rx = &pgk->pdev->rx;
	const struct prose_ptk *current_ptk;
	enum prose_member_slot slot;
	bool announce;
	u32 next_id;

	spin_lock_bh(&rx->lock);
	current_ptk = get_slot(member, PROSE_SLOT_CURRENT);
	/* Wiped while the frame was deciphered */
	if (!current_ptk || pgk->wiped) {
		spin_unlock_bh(&rx->lock);
		return;
	}
	announce = !member->announced;
	WRITE_ONCE(member->announced, true);

	slot = find_slot(member, id);
	if (slot != PROSE_SLOT_CURRENT && slot != PROSE_SLOTS)
		advance(member, slot);

	next_id = get_slot(member, PROSE_SLOT_CURRENT)->id + 1;
	if (next_id <= PROSE_PTK_ID_MAX) {
		slot = find_slot(member, next_id);
		if (slot == PROSE_SLOTS)
			prose_rx_wait_ahead(pgk, member->src, next_id);
		else if (slot != PROSE_SLOT_NEXT)
			set_slot(member, PROSE_SLOT_NEXT,
				 take_slot(member, slot));
	}
	spin_unlock_bh(&rx->lock);

	if (announce && member->src != pgk->pdev->member)
		prose_event_member(pgk, PROSE_EVENT_TYPE_MEMBER_NEW,
				   member->src, id);
}

/**
 * prose_member_verified - a frame of a member verified
 * @pgk: its key, with integrity or an AEAD suite
 * @member: the sender
 * @pdu: its headers
 *
 * The one place where a frame changes what is known of its sender.
 *
 * Context: softirqs off, RCU read lock. Return: 0 if it was not seen before,
 * or the counter of the device if it must be dropped.
 */
unsigned int prose_member_verified(struct prose_pgk *pgk,
				   struct prose_member *member,
				   const struct prose_pdu *pdu)
{
	enum prose_replay_verdict verdict = PROSE_REPLAY_OK;
	const struct prose_ptk *current_ptk;
	unsigned long now = jiffies;
	unsigned int reason = 0;
	u16 id = pdu->ptk_id;
	bool moved = false;
	u32 count;

	if (unlikely(!READ_ONCE(member->known))) {
		reason = promote(pgk, member);
		if (reason == PROSE_A_COUNTERS_RX_MEMBER_REFUSED)
			prose_event_member_limit(pgk, member->src, id);
		if (reason)
			return reason;
	}

	spin_lock(&member->lock);
	if (unlikely(member->gone)) {
		reason = PROSE_A_COUNTERS_RX_KEY_DEAD;
	} else {
		count = prose_count(pdu->ptk_id, pdu->sn);
		verdict = prose_replay_accept(member->replay, count,
					      replay_now(member->replay,
							 count));
		moved = prose_replay_floor(member->replay, &count);
		if (moved) {
			id = count >> 16;
			prose_floor_raise(member->floor, count);
		}
	}
	spin_unlock(&member->lock);
	if (unlikely(reason))
		return reason;
	if (unlikely(verdict != PROSE_REPLAY_OK))
		return replay_refused(member, verdict);

	if (READ_ONCE(member->heard) != now)
		WRITE_ONCE(member->heard, now);
	current_ptk = rcu_dereference(member->slot[PROSE_SLOT_CURRENT]);
	if (unlikely(!READ_ONCE(member->announced) ||
		     (moved && current_ptk && current_ptk->id != id)))
		follow(pgk, member, id);
	return 0;
}

/**
 * prose_member_floor - the highest COUNT that moved a member's replay state
 * @member: member
 * @floor: set to it
 *
 * Context: RCU read lock. Return: false if there is none.
 */
bool prose_member_floor(struct prose_member *member, u32 *floor)
{
	bool has;

	if (!member->replay)
		return false;
	spin_lock_bh(&member->lock);
	has = prose_replay_floor(member->replay, floor);
	spin_unlock_bh(&member->lock);
	return has;
}

/**
 * prose_member_reset - forget the replay state and the floor of a sender
 * @pgk: an attached key, with integrity or an AEAD suite; under dev->lock
 * @src: the sender
 *
 * Context: process. Return: 0, or -ENOENT if nothing is known of it.
 */
int prose_member_reset(struct prose_pgk *pgk, u32 src)
{
	struct prose_rx *rx = &pgk->pdev->rx;
	struct prose_member *member;
	struct prose_floor *floor;

	if (pgk->wiped)
		return -ENOENT;

	rcu_read_lock();
	spin_lock_bh(&rx->lock);
	floor = prose_history_find(pgk, src);
	member = prose_member_find(pgk, src);
	if (member) {
		/* Both at once: a frame that verifies sets the floor, too. */
		spin_lock(&member->lock);
		prose_replay_reset(member->replay);
		if (floor)
			prose_floor_forget(floor);
		spin_unlock(&member->lock);
	} else if (floor) {
		prose_floor_forget(floor);
	}
	spin_unlock_bh(&rx->lock);
	rcu_read_unlock();
	return member || floor ? 0 : -ENOENT;
}
