/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/prose.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_PROSE_GEN_H
#define _LINUX_PROSE_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/prose.h>

/* Ops table for prose */
extern const struct genl_split_ops prose_nl_ops[13];
extern const struct genl_multicast_group prose_nl_mcgrps[1];

int prose_nl_dev_get_doit(struct sk_buff *skb, struct genl_info *info);
int prose_nl_dev_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int prose_nl_key_get_doit(struct sk_buff *skb, struct genl_info *info);
int prose_nl_key_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int prose_nl_key_add_doit(struct sk_buff *skb, struct genl_info *info);
int prose_nl_key_set_doit(struct sk_buff *skb, struct genl_info *info);
int prose_nl_key_grant_doit(struct sk_buff *skb, struct genl_info *info);
int prose_nl_key_del_doit(struct sk_buff *skb, struct genl_info *info);
int prose_nl_member_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int prose_nl_member_reset_doit(struct sk_buff *skb, struct genl_info *info);
int prose_nl_ptk_next_doit(struct sk_buff *skb, struct genl_info *info);
int prose_nl_floor_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int prose_nl_floor_set_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	PROSE_NLGRP_EVENTS,
};

#endif /* _LINUX_PROSE_GEN_H */
