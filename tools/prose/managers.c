// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "ids.h"
#include "ledger_words.h"
#include "managers.h"
#include "state.h"

#define MANAGERS_FILE "managers"
#define KIND "prose-managers"
#define NEWEST 1

static int append(struct managers *all, const struct manager *m)
{
	struct manager *more = realloc(all->m, (all->n + 1) * sizeof(*more));

	if (!more)
		return -1;
	all->m = more;
	more[all->n++] = *m;
	return 0;
}

/* "manager key=... added=..." */
static int parse_line(void *ctx, char *line)
{
	struct managers *all = ctx;
	struct manager m = { .added = -1 };
	char *save, *name, *value;
	bool key = false;
	int more;

	if (strncmp(line, "manager ", strlen("manager ")))
		return -1;
	strtok_r(line, " ", &save);
	while ((more = ledger_word(&save, &name, &value)) > 0) {
		if (!strcmp(name, "key") && !ledger_hex(value, m.key, sizeof(m.key)))
			key = true;
		else if (strcmp(name, "added") || ledger_number(value, INT64_MAX, &m.added))
			return -1;
	}
	if (more || !key || m.added < 0 || managers_have(all, m.key))
		return -1;
	return append(all, &m);
}

int managers_load(int dirfd, struct managers *all, struct why *w)
{
	struct why inner;
	size_t len = 0;
	char *text;
	int err;

	memset(all, 0, sizeof(*all));
	text = state_read(dirfd, MANAGERS_FILE, &len);
	if (!text)
		return errno == ENOENT ? 0 : why(w, "the list of managers: %s", errno_text(errno));
	err = state_lines(text, len, KIND, NEWEST, parse_line, all, &inner);
	free(text);
	if (!err)
		return 0;
	managers_free(all);
	return why(w, "the list of managers is damaged: %s; take the file " MANAGERS_FILE " away, and name the manager once more",
		   inner.text);
}

bool managers_have(const struct managers *all, const uint8_t key[CMS_HASH_LEN])
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (!memcmp(all->m[i].key, key, CMS_HASH_LEN))
			return true;
	return false;
}

const struct manager *managers_by_id(const struct managers *all, const uint8_t id[RECORD_ID_LEN])
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (!memcmp(all->m[i].key, id, RECORD_ID_LEN))
			return &all->m[i];
	return NULL;
}

static int save(int dirfd, const struct managers *all, struct why *w)
{
	char hex[HEX_LEN(CMS_HASH_LEN)], sum[STATE_SUM_LEN], *text = NULL;
	size_t len, i;
	FILE *f = open_memstream(&text, &len);
	int err;

	if (!f)
		return why(w, "%s", strerror(ENOMEM));
	fprintf(f, KIND " %d\n", NEWEST);
	for (i = 0; i < all->n; i++)
		fprintf(f, "manager key=%s added=%" PRId64 "\n",
			to_hex(hex, all->m[i].key, CMS_HASH_LEN), all->m[i].added);
	fflush(f);
	fputs(state_sum(sum, text, len), f);
	if (fclose(f)) {
		free(text);
		return why(w, "%s", strerror(ENOMEM));
	}
	err = state_replace(dirfd, MANAGERS_FILE, "the list of managers", text, len, w);
	free(text);
	return err;
}

int managers_add(int dirfd, struct managers *all, const uint8_t key[CMS_HASH_LEN],
		 struct why *w)
{
	struct manager m = { .added = clock_real() };

	if (managers_have(all, key))
		return 0;
	memcpy(m.key, key, CMS_HASH_LEN);
	if (append(all, &m))
		return why(w, "%s", strerror(ENOMEM));
	return save(dirfd, all, w);
}

void managers_free(struct managers *all)
{
	free(all->m);
	all->m = NULL;
	all->n = 0;
}
