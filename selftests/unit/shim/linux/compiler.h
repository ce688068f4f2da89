/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_COMPILER_H
#define SHIM_LINUX_COMPILER_H

#include <features.h>	/* the C library's own __always_inline */

#define noinline	__attribute__((noinline))
#define __aligned(n)	__attribute__((aligned(n)))

static inline void barrier(void)
{
	__asm__ volatile("" : : : "memory");
}

#define OPTIMIZER_HIDE_VAR(var)	({ __asm__("" : "=r"(var) : "0"(var)); })

#endif
