/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/prose.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_PROSE_H
#define _UAPI_LINUX_PROSE_H

#define PROSE_FAMILY_NAME	"prose"
#define PROSE_FAMILY_VERSION	1

#define PROSE_FINGERPRINT_LEN	16
#define PROSE_KDF_NAME_MAX	15
#define PROSE_ID24_MAX		16777215
#define PROSE_LCID_MAX		10
#define PROSE_PTK_ID_MAX	65535
#define PROSE_LCID_DEFAULT	1
#define PROSE_ETHERTYPE_DEFAULT	34997
#define PROSE_WINDOW_DEFAULT	4096
#define PROSE_MARGIN_DEFAULT	10
#define PROSE_NOTICE_DEFAULT	300

/**
 * enum prose_cipher - Ciphering algorithms. 0 to 3 are the algorithm
 *   identities of TS 33.401 5.1.3.2; the AEAD suites are ours, and their
 *   identities in key derivation are 0xf1 and 0xf2.
 * @PROSE_CIPHER_EEA0: Null ciphering.
 * @PROSE_CIPHER_EEA1: 128-EEA1, SNOW 3G.
 * @PROSE_CIPHER_EEA2: 128-EEA2, AES in counter mode.
 * @PROSE_CIPHER_EEA3: 128-EEA3, ZUC.
 * @PROSE_CIPHER_AES128_GCM: AEAD suite with AES-128-GCM (ours).
 * @PROSE_CIPHER_AES256_GCM: AEAD suite with AES-256-GCM (ours).
 */
enum prose_cipher {
	PROSE_CIPHER_EEA0,
	PROSE_CIPHER_EEA1,
	PROSE_CIPHER_EEA2,
	PROSE_CIPHER_EEA3,
	PROSE_CIPHER_AES128_GCM,
	PROSE_CIPHER_AES256_GCM,
};

/**
 * enum prose_integrity - Integrity algorithms, TS 33.401 5.1.4.2. "none" is
 *   EIA0.
 * @PROSE_INTEGRITY_NONE: No MAC-I is sent or expected.
 * @PROSE_INTEGRITY_EIA1: 128-EIA1, SNOW 3G.
 * @PROSE_INTEGRITY_EIA2: 128-EIA2, AES-CMAC.
 * @PROSE_INTEGRITY_EIA3: 128-EIA3, ZUC.
 */
enum prose_integrity {
	PROSE_INTEGRITY_NONE,
	PROSE_INTEGRITY_EIA1,
	PROSE_INTEGRITY_EIA2,
	PROSE_INTEGRITY_EIA3,
};

/**
 * enum prose_nonip - When whole Ethernet frames (SDU type 3, Non-IP) are
 *   carried.
 * @PROSE_NONIP_AUTO: Only with keys that have integrity or an AEAD suite.
 * @PROSE_NONIP_ON: With every key.
 * @PROSE_NONIP_OFF: Never.
 */
enum prose_nonip {
	PROSE_NONIP_AUTO,
	PROSE_NONIP_ON,
	PROSE_NONIP_OFF,
};

/**
 * enum prose_require - The least that a key must give to be attached.
 * @PROSE_REQUIRE_NONE: Every suite, a cipher without integrity included.
 * @PROSE_REQUIRE_INTEGRITY: An integrity algorithm or an AEAD suite.
 * @PROSE_REQUIRE_AEAD: An AEAD suite.
 */
enum prose_require {
	PROSE_REQUIRE_NONE,
	PROSE_REQUIRE_INTEGRITY,
	PROSE_REQUIRE_AEAD,
};

/**
 * enum prose_choice - Which of several active keys is sent with.
 * @PROSE_CHOICE_FROM: The one activated last. Of several of one second the one
 *   told last to be used at once, else the one that ends first (ours).
 * @PROSE_CHOICE_EXPIRY: The one that ends first, as TS 33.303 is read.
 */
