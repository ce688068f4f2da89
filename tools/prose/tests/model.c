// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "grant.h"
#include "model.h"
#include "power.h"

#define INDEX_BITS 0x1f

struct granting {
	struct model *m;
	const struct key_record *k;
};

static struct model_space *space_of(struct model *m, const uint8_t fp[RECORD_FP_LEN],
				    uint32_t member)
{
	struct model_space *s;
	size_t i;

	for (i = 0; i < m->n_spaces; i++)
		if (m->spaces[i].member == member &&
		    !memcmp(m->spaces[i].fingerprint, fp, RECORD_FP_LEN))
			return &m->spaces[i];
	s = &m->spaces[m->n_spaces++];
	memcpy(s->fingerprint, fp, RECORD_FP_LEN);
	s->member = member;
	s->highest = 0;
	return s;
}

static int key_get(void *ctx, struct ledger_use *use, uint32_t *next_free)
{
	struct granting *g = ctx;

	memset(use, 0, sizeof(*use));
	memcpy(use->fp, g->k->fingerprint, sizeof(use->fp));
	use->member = g->m->member;
	use->group = g->m->group;
	use->cipher = g->k->suite.cipher;
	use->salted = true;
	*next_free = 1;	/* as after a reboot: only the ledger knows */
	return 0;
}

static int grant(void *ctx, uint32_t first, uint32_t last)
{
	struct granting *g = ctx;
	struct model_space *s = space_of(g->m, g->k->fingerprint, g->m->member);

	if (first <= s->highest)
		g->m->broken++;
	if (g->m->n_grants < MODEL_SPACES)
		g->m->grants[g->m->n_grants++] = (struct model_grant){
			s - g->m->spaces, s->highest, power_done(),
		};
	if (last > s->highest)
		s->highest = last;
	return 0;
}

static const struct grant_ops grant_ops = { .key_get = key_get, .grant = grant };

static int list(void *ctx, uint32_t group, uint32_t member, struct attached *out, size_t max,
		size_t *n, struct why *w)
{
	struct model *m = ctx;

	*n = 0;
	if (m->no_device || group != m->group || member != m->member)
		return why(w, "there is no device of the group");
	for (; *n < m->n && *n < max; ++*n)
		out[*n] = m->keys[*n];
	return 0;
}

static int attach(void *ctx, const struct key_record *k, struct why *w)
{
	struct model *m = ctx;
	struct granting g = { m, k };
	struct grant range;
	struct attached *a;
	size_t i;

	if (m->fails)
		return why(w, "no memory");
	for (i = 0; i < m->n; i++)
		if (!((m->keys[i].pgk_id ^ k->pgk_id) & INDEX_BITS))
			return why(w, "key %u has the index of key %u",
				   k->pgk_id, m->keys[i].pgk_id);
	a = &m->keys[m->n++];
	memset(a, 0, sizeof(*a));
	a->pgk_id = k->pgk_id;
	memcpy(a->fingerprint, k->fingerprint, sizeof(a->fingerprint));
	a->suite = k->suite;
	a->from = k->from;
	a->until = k->until;
	if (grant_range(m->state_dir, &grant_ops, &g, RANGE_DEFAULT, &range, w) != GRANT_OK)
		return -1;
	a->ptk_left = range.last - range.first + 1;
	return 0;
}

static struct attached *find(struct model *m, uint8_t pgk_id)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->keys[i].pgk_id == pgk_id)
			return &m->keys[i];
	return NULL;
}

static int detach(void *ctx, uint32_t group, uint8_t pgk_id, struct why *w)
{
	struct model *m = ctx;
	struct attached *a = find(m, pgk_id);

	(void)group;
	if (!a)
		return why(w, "there is no key %u", pgk_id);
	*a = m->keys[--m->n];
	return 0;
}

static int change(void *ctx, uint32_t group, uint8_t pgk_id, int64_t from, int64_t until,
		  struct why *w)
{
	struct attached *a = find(ctx, pgk_id);

	(void)group;
	if (!a)
		return why(w, "there is no key %u", pgk_id);
	a->from = from;
	a->until = until;
	return 0;
}

const struct attach_ops model_ops = {
	.list = list, .attach = attach, .detach = detach, .change = change,
};

void model_reboot(struct model *m)
{
	m->n = 0;
	m->n_grants = 0;
}

void model_cut(struct model *m, unsigned int done)
{
	while (m->n_grants && m->grants[m->n_grants - 1].done > done) {
		m->n_grants--;
		m->spaces[m->grants[m->n_grants].space].highest = m->grants[m->n_grants].before;
	}
	model_reboot(m);
}

bool model_has(const struct model *m, uint8_t pgk_id)
{
	return find((struct model *)m, pgk_id);
}
