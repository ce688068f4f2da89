// SPDX-License-Identifier: GPL-2.0
/*
 * The Ethernet header inside. SDU types IP and ARP travel without it, so they
 * are used only where the receiver rebuilds the same one; everything else goes
 * whole as SDU type Non-IP (ours).
 */

#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/unaligned.h>
#include <net/addrconf.h>
#include <net/dst_metadata.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "device.h"
#include "inner.h"
#include "pdu.h"

/* Ours: 02:33:03 + member ID, and 03:33:03 + group ID */
#define MEMBER_OUI		0x023303
#define GROUP_OUI		0x033303

/* Multicast of IPv4 (RFC 1112 6.4) */
#define IPV4_OUI		0x01005e

/* Addresses of a device that are looked at before the routes are */
#define OWN_LOOK		4

/**
 * struct arp_ipv4 - an ARP packet for IPv4 over Ethernet (RFC 826)
 * @hdr: fixed part
 * @sender_hw: sender hardware address
 * @sender_ip: sender protocol address
 * @target_hw: target hardware address
 * @target_ip: target protocol address
 */
struct arp_ipv4 {
	struct arphdr hdr;
	u8 sender_hw[ETH_ALEN];
	u8 sender_ip[4];
	u8 target_hw[ETH_ALEN];
	u8 target_ip[4];
} __packed;

static void set_address(u8 *address, u32 oui, u32 id)
{
	put_unaligned_be16(oui >> 8, address);
	put_unaligned_be32(oui << 24 | id, address + 2);
}

/**
 * prose_inner_member_address - Ethernet address of a member
 * @address: ETH_ALEN octets, filled in
 * @member: Group Member Identity
 */
void prose_inner_member_address(u8 *address, u32 member)
{
	set_address(address, MEMBER_OUI, member);
}

/**
 * prose_inner_group_address - Ethernet multicast address of a group
 * @address: ETH_ALEN octets, filled in
 * @group: ProSe Layer-2 Group ID
 */
void prose_inner_group_address(u8 *address, u32 group)
{
	set_address(address, GROUP_OUI, group);
}

static bool is_member_address(const u8 *address)
{
	return get_unaligned_be32(address) >> 8 == MEMBER_OUI;
}

static bool is_address(const u8 *address, u32 oui, u32 id)
{
	return get_unaligned_be16(address) == oui >> 8 &&
	       get_unaligned_be32(address + 2) == (oui << 24 | id);
}

/* Is this what ip_eth_mc_map() makes of it? */
static bool is_ipv4_mapped(const u8 *address, __be32 daddr)
{
	return is_address(address, IPV4_OUI, ntohl(daddr) & 0x7fffff);
}

static bool is_arp_ipv4(const struct arp_ipv4 *arp)
{
	return arp->hdr.ar_hrd == htons(ARPHRD_ETHER) &&
	       arp->hdr.ar_pro == htons(ETH_P_IP) &&
	       arp->hdr.ar_hln == ETH_ALEN && arp->hdr.ar_pln == 4 &&
	       (arp->hdr.ar_op == htons(ARPOP_REQUEST) ||
		arp->hdr.ar_op == htons(ARPOP_REPLY));
}

/*
 * Length of an IPv4 packet in @room octets, of which @avail can be read; 0 if
 * its version or lengths do not fit.
 */
static unsigned int ipv4_len(const struct iphdr *ip, unsigned int avail,
			     unsigned int room)
{
	unsigned int len;

	if (avail < sizeof(*ip) || ip->version != 4 || ip->ihl < 5 ||
	    avail < ip->ihl * 4)
		return 0;
	len = ntohs(ip->tot_len);
	if (len < ip->ihl * 4 || len > room)
		return 0;
	return len;
}

/* The same for one that was deciphered: its checksum must fit too. */
static unsigned int ipv4_sound_len(const struct iphdr *ip, unsigned int room)
{
	unsigned int len = ipv4_len(ip, room, room);

	return len && !ip_fast_csum(ip, ip->ihl) ? len : 0;
}

static unsigned int ipv6_len(const struct ipv6hdr *ip6, unsigned int avail,
			     unsigned int room)
{
	unsigned int len;

	if (avail < sizeof(*ip6) || ip6->version != 6)
		return 0;
	len = ntohs(ip6->payload_len);
	/* A jumbogram has its length elsewhere. */
	if (!len && ip6->nexthdr == NEXTHDR_HOP)
		return 0;
	len += sizeof(*ip6);
	return len <= room ? len : 0;
}

