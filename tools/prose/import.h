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
	bool answer_later;	/* the caller does, with import_answer() */
	uint64_t serial;	/* of the file, once it was taken */
	uint8_t by[RECORD_ID_LEN];	/* whose it is */
	size_t n;
	struct imported groups[RECORD_GROUPS_MAX];
};

/*
 * Do it, and print what became of each group. Refused as a whole, nothing has
 * changed; a group that was refused changes nothing of the others. Gives back the
 * exit code: that of the first group that was refused.
 */
int import_file(struct import *i);

/* The receipt, as the results in *i are now. Prints where it is; exit code. */
int import_answer(const struct import *i);

#endif
