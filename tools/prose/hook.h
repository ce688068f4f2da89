/* SPDX-License-Identifier: GPL-2.0 */
/* The commands that a configuration file has run. */
#ifndef HOOK_H
#define HOOK_H

#include "conf.h"

/*
 * Run those of one kind in turn, by /bin/sh, %i being the device. Stops at the
 * first that fails, with a message, unless all of them are to be run. Exit code.
 */
int hooks_run(const struct conf *c, enum conf_hook kind, bool all);

/* Pure: a command with the device in it; NULL without memory. */
char *hook_command(const char *text, const char *dev);

#endif
