/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a manager and a device tell each other, as octets (ours; no standard has
 * it): group record, key record, snapshot, and what goes in files: bundle,
 * request, receipt. Pure functions.
 *
 * Each object is its type and version, then elements of type, length and value
 * in ascending order of type. Of any content there is one encoding, and nothing
 * else is taken: an element of a type that is not known and has RECORD_MUST set
 * is refused, any other unknown one is passed over; twice the same, out of
 * order, lengths that do not fit and trailing octets are refused. Integers are
 * big endian. Times are seconds since the epoch.
 */
#ifndef RECORD_H
#define RECORD_H

#include <linux/prose.h>

#include "error.h"

#define RECORD_VERSION 1
#define RECORD_MUST 0x8000	/* of an element's type: who does not know it must refuse */

#define RECORD_KEY_LEN 32	/* PGK, PMK */
#define RECORD_FP_LEN PROSE_FINGERPRINT_LEN
#define RECORD_ID_LEN 16	/* of a manager, of a ledger */
#define RECORD_HASH_LEN 32	/* SHA-256 of a SubjectPublicKeyInfo, DER */
#define RECORD_NAME_MAX 63	/* of a device; without its NUL */
#define RECORD_SPKI_MAX 1024
#define RECORD_KEYS_MAX 32	/* as many as there are PGK indexes */
#define RECORD_ADDRESSES_MAX 16
#define RECORD_NEXT_MAX 256
#define RECORD_NEXT_END 65536	/* no PTK ID is left */
#define RECORD_GROUPS_MAX 64

/* Fit for any object of its kind. */
#define SNAPSHOT_MAX 8192
#define BUNDLE_MAX 1048576
#define REQUEST_MAX 16384
#define RECEIPT_MAX 16384

/* Generation (32 bits) and number (32 bits), per manager and group; it only grows. */
static inline uint32_t epoch_generation(uint64_t epoch)
{
	return epoch >> 32;
}

static inline uint32_t epoch_number(uint64_t epoch)
{
	return (uint32_t)epoch;
}

/* PROSE_CIPHER_, PROSE_INTEGRITY_; kdf by its name, "" for that of TS 33.303. */
struct record_suite {
	uint32_t cipher;
	uint32_t integrity;
	char kdf[PROSE_KDF_NAME_MAX + 1];
};

struct record_address {
	uint8_t family;		/* 4 or 6 */
	uint8_t prefix;
	uint8_t octets[16];	/* the first 4 for family 4 */
};

/* Optional values of a group record: bits of "has". */
enum record_policy {
	POLICY_LCID, POLICY_ETHERTYPE, POLICY_WINDOW, POLICY_NONIP, POLICY_MARGIN,
	POLICY_NOTICE, POLICY_REQUIRE, POLICY_CHOICE, POLICY_PTK_AGE, POLICY_PTK_PACKETS,
	POLICY_N
};

/* Configuration. Never a hook, a path or a command. */
struct group_record {
	uint32_t group;
	uint32_t member;	/* the receiver's own */
	char name[16];		/* proposed for the device: 1 to 15 of [a-zA-Z0-9_=+.-] */
	struct record_suite suite;
	uint32_t has;
	uint32_t policy[POLICY_N];	/* as the netlink interface has them */
	size_t n_addresses;
	struct record_address addresses[RECORD_ADDRESSES_MAX];
};

/* A PGK. Lives in locked memory. */
struct key_record {
	uint32_t group;
	uint8_t pgk_id;
	bool in_card;		/* no octets: the card has them */
	uint8_t key[RECORD_KEY_LEN];
	uint8_t fingerprint[RECORD_FP_LEN];
	struct record_suite suite;
	int64_t from;		/* may be sent with from then on */
	int64_t until;		/* 0: no end */
};

enum live_state {
	LIVE_DORMANT = 1,	/* not sent with yet */
	LIVE_ACTIVE = 2,
	LIVE_ENDING = 3,	/* only received with */
};

/* One line of the list of all live keys of the group. */
struct live_key {
	uint8_t pgk_id;
	uint8_t state;		/* enum live_state */
	uint8_t fingerprint[RECORD_FP_LEN];
	int64_t from;
	int64_t until;		/* 0: no end */
};

/* All that a member is to hold of one group. Lives in locked memory. */
struct snapshot {
	uint8_t manager[RECORD_ID_LEN];	/* first octets of the hash of its key */
	uint32_t group;
	uint32_t member;
	uint64_t epoch;
	int64_t made;
	size_t n_live;		/* 0: the receiver is no member any more, all its keys end */
	/* In ascending order of PGK IDs, no two with equal 5 low bits. */
	struct live_key live[RECORD_KEYS_MAX];
	bool has_config;	/* always, where there are keys */
	struct group_record config;
	size_t n_keys;
	struct key_record keys[RECORD_KEYS_MAX];	/* in the same order, each in live[] */
};

/*
 * What one file carries. Snapshots are octets in the text that was decoded,
 * which must outlive it. Lives in locked memory.
 */
