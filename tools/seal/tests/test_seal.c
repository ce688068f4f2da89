// SPDX-License-Identifier: GPL-2.0
/* What is sealed opens here and nowhere else; the TPM is swtpm, one of its own for each. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "power.h"
#include "seal.h"
#include "tests.h"

static char dir[256], tcti[400];
static uint8_t kek[SEAL_KEY_LEN], again[SEAL_KEY_LEN];
static enum seal_kind kind;
static struct why w;
static int dirfd_;
static pid_t tpm;

static void tpm_stop(void)
{
	if (tpm) {
		kill(tpm, SIGTERM);
		waitpid(tpm, NULL, 0);
	}
	tpm = 0;
}

/* Its state is in a directory of that name; a name is a TPM. */
static void tpm_start(const char *name)
{
	char state[300], sock[320], ctrl[340], server[340];
	int i;

	tpm_stop();
	snprintf(state, sizeof(state), "dir=%s/%s", dir, name);
	mkdir(state + 4, 0700);
	snprintf(sock, sizeof(sock), "%s/%s.sock", dir, name);
	snprintf(server, sizeof(server), "type=unixio,path=%s", sock);
	snprintf(ctrl, sizeof(ctrl), "type=unixio,path=%s.ctrl", sock);
	unlink(sock);
	tpm = fork();
	if (!tpm) {
		/* It tells of each connection that ends. */
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		execlp("swtpm", "swtpm", "socket", "--tpm2", "--tpmstate",
		       state, "--server", server,
		       "--ctrl", ctrl, "--flags", "not-need-init,startup-clear", NULL);
		_exit(127);
	}
	for (i = 0; i < 500 && access(sock, F_OK); i++)
		usleep(10000);
	snprintf(tcti, sizeof(tcti), "swtpm:path=%s", sock);
	seal_tcti = tcti;
}

static void no_tpm(void)
{
	tpm_stop();
	seal_tcti = "device:/nonexistent/tpm";
}

static void take_away(void)
{
	unlinkat(dirfd_, SEAL_FILE, 0);
}

static enum seal_status open_it(void)
{
	memset(again, 0, sizeof(again));
	w.text[0] = 0;
	return seal_open(dirfd_, again, &kind, &w);
}

static void is_status(enum seal_status got, enum seal_status want, const char *what)
{
	if (!ok(got == want, "%s", what))
		printf("# expected %d, saw %d: %s\n", want, got, w.text);
}

static void boxes(void)
{
	static const uint8_t TEXT[] = "sixteen octets and some more";
	uint8_t key[SEAL_KEY_LEN] = { 1 }, box[sizeof(TEXT) + BOX_OVERHEAD], out[sizeof(TEXT)];
	size_t i;
	int taken = 0;

	is_int(box_seal(key, "what", 4, TEXT, sizeof(TEXT), box, &w), 0, "a box is sealed");
	ok(!box_open(key, "what", 4, box, sizeof(box), out, &w) && !memcmp(out, TEXT, sizeof(TEXT)),
	   "and opened");
	is_int(box_open(key, "else", 4, box, sizeof(box), out, &w), -1, "as something else it does not open");
	key[0]++;
	is_int(box_open(key, "what", 4, box, sizeof(box), out, &w), -1, "nor with another key");
	key[0]--;
	for (i = 0; i < sizeof(box); i++) {
		box[i] ^= 1;
		taken += !box_open(key, "what", 4, box, sizeof(box), out, &w);
		box[i] ^= 1;
	}
	is_int(taken, 0, "nor with any octet changed");
	is_int(box_open(key, "what", 4, box, BOX_OVERHEAD - 1, out, &w), -1, "nor too short");
}

static void by_file(void)
{
	struct stat st;

	no_tpm();
	is_status(open_it(), SEAL_ABSENT, "nothing is sealed yet");
	is_status(seal_make(dirfd_, SEAL_NONE, kek, &kind, &w), SEAL_OK, "without a TPM a key is sealed");
	is_int(kind, SEAL_ROOT_FILE, "in a file");
	ok(!fstatat(dirfd_, SEAL_FILE, &st, 0) && (st.st_mode & 07777) == 0600, "for its owner only");
	ok(open_it() == SEAL_OK && !memcmp(again, kek, sizeof(kek)), "and opens");
	is_status(seal_make(dirfd_, SEAL_NONE, again, &kind, &w), SEAL_FAULT, "it is not replaced");
	ok(strstr(w.text, "already"), "%s", w.text);
}

