/* SPDX-License-Identifier: GPL-2.0 */
/* What prose up, down and restart do once the file is read. Each gives back the exit code. */
#ifndef UPDOWN_H
#define UPDOWN_H

#include "conf.h"

/* The file was found good by conf_ready(). All is done, or undone again. */
int device_up(const struct conf *c);
/* It is gone then, whatever its hooks do, unless the kernel refused. */
int device_down(const struct conf *c);

#endif
