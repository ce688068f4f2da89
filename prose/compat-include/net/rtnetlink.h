/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PROSE_COMPAT_NET_RTNETLINK_H
#define _PROSE_COMPAT_NET_RTNETLINK_H

#include_next <net/rtnetlink.h>

/*
 * newlink takes its arguments in a structure since 6.15. Write it that way:
 *
 *	static int foo_newlink(struct net_device *dev,
 *			       struct rtnl_newlink_params *params,
 *			       struct netlink_ext_ack *extack)
 *	PROSE_COMPAT_NEWLINK(foo_newlink)
 *	...
 *		.newlink = PROSE_COMPAT_NEWLINK_OP(foo_newlink),
 */
#ifdef HAVE_RTNL_NEWLINK_PARAMS

#define PROSE_COMPAT_NEWLINK(fn)
#define PROSE_COMPAT_NEWLINK_OP(fn)	fn

#else

struct rtnl_newlink_params {
	struct net *src_net;
	struct nlattr **tb;
	struct nlattr **data;
};

/* The core has chosen between link and source netns already. */
static inline struct net *
rtnl_newlink_link_net(struct rtnl_newlink_params *params)
{
	return params->src_net;
}

#define PROSE_COMPAT_NEWLINK(fn)					\
static int fn##_compat(struct net *src_net, struct net_device *dev,	\
		       struct nlattr *tb[], struct nlattr *data[],	\
		       struct netlink_ext_ack *extack)			\
{									\
	struct rtnl_newlink_params params = {				\
		.src_net = src_net,					\
		.tb = tb,						\
		.data = data,						\
	};								\
									\
	return fn(dev, &params, extack);				\
}
#define PROSE_COMPAT_NEWLINK_OP(fn)	fn##_compat

#endif

#endif
