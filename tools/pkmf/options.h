/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PKMF_OPTIONS_H
#define PKMF_OPTIONS_H

#include "pkmf.h"

/* Options may stand anywhere; what is left are the words of the command. */
int options_take(int argc, char **argv, struct pkmf_options *o, struct args *a, struct why *w);

#endif
