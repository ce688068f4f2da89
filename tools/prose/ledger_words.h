/* SPDX-License-Identifier: GPL-2.0 */
/* Words "name=value" of the ledger's lines, taken strictly. Pure. */
#ifndef LEDGER_WORDS_H
#define LEDGER_WORDS_H

#include <stdio.h>

#include "ledger.h"

/* The next word of a line that strtok_r() has begun: 1, 0 at the end, -1. */
int ledger_word(char **save, char **name, char **value);
/* Decimal, 0 to max. */
int ledger_number(const char *s, int64_t max, int64_t *n);
/* Exactly len octets of hexadecimal digits. */
int ledger_hex(const char *s, uint8_t *out, size_t len);

/* Lines of ledger_text_managed.c: what follows their first word. -1 for a wrong one. */
int ledger_parse_group(struct ledger *l, char *save);
int ledger_parse_serial(struct ledger *l, char *save);
void ledger_format_managed(const struct ledger *l, FILE *f);

#endif
