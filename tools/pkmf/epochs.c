// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "epochs.h"
#include "state.h"

#define KIND "prose-pkmf-epochs"
#define NEWEST 1

/* Also of groups that are gone: a group of that ID must not begin again below. */
struct highest {
	uint32_t group;
	uint64_t epoch;
};

struct list {
	struct highest *h;
	size_t n;
	int64_t audit;		/* the last line that was committed for sure */
};

static int raise_to(struct list *l, uint32_t group, uint64_t epoch)
{
	struct highest *more;
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (l->h[i].group != group)
			continue;
		if (epoch > l->h[i].epoch)
			l->h[i].epoch = epoch;
		return 0;
	}
	more = realloc(l->h, (l->n + 1) * sizeof(*more));
	if (!more)
		return -1;
	l->h = more;
	more[l->n++] = (struct highest){ group, epoch };
	return 0;
}

static int parse_line(void *ctx, char *line)
{
	struct list *l = ctx;
	uint32_t group;
	uint64_t epoch;
	char end;

	if (sscanf(line, "audit=%" SCNd64 "%c", &l->audit, &end) == 1)
		return 0;
	if (sscanf(line, "group=0x%6" SCNx32 " epoch=%" SCNu64 "%c", &group, &epoch, &end) != 2)
		return -1;
	return raise_to(l, group, epoch);
}

static int load(const struct db *db, struct list *l, struct why *w)
{
	struct why inner;
	size_t len = 0;
	char *text;
	int err;

	memset(l, 0, sizeof(*l));
	text = state_read(db->dirfd, EPOCHS_FILE, &len);
	if (!text)
		return errno == ENOENT ? 0 : why(w, EPOCHS_FILE ": %s", strerror(errno));
	err = state_lines(text, len, KIND, NEWEST, parse_line, l, &inner);
	free(text);
	return err ? why(w, "the file " EPOCHS_FILE " beside the database is damaged: %s",
			 inner.text) : 0;
}

static int from_database(struct db *db, struct list *l, struct why *w)
{
	struct rows r;
	int more;

	if (rows_begin(db, &r, w, "SELECT id, epoch FROM grp", ""))
		return -1;
	while ((more = rows_next(db, &r, w)) > 0)
		if (raise_to(l, row_int(&r, 0), row_int(&r, 1)))
			more = why(w, "%s", strerror(ENOMEM));
	rows_end(&r);
	if (more || db->changing)
		return more;
	return db_int(db, &l->audit, NULL, w, "SELECT max(n) FROM audit", "");
}

int epochs_write(struct db *db, struct why *w)
{
	char *text = NULL, sum[STATE_SUM_LEN];
	struct list l;
	size_t len, i;
	FILE *f;
	int err;

	if (load(db, &l, w) || from_database(db, &l, w)) {
		free(l.h);
		return -1;
	}
	f = open_memstream(&text, &len);
	if (!f) {
		free(l.h);
		return why(w, "%s", strerror(ENOMEM));
	}
	fprintf(f, KIND " %d\naudit=%" PRId64 "\n", NEWEST, l.audit);
	for (i = 0; i < l.n; i++)
		fprintf(f, "group=0x%06" PRIx32 " epoch=%" PRIu64 "\n", l.h[i].group, l.h[i].epoch);
	fflush(f);
	fputs(state_sum(sum, text, len), f);
	fclose(f);
	err = state_replace(db->dirfd, EPOCHS_FILE, "the file " EPOCHS_FILE, text, len, w);
	free(text);
	free(l.h);
	return err;
}

/* An epoch that is ahead by one is a commit that a power cut took away: nobody was given it. */
int epochs_check(struct db *db, struct why *w)
{
	struct list l;
	bool absent;
	int64_t is;
	size_t i;
	int err;

	/* An old database with no file beside it looks as good as a new one. */
	if (faccessat(db->dirfd, EPOCHS_FILE, F_OK, AT_SYMLINK_NOFOLLOW))
		return why(w, "the file " EPOCHS_FILE " beside the database is missing, so whether the database is an old copy cannot be told");
	err = load(db, &l, w);
	if (!err)
		err = db_int(db, &is, NULL, w, "SELECT max(n) FROM audit", "");
	if (!err && is < l.audit)
		err = why(w, "the database ends with change %lld, and there was a change %lld: it was put back from an older copy, and what was changed since, a removal perhaps, is not in it",
			  (long long)is, (long long)l.audit);
	for (i = 0; !err && i < l.n; i++) {
		err = db_int(db, &is, &absent, w, "SELECT epoch FROM grp WHERE id = ?", "i",
			     (int64_t)l.h[i].group);
		if (!err && !absent && (uint64_t)is + 1 < l.h[i].epoch)
			err = why(w, "group 0x%06x had epoch %u.%u, and the database has %u.%u: it was put back from an older copy, and what devices were given since is not in it",
				  l.h[i].group, epoch_generation(l.h[i].epoch),
				  epoch_number(l.h[i].epoch), epoch_generation(is),
				  epoch_number(is));
	}
	free(l.h);
	return err;
}

int epoch_next(struct db *db, uint32_t group, uint64_t *epoch, struct why *w)
{
	struct list l;
	int64_t is;
	bool absent;
	size_t i;

	if (load(db, &l, w) || db_int(db, &is, &absent, w, "SELECT epoch FROM grp WHERE id = ?", "i",
				      (int64_t)group)) {
		free(l.h);
		return -1;
	}
	*epoch = (uint64_t)db->generation << 32;
	if (!absent && (uint64_t)is > *epoch)
		*epoch = is;
	/*
	 * The file alone knows of a group that is gone. Of one that is there it can be
	 * ahead, by a commit that failed: counting from that would be more each time.
	 */
	for (i = 0; absent && i < l.n; i++)
		if (l.h[i].group == group && l.h[i].epoch > *epoch)
			*epoch = l.h[i].epoch;
	free(l.h);
	++*epoch;
	return 0;
}
