// SPDX-License-Identifier: GPL-2.0
/*
 * What the tests need at a speed that Python has not on an emulated CPU.
 *
 *   wire record DIR            records what devices send, driven over stdin:
 *     add NETNS DEV FILE         start recording into DIR/FILE
 *     stop FILE                  drain, close
 *     sync                       drain all; the answer tells the frames so far
 *   wire blast NETNS DEV N [bypass] [gap USEC] [at OFFSET]
 *                              sends the frame on stdin (hexadecimal) N times,
 *                              with a 32-bit number put in at OFFSET
 *
 * NETNS "-" is the namespace the command runs in. Only outgoing frames are
 * recorded, so that what a test injects from elsewhere is not taken for sent.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_REC	64
#define SNAP	65536

struct rec {
	int fd;
	FILE *out;
	char name[128];
	unsigned long frames;
	unsigned long lost;
};

static struct rec recs[MAX_REC];
static int n_recs;
static int home_ns;

static void die(const char *what)
{
	fprintf(stderr, "wire: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int enter_ns(const char *name)
{
	char path[256];
	int fd, ret;

	if (!strcmp(name, "-"))
		return 0;
	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ret = setns(fd, CLONE_NEWNET);
	close(fd);
	return ret;
}

static int packet_socket(const char *ns, const char *dev, int proto)
{
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(proto),
	};
	int fd = -1;

	if (enter_ns(ns))
		return -1;
	/* protocol 0: nothing is received before the bind */
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0)
		goto out;
	ll.sll_ifindex = if_nametoindex(dev);
	if (!ll.sll_ifindex || bind(fd, (struct sockaddr *)&ll, sizeof(ll))) {
		int err = errno;

		close(fd);
		errno = err;
		fd = -1;
	}
out:
	if (setns(home_ns, CLONE_NEWNET))
		die("setns back");
	return fd;
}

/* struct ethhdr with the tag that the kernel keeps beside the frame put back */
static size_t put_tag(unsigned char *buf, size_t len, struct msghdr *mh)
{
	struct tpacket_auxdata aux;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c)) {
		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
			continue;
		memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		if (!(aux.tp_status & TP_STATUS_VLAN_VALID) || len < 12)
			continue;
		memmove(buf + 16, buf + 12, len - 12);
		buf[12] = aux.tp_vlan_tpid >> 8;
		buf[13] = aux.tp_vlan_tpid;
		buf[14] = aux.tp_vlan_tci >> 8;
		buf[15] = aux.tp_vlan_tci;
		return len + 4;
	}
	return len;
}

static void drain(struct rec *r)
{
	static unsigned char buf[SNAP + 4];
	char control[256];
	struct sockaddr_ll ll;

	while (r->fd >= 0) {
		struct iovec iov = { buf, SNAP };
		struct msghdr mh = {
			.msg_name = &ll, .msg_namelen = sizeof(ll),
			.msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = control, .msg_controllen = sizeof(control),
		};
		ssize_t len = recvmsg(r->fd, &mh, MSG_DONTWAIT);
		unsigned int head[4];
		struct timespec ts;

		if (len < 0) {
			/* ENETDOWN: the device went down or away; it may come back */
			if (errno == ENETDOWN || errno == EINTR)
				continue;
			return;
		}
		if (ll.sll_pkttype != PACKET_OUTGOING)
			continue;
		len = put_tag(buf, len, &mh);
		clock_gettime(CLOCK_BOOTTIME, &ts);
		head[0] = ts.tv_sec;
		head[1] = ts.tv_nsec / 1000;
		head[2] = len;
		head[3] = len;
		fwrite(head, sizeof(head), 1, r->out);
		fwrite(buf, len, 1, r->out);
		r->frames++;
	}
}

static void account(struct rec *r)
{
	struct tpacket_stats st;
	socklen_t len = sizeof(st);

	if (r->fd >= 0 && !getsockopt(r->fd, SOL_PACKET, PACKET_STATISTICS, &st, &len))
		r->lost += st.tp_drops;
}

static void do_add(const char *dir, char *ns, char *dev, char *file)
{
	static const unsigned int head[6] = { 0xa1b2c3d4, 0x00040002, 0, 0, 262144, 1 };
	int size = 64 << 20, one = 1;
	char path[512];
	struct rec *r;
	int fd;

	if (n_recs == MAX_REC) {
		printf("error too many\n");
		return;
	}
	fd = packet_socket(ns, dev, ETH_P_ALL);
	if (fd < 0) {
		printf("error %s %s: %s\n", ns, dev, strerror(errno));
		return;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one));
	r = &recs[n_recs++];
	snprintf(r->name, sizeof(r->name), "%s", file);
	snprintf(path, sizeof(path), "%s/%s", dir, file);
	r->fd = fd;
	r->frames = 0;
	r->lost = 0;
	r->out = fopen(path, "wb");
	if (!r->out)
		die(path);
	fwrite(head, sizeof(head), 1, r->out);
	fflush(r->out);
	printf("ok\n");
}

