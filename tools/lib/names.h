/* SPDX-License-Identifier: GPL-2.0 */
/* The words for the numbers of linux/prose.h, indexed by them. */
#ifndef NAMES_H
#define NAMES_H

#include <linux/prose.h>

#include "error.h"

/* Tables made from the header, and how long each is. */
extern const char *const cipher_names[];
extern const char *const integrity_names[];
extern const char *const nonip_names[];
extern const char *const require_names[];
extern const char *const choice_names[];
extern const char *const key_state_names[];
extern const char *const event_names[];
extern const char *const counter_names[];
extern const char *const lower_counter_names[];
extern const char *const attr_name[];
extern const char *const link_attr_name[];
extern const char *const cmd_names[];
extern const size_t n_cipher_names;
extern const size_t n_integrity_names;
extern const size_t n_nonip_names;
extern const size_t n_require_names;
extern const size_t n_choice_names;
extern const size_t n_key_state_names;
extern const size_t n_event_names;
extern const size_t n_counter_names;
extern const size_t n_lower_counter_names;
extern const size_t n_attr_name;
extern const size_t n_link_attr_name;
extern const size_t n_cmd_names;

/* The word, or "unknown" for a number of a newer kernel. */
const char *name_or_unknown(const char *const *names, size_t n, uint32_t i);
#define NAME(names, i) name_or_unknown(names, n_##names, i)

bool cipher_is_aead(uint32_t cipher);

#endif
