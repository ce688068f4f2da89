// SPDX-License-Identifier: GPL-2.0
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "fingerprint.h"
#include "sha256.h"

void key_fingerprint(uint8_t *page, uint8_t out[PROSE_FINGERPRINT_LEN])
{
	static const char label[] = "prose ledger";
	uint8_t *mac = page + PGK_LEN;
	unsigned int len = SHA256_LEN;

	/* What OpenSSL copies of the key it wipes; until then it is not to be swapped. */
	mlockall(MCL_CURRENT | MCL_FUTURE);
	if (!HMAC(EVP_sha256(), page, PGK_LEN, (const uint8_t *)label, sizeof(label) - 1,
		  mac, &len))
		abort();
	munlockall();
	mlock(page, SECRET_SIZE);
	memcpy(out, mac, PROSE_FINGERPRINT_LEN);
	explicit_bzero(mac, SHA256_LEN);
}
