/* SPDX-License-Identifier: GPL-2.0 */
/* Keys of the kernel's key type "prose". */
#ifndef KEYRING_H
#define KEYRING_H

#include "secret.h"

/* "GGGGGG:II" and its NUL */
#define KEY_DESCRIPTION_LEN 10
char *key_description(char out[KEY_DESCRIPTION_LEN], uint32_t group, uint8_t pgk_id);

/*
 * Make a key in the process keyring: it lives on by the device's reference
 * once it is attached, and is gone with this process if it is not.
 * Gives the serial, or -errno.
 */
int32_t keyring_add(uint32_t group, uint8_t pgk_id, const uint8_t key[PGK_LEN]);
int keyring_revoke(int32_t serial);

#endif
