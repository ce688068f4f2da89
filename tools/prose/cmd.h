/* SPDX-License-Identifier: GPL-2.0 */
/* The commands, and what several of them need. */
#ifndef CMD_H
#define CMD_H

#include "args.h"
#include "floors.h"
#include "genl.h"
#include "ledger.h"

/* Each takes the words after its name and gives back the exit code. */
int cmd_show(struct args *a);
int cmd_dev(struct args *a);
int cmd_key(struct args *a);
int cmd_member(struct args *a);
int cmd_monitor(struct args *a);
int cmd_agent(struct args *a);
int cmd_genkey(struct args *a);
int cmd_ledger(struct args *a);
int cmd_ptk(struct args *a);
int cmd_floors(struct args *a);
int cmd_doctor(struct args *a);
int cmd_up(struct args *a);
int cmd_down(struct args *a);
int cmd_save(struct args *a);
int cmd_restart(struct args *a);
int cmd_check(struct args *a);
int cmd_showconf(struct args *a);
int cmd_request(struct args *a);
int cmd_import(struct args *a);
int cmd_join(struct args *a);
int cmd_leave(struct args *a);
int cmd_wipe(struct args *a);
int cmd_manager(struct args *a);
int cmd_seal(struct args *a);
int cmd_help(struct args *a);

struct command {
	const char *name;
	int (*run)(struct args *a);
};

/*
 * Take one word and run that command; without a word, the first. of: the
 * command whose commands they are, which "help" tells of; NULL: prose itself.
 */
int run_command(const char *of, const struct command *table, size_t n, struct args *a);

int usage(const struct why *w);

/* ifindex of a device, or 0 after an error message. */
uint32_t device_index(const char *name);

/*
 * Take a range for a key from the ledger and print what became of it; on
 * success *k is the key as it is now. *hopeless, if given: no other try can
 * help. Gives back the exit code.
 */
int take_range(struct genl *g, const char *dev, uint32_t ifindex, uint8_t pgk_id,
	       uint32_t want, struct obj *k, bool quiet, bool *hopeless);
/* How the ledger sees a key. */
void ledger_use_of(const struct obj *k, struct ledger_use *u);
/*
 * A key that was attached just now: bind its value in the ledger if it is one
 * of kdf direct; detach it if it is bound to another use. Exit code.
 */
int check_binding(struct genl *g, const struct obj *k);
/* The virtual machine was copied: no suite without a salt is sent with again. */
void record_fork(const struct obj *k, const char *ifname);
/* Detach a key and give the end of its range back to the ledger. */
int detach(struct genl *g, const char *dev, uint32_t ifindex, uint8_t pgk_id,
	   struct obj *reply, int *given_back);

/*
 * Tell the kernel the saved floors of a group (0: of all), before a key is
 * attached. Prints the error and gives back the exit code.
 */
int floors_restore(struct genl *g, uint32_t group);
/*
 * Save what the kernel remembers. last: what was saved last, to be compared
 * with; it is replaced. How many there are if any was new or higher, else 0;
 * or -1, and e->err if it was the kernel that refused.
 */
int floors_save(struct genl *g, const char *path, struct floors *last, struct nl_error *e,
		struct why *w);
/* "prose member reset" */
int member_reset(struct args *a);

bool agent_runs(void);

#endif
