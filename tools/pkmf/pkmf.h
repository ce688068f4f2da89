/* SPDX-License-Identifier: GPL-2.0 */
/* What every file of prose-pkmf shares: options, exit codes, the commands. */
#ifndef PKMF_H
#define PKMF_H

#include "args.h"

/* Documented in prose-pkmf(8); scripts depend on them. */
enum {
	EXIT_OK = 0,
	EXIT_REFUSED = 1,	/* by the state of things, or a file that was given */
	EXIT_USAGE = 2,		/* the command line */
	EXIT_CONTACT = 3,	/* nobody answers */
	EXIT_PENDING = 4,	/* done here, and to be carried to devices */
};

#define PKMF_DEFAULT_DIR "/var/lib/prose-pkmf"

struct pkmf_options {
	bool json, pretty, dry_run, offline, version, help;
	const char *state_dir;
};

extern struct pkmf_options opt;

/* Each takes the words after its name and gives back the exit code. */
int cmd_init(struct args *a);
int cmd_group(struct args *a);
int cmd_request(struct args *a);
int cmd_approve(struct args *a);
int cmd_deny(struct args *a);
int cmd_member(struct args *a);
int cmd_export(struct args *a);
int cmd_receipt(struct args *a);
int cmd_rotate(struct args *a);
int cmd_changeover(struct args *a);
int cmd_remove(struct args *a);
int cmd_inventory(struct args *a);
int cmd_status(struct args *a);

struct command {
	const char *name;
	int (*run)(struct args *a);
	const char *help;	/* its line of the summary; NULL: another name of one */
};

/* Take one word and run that command; without a word, the first. */
int run_command(const char *of, const struct command *table, size_t n, struct args *a);
int usage(const struct why *w);
int refused(const struct why *w);

#endif
