/* SPDX-License-Identifier: GPL-2.0 */
/* PGKs of a device: attach, validity, choice, wipe. key.c APIs. */
#ifndef _PROSE_KEY_H
#define _PROSE_KEY_H

#include <linux/key.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

#include <uapi/linux/prose.h>

#include "count.h"
#include "member.h"

struct crypto_shash;
struct netlink_ext_ack;
struct prose_counters;
struct prose_dev;
struct prose_history;
struct prose_kdf;
struct prose_suite;
struct user_namespace;

/* "until" of a key without one */
#define PROSE_FOREVER		S64_MAX

/**
 * struct prose_pgk - a PGK attached to a device
 * @pdev: the device; a reference is held on it
 * @tracker: of that reference
 * @key: the keyring key; a reference is held on it
 * @suite: algorithms
 * @kdf: how PTKs are derived; a reference on its module is held
 * @uid: who attached it
 * @user_ns: the user namespace of that; a reference is held
 * @fingerprint: names the value of the key
 * @id: PGK ID
 * @standby: not sent with until key-set gives a time; dev->lock
 * @from: activation time; dev->lock
 * @said: higher if the operator activated it later than another one, 0 if its
 *	time came by itself; dev->lock
 * @until: end, or PROSE_FOREVER; written under dev->lock
 * @expiring_told: key-expiring was announced for the present end; dev->lock
 * @octets_wiped: those in the keyring were wiped; dev->lock
 * @sent: the device has sent with it; dev->lock
 * @dead: 0, or why it is dead for ever: -EKEYEXPIRED, -EKEYREVOKED; set once
 * @wiped: what was derived is gone, and nothing is derived again. Set under
 *	dev->rx.lock, read there or under dev->lock
 * @end_lock: protects @end_seen and @deadline
 * @end_seen: end of the key for which @deadline was computed
 * @deadline: CLOCK_BOOTTIME nanoseconds after which the key is dead even if
 *	the clock was set back; PROSE_FOREVER if it has no end
 * @kdf_lock: protects the two handles and @octets
 * @pgk_hmac: HMAC-SHA-256 keyed with the PGK; NULL when wiped
 * @ptk_hmac: HMAC-SHA-256 keyed with one PTK after another
 * @octets: of the PGK, if @kdf needs them; NULL when wiped; @kdf_lock
 * @ids: PTK Identities granted; dev->tx.lock
 * @count: entry of the (fingerprint, member) table or NULL; set once
 * @count_node: in the list of the entry's holders, while it holds a range
 * @members: senders heard, by &struct prose_member.src
 * @member_list: the same in the order they came; dev->rx.lock, RCU
 * @probation: those of them that have not shown themselves; dev->rx.lock
 * @known: how many of @members are established; dev->rx.lock
 * @history: floors of senders; set before the key is found
 * @mac_failures: frames whose MAC-I or tag was wrong
 * @counters: per CPU
 * @rate: frames sent per second, averaged; dev->lock
 * @rate_packets: frames sent when @rate was last computed
 * @rate_stamp: jiffies of that
 * @all: in the list of all PGKs, for revocation
 * @ref: references
 * @free: end
 *
 * Found by RCU in the device's table of PGK indexes. References are held by
 * that table, by PTKs, and by those who need one for longer than a grace
 * period. prose_pgk_put() of the last one frees it after a grace period.
 */
struct prose_pgk {
	struct prose_dev *pdev;
	netdevice_tracker tracker;
	struct key *key;
	const struct prose_suite *suite;
	const struct prose_kdf *kdf;
	kuid_t uid;
	struct user_namespace *user_ns;
	struct prose_counters __percpu *counters;
	int dead;
	s64 until;
	bool wiped;
	bool standby;
	bool expiring_told;
	bool sent;
	bool octets_wiped;
	u8 id;
	s64 from;
	u64 said;

	spinlock_t end_lock; /* protects the deadline */
	s64 end_seen;
	s64 deadline;

	struct rhashtable members;

	u8 fingerprint[PROSE_FINGERPRINT_LEN];
	spinlock_t kdf_lock; /* protects the HMAC handles and the octets */
	struct crypto_shash *pgk_hmac;
	struct crypto_shash *ptk_hmac;
	u8 *octets;

	struct prose_ids ids;
	struct prose_count *count;
	struct list_head count_node;

	struct list_head member_list;
	struct prose_member *probation[PROSE_PROBATION];
	unsigned int known;
	struct prose_history *history;
	atomic_t mac_failures;

	u32 rate;
	u64 rate_packets;
	unsigned long rate_stamp;

	struct list_head all;
	refcount_t ref;
	struct rcu_work free;
};

