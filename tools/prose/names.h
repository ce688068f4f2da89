/* SPDX-License-Identifier: GPL-2.0 */
/* The words for the numbers of linux/prose.h; indexed by them. */
#ifndef NAMES_H
#define NAMES_H

#include <linux/prose.h>

#include "nl.h"

#define N_CIPHERS (PROSE_CIPHER_AES256_GCM + 1)
#define N_INTEGRITIES (PROSE_INTEGRITY_EIA3 + 1)
#define N_NONIP (PROSE_NONIP_OFF + 1)
#define N_KEY_STATES (PROSE_KEY_STATE_REVOKED + 1)
#define N_EVENTS (PROSE_EVENT_TYPE_NO_KEY + 1)

extern const char *const cipher_names[N_CIPHERS];
extern const char *const integrity_names[N_INTEGRITIES];
extern const char *const nonip_names[N_NONIP];
extern const char *const key_state_names[N_KEY_STATES];
extern const char *const event_names[N_EVENTS];
extern const char *const counter_names[PROSE_A_COUNTERS_MAX + 1];
extern const char *const lower_counter_names[PROSE_A_LOWER_COUNTERS_MAX + 1];
extern const char *const attr_name[PROSE_A_MAX + 1];
extern const char *const link_attr_name[IFLA_PROSE_MAX + 1];
extern const char *const cmd_names[PROSE_CMD_MAX + 1];

extern const struct attr_names prose_attrs;	/* generic netlink */
extern const struct attr_names link_attrs;	/* rtnetlink */

/* The word, or "unknown" for a number of a newer kernel. */
const char *name_or_unknown(const char *const *names, size_t n, uint32_t i);
#define NAME(names, i) name_or_unknown(names, ARRAY_SIZE(names), i)

bool cipher_is_aead(uint32_t cipher);

#endif
