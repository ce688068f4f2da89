/* SPDX-License-Identifier: GPL-2.0 */
/* Devices, keys and members as text or JSON. */
#ifndef SHOW_H
#define SHOW_H

#include "args.h"
#include "obj.h"

int key_show(struct args *a);
/* One key after a command: "fire: key 1 attached, ..." or its JSON. */
void show_key_change(const char *done, const struct obj *k);

/* Pieces of it. */
void show_key_json(const struct obj *k);
void show_key_text(const struct obj *k, const char *indent, int64_t now);
void show_member_json(const struct obj *m);
void show_member_text(const struct obj *m, const char *indent);
void show_counters_json(const struct obj *o);
void show_counters_text(const struct obj *o, const char *indent);
/* rx-implausible is the only sign of a wrong key: say so if it counts. */
void show_implausible(const struct obj *o, const char *indent);
/* "aes256-gcm", "eea2 integrity none" */
char *suite_name(char out[48], const struct obj *k);

#endif
