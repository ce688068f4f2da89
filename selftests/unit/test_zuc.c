// SPDX-License-Identifier: GPL-2.0
/* ZUC, 128-EEA3 and 128-EIA3 against the official sets and themselves. */
#include "zuc.h"

#define STATE		zuc_state
#define INIT		zuc_init
#define XOR		zuc_xor
#define CRYPT		zuc_crypt
#define MAC		zuc_eia3
#define MAC_PIECES	zuc_eia3_pieces
#include "stream_tests.h"

int main(void)
{
	plan("zuc", 8);
	official("stream", "zuc", stream_set, 5);
	official("crypt", "eea3", crypt_set, 5);
	official("mac", "eia3", mac_set, 5);
	stream_tests();
	return done();
}
