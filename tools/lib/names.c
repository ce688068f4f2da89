// SPDX-License-Identifier: GPL-2.0
#include "names.h"
#include "names_gen.h"

const char *name_or_unknown(const char *const *names, size_t n, uint32_t i)
{
	return i < n && names[i] ? names[i] : "unknown";
}

bool cipher_is_aead(uint32_t cipher)
{
	return cipher == PROSE_CIPHER_AES128_GCM || cipher == PROSE_CIPHER_AES256_GCM;
}
