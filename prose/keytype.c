// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel key type "prose": a PGK in the kernel keyring. It cannot be read
 * back and not be changed; revocation wipes it and reaches every device.
 */

#include <linux/cred.h>
#include <linux/key-type.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "kdf.h"
#include "key.h"
#include "keytype.h"

/* GGGGGG:II, lower-case hexadecimal */
#define DESC_LEN	9
#define DESC_COLON	6

/**
 * struct payload - the octets of a PGK
 * @octets: the PGK; written under key->sem
 * @wiped: they are gone
 */
struct payload {
	u8 octets[PROSE_PGK_LEN];
	bool wiped;
};

static bool is_lower_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static int vet_description(const char *desc)
{
	int i;

	if (strlen(desc) != DESC_LEN)
		return -EINVAL;
	for (i = 0; i < DESC_LEN; i++)
		if (i == DESC_COLON ? desc[i] != ':' : !is_lower_hex(desc[i]))
			return -EINVAL;
	return 0;
}

static int preparse(struct key_preparsed_payload *prep)
{
	struct payload *payload;

	if (prep->datalen != PROSE_PGK_LEN || !prep->data)
		return -EINVAL;

	payload = kzalloc(sizeof(*payload), GFP_KERNEL_ACCOUNT);
	if (!payload)
		return -ENOMEM;
	memcpy(payload->octets, prep->data, PROSE_PGK_LEN);
	prep->payload.data[0] = payload;
	prep->quotalen = PROSE_PGK_LEN;
	return 0;
}

static void free_preparse(struct key_preparsed_payload *prep)
{
	kfree_sensitive(prep->payload.data[0]);
}

static void wipe(struct payload *payload)
{
	if (!payload)
		return;
	memzero_explicit(payload->octets, sizeof(payload->octets));
	payload->wiped = true;
}

/* Called with key->sem held for writing; must not wait for RTNL. */
static void revoke(struct key *key)
{
	wipe(key->payload.data[0]);
	prose_key_revoked(key);
}

static void destroy(struct key *key)
{
	kfree_sensitive(key->payload.data[0]);
}

static void describe(const struct key *key, struct seq_file *m)
{
	seq_puts(m, key->description);
}

/* No .read and no .update: octets go in once and never come out. */
struct key_type prose_key_type = {
	.name			= "prose",
	.def_datalen		= PROSE_PGK_LEN,
	.vet_description	= vet_description,
	.preparse		= preparse,
	.free_preparse		= free_preparse,
	.instantiate		= generic_key_instantiate,
	.revoke			= revoke,
	.destroy		= destroy,
	.describe		= describe,
};

static int refuse(int err, struct netlink_ext_ack *extack)
{
	switch (err) {
	case -EACCES:
		NL_SET_ERR_MSG(extack, "no search permission on the key");
		break;
	case -EKEYEXPIRED:
		NL_SET_ERR_MSG(extack, "the key has expired");
		break;
	case -EKEYREVOKED:
		NL_SET_ERR_MSG(extack, "the key was revoked");
		break;
	default:
		NL_SET_ERR_MSG(extack, "no such key");
		break;
	}
	return err;
}

/**
 * prose_keytype_get - find a PGK of the caller by its serial number
 * @serial: serial number, positive
 * @group: group that it must be for
 * @id: PGK ID that it must have
 * @extack: told what is wrong
 *
 * A key under construction would be waited for, perhaps for ever, without
 * KEY_LOOKUP_PARTIAL.
 *
 * Context: process, in the caller's credentials. Return: the key with a
 * reference, or an ERR_PTR: -EACCES, -ENOKEY, -EKEYEXPIRED, -EKEYREVOKED,
 * -EKEYREJECTED for another type, -EXDEV for another group, -EDOM for another
 * PGK ID.
 */
struct key *prose_keytype_get(key_serial_t serial, u32 group, u8 id,
			      struct netlink_ext_ack *extack)
{
	char desc[DESC_LEN + 1];
	key_ref_t ref;
	struct key *key;
	int err;

	ref = lookup_user_key(serial, KEY_LOOKUP_PARTIAL, KEY_NEED_SEARCH);
	if (IS_ERR(ref))
		return ERR_PTR(refuse(PTR_ERR(ref), extack));
	key = key_ref_to_ptr(ref);

	if (key->type != &prose_key_type) {
		NL_SET_ERR_MSG(extack, "the key is not of type prose");
		err = -EKEYREJECTED;
		goto err_put;
	}
	if (key_read_state(key) != KEY_IS_POSITIVE) {
		NL_SET_ERR_MSG(extack, "the key is not instantiated");
		err = -ENOKEY;
		goto err_put;
	}
	err = key_validate(key);
	if (err) {
		refuse(err, extack);
		goto err_put;
	}

	snprintf(desc, sizeof(desc), "%06x:%02x", group, id);
	if (memcmp(key->description, desc, DESC_COLON)) {
		NL_SET_ERR_MSG(extack, "the key is for another group");
		err = -EXDEV;
		goto err_put;
	}
	if (strcmp(key->description, desc)) {
		NL_SET_ERR_MSG(extack, "the key has another PGK ID");
		err = -EDOM;
		goto err_put;
	}
	return key;

err_put:
	key_put(key);
	return ERR_PTR(err);
}

/**
 * prose_keytype_use - let a function see the octets of a PGK
 * @key: a key of prose_keytype_get()
 * @use: called with them; must not keep them
 * @data: passed on to @use
 *
 * Context: process; takes key->sem. Return: -EKEYREVOKED if they are wiped,
 * else what @use returned.
 */
int prose_keytype_use(struct key *key,
		      int (*use)(void *data, const u8 *octets), void *data)
{
	const struct payload *payload;
	int err = -EKEYREVOKED;

	down_read(&key->sem);
	payload = key->payload.data[0];
	if (payload && !payload->wiped)
		err = use(data, payload->octets);
	up_read(&key->sem);
	return err;
}

/**
 * prose_keytype_wipe - wipe the octets of a PGK that has expired
 * @key: the key
 *
 * Context: process; takes key->sem.
 */
void prose_keytype_wipe(struct key *key)
{
	down_write(&key->sem);
	wipe(key->payload.data[0]);
	up_write(&key->sem);
}
