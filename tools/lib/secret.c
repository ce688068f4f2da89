// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "secret.h"

/* Of core dumps, before ours was set to none. */
static struct rlimit core_before;
static bool core_set;

void secret_process(void)
{
	struct rlimit none;

	if (!core_set && !getrlimit(RLIMIT_CORE, &core_before)) {
		core_set = true;
		/* Not the hard limit: nothing that we run could raise it again. */
		none = (struct rlimit){ 0, core_before.rlim_max };
		setrlimit(RLIMIT_CORE, &none);
	}
	/* With this alone there is no dump; the limit is for what execve() resets. */
	prctl(PR_SET_DUMPABLE, 0);
}

void secret_child(void)
{
	if (core_set)
		setrlimit(RLIMIT_CORE, &core_before);
}

uint8_t *secret_alloc(void)
{
	uint8_t *page = mmap(NULL, SECRET_SIZE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return NULL;
	madvise(page, SECRET_SIZE, MADV_DONTDUMP);
	madvise(page, SECRET_SIZE, MADV_DONTFORK);
	if (mlock(page, SECRET_SIZE))
		warn("the key's buffer cannot be locked in memory and might be swapped out");
	return page;
}

void secret_free(uint8_t *page)
{
	if (!page)
		return;
	explicit_bzero(page, SECRET_SIZE);
	munlock(page, SECRET_SIZE);
	munmap(page, SECRET_SIZE);
}
