// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>

#include "signals.h"

static const int caught[SIGNALS_CAUGHT] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };
static volatile sig_atomic_t came;

static void on_signal(int sig)
{
	came = sig;
}

void signals_catch(struct signals *s)
{
	struct sigaction sa = { .sa_flags = SA_RESTART };
	size_t i;

	came = 0;
	for (i = 0; i < SIGNALS_CAUGHT; i++) {
		sigaction(caught[i], NULL, &s->old[i]);
		if (s->old[i].sa_handler == SIG_IGN)
			continue;
		sa.sa_handler = caught[i] == SIGPIPE ? SIG_IGN : on_signal;
		sigaction(caught[i], &sa, NULL);
	}
}

void signals_leave(const struct signals *s)
{
	size_t i;

	for (i = 0; i < SIGNALS_CAUGHT; i++)
		sigaction(caught[i], &s->old[i], NULL);
}

int signals_came(void)
{
	return came;
}
