// SPDX-License-Identifier: GPL-2.0
/*
 * Key values that are bound to the use first made of them. Where the group does
 * not go into the derivation, two groups with one key value would have one key
 * stream; and where nothing is derived, a value used otherwise as well would
 * tell of itself. So such a value keeps its KDF and group, and with "direct"
 * its suite, until the module is unloaded (ours). The ledger of the user does
 * the same across reboots.
 */

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

/* Entries of the table, for all and for all non-initial user namespaces */
#define BINDINGS_MAX		65536
#define BINDINGS_MAX_USERNS	4096

/**
 * struct binding - the use of a key value
 * @node: in the table
 * @fingerprint: of the value
 * @kdf: name of the KDF
 * @group: ProSe Layer-2 Group ID
 * @suite: suite, or NULL for any
 *
 * Never changed, and never freed before the module is unloaded.
 */
struct binding {
	struct rhash_head node;
	u8 fingerprint[PROSE_FINGERPRINT_LEN];
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

static int bind(const struct prose_pgk *pgk, struct netlink_ext_ack *extack)
{
	struct net *net = dev_net(pgk->pdev->dev);
	bool initial = net->user_ns == &init_user_ns;
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
	memcpy(binding->fingerprint, pgk->fingerprint,
	       sizeof(binding->fingerprint));
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

/**
 * prose_binding_take - may a key value be used so? Then it is bound to it
 * @pgk: a key that is being attached
 * @extack: told why not
 *
 * Context: process. Return: 0; -EKEYREJECTED if the value is bound to another
 * use; -ENOSPC or -ENOMEM.
 */
int prose_binding_take(const struct prose_pgk *pgk,
		       struct netlink_ext_ack *extack)
{
	const struct binding *binding;
	int err = 0;

	mutex_lock(&bindings_lock);
	binding = rhashtable_lookup_fast(&bindings, pgk->fingerprint, params);
	if (!binding) {
		if (!(pgk->kdf->flags & PROSE_KDF_PER_GROUP))
			err = bind(pgk, extack);
	} else if (strcmp(binding->kdf, pgk->kdf->name)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "this key value was used with kdf %s and is bound to it",
				   binding->kdf);
		err = -EKEYREJECTED;
	} else if (binding->group != pgk->pdev->group) {
		NL_SET_ERR_MSG_FMT(extack,
				   "this key value is bound to group 0x%06x",
				   binding->group);
		err = -EKEYREJECTED;
	} else if (binding->suite && binding->suite != pgk->suite) {
		NL_SET_ERR_MSG(extack,
			       "this key value is bound to another suite");
		err = -EKEYREJECTED;
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
