/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PROSE_COMPAT_LINUX_NETDEVICE_H
#define _PROSE_COMPAT_LINUX_NETDEVICE_H

#include_next <linux/netdevice.h>

/* The transmit path takes no lock of the core: a feature until 6.12. */
static inline void prose_compat_set_lltx(struct net_device *dev)
{
#ifdef HAVE_NETDEV_LLTX
	dev->lltx = true;
#else
	dev->features |= NETIF_F_LLTX;
#endif
}

#endif
