/* SPDX-License-Identifier: GPL-2.0 */
/* Which key of a device is sent with. choice.c APIs. */
#ifndef _PROSE_CHOICE_H
#define _PROSE_CHOICE_H

#include <linux/types.h>

#include <uapi/linux/prose.h>

struct prose_dev;
struct prose_pgk;

bool prose_key_sends(const struct prose_pgk *pgk);
bool prose_key_has_ids(const struct prose_pgk *pgk);
void prose_choose(struct prose_dev *pdev);
enum prose_key_state prose_key_state(const struct prose_pgk *pgk);

#endif /* _PROSE_CHOICE_H */