enum prose_choice {
	PROSE_CHOICE_FROM,
	PROSE_CHOICE_EXPIRY,
};

/**
 * enum prose_key_state - What an attached key is doing. It receives in every
 *   state but the dead ones.
 * @PROSE_KEY_STATE_STANDBY: Waits for key-set to give it an activation time.
 * @PROSE_KEY_STATE_PENDING: Its activation time has not come.
 * @PROSE_KEY_STATE_READY: Could be sent with, but another key was activated
 *   later.
 * @PROSE_KEY_STATE_ACTIVE: The key that the device sends with.
 * @PROSE_KEY_STATE_NO_RANGE: Would be active, but holds no PTK Identity to
 *   send with.
 * @PROSE_KEY_STATE_MARGIN: Too close to its end to be sent with.
 * @PROSE_KEY_STATE_RX_ONLY: The device is listen-only (tx off).
 * @PROSE_KEY_STATE_CONFLICT: Sending stopped, another device has our member
 *   identity. Answered by member-reset of it.
 * @PROSE_KEY_STATE_EXPIRED: Dead, by its "until" or the timeout of the keyring
 *   key.
 * @PROSE_KEY_STATE_REVOKED: Dead, the keyring key was revoked or invalidated.
 */
enum prose_key_state {
	PROSE_KEY_STATE_STANDBY,
	PROSE_KEY_STATE_PENDING,
	PROSE_KEY_STATE_READY,
	PROSE_KEY_STATE_ACTIVE,
	PROSE_KEY_STATE_NO_RANGE,
	PROSE_KEY_STATE_MARGIN,
	PROSE_KEY_STATE_RX_ONLY,
	PROSE_KEY_STATE_CONFLICT,
	PROSE_KEY_STATE_EXPIRED,
	PROSE_KEY_STATE_REVOKED,
};

/**
 * enum prose_event_type - What an event tells.
 * @PROSE_EVENT_TYPE_KEY_ATTACHED: A key was attached.
 * @PROSE_EVENT_TYPE_KEY_DETACHED: A key was detached, by command or with its
 *   device.
 * @PROSE_EVENT_TYPE_KEY_ACTIVATED: The device now sends with this key.
 * @PROSE_EVENT_TYPE_KEY_EXPIRING: The key ends within the device's notice
 *   time.
 * @PROSE_EVENT_TYPE_KEY_EXPIRED: The key's time is over; everything derived
 *   from it was wiped.
 * @PROSE_EVENT_TYPE_KEY_REVOKED: The keyring key was revoked; everything
 *   derived was wiped.
 * @PROSE_EVENT_TYPE_PTK_TAKEN: Sending went on to a new PTK Identity.
 * @PROSE_EVENT_TYPE_RANGE_LOW: A quarter or less of the PTK Identities granted
 *   is left.
 * @PROSE_EVENT_TYPE_RANGE_ENDED: No PTK Identity is left, or all were dropped;
 *   sending stops unless another key takes over.
 * @PROSE_EVENT_TYPE_MEMBER_NEW: A member was heard for the first time.
 * @PROSE_EVENT_TYPE_MEMBER_CONFLICT: A frame with our own member identity that
 *   we did not send.
 * @PROSE_EVENT_TYPE_MEMBER_LIMIT: A member cannot be established, the key has
 *   too many. Rate-limited.
 * @PROSE_EVENT_TYPE_NO_KEY: Frames are dropped for want of a key.
 *   Rate-limited.
 * @PROSE_EVENT_TYPE_MAC_FAILURES: Another 4096 frames of the key had a wrong
 *   MAC-I or tag; with 4-octet MACs, somebody may be guessing.
 * @PROSE_EVENT_TYPE_VM_FORK: The virtual machine was copied. Every range of
 *   the key was dropped; without a salt in its suite, none is granted any
 *   more.
 */