static void do_sync(const char *only)
{
	int i;

	printf("ok");
	for (i = 0; i < n_recs; i++) {
		struct rec *r = &recs[i];

		if (only && strcmp(only, r->name))
			continue;
		drain(r);
		account(r);
		if (r->out)
			fflush(r->out);
		printf(" %s:%lu:%lu", r->name, r->frames, r->lost);
		if (only && r->fd >= 0) {
			close(r->fd);
			fclose(r->out);
			r->fd = -1;
			r->out = NULL;
		}
	}
	printf("\n");
}

static int do_record(const char *dir)
{
	char line[512];
	size_t have = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (;;) {
		struct pollfd p[MAX_REC + 1] = { { .fd = 0, .events = POLLIN } };
		char *nl, *a, *b, *c, *d;
		ssize_t n;
		int i;

		for (i = 0; i < n_recs; i++) {
			p[i + 1].fd = recs[i].fd;
			p[i + 1].events = POLLIN;
		}
		if (poll(p, n_recs + 1, -1) < 0)
			continue;
		for (i = 0; i < n_recs; i++)
			drain(&recs[i]);
		if (!p[0].revents)
			continue;
		n = read(0, line + have, sizeof(line) - have - 1);
		if (n <= 0)
			break;
		have += n;
		line[have] = 0;
		while ((nl = strchr(line, '\n'))) {
			*nl = 0;
			a = strtok(line, " ");
			b = strtok(NULL, " ");
			c = strtok(NULL, " ");
			d = strtok(NULL, " ");
			if (a && !strcmp(a, "add") && d)
				do_add(dir, b, c, d);
			else if (a && !strcmp(a, "sync"))
				do_sync(NULL);
			else if (a && !strcmp(a, "stop") && b)
				do_sync(b);
			else
				printf("error what?\n");
			have -= nl + 1 - line;
			memmove(line, nl + 1, have + 1);
		}
	}
	do_sync(NULL);
	return 0;
}

static size_t read_hex(unsigned char *buf, size_t max)
{
	unsigned int octet;
	size_t n = 0;

	while (n < max && scanf("%2x", &octet) == 1)
		buf[n++] = octet;
	return n;
}

static int do_blast(int argc, char **argv)
{
	static unsigned char frame[SNAP];
	long n, i, at = -1, gap = 0, sent = 0, refused = 0;
	bool bypass = false;
	size_t len;
	int fd, j;

	if (argc < 3)
		return 2;
	n = strtol(argv[2], NULL, 0);
	for (j = 3; j < argc; j++) {
		if (!strcmp(argv[j], "bypass"))
			bypass = true;
		else if (!strcmp(argv[j], "gap") && j + 1 < argc)
			gap = strtol(argv[++j], NULL, 0);
		else if (!strcmp(argv[j], "at") && j + 1 < argc)
			at = strtol(argv[++j], NULL, 0);
		else
			return 2;
	}
	len = read_hex(frame, sizeof(frame));
	if (len < 14 || at + 4 > (long)len)
		return 2;
	fd = packet_socket(argv[0], argv[1], 0);
	if (fd < 0)
		die(argv[1]);
	j = 1;
	if (bypass && setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &j, sizeof(j)))
		die("PACKET_QDISC_BYPASS");
	for (i = 0; i < n; i++) {
		if (at >= 0) {
			unsigned int number = htonl(i);

			memcpy(frame + at, &number, 4);
		}
		/* EINTR and full queues are tried again, a dead device is not */
		while (send(fd, frame, len, 0) < 0) {
			if (errno == EINTR)
				continue;
			if (errno == ENOBUFS) {
				refused++;
				break;
			}
			die("send");
		}
		sent++;
		if (gap)
			usleep(gap);
	}
	printf("%ld %ld\n", sent, refused);
	return 0;
}

int main(int argc, char **argv)
{
	home_ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (home_ns < 0)
		die("/proc/self/ns/net");
	if (argc == 3 && !strcmp(argv[1], "record"))
		return do_record(argv[2]);
	if (argc >= 5 && !strcmp(argv[1], "blast"))
		return do_blast(argc - 2, argv + 2);
	fprintf(stderr, "usage: wire record DIR\n"
		"       wire blast NETNS DEV N [bypass] [gap USEC] [at OFFSET]\n");
	return 2;
}
