/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What several objects have inside. The checks are those of writing and of
 * reading: neither makes nor takes what the other would refuse.
 */
#ifndef PARTS_H
#define PARTS_H

#include "element.h"
#include "tags.h"

/* object: for messages. */
int check_suite(const struct record_suite *s, const char *object, struct why *w);
void put_suite(struct element_writer *e, uint16_t type, const struct record_suite *s);
int read_suite(const struct element_reader *r, struct record_suite *s, struct why *w);

/* A name that a network device or a file can have. */
int check_device_name(const char *name, size_t size, const char *object, struct why *w);
/* A group or member ID: 24 bits, not 0. */
int check_id24(uint32_t id, const char *what, const char *object, struct why *w);

/* before: the entry before it in the list, or NULL. */
int check_next(const struct record_next *n, const struct record_next *before,
	       const char *object, struct why *w);
void put_next(struct element_writer *e, const struct record_next *n);
int read_next_id(const struct element_reader *r, struct record_next *n,
		 const struct record_next *before, struct why *w);

/* Group and key records inside a snapshot. */
int check_config(const struct group_record *g, struct why *w);
void put_config(struct element_writer *e, const struct group_record *g);
int read_config(const struct element_reader *r, uint32_t group, uint32_t member,
		struct group_record *g, struct why *w);
int check_key(const struct key_record *k, struct why *w);
void put_key(struct element_writer *e, const struct key_record *k);
int read_key(const struct element_reader *r, uint32_t group, struct key_record *k,
	     struct why *w);

#endif