enum prose_event_type {
	PROSE_EVENT_TYPE_KEY_ATTACHED,
	PROSE_EVENT_TYPE_KEY_DETACHED,
	PROSE_EVENT_TYPE_KEY_ACTIVATED,
	PROSE_EVENT_TYPE_KEY_EXPIRING,
	PROSE_EVENT_TYPE_KEY_EXPIRED,
	PROSE_EVENT_TYPE_KEY_REVOKED,
	PROSE_EVENT_TYPE_PTK_TAKEN,
	PROSE_EVENT_TYPE_RANGE_LOW,
	PROSE_EVENT_TYPE_RANGE_ENDED,
	PROSE_EVENT_TYPE_MEMBER_NEW,
	PROSE_EVENT_TYPE_MEMBER_CONFLICT,
	PROSE_EVENT_TYPE_MEMBER_LIMIT,
	PROSE_EVENT_TYPE_NO_KEY,
	PROSE_EVENT_TYPE_MAC_FAILURES,
	PROSE_EVENT_TYPE_VM_FORK,
};

enum {
	PROSE_A_PAD = 1,
	PROSE_A_IFINDEX,
	PROSE_A_IFNAME,
	PROSE_A_GROUP,
	PROSE_A_MEMBER,
	PROSE_A_LCID,
	PROSE_A_ETHERTYPE,
	PROSE_A_LOWER_IFINDEX,
	PROSE_A_LOWER_NETNSID,
	PROSE_A_TX,
	PROSE_A_NONIP,
	PROSE_A_MARGIN,
	PROSE_A_NOTICE,
	PROSE_A_PROTECT,
	PROSE_A_REQUIRE,
	PROSE_A_WINDOW,
	PROSE_A_CHOICE,
	PROSE_A_PTK_AGE,
	PROSE_A_PTK_PACKETS,
	PROSE_A_PGK_ID,
	PROSE_A_SERIAL,
	PROSE_A_FINGERPRINT,
	PROSE_A_CIPHER,
	PROSE_A_INTEGRITY,
	PROSE_A_KDF,
	PROSE_A_STANDBY,
	PROSE_A_FROM,
	PROSE_A_UNTIL,
	PROSE_A_KEY_EXPIRY,
	PROSE_A_KEY_STATE,
	PROSE_A_PTK_FIRST,
	PROSE_A_PTK_LAST,
	PROSE_A_PTK_LEFT,
	PROSE_A_PTK_GRANTED,
	PROSE_A_PTK_NEXT_FREE,
	PROSE_A_PTK_ID,
	PROSE_A_SN,
	PROSE_A_RATE,
	PROSE_A_KNOWN,
	PROSE_A_LAST_HEARD,
	PROSE_A_FLOOR,
	PROSE_A_CONFLICT,
	PROSE_A_EVENT,
	PROSE_A_COUNTERS,
	PROSE_A_LOWER_COUNTERS,

	__PROSE_A_MAX,
	PROSE_A_MAX = (__PROSE_A_MAX - 1)
};

