// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "prose.h"
#include "samevalue.h"
#include "shellword.h"

static bool same(const struct obj *k, const uint8_t fingerprint[PROSE_FINGERPRINT_LEN])
{
	return HAS(k, PROSE_A_FINGERPRINT) &&
	       !memcmp(k->fingerprint, fingerprint, PROSE_FINGERPRINT_LEN);
}

int same_value_check(const struct obj_list *keys, const char *dev, uint32_t ifindex,
		     uint8_t id, const uint8_t fingerprint[PROSE_FINGERPRINT_LEN])
{
	size_t i;

	for (i = 0; i < keys->n; i++) {
		const struct obj *k = &keys->o[i];
		bool here = k->ifindex == ifindex;

		if (!same(k, fingerprint) || (here && k->pgk_id == id))
			continue;
		if (k->key_state == PROSE_KEY_STATE_REVOKED) {
			fail(EXIT_USAGE, "%s: key %u is not attached: it has the value of key %u of %s, which was REVOKED; whoever that one was revoked for has this one too",
			     dev, id, k->pgk_id, k->ifname);
			hint("Is it the file of the old key? Make a new one: prose genkey");
			return EXIT_USAGE;
		}
		if (!here)
			continue;
		warn("%s: key %u HAS THE SAME VALUE AS KEY %u: whoever has one of them has both",
		     dev, id, k->pgk_id);
		hint("If it was meant to be a new key, detach it and make one: prose key del dev %s id %u; prose genkey",
		     sh(dev), id);
	}
	return EXIT_OK;
}

bool same_value_lives(const struct obj *k, const struct obj *revoked)
{
	return k->serial != revoked->serial && !obj_dead(k) && same(k, revoked->fingerprint);
}
