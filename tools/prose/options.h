/* SPDX-License-Identifier: GPL-2.0 */
/* The options of the command line, wherever on it they stand. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "args.h"
#include "prose.h"

/*
 * Take them into *o, which keeps what none of them names; *a gets the other
 * words, in the order that they had. argv[0] is the name of the program. -1
 * with a reason.
 */
int options_take(int argc, char **argv, struct options *o, struct args *a, struct why *w);

#endif
