// SPDX-License-Identifier: GPL-2.0
/*
 * From a PGK to the keys of a suite. The KDF of the key gives a PTK, of which
 * PEK and PIK are derived:
 *
 *	3gpp	TS 33.303 A.3
 *	direct	none: the PGK is the key of the cipher (ours)
 *	others	registered by an operator's module
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/hash.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/netlink.h>

#include "derive.h"
#include "device.h"
#include "kdfcall.h"
#include "key.h"
#include "mac.h"

/**
 * struct prose_kdf_key - a PGK, as an operator's KDF gets it
 * @octets: of the PGK if the KDF needs them, else NULL
 * @serial: keyring key, or 0 on trial
 * @id: PGK ID
 * @uid: who attached it
 * @user_ns: the user namespace of that
 */
struct prose_kdf_key {
	const u8 *octets;
	key_serial_t serial;
	u8 id;
	kuid_t uid;
	struct user_namespace *user_ns;
};

static const struct prose_kdf kdf_3gpp = {
	.name	= "3gpp",
	.flags	= PROSE_KDF_PER_GROUP | PROSE_KDF_PER_SENDER |
		  PROSE_KDF_PER_PTK_ID,
};

static const struct prose_kdf kdf_direct = {
	.name	= "direct",
	.flags	= PROSE_KDF_NEEDS_PGK,
};

#define KDF_FLAGS	(PROSE_KDF_PER_GROUP | PROSE_KDF_PER_SENDER | \
			 PROSE_KDF_PER_PTK_ID | PROSE_KDF_NEEDS_PGK | \
			 PROSE_KDF_ANY_USER)

/*
 * What the fingerprint of a key comes from whose octets a KDF does not use. PTK
 * ID 0 is never sent, and no member is 0.
 */
#define NAMING_MEMBER	0
#define NAMING_PTK_ID	0

/* Those of operators */
static DEFINE_MUTEX(kdfs_lock);
static LIST_HEAD(kdfs);

/**
 * prose_kdf_key_octets - the octets of a PGK
 * @key: as derive() got it
 *
 * Return: PROSE_KDF_KEY_LEN octets if the KDF declared that it needs them, else
 * NULL.
 */
const u8 *prose_kdf_key_octets(const struct prose_kdf_key *key)
{
	return key->octets;
}
EXPORT_SYMBOL_GPL(prose_kdf_key_octets);

/**
 * prose_kdf_key_id - the PGK ID of a PGK
 * @key: as derive() got it
 */
u8 prose_kdf_key_id(const struct prose_kdf_key *key)
{
	return key->id;
}
EXPORT_SYMBOL_GPL(prose_kdf_key_id);

/**
 * prose_kdf_key_serial - the keyring key of a PGK
 * @key: as derive() got it
 */
s32 prose_kdf_key_serial(const struct prose_kdf_key *key)
{
	return key->serial;
}
EXPORT_SYMBOL_GPL(prose_kdf_key_serial);

/**
 * prose_kdf_key_is_trial - is there no such key?
 * @key: as derive() got it
 *
 * Registration derives on trial. Where the PGK is in a UICC, a KDF then takes
 * any key of its own.
 */
bool prose_kdf_key_is_trial(const struct prose_kdf_key *key)
{
	return !key->serial;
}
EXPORT_SYMBOL_GPL(prose_kdf_key_is_trial);

/**
 * prose_kdf_key_uid - who attached a PGK
 * @key: as derive() got it
 *
 * On trial it is root.
 */
kuid_t prose_kdf_key_uid(const struct prose_kdf_key *key)
{
	return key->uid;
}
EXPORT_SYMBOL_GPL(prose_kdf_key_uid);

/**
 * prose_kdf_key_user_ns - the user namespace of who attached a PGK
 * @key: as derive() got it
 *
 * On trial it is the initial one.
 */
struct user_namespace *
prose_kdf_key_user_ns(const struct prose_kdf_key *key)
{
	return key->user_ns;
}
EXPORT_SYMBOL_GPL(prose_kdf_key_user_ns);

/**
 * prose_kdf_get - a KDF by its name
 * @name: attribute with the name, or NULL for the default
 *
 * Return: the KDF, with a reference on its module, or NULL.
 */
