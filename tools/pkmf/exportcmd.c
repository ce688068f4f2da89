// SPDX-License-Identifier: GPL-2.0
/* prose-pkmf export: a file for each device, with all that it is to hold. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "members.h"
#include "pkmf.h"
#include "secret.h"
#include "shellword.h"
#include "state.h"
#include "when.h"

#define SUFFIX ".prose"
#define EXPIRES_DEFAULT (7 * 86400)

enum { W_TO, W_EXPIRES, W_N };

static const struct keyword words[W_N] = {
	[W_TO] = { "to", "a directory or, for one device, a file" },
	[W_EXPIRES] = { "expires", "how long the file is good, as 7d" },
};

struct export {
	struct db db;
	struct identity id;
	uint8_t manager[CMS_HASH_LEN];
	const char *to;
	int64_t expires;
	/* Locked memory: a bundle, and the snapshots and octets that go into it. */
	struct bundle *b;
	struct snapshot *s;
	uint8_t *octets;	/* SNAPSHOT_MAX for each group */
	uint8_t *content;	/* BUNDLE_MAX */
	size_t done;
};

/* Its ledger is not the one that its member ID was given to: another member, then. */
static int settle_member(struct export *x, const struct group *g, const struct device *d,
			 struct member_row *m, const uint8_t ledger[RECORD_ID_LEN],
			 struct why *w)
{
	uint32_t old = m->member;

	if (strcmp(m->state, "member") || !memcmp(ledger, d->ledger, RECORD_ID_LEN))
		return 0;
	if (member_give(&x->db, g, d, 0, m, w))
		return -1;
	warn("device %s has another ledger than when it became member 0x%06x of group %s; it is member 0x%06x from now on",
	     d->name, old, g->name, m->member);
	return 0;
}

static int add_group(struct export *x, const struct group *g, const struct device *d,
		     struct member_row *m, struct why *w)
{
	size_t i, n = x->b->n_snapshots;
	struct pgk_list keys;
	int len;

	if (n == RECORD_GROUPS_MAX)
		return why(w, "device %s is in more than %d groups", d->name, RECORD_GROUPS_MAX);
	if (snapshot_build(&x->db, g, m, x->manager, x->s, w))
		return -1;
	len = snapshot_encode(x->s, x->octets + n * SNAPSHOT_MAX, SNAPSHOT_MAX, w);
	if (len < 0)
		return -1;
	x->b->snapshots[n].octets = x->octets + n * SNAPSHOT_MAX;
	x->b->snapshots[n].len = len;
	x->b->n_snapshots++;
	if (db_run(&x->db, w, "INSERT INTO delivery (device, grp, serial, epoch, channel, state, at) VALUES (?, ?, ?, ?, 'file', 'sent', ?)",
		   "iiiii", d->id, (int64_t)g->id, (int64_t)x->b->serial, (int64_t)g->epoch,
		   x->db.now) || pgk_load(&x->db, g, &keys, w))
		return -1;
	for (i = 0; i < keys.n && x->s->n_live; i++)
		if (db_run(&x->db, w, "INSERT OR REPLACE INTO sent VALUES (?, ?, ?, ?, ?)", "iiibi",
			   keys.k[i].seq, d->id, (int64_t)m->member, d->ledger, sizeof(d->ledger),
			   x->db.now))
			return -1;
	return 0;
}

/* Every group that it was ever given something of, so that one that it left ends too. */
static int add_groups(struct export *x, const struct device *d, struct why *w)
{
	uint32_t ids[RECORD_GROUPS_MAX];
	uint8_t ledger[RECORD_ID_LEN];
	struct member_row m;
	struct group g;
	struct rows r;
	char word[12];
	size_t n = 0, i;
	int more;

	if (rows_begin(&x->db, &r, w, "SELECT grp FROM member WHERE device = ? AND member IS NOT NULL AND state IN ('member', 'removed') ORDER BY grp",
		       "i", d->id))
		return -1;
	while ((more = rows_next(&x->db, &r, w)) > 0 && n < RECORD_GROUPS_MAX)
		ids[n++] = row_int(&r, 0);
	rows_end(&r);
	if (more < 0)
		return -1;
	for (i = 0; i < n; i++) {
		snprintf(word, sizeof(word), "0x%06" PRIx32, ids[i]);
		if (group_find(&x->db, word, &g, w) ||
		    member_get(&x->db, &g, d, &m, ledger, w) <= 0 ||
		    settle_member(x, &g, d, &m, ledger, w) || add_group(x, &g, d, &m, w))
			return -1;
	}
	return 0;
}

