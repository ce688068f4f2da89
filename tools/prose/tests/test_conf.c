// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "batch.h"
#include "conf.h"
#include "hook.h"
#include "samevalue.h"
#include "secret.h"
#include "signals.h"
#include "tests.h"
#include "undo.h"

#define DEVICE "[Device]\nLower = wlan0\nGroup = 0x445566\n"
#define KEY "[Key]\nId = 1\nCipher = aes256-gcm\nFile = fire.key\n"

/* Parse it as fire.conf: err, and what the reason must have in it. */
static void refused(const char *text, const char *says)
{
	char *copy = strdup(text);
	struct conf c;
	struct why w;
	int err;

	conf_locate(&c, "/x/fire.conf", &w);
	err = conf_parse(&c, copy, &w);
	ok(err == -1 && strstr(w.text, says), "refused: %s", says);
	if (!err || !strstr(w.text, says))
		printf("# of %s# saw %s\n", text, err ? w.text : "no refusal");
	conf_free(&c);
	free(copy);
}

static void whole(void)
{
	char text[] = "# brigade\n\n [device] # the radio\nLOWER=wlan0\ngroup = 44:55:66\n"
		      "Member = auto\r\nMTU = 1400\nAddress = 10.4.5.1/24, fd00::1/64\n"
		      "address=10.4.6.1/16 # second\nTx = off\nPtkAge = 3600\n"
		      "PostUp = echo %i # said\nPostUp = true\n"
		      "[KEY]\nid = 0x21\nCipher = eea2\nIntegrity = eia2\nFile = sub/fire.key\n"
		      "From = 2026-03-01T12:00:00Z\nUntil = @1772366401\nRange = 7\n"
		      "[Key]\nId = 2\nCipher = aes256-gcm\nSerial = 1234\nFrom = standby\n";
	struct conf c;
	struct why w;
	char out[ADDRESS_LEN];

	is_int(conf_locate(&c, "/x/fire.conf", &w), 0, "a path");
	is_str(c.name, "fire", "the device has the name of the file");
	w.text[0] = 0;
	if (!ok(!conf_parse(&c, text, &w), "a whole file is taken: %s", w.text))
		return;
	is_str(c.lower.text, "wlan0", "lower device");
	is_int(c.options.v[LK_GROUP], 0x445566, "group");
	ok(!(c.options.has >> LK_MEMBER & 1), "member auto is left to the kernel");
	is_int(c.options.v[LK_PTK_AGE], 3600, "ptk-age");
	is_int(c.mtu, 1400, "MTU");
	is_int(c.n_addresses, 3, "three addresses");
	is_str(address_text(out, &c.addresses[1]), "fd00::1/64", "the second one");
	is_int(c.n_hooks[HOOK_POST_UP], 2, "two hooks");
	is_str(c.hooks[HOOK_POST_UP][0].text, "echo %i # said", "a hook keeps its #");
	is_int(c.n_keys, 2, "two keys");
	is_str(c.keys[0].path, "/x/sub/fire.key", "a key file is beside the file");
	is_int(c.keys[0].add.id, 0x21, "its ID");
	is_int(c.keys[0].add.until, 1772366401, "its end");
	is_int(c.keys[0].add.range, 7, "its range");
	is_int(c.keys[1].add.serial, 1234, "the other's serial");
	ok(c.keys[1].add.standby && !c.keys[1].add.range, "on standby, without a range");
	ok(conf_find_key(&c, 2) == &c.keys[1] && !conf_find_key(&c, 3), "found by ID");
	conf_free(&c);
}

