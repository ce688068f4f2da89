// SPDX-License-Identifier: GPL-2.0
/*
 * secret_key GGGGGG:II: add a key of type prose whose octets are the same every
 * time, and nowhere else in the guest's memory; print its serial number. For
 * tests that look for the octets there.
 */

#include <keyutils.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define KEY_LEN		32
#define KEY_ALL		0x3f3f0000	/* possessor and owner, everything */

int main(int argc, char **argv)
{
	static uint8_t key[KEY_LEN];
	uint32_t x = 0x5eed;
	key_serial_t serial;
	int i;

	if (argc != 2 || mlock(key, sizeof(key)))
		return 1;
	/* selftests/multiboot/wipe does the same sum. */
	for (i = 0; i < KEY_LEN; i++) {
		x = x * 1103515245 + 12345;
		key[i] = x >> 16;
	}
	serial = add_key("prose", argv[1], key, sizeof(key),
			 KEY_SPEC_USER_KEYRING);
	explicit_bzero(key, sizeof(key));
	if (serial < 0 || keyctl_setperm(serial, KEY_ALL)) {
		perror("secret_key");
		return 1;
	}
	printf("%d\n", serial);
	return 0;
}
