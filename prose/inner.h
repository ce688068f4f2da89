/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The Ethernet header inside: what of it the receiver can rebuild, and how.
 * inner.c APIs.
 */
#ifndef _PROSE_INNER_H
#define _PROSE_INNER_H

#include <linux/skbuff.h>
#include <linux/types.h>

struct net_device;
struct prose_dev;

/**
 * enum prose_inner_verdict - does what was deciphered look like its SDU type?
 * @PROSE_INNER_OK: it does
 * @PROSE_INNER_IMPLAUSIBLE: no; the sign of a wrong key
 * @PROSE_INNER_LEFTOVER: yes, but there is more than that; another suite
 */
enum prose_inner_verdict {
	PROSE_INNER_OK,
	PROSE_INNER_IMPLAUSIBLE,
	PROSE_INNER_LEFTOVER,
};

void prose_inner_member_address(u8 *address, u32 member);
void prose_inner_group_address(u8 *address, u32 group);
int prose_inner_strip(struct prose_dev *pdev, struct sk_buff *skb);
enum prose_inner_verdict prose_inner_check(const struct sk_buff *skb,
					   u8 sdu_type);
void prose_inner_rebuild(struct prose_dev *pdev, struct sk_buff *skb,
			 u8 sdu_type, u32 member);

#endif /* _PROSE_INNER_H */