const struct prose_kdf *prose_kdf_get(const struct nlattr *name)
{
	struct prose_kdf *kdf;

	if (!name || !nla_strcmp(name, kdf_3gpp.name))
		return &kdf_3gpp;
	if (!nla_strcmp(name, kdf_direct.name))
		return &kdf_direct;

	mutex_lock(&kdfs_lock);
	list_for_each_entry(kdf, &kdfs, list)
		if (!nla_strcmp(name, kdf->name) && try_module_get(kdf->owner))
			goto out;
	kdf = NULL;
out:
	mutex_unlock(&kdfs_lock);
	return kdf;
}

/**
 * prose_kdf_hold - take another reference
 * @kdf: KDF
 */
void prose_kdf_hold(const struct prose_kdf *kdf)
{
	__module_get(kdf->owner);
}

/**
 * prose_kdf_put - drop a reference
 * @kdf: KDF
 */
void prose_kdf_put(const struct prose_kdf *kdf)
{
	module_put(kdf->owner);
}

/**
 * prose_kdf_is_direct - is the PGK itself the key of the cipher?
 * @kdf: KDF
 */
bool prose_kdf_is_direct(const struct prose_kdf *kdf)
{
	return kdf == &kdf_direct;
}

/**
 * prose_kdf_sleeps - does it have to be asked, with prose_derive_ask()?
 * @kdf: KDF
 */
bool prose_kdf_sleeps(const struct prose_kdf *kdf)
{
	return kdf->derive;
}

/**
 * prose_kdf_names - does the fingerprint come from what it yields?
 * @kdf: KDF
 *
 * Where a UICC has the PGK, the octets in the keyring are a placeholder: two of
 * them are one key, and must not have two PTK-ID spaces.
 */
bool prose_kdf_names(const struct prose_kdf *kdf)
{
	return kdf->derive && !(kdf->flags & PROSE_KDF_NEEDS_PGK);
}

static int check_kdf(const struct prose_kdf *kdf)
{
	if (!kdf->name || !*kdf->name ||
	    strlen(kdf->name) > PROSE_KDF_NAME_MAX || !kdf->derive ||
	    !kdf->owner || kdf->flags & ~KDF_FLAGS) {
		pr_err("a KDF has no name, owner or derive(), or unknown flags\n");
		return -EINVAL;
	}
	if (!strcmp(kdf->name, kdf_3gpp.name) ||
	    !strcmp(kdf->name, kdf_direct.name)) {
		pr_err("the KDF name %s is taken\n", kdf->name);
		return -EEXIST;
	}
	return 0;
}

/* Nothing but 0 is a success: a positive number is not handed on as an errno. */
static int derive(const struct prose_kdf *kdf, const struct prose_kdf_key *key,
		  const struct prose_kdf_input *input,
		  u8 out[PROSE_KDF_PTK_LEN])
{
	int err = kdf->derive(key, input, out);

	return err > 0 ? -EIO : err;
}

/*
 * Derive with and without a change of one input. What a KDF says of itself
 * decides where the sender goes, and with that whether a key stream is used
 * twice: it is not taken on trust.
 */
static int try_change(const struct prose_kdf *kdf, const u8 *before,
		      const struct prose_kdf_key *key,
		      const struct prose_kdf_input *input, bool changes,
		      const char *what)
{
	u8 after[PROSE_KDF_PTK_LEN];
	int err;

	memset(after, 0, sizeof(after));
	err = derive(kdf, key, input, after);
	if (err) {
		pr_err("the KDF %s fails on trial: %d\n", kdf->name,
		       err);
	} else if (changes != !!memcmp(before, after, sizeof(after))) {
		pr_err("the KDF %s is refused: %s %s its output\n",
		       kdf->name, what,
		       changes ? "does not change" : "changes");
		err = -EINVAL;
	}
	memzero_explicit(after, sizeof(after));
	return err;
}

/* Can it be asked for what the fingerprint comes from? */
static int try_naming(const struct prose_kdf *kdf,
		      const struct prose_kdf_key *key, u32 group)
{
	const struct prose_kdf_input input = {
		.group = group, .member = NAMING_MEMBER,
		.ptk_id = NAMING_PTK_ID,
	};
	u8 out[PROSE_KDF_PTK_LEN];
	int err = derive(kdf, key, &input, out);

	if (err)
		pr_err("the KDF %s fails on trial with member 0 and PTK Identity 0: %d\n",
		       kdf->name, err);
	memzero_explicit(out, sizeof(out));
	return err;
}

