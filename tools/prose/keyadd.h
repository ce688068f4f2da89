/* SPDX-License-Identifier: GPL-2.0 */
/* "prose key add": what is asked for, taken apart from doing it. */
#ifndef KEYADD_H
#define KEYADD_H

#include "args.h"
#include "genl.h"

/* The configured key is the ciphering key; nothing is derived. */
#define KDF_DIRECT "direct"

struct key_add {
	const char *dev;
	const char *file;	/* or serial */
	const char *kdf;
	uint32_t serial;
	uint8_t id;
	uint32_t cipher;
	uint32_t integrity;
	bool standby, has_from, has_until;
	int64_t from, until;
	uint32_t range;
};

/* Pure. */
int key_add_parse(struct args *a, int64_t now, struct key_add *k, struct why *w);

#endif
