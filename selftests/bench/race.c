// SPDX-License-Identifier: GPL-2.0
/* Two senders, each on a CPU of its own, against one; in real time. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "traffic.h"

#define TURNS	9

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void send_on(int cpu, const char *ns, const struct sockaddr_in *to,
		    int size, double seconds, double *rate)
{
	static char data[65536];
	cpu_set_t set;
	double start;
	long n = 0;
	int fd, i;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
	fd = inet_socket(ns, SOCK_DGRAM);
	start = now();
	while (now() - start < seconds)
		for (i = 0; i < 32; i++, n++)
			if (sendto(fd, data, size, 0, (const void *)to,
				   sizeof(*to)) != size)
				die("sendto");
	*rate = n / (now() - start);
}

static double turn(int senders, char **a, double *rates)
{
	struct sockaddr_in to;
	double sum = 0;
	int cpu, status;

	address(&to, a[1]);
	for (cpu = 0; cpu < senders; cpu++) {
		if (fork())
			continue;
		send_on(cpu, a[0], &to, atoi(a[2]), atof(a[3]), &rates[cpu]);
		_exit(0);
	}
	for (cpu = 0; cpu < senders; cpu++) {
		if (wait(&status) < 0 || status)
			exit(1);
	}
	for (cpu = 0; cpu < senders; cpu++)
		sum += rates[cpu];
	return sum;
}

/*
 *   traffic race NS ADDRESS SIZE SECONDS
 *	packets a second of one sender, and of two together: medians of turns
 *	that alternate
 */
void race(char **a)
{
	double *rates = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	double one[TURNS], two[TURNS];
	int i;

	if (rates == MAP_FAILED)
		die("mmap");
	for (i = 0; i < TURNS; i++) {
		one[i] = turn(1, a, rates);
		two[i] = turn(2, a, rates);
	}
	printf("%.0f %.0f\n", median(one, TURNS), median(two, TURNS));
}
