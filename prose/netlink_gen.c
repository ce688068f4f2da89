// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/prose.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <uapi/linux/prose.h>

/* Integer value ranges */
static const struct netlink_range_validation prose_a_ifindex_range = {
	.min	= 1ULL,
	.max	= S32_MAX,
};

static const struct netlink_range_validation prose_a_group_range = {
	.max	= PROSE_ID24_MAX,
};

static const struct netlink_range_validation prose_a_member_range = {
	.max	= PROSE_ID24_MAX,
};

static const struct netlink_range_validation prose_a_serial_range = {
	.min	= 1ULL,
	.max	= S32_MAX,
};

/* PROSE_CMD_DEV_GET - do */
static const struct nla_policy prose_dev_get_nl_policy[PROSE_A_IFINDEX + 1] = {
	[PROSE_A_IFINDEX] = NLA_POLICY_FULL_RANGE(NLA_U32, &prose_a_ifindex_range),
};

/* PROSE_CMD_KEY_GET - do */
static const struct nla_policy prose_key_get_do_nl_policy[PROSE_A_PGK_ID + 1] = {
	[PROSE_A_IFINDEX] = NLA_POLICY_FULL_RANGE(NLA_U32, &prose_a_ifindex_range),
	[PROSE_A_PGK_ID] = { .type = NLA_U8, },
};

/* PROSE_CMD_KEY_GET - dump */
static const struct nla_policy prose_key_get_dump_nl_policy[PROSE_A_IFINDEX + 1] = {
	[PROSE_A_IFINDEX] = NLA_POLICY_FULL_RANGE(NLA_U32, &prose_a_ifindex_range),
};

/* PROSE_CMD_KEY_ADD - do */
static const struct nla_policy prose_key_add_nl_policy[PROSE_A_UNTIL + 1] = {
	[PROSE_A_IFINDEX] = NLA_POLICY_FULL_RANGE(NLA_U32, &prose_a_ifindex_range),
	[PROSE_A_PGK_ID] = { .type = NLA_U8, },
	[PROSE_A_SERIAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &prose_a_serial_range),
	[PROSE_A_CIPHER] = NLA_POLICY_MAX(NLA_U32, 5),
	[PROSE_A_INTEGRITY] = NLA_POLICY_MAX(NLA_U32, 3),
	[PROSE_A_KDF] = { .type = NLA_NUL_STRING, .len = PROSE_KDF_NAME_MAX, },
	[PROSE_A_STANDBY] = { .type = NLA_FLAG, },
	[PROSE_A_FROM] = { .type = NLA_S64, },
	[PROSE_A_UNTIL] = { .type = NLA_S64, },
};

/* PROSE_CMD_KEY_SET - do */
static const struct nla_policy prose_key_set_nl_policy[PROSE_A_UNTIL + 1] = {
	[PROSE_A_IFINDEX] = NLA_POLICY_FULL_RANGE(NLA_U32, &prose_a_ifindex_range),
	[PROSE_A_PGK_ID] = { .type = NLA_U8, },
	[PROSE_A_STANDBY] = { .type = NLA_FLAG, },
	[PROSE_A_FROM] = { .type = NLA_S64, },
	[PROSE_A_UNTIL] = { .type = NLA_S64, },
};

/* PROSE_CMD_KEY_GRANT - do */
static const struct nla_policy prose_key_grant_nl_policy[PROSE_A_PTK_LAST + 1] = {
	[PROSE_A_IFINDEX] = NLA_POLICY_FULL_RANGE(NLA_U32, &prose_a_ifindex_range),
	[PROSE_A_PGK_ID] = { .type = NLA_U8, },
	[PROSE_A_PTK_FIRST] = { .type = NLA_U32, },
	[PROSE_A_PTK_LAST] = { .type = NLA_U32, },
};

/* PROSE_CMD_KEY_DEL - do */
static const struct nla_policy prose_key_del_nl_policy[PROSE_A_PGK_ID + 1] = {
	[PROSE_A_IFINDEX] = NLA_POLICY_FULL_RANGE(NLA_U32, &prose_a_ifindex_range),
	[PROSE_A_PGK_ID] = { .type = NLA_U8, },
};

/* PROSE_CMD_MEMBER_GET - dump */
static const struct nla_policy prose_member_get_nl_policy[PROSE_A_IFINDEX + 1] = {
	[PROSE_A_IFINDEX] = NLA_POLICY_FULL_RANGE(NLA_U32, &prose_a_ifindex_range),
};

