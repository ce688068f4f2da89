// SPDX-License-Identifier: GPL-2.0
/* What a configuration file asks for, held against clock, files and devices. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "conf.h"
#include "key.h"
#include "keyfile.h"
#include "managed.h"
#include "prose.h"

static bool has_ended(const struct conf_key *k, int64_t now)
{
	return k->add.has_until && k->add.until <= now;
}

static int say_ended(const struct conf *c, const struct conf_key *k, int64_t now,
		     struct why *w)
{
	char ago[WHEN_LEN];

	why(w, "key %u has ended, %s: Until = %s; write a later time, or put a new key in its place (prose genkey)",
	    k->add.id, when_relative(ago, k->add.until, now), k->v[KA_UNTIL].text);
	return conf_at(c, k->v[KA_UNTIL].line, w);
}

/*
 * A boot must not fail for yesterday's key once the next one is in the file: keys
 * that have ended are left out, loudly, as long as one is left.
 */
static int leave_out_ended(struct conf *c, int64_t now, struct why *w)
{
	size_t i, live = 0;

	for (i = 0; i < c->n_keys; i++)
		live += !has_ended(&c->keys[i], now);
	for (i = 0; i < c->n_keys;) {
		if (!has_ended(&c->keys[i], now)) {
			i++;
			continue;
		}
		say_ended(c, &c->keys[i], now, w);
		if (!live)
			return -1;
		warn("%s", w->text);
		hint("It is left out; take it out of the file.");
		free(c->keys[i].path);
		c->n_keys--;
		memmove(&c->keys[i], &c->keys[i + 1], (c->n_keys - i) * sizeof(c->keys[0]));
	}
	return 0;
}

static int check_key_file(const struct conf *c, struct conf_key *k, struct why *w)
{
	unsigned int line = k->v[KA_FILE].line;
	uint8_t *page;
	int err;

	secret_process();
	page = secret_alloc();
	if (!page) {
		why(w, "no memory for the key: %s", strerror(errno));
		return conf_at(c, line, w);
	}
	err = key_read_private(k->path, page, w);
	if (!err)
		key_fingerprint(page, k->fingerprint);
	secret_free(page);
	return err ? conf_at(c, line, w) : 0;
}

int conf_check_values(const struct conf *c, struct why *w)
{
	const struct conf_key *k, *other;

	for (k = c->keys; k < c->keys + c->n_keys; k++) {
		for (other = c->keys; other < k; other++) {
			if (!k->path || !other->path ||
			    memcmp(k->fingerprint, other->fingerprint, sizeof(k->fingerprint)))
				continue;
			why(w, "key %u has the same value as key %u (File= in line %u): whoever has one of them has both; name the file of the new key, or make one: prose genkey",
			    k->add.id, other->add.id, other->v[KA_FILE].line);
			return conf_at(c, k->v[KA_FILE].line, w);
		}
	}
	return 0;
}

int conf_check(struct conf *c, int64_t now, struct why *w)
{
	size_t i;

	if (leave_out_ended(c, now, w))
		return -1;
	for (i = 0; i < c->n_keys; i++)
		if (c->keys[i].path && check_key_file(c, &c->keys[i], w))
			return -1;
	if (conf_check_values(c, w))
		return -1;
	/* What PreUp= makes is not there yet. */
	if (c->n_hooks[HOOK_PRE_UP] || if_nametoindex(c->lower.text))
		return 0;
	c->later = true;
	why(w, "there is no device \"%s\" in this network namespace; plug it in, or correct the name (ip link lists them)",
	    c->lower.text);
	return conf_at(c, c->lower.line, w);
}

int conf_ready(struct conf *c)
{
	int code = EXIT_OK;
	struct why w;
	size_t i;

	if (conf_check(c, clock_real(), &w))
		return conf_refused(c, &w);
	for (i = 0; !code && i < c->n_keys; i++)
		if (c->keys[i].add.has_from || c->keys[i].add.has_until)
			code = check_clock();
	for (i = 0; !code && i < c->n_keys; i++)
		key_warn_clear(&c->keys[i].add);
	if (!code && c->keys_from == SOURCE_MANAGER)
		code = check_clock();
	if (!code && c->keys_from == SOURCE_MANAGER)
		code = managed_fill(c);
	return code;
}
