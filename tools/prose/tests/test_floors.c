// SPDX-License-Identifier: GPL-2.0
/* The file of floors: whole or refused, and never lower than it was. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "floors.h"
#include "tests.h"

static char dir[256];

static struct floor one(uint32_t member, uint32_t count, int64_t raised)
{
	struct floor f = { .group = 0x445566, .member = member, .count = count,
			   .raised = raised };

	memcpy(f.fp, "0123456789abcdef", sizeof(f.fp));
	return f;
}

static uint32_t count_of(const struct floors *l, uint32_t member)
{
	struct floor f = one(member, 0, 0);
	const struct floor *at = floors_find(l, &f);

	return at ? at->count : 0;
}

static int merge(uint32_t member, uint32_t count, bool *written, struct why *w)
{
	struct floor f = one(member, count, 100);
	struct floors l = { &f, 1 };
	struct floors_file s;
	int n;

	if (floors_open(&s, dir, NULL, true, w))
		return -2;
	n = floors_merge(&s, &l, written, w);
	floors_close(&s);
	return n;
}

static uint32_t saved(uint32_t member)
{
	struct floors_file s;
	struct floors l;
	uint32_t count = 0;
	struct why w;

	if (floors_open(&s, dir, NULL, false, &w))
		return 0;
	if (!floors_load(&s, &l, &w))
		count = count_of(&l, member);
	floors_free(&l);
	floors_close(&s);
	return count;
}

static void lists(void)
{
	struct floors l = { NULL, 0 }, again = { NULL, 0 };
	struct floor f;
	struct why w = { "" };
	char *text;
	size_t len, bad = 0;
	int i;

	for (i = 0; i < 100; i++) {
		f = one(1 + i % 10, i, i);
		bad += floors_add(&l, &f) != 0;
	}
	is_int(floors_settle(&l, 100), 0, "all fit");
	ok(!bad && l.n == 10, "one floor for each sender");
	is_int(count_of(&l, 10), 99, "the highest one");
	is_int(count_of(&l, 1), 90, "of each");
	text = floors_format(&l, &len);
	is_int(floors_parse(&again, text, len, &w), 0, "what was written is read");
	ok(!floors_raises(&l, &again) && !floors_raises(&again, &l), "and is the same");
	floors_free(&again);
	is_int(floors_settle(&l, 4), 6, "what has no room is told");
	ok(!count_of(&l, 6) && count_of(&l, 7) == 96 && count_of(&l, 10) == 99,
	   "it is those that were not raised for the longest time");
	bad = 0;
	while (len-- > 1) {
		text[len] = 0;
		bad += !floors_parse(&again, text, len, &w);
		floors_free(&again);
	}
	is_int(bad, 0, "cut off at any octet it is refused");
	free(text);
	floors_free(&l);
}

static void line(const char *version, const char *text, int err)
{
	char all[512], sum[STATE_SUM_LEN];
	struct floors l = { NULL, 0 };
	struct why w = { "" };

	snprintf(all, sizeof(all), "prose-floors %s\n%s\n", version, text);
	strcat(all, state_sum(sum, all, strlen(all)));
	ok(floors_parse(&l, all, strlen(all), &w) == err, "%s: version %s, %s %s",
	   err ? "refused" : "taken", version, text, w.text);
	floors_free(&l);
}

#define FP "000102030405060708090a0b0c0d0e0f"

static void lines(void)
{
	line("1", "floor 0x445566 " FP " 0x112233 5 65535 1700000000", 0);
	line("2", "floor 0x445566 " FP " 0x112233 5 65535 1700000000", -1);
	line("1", "floor 0x445566 " FP " 0x112233 65536 0 1700000000", -1);
	line("1", "floor 0x445566 " FP " 0x112233 5 65536 1700000000", -1);
	line("1", "floor 0x445566 " FP " 0x112233 5 1", -1);
	line("1", "floor 0x445566 " FP " 0x112233 5 1 1700000000 more", -1);
	line("1", "floor 0x0 " FP " 0x112233 5 1 1700000000", -1);
	line("1", "floor 0x445566 0001 0x112233 5 1 1700000000", -1);
	line("1", "ceiling 0x445566 " FP " 0x112233 5 1 1700000000", -1);
}

static void killed_at(const char *where, uint32_t before, uint32_t after)
{
	char fault[64];
	int status = 0;
	uint32_t now;
	bool written;
	struct why w;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		snprintf(fault, sizeof(fault), "%s=kill", where);
		setenv("PROSE_FAULT", fault, 1);
		merge(7, after, &written, &w);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "killed %s", where);
	now = saved(7);
	ok(now == before || now == after, "the file is the old one or the new one");
	is_int(merge(7, after, &written, &w), 0, "and the next save goes well");
}

void test_floors(void)
{
	struct floors_file s;
	struct floor f = one(7, 0, 0);
	struct floors l;
	bool written;
	char path[300];
	struct why w = { "" };
	int fd;

	lists();
	lines();
	snprintf(dir, sizeof(dir), "%s", test_dir());
	is_int(saved(7), 0, "no file yet");
	is_int(merge(7, 0x50001, &written, &w), 0, "save");
	ok(written && saved(7) == 0x50001, "it is there");
	is_int(merge(8, 9, &written, &w), 0, "another sender");
	ok(written && saved(7) == 0x50001 && saved(8) == 9, "leaves the first");
	is_int(merge(7, 0x40002, &written, &w), 0, "a lower one");
	ok(!written && saved(7) == 0x50001, "never lowers it, and writes nothing");
	killed_at("after-write", 0x50001, 0x60000);
	killed_at("after-rename", 0x60000, 0x60001);
	killed_at("after-fsync-dir", 0x60001, 0x60002);

	floors_open(&s, dir, NULL, true, &w);
	is_int(floors_forget(&s, &f, &w), 1, "one is taken away");
	is_int(floors_forget(&s, &f, &w), 0, "once");
	floors_close(&s);
	ok(!saved(7) && saved(8) == 9, "and the others stay");

	snprintf(path, sizeof(path), "%s/" FLOORS_FILE, dir);
	fd = open(path, O_WRONLY | O_TRUNC);
	ok(write(fd, "prose-floors 9\n", 15) == 15, "a file of another version");
	close(fd);
	is_int(merge(7, 1, &written, &w), -1, "is not merged with");
	ok(!!strstr(w.text, "does not know"), "%s", w.text);
	floors_open(&s, dir, NULL, true, &w);
	ok(floors_load(&s, &l, &w) && s.damaged, "nor read");
	floors_close(&s);
	fd = open(path, O_RDONLY);
	is_int(lseek(fd, 0, SEEK_END), 15, "nor overwritten");
	close(fd);

	chmod(dir, 0777);
	is_int(merge(7, 1, &written, &w), -2, "a directory that others can write to is refused");
	chmod(dir, 0700);
	snprintf(path, sizeof(path), "%s/none", dir);
	is_int(floors_open(&s, path, NULL, true, &w), -2, "no state directory");
	snprintf(path, sizeof(path), "%s/copy", dir);
	is_int(floors_open(&s, "/nowhere", path, true, &w), 0, "a file by its path");
	floors_close(&s);
}
