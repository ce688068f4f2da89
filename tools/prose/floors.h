/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Floors: of each sender the highest COUNT that verified, below which its
 * frames are replays. The kernel forgets them with the module; the file
 * "floors" of the state directory keeps them over a reboot. A floor is only
 * ever raised, and taken away only by "prose member reset".
 */
#ifndef FLOORS_H
#define FLOORS_H

#include <linux/prose.h>

#include "state.h"

#define FLOORS_FILE "floors"
#define FLOORS_MAX 65536	/* those not raised for the longest time go first */

struct floor {
	uint32_t group;
	uint8_t fp[PROSE_FINGERPRINT_LEN];
	uint32_t member;
	uint32_t count;		/* PTK ID << 16 | SN */
	int64_t raised;		/* when, for the limit */
};

struct floors {
	struct floor *f;
	size_t n;
};

int floors_add(struct floors *l, const struct floor *f);
void floors_free(struct floors *l);
/* Sort, and keep the highest of each sender. Gives back how many are left out. */
size_t floors_settle(struct floors *l, size_t max);
/* Of settled lists: does "in" have anything that "l" has not, or lower? */
bool floors_raises(const struct floors *in, const struct floors *l);
const struct floor *floors_find(const struct floors *l, const struct floor *f);

/* Text to list and back (malloc'ed). */
int floors_parse(struct floors *l, const char *text, size_t len, struct why *w);
char *floors_format(const struct floors *l, size_t *len);

/* A file of floors, locked against other agents if it is that of a state directory. */
struct floors_file {
	int dirfd, lockfd;
	char dir[PATH_MAX];
	char name[NAME_MAX + 1];
	bool damaged;		/* the file is there and of no use */
};

/*
 * The file "floors" of a state directory, or another one by its path. 0;
 * -ENOENT if there is no such directory, -EIO with a reason.
 */
int floors_open(struct floors_file *s, const char *state_dir, const char *path, bool lock,
		struct why *w);
void floors_close(struct floors_file *s);
/* None if there is no file. */
int floors_load(struct floors_file *s, struct floors *l, struct why *w);
/*
 * Raise what is in the file to these, settled ones. How many were left out for
 * want of room, or -1; *written tells whether there was anything to raise.
 */
int floors_merge(struct floors_file *s, const struct floors *now, bool *written,
		 struct why *w);
/* Take one away. 1 if it was there, 0, or -1. */
int floors_forget(struct floors_file *s, const struct floor *f, struct why *w);

/* What to do about a damaged one, on stderr. */
void floors_hint(const struct floors_file *s);

#endif
