// SPDX-License-Identifier: GPL-2.0
/*
 * PGKs of a device: attach by serial number, validity, choice of the one to
 * send with, and the end, when everything that was derived is wiped.
 */

#include <crypto/hash.h>
#include <linux/netlink.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "binding.h"
#include "choice.h"
#include "count.h"
#include "derive.h"
#include "device.h"
#include "event.h"
#include "history.h"
#include "kdf.h"
#include "key.h"
#include "keytype.h"
#include "main.h"
#include "member.h"
#include "rollover.h"
#include "rules.h"
#include "rx.h"
#include "suite.h"
#include "traffic_key.h"

/* Ends that are further away need no other clock: a hundred years */
#define DEADLINE_MAX	(100LL * 365 * 24 * 3600)

/* Weight of the last second in the rate: 1/4 */
#define RATE_SHIFT	2

/* All attached keys, to find those of a keyring key */
static DEFINE_SPINLOCK(all_lock);
static LIST_HEAD(all_keys);

/*
 * The end on a clock that nobody can set: a key whose time was measured once
 * does not live longer because the clock is set back.
 */
static bool past_deadline(struct prose_pgk *pgk)
{
	s64 end = prose_key_end(pgk);
	s64 now, left;
	bool past;

	/* What never ended has no deadline. Pairs with the release below. */
	if (likely(end == smp_load_acquire(&pgk->end_seen)))
		return end != PROSE_FOREVER &&
		       ktime_to_ns(ktime_get_coarse_boottime()) >=
		       READ_ONCE(pgk->deadline);

	now = ktime_to_ns(ktime_get_coarse_boottime());
	spin_lock_bh(&pgk->end_lock);
	if (end != pgk->end_seen) {
		left = end - ktime_get_real_seconds();
		WRITE_ONCE(pgk->deadline, left >= DEADLINE_MAX ? PROSE_FOREVER :
			   end * NSEC_PER_SEC - ktime_get_real_ns() + now);
		/* Who sees it sees its deadline. */
		smp_store_release(&pgk->end_seen, end);
	}
	past = now >= pgk->deadline;
	spin_unlock_bh(&pgk->end_lock);
	return past;
}

/**
 * prose_key_check_slowly - prose_key_check() of a key that may be dead
 * @pgk: key
 *
 * Context: any. Return: 0, -EKEYEXPIRED or -EKEYREVOKED.
 */
int prose_key_check_slowly(struct prose_pgk *pgk)
{
	int err = READ_ONCE(pgk->dead);

	if (err)
		return err;

	err = key_validate(pgk->key);
	if (!err && (ktime_get_real_seconds() >= READ_ONCE(pgk->until) ||
		     past_deadline(pgk)))
		err = -EKEYEXPIRED;
	if (!err)
		return 0;

	if (err != -EKEYEXPIRED)
		err = -EKEYREVOKED;
	cmpxchg(&pgk->dead, 0, err);
	prose_key_kick(pgk->pdev);
	return pgk->dead;
}

/**
 * prose_key_find - an attached key by its PGK ID
 * @pdev: device; under dev->lock
 * @id: PGK ID
 *
 * Return: the key or NULL.
 */
struct prose_pgk *prose_key_find(struct prose_dev *pdev, u8 id)
{
	struct prose_pgk *pgk = prose_key_at(pdev, id % PROSE_PGK_INDEXES);

	return pgk && pgk->id == id ? pgk : NULL;
}

