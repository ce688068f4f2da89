/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One key value that is there as two keys: whoever revokes one of them goes on
 * with the other. So it happens when the file of an old key is named for the
 * new one.
 */
#ifndef SAMEVALUE_H
#define SAMEVALUE_H

#include "obj.h"

/*
 * A key that is to be attached, or was just now, held against all that are
 * attached in this network namespace. A warning if its device has its value
 * under another ID; an error and the exit code if one of that value was revoked.
 */
int same_value_check(const struct obj_list *keys, const char *dev, uint32_t ifindex,
		     uint8_t id, const uint8_t fingerprint[PROSE_FINGERPRINT_LEN]);

/* Is this another key that is alive and has the value of the revoked one? */
bool same_value_lives(const struct obj *k, const struct obj *revoked);

#endif
