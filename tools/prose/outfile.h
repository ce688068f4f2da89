/* SPDX-License-Identifier: GPL-2.0 */
/* Files that go to a manager and come from one: text, signed by this device. */
#ifndef OUTFILE_H
#define OUTFILE_H

#include "me.h"

/*
 * Sign, and write for all to read: there is no secret in it. "-" is standard
 * output; another file of that name is replaced. Prints and gives the exit code.
 */
int outfile_signed(const struct me *m, const char *name, const uint8_t *content, size_t len);

/* The next free PTK ID of each key value and member, as the ledger has it. How many. */
size_t outfile_next(const struct ledger *l, struct record_next next[RECORD_NEXT_MAX]);

/*
 * A file that came, as DER, to be freed; "-" is standard input. NULL with a reason;
 * what is longer than any is not read.
 */
uint8_t *infile_read(const char *name, size_t *len, struct why *w);

#endif
