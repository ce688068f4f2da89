// SPDX-License-Identifier: GPL-2.0
/* The file of the seal: text in the form of state_lines(), with the sealed key in it. */
#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "fault.h"
#include "ids.h"
#include "secret.h"
#include "state.h"
#include "tpm.h"

#define KIND "prose-seal"
#define NEWEST 1
/* Head, four lines of hexadecimal digits, sum. */
#define TEXT_MAX (256 + 2 * (TPM_NAME_MAX + 2 * TPM_BLOB_MAX))

struct seal_file {
	enum seal_kind kind;
	size_t key_len;
	uint8_t key[SEAL_KEY_LEN];	/* of the root-only file */
	struct tpm_sealed tpm;
};

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int from_hex(const char *s, uint8_t *out, size_t max, size_t *len)
{
	size_t n;

	for (n = 0; s[2 * n]; n++) {
		int high = hex_digit(s[2 * n]), low = high < 0 ? -1 : hex_digit(s[2 * n + 1]);

		if (low < 0 || n == max)
			return -1;
		out[n] = high << 4 | low;
	}
	*len = n;
	return n ? 0 : -1;
}

static int parse_line(void *ctx, char *line)
{
	struct seal_file *f = ctx;
	char *value = strchr(line, '=');

	if (!value)
		return -1;
	*value++ = 0;
	if (!strcmp(line, "kind")) {
		f->kind = !strcmp(value, "tpm") ? SEAL_TPM : !strcmp(value, "file") ?
			SEAL_ROOT_FILE : SEAL_NONE;
		return f->kind == SEAL_NONE ? -1 : 0;
	}
	if (!strcmp(line, "key"))
		return from_hex(value, f->key, sizeof(f->key), &f->key_len);
	if (!strcmp(line, "srk"))
		return from_hex(value, f->tpm.srk, sizeof(f->tpm.srk), &f->tpm.srk_len);
	if (!strcmp(line, "public"))
		return from_hex(value, f->tpm.public, sizeof(f->tpm.public), &f->tpm.public_len);
	if (!strcmp(line, "private"))
		return from_hex(value, f->tpm.private, sizeof(f->tpm.private),
				&f->tpm.private_len);
	return -1;
}

static bool whole(const struct seal_file *f)
{
	if (f->kind == SEAL_ROOT_FILE)
		return f->key_len == SEAL_KEY_LEN && !f->tpm.srk_len;
	return f->kind == SEAL_TPM && !f->key_len && f->tpm.srk_len && f->tpm.public_len &&
	       f->tpm.private_len;
}

static enum seal_status file_read(int dirfd, struct seal_file *f, struct why *w)
{
	struct why inner;
	size_t len = 0;
	char *text;
	int err;

	memset(f, 0, sizeof(*f));
	text = state_read(dirfd, SEAL_FILE, &len);
	if (!text && errno == ENOENT) {
		why(w, "nothing is sealed on this machine yet");
		return SEAL_ABSENT;
	}
	if (!text) {
		why(w, "the seal cannot be read: %s", errno_text(errno));
		return SEAL_FAULT;
	}
	err = state_lines(text, len, KIND, NEWEST, parse_line, f, &inner);
	explicit_bzero(text, len);
	free(text);
	if (!err && whole(f))
		return SEAL_OK;
	why(w, "the seal is damaged: %s", err ? inner.text : "something is missing");
	return SEAL_DAMAGED;
}

static int file_write(int dirfd, const struct seal_file *f, struct why *w)
{
	char *text = secret_new(TEXT_MAX), hex[HEX_LEN(TPM_BLOB_MAX)], sum[STATE_SUM_LEN];
	int n, err;

	if (!text)
		return why(w, "%s", strerror(errno));
	n = snprintf(text, TEXT_MAX, KIND " %d\nkind=%s\n", NEWEST,
		     f->kind == SEAL_TPM ? "tpm" : "file");
	if (f->kind == SEAL_TPM) {
		n += snprintf(text + n, TEXT_MAX - n, "srk=%s\n",
			      to_hex(hex, f->tpm.srk, f->tpm.srk_len));
		n += snprintf(text + n, TEXT_MAX - n, "public=%s\n",
			      to_hex(hex, f->tpm.public, f->tpm.public_len));
		n += snprintf(text + n, TEXT_MAX - n, "private=%s\n",
			      to_hex(hex, f->tpm.private, f->tpm.private_len));
	} else {
		n += snprintf(text + n, TEXT_MAX - n, "key=%s\n",
			      to_hex(hex, f->key, sizeof(f->key)));
	}
	/* A test has something else written than was meant. */
	if (fault("seal-written"))
		text[n - 2] = text[n - 2] == '0' ? '1' : '0';
	n += snprintf(text + n, TEXT_MAX - n, "%s", state_sum(sum, text, n));
	err = state_replace(dirfd, SEAL_FILE, "the seal", text, n, w);
	explicit_bzero(hex, sizeof(hex));
	secret_del(text, TEXT_MAX);
	return err;
}

static enum seal_status unseal(const struct seal_file *f, uint8_t kek[SEAL_KEY_LEN],
			       struct why *w)
{
	if (f->kind == SEAL_TPM)
		return tpm_unseal(&f->tpm, kek, w);
	memcpy(kek, f->key, SEAL_KEY_LEN);
	return SEAL_OK;
}

enum seal_status seal_open(int dirfd, uint8_t kek[SEAL_KEY_LEN], enum seal_kind *kind,
			   struct why *w)
{
	struct seal_file *f = secret_new(sizeof(*f));
	enum seal_status status;

