/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PROSE_COMPAT_NET_NETLINK_H
#define _PROSE_COMPAT_NET_NETLINK_H

#include_next <net/netlink.h>

/* A policy's range, which nobody writes to, became a pointer to const. */
#ifndef HAVE_NLA_CONST_RANGE
#undef NLA_POLICY_FULL_RANGE
#define NLA_POLICY_FULL_RANGE(tp, _range) {				\
	.type = NLA_ENSURE_UINT_OR_BINARY_TYPE(tp),			\
	.validation_type = NLA_VALIDATE_RANGE_PTR,			\
	.range = (struct netlink_range_validation *)(_range),		\
}
#endif

#endif
