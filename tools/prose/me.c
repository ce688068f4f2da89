// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "me.h"
#include "prose.h"
#include "secret.h"
#include "state.h"

#define IDENTITY_FILE "identity"
#define IDENTITY_ONE 8192	/* fits any that identity_encode() makes */
#define IDENTITY_MAX (2 * (IDENTITY_ONE + 2) + 1 + RECORD_NAME_MAX)
#define LOCK_FILE "managed.lock"

/* What the box is, and of which ledger. */
struct identity_aad {
	char kind[16];
	uint8_t ledger[LEDGER_ID_LEN];
};

static void identity_aad(struct identity_aad *a, const struct me *m)
{
	memset(a, 0, sizeof(*a));
	strcpy(a->kind, "prose identity");
	memcpy(a->ledger, m->ledger, sizeof(a->ledger));
}

static int put_key(const struct identity *id, uint8_t *out, size_t size, struct why *w)
{
	int len = identity_encode(id, out + 2, size - 2, w);

	if (len < 0)
		return -1;
	out[0] = len >> 8;
	out[1] = len;
	return len + 2;
}

static int get_key(const uint8_t **in, size_t *left, struct identity *id, struct why *w)
{
	size_t len = *left < 2 ? *left : (size_t)(*in)[0] << 8 | (*in)[1];

	if (*left < 2 || len > *left - 2)
		return why(w, "it is too short");
	if (identity_decode(*in + 2, len, id, w))
		return -1;
	*in += len + 2;
	*left -= len + 2;
	return 0;
}

/* CMS key, TLS key, each with its length before it; the name. */
static int save_keys(const struct me *m, struct why *w)
{
	uint8_t *plain = secret_new(IDENTITY_MAX), *box = malloc(IDENTITY_MAX + BOX_OVERHEAD);
	struct identity_aad aad;
	int a = -1, b = -1, err = -1;
	size_t len;

	identity_aad(&aad, m);
	if (!plain || !box)
		why(w, "%s", strerror(errno));
	else
		a = put_key(&m->cms, plain, IDENTITY_ONE + 2, w);
	if (a > 0)
		b = put_key(&m->tls, plain + a, IDENTITY_ONE + 2, w);
	if (b > 0) {
		len = a + b + strlen(m->name);
		memcpy(plain + a + b, m->name, strlen(m->name));
		err = box_seal(m->kek, &aad, sizeof(aad), plain, len, box, w);
		if (!err)
			err = state_replace(m->dirfd, IDENTITY_FILE, "this device's identity",
					    (char *)box, len + BOX_OVERHEAD, w);
	}
	secret_del(plain, IDENTITY_MAX);
	free(box);
	return err;
}

static int unpack(struct me *m, const uint8_t *in, size_t left, struct why *w)
{
	if (get_key(&in, &left, &m->cms, w) || get_key(&in, &left, &m->tls, w))
		return -1;
	if (!left || left > RECORD_NAME_MAX || memchr(in, 0, left))
		return why(w, "the name in it is none");
	memcpy(m->name, in, left);
	m->name[left] = 0;
	return 0;
}

/* 0, -ENOENT, or -1 with a reason. */
static int load_keys(struct me *m, struct why *w)
{
	struct identity_aad aad;
	struct why inner;
	uint8_t *plain;
	size_t len;
	char *box;
	int err;

	box = state_read(m->dirfd, IDENTITY_FILE, &len);
	if (!box)
		return errno == ENOENT ? -ENOENT : why(w, "%s: %s", IDENTITY_FILE, strerror(errno));
	identity_aad(&aad, m);
	plain = secret_new(IDENTITY_MAX);
	if (!plain)
		err = why(&inner, "%s", strerror(errno));
	else if (len <= BOX_OVERHEAD || len > IDENTITY_MAX + BOX_OVERHEAD)
		err = why(&inner, "it has %zu octets", len);
	else
		err = box_open(m->kek, &aad, sizeof(aad), (const uint8_t *)box, len, plain, &inner);
	if (!err)
		err = unpack(m, plain, len - BOX_OVERHEAD, &inner);
	secret_del(plain, IDENTITY_MAX);
	free(box);
	if (err)
		why(w, "this device's identity (%s/%s) is damaged, or of another ledger: %s",
		    opt.state_dir, IDENTITY_FILE, inner.text);
	return err;
}

static void host_name(char name[RECORD_NAME_MAX + 1])
{
	char host[256] = "";

	gethostname(host, sizeof(host) - 1);
	snprintf(name, RECORD_NAME_MAX + 1, "%.*s", RECORD_NAME_MAX, host[0] ? host : "device");
}

