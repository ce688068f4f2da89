// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "clock.h"
#include "fault.h"
#include "grant.h"
#include "when.h"

/* May the ledger give this key anything? Binds a key of kdf direct. */
static enum grant_status allowed(struct ledger *l, const struct ledger_use *use,
				 const struct ledger_record *r, struct why *w)
{
	struct ledger_binding b = { .group = use->group, .cipher = use->cipher };

	switch (ledger_bound(l, use, w)) {
	case LEDGER_OTHER:
		return GRANT_BOUND;
	case LEDGER_FREE:
		if (!use->direct)
			break;
		memcpy(b.fp, use->fp, sizeof(b.fp));
		b.written = clock_real();
		if (ledger_bind(l, &b)) {
			why(w, "%s", strerror(ENOMEM));
			return GRANT_LEDGER;
		}
		break;
	case LEDGER_SAME:
		break;
	}
	if (!r->forked || use->salted)
		return GRANT_OK;
	why(w, "a fork of this virtual machine was recorded in the ledger: a copy of it may send with the same PTK IDs of this key and member");
	return GRANT_FORKED;
}

/* Refused for a fork that nobody has recorded, as no agent ran. */
static int note_fork(struct ledger *l, const struct ledger_use *use, struct why *w)
{
	char load[LOAD_ID_LEN];

	load_id(load);
	if (ledger_fork(l, use, load, false))
		return why(w, "%s", strerror(ENOMEM));
	return ledger_write(l, w);
}

enum grant_status grant_range(const char *dir, const struct grant_ops *ops,
			      void *ctx, uint32_t want, struct grant *g,
			      struct why *w)
{
	enum grant_status status = GRANT_LEDGER;
	uint32_t kernel_next, before;
	struct ledger_record *r;
	struct ledger_use use;
	struct ledger l;
	int attempt;

	memset(g, 0, sizeof(*g));
	g->ledger = ledger_open(dir, &l, w);
	if (g->ledger != LEDGER_OK)
		return GRANT_LEDGER;
	for (attempt = 0; attempt < 2; attempt++) {
		g->err = ops->key_get(ctx, &use, &kernel_next);
		if (g->err) {
			status = GRANT_KERNEL;
			break;
		}
		g->ledger = LEDGER_IO;
		r = ledger_record(&l, use.fp, use.member);
		if (!r) {
			why(w, "%s", strerror(ENOMEM));
			break;
		}
		status = allowed(&l, &use, r, w);
		if (status != GRANT_OK)
			break;
		status = GRANT_LEDGER;
		/* Another ledger, or none, was used since the module was loaded. */
		if (kernel_next > r->next)
			r->next = kernel_next > LEDGER_END ? LEDGER_END : kernel_next;
		r->written = clock_real();
		if (r->next >= LEDGER_END) {
			status = ledger_write(&l, w) ? GRANT_LEDGER : GRANT_EXHAUSTED;
			break;
		}
		before = r->first;
		g->first = r->next;
		g->last = want > LEDGER_END - g->first ? LEDGER_END - 1 : g->first + want - 1;
		r->next = g->last + 1;
		r->first = g->first;
		if (ledger_write(&l, w))
			break;
		g->err = ops->grant(ctx, g->first, g->last);
		if (!g->err) {
			fault("after-grant");
			status = GRANT_OK;
			break;
		}
		status = GRANT_KERNEL;
		if (g->err == -ECOMM)	/* no answer: it may have granted */
			break;
		/* Refused, so not one of them can have been sent with. */
		r->next = g->first;
		r->first = before;
		if (g->err == -ENOTUNIQ ? note_fork(&l, &use, w) : ledger_write(&l, w)) {
			status = GRANT_LEDGER;
			break;
		}
		if (g->err != -ESTALE)
			break;
	}
	ledger_close(&l);
	return status;
}

bool grant_hopeless(enum grant_status status, const struct grant *g)
{
	return status == GRANT_EXHAUSTED || status == GRANT_FORKED ||
	       status == GRANT_BOUND || (status == GRANT_KERNEL && g->err == -ENOTUNIQ);
}

int give_back(struct ledger *l, const uint8_t fp[LEDGER_FP_LEN],
	      uint32_t member, uint32_t ptk_last, uint32_t next_free,
	      bool late, struct why *w)
{
	struct ledger_record *r = ledger_record(l, fp, member);
	int n;

	if (!r)
		return why(w, "%s", strerror(ENOMEM));
	if (!next_free || next_free >= r->next || r->next != ptk_last + 1)
		return 0;
	/*
	 * What was granted since begins at or above what was free then. It may
	 * end where the range that was given up did.
	 */
	if (late && r->first >= next_free)
		return 0;
	n = r->next - next_free;
	r->next = next_free;
	r->written = clock_real();
	return ledger_write(l, w) ? -1 : n;
}
