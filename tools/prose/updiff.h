/* SPDX-License-Identifier: GPL-2.0 */
/* A configuration file held against the device that is there. */
#ifndef UPDIFF_H
#define UPDIFF_H

#include "conf.h"
#include "key.h"
#include "linkstate.h"

/* The device as it is. */
struct running {
	struct obj dev;
	struct link_state link;
	uint32_t member_default;	/* the lower device's; 0: not known */
	struct obj_list keys;
	struct address *addresses;
	size_t n_addresses;
};

/* Prints what went wrong and gives back the exit code. */
int running_read(struct genl *g, const char *name, uint32_t ifindex, struct running *r);
void running_free(struct running *r);
const struct obj *running_key(const struct running *r, uint8_t id);
bool running_has_address(const struct running *r, const struct address *a);

/* An option as link_options has it. */
uint32_t running_option(const struct obj *dev, int option);

/*
 * What a file asks for, be it by a line or by having none. False: that cannot
 * be known, as the lower device is in another network namespace.
 */
bool option_wanted(const struct conf *c, const struct running *r, int option, uint32_t *v);
uint32_t mtu_wanted(const struct conf *c, const struct running *r);

/*
 * Differences that cannot be mended while the device is there: each is printed.
 * How many there are.
 */
size_t unmendable(const struct conf *c, const struct running *r);

/* Those of the changeable options that differ, with the values wanted. */
void options_differing(const struct conf *c, const struct running *r,
		       struct link_options *o);
/* Pure: how begin and end of a key get as the file has them; false: they are. */
bool times_wanted(const struct conf_key *k, const struct obj *live, int64_t now,
		  struct key_change *change);
/* Pure: is a key to be sent with that has no PTK IDs? */
bool range_wanted(const struct conf *c, const struct conf_key *k, const struct obj *live);

/* Tell what the device has beyond the file; it is left alone. How many. */
size_t say_surplus(const struct conf *c, const struct running *r);

#endif
