/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The managers that this device takes files from, by their keys: the file
 * "managers" of the state directory. No secrets.
 */
#ifndef MANAGERS_H
#define MANAGERS_H

#include "cms.h"
#include "record.h"

struct manager {
	uint8_t key[CMS_HASH_LEN];
	int64_t added;
};

struct managers {
	struct manager *m;
	size_t n;
};

/* None if there is no file; -1 with a reason if it is of no use. */
int managers_load(int dirfd, struct managers *all, struct why *w);
bool managers_have(const struct managers *all, const uint8_t key[CMS_HASH_LEN]);
/* Durable when it returns; nothing to do if it is there. */
int managers_add(int dirfd, struct managers *all, const uint8_t key[CMS_HASH_LEN],
		 struct why *w);
void managers_free(struct managers *all);
/* By the ID in a ledger's line, or NULL. */
const struct manager *managers_by_id(const struct managers *all,
				     const uint8_t id[RECORD_ID_LEN]);

#endif