	*kind = SEAL_NONE;
	if (!f) {
		why(w, "%s", strerror(errno));
		return SEAL_FAULT;
	}
	status = file_read(dirfd, f, w);
	if (status == SEAL_OK) {
		*kind = f->kind;
		status = unseal(f, kek, w);
	}
	secret_del(f, sizeof(*f));
	return status;
}

/* By what works now, or as wanted. */
static enum seal_status seal_it(enum seal_kind want, const uint8_t kek[SEAL_KEY_LEN],
				struct seal_file *f, struct why *w)
{
	enum seal_status status;

	memset(f, 0, sizeof(*f));
	if (want == SEAL_TPM || (want == SEAL_NONE && tpm_works(w))) {
		f->kind = SEAL_TPM;
		status = tpm_seal(kek, &f->tpm, w);
		return status;
	}
	f->kind = SEAL_ROOT_FILE;
	memcpy(f->key, kek, SEAL_KEY_LEN);
	f->key_len = SEAL_KEY_LEN;
	return SEAL_OK;
}

/* Nothing may depend on what cannot be had back: read it again, and compare. */
static enum seal_status verify(int dirfd, const uint8_t kek[SEAL_KEY_LEN], struct why *w)
{
	uint8_t *again = secret_new(SEAL_KEY_LEN);
	enum seal_status status = SEAL_FAULT;
	enum seal_kind kind;

	if (!again) {
		why(w, "%s", strerror(errno));
		return SEAL_FAULT;
	}
	status = seal_open(dirfd, again, &kind, w);
	if (status == SEAL_OK && CRYPTO_memcmp(kek, again, SEAL_KEY_LEN)) {
		why(w, "what was sealed is another after it was unsealed; nothing was made to depend on it");
		status = SEAL_FAULT;
	}
	secret_del(again, SEAL_KEY_LEN);
	return status;
}

enum seal_status seal_make(int dirfd, enum seal_kind want, uint8_t kek[SEAL_KEY_LEN],
			   enum seal_kind *kind, struct why *w)
{
	struct seal_file *f = secret_new(sizeof(*f));
	enum seal_status status = SEAL_FAULT;

	*kind = SEAL_NONE;
	if (!f || getrandom(kek, SEAL_KEY_LEN, 0) != SEAL_KEY_LEN) {
		why(w, "no memory or no random numbers: %s", strerror(errno));
		goto out;
	}
	status = file_read(dirfd, f, w);
	if (status != SEAL_ABSENT) {
		if (status == SEAL_OK)
			why(w, "there is a seal already");
		status = SEAL_FAULT;
		goto out;
	}
	status = seal_it(want, kek, f, w);
	if (status == SEAL_OK && file_write(dirfd, f, w))
		status = SEAL_FAULT;
	if (status != SEAL_OK)
		goto out;
	*kind = f->kind;
	status = verify(dirfd, kek, w);
	/* What does not unseal must not stand in the way of another try. */
	if (status != SEAL_OK) {
		struct why ignored;

		state_remove(dirfd, SEAL_FILE, "the seal", &ignored);
	}
out:
	if (status != SEAL_OK)
		explicit_bzero(kek, SEAL_KEY_LEN);
	secret_del(f, sizeof(*f));
	return status;
}

enum seal_status seal_renew(int dirfd, enum seal_kind want, enum seal_kind *kind, struct why *w)
{
	struct seal_file *f = secret_new(sizeof(*f)), *old = secret_new(sizeof(*old));
	uint8_t *kek = secret_new(SEAL_KEY_LEN);
	enum seal_status status = SEAL_FAULT;
	struct why ignored;

	if (!f || !old || !kek) {
		why(w, "%s", strerror(errno));
		goto out;
	}
	status = file_read(dirfd, old, w);
	if (status == SEAL_OK)
		status = unseal(old, kek, w);
	if (status == SEAL_OK)
		status = seal_it(want, kek, f, w);
	if (status == SEAL_OK && file_write(dirfd, f, w))
		status = SEAL_FAULT;
	if (status != SEAL_OK)
		goto out;
	*kind = f->kind;
	status = verify(dirfd, kek, w);
	if (status != SEAL_OK)
		file_write(dirfd, old, &ignored);
out:
	secret_del(kek, SEAL_KEY_LEN);
	secret_del(old, sizeof(*old));
	secret_del(f, sizeof(*f));
	return status;
}

static const char seal_file_protects[] = {
	"in a file that only root can read: this protects against other users, and against nobody who has the disk"
};

const char *seal_protects(enum seal_kind kind)
{
	switch (kind) {
	case SEAL_TPM:
		return "sealed by this machine's TPM: the disk without the machine is of no use";
	case SEAL_ROOT_FILE:
		return seal_file_protects;
	case SEAL_NONE:
		break;
	}
	return "nothing is sealed";
}

void seal_hint(enum seal_status status)
{
	switch (status) {
	case SEAL_NO_TPM:
	case SEAL_OTHER_TPM:
	case SEAL_DAMAGED:
		hint("If that is for good, the keys of this machine are lost, and with a new ledger it gets a new");
		hint("member ID: prose wipe; then take the old ledger away, and join again: prose request FILE");
		break;
	case SEAL_ABSENT:
		hint("It is made with the first request: prose request FILE");
		break;
	case SEAL_FAULT:
	case SEAL_OK:
		break;
	}
}
