// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit.h"
#include "clock.h"
#include "epochs.h"
#include "pkmf.h"
#include "schema.h"
#include "secret.h"
#include "shellword.h"
#include "state.h"
#include "wrap.h"

#define LOCK_FILE "lock"
#define IDENTITY_MAX 8192

/* SQLite makes its files for whoever may, if nothing keeps it from that. */
#define PRIVATE_UMASK 077

static const struct wrap_row own_key = { .table = "manager_key", .owner = 1 };

static int connect(struct db *db, bool create, struct why *w)
{
	char path[PATH_MAX];
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW;

	if (create)
		flags |= SQLITE_OPEN_CREATE;
	snprintf(path, sizeof(path), "%s/" DB_FILE, opt.state_dir);
	if (sqlite3_open_v2(path, &db->sql, flags, NULL) != SQLITE_OK)
		return why(w, "%s: %s", path, db->sql ? sqlite3_errmsg(db->sql) : strerror(ENOMEM));
	/* Nothing is answered before it is on the disk. */
	if (db_run(db, w, "PRAGMA synchronous = FULL", "") ||
	    db_run(db, w, "PRAGMA foreign_keys = ON", ""))
		return -1;
	if (sqlite3_exec(db->sql, "PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON;", NULL,
			 NULL, NULL) != SQLITE_OK)
		return why(w, "%s: %s", path, sqlite3_errmsg(db->sql));
	return 0;
}

