// SPDX-License-Identifier: GPL-2.0
/*
 * Sends UDP from one network namespace to another, both in this one process,
 * and tells what a packet costs:
 *
 *   traffic calibrate
 *   traffic udp FROM-NS TO-NS DESTINATION DEVICE SIZE COUNT BATCH
 *   traffic each FROM-NS TO-NS DESTINATION DEVICE SIZE COUNT EVERY
 *	one at a time; what it takes to send and to receive one, the median of
 *	the dearest among EVERY that follow each other, and that of all
 *   traffic own FROM-NS TO-NS DESTINATION DEVICE SIZE COUNT EVERY
 *	the same, with a priority that leaves to kernel threads only the time
 *	between packets
 *   traffic flood FROM-NS TO-NS DESTINATION DEVICE SIZE COUNT EVERY
 *	COUNT frames of group 0x445566, key 1, on FROM-NS's v0, from senders
 *	and with PTK IDs that are invented; after every EVERY of them a packet
 *	as above. The median of a frame, and of such a packet.
 *   traffic heard FROM-NS TO-NS DESTINATION DEVICE FILE TURNS
 *	puts the frames in FILE (a length of two octets before each, as this
 *	machine has it) on FROM-NS's v0, TURNS times one after the other, and
 *	receives the packet of each. The median of one, and the most that one
 *	frame takes in its cheapest turn.
 *   traffic stream, traffic gso: see stream.c
 *   traffic race: see race.c
 *
 * A batch is sent with one sendto() a packet, then received with one recv() a
 * packet. The figure is of the time-stamp counter, which counts instructions
 * in the guests of the benchmark. DEVICE is where multicast leaves and
 * arrives. A packet that does not arrive is an error.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <x86intrin.h>

#include "traffic.h"

#define LOOP	20000000ULL

void die(const char *what)
{
	fprintf(stderr, "traffic: %s: %s\n", what, strerror(errno));
	exit(1);
}

void enter(const char *ns)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", ns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
	close(fd);
}

/* Two instructions a turn; tells counter steps per million instructions. */
static void calibrate(void)
{
	uint64_t turns = LOOP / 2, start, end;

	start = __rdtsc();
	__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r" (turns) : : "cc");
	end = __rdtsc();
	printf("%.0f\n", (double)(end - start) * 1000000 / LOOP);
}

int inet_socket(const char *ns, int type)
{
	int fd, room = 1 << 20;

	enter(ns);
	fd = socket(AF_INET, type, 0);
	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	return fd;
}

int receiver(const char *ns, struct in_addr to, const char *dev)
{
	struct sockaddr_in any = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
	};
	struct timeval limit = { .tv_sec = 5 };
	int fd = inet_socket(ns, SOCK_DGRAM);

	if (bind(fd, (void *)&any, sizeof(any)))
		die("bind");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (IN_MULTICAST(ntohl(to.s_addr))) {
		struct ip_mreqn join = {
			.imr_multiaddr = to,
			.imr_ifindex = if_nametoindex(dev),
		};

		if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &join,
			       sizeof(join)))
			die("join");
	}
	return fd;
}

static int sender(const char *ns, struct in_addr to, const char *dev)
{
	int fd = inet_socket(ns, SOCK_DGRAM), off = 0;
	struct ip_mreqn out = {};

	if (!IN_MULTICAST(ntohl(to.s_addr)))
		return fd;
	out.imr_ifindex = if_nametoindex(dev);
	if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &out, sizeof(out)) ||
	    setsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, &off, sizeof(off)))
		die("multicast");
	return fd;
}

