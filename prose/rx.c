// SPDX-License-Identifier: GPL-2.0
/*
 * The receive path, from the lower device to the stack:
 *
 *	prose_rx		headers, SDU type, key, sender, PTK
 *	  prose_rx_wait		  or wait until the PTK is derived: rx_wait.c
 *	    rx_cipher		make the data ours, verify, decipher
 *	      rx_done		replay, plausibility, Ethernet header, to the stack
 */

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <net/gro_cells.h>

#include "count.h"
#include "device.h"
#include "event.h"
#include "inner.h"
#include "key.h"
#include "member.h"
#include "pdu.h"
#include "rx.h"
#include "rx_wait.h"
#include "skb.h"
#include "suite.h"
#include "trace.h"
#include "traffic_key.h"

/* Frames of a key whose MAC is wrong, per event; a power of 2 */
#define MAC_FAILURES		4096

/* The counter of what prose_pdu_parse_rest() found */
static const u8 verdict_counter[] = {
	[PROSE_PDU_SUBHEADER]	= PROSE_A_COUNTERS_RX_SUBHEADER,
	[PROSE_PDU_LCID]	= PROSE_A_COUNTERS_RX_LCID,
	[PROSE_PDU_LENGTH]	= PROSE_A_COUNTERS_RX_LENGTH,
};

static void member_stat_add(struct prose_member *member,
			    enum prose_member_counter counter, u64 n)
{
	if (member)
		this_cpu_add(member->counters->c[counter], n);
}

/* The frame is garbage. */
static noinline void failed(struct prose_pgk *pgk, struct prose_member *member,
			    struct sk_buff *skb, int err)
{
	struct prose_dev *pdev = pgk->pdev;

	switch (err) {
	case -EBADMSG:
		member_stat_add(member, PROSE_MEMBER_RX_BAD_MAC, 1);
		prose_dev_drop(pdev, pgk, skb, PROSE_A_COUNTERS_RX_BAD_MAC);
		if (!(atomic_inc_return(&pgk->mac_failures) % MAC_FAILURES))
			prose_event_key(pgk, PROSE_EVENT_TYPE_MAC_FAILURES);
		break;
	case -ENOMEM:
		member_stat_add(member, PROSE_MEMBER_RX_CRYPTO, 1);
		prose_dev_drop(pdev, pgk, skb, PROSE_A_COUNTERS_RX_NO_MEMORY);
		break;
	default:
		member_stat_add(member, PROSE_MEMBER_RX_CRYPTO, 1);
		prose_dev_drop(pdev, pgk, skb, PROSE_A_COUNTERS_RX_CRYPTO);
		break;
	}
}

/* Another device holds the key and our member identity. */
static void conflict(struct prose_pgk *pgk, u16 ptk_id)
{
	/* Not rate-limited: it comes once, until the operator answers. */
	if (prose_key_conflict(pgk))
		prose_event_member(pgk, PROSE_EVENT_TYPE_MEMBER_CONFLICT,
				   pgk->pdev->member, ptk_id);
}

/*
 * A frame verified. Return: 0 if it is to be delivered, or a counter. One that
 * was seen before shows no conflict: somebody played it back.
 */
static unsigned int verified(struct prose_pgk *pgk, struct prose_member *member,
			     const struct prose_pdu *pdu)
{
	unsigned int reason;

	if (unlikely(!member))
		return READ_ONCE(pgk->wiped) ? PROSE_A_COUNTERS_RX_KEY_DEAD :
					       PROSE_A_COUNTERS_RX_DERIVE_LIMIT;
	reason = prose_member_verified(pgk, member, pdu);
	if (likely(pdu->src != pgk->pdev->member))
		return reason;
	if (reason && reason != PROSE_A_COUNTERS_RX_MEMBER_REFUSED)
		return reason;
	conflict(pgk, pdu->ptk_id);
	return PROSE_A_COUNTERS_RX_OWN_SRC_FOREIGN;
}

static void count_rx(struct prose_counters __percpu *counters, unsigned int len)
{
	prose_stat_inc(counters, PROSE_A_COUNTERS_RX_PACKETS);
	prose_stat_add(counters, PROSE_A_COUNTERS_RX_BYTES, len);
}

