/* SPDX-License-Identifier: GPL-2.0 */
/* What any device has: up or down, its MTU, its address. */
#ifndef LINKSTATE_H
#define LINKSTATE_H

#include <net/ethernet.h>

#include "nl.h"

struct link_state {
	bool up;
	uint32_t mtu, mtu_max;
	uint8_t address[ETH_ALEN];	/* all zero: not one of Ethernet */
};

/* -errno */
int link_state_get(uint32_t ifindex, struct link_state *s, struct nl_error *e);
int link_set_mtu(uint32_t ifindex, uint32_t mtu, struct nl_error *e);
int link_set_up(uint32_t ifindex, bool up, struct nl_error *e);

#endif
