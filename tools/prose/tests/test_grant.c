// SPDX-License-Identifier: GPL-2.0
/*
 * Taking ranges, with a kernel made of one structure; and dying at each step
 * of it. What counts: no PTK ID is ever granted twice.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "grant.h"
#include "names.h"
#include "tests.h"

struct fake {
	uint32_t next_free;
	uint32_t shown;		/* what key_get tells, if not 0 */
	int refuse;		/* errno, once */
	bool always;
	int grants;
	struct ledger_use use;
	bool other_value;
	uint8_t used[LEDGER_END];	/* how often each ID was granted */
};

static struct fake *fake;	/* shared with the children that die */
static char dir[256];
static const uint8_t FP[LEDGER_FP_LEN] = "fingerprint-of-k";

static int key_get(void *ctx, struct ledger_use *use, uint32_t *next_free)
{
	struct fake *f = ctx;

	*use = f->use;
	memcpy(use->fp, FP, LEDGER_FP_LEN);
	if (f->other_value)
		use->fp[0] ^= 1;
	use->member = 0x112233;
	*next_free = f->shown ? f->shown : f->next_free;
	f->shown = 0;
	return 0;
}

static int do_grant(void *ctx, uint32_t first, uint32_t last)
{
	struct fake *f = ctx;
	int err = f->refuse;
	uint32_t i;

	if (!f->always)
		f->refuse = 0;
	if (err)
		return -err;
	if (first < f->next_free)
		return -ESTALE;
	for (i = first; i <= last; i++)
		f->used[i]++;
	f->next_free = last + 1;
	f->grants++;
	return 0;
}

static const struct grant_ops ops = { .key_get = key_get, .grant = do_grant };

static uint32_t ledger_next(void)
{
	struct ledger l;
	uint32_t next;
	struct why w;

	if (ledger_peek(dir, &l, &w) != LEDGER_OK)
		return 0;
	next = ledger_record(&l, FP, 0x112233)->next;
	ledger_close(&l);
	return next;
}

static int most_used(void)
{
	int most = 0, i;

	for (i = 0; i < LEDGER_END; i++)
		if (fake->used[i] > most)
			most = fake->used[i];
	return most;
}

static enum grant_status take(uint32_t want, struct grant *g)
{
	struct why w;

	return grant_range(dir, &ops, fake, want, g, &w);
}

/* The module was loaded anew: the kernel remembers nothing. */
static void reboot(void)
{
	fake->next_free = 1;
}

static void killed_at(const char *where)
{
	uint32_t before = ledger_next();
	struct grant g;
	char fault[64];
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		snprintf(fault, sizeof(fault), "%s=kill", where);
		setenv("PROSE_FAULT", fault, 1);
		take(10, &g);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "killed %s", where);
	ok(ledger_next() >= before, "the ledger is whole, and not behind");
	reboot();
	is_int(take(10, &g), GRANT_OK, "the next one is granted a range");
	is_int(most_used(), 1, "and no PTK ID twice");
}

static void killed(void)
{
	killed_at("after-lock");
	killed_at("after-write");
	killed_at("after-rename");
	killed_at("after-fsync-dir");
	killed_at("after-grant");
}

static void refusals(void)
{
	uint32_t before = ledger_next();
	struct grant g;

	fake->refuse = EBUSY;
	is_int(take(10, &g), GRANT_KERNEL, "EBUSY is passed on");
	is_int(g.err, -EBUSY, "as it is");
	is_int(ledger_next(), before, "the ledger takes back what was refused");

	fake->refuse = ECOMM;
	is_int(take(10, &g), GRANT_KERNEL, "no answer");
	is_int(ledger_next(), before + 10, "without an answer the range is burnt");

	/* Another ledger has granted since: the kernel tells where it is. */
	fake->shown = 1;
	fake->next_free = ledger_next() + 500;
	is_int(take(10, &g), GRANT_OK, "ESTALE is healed");
	is_int(g.last, fake->next_free - 1, "with IDs that are free");
	is_int(ledger_next(), g.last + 1, "and the ledger has caught up");
	fake->always = true;
	fake->refuse = ESTALE;
	is_int(take(10, &g), GRANT_KERNEL, "ESTALE twice is an error");
	is_int(g.err, -ESTALE, "and said so");
	fake->always = false;
	fake->refuse = 0;
	is_int(most_used(), 1, "still no PTK ID twice");
}

