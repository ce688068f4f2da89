// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "secret.h"
#include "state.h"
#include "store.h"

#define STORE_NAME_LEN 40
#define STORE_PREFIX "group-"

/* What the box is: so that no file can take the place of another. */
struct store_aad {
	char kind[16];
	uint8_t group[4];
	uint8_t version[8];
};

static char *store_name(char out[STORE_NAME_LEN], uint32_t group, uint64_t version)
{
	snprintf(out, STORE_NAME_LEN, STORE_PREFIX "%06x.%" PRIu64, group, version);
	return out;
}

static void store_aad(struct store_aad *a, uint32_t group, uint64_t version)
{
	size_t i;

	memset(a, 0, sizeof(*a));
	strcpy(a->kind, "prose group");
	for (i = 0; i < sizeof(a->group); i++)
		a->group[i] = group >> (8 * (sizeof(a->group) - 1 - i));
	for (i = 0; i < sizeof(a->version); i++)
		a->version[i] = version >> (8 * (sizeof(a->version) - 1 - i));
}

int store_write(int dirfd, const uint8_t kek[SEAL_KEY_LEN], const struct snapshot *s,
		uint64_t version, struct why *w)
{
	char name[STORE_NAME_LEN], what[64];
	uint8_t *plain = secret_new(SNAPSHOT_MAX);
	uint8_t box[SNAPSHOT_MAX + BOX_OVERHEAD];
	struct store_aad aad;
	int len, err;

	if (!plain)
		return why(w, "%s", strerror(errno));
	len = snapshot_encode(s, plain, SNAPSHOT_MAX, w);
	store_aad(&aad, s->group, version);
	err = len < 0 || box_seal(kek, &aad, sizeof(aad), plain, len, box, w);
	secret_del(plain, SNAPSHOT_MAX);
	if (err)
		return -1;
	snprintf(what, sizeof(what), "the store of group 0x%06x", s->group);
	return state_replace(dirfd, store_name(name, s->group, version), what, (char *)box,
			     len + BOX_OVERHEAD, w);
}

static enum store_status unbox(const uint8_t kek[SEAL_KEY_LEN], const struct ledger_group *g,
			       const char *box, size_t len, struct snapshot *s, struct why *w)
{
	enum store_status status = STORE_DAMAGED;
	struct store_aad aad;
	uint8_t *plain;
	struct why inner;

	if (len <= BOX_OVERHEAD || len > SNAPSHOT_MAX + BOX_OVERHEAD) {
		why(w, "the store of group 0x%06x is damaged: it has %zu octets", g->group, len);
		return STORE_DAMAGED;
	}
	plain = secret_new(SNAPSHOT_MAX);
	if (!plain) {
		why(w, "%s", strerror(errno));
		return STORE_FAULT;
	}
	store_aad(&aad, g->group, g->version);
	if (box_open(kek, &aad, sizeof(aad), (const uint8_t *)box, len, plain, &inner) ||
	    snapshot_decode(plain, len - BOX_OVERHEAD, s, &inner))
		why(w, "the store of group 0x%06x is damaged, or not the one that the ledger names: %s",
		    g->group, inner.text);
	else if (s->group != g->group || s->epoch != g->epoch)
		why(w, "the store of group 0x%06x is not the one that the ledger names", g->group);
	else
		status = STORE_OK;
	secret_del(plain, SNAPSHOT_MAX);
	return status;
}

enum store_status store_read(int dirfd, const uint8_t kek[SEAL_KEY_LEN],
			     const struct ledger_group *g, struct snapshot *s, struct why *w)
{
	char name[STORE_NAME_LEN], *box;
	enum store_status status;
	size_t len;

	box = state_read(dirfd, store_name(name, g->group, g->version), &len);
	if (!box) {
		status = errno == ENOENT ? STORE_ABSENT : STORE_FAULT;
		why(w, "%s: %s", name, strerror(errno));
		return status;
	}
	status = unbox(kek, g, box, len, s, w);
	free(box);
	return status;
}

static bool named(const struct ledger *l, const char *name)
{
	char good[STORE_NAME_LEN];
	size_t i;

	for (i = 0; i < l->n_groups; i++) {
		const struct ledger_group *g = &l->group[i];

		if (g->held && !strcmp(name, store_name(good, g->group, g->version)))
			return true;
	}
	return false;
}

int store_clean(const struct ledger *l, struct why *w)
{
	int fd = openat(l->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!dir) {
		why(w, "the state directory cannot be read: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while ((e = readdir(dir))) {
		if (strncmp(e->d_name, STORE_PREFIX, strlen(STORE_PREFIX)) ||
		    named(l, e->d_name))
			continue;
		if (state_remove(l->dirfd, e->d_name, e->d_name, w))
			err = -1;
	}
	closedir(dir);
	return err;
}

void store_hint(enum store_status status)
{
	switch (status) {
	case STORE_ABSENT:
	case STORE_DAMAGED:
		hint("What its manager gave is lost here, and nothing older is taken in its place. Have it");
		hint("sent once more: prose request FILE, to the manager; its next file brings all of it");
		break;
	case STORE_FAULT:
	case STORE_OK:
		break;
	}
}
