/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the experiment share. */
#ifndef VECTOR_H
#define VECTOR_H

#include <stddef.h>

#include <linux/types.h>
#include <linux/unaligned.h>

#define MANY		8	/* key streams side by side */
#define LFSR		16
#define INIT_CLOCKS	32
#define STREAM_BLOCK	64

struct message {
	const u8 *key;
	const u8 *iv;
	u8 *dst;		/* may be @src */
	const u8 *src;
};

/* Tables, made once from the specifications */
void snow3g_tables(void);
void zuc_tables(void);

/* One message, or MANY of one length */
void snow3g_one(const struct message *m, size_t len);
void snow3g_one_gather(const struct message *m, size_t len);
void snow3g_many(const struct message *m, size_t len);
void snow3g_many_gather(const struct message *m, size_t len);
void zuc_one(const struct message *m, size_t len);
void zuc_many(const struct message *m, size_t len);

#endif /* VECTOR_H */
