// SPDX-License-Identifier: GPL-2.0
#include "fcs.h"

#define POLYNOMIAL	0xedb88320u	/* IEEE 802.3 3.2.9, least significant bit first */

static uint32_t crc32(const uint8_t *p, size_t len)
{
	uint32_t crc = UINT32_MAX;
	int bit;

	while (len--) {
		crc ^= *p++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
	}
	return ~crc;
}

size_t fcs_trimmed(const uint8_t *frame, size_t len, int told)
{
	uint32_t crc;
	size_t i;

	if (told >= 0)
		return len > (size_t)told ? len - told : 0;
	if (len <= FCS_LEN)
		return len;
	len -= FCS_LEN;
	crc = crc32(frame, len);
	/* Its least significant octet goes first. */
	for (i = 0; i < FCS_LEN; i++)
		if (frame[len + i] != (uint8_t)(crc >> 8 * i))
			return len + FCS_LEN;
	return len;
}
