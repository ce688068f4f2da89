// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault.h"
#include "ids.h"
#include "sha256.h"
#include "power.h"
#include "state.h"

#define LOCK_WAIT_MS 10000
#define FRESH_PREFIX ".new-"
#define FRESH_RANDOM 12		/* octets */
#define FRESH_LEN (sizeof(FRESH_PREFIX) - 1 + HEX_LEN(FRESH_RANDOM))
#define SUM_WORD "sha256="

/* Who else may write here could make any key stream be used twice. */
static int safe_dir(int fd, const char *dir, struct why *w)
{
	struct stat st;

	if (fstat(fd, &st))
		return why(w, "%s: %s", dir, errno_text(errno));
	if ((st.st_uid && st.st_uid != geteuid()) || (st.st_mode & 022))
		return why(w, "%s belongs to uid %u, mode %04o; it must belong to you and be writable by nobody else",
			   dir, st.st_uid, (unsigned int)st.st_mode & 07777);
	return 0;
}

int state_open(const char *dir, struct why *w)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = errno == ENOENT ? -ENOENT : -EIO;

	if (fd < 0) {
		why(w, "%s: %s", dir, errno_text(errno));
		return err;
	}
	if (!safe_dir(fd, dir, w))
		return fd;
	close(fd);
	return -EIO;
}

int state_resolve(const char *path, char dir[PATH_MAX], char name[NAME_MAX + 1],
		  struct why *w)
{
	char whole[PATH_MAX];
	const char *slash;
	struct stat st;

	if (!realpath(path, whole)) {
		if (errno != ENOENT)
			return why(w, "%s: %s", path, strerror(errno));
		if (!lstat(path, &st))
			return why(w, "%s is a link to a file that is not there; take it away, or make that file",
				   path);
		if ((size_t)snprintf(whole, sizeof(whole), "%s", path) >= sizeof(whole))
			return why(w, "%s: %s", path, strerror(ENAMETOOLONG));
	}
	slash = strrchr(whole, '/');
	if ((size_t)snprintf(name, NAME_MAX + 1, "%s", slash ? slash + 1 : whole) > NAME_MAX)
		return why(w, "%s: %s", path, strerror(ENAMETOOLONG));
	if (!slash)
		strcpy(dir, ".");
	else
		snprintf(dir, PATH_MAX, "%.*s", slash == whole ? 1 : (int)(slash - whole), whole);
	return 0;
}