struct bundle {
	uint8_t manager[RECORD_ID_LEN];
	uint8_t recipient[RECORD_HASH_LEN];	/* of the device's CMS key */
	char device[RECORD_NAME_MAX + 1];
	uint8_t ledger[RECORD_ID_LEN];
	uint64_t serial;	/* of the file, per device; only grows */
	int64_t made;
	int64_t expires;
	bool has_pmk;
	uint32_t pmk_id;
	uint8_t pmk[RECORD_KEY_LEN];
	size_t n_snapshots;
	struct {
		const uint8_t *octets;
		size_t len;
	} snapshots[RECORD_GROUPS_MAX];
};

/* The next free PTK ID of a key value and member; 65536: none is left. */
struct record_next {
	uint8_t fingerprint[RECORD_FP_LEN];
	uint32_t member;
	uint32_t next;
};

enum record_environment { ENVIRONMENT_ME = 1, ENVIRONMENT_UICC = 2 };

/* A device asks to be enrolled. It is signed with the CMS key that is in it. */
struct request {
	char device[RECORD_NAME_MAX + 1];
	uint8_t ledger[RECORD_ID_LEN];
	uint8_t environment;
	int64_t made;
	uint32_t ciphers;	/* bit PROSE_CIPHER_x: it can do that */
	uint32_t integrities;
	size_t tls_len;		/* SubjectPublicKeyInfo, DER */
	uint8_t tls[RECORD_SPKI_MAX];
	size_t cms_len;
	uint8_t cms[RECORD_SPKI_MAX];
	size_t n_next;
	struct record_next next[RECORD_NEXT_MAX];
};

/* Results of an installation. Their numbers are in messages: never renumber. */
enum record_result {
	RESULT_IN_USE = 0,	/* stored, and all that can be attached is */
	RESULT_STORED = 1,	/* durable; not attached, or not yet */
	RESULT_OLD_EPOCH = 2,	/* the device has a newer one */
	RESULT_OTHER_CONTENT = 3,	/* the same epoch with other content */
	RESULT_OTHER_MANAGER = 4,
	RESULT_OTHER_MEMBER = 5,	/* another member ID than the group has here */
	RESULT_OTHER_LEDGER = 6,
	RESULT_LOCAL_KEYS = 7,	/* the group's keys come from files, or the card */
	RESULT_MISSING_KEY = 8,	/* a live key is neither here nor in the snapshot */
	RESULT_WRONG_KEY = 9,	/* octets do not have the fingerprint, or two values of one ID */
	RESULT_UNSUPPORTED = 10,	/* a suite, KDF or element that this device cannot do */
	RESULT_BOUND = 11,	/* the value was used with kdf direct otherwise */
	RESULT_EXPIRED = 12,
	RESULT_FAULT = 13,	/* of this machine: disk, memory, kernel */
	RESULT_N
};

struct receipt_group {
	uint32_t group;
	uint64_t epoch;		/* what the device has after it */
	uint8_t result;		/* enum record_result */
};

/* Signed with the device's CMS key. */
struct receipt {
	uint8_t manager[RECORD_ID_LEN];
	uint8_t ledger[RECORD_ID_LEN];
	uint64_t serial;	/* of the bundle */
	int64_t made;
	size_t n_groups;
	struct receipt_group groups[RECORD_GROUPS_MAX];	/* ascending */
	size_t n_next;
	struct record_next next[RECORD_NEXT_MAX];
};

/*
 * Encode. The caller has filled in what is to be so, also the order of lists;
 * the length, or -1 with a reason if *s breaks a rule of its kind or does not
 * fit in size octets. What is decoded again is the same.
 */
int snapshot_encode(const struct snapshot *s, uint8_t *out, size_t size, struct why *w);
int bundle_encode(const struct bundle *b, uint8_t *out, size_t size, struct why *w);
int request_encode(const struct request *r, uint8_t *out, size_t size, struct why *w);
int receipt_encode(const struct receipt *r, uint8_t *out, size_t size, struct why *w);

/*
 * Decode. 0, or -1 with a reason that names the element; then *s is wiped. Any
 * octets can be given. What is decoded keeps every rule that is said above:
 * lists in order and each once, names of their letters, ranges of their
 * numbers, keys of a snapshot with the group and times of their line, and
 * with octets that have their fingerprint, unless they are in the card.
 */
int snapshot_decode(const uint8_t *in, size_t len, struct snapshot *s, struct why *w);
int bundle_decode(const uint8_t *in, size_t len, struct bundle *b, struct why *w);
int request_decode(const uint8_t *in, size_t len, struct request *r, struct why *w);
int receipt_decode(const uint8_t *in, size_t len, struct receipt *r, struct why *w);

/*
 * SHA-256 over all of a snapshot but the key records and "made": what two
 * snapshots of one epoch must have the same.
 */
void snapshot_content(const struct snapshot *s, uint8_t out[RECORD_HASH_LEN]);

/* The fingerprint of a PGK: HMAC-SHA-256(PGK, "prose ledger")[0..15], DESIGN 5. */
void record_fingerprint(const uint8_t key[RECORD_KEY_LEN], uint8_t out[RECORD_FP_LEN]);

/* "old epoch", ... for messages and JSON. */
const char *record_result_text(uint8_t result);

#endif
