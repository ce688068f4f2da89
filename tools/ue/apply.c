// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "apply.h"

static bool over(const struct key_record *k, int64_t now)
{
	return k->until && k->until <= now;
}

static const struct key_record *wanted(const struct snapshot *s, const struct attached *a,
				       int64_t now)
{
	size_t i;

	for (i = 0; i < s->n_keys; i++) {
		const struct key_record *k = &s->keys[i];

		if (k->pgk_id == a->pgk_id &&
		    !memcmp(k->fingerprint, a->fingerprint, RECORD_FP_LEN))
			return over(k, now) ? NULL : k;
	}
	return NULL;
}

/* A begin that is over is a begin, whatever it was. */
static bool same_times(const struct key_record *k, const struct attached *a, int64_t now)
{
	bool begun = k->from <= now && a->from <= now && !a->standby;

	return k->until == a->until && !a->standby && (begun || k->from == a->from);
}

static const struct attached *attached_as(const struct attached *is, size_t n,
					  const struct key_record *k)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (is[i].pgk_id == k->pgk_id &&
		    !memcmp(is[i].fingerprint, k->fingerprint, RECORD_FP_LEN))
			return &is[i];
	return NULL;
}

size_t apply_plan(const struct snapshot *s, const struct attached *is, size_t n, int64_t now,
		  struct apply_step steps[APPLY_STEPS])
{
	size_t i, out = 0;

	for (i = 0; i < n && i < RECORD_KEYS_MAX; i++)
		if (!wanted(s, &is[i], now))
			steps[out++] = (struct apply_step){ APPLY_DETACH, is[i].pgk_id, NULL };
	for (i = 0; i < s->n_keys; i++) {
		const struct key_record *k = &s->keys[i];
		const struct attached *a = attached_as(is, n, k);

		if (a && !over(k, now) && !same_times(k, a, now))
			steps[out++] = (struct apply_step){ APPLY_CHANGE, k->pgk_id, k };
	}
	for (i = 0; i < s->n_keys; i++) {
		const struct key_record *k = &s->keys[i];

		if (!over(k, now) && !attached_as(is, n, k))
			steps[out++] = (struct apply_step){ APPLY_ATTACH, k->pgk_id, k };
	}
	return out;
}

static int do_step(const struct apply_step *step, uint32_t group, const struct attach_ops *ops,
		   void *ctx, struct why *w)
{
	switch (step->what) {
	case APPLY_DETACH:
		return ops->detach(ctx, group, step->pgk_id, w);
	case APPLY_CHANGE:
		return ops->change(ctx, group, step->pgk_id, step->key->from, step->key->until, w);
	case APPLY_ATTACH:
		break;
	}
	return ops->attach(ctx, step->key, w);
}

int apply(const struct snapshot *s, const struct attach_ops *ops, void *ctx, int64_t now,
	  struct why *w)
{
	struct apply_step steps[APPLY_STEPS];
	struct attached is[RECORD_KEYS_MAX];
	struct why other, *reason = w;
	size_t n, i;
	int err = 0;

	if (ops->list(ctx, s->group, s->member, is, RECORD_KEYS_MAX, &n, w))
		return -1;
	n = apply_plan(s, is, n, now, steps);
	for (i = 0; i < n; i++) {
		if (!do_step(&steps[i], s->group, ops, ctx, reason))
			continue;
		err = -1;
		reason = &other;
	}
	return err;
}

int apply_nothing(uint32_t group, uint32_t member, const struct attach_ops *ops, void *ctx,
		  struct why *w)
{
	struct attached is[RECORD_KEYS_MAX];
	struct why other, *reason = w;
	size_t n, i;
	int err = 0;

	if (ops->list(ctx, group, member, is, RECORD_KEYS_MAX, &n, w))
		return -1;
	for (i = 0; i < n; i++) {
		if (!ops->detach(ctx, group, is[i].pgk_id, reason))
			continue;
		err = -1;
		reason = &other;
	}
	return err;
}