/* Nothing derived from the key is left after a grace period. Under dev->lock. */
static void wipe(struct prose_pgk *pgk)
{
	struct prose_dev *pdev = pgk->pdev;
	struct crypto_shash *pgk_hmac, *ptk_hmac;
	u8 *octets;

	if (pgk->wiped)
		return;

	spin_lock_bh(&pdev->rx.lock);
	WRITE_ONCE(pgk->wiped, true);
	prose_members_wipe(pgk);
	spin_unlock_bh(&pdev->rx.lock);
	prose_rx_wait_purge(pdev, pgk, PROSE_A_COUNTERS_RX_KEY_DEAD);
	prose_tx_forget(pdev, pgk, PROSE_A_COUNTERS_TX_NO_KEY);

	spin_lock_bh(&pgk->kdf_lock);
	pgk_hmac = pgk->pgk_hmac;
	ptk_hmac = pgk->ptk_hmac;
	octets = pgk->octets;
	pgk->pgk_hmac = NULL;
	pgk->ptk_hmac = NULL;
	pgk->octets = NULL;
	spin_unlock_bh(&pgk->kdf_lock);
	crypto_free_shash(pgk_hmac);
	crypto_free_shash(ptk_hmac);
	kfree_sensitive(octets);
}

/*
 * A key that died: wipe it, and its octets in the keyring as soon as nobody
 * can attach them any more.
 */
static void bury(struct prose_pgk *pgk)
{
	u32 top;

	if (!pgk->octets_wiped && key_validate(pgk->key)) {
		prose_keytype_wipe(pgk->key);
		pgk->octets_wiped = true;
	}
	if (pgk->wiped)
		return;
	wipe(pgk);
	prose_count_release(pgk, &top);
	prose_event_key_end(pgk, pgk->dead == -EKEYEXPIRED ?
			    PROSE_EVENT_TYPE_KEY_EXPIRED :
			    PROSE_EVENT_TYPE_KEY_REVOKED, top);
}

static void update_rate(struct prose_pgk *pgk)
{
	unsigned long elapsed = jiffies - pgk->rate_stamp;
	u64 packets;
	u32 rate;

	if (elapsed < HZ / 2)
		return;
	packets = prose_stat_read(pgk->counters, PROSE_A_COUNTERS_TX_PACKETS);
	rate = div64_ul((packets - pgk->rate_packets) * HZ, elapsed);
	pgk->rate = pgk->rate - (pgk->rate >> RATE_SHIFT) +
		    DIV_ROUND_UP(rate, 1 << RATE_SHIFT);
	if (!rate && pgk->rate < 1 << RATE_SHIFT)
		pgk->rate = 0;
	pgk->rate_packets = packets;
	pgk->rate_stamp = jiffies;
}

static void tend_key(struct prose_pgk *pgk)
{
	s64 end;

	if (prose_key_check(pgk)) {
		bury(pgk);
		return;
	}
	update_rate(pgk);

	end = prose_key_end(pgk);
	if (end != PROSE_FOREVER &&
	    ktime_get_real_seconds() >= end - READ_ONCE(pgk->pdev->notice)) {
		if (!pgk->expiring_told)
			prose_event_key(pgk, PROSE_EVENT_TYPE_KEY_EXPIRING);
		pgk->expiring_told = true;
	} else {
		pgk->expiring_told = false;
	}
}

/* Times are whole seconds, so they are met just after a second begins. */
static unsigned long until_next_second(void)
{
	u32 ns;

	div_u64_rem(ktime_get_real_ns(), NSEC_PER_SEC, &ns);
	return nsecs_to_jiffies(NSEC_PER_SEC - ns) + 1;
}

/* Without a PTK Identity to go on to, the present one goes on. */
static void take_next(struct prose_dev *pdev)
{
	struct prose_pgk *pgk;

	spin_lock_bh(&pdev->tx.lock);
	pgk = prose_tx_pgk(pdev);
	spin_unlock_bh(&pdev->tx.lock);
	if (pgk)
		prose_tx_next(pgk);
}

/* Look after all keys. Under dev->lock. */
static void tend_all(struct prose_dev *pdev)
{
	struct prose_pgk *pgk;
	bool any = false;
	unsigned int i;

	for (i = 0; i < PROSE_PGK_INDEXES; i++) {
		pgk = prose_key_at(pdev, i);
		if (!pgk)
			continue;
		tend_key(pgk);
		any = true;
	}
	prose_choose(pdev);
	if (prose_tx_aged(pdev))
		take_next(pdev);
	if (any && !pdev->dying)
		mod_delayed_work(prose_wq, &pdev->tend, until_next_second());
}