/* PROSE_CMD_MEMBER_RESET - do */
static const struct nla_policy prose_member_reset_nl_policy[PROSE_A_PGK_ID + 1] = {
	[PROSE_A_IFINDEX] = NLA_POLICY_FULL_RANGE(NLA_U32, &prose_a_ifindex_range),
	[PROSE_A_PGK_ID] = { .type = NLA_U8, },
	[PROSE_A_MEMBER] = NLA_POLICY_FULL_RANGE(NLA_U32, &prose_a_member_range),
};

/* PROSE_CMD_PTK_NEXT - do */
static const struct nla_policy prose_ptk_next_nl_policy[PROSE_A_PGK_ID + 1] = {
	[PROSE_A_IFINDEX] = NLA_POLICY_FULL_RANGE(NLA_U32, &prose_a_ifindex_range),
	[PROSE_A_PGK_ID] = { .type = NLA_U8, },
};

/* PROSE_CMD_FLOOR_SET - do */
static const struct nla_policy prose_floor_set_nl_policy[PROSE_A_FLOOR + 1] = {
	[PROSE_A_GROUP] = NLA_POLICY_FULL_RANGE(NLA_U32, &prose_a_group_range),
	[PROSE_A_FINGERPRINT] = NLA_POLICY_EXACT_LEN(PROSE_FINGERPRINT_LEN),
	[PROSE_A_MEMBER] = NLA_POLICY_FULL_RANGE(NLA_U32, &prose_a_member_range),
	[PROSE_A_FLOOR] = { .type = NLA_U32, },
};

/* Ops table for prose */
const struct genl_split_ops prose_nl_ops[13] = {
	{
		.cmd		= PROSE_CMD_DEV_GET,
		.doit		= prose_nl_dev_get_doit,
		.policy		= prose_dev_get_nl_policy,
		.maxattr	= PROSE_A_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= PROSE_CMD_DEV_GET,
		.dumpit	= prose_nl_dev_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= PROSE_CMD_KEY_GET,
		.doit		= prose_nl_key_get_doit,
		.policy		= prose_key_get_do_nl_policy,
		.maxattr	= PROSE_A_PGK_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PROSE_CMD_KEY_GET,
		.dumpit		= prose_nl_key_get_dumpit,
		.policy		= prose_key_get_dump_nl_policy,
		.maxattr	= PROSE_A_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= PROSE_CMD_KEY_ADD,
		.doit		= prose_nl_key_add_doit,
		.policy		= prose_key_add_nl_policy,
		.maxattr	= PROSE_A_UNTIL,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PROSE_CMD_KEY_SET,
		.doit		= prose_nl_key_set_doit,
		.policy		= prose_key_set_nl_policy,
		.maxattr	= PROSE_A_UNTIL,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PROSE_CMD_KEY_GRANT,
		.doit		= prose_nl_key_grant_doit,
		.policy		= prose_key_grant_nl_policy,
		.maxattr	= PROSE_A_PTK_LAST,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PROSE_CMD_KEY_DEL,
		.doit		= prose_nl_key_del_doit,
		.policy		= prose_key_del_nl_policy,
		.maxattr	= PROSE_A_PGK_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PROSE_CMD_MEMBER_GET,
		.dumpit		= prose_nl_member_get_dumpit,
		.policy		= prose_member_get_nl_policy,
		.maxattr	= PROSE_A_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= PROSE_CMD_MEMBER_RESET,
		.doit		= prose_nl_member_reset_doit,
		.policy		= prose_member_reset_nl_policy,
		.maxattr	= PROSE_A_PGK_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= PROSE_CMD_PTK_NEXT,
		.doit		= prose_nl_ptk_next_doit,
		.policy		= prose_ptk_next_nl_policy,
		.maxattr	= PROSE_A_PGK_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= PROSE_CMD_FLOOR_GET,
		.dumpit	= prose_nl_floor_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= PROSE_CMD_FLOOR_SET,
		.doit		= prose_nl_floor_set_doit,
		.policy		= prose_floor_set_nl_policy,
		.maxattr	= PROSE_A_FLOOR,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
};

const struct genl_multicast_group prose_nl_mcgrps[1] = {
	[PROSE_NLGRP_EVENTS] = { "events", .flags = GENL_MCAST_CAP_NET_ADMIN, },
};
