// SPDX-License-Identifier: GPL-2.0
/*
 * PTK Identities, over the life of the module. Per (fingerprint, member) a
 * table keeps the highest ID ever granted, so that no order of commands,
 * devices, namespaces or ledgers grants one twice. Across reboots the ledger of
 * the user does the same.
 */

#include <linux/cred.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/suspend.h>
#include <linux/user_namespace.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "count.h"
#include "device.h"
#include "event.h"
#include "key.h"
#include "pdu.h"
#include "rollover.h"
#include "suite.h"
#include "traffic_key.h"

/* Entries of the table, for all and for all non-initial user namespaces */
#define COUNT_MAX		65536
#define COUNT_MAX_USERNS	4096

/* PTK Identities of an entry that are remembered as ours, at most */
#define ISSUED_MAX		1024

/* A quarter or less of what was granted is low */
#define LOW_SHIFT		2

/**
 * struct count_key - what the PTK-ID space belongs to
 * @fingerprint: of the PGK's value
 * @member: Group Member Identity of the sender, that is, of a device
 */
struct count_key {
	u8 fingerprint[PROSE_FINGERPRINT_LEN];
	u32 member;
};

/**
 * struct issued - what we sent with a PTK Identity of an authenticated suite
 * @salt: salt of its frames, of an AEAD suite
 * @end: first PDCP SN that was not sent, or 0 while it is the current one
 * @rcu: end
 */
struct issued {
	u8 salt[PROSE_SALT_LEN];
	u32 end;
	struct rcu_head rcu;
};

/**
 * struct prose_count - a PTK-ID space
 * @node: in the table
 * @key: what it belongs to
 * @top: highest ID granted that may have been used; under count_lock, read
 *	without it
 * @floor: lowest ID granted since the module was loaded; likewise
 * @holders: keys that hold a range of it; under count_lock
 * @issued: &struct issued by PTK Identity, of those that were taken, to know our
 *	own frames. Not of all since the module was loaded: who takes one after
 *	the other would fill the memory
 * @n_issued: how many; under the lock of @issued
 *
 * Never freed before the module is unloaded.
 */
struct prose_count {
	struct rhash_head node;
	struct count_key key;
	u32 top;
	u32 floor;
	struct list_head holders;
	struct xarray issued;
	unsigned int n_issued;
};

static const struct rhashtable_params count_params = {
	.key_len		= sizeof(struct count_key),
	.key_offset		= offsetof(struct prose_count, key),
	.head_offset		= offsetof(struct prose_count, node),
	.automatic_shrinking	= true,
};

/* Protects the table, its entries, and the refusal of grants */
static DEFINE_MUTEX(count_lock);
static struct rhashtable count_table;
static unsigned int count_entries;
static unsigned int count_entries_userns;
static bool count_hibernating;
static bool count_forked;

/**
 * prose_ids_peek - the ID that is taken next
 * @ids: ranges; under dev->tx.lock
 *
 * Return: an ID, or 0 if there is none.
 */
u32 prose_ids_peek(const struct prose_ids *ids)
{
	return ids->n ? ids->range[0].first : 0;
}

/**
 * prose_ids_take - take the next ID
 * @ids: ranges; under dev->tx.lock
 *
 * Return: an ID, or 0 if there is none.
 */
u32 prose_ids_take(struct prose_ids *ids)
{
	u32 id = prose_ids_peek(ids);

	if (!id)
		return 0;

	WRITE_ONCE(ids->taken, id);
	if (ids->range[0].first++ == ids->range[0].last) {
		ids->n--;
		memmove(&ids->range[0], &ids->range[1],
			ids->n * sizeof(ids->range[0]));
	}
	return id;
}

/**
 * prose_ids_left - how many IDs can be taken
 * @ids: ranges; under dev->tx.lock
 */
u32 prose_ids_left(const struct prose_ids *ids)
{
	unsigned int i;
	u32 left = 0;

	for (i = 0; i < ids->n; i++)
		left += ids->range[i].last - ids->range[i].first + 1;
	return left;
}

/**
 * prose_ids_low - is a quarter or less left, for the first time?
 * @ids: ranges; under dev->tx.lock
 */