/**
 * prose_key_tend - look after the keys of a device
 * @work: pdev->tend
 *
 * At every second while a key is attached, and when something happened: wipes
 * what died, tells what will, chooses what to send with.
 */
void prose_key_tend(struct work_struct *work)
{
	struct prose_dev *pdev = container_of(to_delayed_work(work),
					      struct prose_dev, tend);

	mutex_lock(&pdev->lock);
	if (!pdev->dying)
		tend_all(pdev);
	mutex_unlock(&pdev->lock);
}

/**
 * prose_key_kick - look after the keys of a device soon
 * @pdev: device
 *
 * Context: any.
 */
void prose_key_kick(struct prose_dev *pdev)
{
	if (!READ_ONCE(pdev->dying))
		mod_delayed_work(prose_wq, &pdev->tend, 0);
}

/**
 * prose_key_options_changed - the options of a device changed
 * @pdev: device
 *
 * Context: process. A frame that is on its way may still go out.
 */
void prose_key_options_changed(struct prose_dev *pdev)
{
	mutex_lock(&pdev->lock);
	tend_all(pdev);
	mutex_unlock(&pdev->lock);
}

/**
 * prose_key_revoked - a keyring key was revoked
 * @key: any key of type prose
 *
 * Context: key->sem held.
 */
void prose_key_revoked(const struct key *key)
{
	struct prose_pgk *pgk;

	spin_lock_bh(&all_lock);
	list_for_each_entry(pgk, &all_keys, all)
		if (pgk->key == key)
			prose_key_kick(pgk->pdev);
	spin_unlock_bh(&all_lock);
}

/**
 * prose_key_drop_ranges - make all PTK Identities of a device unusable
 * @pdev: device
 *
 * Context: process.
 */
void prose_key_drop_ranges(struct prose_dev *pdev)
{
	struct prose_pgk *pgk;
	unsigned int i;

	mutex_lock(&pdev->lock);
	for (i = 0; i < PROSE_PGK_INDEXES; i++) {
		pgk = prose_key_at(pdev, i);
		if (!pgk || !(prose_key_has_ids(pgk) || prose_key_sends(pgk)))
			continue;
		prose_tx_forget(pdev, pgk, PROSE_A_COUNTERS_TX_NO_RANGE);
		prose_count_drop(pgk);
		prose_event_key(pgk, PROSE_EVENT_TYPE_RANGE_ENDED);
	}
	prose_choose(pdev);
	mutex_unlock(&pdev->lock);
}

/**
 * prose_key_tell_fork - tell that the machine was copied
 * @pdev: device
 *
 * Context: process.
 */
void prose_key_tell_fork(struct prose_dev *pdev)
{
	struct prose_pgk *pgk;
	unsigned int i;

	mutex_lock(&pdev->lock);
	for (i = 0; i < PROSE_PGK_INDEXES; i++) {
		pgk = prose_key_at(pdev, i);
		if (pgk && !READ_ONCE(pgk->dead))
			prose_event_key(pgk, PROSE_EVENT_TYPE_VM_FORK);
	}
	mutex_unlock(&pdev->lock);
}

/**
 * prose_key_conflict - another device has our member identity
 * @pgk: key of the frame that shows it, which verified
 *
 * Nothing is sent until the operator answers: two senders with one identity
 * would sooner or later use a key stream twice.
 *
 * Context: softirqs off. Return: true if it was not known.
 */
