// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "help.h"
#include "prose.h"

const char help_text[] =
"Usage: prose [OPTIONS] [COMMAND]\n"
"       prose [show [DEV]]\n"
"       prose up NAME [--dry-run]        (/etc/prose/NAME.conf, or a path to such a file)\n"
"       prose down | restart | save | check NAME\n"
"       prose showconf DEV\n"
"       prose dev add NAME link LOWER group G [member M|auto] [lcid N] [ethertype T]\n"
"                 [protect on|off] [window N] [OPTION]...\n"
"       prose dev set NAME OPTION...\n"
"          OPTION: tx on|off | nonip auto|on|off | margin SEC | notice SEC |\n"
"                  require none|integrity|aead | choice from|expiry |\n"
"                  ptk-age SEC | ptk-packets N\n"
"       prose dev del NAME\n"
"       prose key add dev DEV id ID cipher C [integrity I] [kdf NAME]\n"
"                 [from TIME|standby] [until TIME|never] [range N] file FILE|- | serial N\n"
"       prose key use dev DEV id ID [at TIME]\n"
"       prose key set dev DEV id ID [from TIME|standby] [until TIME|never]\n"
"       prose key extend dev DEV id ID [range N]\n"
"       prose key del | revoke dev DEV id ID\n"
"       prose key show [dev DEV]\n"
"       prose member show [dev DEV]\n"
"       prose member reset dev DEV id ID member M\n"
"          (M another member: forget what was received of it, so that it may begin\n"
"           anew; M our own: answer a conflict, so that sending goes on)\n"
"       prose ptk next dev DEV [id ID]\n"
"       prose floors [show] | save [FILE] | restore [FILE]\n"
"       prose doctor [dev DEV] [listen SEC]\n"
"       prose request FILE [manager KEY] [name NAME]\n"
"       prose join FILE lower DEV [manager KEY] [name NAME]\n"
"       prose import FILE [manager KEY] [receipt FILE] [--dry-run]\n"
"       prose leave GROUP|DEV\n"
"       prose manager show\n"
"       prose seal status | renew [tpm|file]\n"
"       prose wipe\n"
"       prose monitor | agent | genkey\n"
"       prose ledger init [volatile] | show\n"
"       prose help [COMMAND]\n"
"OPTIONS: -j (JSON) -p (pretty) -s (statistics) -n NETNS --state-dir DIR\n"
"         -b FILE (a command for each line) --trust-clock --version --help\n"
"C: eea0 eea1 eea2 eea3 aes128-gcm aes256-gcm    I: none eia1 eia2 eia3\n"
"KEY: 64 hexadecimal digits, as prose-pkmf status prints them\n"
"G, M: 0xXXXXXX or aa:bb:cc    ID: 0..255 or 0x00..0xff\n"
"TIME: 2026-03-01T12:00:00Z, +8h, +1h30m, @SECONDS, now\n"
"\"ls\" and \"list\" are the same as \"show\". See prose(8).\n";

/*
 * Of a line: does it tell of that command, alone or as one of "down | save"? The
 * indentation is that of "Usage:". What follows a command's own words is no command.
 */
static bool tells_of(const char *line, const char *command)
{
	static const char start[] = "       prose ";
	size_t len = strlen(command);

	if (strncmp(line, start, strlen(start)))
		return false;
	for (line += strlen(start);; line += strspn(line, " |")) {
		size_t word = strcspn(line, "\n ");

		if (word == len && !strncmp(line, command, len))
			return true;
		line += word;
		if (strncmp(line, " | ", 3))
			return false;
	}
}

/* Its lines, with those that go on behind them; false: there are none. */
static bool print_lines_of(FILE *f, const char *command)
{
	bool any = false, on = false;
	const char *line, *end;

	for (line = help_text; *line; line = end) {
		end = strchr(line, '\n') + 1;
		if (strncmp(line, "        ", 8))
			on = tells_of(line, command);
		if (on)
			fwrite(line, 1, end - line, f);
		any |= on;
	}
	return any;
}

void help_print(FILE *f, const char *command)
{
	if (!command || !print_lines_of(f, command))
		fputs(help_text, f);
	else
		fputs("prose --help tells all; see prose(8).\n", f);
}

int cmd_help(struct args *a)
{
	help_print(stdout, arg_next(a));
	return EXIT_OK;
}
