/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Elements: type (2 octets), length (2 octets), value; integers big endian, of a
 * length that their kind has. A writer and a reader; neither allocates, and the
 * reader never looks beyond what it was given.
 */
#ifndef ELEMENT_H
#define ELEMENT_H

#include "record.h"

struct element_writer {
	uint8_t *out;
	size_t size;
	size_t len;
	bool full;		/* something had no room: all after it is left out */
};

void put_octets(struct element_writer *e, uint16_t type, const void *value, size_t len);
/* An integer of 1 to 8 octets. */
void put_number(struct element_writer *e, uint16_t type, uint64_t n, size_t octets);
void put_text(struct element_writer *e, uint16_t type, const char *text);
/* An element of elements: begin returns what end is to be given. */
size_t put_begin(struct element_writer *e, uint16_t type);
void put_end(struct element_writer *e, size_t begin);
/* Octets without a head. */
void put_raw(struct element_writer *e, const void *value, size_t len);
/* The length, or -1 with a reason. */
int put_done(const struct element_writer *e, struct why *w);

struct element_reader {
	const uint8_t *in;
	size_t left;
	const char *object;	/* for messages */
	uint16_t last;		/* type of the last element */
	bool again;		/* it may come again: a list */
	uint16_t type;		/* of this one */
	const uint8_t *value;
	size_t len;
};

/* The two octets that an object begins with. */
int read_object(struct element_reader *r, const uint8_t *in, size_t len, uint8_t object,
		const char *name, struct why *w);
/*
 * The next element into r: 1, 0 at the end, -1 with a reason. Types ascend; only
 * one that the last call of read_list() allowed may be as the one before.
 */
int read_next(struct element_reader *r, struct why *w);
/* This element may be followed by others of its type. */
void read_list(struct element_reader *r);
/* Not known here: 0 if it can be passed over, -1 if it must not. */
int read_unknown(const struct element_reader *r, struct why *w);

/* The value of this element, of exactly that length. -1 with a reason. */
int read_octets(const struct element_reader *r, void *out, size_t len, struct why *w);
int read_number(const struct element_reader *r, size_t octets, uint64_t max, uint64_t *n,
		struct why *w);
/* 1 to max octets without NUL, with one behind them in out. */
int read_text(const struct element_reader *r, char *out, size_t max, struct why *w);
/* An element of elements. */
void read_inner(const struct element_reader *r, const char *name, struct element_reader *inner);

#endif