bool prose_key_conflict(struct prose_pgk *pgk)
{
	struct prose_dev *pdev = pgk->pdev;
	bool fresh;

	if (READ_ONCE(pdev->conflict))
		return false;
	/*
	 * A driver may complete a request while the device goes. Nothing is
	 * queued after its keys were wiped, so that it can end what was.
	 */
	spin_lock_bh(&pdev->rx.lock);
	fresh = !pdev->conflict && !pgk->wiped;
	if (fresh) {
		WRITE_ONCE(pdev->conflict, true);
		prose_key_kick(pdev);
	}
	spin_unlock_bh(&pdev->rx.lock);
	return fresh;
}

/**
 * prose_key_conflict_answer - the operator has seen to the conflict
 * @pdev: device; under dev->lock
 *
 * Context: process.
 */
void prose_key_conflict_answer(struct prose_dev *pdev)
{
	WRITE_ONCE(pdev->conflict, false);
	prose_choose(pdev);
}

/**
 * prose_key_grant - grant PTK Identities to a key
 * @pgk: key; under dev->lock
 * @first: first ID
 * @last: last ID
 * @extack: told why not
 *
 * Context: process. Return: 0, -EKEYEXPIRED or -EKEYREVOKED, -EPERM on a
 * listen-only device, or an error of prose_count_grant().
 */
int prose_key_grant(struct prose_pgk *pgk, u32 first, u32 last,
		    struct netlink_ext_ack *extack)
{
	int err = prose_key_check(pgk);

	if (err) {
		NL_SET_ERR_MSG(extack, "the key is dead");
		return err;
	}
	if (!pgk->pdev->tx_on) {
		NL_SET_ERR_MSG(extack, "the device is listen-only (tx off)");
		return -EPERM;
	}
	err = prose_count_grant(pgk, first, last, extack);
	if (!err)
		prose_choose(pgk->pdev);
	return err;
}

static int check_times(const bool standby, s64 from, s64 until,
		       struct netlink_ext_ack *extack)
{
	if (from < 0 || until <= 0) {
		NL_SET_ERR_MSG(extack, "times are seconds since 1970");
		return -EINVAL;
	}
	if (until <= ktime_get_real_seconds()) {
		NL_SET_ERR_MSG(extack, "until is in the past");
		return -EKEYEXPIRED;
	}
	if (!standby && from >= until) {
		NL_SET_ERR_MSG(extack, "from is not before until");
		return -EINVAL;
	}
	return 0;
}

/* The operator has this key used from now on. Under dev->lock. */
static void note_said(struct prose_pgk *pgk)
{
	pgk->said = ++pgk->pdev->said;
}

/**
 * prose_key_set - change the times of a key
 * @pgk: key; under dev->lock
 * @standby: new value, or NULL to keep it
 * @from: new activation time, or NULL
 * @until: new end, or NULL
 * @extack: told why not
 *
 * Context: process. Return: 0, -EINVAL, -EKEYEXPIRED, -EKEYREVOKED, -EDOM.
 */
int prose_key_set(struct prose_pgk *pgk, const bool *standby, const s64 *from,
		  const s64 *until, struct netlink_ext_ack *extack)
{
	bool new_standby = standby ? *standby : pgk->standby;
	s64 new_from = from ? *from : pgk->from;
	s64 new_until = until ? *until : pgk->until;
	int err = prose_key_check(pgk);

	if (err) {
		NL_SET_ERR_MSG(extack, "the key is dead");
		return err;
	}
	err = check_times(new_standby, new_from, new_until, extack);
	if (!err)
		err = prose_rules_check_age(pgk,
					    min(new_until, prose_key_expiry(pgk)),
					    READ_ONCE(pgk->pdev->ptk_age),
					    READ_ONCE(pgk->pdev->ptk_packets),
					    extack);
	if (err)
		return err;

	pgk->standby = new_standby;
	pgk->from = new_from;
	if (from) {
		pgk->said = 0;
		if (new_from <= ktime_get_real_seconds())
			note_said(pgk);
	}
	WRITE_ONCE(pgk->until, new_until);
	tend_all(pgk->pdev);
	return 0;
}