static void batch(int tx, int rx, const struct sockaddr_in *to, void *data,
		  size_t size, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (sendto(tx, data, size, 0, (const void *)to,
			   sizeof(*to)) != (ssize_t)size)
			die("sendto");
	for (i = 0; i < count; i++)
		if (recv(rx, data, 65536, 0) != (ssize_t)size)
			die("a packet was lost: recv");
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double median(double *each, int n)
{
	qsort(each, n, sizeof(*each), compare);
	return n ? each[n / 2] : 0;
}

double *numbers(int n)
{
	double *p = calloc(n + 1, sizeof(*p));

	if (!p)
		die("calloc");
	return p;
}

/* Sent in one piece, then received: what each half took */
static void one(int tx, int rx, const struct sockaddr_in *to, void *data,
		int size, double *sent, double *received)
{
	uint64_t start = __rdtsc(), half;

	if (sendto(tx, data, size, 0, (const void *)to, sizeof(*to)) != size)
		die("sendto");
	half = __rdtsc();
	if (recv(rx, data, 65536, 0) != size)
		die("a packet was lost: recv");
	*received = __rdtsc() - half;
	*sent = half - start;
}

void address(struct sockaddr_in *to, const char *text)
{
	*to = (struct sockaddr_in) {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
	};
	if (!inet_aton(text, &to->sin_addr))
		die(text);
}

static void open_pair(char **a, struct sockaddr_in *to, int *tx, int *rx)
{
	address(to, a[2]);
	*rx = receiver(a[1], to->sin_addr, a[3]);
	*tx = sender(a[0], to->sin_addr, a[3]);
}

/* The medians of the packets that are FIRST, FIRST + STEP and so on */
static double of_phase(const double *all, int count, int first, int step)
{
	double *some = numbers(count), result;
	int i, n = 0;

	for (i = first; i < count; i += step)
		some[n++] = all[i];
	result = median(some, n);
	free(some);
	return result;
}

static void each(char **a, bool alone)
{
	int size = atoi(a[4]), count = atoi(a[5]), every = atoi(a[6]);
	double *sent = numbers(count), *received = numbers(count);
	double s, r, most_s = 0, most_r = 0;
	const struct sched_param priority = { .sched_priority = 1 };
	static char data[65536];
	struct sockaddr_in to;
	int tx, rx, i;

	open_pair(a, &to, &tx, &rx);
	if (alone && sched_setscheduler(0, SCHED_FIFO, &priority))
		die("sched_setscheduler");
	for (i = 0; i < count; i++) {
		one(tx, rx, &to, data, size, &sent[i], &received[i]);
		if (alone)
			usleep(1000);
	}
	for (i = 0; i < every; i++) {
		s = of_phase(sent, count, i, every);
		r = of_phase(received, count, i, every);
		if (s + r > most_s + most_r) {
			most_s = s;
			most_r = r;
		}
	}
	printf("%.0f %.0f %.0f %.0f\n", most_s, most_r,
	       of_phase(sent, count, 0, 1), of_phase(received, count, 0, 1));
}

/* PDU of the carriage in Documentation/protocol.rst, with garbage for Data */
static size_t invent(uint8_t *frame, int size)
{
	static const uint8_t head[] = {
		0x03, 0x33, 0x03, 0x44, 0x55, 0x66,	/* group address */
		0x0c, 0x33, 0x03, 0x0f, 0x0f, 0x0f,
		0x88, 0xb5,
		0x30, 0x80, 0, 0, 0x44, 0x55, 0x66,	/* SL-SCH: SRC, DST */
		0x01,					/* LCID */
		0x01, 0, 1, 0, 1,			/* PDCP: PTK ID, SN */
	};
	int i;

	memcpy(frame, head, sizeof(head));
	for (i = 0; i < size; i++)
		frame[sizeof(head) + i] = rand();
	return sizeof(head) + size;
}

static int packet_socket(const char *ns)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET };
	int fd;

	enter(ns);
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	ll.sll_ifindex = if_nametoindex("v0");
	if (fd < 0 || bind(fd, (void *)&ll, sizeof(ll)))
		die("packet socket");
	return fd;
}

