// SPDX-License-Identifier: GPL-2.0
/* SNOW 3G, 128-EEA1 and 128-EIA1 against the official sets and themselves. */
#include "snow3g.h"

#define STATE		snow3g_state
#define INIT		snow3g_init
#define XOR		snow3g_xor
#define CRYPT		snow3g_crypt
#define MAC		snow3g_eia1
#define MAC_PIECES	snow3g_eia1_pieces
#include "stream_tests.h"

int main(void)
{
	plan("snow3g", 8);
	official("stream", "snow3g", stream_set, 5);
	official("crypt", "eea1", crypt_set, 11);
	official("mac", "eia1", mac_set, 12);
	stream_tests();
	return done();
}