static void pgk_free(struct prose_pgk *pgk)
{
	crypto_free_shash(pgk->pgk_hmac);
	crypto_free_shash(pgk->ptk_hmac);
	kfree_sensitive(pgk->octets);
	prose_kdf_put(pgk->kdf);
	put_user_ns(pgk->user_ns);
	prose_members_exit(pgk);
	free_percpu(pgk->counters);
	key_put(pgk->key);
	kfree_sensitive(pgk);
}

static void pgk_free_work(struct work_struct *work)
{
	struct prose_pgk *pgk = container_of(to_rcu_work(work),
					     struct prose_pgk, free);
	struct net_device *dev = pgk->pdev->dev;
	netdevice_tracker tracker = pgk->tracker;

	pgk_free(pgk);
	netdev_put(dev, &tracker);
}

/**
 * prose_pgk_put - drop a reference
 * @pgk: key
 *
 * Context: any.
 */
void prose_pgk_put(struct prose_pgk *pgk)
{
	if (!refcount_dec_and_test(&pgk->ref))
		return;
	INIT_RCU_WORK(&pgk->free, pgk_free_work);
	queue_rcu_work(prose_wq, &pgk->free);
}

/*
 * Called with the octets: they go into the HMAC handle, and nowhere else unless
 * the KDF works on them itself.
 */
static int take_octets(void *data, const u8 *octets)
{
	struct prose_pgk *pgk = data;

	if (pgk->kdf->flags & PROSE_KDF_NEEDS_PGK) {
		pgk->octets = kmemdup(octets, PROSE_PGK_LEN, GFP_KERNEL);
		if (!pgk->octets)
			return -ENOMEM;
	}
	return crypto_shash_setkey(pgk->pgk_hmac, octets, PROSE_PGK_LEN);
}

/* May this suite go with this KDF, on this device? */
static int check_suite(const struct prose_dev *pdev,
		       const struct prose_key_params *params,
		       struct netlink_ext_ack *extack)
{
	int err;

	if (!pdev->protect) {
		NL_SET_ERR_MSG(extack,
			       "the device is unprotected (protect off), it takes no keys");
		return -EOPNOTSUPP;
	}
	/* One PIK for all senders, and none of its inputs tells them apart. */
	if (!(params->kdf->flags & PROSE_KDF_PER_SENDER) &&
	    params->suite->mac) {
		NL_SET_ERR_MSG_FMT(extack,
				   "no integrity algorithm with kdf %s, which is not per sender",
				   params->kdf->name);
		return -EINVAL;
	}
	err = prose_ptk_try(params->suite);
	if (err)
		NL_SET_ERR_MSG(extack,
			       "this kernel does not have the suite's algorithms");
	return err;
}

/*
 * Where the PGK is not in the octets of the caller's key, any user could have
 * the KDF work for him, in a namespace of his own.
 */
static int check_user(const struct prose_key_params *params,
		      struct netlink_ext_ack *extack)
{
	const struct prose_kdf *kdf = params->kdf;

	if (params->host || !prose_kdf_sleeps(kdf) ||
	    kdf->flags & PROSE_KDF_ANY_USER)
		return 0;
	NL_SET_ERR_MSG_FMT(extack,
			   "kdf %s is for keys that root of the initial user namespace attaches",
			   kdf->name);
	return -EPERM;
}

static struct prose_pgk *pgk_create(struct prose_dev *pdev,
				    const struct prose_key_params *params,
				    struct netlink_ext_ack *extack)
{
	struct prose_pgk *pgk;
	int err;

