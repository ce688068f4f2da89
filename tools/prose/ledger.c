// SPDX-License-Identifier: GPL-2.0
/* The ledger's file: lock, durability, ownership. Its text: ledger_text.c. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "clock.h"
#include "fault.h"
#include "ledger.h"
#include "names.h"
#include "shellword.h"
#include "when.h"

static bool forgets(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return true;
	return fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC ||
	       fs.f_type == OVERLAYFS_SUPER_MAGIC;
}

static enum ledger_status load(const char *dir, struct ledger *l, struct why *w)
{
	struct machine here;
	struct why inner;
	size_t len = 0;
	char *text;
	int err;

	text = state_read(l->dirfd, "ledger", &len);
	if (!text) {
		bool absent = errno == ENOENT;

		why(w, absent ? "there is no ledger in %s%s" : "%s/ledger: %s",
		    dir, absent ? "" : errno_text(errno));
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
	l->dirfd = state_open(dir, w);
	if (l->dirfd >= 0)
		return LEDGER_OK;
	if (l->dirfd != -ENOENT)
		return LEDGER_IO;
	why(w, "there is no ledger in %s", dir);
	return LEDGER_ABSENT;
}

static int take_lock(struct ledger *l, const char *dir, struct why *w)
{
	l->lockfd = state_lock(l->dirfd, dir, "lock", w);
	return l->lockfd < 0 ? -1 : 0;
}

static enum ledger_status ledger_get(const char *dir, struct ledger *l,
				     bool lock, struct why *w)
{
	enum ledger_status status = open_dir(dir, l, w);

	if (status == LEDGER_OK && lock && take_lock(l, dir, w))
		status = LEDGER_IO;
	if (status == LEDGER_OK) {
		if (lock && fault("after-lock"))
			status = LEDGER_IO;
		else
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

/* An old ledger has none until it is written. */
static int give_identity(struct ledger *l, struct why *w)
{
	static const uint8_t none[LEDGER_ID_LEN];

	if (memcmp(l->identity, none, sizeof(none)) ||
	    getrandom(l->identity, sizeof(l->identity), 0) == sizeof(l->identity))
		return 0;
	return why(w, "the ledger gets no identity: no random numbers: %s", strerror(errno));
}

int ledger_write(struct ledger *l, struct why *w)
{
	char *text;
	size_t len;
	int err;

	if (give_identity(l, w))
		return -1;
	l->written = clock_real();
	text = ledger_format(l, &len);
	if (!text)
		return why(w, "the ledger cannot be written: %s", strerror(ENOMEM));
	err = state_replace(l->dirfd, "ledger", "the ledger", text, len, w);
	free(text);
	return err;
}

/* The new directory's name must survive a power cut too. */
static int make_dir(const char *dir, struct why *w)
{
	char *parent, *slash;
	int fd, err = 0;

	if (mkdir(dir, 0700)) {
		if (errno == EEXIST)
			return 0;
		return why(w, "%s: %s", dir, errno_text(errno));
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
	l.created = clock_real();
	if (!ledger_write(&l, w))
		status = LEDGER_OK;
out:
	ledger_close(&l);
	return status;
}

void ledger_close(struct ledger *l)
{
	free(l->rec);
	free(l->bound);
	free(l->group);
	free(l->serial);
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

static struct ledger_binding *binding_of(const struct ledger *l,
					 const uint8_t fp[LEDGER_FP_LEN])
{
	size_t i;

	for (i = 0; i < l->n_bound; i++)
		if (!memcmp(l->bound[i].fp, fp, LEDGER_FP_LEN))
			return &l->bound[i];
	return NULL;
}

int ledger_bind(struct ledger *l, const struct ledger_binding *b)
{
	struct ledger_binding *bigger;

	if (binding_of(l, b->fp))
		return -1;
	bigger = realloc(l->bound, (l->n_bound + 1) * sizeof(*bigger));
	if (!bigger)
		return -1;
	l->bound = bigger;
	bigger[l->n_bound++] = *b;
	return 0;
}

/* With kdf direct it would be bound: that is written before anything is granted. */
static bool granted(const struct ledger *l, const uint8_t fp[LEDGER_FP_LEN])
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->rec[i].next > 1 && !memcmp(l->rec[i].fp, fp, LEDGER_FP_LEN))
			return true;
	return false;
}

enum ledger_bound ledger_bound(const struct ledger *l, const struct ledger_use *u,
			       struct why *w)
{
	const struct ledger_binding *b = binding_of(l, u->fp);
	char hex[HEX_LEN(LEDGER_FP_LEN)];

	to_hex(hex, u->fp, LEDGER_FP_LEN);
	if (!b && u->direct && granted(l, u->fp)) {
		why(w, "the key value %s was granted PTK IDs with another key derivation; with kdf direct it would be bound to that, and shut out of what it is used for now",
		    hex);
		return LEDGER_OTHER;
	}
	if (!b)
		return LEDGER_FREE;
	if (u->direct && b->group == u->group && b->cipher == u->cipher)
		return LEDGER_SAME;
	why(w, "the key value %s was used with kdf direct, in group 0x%06x with cipher %s, and is bound to that: with another derivation, group or cipher the same octets would protect two things, and one could give the other away",
	    hex, b->group, NAME(cipher_names, b->cipher));
	return LEDGER_OTHER;
}

int ledger_fork(struct ledger *l, const struct ledger_use *u, const char *load, bool told)
{
	bool first = told || !l->forked || strcmp(l->fork_load, load);
	struct ledger_record *r;
	size_t i;

	/* What was granted since the fork was recorded, it does not concern. */
	if (!first)
		return 0;
	if (!ledger_record(l, u->fp, u->member))
		return -1;
	for (i = 0; i < l->n; i++) {
		r = &l->rec[i];
		if (!r->forked)
			r->forked = clock_real();
	}
	l->forked = clock_real();
	snprintf(l->fork_load, sizeof(l->fork_load), "%s", load);
	return 0;
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
		hint("start afresh: rm %s/ledger && prose ledger init", sh(dir));
		break;
	case LEDGER_OTHER_MACHINE:
		hint("A copied ledger would make two machines use the same key stream. Give this one other");
		hint("member IDs or new keys, then: rm %s/ledger && prose ledger init", sh(dir));
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
