// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "ids.h"
#include "keyfile.h"
#include "keylist.h"
#include "pdu.h"

enum word {
	ID, CIPHER, INTEGRITY, KDF,
};

static const char *const keywords[] = {
	[ID] = "id",
	[CIPHER] = "cipher",
	[INTEGRITY] = "integrity",
	[KDF] = "kdf",
};

static const char *first(const struct args *a)
{
	return a->argc ? a->argv[0] : "";
}

static int keyword_of(const char *s)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(keywords); i++)
		if (!strcmp(s, keywords[i]))
			return i;
	return -1;
}

static int parse_one(struct key *key, struct args *a, struct why *w)
{
	const char *values[ARRAY_SIZE(keywords)] = { NULL };
	uint8_t id;
	int i;

	key->file = arg_next(a);
	if (!key->file)
		return why(w, "\"key\" needs a file after it");
	/* A word more must follow each: the output file is behind the last. */
	while ((i = keyword_of(first(a))) >= 0) {
		arg_next(a);
		if (values[i])
			return why(w, "key %s: \"%s\" is there twice", key->file,
				   keywords[i]);
		values[i] = arg_next(a);
		if (!values[i])
			return why(w, "key %s: \"%s\" needs a value after it",
				   key->file, keywords[i]);
	}
	if (!values[CIPHER])
		return why(w, "key %s: tell its cipher, as it was attached: cipher eea2, for one; no frame names it",
			   key->file);
	if (suite_parse(&key->suite, values[CIPHER], values[INTEGRITY], values[KDF], w))
		return -1;
	key->index = ANY_INDEX;
	if (values[ID]) {
		if (parse_pgk_id(values[ID], &id, w))
			return -1;
		key->index = id % PROSE_PGK_INDEXES;
	}
	return 0;
}

int keylist_parse(struct keylist *list, struct args *a, struct why *w)
{
	while (!strcmp(first(a), "key")) {
		arg_next(a);
		if (list->n == KEYS_MAX)
			return why(w, "more than %d keys; decipher in several runs",
				   KEYS_MAX);
		if (parse_one(&list->keys[list->n], a, w))
			return -1;
		list->n++;
	}
	if (!list->n)
		return why(w, "no key is given: key FILE cipher C, for one");
	return 0;
}

/* The command only warns; a capture is often worked on where others are too. */
static int check_private(const char *file, struct why *w)
{
	struct stat st;

	if (!strcmp(file, "-"))
		return 0;
	if (stat(file, &st))
		return why(w, "key file %s: %s", file, strerror(errno));
	if (S_ISREG(st.st_mode) && (st.st_mode & 077))
		return why(w, "key file %s is open to others than its owner (mode %04o), so it is not read: chmod 600 %s",
			   file, (unsigned int)st.st_mode & 07777, file);
	return 0;
}

static int read_one(struct key *key, struct why *w)
{
	uint8_t *page;

	_Static_assert(sizeof(*key->secrets) <= SECRET_SIZE, "fits its page");
	if (check_private(key->file, w))
		return -1;
	page = secret_alloc();
	if (!page)
		return why(w, "no memory for the key: %s", strerror(errno));
	key->secrets = (struct secrets *)page;
	if (key_read(key->file, page, w))
		return -1;
	/* The digits, of which the octets were made */
	explicit_bzero(page + PGK_LEN, SECRET_SIZE - PGK_LEN);
	return 0;
}

int keylist_read(struct keylist *list, struct why *w)
{
	unsigned int i;

	for (i = 0; i < list->n; i++)
		if (read_one(&list->keys[i], w))
			return -1;
	return 0;
}

void keylist_wipe(struct keylist *list)
{
	unsigned int i;

	for (i = 0; i < list->n; i++) {
		secret_free((uint8_t *)list->keys[i].secrets);
		list->keys[i].secrets = NULL;
	}
}