static int make_keys(struct me *m, const char *name, struct why *w)
{
	if (name)
		snprintf(m->name, sizeof(m->name), "%s", name);
	else
		host_name(m->name);
	if (identity_new(&m->cms, m->name, w) || identity_new(&m->tls, m->name, w))
		return -1;
	return save_keys(m, w);
}

/* A ledger without an identity is an old one: to be written once is to get it. */
static int take_ledger(struct me *m, bool make)
{
	static const uint8_t none[LEDGER_ID_LEN];
	enum ledger_status status;
	struct ledger l;
	struct why w;
	int code = EXIT_OK;

	status = make ? ledger_open(opt.state_dir, &l, &w) : ledger_peek(opt.state_dir, &l, &w);
	if (status != LEDGER_OK) {
		fail(EXIT_LEDGER, "%s", w.text);
		ledger_hint(status, opt.state_dir);
		return EXIT_LEDGER;
	}
	if (make && !memcmp(l.identity, none, sizeof(none)) && ledger_write(&l, &w))
		code = fail(EXIT_LEDGER, "%s", w.text);
	memcpy(m->ledger, l.identity, sizeof(m->ledger));
	ledger_close(&l);
	return code;
}

static int take_seal(struct me *m, bool make)
{
	enum seal_status status;
	struct why w;

	m->kek = secret_new(SEAL_KEY_LEN);
	if (!m->kek)
		return fail(EXIT_LEDGER, "no memory for keys: %s", strerror(errno));
	status = seal_open(m->dirfd, m->kek, &m->kind, &w);
	if (status == SEAL_ABSENT && make)
		status = seal_make(m->dirfd, SEAL_NONE, m->kek, &m->kind, &w);
	if (status == SEAL_OK)
		return EXIT_OK;
	fail(EXIT_LEDGER, "%s", w.text);
	seal_hint(status);
	return EXIT_LEDGER;
}

static int take_lock(struct me *m, bool make)
{
	struct why w;
	int code;

	memset(m, 0, sizeof(*m));
	m->dirfd = -1;
	m->lockfd = -1;
	secret_process();
	code = take_ledger(m, make);
	if (code)
		return code;
	m->dirfd = state_open(opt.state_dir, &w);
	if (m->dirfd < 0)
		return fail(EXIT_LEDGER, "%s", w.text);
	m->lockfd = state_lock(m->dirfd, opt.state_dir, LOCK_FILE, &w);
	return m->lockfd < 0 ? fail(EXIT_LATER, "%s", w.text) : EXIT_OK;
}

static int begin(struct me *m, bool make)
{
	int code = take_lock(m, make);

	return code ? code : take_seal(m, make);
}

int me_locked(struct me *m)
{
	int code = take_lock(m, false);

	if (code)
		me_close(m);
	return code;
}

int me_unseal(struct me *m)
{
	int code = begin(m, false);

	if (code)
		me_close(m);
	return code;
}

int me_open(struct me *m, bool make, const char *name)
{
	int code = begin(m, make), err;
	struct why w;

	if (code)
		goto out;
	err = load_keys(m, &w);
	if (err == -ENOENT && !make) {
		code = fail(EXIT_USAGE, "this device has no identity yet, so no file can be for it");
		hint("Ask a manager for a group first: prose request FILE");
	} else if (err == -ENOENT ? make_keys(m, name, &w) : err) {
		code = fail(EXIT_LEDGER, "%s", w.text);
		if (err == -1)
			hint("What it holds cannot be had back. Begin anew: prose wipe, then prose request FILE");
	} else if (!err && name && strcmp(name, m->name)) {
		code = fail(EXIT_USAGE, "this device is known to managers as %s; it gets another name only after: prose wipe",
			    m->name);
	}
out:
	if (code)
		me_close(m);
	return code;
}

void me_close(struct me *m)
{
	secret_del(m->kek, SEAL_KEY_LEN);
	identity_free(&m->cms);
	identity_free(&m->tls);
	if (m->lockfd >= 0)
		close(m->lockfd);
	if (m->dirfd >= 0)
		close(m->dirfd);
	memset(m, 0, sizeof(*m));
	m->dirfd = -1;
	m->lockfd = -1;
}

int me_wipe(struct me *m)
{
	static const char *const files[] = { SEAL_FILE, IDENTITY_FILE };
	struct why w;
	size_t i;
	int code = EXIT_OK;

	/* The seal first: without it the others are noise. */
	for (i = 0; i < ARRAY_SIZE(files); i++)
		if (!faccessat(m->dirfd, files[i], F_OK, AT_SYMLINK_NOFOLLOW) &&
		    state_remove(m->dirfd, files[i], files[i], &w))
			code = fail(EXIT_LEDGER, "%s", w.text);
	return code;
}
