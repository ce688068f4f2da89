// SPDX-License-Identifier: GPL-2.0
/* Super-packets: a TCP stream, and a UDP sender that leaves the cutting to the
 * kernel. What 1,000 octets cost, sender and receiver together.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/udp.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <x86intrin.h>

#include "traffic.h"

#define CHUNK	65536
#define AHEAD	262144

static void tcp_pair(char **a, int *tx, int *rx)
{
	struct sockaddr_in to;
	int listening, on = 1;

	address(&to, a[2]);
	listening = inet_socket(a[1], SOCK_STREAM);
	setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listening, (void *)&to, sizeof(to)) || listen(listening, 1))
		die("listen");
	*tx = inet_socket(a[0], SOCK_STREAM);
	if (connect(*tx, (void *)&to, sizeof(to)))
		die("connect");
	*rx = accept(listening, NULL, NULL);
	if (*rx < 0)
		die("accept");
	fcntl(*tx, F_SETFL, O_NONBLOCK);
	fcntl(*rx, F_SETFL, O_NONBLOCK);
}

/* Returns what it took, without the time in which nothing was to be done. */
static uint64_t pump(int tx, int rx, uint64_t octets, int *idle)
{
	struct pollfd fds[] = {
		{ .fd = tx, .events = POLLOUT },
		{ .fd = rx, .events = POLLIN },
	};
	static char data[CHUNK];
	uint64_t sent = 0, got = 0, start = __rdtsc(), slept = 0, since;
	ssize_t n, m;

	while (got < octets) {
		n = 0;
		if (sent < octets && sent - got < AHEAD) {
			n = send(tx, data, octets - sent < CHUNK ?
				 octets - sent : CHUNK, 0);
			if (n < 0 && errno != EAGAIN)
				die("send");
		}
		m = recv(rx, data, CHUNK, 0);
		if (!m || (m < 0 && errno != EAGAIN))
			die("recv");
		sent += n > 0 ? n : 0;
		got += m > 0 ? m : 0;
		if (n > 0 || m > 0)
			continue;
		since = __rdtsc();
		fds[0].events = sent - got < AHEAD ? POLLOUT : 0;
		if (poll(fds, 2, 10000) <= 0)
			die("the stream has stopped: poll");
		slept += __rdtsc() - since;
		++*idle;
	}
	return __rdtsc() - start - slept;
}

/*
 *   traffic stream FROM-NS TO-NS ADDRESS DEVICE OCTETS
 *	OCTETS in each round; tells the median, the least and the most, and how
 *	often in all nothing was to be done
 */
void stream(char **a)
{
	uint64_t octets = strtoull(a[4], NULL, 0);
	double cost[ROUNDS];
	int tx, rx, i, idle = 0;

	tcp_pair(a, &tx, &rx);
	/* The window opens. */
	for (i = 0; i < 4; i++)
		pump(tx, rx, 4 * AHEAD, &idle);
	idle = 0;
	for (i = 0; i < ROUNDS; i++)
		cost[i] = 1000.0 * pump(tx, rx, octets, &idle) / octets;
	printf("%.0f ", median(cost, ROUNDS));
	printf("%.0f %.0f %d\n", cost[0], cost[ROUNDS - 1], idle);
}

/*
 *   traffic gso FROM-NS TO-NS ADDRESS DEVICE SIZE COUNT
 *	datagrams of SIZE, COUNT of them with each send(); "refused" if the
 *	kernel does that on no such device, as 6.1 without checksum offload
 */
void gso(char **a)
{
	int size = atoi(a[4]), count = atoi(a[5]), tx, rx, i, k;
	static char data[CHUNK];
	double cost[ROUNDS + 4];
	struct sockaddr_in to;
	uint64_t start;
	ssize_t sent;

	address(&to, a[2]);
	rx = receiver(a[1], to.sin_addr, a[3]);
	tx = inet_socket(a[0], SOCK_DGRAM);
	if (setsockopt(tx, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size)))
		die("UDP_SEGMENT");
	for (i = 0; i < ROUNDS + 4; i++) {
		start = __rdtsc();
		sent = sendto(tx, data, size * count, 0, (void *)&to,
			      sizeof(to));
		if (sent < 0 && errno == EIO && !i) {
			puts("refused");
			return;
		}
		if (sent != size * count)
			die("sendto");
		for (k = 0; k < count; k++)
			if (recv(rx, data, CHUNK, 0) != size)
				die("a datagram was lost: recv");
		cost[i] = 1000.0 * (__rdtsc() - start) / (size * count);
	}
	/* The first ones are neighbours and caches. */
	printf("%.0f ", median(cost + 4, ROUNDS));
	printf("%.0f %.0f 0\n", cost[4], cost[ROUNDS + 3]);
}