static int fill(struct export *x, const struct device *d, struct why *w)
{
	struct bundle *b = x->b;

	memset(b, 0, sizeof(*b));
	memcpy(b->manager, x->manager, sizeof(b->manager));
	memcpy(b->recipient, d->hash, sizeof(b->recipient));
	strcpy(b->device, d->name);
	memcpy(b->ledger, d->ledger, sizeof(b->ledger));
	b->serial = d->serial + 1;
	b->made = x->db.now;
	b->expires = x->db.now + x->expires;
	if (db_run(&x->db, w, "UPDATE device SET serial = ? WHERE id = ?", "ii", (int64_t)b->serial,
		   d->id))
		return -1;
	return add_groups(x, d, w);
}

static int seal_file(struct export *x, const struct device *d, char **text, size_t *len,
		     struct why *w)
{
	EVP_PKEY *to = spki_decode(d->cms, d->cms_len, w);
	uint8_t *der = NULL;
	size_t n;
	int inner, err;

	if (!to)
		return -1;
	inner = bundle_encode(x->b, x->content, BUNDLE_MAX, w);
	err = inner < 0 || cms_make(x->content, inner, &x->id, to, &der, &n, w);
	EVP_PKEY_free(to);
	if (err)
		return -1;
	*text = cms_to_text(der, n, len);
	free(der);
	return *text ? 0 : why(w, "no memory");
}

/* A directory of "to", or the current one, and the device's name; or "to" itself. */
static int write_file(const struct export *x, const struct device *d, const char *text,
		      size_t len, char path[PATH_MAX], struct why *w)
{
	char dir[PATH_MAX], base[NAME_MAX + 1];
	struct stat st;
	int fd, err;

	if (x->to && !strcmp(x->to, "-")) {
		strcpy(path, "standard output");
		return fwrite(text, 1, len, stdout) == len ? 0 : why(w, "standard output cannot be written");
	}
	if (!x->to || (!stat(x->to, &st) && S_ISDIR(st.st_mode)))
		snprintf(path, PATH_MAX, "%s%s%s" SUFFIX, x->to ? x->to : "", x->to ? "/" : "",
			 d->name);
	else
		snprintf(path, PATH_MAX, "%s", x->to);
	if (state_resolve(path, dir, base, w))
		return -1;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return why(w, "%s: %s", dir, errno_text(errno));
	err = state_replace(fd, base, path, text, len, w);
	close(fd);
	return err;
}

static void say(const struct export *x, const struct device *d, const char *path)
{
	if (opt.json) {
		json_object(NULL);
		json_string("device", d->name);
		json_string("file", path);
		json_uint("serial", x->b->serial);
		json_uint("groups", x->b->n_snapshots);
		json_time("expires", x->b->expires);
		json_end();
		return;
	}
	if (x->to && !strcmp(x->to, "-"))
		return;
	printf("%s: for device %s, file %" PRIu64 ", %zu group%s\n", path, d->name, x->b->serial,
	       x->b->n_snapshots, x->b->n_snapshots == 1 ? "" : "s");
	if (!x->done)
		printf("There: prose join %s lower DEV, or prose import %s\n", sh(path), sh(path));
}

/* No file leaves before its rows are durable. */
static int export_one(struct export *x, const struct group *g, const char *name)
{
	char path[PATH_MAX], what[160], *text = NULL;
	uint8_t ledger[RECORD_ID_LEN];
	struct member_row m;
	struct device d;
	struct why w;
	size_t len;
	int code = EXIT_OK, is;

	if (device_find(&x->db, name, &d, &w))
		return refused(&w);
	is = member_get(&x->db, g, &d, &m, ledger, &w);
	if (is < 0)
		return refused(&w);
	if (!is || !m.member)
		return fail(EXIT_REFUSED, "device %s is no member of group %s; prose-pkmf approve %s %s",
			    d.name,
			    g->name, g->name, d.name);
	if (d.restored) {
		fail(EXIT_REFUSED, "device %s was put back from an old copy of its disk, and would use PTK IDs again",
		     d.name);
		hint("It needs a new ledger and then a new request: prose ledger init; prose request FILE");
		return EXIT_REFUSED;
	}
	snprintf(what, sizeof(what), "export %s file %" PRId64, d.name, d.serial + 1);
	if (db_begin(&x->db, &w) || fill(x, &d, &w) || seal_file(x, &d, &text, &len, &w) ||
	    db_commit(&x->db, what, &w)) {
		if (x->db.changing)
			sqlite3_exec(x->db.sql, "ROLLBACK", NULL, NULL, NULL);
		x->db.changing = false;
		code = refused(&w);
	} else if (write_file(x, &d, text, len, path, &w)) {
		code = refused(&w);
	} else {
		say(x, &d, path);
		x->done++;
	}
	free(text);
	return code;
}

