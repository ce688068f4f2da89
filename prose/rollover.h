/* SPDX-License-Identifier: GPL-2.0 */
/* The change from one PTK to the next. rollover.c APIs. */
#ifndef _PROSE_ROLLOVER_H
#define _PROSE_ROLLOVER_H

#include <linux/types.h>
#include <linux/workqueue.h>

struct prose_dev;
struct prose_pgk;
struct prose_ptk;

int prose_rollover(struct prose_dev *pdev, struct prose_ptk *old, bool held);
void prose_rollover_work(struct work_struct *work);
int prose_tx_open(struct prose_dev *pdev, struct prose_pgk *pgk);
void prose_tx_unwant(struct prose_dev *pdev);
int prose_tx_next(struct prose_pgk *pgk);
bool prose_tx_aged(struct prose_dev *pdev);
void prose_tx_close(struct prose_dev *pdev, u8 reason,
		    struct prose_pgk *blocked);
void prose_tx_forget(struct prose_dev *pdev, const struct prose_pgk *pgk,
		     u8 reason);
void prose_tx_refill(struct prose_dev *pdev);
void prose_tx_ptk_idle(struct prose_ptk *ptk);
struct prose_pgk *prose_tx_pgk(struct prose_dev *pdev);

#endif /* _PROSE_ROLLOVER_H */
