// SPDX-License-Identifier: GPL-2.0
/* What the options of a device ask of its keys. */

#include <linux/netlink.h>

#include "count.h"
#include "device.h"
#include "key.h"
#include "rules.h"
#include "suite.h"

/* PTK Identities that a key can still take, granted or not. */
static u32 ids_possible(const struct prose_pgk *pgk)
{
	u32 left;

	spin_lock_bh(&pgk->pdev->tx.lock);
	left = prose_ids_left(&pgk->ids);
	spin_unlock_bh(&pgk->pdev->tx.lock);
	return left + PROSE_PTK_ID_END - prose_count_next_free(pgk);
}

/**
 * prose_rules_check_age - do the PTK Identities of a key last until its end?
 * @pgk: key
 * @end: its end, or PROSE_FOREVER
 * @ptk_age: seconds per PTK Identity, or 0
 * @ptk_packets: frames per PTK Identity, or 0
 * @extack: told why not
 *
 * How long a number of frames lasts depends on the rate, of which the present
 * one is known.
 *
 * Context: process, dev->lock. Return: 0 or -EDOM.
 */
int prose_rules_check_age(const struct prose_pgk *pgk, s64 end, u32 ptk_age,
			  u32 ptk_packets, struct netlink_ext_ack *extack)
{
	s64 now = ktime_get_real_seconds();
	u64 left = min_t(u64, end - max(now, pgk->from), U32_MAX);
	u64 ids = ids_possible(pgk);

	if (end == PROSE_FOREVER || end <= max(now, pgk->from))
		return 0;
	if (ptk_age && div_u64(left, ptk_age) > ids) {
		NL_SET_ERR_MSG_FMT(extack,
				   "at this ptk-age the PTK IDs of key %u end before it does",
				   pgk->id);
		return -EDOM;
	}
	if (ptk_packets && div_u64(left * pgk->rate, ptk_packets) > ids) {
		NL_SET_ERR_MSG_FMT(extack,
				   "at this rate and ptk-packets the PTK IDs of key %u end before it does",
				   pgk->id);
		return -EDOM;
	}
	return 0;
}

/**
 * prose_rules_check_require - does a suite give what is required?
 * @suite: suite
 * @require: least that it must give
 * @extack: told why not
 *
 * Return: 0 or -EPROTO.
 */
int prose_rules_check_require(const struct prose_suite *suite,
			      enum prose_require require,
			      struct netlink_ext_ack *extack)
{
	if (require == PROSE_REQUIRE_AEAD && !suite->aead) {
		NL_SET_ERR_MSG(extack, "the device requires an AEAD suite");
		return -EPROTO;
	}
	if (require == PROSE_REQUIRE_INTEGRITY && !suite->authenticated) {
		NL_SET_ERR_MSG(extack, "the device requires integrity");
		return -EPROTO;
	}
	return 0;
}

/**
 * prose_rules_check - do the keys allow these options of the device?
 * @pdev: device
 * @require: least that a key must give
 * @ptk_age: new seconds per PTK Identity; 0 for none, and if they stay
 * @ptk_packets: new frames per PTK Identity; likewise
 * @extack: told why not
 *
 * If so, @require holds from now on, for keys that are being attached too.
 *
 * Context: process. Return: 0; -EPROTO if a key gives less than @require;
 * -EDOM if the PTK Identities of a key would end before it does.
 */
int prose_rules_check(struct prose_dev *pdev, enum prose_require require,
		      u32 ptk_age, u32 ptk_packets,
		      struct netlink_ext_ack *extack)
{
	struct prose_pgk *pgk;
	unsigned int i;
	int err = 0;

	mutex_lock(&pdev->lock);
	for (i = 0; !err && i < PROSE_PGK_INDEXES; i++) {
		pgk = prose_key_at(pdev, i);
		if (!pgk || READ_ONCE(pgk->dead))
			continue;
		err = prose_rules_check_require(pgk->suite, require, extack);
		if (!err)
			err = prose_rules_check_age(pgk, prose_key_end(pgk),
						    ptk_age, ptk_packets,
						    extack);
	}
	if (!err)
		WRITE_ONCE(pdev->require, require);
	mutex_unlock(&pdev->lock);
	return err;
}