static void returned(void)
{
	struct grant g;
	struct ledger l;
	struct why w;
	uint32_t next;

	take(100, &g);
	next = ledger_next();
	ledger_open(dir, &l, &w);
	is_int(give_back(&l, FP, 0x112233, g.last, g.first + 3, false, &w), 97,
	       "the unused end goes back");
	ledger_close(&l);
	is_int(ledger_next(), g.first + 3, "to the ledger");
	memset(fake->used + g.first + 3, 0, 97);
	fake->next_free = g.first + 3;

	take(100, &g);
	next = ledger_next();
	ledger_open(dir, &l, &w);
	is_int(give_back(&l, FP, 0x112233, g.last - 1, g.first, false, &w), 0,
	       "nothing goes back that lies before another range");
	is_int(give_back(&l, FP, 0x112233, g.last, g.last + 1, false, &w), 0, "nor if nothing is unused");
	is_int(give_back(&l, FP, 0x112233, g.last, 0, false, &w), 0, "nor to 0");
	ledger_close(&l);
	is_int(ledger_next(), next, "the ledger stays");
	is_int(most_used(), 1, "no PTK ID twice");

	/* Told late, after the same IDs were granted again: A, B, A. */
	take(100, &g);
	fake->next_free = g.first + 3;
	memset(fake->used + g.first + 3, 0, 97);
	ledger_open(dir, &l, &w);
	is_int(give_back(&l, FP, 0x112233, g.last, g.first + 3, true, &w), 97,
	       "given back late");
	ledger_close(&l);
	next = g.last;
	take(97, &g);
	is_int(g.last, next, "the same last ID is granted again");
	ledger_open(dir, &l, &w);
	is_int(give_back(&l, FP, 0x112233, next, g.first, true, &w), 0,
	       "the same told once more gives nothing back");
	ledger_close(&l);
	is_int(ledger_next(), next + 1, "the ledger stays");
	is_int(most_used(), 1, "no PTK ID twice");
}

static void at_once(void)
{
	int i, status, bad = 0;
	uint32_t before = fake->next_free;
	struct grant g;

	fflush(stdout);
	for (i = 0; i < 8; i++) {
		if (!fork())
			_exit(take(10, &g) != GRANT_OK);
	}
	for (i = 0; i < 8; i++) {
		wait(&status);
		bad += status != 0;
	}
	is_int(bad, 0, "eight at once are all served");
	is_int(fake->next_free, before + 80, "one after the other");
	is_int(most_used(), 1, "no PTK ID twice");
}

static void the_end(void)
{
	struct grant g;

	fake->next_free = 65500;
	is_int(take(256, &g), GRANT_OK, "near the end what is left is granted");
	is_int(g.first, 65500, "from there");
	is_int(g.last, 65535, "to the last one");
	is_int(take(256, &g), GRANT_EXHAUSTED, "then none is left");
	reboot();
	is_int(take(256, &g), GRANT_EXHAUSTED, "nor after a reboot");
	is_int(fake->used[0], 0, "PTK ID 0 is never granted");
}

/* And make a new one. */
static void unlink_ledger(void)
{
	char path[300];
	struct why w;

	snprintf(path, sizeof(path), "%s/ledger", dir);
	unlink(path);
	is_int(ledger_init(dir, false, &w), LEDGER_OK, "a new ledger");
}

static uint64_t forked_at(void)
{
	struct ledger l;
	uint64_t t;
	struct why w;

	if (ledger_peek(dir, &l, &w) != LEDGER_OK)
		return 0;
	t = ledger_record(&l, FP, 0x112233)->forked;
	ledger_close(&l);
	return t;
}