bool prose_ids_low(struct prose_ids *ids)
{
	if (ids->low_told || prose_ids_left(ids) > ids->granted >> LOW_SHIFT)
		return false;
	ids->low_told = true;
	return true;
}

static int ids_add(struct prose_ids *ids, u32 first, u32 last)
{
	if (ids->n && ids->range[ids->n - 1].last + 1 == first) {
		ids->range[ids->n - 1].last = last;
	} else {
		if (ids->n == PROSE_RANGES_MAX)
			return -E2BIG;
		WRITE_ONCE(ids->range[ids->n].first, first);
		ids->range[ids->n].last = last;
		/* Pairs with the acquire in prose_count_own_src(). */
		smp_store_release(&ids->n, ids->n + 1);
	}
	ids->granted = prose_ids_left(ids);
	ids->low_told = false;
	return 0;
}

static struct prose_count *count_find(const struct prose_pgk *pgk)
{
	struct count_key key;

	memset(&key, 0, sizeof(key));
	memcpy(key.fingerprint, pgk->fingerprint, sizeof(key.fingerprint));
	key.member = pgk->pdev->member;
	return rhashtable_lookup_fast(&count_table, &key, count_params);
}

static struct prose_count *count_create(const struct prose_pgk *pgk,
					struct netlink_ext_ack *extack)
{
	struct net *net = dev_net(pgk->pdev->dev);
	bool initial = net->user_ns == &init_user_ns;
	struct prose_count *count;
	int err;

	if (count_entries == COUNT_MAX ||
	    (!initial && count_entries_userns == COUNT_MAX_USERNS)) {
		NL_SET_ERR_MSG(extack,
			       "too many keys have sent since the module was loaded");
		return ERR_PTR(-ENOSPC);
	}

	count = kzalloc(sizeof(*count), GFP_KERNEL_ACCOUNT);
	if (!count)
		return ERR_PTR(-ENOMEM);
	memcpy(count->key.fingerprint, pgk->fingerprint,
	       sizeof(count->key.fingerprint));
	count->key.member = pgk->pdev->member;
	INIT_LIST_HEAD(&count->holders);
	xa_init_flags(&count->issued, XA_FLAGS_LOCK_BH);

	err = rhashtable_insert_fast(&count_table, &count->node, count_params);
	if (err) {
		kfree(count);
		return ERR_PTR(err);
	}
	count_entries++;
	if (!initial)
		count_entries_userns++;
	return count;
}

static bool holds_ids(struct prose_pgk *pgk)
{
	struct prose_tx *tx = &pgk->pdev->tx;
	bool holds;

	spin_lock_bh(&tx->lock);
	holds = pgk->ids.n || prose_tx_pgk(pgk->pdev) == pgk;
	spin_unlock_bh(&tx->lock);
	return holds;
}

/* Another device with the same key value, group and member, and IDs to use */
static bool count_busy(const struct prose_count *count,
		       const struct prose_pgk *pgk)
{
	struct prose_pgk *other;

	list_for_each_entry(other, &count->holders, count_node)
		if (other->pdev != pgk->pdev &&
		    other->pdev->group == pgk->pdev->group && holds_ids(other))
			return true;
	return false;
}

/**
 * prose_count_grant - grant PTK Identities to a key
 * @pgk: an attached key; under dev->lock
 * @first: first ID
 * @last: last ID
 * @extack: told why not
 *
 * Context: process. Return: 0; -ERANGE for no range of IDs; -ESTALE if @first
 * may have been used; -EBUSY if another device holds a range of the same value,
 * group and member; -EAGAIN during hibernation; -ENOTUNIQ if the machine was
 * forked and the suite would repeat key streams; -ENOSPC, -E2BIG if there is
 * no room.
 */
int prose_count_grant(struct prose_pgk *pgk, u32 first, u32 last,
		      struct netlink_ext_ack *extack)
{
	struct prose_tx *tx = &pgk->pdev->tx;
	struct prose_count *count;
	int err;

