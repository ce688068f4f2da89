// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger.h"
#include "power.h"
#include "tests.h"

static const uint8_t FP[LEDGER_FP_LEN] = "0123456789abcdef";

static char dir[256];
static char root[300];

static void put(const char *at, const char *name, const char *text)
{
	char path[600];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", at, name);
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f)) {
		printf("Bail out! %s\n", path);
		exit(1);
	}
}

static size_t get(const char *name, char *out, size_t size)
{
	char path[600];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	if (!f)
		return 0;
	n = fread(out, 1, size - 1, f);
	out[n] = 0;
	fclose(f);
	return n;
}

static void machine(const char *id)
{
	char etc[320];

	snprintf(etc, sizeof(etc), "%s/etc", root);
	mkdir(root, 0700);
	mkdir(etc, 0700);
	put(etc, "machine-id", id);
	machine_root = root;
}

static enum ledger_status status(char *text)
{
	enum ledger_status s;
	struct ledger l;
	struct why w = { "" };

	s = ledger_open(dir, &l, &w);
	if (s == LEDGER_OK)
		ledger_close(&l);
	strcpy(text, w.text);
	return s;
}

static void damage(const char *what, const char *text, size_t len)
{
	char path[600], why_text[512];
	int fd;

	snprintf(path, sizeof(path), "%s/ledger", dir);
	fd = open(path, O_WRONLY | O_TRUNC);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		printf("# cannot write %s\n", path);
	close(fd);
	is_int(status(why_text), LEDGER_DAMAGED, what);
	printf("# %s\n", why_text);
}

static void damages(void)
{
	char good[4096], bad[4096], text[512];
	size_t n = get("ledger", good, sizeof(good)), i;
	int missed = 0;

	damage("an empty ledger is damaged", "", 0);
	damage("a truncated ledger is damaged", good, n / 2);
	damage("one without its last newline is damaged", good, n - 1);
	memcpy(bad, good, n);
	memcpy(bad + n, "x\n", 2);
	damage("one with something after its end is damaged", bad, n + 2);
	memset(bad, 0, n);
	damage("a file of zeros is damaged", bad, n);
	memcpy(bad, good, n);
	bad[strlen("prose-ledger ")] = '4';
	damage("one of another version is refused", bad, n);
	for (i = 0; i < n; i++) {	/* every octet counts */
		struct ledger l = { .dirfd = -1, .lockfd = -1 };
		struct why w;

		memcpy(bad, good, n + 1);
		bad[i] ^= 1;
		missed += !ledger_parse(&l, bad, n, &w);
		ledger_close(&l);
	}
	is_int(missed, 0, "one flipped bit anywhere is noticed");
	put(dir, "ledger", good);
	is_int(status(text), LEDGER_OK, "the good one is good again");
}

static void formats(void)
{
	struct ledger l = { .dirfd = -1, .lockfd = -1 }, again = { .dirfd = -1, .lockfd = -1 };
	struct ledger_record *r;
	struct why w = { "" };
	char *text, *twice;
	size_t len, len2;

	strcpy(l.machine.dmi, "none");
	memset(l.machine.id, 'a', 64);
	r = ledger_record(&l, FP, 0x112233);
	is_int(r->next, 1, "a new record starts at PTK ID 1");
	r->next = 300;
	ledger_record(&l, FP, 0x112234)->next = LEDGER_END;
	text = ledger_format(&l, &len);
	ok(!ledger_parse(&again, text, len, &w), "what was written is read %s", w.text);
	is_int(again.n, 2, "both records");
	is_int(ledger_record(&again, FP, 0x112233)->next, 300, "its next ID");
	is_int(ledger_record(&again, FP, 0x112234)->next, LEDGER_END, "one that is used up");
	is_int(again.n, 2, "finding one makes none");
	twice = ledger_format(&again, &len2);
	is_str(twice, text, "and written again as it was");
	free(text);
	free(twice);
	ledger_close(&l);
	ledger_close(&again);
}

/* The text of a ledger, with its checksum. */
static int parse(const char *version, const char *line, char *why_text)
{
	struct ledger l = { .dirfd = -1, .lockfd = -1 };
	char text[1024], sum[STATE_SUM_LEN];
	struct why w = { "" };
	int err;

	snprintf(text, sizeof(text),
		 "prose-ledger %s\nmachine=%064d\ndmi=none\nvolatile=no\ncreated=1\nwritten=2\n%s",
		 version, 0, line);
	strcat(text, state_sum(sum, text, strlen(text)));
	err = ledger_parse(&l, text, strlen(text), &w);
	ledger_close(&l);
	strcpy(why_text, w.text);
	return err;
}

#define REC "record fingerprint=000102030405060708090a0b0c0d0e0f member=0x112233 next=5"
#define BOUND "bound fingerprint=000102030405060708090a0b0c0d0e0f "

