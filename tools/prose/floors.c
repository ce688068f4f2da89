// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "floors.h"
#include "ids.h"
#include "shellword.h"
#include "when.h"

#define KIND "prose-floors"
#define NEWEST 1

int floors_add(struct floors *l, const struct floor *f)
{
	struct floor *bigger = l->f;

	if (!(l->n & (l->n - 1))) {	/* 0, 1, 2, 4, ...: full */
		bigger = realloc(l->f, (l->n ? 2 * l->n : 1) * sizeof(*bigger));
		if (!bigger)
			return -1;
	}
	l->f = bigger;
	l->f[l->n++] = *f;
	return 0;
}

void floors_free(struct floors *l)
{
	free(l->f);
	l->f = NULL;
	l->n = 0;
}

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_sender(const void *x, const void *y)
{
	const struct floor *a = x, *b = y;
	int d = compare(a->group, b->group);

	if (!d)
		d = memcmp(a->fp, b->fp, sizeof(a->fp));
	return d ? d : compare(a->member, b->member);
}

/* Of one sender the highest first; of equal ones that which came first. */
static int by_height(const void *x, const void *y)
{
	const struct floor *a = x, *b = y;
	int d = by_sender(a, b);

	if (!d)
		d = compare(b->count, a->count);
	return d ? d : compare(a->raised, b->raised);
}

static int by_time(const void *x, const void *y)
{
	const struct floor *a = x, *b = y;
	int d = compare(b->raised, a->raised);

	return d ? d : by_sender(a, b);
}

size_t floors_settle(struct floors *l, size_t max)
{
	size_t i, n = 0, out;

	if (!l->n)
		return 0;
	qsort(l->f, l->n, sizeof(*l->f), by_height);
	for (i = 0; i < l->n; i++)
		if (!n || by_sender(&l->f[n - 1], &l->f[i]))
			l->f[n++] = l->f[i];
	out = n > max ? n - max : 0;
	if (out) {
		qsort(l->f, n, sizeof(*l->f), by_time);
		n = max;
		qsort(l->f, n, sizeof(*l->f), by_sender);
	}
	l->n = n;
	return out;
}

const struct floor *floors_find(const struct floors *l, const struct floor *f)
{
	return l->n ? bsearch(f, l->f, l->n, sizeof(*f), by_sender) : NULL;
}

bool floors_raises(const struct floors *in, const struct floors *l)
{
	const struct floor *f;
	size_t i;

	for (i = 0; i < in->n; i++) {
		f = floors_find(l, &in->f[i]);
		if (!f || f->count < in->f[i].count)
			return true;
	}
	return false;
}

/* "floor GROUP FINGERPRINT MEMBER PTK-ID SN RAISED" */
static int parse_line(void *ctx, char *line)
{
	struct floors *l = ctx;
	unsigned int ptk_id, sn;
	char group[16], fp[40], member[16], end;
	struct floor f = { 0 };
	struct why w;

	if (sscanf(line, "floor %15s %39s %15s %5u %5u %18" SCNd64 "%c", group, fp, member,
		   &ptk_id, &sn, &f.raised, &end) != 6)
		return -1;
	if (parse_id24("group", group, &f.group, &w) || parse_fingerprint(fp, f.fp) ||
	    parse_id24("member", member, &f.member, &w) || ptk_id > 65535 || sn > 65535)
		return -1;
	f.count = ptk_id << 16 | sn;
	return floors_add(l, &f);
}

int floors_parse(struct floors *l, const char *text, size_t len, struct why *w)
{
	if (state_lines(text, len, KIND, NEWEST, parse_line, l, w)) {
		floors_free(l);
		return -1;
	}
	floors_settle(l, SIZE_MAX);
	return 0;
}

