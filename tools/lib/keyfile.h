/* SPDX-License-Identifier: GPL-2.0 */
/* A group key in a file: 32 raw octets, or 64 hexadecimal digits. */
#ifndef KEYFILE_H
#define KEYFILE_H

#include "secret.h"

#define KEYFILE_MAX 4095	/* one octet less than a secret page */

/* Decode buf in place: afterwards its first 32 octets are the key. */
int key_decode(const char *name, uint8_t *buf, size_t len, struct why *w);
/* Read FILE or "-" into a secret page and decode it. */
int key_read(const char *file, uint8_t *page, struct why *w);
/*
 * The same of a file that nobody but root or we can read or write; others are
 * refused. It is the opened file that is looked at, not its name.
 */
int key_read_private(const char *file, uint8_t *page, struct why *w);

#endif