static int try_kdf(const struct prose_kdf *kdf)
{
	const struct prose_kdf_input input = {
		.group = 0x445566, .member = 0xa1b2c3, .ptk_id = 1,
	};
	u8 pgk[PROSE_KDF_KEY_LEN], before[PROSE_KDF_PTK_LEN];
	struct prose_kdf_input changed = input;
	struct prose_kdf_key key = { .user_ns = &init_user_ns };
	int err;

	get_random_bytes(pgk, sizeof(pgk));
	if (kdf->flags & PROSE_KDF_NEEDS_PGK)
		key.octets = pgk;

	memset(before, 0, sizeof(before));
	err = derive(kdf, &key, &input, before);
	if (err) {
		pr_err("the KDF %s fails on trial: %d\n", kdf->name,
		       err);
		goto out;
	}
	err = try_change(kdf, before, &key, &input, false, "nothing");
	if (!err && prose_kdf_names(kdf))
		err = try_naming(kdf, &key, input.group);
	if (!err && kdf->flags & PROSE_KDF_PER_GROUP) {
		changed.group ^= 1;
		err = try_change(kdf, before, &key, &changed, true,
				 "the group");
		changed.group = input.group;
	}
	if (!err && kdf->flags & PROSE_KDF_PER_SENDER) {
		changed.member ^= 1;
		err = try_change(kdf, before, &key, &changed, true,
				 "the sender");
		changed.member = input.member;
	}
	if (!err && kdf->flags & PROSE_KDF_PER_PTK_ID) {
		changed.ptk_id ^= 1;
		err = try_change(kdf, before, &key, &changed, true,
				 "the PTK Identity");
		changed.ptk_id = input.ptk_id;
	}
	if (!err && kdf->flags & PROSE_KDF_NEEDS_PGK) {
		pgk[PROSE_KDF_KEY_LEN - 1] ^= 1;
		err = try_change(kdf, before, &key, &input, true, "the PGK");
	}
out:
	memzero_explicit(pgk, sizeof(pgk));
	memzero_explicit(before, sizeof(before));
	return err;
}

/**
 * prose_kdf_register - offer a KDF
 * @kdf: stays where it is until prose_kdf_unregister()
 *
 * It is called on trial, with one input changed at a time.
 *
 * Context: process. Return: 0; -EINVAL if it is not what it declares, and the
 * log says why; -EEXIST if the name is taken; or the error of its derive().
 */
int prose_kdf_register(struct prose_kdf *kdf)
{
	struct prose_kdf *other;
	int err;

	err = check_kdf(kdf);
	if (!err)
		err = try_kdf(kdf);
	if (err)
		return err;

	mutex_lock(&kdfs_lock);
	list_for_each_entry(other, &kdfs, list) {
		if (strcmp(other->name, kdf->name))
			continue;
		pr_err("the KDF name %s is taken\n", kdf->name);
		err = -EEXIST;
		goto out;
	}
	list_add_tail(&kdf->list, &kdfs);
out:
	mutex_unlock(&kdfs_lock);
	return err;
}
EXPORT_SYMBOL_GPL(prose_kdf_register);

/**
 * prose_kdf_unregister - withdraw a KDF
 * @kdf: KDF; no key is attached with it, which the references on its owner see
 *	to where that is called when the owner is unloaded
 *
 * Context: process.
 */
void prose_kdf_unregister(struct prose_kdf *kdf)
{
	mutex_lock(&kdfs_lock);
	list_del(&kdf->list);
	mutex_unlock(&kdfs_lock);
}
EXPORT_SYMBOL_GPL(prose_kdf_unregister);

/* 128-bit suites take the 128 LSBs, as of every other derived key. */
static int direct(struct prose_pgk *pgk, struct prose_secrets *secrets)
{
	unsigned int len = pgk->suite->key_len;
	int err = -EKEYREVOKED;

	spin_lock_bh(&pgk->kdf_lock);
	if (pgk->octets) {
		memcpy(secrets->pek, pgk->octets + PROSE_PGK_LEN - len, len);
		err = 0;
	}
	spin_unlock_bh(&pgk->kdf_lock);
	return err;
}

