/* SPDX-License-Identifier: GPL-2.0 */
/* What the options of a device ask of its keys. rules.c APIs. */
#ifndef _PROSE_RULES_H
#define _PROSE_RULES_H

#include <linux/types.h>

#include <uapi/linux/prose.h>

struct netlink_ext_ack;
struct prose_dev;
struct prose_pgk;
struct prose_suite;

int prose_rules_check_age(const struct prose_pgk *pgk, s64 end, u32 ptk_age,
			  u32 ptk_packets, struct netlink_ext_ack *extack);
int prose_rules_check_require(const struct prose_suite *suite,
			      enum prose_require require,
			      struct netlink_ext_ack *extack);
int prose_rules_check(struct prose_dev *pdev, enum prose_require require,
		      u32 ptk_age, u32 ptk_packets,
		      struct netlink_ext_ack *extack);

#endif /* _PROSE_RULES_H */
