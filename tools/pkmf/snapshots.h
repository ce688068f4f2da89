/* SPDX-License-Identifier: GPL-2.0 */
/* What one member is to hold of a group now. */
#ifndef SNAPSHOTS_H
#define SNAPSHOTS_H

#include "groups.h"

struct member_row {
	int64_t device;
	char device_name[RECORD_NAME_MAX + 1];
	char state[16];
	uint32_t member;	/* 0: none given yet */
	int64_t number;
};

/*
 * s: locked memory. A member gets all live keys, with their octets; who is none any
 * more an empty list.
 */
int snapshot_build(struct db *db, const struct group *g, const struct member_row *m,
		   const uint8_t manager[RECORD_ID_LEN], struct snapshot *s, struct why *w);

#endif
