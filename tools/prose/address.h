/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses of a device, over rtnetlink. */
#ifndef ADDRESS_H
#define ADDRESS_H

#include "nl.h"

struct address {
	uint8_t family;		/* AF_INET or AF_INET6 */
	uint8_t prefix;
	uint8_t octets[16];
	bool kept;		/* of a listed one: not from an automaton of the kernel */
};

#define ADDRESS_LEN 64

/* "10.4.5.1/24". Pure. */
int address_parse(const char *s, struct address *a, struct why *w);
char *address_text(char out[ADDRESS_LEN], const struct address *a);
bool address_same(const struct address *a, const struct address *b);

/* -errno. The list is to be freed. */
int address_list(uint32_t ifindex, struct address **list, size_t *n, struct nl_error *e);
int address_add(uint32_t ifindex, const struct address *a, struct nl_error *e);
int address_del(uint32_t ifindex, const struct address *a, struct nl_error *e);

#endif
