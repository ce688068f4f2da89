// SPDX-License-Identifier: GPL-2.0
/*
 * Floors of senders, over the life of the module: per (fingerprint, group) the
 * highest COUNT of each sender that moved its replay state. It outlives detach,
 * device and namespace, so that a recording is not accepted by a key that is
 * attached again. Across reboots the user saves and restores it.
 *
 * A sender takes its place here before its first frame is accepted, so that the
 * end of a key, where its floor is settled, needs no memory and cannot fail.
 * Several devices with one key each hear every frame: what one of them has
 * accepted while it is attached does not count as seen by the others, and is
 * kept apart, to be told, and for those that are attached after it.
 *
 * Floors of keys that died stay until their room is wanted: a key value may be
 * attached once more under a later end.
 */

#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "device.h"
#include "history.h"
#include "key.h"

/* Floors, for all and for all non-initial user namespaces; 128 octets each */
#define FLOORS_MAX		65536
#define FLOORS_MAX_USERNS	4096

/* What a floor without a COUNT holds */
#define NO_COUNT		(-1LL)

/**
 * struct history_key - what floors belong to
 * @fingerprint: of the PGK's value
 * @group: group
 */
struct history_key {
	u8 fingerprint[PROSE_FINGERPRINT_LEN];
	u32 group;
};

/**
 * struct prose_history - the floors of a (fingerprint, group)
 * @node: in the table of all
 * @key: which
 * @users: keys attached that have it
 * @userns: last used in a namespace of a non-initial user namespace
 * @cookie: network namespace in which it was last used
 * @floors: &struct prose_floor
 * @dead: in the list of those whose key died, oldest first, or empty
 * @rcu: end
 *
 * Under history_lock; @cookie and @dead are read without it. Freed by RCU when
 * it has neither users nor floors.
 */
struct prose_history {
	struct rhash_head node;
	struct history_key key;
	unsigned int users;
	bool userns;
	u64 cookie;
	struct list_head floors;
	struct list_head dead;
	struct rcu_head rcu;
};

/**
 * struct floor_key - a sender
 * @history: what it was heard with
 * @member: Group Member Identity
 * @zero: no octet of a key is left undefined
 */
struct floor_key {
	const struct prose_history *history;
	u32 member;
	u32 zero;
};

/**
 * struct prose_floor - the floor of a sender
 * @node: in the table of all
 * @key: which; never changes
 * @settled: COUNT from which a key that is attached starts, or NO_COUNT; raised
 *	without a lock
 * @live: highest COUNT of all keys, those that are attached too, or NO_COUNT;
 *	likewise
 * @seq: position in the list of all, ascending
 * @userns: counted for the non-initial user namespaces
 * @all: in the list of all; written under history_lock, read by RCU
 * @list: in history->floors; history_lock
 * @rcu: end
 *
 * Never freed while its history has users, otherwise after a grace period.
 */
struct prose_floor {
	struct rhash_head node;
	struct floor_key key;
	atomic64_t settled;
	atomic64_t live;
	u64 seq;
	bool userns;
	struct list_head all;
	struct list_head list;
	struct rcu_head rcu;
};

static const struct rhashtable_params history_params = {
	.key_len		= sizeof(struct history_key),
	.key_offset		= offsetof(struct prose_history, key),
	.head_offset		= offsetof(struct prose_history, node),
	.automatic_shrinking	= true,
};

static const struct rhashtable_params floor_params = {
	.key_len		= sizeof(struct floor_key),
	.key_offset		= offsetof(struct prose_floor, key),
	.head_offset		= offsetof(struct prose_floor, node),
	.automatic_shrinking	= true,
};

/* Protects all of it. Taken inside dev->rx.lock */
static DEFINE_SPINLOCK(history_lock);
static struct rhashtable history_table;
static struct rhashtable floor_table;
static LIST_HEAD(all_floors);
static LIST_HEAD(dead_histories);
static u64 floor_seq;
static unsigned int floors;
static unsigned int floors_userns;

static struct prose_history *history_find(const struct history_key *key)
{
	return rhashtable_lookup_fast(&history_table, key, history_params);
}

static struct prose_floor *floor_find(const struct prose_history *history,
				      u32 member)
{
	const struct floor_key key = {
		.history	= history,
		.member		= member,
	};

	return rhashtable_lookup_fast(&floor_table, &key, floor_params);
}

