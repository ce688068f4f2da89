// SPDX-License-Identifier: GPL-2.0
/* The ledger's file: lock, durability, ownership. Its text: ledger_text.c. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "ledger.h"
#include "when.h"

#define LEDGER_MAX_SIZE (64 << 20)
#define LOCK_WAIT_MS 10000

#ifdef PROSE_TEST_HOOKS
void test_stop(const char *where)
{
	const char *stop = getenv("PROSE_TEST_STOP");

	if (stop && !strcmp(stop, where))
		raise(SIGKILL);
}
#endif

static bool forgets(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return true;
	return fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC ||
	       fs.f_type == OVERLAYFS_SUPER_MAGIC;
}

/* Who else may write here could make any key stream be used twice. */
static int safe_dir(int fd, const char *dir, struct why *w)
{
	struct stat st;

	if (fstat(fd, &st))
		return why(w, "%s: %s", dir, strerror(errno));
	if ((st.st_uid && st.st_uid != geteuid()) || (st.st_mode & 022))
		return why(w, "%s belongs to uid %u, mode %04o; it must belong to you and be writable by nobody else",
			   dir, st.st_uid, (unsigned int)st.st_mode & 07777);
	return 0;
}

static int take_lock(struct ledger *l, const char *dir, struct why *w)
{
	int waited;

	l->lockfd = openat(l->dirfd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (l->lockfd < 0)
		return why(w, "%s/lock: %s", dir, strerror(errno));
	for (waited = 0; flock(l->lockfd, LOCK_EX | LOCK_NB); waited += 20) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return why(w, "%s/lock: %s", dir, strerror(errno));
		if (waited >= LOCK_WAIT_MS)
			return why(w, "another prose command has held %s/lock for %d s",
				   dir, LOCK_WAIT_MS / 1000);
		usleep(20000);
	}
	return 0;
}

/* All of a file, with a NUL after it. */
static char *read_file(int dirfd, const char *name, size_t *len)
{
	int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	char *text;
	ssize_t n = 0;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) || st.st_size > LEDGER_MAX_SIZE) {
		close(fd);
		errno = EFBIG;
		return NULL;
	}
	text = malloc(st.st_size + 1);
	*len = 0;
	while (text && *len < (size_t)st.st_size) {
		n = read(fd, text + *len, st.st_size - *len);
		if (n <= 0)
			break;
		*len += n;
	}
	close(fd);
	if (text)
		text[*len] = 0;
	if (n < 0) {
		free(text);
		return NULL;
	}
	return text;
}

static enum ledger_status load(const char *dir, struct ledger *l, struct why *w)
{
	struct machine here;
	struct why inner;
	size_t len = 0;
	char *text;
	int err;

	text = read_file(l->dirfd, "ledger", &len);
	if (!text) {
		bool absent = errno == ENOENT;

		why(w, absent ? "there is no ledger in %s%s" : "%s/ledger: %s",
		    dir, absent ? "" : strerror(errno));
		return absent ? LEDGER_ABSENT : LEDGER_IO;
	}
	err = ledger_parse(l, text, len, &inner);
	free(text);
	if (err) {
		why(w, "the ledger %s/ledger is damaged: %s", dir, inner.text);
		return LEDGER_DAMAGED;
	}
	if (machine_read(&here, &inner)) {
		why(w, "the ledger %s/ledger cannot be used: %s", dir, inner.text);
		return LEDGER_OTHER_MACHINE;
	}
	if (strcmp(here.id, l->machine.id) || strcmp(here.dmi, l->machine.dmi)) {
		why(w, "the ledger %s/ledger was made on another machine (%s differs)", dir,
		    strcmp(here.id, l->machine.id) ? "machine-id" : "DMI UUID");
		return LEDGER_OTHER_MACHINE;
	}
	if (forgets(l->dirfd) && !l->is_volatile) {
		why(w, "%s is on a file system that forgets (tmpfs, ramfs or overlay), and its ledger is not a volatile one",
		    dir);
		return LEDGER_NOT_DURABLE;
	}
	return LEDGER_OK;
}

static enum ledger_status open_dir(const char *dir, struct ledger *l, struct why *w)
{
	memset(l, 0, sizeof(*l));
	l->lockfd = -1;
	l->dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->dirfd >= 0)
		return safe_dir(l->dirfd, dir, w) ? LEDGER_IO : LEDGER_OK;
	if (errno == ENOENT) {
		why(w, "there is no ledger in %s", dir);
		return LEDGER_ABSENT;
	}
	why(w, "%s: %s", dir, strerror(errno));
	return LEDGER_IO;
}

static enum ledger_status ledger_get(const char *dir, struct ledger *l,
				     bool lock, struct why *w)
{
	enum ledger_status status = open_dir(dir, l, w);

	if (status == LEDGER_OK && lock && take_lock(l, dir, w))
		status = LEDGER_IO;
	if (status == LEDGER_OK) {
		if (lock)
			test_stop("after-lock");
		status = load(dir, l, w);
	}
	if (status != LEDGER_OK)
		ledger_close(l);
	return status;
}

enum ledger_status ledger_open(const char *dir, struct ledger *l, struct why *w)
{
	return ledger_get(dir, l, true, w);
}

enum ledger_status ledger_peek(const char *dir, struct ledger *l, struct why *w)
{
	return ledger_get(dir, l, false, w);
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text += n;
		len -= n;
	}
	return 0;
}

