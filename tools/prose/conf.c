// SPDX-License-Identifier: GPL-2.0
/* Configuration files: where they are, who may write them, one use at a time. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"
#include "dev.h"
#include "prose.h"
#include "shellword.h"

/* What needs no quoting in a shell, since hooks are given the name. */
static const char plain[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_=+.-";

int conf_locate(struct conf *c, const char *s, struct why *w)
{
	size_t len = s ? strlen(s) : 0, suffix = strlen(CONF_SUFFIX);
	const char *base;
	char name[64];

	memset(c, 0, sizeof(*c));
	c->fd = -1;
	if (!len)
		return why(w, "the name of the device is missing, as in prose up fire for %s/fire%s",
			   CONF_DIR, CONF_SUFFIX);
	base = strrchr(s, '/');
	base = base ? base + 1 : s;
	if (len < suffix || strcmp(s + len - suffix, CONF_SUFFIX))
		suffix = 0;
	if (!suffix && base != s)
		return why(w, "%s: a path must end in %s", s, CONF_SUFFIX);
	len -= suffix + (base - s);
	snprintf(name, sizeof(name), "%.*s", (int)len, base);
	if (device_name_valid(name, w))
		return -1;
	if (strspn(name, plain) != strlen(name) || name[0] == '-')
		return why(w, "\"%s\": the device of a file has a name of letters, digits and _ = + . -",
			   name);
	strcpy(c->name, name);
	if ((size_t)snprintf(c->path, sizeof(c->path), suffix ? "%s" : CONF_DIR "/%s" CONF_SUFFIX,
			     s) >= sizeof(c->path))
		return why(w, "%s: the path is too long", s);
	return 0;
}

static int bad_file(const struct conf *c, struct why *w, const char *reason)
{
	return why(w, "%s: %s", c->path, reason);
}

/* Whoever can write it decides what runs as root. */
static int check_file(struct conf *c, size_t *size, struct why *w)
{
	struct stat st;

	if (fstat(c->fd, &st))
		return bad_file(c, w, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return bad_file(c, w, "this is no file");
	/* Since it was opened; who replaced it held the lock until now. */
	if (!st.st_nlink) {
		c->later = true;
		return bad_file(c, w, "it has just been replaced; try again");
	}
	if (st.st_uid && st.st_uid != geteuid())
		return why(w, "%s belongs to another user, who could have anything run by its hooks; chown root %s",
			   c->path, sh(c->path));
	if (st.st_mode & 077)
		return why(w, "%s is open to others than its owner (mode %04o); chmod 600 %s",
			   c->path, (unsigned int)st.st_mode & 07777, sh(c->path));
	if (st.st_size > CONF_MAX)
		return why(w, "%s is longer than %d octets", c->path, CONF_MAX);
	*size = st.st_size;
	return 0;
}

/* The comments before the first section, which save keeps. */
static char *head_of(const char *text)
{
	const char *p = text, *end;

	while (*p == '#' || *p == '\n') {
		end = strchrnul(p, '\n');
		p = *end ? end + 1 : end;
	}
	return strndup(text, p - text);
}

static int read_all(struct conf *c, size_t size, struct why *w)
{
	size_t len = 0;
	ssize_t n = 0;

	c->text = malloc(size + 1);
	if (!c->text)
		return why(w, "%s", strerror(ENOMEM));
	while (len < size) {
		n = read(c->fd, c->text + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += n;
	}
	if (n < 0)
		return bad_file(c, w, strerror(errno));
	c->text[len] = 0;
	if (strlen(c->text) != len)
		return bad_file(c, w, "there is a NUL in it; this is no text");
	c->head = head_of(conf_start(c->text));
	return c->head ? 0 : why(w, "%s", strerror(ENOMEM));
}

static int open_and_parse(struct conf *c, const char *s, bool lock, bool *absent,
			  struct why *w)
{
	size_t size = 0;

	if (absent)
		*absent = false;
	if (conf_locate(c, s, w))
		return -1;
	c->fd = open(c->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (c->fd < 0) {
		if (errno == ENOENT && absent) {
			*absent = true;
			return 0;
		}
		if (errno != ENOENT)
			return bad_file(c, w, errno_text(errno));
		return why(w, "there is no %s; write it (prose.conf(5)), or let prose save %s make it from a device that is there",
			   c->path, c->name);
	}
	if (lock && flock(c->fd, LOCK_EX | LOCK_NB)) {
		c->later = true;
		return why(w, "%s is in use by another prose up, down, restart or save (or by one whose hook this is); try again after it",
			   c->path);
	}
	if (check_file(c, &size, w) || read_all(c, size, w))
		return -1;
	return conf_parse(c, c->text, w);
}

int conf_load(struct conf *c, const char *s, bool *absent, struct why *w)
{
	return open_and_parse(c, s, true, absent, w);
}

int conf_read(struct conf *c, const char *s, bool *absent, struct why *w)
{
	return open_and_parse(c, s, false, absent, w);
}

int conf_refused(const struct conf *c, const struct why *w)
{
	return fail(c->later ? EXIT_LATER : EXIT_USAGE, "%s", w->text);
}

void conf_free(struct conf *c)
{
	size_t i;

	for (i = 0; i < HOOK_N; i++)
		free(c->hooks[i]);
	for (i = 0; i < c->n_keys; i++)
		free(c->keys[i].path);
	free(c->addresses);
	free(c->text);
	free(c->head);
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}
