// SPDX-License-Identifier: GPL-2.0
/*
 * prose agent: keeps the ranges of the keys of this network namespace filled
 * from the ledger. It acts on events; what it could not do, and what it may
 * have missed, it finds again by looking at all keys.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "event.h"
#include "grant.h"

#define LOOK_AGAIN_MS (5 * 60 * 1000)
#define RETRY_MIN_MS 1000
#define RETRY_MAX_MS 60000

/*
 * One agent per network namespace and state directory: a lock on the octet of
 * the file "agent" whose offset is the namespace's inode number. It is gone
 * with the process, however that ends.
 */
static int namespace_lock(struct flock *lock)
{
	struct stat st;

	if (stat("/proc/self/ns/net", &st))
		return -1;
	memset(lock, 0, sizeof(*lock));
	lock->l_type = F_WRLCK;
	lock->l_whence = SEEK_SET;
	lock->l_start = st.st_ino;
	lock->l_len = 1;
	return 0;
}

static int open_lock_file(int flags)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/agent", opt.state_dir);
	return open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

bool agent_runs(void)
{
	struct flock lock;
	int fd = open_lock_file(O_RDWR);
	bool runs;

	if (fd < 0)
		return false;
	runs = !namespace_lock(&lock) && !fcntl(fd, F_OFD_GETLK, &lock) &&
	       lock.l_type != F_UNLCK;
	close(fd);
	return runs;
}

static int claim_namespace(int *fd)
{
	struct flock lock;

	*fd = open_lock_file(O_RDWR | O_CREAT);
	if (*fd < 0) {
		fail(EXIT_LEDGER, "%s/agent: %s", opt.state_dir, strerror(errno));
		hint("Is there a ledger? prose ledger init");
		return EXIT_LEDGER;
	}
	if (namespace_lock(&lock) || fcntl(*fd, F_OFD_SETLK, &lock)) {
		if (errno == EAGAIN || errno == EACCES)
			return fail(EXIT_LEDGER, "an agent runs already in this network namespace");
		return fail(EXIT_LEDGER, "%s/agent: %s", opt.state_dir, strerror(errno));
	}
	return EXIT_OK;
}

static void say(const char *fmt, ...) PRINTF(1, 2);
static void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

/* true if it is filled. */
static bool extend(struct genl *g, const struct obj *k)
{
	struct obj now;

	if (take_range(g, k->ifname, k->ifindex, k->pgk_id, RANGE_DEFAULT, &now, true, NULL))
		return false;
	say("%s: key %u: extended, %u PTK IDs left", k->ifname, k->pgk_id, now.ptk_left);
	return true;
}

/* Look at every key; true if none is left that should be extended. */
static bool look_at_all(struct genl *g)
{
	struct obj_list keys = { NULL, 0 };
	struct nl_error e;
	bool good = true;
	size_t i;

	if (genl_dump(g, PROSE_CMD_KEY_GET, 0, &keys, &e)) {
		kernel_refused("the keys", PROSE_CMD_KEY_GET, &e);
		good = false;
	} else {
		for (i = 0; i < keys.n; i++)
			if (obj_wants_range(&keys.o[i]) && !extend(g, &keys.o[i]))
				good = false;
	}
	obj_list_free(&keys);
	return good;
}

/* A key went with its device ("ip link del"): nobody else gives its rest back. */
static bool key_gone(const struct obj *o)
{
	struct ledger l;
	struct why w;
	int n;

	if (!HAS(o, PROSE_A_FINGERPRINT) || !HAS(o, PROSE_A_PTK_LAST) ||
	    !HAS(o, PROSE_A_PTK_NEXT_FREE) || o->ptk_next_free > o->ptk_last)
		return true;
	if (ledger_open(opt.state_dir, &l, &w) != LEDGER_OK)
		return true;	/* they are burnt: no harm */
	n = give_back(&l, o->fingerprint, o->member, o->ptk_last, o->ptk_next_free, true, &w);
	if (n > 0)
		say("%s: key %u: %d unused PTK IDs went back to the ledger", o->ifname,
		    o->pgk_id, n);
	else if (n < 0)
		say("%s: key %u: %s", o->ifname, o->pgk_id, w.text);
	ledger_close(&l);
	return true;
}

static bool on_event(struct genl *g, const struct obj *o)
{
	struct nl_error e;
	struct obj key;

	switch (o->event) {
	case PROSE_EVENT_TYPE_RANGE_LOW:
	case PROSE_EVENT_TYPE_RANGE_ENDED:
		/* Events queue up: it may be gone, or filled, by now. */
		if (genl_key_get(g, o->ifindex, o->pgk_id, &key, &e))
			return e.err == -ENOENT || e.err == -ENODEV;
		if (!obj_can_send(&key) || (o->event == PROSE_EVENT_TYPE_RANGE_ENDED &&
					    key.ptk_left))
			return true;
		return extend(g, &key);
	case PROSE_EVENT_TYPE_KEY_DETACHED:
		event_line(o, stderr);
		return key_gone(o);
	case PROSE_EVENT_TYPE_PTK_TAKEN:
		return true;
	default:
		event_line(o, stderr);
		return true;
	}
}

/* All that waits in the socket. false if something has to be done again. */
static bool take_events(struct genl *events, struct genl *g)
{
	static char buf[65536];
	ssize_t n = mnl_socket_recvfrom(events->nl.sock, buf, sizeof(buf));
	const struct nlmsghdr *nlh = (const void *)buf;
	int left = n;
	bool good = true;
	struct obj o;

	if (n < 0) {
		if (errno == ENOBUFS)
			say("more events came than could be taken; looking at all keys");
		return errno == EINTR || errno == EAGAIN;
	}
	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		if (!event_take(events, nlh, &o) && !on_event(g, &o))
			good = false;
	return good;
}

static int loop(struct genl *events, struct genl *g, int signals)
{
	struct pollfd fds[] = {
		{ .fd = mnl_socket_get_fd(events->nl.sock), .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	int retry = RETRY_MIN_MS, wait;
	bool good = look_at_all(g);

	for (;;) {
		wait = good ? LOOK_AGAIN_MS : retry;
		retry = good ? RETRY_MIN_MS : retry * 2 > RETRY_MAX_MS ? RETRY_MAX_MS : retry * 2;
		switch (poll(fds, ARRAY_SIZE(fds), wait)) {
		case -1:
			if (errno != EINTR)
				return fail(EXIT_KERNEL, "poll: %s", strerror(errno));
			break;
		case 0:
			good = look_at_all(g);
			break;
		default:
			if (fds[1].revents)
				return EXIT_OK;
			if (!take_events(events, g))
				good = false;
		}
	}
}

int cmd_agent(struct args *a)
{
	struct genl events, g;
	int code, fd, signals;
	sigset_t stop;
	struct why w;

	if (args_end(a, &w))
		return usage(&w);
	code = genl_open(&events, false);
	if (code)
		return code;
	code = claim_namespace(&fd);
	if (code)
		return code;
	/* Two sockets, so that no event gets between a request and its answer. */
	code = genl_open(&g, false);
	if (code)
		return code;
	if (genl_subscribe(&events))
		return fail(EXIT_KERNEL, "the events cannot be subscribed to: %s", strerror(errno));
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	signals = signalfd(-1, &stop, SFD_CLOEXEC);
	if (signals < 0)
		return fail(EXIT_KERNEL, "signalfd: %s", strerror(errno));
	say("prose agent: ready");
	code = loop(&events, &g, signals);
	say("prose agent: stopped");
	genl_close(&g);
	genl_close(&events);
	close(fd);
	return code;
}
