// SPDX-License-Identifier: GPL-2.0
/* prose-pkmf receipt */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices.h"
#include "groups.h"
#include "json.h"
#include "pkmf.h"

static const char *state_of(uint8_t result)
{
	return result == RESULT_IN_USE ? "in use" : result == RESULT_STORED ? "stored" : "refused";
}

static int take_group(struct db *db, const struct device *d, const struct receipt *r,
		      const struct receipt_group *g, struct why *w)
{
	int64_t epoch;
	bool absent;

	if (db_int(db, &epoch, &absent, w, "SELECT epoch FROM delivery WHERE device = ? AND grp = ? AND serial = ?",
		   "iii", d->id, (int64_t)g->group, (int64_t)r->serial))
		return -1;
	if (absent)
		return why(w, "file %llu for device %s carried nothing of group 0x%06x",
			   (unsigned long long)r->serial, d->name, g->group);
	return db_run(db, w, "UPDATE delivery SET state = ?, result = ?, answered = ? WHERE device = ? AND grp = ? AND serial = ?",
		      "tiiiii", state_of(g->result), (int64_t)g->result, db->now, d->id,
		      (int64_t)g->group, (int64_t)r->serial);
}

static int take(struct db *db, const struct receipt *r, const uint8_t hash[RECORD_HASH_LEN],
		struct device *d, bool *back, struct why *w)
{
	struct identity id;
	uint8_t mine[CMS_HASH_LEN];
	char what[128];
	size_t i;
	int known = device_by_hash(db, hash, d, w);

	if (known <= 0)
		return known ? -1 : why(w, "it is of a device that was never enrolled here");
	if (db_identity(db, &id, w))
		return -1;
	spki_hash(id.key, mine);
	identity_free(&id);
	if (memcmp(mine, r->manager, sizeof(r->manager)))
		return why(w, "it is for another manager");
	if (memcmp(r->ledger, d->ledger, sizeof(r->ledger)))
		return why(w, "device %s has another ledger than it had in its last request; it must ask again: prose request FILE",
			   d->name);
	if ((int64_t)r->serial > d->serial)
		return why(w, "device %s was never sent a file %" PRIu64 ": was this database put back from an older copy?",
			   d->name, r->serial);
	for (i = 0; i < r->n_groups; i++)
		if (take_group(db, d, r, &r->groups[i], w))
			return -1;
	if (device_next(db, d, r->next, r->n_next, back, w) ||
	    db_run(db, w, "UPDATE device SET heard = ?, clock_offset = ?, restored = restored OR ? WHERE id = ?",
		   "iiii", db->now, r->made - db->now, (int64_t)*back, d->id))
		return -1;
	snprintf(what, sizeof(what), "receipt add %s file %" PRIu64, d->name, r->serial);
	return db_commit(db, what, w);
}

static void say(const struct device *d, const struct receipt *r)
{
	size_t i;

	if (opt.json)
		json_array(NULL);
	for (i = 0; i < r->n_groups; i++) {
		const struct receipt_group *g = &r->groups[i];
		char id[12];

		snprintf(id, sizeof(id), "0x%06" PRIx32, g->group);
		if (!opt.json) {
			printf("device %s, file %" PRIu64 ": group %s, epoch %u.%u: %s%s%s\n",
			       d->name,
			       r->serial, id, epoch_generation(g->epoch), epoch_number(g->epoch),
			       state_of(g->result), g->result > RESULT_STORED ? ", " : "",
			       g->result > RESULT_STORED ? record_result_text(g->result) : "");
			continue;
		}
		json_object(NULL);
		json_string("device", d->name);
		json_uint("serial", r->serial);
		json_string("group", id);
		json_string("state", state_of(g->result));
		json_string("result", record_result_text(g->result));
		json_end();
	}
	if (opt.json) {
		json_end();
		json_done();
	}
}

static int receipt_add(struct args *a)
{
	const char *file = arg_next(a);
	uint8_t hash[RECORD_HASH_LEN], *content = NULL;
	struct receipt *r = malloc(sizeof(*r));
	struct why w, inner;
	struct device d;
	struct db db;
	bool back = false;
	size_t len;
	int code;

	if (!file)
		why(&w, "the name of the file is missing: prose-pkmf receipt add FILE");
	if (!file || args_end(a, &w) || !r) {
		free(r);
		return usage(&w);
	}
	content = file_content(file, &len, hash, &w);
	if (!content || receipt_decode(content, len, r, &inner))
		code = content ? fail(EXIT_REFUSED, "%s: %s", file, inner.text) : refused(&w);
	else
		code = db_open(&db);
	free(content);
	if (code) {
		free(r);
		return code;
	}
	if (db_begin(&db, &w) || take(&db, r, hash, &d, &back, &w)) {
		code = fail(EXIT_REFUSED, "%s: %s", file, w.text);
	} else {
		say(&d, r);
		if (back) {
			code = fail(EXIT_REFUSED, "device %s: its ledger says less was sent than it said before: its disk was put back from an old copy",
				    d.name);
			hint("No more files are made for it until it has a new ledger and asks again");
		}
	}
	db_close(&db);
	free(r);
	return code;
}

int cmd_receipt(struct args *a)
{
	static const struct command table[] = {
		{ "add", receipt_add, "receipt add FILE" },
	};

	return run_command("receipt", table, ARRAY_SIZE(table), a);
}