/* The kernel refuses a grant as the machine was forked. */
static void forks(void)
{
	uint32_t next = ledger_next();
	struct ledger_use use = { .member = 0x112233 };
	struct grant g;
	struct ledger l;
	struct why w;

	fake->refuse = ENOTUNIQ;
	is_int(take(10, &g), GRANT_KERNEL, "a fork is passed on");
	ok(g.err == -ENOTUNIQ && grant_hopeless(GRANT_KERNEL, &g), "as hopeless");
	ok(!!forked_at(), "and recorded in the ledger");
	is_int(ledger_next(), next, "without burning IDs");
	/* The module is loaded anew: the kernel has forgotten. */
	reboot();
	is_int(take(10, &g), GRANT_FORKED, "the ledger has not");
	ok(grant_hopeless(GRANT_FORKED, &g), "and that is hopeless too");
	is_int(ledger_next(), next, "nothing was taken");
	fake->use.salted = true;
	is_int(take(10, &g), GRANT_OK, "a suite with a salt is granted a range");
	fake->use.salted = false;
	/* A new key in the same life of the module: no good now, but later. */
	fake->other_value = true;
	fake->refuse = ENOTUNIQ;
	is_int(take(10, &g), GRANT_KERNEL, "a new key is refused until the module is loaded anew");
	fake->next_free = 1;
	is_int(take(10, &g), GRANT_OK, "and then is granted a range");

	/* What an event tells marks whatever there is. */
	is_int(ledger_open(dir, &l, &w), LEDGER_OK, "open");
	memcpy(use.fp, FP, sizeof(use.fp));
	is_int(ledger_fork(&l, &use, "life-2", true), 0, "a fork told by an event");
	is_int(ledger_write(&l, &w), 0, "is written");
	ledger_close(&l);
	is_int(take(10, &g), GRANT_FORKED, "and refuses that key too");
	fake->other_value = false;
}

static void bound(void)
{
	uint32_t next;
	struct ledger l;
	struct grant g;
	struct why w;

	unlink_ledger();
	reboot();
	fake->use = (struct ledger_use){ .group = 0x445566, .direct = true,
					 .cipher = PROSE_CIPHER_EEA2 };
	is_int(take(10, &g), GRANT_OK, "kdf direct is granted a range");
	next = ledger_next();
	is_int(ledger_peek(dir, &l, &w), LEDGER_OK, "peek");
	ok(l.n_bound == 1 && l.bound[0].group == 0x445566, "and its value is bound");
	ledger_close(&l);
	is_int(take(10, &g), GRANT_OK, "the same use goes on");
	fake->use.group++;
	is_int(take(10, &g), GRANT_BOUND, "another group does not");
	fake->use.group--;
	fake->use.cipher = PROSE_CIPHER_AES256_GCM;
	is_int(take(10, &g), GRANT_BOUND, "nor another cipher");
	fake->use.cipher = PROSE_CIPHER_EEA2;
	fake->use.direct = false;
	is_int(take(10, &g), GRANT_BOUND, "nor another derivation");
	ok(grant_hopeless(GRANT_BOUND, &g), "which is hopeless");
	is_int(ledger_next(), next + 10, "nothing was taken for them");
	fake->other_value = true;
	fake->next_free = 1;
	is_int(take(10, &g), GRANT_OK, "another value is free");
	fake->use.direct = true;
	is_int(take(10, &g), GRANT_BOUND, "but not for kdf direct after it sent without");
	is_int(ledger_peek(dir, &l, &w), LEDGER_OK, "peek");
	is_int(l.n_bound, 1, "and it is bound to nothing");
	ledger_close(&l);
	fake->other_value = false;
}

void test_grant(void)
{
	struct grant g;
	struct why w = { "" };
	struct rlimit old;
	int code;

	/* machine_root is that of the ledger's tests */
	snprintf(dir, sizeof(dir), "%s", test_dir());
	fake = mmap(NULL, sizeof(*fake), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	fake->next_free = 1;
	is_int(take(256, &g), GRANT_LEDGER, "without a ledger nothing is granted");
	is_int(g.ledger, LEDGER_ABSENT, "and it is said why");
	is_int(ledger_init(dir, false, &w), LEDGER_OK, "init");
	is_int(take(256, &g), GRANT_OK, "then a range is");
	ok(g.first == 1 && g.last == 256, "1 to 256");
	reboot();
	is_int(take(1, &g), GRANT_OK, "after a reboot");
	is_int(g.first, 257, "the next one follows");
	killed();
	refusals();
	returned();
	at_once();
	the_end();
	unlink_ledger();
	reboot();
	forks();
	bound();

	/* No room for the ledger: nothing may be granted. */
	memset(&fake->use, 0, sizeof(fake->use));
	unlink_ledger();
	fake->grants = 0;
	fake->next_free = 1;
	getrlimit(RLIMIT_FSIZE, &old);
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 0, old.rlim_max });
	code = take(1, &g);
	setrlimit(RLIMIT_FSIZE, &old);
	is_int(code, GRANT_LEDGER, "a ledger that cannot be written grants nothing");
	is_int(fake->grants, 0, "the kernel was not even asked");
}
