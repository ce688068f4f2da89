/* SPDX-License-Identifier: GPL-2.0 */
/* prose -b FILE: a command for each line, as with ip -b. */
#ifndef BATCH_H
#define BATCH_H

#include "args.h"

#define BATCH_WORDS 64

/*
 * Take a line apart in place: blanks part words, ' and " keep them together, \
 * takes what is special from the next character, # begins a comment. How many,
 * or -1. Pure.
 */
int batch_words(char *line, char *words[BATCH_WORDS], struct why *w);

/*
 * Run them in turn, up to the first that fails; its exit code. "-" is standard
 * input.
 */
int batch_run(const char *file, int (*run)(struct args *a));

#endif