/* The route that a packet took here, if it took one. */
static const struct rtable *ipv4_route(const struct sk_buff *skb)
{
	return skb_valid_dst(skb) && skb_dst(skb)->ops->family == AF_INET ?
	       skb_rtable(skb) : NULL;
}

static const struct rt6_info *ipv6_route(const struct sk_buff *skb)
{
	return skb_valid_dst(skb) && skb_dst(skb)->ops->family == AF_INET6 ?
	       skb_rt6_info(skb) : NULL;
}

/* A group's address, or everybody's: would the receiver make the same of it? */
static noinline bool ipv4_mapped(const struct prose_dev *pdev, const u8 *dest,
				 __be32 daddr)
{
	if (ipv4_is_multicast(daddr))
		return is_ipv4_mapped(dest, daddr);
	return is_broadcast_ether_addr(dest) &&
	       (ipv4_is_lbcast(daddr) ||
		inet_addr_type_dev_table(dev_net(pdev->dev), pdev->dev,
					 daddr) == RTN_BROADCAST);
}

/* Would the receiver rebuild this destination? */
static bool ipv4_rebuilt(const struct prose_dev *pdev,
			 const struct sk_buff *skb, const u8 *dest,
			 const struct iphdr *ip)
{
	const struct rtable *rt;

	if (!is_member_address(dest))
		return ipv4_mapped(pdev, dest, ip->daddr);
	rt = ipv4_route(skb);
	return rt && !rt->rt_gw_family && !ipv4_is_multicast(ip->daddr);
}

static noinline bool ipv6_rebuilt(const struct sk_buff *skb, const u8 *dest,
				  const struct ipv6hdr *ip6)
{
	const struct rt6_info *rt = ipv6_route(skb);
	u8 mapped[ETH_ALEN];

	if (ipv6_addr_is_multicast(&ip6->daddr)) {
		ipv6_eth_mc_map(&ip6->daddr, mapped);
		return ether_addr_equal(dest, mapped);
	}
	return is_member_address(dest) && rt && !(rt->rt6i_flags & RTF_GATEWAY);
}

static bool arp_rebuilt(const u8 *dest, const struct arp_ipv4 *arp)
{
	if (arp->hdr.ar_op == htons(ARPOP_REQUEST))
		return is_broadcast_ether_addr(dest) || is_member_address(dest);
	return ether_addr_equal(dest, arp->target_hw);
}

/* Length of an IPv4 packet if it can go without its Ethernet header, or 0 */
static unsigned int ipv4_stripped_len(const struct prose_dev *pdev,
				      const struct sk_buff *skb,
				      const struct ethhdr *eth)
{
	const void *packet = eth + 1;
	unsigned int len;

	len = ipv4_len(packet, skb_headlen(skb) - ETH_HLEN,
		       skb->len - ETH_HLEN);
	return len && ipv4_rebuilt(pdev, skb, eth->h_dest, packet) ? len : 0;
}

/* The same of a packet that is no IPv4 */
static noinline unsigned int other_stripped_len(const struct sk_buff *skb,
						const struct ethhdr *eth)
{
	unsigned int avail = skb_headlen(skb) - ETH_HLEN;
	unsigned int room = skb->len - ETH_HLEN;
	const void *packet = eth + 1;
	unsigned int len;

	switch (eth->h_proto) {
	case htons(ETH_P_IPV6):
		len = ipv6_len(packet, avail, room);
		return len && ipv6_rebuilt(skb, eth->h_dest, packet) ? len : 0;
	case htons(ETH_P_ARP):
		return avail >= sizeof(struct arp_ipv4) &&
		       is_arp_ipv4(packet) &&
		       arp_rebuilt(eth->h_dest, packet) ?
		       sizeof(struct arp_ipv4) : 0;
	default:
		return 0;
	}
}

/* Get in one piece what is looked at. Return: 0, -EINVAL or -ENOMEM. */
static noinline int pull_headers(struct sk_buff *skb)
{
	const unsigned int look = ETH_HLEN + sizeof(struct ipv6hdr);
	const struct ethhdr *eth;
	unsigned int len;

	if (!pskb_may_pull(skb, ETH_HLEN))
		return -EINVAL;
	if (!pskb_may_pull(skb, min(skb->len, look)))
		return -ENOMEM;

	/* An IPv4 header with options */
	eth = (struct ethhdr *)skb->data;
	if (eth->h_proto == htons(ETH_P_IP) &&
	    skb_headlen(skb) >= ETH_HLEN + sizeof(struct iphdr)) {
		len = ETH_HLEN + ((struct iphdr *)(eth + 1))->ihl * 4;
		if (len <= skb->len && !pskb_may_pull(skb, len))
			return -ENOMEM;
	}
	return 0;
}

