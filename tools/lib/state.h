/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files of the state directory: nobody else may write there, one program at a
 * time changes them, and each is replaced as a whole and synced, so that a
 * crash leaves the old one or the new one.
 */
#ifndef STATE_H
#define STATE_H

#include <limits.h>

#include "error.h"

#define STATE_MAX_SIZE (64 << 20)

/* A descriptor; -ENOENT if there is none, -EIO for anything else. */
int state_open(const char *dir, struct why *w);
/* The lock of this name: a descriptor, or -1 after 10 s. */
int state_lock(int dirfd, const char *dir, const char *name, struct why *w);
/*
 * Directory and name of a file that a user names, behind all links to it, so
 * that the file itself is replaced. It need not be there.
 */
int state_resolve(const char *path, char dir[PATH_MAX], char name[NAME_MAX + 1],
		  struct why *w);
/* All of a file, with a NUL after it; NULL with errno. */
char *state_read(int dirfd, const char *name, size_t *len);
/*
 * Write, sync, rename, sync the directory. It is for its owner only then,
 * whatever it was before. what: for messages.
 */
int state_replace(int dirfd, const char *name, const char *what, const char *text,
		  size_t len, struct why *w);

/* Take a file away, and sync that; it need not be there. */
int state_remove(int dirfd, const char *name, const char *what, struct why *w);

/*
 * The form of the files: first line KIND and a version, last line the SHA-256
 * of all before it. Pure. The version, and in *body the octets before the
 * last line; or -1 for a file that is not whole.
 */
int state_check(const char *text, size_t len, const char *kind, int newest,
		size_t *body, struct why *w);
/* Each line between the first and the last, until fn() returns one with -1. */
int state_lines(const char *text, size_t len, const char *kind, int newest,
		int (*fn)(void *ctx, char *line), void *ctx, struct why *w);
/* The last line, for the text so far. */
#define STATE_SUM_LEN 73	/* "sha256=", 64 digits, newline, NUL */
char *state_sum(char out[STATE_SUM_LEN], const char *text, size_t len);

#endif
