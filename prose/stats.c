// SPDX-License-Identifier: GPL-2.0
/* Sum counters over CPUs and tell them. */

#include <linux/if_link.h>
#include <net/netlink.h>

#include "stats.h"

/* Reasons of dropped frames, by the order of the attributes in the spec */
#define TX_DROP_FIRST	PROSE_A_COUNTERS_TX_NO_KEY
#define TX_DROP_LAST	PROSE_A_COUNTERS_TX_CONFLICT
#define RX_DROP_FIRST	PROSE_A_COUNTERS_RX_SUBHEADER
#define RX_DROP_LAST	PROSE_A_COUNTERS_RX_PROTECTED

/* The attribute of each counter of a member */
static const u8 member_attr[PROSE_MEMBER_COUNTERS] = {
	[PROSE_MEMBER_RX_PACKETS]	= PROSE_A_COUNTERS_RX_PACKETS,
	[PROSE_MEMBER_RX_BYTES]		= PROSE_A_COUNTERS_RX_BYTES,
	[PROSE_MEMBER_RX_IMPLAUSIBLE]	= PROSE_A_COUNTERS_RX_IMPLAUSIBLE,
	[PROSE_MEMBER_RX_LEFTOVER]	= PROSE_A_COUNTERS_RX_LEFTOVER,
	[PROSE_MEMBER_RX_CRYPTO]	= PROSE_A_COUNTERS_RX_CRYPTO,
	[PROSE_MEMBER_RX_BAD_MAC]	= PROSE_A_COUNTERS_RX_BAD_MAC,
	[PROSE_MEMBER_RX_LATE]		= PROSE_A_COUNTERS_RX_LATE,
	[PROSE_MEMBER_RX_DUPLICATE]	= PROSE_A_COUNTERS_RX_DUPLICATE,
	[PROSE_MEMBER_RX_OLD_PTK]	= PROSE_A_COUNTERS_RX_OLD_PTK,
};

/**
 * prose_stat_read - sum of one counter over all CPUs
 * @counters: of a device or key
 * @counter: PROSE_A_COUNTERS_*
 *
 * Context: any.
 */
u64 prose_stat_read(const struct prose_counters __percpu *counters,
		    unsigned int counter)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(counters, cpu)->c[counter]);
	return sum;
}

/*
 * Never with padding, which nla_put_u64_64bit() adds on kernels without efficient
 * unaligned access: the nests have an attribute for each counter and none for
 * that. Who reads the value copies it, as libmnl does.
 */
static int put(struct sk_buff *msg, int attr, u64 value)
{
	return nla_put(msg, attr, sizeof(value), &value);
}

/**
 * prose_stats_put - add the counters of a device or key to a message
 * @msg: netlink message
 * @counters: what to add, as a nest PROSE_A_COUNTERS
 *
 * Context: any. Return: 0 or -EMSGSIZE.
 */
int prose_stats_put(struct sk_buff *msg,
		    const struct prose_counters __percpu *counters)
{
	struct nlattr *nest = nla_nest_start(msg, PROSE_A_COUNTERS);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i < PROSE_COUNTERS; i++)
		if (put(msg, i, prose_stat_read(counters, i)))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * prose_stats_put_lower - add the counters of a lower device to a message
 * @msg: netlink message
 * @counters: what to add, as a nest PROSE_A_LOWER_COUNTERS
 *
 * Context: any. Return: 0 or -EMSGSIZE.
 */
int prose_stats_put_lower(struct sk_buff *msg,
			  const struct prose_lower_counters __percpu *counters)
{
	struct nlattr *nest = nla_nest_start(msg, PROSE_A_LOWER_COUNTERS);
	unsigned int i;
	u64 sum;
	int cpu;

	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i < PROSE_LOWER_COUNTERS; i++) {
		sum = 0;
		for_each_possible_cpu(cpu)
			sum += READ_ONCE(per_cpu_ptr(counters, cpu)->c[i]);
		if (put(msg, i, sum))
			return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * prose_stats_put_member - add the counters of a member to a message
 * @msg: netlink message
 * @counters: what to add, as a nest PROSE_A_COUNTERS
 *
 * Context: any. Return: 0 or -EMSGSIZE.
 */
int prose_stats_put_member(struct sk_buff *msg,
			   const struct prose_member_counters __percpu *counters)
{
	struct nlattr *nest = nla_nest_start(msg, PROSE_A_COUNTERS);
	unsigned int i;
	u64 sum;
	int cpu;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < PROSE_MEMBER_COUNTERS; i++) {
		sum = 0;
		for_each_possible_cpu(cpu)
			sum += READ_ONCE(per_cpu_ptr(counters, cpu)->c[i]);
		if (put(msg, member_attr[i], sum))
			return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}

static u64 sum_of(const struct prose_counters __percpu *counters,
		  unsigned int first, unsigned int last)
{
	u64 sum = 0;
	unsigned int i;

	for (i = first; i <= last; i++)
		sum += prose_stat_read(counters, i);
	return sum;
}

/**
 * prose_stats_link64 - the counters of a device as ip -s shows them
 * @counters: of the device
 * @stats: filled in
 *
 * Every frame that did not get through is in dropped; errors are those of them
 * that a working peer and a working crypto driver do not cause.
 *
 * Context: any.
 */
void prose_stats_link64(const struct prose_counters __percpu *counters,
			struct rtnl_link_stats64 *stats)
{
	stats->tx_packets = prose_stat_read(counters,
					    PROSE_A_COUNTERS_TX_PACKETS);
	stats->tx_bytes = prose_stat_read(counters, PROSE_A_COUNTERS_TX_BYTES);
	stats->rx_packets = prose_stat_read(counters,
					    PROSE_A_COUNTERS_RX_PACKETS);
	stats->rx_bytes = prose_stat_read(counters, PROSE_A_COUNTERS_RX_BYTES);
	stats->tx_dropped = sum_of(counters, TX_DROP_FIRST, TX_DROP_LAST);
	stats->rx_dropped = sum_of(counters, RX_DROP_FIRST, RX_DROP_LAST);
	stats->tx_errors = prose_stat_read(counters,
					   PROSE_A_COUNTERS_TX_CRYPTO);
	stats->rx_crc_errors = prose_stat_read(counters,
					       PROSE_A_COUNTERS_RX_IMPLAUSIBLE) +
			       prose_stat_read(counters,
					       PROSE_A_COUNTERS_RX_BAD_MAC);
	stats->rx_length_errors = prose_stat_read(counters,
						  PROSE_A_COUNTERS_RX_LENGTH);
	stats->rx_frame_errors = sum_of(counters, PROSE_A_COUNTERS_RX_SUBHEADER,
					PROSE_A_COUNTERS_RX_LCID);
	stats->rx_errors = stats->rx_crc_errors + stats->rx_length_errors +
			   stats->rx_frame_errors +
			   prose_stat_read(counters,
					   PROSE_A_COUNTERS_RX_CRYPTO);
}
