// SPDX-License-Identifier: GPL-2.0
/* schema.sql as a string: the Makefile makes schema_gen.h of it. */
#include "schema.h"

const char schema_sql[] =
#include "schema_gen.h"
;