	pgk = kzalloc(sizeof(*pgk), GFP_KERNEL_ACCOUNT);
	if (!pgk)
		return ERR_PTR(-ENOMEM);
	refcount_set(&pgk->ref, 1);
	spin_lock_init(&pgk->end_lock);
	spin_lock_init(&pgk->kdf_lock);
	INIT_LIST_HEAD(&pgk->count_node);
	INIT_LIST_HEAD(&pgk->all);
	pgk->pdev = pdev;
	pgk->suite = params->suite;
	pgk->kdf = params->kdf;
	pgk->key = params->key;
	pgk->uid = params->uid;
	pgk->user_ns = params->user_ns;
	pgk->id = params->id;
	pgk->standby = params->standby;
	pgk->from = params->from;
	pgk->until = params->until;
	pgk->end_seen = PROSE_FOREVER;
	pgk->deadline = PROSE_FOREVER;
	pgk->rate_stamp = jiffies;
	err = prose_members_init(pgk);
	if (err) {
		kfree(pgk);
		return ERR_PTR(err);
	}
	prose_kdf_hold(pgk->kdf);
	key_get(pgk->key);
	get_user_ns(pgk->user_ns);

	err = -ENOMEM;
	pgk->counters = alloc_percpu_gfp(struct prose_counters,
					 GFP_KERNEL_ACCOUNT);
	if (!pgk->counters)
		goto err_free;
	pgk->pgk_hmac = crypto_alloc_shash(PROSE_HMAC_SHA256, 0, 0);
	err = PTR_ERR_OR_ZERO(pgk->pgk_hmac);
	if (err) {
		pgk->pgk_hmac = NULL;
		goto err_hmac;
	}
	pgk->ptk_hmac = crypto_alloc_shash(PROSE_HMAC_SHA256, 0, 0);
	err = PTR_ERR_OR_ZERO(pgk->ptk_hmac);
	if (err) {
		pgk->ptk_hmac = NULL;
		goto err_hmac;
	}

	err = prose_keytype_use(pgk->key, take_octets, pgk);
	if (params->fingerprint)
		memcpy(pgk->fingerprint, params->fingerprint,
		       sizeof(pgk->fingerprint));
	else if (!err)
		err = prose_fingerprint(pgk->pgk_hmac, pgk->fingerprint);
	if (err) {
		NL_SET_ERR_MSG(extack, "the key was wiped, or HMAC failed");
		goto err_free;
	}
	return pgk;

err_hmac:
	NL_SET_ERR_MSG(extack, "this kernel does not have " PROSE_HMAC_SHA256);
err_free:
	pgk_free(pgk);
	return ERR_PTR(err);
}

static int check_slot(struct prose_dev *pdev, const struct prose_pgk *pgk,
		      struct netlink_ext_ack *extack)
{
	struct prose_pgk *other = prose_key_at(pdev, pgk->id % PROSE_PGK_INDEXES);
	u32 top;

	if (pdev->dying) {
		NL_SET_ERR_MSG(extack, "the device is being deleted");
		return -ENODEV;
	}
	if (!other)
		return 0;
	if (prose_key_check(other)) {
		prose_key_detach(other, &top);
		return 0;
	}
	if (other->id == pgk->id) {
		NL_SET_ERR_MSG(extack, "a key with this PGK ID is attached");
		return -EEXIST;
	}
	/* Only 5 bits are sent, and nothing else could tell the two apart. */
	NL_SET_ERR_MSG_FMT(extack,
			   "PGK ID %u is attached and has the same 5 low bits",
			   other->id);
	return -EADDRINUSE;
}

/**
 * prose_key_vet - may such a key be attached, and is it there?
 * @pdev: device; a reference is held by the caller
 * @params: what to attach, and how; @params->key is set to the keyring key, with
 *	a reference for the caller
 * @extack: told why not
 *
 * Context: process, in the caller's credentials; without dev->lock or RTNL.
 * Return: 0; -EINVAL for times, or a suite and KDF, that make no sense;
 * -EOPNOTSUPP on an unprotected device; -EPERM if the KDF is not for this user;
 * or an error of prose_keytype_get() or the crypto API.
 */
int prose_key_vet(struct prose_dev *pdev, struct prose_key_params *params,
		  struct netlink_ext_ack *extack)
{
	int err = check_times(params->standby, params->from, params->until,
			      extack);