/*
 * Of what a group sends, only TCP gains by GRO, and to wait for more costs a
 * packet that is alone a softirq of its own. All segments of a connection go one
 * way, so that their order is kept. An SDU of type IP has its whole IP header.
 */
static bool is_tcp(const struct sk_buff *skb, u8 sdu_type)
{
	if (sdu_type != PROSE_SDU_IP || skb->pkt_type != PACKET_HOST)
		return false;
	if (skb->protocol == htons(ETH_P_IP))
		return ip_hdr(skb)->protocol == IPPROTO_TCP;
	return ipv6_hdr(skb)->nexthdr == IPPROTO_TCP;
}

/* The plain SDU does not look like its type. */
static noinline void bad_sdu(struct prose_dev *pdev, struct prose_pgk *pgk,
			     struct prose_member *member, struct sk_buff *skb,
			     enum prose_inner_verdict verdict)
{
	bool leftover = verdict == PROSE_INNER_LEFTOVER;

	member_stat_add(member, leftover ? PROSE_MEMBER_RX_LEFTOVER :
					   PROSE_MEMBER_RX_IMPLAUSIBLE, 1);
	prose_dev_drop(pdev, pgk, skb, leftover ?
		       PROSE_A_COUNTERS_RX_LEFTOVER :
		       PROSE_A_COUNTERS_RX_IMPLAUSIBLE);
}

/* The plain SDU, with a key and a PTK or of an unprotected device, to the stack */
static __always_inline void rx_sdu(struct prose_dev *pdev,
				   struct prose_pgk *pgk,
				   struct prose_ptk *ptk,
				   struct prose_member *member,
				   struct sk_buff *skb,
				   const struct prose_pdu *pdu)
{
	enum prose_inner_verdict verdict;
	unsigned int len;

	verdict = prose_inner_check(skb, pdu->sdu_type);
	if (unlikely(verdict != PROSE_INNER_OK)) {
		bad_sdu(pdev, pgk, member, skb, verdict);
		return;
	}
	if (unlikely(!netif_running(pdev->dev))) {
		prose_dev_drop(pdev, pgk, skb, PROSE_A_COUNTERS_RX_DOWN);
		return;
	}

	skb_scrub_packet(skb, !net_eq(dev_net(pdev->dev),
				      dev_net(pdev->lower)));
	__vlan_hwaccel_clear_tag(skb);
	/* What a lower device said of the carriage does not hold for this. */
	skb_gso_reset(skb);
	skb->encapsulation = 0;
	skb->ip_summed = CHECKSUM_NONE;
	skb_clear_hash(skb);
	prose_inner_rebuild(pdev, skb, pdu->sdu_type, pdu->src);

	len = skb->len + ETH_HLEN;
	trace_prose_rx(pdev->dev, pgk ? pgk->id : 0, pdu->src, pdu->ptk_id,
		       len);
	count_rx(pdev->counters, len);
	if (pgk)
		count_rx(pgk->counters, len);
	member_stat_add(member, PROSE_MEMBER_RX_PACKETS, 1);
	member_stat_add(member, PROSE_MEMBER_RX_BYTES, len);
	if (member && !pgk->suite->authenticated)
		prose_member_good(pgk, member, ptk);
	/* What finds the queue full is counted as dropped by the link. */
	if (is_tcp(skb, pdu->sdu_type))
		gro_cells_receive(&pdev->rx.gro, skb);
	else
		netif_receive_skb(skb);
}

/* The deciphered frame of a member, or of one that is gone meanwhile */
static __always_inline void rx_done(struct prose_dev *pdev,
				    struct prose_pgk *pgk,
				    struct prose_ptk *ptk,
				    struct prose_member *member,
				    struct sk_buff *skb, int err)
{
	const struct prose_pdu *pdu = &prose_rx_cb(skb)->pdu;
	const struct prose_suite *suite = pgk->suite;
	unsigned int reason;

