// SPDX-License-Identifier: GPL-2.0
/* What comes with the command and is no C: completion, the generator. */
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "help.h"
#include "names.h"
#include "tests.h"

static char src[PATH_MAX], dir[256];

/* All that a shell prints, blanks for line ends. $A is a. */
static const char *shell(const char *command, const char *a)
{
	static char out[4096];
	size_t len;
	FILE *f;

	setenv("A", a, 1);
	f = popen(command, "r");
	if (!f)
		return "";
	len = fread(out, 1, sizeof(out) - 1, f);
	out[len] = 0;
	pclose(f);
	for (len = 0; out[len]; len++)
		if (out[len] == '\n')
			out[len] = ' ';
	while (len && out[len - 1] == ' ')
		out[--len] = 0;
	return out;
}

/* What Tab offers after this line; its last word is what was begun. */
static void tab(const char *line, const char *want)
{
	static const char script[] =
		"bash -c '. \"$COMPLETION/prose.bash\"; IFS=\" \" read -ra COMP_WORDS <<<\"$A\"; "
		"case $A in *\" \") COMP_WORDS+=(\"\");; esac; "
		"COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _prose; "
		"printf \"%s\\n\" \"${COMPREPLY[@]}\"' 2>&1";

	is_str(shell(script, line), want, line);
}

/* zsh and fish offer the same behind this line, which ends with a blank. */
static void same(const char *line)
{
	static const char zsh[] =
		"zsh -fc '. \"$COMPLETION/prose.zsh\"; words=(${=A}); "
		"_prose_ask _prose_next \"${words[-1]}\" \"${(@)words[2,-1]}\"' 2>&1 | sort -u";
	static const char fish[] =
		"fish --no-config -c '. \"$COMPLETION/prose.fish\"; "
		"complete -C \"$A\"' 2>&1 | sort -u";
	static const struct {
		const char *name;
		const char *script;
	} others[] = { { "zsh", zsh }, { "fish", fish } };
	static const char bash[] =
		"bash -c '. \"$COMPLETION/prose.bash\"; read -ra w <<<\"$A\"; "
		"_prose_next \"${w[-1]}\" \"${w[@]:1}\"' 2>&1 | sort -u";
	char want[4096], what[128];
	size_t i;

	snprintf(want, sizeof(want), "%s", shell(bash, line));
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		snprintf(what, sizeof(what), "command -v %s", others[i].name);
		if (shell(what, "")[0] != '/') {
			ok(true, "%s # SKIP there is no %s", line, others[i].name);
			continue;
		}
		snprintf(what, sizeof(what), "%s offers what bash does: %s", others[i].name, line);
		is_str(shell(others[i].script, line), want, what);
	}
}

static void all_shells(void)
{
	static const char *const lines[] = {
		"prose ", "prose up ", "prose down ", "prose show ", "prose check ", "prose key ",
		"prose help ", "prose doctor ", "prose doctor dev ", "prose doctor dev fire ",
		"prose key add ", "prose key add dev ", "prose key add dev fire ",
		"prose key add dev fire id ", "prose key add dev fire cipher ",
		"prose key add dev fire id 1 cipher aes256-gcm until ", "prose dev set ",
		"prose dev add fire ", "prose dev add fire link ", "prose dev add fire member ",
		"prose dev set fire tx ", "prose dev set fire tx on ", "prose member reset ",
		"prose ledger init ", "prose ptk ", "prose floors ",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++)
		same(lines[i]);
}

/* A value that the list of words has not is none that the kernel has not. */
static void values(const char *word, const char *const *names, size_t n)
{
	char want[256] = "";
	size_t i;

	for (i = 0; i < n; i++) {
		if (!names[i])
			continue;
		if (want[0])
			strcat(want, " ");
		strcat(want, names[i]);
	}
	is_str(shell("bash -c '. \"$COMPLETION/prose.bash\"; _prose_words \"=$A\"'", word), want,
	       word);
}

