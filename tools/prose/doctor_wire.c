// SPDX-License-Identifier: GPL-2.0
/* Listen on a lower device, to the headers alone. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "doctor.h"

#define RCVBUF (4 << 20)

/*
 * Frames of our Ethernet type and of the two of IEEE's for experiments, and
 * those to a group's address, whatever their type; and of these the headers.
 */
static int attach_filter(int fd, uint16_t ethertype)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ethertype, 6, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x88b5, 5, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x88b6, 4, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xffffff00),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x03330300, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, FRAME_SNAP),
	};
	struct sock_fprog prog = { ARRAY_SIZE(code), code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog));
}

/* Nothing comes before the filter is there: the protocol is told by bind(). */
static int open_socket(const struct doctor *d, bool all_multicast)
{
	struct sockaddr_ll sll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = d->dev.lower_ifindex,
	};
	struct packet_mreq mr = {
		.mr_ifindex = d->dev.lower_ifindex,
		.mr_type = PACKET_MR_ALLMULTI,
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	int one = 1, size = RCVBUF, err;

	if (fd < 0)
		return -errno;
	/* A small buffer only loses frames. */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (attach_filter(fd, d->dev.ethertype) ||
	    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one)) ||
	    (all_multicast &&
	     setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mr, sizeof(mr))) ||
	    bind(fd, (void *)&sll, sizeof(sll))) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/* The length before the cut, and the VLAN tag that was taken off. */
static void take_aux(struct msghdr *msg, size_t *len, uint16_t *vlan)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		struct tpacket_auxdata aux;

		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA ||
		    c->cmsg_len < CMSG_LEN(sizeof(aux)))
			continue;
		memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		*len = aux.tp_len;
		if (aux.tp_status & TP_STATUS_VLAN_VALID)
			*vlan = aux.tp_vlan_tci & 0xfff;
	}
}

static void take_frames(int fd, struct wire *w)
{
	char control[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	uint8_t octets[FRAME_SNAP];
	struct iovec iov = { octets, sizeof(octets) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct frame f;
	ssize_t n;
	int i;

	/* A flood must not keep us beyond our time. */
	for (i = 0; i < 256; i++) {
		uint16_t vlan = FRAME_NO_VLAN;
		size_t len;

		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		n = recvmsg(fd, &msg, MSG_DONTWAIT);
		if (n < 0)
			return;
		len = n;
		take_aux(&msg, &len, &vlan);
		frame_parse(octets, n, len, &f);
		wire_add(w, &f, vlan);
	}
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

int wire_listen(const struct doctor *d, unsigned int seconds, bool all_multicast,
		struct wire *w)
{
	int64_t end, left;
	int fd = open_socket(d, all_multicast);

	if (fd < 0)
		return fd;
	end = now_ms() + seconds * 1000LL;
	while ((left = end - now_ms()) > 0) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (poll(&p, 1, left) > 0)
			take_frames(fd, w);
		if (p.revents & POLLERR) {	/* the device went down */
			int err = 0;
			socklen_t size = sizeof(err);

			getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &size);
			if (err) {
				close(fd);
				return -err;
			}
		}
	}
	close(fd);
	return 0;
}
