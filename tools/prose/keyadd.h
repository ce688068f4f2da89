/* SPDX-License-Identifier: GPL-2.0 */
/* "prose key add": what is asked for, taken apart from doing it. */
#ifndef KEYADD_H
#define KEYADD_H

#include "args.h"
#include "genl.h"

/* The configured key is the ciphering key; nothing is derived. */
#define KDF_DIRECT "direct"
/* What is taken if none is named: TS 33.303. */
#define KDF_DEFAULT "3gpp"

/* Of values[], for key_add_values(). */
enum {
	KA_DEV, KA_ID, KA_CIPHER, KA_INTEGRITY, KA_KDF, KA_FROM, KA_UNTIL, KA_RANGE,
	KA_FILE, KA_SERIAL, KA_N
};

struct key_add {
	const char *dev;
	const char *file;	/* or serial, or octets */
	const uint8_t *octets;	/* in locked memory of the caller's */
	bool private_file;	/* refuse one that is open to others */
	const char *kdf;
	uint32_t serial;
	uint8_t id;
	uint32_t cipher;
	uint32_t integrity;
	bool standby, has_from, has_until;
	int64_t from, until;
	uint32_t range;
};

/* Pure: what is asked for, of the words of a line or of the values alone. */
int key_add_parse(struct args *a, int64_t now, struct key_add *k, struct why *w);
int key_add_values(const char *const *values, int64_t now, struct key_add *k,
		   struct why *w);

/*
 * Do it: floors, keyring, attach, binding, range. Prints what went wrong and
 * gives back the exit code; key->has is not 0 if it is attached, which it can
 * be without a range too. quiet: do not print the key.
 */
int key_attach(struct genl *g, const struct key_add *k, uint32_t ifindex, bool quiet,
	       struct obj *key);
/* A warning for a suite that does not cipher. */
void key_warn_clear(const struct key_add *k);

#endif
