// SPDX-License-Identifier: GPL-2.0
/* prose key add */
#include <errno.h>
#include <string.h>
#include <stdio.h>

#include "clock.h"
#include "grant.h"
#include "ids.h"
#include "key.h"
#include "keyadd.h"
#include "keyfile.h"
#include "keyring.h"
#include "prose.h"
#include "samevalue.h"
#include "shellword.h"
#include "show.h"

static const struct keyword words[KA_N] = {
	[KA_DEV] = { "dev", "the name of a prose device" },
	[KA_ID] = { "id", "a PGK ID" },
	[KA_CIPHER] = { "cipher", "a ciphering algorithm" },
	[KA_INTEGRITY] = { "integrity", "an integrity algorithm" },
	[KA_KDF] = { "kdf", "the name of a key derivation function" },
	[KA_FROM] = { "from", "a time or \"standby\"" },
	[KA_UNTIL] = { "until", "a time or \"never\"" },
	[KA_RANGE] = { "range", "how many PTK IDs" },
	[KA_FILE] = { "file", "the name of a file, or - for standard input" },
	[KA_SERIAL] = { "serial", "the serial number of a keyring key" },
};

/* Lines to paste, for whoever named no suite, or one that protects nothing. */
static int suites(struct why *w, const char *const *v, const char *what)
{
	const char *source = v[KA_SERIAL] ? "serial" : "file";
	const char *key = v[KA_SERIAL] ? v[KA_SERIAL] : v[KA_FILE] ? v[KA_FILE] : "FILE";

	return why(w, "%s; for a group of your own (confidential, and forged, changed and repeated frames are refused):\n"
		   "    prose key add dev %s id %s cipher aes256-gcm %s %s\n"
		   "  to interwork with the standard (confidential, but frames can be forged, changed and repeated):\n"
		   "    prose key add dev %s id %s cipher eea2 integrity none %s %s",
		   what, sh(v[KA_DEV]), sh(v[KA_ID]), source, sh(key), sh(v[KA_DEV]),
		   sh(v[KA_ID]), source, sh(key));
}

static int parse_suite(const char *const *v, struct key_add *k, struct why *w)
{
	char what[80];
	int i;

	if (!v[KA_CIPHER])
		return suites(w, v, "\"cipher\" is missing");
	i = word_index("cipher", v[KA_CIPHER], cipher_names, n_cipher_names, w);
	if (i < 0)
		return -1;
	k->cipher = i;
	k->integrity = PROSE_INTEGRITY_NONE;
	if (v[KA_INTEGRITY]) {
		i = word_index("integrity", v[KA_INTEGRITY], integrity_names,
			       n_integrity_names, w);
		if (i < 0)
			return -1;
		k->integrity = i;
	}
	if (cipher_is_aead(k->cipher)) {
		if (k->integrity != PROSE_INTEGRITY_NONE)
			return why(w, "integrity %s: %s protects integrity itself; leave \"integrity\" out",
				   v[KA_INTEGRITY], v[KA_CIPHER]);
		return 0;
	}
	if (!v[KA_INTEGRITY]) {
		snprintf(what, sizeof(what), "\"integrity\" is missing after cipher %s",
			 v[KA_CIPHER]);
		return suites(w, v, what);
	}
	if (k->cipher == PROSE_CIPHER_EEA0 && k->integrity == PROSE_INTEGRITY_NONE)
		return suites(w, v, "cipher eea0 with integrity none protects nothing, and is refused");
	return 0;
}

/* What "direct" cannot do; which others there are, the kernel knows. */
static int parse_kdf(const char *const *v, struct key_add *k, struct why *w)
{
	k->kdf = v[KA_KDF];
	if (!k->kdf)
		return 0;
	if (!k->kdf[0] || strlen(k->kdf) > PROSE_KDF_NAME_MAX)
		return why(w, "kdf %s: a name has 1 to %d characters", k->kdf, PROSE_KDF_NAME_MAX);
	if (strcmp(k->kdf, KDF_DIRECT))
		return 0;
	if (k->cipher == PROSE_CIPHER_EEA0)
		return why(w, "kdf direct makes the configured key the ciphering key, and cipher eea0 does not cipher; name another cipher, or leave \"kdf\" out");
	if (k->integrity != PROSE_INTEGRITY_NONE)
		return why(w, "kdf direct makes the configured key the ciphering key, and there is none for integrity %s; take cipher aes256-gcm, which has its own, or integrity none, or leave \"kdf\" out",
			   v[KA_INTEGRITY]);
	return 0;
}

