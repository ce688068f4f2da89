/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fault points: places at which a test has a program die, fail or wait. In a
 * release build there are none, and not even their names.
 */
#ifndef FAULT_H
#define FAULT_H

/*
 * With PROSE_TEST_HOOKS: what PROSE_FAULT says, "NAME=kill", "NAME=error:ERRNO",
 * "NAME=delay:MS", with commas between them; NAME:N for the N-th time alone.
 * 0, or -1 with errno set: the caller fails as if what it just did had.
 */
#ifdef PROSE_TEST_HOOKS
/* All of them, for --faults: fault.c has the list. */
extern const char *const fault_names[];
extern const unsigned int n_fault_names;
int fault(const char *name);
#else
static inline int fault(const char *name)
{
	(void)name;
	return 0;
}
#endif

#endif
