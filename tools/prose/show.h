/* SPDX-License-Identifier: GPL-2.0 */
/* Devices, keys and members as text or JSON. */
#ifndef SHOW_H
#define SHOW_H

#include "args.h"
#include "obj.h"

int key_show(struct args *a);
/* One key after a command: "fire: key 1 attached, ..." or its JSON. */
void show_key_change(const char *done, const struct obj *k);
/* That it has no range is no state to tell here: it was not asked for, or is taken next. */
void show_key_attached(const struct obj *k, bool range_follows);

/* Pieces of it. */
void show_key_json(const struct obj *k);
void show_key_text(const struct obj *k, const char *indent, int64_t now);
void show_member_json(const struct obj *m);
void show_member_text(const struct obj *m, const char *indent);
void show_counters_json(const struct obj *o);
void show_counters_text(const struct obj *o, const char *indent);
/* rx-implausible and rx-bad-mac are the signs of a wrong key: say so. */
void show_wrong_key(const struct obj *o, const char *indent);
/* "aes256-gcm", "eea2 integrity none", "eea0 integrity eia2 (CLEAR TEXT)" */
#define SUITE_LEN 64
char *suite_name(char out[SUITE_LEN], const struct obj *k);
/* A few words for each counter, "" where its name says it. */
extern const char *const counter_help[PROSE_A_COUNTERS_MAX + 1];

#endif
