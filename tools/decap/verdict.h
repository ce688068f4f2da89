/* SPDX-License-Identifier: GPL-2.0 */
/* What became of a captured frame. */
#ifndef VERDICT_H
#define VERDICT_H

/*
 * Of several keys that were tried, the verdict with the highest number tells
 * most.
 */
enum verdict {
	V_CLEAR,		/* deciphered, and verified if the suite can */
	V_OTHER,		/* not of our Ethernet type */
	V_CUT,			/* the capture does not have all of it */
	V_SHORT,
	V_VERSION,
	V_SUBHEADER,
	V_LCID,
	V_LENGTH,
	V_UNPROTECTED,
	V_SDU_TYPE,
	V_NO_KEY,
	V_SHORT_FOR_SUITE,
	V_IMPLAUSIBLE,
	V_BAD_MAC,
	V_CRYPTO,
	N_VERDICTS,
};

const char *verdict_text(enum verdict v);

#endif
