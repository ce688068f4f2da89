// SPDX-License-Identifier: GPL-2.0
/* prose request: what a manager needs to know of this device, as a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "cmd.h"
#include "ids.h"
#include "json.h"
#include "managers.h"
#include "outfile.h"
#include "prose.h"
#include "secret.h"
#include "shellword.h"

/* All that the kernel module and the tools can do; a module that cannot says so. */
#define ALL_CIPHERS ((1u << (PROSE_CIPHER_AES256_GCM + 1)) - 1)
#define ALL_INTEGRITIES ((1u << (PROSE_INTEGRITY_EIA3 + 1)) - 1)

enum { W_MANAGER, W_NAME, W_N };

static const struct keyword words[W_N] = {
	[W_MANAGER] = { "manager", "the hash of the manager's key" },
	[W_NAME] = { "name", "a name for this device" },
};

static int fill(const struct me *m, struct request *r, struct why *w)
{
	struct ledger l;
	int tls, cms;

	memset(r, 0, sizeof(*r));
	strcpy(r->device, m->name);
	memcpy(r->ledger, m->ledger, sizeof(r->ledger));
	r->environment = ENVIRONMENT_ME;
	r->made = clock_real();
	r->ciphers = ALL_CIPHERS;
	r->integrities = ALL_INTEGRITIES;
	tls = spki_encode(m->tls.key, r->tls, sizeof(r->tls), w);
	cms = spki_encode(m->cms.key, r->cms, sizeof(r->cms), w);
	if (tls < 0 || cms < 0 || ledger_peek(opt.state_dir, &l, w) != LEDGER_OK)
		return -1;
	r->tls_len = tls;
	r->cms_len = cms;
	r->n_next = outfile_next(&l, r->next);
	ledger_close(&l);
	return 0;
}

static void say_done(const struct me *m, const char *file)
{
	char hex[HEX_LEN(CMS_HASH_LEN)];
	uint8_t hash[CMS_HASH_LEN];
	FILE *to = strcmp(file, "-") ? stdout : stderr;

	spki_hash(m->cms.key, hash);
	to_hex(hex, hash, sizeof(hash));
	if (opt.json && to == stdout) {
		json_object(NULL);
		json_string("device", m->name);
		json_string("key", hex);
		json_string("file", file);
		json_end();
		json_done();
		return;
	}
	fprintf(to, "%s: the request of device %s, key %s\n", file, m->name, hex);
	fprintf(to, "Take it to the manager of the group, who adds it: prose-pkmf request add FILE\n");
}

static int request(const struct me *m, const char *file)
{
	struct request *r = malloc(sizeof(*r));
	uint8_t *octets = malloc(REQUEST_MAX);
	struct why w;
	int len = -1, code = EXIT_OK;

	if (!r || !octets)
		code = fail(EXIT_KERNEL, "no memory");
	else
		len = fill(m, r, &w) ? -1 : request_encode(r, octets, REQUEST_MAX, &w);
	if (!code && len < 0)
		code = fail(EXIT_LEDGER, "%s", w.text);
	if (!code)
		code = outfile_signed(m, file, octets, len);
	free(octets);
	free(r);
	if (!code)
		say_done(m, file);
	return code;
}

/* A name that records take. */
static int check_name(const char *name, struct why *w)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_=+.-";
	size_t len = name ? strlen(name) : 1;

	if (!name || (len && len <= RECORD_NAME_MAX && strspn(name, plain) == len &&
		      name[0] != '-' && name[0] != '.'))
		return 0;
	return why(w, "name %s: 1 to %d letters, digits and _ = + . -, and no - or . in front",
		   name,
		   RECORD_NAME_MAX);
}

static int pin(const struct me *m, const char *hash, struct why *w)
{
	uint8_t key[CMS_HASH_LEN];
	struct managers all;
	int err;

	if (!hash)
		return 0;
	if (parse_key_hash(hash, key, w) || managers_load(m->dirfd, &all, w))
		return -1;
	err = managers_add(m->dirfd, &all, key, w);
	managers_free(&all);
	return err;
}

/* Whoever asks for a group for the first time has no ledger either. */
static int ledger_there(void)
{
	enum ledger_status status;
	struct ledger l;
	struct why w;

	status = ledger_peek(opt.state_dir, &l, &w);
	if (status == LEDGER_OK) {
		ledger_close(&l);
		return EXIT_OK;
	}
	if (status == LEDGER_ABSENT)
		status = ledger_init(opt.state_dir, false, &w);
	if (status == LEDGER_OK) {
		if (!opt.json)
			fprintf(stderr, "A ledger was made in %s: the keys that a manager gives are given to it alone.\n",
				opt.state_dir);
		return EXIT_OK;
	}
	fail(EXIT_LEDGER, "%s", w.text);
	ledger_hint(status, opt.state_dir);
	return EXIT_LEDGER;
}

int cmd_request(struct args *a)
{
	const char *file = arg_next(a), *v[W_N];
	uint8_t key[CMS_HASH_LEN];
	struct why w;
	struct me m;
	int code;

	if (!file) {
		why(&w, "the name of the file to write is missing: prose request FILE [manager HASH] [name NAME]");
		return usage(&w);
	}
	if (args_keywords(a, words, W_N, v, &w) || check_name(v[W_NAME], &w) ||
	    (v[W_MANAGER] && parse_key_hash(v[W_MANAGER], key, &w)))
		return usage(&w);
	code = ledger_there();
	if (code)
		return code;
	code = me_open(&m, true, v[W_NAME]);
	if (code)
		return code;
	if (pin(&m, v[W_MANAGER], &w))
		code = fail(EXIT_LEDGER, "%s", w.text);
	if (!code)
		code = request(&m, file);
	me_close(&m);
	return code;
}
