// SPDX-License-Identifier: GPL-2.0
/* Commands to paste: a name in them is a word, whatever is in it. */
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "shellword.h"
#include "tests.h"

/* What a shell makes of it. */
static void word(const char *s)
{
	char line[256], got[128] = "";
	FILE *f;

	snprintf(line, sizeof(line), "printf %%s %s", sh(s));
	f = popen(line, "r");
	if (f) {
		got[fread(got, 1, sizeof(got) - 1, f)] = 0;
		pclose(f);
	}
	is_str(got, s, sh(s));
}

static void where(const char *command, const char *netns, const char *want)
{
	char out[MEND_LEN];

	opt.netns = netns;
	opt.state_dir = LEDGER_DEFAULT_DIR;
	is_str(mend_where(command, out), want, want);
}

void test_shellword(void)
{
	struct options before = opt;
	struct finding f = { .n_mend = 0 };

	is_str(sh("fire0.1"), "fire0.1", "a plain name stays so");
	is_str(sh("/etc/prose/a-b_c.key"), "/etc/prose/a-b_c.key", "and a plain path");
	word("");
	word("a b");
	word("$(echo no)");
	word("it's");
	word("'");
	word("`id`;&|<>\\\"*?~#!");
	word("=ls");

	where("ip", NULL, "ip");
	where("ip", "far", "ip -n far");
	where("tc", "far", "tc -n far");
	where("iw", "far", "ip netns exec far iw");
	where("tcpdump", "a b", "ip netns exec 'a b' tcpdump");
	where("tcpdump", "/proc/7/ns/net", "nsenter --net=/proc/7/ns/net tcpdump");
	where("date", "far", "date");
	where("prose", "a b", "prose -n 'a b'");
	opt.netns = NULL;
	opt.state_dir = "/x y";
	mend(&f, "prose key del dev %s id 1", sh("a;b"));
	is_str(f.mend[0], "prose --state-dir '/x y' key del dev 'a;b' id 1", "a whole line");
	opt = before;
}
