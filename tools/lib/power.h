/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a power cut can leave of durable files: kill -9 does not show it. In a
 * test build writes, syncs, renames and removals are logged, and afterwards each
 * state of the directory that a cut could have left is made and looked at: what
 * was not synced is there, is not, or is torn. In a release build there is none.
 */
#ifndef POWER_H
#define POWER_H

#include "error.h"

#ifdef PROSE_TEST_HOOKS
void power_write(int dirfd, const char *name, const void *data, size_t len);
void power_sync(int dirfd, const char *name);
void power_rename(int dirfd, const char *from, const char *to);
void power_remove(int dirfd, const char *name);
void power_sync_dir(int dirfd);

/* Log from here on what happens in this directory, whose files are as they are now. */
void power_record(const char *dir);
/* How many operations were logged by now. */
unsigned int power_done(void);
/*
 * Each state that a cut could have left since then, in a directory of its own,
 * which fn is given and which is gone after it; done is how many operations were
 * behind at the cut. Returns how many states.
 */
typedef void power_fn(void *ctx, const char *dir, unsigned int done);
unsigned int power_each(power_fn *fn, void *ctx);
#else
static inline void power_write(int dirfd, const char *name, const void *data, size_t len)
{
	(void)dirfd;
	(void)name;
	(void)data;
	(void)len;
}

static inline void power_sync(int dirfd, const char *name)
{
	power_write(dirfd, name, NULL, 0);
}

static inline void power_rename(int dirfd, const char *from, const char *to)
{
	power_write(dirfd, from, to, 0);
}

static inline void power_remove(int dirfd, const char *name)
{
	power_write(dirfd, name, NULL, 0);
}

static inline void power_sync_dir(int dirfd)
{
	power_write(dirfd, NULL, NULL, 0);
}
#endif

#endif
