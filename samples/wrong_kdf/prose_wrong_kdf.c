// SPDX-License-Identifier: GPL-2.0
/*
 * What prose refuses: a KDF that says it is per sender and is not. All members
 * would send with one key stream, and nobody would know. Loading this module
 * fails with EINVAL, and the kernel log says why.
 */

#include <linux/module.h>
#include <linux/prose_kdf.h>
#include <linux/string.h>

static int derive(const struct prose_kdf_key *key,
		  const struct prose_kdf_input *input,
		  u8 out[PROSE_KDF_PTK_LEN])
{
	memcpy(out, prose_kdf_key_octets(key), PROSE_KDF_KEY_LEN);
	out[0] ^= input->ptk_id >> 8;
	out[1] ^= input->ptk_id;
	return 0;
}

static struct prose_kdf wrong_kdf = {
	.name	= "wrong",
	.owner	= THIS_MODULE,
	.flags	= PROSE_KDF_PER_SENDER | PROSE_KDF_PER_PTK_ID |
		  PROSE_KDF_NEEDS_PGK,
	.derive	= derive,
};

static int __init wrong_kdf_init(void)
{
	return prose_kdf_register(&wrong_kdf);
}

static void __exit wrong_kdf_exit(void)
{
	prose_kdf_unregister(&wrong_kdf);
}

module_init(wrong_kdf_init);
module_exit(wrong_kdf_exit);

MODULE_DESCRIPTION("ProSe: a key derivation function that is refused");
MODULE_LICENSE("GPL");
