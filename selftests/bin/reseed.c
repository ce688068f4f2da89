// SPDX-License-Identifier: GPL-2.0
/*
 * reseed HEX: have the kernel's random numbers begin anew from these 32 octets too.
 * A guest that was restored from a file draws the same as every other one of it.
 */

#include <linux/random.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SEED_LEN	32

int main(int argc, char **argv)
{
	struct {
		struct rand_pool_info info;
		unsigned char octets[SEED_LEN];
	} seed = { .info = { .entropy_count = 8 * SEED_LEN, .buf_size = SEED_LEN } };
	int i, fd;

	if (argc != 2 || strlen(argv[1]) != 2 * SEED_LEN)
		return 2;
	for (i = 0; i < SEED_LEN; i++)
		if (sscanf(argv[1] + 2 * i, "%2hhx", &seed.octets[i]) != 1)
			return 2;
	fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, RNDADDENTROPY, &seed) || ioctl(fd, RNDRESEEDCRNG)) {
		perror("reseed: /dev/urandom");
		return 1;
	}
	return 0;
}