/* A history that nobody can find yet, with the key of its place. */
static struct prose_history *history_alloc(const struct history_key *key)
{
	struct prose_history *history;

	history = kzalloc(sizeof(*history), GFP_KERNEL_ACCOUNT);
	if (!history)
		return NULL;
	history->key = *key;
	INIT_LIST_HEAD(&history->floors);
	INIT_LIST_HEAD(&history->dead);
	return history;
}

/*
 * The one of this key; else *fresh, which is then NULL. Under history_lock. NULL
 * if the table does not take it.
 */
static struct prose_history *history_get(struct prose_history **fresh)
{
	struct prose_history *history = history_find(&(*fresh)->key);

	if (history)
		return history;
	if (rhashtable_insert_fast(&history_table, &(*fresh)->node,
				   history_params))
		return NULL;
	history = *fresh;
	*fresh = NULL;
	return history;
}

/* Under history_lock. */
static void history_used(struct prose_history *history, const struct net *net)
{
	history->userns = net->user_ns != &init_user_ns;
	WRITE_ONCE(history->cookie, net->net_cookie);
}

/* Under history_lock. */
static void floor_remove(struct prose_floor *floor)
{
	rhashtable_remove_fast(&floor_table, &floor->node, floor_params);
	list_del_rcu(&floor->all);
	list_del(&floor->list);
	floors--;
	if (floor->userns)
		floors_userns--;
	kfree_rcu(floor, rcu);
}

/* One without users, with all its floors. Under history_lock. */
static void history_remove(struct prose_history *history)
{
	struct prose_floor *floor, *next;

	list_for_each_entry_safe(floor, next, &history->floors, list)
		floor_remove(floor);
	list_del(&history->dead);
	rhashtable_remove_fast(&history_table, &history->node, history_params);
	kfree_rcu(history, rcu);
}

static bool is_full(bool userns)
{
	return floors == FLOORS_MAX ||
	       (userns && floors_userns == FLOORS_MAX_USERNS);
}

/*
 * Dead keys make room, those that died first before others, and for somebody
 * in a user namespace only those of user namespaces. Under history_lock.
 */
static bool make_room(bool userns)
{
	struct prose_history *history, *next;

	list_for_each_entry_safe(history, next, &dead_histories, dead) {
		if (!is_full(userns))
			break;
		if (!userns || history->userns)
			history_remove(history);
	}
	return !is_full(userns);
}

/* A place for a sender that has none. Under history_lock. */
static struct prose_floor *floor_create(struct prose_history *history,
					u32 member, bool userns)
{
	struct prose_floor *floor;
	int err;

	if (!make_room(userns))
		return ERR_PTR(-ENOSPC);
	floor = kzalloc(sizeof(*floor), GFP_ATOMIC);
	if (!floor)
		return ERR_PTR(-ENOMEM);
	floor->key.history = history;
	floor->key.member = member;
	floor->userns = userns;
	atomic64_set(&floor->settled, NO_COUNT);
	atomic64_set(&floor->live, NO_COUNT);
	err = rhashtable_insert_fast(&floor_table, &floor->node, floor_params);
	if (err) {
		kfree(floor);
		return ERR_PTR(-ENOMEM);
	}
	floor->seq = floor_seq++;
	list_add_tail_rcu(&floor->all, &all_floors);
	list_add_tail(&floor->list, &history->floors);
	floors++;
	if (userns)
		floors_userns++;
	return floor;
}

static bool read_count(const atomic64_t *from, u32 *count)
{
	s64 value = atomic64_read(from);

	*count = value;
	return value != NO_COUNT;
}

static void raise_count(atomic64_t *to, u32 count)
{
	s64 old = atomic64_read(to);

	while (old < count)
		if (atomic64_try_cmpxchg(to, &old, count))
			break;
}

static void key_of(const struct prose_pgk *pgk, struct history_key *key)
{
	memcpy(key->fingerprint, pgk->fingerprint, sizeof(key->fingerprint));
	key->group = pgk->pdev->group;
}

/*
 * Another key is attached beside those that are. What they have accepted was
 * sent before that, so to the new one it can only be a recording. Under
 * history_lock.
 */
