/* SPDX-License-Identifier: GPL-2.0 */
/* SNOW 3G and ZUC as algorithms of the kernel's crypto API. */
#ifndef _PROSE_ALGORITHMS_H
#define _PROSE_ALGORITHMS_H

#define PROSE_SNOW3G		"snow3g"
#define PROSE_ZUC		"zuc"

int prose_algorithms_init(void);
void prose_algorithms_exit(void);

#endif /* _PROSE_ALGORITHMS_H */
