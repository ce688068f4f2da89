/* SPDX-License-Identifier: GPL-2.0 */
/* Signals while something is done that is to be taken back when one comes. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <signal.h>

#define SIGNALS_CAUGHT 5

struct signals {
	struct sigaction old[SIGNALS_CAUGHT];
};

/*
 * From here on a signal that would end us is only noted, and whoever reads what
 * is said may go away. What was ignored when we were started, as by nohup, still is.
 */
void signals_catch(struct signals *s);
/* A batch goes on after this. */
void signals_leave(const struct signals *s);
/* The last one that came since signals_catch(), or 0. */
int signals_came(void);

#endif