static void damaged(void)
{
	char good[8192], path[300];
	int fd, missed = 0;
	ssize_t len, i;

	snprintf(path, sizeof(path), "%s/" SEAL_FILE, dir);
	fd = open(path, O_RDWR);
	len = read(fd, good, sizeof(good));
	for (i = 0; i < len; i++) {
		char c = good[i] ^ 1;

		if (pwrite(fd, &c, 1, i) != 1 || open_it() != SEAL_DAMAGED)
			missed++;
		pwrite(fd, &good[i], 1, i);
	}
	is_int(missed, 0, "with any octet changed it is damaged");
	ok(open_it() == SEAL_OK, "as it was it opens");
	close(fd);
}

static void by_tpm(void)
{
	char path[300], text[8192] = "";
	FILE *f;

	take_away();
	tpm_start("one");
	is_status(seal_make(dirfd_, SEAL_NONE, kek, &kind, &w), SEAL_OK, "with a TPM a key is sealed");
	is_int(kind, SEAL_TPM, "by it");
	ok(open_it() == SEAL_OK && !memcmp(again, kek, sizeof(kek)), "and unsealed");
	snprintf(path, sizeof(path), "%s/" SEAL_FILE, dir);
	f = fopen(path, "r");
	ok(f && fread(text, 1, sizeof(text) - 1, f) > 500 && !strstr(text, "key="),
	   "the file has no key in it");
	if (f)
		fclose(f);
	tpm_start("one");
	ok(open_it() == SEAL_OK && !memcmp(again, kek, sizeof(kek)), "after a restart of the TPM too");
	tpm_start("two");
	is_status(open_it(), SEAL_OTHER_TPM, "another TPM does not unseal it");
	ok(strstr(w.text, "another TPM"), "%s", w.text);
	no_tpm();
	is_status(open_it(), SEAL_NO_TPM, "without one it is told that there is none");
	is_int(kind, SEAL_TPM, "and that there was");
}

static void renewed(void)
{
	uint8_t before[SEAL_KEY_LEN];

	tpm_start("one");
	memcpy(before, kek, sizeof(before));
	is_status(seal_renew(dirfd_, SEAL_ROOT_FILE, &kind, &w), SEAL_OK, "it is sealed anew, in a file");
	no_tpm();
	ok(open_it() == SEAL_OK && !memcmp(again, before, sizeof(before)), "the same key, without the TPM");
	tpm_start("two");
	is_status(seal_renew(dirfd_, SEAL_TPM, &kind, &w), SEAL_OK, "and by another TPM");
	ok(open_it() == SEAL_OK && kind == SEAL_TPM && !memcmp(again, before, sizeof(before)),
	   "the same key");
}

/* What is written is not what should have been: that must be seen before it counts. */
static void not_verified(void)
{
	take_away();
	no_tpm();
	setenv("PROSE_FAULT", "seal-written=error:5", 1);
	is_status(seal_make(dirfd_, SEAL_NONE, kek, &kind, &w), SEAL_FAULT,
		  "a seal that does not open as it was sealed is none");
	unsetenv("PROSE_FAULT");
	is_status(open_it(), SEAL_ABSENT, "and does not stay");
}

static unsigned int olds, news, wrong;
static uint8_t old_kek[SEAL_KEY_LEN];

static void after_cut(void *ctx, const char *cut, unsigned int done)
{
	int fd = open(cut, O_RDONLY | O_DIRECTORY);
	enum seal_status status = seal_open(fd, again, &kind, &w);

	(void)ctx;
	(void)done;
	if (status != SEAL_OK || memcmp(again, old_kek, sizeof(again)))
		wrong++;
	else if (kind == SEAL_ROOT_FILE)
		olds++;
	else
		news++;
	close(fd);
}

static void power_cuts(void)
{
	unsigned int n;

	take_away();
	no_tpm();
	seal_make(dirfd_, SEAL_NONE, old_kek, &kind, &w);
	tpm_start("one");
	power_record(dir);
	is_status(seal_renew(dirfd_, SEAL_TPM, &kind, &w), SEAL_OK, "a seal is renewed");
	n = power_each(after_cut, NULL);
	if (!ok(olds && news && !wrong,
		"a power cut leaves the old seal or the new one, of the same key"))
		printf("# of %u: old %u, new %u, neither %u\n", n, olds, news, wrong);
}

void test_seal(void)
{
	snprintf(dir, sizeof(dir), "%s", test_dir());
	dirfd_ = open(dir, O_RDONLY | O_DIRECTORY);
	boxes();
	by_file();
	damaged();
	by_tpm();
	renewed();
	not_verified();
	power_cuts();
	tpm_stop();
	close(dirfd_);
}