enum {
	PROSE_A_COUNTERS_TX_PACKETS = 1,
	PROSE_A_COUNTERS_TX_BYTES,
	PROSE_A_COUNTERS_TX_NO_KEY,
	PROSE_A_COUNTERS_TX_NO_RANGE,
	PROSE_A_COUNTERS_TX_LISTEN_ONLY,
	PROSE_A_COUNTERS_TX_LOWER_DOWN,
	PROSE_A_COUNTERS_TX_TOO_LONG,
	PROSE_A_COUNTERS_TX_NONIP,
	PROSE_A_COUNTERS_TX_MALFORMED,
	PROSE_A_COUNTERS_TX_HOLD_FULL,
	PROSE_A_COUNTERS_TX_NO_MEMORY,
	PROSE_A_COUNTERS_TX_CRYPTO,
	PROSE_A_COUNTERS_TX_CONFLICT,
	PROSE_A_COUNTERS_RX_PACKETS,
	PROSE_A_COUNTERS_RX_BYTES,
	PROSE_A_COUNTERS_RX_SUBHEADER,
	PROSE_A_COUNTERS_RX_LCID,
	PROSE_A_COUNTERS_RX_LENGTH,
	PROSE_A_COUNTERS_RX_OWN_SRC,
	PROSE_A_COUNTERS_RX_OWN_SRC_OLD,
	PROSE_A_COUNTERS_RX_OWN_SRC_FOREIGN,
	PROSE_A_COUNTERS_RX_UNPROTECTED,
	PROSE_A_COUNTERS_RX_SDU_TYPE,
	PROSE_A_COUNTERS_RX_NO_PGK,
	PROSE_A_COUNTERS_RX_KEY_DEAD,
	PROSE_A_COUNTERS_RX_NONIP,
	PROSE_A_COUNTERS_RX_DERIVE_LIMIT,
	PROSE_A_COUNTERS_RX_QUEUE_FULL,
	PROSE_A_COUNTERS_RX_DOWN,
	PROSE_A_COUNTERS_RX_IMPLAUSIBLE,
	PROSE_A_COUNTERS_RX_LEFTOVER,
	PROSE_A_COUNTERS_RX_NO_MEMORY,
	PROSE_A_COUNTERS_RX_CRYPTO,
	PROSE_A_COUNTERS_RX_MEMBER_REFUSED,
	PROSE_A_COUNTERS_RX_BAD_MAC,
	PROSE_A_COUNTERS_RX_LATE,
	PROSE_A_COUNTERS_RX_DUPLICATE,
	PROSE_A_COUNTERS_RX_OLD_PTK,
	PROSE_A_COUNTERS_RX_PROTECTED,
	PROSE_A_COUNTERS_RX_MEMBER_LIMIT,

	__PROSE_A_COUNTERS_MAX,
	PROSE_A_COUNTERS_MAX = (__PROSE_A_COUNTERS_MAX - 1)
};

enum {
	PROSE_A_LOWER_COUNTERS_SHORT = 1,
	PROSE_A_LOWER_COUNTERS_VERSION,
	PROSE_A_LOWER_COUNTERS_OTHER_GROUP,
	PROSE_A_LOWER_COUNTERS_OTHER_VLAN,

	__PROSE_A_LOWER_COUNTERS_MAX,
	PROSE_A_LOWER_COUNTERS_MAX = (__PROSE_A_LOWER_COUNTERS_MAX - 1)
};

enum {
	IFLA_PROSE_GROUP = 1,
	IFLA_PROSE_MEMBER,
	IFLA_PROSE_LCID,
	IFLA_PROSE_ETHERTYPE,
	IFLA_PROSE_TX,
	IFLA_PROSE_NONIP,
	IFLA_PROSE_MARGIN,
	IFLA_PROSE_NOTICE,
	IFLA_PROSE_PROTECT,
	IFLA_PROSE_REQUIRE,
	IFLA_PROSE_WINDOW,
	IFLA_PROSE_CHOICE,
	IFLA_PROSE_PTK_AGE,
	IFLA_PROSE_PTK_PACKETS,

	__IFLA_PROSE_MAX,
	IFLA_PROSE_MAX = (__IFLA_PROSE_MAX - 1)
};

enum prose_cmd {
	PROSE_CMD_DEV_GET = 1,
	PROSE_CMD_KEY_GET,
	PROSE_CMD_KEY_ADD,
	PROSE_CMD_KEY_SET,
	PROSE_CMD_KEY_GRANT,
	PROSE_CMD_KEY_DEL,
	PROSE_CMD_MEMBER_GET,
	PROSE_CMD_MEMBER_RESET,
	PROSE_CMD_PTK_NEXT,
	PROSE_CMD_FLOOR_GET,
	PROSE_CMD_FLOOR_SET,
	PROSE_CMD_EVENT,

	__PROSE_CMD_MAX,
	PROSE_CMD_MAX = (__PROSE_CMD_MAX - 1)
};

#define PROSE_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_PROSE_H */
