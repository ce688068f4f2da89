/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A message that lies in memory in several pieces, for the integrity
 * algorithms: PDCP header and Data, the parts of an skb.
 */
#ifndef _PROSE_PIECE_H
#define _PROSE_PIECE_H

#include <linux/types.h>

/**
 * struct prose_piece - so many octets of a message
 * @data: where they lie; no alignment needed
 * @len: how many, may be 0
 */
struct prose_piece {
	const u8 *data;
	size_t len;
};

#endif /* _PROSE_PIECE_H */
