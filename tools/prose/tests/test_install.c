// SPDX-License-Identifier: GPL-2.0
/*
 * record_install(): taken whole or refused whole, never back, never a PTK ID
 * twice, whatever is cut off or put back in between.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "install.h"
#include "model.h"
#include "power.h"
#include "store.h"
#include "tests.h"

#define GROUP 0x445566
#define MEMBER 0x0a0b0c
#define T0 1800000000LL

static const uint8_t KEK[SEAL_KEY_LEN] = "the key under which all is kept";
static const uint8_t MANAGER[RECORD_ID_LEN] = "manager one.....";
static const uint8_t OTHER[RECORD_ID_LEN] = "manager two.....";

static char dir[256];
static struct model m;
static enum key_source where_from;
static struct snapshot s;
static enum record_result result;
static struct why w;

static enum key_source source(void *ctx, uint32_t group)
{
	(void)ctx;
	(void)group;
	return where_from;
}

static struct install in = { .now = T0, .clock_good = true, .source = source, .ops = &model_ops,
			     .ctx = &m, .kek = KEK };

/* A snapshot of keys first to first + n - 1, of which the value is the ID. */
static void snapshot_of(uint32_t number, unsigned int first, size_t n)
{
	size_t i;

	memset(&s, 0, sizeof(s));
	memcpy(s.manager, MANAGER, sizeof(s.manager));
	s.group = GROUP;
	s.member = MEMBER;
	s.epoch = 1ULL << 32 | number;
	s.made = T0;
	s.has_config = n;
	s.config.group = GROUP;
	s.config.member = MEMBER;
	strcpy(s.config.name, "fire");
	s.config.suite.cipher = PROSE_CIPHER_AES256_GCM;
	for (i = 0; i < n; i++) {
		struct key_record *k = &s.keys[i];

		k->group = GROUP;
		k->pgk_id = first + i;
		memset(k->key, 0x80 ^ k->pgk_id, sizeof(k->key));
		record_fingerprint(k->key, k->fingerprint);
		k->suite = s.config.suite;
		k->from = T0 - 100;
		k->until = T0 + 86400;
		s.live[i] = (struct live_key){ .pgk_id = k->pgk_id, .state = LIVE_ACTIVE,
					       .from = k->from, .until = k->until };
		memcpy(s.live[i].fingerprint, k->fingerprint, sizeof(k->fingerprint));
	}
	s.n_live = n;
	s.n_keys = n;
}

static int install(void)
{
	w.text[0] = 0;
	return record_install(&in, &s, false, &result, &w);
}

/* The ledger's text, by which nothing has changed. */
static char *ledger_now(void)
{
	char path[300];
	FILE *f;
	char *text = calloc(1, 65536);

	snprintf(path, sizeof(path), "%s/ledger", dir);
	f = fopen(path, "r");
	if (!f || !fread(text, 1, 65535, f))
		exit(1);
	fclose(f);
	return text;
}

static void taken(enum record_result want, const char *what)
{
	int err = install();

	if (!ok(!err && result == want, "%s", what))
		printf("# expected %s, saw %d, %s: %s\n", record_result_text(want), err,
		       record_result_text(result), w.text);
}

static void refused(enum record_result want, const char *what)
{
	char *before = ledger_now(), *after;
	size_t attached = m.n;
	int err = install();

	after = ledger_now();
	if (!ok(err == -1 && result == want && w.text[0], "%s", what))
		printf("# expected %s, saw %d, %s: %s\n", record_result_text(want), err,
		       record_result_text(result), w.text);
	ok(!strcmp(before, after) && attached == m.n, "and nothing has changed");
	free(before);
	free(after);
}

static unsigned int store_files(const char *prefix)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	unsigned int n = 0;

	while (d && (e = readdir(d)))
		n += !strncmp(e->d_name, prefix, strlen(prefix));
	if (d)
		closedir(d);
	return n;
}

static void first(void)
{
	snapshot_of(5, 1, 2);
	ok(!record_install(&in, &s, true, &result, &w) && !m.n && !store_files("group-"),
	   "asked what it would do, it does nothing");
	taken(RESULT_IN_USE, "a first snapshot is taken");
	ok(m.n == 2 && model_has(&m, 1) && model_has(&m, 2), "and its keys are attached");
	is_int(store_files("group-445566."), 1, "it is in the store");
	taken(RESULT_IN_USE, "the same once more is answered as before");
	is_int(m.n, 2, "and attaches nothing");
	m.no_device = true;
	snapshot_of(6, 1, 2);
	taken(RESULT_STORED, "without a device it is stored");
	m.no_device = false;
	ok(!record_attach(&in, GROUP, &result, &w) && result == RESULT_IN_USE,
	   "and attached when there is one");
}