char *floors_format(const struct floors *l, size_t *len)
{
	char hex[HEX_LEN(PROSE_FINGERPRINT_LEN)], sum[STATE_SUM_LEN];
	char *text = NULL;
	FILE *f = open_memstream(&text, len);
	size_t i;

	if (!f)
		return NULL;
	fprintf(f, KIND " %d\n", NEWEST);
	for (i = 0; i < l->n; i++) {
		const struct floor *o = &l->f[i];

		fprintf(f, "floor 0x%06x %s 0x%06x %u %u %" PRId64 "\n", o->group,
			to_hex(hex, o->fp, sizeof(o->fp)), o->member, o->count >> 16,
			o->count & 0xffff, o->raised);
	}
	if (fflush(f)) {
		fclose(f);
		free(text);
		return NULL;
	}
	fputs(state_sum(sum, text, *len), f);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}

int floors_open(struct floors_file *s, const char *state_dir, const char *path, bool lock,
		struct why *w)
{
	memset(s, 0, sizeof(*s));
	s->lockfd = -1;
	s->dirfd = -1;
	snprintf(s->dir, sizeof(s->dir), "%s", state_dir);
	strcpy(s->name, FLOORS_FILE);
	if (path && state_resolve(path, s->dir, s->name, w))
		return -EIO;
	if (!s->name[0]) {
		why(w, "%s: this cannot be the name of a file of floors", path);
		return -EIO;
	}
	s->dirfd = state_open(s->dir, w);
	if (s->dirfd < 0)
		return s->dirfd;
	if (!lock || path)
		return 0;
	s->lockfd = state_lock(s->dirfd, s->dir, FLOORS_FILE ".lock", w);
	if (s->lockfd >= 0)
		return 0;
	floors_close(s);
	return -EIO;
}

void floors_close(struct floors_file *s)
{
	if (s->lockfd >= 0)
		close(s->lockfd);
	if (s->dirfd >= 0)
		close(s->dirfd);
	s->lockfd = -1;
	s->dirfd = -1;
}

int floors_load(struct floors_file *s, struct floors *l, struct why *w)
{
	struct why inner;
	size_t len = 0;
	char *text;
	int err;

	memset(l, 0, sizeof(*l));
	text = state_read(s->dirfd, s->name, &len);
	if (!text && errno == ENOENT)
		return 0;
	if (!text)
		return why(w, "%s/%s: %s", s->dir, s->name, strerror(errno));
	err = floors_parse(l, text, len, &inner);
	free(text);
	s->damaged = err;
	return err ? why(w, "the floors in %s/%s cannot be used: %s", s->dir, s->name,
			 inner.text) : 0;
}

static int store(const struct floors_file *s, const struct floors *l, struct why *w)
{
	size_t len;
	char *text = floors_format(l, &len);
	int err;

	if (!text)
		return why(w, "the floors cannot be written: %s", strerror(ENOMEM));
	err = state_replace(s->dirfd, s->name, "the file of floors", text, len, w);
	free(text);
	return err;
}

int floors_merge(struct floors_file *s, const struct floors *now, bool *written,
		 struct why *w)
{
	struct floors all;
	size_t i, out;
	int err = 0;

	*written = false;
	if (floors_load(s, &all, w))
		return -1;
	if (!floors_raises(now, &all)) {
		floors_free(&all);
		return 0;
	}
	for (i = 0; i < now->n && !err; i++)
		err = floors_add(&all, &now->f[i]);
	if (err) {
		why(w, "%s", strerror(ENOMEM));
	} else {
		out = floors_settle(&all, FLOORS_MAX);
		err = store(s, &all, w);
		*written = !err;
	}
	floors_free(&all);
	return err ? -1 : (int)out;
}

int floors_forget(struct floors_file *s, const struct floor *f, struct why *w)
{
	const struct floor *at;
	struct floors all;
	int err = 0;
	size_t i;

	if (floors_load(s, &all, w))
		return -1;
	at = floors_find(&all, f);
	if (at) {
		i = at - all.f;
		memmove(&all.f[i], &all.f[i + 1], (all.n - i - 1) * sizeof(*all.f));
		all.n--;
		err = store(s, &all, w);
	}
	floors_free(&all);
	return err ? -1 : !!at;
}

void floors_hint(const struct floors_file *s)
{
	if (!s->damaged)
		return;
	hint("What was received before can no longer be told, so recordings of it would be taken for new.");
	hint("To go on without it: mv %s/%s %s/%s.bad", sh(s->dir), sh(s->name),
	     sh(s->dir), sh(s->name));
}
