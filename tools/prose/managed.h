/* SPDX-License-Identifier: GPL-2.0 */
/* Groups whose keys come from a manager, as the other commands see them. */
#ifndef MANAGED_H
#define MANAGED_H

#include "conf.h"
#include "install.h"
#include "kattach.h"
#include "me.h"

/* The configuration file of a group: its source of keys, and its name if it is given. */
enum key_source managed_source(uint32_t group, char name[IF_NAMESIZE]);

/*
 * What a configuration file with Keys = manager leaves open, as the group record
 * has it. Prints what is wrong and gives back the exit code.
 */
int managed_fill(struct conf *c);

/* An install whose keys go to the kernel; *k is to be closed. */
void managed_install(struct install *in, const struct me *m, struct kattach *k);

/*
 * The keys of a group onto its device, whatever was there. Prints what is wrong and
 * gives back the exit code.
 */
int managed_attach(uint32_t group);
/* Those of all groups that have a device here; -1 if one could not be, which is printed. */
int managed_attach_all(void);

#endif
