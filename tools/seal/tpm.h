/* SPDX-License-Identifier: GPL-2.0 */
/* 32 octets, sealed by a TPM 2.0 under its storage root key; no PCRs. */
#ifndef TPM_H
#define TPM_H

#include "seal.h"

#define TPM_BLOB_MAX 1024
#define TPM_NAME_MAX 68

/* What is written down of it. */
struct tpm_sealed {
	size_t srk_len, public_len, private_len;
	uint8_t srk[TPM_NAME_MAX];	/* name of the key it is under: which TPM it was */
	uint8_t public[TPM_BLOB_MAX], private[TPM_BLOB_MAX];
};

/* Does one answer? */
bool tpm_works(struct why *w);
enum seal_status tpm_seal(const uint8_t kek[SEAL_KEY_LEN], struct tpm_sealed *t, struct why *w);
enum seal_status tpm_unseal(const struct tpm_sealed *t, uint8_t kek[SEAL_KEY_LEN],
			    struct why *w);

#endif
