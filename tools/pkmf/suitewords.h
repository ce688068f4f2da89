/* SPDX-License-Identifier: GPL-2.0 */
/* Suites as they are typed and printed. */
#ifndef SUITEWORDS_H
#define SUITEWORDS_H

#include "names.h"
#include "record.h"

/* Cipher, integrity ("" or NULL: none named) and KDF by name, each with each. */
int parse_suite(const char *cipher, const char *integrity, const char *kdf,
		struct record_suite *s, struct why *w);
#define SUITE_TEXT_LEN 64
char *suite_text(char out[SUITE_TEXT_LEN], const struct record_suite *s);

#endif