/**
 * prose_inner_strip - find the SDU type of a frame, and leave the SDU
 * @pdev: the device that sends it
 * @skb: from its Ethernet header on; the SDU on return
 *
 * Context: softirqs off. Return: an &enum prose_sdu_type, or -EINVAL if it is
 * no Ethernet frame, or -ENOMEM.
 */
int prose_inner_strip(struct prose_dev *pdev, struct sk_buff *skb)
{
	int sdu_type = PROSE_SDU_IP;
	const struct ethhdr *eth;
	unsigned int len;
	int err;

	if (unlikely(skb_is_nonlinear(skb) || skb->len < ETH_HLEN)) {
		err = pull_headers(skb);
		if (err)
			return err;
	}

	eth = (struct ethhdr *)skb->data;
	if (!is_address(eth->h_source, MEMBER_OUI, pdev->member))
		return PROSE_SDU_NONIP;
	if (likely(eth->h_proto == htons(ETH_P_IP))) {
		len = ipv4_stripped_len(pdev, skb, eth);
	} else {
		len = other_stripped_len(skb, eth);
		if (eth->h_proto == htons(ETH_P_ARP))
			sdu_type = PROSE_SDU_ARP;
	}
	if (unlikely(!len))
		return PROSE_SDU_NONIP;

	__skb_pull(skb, ETH_HLEN);
	if (unlikely(pskb_trim(skb, len)))
		return -ENOMEM;
	return sdu_type;
}

/**
 * prose_inner_check - does an SDU look like its type?
 * @skb: the SDU, linear
 * @sdu_type: &enum prose_sdu_type
 *
 * With a cipher alone nothing else tells a wrong key from a right one, and
 * nothing else limits what an outsider can make of a frame by flipping bits.
 */
enum prose_inner_verdict prose_inner_check(const struct sk_buff *skb,
					   u8 sdu_type)
{
	const u8 *sdu = skb->data;
	unsigned int len = 0;

	if (likely(sdu_type == PROSE_SDU_IP)) {
		if (unlikely(!skb->len))
			return PROSE_INNER_IMPLAUSIBLE;
		if (likely(sdu[0] >> 4 == 4))
			len = ipv4_sound_len((void *)sdu, skb->len);
		else
			len = ipv6_len((void *)sdu, skb->len, skb->len);
	} else if (sdu_type == PROSE_SDU_ARP) {
		if (skb->len >= sizeof(struct arp_ipv4) &&
		    is_arp_ipv4((void *)sdu))
			len = sizeof(struct arp_ipv4);
	} else if (sdu_type == PROSE_SDU_NONIP) {
		if (skb->len >= ETH_HLEN &&
		    !is_multicast_ether_addr(sdu + ETH_ALEN))
			len = skb->len;
	}

	if (unlikely(!len))
		return PROSE_INNER_IMPLAUSIBLE;
	return likely(len == skb->len) ? PROSE_INNER_OK : PROSE_INNER_LEFTOVER;
}

/*
 * Is this one of the first addresses of the device? Most devices have few, and
 * a look at them costs a fraction of one at the routes, which know them all.
 */
static bool ipv4_own(const struct net_device *dev, __be32 daddr)
{
	const struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;
	unsigned int look = OWN_LOOK;

	if (!in_dev)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		if (ifa->ifa_local == daddr)
			return true;
		if (!--look)
			break;
	}
	return false;
}

/* Destination of an IPv4 packet that is not plainly ours, as a packet type */
static noinline unsigned int ipv4_other_dest(const struct prose_dev *pdev,
					     u8 *dest, __be32 daddr)
{
	const struct net_device *dev = pdev->dev;

	if (ipv4_is_multicast(daddr)) {
		ip_eth_mc_map(daddr, dest);
		return PACKET_MULTICAST;
	}
	if (ipv4_is_lbcast(daddr)) {
		eth_broadcast_addr(dest);
		return PACKET_BROADCAST;
	}
	switch (inet_addr_type_dev_table(dev_net(dev), dev, daddr)) {
	case RTN_BROADCAST:
		eth_broadcast_addr(dest);
		return PACKET_BROADCAST;
	case RTN_LOCAL:
		ether_addr_copy(dest, dev->dev_addr);
		return PACKET_HOST;
	default:
		ether_addr_copy(dest, pdev->address);
		return PACKET_OTHERHOST;
	}
}

