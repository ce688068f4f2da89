// SPDX-License-Identifier: GPL-2.0
/* A file as prose up --dry-run, check and showconf see it, without a kernel module. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "confwrite.h"
#include "running.h"
#include "tests.h"
#include "upplan.h"

#define DEVICE "[Device]\nLower = lo\nGroup = 0x445566\n"
#define KEY "[Key]\nId = 1\nCipher = aes256-gcm\nFile = fire.key\n"
#define NOW 1000

static struct conf c;
static char *text, steps[1024];

static void file(const char *s)
{
	struct why w;

	if (text)
		conf_free(&c);
	free(text);
	text = strdup(s);
	conf_locate(&c, "/x/fire.conf", &w);
	if (conf_parse(&c, text, &w))
		ok(false, "%s", w.text);
}

static void note(void *ctx, const char *step)
{
	(void)ctx;
	snprintf(steps + strlen(steps), sizeof(steps) - strlen(steps), "%s\n", step);
}

static void plan(const struct running *r, const char *want, const char *what)
{
	steps[0] = 0;
	up_plan_steps(&c, r, NOW, note, NULL);
	is_str(steps, want, what);
}

/* The device as the file of DEVICE alone makes it. */
static struct running there(void)
{
	struct running r = running_plain(0x010203);

	r.link.up = true;
	return r;
}

static void new_device(void)
{
	file(DEVICE);
	plan(NULL, "make the device over lo, group 0x445566\nset it up\n", "the least");
	file(DEVICE "MTU = 1300\nTx = off\nAddress = 10.0.0.1/24\nPreUp = one %i\nPostUp = two\n"
	     "PreDown = three\n" KEY);
	plan(NULL, "run PreUp: one %i\nmake the device over lo, group 0x445566\nset MTU = 1300\n"
	     "attach key 1, aes256-gcm, from /x/fire.key\nadd address 10.0.0.1/24\n"
	     "set it up\nrun PostUp: two\n", "all of it, in the order of up");
	file(DEVICE KEY "[Key]\nId = 2\nCipher = eea2\nIntegrity = eia2\nSerial = 77\nRange = 7\n");
	plan(NULL, "make the device over lo, group 0x445566\n"
	     "attach key 1, aes256-gcm, from /x/fire.key, with 256 PTK IDs of the ledger\n"
	     "attach key 2, eea2 integrity eia2, from serial 77, with 7 PTK IDs of the ledger\n"
	     "set it up\n", "ranges where the device sends");
}

static void device_there(void)
{
	struct running r = there();
	struct obj key = { .pgk_id = 1, .cipher = PROSE_CIPHER_AES256_GCM };

	file(DEVICE "PreUp = one\nPostUp = two\n");
	plan(&r, "", "nothing, and no hook");
	r.link.up = false;
	r.dev.margin = 33;
	r.link.mtu = 1200;
	plan(&r, "set Margin = 10\nset MTU = 1400\nset it up\n", "what a line taken out changes");
	r = there();
	r.keys.o = &key;
	r.keys.n = 1;
	key.has = 1ULL << PROSE_A_UNTIL;
	key.until = 5000;
	file(DEVICE KEY);
	plan(&r, "take 256 PTK IDs of the ledger for key 1\nset Until = never of key 1\n",
	     "a key without a range, with an end");
	key.ptk_left = 3;
	file(DEVICE KEY "From = @9000\nUntil = @9999\n");
	plan(&r, "set From = 1970-01-01T02:30:00Z of key 1\n"
	     "set Until = 1970-01-01T02:46:39Z of key 1\n",
	     "other times");
	file(DEVICE "Address = 10.0.0.1/24\n");
	plan(&r, "add address 10.0.0.1/24\n", "an address that is not there");
}

/* What conf_compose() writes is read again, and differs in nothing. */
static void written(void)
{
	struct obj key = { .pgk_id = 1, .cipher = PROSE_CIPHER_EEA2,
			   .integrity = PROSE_INTEGRITY_EIA2, .kdf = "3gpp", .serial = 77 };
	struct running r = there();
	char *out;
	size_t len;

	r.dev.margin = 33;
	r.keys.o = &key;
	r.keys.n = 1;
	key.ptk_left = 3;
	file(DEVICE "PostUp = two\n");
	if (!ok(!conf_compose(&c, &r, &out, &len), "the running device is written"))
		return;
	is_int(strlen(out), len, "its length");
	ok(strstr(out, "\nMargin = 33\n") && strstr(out, "\nPostUp = two\n") &&
	   strstr(out, "[Key]\nId = 1\nCipher = eea2\nIntegrity = eia2\nSerial = 77\n"),
	   "with its options, the file's hooks and its keys");
	file(out);
	free(out);
	plan(&r, "", "and once read, it is that device");
	is_int(unmendable(&c, &r), 0, "in what cannot be mended too");
}

static int check(const char *name)
{
	char *word = (char *)name;
	struct args a = { 1, &word };

	return cmd_check(&a);
}

static const char *put(const char *dir, const char *name, const char *s, int mode)
{
	static char path[300];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, mode);
	if (fd < 0 || write(fd, s, strlen(s)) != (ssize_t)strlen(s))
		ok(false, "writing %s", path);
	close(fd);
	return path;
}

static void checked(void)
{
	const char *dir = test_dir(), *path;
	struct conf held;
	struct why w;
	char hex[80];

	snprintf(hex, sizeof(hex), "%064x\n", 1);
	put(dir, "fire.key", hex, 0600);
	path = put(dir, "fire.conf", DEVICE KEY, 0600);
	is_int(check(path), EXIT_OK, "check: a good file");
	if (ok(!conf_load(&held, path, NULL, &w), "somebody uses it"))
		is_int(check(path), EXIT_OK, "which keeps nobody from checking it");
	conf_free(&held);
	is_int(check(put(dir, "fire.conf", DEVICE KEY "Until = tomorrow\n", 0600)), EXIT_USAGE,
	       "check: a wrong value");
	is_int(check(put(dir, "fire.conf", DEVICE KEY "Until = @5\n", 0600)), EXIT_USAGE,
	       "check: a key that has ended");
	is_int(check(put(dir, "fire.conf", DEVICE, 0644)), EXIT_USAGE,
	       "check: a file that others can read");
	is_int(check(put(dir, "fire.conf", "[Device]\nLower = not-there\nGroup = 0x1\n", 0600)),
	       EXIT_LATER, "check: a device that is not plugged in");
	put(dir, "fire.key", "no key\n", 0600);
	is_int(check(put(dir, "fire.conf", DEVICE KEY, 0600)), EXIT_USAGE, "check: a wrong key file");
	is_int(check("/nosuch/fire.conf"), EXIT_USAGE, "check: no file");
}

void test_upplan(void)
{
	new_device();
	device_there();
	written();
	checked();
	conf_free(&c);
	free(text);
}
