// SPDX-License-Identifier: GPL-2.0
/* What the two data paths do to frames: where they must be copied. */

#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/skbuff.h>

#include "skb.h"

/**
 * prose_skb_own_copy - for prose_skb_own(), if something is to be done
 * @skb: not shared
 * @headroom: octets wanted before the data
 * @tailroom: octets wanted after it
 *
 * Context: any. Return: 0 or -ENOMEM.
 */
int prose_skb_own_copy(struct sk_buff *skb, unsigned int headroom,
		       unsigned int tailroom)
{
	int head, tail;

	if (skb_linearize(skb))
		return -ENOMEM;

	head = max_t(int, 0, headroom - skb_headroom(skb));
	tail = max_t(int, 0, tailroom - skb_tailroom(skb));
	if (!head && !tail && !skb_cloned(skb))
		return 0;
	return pskb_expand_head(skb, SKB_DATA_ALIGN(head), tail, GFP_ATOMIC);
}
