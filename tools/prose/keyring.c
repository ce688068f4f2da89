// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <keyutils.h>
#include <stdio.h>

#include "keyring.h"

/*
 * The possessor (this process) needs all but reading and writing, which the
 * type does not know. The owner's uid is given what keyctl timeout and revoke
 * need from any session, and search, so that the serial can be attached again.
 */
#define KEY_PERM (KEY_POS_VIEW | KEY_POS_SEARCH | KEY_POS_LINK | KEY_POS_SETATTR | \
		  KEY_USR_VIEW | KEY_USR_SEARCH | KEY_USR_SETATTR)

char *key_description(char out[KEY_DESCRIPTION_LEN], uint32_t group, uint8_t pgk_id)
{
	snprintf(out, KEY_DESCRIPTION_LEN, "%06x:%02x", group & 0xffffff, pgk_id);
	return out;
}

int32_t keyring_add(uint32_t group, uint8_t pgk_id, const uint8_t key[PGK_LEN])
{
	char description[KEY_DESCRIPTION_LEN];
	key_serial_t serial;

	key_description(description, group, pgk_id);
	serial = add_key("prose", description, key, PGK_LEN, KEY_SPEC_PROCESS_KEYRING);
	if (serial < 0)
		return -errno;
	if (keyctl_setperm(serial, KEY_PERM)) {
		int err = -errno;

		keyctl_revoke(serial);
		return err;
	}
	return serial;
}

int keyring_revoke(int32_t serial)
{
	return keyctl_revoke(serial) ? -errno : 0;
}