	if (first < PROSE_PTK_ID_FIRST || last > PROSE_PTK_ID_MAX ||
	    first > last) {
		NL_SET_ERR_MSG(extack, "not a range of PTK IDs (1 to 65535)");
		return -ERANGE;
	}

	mutex_lock(&count_lock);
	err = -EAGAIN;
	if (count_hibernating) {
		NL_SET_ERR_MSG(extack, "no grants during hibernation");
		goto out;
	}

	/* The copy has the same ledger; only a salt would keep them apart. */
	err = -ENOTUNIQ;
	if (count_forked && !pgk->suite->aead) {
		NL_SET_ERR_MSG(extack,
			       "the virtual machine was forked, a copy may send the same");
		goto out;
	}

	count = count_find(pgk);
	if (!count) {
		count = count_create(pgk, extack);
		err = PTR_ERR(count);
		if (IS_ERR(count))
			goto out;
	}

	err = -EBUSY;
	if (count_busy(count, pgk)) {
		NL_SET_ERR_MSG(extack,
			       "another device sends as this member with this key");
		goto out;
	}
	err = -ESTALE;
	if (first <= count->top) {
		NL_SET_ERR_MSG_FMT(extack, "first free PTK ID is %u",
				   count->top + 1);
		goto out;
	}

	spin_lock_bh(&tx->lock);
	err = ids_add(&pgk->ids, first, last);
	spin_unlock_bh(&tx->lock);
	if (err) {
		NL_SET_ERR_MSG(extack, "the key holds too many ranges");
		goto out;
	}

	if (!count->top)
		WRITE_ONCE(count->floor, first);
	WRITE_ONCE(count->top, last);
	if (list_empty(&pgk->count_node))
		list_add(&pgk->count_node, &count->holders);
	/* Pairs with the acquire of those who look without the lock. */
	smp_store_release(&pgk->count, count);
out:
	mutex_unlock(&count_lock);
	return err;
}

/**
 * prose_count_release - take back what a key has not taken
 * @pgk: a key that is not sent with any more; under dev->lock
 * @top: set to the highest ID granted to its value and member before, or 0
 *
 * The highest ID granted to the (key value, member) sinks to the last one that
 * was taken, as far as the IDs above it were this key's: what lies below was
 * granted to others, or given up by them, and stays used.
 *
 * Context: process.
 */
void prose_count_release(struct prose_pgk *pgk, u32 *top)
{
	struct prose_tx *tx = &pgk->pdev->tx;
	struct prose_count *count = pgk->count;
	struct prose_ids *ids = &pgk->ids;

	*top = 0;
	mutex_lock(&count_lock);
	if (!count)
		count = count_find(pgk);
	if (!count)
		goto out;
	*top = count->top;

	spin_lock_bh(&tx->lock);
	while (ids->n && ids->range[ids->n - 1].last == count->top)
		WRITE_ONCE(count->top, ids->range[--ids->n].first - 1);
	ids->n = 0;
	spin_unlock_bh(&tx->lock);

	if (!list_empty(&pgk->count_node))
		list_del_init(&pgk->count_node);
out:
	mutex_unlock(&count_lock);
}

/**
 * prose_count_drop - make what a key has not taken unusable for ever
 * @pgk: an attached key; under dev->lock
 *
 * For copies of the machine: the highest ID granted stays, since a copy may
 * have the same range.
 *
 * Context: process.
 */
void prose_count_drop(struct prose_pgk *pgk)
{
	struct prose_tx *tx = &pgk->pdev->tx;

	mutex_lock(&count_lock);
	spin_lock_bh(&tx->lock);
	pgk->ids.n = 0;
	spin_unlock_bh(&tx->lock);
	list_del_init(&pgk->count_node);
	mutex_unlock(&count_lock);
}

/**
 * prose_count_next_free - first ID that could be granted
 * @pgk: an attached key
 *
 * Context: process. Return: an ID, or PROSE_PTK_ID_END if none is left.
 */
u32 prose_count_next_free(const struct prose_pgk *pgk)
{
	struct prose_count *count;
	u32 next;

	mutex_lock(&count_lock);
	count = count_find(pgk);
	next = count ? count->top + 1 : PROSE_PTK_ID_FIRST;
	mutex_unlock(&count_lock);
	return next;
}

