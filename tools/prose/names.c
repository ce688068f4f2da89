// SPDX-License-Identifier: GPL-2.0
#include <linux/if_link.h>

#include "names.h"

const char *const cipher_names[N_CIPHERS] = {
	[PROSE_CIPHER_EEA0] = "eea0",
	[PROSE_CIPHER_EEA1] = "eea1",
	[PROSE_CIPHER_EEA2] = "eea2",
	[PROSE_CIPHER_EEA3] = "eea3",
	[PROSE_CIPHER_AES128_GCM] = "aes128-gcm",
	[PROSE_CIPHER_AES256_GCM] = "aes256-gcm",
};

const char *const integrity_names[N_INTEGRITIES] = {
	[PROSE_INTEGRITY_NONE] = "none",
	[PROSE_INTEGRITY_EIA1] = "eia1",
	[PROSE_INTEGRITY_EIA2] = "eia2",
	[PROSE_INTEGRITY_EIA3] = "eia3",
};

const char *const nonip_names[N_NONIP] = {
	[PROSE_NONIP_AUTO] = "auto",
	[PROSE_NONIP_ON] = "on",
	[PROSE_NONIP_OFF] = "off",
};

const char *const key_state_names[N_KEY_STATES] = {
	[PROSE_KEY_STATE_STANDBY] = "standby",
	[PROSE_KEY_STATE_PENDING] = "pending",
	[PROSE_KEY_STATE_READY] = "ready",
	[PROSE_KEY_STATE_ACTIVE] = "active",
	[PROSE_KEY_STATE_NO_RANGE] = "no-range",
	[PROSE_KEY_STATE_MARGIN] = "margin",
	[PROSE_KEY_STATE_RX_ONLY] = "rx-only",
	[PROSE_KEY_STATE_EXPIRED] = "expired",
	[PROSE_KEY_STATE_REVOKED] = "revoked",
};

const char *const event_names[N_EVENTS] = {
	[PROSE_EVENT_TYPE_KEY_ATTACHED] = "key-attached",
	[PROSE_EVENT_TYPE_KEY_DETACHED] = "key-detached",
	[PROSE_EVENT_TYPE_KEY_ACTIVATED] = "key-activated",
	[PROSE_EVENT_TYPE_KEY_EXPIRING] = "key-expiring",
	[PROSE_EVENT_TYPE_KEY_EXPIRED] = "key-expired",
	[PROSE_EVENT_TYPE_KEY_REVOKED] = "key-revoked",
	[PROSE_EVENT_TYPE_PTK_TAKEN] = "ptk-taken",
	[PROSE_EVENT_TYPE_RANGE_LOW] = "range-low",
	[PROSE_EVENT_TYPE_RANGE_ENDED] = "range-ended",
	[PROSE_EVENT_TYPE_MEMBER_NEW] = "member-new",
	[PROSE_EVENT_TYPE_MEMBER_CONFLICT] = "member-conflict",
	[PROSE_EVENT_TYPE_NO_KEY] = "no-key",
};

const char *const counter_names[PROSE_A_COUNTERS_MAX + 1] = {
	[PROSE_A_COUNTERS_TX_PACKETS] = "tx-packets",
	[PROSE_A_COUNTERS_TX_BYTES] = "tx-bytes",
	[PROSE_A_COUNTERS_TX_NO_KEY] = "tx-no-key",
	[PROSE_A_COUNTERS_TX_NO_RANGE] = "tx-no-range",
	[PROSE_A_COUNTERS_TX_LISTEN_ONLY] = "tx-listen-only",
	[PROSE_A_COUNTERS_TX_LOWER_DOWN] = "tx-lower-down",
	[PROSE_A_COUNTERS_TX_TOO_LONG] = "tx-too-long",
	[PROSE_A_COUNTERS_TX_NONIP] = "tx-nonip",
	[PROSE_A_COUNTERS_TX_MALFORMED] = "tx-malformed",
	[PROSE_A_COUNTERS_TX_HOLD_FULL] = "tx-hold-full",
	[PROSE_A_COUNTERS_TX_NO_MEMORY] = "tx-no-memory",
	[PROSE_A_COUNTERS_TX_CRYPTO] = "tx-crypto",
	[PROSE_A_COUNTERS_RX_PACKETS] = "rx-packets",
	[PROSE_A_COUNTERS_RX_BYTES] = "rx-bytes",
	[PROSE_A_COUNTERS_RX_SUBHEADER] = "rx-subheader",
	[PROSE_A_COUNTERS_RX_LCID] = "rx-lcid",
	[PROSE_A_COUNTERS_RX_LENGTH] = "rx-length",
	[PROSE_A_COUNTERS_RX_OWN_SRC] = "rx-own-src",
	[PROSE_A_COUNTERS_RX_OWN_SRC_OLD] = "rx-own-src-old",
	[PROSE_A_COUNTERS_RX_OWN_SRC_FOREIGN] = "rx-own-src-foreign",
	[PROSE_A_COUNTERS_RX_UNPROTECTED] = "rx-unprotected",
	[PROSE_A_COUNTERS_RX_SDU_TYPE] = "rx-sdu-type",
	[PROSE_A_COUNTERS_RX_NO_PGK] = "rx-no-pgk",
	[PROSE_A_COUNTERS_RX_KEY_DEAD] = "rx-key-dead",
	[PROSE_A_COUNTERS_RX_NONIP] = "rx-nonip",
	[PROSE_A_COUNTERS_RX_DERIVE_LIMIT] = "rx-derive-limit",
	[PROSE_A_COUNTERS_RX_QUEUE_FULL] = "rx-queue-full",
	[PROSE_A_COUNTERS_RX_IMPLAUSIBLE] = "rx-implausible",
	[PROSE_A_COUNTERS_RX_LEFTOVER] = "rx-leftover",
	[PROSE_A_COUNTERS_RX_NO_MEMORY] = "rx-no-memory",
	[PROSE_A_COUNTERS_RX_CRYPTO] = "rx-crypto",
	[PROSE_A_COUNTERS_RX_MEMBER_LIMIT] = "rx-member-limit",
};

