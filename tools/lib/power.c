// SPDX-License-Identifier: GPL-2.0
#ifdef PROSE_TEST_HOOKS
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "power.h"

#define OPS 512
#define FILES 64

enum op_kind { OP_WRITE, OP_SYNC, OP_RENAME, OP_REMOVE, OP_SYNC_DIR };

struct op {
	enum op_kind kind;
	char name[NAME_MAX + 1], to[NAME_MAX + 1];
	char *data;
	size_t len;
};

/* A file, as it would be found: which may be less than what was written. */
struct file {
	char name[NAME_MAX + 1];
	char *data;
	size_t len;
	bool synced;
};

static bool recording;
static dev_t dev;
static ino_t ino;
static char where[PATH_MAX];
static struct op ops[OPS];
static unsigned int n_ops;
static struct file before[FILES];
static unsigned int n_before;

static void fatal(const char *what)
{
	fprintf(stderr, "power: %s\n", what);
	abort();
}

static bool mine(int dirfd)
{
	struct stat st;

	return recording && !fstat(dirfd, &st) && st.st_dev == dev && st.st_ino == ino;
}

static struct op *add(int dirfd, enum op_kind kind, const char *name)
{
	struct op *o;

	if (!mine(dirfd))
		return NULL;
	if (n_ops == OPS)
		fatal("too much is written");
	o = &ops[n_ops++];
	memset(o, 0, sizeof(*o));
	o->kind = kind;
	snprintf(o->name, sizeof(o->name), "%s", name);
	return o;
}

void power_write(int dirfd, const char *name, const void *data, size_t len)
{
	struct op *o = add(dirfd, OP_WRITE, name);

	if (!o)
		return;
	o->data = malloc(len + 1);
	memcpy(o->data, data, len);
	o->len = len;
}

void power_sync(int dirfd, const char *name)
{
	add(dirfd, OP_SYNC, name);
}

void power_rename(int dirfd, const char *from, const char *to)
{
	struct op *o = add(dirfd, OP_RENAME, from);

	if (o)
		snprintf(o->to, sizeof(o->to), "%s", to);
}

void power_remove(int dirfd, const char *name)
{
	add(dirfd, OP_REMOVE, name);
}

void power_sync_dir(int dirfd)
{
	add(dirfd, OP_SYNC_DIR, "");
}

static void take_file(const char *dir, const char *name, struct file *f)
{
	char path[2 * PATH_MAX];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &st))
		fatal(path);
	snprintf(f->name, sizeof(f->name), "%s", name);
	f->data = malloc(st.st_size + 1);
	f->len = st.st_size;
	f->synced = true;
	if (read(fd, f->data, f->len) != (ssize_t)f->len)
		fatal(path);
	close(fd);
}

static void forget(void)
{
	while (n_ops)
		free(ops[--n_ops].data);
	while (n_before)
		free(before[--n_before].data);
}

void power_record(const char *dir)
{
	struct dirent *e;
	struct stat st;
	DIR *d = opendir(dir);

	forget();
	if (!d || stat(dir, &st))
		fatal(dir);
	dev = st.st_dev;
	ino = st.st_ino;
	snprintf(where, sizeof(where), "%s", dir);
	while ((e = readdir(d))) {
		if (e->d_type != DT_REG)
			continue;
		if (n_before == FILES)
			fatal("too many files");
		take_file(dir, e->d_name, &before[n_before++]);
	}
	closedir(d);
	recording = true;
}

/* A directory in the making: names, each with its octets. */
struct image {
	struct file f[FILES];
	unsigned int n;
};

static struct file *find(struct image *im, const char *name)
{
	unsigned int i;

	for (i = 0; i < im->n; i++)
		if (!strcmp(im->f[i].name, name))
			return &im->f[i];
	return NULL;
}

static void drop(struct image *im, const char *name)
{
	struct file *f = find(im, name);

	if (f)
		*f = im->f[--im->n];
}

enum torn { WHOLE, NOTHING, HALF };

/* Octets that were not synced at the cut may be there, in part, or not at all. */
static bool synced_before(unsigned int write, unsigned int cut)
{
	unsigned int i;

	for (i = write + 1; i < cut; i++)
		if (ops[i].kind == OP_SYNC && !strcmp(ops[i].name, ops[write].name))
			return true;
	return false;
}

/* Names that were not synced at the cut may have changed, or not. */
static bool named_before(unsigned int op, unsigned int cut)
{
	unsigned int i;

	for (i = op + 1; i < cut; i++)
		if (ops[i].kind == OP_SYNC_DIR)
			return true;
	return false;
}

static void play(struct image *im, unsigned int cut, enum torn torn, bool names)
{
	unsigned int i;
	struct file *f;

	im->n = 0;
	for (i = 0; i < n_before; i++)
		im->f[im->n++] = before[i];
	for (i = 0; i < cut; i++) {
		const struct op *o = &ops[i];

		switch (o->kind) {
		case OP_WRITE:
			drop(im, o->name);
			f = &im->f[im->n++];
			memset(f, 0, sizeof(*f));
			snprintf(f->name, sizeof(f->name), "%s", o->name);
			f->data = o->data;
			f->len = synced_before(i, cut) || torn == WHOLE ? o->len :
				torn == HALF ? o->len / 2 : 0;
			break;
		case OP_RENAME:
			f = names || named_before(i, cut) ? find(im, o->name) : NULL;
			if (!f)
				break;
			drop(im, o->to);
			f = find(im, o->name);
			snprintf(f->name, sizeof(f->name), "%s", o->to);
			break;
		case OP_REMOVE:
			if (names || named_before(i, cut))
				drop(im, o->name);
			break;
		case OP_SYNC:
		case OP_SYNC_DIR:
			break;
		}
	}
}

static void put(const char *dir, const struct file *f)
{
	char path[2 * PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, f->name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || write(fd, f->data, f->len) != (ssize_t)f->len)
		fatal(path);
	close(fd);
}

static void clear(const char *dir)
{
	char path[2 * PATH_MAX];
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		if (e->d_type != DT_REG)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		unlink(path);
	}
	if (d)
		closedir(d);
	rmdir(dir);
}

static void look(unsigned int cut, enum torn torn, bool names, power_fn *fn, void *ctx)
{
	static struct image im;
	char dir[PATH_MAX + 16];
	unsigned int i;

	snprintf(dir, sizeof(dir), "%.*s.cut", PATH_MAX - 8, where);
	clear(dir);
	if (mkdir(dir, 0700))
		fatal(dir);
	play(&im, cut, torn, names);
	for (i = 0; i < im.n; i++)
		put(dir, &im.f[i]);
	fn(ctx, dir, cut);
	clear(dir);
}

unsigned int power_done(void)
{
	return n_ops;
}

unsigned int power_each(power_fn *fn, void *ctx)
{
	unsigned int cut, n = 0;
	int torn, names;

	recording = false;
	for (cut = 0; cut <= n_ops; cut++)
		for (torn = WHOLE; torn <= HALF; torn++)
			for (names = 0; names < 2; names++, n++)
				look(cut, torn, names, fn, ctx);
	forget();
	return n;
}
#endif
