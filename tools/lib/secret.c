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

void *secret_new(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	static bool said;

	if (p == MAP_FAILED)
		return NULL;
	madvise(p, size, MADV_DONTDUMP);
	madvise(p, size, MADV_DONTFORK);
	if (mlock(p, size) && !said) {
		said = true;
		warn("the memory of keys cannot be locked and might be swapped out");
	}
	return p;
}

void secret_del(void *p, size_t size)
{
	if (!p)
		return;
	explicit_bzero(p, size);
	munlock(p, size);
	munmap(p, size);
}

uint8_t *secret_alloc(void)
{
	return secret_new(SECRET_SIZE);
}

void secret_free(uint8_t *page)
{
	secret_del(page, SECRET_SIZE);
}
