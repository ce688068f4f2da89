// SPDX-License-Identifier: GPL-2.0
/* Which key of a device is sent with, and what the others are doing. */

#include "choice.h"
#include "count.h"
#include "device.h"
#include "key.h"
#include "rollover.h"

/**
 * prose_key_sends - is this the key that its device sends with?
 * @pgk: key
 *
 * Context: any.
 */
bool prose_key_sends(const struct prose_pgk *pgk)
{
	struct prose_dev *pdev = pgk->pdev;
	bool sends;

	spin_lock_bh(&pdev->tx.lock);
	sends = prose_tx_pgk(pdev) == pgk;
	spin_unlock_bh(&pdev->tx.lock);
	return sends;
}

/**
 * prose_key_has_ids - does a key hold PTK Identities to send with?
 * @pgk: key
 *
 * Context: any.
 */
bool prose_key_has_ids(const struct prose_pgk *pgk)
{
	bool has;

	spin_lock_bh(&pgk->pdev->tx.lock);
	has = pgk->ids.n;
	spin_unlock_bh(&pgk->pdev->tx.lock);
	return has;
}

/* Is it time to send with this key? Under dev->lock. */
static bool is_due(struct prose_pgk *pgk, s64 now)
{
	s64 end = prose_key_end(pgk);

	return !prose_key_check(pgk) && !pgk->standby && pgk->from <= now &&
	       (end == PROSE_FOREVER || now < end - pgk->pdev->margin);
}

/*
 * Can it be sent with, now or after a grant? A key that was sent with once is
 * not given up for an older one only because its range ran out: the older one
 * may have been replaced for good reason. Only with no PTK Identity left in
 * its whole space does another key take over.
 */
static bool is_sendable(struct prose_pgk *pgk)
{
	return prose_key_sends(pgk) || prose_key_has_ids(pgk) ||
	       (pgk->sent && prose_count_next_free(pgk) < PROSE_PTK_ID_END);
}

static bool ends_first(const struct prose_pgk *a, const struct prose_pgk *b)
{
	return prose_key_end(a) < prose_key_end(b);
}

static bool is_better(const struct prose_pgk *a, const struct prose_pgk *b)
{
	if (!b)
		return true;
	if (READ_ONCE(a->pdev->choice) == PROSE_CHOICE_EXPIRY &&
	    prose_key_end(a) != prose_key_end(b))
		return ends_first(a, b);
	if (a->from != b->from)
		return a->from > b->from;
	/* Activation is in whole seconds, and two commands fit into one. */
	if (a->said != b->said)
		return a->said > b->said;
	return ends_first(a, b);
}

/* Is a better one sent with? Under dev->lock. */
static bool is_replaced(const struct prose_pgk *pgk)
{
	struct prose_dev *pdev = pgk->pdev;
	bool replaced;

	spin_lock_bh(&pdev->tx.lock);
	replaced = prose_tx_pgk(pdev) && !is_better(pgk, prose_tx_pgk(pdev));
	spin_unlock_bh(&pdev->tx.lock);
	return replaced;
}

/* May the key that is sent with be sent with on? Under dev->lock. */
static bool goes_on(struct prose_dev *pdev, s64 now)
{
	struct prose_pgk *pgk;

	spin_lock_bh(&pdev->tx.lock);
	pgk = prose_tx_pgk(pdev);
	spin_unlock_bh(&pdev->tx.lock);
	return pgk && is_due(pgk, now);
}

/* Send with this key. Return: why not, a counter of frames, or 0. */
static u8 open_key(struct prose_pgk *pgk, s64 now)
{
	struct prose_dev *pdev = pgk->pdev;
	int err;

	if (prose_key_sends(pgk)) {
		prose_tx_unwant(pdev);
		return 0;
	}
	if (!prose_key_has_ids(pgk))
		return PROSE_A_COUNTERS_TX_NO_RANGE;

	err = prose_tx_open(pdev, pgk);
	switch (err) {
	case 0:
		pgk->sent = true;
		return 0;
	case -EINPROGRESS:
		/* Until then the one before goes on, or frames wait. */
		if (!goes_on(pdev, now))
			prose_tx_close(pdev, 0, pgk);
		return 0;
	case -ENOMEM:
		/* Tried again at the next second, as after every error */
		return PROSE_A_COUNTERS_TX_NO_MEMORY;
	default:
		return PROSE_A_COUNTERS_TX_CRYPTO;
	}
}

/**
 * prose_choose - choose the key to send with
 * @pdev: device; under dev->lock
 *
 * The one that was activated last; of several the one that the operator
 * activated last, of those whose time came by itself the one that ends first
 * (ours);
 * with "choice expiry" the one that ends first, as TS 33.303 is read.
 *
 * Context: process.
 */
void prose_choose(struct prose_dev *pdev)
{
	struct prose_pgk *pgk, *best = NULL, *blocked = NULL;
	s64 now = ktime_get_real_seconds();
	u8 closed = PROSE_A_COUNTERS_TX_NO_KEY;
	unsigned int i;

	for (i = 0; i < PROSE_PGK_INDEXES; i++) {
		pgk = prose_key_at(pdev, i);
		if (!pgk || !pdev->tx_on || pdev->dying || !is_due(pgk, now))
			continue;
		closed = PROSE_A_COUNTERS_TX_NO_RANGE;
		if (is_better(pgk, blocked))
			blocked = pgk;
		if (is_sendable(pgk) && is_better(pgk, best))
			best = pgk;
	}

	if (READ_ONCE(pdev->conflict) && blocked) {
		closed = PROSE_A_COUNTERS_TX_CONFLICT;
		best = NULL;
	}
	if (best)
		closed = open_key(best, now);
	else
		prose_tx_unwant(pdev);
	if (closed)
		prose_tx_close(pdev, closed, blocked);
	prose_tx_refill(pdev);
	prose_dev_update_operstate(pdev);
}

/**
 * prose_key_state - what a key is doing
 * @pgk: key; under dev->lock
 */
enum prose_key_state prose_key_state(const struct prose_pgk *pgk)
{
	s64 now = ktime_get_real_seconds();
	s64 end = prose_key_end(pgk);
	int dead = READ_ONCE(pgk->dead);

	if (dead)
		return dead == -EKEYEXPIRED ? PROSE_KEY_STATE_EXPIRED :
					      PROSE_KEY_STATE_REVOKED;
	if (!pgk->pdev->tx_on)
		return PROSE_KEY_STATE_RX_ONLY;
	if (pgk->standby)
		return PROSE_KEY_STATE_STANDBY;
	if (pgk->from > now)
		return PROSE_KEY_STATE_PENDING;
	if (end != PROSE_FOREVER && now >= end - pgk->pdev->margin)
		return PROSE_KEY_STATE_MARGIN;
	if (READ_ONCE(pgk->pdev->conflict))
		return PROSE_KEY_STATE_CONFLICT;
	if (prose_key_sends(pgk))
		return PROSE_KEY_STATE_ACTIVE;
	return prose_key_has_ids(pgk) || is_replaced(pgk) ? PROSE_KEY_STATE_READY :
						  PROSE_KEY_STATE_NO_RANGE;
}