int ledger_write(struct ledger *l, struct why *w)
{
	char *text;
	size_t len;
	int fd, bad;

	l->written = clock_now();
	text = ledger_format(l, &len);
	if (!text)
		return why(w, "the ledger cannot be written: %s", strerror(ENOMEM));
	fd = openat(l->dirfd, "ledger.new",
		    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bad = fd < 0 || write_all(fd, text, len) || fsync(fd);
	if (bad)
		why(w, "the ledger cannot be written: %s", strerror(errno));
	free(text);
	if (fd >= 0 && close(fd) && !bad)
		bad = why(w, "the ledger cannot be written: %s", strerror(errno));
	if (bad) {
		unlinkat(l->dirfd, "ledger.new", 0);
		return -1;
	}
	test_stop("after-write");
	if (renameat(l->dirfd, "ledger.new", l->dirfd, "ledger"))
		return why(w, "the ledger cannot be replaced: %s", strerror(errno));
	test_stop("after-rename");
	if (fsync(l->dirfd))
		return why(w, "the ledger's directory cannot be synced: %s", strerror(errno));
	test_stop("after-fsync-dir");
	return 0;
}

/* The new directory's name must survive a power cut too. */
static int make_dir(const char *dir, struct why *w)
{
	char *parent, *slash;
	int fd, err = 0;

	if (mkdir(dir, 0700)) {
		if (errno == EEXIST)
			return 0;
		return why(w, "%s: %s", dir, strerror(errno));
	}
	parent = strdup(dir);
	if (!parent)
		return why(w, "%s: %s", dir, strerror(ENOMEM));
	while ((slash = strrchr(parent, '/')) && slash != parent && !slash[1])
		*slash = 0;
	if (slash)
		slash[slash == parent] = 0;
	fd = open(slash ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd))
		err = why(w, "%s: %s", slash ? parent : ".", strerror(errno));
	if (fd >= 0)
		close(fd);
	free(parent);
	return err;
}

enum ledger_status ledger_init(const char *dir, bool is_volatile, struct why *w)
{
	enum ledger_status status;
	struct ledger l;

	if (make_dir(dir, w))
		return LEDGER_IO;
	status = open_dir(dir, &l, w);
	if (status == LEDGER_OK && take_lock(&l, dir, w))
		status = LEDGER_IO;
	if (status != LEDGER_OK)
		goto out;
	status = LEDGER_IO;
	if (!faccessat(l.dirfd, "ledger", F_OK, AT_SYMLINK_NOFOLLOW)) {
		why(w, "there is a ledger in %s already", dir);
		goto out;
	}
	if (forgets(l.dirfd) && !is_volatile) {
		why(w, "%s is on a file system that forgets (tmpfs, ramfs or overlay): after a reboot the same PTK IDs would be used again",
		    dir);
		status = LEDGER_NOT_DURABLE;
		goto out;
	}
	if (machine_read(&l.machine, w))
		goto out;
	l.is_volatile = is_volatile;
	l.created = clock_now();
	if (!ledger_write(&l, w))
		status = LEDGER_OK;
out:
	ledger_close(&l);
	return status;
}

void ledger_close(struct ledger *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		free(l->rec[i].extra);
	free(l->rec);
	free(l->extra);
	if (l->lockfd >= 0)
		close(l->lockfd);
	if (l->dirfd >= 0)
		close(l->dirfd);
	memset(l, 0, sizeof(*l));
	l->lockfd = -1;
	l->dirfd = -1;
}

struct ledger_record *ledger_record(struct ledger *l,
				    const uint8_t fp[LEDGER_FP_LEN],
				    uint32_t member)
{
	struct ledger_record *r;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->rec[i].member == member &&
		    !memcmp(l->rec[i].fp, fp, LEDGER_FP_LEN))
			return &l->rec[i];
	r = realloc(l->rec, (l->n + 1) * sizeof(*r));
	if (!r)
		return NULL;
	l->rec = r;
	r += l->n++;
	memset(r, 0, sizeof(*r));
	memcpy(r->fp, fp, LEDGER_FP_LEN);
	r->member = member;
	r->next = 1;	/* PTK ID 0 is never sent */
	return r;
}

void ledger_hint(enum ledger_status status, const char *dir)
{
	switch (status) {
	case LEDGER_ABSENT:
		hint("If no member of this machine has ever sent with the keys it will be given: prose ledger init");
		hint("Then take a range: prose key extend dev DEV id ID");
		break;
	case LEDGER_DAMAGED:
		hint("What was sent can no longer be told. Give this machine's members new PGKs, then");
		hint("start afresh: rm %s/ledger && prose ledger init", dir);
		break;
	case LEDGER_OTHER_MACHINE:
		hint("A copied ledger would make two machines use the same key stream. Give this one other");
		hint("member IDs or new keys, then: rm %s/ledger && prose ledger init", dir);
		break;
	case LEDGER_NOT_DURABLE:
		hint("Name a durable directory: --state-dir DIR or PROSE_STATE_DIR; or, only if every boot");
		hint("gets new keys: prose ledger init volatile");
		break;
	case LEDGER_IO:
		hint("Repair that, then: prose key extend dev DEV id ID");
		break;
	case LEDGER_OK:
		break;
	}
}
