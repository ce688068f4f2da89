/* SPDX-License-Identifier: GPL-2.0 */
/* Lower devices: what receives on them, and what happens to them. */
#ifndef _PROSE_LOWER_H
#define _PROSE_LOWER_H

#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/types.h>

struct netlink_ext_ack;
struct prose_dev;
struct sk_buff;

/**
 * prose_lower_is_up - can frames be given to a lower device?
 * @lower: lower device
 *
 * Wi-Fi makes a device that is down a monitor without asking anybody, and its
 * frames are of another kind then.
 */
static inline bool prose_lower_is_up(const struct net_device *lower)
{
	return netif_running(lower) && lower->type == ARPHRD_ETHER;
}

int prose_lower_check(struct net_device *lower, struct netlink_ext_ack *extack);
int prose_lower_join(struct prose_dev *pdev);
void prose_lower_rejoin(struct prose_dev *pdev);
void prose_lower_leave(struct prose_dev *pdev);
int prose_lower_put_counters(struct sk_buff *msg,
			     const struct prose_dev *pdev);
int prose_lower_init(void);
void prose_lower_exit(void);

#endif /* _PROSE_LOWER_H */
