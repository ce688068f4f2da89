/* SPDX-License-Identifier: GPL-2.0 */
/* Calls of operators' KDFs, which may sleep. kdfcall.c APIs. */
#ifndef _PROSE_KDFCALL_H
#define _PROSE_KDFCALL_H

#include <linux/key.h>
#include <linux/prose_kdf.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include "count.h"

struct prose_kdf_call;
struct user_namespace;

/**
 * struct prose_kdf_ask - what a KDF is asked for
 * @kdf: KDF of an operator
 * @key: keyring key
 * @octets: of the PGK if the KDF needs them, else NULL
 * @id: PGK ID
 * @uid: who attached the key
 * @user_ns: the user namespace of that
 * @input: which PTK; not looked at if @name
 * @name: the fingerprint is asked for, and not a PTK
 * @fingerprint: what the key must still be called, or NULL
 * @done: called at the end, in atomic context; takes no lock of a device
 * @data: passed on to it
 */
struct prose_kdf_ask {
	const struct prose_kdf *kdf;
	struct key *key;
	const u8 *octets;
	u8 id;
	kuid_t uid;
	struct user_namespace *user_ns;
	struct prose_kdf_input input;
	bool name;
	const u8 *fingerprint;
	void (*done)(void *data);
	void *data;
};

int prose_kdf_call_start(const struct prose_kdf_ask *ask,
			 struct prose_kdf_call **slot);
bool prose_kdf_call_done(const struct prose_kdf_call *call);
int prose_kdf_call_result(const struct prose_kdf_call *call, const u8 **out);
void prose_kdf_call_drop(struct prose_kdf_call *call);
int prose_kdf_call_init(void);
void prose_kdf_call_exit(void);

#endif /* _PROSE_KDFCALL_H */