const char *const lower_counter_names[PROSE_A_LOWER_COUNTERS_MAX + 1] = {
	[PROSE_A_LOWER_COUNTERS_SHORT] = "short",
	[PROSE_A_LOWER_COUNTERS_VERSION] = "version",
	[PROSE_A_LOWER_COUNTERS_OTHER_GROUP] = "other-group",
};

const char *const attr_name[PROSE_A_MAX + 1] = {
	[PROSE_A_PAD] = "pad",
	[PROSE_A_IFINDEX] = "ifindex",
	[PROSE_A_IFNAME] = "ifname",
	[PROSE_A_GROUP] = "group",
	[PROSE_A_MEMBER] = "member",
	[PROSE_A_LCID] = "lcid",
	[PROSE_A_ETHERTYPE] = "ethertype",
	[PROSE_A_LOWER_IFINDEX] = "lower-ifindex",
	[PROSE_A_LOWER_NETNSID] = "lower-netnsid",
	[PROSE_A_TX] = "tx",
	[PROSE_A_NONIP] = "nonip",
	[PROSE_A_MARGIN] = "margin",
	[PROSE_A_NOTICE] = "notice",
	[PROSE_A_PGK_ID] = "pgk-id",
	[PROSE_A_SERIAL] = "serial",
	[PROSE_A_FINGERPRINT] = "fingerprint",
	[PROSE_A_CIPHER] = "cipher",
	[PROSE_A_INTEGRITY] = "integrity",
	[PROSE_A_KDF] = "kdf",
	[PROSE_A_STANDBY] = "standby",
	[PROSE_A_FROM] = "from",
	[PROSE_A_UNTIL] = "until",
	[PROSE_A_KEY_EXPIRY] = "key-expiry",
	[PROSE_A_KEY_STATE] = "key-state",
	[PROSE_A_PTK_FIRST] = "ptk-first",
	[PROSE_A_PTK_LAST] = "ptk-last",
	[PROSE_A_PTK_LEFT] = "ptk-left",
	[PROSE_A_PTK_NEXT_FREE] = "ptk-next-free",
	[PROSE_A_PTK_ID] = "ptk-id",
	[PROSE_A_SN] = "sn",
	[PROSE_A_RATE] = "rate",
	[PROSE_A_KNOWN] = "known",
	[PROSE_A_LAST_HEARD] = "last-heard",
	[PROSE_A_EVENT] = "event",
	[PROSE_A_COUNTERS] = "counters",
	[PROSE_A_LOWER_COUNTERS] = "lower-counters",
};

const char *const link_attr_name[IFLA_PROSE_MAX + 1] = {
	[IFLA_PROSE_GROUP] = "group",
	[IFLA_PROSE_MEMBER] = "member",
	[IFLA_PROSE_LCID] = "lcid",
	[IFLA_PROSE_ETHERTYPE] = "ethertype",
	[IFLA_PROSE_TX] = "tx",
	[IFLA_PROSE_NONIP] = "nonip",
	[IFLA_PROSE_MARGIN] = "margin",
	[IFLA_PROSE_NOTICE] = "notice",
};

const char *const cmd_names[PROSE_CMD_MAX + 1] = {
	[PROSE_CMD_DEV_GET] = "dev-get",
	[PROSE_CMD_KEY_GET] = "key-get",
	[PROSE_CMD_KEY_ADD] = "key-add",
	[PROSE_CMD_KEY_SET] = "key-set",
	[PROSE_CMD_KEY_GRANT] = "key-grant",
	[PROSE_CMD_KEY_DEL] = "key-del",
	[PROSE_CMD_MEMBER_GET] = "member-get",
	[PROSE_CMD_EVENT] = "event",
};

const struct attr_names prose_attrs = {
	.names = attr_name,
	.max = PROSE_A_MAX,
};

static const struct attr_names info_data = {
	.names = link_attr_name,
	.max = IFLA_PROSE_MAX,
};

static const char *const info_names[] = {
	[IFLA_INFO_KIND] = "type",
};

static const struct attr_nest info_nests[] = {
	{ IFLA_INFO_DATA, &info_data },
	{ 0, NULL },
};

static const struct attr_names info = {
	.names = info_names,
	.max = ARRAY_SIZE(info_names) - 1,
	.nests = info_nests,
};

static const char *const ifla_names[] = {
	[IFLA_IFNAME] = "name",
	[IFLA_LINK] = "link",
};

static const struct attr_nest ifla_nests[] = {
	{ IFLA_LINKINFO, &info },
	{ 0, NULL },
};

const struct attr_names link_attrs = {
	.names = ifla_names,
	.max = ARRAY_SIZE(ifla_names) - 1,
	.nests = ifla_nests,
};

const char *name_or_unknown(const char *const *names, size_t n, uint32_t i)
{
	return i < n && names[i] ? names[i] : "unknown";
}

bool cipher_is_aead(uint32_t cipher)
{
	return cipher == PROSE_CIPHER_AES128_GCM || cipher == PROSE_CIPHER_AES256_GCM;
}
