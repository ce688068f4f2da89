/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /etc/prose/NAME.conf: sections [Device], once, and [Key], one for each key.
 * The file is first taken apart, as a whole, and then checked, as a whole,
 * before anything is done.
 */
#ifndef CONF_H
#define CONF_H

#include <limits.h>
#include <net/if.h>

#include "address.h"
#include "fingerprint.h"
#include "keyadd.h"
#include "rtnl.h"

#define CONF_DIR "/etc/prose"
#define CONF_SUFFIX ".conf"
#define CONF_MAX (64 << 10)
#define CONF_KEYS 32		/* as many as there are PGK indexes */

/* Where the keys of a group come from; no file: none. */
enum key_source { SOURCE_NONE, SOURCE_FILE, SOURCE_MANAGER, SOURCE_CARD };

enum conf_hook { HOOK_PRE_UP, HOOK_POST_UP, HOOK_PRE_DOWN, HOOK_POST_DOWN, HOOK_N };

/* A value and where it stands. */
struct conf_value {
	const char *text;	/* NULL: not given */
	unsigned int line;
};

struct conf_key {
	unsigned int line;		/* of its [Key] */
	struct conf_value v[KA_N];	/* all but KA_DEV */
	char *path;			/* of File=, from the file's directory */
	struct key_add add;
	uint8_t fingerprint[PROSE_FINGERPRINT_LEN];	/* of File=, by conf_check() */
};

struct conf {
	char path[PATH_MAX];
	char name[IF_NAMESIZE];
	int fd;				/* locked while it is in use */
	bool later;			/* what was refused may go later, as it is */
	char *text;			/* what the values point into */
	char *head;			/* the comments it begins with */
	unsigned int device_line;
	struct conf_value lower;
	struct conf_value keys_text;	/* Keys= */
	enum key_source keys_from;
	struct conf_value mtu_text;
	uint32_t mtu;			/* 0: not given */
	struct conf_value link[LK_N];
	struct link_options options;
	struct conf_value *hooks[HOOK_N];
	size_t n_hooks[HOOK_N];
	struct address *addresses;
	size_t n_addresses;
	struct conf_key keys[CONF_KEYS];
	size_t n_keys;
};

/* The words of the file, as they are printed; link options by LK_. */
extern const char *const conf_link_words[LK_N];
extern const char *const conf_hook_words[HOOK_N];
extern const char *const conf_key_words[KA_N];

/*
 * NAME, or a path that ends in .conf: path and name of the device. Pure.
 */
int conf_locate(struct conf *c, const char *s, struct why *w);

/*
 * Take the text apart, which is changed by that and must outlive *c. All but
 * what changes with time or is found on the machine is refused here. Pure.
 */
int conf_parse(struct conf *c, char *text, struct why *w);

/* Where the text begins: behind a byte order mark, which some editors write. */
char *conf_start(char *text);

/* Print why a file cannot be used now; gives back the exit code. */
int conf_refused(const struct conf *c, const struct why *w);

/* The word of Keys=. */
const char *conf_source_word(enum key_source source);

/* Put "FILE:LINE: " before a reason; -1. */
int conf_at(const struct conf *c, unsigned int line, struct why *w);

/*
 * Open, lock, look at owner and mode, read and parse. *absent, if given, tells
 * that there is no such file; then *c can be used but for its values.
 */
int conf_load(struct conf *c, const char *s, bool *absent, struct why *w);
/* The same without a lock, for who changes nothing and keeps nobody from it. */
int conf_read(struct conf *c, const char *s, bool *absent, struct why *w);
void conf_free(struct conf *c);

/*
 * What must be so when the device goes up: the times, the key files, whose
 * fingerprints are taken, and the lower device.
 */
int conf_check(struct conf *c, int64_t now, struct why *w);

/*
 * That, and whether the clock can be right where the file has times; warns of
 * what it asks for. Prints what is wrong and gives back the exit code.
 */
int conf_ready(struct conf *c);

/* Pure: of that, once the fingerprints are there: is a value in it twice? */
int conf_check_values(const struct conf *c, struct why *w);

const struct conf_key *conf_find_key(const struct conf *c, uint8_t id);
bool conf_has_address(const struct conf *c, const struct address *a);

#endif
