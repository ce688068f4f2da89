/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PROSE_COMPAT_LINUX_NETLINK_H
#define _PROSE_COMPAT_LINUX_NETLINK_H

#include_next <linux/netlink.h>

#ifndef NL_SET_ERR_MSG_FMT
#include <linux/atomic.h>
#include <linux/kernel.h>

/*
 * Before 6.2 an extack holds a pointer to a string that must outlive the
 * handler, so the text goes to a static ring. The ack is built by the same
 * thread as soon as the handler returns; a text would have to be overtaken by
 * a whole ring of others in that time to be garbled, and even then it is a
 * terminated string of the same length or less.
 */
#define PROSE_COMPAT_EXTACK_LEN		80
#define PROSE_COMPAT_EXTACK_RING	64

static __maybe_unused char *prose_compat_extack_slot(void)
{
	static char ring[PROSE_COMPAT_EXTACK_RING][PROSE_COMPAT_EXTACK_LEN];
	static atomic_t next = ATOMIC_INIT(0);

	return ring[(u32)atomic_inc_return(&next) % PROSE_COMPAT_EXTACK_RING];
}

#define NL_SET_ERR_MSG_FMT(extack, fmt, args...) do {			\
	struct netlink_ext_ack *__extack = (extack);			\
									\
	if (__extack) {							\
		char *__slot = prose_compat_extack_slot();		\
									\
		scnprintf(__slot, PROSE_COMPAT_EXTACK_LEN,		\
			  "%s" fmt "%s", "", ##args, "");		\
		__extack->_msg = __slot;				\
	}								\
} while (0)
#endif

#endif
