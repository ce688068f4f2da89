// SPDX-License-Identifier: GPL-2.0
/*
 * The change from one PTK to the next: PTKs made ahead, the end of the SNs of
 * one, and the key that a device sends with. Nothing is lost on the way, and no
 * frame of the new one goes out before those of the old one.
 */

#include <linux/rcupdate.h>
#include <linux/skbuff.h>

#include "count.h"
#include "derive.h"
#include "device.h"
#include "event.h"
#include "kdfcall.h"
#include "key.h"
#include "main.h"
#include "rollover.h"
#include "suite.h"
#include "traffic_key.h"
#include "tx.h"

static struct prose_ptk *ptk_locked(struct prose_tx *tx)
{
	return rcu_dereference_protected(tx->ptk, lockdep_is_held(&tx->lock));
}

/**
 * prose_tx_pgk - the key that a device sends with
 * @pdev: device; under dev->tx.lock
 */
struct prose_pgk *prose_tx_pgk(struct prose_dev *pdev)
{
	struct prose_ptk *ptk = ptk_locked(&pdev->tx);

	return ptk ? ptk->pgk : NULL;
}

/*
 * The frames of the PTK before must be out before those of the new one: while
 * a driver still has some, new frames wait. In that time nothing is sent, so
 * at most one PTK is draining. Who still has the old one at hand finds it ended.
 */
static void install(struct prose_tx *tx, struct prose_ptk *ptk, u8 closed,
		    struct prose_pgk *blocked)
{
	struct prose_ptk *old = ptk_locked(tx);

	if (ptk)
		ptk->born = jiffies;
	rcu_assign_pointer(tx->blocked, blocked);
	WRITE_ONCE(tx->closed, closed);
	rcu_assign_pointer(tx->ptk, ptk);
	if (!old)
		return;
	prose_count_close(old, prose_ptk_end(old));
	if (prose_ptk_idle(old) || tx->draining) {
		prose_ptk_retire(old);
	} else {
		WRITE_ONCE(tx->draining, old);
		WRITE_ONCE(tx->holding, true);
	}
}

/* A PTK for the next ID, keyed ahead of time or here. */
static struct prose_ptk *ready_ptk(struct prose_tx *tx, struct prose_pgk *pgk,
				   u32 id)
{
	struct prose_ptk *ptk = tx->next;

	if (ptk && ptk->pgk == pgk && ptk->id == id) {
		if (prose_count_issue(ptk))
			return NULL;
		tx->next = NULL;
		return ptk;
	}
	ptk = tx->spare;
	if (!ptk || ptk->pgk != pgk ||
	    prose_ptk_key(ptk, pgk->pdev->member, id, NULL) ||
	    prose_count_issue(ptk))
		return NULL;
	tx->spare = NULL;
	return ptk;
}

/**
 * prose_rollover - go on to the next PTK Identity of the same key
 * @pdev: device
 * @old: PTK whose SNs are spent
 * @held: the frame that needs another one waits already
 *
 * TS 36.323 5.1.3: no SN twice with a key.
 *
 * Context: softirqs off or process, RCU read lock. Return: 0 if there is
 * another PTK than @old now; -EAGAIN if frames must wait until there is one, or
 * none for good.
 */
int prose_rollover(struct prose_dev *pdev, struct prose_ptk *old, bool held)
{
	struct prose_tx *tx = &pdev->tx;
	struct prose_pgk *pgk = old->pgk;
	struct prose_ptk *ptk = NULL;
	bool low = false;
	int err = 0;
	u32 id;

	spin_lock_bh(&tx->lock);
	if (ptk_locked(tx) != old) {
		spin_unlock_bh(&tx->lock);
		return 0;
	}
	id = prose_ids_peek(&pgk->ids);
	if (!id) {
		/* Until it is known whether another key takes over */
		install(tx, NULL, 0, pgk);
		WRITE_ONCE(tx->holding, true);
		err = -EAGAIN;
	} else {
		ptk = ready_ptk(tx, pgk, id);
		if (ptk) {
			prose_ids_take(&pgk->ids);
			low = prose_ids_low(&pgk->ids);
			install(tx, ptk, 0, NULL);
		} else {
			WRITE_ONCE(tx->holding, true);
			err = -EAGAIN;
		}
	}
	spin_unlock_bh(&tx->lock);

	if (!id) {
		prose_event_key(pgk, PROSE_EVENT_TYPE_RANGE_ENDED);
		prose_key_kick(pdev);
	} else if (ptk) {
		prose_event_key(pgk, PROSE_EVENT_TYPE_PTK_TAKEN);
		if (low)
			prose_event_key(pgk, PROSE_EVENT_TYPE_RANGE_LOW);
	}
	/*
	 * Who sends held frames looks for the next PTK himself, and in time;
	 * the choice of another key ends with a look at them.
	 */
	if (!err || (id && !held))
		prose_tx_refill(pdev);
	return err;
}

