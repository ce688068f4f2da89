/* SPDX-License-Identifier: GPL-2.0 */
/* Devices that were enrolled, and files that come from them. */
#ifndef DEVICES_H
#define DEVICES_H

#include "db.h"

struct device {
	int64_t id;
	char name[RECORD_NAME_MAX + 1];
	uint8_t hash[RECORD_HASH_LEN];	/* of its CMS key */
	uint8_t ledger[RECORD_ID_LEN];
	uint8_t cms[RECORD_SPKI_MAX];
	size_t cms_len;
	uint32_t ciphers, integrities;
	int64_t serial;			/* of the last file for it */
	int64_t heard;
	bool restored;			/* its ledger went back: not to be given keys */
};

/* By name; -1 with a reason that names the nearest. */
int device_find(struct db *db, const char *name, struct device *d, struct why *w);
/* By its key; 1, 0 if there is none, -1. */
int device_by_hash(struct db *db, const uint8_t hash[RECORD_HASH_LEN], struct device *d,
		   struct why *w);

/*
 * In a transaction: what a device said of its next PTK IDs. *back: one of them is
 * lower than the same ledger said before, so the disk is an old copy.
 */
int device_next(struct db *db, const struct device *d, const struct record_next *next, size_t n,
		bool *back, struct why *w);

/* A signed file from a device: its content and whose it is. malloc'ed. */
uint8_t *file_content(const char *name, size_t *len, uint8_t hash[RECORD_HASH_LEN],
		      struct why *w);

#endif
