// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "keyadd.h"
#include "names.h"
#include "tests.h"

static const char *const words[] = { "show", "key", "member", "monitor", "ledger" };

static void nearest(void)
{
	struct why w;

	is_int(word_index("word", "key", words, ARRAY_SIZE(words), &w), 1, "a whole word is found");
	is_int(word_index("word", "ke", words, ARRAY_SIZE(words), &w), -1,
	       "an abbreviation is refused");
	is_str(w.text, "\"ke\" is no word; write out \"key\"", "and its whole word is named");
	word_index("word", "kye", words, ARRAY_SIZE(words), &w);
	is_str(w.text, "\"kye\" is no word; did you mean \"key\"?", "swapped letters");
	word_index("word", "legder", words, ARRAY_SIZE(words), &w);
	is_str(w.text, "\"legder\" is no word; did you mean \"ledger\"?", "longer word");
	word_index("word", "xyzzy", words, ARRAY_SIZE(words), &w);
	is_str(w.text, "\"xyzzy\" is no word; it is one of show key member monitor ledger",
	       "nothing near: all are named");
	word_index("word", "", words, ARRAY_SIZE(words), &w);
	is_str(w.text, "\"\" is no word; it is one of show key member monitor ledger", "empty word");
	ok(!nearest_word("a-word-longer-than-any-that-the-table-could-hold", words,
			 ARRAY_SIZE(words)), "a very long word is near to none");
}

static int add(struct key_add *k, struct why *w, const char *line)
{
	static char copy[512];
	static char *argv[64];
	struct args a = { 0, argv };
	char *save = NULL, *p;

	strncpy(copy, line, sizeof(copy) - 1);
	for (p = strtok_r(copy, " ", &save); p; p = strtok_r(NULL, " ", &save))
		argv[a.argc++] = p;
	return key_add_parse(&a, 1000000, k, w);
}

#define OWN "dev fire id 1 cipher aes256-gcm file key"

static void refused(const char *line, const char *want)
{
	struct key_add k;
	struct why w;

	w.text[0] = 0;
	ok(add(&k, &w, line) == -1 && strstr(w.text, want), "refused: key add %s [%s]", line,
	   w.text);
}

/* Every cipher with every integrity algorithm, and with none named. */
static void pairs(void)
{
	size_t c, i, wrong = 0, taken = 0;

	for (c = 0; c < n_cipher_names; c++) {
		for (i = 0; i <= n_integrity_names; i++) {
			bool left_out = i == n_integrity_names, good;
			bool none = !left_out && i == PROSE_INTEGRITY_NONE;
			struct key_add k;
			struct why w;
			char line[128];

			snprintf(line, sizeof(line), "dev fire id 1 file k cipher %s %s%s",
				 cipher_names[c], left_out ? "" : "integrity ",
				 left_out ? "" : integrity_names[i]);
			if (cipher_is_aead(c))
				good = left_out || none;
			else
				good = !left_out && !(c == PROSE_CIPHER_EEA0 && none);
			wrong += good != !add(&k, &w, line);
			taken += good;
			if (good && (k.cipher != c || (!left_out && k.integrity != i)))
				wrong++;
		}
	}
	is_int(wrong, 0, "every pair of cipher and integrity is taken or refused as it should be");
	is_int(taken, 3 + 3 * 4 + 2 * 2, "and that many are taken");
}

static void key_add_lines(void)
{
	struct key_add k;
	struct why w;

	ok(!add(&k, &w, OWN), "an AEAD suite needs no integrity");
	is_int(k.range, 256, "default range");
	is_int(k.integrity, PROSE_INTEGRITY_NONE, "integrity none with AEAD");
	ok(!add(&k, &w, OWN " integrity none"), "integrity none may be named with AEAD");
	ok(!add(&k, &w, "dev fire id 0x1f cipher eea2 integrity none range 0 serial 12"),
	   "cipher alone, both named");
	ok(k.id == 31 && k.serial == 12 && !k.range && k.cipher == PROSE_CIPHER_EEA2,
	   "its values arrive");
	ok(!add(&k, &w, OWN " from +1m until +2h kdf direct") && k.from == 1000060 &&
	   k.until == 1007200 && k.has_from && k.has_until && !strcmp(k.kdf, "direct"),
	   "times and kdf arrive");
	ok(!add(&k, &w, OWN " from standby") && k.standby && !k.range && !k.has_from,
	   "standby takes no range");
	ok(!add(&k, &w, "dev fire id 1 cipher eea0 integrity eia2 file -"),
	   "null cipher with integrity");

	ok(!add(&k, &w, "fire id 1 cipher aes256-gcm file k") && !strcmp(k.dev, "fire"),
	   "the device may stand first, without \"dev\"");
	refused("fire dev air id 1 cipher aes256-gcm file k", "\"dev\" is given twice");
	refused("ciper aes256-gcm file k", "did you mean \"cipher\"");

	pairs();
	refused("id 1 cipher aes256-gcm file k", "\"dev\" is missing");
	refused("dev fire cipher aes256-gcm file k", "\"id\" is missing");
	refused("dev fire id 256 cipher aes256-gcm file k", "0 to 255");
	refused("dev fire id 1 file k", "prose key add dev fire id 1 cipher aes256-gcm file k\n");
	refused("dev fire id 1 cipher eea2 file k", "prose key add dev fire id 1 cipher eea2 integrity none file k");
	refused("dev fire id 7 cipher eea3 serial 12", "cipher aes256-gcm serial 12\n");
	refused("dev fire id 1 cipher eea2 kdf direct file k", "\"integrity\" is missing");
	refused("dev fire id 1 cipher eea2 integrity eia2 kdf direct file k", "kdf direct");
	refused("dev fire id 1 cipher eea0 integrity eia1 kdf direct file k", "does not cipher");
	refused("dev fire id 1 cipher aes file k", "write out \"aes128-gcm\"");
	refused("dev fire id 1 cipher eea2 integrity non file k", "write out \"none\"");
	refused("dev fire id 1 cipher aes256-gcm integrity eia2 file k", "leave \"integrity\" out");
	refused("dev fire id 1 cipher eea0 integrity none file k", "protects nothing");
	refused("dev fire id 1 cipher aes256-gcm", "where is the key?");
	refused(OWN " serial 5", "file and serial");
	refused("dev fire id 1 cipher aes256-gcm serial 0", "1 to 2147483647");
	refused("dev fire id 1 cipher aes256-gcm serial 0x12", "a decimal number");
	refused(OWN " until @999999", "lies in the past");
	refused(OWN " from +2h until +1h", "is not after");
	refused(OWN " from tomorrow", "a time is");
	refused(OWN " range 65536", "0 to 65535");
	refused(OWN " range -1", "a decimal number");
	refused(OWN " from standby range 5", "takes its range when it is used");
	refused(OWN " kdf a-name-that-is-longer", "1 to 15 characters");
	refused(OWN " id 2", "\"id\" is given twice");
	refused(OWN " until", "\"until\" needs a time or \"never\" after it");
	refused("dev fire id 1 key 00112233", "\"key\" is no option of this command");
}

void test_args(void)
{
	nearest();
	key_add_lines();
}
