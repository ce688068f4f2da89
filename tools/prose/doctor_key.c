// SPDX-License-Identifier: GPL-2.0
/* prose doctor: clock, keys, conflict, range and ledger, agent. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "prose.h"
#include "shellword.h"
#include "show.h"
#include "when.h"

static const struct obj *with_state(const struct doctor *d, uint8_t state)
{
	size_t i;

	for (i = 0; i < d->keys.n; i++)
		if (d->keys.o[i].key_state == state)
			return &d->keys.o[i];
	return NULL;
}

static enum ledger_status peek(struct ledger *l, struct why *w)
{
	enum ledger_status status = ledger_peek(opt.state_dir, l, w);

	if (status != LEDGER_OK)
		memset(l, 0, sizeof(*l));
	return status;
}

enum doctor_result check_clock_now(struct doctor *d, struct finding *f)
{
	char text[WHEN_LEN];
	struct ledger l;
	struct why w;
	bool good;

	if (peek(&l, &w) == LEDGER_OK) {
		good = !clock_check(d->now, build_time, l.written, &w);
		ledger_close(&l);
	} else {
		good = !clock_check(d->now, build_time, 0, &w);
	}
	if (!good && !opt.trust_clock) {
		mend(f, "date --set=\"YYYY-MM-DD hh:mm:ss\"");
		return found(f, DR_FAULT, DR_CLOCK, "clock", "the clock is wrong: %s", w.text);
	}
	return found(f, DR_OK, DR_WELL, "clock", "%s%s", when_absolute(text, d->now, false),
		     good ? "" : ", trusted");
}

/* The dead key that ended last: the one that was used until then. */
static const struct obj *last_dead(const struct doctor *d)
{
	const struct obj *last = NULL;
	size_t i;

	for (i = 0; i < d->keys.n; i++)
		if (!last || obj_end(&d->keys.o[i]) > obj_end(last))
			last = &d->keys.o[i];
	return last;
}

static enum doctor_result all_dead(struct doctor *d, struct finding *f)
{
	const struct obj *k = last_dead(d);
	char ago[WHEN_LEN], now[WHEN_LEN];

	mend_key_add(f, d, k->pgk_id, k, " until +8h");
	if (k->key_state == PROSE_KEY_STATE_REVOKED)
		return found(f, DR_FAULT, DR_NO_KEY, "key-revoked",
			     "key %u was revoked, and no other lives: give it a key that was not",
			     k->pgk_id);
	return found(f, DR_FAULT, DR_NO_KEY, "key-expired",
		     "key %u expired %s, and no other lives; is the clock right (%s)? Set it first if not, a dead key stays dead",
		     k->pgk_id, when_relative(ago, obj_end(k), d->now),
		     when_absolute(now, d->now, false));
}

enum doctor_result check_keys(struct doctor *d, struct finding *f)
{
	size_t i, alive = 0;

	if (!d->dev.protect)
		return found(f, DR_SKIPPED, DR_WELL, "keys", "protect off: in CLEAR, without keys");
	if (!d->keys.n) {
		mend_key_add(f, d, 1, NULL, " until +8h");
		return found(f, DR_FAULT, DR_NO_KEY, "no-key", "%s has no key", d->name);
	}
	for (i = 0; i < d->keys.n; i++)
		alive += !obj_dead(&d->keys.o[i]);
	if (!alive)
		return all_dead(d, f);
	return found(f, DR_OK, DR_WELL, "keys", "%zu of %zu can be received with", alive,
		     d->keys.n);
}

enum doctor_result check_conflict(struct doctor *d, struct finding *f)
{
	const struct obj *k = with_state(d, PROSE_KEY_STATE_CONFLICT);
	size_t i;

	if (!k && !HAS(&d->dev, PROSE_A_CONFLICT))
		return found(f, DR_OK, DR_WELL, "conflict", "our member ID 0x%06x is ours alone",
			     d->dev.member);
	for (i = 0; !k && i < d->keys.n; i++)
		if (!obj_dead(&d->keys.o[i]))
			k = &d->keys.o[i];
	mend(f, "prose member reset dev %s id %u member 0x%06x", sh(d->name), k ? k->pgk_id : 0,
	     d->dev.member);
	return found(f, DR_FAULT, DR_CONFLICT, "conflict",
		     "another device was heard with our member ID 0x%06x, so nothing is sent; give one of the two another ID, then say so",
		     d->dev.member);
}

