// SPDX-License-Identifier: GPL-2.0
/*
 * prose agent: keeps the ranges of the keys of this network namespace filled
 * from the ledger, and the floors of what was received saved. It acts on
 * events; what it could not do, and what it may have missed, it finds again by
 * looking at all keys.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "cmd.h"
#include "event.h"
#include "grant.h"
#include "managed.h"
#include "prose.h"

#define LOOK_AGAIN_MS (5 * 60 * 1000)
#define RETRY_MIN_MS 1000
#define RETRY_MAX_MS 60000
#define SAVE_MS 10000	/* what a power cut may lose of the floors */

/*
 * A key that no other try can give a range: its IDs are used up, or the
 * machine was forked. It was said once, and is left alone from then on.
 */
struct hopeless {
	uint32_t ifindex;
	uint8_t pgk_id;
	uint32_t cipher;
	uint32_t member;
	uint8_t fp[PROSE_FINGERPRINT_LEN];
};

struct agent {
	struct genl events, g;	/* two, so that no event gets into an answer */
	struct hopeless *hopeless;
	size_t n_hopeless;
	struct floors saved;	/* what the kernel told last */
	char said[sizeof(struct why)];	/* why they could not be saved */
	bool save_now;
};

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

static bool is_hopeless(const struct agent *a, const struct obj *k)
{
	size_t i;

	for (i = 0; i < a->n_hopeless; i++) {
		const struct hopeless *h = &a->hopeless[i];

		if (h->ifindex == k->ifindex && h->pgk_id == k->pgk_id &&
		    h->cipher == k->cipher && h->member == k->member &&
		    !memcmp(h->fp, k->fingerprint, sizeof(h->fp)))
			return true;
	}
	return false;
}

static void give_up(struct agent *a, const struct obj *k)
{
	struct hopeless *h = realloc(a->hopeless, (a->n_hopeless + 1) * sizeof(*h));

	if (!h)
		return;
	a->hopeless = h;
	h += a->n_hopeless++;
	h->ifindex = k->ifindex;
	h->pgk_id = k->pgk_id;
	h->cipher = k->cipher;
	h->member = k->member;
	memcpy(h->fp, k->fingerprint, sizeof(h->fp));
}

/* Detached: what is attached in its place may fare better. */
static void forget(struct agent *a, const struct obj *k)
{
	size_t i = 0;

	while (i < a->n_hopeless) {
		if (a->hopeless[i].ifindex == k->ifindex && a->hopeless[i].pgk_id == k->pgk_id)
			a->hopeless[i] = a->hopeless[--a->n_hopeless];
		else
			i++;
	}
}

/* true if it is filled, or no other try would help. */
static bool extend(struct agent *a, const struct obj *k)
{
	bool hopeless = false;
	struct obj now;

	if (is_hopeless(a, k))
		return true;
	if (take_range(&a->g, k->ifname, k->ifindex, k->pgk_id, RANGE_DEFAULT, &now, true,
		       &hopeless)) {
		if (!hopeless)
			return false;
		give_up(a, k);
		say("%s: key %u: not tried again until it is detached", k->ifname, k->pgk_id);
		return true;
	}
	say("%s: key %u: extended, %u PTK IDs left", k->ifname, k->pgk_id, now.ptk_left);
	return true;
}

/* Look at every key; true if none is left that should be extended. */
static bool look_at_all(struct agent *a)
{
	struct obj_list keys = { NULL, 0 };
	struct nl_error e;
	bool good = true;
	size_t i;

	if (genl_dump(&a->g, PROSE_CMD_KEY_GET, 0, &keys, &e)) {
		kernel_refused("the keys", PROSE_CMD_KEY_GET, &e);
		good = false;
	} else {
		for (i = 0; i < keys.n; i++)
			if (obj_wants_range(&keys.o[i]) && !extend(a, &keys.o[i]))
				good = false;
	}
	obj_list_free(&keys);
	return good;
}

