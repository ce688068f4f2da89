// SPDX-License-Identifier: GPL-2.0
#include "when.h"

/* Set by the Makefile; SOURCE_DATE_EPOCH makes it reproducible. */
const int64_t build_time = PROSE_BUILD_TIME;
