/* SPDX-License-Identifier: GPL-2.0 */
/* The rtnl link kind "prose". link.c APIs. */
#ifndef _PROSE_LINK_H
#define _PROSE_LINK_H

#include <linux/types.h>

struct list_head;
struct net_device;

bool prose_dev_is(const struct net_device *dev);
void prose_link_del(struct net_device *dev, struct list_head *head);
int prose_link_init(void);
void prose_link_exit(void);

#endif /* _PROSE_LINK_H */