/* Every reason is said once, until it is another one or there is none. */
static void save_floors(struct agent *a)
{
	struct nl_error e;
	struct why w;

	a->save_now = false;
	if (floors_save(&a->g, NULL, &a->saved, &e, &w) >= 0) {
		if (a->said[0])
			say("the floors are saved again");
		a->said[0] = 0;
		return;
	}
	if (strcmp(a->said, w.text)) {
		fail(EXIT_LEDGER, "the floors are not saved: %s", w.text);
		hint("After a reboot, recordings of what was received until then would be taken for new");
	}
	snprintf(a->said, sizeof(a->said), "%s", w.text);
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

static bool on_event(struct agent *a, const struct obj *o)
{
	struct nl_error e;
	struct obj key;

	switch (o->event) {
	case PROSE_EVENT_TYPE_RANGE_LOW:
	case PROSE_EVENT_TYPE_RANGE_ENDED:
		/* Events queue up: it may be gone, or filled, by now. */
		if (genl_key_get(&a->g, o->ifindex, o->pgk_id, &key, &e))
			return e.err == -ENOENT || e.err == -ENODEV;
		if (!obj_can_send(&key) || (o->event == PROSE_EVENT_TYPE_RANGE_ENDED &&
					    key.ptk_left))
			return true;
		return extend(a, &key);
	case PROSE_EVENT_TYPE_KEY_DETACHED:
		event_line(o, stderr);
		forget(a, o);
		a->save_now = true;
		return key_gone(o);
	case PROSE_EVENT_TYPE_KEY_EXPIRED:
	case PROSE_EVENT_TYPE_KEY_REVOKED:
		event_line(o, stderr);
		a->save_now = true;
		return true;
	case PROSE_EVENT_TYPE_VM_FORK:
		event_line(o, stderr);
		if (HAS(o, PROSE_A_FINGERPRINT) && HAS(o, PROSE_A_MEMBER))
			record_fork(o, o->ifname);
		return true;
	case PROSE_EVENT_TYPE_PTK_TAKEN:
		return true;
	default:
		event_line(o, stderr);
		return true;
	}
}

/* All that waits in the socket. false if something has to be done again. */
static bool take_events(struct agent *a)
{
	static char buf[65536];
	ssize_t n = mnl_socket_recvfrom(a->events.nl.sock, buf, sizeof(buf));
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
		if (!event_take(&a->events, nlh, &o) && !on_event(a, &o))
			good = false;
	return good;
}

static int loop(struct agent *a, int signals)
{
	struct pollfd fds[] = {
		{ .fd = mnl_socket_get_fd(a->events.nl.sock), .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	int retry = RETRY_MIN_MS, n;
	bool good = look_at_all(a);
	int64_t now = clock_mono(), save = now + SAVE_MS;
	int64_t look = now + (good ? LOOK_AGAIN_MS : retry), next;

	for (;;) {
		next = save < look ? save : look;
		n = poll(fds, ARRAY_SIZE(fds), next > now ? next - now : 0);
		if (n < 0 && errno != EINTR)
			return fail(EXIT_KERNEL, "poll: %s", strerror(errno));
		if (n > 0 && fds[1].revents)
			return EXIT_OK;
		now = clock_mono();
		if (n > 0 && fds[0].revents && !take_events(a) && look > now + retry)
			look = now + retry;
		if (now >= look) {
			good = look_at_all(a);
			retry = good ? RETRY_MIN_MS :
				retry * 2 > RETRY_MAX_MS ? RETRY_MAX_MS : retry * 2;
			look = now + (good ? LOOK_AGAIN_MS : retry);
		}
		if (now >= save || a->save_now) {
			save_floors(a);
			save = now + SAVE_MS;
		}
	}
}

static int serve(struct agent *a)
{
	sigset_t stop;
	int code, signals;

	if (genl_subscribe(&a->events))
		return fail(EXIT_KERNEL, "the events cannot be subscribed to: %s", strerror(errno));
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	signals = signalfd(-1, &stop, SFD_CLOEXEC);
	if (signals < 0)
		return fail(EXIT_KERNEL, "signalfd: %s", strerror(errno));
	/* Also for keys that others attach. What cannot be is said, and all. */
	if (floors_restore(&a->g, 0))
		hint("The agent goes on without them.");
	/* Those of managers too, before there is a network. What cannot be is said, and all. */
	if (managed_attach_all())
		hint("The agent goes on without them.");
	say("prose agent: ready");
	code = loop(a, signals);
	save_floors(a);
	say("prose agent: stopped");
	return code;
}

int cmd_agent(struct args *args)
{
	struct agent a = { .save_now = false };
	struct why w;
	int code, fd;

	if (args_end(args, &w))
		return usage(&w);
	code = genl_open(&a.events, false);
	if (code)
		return code;
	code = claim_namespace(&fd);
	if (code)
		return code;
	code = genl_open(&a.g, false);
	if (code)
		return code;
	code = serve(&a);
	floors_free(&a.saved);
	free(a.hopeless);
	genl_close(&a.g);
	genl_close(&a.events);
	close(fd);
	return code;
}