/**
 * prose_count_attach - know what was granted to a key's value before
 * @pgk: a key that is being attached
 *
 * Context: process.
 */
void prose_count_attach(struct prose_pgk *pgk)
{
	struct prose_count *count;

	mutex_lock(&count_lock);
	count = count_find(pgk);
	if (count) {
		/* Pairs with the acquire of those who look without the lock. */
		smp_store_release(&pgk->count, count);
	}
	mutex_unlock(&count_lock);
}

/**
 * prose_count_top - highest ID granted to a key's value and member
 * @pgk: an attached key
 *
 * Context: any. Return: an ID, or 0 if this key was never granted one.
 */
u32 prose_count_top(const struct prose_pgk *pgk)
{
	/* Pairs with the release in prose_count_grant(). */
	const struct prose_count *count = smp_load_acquire(&pgk->count);

	return count ? READ_ONCE(count->top) : 0;
}

/* The oldest are forgotten, and taken for ours. Under the lock of @issued. */
static void forget_issued(struct prose_count *count)
{
	unsigned long id = 0;
	struct issued *oldest;

	while (count->n_issued > ISSUED_MAX) {
		oldest = xa_find(&count->issued, &id, ULONG_MAX, XA_PRESENT);
		if (!oldest)
			break;
		__xa_erase(&count->issued, id);
		count->n_issued--;
		kfree_rcu(oldest, rcu);
	}
}

/**
 * prose_count_issue - remember what our frames of a PTK look like
 * @ptk: a PTK of our own, keyed, whose PTK Identity is taken next
 *
 * Only where a frame with our own identity can be known to be genuine. Not when
 * the PTK is made: another one, with another salt, may be made for the same
 * PTK Identity at the same time, and only the one that is taken is sent with.
 *
 * Context: dev->tx.lock. Return: 0 or -ENOMEM.
 */
int prose_count_issue(const struct prose_ptk *ptk)
{
	struct prose_count *count;
	struct issued *issued;
	int err;

	/* Pairs with the release in prose_count_grant(). */
	count = smp_load_acquire(&ptk->pgk->count);
	if (!ptk->pgk->suite->authenticated || WARN_ON_ONCE(!count))
		return 0;
	issued = kzalloc(sizeof(*issued), GFP_ATOMIC);
	if (!issued)
		return -ENOMEM;
	memcpy(issued->salt, ptk->salt, sizeof(issued->salt));
	xa_lock_bh(&count->issued);
	/* No ID is taken twice, so there is none yet. */
	err = xa_err(__xa_store(&count->issued, ptk->id, issued, GFP_ATOMIC));
	if (!err) {
		count->n_issued++;
		forget_issued(count);
	}
	xa_unlock_bh(&count->issued);
	if (err)
		kfree(issued);
	return err;
}

/**
 * prose_count_close - nothing is sent with a PTK any more
 * @ptk: a PTK of our own
 * @sn: first PDCP SN that was not sent with it
 *
 * Context: any. The first call counts.
 */
void prose_count_close(const struct prose_ptk *ptk, u32 sn)
{
	struct prose_count *count;
	struct issued *issued;

	/* Pairs with the release in prose_count_grant(). */
	count = smp_load_acquire(&ptk->pgk->count);
	if (!count)
		return;
	rcu_read_lock();
	issued = xa_load(&count->issued, ptk->id);
	if (issued)
		cmpxchg(&issued->end, 0, sn);
	rcu_read_unlock();
}

/* Did we send this? Unknown is taken for a yes: nothing stops for it. */
static bool is_ours(struct prose_count *count, const struct prose_pgk *pgk,
		    u16 id, u16 sn, const u8 *salt)
{
	const struct prose_ptk *ptk = rcu_dereference(pgk->pdev->tx.ptk);
	const struct issued *issued = xa_load(&count->issued, id);
	u32 end = issued ? READ_ONCE(issued->end) : 0;

	if (issued && salt && memcmp(salt, issued->salt, PROSE_SALT_LEN))
		return false;
	if (!end && ptk && ptk->pgk == pgk && ptk->id == id)
		end = atomic_read(&ptk->sn);
	return !end || (sn >= PROSE_SN_FIRST && sn < end);
}

