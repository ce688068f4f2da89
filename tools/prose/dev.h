/* SPDX-License-Identifier: GPL-2.0 */
/* Making and removing a prose device, for the commands that do it. */
#ifndef DEV_H
#define DEV_H

#include "rtnl.h"

/* Pure: can this be the name of a device? */
int device_name_valid(const char *s, struct why *w);

/* These print what went wrong and give back the exit code. */
int device_make(const char *name, uint32_t lower, const struct link_options *o);
/* Its keys first, so that the ledger gets the unused PTK IDs back. */
int device_remove(const char *name, uint32_t ifindex);

/* ifindex, or 0 after a message; a wrong name must not hit another device. */
uint32_t prose_device(const char *name);

#endif