/* What is not understood may be a reason not to send: never passed over. */
static void lines(void)
{
	static const struct {
		const char *line;
		int err;
	} tries[] = {
		{ REC "\n", 0 },
		{ REC " first=3 written=9\n", 0 },
		{ REC " forked=1700000000\n", 0 },
		{ REC " forked=0\n", -1 },
		{ REC " forked=soon\n", -1 },
		{ REC " forked\n", -1 },
		{ REC " sealed=1\n", -1 },
		{ REC "\n" REC "\n", -1 },
		{ "record member=0x112233 next=5\n", -1 },
		{ BOUND "kdf=direct group=0x445566 cipher=eea2 written=7\n", 0 },
		{ BOUND "kdf=direct group=0x445566\n", -1 },
		{ BOUND "kdf=other group=0x445566 cipher=eea2\n", -1 },
		{ BOUND "kdf=direct group=0x445566 cipher=eea9\n", -1 },
		{ BOUND "kdf=direct group=0x445566 cipher=eea2 lcid=3\n", -1 },
		{ BOUND "kdf=direct group=0x445566 cipher=eea2\n"
		  BOUND "kdf=direct group=0x445566 cipher=eea2\n", -1 },
		{ "fork time=1700000000 load=x.1\n", 0 },
		{ "fork load=x.1\n", -1 },
		{ "fork time=1700000000 where=here\n", -1 },
		{ "vm-fork=2026-01-01\n", -1 },
		{ "limit fingerprint=00 ids=3\n", -1 },
		{ "note\n", -1 },
	};
	char text[1024];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tries); i++) {
		const char *line = tries[i].line;
		const char *verdict = tries[i].err ? "refused" : "taken";

		ok(parse("2", line, text) == tries[i].err, "%s: %.*s %s", verdict,
		   (int)strlen(line) - 1, line, text);
	}
	is_int(parse("1", REC "\n", text), 0, "a ledger of version 1 is read");
	is_int(parse("4", REC "\n", text), -1, "one of a version to come is not");
	ok(!!strstr(text, "does not know"), "%s", text);
}

static void versions(void)
{
	struct ledger l = { .dirfd = -1, .lockfd = -1 }, again = { .dirfd = -1, .lockfd = -1 };
	struct ledger_use use = { .member = 0x112233 };
	struct ledger_binding b = { .group = 0x445566, .cipher = 4, .written = 5 };
	char load[LOAD_ID_LEN];
	struct why w = { "" };
	char *text, *twice;
	size_t len, len2;

	strcpy(l.machine.dmi, "none");
	memset(l.machine.id, 'a', 64);
	memcpy(use.fp, FP, sizeof(use.fp));
	memcpy(b.fp, FP, sizeof(b.fp));
	ledger_record(&l, FP, 0x112233)->next = 9;
	text = ledger_format(&l, &len);
	ok(!memcmp(text, "prose-ledger 3\n", 15), "with an identity older programs refuse it");
	free(text);
	load_id(load);
	is_int(ledger_bind(&l, &b), 0, "bind");
	is_int(ledger_bind(&l, &b), -1, "not twice");
	is_int(ledger_fork(&l, &use, load, false), 0, "fork");
	text = ledger_format(&l, &len);
	ok(!memcmp(text, "prose-ledger 3\n", 15), "with fork and binding too");
	ok(!ledger_parse(&again, text, len, &w), "this one reads it %s", w.text);
	ok(again.n == 1 && again.rec[0].forked && again.forked && again.n_bound == 1 &&
	   again.bound[0].cipher == 4 && again.bound[0].group == 0x445566, "with all that is in it");
	is_str(again.fork_load, load, "and in which life of the module");
	twice = ledger_format(&again, &len2);
	is_str(twice, text, "and writes the same");
	/* Torn anywhere. */
	len2 = 0;
	while (len-- > 1) {
		struct ledger torn = { .dirfd = -1, .lockfd = -1 };

		text[len] = 0;
		len2 += !ledger_parse(&torn, text, len, &w);
		ledger_close(&torn);
	}
	is_int(len2, 0, "cut off at any octet it is refused");
	free(text);
	free(twice);
	ledger_close(&l);
	ledger_close(&again);
}

