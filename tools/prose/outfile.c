// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "outfile.h"
#include "prose.h"
#include "state.h"

/* PEM is a third longer, and has its lines. */
#define TEXT_MAX (2 * CMS_FILE_MAX)

static int write_text(const char *name, const char *text, size_t len, struct why *w)
{
	char dir[PATH_MAX], base[NAME_MAX + 1];
	int fd, err;

	if (!strcmp(name, "-")) {
		if (fwrite(text, 1, len, stdout) != len || fflush(stdout))
			return why(w, "writing to standard output failed");
		return 0;
	}
	if (state_resolve(name, dir, base, w))
		return -1;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return why(w, "%s: %s", dir, errno_text(errno));
	err = state_replace(fd, base, name, text, len, w);
	if (!err && fchmodat(fd, base, 0644, 0))
		err = why(w, "%s: %s", name, errno_text(errno));
	close(fd);
	return err;
}

int outfile_signed(const struct me *m, const char *name, const uint8_t *content, size_t len)
{
	uint8_t *der = NULL;
	char *text = NULL;
	struct why w;
	size_t n;
	int err;

	err = cms_sign(content, len, &m->cms, &der, &n, &w);
	if (!err) {
		text = cms_to_text(der, n, &n);
		err = text ? write_text(name, text, n, &w) : why(&w, "%s", strerror(ENOMEM));
	}
	free(text);
	if (der)
		free(der);
	return err ? fail(EXIT_USAGE, "%s", w.text) : EXIT_OK;
}

static int order(const void *a, const void *b)
{
	const struct record_next *x = a, *y = b;
	int fp = memcmp(x->fingerprint, y->fingerprint, RECORD_FP_LEN);

	return fp ? fp : x->member < y->member ? -1 : x->member > y->member;
}

/* Those written last, if there are more than can be told. */
static int newest(const void *a, const void *b)
{
	const struct ledger_record *x = a, *y = b;

	return x->written > y->written ? -1 : x->written < y->written;
}

size_t outfile_next(const struct ledger *l, struct record_next next[RECORD_NEXT_MAX])
{
	size_t n = l->n < RECORD_NEXT_MAX ? l->n : RECORD_NEXT_MAX, i;

	if (!n)
		return 0;
	qsort(l->rec, l->n, sizeof(*l->rec), newest);
	for (i = 0; i < n; i++) {
		memcpy(next[i].fingerprint, l->rec[i].fp, RECORD_FP_LEN);
		next[i].member = l->rec[i].member;
		next[i].next = l->rec[i].next;
	}
	qsort(next, n, sizeof(*next), order);
	return n;
}

static uint8_t *read_all(int fd, const char *name, size_t *len, struct why *w)
{
	uint8_t *text = malloc(TEXT_MAX + 1);
	ssize_t n = 1;

	*len = 0;
	while (text && n && *len <= TEXT_MAX) {
		n = read(fd, text + *len, TEXT_MAX + 1 - *len);
		if (n < 0 && errno != EINTR)
			break;
		*len += n < 0 ? 0 : n;
		n = n < 0 ? 1 : n;
	}
	if (text && !n)
		return text;
	why(w, "%s: %s", name, !text ? strerror(ENOMEM) : n < 0 ? errno_text(errno) :
	    "the file is larger than any that a manager makes");
	free(text);
	return NULL;
}

uint8_t *infile_read(const char *name, size_t *len, struct why *w)
{
	bool std = !strcmp(name, "-");
	int fd = std ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	uint8_t *text, *der = NULL;
	struct why inner;
	struct stat st;
	size_t n;

	if (fd < 0) {
		why(w, "%s: %s", name, errno_text(errno));
		return NULL;
	}
	if (!fstat(fd, &st) && S_ISDIR(st.st_mode)) {
		why(w, "%s is a directory; name the file in it", name);
		close(fd);
		return NULL;
	}
	text = read_all(fd, std ? "standard input" : name, &n, w);
	if (!std)
		close(fd);
	if (text) {
		der = cms_from_text(text, n, len, &inner);
		if (!der)
			why(w, "%s: %s", name, inner.text);
	}
	free(text);
	return der;
}
