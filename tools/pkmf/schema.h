/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SCHEMA_H
#define SCHEMA_H

/* Statements that make all tables of SCHEMA_VERSION in an empty database. */
extern const char schema_sql[];

#endif