static int ptk_3gpp(struct prose_pgk *pgk, u32 src, u16 id,
		    u8 ptk[PROSE_PTK_LEN])
{
	u8 s[PROSE_KDF_PTK_S_LEN];
	int err = -EKEYREVOKED;

	prose_kdf_ptk_input(s, src, id, pgk->pdev->group);
	spin_lock_bh(&pgk->kdf_lock);
	if (pgk->pgk_hmac)
		err = crypto_shash_tfm_digest(pgk->pgk_hmac, s, sizeof(s),
					      ptk);
	spin_unlock_bh(&pgk->kdf_lock);
	return err;
}

/**
 * prose_fingerprint - what a key is called
 * @hmac: keyed with it
 * @fingerprint: PROSE_FINGERPRINT_LEN octets
 *
 * Context: any but hard interrupt; nobody else uses @hmac. Return: 0 or an error
 * of the crypto API.
 */
int prose_fingerprint(struct crypto_shash *hmac, u8 *fingerprint)
{
	static const char label[] = PROSE_FINGERPRINT_LABEL;
	u8 out[PROSE_PTK_LEN];
	int err;

	err = crypto_shash_tfm_digest(hmac, label, sizeof(label) - 1, out);
	if (!err)
		memcpy(fingerprint, out, PROSE_FINGERPRINT_LEN);
	memzero_explicit(out, sizeof(out));
	return err;
}

/* The fingerprint that a key has now, by what its KDF yields */
static int name_key(const struct prose_kdf_ask *ask,
		    const struct prose_kdf_key *key, u8 *fingerprint)
{
	const struct prose_kdf_input input = {
		.group = ask->input.group, .member = NAMING_MEMBER,
		.ptk_id = NAMING_PTK_ID,
	};
	u8 ptk[PROSE_PTK_LEN];
	struct crypto_shash *hmac;
	int err;

	hmac = crypto_alloc_shash(PROSE_HMAC_SHA256, 0, 0);
	if (IS_ERR(hmac))
		return PTR_ERR(hmac);
	err = derive(ask->kdf, key, &input, ptk);
	if (!err)
		err = crypto_shash_setkey(hmac, ptk, sizeof(ptk));
	if (!err)
		err = prose_fingerprint(hmac, fingerprint);
	memzero_explicit(ptk, sizeof(ptk));
	crypto_free_shash(hmac);
	return err;
}

/**
 * prose_kdf_answer - let an operator's KDF derive
 * @ask: what
 * @out: PROSE_KDF_PTK_LEN octets, of which a fingerprint takes the first
 *
 * Context: process, with no lock held: what derive() waits for is not known.
 * Return: 0; -EKEYREJECTED if the key is not what it was when it was attached;
 * or an error of the KDF or of the crypto API.
 */
int prose_kdf_answer(const struct prose_kdf_ask *ask, u8 *out)
{
	const struct prose_kdf_key key = {
		.octets = ask->octets, .serial = key_serial(ask->key),
		.id = ask->id, .uid = ask->uid, .user_ns = ask->user_ns,
	};
	u8 now[PROSE_FINGERPRINT_LEN];
	int err;

	if (ask->name)
		return name_key(ask, &key, out);
	err = derive(ask->kdf, &key, &ask->input, out);
	if (err || !ask->fingerprint)
		return err;
	/* After it: a card that was changed before is noticed as well. */
	err = name_key(ask, &key, now);
	if (!err && memcmp(now, ask->fingerprint, sizeof(now)))
		err = -EKEYREJECTED;
	return err;
}

/**
 * prose_derive_ask - ask the KDF of a key that sleeps for a PTK
 * @pgk: PGK; prose_kdf_sleeps()
 * @src: Group Member Identity of the sender
 * @id: PTK Identity
 * @done: called with the device when it has answered
 * @slot: set to the call, which the caller drops
 *
 * What we send with is worth a second derivation, of the fingerprint: with
 * another card behind the KDF, PTK Identities of the one would be taken that
 * were granted for the other.
 *
 * Context: any but hard interrupt. Return: 0, -EKEYREVOKED, or an error of
 * prose_kdf_call_start().
 */
