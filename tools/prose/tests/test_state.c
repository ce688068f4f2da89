// SPDX-License-Identifier: GPL-2.0
/* A file that is replaced: nothing else is written to, and it is all there or not at all. */
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state.h"
#include "tests.h"

static char dir[256];

static const char *at(const char *name)
{
	static char path[2][512];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[0]), "%s/%s", dir, name);
	return path[turn];
}

/* What "prose save" and "prose floors save FILE" do. */
static int replace(const char *path, const char *text, struct why *w)
{
	char where[PATH_MAX], name[NAME_MAX + 1];
	int fd, err;

	if (state_resolve(path, where, name, w))
		return -1;
	fd = state_open(where, w);
	if (fd < 0)
		return -1;
	err = state_replace(fd, name, path, text, strlen(text), w);
	close(fd);
	return err;
}

static void holds(const char *name, const char *want, const char *what)
{
	char got[64] = "";
	FILE *f = fopen(at(name), "r");

	if (f) {
		got[fread(got, 1, sizeof(got) - 1, f)] = 0;
		fclose(f);
	}
	is_str(got, want, what);
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(at(name), "w");

	fputs(text, f);
	fclose(f);
}

static int mode(const char *name)
{
	struct stat st = { 0 };

	lstat(at(name), &st);
	return st.st_mode & 07777;
}

static void in_the_way(void)
{
	struct why w;

	put("other", "other");
	chmod(at("other"), 0644);
	if (link(at("other"), at("a.new")) || mkfifo(at("b.new"), 0600))
		ok(false, "what may be in the way cannot be made");
	is_int(replace(at("a"), "one", &w), 0, "beside a NAME.new that is another's");
	holds("a", "one", "it is written");
	holds("other", "other", "and the other is not");
	is_int(mode("a"), 0600, "its mode is not that of the other");
	is_int(replace(at("b"), "two", &w), 0, "a NAME.new that nobody reads from is not waited for");
	holds("b", "two", "it is written too");
	chmod(at("a"), 0666);
	umask(0777);
	is_int(replace(at("a"), "three", &w), 0, "with any mode and mask");
	umask(022);
	is_int(mode("a"), 0600, "it is its owner's alone");
}

static void links(void)
{
	char where[PATH_MAX], name[NAME_MAX + 1];
	struct stat st;
	struct why w;

	mkdir(at("sub"), 0700);
	put("sub/real", "old");
	if (symlink("sub/real", at("link")) || symlink("link", at("second")) ||
	    symlink("nowhere", at("broken")) || mkfifo(at("fifo"), 0600))
		ok(false, "links cannot be made");
	is_int(replace(at("second"), "new", &w), 0, "a link to a link to a file");
	holds("sub/real", "new", "the file is replaced");
	ok(!lstat(at("second"), &st) && S_ISLNK(st.st_mode), "the link stays");
	ok(!lstat(at("link"), &st) && S_ISLNK(st.st_mode), "and so does the other");
	is_int(replace(at("broken"), "new", &w), -1, "a link to no file");
	ok(strstr(w.text, "a link to a file that is not there"), "it is told: %s", w.text);
	is_int(replace(at("fifo"), "new", &w), -1, "what is no file is not replaced");
	ok(strstr(w.text, "is no file"), "it is told: %s", w.text);
	ok(!lstat(at("fifo"), &st) && S_ISFIFO(st.st_mode), "it is still there");
	is_int(state_resolve("/nothing", where, name, &w), 0, "a file that is yet to be made");
	is_str(where, "/", "its directory");
	is_str(name, "nothing", "its name");
	is_int(state_resolve("nothing", where, name, &w), 0, "one without a directory");
	is_str(where, ".", "its directory is the one we are in");
}

static void read_back(void)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY);
	size_t len;
	char *text;

	text = state_read(fd, "a", &len);
	is_str(text, "three", "what was written is read");
	free(text);
	ok(!state_read(fd, "fifo", &len), "a FIFO is refused, and not waited for");
	close(fd);
}

void test_state(void)
{
	glob_t left;

	snprintf(dir, sizeof(dir), "%s", test_dir());
	in_the_way();
	links();
	read_back();
	is_int(glob(at(".new-*"), 0, NULL, &left), GLOB_NOMATCH, "nothing is left over");
}
