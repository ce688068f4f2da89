/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel key type "prose". keytype.c APIs. */
#ifndef _PROSE_KEYTYPE_H
#define _PROSE_KEYTYPE_H

#include <linux/key.h>
#include <linux/types.h>

struct netlink_ext_ack;

extern struct key_type prose_key_type;

struct key *prose_keytype_get(key_serial_t serial, u32 group, u8 id,
			      struct netlink_ext_ack *extack);
int prose_keytype_use(struct key *key,
		      int (*use)(void *data, const u8 *octets), void *data);
void prose_keytype_wipe(struct key *key);

#endif /* _PROSE_KEYTYPE_H */