int prose_derive_ask(struct prose_pgk *pgk, u32 src, u16 id,
		     void (*done)(void *data), struct prose_kdf_call **slot)
{
	const struct prose_kdf *kdf = pgk->kdf;
	struct prose_kdf_ask ask = {
		.kdf = kdf, .key = pgk->key, .id = pgk->id,
		.uid = pgk->uid, .user_ns = pgk->user_ns,
		.input = {
			.group = pgk->pdev->group, .member = src, .ptk_id = id,
		},
		.done = done, .data = pgk->pdev,
	};
	int err = -EKEYREVOKED;

	/* A UICC still has the key. */
	if (READ_ONCE(pgk->wiped))
		return err;
	if (prose_kdf_names(kdf) && src == pgk->pdev->member)
		ask.fingerprint = pgk->fingerprint;
	spin_lock_bh(&pgk->kdf_lock);
	ask.octets = pgk->octets;
	if (ask.octets || !(kdf->flags & PROSE_KDF_NEEDS_PGK))
		err = prose_kdf_call_start(&ask, slot);
	spin_unlock_bh(&pgk->kdf_lock);
	return err;
}

/* What a KDF that sleeps has answered, or why it was not asked */
static int ptk_operator(const struct prose_kdf_call *call,
			u8 ptk[PROSE_PTK_LEN])
{
	const u8 *out;
	int err;

	if (!call)
		return -EKEYREVOKED;
	if (IS_ERR(call))
		return PTR_ERR(call);
	err = prose_kdf_call_result(call, &out);
	if (!err)
		memcpy(ptk, out, PROSE_PTK_LEN);
	return err;
}

/* The last octets of the derived key, or all (TS 33.303 A.4) */
static int expand_one(struct prose_pgk *pgk, enum prose_kdf_usage usage,
		      u8 algorithm, u8 *out, unsigned int len)
{
	u8 s[PROSE_KDF_ALG_S_LEN];
	u8 key[PROSE_PTK_LEN];
	int err;

	prose_kdf_alg_input(s, usage, algorithm);
	err = crypto_shash_tfm_digest(pgk->ptk_hmac, s, sizeof(s), key);
	if (!err)
		memcpy(out, key + PROSE_PTK_LEN - len, len);
	memzero_explicit(key, sizeof(key));
	return err;
}

/*
 * PEK and PIK. What stays of the PTK is the state of ptk_hmac, until the next
 * derivation or the end of the key.
 */
static int expand(struct prose_pgk *pgk, const u8 ptk[PROSE_PTK_LEN],
		  struct prose_secrets *secrets)
{
	const struct prose_suite *suite = pgk->suite;
	int err = -EKEYREVOKED;

	spin_lock_bh(&pgk->kdf_lock);
	if (!pgk->ptk_hmac)
		goto out;
	err = crypto_shash_setkey(pgk->ptk_hmac, ptk, PROSE_PTK_LEN);
	if (!err && suite->key_len)
		err = expand_one(pgk, PROSE_KDF_ENCRYPTION, suite->algorithm,
				 secrets->pek, suite->key_len);
	if (!err && suite->mac)
		err = expand_one(pgk, PROSE_KDF_INTEGRITY,
				 suite->mac->algorithm, secrets->pik,
				 PROSE_PEK_LEN);
out:
	spin_unlock_bh(&pgk->kdf_lock);
	return err;
}

/**
 * prose_derive - the keys of a sender and PTK Identity
 * @pgk: PGK
 * @src: Group Member Identity of the sender
 * @id: PTK Identity
 * @call: of prose_derive_ask(), done, if prose_kdf_sleeps(): else NULL. If it was
 *	not asked, NULL or an ERR_PTR
 * @secrets: filled in; to be wiped by the caller, after an error too
 *
 * Context: any but hard interrupt. Return: 0, -EKEYREVOKED if the PGK was wiped,
 * or an error of the crypto API or of the operator's KDF.
 */
int prose_derive(struct prose_pgk *pgk, u32 src, u16 id,
		 const struct prose_kdf_call *call,
		 struct prose_secrets *secrets)
{
	u8 ptk[PROSE_PTK_LEN];
	int err;

	if (prose_kdf_is_direct(pgk->kdf))
		return direct(pgk, secrets);

	err = prose_kdf_sleeps(pgk->kdf) ? ptk_operator(call, ptk) :
					   ptk_3gpp(pgk, src, id, ptk);
	if (!err)
		err = expand(pgk, ptk, secrets);
	memzero_explicit(ptk, sizeof(ptk));
	return err;
}
