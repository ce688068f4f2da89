/* SPDX-License-Identifier: GPL-2.0 */
/* A running device for tests that hold a file against one. */
#ifndef TESTS_RUNNING_H
#define TESTS_RUNNING_H

#include "updiff.h"

/* As a device over lo is made of nothing but Lower= and Group=. */
static inline struct running running_plain(uint32_t member)
{
	struct running r = { .member_default = member, .link = { .mtu = 1400, .mtu_max = 1400 } };

	r.dev.group = 0x445566;
	r.dev.member = member;
	r.dev.lcid = 1;
	r.dev.ethertype = 0x88b5;
	r.dev.protect = 1;
	r.dev.window = PROSE_WINDOW_DEFAULT;
	r.dev.tx = 1;
	r.dev.margin = 10;
	r.dev.notice = 300;
	r.dev.lower_ifindex = if_nametoindex("lo");
	return r;
}

#endif
