/* SPDX-License-Identifier: GPL-2.0 */
/* Good objects, with all that they can have in them. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "record.h"

/* n keys with PGK IDs 1 to n, all of them in it. */
void sample_snapshot(struct snapshot *s, size_t n);
/* octets: what its snapshots point into. */
void sample_bundle(struct bundle *b, const uint8_t *octets, size_t len);
void sample_request(struct request *r);
void sample_receipt(struct receipt *r);

#endif
