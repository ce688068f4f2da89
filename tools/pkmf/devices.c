// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "devices.h"

#define COLUMNS "id, name, hash, ledger, cms, ciphers, integrities, serial, heard, restored"
#define NEAR_MAX 256

static int take_row(struct rows *r, struct device *d, struct why *w)
{
	memset(d, 0, sizeof(*d));
	d->id = row_int(r, 0);
	snprintf(d->name, sizeof(d->name), "%s", row_text(r, 1));
	if (row_blob(r, 2, d->hash, sizeof(d->hash)) ||
	    row_blob(r, 3, d->ledger, sizeof(d->ledger)) ||
	    row_octets(r, 4, d->cms, sizeof(d->cms), &d->cms_len))
		return why(w, "device %s is damaged in the database", d->name);
	d->ciphers = row_int(r, 5);
	d->integrities = row_int(r, 6);
	d->serial = row_int(r, 7);
	d->heard = row_int(r, 8);
	d->restored = row_int(r, 9);
	return 0;
}

static int none(struct db *db, const char *name, struct why *w)
{
	static char text[NEAR_MAX][RECORD_NAME_MAX + 1];
	const char *names[NEAR_MAX], *near;
	struct rows r;
	size_t n = 0;

	if (rows_begin(db, &r, w, "SELECT name FROM device", ""))
		return -1;
	while (n < NEAR_MAX && rows_next(db, &r, w) > 0) {
		snprintf(text[n], sizeof(text[n]), "%s", row_text(&r, 0));
		names[n] = text[n];
		n++;
	}
	rows_end(&r);
	near = nearest_word(name, names, n);
	if (near)
		return why(w, "there is no device \"%s\"; did you mean %s?", name, near);
	return why(w, "there is no device \"%s\": its request comes first, prose-pkmf request add FILE",
		   name);
}

int device_find(struct db *db, const char *name, struct device *d, struct why *w)
{
	struct rows r;
	int more;

	if (rows_begin(db, &r, w, "SELECT " COLUMNS " FROM device WHERE name = ?", "t", name))
		return -1;
	more = rows_next(db, &r, w);
	if (more > 0)
		more = take_row(&r, d, w) ? -1 : 1;
	rows_end(&r);
	return more > 0 ? 0 : more < 0 ? -1 : none(db, name, w);
}

int device_by_hash(struct db *db, const uint8_t hash[RECORD_HASH_LEN], struct device *d,
		   struct why *w)
{
	struct rows r;
	int more;

	if (rows_begin(db, &r, w, "SELECT " COLUMNS " FROM device WHERE hash = ?", "b", hash,
		       (size_t)RECORD_HASH_LEN))
		return -1;
	more = rows_next(db, &r, w);
	if (more > 0)
		more = take_row(&r, d, w) ? -1 : 1;
	rows_end(&r);
	return more;
}

int device_next(struct db *db, const struct device *d, const struct record_next *next, size_t n,
		bool *back, struct why *w)
{
	int64_t before;
	bool absent;
	size_t i;

	*back = false;
	for (i = 0; i < n; i++) {
		const struct record_next *x = &next[i];

		if (db_int(db, &before, &absent, w,
			   "SELECT next FROM device_next WHERE device = ? AND ledger = ? AND fingerprint = ? AND member = ?",
			   "ibbi", d->id, d->ledger, sizeof(d->ledger), x->fingerprint,
			   sizeof(x->fingerprint), (int64_t)x->member))
			return -1;
		if (!absent && x->next < before)
			*back = true;
		if (!absent && x->next <= before)
			continue;
		if (db_run(db, w, "INSERT OR REPLACE INTO device_next VALUES (?, ?, ?, ?, ?)", "ibbii",
			   d->id, d->ledger, sizeof(d->ledger), x->fingerprint,
			   sizeof(x->fingerprint), (int64_t)x->member, (int64_t)x->next))
			return -1;
	}
	return 0;
}

static uint8_t *read_all(const char *name, size_t *len, struct why *w)
{
	bool std = !strcmp(name, "-");
	int fd = std ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	uint8_t *text = malloc(CMS_FILE_MAX + 1);
	ssize_t n = 1;

	*len = 0;
	while (fd >= 0 && text && n > 0 && *len <= CMS_FILE_MAX) {
		n = read(fd, text + *len, CMS_FILE_MAX + 1 - *len);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			*len += n;
	}
	if (fd < 0 || !text || n < 0 || *len > CMS_FILE_MAX) {
		why(w, "%s: %s", name, n > 0 && fd >= 0 && text ?
		    "the file is larger than any that a device makes" : errno_text(errno));
		free(text);
		text = NULL;
	}
	if (fd >= 0 && !std)
		close(fd);
	return text;
}

uint8_t *file_content(const char *name, size_t *len, uint8_t hash[RECORD_HASH_LEN],
		      struct why *w)
{
	uint8_t *text, *der = NULL, *content = NULL;
	size_t n;
	EVP_PKEY *key = NULL;
	struct why inner;

	text = read_all(name, &n, w);
	if (!text)
		return NULL;
	der = cms_from_text(text, n, &n, &inner);
	free(text);
	content = der ? malloc(REQUEST_MAX) : NULL;
	if (!content ||
	    cms_verify(der, n, content, REQUEST_MAX, len, &key, &inner) != CMS_TAKEN) {
		why(w, "%s: %s", name, inner.text);
		free(content);
		content = NULL;
	} else {
		spki_hash(key, hash);
	}
	EVP_PKEY_free(key);
	free(der);
	return content;
}