static void settle_all(struct prose_history *history)
{
	struct prose_floor *floor;
	u32 count;

	list_for_each_entry(floor, &history->floors, list)
		if (read_count(&floor->live, &count))
			prose_floor_settle(floor, count);
}

/**
 * prose_history_attach - find what is remembered of a key's senders
 * @pgk: a key that is being attached
 *
 * Context: process. Return: 0 or -ENOMEM.
 */
int prose_history_attach(struct prose_pgk *pgk)
{
	struct prose_history *history, *fresh;
	struct history_key key;

	key_of(pgk, &key);
	fresh = history_alloc(&key);
	if (!fresh)
		return -ENOMEM;

	spin_lock_bh(&history_lock);
	history = history_get(&fresh);
	if (!history)
		goto out;
	if (history->users++)
		settle_all(history);
	list_del_init(&history->dead);
	history_used(history, dev_net(pgk->pdev->dev));
	pgk->history = history;
out:
	spin_unlock_bh(&history_lock);
	kfree(fresh);
	return history ? 0 : -ENOMEM;
}

/**
 * prose_history_detach - a key's senders are no longer heard with it
 * @pgk: a key that was attached, from whose senders nothing is accepted any
 *	more; only once
 *
 * If the key died, its floors make room for others when that is wanted.
 *
 * Context: any but hard interrupt.
 */
void prose_history_detach(struct prose_pgk *pgk)
{
	struct prose_history *history = pgk->history;

	spin_lock_bh(&history_lock);
	if (!--history->users) {
		if (list_empty(&history->floors))
			history_remove(history);
		else if (READ_ONCE(pgk->dead))
			list_add_tail(&history->dead, &dead_histories);
	}
	spin_unlock_bh(&history_lock);
}

/**
 * prose_history_find - the floor of a sender
 * @pgk: an attached key
 * @src: the sender
 *
 * Context: dev->rx.lock, so that @pgk is not detached. Return: a floor that
 * stays as long as the key is attached, or NULL.
 */
struct prose_floor *prose_history_find(const struct prose_pgk *pgk, u32 src)
{
	return floor_find(pgk->history, src);
}

/**
 * prose_history_reserve - the floor of a sender, new if there is none
 * @pgk: an attached key
 * @src: the sender
 *
 * Context: dev->rx.lock, so that @pgk is not detached. Return: a floor that
 * stays as long as the key is attached, or ERR_PTR of -ENOSPC or -ENOMEM.
 */
struct prose_floor *prose_history_reserve(struct prose_pgk *pgk, u32 src)
{
	const struct net *net = dev_net(pgk->pdev->dev);
	struct prose_floor *floor;

	spin_lock_bh(&history_lock);
	floor = floor_find(pgk->history, src);
	if (!floor) {
		/* Devices can be moved. */
		history_used(pgk->history, net);
		floor = floor_create(pgk->history, src, pgk->history->userns);
	}
	spin_unlock_bh(&history_lock);
	return floor;
}

/**
 * prose_floor_settled - the COUNT from which a sender starts
 * @floor: its floor
 * @count: set to it
 *
 * Context: any. Return: false if there is none.
 */
bool prose_floor_settled(const struct prose_floor *floor, u32 *count)
{
	return read_count(&floor->settled, count);
}

/**
 * prose_floor_raise - a key that is attached accepted a frame
 * @floor: the sender's floor
 * @count: floor of the sender's replay state there
 *
 * Context: any.
 */
void prose_floor_raise(struct prose_floor *floor, u32 count)
{
	raise_count(&floor->live, count);
}

/**
 * prose_floor_settle - whatever key is attached next starts from this at least
 * @floor: the sender's floor
 * @count: COUNT
 *
 * Context: any.
 */
void prose_floor_settle(struct prose_floor *floor, u32 count)
{
	raise_count(&floor->live, count);
	raise_count(&floor->settled, count);
}

/**
 * prose_floor_forget - the sender may begin anew
 * @floor: floor; it keeps its place
 *
 * Context: any.
 */
void prose_floor_forget(struct prose_floor *floor)
{
	atomic64_set(&floor->settled, NO_COUNT);
	atomic64_set(&floor->live, NO_COUNT);
}

