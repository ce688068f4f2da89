/* SPDX-License-Identifier: GPL-2.0 */
/* A manager's file: opened, held against this device, installed, answered. */
#ifndef IMPORT_H
#define IMPORT_H

#include "record.h"

/* What became of one group in it. */
struct imported {
	uint32_t group;
	uint32_t member;
	char name[16];		/* that the manager proposes for the device; "" if it is out */
	uint64_t epoch;
	size_t n_live;
	enum record_result result;
	bool refused;
};

struct import {
	const char *file;
	const char *manager;	/* hash of the key that must have signed it, or NULL */
	const char *receipt;	/* where the answer goes; NULL: beside the file */
	bool dry_run;
	size_t n;
	struct imported groups[RECORD_GROUPS_MAX];
};

/*
 * Do it, and print what became of each group. Refused as a whole, nothing has
 * changed; a group that was refused changes nothing of the others. Gives back the
 * exit code: that of the first group that was refused.
 */
int import_file(struct import *i);

#endif
