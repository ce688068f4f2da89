/* SPDX-License-Identifier: GPL-2.0 */
/* prose up --dry-run: what would be done. Nothing here can do anything. */
#ifndef UPPLAN_H
#define UPPLAN_H

#include "updiff.h"

typedef void plan_say(void *ctx, const char *step);

/* Pure: each step in the order of prose up; r is NULL if there is no device. */
void up_plan_steps(const struct conf *c, const struct running *r, int64_t now, plan_say *say,
		   void *ctx);

/* Print them, or why up would be refused; gives back the exit code that up would. */
int up_plan(const struct conf *c);

#endif
