/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The name of a key's value, as kernel and ledger have it: HMAC-SHA-256 of
 * "prose ledger" under the key, the first half.
 */
#ifndef FINGERPRINT_H
#define FINGERPRINT_H

#include <linux/prose.h>

#include "secret.h"

/* page: of secret_alloc(), with the key at its start; its rest is overwritten. */
void key_fingerprint(uint8_t *page, uint8_t out[PROSE_FINGERPRINT_LEN]);

#endif
