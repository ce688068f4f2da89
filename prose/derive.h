/* SPDX-License-Identifier: GPL-2.0 */
/* From a PGK to the keys of a suite, by the KDF of the key. derive.c APIs. */
#ifndef _PROSE_DERIVE_H
#define _PROSE_DERIVE_H

#include <linux/prose_kdf.h>
#include <linux/types.h>

#include "kdf.h"
#include "suite.h"

struct nlattr;
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
int prose_derive(struct prose_pgk *pgk, u32 src, u16 id,
		 struct prose_secrets *secrets);

#endif /* _PROSE_DERIVE_H */