/* Under history_lock. */
static int floor_set(struct prose_history *history, struct net *net,
		     const struct prose_floor_info *info,
		     struct netlink_ext_ack *extack)
{
	bool userns = net->user_ns != &init_user_ns;
	bool dead = !list_empty(&history->dead);
	struct prose_floor *floor;

	if (history->users) {
		NL_SET_ERR_MSG(extack, "a key of this value and group is attached");
		return -EBUSY;
	}
	if (!net_eq(net, &init_net) && history->cookie != net->net_cookie) {
		NL_SET_ERR_MSG(extack,
			       "the key was last used in another network namespace");
		return -EPERM;
	}
	floor = floor_find(history, info->member);
	if (!floor) {
		/* It is not the one that makes room for itself. */
		list_del_init(&history->dead);
		floor = floor_create(history, info->member, userns);
		if (IS_ERR(floor)) {
			if (dead)
				list_add(&history->dead, &dead_histories);
			if (PTR_ERR(floor) == -ENOSPC)
				NL_SET_ERR_MSG(extack,
					       "too many senders are remembered");
			return PTR_ERR(floor);
		}
	}
	list_del_init(&history->dead);
	prose_floor_settle(floor, info->count);
	return 0;
}

/**
 * prose_history_set - restore a floor
 * @net: namespace of the caller
 * @info: the floor; only ever raised
 * @extack: told why not
 *
 * Context: process. Return: 0; -EBUSY if a key of this value and group is
 * attached; -EPERM if it was last used in another namespace and the caller is
 * not in the initial one; -ENOSPC if there is no room; -ENOMEM.
 */
int prose_history_set(struct net *net, const struct prose_floor_info *info,
		      struct netlink_ext_ack *extack)
{
	struct prose_history *history, *fresh;
	struct history_key key;
	int err = -ENOMEM;

	memcpy(key.fingerprint, info->fingerprint, sizeof(key.fingerprint));
	key.group = info->group;
	fresh = history_alloc(&key);
	if (!fresh)
		return -ENOMEM;

	spin_lock_bh(&history_lock);
	history = history_get(&fresh);
	if (!history)
		goto out;
	if (!fresh)
		history_used(history, net);
	err = floor_set(history, net, info, extack);
	if (!history->users && list_empty(&history->floors))
		history_remove(history);
out:
	spin_unlock_bh(&history_lock);
	kfree(fresh);
	return err;
}

/**
 * prose_history_dump - tell the floors of keys that did not die
 * @net: namespace of the caller; sees only what was last used there, unless it
 *	is the initial one
 * @seq: position to go on from, 0 at first; moved on
 * @put: told one after the other, until it returns other than 0
 * @arg: for @put
 *
 * A floor that is there from the first call to the last is told once, whatever
 * comes and goes meanwhile.
 *
 * Context: any; @put is called under the RCU read lock.
 */
void prose_history_dump(const struct net *net, u64 *seq,
			int (*put)(void *arg,
				   const struct prose_floor_info *info),
			void *arg)
{
	const struct prose_history *history;
	struct prose_floor_info info;
	struct prose_floor *floor;

	rcu_read_lock();
	list_for_each_entry_rcu(floor, &all_floors, all) {
		if (floor->seq < *seq)
			continue;
		history = floor->key.history;
		if ((net_eq(net, &init_net) ||
		     READ_ONCE(history->cookie) == net->net_cookie) &&
		    list_empty_careful(&history->dead) &&
		    read_count(&floor->live, &info.count)) {
			memcpy(info.fingerprint, history->key.fingerprint,
			       sizeof(info.fingerprint));
			info.group = history->key.group;
			info.member = floor->key.member;
			if (put(arg, &info))
				break;
		}
		*seq = floor->seq + 1;
	}
	rcu_read_unlock();
}

/**
 * prose_history_init - make the tables
 */
int prose_history_init(void)
{
	int err;

	err = rhashtable_init(&history_table, &history_params);
	if (err)
		return err;
	err = rhashtable_init(&floor_table, &floor_params);
	if (err)
		rhashtable_destroy(&history_table);
	return err;
}

static void entry_free(void *entry, void *arg)
{
	kfree(entry);
}

/**
 * prose_history_exit - forget everything; no device is left
 */
void prose_history_exit(void)
{
	rhashtable_free_and_destroy(&floor_table, entry_free, NULL);
	rhashtable_free_and_destroy(&history_table, entry_free, NULL);
}