/* A PTK for an ID, which may never be taken, or with another PTK. */
static struct prose_ptk *make_ptk(struct prose_pgk *pgk, u32 id,
				  const struct prose_kdf_call *call)
{
	struct prose_ptk *ptk = prose_ptk_alloc(pgk);
	int err;

	if (IS_ERR(ptk))
		return ptk;
	err = prose_ptk_key(ptk, pgk->pdev->member, id, call);
	if (!err)
		return ptk;
	prose_ptk_retire(ptk);
	return ERR_PTR(err);
}

static void answered(void *data)
{
	prose_tx_refill(data);
}

/*
 * Ask a KDF that sleeps for the PTK of an ID. Return: the call once it is done,
 * to be dropped by the caller; ERR_PTR(-EINPROGRESS) until then; or why it
 * cannot be asked.
 */
static struct prose_kdf_call *ask(struct prose_tx *tx, struct prose_pgk *pgk,
				  u32 id)
{
	struct prose_kdf_call *call = ERR_PTR(-EINPROGRESS), *stale = NULL;
	struct prose_dev *pdev = pgk->pdev;
	int err = 0;

	spin_lock_bh(&tx->lock);
	if (tx->call_pgk != pgk || tx->call_id != id)
		swap(tx->call, stale);
	if (!tx->call) {
		/* A key is marked before prose_tx_forget() comes for this. */
		err = prose_derive_ask(pgk, pdev->member, id, answered,
				       &tx->call);
		tx->call_pgk = pgk;
		tx->call_id = id;
		if (err)
			call = ERR_PTR(err);
	} else if (prose_kdf_call_done(tx->call)) {
		call = tx->call;
		tx->call = NULL;
	}
	spin_unlock_bh(&tx->lock);
	prose_kdf_call_drop(stale);
	return call;
}

/* Make a PTK for the ID that comes next, unless there is one. */
static int make_next(struct prose_tx *tx, struct prose_pgk *pgk)
{
	struct prose_kdf_call *call = NULL;
	struct prose_ptk *ptk, *stale;
	u32 id;

	spin_lock_bh(&tx->lock);
	id = prose_ids_peek(&pgk->ids);
	if (tx->next && tx->next->pgk == pgk && tx->next->id == id)
		id = 0;
	spin_unlock_bh(&tx->lock);
	if (!id)
		return 0;

	if (prose_kdf_sleeps(pgk->kdf)) {
		call = ask(tx, pgk, id);
		if (IS_ERR(call))
			return PTR_ERR(call);
	}
	ptk = make_ptk(pgk, id, call);
	prose_kdf_call_drop(call);
	if (IS_ERR(ptk))
		return PTR_ERR(ptk);

	/* A key is marked before prose_tx_forget() comes for what is here. */
	spin_lock_bh(&tx->lock);
	stale = ptk;
	if (!READ_ONCE(pgk->wiped))
		swap(tx->next, stale);
	spin_unlock_bh(&tx->lock);
	prose_ptk_retire(stale);
	return 0;
}

static void make_spare(struct prose_tx *tx, struct prose_pgk *pgk)
{
	struct prose_ptk *ptk, *stale;
	bool there;

	spin_lock_bh(&tx->lock);
	there = tx->spare && tx->spare->pgk == pgk;
	spin_unlock_bh(&tx->lock);
	/*
	 * It is there to be keyed where nothing can sleep. The generic gcm does
	 * when it is given its key, so an AEAD suite has none.
	 */
	if (there || prose_kdf_sleeps(pgk->kdf) || pgk->suite->aead)
		return;

	ptk = prose_ptk_alloc(pgk);
	if (IS_ERR(ptk))
		return;

	spin_lock_bh(&tx->lock);
	stale = ptk;
	if (!READ_ONCE(pgk->wiped))
		swap(tx->spare, stale);
	spin_unlock_bh(&tx->lock);
	prose_ptk_retire(stale);
}

/* Make ready the key that is to be sent with. */
static void make_wanted(struct prose_dev *pdev, struct prose_pgk *pgk)
{
	struct prose_tx *tx = &pdev->tx;
	int err = make_next(tx, pgk);
	bool wanted;

	if (err == -EINPROGRESS)
		return;
	spin_lock_bh(&tx->lock);
	wanted = tx->wanted == pgk;
	if (wanted)
		tx->wanted_err = err;
	spin_unlock_bh(&tx->lock);
	if (wanted)
		prose_key_kick(pdev);
}

