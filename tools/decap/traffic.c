// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "libcrypto.h"
#include "traffic.h"

/* The last octets of what is derived, or all of it (TS 33.303 A.4) */
static int expand(struct secrets *s, enum prose_kdf_usage usage,
		  uint8_t identity, uint8_t *out, size_t len)
{
	uint8_t input[PROSE_KDF_ALG_S_LEN];

	prose_kdf_alg_input(input, usage, identity);
	if (hmac_sha256(s->ptk, input, sizeof(input), s->derived))
		return -1;
	memcpy(out, s->derived + PROSE_PTK_LEN - len, len);
	return 0;
}

static int derive(const struct suite *suite, struct secrets *s, uint32_t src,
		  uint32_t dst, uint16_t ptk_id)
{
	unsigned int len = suite_key_len(suite);
	uint8_t input[PROSE_KDF_PTK_S_LEN];

	if (suite->direct) {
		memcpy(s->pek, s->pgk + PROSE_PGK_LEN - len, len);
		return 0;
	}
	prose_kdf_ptk_input(input, src, ptk_id, dst);
	if (hmac_sha256(s->pgk, input, sizeof(input), s->ptk))
		return -1;
	if (len && expand(s, PROSE_KDF_ENCRYPTION, suite_cipher_identity(suite),
			  s->pek, len))
		return -1;
	if (suite->integrity != NONE &&
	    expand(s, PROSE_KDF_INTEGRITY, suite_integrity_identity(suite),
		   s->pik, sizeof(s->pik)))
		return -1;
	return 0;
}

int traffic_keys(const struct suite *suite, struct secrets *s, uint32_t src,
		 uint32_t dst, uint16_t ptk_id)
{
	if (s->valid && s->src == src && s->dst == dst && s->ptk_id == ptk_id)
		return 0;
	s->valid = !derive(suite, s, src, dst, ptk_id);
	s->src = src;
	s->dst = dst;
	s->ptk_id = ptk_id;
	return s->valid ? 0 : -1;
}