static void bad(void)
{
	refused("", "fire.conf:1: there is no section [Device]");
	refused("Lower = x\n", "fire.conf:1: \"Lower\" stands before");
	refused("[Dev]\n", "fire.conf:1: [Dev] is no section");
	refused("[Device]\nLower = w\n", "fire.conf:1: [Device] has no Group=");
	refused("[Device]\nGroup = 0x1\n", "[Device] has no Lower=");
	refused(DEVICE "Lower = x\n", "fire.conf:4: Lower is given twice, before in line 2");
	refused(DEVICE "[Device]\n", "fire.conf:4: [Device] is given twice");
	refused(DEVICE "Ptkages = 1\n", "did you mean PtkAge?");
	refused(DEVICE "xyzzy = 1\n", "fire.conf:4: \"xyzzy\" is unknown in [Device], which takes Group");
	refused(DEVICE "Tx\n", "fire.conf:4: neither a section");
	refused(DEVICE "Tx = # none\n", "fire.conf:4: Tx has no value");
	refused(DEVICE "Tx = yes\n", "fire.conf:4: tx yes: \"on\" or \"off\"");
	refused(DEVICE "MTU = 20\n", "fire.conf:4: MTU 20 is out of range");
	refused(DEVICE "Address = 10.0.0.1\n", "fire.conf:4: address 10.0.0.1: the length");
	refused(DEVICE "Address = 10.0.0/8\n", "10.0.0 is no IPv4");
	refused(DEVICE "Address = 10.0.0.1/33\n", "prefix length 33 is out of range");
	refused(DEVICE "Address = 10.0.0.1/8\nAddress = 10.0.0.1/8\n", "fire.conf:5: address");
	refused("[Device]\nLower = a/b\nGroup = 0x1\n", "fire.conf:2: \"a/b\" cannot be the name");
	refused(DEVICE "Protect = off\n" KEY, "fire.conf:5: with Protect=off in line 4");
	refused(DEVICE "[Key]\nCipher = eea2\n", "fire.conf:4: [Key] has no Id=");
	refused(DEVICE "[Key]\nId = 1\n", "fire.conf:4: [Key] has no File=");
	refused(DEVICE "[Key]\nId = 1\nFile = f\n", "fire.conf:4: [Key] has no Cipher=");
	refused(DEVICE KEY "Serial = 5\n", "fire.conf:8: File= in line 7 and Serial=");
	refused(DEVICE "[Key]\nId = 256\nCipher = eea2\nFile = f\n", "fire.conf:5: id 256");
	refused(DEVICE "[Key]\nId = 1\nFile = f\nCipher = aes\n", "fire.conf:7: \"aes\" is no cipher");
	refused(DEVICE "[Key]\nId = 1\nFile = f\nCipher = eea2\n", "fire.conf:7: Cipher = eea2 has no");
	refused(DEVICE "[Key]\nId=1\nFile=f\nCipher=eea0\nIntegrity=none\n", "fire.conf:8: Cipher = eea0");
	refused(DEVICE KEY "Integrity = eia2\n", "fire.conf:8: integrity eia2: aes256-gcm protects");
	refused(DEVICE KEY "Integrity = md5\n", "fire.conf:8: \"md5\" is no integrity");
	refused(DEVICE KEY "Until = +8h\n", "fire.conf:8: Until = +8h would count anew");
	refused(DEVICE KEY "From = now\n", "fire.conf:8: From = now would count anew");
	refused(DEVICE KEY "Until = tomorrow\n", "fire.conf:8: Until = tomorrow: a time in a file is as date");
	refused(DEVICE KEY "From = @20\nUntil = @10\n", "fire.conf:9: until @10 is not after");
	refused(DEVICE KEY "From = standby\nRange = 5\n", "a standby key takes its range");
	refused(DEVICE KEY "[Key]\nId = 33\nCipher = aes128-gcm\nFile = g\n", "fire.conf:9: Id = 33");
	refused("[Device]\nLower = low\nGroup = 0x1\nRequire = integrity\n[Key]\nId = 1\n"
		"Cipher = eea2\nIntegrity = none\nFile = f\n", "fire.conf:7: the suite does not");
	refused(DEVICE KEY "File = -\n", "fire.conf:8: File is given twice");
}

/* As Notepad writes a file. */
static void marked(void)
{
	char text[] = "\xef\xbb\xbf[Device]\r\nLower = wlan0\r\nGroup = 0x445566\r\n";
	struct conf c;
	struct why w = { "" };

	conf_locate(&c, "/x/fire.conf", &w);
	ok(!conf_parse(&c, text, &w), "a byte order mark is no part of the text %s", w.text);
	is_str(c.lower.text, "wlan0", "lower device");
	conf_free(&c);
	refused("\xef\xbb[Device]\n", "fire.conf:1: neither a section");
}

static void located(const char *s, int err, const char *path)
{
	struct conf c;
	struct why w;

	if (is_int(conf_locate(&c, s, &w), err, s) && !err)
		is_str(c.path, path, s);
}

/* What may go later tells a unit to try again; what cannot, not to. */
static void later(void)
{
	char there[] = "[Device]\nLower = lo\nGroup = 0x1\n";
	char not_there[] = "[Device]\nLower = not-there\nGroup = 0x1\n";
	char typo[] = "[Device]\nLower = lo\nGrup = 0x1\n";
	struct conf c;
	struct why w;

	conf_locate(&c, "/x/fire.conf", &w);
	is_int(conf_parse(&c, there, &w) || conf_check(&c, 0, &w), 0, "a file with all that it needs");
	conf_free(&c);
	conf_locate(&c, "/x/fire.conf", &w);
	ok(!conf_parse(&c, not_there, &w) && conf_check(&c, 0, &w), "a lower device that is not there");
	is_int(conf_refused(&c, &w), EXIT_LATER, "may appear");
	conf_free(&c);
	conf_locate(&c, "/x/fire.conf", &w);
	is_int(conf_parse(&c, typo, &w), -1, "a word that is unknown");
	is_int(conf_refused(&c, &w), EXIT_USAGE, "stays so");
	conf_free(&c);
}