/* None is sent with, and none would be if it had a range. */
static enum doctor_result none_sent(struct doctor *d, struct finding *f)
{
	const struct obj *k = with_state(d, PROSE_KEY_STATE_MARGIN);
	char when[WHEN_LEN], now[WHEN_LEN];

	if (k) {
		if (HAS(k, PROSE_A_KEY_EXPIRY) && k->key_expiry && k->key_expiry == obj_end(k))
			mend(f, "keyctl timeout %u 28800", k->serial);
		else
			mend(f, "prose key set dev %s id %u until +8h", sh(d->name), k->pgk_id);
		return found(f, DR_FAULT, DR_NOT_SENT, "margin",
			     "key %u ends %s, within the margin of %u s: it receives, and is no longer sent with",
			     k->pgk_id, when_relative(when, obj_end(k), d->now), d->dev.margin);
	}
	k = with_state(d, PROSE_KEY_STATE_PENDING);
	if (k) {
		mend(f, "prose key use dev %s id %u", sh(d->name), k->pgk_id);
		return found(f, DR_FAULT, DR_NOT_SENT, "pending",
			     "key %u is sent with only from %s on; is the clock right (%s)? It receives",
			     k->pgk_id, when_absolute(when, k->from, false),
			     when_absolute(now, d->now, false));
	}
	k = with_state(d, PROSE_KEY_STATE_STANDBY);
	if (k) {
		mend(f, "prose key use dev %s id %u", sh(d->name), k->pgk_id);
		return found(f, DR_FAULT, DR_NOT_SENT, "standby",
			     "there are only standby keys: they receive, and wait to be sent with");
	}
	return found(f, DR_NOTICE, DR_NOT_SENT, "not-sent", "no key is sent with");
}

static enum doctor_result ends_soon(struct doctor *d, const struct obj *k, struct finding *f)
{
	char when[WHEN_LEN];

	if (HAS(k, PROSE_A_KEY_EXPIRY) && k->key_expiry && k->key_expiry == obj_end(k))
		mend(f, "keyctl timeout %u 28800", k->serial);
	else
		mend(f, "prose key set dev %s id %u until +8h", sh(d->name), k->pgk_id);
	return found(f, DR_NOTICE, DR_NO_KEY, "key-ending",
		     "key %u ends %s, and no other lives longer: add its successor, or let it live",
		     k->pgk_id, when_relative(when, obj_end(k), d->now));
}

/* Is there a key that outlives this one? */
static bool outlived(const struct doctor *d, const struct obj *k)
{
	size_t i;

	for (i = 0; i < d->keys.n; i++) {
		const struct obj *o = &d->keys.o[i];

		if (o != k && !obj_dead(o) && (!obj_end(o) || obj_end(o) > obj_end(k)))
			return true;
	}
	return false;
}

enum doctor_result check_sending(struct doctor *d, struct finding *f)
{
	const struct obj *k = with_state(d, PROSE_KEY_STATE_ACTIVE);
	char suite[SUITE_LEN];

	if (!d->dev.protect)
		return found(f, DR_SKIPPED, DR_WELL, "sending", "in CLEAR");
	if (!d->dev.tx)
		return found(f, DR_SKIPPED, DR_WELL, "sending", "listen-only (tx off)");
	if (!k)
		k = with_state(d, PROSE_KEY_STATE_NO_RANGE);
	if (!k)
		return none_sent(d, f);
	if (obj_end(k) && obj_end(k) - d->now <= d->dev.notice && !outlived(d, k))
		return ends_soon(d, k, f);
	return found(f, DR_OK, DR_WELL, "sending", "with key %u, %s", k->pgk_id,
		     suite_name(suite, k));
}

static enum doctor_result bad_ledger(struct doctor *d, const struct obj *k,
				     enum ledger_status status, const struct why *w,
				     struct finding *f)
{
	static const char *const words[] = {
		[LEDGER_ABSENT] = "ledger-absent",
		[LEDGER_DAMAGED] = "ledger-damaged",
		[LEDGER_OTHER_MACHINE] = "ledger-other-machine",
		[LEDGER_NOT_DURABLE] = "ledger-not-durable",
		[LEDGER_IO] = "ledger-io",
	};
	static const char *const vouch[] = {
		[LEDGER_ABSENT] = "; if no member of this machine has ever sent with its keys",
		[LEDGER_DAMAGED] = "; give this machine's members new keys, then",
		[LEDGER_OTHER_MACHINE] = "; give it other member IDs or new keys, then",
		[LEDGER_NOT_DURABLE] = "; name one on a disk, or, if every boot gets new keys",
		[LEDGER_IO] = "; repair that, then",
	};

