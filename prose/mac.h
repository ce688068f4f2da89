/* SPDX-License-Identifier: GPL-2.0 */
/* MAC-I: the integrity algorithms over the PDCP header and the plain Data. */
#ifndef _PROSE_MAC_H
#define _PROSE_MAC_H

#include <linux/types.h>

#include "cmac.h"
#include "kdf.h"
#include "suite.h"

/* Octets before a message that @compute may write, and puts back as they were */
#define PROSE_MAC_HEAD_ROOM	8

/**
 * struct prose_mac_key - an integrity algorithm with its key
 * @mac: the algorithm, or NULL
 * @cmac: AES-CMAC keyed with the PIK, of an algorithm that is made of it
 * @pik: the PIK itself, of one that takes it for each frame
 */
struct prose_mac_key {
	const struct prose_mac *mac;
	struct prose_cmac cmac;
	u8 pik[PROSE_PEK_LEN];
};

/**
 * struct prose_mac - an integrity algorithm (TS 33.401 B.2)
 * @algorithm: algorithm identity in the derivation of the PIK
 * @cmac: made of AES-CMAC
 * @compute: MAC-I of a message, which is the PDCP header and the plain Data;
 *	DIRECTION is 0. PROSE_MAC_HEAD_ROOM octets before it and @room octets
 *	after it may be written meanwhile. Softirqs off
 */
struct prose_mac {
	u8 algorithm;
	bool cmac;
	int (*compute)(const struct prose_mac_key *key,
		       const struct prose_input *input, u8 *msg, size_t len,
		       size_t room, u8 out[PROSE_MAC_LEN]);
};

extern const struct prose_mac prose_mac_eia1;
extern const struct prose_mac prose_mac_eia2;
extern const struct prose_mac prose_mac_eia3;

void prose_mac_find(const struct prose_mac *mac);
int prose_mac_alloc(struct prose_mac_key *key, const struct prose_mac *mac);
int prose_mac_setkey(struct prose_mac_key *key, const u8 pik[PROSE_PEK_LEN]);
void prose_mac_free(struct prose_mac_key *key);

#endif /* _PROSE_MAC_H */
