/* SPDX-License-Identifier: GPL-2.0 */
/* From a PGK to the keys of a suite, by the KDF of the key. derive.c APIs. */
#ifndef _PROSE_DERIVE_H
#define _PROSE_DERIVE_H

#include <linux/prose_kdf.h>
#include <linux/types.h>

#include "kdf.h"
#include "suite.h"

struct crypto_shash;
struct nlattr;
struct prose_kdf_ask;
struct prose_kdf_call;
struct prose_pgk;

/**
 * struct prose_secrets - keys of a suite
 * @pek: key of the cipher, &struct prose_suite.key_len octets
 * @pik: key of the integrity algorithm, if there is one
 *
 * On the stack of whoever derives; wiped there.
 */
struct prose_secrets {
	u8 pek[PROSE_AEAD_KEY_MAX];
	u8 pik[PROSE_PEK_LEN];
};

const struct prose_kdf *prose_kdf_get(const struct nlattr *name);
void prose_kdf_hold(const struct prose_kdf *kdf);
void prose_kdf_put(const struct prose_kdf *kdf);
bool prose_kdf_is_direct(const struct prose_kdf *kdf);
bool prose_kdf_sleeps(const struct prose_kdf *kdf);
bool prose_kdf_names(const struct prose_kdf *kdf);
int prose_fingerprint(struct crypto_shash *hmac, u8 *fingerprint);
int prose_kdf_answer(const struct prose_kdf_ask *ask, u8 *out);
int prose_derive_ask(struct prose_pgk *pgk, u32 src, u16 id,
		     void (*done)(void *data), struct prose_kdf_call **slot);
int prose_derive(struct prose_pgk *pgk, u32 src, u16 id,
		 const struct prose_kdf_call *call,
		 struct prose_secrets *secrets);

#endif /* _PROSE_DERIVE_H */