/**
 * prose_rollover_work - make PTKs ahead, and send what waits
 * @work: pdev->tx.refill
 */
void prose_rollover_work(struct work_struct *work)
{
	struct prose_dev *pdev = container_of(to_delayed_work(work),
					      struct prose_dev, tx.refill);
	struct prose_tx *tx = &pdev->tx;
	struct prose_pgk *pgk, *wanted;
	struct prose_ptk *drained = NULL;

	spin_lock_bh(&tx->lock);
	/* Pairs with the atomic decrement before prose_tx_ptk_idle(). */
	smp_mb();
	if (tx->draining && prose_ptk_idle(tx->draining)) {
		drained = tx->draining;
		WRITE_ONCE(tx->draining, NULL);
	}
	pgk = prose_tx_pgk(pdev);
	if (pgk)
		prose_pgk_hold(pgk);
	wanted = tx->wanted_err ? NULL : tx->wanted;
	if (wanted)
		prose_pgk_hold(wanted);
	spin_unlock_bh(&tx->lock);
	prose_ptk_retire(drained);

	if (wanted) {
		make_wanted(pdev, wanted);
		prose_pgk_put(wanted);
	} else if (pgk) {
		make_next(tx, pgk);
	}
	if (pgk) {
		make_spare(tx, pgk);
		prose_pgk_put(pgk);
	}
	if (READ_ONCE(tx->holding))
		prose_tx_flush(pdev);
	else
		tx->retry = 0;
}

/**
 * prose_tx_refill - make PTKs ahead, and send what waits, soon
 * @pdev: device
 *
 * Context: any.
 */
void prose_tx_refill(struct prose_dev *pdev)
{
	mod_delayed_work(prose_wq, &pdev->tx.refill, 0);
}

/**
 * prose_tx_ptk_idle - the last asynchronous request of a PTK is done
 * @ptk: the PTK, of whatever direction
 *
 * Context: any, RCU read lock held.
 */
void prose_tx_ptk_idle(struct prose_ptk *ptk)
{
	struct prose_tx *tx = &ptk->pgk->pdev->tx;

	if (READ_ONCE(tx->draining) != ptk)
		return;
	/* Under the lock, so that it is not after prose_tx_exit(). */
	spin_lock_bh(&tx->lock);
	if (tx->draining == ptk)
		prose_tx_refill(ptk->pgk->pdev);
	spin_unlock_bh(&tx->lock);
}

/* The PTK that a key is opened with: made ahead, now, or soon. */
static struct prose_ptk *first_ptk(struct prose_tx *tx, struct prose_pgk *pgk,
				   u32 id)
{
	struct prose_ptk *ptk = NULL;
	int err = 0;

	spin_lock_bh(&tx->lock);
	if (tx->next && tx->next->pgk == pgk && tx->next->id == id)
		swap(tx->next, ptk);
	if (!ptk && prose_kdf_sleeps(pgk->kdf))
		err = tx->wanted == pgk && tx->wanted_err ? tx->wanted_err :
							    -EINPROGRESS;
	/* After an error not again before the next second */
	tx->wanted = err == -EINPROGRESS ? pgk : NULL;
	tx->wanted_err = 0;
	spin_unlock_bh(&tx->lock);

	if (err)
		return ERR_PTR(err);
	return ptk ?: make_ptk(pgk, id, NULL);
}

/**
 * prose_tx_unwant - the key that is sent with stays, or none is
 * @pdev: device; under dev->lock
 *
 * Context: process.
 */
void prose_tx_unwant(struct prose_dev *pdev)
{
	struct prose_tx *tx = &pdev->tx;

	spin_lock_bh(&tx->lock);
	tx->wanted = NULL;
	tx->wanted_err = 0;
	spin_unlock_bh(&tx->lock);
}

/**
 * prose_tx_open - send with a key from now on
 * @pdev: device; under dev->lock
 * @pgk: one of its keys, and not the one that it sends with
 *
 * Context: process. Return: 0; -ENOENT if the key has no PTK Identity;
 * -EINPROGRESS if its KDF takes a while, and dev->tend is called at its end; or
 * why there is no PTK.
 */
