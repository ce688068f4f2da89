// SPDX-License-Identifier: GPL-2.0
/*
 * A key derivation function of an operator, as an example:
 *
 *	PTK = HMAC-SHA-256(PGK, "operator" | SRC[3] | PTK ID[2] | group[3])
 *
 * Load it, then attach keys with "kdf operator".
 */

#include <crypto/hash.h>
#include <linux/module.h>
#include <linux/prose_kdf.h>
#include <linux/string.h>

static const char label[] = "operator";

#define LABEL_LEN	(sizeof(label) - 1)
#define INPUT_LEN	(LABEL_LEN + 3 + 2 + 3)

static void put_be(u8 *out, u32 value, unsigned int octets)
{
	while (octets--) {
		out[octets] = value;
		value >>= 8;
	}
}

/* A handle for each call: it runs in several threads at once, and keeps nothing. */
static int derive(const struct prose_kdf_key *key,
		  const struct prose_kdf_input *input,
		  u8 out[PROSE_KDF_PTK_LEN])
{
	struct crypto_shash *hmac;
	u8 s[INPUT_LEN];
	int err;

	memcpy(s, label, LABEL_LEN);
	put_be(s + LABEL_LEN, input->member, 3);
	put_be(s + LABEL_LEN + 3, input->ptk_id, 2);
	put_be(s + LABEL_LEN + 5, input->group, 3);

	hmac = crypto_alloc_shash("hmac(sha256)", 0, 0);
	if (IS_ERR(hmac))
		return PTR_ERR(hmac);
	err = crypto_shash_setkey(hmac, prose_kdf_key_octets(key),
				  PROSE_KDF_KEY_LEN);
	if (!err)
		err = crypto_shash_tfm_digest(hmac, s, sizeof(s), out);
	crypto_free_shash(hmac);
	return err;
}

static struct prose_kdf operator_kdf = {
	.name	= "operator",
	.owner	= THIS_MODULE,
	.flags	= PROSE_KDF_PER_GROUP | PROSE_KDF_PER_SENDER |
		  PROSE_KDF_PER_PTK_ID | PROSE_KDF_NEEDS_PGK |
		  PROSE_KDF_ANY_USER,
	.derive	= derive,
};

static int __init operator_kdf_init(void)
{
	return prose_kdf_register(&operator_kdf);
}

static void __exit operator_kdf_exit(void)
{
	prose_kdf_unregister(&operator_kdf);
}

module_init(operator_kdf_init);
module_exit(operator_kdf_exit);

MODULE_DESCRIPTION("ProSe: sample of an operator's key derivation function");
MODULE_LICENSE("GPL");
