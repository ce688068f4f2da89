/* SPDX-License-Identifier: GPL-2.0 */
/* The keys of the command line. */
#ifndef KEYLIST_H
#define KEYLIST_H

#include "args.h"
#include "suites.h"
#include "traffic.h"

#define KEYS_MAX	64
#define ANY_INDEX	(-1)

struct key {
	const char *file;
	struct suite suite;
	int index;		/* PGK index, or ANY_INDEX */
	struct secrets *secrets;
};

struct keylist {
	struct key keys[KEYS_MAX];
	unsigned int n;
};

/*
 * Take "key FILE [id N] cipher C [integrity I] [kdf NAME]" as often as it
 * comes; no file is read yet.
 */
int keylist_parse(struct keylist *list, struct args *a, struct why *w);
/* Read the files into secret pages. */
int keylist_read(struct keylist *list, struct why *w);
void keylist_wipe(struct keylist *list);

#endif
