// SPDX-License-Identifier: GPL-2.0
/*
 * What the radios of the demo run: a plain UDP program that knows nothing of
 * ProSe, keys or frames, and a reader of captures that knows no key.
 *
 *   talk say TEXT            broadcast one message to the group
 *   talk hear                print every message heard, until killed
 *   talk send N [USEC]       broadcast N numbered datagrams, USEC apart
 *   talk count N             take numbered datagrams until there are N of them,
 *                            or none came for 6 seconds; tell what is missing
 *   talk frames FILE         print what anybody can read of each ProSe frame
 *                            in a pcap file
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define MESSAGES	4000
#define NUMBERS		4001
#define FILLER		"THE EAST STAIRS ARE FREE "

static void die(const char *what)
{
	fprintf(stderr, "talk: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int udp_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int one = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one)))
		die("socket");
	return fd;
}

static int sender(int port)
{
	const char *to = getenv("TALK_TO");
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = udp_socket();

	if (!inet_aton(to ? to : "10.4.5.255", &a.sin_addr) ||
	    connect(fd, (struct sockaddr *)&a, sizeof(a)))
		die("connect");
	return fd;
}

static int receiver(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = udp_socket(), size = 64 << 20;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)))
		die("bind");
	return fd;
}

static int say(const char *text)
{
	if (send(sender(MESSAGES), text, strlen(text), 0) < 0)
		die("send");
	return 0;
}

static int hear(void)
{
	int fd = receiver(MESSAGES);
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	char text[2048];
	ssize_t len;

	while ((len = recvfrom(fd, text, sizeof(text), 0,
			       (struct sockaddr *)&from, &size)) >= 0) {
		printf("%s says: %.*s\n", inet_ntoa(from.sin_addr), (int)len, text);
		fflush(stdout);
	}
	die("recvfrom");
	return 1;
}

static int send_numbers(unsigned int n, unsigned int gap)
{
	unsigned int i, sent = 0;
	int fd = sender(NUMBERS);
	char text[64];

	for (i = 1; i <= n; i++) {
		int len = snprintf(text, sizeof(text), "%08u " FILLER, i);

		sent += send(fd, text, len, 0) == len;
		if (gap)
			usleep(gap);
	}
	printf("%u datagrams sent\n", sent);
	return 0;
}

static int count_numbers(unsigned int n)
{
	unsigned int got = 0, twice = 0, disorder = 0, other = 0, last = 0, i;
	struct timeval tv = { .tv_sec = 20 };
	int fd = receiver(NUMBERS);
	bool *seen = calloc(n + 1, 1);
	char text[2048];

	if (!seen)
		die("calloc");
	printf("counting\n");
	fflush(stdout);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	while (got < n) {
		ssize_t len = recv(fd, text, sizeof(text) - 1, 0);

		if (len < 0)
			break;
		if (!got) {
			tv.tv_sec = 6;
			setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
		}
		text[len] = 0;
		i = strtoul(text, NULL, 10);
		if (!i || i > n || strcmp(text + 8, " " FILLER)) {
			other++;
			continue;
		}
		if (seen[i]) {
			twice++;
			continue;
		}
		seen[i] = true;
		got++;
		disorder += i < last;
		last = i;
	}
	printf("%u received, %u missing, %u twice, %u out of order, %u damaged\n",
	       got, n - got, twice, disorder, other);
	return 0;
}

static unsigned int be(const unsigned char *p, int octets)
{
	unsigned int v = 0;

	while (octets--)
		v = v << 8 | *p++;
	return v;
}

/* The header fields that are not ciphered; see Documentation/protocol.rst */
static void frame(const unsigned char *f, size_t len)
{
	const unsigned char *pdcp;

	if (len < 30 || be(f + 12, 2) != 0x88b5)
		return;
	pdcp = f + (f[21] & 0x20 ? 25 : 22);
	printf("member 0x%06x group 0x%06x LCID %u SDU type %u PGK index %u PTK ID %u SN %u\n",
	       be(f + 15, 3), be(f + 18, 3), f[21] & 31, pdcp[0] >> 5, pdcp[0] & 31,
	       be(pdcp + 1, 2), be(pdcp + 3, 2));
}

static int frames(const char *name)
{
	static unsigned char buf[65536];
	FILE *f = strcmp(name, "-") ? fopen(name, "rb") : stdin;
	uint32_t head[6], rec[4];

	if (!f || fread(head, sizeof(head), 1, f) != 1 || head[0] != 0xa1b2c3d4)
		die(name);
	while (fread(rec, sizeof(rec), 1, f) == 1 && rec[2] <= sizeof(buf) &&
	       fread(buf, 1, rec[2], f) == rec[2])
		frame(buf, rec[2]);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "hear") && argc == 2)
		return hear();
	if (!strcmp(what, "say") && argc == 3)
		return say(argv[2]);
	if (!strcmp(what, "send") && argc >= 3)
		return send_numbers(atoi(argv[2]), argc > 3 ? atoi(argv[3]) : 0);
	if (!strcmp(what, "count") && argc == 3)
		return count_numbers(atoi(argv[2]));
	if (!strcmp(what, "frames") && argc == 3)
		return frames(argv[2]);
	fprintf(stderr, "usage: talk say TEXT | hear | send N [USEC] | count N | frames FILE\n");
	return 2;
}