int prose_tx_open(struct prose_dev *pdev, struct prose_pgk *pgk)
{
	struct prose_tx *tx = &pdev->tx;
	struct prose_ptk *ptk;
	bool low;
	u32 id;
	int err;

	/* Nobody else takes IDs of a key that is not sent with. */
	spin_lock_bh(&tx->lock);
	id = prose_ids_peek(&pgk->ids);
	spin_unlock_bh(&tx->lock);
	if (!id)
		return -ENOENT;
	ptk = first_ptk(tx, pgk, id);
	if (IS_ERR(ptk))
		return PTR_ERR(ptk);

	spin_lock_bh(&tx->lock);
	err = prose_count_issue(ptk);
	if (err) {
		spin_unlock_bh(&tx->lock);
		prose_ptk_retire(ptk);
		return err;
	}
	prose_ids_take(&pgk->ids);
	low = prose_ids_low(&pgk->ids);
	install(tx, ptk, 0, NULL);
	spin_unlock_bh(&tx->lock);

	prose_event_key(pgk, PROSE_EVENT_TYPE_KEY_ACTIVATED);
	prose_event_key(pgk, PROSE_EVENT_TYPE_PTK_TAKEN);
	if (low)
		prose_event_key(pgk, PROSE_EVENT_TYPE_RANGE_LOW);
	return 0;
}

/**
 * prose_tx_next - go on to the next PTK Identity of a key
 * @pgk: key; under dev->lock
 *
 * The SNs that are left are spent, so the next frame takes the way that it
 * takes at the end of the SNs: nothing is lost or overtaken.
 *
 * Context: process. Return: 0; -EAGAIN if the key is not the one that is sent
 * with; -ERANGE if it holds no PTK Identity to go on to.
 */
int prose_tx_next(struct prose_pgk *pgk)
{
	struct prose_dev *pdev = pgk->pdev;
	struct prose_tx *tx = &pdev->tx;
	struct prose_ptk *ptk;
	int err = 0;

	rcu_read_lock();
	spin_lock_bh(&tx->lock);
	ptk = ptk_locked(tx);
	if (!ptk || ptk->pgk != pgk)
		err = -EAGAIN;
	else if (!prose_ids_peek(&pgk->ids))
		err = -ERANGE;
	else
		prose_count_close(ptk, prose_ptk_end(ptk));
	spin_unlock_bh(&tx->lock);
	if (!err)
		prose_rollover(pdev, ptk, false);
	rcu_read_unlock();
	return err;
}

/**
 * prose_tx_aged - is the present PTK older than the device wants?
 * @pdev: device
 *
 * Context: any.
 */
bool prose_tx_aged(struct prose_dev *pdev)
{
	unsigned long age = READ_ONCE(pdev->ptk_age);
	const struct prose_ptk *ptk;
	bool aged = false;

	if (!age)
		return false;
	rcu_read_lock();
	ptk = rcu_dereference(pdev->tx.ptk);
	if (ptk)
		aged = time_after_eq(jiffies, READ_ONCE(ptk->born) + age * HZ);
	rcu_read_unlock();
	return aged;
}

/**
 * prose_tx_close - stop sending
 * @pdev: device; under dev->lock
 * @reason: counter of the frames that are dropped from now on
 * @blocked: a key of the device that they are counted for too, or NULL
 *
 * Context: process.
 */
void prose_tx_close(struct prose_dev *pdev, u8 reason,
		    struct prose_pgk *blocked)
{
	struct prose_tx *tx = &pdev->tx;

	spin_lock_bh(&tx->lock);
	install(tx, NULL, reason, blocked);
	spin_unlock_bh(&tx->lock);
}

/**
 * prose_tx_forget - nothing keyed from a key stays ready
 * @pdev: device; under dev->lock
 * @pgk: the key
 * @reason: counter of the frames that are dropped if it was sent with
 *
 * Context: process.
 */
void prose_tx_forget(struct prose_dev *pdev, const struct prose_pgk *pgk,
		     u8 reason)
{
	struct prose_tx *tx = &pdev->tx;
	struct prose_ptk *next = NULL, *spare = NULL;
	struct prose_kdf_call *call = NULL;

	spin_lock_bh(&tx->lock);
	if (prose_tx_pgk(pdev) == pgk)
		install(tx, NULL, reason, NULL);
	if (rcu_access_pointer(tx->blocked) == pgk)
		RCU_INIT_POINTER(tx->blocked, NULL);
	if (tx->next && tx->next->pgk == pgk)
		swap(tx->next, next);
	if (tx->spare && tx->spare->pgk == pgk)
		swap(tx->spare, spare);
	if (tx->wanted == pgk)
		tx->wanted = NULL;
	if (tx->call_pgk == pgk)
		swap(tx->call, call);
	spin_unlock_bh(&tx->lock);

	prose_ptk_retire(next);
	prose_ptk_retire(spare);
	prose_kdf_call_drop(call);
}
