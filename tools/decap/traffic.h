/* SPDX-License-Identifier: GPL-2.0 */
/* From a PGK to the keys of one sender and PTK Identity. */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include "kdf.h"
#include "suites.h"

/* At the start of a secret page, and nowhere else. */
struct secrets {
	uint8_t pgk[PROSE_PGK_LEN];
	uint8_t ptk[PROSE_PTK_LEN];
	uint8_t derived[PROSE_PTK_LEN];
	uint8_t pek[PROSE_PTK_LEN];	/* as long as the suite wants it */
	uint8_t pik[PROSE_PEK_LEN];
	/* Whose they are, as most frames are of the same sender and PTK */
	bool valid;
	uint32_t src, dst;
	uint16_t ptk_id;
};

/* Fill in pek and pik, unless they are there. 0, or -1 if libcrypto failed. */
int traffic_keys(const struct suite *suite, struct secrets *s, uint32_t src,
		 uint32_t dst, uint16_t ptk_id);

#endif
