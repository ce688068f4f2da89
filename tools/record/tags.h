/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The numbers of objects and elements, ours, all of them here. They are in files
 * and messages of other versions: never renumber. Those that are not known to a
 * reader and have RECORD_MUST are refused by it.
 */
#ifndef TAGS_H
#define TAGS_H

#include "record.h"

/* First octet of an object; the second is RECORD_VERSION. */
enum record_object {
	OBJECT_SNAPSHOT = 1, OBJECT_BUNDLE = 2, OBJECT_REQUEST = 3, OBJECT_RECEIPT = 4,
};

/* The highest that is known here. */
#define RECORD_CIPHER_MAX PROSE_CIPHER_AES256_GCM
#define RECORD_INTEGRITY_MAX PROSE_INTEGRITY_EIA3

#define MUST(n) (RECORD_MUST | (n))

/* Of all objects. */
enum {
	TAG_MANAGER = MUST(1), TAG_GROUP = MUST(2), TAG_MEMBER = MUST(3), TAG_EPOCH = MUST(4),
	TAG_MADE = MUST(5), TAG_RECIPIENT = MUST(6), TAG_DEVICE = MUST(7), TAG_LEDGER = MUST(8),
	TAG_SERIAL = MUST(9), TAG_EXPIRES = MUST(10), TAG_PMK = MUST(11),
	TAG_ENVIRONMENT = MUST(12), TAG_CIPHERS = MUST(13), TAG_INTEGRITIES = MUST(14),
	TAG_TLS_KEY = MUST(15), TAG_CMS_KEY = MUST(16),
	/* Lists: an element for each entry. */
	TAG_LIVE = MUST(32), TAG_CONFIG = MUST(33), TAG_KEY = MUST(34), TAG_SNAPSHOT = MUST(35),
	TAG_NEXT = MUST(36), TAG_RESULT = MUST(37),
};

/* Inside TAG_CONFIG. A policy that a reader does not know must not be passed over. */
enum {
	CONFIG_NAME = MUST(1), CONFIG_SUITE = MUST(2), CONFIG_ADDRESS = MUST(3),
	CONFIG_POLICY = MUST(16),	/* and POLICY_x more */
};

/* Inside TAG_KEY. */
enum {
	KEY_ID = MUST(1), KEY_OCTETS = MUST(2), KEY_FINGERPRINT = MUST(3), KEY_SUITE = MUST(4),
	KEY_FROM = MUST(5), KEY_UNTIL = MUST(6), KEY_IN_CARD = MUST(7),
};

#endif
