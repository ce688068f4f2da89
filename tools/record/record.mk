# SPDX-License-Identifier: GPL-2.0
# The objects of tools/record, for the programs that have it among their folders.
record_objs := bundle.o config.o element.o key_record.o parts.o receipt.o request.o result.o \
	snapshot.o
