/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family. netlink.c APIs. */
#ifndef _PROSE_NETLINK_H
#define _PROSE_NETLINK_H

#include <net/genetlink.h>

#include "netlink_gen.h"

extern struct genl_family prose_nl_family;

int prose_netlink_init(void);
void prose_netlink_exit(void);

#endif /* _PROSE_NETLINK_H */
