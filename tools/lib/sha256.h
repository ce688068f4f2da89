/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SHA-256 for the ledger's checksum and its binding to the machine. Of a key only
 * fingerprint.c makes a hash, in locked memory.
 */
#ifndef SHA256_H
#define SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_LEN 32

void sha256(const void *data, size_t len, uint8_t out[SHA256_LEN]);

#endif
