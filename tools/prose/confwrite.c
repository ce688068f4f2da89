// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "confwrite.h"
#include "keyfile.h"
#include "prose.h"
#include "secret.h"
#include "when.h"

static bool managed(const struct conf *c)
{
	return c->keys_from == SOURCE_MANAGER || c->keys_from == SOURCE_CARD;
}

static void write_options(FILE *f, const struct conf *c, const struct running *r)
{
	char value[32];
	int i;

	for (i = 0; i < LK_N; i++) {
		/* "auto", or left out: it stays that of the lower device, if it is that. */
		if (i == LK_MEMBER && c->lower.text && !(c->options.has & 1 << LK_MEMBER) &&
		    r->dev.member == r->member_default)
			continue;
		/* What the manager decides is not written down, or it could not change it. */
		if (managed(c) && i != LK_GROUP && !c->link[i].text)
			continue;
		fprintf(f, "%s = %s\n", conf_link_words[i],
			link_option_text(value, sizeof(value), i, running_option(&r->dev, i)));
	}
}

static void write_device(FILE *f, const struct conf *c, const struct running *r,
			 const char *lower)
{
	char text[ADDRESS_LEN];
	size_t i, k;

	fprintf(f, "[Device]\nLower = %s\n", lower);
	write_options(f, c, r);
	if (managed(c))
		fprintf(f, "Keys = %s\n", conf_source_word(c->keys_from));
	/* Left out, it goes with the lower device's, if it does. */
	if (c->mtu || !c->lower.text || r->link.mtu != r->link.mtu_max)
		fprintf(f, "MTU = %u\n", r->link.mtu);
	for (i = 0; i < r->n_addresses && (c->n_addresses || !managed(c)); i++)
		if (r->addresses[i].kept || conf_has_address(c, &r->addresses[i]))
			fprintf(f, "Address = %s\n", address_text(text, &r->addresses[i]));
	for (k = 0; k < HOOK_N; k++)
		for (i = 0; i < c->n_hooks[k]; i++)
			fprintf(f, "%s = %s\n", conf_hook_words[k], c->hooks[k][i].text);
}

/* Does this file still hold the key that is attached? */
static bool file_has(const struct conf_key *k, const struct obj *live)
{
	uint8_t fingerprint[PROSE_FINGERPRINT_LEN];
	bool same = false;
	uint8_t *page;
	struct why w;

	if (!k || !k->path)
		return false;
	secret_process();
	page = secret_alloc();
	if (page && !key_read_private(k->path, page, &w)) {
		key_fingerprint(page, fingerprint);
		same = !memcmp(fingerprint, live->fingerprint, sizeof(fingerprint));
	}
	secret_free(page);
	return same;
}

static void write_key(FILE *f, const struct conf *c, const struct obj *live)
{
	const struct conf_key *k = conf_find_key(c, live->pgk_id);
	char text[WHEN_LEN];

	fprintf(f, "\n[Key]\nId = %u\nCipher = %s\n", live->pgk_id,
		NAME(cipher_names, live->cipher));
	if (!cipher_is_aead(live->cipher))
		fprintf(f, "Integrity = %s\n", NAME(integrity_names, live->integrity));
	if (strcmp(live->kdf, KDF_DEFAULT))
		fprintf(f, "Kdf = %s\n", live->kdf);
	if (HAS(live, PROSE_A_STANDBY))
		fprintf(f, "From = standby\n");
	else if (HAS(live, PROSE_A_FROM))
		fprintf(f, "From = %s\n", when_absolute(text, live->from, true));
	if (HAS(live, PROSE_A_UNTIL))
		fprintf(f, "Until = %s\n", when_absolute(text, live->until, true));
	if (k && k->v[KA_RANGE].text && !(HAS(live, PROSE_A_STANDBY) && k->add.range))
		fprintf(f, "Range = %s\n", k->v[KA_RANGE].text);
	if (file_has(k, live)) {
		fprintf(f, "File = %s\n", k->v[KA_FILE].text);
		return;
	}
	fprintf(f, "Serial = %u\n", live->serial);
	warn("key %u is written by its serial number, which is gone with the next boot; to have it back then, keep its file here and write File= in place of Serial=",
	     live->pgk_id);
}

/* The lower device's name, or what the file has if it is elsewhere. */
static const char *lower_of(const struct conf *c, const struct running *r,
			    char name[IF_NAMESIZE])
{
	if (!HAS(&r->dev, PROSE_A_LOWER_NETNSID) && if_indextoname(r->dev.lower_ifindex, name))
		return name;
	return c->lower.text;
}

static int elsewhere(const struct conf *c)
{
	fail(EXIT_USAGE, "the lower device of %s is in another network namespace", c->name);
	hint("Write Lower= into %s by hand", c->path);
	return EXIT_USAGE;
}

int conf_compose(const struct conf *c, const struct running *r, char **text, size_t *len)
{
	char name[IF_NAMESIZE];
	const char *lower = lower_of(c, r, name);
	FILE *f;
	size_t i;

	*text = NULL;
	if (!lower)
		return elsewhere(c);
	f = open_memstream(text, len);
	if (!f)
		return fail(EXIT_USAGE, "%s: %s", c->path, strerror(ENOMEM));
	if (c->head)
		fputs(c->head, f);
	write_device(f, c, r, lower);
	for (i = 0; i < r->keys.n; i++) {
		const struct obj *k = &r->keys.o[i];

		if (managed(c))
			continue;	/* its keys are not the file's to keep */
		if (obj_dead(k))
			warn("key %u is %s and is left out", k->pgk_id,
			     NAME(key_state_names, k->key_state));
		else
			write_key(f, c, k);
	}
	if (!fclose(f))
		return EXIT_OK;
	free(*text);
	*text = NULL;
	return fail(EXIT_USAGE, "%s: %s", c->path, strerror(ENOMEM));
}
