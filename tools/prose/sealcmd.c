// SPDX-License-Identifier: GPL-2.0
/* prose seal */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "json.h"
#include "me.h"
#include "prose.h"
#include "secret.h"
#include "state.h"

static const char *const kinds[] = {
	[SEAL_NONE] = "none", [SEAL_TPM] = "tpm", [SEAL_ROOT_FILE] = "file",
};

static int say_status(enum seal_status status, enum seal_kind kind, const struct why *w)
{
	if (opt.json) {
		json_object(NULL);
		json_string("kind", kinds[kind]);
		json_bool("opens", status == SEAL_OK);
		json_string("protects", seal_protects(kind));
		json_string("reason", status == SEAL_OK ? "" : w->text);
		json_end();
		json_done();
	} else if (status == SEAL_OK || status == SEAL_ABSENT) {
		printf("seal: %s\n", seal_protects(kind));
	}
	if (status == SEAL_OK || status == SEAL_ABSENT)
		return EXIT_OK;
	if (!opt.json) {
		fail(EXIT_LEDGER, "%s", w->text);
		seal_hint(status);
	}
	return EXIT_LEDGER;
}

static int open_state(struct why *w)
{
	int fd = state_open(opt.state_dir, w);

	if (fd < 0)
		fail(EXIT_LEDGER, "%s", w->text);
	return fd;
}

static int status(struct args *a)
{
	enum seal_status status;
	enum seal_kind kind = SEAL_NONE;
	struct why w;
	uint8_t *kek;
	int fd;

	if (args_end(a, &w))
		return usage(&w);
	secret_process();
	fd = open_state(&w);
	if (fd < 0)
		return EXIT_LEDGER;
	kek = secret_new(SEAL_KEY_LEN);
	if (!kek)
		why(&w, "no memory for keys: %s", strerror(errno));
	status = kek ? seal_open(fd, kek, &kind, &w) : SEAL_FAULT;
	secret_del(kek, SEAL_KEY_LEN);
	close(fd);
	return say_status(status, kind, &w);
}

static int renew(struct args *a)
{
	static const struct keyword words[] = { { "tpm", NULL }, { "file", NULL } };
	enum seal_kind want, kind = SEAL_NONE;
	enum seal_status status;
	const char *v[2];
	struct why w;
	int fd;

	if (args_keywords(a, words, 2, v, &w))
		return usage(&w);
	if (v[0] && v[1]) {
		why(&w, "tpm or file, not both");
		return usage(&w);
	}
	want = v[0] ? SEAL_TPM : v[1] ? SEAL_ROOT_FILE : SEAL_NONE;
	secret_process();
	fd = open_state(&w);
	if (fd < 0)
		return EXIT_LEDGER;
	status = seal_renew(fd, want, &kind, &w);
	close(fd);
	if (status == SEAL_ABSENT)
		return fail(EXIT_LEDGER, "%s", w.text);
	return say_status(status, kind, &w);
}

int cmd_seal(struct args *a)
{
	static const struct command table[] = {
		{ "status", status },
		{ "renew", renew },
	};

	return run_command("seal", table, ARRAY_SIZE(table), a);
}
