/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EVENT_H
#define EVENT_H

#include <stdio.h>

#include "genl.h"

/* 0 and the event in o, if the message is one. */
int event_take(const struct genl *g, const struct nlmsghdr *nlh, struct obj *o);
/* "fire range-low key 1 left 64" and a newline. */
void event_line(const struct obj *o, FILE *f);

#endif
