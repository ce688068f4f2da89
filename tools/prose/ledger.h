/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ledger: for each (key value, member) the first PTK Identity that was
 * never granted. It is what keeps a key stream from being used again after a
 * crash or a reboot, so it is made once, bound to the machine, checked as a
 * whole, and written and synced before the kernel is told.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include "machine.h"
#include "state.h"

#define LEDGER_FP_LEN 16
#define LEDGER_ID_LEN 16
#define LEDGER_END 65536	/* "next" when no PTK Identity is left */
#define LEDGER_DEFAULT_DIR "/var/lib/prose"

enum ledger_status {
	LEDGER_OK,
	LEDGER_ABSENT,
	LEDGER_DAMAGED,
	LEDGER_OTHER_MACHINE,
	LEDGER_NOT_DURABLE,	/* on a file system that forgets */
	LEDGER_IO,
};

struct ledger_record {
	uint8_t fp[LEDGER_FP_LEN];
	uint32_t member;
	uint32_t next;
	uint32_t first;		/* of the range granted last; 0 is not known */
	int64_t written;
	/*
	 * When a fork of the virtual machine was noticed: a copy has the same
	 * ledger, so only a suite with a salt can be sent with. 0: never.
	 */
	int64_t forked;
};

/* A key value that was used with kdf direct: that way, or never. */
struct ledger_binding {
	uint8_t fp[LEDGER_FP_LEN];
	uint32_t group;
	uint32_t cipher;
	int64_t written;
};

/*
 * What a manager gave for a group. The line is what counts: a file of the store
 * with another version is one that was being written, or an old one put back.
 * Epoch and content stay when the group is left or wiped.
 */
struct ledger_group {
	uint32_t group;
	uint8_t manager[LEDGER_ID_LEN];
	uint32_t member;
	uint64_t epoch;
	uint8_t content[SHA256_LEN];	/* snapshot_content() of that epoch */
	uint64_t version;		/* of the file in the store; only grows */
	bool held;			/* it is there; no: left or wiped */
	int64_t written;
};

/* The highest serial number of a manager's files. */
struct ledger_serial {
	uint8_t manager[LEDGER_ID_LEN];
	uint64_t serial;
};

struct ledger {
	int dirfd;
	int lockfd;
	bool is_volatile;
	struct machine machine;
	int64_t created;
	int64_t written;
	int64_t forked;		/* the last fork that was noticed, and in */
	char fork_load[LOAD_ID_LEN];	/* which life of the module */
	struct ledger_record *rec;
	size_t n;
	struct ledger_binding *bound;
	size_t n_bound;
	/* Random, of this ledger and no other; an old one gets it with its next write. */
	uint8_t identity[LEDGER_ID_LEN];
	int64_t manager_time;	/* the newest authenticated one; 0: none */
	struct ledger_group *group;
	size_t n_groups;
	struct ledger_serial *serial;
	size_t n_serials;
};

/* How a key is to be used. */
struct ledger_use {
	uint8_t fp[LEDGER_FP_LEN];
	uint32_t member;
	uint32_t group;
	uint32_t cipher;
	bool direct;		/* by kdf direct */
	bool salted;		/* a suite whose nonces have a salt */
};

/* Take the lock and read. On anything but LEDGER_OK nothing is held. */
enum ledger_status ledger_open(const char *dir, struct ledger *l, struct why *w);
/* Read without taking the lock; ledger_close() it too. */
enum ledger_status ledger_peek(const char *dir, struct ledger *l, struct why *w);
enum ledger_status ledger_init(const char *dir, bool is_volatile, struct why *w);
/* Write, sync, rename, sync the directory. */
int ledger_write(struct ledger *l, struct why *w);
void ledger_close(struct ledger *l);

/* The record, made (with next = 1) if there is none. */
struct ledger_record *ledger_record(struct ledger *l,
				    const uint8_t fp[LEDGER_FP_LEN],
				    uint32_t member);

/*
 * The line of a group and manager, or NULL; make: made if there is none. Lines of
 * other managers stay, so that one that is come back to cannot go back. Good
 * until the next is made.
 */
struct ledger_group *ledger_group(struct ledger *l, uint32_t group,
				  const uint8_t manager[LEDGER_ID_LEN], bool make);
/* The one that is held, of any manager, or NULL. */
struct ledger_group *ledger_group_held(const struct ledger *l, uint32_t group);
/* The highest version that a file of the group ever had; 0: none. */
uint64_t ledger_newest_version(const struct ledger *l, uint32_t group);
/* Raise the serial number; -1 without memory. */
int ledger_serial(struct ledger *l, const uint8_t manager[LEDGER_ID_LEN], uint64_t serial);
uint64_t ledger_serial_of(const struct ledger *l, const uint8_t manager[LEDGER_ID_LEN]);

/*
 * A fork of the virtual machine was told by an event (told), or shows in a
 * grant refused: mark every pair there is, and this one. load is that of
 * load_id(): a fork that shows again after it was recorded marks nothing, so
 * that new keys stay good. -1 without memory.
 */
int ledger_fork(struct ledger *l, const struct ledger_use *u, const char *load, bool told);

enum ledger_bound {
	LEDGER_FREE,		/* never used with kdf direct */
	LEDGER_SAME,
	LEDGER_OTHER,		/* used, or bound to a use, in another way: w says which */
};

enum ledger_bound ledger_bound(const struct ledger *l, const struct ledger_use *u,
			       struct why *w);
/* -1 if there is one already, or no memory. */
int ledger_bind(struct ledger *l, const struct ledger_binding *b);

/* Pure: text to ledger and back (malloc'ed). */
int ledger_parse(struct ledger *l, const char *text, size_t len, struct why *w);
char *ledger_format(const struct ledger *l, size_t *len);

/* What to do about it, on stderr. */
void ledger_hint(enum ledger_status status, const char *dir);

#endif
