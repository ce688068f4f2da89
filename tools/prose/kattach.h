/* SPDX-License-Identifier: GPL-2.0 */
/*
 * attach.h with the kernel behind it: the device of the group in this network
 * namespace, through the code of "prose key add".
 */
#ifndef KATTACH_H
#define KATTACH_H

#include "attach.h"
#include "genl.h"

struct kattach {
	struct genl g;
	bool open;
	unsigned int attached, detached;	/* since it was last said */
	uint32_t group;		/* of the device that was found last */
	struct obj dev;
};

extern const struct attach_ops kattach_ops;

/* The device of a group and member, as list does; -1 with a reason. */
int kattach_find(struct kattach *k, uint32_t group, uint32_t member, struct why *w);
/* What was done since the last time, in a line each. */
void kattach_say(struct kattach *k);
void kattach_close(struct kattach *k);

#endif
