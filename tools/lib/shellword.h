/* SPDX-License-Identifier: GPL-2.0 */
/* Names in commands that are told, to be pasted into a shell. */
#ifndef SHELLWORD_H
#define SHELLWORD_H

/*
 * The word as a shell takes it: in quotes only if it needs them. Good until the
 * eighth call after this one.
 */
const char *sh(const char *s);

#endif
