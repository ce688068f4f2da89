/* SPDX-License-Identifier: GPL-2.0 */
/* A running device in the form of a configuration file. */
#ifndef CONFWRITE_H
#define CONFWRITE_H

#include "updiff.h"

/*
 * The text, to be freed. Of the file that there is, *c, it keeps what the kernel
 * does not know: the comments at its beginning, hooks, and File= of a key while
 * that file holds its value. Prints what went wrong and gives back the exit code.
 */
int conf_compose(const struct conf *c, const struct running *r, char **text, size_t *len);

#endif