static int export_all(struct export *x, const struct group *g)
{
	char (*names)[RECORD_NAME_MAX + 1] = NULL, (*more)[RECORD_NAME_MAX + 1];
	int code = EXIT_OK, one, step = 0;
	size_t n = 0, i;
	struct rows r;
	struct why w;

	if (rows_begin(&x->db, &r, &w, "SELECT device.name FROM member JOIN device ON device.id = member.device WHERE grp = ? AND state = 'member' ORDER BY device.name",
		       "i", (int64_t)g->id))
		return refused(&w);
	while ((step = rows_next(&x->db, &r, &w)) > 0) {
		more = realloc(names, (n + 1) * sizeof(*names));
		if (!more) {
			step = why(&w, "no memory");
			break;
		}
		names = more;
		snprintf(names[n++], sizeof(*names), "%s", row_text(&r, 0));
	}
	rows_end(&r);
	if (step < 0)
		code = refused(&w);
	else if (!n)
		code = fail(EXIT_REFUSED, "group %s has no members; prose-pkmf approve %s DEVICE",
			    g->name,
			    g->name);
	/* One that cannot have a file keeps nobody else from his. */
	for (i = 0; step >= 0 && i < n; i++) {
		one = export_one(x, g, names[i]);
		if (!code)
			code = one;
	}
	free(names);
	return code;
}

/* Can the files of all lie there? */
static bool each_its_own(const char *to)
{
	struct stat st;

	return !to || (!stat(to, &st) && S_ISDIR(st.st_mode));
}

static int run(struct export *x, const char *group, const char *member)
{
	struct group g;
	struct why w;
	int code;

	if (group_find(&x->db, group, &g, &w) || db_identity(&x->db, &x->id, &w))
		return refused(&w);
	spki_hash(x->id.key, x->manager);
	if (!strcmp(member, "all") && !each_its_own(x->to))
		return fail(EXIT_USAGE, "to %s: there is a file for each device, so a directory is needed",
			    x->to);
	if (opt.json)
		json_array(NULL);
	code = strcmp(member, "all") ? export_one(x, &g, member) : export_all(x, &g);
	if (opt.json) {
		json_end();
		json_done();
	}
	return code;
}

static int parse_expires(const char *s, int64_t *expires, struct why *w)
{
	char plus[64];

	*expires = EXPIRES_DEFAULT;
	if (!s)
		return 0;
	snprintf(plus, sizeof(plus), "%s%s", s[0] == '+' ? "" : "+", s);
	if (strlen(s) > 40 || parse_when("expires", plus, 0, expires, w) || *expires < 60)
		return why(w, "expires %s: a span of time is expected, as 7d or 12h, of a minute and more",
			   s);
	return 0;
}

int cmd_export(struct args *a)
{
	const char *group = arg_next(a), *member = arg_next(a), *v[W_N];
	struct export *x;
	struct why w;
	int code;

	if (!member)
		why(&w, "for whom? prose-pkmf export GROUP DEVICE|all");
	if (!member || args_keywords(a, words, W_N, v, &w))
		return usage(&w);
	x = calloc(1, sizeof(*x));
	if (!x)
		return fail(EXIT_REFUSED, "no memory");
	x->to = v[W_TO];
	code = parse_expires(v[W_EXPIRES], &x->expires, &w) ? usage(&w) : db_open(&x->db);
	if (code) {
		free(x);
		return code;
	}
	x->b = secret_new(sizeof(*x->b));
	x->s = secret_new(sizeof(*x->s));
	x->octets = secret_new((size_t)RECORD_GROUPS_MAX * SNAPSHOT_MAX);
	x->content = secret_new(BUNDLE_MAX);
	code = x->b && x->s && x->octets && x->content ? run(x, group, member) :
		fail(EXIT_REFUSED, "no memory for keys");
	identity_free(&x->id);
	secret_del(x->content, BUNDLE_MAX);
	secret_del(x->octets, (size_t)RECORD_GROUPS_MAX * SNAPSHOT_MAX);
	secret_del(x->s, sizeof(*x->s));
	secret_del(x->b, sizeof(*x->b));
	db_close(&x->db);
	free(x);
	return code;
}
