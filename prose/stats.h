/* SPDX-License-Identifier: GPL-2.0 */
/* Counters. stats.c APIs, and the increments of the data path. */
#ifndef _PROSE_STATS_H
#define _PROSE_STATS_H

#include <linux/percpu.h>
#include <linux/types.h>

#include <uapi/linux/prose.h>

struct rtnl_link_stats64;
struct sk_buff;

#if BITS_PER_LONG != 64
#error "counters are read without a lock: a 64-bit kernel is needed"
#endif

#define PROSE_COUNTERS		(PROSE_A_COUNTERS_MAX + 1)
#define PROSE_LOWER_COUNTERS	(PROSE_A_LOWER_COUNTERS_MAX + 1)

/**
 * struct prose_counters - the counters of a device or a key, of one CPU
 * @c: indexed by PROSE_A_COUNTERS_*, the attribute that tells it
 *
 * Always per CPU. Written with this_cpu operations in any context, read
 * without a lock. Never reset while the object lives.
 */
struct prose_counters {
	u64 c[PROSE_COUNTERS];
};

/**
 * struct prose_lower_counters - frames that reached no prose device
 * @c: indexed by PROSE_A_LOWER_COUNTERS_*
 */
struct prose_lower_counters {
	u64 c[PROSE_LOWER_COUNTERS];
};

/* What is counted of a member, and in which place */
enum prose_member_counter {
	PROSE_MEMBER_RX_PACKETS,
	PROSE_MEMBER_RX_BYTES,
	PROSE_MEMBER_RX_IMPLAUSIBLE,
	PROSE_MEMBER_RX_LEFTOVER,
	PROSE_MEMBER_RX_CRYPTO,
	PROSE_MEMBER_RX_BAD_MAC,
	PROSE_MEMBER_RX_LATE,
	PROSE_MEMBER_RX_DUPLICATE,
	PROSE_MEMBER_RX_OLD_PTK,
	PROSE_MEMBER_COUNTERS
};

/**
 * struct prose_member_counters - the counters of a member, of one CPU
 * @c: indexed by &enum prose_member_counter
 */
struct prose_member_counters {
	u64 c[PROSE_MEMBER_COUNTERS];
};

static inline void prose_stat_inc(struct prose_counters __percpu *counters,
				  unsigned int counter)
{
	this_cpu_inc(counters->c[counter]);
}

static inline void prose_stat_add(struct prose_counters __percpu *counters,
				  unsigned int counter, u64 n)
{
	this_cpu_add(counters->c[counter], n);
}

u64 prose_stat_read(const struct prose_counters __percpu *counters,
		    unsigned int counter);
int prose_stats_put(struct sk_buff *msg,
		    const struct prose_counters __percpu *counters);
int prose_stats_put_lower(struct sk_buff *msg,
			  const struct prose_lower_counters __percpu *counters);
int prose_stats_put_member(struct sk_buff *msg,
			   const struct prose_member_counters __percpu *counters);
void prose_stats_link64(const struct prose_counters __percpu *counters,
			struct rtnl_link_stats64 *stats);

#endif /* _PROSE_STATS_H */