int state_lock(int dirfd, const char *dir, const char *name, struct why *w)
{
	int fd, waited;

	fd = openat(dirfd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return why(w, "%s/%s: %s", dir, name, errno_text(errno));
	for (waited = 0; flock(fd, LOCK_EX | LOCK_NB); waited += 20) {
		bool busy = errno == EWOULDBLOCK || errno == EINTR;

		if (busy && waited < LOCK_WAIT_MS) {
			usleep(20000);
			continue;
		}
		if (busy)
			why(w, "another prose command has held %s/%s for %d s", dir, name,
			    LOCK_WAIT_MS / 1000);
		else
			why(w, "%s/%s: %s", dir, name, errno_text(errno));
		close(fd);
		return -1;
	}
	return fd;
}

char *state_read(int dirfd, const char *name, size_t *len)
{
	/* A FIFO must not hold us before it is refused. */
	int fd = openat(dirfd, name,
			O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	char *text;
	ssize_t n = 0;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > STATE_MAX_SIZE) {
		close(fd);
		errno = S_ISREG(st.st_mode) ? EFBIG : EINVAL;
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

/* Of a file that is not yet the one it will be. A crash can leave it there. */
static int fresh_name(char out[FRESH_LEN], struct why *w)
{
	char hex[HEX_LEN(FRESH_RANDOM)];
	uint8_t random[FRESH_RANDOM];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return why(w, "no random numbers: %s", strerror(errno));
	snprintf(out, FRESH_LEN, FRESH_PREFIX "%s", to_hex(hex, random, sizeof(random)));
	return 0;
}

int state_replace(int dirfd, const char *name, const char *what, const char *text,
		  size_t len, struct why *w)
{
	char fresh[FRESH_LEN];
	struct stat st;
	int fd, bad;

	if (!fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) && !S_ISREG(st.st_mode))
		return why(w, "%s is no file, and is not replaced by one", what);
	if (fresh_name(fresh, w))
		return -1;
	/* New for sure: whatever else has that name is neither written to nor waited for. */
	fd = openat(dirfd, fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return why(w, "%s cannot be written: %s", what, errno_text(errno));
	power_write(dirfd, fresh, text, len);
	bad = fchmod(fd, 0600) || write_all(fd, text, len) || fsync(fd);
	if (!bad)
		power_sync(dirfd, fresh);
	if (bad)
		why(w, "%s cannot be written: %s", what, errno_text(errno));
	if (close(fd) && !bad)
		bad = why(w, "%s cannot be written: %s", what, errno_text(errno));
	if (bad) {
		unlinkat(dirfd, fresh, 0);
		return -1;
	}
	if (fault("after-write") || renameat(dirfd, fresh, dirfd, name)) {
		why(w, "%s cannot be replaced: %s", what, errno_text(errno));
		unlinkat(dirfd, fresh, 0);
		return -1;
	}
	power_rename(dirfd, fresh, name);
	if (fault("after-rename") || fsync(dirfd))
		return why(w, "the directory of %s cannot be synced: %s", what, strerror(errno));
	power_sync_dir(dirfd);
	if (fault("after-fsync-dir"))
		return why(w, "%s: %s", what, strerror(errno));
	return 0;
}

int state_remove(int dirfd, const char *name, const char *what, struct why *w)
{
	if (unlinkat(dirfd, name, 0) && errno != ENOENT)
		return why(w, "%s cannot be taken away: %s", what, errno_text(errno));
	power_remove(dirfd, name);
	if (fault("after-remove") || fsync(dirfd))
		return why(w, "the directory of %s cannot be synced: %s", what, strerror(errno));
	power_sync_dir(dirfd);
	return 0;
}

char *state_sum(char out[STATE_SUM_LEN], const char *text, size_t len)
{
	char hex[HEX_LEN(SHA256_LEN)];
	uint8_t sum[SHA256_LEN];

	sha256(text, len, sum);
	snprintf(out, STATE_SUM_LEN, SUM_WORD "%s\n", to_hex(hex, sum, sizeof(sum)));
	return out;
}

int state_check(const char *text, size_t len, const char *kind, int newest,
		size_t *body, struct why *w)
{
	char first[64], sum[STATE_SUM_LEN];
	const char *last;
	int version;

	if (!len)
		return why(w, "it is empty");
	if (memchr(text, 0, len) || text[len - 1] != '\n')
		return why(w, "its end is missing, or it is no text");
	for (version = 1; version <= newest; version++) {
		snprintf(first, sizeof(first), "%s %d\n", kind, version);
		if (!strncmp(text, first, strlen(first)))
			break;
	}
	if (version > newest) {
		if (!strncmp(text, kind, strlen(kind)) && text[strlen(kind)] == ' ')
			return why(w, "it is of a version that this program does not know");
		return why(w, "it does not begin with \"%s\"", kind);
	}
	last = memrchr(text, '\n', len - 1);
	last = last ? last + 1 : text;
	if (strcmp(last, state_sum(sum, text, last - text)))
		return why(w, "its checksum does not fit");
	*body = last - text;
	return version;
}

int state_lines(const char *text, size_t len, const char *kind, int newest,
		int (*fn)(void *ctx, char *line), void *ctx, struct why *w)
{
	char *copy, *line, *save;
	size_t body, n = 1;
	int err = 0;

	if (state_check(text, len, kind, newest, &body, w) < 0)
		return -1;
	copy = strndup(text, body);
	if (!copy)
		return why(w, "%s", strerror(ENOMEM));
	line = strtok_r(copy, "\n", &save);
	while (!err && (line = strtok_r(NULL, "\n", &save))) {
		n++;
		if (fn(ctx, line))
			err = why(w, "line %zu makes no sense, or is of a kind that this program does not know",
				  n);
	}
	free(copy);
	return err;
}
