// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "apply.h"
#include "clock.h"
#include "fault.h"
#include "install.h"
#include "merge.h"
#include "secret.h"
#include "store.h"

/* What one call works with; all of it goes again at its end. */
struct work {
	const struct install *in;
	struct ledger l;
	struct ledger_group *line;	/* of the group and manager, or NULL */
	struct held held;
	struct snapshot *have;		/* what the store has, of which have_it tells */
	bool have_it;
	struct snapshot *merged;
};

static int refused(enum record_result why_not, enum record_result *result)
{
	*result = why_not;
	return -1;
}

static int begin(struct work *k, const struct install *in, struct why *w)
{
	memset(k, 0, sizeof(*k));
	k->in = in;
	if (ledger_open(in->state_dir, &k->l, w) != LEDGER_OK)
		return -1;
	k->have = secret_new(sizeof(*k->have));
	k->merged = secret_new(sizeof(*k->merged));
	return k->have && k->merged ? 0 : why(w, "no memory for keys: %s", strerror(errno));
}

/* Others wait for the ledger: attaching takes PTK IDs from it. */
static void give_ledger(struct work *k)
{
	ledger_close(&k->l);
	k->line = NULL;
}

static void end(struct work *k)
{
	ledger_close(&k->l);
	secret_del(k->have, sizeof(*k->have));
	secret_del(k->merged, sizeof(*k->merged));
}

/* The line that is held, or else that of this manager. */
static struct ledger_group *find_line(struct ledger *l, uint32_t group,
				      const uint8_t manager[LEDGER_ID_LEN])
{
	struct ledger_group *g = ledger_group_held(l, group);

	return g ? g : ledger_group(l, group, manager, false);
}

static int load(struct work *k, const struct snapshot *s, struct why *w)
{
	const struct ledger_group *g = find_line(&k->l, s->group, s->manager);

	k->line = (struct ledger_group *)g;
	if (!g)
		return 0;
	k->held.known = true;
	k->held.present = g->held;
	memcpy(k->held.manager, g->manager, sizeof(k->held.manager));
	k->held.member = g->member;
	k->held.epoch = g->epoch;
	memcpy(k->held.content, g->content, sizeof(k->held.content));
	if (!g->held)
		return 0;
	switch (store_read(k->in->dirfd, k->in->kek, g, k->have, w)) {
	case STORE_OK:
		k->have_it = true;
		return 0;
	case STORE_FAULT:
		return -1;
	case STORE_ABSENT:
	case STORE_DAMAGED:
		break;
	}
	/* It heals by a snapshot that has all keys; the epoch still counts. */
	k->held.present = false;
	return 0;
}

static int source_good(const struct install *in, uint32_t group, struct why *w)
{
	switch (in->source(in->ctx, group)) {
	case SOURCE_FILE:
		return why(w, "group 0x%06x has its keys from a configuration file on this device; write Keys = manager there and take its [Key] sections out",
			   group);
	case SOURCE_CARD:
		return why(w, "group 0x%06x has its keys from the card of this device; write Keys = manager into its configuration file",
			   group);
	case SOURCE_NONE:
	case SOURCE_MANAGER:
		break;
	}
	return 0;
}

/* With the ledger's line written it is done; before, it never was. */
static int commit(struct work *k, struct why *w)
{
	const struct snapshot *s = k->merged;
	struct ledger_group *g;
	uint64_t version;

	g = ledger_group(&k->l, s->group, s->manager, true);
	if (!g)
		return why(w, "%s", strerror(ENOMEM));
	version = ledger_newest_version(&k->l, s->group) + 1;
	if (store_write(k->in->dirfd, k->in->kek, s, version, w))
		return -1;
	if (fault("install-stored"))
		return why(w, "the store of group 0x%06x: %s", s->group, strerror(errno));
	g->member = s->member;
	g->epoch = s->epoch;
	snapshot_content(s, g->content);
	g->version = version;
	g->held = true;
	g->written = clock_real();
	if (s->made > k->l.manager_time)
		k->l.manager_time = s->made;
	if (ledger_write(&k->l, w))
		return -1;
	fault("install-committed");
	return 0;
}

static int attach(struct work *k, const struct snapshot *s, enum record_result *result,
		  struct why *w)
{
	*result = RESULT_STORED;
	if (!k->in->clock_good) {
		why(w, "group 0x%06x: the clock of this machine is not set, so nothing is sent until it is",
		    s->group);
		return 0;
	}
	w->text[0] = 0;
	if (!apply(s, k->in->ops, k->in->ctx, k->in->now, w) && !w->text[0])
		*result = RESULT_IN_USE;
	return 0;
}

int record_install(const struct install *in, const struct snapshot *s, bool dry_run,
		   enum record_result *result, struct why *w)
{
	struct work k;
	struct why ignored;
	int err;

	*result = RESULT_LOCAL_KEYS;
	if (source_good(in, s->group, w))
		return -1;
	if (begin(&k, in, w) || load(&k, s, w)) {
		err = refused(RESULT_FAULT, result);
		goto out;
	}
	switch (snapshot_merge(&k.held, k.have_it ? k.have : NULL, s, k.merged, result, w)) {
	case MERGE_REFUSED:
		err = -1;
		goto out;
	case MERGE_SAME:
		give_ledger(&k);
		err = dry_run ? 0 : attach(&k, k.have, result, w);
		goto out;
	case MERGE_NEW:
		break;
	}
	if (dry_run) {
		err = 0;
		w->text[0] = 0;
		goto out;
	}
	if (commit(&k, w)) {
		err = refused(RESULT_FAULT, result);
		goto out;
	}
	/* What is left over is found again by the next; it is sealed as it was. */
	store_clean(&k.l, &ignored);
	give_ledger(&k);
	err = attach(&k, k.merged, result, w);
out:
	end(&k);
	return err;
}

int record_attach(const struct install *in, uint32_t group, enum record_result *result,
		  struct why *w)
{
	const struct ledger_group *g;
	enum store_status status;
	struct work k;
	int err;

	if (begin(&k, in, w)) {
		err = refused(RESULT_FAULT, result);
		goto out;
	}
	g = ledger_group_held(&k.l, group);
	if (!g) {
		why(w, "no manager has given keys of group 0x%06x to this device", group);
		err = refused(RESULT_MISSING_KEY, result);
		goto out;
	}
	status = store_read(in->dirfd, in->kek, g, k.have, w);
	if (status != STORE_OK) {
		err = refused(RESULT_FAULT, result);
		goto out;
	}
	give_ledger(&k);
	err = attach(&k, k.have, result, w);
out:
	end(&k);
	return err;
}

int record_leave(const struct install *in, uint32_t group, struct why *w)
{
	struct ledger_group *g;
	struct why ignored;
	uint32_t member = 0;
	struct work k;
	int err;

	err = begin(&k, in, w);
	g = err ? NULL : ledger_group_held(&k.l, group);
	if (!g)
		goto out;
	member = g->member;
	g->held = false;
	g->written = clock_real();
	err = ledger_write(&k.l, w);
	if (!err)
		err = store_clean(&k.l, w);
	give_ledger(&k);
	/* Where there is no device, nothing is attached. */
	if (!in->ops->list(in->ctx, group, member, &(struct attached){ 0 }, 0, &(size_t){ 0 },
			   &ignored) &&
	    apply_nothing(group, member, in->ops, in->ctx, err ? &ignored : w))
		err = -1;
out:
	end(&k);
	return err;
}
