// SPDX-License-Identifier: GPL-2.0
#include "record.h"

const char *record_result_text(uint8_t result)
{
	static const char *const texts[RESULT_N] = {
		[RESULT_IN_USE] = "in use",
		[RESULT_STORED] = "stored",
		[RESULT_OLD_EPOCH] = "old epoch",
		[RESULT_OTHER_CONTENT] = "same epoch, other content",
		[RESULT_OTHER_MANAGER] = "other manager",
		[RESULT_OTHER_MEMBER] = "other member",
		[RESULT_OTHER_LEDGER] = "other ledger",
		[RESULT_LOCAL_KEYS] = "local keys",
		[RESULT_MISSING_KEY] = "missing key",
		[RESULT_WRONG_KEY] = "wrong key",
		[RESULT_UNSUPPORTED] = "unsupported",
		[RESULT_BOUND] = "bound to kdf direct",
		[RESULT_EXPIRED] = "expired",
		[RESULT_FAULT] = "fault of the device",
	};

	return result < RESULT_N ? texts[result] : "unknown";
}