	if (unlikely(err)) {
		failed(pgk, member, skb, err);
		return;
	}
	if (suite->authenticated) {
		reason = verified(pgk, member, pdu);
		if (unlikely(reason)) {
			prose_dev_drop(pdev, pgk, skb, reason);
			return;
		}
	}
	/* Room for the Ethernet header that is rebuilt is what is pulled. */
	__skb_pull(skb, pdu->data + suite->head);
	__skb_trim(skb, skb->len - suite->tail);
	rx_sdu(pdev, pgk, ptk, member, skb, pdu);
}

/**
 * prose_rx_done - a driver has completed later what prose_ptk_decrypt() began
 * @ptk: its PTK, valid until this returns
 * @skb: the frame, handed over
 * @err: as prose_ptk_decrypt() returns it
 *
 * Context: softirqs off, RCU read lock held.
 */
void prose_rx_done(struct prose_ptk *ptk, struct sk_buff *skb, int err)
{
	struct prose_pgk *pgk = ptk->pgk;

	rx_done(pgk->pdev, pgk, ptk, prose_member_find(pgk, ptk->src), skb,
		err);
}

/* Nothing is left after the PDU, whose Data is then deciphered in place. */
static __always_inline void rx_cipher(struct prose_dev *pdev,
				      struct prose_pgk *pgk,
				      struct prose_member *member,
				      struct prose_ptk *ptk,
				      struct sk_buff *skb)
{
	const struct prose_pdu *pdu = &prose_rx_cb(skb)->pdu;
	u8 head = pgk->suite->head, tail = pgk->suite->tail;
	int err;

	if (unlikely(pskb_trim(skb, pdu->data + pdu->len) ||
		     prose_skb_own(skb, ETH_HLEN, 0))) {
		prose_dev_drop(pdev, pgk, skb, PROSE_A_COUNTERS_RX_NO_MEMORY);
		return;
	}
	err = prose_ptk_decrypt(ptk, skb, skb->data + pdu->data + head,
				pdu->len - head - tail, pdu->sn, pdu->lcid);
	if (likely(err != -EINPROGRESS))
		rx_done(pdev, pgk, ptk, member, skb, err);
}

/* The same for a frame that waited for its PTK */
static void rx_waited(struct prose_dev *pdev, struct prose_pgk *pgk,
		      struct prose_member *member, struct prose_ptk *ptk,
		      struct sk_buff *skb)
{
	rx_cipher(pdev, pgk, member, ptk, skb);
}

/*
 * Our own identity as the sender: never delivered. One that we did not send may
 * be another device's, so if it can be verified it goes on.
 *
 * Return: 0 if it goes on, or the counter of the drop.
 */
static noinline unsigned int own_src(struct prose_pgk *pgk, struct sk_buff *skb)
{
	const struct prose_pdu *pdu = &prose_rx_cb(skb)->pdu;
	const u8 *salt = NULL;
	u8 copy[PROSE_SALT_LEN];

	if (pgk && pgk->suite->aead)
		salt = skb_header_pointer(skb, pdu->data, sizeof(copy), copy);

	switch (prose_count_own_src(pgk, pdu->ptk_id, pdu->sn, salt)) {
	case PROSE_OWN_REFLECTED:
		return PROSE_A_COUNTERS_RX_OWN_SRC;
	case PROSE_OWN_FOREIGN:
		if (pgk->suite->authenticated)
			return 0;
		prose_event_conflict(pgk, pdu->ptk_id);
		return PROSE_A_COUNTERS_RX_OWN_SRC_FOREIGN;
	default:
		return PROSE_A_COUNTERS_RX_OWN_SRC_OLD;
	}
}

static bool sdu_type_carried(u8 sdu_type)
{
	return sdu_type == PROSE_SDU_IP || sdu_type == PROSE_SDU_ARP ||
	       sdu_type == PROSE_SDU_NONIP;
}

/*
 * A frame of an unprotected group: the header is all zero (TS 36.323 5.6.1), and
 * everything is in clear. Return: 0 if it was taken, or a counter.
 */
