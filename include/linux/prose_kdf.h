/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Key derivation functions of an operator. "The derivation function may be
 * defined on demand of operator": a module of theirs registers one, and keys
 * are attached with its name.
 */
#ifndef _LINUX_PROSE_KDF_H
#define _LINUX_PROSE_KDF_H

#include <linux/bits.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/uidgid.h>

struct module;
struct prose_kdf_key;
struct user_namespace;

#define PROSE_KDF_PTK_LEN	32	/* octets that a KDF returns */
#define PROSE_KDF_KEY_LEN	32	/* octets of a PGK */

/* What a KDF declares of itself, &struct prose_kdf.flags */
#define PROSE_KDF_PER_GROUP	BIT(0)	/* the group changes the PTK */
#define PROSE_KDF_PER_SENDER	BIT(1)	/* the sender changes the PTK */
#define PROSE_KDF_PER_PTK_ID	BIT(2)	/* the PTK Identity changes it */
#define PROSE_KDF_NEEDS_PGK	BIT(3)	/* prose_kdf_key_octets() is wanted */
#define PROSE_KDF_ANY_USER	BIT(4)	/* safe for keys of any user namespace */

/**
 * struct prose_kdf_input - which PTK is wanted
 * @group: ProSe Layer-2 Group ID, 24 bits
 * @member: Group Member Identity of the sender, 24 bits
 * @ptk_id: PTK Identity
 */
struct prose_kdf_input {
	u32 group;
	u32 member;
	u16 ptk_id;
};

/**
 * struct prose_kdf - a key derivation function
 * @name: as users name it, 1 to 15 characters; "3gpp" and "direct" are taken
 * @owner: THIS_MODULE; it cannot be unloaded while a key is attached with it
 * @flags: PROSE_KDF_*
 * @derive: writes the 32 octets of a PTK, from which PEK and PIK are derived as
 *	always. Returns 0 or a negative errno
 * @list: of the module prose
 *
 * derive() runs in process context, on a queue of its own, in several threads at
 * once, without any lock of prose held. It may sleep for seconds (a UICC) and
 * take locks, RTNL too; frames wait meanwhile in bounded queues. It may not
 *
 * - sleep for ever: its module, and then prose, cannot be unloaded before it
 *   returns, and of one user 16 calls run at once;
 * - give other octets for the same inputs. A KDF whose card can be changed fails
 *   with another card than the one that the key was attached with;
 * - keep anything: neither @key nor @out is valid after it returned, and what it
 *   computed on the way is wiped by it.
 *
 * A KDF without PROSE_KDF_NEEDS_PGK has the PGK itself, in a UICC. What the user
 * loads into the keyring is a placeholder then, and the key is named after what
 * derive() gives for the group, member 0 and PTK Identity 0, which are never sent
 * with: it has to answer that, and nobody else may get this answer of the UICC.
 *
 * Keys can be attached with a KDF by who has CAP_NET_ADMIN in the initial user
 * namespace, because with a PGK of its own it would work for any user of the
 * machine. One with PROSE_KDF_ANY_USER can be used in all of them: it takes the
 * octets that the user has brought, and nothing else, or looks at who it is with
 * prose_kdf_key_uid() and prose_kdf_key_user_ns().
 *
 * A KDF that is not per sender gives all members one key: the sender goes into
 * the input block of the cipher instead, and no integrity algorithm can be
 * used with it (an AEAD suite can). One that is not per group binds a key value
 * to one group until prose is unloaded.
 */
struct prose_kdf {
	const char *name;
	struct module *owner;
	unsigned int flags;
	int (*derive)(const struct prose_kdf_key *key,
		      const struct prose_kdf_input *input,
		      u8 out[PROSE_KDF_PTK_LEN]);
	struct list_head list;
};

int prose_kdf_register(struct prose_kdf *kdf);
void prose_kdf_unregister(struct prose_kdf *kdf);

const u8 *prose_kdf_key_octets(const struct prose_kdf_key *key);
u8 prose_kdf_key_id(const struct prose_kdf_key *key);
s32 prose_kdf_key_serial(const struct prose_kdf_key *key);
kuid_t prose_kdf_key_uid(const struct prose_kdf_key *key);
struct user_namespace *
prose_kdf_key_user_ns(const struct prose_kdf_key *key);
bool prose_kdf_key_is_trial(const struct prose_kdf_key *key);

#endif /* _LINUX_PROSE_KDF_H */
