// SPDX-License-Identifier: GPL-2.0
/* prose-pkmf request */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices.h"
#include "ids.h"
#include "json.h"
#include "pkmf.h"

/* The signer is the key that is in it, and that key is one that files can be made for. */
static int check(const struct request *q, const uint8_t signer[RECORD_HASH_LEN], struct why *w)
{
	uint8_t hash[RECORD_HASH_LEN];
	EVP_PKEY *cms = spki_decode(q->cms, q->cms_len, w), *tls;

	if (!cms)
		return -1;
	spki_hash(cms, hash);
	EVP_PKEY_free(cms);
	if (memcmp(hash, signer, sizeof(hash)))
		return why(w, "it is signed by another key than the one in it");
	tls = spki_decode(q->tls, q->tls_len, w);
	if (!tls)
		return -1;
	EVP_PKEY_free(tls);
	return 0;
}

static int insert(struct db *db, const struct request *q, const uint8_t hash[RECORD_HASH_LEN],
		  struct device *d, struct why *w)
{
	int64_t there;
	bool absent;

	if (db_int(db, &there, &absent, w, "SELECT id FROM device WHERE name = ?", "t", q->device))
		return -1;
	if (!absent)
		return why(w, "there is a device %s with another key; if this one takes its place, give it another name (prose wipe, then prose request FILE name NAME), and remove the old one from its groups",
			   q->device);
	if (db_run(db, w, "INSERT INTO device (name, hash, cms, tls, ledger, environment, ciphers, integrities, enrolled, heard) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		   "tbbbbiiiii", q->device, hash, (size_t)RECORD_HASH_LEN, q->cms, q->cms_len,
		   q->tls, q->tls_len, q->ledger, sizeof(q->ledger), (int64_t)q->environment,
		   (int64_t)q->ciphers, (int64_t)q->integrities, db->now, db->now))
		return -1;
	return device_by_hash(db, hash, d, w) == 1 ? 0 : -1;
}

/* A device that is known asks again: perhaps with another ledger, so as another member. */
static int refresh(struct db *db, const struct request *q, struct device *d, bool *anew,
		   struct why *w)
{
	*anew = memcmp(q->ledger, d->ledger, sizeof(q->ledger));
	if (strcmp(q->device, d->name))
		return why(w, "this key is enrolled as device %s", d->name);
	if (*anew) {
		memcpy(d->ledger, q->ledger, sizeof(d->ledger));
		d->restored = false;
	}
	return db_run(db, w, "UPDATE device SET ledger = ?, ciphers = ?, integrities = ?, heard = ?, restored = ? WHERE id = ?",
		      "biiiii", q->ledger, sizeof(q->ledger), (int64_t)q->ciphers,
		      (int64_t)q->integrities, db->now, (int64_t)d->restored, d->id);
}

static int take(struct db *db, const struct request *q, const uint8_t hash[RECORD_HASH_LEN],
		struct device *d, bool *anew, bool *back, struct why *w)
{
	int known = device_by_hash(db, hash, d, w);
	char what[128];

	*anew = false;
	if (known < 0 || (known ? refresh(db, q, d, anew, w) : insert(db, q, hash, d, w)) ||
	    device_next(db, d, q->next, q->n_next, back, w))
		return -1;
	if (*back && db_run(db, w, "UPDATE device SET restored = 1 WHERE id = ?", "i", d->id))
		return -1;
	snprintf(what, sizeof(what), "request add %s%s", d->name, *anew ? ", another ledger" : "");
	return db_commit(db, what, w);
}

static void say(const struct device *d, bool anew)
{
	char hex[HEX_LEN(RECORD_HASH_LEN)], ledger[HEX_LEN(RECORD_ID_LEN)];

	to_hex(hex, d->hash, sizeof(d->hash));
	to_hex(ledger, d->ledger, sizeof(d->ledger));
	if (opt.json) {
		json_object(NULL);
		json_string("device", d->name);
		json_string("key", hex);
		json_string("ledger", ledger);
		json_bool("another_ledger", anew);
		json_end();
		json_done();
		return;
	}
	printf("device %s, key %s, ledger %s\n", d->name, hex, ledger);
	if (anew)
		printf("It has another ledger than before: it was installed anew. With its next file it becomes\nanother member in each of its groups, as the old one's PTK IDs are not known to it.\n");
	printf("Compare its key with what prose request printed there; then: prose-pkmf approve GROUP %s\n",
	       d->name);
}

static int request_add(struct args *a)
{
	const char *file = arg_next(a);
	uint8_t hash[RECORD_HASH_LEN], *content;
	struct request *q = malloc(sizeof(*q));
	bool anew = false, back = false;
	struct device d;
	struct why w, inner;
	struct db db;
	size_t len;
	int code;

	if (!file)
		why(&w, "the name of the file is missing: prose-pkmf request add FILE");
	if (!file || args_end(a, &w) || !q) {
		free(q);
		return usage(&w);
	}
	content = file_content(file, &len, hash, &w);
	if (!content || request_decode(content, len, q, &inner) || check(q, hash, &inner)) {
		code = content ? fail(EXIT_REFUSED, "%s: %s", file, inner.text) : refused(&w);
		free(content);
		free(q);
		return code;
	}
	free(content);
	code = db_open(&db);
	if (!code && (db_begin(&db, &w) || take(&db, q, hash, &d, &anew, &back, &w))) {
		code = refused(&w);
	} else if (!code && back) {
		code = fail(EXIT_REFUSED, "device %s: its ledger says less was sent than it said before: its disk was put back from an old copy, and with the same keys it would use PTK IDs again",
			    d.name);
		hint("On the device: take the old ledger away (rm STATE_DIR/ledger), prose ledger init, prose request FILE");
	} else if (!code) {
		say(&d, anew);
	}
	db_close(&db);
	free(q);
	return code;
}

int cmd_request(struct args *a)
{
	static const struct command table[] = {
		{ "add", request_add, "request add FILE" },
	};

	return run_command("request", table, ARRAY_SIZE(table), a);
}
