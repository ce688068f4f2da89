// SPDX-License-Identifier: GPL-2.0
#include <pcap/pcap.h>
#include <string.h>

#include <linux/unaligned.h>

#include "ether.h"

#define ADDRESS_LEN	6
#define TYPE_IPV4	0x0800
#define TYPE_ARP	0x0806
#define TYPE_IPV6	0x86dd
#define TYPE_VLAN	0x8100
#define TYPE_QINQ	0x88a8
#define VLAN_LEN	4

/* Linux cooked captures, of "-i any": where the type is, and the payload */
#define SLL_TYPE	14
#define SLL_LEN		16
#define SLL2_TYPE	0
#define SLL2_LEN	20

#define IPV4_MIN	20
#define IPV6_LEN	40
#define IPV6_HOP	0	/* next header: hop-by-hop options */
#define ARP_LEN		28	/* for IPv4 over Ethernet (RFC 826) */
#define ARP_REQUEST	1
#define ARP_REPLY	2
#define ARP_TARGET	18

static const uint8_t member_oui[] = { 0x02, 0x33, 0x03 };
static const uint8_t group_oui[] = { 0x03, 0x33, 0x03 };

bool link_known(int link)
{
	return link == DLT_EN10MB || link == DLT_LINUX_SLL ||
	       link == DLT_LINUX_SLL2;
}

size_t mac_pdu_offset(int link, const uint8_t *frame, size_t len, uint16_t type)
{
	size_t at, start;
	uint16_t found;

	switch (link) {
	case DLT_EN10MB:
		at = 2 * ADDRESS_LEN;
		start = ETHER_LEN;
		break;
	case DLT_LINUX_SLL:
		at = SLL_TYPE;
		start = SLL_LEN;
		break;
	case DLT_LINUX_SLL2:
		at = SLL2_TYPE;
		start = SLL2_LEN;
		break;
	default:
		return 0;
	}
	if (len < start)
		return 0;
	found = get_unaligned_be16(frame + at);
	while ((found == TYPE_VLAN || found == TYPE_QINQ) &&
	       len - start >= VLAN_LEN) {
		found = get_unaligned_be16(frame + start + 2);
		start += VLAN_LEN;
	}
	return found == type ? start : 0;
}

static bool checksum_right(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (; len >= 2; len -= 2, p += 2)
		sum += get_unaligned_be16(p);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}

static bool ipv4_plausible(const uint8_t *ip, size_t len)
{
	size_t header;

	if (len < IPV4_MIN)
		return false;
	header = 4 * (ip[0] & 15);
	return header >= IPV4_MIN && header <= len &&
	       get_unaligned_be16(ip + 2) == len && checksum_right(ip, header);
}

static bool ipv6_plausible(const uint8_t *ip, size_t len)
{
	size_t payload;

	if (len < IPV6_LEN || ip[0] >> 4 != 6)
		return false;
	payload = get_unaligned_be16(ip + 4);
	/* A jumbogram has its length elsewhere. */
	if (!payload && ip[6] == IPV6_HOP)
		return false;
	return IPV6_LEN + payload == len;
}

static bool arp_plausible(const uint8_t *arp, size_t len)
{
	static const uint8_t start[] = { 0, 1, 8, 0, 6, 4, 0 };

	return len == ARP_LEN && !memcmp(arp, start, sizeof(start)) &&
	       (arp[7] == ARP_REQUEST || arp[7] == ARP_REPLY);
}

bool sdu_plausible(uint8_t sdu_type, const uint8_t *sdu, size_t len)
{
	switch (sdu_type) {
	case PROSE_SDU_IP:
		return len && sdu[0] >> 4 == 4 ? ipv4_plausible(sdu, len) :
						 ipv6_plausible(sdu, len);
	case PROSE_SDU_ARP:
		return arp_plausible(sdu, len);
	case PROSE_SDU_NONIP:
		return len >= ETHER_LEN && !(sdu[ADDRESS_LEN] & 1);
	default:
		return false;
	}
}

static void group_address(uint8_t *dest, uint32_t group)
{
	memcpy(dest, group_oui, sizeof(group_oui));
	put_unaligned_be24(group, dest + sizeof(group_oui));
}

/* RFC 1112 6.4; which other addresses are broadcast, the frame does not tell. */
static void ipv4_dest(uint8_t *dest, const uint8_t *ip, uint32_t group)
{
	static const uint8_t mapped[] = { 0x01, 0x00, 0x5e };
	const uint8_t *daddr = ip + 16;

	if (daddr[0] >> 4 == 14) {
		memcpy(dest, mapped, sizeof(mapped));
		dest[3] = daddr[1] & 0x7f;
		dest[4] = daddr[2];
		dest[5] = daddr[3];
	} else if (get_unaligned_be32(daddr) == UINT32_MAX) {
		memset(dest, 0xff, ADDRESS_LEN);
	} else {
		group_address(dest, group);
	}
}

/* RFC 2464 7 */
static void ipv6_dest(uint8_t *dest, const uint8_t *ip, uint32_t group)
{
	const uint8_t *daddr = ip + 24;

	if (daddr[0] != 0xff) {
		group_address(dest, group);
		return;
	}
	dest[0] = 0x33;
	dest[1] = 0x33;
	memcpy(dest + 2, daddr + 12, 4);
}

size_t sdu_header(uint8_t header[ETHER_LEN], const struct prose_pdu *pdu,
		  const uint8_t *sdu)
{
	uint16_t type = TYPE_ARP;

	if (pdu->sdu_type == PROSE_SDU_NONIP)
		return 0;
	if (pdu->sdu_type == PROSE_SDU_ARP) {
		if (sdu[7] == ARP_REQUEST)
			memset(header, 0xff, ADDRESS_LEN);
		else
			memcpy(header, sdu + ARP_TARGET, ADDRESS_LEN);
	} else if (sdu[0] >> 4 == 4) {
		type = TYPE_IPV4;
		ipv4_dest(header, sdu, pdu->dst);
	} else {
		type = TYPE_IPV6;
		ipv6_dest(header, sdu, pdu->dst);
	}
	memcpy(header + ADDRESS_LEN, member_oui, sizeof(member_oui));
	put_unaligned_be24(pdu->src, header + ADDRESS_LEN + sizeof(member_oui));
	put_unaligned_be16(type, header + 2 * ADDRESS_LEN);
	return ETHER_LEN;
}