static noinline unsigned int rx_clear(struct prose_dev *pdev, struct sk_buff *skb)
{
	struct prose_pdu pdu = prose_rx_cb(skb)->pdu;

	if (!prose_pdu_unprotected(&pdu))
		return PROSE_A_COUNTERS_RX_PROTECTED;
	if (pdu.src == pdev->member)
		return PROSE_A_COUNTERS_RX_OWN_SRC;
	if (!sdu_type_carried(pdu.sdu_type))
		return PROSE_A_COUNTERS_RX_SDU_TYPE;
	if (pdu.sdu_type == PROSE_SDU_NONIP &&
	    !prose_dev_carries_nonip(pdev, NULL))
		return PROSE_A_COUNTERS_RX_NONIP;
	if (pskb_trim(skb, pdu.data + pdu.len) ||
	    prose_skb_own(skb, ETH_HLEN, 0))
		return PROSE_A_COUNTERS_RX_NO_MEMORY;

	__skb_pull(skb, pdu.data);
	rx_sdu(pdev, NULL, NULL, NULL, skb, &pdu);
	return 0;
}

/**
 * prose_rx - receive a frame of a device's group
 * @pdev: device
 * @skb: from the SL-SCH header on, which is in prose_rx_cb() already, with
 *	PROSE_HEAD_MAX octets or all in one piece; taken over
 *
 * Context: softirq, RCU read lock.
 */
void prose_rx(struct prose_dev *pdev, struct sk_buff *skb)
{
	struct prose_pdu *pdu = &prose_rx_cb(skb)->pdu;
	enum prose_pdu_verdict verdict;
	struct prose_member *member;
	struct prose_pgk *pgk = NULL;
	struct prose_ptk *ptk = NULL;
	unsigned int reason;

	verdict = prose_pdu_parse_rest(skb->data, skb_headlen(skb), skb->len,
				       pdu);
	if (unlikely(verdict != PROSE_PDU_OK)) {
		reason = verdict_counter[verdict];
		goto drop;
	}

	if (unlikely(!pdev->protect)) {
		reason = rx_clear(pdev, skb);
		if (reason)
			goto drop;
		return;
	}

	pgk = rcu_dereference(pdev->pgks[pdu->pgk_index]);
	if (unlikely(pdu->src == pdev->member)) {
		reason = own_src(pgk, skb);
		if (reason)
			goto drop;
	}

	reason = PROSE_A_COUNTERS_RX_UNPROTECTED;
	if (unlikely(prose_pdu_unprotected(pdu))) {
		pgk = NULL;
		goto drop;
	}
	/* TS 36.323 5.8: reserved values are discarded. */
	reason = PROSE_A_COUNTERS_RX_SDU_TYPE;
	if (unlikely(!sdu_type_carried(pdu->sdu_type)))
		goto drop;

	reason = PROSE_A_COUNTERS_RX_NO_PGK;
	if (unlikely(!pgk)) {
		prose_event_no_key(pdev);
		goto drop;
	}
	reason = PROSE_A_COUNTERS_RX_KEY_DEAD;
	if (unlikely(prose_key_check(pgk)))
		goto drop;
	reason = PROSE_A_COUNTERS_RX_NONIP;
	if (pdu->sdu_type == PROSE_SDU_NONIP &&
	    !prose_dev_carries_nonip(pdev, pgk->suite))
		goto drop;
	reason = PROSE_A_COUNTERS_RX_LENGTH;
	if (unlikely(pdu->len < pgk->suite->head + pgk->suite->tail))
		goto drop;

	member = prose_member_find(pgk, pdu->src);
	if (likely(member)) {
		reason = prose_member_check(member, pdu);
		if (unlikely(reason))
			goto drop;
		ptk = prose_member_ptk(member, pdu->ptk_id);
	}
	if (unlikely(!ptk || READ_ONCE(ptk->queued)))
		prose_rx_wait(pdev, pgk, member, skb);
	else
		rx_cipher(pdev, pgk, member, ptk, skb);
	return;

drop:
	prose_dev_drop(pdev, pgk, skb, reason);
}

/**
 * prose_rx_init - make the receiving side of a new device
 * @pdev: device
 */
void prose_rx_init(struct prose_dev *pdev)
{
	spin_lock_init(&pdev->rx.lock);
	prose_rx_wait_init(pdev, rx_waited);
}
