// SPDX-License-Identifier: GPL-2.0
/*
 * KDFs for tests:
 *
 *	uicc	has its PGKs itself, one for each PGK ID
 *	slow	takes the octets of the key, in its time; for all users
 */

#include <crypto/hash.h>
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/prose_kdf.h>
#include <linux/rtnetlink.h>
#include <linux/string.h>
#include <linux/uidgid.h>

#define POLL_MS		10

static bool hold;
module_param(hold, bool, 0644);
MODULE_PARM_DESC(hold, "Let every derivation wait as long as this is set");

static bool take_rtnl;
module_param(take_rtnl, bool, 0644);
MODULE_PARM_DESC(take_rtnl, "Take RTNL in every derivation");

static unsigned int card;
module_param(card, uint, 0644);
MODULE_PARM_DESC(card, "Which card is in: each has PGKs of its own");

static atomic_t held = ATOMIC_INIT(0);
static atomic_t derived = ATOMIC_INIT(0);

static int get_count(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%d\n", atomic_read(kp->arg));
}

static const struct kernel_param_ops count_ops = { .get = get_count };

module_param_cb(held, &count_ops, &held, 0444);
MODULE_PARM_DESC(held, "Derivations that wait now");

module_param_cb(derived, &count_ops, &derived, 0444);
MODULE_PARM_DESC(derived, "Derivations done");

static unsigned int attacher;
module_param(attacher, uint, 0444);
MODULE_PARM_DESC(attacher, "User ID of who attached the key of the last derivation");

static int ptk_of(const u8 *key, const struct prose_kdf_input *in, u8 *out)
{
	struct crypto_shash *tfm;
	u8 s[8] = { in->member >> 16, in->member >> 8, in->member,
		    in->ptk_id >> 8, in->ptk_id,
		    in->group >> 16, in->group >> 8, in->group };
	int err;

	tfm = crypto_alloc_shash("hmac(sha256)", 0, 0);
	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	err = crypto_shash_setkey(tfm, key, PROSE_KDF_KEY_LEN);
	if (!err)
		err = crypto_shash_tfm_digest(tfm, s, sizeof(s), out);
	crypto_free_shash(tfm);
	return err;
}

static void dawdle(const struct prose_kdf_key *key)
{
	if (prose_kdf_key_is_trial(key))
		return;
	attacher = from_kuid(&init_user_ns, prose_kdf_key_uid(key));
	atomic_inc(&held);
	while (READ_ONCE(hold))
		msleep(POLL_MS);
	atomic_dec(&held);
	atomic_inc(&derived);
	if (take_rtnl) {
		rtnl_lock();
		rtnl_unlock();
	}
}

static int uicc(const struct prose_kdf_key *key,
		const struct prose_kdf_input *in, u8 out[PROSE_KDF_PTK_LEN])
{
	u8 pgk[PROSE_KDF_KEY_LEN] = {};

	dawdle(key);
	pgk[0] = prose_kdf_key_id(key);
	pgk[1] = card;
	return ptk_of(pgk, in, out);
}

static int slow(const struct prose_kdf_key *key,
		const struct prose_kdf_input *in, u8 out[PROSE_KDF_PTK_LEN])
{
	dawdle(key);
	return ptk_of(prose_kdf_key_octets(key), in, out);
}

static struct prose_kdf kdf_uicc = {
	.name	= "uicc",
	.owner	= THIS_MODULE,
	.flags	= PROSE_KDF_PER_GROUP | PROSE_KDF_PER_SENDER |
		  PROSE_KDF_PER_PTK_ID,
	.derive	= uicc,
};

static struct prose_kdf kdf_slow = {
	.name	= "slow",
	.owner	= THIS_MODULE,
	.flags	= PROSE_KDF_PER_GROUP | PROSE_KDF_PER_SENDER |
		  PROSE_KDF_PER_PTK_ID | PROSE_KDF_NEEDS_PGK |
		  PROSE_KDF_ANY_USER,
	.derive	= slow,
};

static int __init prose_test_kdf_init(void)
{
	int err = prose_kdf_register(&kdf_uicc);

	if (err)
		return err;
	err = prose_kdf_register(&kdf_slow);
	if (err)
		prose_kdf_unregister(&kdf_uicc);
	return err;
}

static void __exit prose_test_kdf_exit(void)
{
	prose_kdf_unregister(&kdf_slow);
	prose_kdf_unregister(&kdf_uicc);
}

module_init(prose_test_kdf_init);
module_exit(prose_test_kdf_exit);

MODULE_DESCRIPTION("ProSe: key derivation functions for tests");
MODULE_LICENSE("GPL");