static void names(void)
{
	located("fire", 0, "/etc/prose/fire.conf");
	located("./fire.conf", 0, "./fire.conf");
	located("fire.conf", 0, "fire.conf");
	located("a/fire", -1, NULL);
	located("", -1, NULL);
	located(".conf", -1, NULL);
	located("a;b", -1, NULL);
	located("$(a).conf", -1, NULL);
	located("-x.conf", -1, NULL);
	located("sixteen-letters-.conf", -1, NULL);
}

static void line(const char *text, int want, const char *last)
{
	char *words[BATCH_WORDS], *copy = strdup(text);
	struct why w;
	int n = batch_words(copy, words, &w);

	is_int(n, want, text);
	if (n > 0 && last)
		is_str(words[n - 1], last, text);
	free(copy);
}

static void batches(void)
{
	char many[2 * BATCH_WORDS + 3] = "";
	int i;

	line("", 0, NULL);
	line("  # all of it\n", 0, NULL);
	line("key show # but this\n", 2, "show");
	line("a#b", 1, "a#b");
	line("file 'a b'\"c \\\" d\"\\ e\n", 2, "a bc \" d e");
	line("x ''", 2, "");
	line("'a", -1, NULL);
	line("a \\\n", -1, NULL);
	for (i = 0; i <= BATCH_WORDS; i++)
		strcat(many, "a ");
	line(many, -1, NULL);
}

static void hook(const char *text, const char *want)
{
	char *got = hook_command(text, "fire");

	is_str(got, want, text);
	free(got);
}

/* With lines of others on standard input, as in a batch. */
static void hook_reads_nothing(void)
{
	char *copy = strdup(DEVICE "PreUp = ! read line\n"), got[8] = "";
	int fds[2], old = dup(STDIN_FILENO);
	struct conf c;
	struct why w;

	if (old < 0 || pipe(fds) || write(fds[1], "line\n", 5) != 5)
		exit(1);
	dup2(fds[0], STDIN_FILENO);
	close(fds[1]);
	conf_locate(&c, "/x/fire.conf", &w);
	is_int(conf_parse(&c, copy, &w), 0, "a hook that reads");
	is_int(hooks_run(&c, HOOK_PRE_UP, false), EXIT_OK, "it finds nothing to read");
	is_int(read(STDIN_FILENO, got, sizeof(got) - 1), 5, "all is left to others");
	is_str(got, "line\n", "what is left");
	dup2(old, STDIN_FILENO);
	close(old);
	close(fds[0]);
	conf_free(&c);
	free(copy);
}

/* All in a child: it is as if prose up was started with these limits. */
static void hook_limits(void)
{
	char *copy = strdup(DEVICE "PreUp = test $(ulimit -Sc) = 8 && test $(ulimit -Hc) = 16\n");
	struct rlimit core = { 8 * 512, 16 * 512 };
	struct conf c;
	struct why w;
	int status;
	pid_t pid;

	conf_locate(&c, "/x/fire.conf", &w);
	is_int(conf_parse(&c, copy, &w), 0, "a hook that looks at its limits");
	fflush(stdout);
	pid = fork();
	if (!pid) {
		setrlimit(RLIMIT_CORE, &core);
		secret_process();
		getrlimit(RLIMIT_CORE, &core);
		_exit(core.rlim_cur ? 2 : hooks_run(&c, HOOK_PRE_UP, false));
	}
	waitpid(pid, &status, 0);
	is_int(WEXITSTATUS(status), EXIT_OK, "no core dump of ours, and those of hooks as they were");
	conf_free(&c);
	free(copy);
}

