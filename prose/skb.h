/* SPDX-License-Identifier: GPL-2.0 */
/* What the two data paths do to frames. skb.c APIs. */
#ifndef _PROSE_SKB_H
#define _PROSE_SKB_H

#include <linux/skbuff.h>

#include "pdu.h"

/**
 * struct prose_tx_cb - what the transmit path knows of a frame, in skb->cb
 * @frame_len: octets of the Ethernet frame inside
 * @sdu_type: &enum prose_sdu_type
 */
struct prose_tx_cb {
	unsigned int frame_len;
	u8 sdu_type;
};

/**
 * struct prose_rx_cb - what the receive path knows of a frame, in skb->cb
 * @pdu: the parsed headers
 */
struct prose_rx_cb {
	struct prose_pdu pdu;
};

static inline struct prose_tx_cb *prose_tx_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct prose_tx_cb) > sizeof(skb->cb));
	return (struct prose_tx_cb *)skb->cb;
}

static inline struct prose_rx_cb *prose_rx_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct prose_rx_cb) > sizeof(skb->cb));
	return (struct prose_rx_cb *)skb->cb;
}

int prose_skb_own_copy(struct sk_buff *skb, unsigned int headroom,
		       unsigned int tailroom);

/**
 * prose_skb_own - make the data of a frame linear and ours alone
 * @skb: not shared
 * @headroom: octets wanted before the data
 * @tailroom: octets wanted after it
 *
 * Nothing that a tap, a socket or the page cache can see is ciphered in place.
 * Invalidates every pointer into the frame.
 *
 * Context: any. Return: 0 or -ENOMEM.
 */
static __always_inline int prose_skb_own(struct sk_buff *skb,
					 unsigned int headroom,
					 unsigned int tailroom)
{
	if (likely(!skb_is_nonlinear(skb) && skb_headroom(skb) >= headroom &&
		   skb_tailroom(skb) >= (int)tailroom && !skb_cloned(skb)))
		return 0;
	return prose_skb_own_copy(skb, headroom, tailroom);
}

#endif /* _PROSE_SKB_H */