	if (!err)
		err = check_suite(pdev, params, extack);
	if (!err)
		err = check_user(params, extack);
	if (err)
		return err;
	params->key = prose_keytype_get(params->serial, pdev->group, params->id,
					extack);
	return PTR_ERR_OR_ZERO(params->key);
}

/**
 * prose_key_attach - attach a key to a device, for receiving
 * @pdev: device; a reference is held by the caller
 * @params: what to attach, and how, as prose_key_vet() let it pass
 * @extack: told why not
 *
 * Context: process; without dev->lock or RTNL. Return: 0; -EPROTO if the device
 * requires more; -EDOM if the PTK Identities would end first; -EEXIST or
 * -EADDRINUSE if the place is taken; -EKEYREJECTED if the value is bound to
 * another use; -EKEYREVOKED if it was wiped meanwhile; -ENODEV if the device
 * goes; or an error of the crypto API.
 */
int prose_key_attach(struct prose_dev *pdev,
		     const struct prose_key_params *params,
		     struct netlink_ext_ack *extack)
{
	struct prose_pgk *pgk;
	int err;

	pgk = pgk_create(pdev, params, extack);
	if (IS_ERR(pgk))
		return PTR_ERR(pgk);

	mutex_lock(&pdev->lock);
	err = prose_rules_check_require(pgk->suite, pdev->require, extack);
	if (!err)
		err = prose_rules_check_age(pgk, prose_key_end(pgk),
					    READ_ONCE(pdev->ptk_age),
					    READ_ONCE(pdev->ptk_packets),
					    extack);
	if (!err)
		err = check_slot(pdev, pgk, extack);
	if (!err)
		err = prose_history_attach(pgk);
	if (!err) {
		/* The last thing that can fail: nothing takes it back. */
		err = prose_binding_take(pgk, extack);
		if (err)
			prose_history_detach(pgk);
	}
	if (err) {
		mutex_unlock(&pdev->lock);
		pgk_free(pgk);
		return err;
	}
	netdev_hold(pdev->dev, &pgk->tracker, GFP_KERNEL);
	if (params->now)
		note_said(pgk);
	spin_lock_bh(&all_lock);
	list_add(&pgk->all, &all_keys);
	spin_unlock_bh(&all_lock);
	prose_count_attach(pgk);
	rcu_assign_pointer(pdev->pgks[pgk->id % PROSE_PGK_INDEXES], pgk);
	prose_event_key(pgk, PROSE_EVENT_TYPE_KEY_ATTACHED);
	tend_all(pdev);
	mutex_unlock(&pdev->lock);
	return 0;
}

/**
 * prose_key_detach - take a key off its device, and wipe
 * @pgk: key; under dev->lock
 * @top: set to the highest PTK Identity granted to its value and member
 *	before what it had not taken was taken back, or 0
 *
 * Context: process.
 */
void prose_key_detach(struct prose_pgk *pgk, u32 *top)
{
	struct prose_dev *pdev = pgk->pdev;

	RCU_INIT_POINTER(pdev->pgks[pgk->id % PROSE_PGK_INDEXES], NULL);
	spin_lock_bh(&all_lock);
	list_del(&pgk->all);
	spin_unlock_bh(&all_lock);

	wipe(pgk);
	prose_count_release(pgk, top);
	prose_event_key_end(pgk, PROSE_EVENT_TYPE_KEY_DETACHED, *top);
	prose_choose(pdev);
	prose_pgk_put(pgk);
}

/**
 * prose_key_detach_all - take all keys off a device that is deleted
 * @pdev: device; under dev->lock
 *
 * Context: process.
 */
void prose_key_detach_all(struct prose_dev *pdev)
{
	struct prose_pgk *pgk;
	unsigned int i;
	u32 top;

	for (i = 0; i < PROSE_PGK_INDEXES; i++) {
		pgk = prose_key_at(pdev, i);
		if (pgk)
			prose_key_detach(pgk, &top);
	}
}
