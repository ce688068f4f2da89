/* SPDX-License-Identifier: GPL-2.0 */
/* Verify and decipher one PDCP PDU. */
#ifndef OPENPDU_H
#define OPENPDU_H

#include "pdu.h"
#include "suites.h"
#include "traffic.h"
#include "verdict.h"

/* The PDCP header, with which the MAC-I begins, then the plain Data. */
#define PLAIN_MAX	(PROSE_PDCP_LEN + UINT16_MAX)

/*
 * frame is from its SL-SCH header on, pdu what prose_pdu_parse() found in it.
 * The plain Data begins at plain + PROSE_PDCP_LEN; *len are its octets.
 */
enum verdict open_pdu(const struct suite *suite, struct secrets *secrets,
		      const uint8_t *frame, const struct prose_pdu *pdu,
		      uint8_t plain[PLAIN_MAX], size_t *len);

#endif