/* What managers gave: the line of a group is what keeps a device from going back. */
static void managed(void)
{
	static const uint8_t MANAGER[LEDGER_ID_LEN] = "manager one.....";
	static const uint8_t SECOND[LEDGER_ID_LEN] = "manager two.....";
	static const uint8_t none[LEDGER_ID_LEN];
	struct ledger l, again = { .dirfd = -1, .lockfd = -1 };
	struct ledger_group *g;
	uint8_t identity[LEDGER_ID_LEN];
	struct why w = { "" };
	char *text;
	size_t len;

	is_int(ledger_open(dir, &l, &w), LEDGER_OK, "open");
	memcpy(identity, l.identity, sizeof(identity));
	ok(memcmp(identity, none, sizeof(identity)), "a ledger has an identity");
	g = ledger_group(&l, 0x445566, MANAGER, true);
	g->member = 0x0a0b0c;
	g->epoch = 0xffffffff00000001;
	g->version = 7;
	g->held = true;
	ledger_group(&l, 0x445566, SECOND, true)->member = 0x0a0b0d;
	is_int(ledger_serial(&l, MANAGER, 9), 0, "a serial number is kept");
	ledger_serial(&l, MANAGER, 3);
	l.manager_time = 1800000000;
	is_int(ledger_write(&l, &w), 0, "write");
	ledger_close(&l);
	is_int(ledger_peek(dir, &l, &w), LEDGER_OK, "read");
	g = ledger_group_held(&l, 0x445566);
	ok(g && g->member == 0x0a0b0c && g->epoch == 0xffffffff00000001 && g->version == 7,
	   "a group is as it was written");
	ok(l.n_groups == 2 && !ledger_group(&l, 0x445566, SECOND, false)->held,
	   "and another manager's is not held");
	is_int(ledger_serial_of(&l, MANAGER), 9, "the highest serial number");
	is_int(ledger_newest_version(&l, 0x445566), 7, "the newest version");
	is_int(l.manager_time, 1800000000, "a manager's time");
	ok(!memcmp(identity, l.identity, sizeof(identity)), "the identity stays");
	text = ledger_format(&l, &len);
	g->held = false;
	ledger_group(&l, 0x445566, SECOND, false)->held = true;
	free(text);
	g->held = true;
	text = ledger_format(&l, &len);
	is_int(ledger_parse(&again, text, len, &w), -1, "a group held from two managers is refused");
	free(text);
	ledger_close(&again);
	ledger_close(&l);
}

/* What a power cut leaves of a write: the old ledger, or the new one. */
static unsigned int old_ones, new_ones, others;

static void after_cut(void *ctx, const char *cut, unsigned int done)
{
	struct ledger l;
	struct why w;

	(void)ctx;
	(void)done;
	if (ledger_peek(cut, &l, &w) != LEDGER_OK) {
		others++;
		return;
	}
	switch (ledger_record(&l, FP, 0x112233)->next) {
	case 77:
		old_ones++;
		break;
	case 99:
		new_ones++;
		break;
	default:
		others++;
	}
	ledger_close(&l);
}

static void power_cuts(void)
{
	struct ledger l;
	struct why w;
	unsigned int n;

	is_int(ledger_open(dir, &l, &w), LEDGER_OK, "open");
	ledger_record(&l, FP, 0x112233)->next = 99;
	power_record(dir);
	is_int(ledger_write(&l, &w), 0, "write");
	n = power_each(after_cut, NULL);
	ok(n > 20 && old_ones && new_ones && !others,
	   "a power cut leaves the old ledger (%u times of %u) or the new one (%u), never half (%u)",
	   old_ones, n, new_ones, others);
	ledger_record(&l, FP, 0x112233)->next = 77;
	ledger_write(&l, &w);
	ledger_close(&l);
}

void test_ledger(void)
{
	char text[512];
	struct ledger l;
	struct why w = { "" };

	formats();
	lines();
	versions();
	snprintf(dir, sizeof(dir), "%s", test_dir());
	snprintf(root, sizeof(root), "%s/root", dir);
	machine("0123456789abcdef0123456789abcdef\n");

	is_int(status(text), LEDGER_ABSENT, "no ledger yet");
	is_int(ledger_init(dir, false, &w), LEDGER_OK, "init");
	printf("# %s\n", w.text);
	is_int(status(text), LEDGER_OK, "then it can be opened");
	is_int(ledger_init(dir, false, &w), LEDGER_IO, "a second init is refused");
	ok(!!strstr(w.text, "already"), "%s", w.text);

	is_int(ledger_open(dir, &l, &w), LEDGER_OK, "open");
	ledger_record(&l, FP, 0x112233)->next = 77;
	is_int(ledger_write(&l, &w), 0, "write");
	ledger_close(&l);
	is_int(ledger_peek(dir, &l, &w), LEDGER_OK, "peek");
	is_int(ledger_record(&l, FP, 0x112233)->next, 77, "what was written is there");
	ok(l.written > 1600000000, "with the time");
	ledger_close(&l);
	power_cuts();
	managed();
	damages();

	machine("0123456789abcdef0123456789abcdee\n");
	is_int(status(text), LEDGER_OTHER_MACHINE, "another machine-id");
	ok(!!strstr(text, "machine-id differs"), "%s", text);
	machine("uninitialized\n");
	is_int(status(text), LEDGER_OTHER_MACHINE, "no machine-id");
	machine("00000000000000000000000000000000\n");
	is_int(status(text), LEDGER_OTHER_MACHINE, "a machine-id of zeros is none");
	ok(!!strstr(text, "all zeros"), "%s", text);
	machine("0123456789abcdef0123456789abcdef\n");
	is_int(status(text), LEDGER_OK, "the old machine again");

	chmod(dir, 0777);
	is_int(status(text), LEDGER_IO, "a directory that others can write to is refused");
	ok(!!strstr(text, "nobody else"), "%s", text);
	chmod(dir, 0700);
}
