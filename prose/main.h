/* SPDX-License-Identifier: GPL-2.0 */
/* What the whole module shares. */
#ifndef _PROSE_MAIN_H
#define _PROSE_MAIN_H

#include <linux/workqueue.h>

/* All deferred work of the module but calls of KDFs; unloading waits for it. */
extern struct workqueue_struct *prose_wq;

#endif /* _PROSE_MAIN_H */