static int read_wrapping(struct db *db, struct why *w)
{
	int fd = openat(db->dirfd, WRAPPING_KEY_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return why(w, WRAPPING_KEY_FILE ": %s", errno_text(errno));
	db->wrapping = secret_new(WRAPPING_KEY_LEN);
	n = db->wrapping ? read(fd, db->wrapping, WRAPPING_KEY_LEN) : -1;
	if (fstat(fd, &st) || n != WRAPPING_KEY_LEN || st.st_size != WRAPPING_KEY_LEN ||
	    (st.st_mode & 077)) {
		close(fd);
		return why(w, WRAPPING_KEY_FILE ": it must have %d octets and be for its owner only",
			   WRAPPING_KEY_LEN);
	}
	close(fd);
	return 0;
}

static int read_meta(struct db *db, struct why *w)
{
	int64_t version, generation;

	if (db_int(db, &version, NULL, w, "SELECT value FROM meta WHERE name = 'schema_version'",
		   "") ||
	    db_int(db, &generation, NULL, w, "SELECT value FROM meta WHERE name = 'generation'",
		   ""))
		return -1;
	if (version != SCHEMA_VERSION)
		return why(w, "the database has schema version %lld, and this program knows %d; take the program that made it, or a newer one",
			   (long long)version, SCHEMA_VERSION);
	db->generation = generation;
	return 0;
}

static void begin(struct db *db)
{
	memset(db, 0, sizeof(*db));
	db->dirfd = -1;
	db->lockfd = -1;
	db->now = clock_real();
	umask(PRIVATE_UMASK);
	secret_process();
}

static int take_lock(struct db *db, struct why *w)
{
	db->lockfd = state_lock(db->dirfd, opt.state_dir, LOCK_FILE, w);
	return db->lockfd < 0 ? -1 : 0;
}

int db_open(struct db *db)
{
	struct why w;

	begin(db);
	db->dirfd = state_open(opt.state_dir, &w);
	if (db->dirfd == -ENOENT || (db->dirfd >= 0 &&
				     faccessat(db->dirfd, DB_FILE, F_OK, AT_SYMLINK_NOFOLLOW))) {
		fail(EXIT_REFUSED, "there is no group manager in %s", opt.state_dir);
		hint("Make one: prose-pkmf init --offline; or name another: --state-dir DIR");
		db_close(db);
		return EXIT_REFUSED;
	}
	if (db->dirfd < 0 || take_lock(db, &w) || read_wrapping(db, &w) ||
	    connect(db, false, &w) || read_meta(db, &w)) {
		fail(EXIT_REFUSED, "%s", w.text);
		db_close(db);
		return EXIT_REFUSED;
	}
	if (epochs_check(db, &w)) {
		fail(EXIT_REFUSED, "%s", w.text);
		hint("Put the newest copy back. If there is none, devices refuse what this one would say: begin a");
		hint("new manager in another directory, and have the devices leave and join that one.");
		db_close(db);
		return EXIT_REFUSED;
	}
	return EXIT_OK;
}

void db_close(struct db *db)
{
	if (db->changing)
		sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(db->sql);
	secret_del(db->wrapping, WRAPPING_KEY_LEN);
	if (db->lockfd >= 0)
		close(db->lockfd);
	if (db->dirfd >= 0)
		close(db->dirfd);
	memset(db, 0, sizeof(*db));
	db->dirfd = -1;
	db->lockfd = -1;
}

int db_begin(struct db *db, struct why *w)
{
	if (db_run(db, w, "BEGIN IMMEDIATE", ""))
		return -1;
	db->changing = true;
	return 0;
}

int db_commit(struct db *db, const char *what, struct why *w)
{
	if (audit_append(db, what, w) || epochs_write(db, w) || db_run(db, w, "COMMIT", ""))
		return -1;
	db->changing = false;
	return epochs_write(db, w);
}

static int make_dir(struct why *w)
{
	if (mkdir(opt.state_dir, 0700) && errno != EEXIST)
		return why(w, "%s: %s", opt.state_dir, errno_text(errno));
	return 0;
}

static int make_wrapping(struct db *db, struct why *w)
{
	int err;

	db->wrapping = secret_new(WRAPPING_KEY_LEN);
	if (!db->wrapping ||
	    getrandom(db->wrapping, WRAPPING_KEY_LEN, 0) != WRAPPING_KEY_LEN)
		return why(w, "no random numbers: %s", strerror(errno));
	err = state_replace(db->dirfd, WRAPPING_KEY_FILE, "the wrapping key", (char *)db->wrapping,
			    WRAPPING_KEY_LEN, w);
	return err;
}

static int put_identity(struct db *db, const struct identity *id, struct why *w)
{
	uint8_t *plain = secret_new(IDENTITY_MAX), box[IDENTITY_MAX + BOX_OVERHEAD];
	int len, err = -1;

	if (!plain)
		return why(w, "%s", strerror(errno));
	len = identity_encode(id, plain, IDENTITY_MAX, w);
	if (len > 0 && !wrap(db, &own_key, plain, len, box, w))
		err = db_run(db, w, "INSERT INTO manager_key VALUES (1, ?)", "b", box,
			     (size_t)len + BOX_OVERHEAD);
	secret_del(plain, IDENTITY_MAX);
	return err;
}

int db_identity(struct db *db, struct identity *id, struct why *w)
{
	uint8_t *plain = secret_new(IDENTITY_MAX), box[IDENTITY_MAX + BOX_OVERHEAD];
	struct rows r;
	size_t len = 0;
	int err = -1;

	if (!plain || rows_begin(db, &r, w, "SELECT wrapped FROM manager_key", "")) {
		secret_del(plain, IDENTITY_MAX);
		return -1;
	}
	if (rows_next(db, &r, w) <= 0 || row_octets(&r, 0, box, sizeof(box), &len) ||
	    len < BOX_OVERHEAD)
		why(w, "the manager's own key is not in the database");
	else if (!unwrap(db, &own_key, box, len, plain, w))
		err = identity_decode(plain, len - BOX_OVERHEAD, id, w);
	rows_end(&r);
	secret_del(plain, IDENTITY_MAX);
	return err;
}

static int fill(struct db *db, const char *name, uint8_t hash[CMS_HASH_LEN], struct why *w)
{
	struct identity id;
	int err;

	if (identity_new(&id, name, w))
		return -1;
	spki_hash(id.key, hash);
	db->generation = 1;
	err = db_begin(db, w);
	if (!err && sqlite3_exec(db->sql, schema_sql, NULL, NULL, NULL) != SQLITE_OK)
		err = why(w, "the database: %s", sqlite3_errmsg(db->sql));
	err = err || db_run(db, w, "INSERT INTO meta VALUES ('schema_version', ?)", "i",
			    (int64_t)SCHEMA_VERSION) ||
	      db_run(db, w, "INSERT INTO meta VALUES ('generation', 1)", "") ||
	      db_run(db, w, "INSERT INTO meta VALUES ('mode', 'offline')", "") ||
	      db_run(db, w, "INSERT INTO meta VALUES ('name', ?)", "t", name) ||
	      put_identity(db, &id, w) || db_commit(db, "init", w);
	identity_free(&id);
	return err ? -1 : 0;
}

static bool is_there(const struct db *db, const char *name)
{
	return !faccessat(db->dirfd, name, F_OK, AT_SYMLINK_NOFOLLOW);
}

/* Half of it would be in the way of the next try. The lock is held. */
static void undo_init(struct db *db)
{
	static const char *const files[] = {
		DB_FILE, DB_FILE "-wal", DB_FILE "-shm", WRAPPING_KEY_FILE, EPOCHS_FILE,
	};
	struct why ignored;
	size_t i;

	sqlite3_close(db->sql);
	db->sql = NULL;
	db->changing = false;
	for (i = 0; i < ARRAY_SIZE(files); i++)
		state_remove(db->dirfd, files[i], files[i], &ignored);
}

static int init_here(struct db *db, const char *name, uint8_t hash[CMS_HASH_LEN])
{
	struct why w;

	if (is_there(db, DB_FILE)) {
		fail(EXIT_REFUSED, "there is a group manager in %s already", opt.state_dir);
		hint("prose-pkmf status tells what it has");
		return EXIT_REFUSED;
	}
	if (is_there(db, WRAPPING_KEY_FILE) || is_there(db, EPOCHS_FILE)) {
		fail(EXIT_REFUSED, "there is a rest of a group manager in %s, without its database",
		     opt.state_dir);
		hint("Put the database back, or take another directory: --state-dir DIR");
		return EXIT_REFUSED;
	}
	if (!make_wrapping(db, &w) && !connect(db, true, &w) && !fill(db, name, hash, &w))
		return EXIT_OK;
	undo_init(db);
	return fail(EXIT_REFUSED, "%s", w.text);
}

int db_init(const char *name, uint8_t hash[CMS_HASH_LEN])
{
	struct db db;
	struct why w;
	int code;

	begin(&db);
	code = make_dir(&w) ? EXIT_REFUSED : EXIT_OK;
	if (!code) {
		db.dirfd = state_open(opt.state_dir, &w);
		if (db.dirfd < 0 || take_lock(&db, &w))
			code = EXIT_REFUSED;
	}
	code = code ? fail(code, "%s", w.text) : init_here(&db, name, hash);
	db_close(&db);
	return code;
}
