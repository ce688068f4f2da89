/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The key under which all that a device keeps is encrypted (KEK, ours): 32
 * octets, sealed by the TPM where one works, else in a file that only root
 * can read; and boxes under it.
 */
#ifndef SEAL_H
#define SEAL_H

#include "error.h"

#define SEAL_KEY_LEN 32
#define SEAL_FILE "seal"		/* in the state directory */

enum seal_kind { SEAL_NONE, SEAL_TPM, SEAL_ROOT_FILE };

enum seal_status {
	SEAL_OK,
	SEAL_ABSENT,		/* none was made yet */
	SEAL_NO_TPM,		/* sealed by a TPM, and there is none now */
	SEAL_OTHER_TPM,		/* that one cannot unseal it: replaced or cleared */
	SEAL_DAMAGED,
	SEAL_FAULT,
};

/*
 * Make one, seal it by the TPM if one works (want SEAL_NONE), or as wanted; write
 * it, synced; read it again, unseal, and compare before it is said to be there.
 * kek: locked memory. An existing one is never replaced: SEAL_FAULT.
 */
enum seal_status seal_make(int dirfd, enum seal_kind want, uint8_t kek[SEAL_KEY_LEN],
			   enum seal_kind *kind, struct why *w);
/* Unseal. *kind is told whenever the file could be read. */
enum seal_status seal_open(int dirfd, uint8_t kek[SEAL_KEY_LEN], enum seal_kind *kind,
			   struct why *w);
/*
 * Seal the same key anew, by what works now (a TPM was added; after it was
 * cleared nothing can be renewed). Old or new is there at any time.
 */
enum seal_status seal_renew(int dirfd, enum seal_kind want, enum seal_kind *kind, struct why *w);
/* What it protects against, and what to do about a status; one line each. */
const char *seal_protects(enum seal_kind kind);
void seal_hint(enum seal_status status);

/* /dev/tpmrm0; tests name another by a TCTI string of libtss2. */
extern const char *seal_tcti;

/*
 * A box: AES-256-GCM under the KEK with a random 96-bit nonce: nonce, octets,
 * 16 octets of tag. aad is what it is, and is not in it.
 */
#define BOX_OVERHEAD 28
int box_seal(const uint8_t kek[SEAL_KEY_LEN], const void *aad, size_t aad_len,
	     const uint8_t *in, size_t len, uint8_t *out, struct why *w);
/* -1 if it was changed, is another, or under another key; then out is wiped. */
int box_open(const uint8_t kek[SEAL_KEY_LEN], const void *aad, size_t aad_len,
	     const uint8_t *in, size_t len, uint8_t *out, struct why *w);

#endif
