/* SPDX-License-Identifier: GPL-2.0 */
/* The summary of the commands. */
#ifndef HELP_H
#define HELP_H

#include <stdio.h>

extern const char help_text[];

/* What it says of one command; all, if it has none of that name or it is NULL. */
void help_print(FILE *f, const char *command);

#endif
