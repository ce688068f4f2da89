// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keyfile.h"
#include "keyring.h"
#include "ids.h"
#include "sha256.h"
#include "tests.h"

#define HEX64 "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F"

static uint8_t page[SECRET_SIZE];

static void taken(const char *text, size_t len, const char *what)
{
	struct why w = { "" };
	bool good;
	int i;

	memset(page, 0x55, sizeof(page));
	memcpy(page, text, len);
	good = !key_decode("k", page, len, &w);
	for (i = 0; i < 32; i++)
		good = good && page[i] == i;
	ok(good, "%s %s", what, w.text);
}

static void refused(const char *text, size_t len, const char *want)
{
	struct why w = { "" };

	memset(page, 0x55, sizeof(page));
	memcpy(page, text, len);
	ok(key_decode("k", page, len, &w) == -1 && strstr(w.text, want),
	   "key of %zu octets refused: %s", len, w.text);
}

static void private_only(void)
{
	char path[300];
	struct why w;
	FILE *f;

	snprintf(path, sizeof(path), "%s/private.key", test_dir());
	ok(key_read_private(path, page, &w) && strstr(w.text, "there is no key file"),
	   "absent: %s", w.text);
	f = fopen(path, "w");
	fputs(HEX64 "\n", f);
	fclose(f);
	chmod(path, 0640);
	ok(key_read_private(path, page, &w) && strstr(w.text, "mode 0640"), "open: %s", w.text);
	chmod(path, 0600);
	ok(!key_read_private(path, page, &w), "private");
	if (!geteuid() && !chown(path, 1234, -1))
		ok(key_read_private(path, page, &w) && strstr(w.text, "another user"),
		   "another's: %s", w.text);
	unlink(path);
	mkfifo(path, 0600);
	ok(key_read_private(path, page, &w) && strstr(w.text, "is no file"),
	   "FIFO, without waiting: %s", w.text);
}

void test_keyfile(void)
{
	uint8_t raw[33], sum[32];
	char hex[65], description[KEY_DESCRIPTION_LEN];
	static char big[KEYFILE_MAX + 1];
	char a[1000];
	int i;

	for (i = 0; i < 32; i++)
		raw[i] = i;
	raw[32] = '\n';
	taken(HEX64, 64, "64 digits");
	taken(HEX64 "\n", 65, "64 digits and a newline");
	taken((char *)raw, 32, "32 raw octets");

	memset(a, 0, sizeof(a));
	refused(a, 32, "all its octets are equal");
	memset(a, 0xff, 32);
	refused(a, 32, "all its octets are equal");
	memset(a, '4', 64);
	refused(a, 64, "all its octets are equal");

	refused("0x" HEX64, 66, "leave that out");
	refused("\xef\xbb\xbf" HEX64, 67, "byte order mark");
	refused("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", 45, "base64 -d");
	refused("", 0, "is empty");
	refused((char *)raw, 31, "holds 31 octets");
	refused((char *)raw, 33, "the last a newline");
	refused("00112233445566778899aabbccddeeff", 32, "a 128-bit key");
	refused("00112233445566778899aabbccddeeff\n", 33, "begins with 32 hexadecimal digits");
	refused(HEX64 "\r\n", 66, "a carriage return");
	refused(HEX64 "\n\n", 66, "only one newline");
	refused(HEX64 " ", 65, "only one newline");
	refused(HEX64 "00", 66, "begins with 66 hexadecimal digits");
	refused(HEX64, 63, "begins with 63 hexadecimal digits");
	refused(" " HEX64, 65, "holds 65 octets");
	refused("00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f", 47, "holds 47 octets");
	memset(big, 'a', sizeof(big));
	refused(big, sizeof(big), "too long");
	private_only();

	is_str(key_description(description, 0x00abcd, 7), "00abcd:07", "description");

	sha256("abc", 3, sum);
	is_str(to_hex(hex, sum, 32),
	       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "SHA-256 of abc");
	sha256("", 0, sum);
	is_str(to_hex(hex, sum, 32),
	       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "SHA-256 of nothing");
	sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, sum);
	is_str(to_hex(hex, sum, 32),
	       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", "SHA-256, two blocks");
	memset(a, 'a', sizeof(a));
	sha256(a, sizeof(a), sum);
	is_str(to_hex(hex, sum, 32),
	       "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3", "SHA-256 of 1000 a");
}
