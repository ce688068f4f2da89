// SPDX-License-Identifier: GPL-2.0
/*
 * Input blocks as Documentation/protocol.rst has them: TS 33.401 B.1 and B.2;
 * what is ours is marked there.
 */
#include <openssl/crypto.h>
#include <string.h>

#include <linux/unaligned.h>

#include "libcrypto.h"
#include "openpdu.h"
#include "snow3g.h"
#include "zuc.h"

/* One-to-many has no other (TS 36.323 5.6.1). */
#define DIRECTION	0
#define BEARER_SHIFT	3
#define FRESH_SHIFT	27
#define BLOCK_LEN	16
#define HALF_LEN	8
#define AAD_LEN		(3 + 3 + 1 + PROSE_PDCP_LEN + SALT_LEN)

/* COUNT, BEARER, and the sender where members share a key or in a nonce */
static void first_half(uint8_t half[HALF_LEN], const struct prose_pdu *pdu,
		       bool with_src)
{
	put_unaligned_be32(prose_count(pdu->ptk_id, pdu->sn), half);
	half[4] = pdu->lcid << BEARER_SHIFT;
	put_unaligned_be24(with_src ? pdu->src : 0, half + 5);
}

static int decipher(const struct suite *suite, const struct secrets *secrets,
		    const struct prose_pdu *pdu, uint8_t *out, const uint8_t *in,
		    size_t len)
{
	uint8_t block[BLOCK_LEN] = { 0 };

	first_half(block, pdu, suite->direct);
	if (suite->cipher != EEA2)
		memcpy(block + HALF_LEN, block, HALF_LEN);

	switch (suite->cipher) {
	case EEA1:
		snow3g_crypt(secrets->pek, block, out, in, len);
		return 0;
	case EEA2:
		return aes128_ctr(secrets->pek, block, out, in, len);
	case EEA3:
		zuc_crypt(secrets->pek, block, out, in, len);
		return 0;
	default:
		memcpy(out, in, len);
		return 0;
	}
}

static int maci(const struct suite *suite, const struct secrets *secrets,
		const struct prose_pdu *pdu, const uint8_t *msg, size_t len,
		uint8_t out[AES_BLOCK_LEN])
{
	uint32_t count = prose_count(pdu->ptk_id, pdu->sn);
	uint8_t half[HALF_LEN];

	switch (suite->integrity) {
	case EIA1:
		snow3g_eia1(secrets->pik, count, (uint32_t)pdu->lcid << FRESH_SHIFT,
			    DIRECTION, msg, 8 * (uint64_t)len, out);
		return 0;
	case EIA2:
		first_half(half, pdu, false);
		return aes128_cmac(secrets->pik, half, sizeof(half), msg, len, out);
	case EIA3:
		zuc_eia3(secrets->pik, count, pdu->lcid, DIRECTION, msg,
			 8 * (uint64_t)len, out);
		return 0;
	default:
		return -1;
	}
}

static enum verdict open_aead(const struct suite *suite,
			      const struct secrets *secrets,
			      const struct prose_pdu *pdu, const uint8_t *header,
			      uint8_t *out, size_t len)
{
	const uint8_t *salt = header + PROSE_PDCP_LEN, *data = salt + SALT_LEN;
	uint8_t nonce[HALF_LEN + SALT_LEN], aad[AAD_LEN];
	const struct gcm gcm = {
		.key = secrets->pek,
		.key_len = suite_key_len(suite),
		.nonce = nonce,
		.aad = aad,
		.aad_len = sizeof(aad),
		.tag = data + len,
	};
	int ret;

	first_half(nonce, pdu, true);
	memcpy(nonce + HALF_LEN, salt, SALT_LEN);
	put_unaligned_be24(pdu->src, aad);
	put_unaligned_be24(pdu->dst, aad + 3);
	aad[6] = pdu->lcid;
	memcpy(aad + 7, header, PROSE_PDCP_LEN + SALT_LEN);

	ret = aes_gcm_decipher(&gcm, out, data, len);
	if (!ret)
		return V_CLEAR;
	return ret < 0 ? V_CRYPTO : V_BAD_MAC;
}

static enum verdict open_plain(const struct suite *suite,
			       const struct secrets *secrets,
			       const struct prose_pdu *pdu, const uint8_t *header,
			       uint8_t plain[PLAIN_MAX], size_t len)
{
	const uint8_t *data = header + PROSE_PDCP_LEN;
	uint8_t mac[AES_BLOCK_LEN];

	memcpy(plain, header, PROSE_PDCP_LEN);
	if (decipher(suite, secrets, pdu, plain + PROSE_PDCP_LEN, data, len))
		return V_CRYPTO;
	if (suite->integrity == NONE)
		return V_CLEAR;
	if (maci(suite, secrets, pdu, plain, PROSE_PDCP_LEN + len, mac))
		return V_CRYPTO;
	return CRYPTO_memcmp(mac, data + len, MACI_LEN) ? V_BAD_MAC : V_CLEAR;
}

enum verdict open_pdu(const struct suite *suite, struct secrets *secrets,
		      const uint8_t *frame, const struct prose_pdu *pdu,
		      uint8_t plain[PLAIN_MAX], size_t *len)
{
	unsigned int extra = suite_head(suite) + suite_tail(suite);
	const uint8_t *header = frame + pdu->data - PROSE_PDCP_LEN;

	if (pdu->len < extra)
		return V_SHORT_FOR_SUITE;
	if (traffic_keys(suite, secrets, pdu->src, pdu->dst, pdu->ptk_id))
		return V_CRYPTO;
	*len = pdu->len - extra;
	if (suite_aead(suite))
		return open_aead(suite, secrets, pdu, header,
				 plain + PROSE_PDCP_LEN, *len);
	return open_plain(suite, secrets, pdu, header, plain, *len);
}