static void flood(char **a)
{
	int size = atoi(a[4]), count = atoi(a[5]), every = atoi(a[6]);
	int tx, rx, raw, i, n = 0, turns = count / every;
	double *frames = numbers(turns), *packets = numbers(turns), half;
	static uint8_t data[65536], frame[65536];
	struct sockaddr_in to;
	uint64_t start, sum;
	size_t len;

	open_pair(a, &to, &tx, &rx);
	raw = packet_socket(a[0]);
	srand(1);
	len = invent(frame, size + 28);
	for (n = 0; n < turns; n++) {
		for (i = 0, sum = 0; i < every; i++) {
			frame[16] = rand();
			frame[17] = rand();
			frame[23] = rand();
			frame[24] = rand() | 1;
			start = __rdtsc();
			if (send(raw, frame, len, 0) != (ssize_t)len)
				die("send");
			sum += __rdtsc() - start;
		}
		frames[n] = (double)sum / every;
		one(tx, rx, &to, data, size, &packets[n], &half);
		packets[n] += half;
	}
	printf("%.0f %.0f\n", median(frames, n), median(packets, n));
}

static void heard(char **a)
{
	int rx, raw, i, turn, n = 0, turns = atoi(a[5]);
	static uint8_t data[65536], frame[65536];
	double *cost, *best, most = 0, this;
	struct sockaddr_in to;
	uint64_t start;
	FILE *file;
	uint16_t len;

	address(&to, a[2]);
	rx = receiver(a[1], to.sin_addr, a[3]);
	raw = packet_socket(a[0]);
	file = fopen(a[4], "r");
	if (!file)
		die(a[4]);
	while (fread(&len, sizeof(len), 1, file) == 1 &&
	       fread(frame, len, 1, file) == 1)
		n++;
	cost = numbers(n * turns);
	best = numbers(n);
	for (turn = 0; turn < turns; turn++) {
		rewind(file);
		for (i = 0; i < n; i++) {
			if (fread(&len, sizeof(len), 1, file) != 1 ||
			    fread(frame, len, 1, file) != 1)
				die(a[4]);
			start = __rdtsc();
			if (send(raw, frame, len, 0) != len)
				die("send");
			if (recv(rx, data, sizeof(data), 0) <= 0)
				die("a packet was lost: recv");
			this = __rdtsc() - start;
			cost[turn * n + i] = this;
			if (!turn || this < best[i])
				best[i] = this;
		}
	}
	for (i = 0; i < n; i++)
		if (best[i] > most)
			most = best[i];
	printf("%.0f %.0f\n", median(cost, n * turns), most);
}

/* The median of short rounds: in most there is no tick of the timer. */
static void udp(char **a)
{
	int size = atoi(a[4]), count = atoi(a[5]), burst = atoi(a[6]);
	static char data[65536];
	double cost[ROUNDS];
	int tx, rx, i, done;
	struct sockaddr_in to;
	uint64_t start;

	open_pair(a, &to, &tx, &rx);
	memset(data, 0x55, sizeof(data));
	/* Neighbours, handshakes, first frames of keys, caches of the stack */
	batch(tx, rx, &to, data, size, 1);
	for (i = 0; i < 4; i++)
		batch(tx, rx, &to, data, size, burst);
	for (i = 0; i < ROUNDS; i++) {
		start = __rdtsc();
		for (done = 0; done < count; done += burst)
			batch(tx, rx, &to, data, size, burst);
		cost[i] = (double)(__rdtsc() - start) / done;
	}
	printf("%.0f ", median(cost, ROUNDS));
	printf("%.0f %.0f\n", cost[0], cost[ROUNDS - 1]);
}

int main(int argc, char **argv)
{
	mlockall(MCL_CURRENT | MCL_FUTURE);
	if (argc == 2 && !strcmp(argv[1], "calibrate"))
		calibrate();
	else if (argc == 9 && !strcmp(argv[1], "udp"))
		udp(argv + 2);
	else if (argc == 9 && !strcmp(argv[1], "each"))
		each(argv + 2, false);
	else if (argc == 9 && !strcmp(argv[1], "own"))
		each(argv + 2, true);
	else if (argc == 9 && !strcmp(argv[1], "flood"))
		flood(argv + 2);
	else if (argc == 8 && !strcmp(argv[1], "heard"))
		heard(argv + 2);
	else if (argc == 7 && !strcmp(argv[1], "stream"))
		stream(argv + 2);
	else if (argc == 8 && !strcmp(argv[1], "gso"))
		gso(argv + 2);
	else if (argc == 6 && !strcmp(argv[1], "race"))
		race(argv + 2);
	else
		return 2;
	return 0;
}
