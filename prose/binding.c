// SPDX-License-Identifier: GPL-2.0
/*
 * Key values that are bound to the use first made of them. Where the group does
 * not go into the derivation, two groups with one key value would have one key
 * stream; and where nothing is derived, a value used otherwise as well would
 * tell of itself. So such a value keeps its KDF and group, and with "direct"
 * its suite, until the module is unloaded (ours). The ledger of the user does
 * the same across reboots.
 *
 * With "direct" a 128-bit suite takes half of the octets. Two values with this
 * half in common would be one key with two PTK-ID spaces: the half is bound to
 * the first value that was used with it.
 */

#include <crypto/hash.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "binding.h"
#include "derive.h"
#include "device.h"
#include "key.h"
#include "suite.h"

/* Entries of the table, for all and for all non-initial user namespaces */
#define BINDINGS_MAX		65536
#define BINDINGS_MAX_USERNS	4096

/**
 * struct binding - the use of a key value
 * @node: in the table
 * @fingerprint: of the value, or of the half of it that is used
 * @value: fingerprint of the value
 * @kdf: name of the KDF
 * @group: ProSe Layer-2 Group ID
 * @suite: suite, or NULL for any
 *
 * Never changed, and freed when the module is unloaded, but for one whose key was
 * refused all the same.
 */
struct binding {
	struct rhash_head node;
	u8 fingerprint[PROSE_FINGERPRINT_LEN];
	u8 value[PROSE_FINGERPRINT_LEN];
	char kdf[PROSE_KDF_NAME_MAX + 1];
	u32 group;
	const struct prose_suite *suite;
};

static const struct rhashtable_params params = {
	.key_len		= PROSE_FINGERPRINT_LEN,
	.key_offset		= offsetof(struct binding, fingerprint),
	.head_offset		= offsetof(struct binding, node),
	.automatic_shrinking	= true,
};

/* Protects the table and the numbers of its entries */
static DEFINE_MUTEX(bindings_lock);
static struct rhashtable bindings;
static unsigned int n_bindings;
static unsigned int n_bindings_userns;

static bool of_initial(const struct prose_pgk *pgk)
{
	return dev_net(pgk->pdev->dev)->user_ns == &init_user_ns;
}

static int bind(const struct prose_pgk *pgk, const u8 *fingerprint,
		struct netlink_ext_ack *extack)
{
	bool initial = of_initial(pgk);
	struct binding *binding;
	int err;

	if (n_bindings == BINDINGS_MAX ||
	    (!initial && n_bindings_userns == BINDINGS_MAX_USERNS)) {
		NL_SET_ERR_MSG(extack,
			       "too many keys were bound since the module was loaded");
		return -ENOSPC;
	}
	binding = kzalloc(sizeof(*binding), GFP_KERNEL_ACCOUNT);
	if (!binding)
		return -ENOMEM;
	memcpy(binding->fingerprint, fingerprint, sizeof(binding->fingerprint));
	memcpy(binding->value, pgk->fingerprint, sizeof(binding->value));
	strscpy(binding->kdf, pgk->kdf->name, sizeof(binding->kdf));
	binding->group = pgk->pdev->group;
	binding->suite = prose_kdf_is_direct(pgk->kdf) ? pgk->suite : NULL;

	err = rhashtable_insert_fast(&bindings, &binding->node, params);
	if (err) {
		kfree(binding);
		return err;
	}
	n_bindings++;
	if (!initial)
		n_bindings_userns++;
	return 0;
}

static const struct binding *find(const u8 *fingerprint)
{
	return rhashtable_lookup_fast(&bindings, fingerprint, params);
}

/* Take back what was bound just now, for a key that is not attached after all. */
static void unbind(const struct prose_pgk *pgk)
{
	struct binding *binding;

	binding = rhashtable_lookup_fast(&bindings, pgk->fingerprint, params);
	rhashtable_remove_fast(&bindings, &binding->node, params);
	/* Nobody looks without bindings_lock. */
	kfree(binding);
	n_bindings--;
	if (!of_initial(pgk))
		n_bindings_userns--;
}

/* Does what a value, or half of it, is bound to allow this use? */
static int check(const struct binding *binding, const struct prose_pgk *pgk,
		 struct netlink_ext_ack *extack)
{
	if (!binding)
		return 0;
	if (memcmp(binding->value, pgk->fingerprint, sizeof(binding->value)))
		NL_SET_ERR_MSG(extack,
			       "the octets of this key value that the suite takes are bound to another value");
	else if (strcmp(binding->kdf, pgk->kdf->name))
		NL_SET_ERR_MSG_FMT(extack,
				   "this key value was used with kdf %s and is bound to it",
				   binding->kdf);
	else if (binding->group != pgk->pdev->group)
		NL_SET_ERR_MSG_FMT(extack,
				   "this key value is bound to group 0x%06x",
				   binding->group);
	else if (binding->suite && binding->suite != pgk->suite)
		NL_SET_ERR_MSG(extack,
			       "this key value is bound to another suite");
	else
		return 0;
	return -EKEYREJECTED;
}

/* The fingerprint that a value would have whose other octets are zero */
static int fingerprint_half(const struct prose_pgk *pgk,
			    u8 fingerprint[PROSE_FINGERPRINT_LEN])
{
	unsigned int len = pgk->suite->key_len;
	u8 half[PROSE_PGK_LEN] = {};
	int err;

	memcpy(half + PROSE_PGK_LEN - len, pgk->octets + PROSE_PGK_LEN - len,
	       len);
	err = crypto_shash_setkey(pgk->ptk_hmac, half, sizeof(half));
	if (!err)
		err = prose_fingerprint(pgk->ptk_hmac, fingerprint);
	memzero_explicit(half, sizeof(half));
	return err;
}

/**
 * prose_binding_take - may a key value be used so? Then it is bound to it
 * @pgk: a key that is being attached, which nobody else can see yet
 * @extack: told why not
 *
 * Context: process. Return: 0; -EKEYREJECTED if the value is bound to another
 * use; -ENOSPC or -ENOMEM; or an error of the crypto API.
 */
int prose_binding_take(const struct prose_pgk *pgk,
		       struct netlink_ext_ack *extack)
{
	bool halved = prose_kdf_is_direct(pgk->kdf) &&
		      pgk->suite->key_len < PROSE_PGK_LEN;
	u8 half[PROSE_FINGERPRINT_LEN];
	bool bound = false;
	int err = 0;

	if (halved)
		err = fingerprint_half(pgk, half);
	if (err)
		return err;

	mutex_lock(&bindings_lock);
	err = check(find(pgk->fingerprint), pgk, extack);
	if (!err && halved)
		err = check(find(half), pgk, extack);
	if (!err && !(pgk->kdf->flags & PROSE_KDF_PER_GROUP) &&
	    !find(pgk->fingerprint)) {
		err = bind(pgk, pgk->fingerprint, extack);
		bound = !err;
	}
	if (!err && halved && !find(half)) {
		err = bind(pgk, half, extack);
		if (err && bound)
			unbind(pgk);
	}
	mutex_unlock(&bindings_lock);
	return err;
}

/**
 * prose_binding_init - make the table
 */
int prose_binding_init(void)
{
	return rhashtable_init(&bindings, &params);
}

static void binding_free(void *entry, void *arg)
{
	kfree(entry);
}

/**
 * prose_binding_exit - forget everything; no device is left
 */
void prose_binding_exit(void)
{
	rhashtable_free_and_destroy(&bindings, binding_free, NULL);
}