/**
 * prose_count_own_src - what a frame with our own member identity is
 * @pgk: key of its PGK index, or NULL
 * @id: its PTK Identity
 * @sn: its PDCP SN
 * @salt: its salt, if the suite of the key has one, or NULL
 *
 * Context: softirq, RCU read lock.
 */
enum prose_own_src prose_count_own_src(const struct prose_pgk *pgk, u16 id,
				       u16 sn, const u8 *salt)
{
	struct prose_count *count;

	if (!pgk)
		return PROSE_OWN_OLD;
	/* Pairs with the release in prose_count_grant(). */
	count = smp_load_acquire(&pgk->count);
	if (!count || id < READ_ONCE(count->floor))
		return PROSE_OWN_OLD;
	if (id > READ_ONCE(count->top))
		return PROSE_OWN_FOREIGN;
	/*
	 * Whatever changes there meanwhile, it is above all that was taken; and
	 * what is there is seen, which pairs with the release in ids_add().
	 */
	if (smp_load_acquire(&pgk->ids.n) &&
	    id >= READ_ONCE(pgk->ids.range[0].first))
		return PROSE_OWN_FOREIGN;
	return is_ours(count, pgk, id, sn, salt) ? PROSE_OWN_REFLECTED :
						   PROSE_OWN_FOREIGN;
}

/*
 * An image of the memory, or a fork of the machine, must not hold a range that
 * could be used there and here.
 */
static int pm_event(struct notifier_block *nb, unsigned long event, void *data)
{
	switch (event) {
	case PM_HIBERNATION_PREPARE:
		mutex_lock(&count_lock);
		count_hibernating = true;
		mutex_unlock(&count_lock);
		prose_devices_drop_ranges();
		break;
	case PM_POST_HIBERNATION:
		mutex_lock(&count_lock);
		count_hibernating = false;
		mutex_unlock(&count_lock);
		break;
	}
	return NOTIFY_DONE;
}

/* What was granted before is no longer ours alone: frames of it may be either's */
static void forget_what_is_ours(void)
{
	struct rhashtable_iter iter;
	struct prose_count *count;

	rhashtable_walk_enter(&count_table, &iter);
	rhashtable_walk_start(&iter);
	while ((count = rhashtable_walk_next(&iter)))
		if (!IS_ERR(count))
			WRITE_ONCE(count->floor, count->top + 1);
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}

static int vmfork_event(struct notifier_block *nb, unsigned long event,
			void *data)
{
	mutex_lock(&count_lock);
	count_forked = true;
	forget_what_is_ours();
	mutex_unlock(&count_lock);
	prose_devices_drop_ranges();
	prose_devices_tell_fork();
	return NOTIFY_DONE;
}

static struct notifier_block pm_notifier = { .notifier_call = pm_event };
static struct notifier_block vmfork_notifier = {
	.notifier_call = vmfork_event,
};

/**
 * prose_count_init - make the table and watch for copies of the machine
 */
int prose_count_init(void)
{
	int err;

	err = rhashtable_init(&count_table, &count_params);
	if (err)
		return err;
	err = register_pm_notifier(&pm_notifier);
	if (err)
		goto err_table;
	err = register_random_vmfork_notifier(&vmfork_notifier);
	if (err)
		goto err_pm;
	return 0;

err_pm:
	unregister_pm_notifier(&pm_notifier);
err_table:
	rhashtable_destroy(&count_table);
	return err;
}

static void count_free(void *entry, void *arg)
{
	struct prose_count *count = entry;
	struct issued *issued;
	unsigned long id;

	xa_for_each(&count->issued, id, issued)
		kfree(issued);
	xa_destroy(&count->issued);
	kfree(count);
}

/**
 * prose_count_exit - forget everything; no device is left
 */
void prose_count_exit(void)
{
	unregister_random_vmfork_notifier(&vmfork_notifier);
	unregister_pm_notifier(&pm_notifier);
	rhashtable_free_and_destroy(&count_table, count_free, NULL);
}
