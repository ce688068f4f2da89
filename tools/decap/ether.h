/* SPDX-License-Identifier: GPL-2.0 */
/* Ethernet outside and inside: find the MAC PDU, give an SDU its header. */
#ifndef ETHER_H
#define ETHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pdu.h"

#define ETHER_LEN	14
#define ETHER_TYPE	0x88b5	/* local experimental; ours */

/* Link types of captures that are understood, by what pcap calls them. */
bool link_known(int link);

/*
 * Where the MAC PDU begins in a captured frame, behind VLAN tags if there are
 * any; 0 if the frame is not of this type.
 */
size_t mac_pdu_offset(int link, const uint8_t *frame, size_t len, uint16_t type);

/* Does the Data look like its SDU type, to its last octet? */
bool sdu_plausible(uint8_t sdu_type, const uint8_t *sdu, size_t len);

/*
 * The Ethernet header of a plausible SDU, as a member that it is not for makes
 * it. Octets written: ETHER_LEN, or 0 where the SDU has a header.
 */
size_t sdu_header(uint8_t header[ETHER_LEN], const struct prose_pdu *pdu,
		  const uint8_t *sdu);

#endif