	if (status == LEDGER_DAMAGED || status == LEDGER_OTHER_MACHINE)
		mend(f, "mv %s/ledger %s/ledger.old", sh(opt.state_dir), sh(opt.state_dir));
	if (status == LEDGER_NOT_DURABLE)
		mend(f, "prose ledger init volatile");
	else if (status != LEDGER_IO)
		mend(f, "prose ledger init");
	mend(f, "prose key extend dev %s id %u", sh(d->name), k->pgk_id);
	return found(f, k->key_state == PROSE_KEY_STATE_NO_RANGE ? DR_FAULT : DR_NOTICE, DR_RANGE,
		     words[status], "%s%s", w->text, vouch[status]);
}

/* What the ledger says of this key; DR_OK if it has more to give. */
static enum doctor_result spent(struct doctor *d, const struct obj *k, const struct ledger *l,
				struct finding *f)
{
	struct ledger_use use;
	bool empty = k->key_state == PROSE_KEY_STATE_NO_RANGE;
	enum doctor_result r = empty ? DR_FAULT : DR_NOTICE;
	struct obj gcm = *k;
	uint32_t next = k->ptk_next_free;
	size_t i;

	ledger_use_of(k, &use);
	for (i = 0; i < l->n; i++) {
		const struct ledger_record *rec = &l->rec[i];

		if (rec->member != k->member || memcmp(rec->fp, k->fingerprint, LEDGER_FP_LEN))
			continue;
		if (rec->next > next)
			next = rec->next;
		if (rec->forked && !use.salted) {
			gcm.cipher = PROSE_CIPHER_AES256_GCM;
			mend(f, "prose key del dev %s id %u", sh(d->name), k->pgk_id);
			mend_key_add(f, d, k->pgk_id, &gcm, "");
			return found(f, r, DR_RANGE, "forked",
				     "this virtual machine was copied, so key %u is given no more PTK IDs; only an AEAD suite, another key or another member ID keeps the copies apart",
				     k->pgk_id);
		}
	}
	if (next < LEDGER_END || (!empty && k->ptk_left))
		return DR_OK;
	mend_key_add(f, d, (k->pgk_id + 1) % 256, k, "");
	return found(f, r, DR_RANGE, "exhausted",
		     "all 65535 PTK IDs of key %u and our member ID are used up: the group needs another key",
		     k->pgk_id);
}

enum doctor_result check_range(struct doctor *d, struct finding *f)
{
	const struct obj *k = with_state(d, PROSE_KEY_STATE_ACTIVE);
	enum ledger_status status;
	enum doctor_result r;
	struct ledger l;
	struct why w;

	if (!k)
		k = with_state(d, PROSE_KEY_STATE_NO_RANGE);
	if (!k || !d->dev.tx)
		return found(f, DR_SKIPPED, DR_WELL, "range", "none is needed");
	status = peek(&l, &w);
	if (status != LEDGER_OK)
		return bad_ledger(d, k, status, &w, f);
	r = spent(d, k, &l, f);
	ledger_close(&l);
	if (r != DR_OK)
		return r;
	if (k->key_state == PROSE_KEY_STATE_NO_RANGE) {
		mend(f, "prose key extend dev %s id %u", sh(d->name), k->pgk_id);
		return found(f, DR_FAULT, DR_RANGE, "no-range",
			     "key %u has no PTK ID to send with", k->pgk_id);
	}
	if (obj_wants_range(k) && !agent_runs()) {
		mend(f, "prose key extend dev %s id %u", sh(d->name), k->pgk_id);
		return found(f, DR_NOTICE, DR_RANGE, "range-low",
			     "key %u has %u PTK IDs left of %u, and no agent takes more", k->pgk_id,
			     k->ptk_left, k->ptk_granted);
	}
	return found(f, DR_OK, DR_WELL, "range", "%u PTK IDs are left", k->ptk_left);
}

enum doctor_result check_agent(struct doctor *d, struct finding *f)
{
	(void)d;
	if (agent_runs())
		return found(f, DR_OK, DR_WELL, "agent", "it runs");
	if (!opt.netns && !access("/run/systemd/system", F_OK))
		mend(f, "systemctl enable --now prose-agent");
	else
		mend(f, "prose agent");
	return found(f, DR_NOTICE, DR_AGENT, "agent",
		     "no agent runs in this network namespace: no range is extended, no floor saved");
}
