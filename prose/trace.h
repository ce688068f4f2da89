/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints: each frame sent, delivered, or dropped with its reason. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM prose

#if !defined(_PROSE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _PROSE_TRACE_H

#include <linux/netdevice.h>
#include <linux/tracepoint.h>

#include <uapi/linux/prose.h>

/* A reason is the number of its counter in the netlink attribute set. */
#define PROSE_DROP_REASONS						\
	{ PROSE_A_COUNTERS_TX_NO_KEY,		"tx-no-key" },		\
	{ PROSE_A_COUNTERS_TX_NO_RANGE,		"tx-no-range" },	\
	{ PROSE_A_COUNTERS_TX_LISTEN_ONLY,	"tx-listen-only" },	\
	{ PROSE_A_COUNTERS_TX_LOWER_DOWN,	"tx-lower-down" },	\
	{ PROSE_A_COUNTERS_TX_TOO_LONG,		"tx-too-long" },	\
	{ PROSE_A_COUNTERS_TX_NONIP,		"tx-nonip" },		\
	{ PROSE_A_COUNTERS_TX_MALFORMED,	"tx-malformed" },	\
	{ PROSE_A_COUNTERS_TX_HOLD_FULL,	"tx-hold-full" },	\
	{ PROSE_A_COUNTERS_TX_NO_MEMORY,	"tx-no-memory" },	\
	{ PROSE_A_COUNTERS_TX_CRYPTO,		"tx-crypto" },		\
	{ PROSE_A_COUNTERS_TX_CONFLICT,		"tx-conflict" },	\
	{ PROSE_A_COUNTERS_RX_SUBHEADER,	"rx-subheader" },	\
	{ PROSE_A_COUNTERS_RX_LCID,		"rx-lcid" },		\
	{ PROSE_A_COUNTERS_RX_LENGTH,		"rx-length" },		\
	{ PROSE_A_COUNTERS_RX_OWN_SRC,		"rx-own-src" },		\
	{ PROSE_A_COUNTERS_RX_OWN_SRC_OLD,	"rx-own-src-old" },	\
	{ PROSE_A_COUNTERS_RX_OWN_SRC_FOREIGN,	"rx-own-src-foreign" },	\
	{ PROSE_A_COUNTERS_RX_UNPROTECTED,	"rx-unprotected" },	\
	{ PROSE_A_COUNTERS_RX_SDU_TYPE,		"rx-sdu-type" },	\
	{ PROSE_A_COUNTERS_RX_NO_PGK,		"rx-no-pgk" },		\
	{ PROSE_A_COUNTERS_RX_KEY_DEAD,		"rx-key-dead" },	\
	{ PROSE_A_COUNTERS_RX_NONIP,		"rx-nonip" },		\
	{ PROSE_A_COUNTERS_RX_DERIVE_LIMIT,	"rx-derive-limit" },	\
	{ PROSE_A_COUNTERS_RX_QUEUE_FULL,	"rx-queue-full" },	\
	{ PROSE_A_COUNTERS_RX_DOWN,		"rx-down" },		\
	{ PROSE_A_COUNTERS_RX_IMPLAUSIBLE,	"rx-implausible" },	\
	{ PROSE_A_COUNTERS_RX_LEFTOVER,		"rx-leftover" },	\
	{ PROSE_A_COUNTERS_RX_NO_MEMORY,	"rx-no-memory" },	\
	{ PROSE_A_COUNTERS_RX_CRYPTO,		"rx-crypto" },		\
	{ PROSE_A_COUNTERS_RX_MEMBER_REFUSED,	"rx-member-refused" },	\
	{ PROSE_A_COUNTERS_RX_BAD_MAC,		"rx-bad-mac" },		\
	{ PROSE_A_COUNTERS_RX_LATE,		"rx-late" },		\
	{ PROSE_A_COUNTERS_RX_DUPLICATE,	"rx-duplicate" },	\
	{ PROSE_A_COUNTERS_RX_OLD_PTK,		"rx-old-ptk" },		\
	{ PROSE_A_COUNTERS_RX_PROTECTED,	"rx-protected" }

TRACE_EVENT(prose_tx,
	TP_PROTO(const struct net_device *dev, u8 pgk_id, u16 ptk_id,
		 unsigned int len),
	TP_ARGS(dev, pgk_id, ptk_id, len),
	TP_STRUCT__entry(
		__array(char, name, IFNAMSIZ)
		__field(u8, pgk_id)
		__field(u16, ptk_id)
		__field(unsigned int, len)
	),
	TP_fast_assign(
		strscpy(__entry->name, dev->name, IFNAMSIZ);
		__entry->pgk_id = pgk_id;
		__entry->ptk_id = ptk_id;
		__entry->len = len;
	),
	TP_printk("dev=%s pgk_id=%u ptk_id=%u len=%u", __entry->name,
		  __entry->pgk_id, __entry->ptk_id, __entry->len)
);

TRACE_EVENT(prose_rx,
	TP_PROTO(const struct net_device *dev, u8 pgk_id, u32 member,
		 u16 ptk_id, unsigned int len),
	TP_ARGS(dev, pgk_id, member, ptk_id, len),
	TP_STRUCT__entry(
		__array(char, name, IFNAMSIZ)
		__field(u32, member)
		__field(u8, pgk_id)
		__field(u16, ptk_id)
		__field(unsigned int, len)
	),
	TP_fast_assign(
		strscpy(__entry->name, dev->name, IFNAMSIZ);
		__entry->member = member;
		__entry->pgk_id = pgk_id;
		__entry->ptk_id = ptk_id;
		__entry->len = len;
	),
	TP_printk("dev=%s member=0x%06x pgk_id=%u ptk_id=%u len=%u",
		  __entry->name, __entry->member, __entry->pgk_id,
		  __entry->ptk_id, __entry->len)
);

TRACE_EVENT(prose_drop,
	TP_PROTO(const struct net_device *dev, unsigned int reason,
		 unsigned int len),
	TP_ARGS(dev, reason, len),
	TP_STRUCT__entry(
		__array(char, name, IFNAMSIZ)
		__field(unsigned int, reason)
		__field(unsigned int, len)
	),
	TP_fast_assign(
		strscpy(__entry->name, dev->name, IFNAMSIZ);
		__entry->reason = reason;
		__entry->len = len;
	),
	TP_printk("dev=%s reason=%s len=%u", __entry->name,
		  __print_symbolic(__entry->reason, PROSE_DROP_REASONS),
		  __entry->len)
);

#define PROSE_LOWER_DROP_REASONS					\
	{ PROSE_A_LOWER_COUNTERS_SHORT,		"short" },		\
	{ PROSE_A_LOWER_COUNTERS_VERSION,	"version" },		\
	{ PROSE_A_LOWER_COUNTERS_OTHER_GROUP,	"other-group" },	\
	{ PROSE_A_LOWER_COUNTERS_OTHER_VLAN,	"other-vlan" }

TRACE_EVENT(prose_lower_drop,
	TP_PROTO(const struct net_device *lower, unsigned int reason,
		 unsigned int len),
	TP_ARGS(lower, reason, len),
	TP_STRUCT__entry(
		__array(char, name, IFNAMSIZ)
		__field(unsigned int, reason)
		__field(unsigned int, len)
	),
	TP_fast_assign(
		strscpy(__entry->name, lower->name, IFNAMSIZ);
		__entry->reason = reason;
		__entry->len = len;
	),
	TP_printk("lower=%s reason=%s len=%u", __entry->name,
		  __print_symbolic(__entry->reason, PROSE_LOWER_DROP_REASONS),
		  __entry->len)
);

#endif /* _PROSE_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