static void refusals(void)
{
	snapshot_of(5, 1, 2);
	refused(RESULT_OLD_EPOCH, "an old epoch is refused");
	snapshot_of(6, 1, 3);
	refused(RESULT_OTHER_CONTENT, "the same epoch with other content is");
	snapshot_of(7, 1, 2);
	memcpy(s.manager, OTHER, sizeof(s.manager));
	refused(RESULT_OTHER_MANAGER, "one of another manager is");
	snapshot_of(7, 1, 2);
	s.member++;
	s.config.member++;
	refused(RESULT_OTHER_MEMBER, "one for another member ID is");
	snapshot_of(7, 1, 3);
	s.n_keys = 2;
	refused(RESULT_MISSING_KEY, "one with a key that is nowhere is");
	snapshot_of(7, 1, 2);
	s.n_keys = 0;
	s.live[1].fingerprint[0] ^= 1;
	refused(RESULT_WRONG_KEY, "one with another value under an ID that is here is");
	snapshot_of(7, 1, 2);
	where_from = SOURCE_FILE;
	refused(RESULT_LOCAL_KEYS, "one for a group whose keys come from a file is");
	where_from = SOURCE_CARD;
	refused(RESULT_LOCAL_KEYS, "or from a card");
	where_from = SOURCE_NONE;
}

static void rotation(void)
{
	snapshot_of(7, 1, 3);
	memmove(&s.keys[0], &s.keys[2], sizeof(s.keys[0]));
	s.n_keys = 1;
	taken(RESULT_IN_USE, "keys that are here need not come again");
	is_int(m.n, 3, "all three are attached");
	snapshot_of(8, 1, 3);
	s.live[0].until = T0 + 10;
	s.keys[0].until = T0 + 10;
	taken(RESULT_IN_USE, "an earlier end");
	is_int(m.keys[0].until, T0 + 10, "is set where the key is attached");
	/* rotate at T, remove at T + 20: the rotated key is in nobody's hands after it. */
	snapshot_of(9, 40, 2);
	taken(RESULT_IN_USE, "after a removal only new keys live");
	ok(m.n == 2 && model_has(&m, 40) && model_has(&m, 41), "all old ones are off at once");
	snapshot_of(10, 64 + 8, 2);
	taken(RESULT_IN_USE, "new keys with the PGK indexes of old ones");
	ok(m.n == 2 && model_has(&m, 72), "take their places");
	snapshot_of(11, 0, 0);
	taken(RESULT_IN_USE, "who is no member any more");
	is_int(m.n, 0, "has no key any more");
}

static void removals(void)
{
	unsigned int i, bad = 0;

	for (i = 0; i < 40; i++) {
		snapshot_of(20 + i, i * 6 % 250, 2);
		bad += install() || result != RESULT_IN_USE || m.n != 2;
	}
	is_int(bad, 0, "40 removals in a row run out of nothing");
	is_int(store_files("group-"), 1, "and leave one file");
}

static void clocks(void)
{
	snapshot_of(70, 1, 2);
	in.clock_good = false;
	m.n = 0;
	taken(RESULT_STORED, "with a wrong clock it is stored");
	is_int(m.n, 0, "and nothing is sent with");
	in.clock_good = true;
	m.fails = true;
	ok(!record_attach(&in, GROUP, &result, &w) && result == RESULT_STORED && w.text[0],
	   "a key that the kernel does not take is told");
	m.fails = false;
	ok(!record_attach(&in, GROUP, &result, &w) && result == RESULT_IN_USE,
	   "and tried again");
}

static void faults(void)
{
	snapshot_of(71, 1, 3);
	setenv("PROSE_FAULT", "after-write:1=error:28", 1);
	refused(RESULT_FAULT, "a full disk at the store");
	setenv("PROSE_FAULT", "install-stored=error:28", 1);
	refused(RESULT_FAULT, "a fault between store and ledger");
	unsetenv("PROSE_FAULT");
	taken(RESULT_IN_USE, "after either it can be had again");
	is_int(store_files("group-"), 1, "and what was left over is gone");
}

/* The old file of the store under the name of the new one, and under its own. */
static void put_back(void)
{
	char old[300], new[300], line[700];
	struct ledger l;
	uint64_t version;

	ledger_peek(dir, &l, &w);
	version = ledger_group_held(&l, GROUP)->version;
	ledger_close(&l);
	snprintf(old, sizeof(old), "%s/group-445566.%llu", dir, (unsigned long long)version);
	snprintf(line, sizeof(line), "cp %s %s/kept", old, dir);
	is_int(system(line), 0, "keep a copy");
	snapshot_of(72, 60, 2);
	taken(RESULT_IN_USE, "go on");
	snprintf(new, sizeof(new), "%s/group-445566.%llu", dir, (unsigned long long)version + 1);
	snprintf(line, sizeof(line), "cp %s %s/newer; mv %s/kept %s", new, dir, dir, new);
	is_int(system(line), 0, "put the copy back in its place");
	m.n = 0;
	ok(record_attach(&in, GROUP, &result, &w) == -1 && !m.n && strstr(w.text, "not the one"),
	   "an old store put back is refused");
	snapshot_of(71, 1, 3);
	refused(RESULT_OLD_EPOCH, "and its epoch is, though nothing good is here");
	snprintf(line, sizeof(line), "mv %s/newer %s", dir, new);
	is_int(system(line), 0, "the right one again");
	ok(!record_attach(&in, GROUP, &result, &w) && result == RESULT_IN_USE, "is taken");
}

