// SPDX-License-Identifier: GPL-2.0
#ifdef PROSE_TEST_HOOKS
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "fault.h"

const char *const fault_names[] = {
	"after-lock", "after-write", "after-rename", "after-fsync-dir", "after-grant",
	"after-remove", "install-stored", "install-committed", "seal-written",
};

const unsigned int n_fault_names = ARRAY_SIZE(fault_names);

/* Since PROSE_FAULT was last set. */
static unsigned int hits[ARRAY_SIZE(fault_names)];
static char last[256];

static unsigned int index_of(const char *name)
{
	unsigned int i;

	for (i = 0; i < n_fault_names; i++)
		if (!strcmp(fault_names[i], name))
			return i;
	fprintf(stderr, "fault point \"%s\" is not in the list of fault.c\n", name);
	abort();
}

static int act(const char *what)
{
	if (!strcmp(what, "kill"))
		raise(SIGKILL);
	if (!strncmp(what, "delay:", 6)) {
		usleep(1000 * atoi(what + 6));
		return 0;
	}
	if (strncmp(what, "error:", 6)) {
		fprintf(stderr, "PROSE_FAULT: \"%s\" is none of kill, error:ERRNO, delay:MS\n",
			what);
		abort();
	}
	errno = atoi(what + 6);
	return -1;
}

int fault(const char *name)
{
	const char *all = getenv("PROSE_FAULT") ? getenv("PROSE_FAULT") : "";
	char text[sizeof(last)], *one, *what, *nth, *save = NULL;
	unsigned int i = index_of(name), n;

	if (strcmp(all, last)) {
		memset(hits, 0, sizeof(hits));
		snprintf(last, sizeof(last), "%s", all);
	}
	n = ++hits[i];
	strcpy(text, last);
	for (one = strtok_r(text, ",", &save); one; one = strtok_r(NULL, ",", &save)) {
		what = strchr(one, '=');
		if (!what)
			continue;
		*what++ = 0;
		nth = strchr(one, ':');
		if (nth)
			*nth++ = 0;
		if (!strcmp(one, name) && (!nth || atoi(nth) == (int)n))
			return act(what);
	}
	return 0;
}
#endif