static void completion(void)
{
	tab("prose k", "key");
	tab("prose -j m", "member monitor manager");
	tab("prose -n ns s", "show save showconf seal");
	tab("prose up ", "air fire");
	tab("prose down ", "air fire fire");
	tab("prose show ", "fire");
	tab("prose key a", "add");
	tab("prose key add ", "dev id cipher integrity kdf from until range file serial");
	tab("prose key add dev ", "fire");
	tab("prose key add dev fire c", "cipher");
	tab("prose key add dev fire cipher aes", "aes128-gcm aes256-gcm");
	tab("prose key add dev fire id ", "");
	tab("prose key use dev fire id 1 ", "at");
	tab("prose dev add fire ",
	    "link group member lcid ethertype protect window tx nonip margin notice require choice ptk-age ptk-packets");
	tab("prose dev add fire link ", "fire wlan0");
	tab("prose dev set fire tx o", "on off");
	tab("prose dev set ", "fire");
	tab("prose member reset dev fire id 1 m", "member");
	tab("prose ledger init ", "volatile");
	tab("prose doctor dev ", "fire");
	tab("prose --tr", "--trust-clock");
	tab("prose doctor dev fire ", "listen");
	values("cipher", cipher_names, n_cipher_names);
	values("integrity", integrity_names, n_integrity_names);
	values("require", require_names, n_require_names);
	values("choice", choice_names, n_choice_names);
	all_shells();
}

/* Every command of the help is known to the completion. */
static void complete(void)
{
	static const char start[] = "       prose ";
	const char *line;
	char word[16], said[64];

	for (line = help_text; (line = strstr(line, start)); line++) {
		if (sscanf(line + strlen(start), "%15[a-z]", word) != 1)
			continue;
		snprintf(said, sizeof(said), "prose %s", word);
		tab(said, word);
	}
}

static void generator(void)
{
	static const char run[] =
		"sed 's|@UNITDIR@|/lib/systemd/system|' $SRC/system/prose-generator >$D/generator; "
		"ROOT=$D sh $D/generator $D/out 2>&1; cat \"$D/out/$A\" 2>&1";
	static const char binds[] = "BindsTo=sys-subsystem-net-devices-wlan0.device After=";
	const char *said;

	if (shell("command -v systemd-escape", "")[0] != '/') {
		ok(true, "generator # SKIP there is no systemd-escape");
		return;
	}
	said = shell(run, "prose@fire.service.d/50-lower.conf");
	ok(strstr(said, binds), "a device is bound to its lower device: %s", said);
	is_str(shell("readlink $D/out/*-wlan0.device.wants/prose@fire.service", ""),
	       "/lib/systemd/system/prose@.service", "and is started by it if it is enabled");
	said = shell("cat $D/out/prose@fire.service.d/60-replug.conf", "");
	ok(strstr(said, "OnSuccess=prose-replug@fire.service"),
	   "and again if that came back too soon: %s", said);
	is_str(shell("ls $D/out", ""),
	       "prose@air.service.d prose@fire.service.d sys-subsystem-net-devices-wlan0.device.wants",
	       "another is not");
	is_str(shell("ls $D/out/prose@air.service.d", ""), "50-lower.conf", "neither then");
	said = shell(run, "prose@air.service.d/50-lower.conf");
	ok(strstr(said, "devices-wlan\\x2dx.device"), "a name with a - is escaped: %s", said);
}

void test_shell(void)
{
	char file[] = __FILE__, confs[300], net[300];

	/* This file is in tests/ of the sources. */
	if (!realpath(dirname(dirname(file)), src))
		strcpy(src, ".");
	snprintf(dir, sizeof(dir), "%s", test_dir());
	snprintf(confs, sizeof(confs), "%s/etc/prose", dir);
	snprintf(net, sizeof(net), "%s/net", dir);
	setenv("SRC", src, 1);
	setenv("D", dir, 1);
	setenv("PROSE_CONF_DIR", confs, 1);
	setenv("PROSE_NET_DIR", net, 1);
	shell("mkdir -p $D/etc/prose $D/net/fire $D/net/wlan0 $D/etc/systemd/system/prose.target.wants; "
	      "echo DEVTYPE=prose >$D/net/fire/uevent; echo DEVTYPE=wlan >$D/net/wlan0/uevent; "
	      "printf '[Device]\\n lower = wlan0 # the stick\\n' >$D/etc/prose/fire.conf; "
	      "printf '[Device]\\nLower=wlan-x\\n' >$D/etc/prose/air.conf; "
	      "ln -s nowhere $D/etc/systemd/system/prose.target.wants/prose@fire.service", "");
	completion();
	complete();
	/* Offered as it is, never run, and no unit is written for it. */
	shell("printf '[Device]\\nLower=wlan0\\n' >$D/etc/prose/'z$(id).conf'", "");
	tab("prose up z", "z\\$\\(id\\)");
	shell("printf '[Device]\\nLower=a/b\\n' >$D/etc/prose/bad.conf; "
	      "printf '[Device]\\nLower=..\\n' >$D/etc/prose/aaa.conf; mkdir $D/etc/prose/aa.conf", "");
	generator();
}
