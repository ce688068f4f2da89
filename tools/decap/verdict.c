// SPDX-License-Identifier: GPL-2.0
#include "verdict.h"

static const char *const texts[N_VERDICTS] = {
	[V_CLEAR]		= "deciphered",
	[V_OTHER]		= "of another Ethernet type",
	[V_CUT]			= "cut off in the capture (capture with -s 0)",
	[V_SHORT]		= "too short for its headers",
	[V_VERSION]		= "not V = 3",
	[V_SUBHEADER]		= "an unknown sequence of subheaders",
	[V_LCID]		= "not a logical channel of user data",
	[V_LENGTH]		= "a length beyond the frame",
	[V_UNPROTECTED]		= "not protected at all, so there is nothing to decipher",
	[V_SDU_TYPE]		= "a reserved SDU type",
	[V_NO_KEY]		= "no key was given for its PGK index",
	[V_SHORT_FOR_SUITE]	= "too short for the suite of the key",
	[V_IMPLAUSIBLE]		= "implausible when deciphered (another key or cipher?)",
	[V_BAD_MAC]		= "MAC-I or tag does not verify (another key or suite, or changed on its way)",
	[V_CRYPTO]		= "libcrypto failed",
};

const char *verdict_text(enum verdict v)
{
	return texts[v];
}