static int parse_times(const char *const *v, int64_t now, struct key_add *k, struct why *w)
{
	if (v[KA_FROM]) {
		k->standby = !strcmp(v[KA_FROM], "standby");
		k->has_from = !k->standby;
		if (k->has_from && parse_when("from", v[KA_FROM], now, &k->from, w))
			return -1;
	}
	if (!v[KA_UNTIL])
		return 0;
	if (parse_until(v[KA_UNTIL], now, &k->has_until, &k->until, w))
		return -1;
	if (k->has_until && k->has_from && k->until <= k->from)
		return why(w, "until %s is not after from %s", v[KA_UNTIL], v[KA_FROM]);
	return 0;
}

int key_add_values(const char *const *v, int64_t now, struct key_add *k, struct why *w)
{
	memset(k, 0, sizeof(*k));
	if (!v[KA_DEV] || !v[KA_ID])
		return why(w, "\"%s\" is missing: prose key add dev DEV id ID cipher C integrity I file FILE",
			   v[KA_DEV] ? "id" : "dev");
	k->dev = v[KA_DEV];
	if (parse_pgk_id(v[KA_ID], &k->id, w) || parse_suite(v, k, w) || parse_kdf(v, k, w) ||
	    parse_times(v, now, k, w) || parse_range(v[KA_RANGE], 0, &k->range, w))
		return -1;
	if (k->standby && !v[KA_RANGE])
		k->range = 0;
	if (k->standby && k->range)
		return why(w, "a standby key takes its range when it is used: leave \"range\" out");
	if (!v[KA_FILE] == !v[KA_SERIAL])
		return why(w, v[KA_FILE] ? "file and serial cannot both be given" :
			   "where is the key? file FILE, file - (standard input) or serial N; it is never written on the command line");
	k->file = v[KA_FILE];
	if (v[KA_SERIAL])
		return parse_number("serial", v[KA_SERIAL], 1, INT32_MAX, &k->serial, w);
	return 0;
}

int key_add_parse(struct args *a, int64_t now, struct key_add *k, struct why *w)
{
	const char *v[KA_N];

	if (args_keywords(a, words, KA_N, v, w))
		return -1;
	return key_add_values(v, now, k, w);
}

/* A serial number of a key with these octets, or 0 after a message. */
static uint32_t make_key(const struct key_add *k, uint32_t group, int *code)
{
	uint8_t *page;
	int32_t serial;
	struct why w;

	secret_process();
	page = secret_alloc();
	if (!page) {
		*code = fail(EXIT_KERNEL, "no memory for the key: %s", strerror(errno));
		return 0;
	}
	if (k->octets) {
		memcpy(page, k->octets, PGK_LEN);
	} else if (k->private_file ? key_read_private(k->file, page, &w) :
	    key_read(k->file, page, &w)) {
		secret_free(page);
		*code = usage(&w);
		return 0;
	}
	serial = keyring_add(group, k->id, page);
	secret_free(page);
	if (serial > 0)
		return serial;
	*code = fail(EXIT_KERNEL, "the kernel's keyring does not take the key: %s",
		     strerror(-serial));
	if (serial == -ENODEV)
		hint("The key type \"prose\" is not there; is the module loaded? modprobe prose");
	else if (serial == -EDQUOT)
		hint("The quota for keys of this user is full: /proc/key-users, keyctl show");
	return 0;
}

static int attach(struct genl *g, const struct key_add *k, uint32_t ifindex,
		  uint32_t serial, struct obj *key)
{
	char buf[GENL_BUF], what[64];
	struct nlmsghdr *nlh = genl_request(g, buf, PROSE_CMD_KEY_ADD);
	struct nl_error e;

	mnl_attr_put_u32(nlh, PROSE_A_IFINDEX, ifindex);
	mnl_attr_put_u8(nlh, PROSE_A_PGK_ID, k->id);
	mnl_attr_put_u32(nlh, PROSE_A_SERIAL, serial);
	mnl_attr_put_u32(nlh, PROSE_A_CIPHER, k->cipher);
	mnl_attr_put_u32(nlh, PROSE_A_INTEGRITY, k->integrity);
	if (k->kdf)
		mnl_attr_put_strz(nlh, PROSE_A_KDF, k->kdf);
	if (k->standby)
		mnl_attr_put(nlh, PROSE_A_STANDBY, 0, NULL);
	if (k->has_from)
		mnl_attr_put_u64(nlh, PROSE_A_FROM, k->from);
	if (k->has_until)
		mnl_attr_put_u64(nlh, PROSE_A_UNTIL, k->until);
	if (!genl_do(g, nlh, key, &e))
		return EXIT_OK;
	snprintf(what, sizeof(what), "%s: key %u", k->dev, k->id);
	return kernel_refused(what, PROSE_CMD_KEY_ADD, &e);
}

