/* SPDX-License-Identifier: GPL-2.0 */
/* Key values that are bound to the use first made of them. binding.c APIs. */
#ifndef _PROSE_BINDING_H
#define _PROSE_BINDING_H

struct netlink_ext_ack;
struct prose_pgk;

int prose_binding_take(const struct prose_pgk *pgk,
		       struct netlink_ext_ack *extack);
int prose_binding_init(void);
void prose_binding_exit(void);

#endif /* _PROSE_BINDING_H */
