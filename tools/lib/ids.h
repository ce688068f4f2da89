/* SPDX-License-Identifier: GPL-2.0 */
/* Identities and numbers as they are typed and printed. */
#ifndef IDS_H
#define IDS_H

#include "error.h"

/* A group or member identity: 0xXXXXXX or aa:bb:cc, not 0. */
int parse_id24(const char *what, const char *s, uint32_t *id, struct why *w);
/* Decimal 0..255 or 0x00..0xff. */
int parse_pgk_id(const char *s, uint8_t *id, struct why *w);
/* Decimal; 0x and octal are refused, so that no digit is ever misread. */
int parse_number(const char *what, const char *s, uint32_t min, uint32_t max,
		 uint32_t *n, struct why *w);
int parse_ethertype(const char *s, uint16_t *type, struct why *w);
int parse_on_off(const char *what, const char *s, bool *on, struct why *w);
int parse_fingerprint(const char *s, uint8_t fp[16]);

#define HEX_LEN(octets) (2 * (octets) + 1)
char *to_hex(char *out, const uint8_t *in, size_t len);

#endif