static void reboots(void)
{
	unsigned int i;

	for (i = 0; i < 5; i++) {
		model_reboot(&m);
		record_attach(&in, GROUP, &result, &w);
	}
	is_int(m.n, 2, "after five reboots the keys are there");
	is_int(m.broken, 0, "and no PTK ID was granted twice");
}

static void leaving(void)
{
	is_int(record_leave(&in, GROUP, &w), 0, "a group is left");
	is_int(m.n, 0, "its keys are off");
	is_int(store_files("group-"), 0, "and out of the store");
	snapshot_of(71, 1, 3);
	refused(RESULT_OLD_EPOCH, "it cannot be gone back to an old epoch");
	snapshot_of(73, 1, 3);
	memcpy(s.manager, OTHER, sizeof(s.manager));
	taken(RESULT_IN_USE, "another manager may give it then");
	is_int(record_leave(&in, GROUP, &w), 0, "and be left");
	snapshot_of(71, 1, 3);
	refused(RESULT_OLD_EPOCH, "and the first one's epoch is still known");
	snapshot_of(72, 60, 2);
	taken(RESULT_IN_USE, "its last one is taken again");
}

/* After a cut: the old keys or the new ones, all of them, and never a PTK ID twice. */
static unsigned int olds, news, wrong;

static void after_cut(void *ctx, const char *cut, unsigned int done)
{
	struct install here = in;
	static struct model there;
	enum record_result r;
	struct why reason;
	struct ledger l;

	(void)ctx;
	there = m;
	there.state_dir = cut;
	model_cut(&there, done);
	here.state_dir = cut;
	here.ctx = &there;
	if (ledger_peek(cut, &l, &reason) != LEDGER_OK) {
		wrong++;
		return;
	}
	here.dirfd = l.dirfd;
	if (record_attach(&here, GROUP, &r, &reason) || r != RESULT_IN_USE || there.broken)
		wrong++;
	else if (there.n == 2 && model_has(&there, 60))
		olds++;
	else if (there.n == 3 && model_has(&there, 90))
		news++;
	else
		wrong++;
	ledger_close(&l);
}

static void power_cuts(void)
{
	unsigned int n;

	snapshot_of(80, 90, 3);
	m.n_grants = 0;
	power_record(dir);
	taken(RESULT_IN_USE, "an installation");
	n = power_each(after_cut, NULL);
	if (!ok(n > 60 && olds && news && !wrong,
		"cut off anywhere leaves the old keys or the new ones, and no PTK ID twice"))
		printf("# of %u cuts: old %u, new %u, neither %u\n", n, olds, news, wrong);
}

static void killed(void)
{
	static const char *const points[] = {
		"after-lock", "after-write:1", "after-rename:1", "after-fsync-dir:1",
		"install-stored", "after-write:2", "after-rename:2", "install-committed",
		"after-remove", "after-grant",
	};
	char what[80];
	int status = 0;
	size_t i;
	pid_t pid;

	for (i = 0; i < ARRAY_SIZE(points); i++) {
		snprintf(what, sizeof(what), "%s=kill", points[i]);
		snapshot_of(100 + i, 90 + 3 * i, 3);
		fflush(stdout);
		pid = fork();
		if (!pid) {
			setenv("PROSE_FAULT", what, 1);
			install();
			_exit(0);
		}
		waitpid(pid, &status, 0);
		if (!WIFSIGNALED(status))
			ok(false, "killed %s", points[i]);
		model_reboot(&m);
		if (record_attach(&in, GROUP, &result, &w) || result != RESULT_IN_USE || m.n != 3)
			ok(false, "killed %s, the device has three keys: %s", points[i], w.text);
		taken(RESULT_IN_USE, points[i]);
	}
	is_int(store_files("group-"), 1, "killed anywhere, one file of the store is left");
}

/* All that is in the directory: is a key's octets anywhere? */
static void no_key_octets(void)
{
	char line[400];

	/* 0x80 ^ 0x5a = 0xda, 31 times. */
	snprintf(line, sizeof(line),
		 "LC_ALL=C grep -rqP '(\\xda){16}|(\\xdb){16}|(dada){8}' %s", dir);
	ok(system(line) != 0, "no octet of a key is in a file");
}

void test_install(void)
{
	struct ledger l;

	snprintf(dir, sizeof(dir), "%s", test_dir());
	is_int(ledger_init(dir, false, &w), LEDGER_OK, "a ledger");
	ledger_peek(dir, &l, &w);
	in.state_dir = dir;
	in.dirfd = dup(l.dirfd);
	ledger_close(&l);
	m.state_dir = dir;
	m.group = GROUP;
	m.member = MEMBER;
	first();
	refusals();
	rotation();
	removals();
	clocks();
	faults();
	put_back();
	reboots();
	leaving();
	power_cuts();
	no_key_octets();
	killed();
	is_int(m.broken, 0, "in all of this no PTK ID was granted twice");
	close(in.dirfd);
}