/* Destination of an IPv4 packet; what it is to us, as a packet type */
static unsigned int ipv4_dest(const struct prose_dev *pdev, u8 *dest,
			      __be32 daddr)
{
	const struct net_device *dev = pdev->dev;

	if (unlikely(ipv4_is_multicast(daddr) || !ipv4_own(dev, daddr)))
		return ipv4_other_dest(pdev, dest, daddr);
	ether_addr_copy(dest, dev->dev_addr);
	return PACKET_HOST;
}

static noinline unsigned int ipv6_dest(const struct prose_dev *pdev, u8 *dest,
				       const struct in6_addr *daddr)
{
	struct net_device *dev = pdev->dev;

	if (ipv6_addr_is_multicast(daddr)) {
		ipv6_eth_mc_map(daddr, dest);
		return PACKET_MULTICAST;
	}
	if (IS_ENABLED(CONFIG_IPV6) &&
	    ipv6_chk_addr(dev_net(dev), daddr, dev, 0)) {
		ether_addr_copy(dest, dev->dev_addr);
		return PACKET_HOST;
	}
	ether_addr_copy(dest, pdev->address);
	return PACKET_OTHERHOST;
}

static noinline void arp_rebuild(struct prose_dev *pdev, struct sk_buff *skb,
				 u32 member)
{
	const struct arp_ipv4 *arp = (void *)skb->data;
	struct ethhdr *eth;

	skb_reset_network_header(skb);
	eth = skb_push(skb, ETH_HLEN);
	prose_inner_member_address(eth->h_source, member);
	eth->h_proto = htons(ETH_P_ARP);
	if (arp->hdr.ar_op == htons(ARPOP_REQUEST))
		eth_broadcast_addr(eth->h_dest);
	else
		ether_addr_copy(eth->h_dest, arp->target_hw);
	skb->protocol = eth_type_trans(skb, pdev->dev);
	if (ether_addr_equal(eth->h_dest, pdev->address))
		skb->pkt_type = PACKET_OTHERHOST;
}

static noinline void nonip_rebuild(struct prose_dev *pdev, struct sk_buff *skb)
{
	skb->protocol = eth_type_trans(skb, pdev->dev);
	skb_reset_network_header(skb);
}

/**
 * prose_inner_rebuild - give an SDU its Ethernet header
 * @pdev: the device that it was received on
 * @skb: the SDU, linear, that prose_inner_check() found sound; on return from
 *	its network header on, with everything set that a driver sets
 * @sdu_type: &enum prose_sdu_type
 * @member: Group Member Identity of the sender
 *
 * An IP packet for one of our addresses becomes ours; for another one it is
 * shown to taps as PACKET_OTHERHOST and goes no further: rebuilt as ours,
 * every member that forwards would forward it, and rebuilt as a broadcast,
 * TCP would refuse it.
 *
 * Context: softirqs off, RCU read lock held.
 */
void prose_inner_rebuild(struct prose_dev *pdev, struct sk_buff *skb,
			 u8 sdu_type, u32 member)
{
	struct net_device *dev = pdev->dev;
	const void *sdu = skb->data;
	struct ethhdr *eth;

	if (unlikely(sdu_type != PROSE_SDU_IP)) {
		if (sdu_type == PROSE_SDU_ARP)
			arp_rebuild(pdev, skb, member);
		else
			nonip_rebuild(pdev, skb);
		return;
	}

	/*
	 * What eth_type_trans() does, with an answer that is known. There is
	 * room: prose_skb_own() was asked for it.
	 */
	DEBUG_NET_WARN_ON_ONCE(skb_headroom(skb) < ETH_HLEN);
	skb->dev = dev;
	skb_reset_network_header(skb);
	skb_set_mac_header(skb, -ETH_HLEN);
	eth = eth_hdr(skb);
	prose_inner_member_address(eth->h_source, member);
	if (skb->data[0] >> 4 == 4) {
		eth->h_proto = htons(ETH_P_IP);
		skb->pkt_type = ipv4_dest(pdev, eth->h_dest,
					  ((struct iphdr *)sdu)->daddr);
	} else {
		eth->h_proto = htons(ETH_P_IPV6);
		skb->pkt_type = ipv6_dest(pdev, eth->h_dest,
					  &((struct ipv6hdr *)sdu)->daddr);
	}
	skb->protocol = eth->h_proto;
}