/**
 * struct prose_key_params - what attaching a key is told
 * @serial: keyring key
 * @key: the same, found by prose_key_vet()
 * @id: PGK ID
 * @suite: algorithms
 * @kdf: how PTKs are derived
 * @uid: who attaches it
 * @user_ns: the user namespace of that
 * @host: he may administrate networks of the initial user namespace
 * @fingerprint: what the key is called if prose_kdf_names(), else NULL
 * @standby: attach as standby
 * @from: activation time for sending
 * @now: @from is the time of the request, which named none
 * @until: end, or PROSE_FOREVER
 */
struct prose_key_params {
	key_serial_t serial;
	struct key *key;
	u8 id;
	const struct prose_suite *suite;
	const struct prose_kdf *kdf;
	kuid_t uid;
	struct user_namespace *user_ns;
	bool host;
	const u8 *fingerprint;
	bool standby;
	s64 from;
	bool now;
	s64 until;
};

int prose_key_vet(struct prose_dev *pdev, struct prose_key_params *params,
		  struct netlink_ext_ack *extack);
int prose_key_attach(struct prose_dev *pdev,
		     const struct prose_key_params *params,
		     struct netlink_ext_ack *extack);
void prose_key_detach(struct prose_pgk *pgk, u32 *top);
void prose_key_detach_all(struct prose_dev *pdev);
void prose_key_revoked(const struct key *key);
struct prose_pgk *prose_key_find(struct prose_dev *pdev, u8 id);
int prose_key_set(struct prose_pgk *pgk, const bool *standby, const s64 *from,
		  const s64 *until, struct netlink_ext_ack *extack);
int prose_key_check_slowly(struct prose_pgk *pgk);
int prose_key_grant(struct prose_pgk *pgk, u32 first, u32 last,
		    struct netlink_ext_ack *extack);
void prose_key_drop_ranges(struct prose_dev *pdev);
void prose_key_tell_fork(struct prose_dev *pdev);
bool prose_key_conflict(struct prose_pgk *pgk);
void prose_key_conflict_answer(struct prose_dev *pdev);
void prose_key_options_changed(struct prose_dev *pdev);
void prose_key_kick(struct prose_dev *pdev);
void prose_key_tend(struct work_struct *work);
void prose_pgk_put(struct prose_pgk *pgk);

static inline struct prose_pgk *prose_pgk_hold(struct prose_pgk *pgk)
{
	refcount_inc(&pgk->ref);
	return pgk;
}

/* A keyring key without a timeout has 0 for it, or since 6.7 the end of time. */
static inline bool prose_key_expires(time64_t expiry)
{
	return expiry && expiry != TIME64_MAX;
}

/**
 * prose_key_expiry - timeout of the keyring key
 * @pgk: key
 *
 * Once revoked, the keyring keeps the time of that in its place.
 *
 * Context: any. Return: CLOCK_REALTIME seconds, or PROSE_FOREVER.
 */
static inline s64 prose_key_expiry(const struct prose_pgk *pgk)
{
	const struct key *key = pgk->key;
	time64_t expiry = READ_ONCE(key->expiry);

	return prose_key_expires(expiry) &&
	       !test_bit(KEY_FLAG_REVOKED, &key->flags) ?
	       expiry : PROSE_FOREVER;
}

/**
 * prose_key_end - when a key ends
 * @pgk: key
 *
 * Context: any. Return: CLOCK_REALTIME seconds, or PROSE_FOREVER.
 */
static inline s64 prose_key_end(const struct prose_pgk *pgk)
{
	return min(READ_ONCE(pgk->until), prose_key_expiry(pgk));
}

/**
 * prose_key_endless - is this key alive, and without an end that could come?
 * @pgk: key
 *
 * What most keys are. Context: any.
 */
static inline bool prose_key_endless(const struct prose_pgk *pgk)
{
	const unsigned long over = BIT(KEY_FLAG_INVALIDATED) |
				   BIT(KEY_FLAG_REVOKED) | BIT(KEY_FLAG_DEAD);
	const struct key *key = pgk->key;

	return !READ_ONCE(pgk->dead) && !(READ_ONCE(key->flags) & over) &&
	       !prose_key_expires(READ_ONCE(key->expiry)) &&
	       READ_ONCE(pgk->until) == PROSE_FOREVER &&
	       READ_ONCE(pgk->end_seen) == PROSE_FOREVER;
}

/**
 * prose_key_check - may this key be used now?
 * @pgk: key
 *
 * Nothing tells a module of a timeout or invalidation, so both data paths ask
 * for every frame. Dead once is dead for ever, whatever the clock does later.
 *
 * Context: any. Return: 0, -EKEYEXPIRED or -EKEYREVOKED.
 */
static inline int prose_key_check(struct prose_pgk *pgk)
{
	return likely(prose_key_endless(pgk)) ? 0 : prose_key_check_slowly(pgk);
}

#endif /* _PROSE_KEY_H */