/* The signal that was seen when this came, with SIGHUP ignored from the start. */
static int seen(int sig)
{
	struct signals s;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		/* A shell has these ignored in what it runs in the background. */
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		signal(SIGHUP, SIG_IGN);
		signals_catch(&s);
		raise(sig);
		status = signals_came();
		signals_leave(&s);
		raise(SIGHUP);
		_exit(status);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void stopped(void)
{
	is_int(seen(SIGINT), SIGINT, "Ctrl-C is noted");
	is_int(seen(SIGQUIT), SIGQUIT, "and so is Ctrl-\\");
	is_int(seen(SIGTERM), SIGTERM, "an end that is asked for too");
	is_int(seen(SIGHUP), 0, "what nohup has ignored is still ignored, also after it");
}

static char order[8];

static int note(void *ctx, const struct undo_step *s)
{
	char *end = order + strlen(order);

	(void)ctx;
	*end = 'a' + s->what;
	end[1] = 0;
	return s->old[0];
}

static void undone(void)
{
	static struct undo u;
	struct undo_step s = { .fn = note };

	for (s.what = 0; s.what < 3; s.what++)
		undo_push(&u, &s);
	is_int(undo_all(&u), EXIT_OK, "all is undone");
	is_str(order, "cba", "the last step is undone first");
	is_int(undo_all(&u), EXIT_OK, "nothing is left to undo");
	is_str(order, "cba", "and once only");

	order[0] = 0;
	for (s.what = 0; s.what < 3; s.what++) {
		s.old[0] = s.what == 2 ? EXIT_KERNEL : s.what == 1 ? EXIT_USAGE : EXIT_OK;
		undo_push(&u, &s);
	}
	is_int(undo_all(&u), EXIT_KERNEL, "the code of the first that cannot be undone");
	is_str(order, "cba", "those before it are taken back all the same");
}

static void fingerprint(void)
{
	/* As Python has it: hmac.new(bytes(range(32)), b"prose ledger", "sha256"). */
	static const uint8_t want[] = {
		0xf8, 0x01, 0x86, 0x7c, 0x3c, 0x02, 0x7a, 0x79,
		0xd3, 0x15, 0xa4, 0x05, 0x11, 0x76, 0xbc, 0x86
	};
	uint8_t *page = secret_alloc(), out[PROSE_FINGERPRINT_LEN];
	int i;

	for (i = 0; i < PGK_LEN; i++)
		page[i] = i;
	key_fingerprint(page, out);
	ok(!memcmp(out, want, sizeof(out)), "the fingerprint is that of kernel and ledger");
	secret_free(page);
}

/* The old file named for the new key. */
static void value_twice(void)
{
	char text[] = DEVICE KEY "[Key]\nId = 3\nCipher = aes256-gcm\nFile = new.key\n";
	struct conf c;
	struct why w;

	conf_locate(&c, "/x/fire.conf", &w);
	is_int(conf_parse(&c, text, &w), 0, "two keys");
	c.keys[1].fingerprint[0] = 1;
	is_int(conf_check_values(&c, &w), 0, "of two values");
	c.keys[1].fingerprint[0] = 0;
	is_int(conf_check_values(&c, &w), -1, "of one value");
	ok(strstr(w.text, "fire.conf:11: key 3 has the same value as key 1 (File= in line 7)"),
	   "both lines are told: %s", w.text);
	conf_free(&c);
}

static void value_on_device(void)
{
	struct obj o[] = {
		{ .ifindex = 5, .pgk_id = 1, .serial = 10, .key_state = PROSE_KEY_STATE_ACTIVE,
		  .has = 1ULL << PROSE_A_FINGERPRINT },
		{ .ifindex = 6, .pgk_id = 2, .serial = 11, .key_state = PROSE_KEY_STATE_ACTIVE,
		  .has = 1ULL << PROSE_A_FINGERPRINT },
	};
	struct obj_list keys = { o, 2 };
	const uint8_t one[PROSE_FINGERPRINT_LEN] = { 0 }, other[PROSE_FINGERPRINT_LEN] = { 1 };

	is_int(same_value_check(&keys, "fire", 5, 3, one), EXIT_OK, "a value twice: a warning");
	is_int(same_value_check(&keys, "fire", 5, 3, other), EXIT_OK, "another value");
	ok(same_value_lives(&o[1], &o[0]), "another device goes on with a revoked value");
	o[0].key_state = PROSE_KEY_STATE_REVOKED;
	is_int(same_value_check(&keys, "fire", 5, 3, one), EXIT_USAGE, "a revoked value");
	is_int(same_value_check(&keys, "air", 6, 3, one), EXIT_USAGE, "also on another device");
	is_int(same_value_check(&keys, "fire", 5, 3, other), EXIT_OK, "a new one");
	is_int(same_value_check(&keys, "fire", 5, 1, one), EXIT_OK, "its own ID is the kernel's to refuse");
	o[1].serial = 10;
	ok(!same_value_lives(&o[1], &o[0]), "the same keyring key is revoked too");
	o[1].serial = 11;
	o[1].key_state = PROSE_KEY_STATE_EXPIRED;
	ok(!same_value_lives(&o[1], &o[0]), "a dead one is not in use");
}

void test_conf(void)
{
	marked();
	later();
	value_twice();
	value_on_device();
	whole();
	bad();
	names();
	batches();
	hook("ip link set %i up; echo %% %j%", "ip link set fire up; echo % %j%");
	hook("", "");
	hook_reads_nothing();
	hook_limits();
	stopped();
	undone();
	fingerprint();
}