/*
 * Floors go in before the key does. With integrity they are what keeps
 * recordings out, so without them it is not attached; a cipher alone has none.
 */
static int floors_first(struct genl *g, const struct key_add *k, uint32_t group)
{
	int code = floors_restore(g, group);

	if (!code)
		return EXIT_OK;
	if (!cipher_is_aead(k->cipher) && k->integrity == PROSE_INTEGRITY_NONE)
		return EXIT_OK;
	hint("Key %u is not attached to %s.", k->id, k->dev);
	return code;
}

/* The kernel tells the fingerprint when it is attached, of a keyring's key only then. */
static int check_value(struct genl *g, const struct key_add *k, const struct obj_list *all,
		       struct obj *key)
{
	int code = same_value_check(all, k->dev, key->ifindex, k->id, key->fingerprint);

	if (!code)
		return EXIT_OK;
	detach(g, k->dev, key->ifindex, k->id, NULL, NULL);
	key->has = 0;
	return code;
}

int key_attach(struct genl *g, const struct key_add *k, uint32_t ifindex, bool quiet,
	       struct obj *key)
{
	struct obj_list keys = { NULL, 0 }, all = { NULL, 0 };
	uint32_t serial = k->serial;
	bool managed = k->octets;
	struct nl_error e;
	int code = EXIT_OK;
	struct obj dev;

	memset(key, 0, sizeof(*key));
	if (genl_dev_get(g, ifindex, &dev, &e))
		return kernel_refused(k->dev, PROSE_CMD_DEV_GET, &e);
	/* Before it is attached, so that the warning tells of the others only. */
	genl_dump(g, PROSE_CMD_KEY_GET, ifindex, &keys, &e);
	genl_dump(g, PROSE_CMD_KEY_GET, 0, &all, &e);
	code = floors_first(g, k, dev.group);
	if (!serial && !code)
		serial = make_key(k, dev.group, &code);
	if (serial && !code)
		code = attach(g, k, ifindex, serial, key);
	if (serial && !code)
		code = check_value(g, k, &all, key);
	if (serial && !code) {
		code = check_binding(g, key);
		if (code)
			key->has = 0;
	}
	if (serial && !code) {
		/* A manager's keys follow one another as it planned; who has them sees one line. */
		if (!k->standby && !managed)
			warn_overlap(&keys, k->id, k->from, obj_end(key));
		if (!quiet)
			show_key_attached(key, k->range && dev.tx);
		if (k->range && dev.tx)
			code = take_range(g, k->dev, ifindex, k->id, k->range, key, managed,
					  NULL);
	}
	obj_list_free(&keys);
	obj_list_free(&all);
	return code;
}

void key_warn_clear(const struct key_add *k)
{
	if (k->cipher == PROSE_CIPHER_EEA0)
		warn("cipher eea0 is no cipher: what is sent with key %u is CLEAR TEXT to everybody; integrity %s only tells changed frames",
		     k->id, NAME(integrity_names, k->integrity));
}

int key_add(struct args *a)
{
	struct key_add k;
	uint32_t ifindex;
	struct obj key = { 0 };
	struct genl g;
	struct why w;
	int code;

	if (key_add_parse(a, clock_real(), &k, &w))
		return usage(&w);
	if (k.has_from || k.has_until) {
		code = check_clock();
		if (code)
			return code;
	}
	key_warn_clear(&k);
	code = genl_open(&g, true);
	if (code)
		return code;
	ifindex = device_index(k.dev);
	code = ifindex ? key_attach(&g, &k, ifindex, opt.json, &key) : EXIT_KERNEL;
	if (code && key.has)
		hint("Key %u is attached to %s for receiving only.", k.id, k.dev);
	if (opt.json && key.has)
		show_key_change("attached", &key);
	genl_close(&g);
	return code;
}
