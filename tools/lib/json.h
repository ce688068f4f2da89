/* SPDX-License-Identifier: GPL-2.0 */
/* A JSON writer on stdout. */
#ifndef JSON_H
#define JSON_H

#include "error.h"

/* Line breaks and indents. */
extern bool json_pretty;

/* A name of NULL is for the elements of an array. */
void json_object(const char *name);
void json_array(const char *name);
void json_end(void);
void json_string(const char *name, const char *value);
void json_uint(const char *name, uint64_t value);
void json_int(const char *name, int64_t value);
/* Seconds since the epoch, and beside them NAME_utc, as RFC 3339 has it. */
void json_time(const char *name, int64_t t);
void json_bool(const char *name, bool value);
/* With '_' for '-', as in jq paths. */
void json_counter(const char *name, uint64_t value);
/* The newline after the outermost value. */
void json_done(void);

#endif
