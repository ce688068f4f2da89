/* SPDX-License-Identifier: GPL-2.0 */
/* The drivers inside of asynchronous wrappers. simd.c APIs. */
#ifndef _PROSE_SIMD_H
#define _PROSE_SIMD_H

struct crypto_aead;
struct crypto_skcipher;

void prose_simd_find_skcipher(const char *algorithm);
void prose_simd_find_aead(const char *algorithm);
struct crypto_skcipher *
prose_simd_skcipher(const struct crypto_skcipher *wrapper);
struct crypto_aead *prose_simd_aead(const struct crypto_aead *wrapper);

#endif /* _PROSE_SIMD_H */
