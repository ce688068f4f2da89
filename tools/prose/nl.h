/* SPDX-License-Identifier: GPL-2.0 */
/* One netlink request and its answer, with what extack says about it. */
#ifndef NL_H
#define NL_H

#include <libmnl/libmnl.h>

#include "prose.h"

/* A tree of attribute names, to tell which one the kernel dislikes. */
struct attr_names {
	const char *const *names;
	uint16_t max;
	/* Attributes that hold others; NULL-terminated by .names == NULL. */
	const struct attr_nest {
		uint16_t type;
		const struct attr_names *names;
	} *nests;
};

struct nl_error {
	int err;		/* negative errno, 0 for none */
	bool answered;		/* the kernel said so, not the socket */
	bool missing;		/* the attribute is absent, not wrong */
	char msg[256];		/* extack text, or "" */
	char attr[64];		/* name of the offending attribute, or "" */
};

struct nl {
	struct mnl_socket *sock;
	uint32_t portid;
	uint32_t seq;
};

int nl_open(struct nl *nl, int bus);
void nl_close(struct nl *nl);

typedef int (*nl_reply_fn)(const struct nlmsghdr *nlh, void *ctx);

/*
 * Send and take the answers up to the acknowledgement or the end of the dump.
 * hdrlen: octets between netlink header and attributes. 0 or -errno.
 */
int nl_talk(struct nl *nl, struct nlmsghdr *nlh, size_t hdrlen,
	    const struct attr_names *names, nl_reply_fn fn, void *ctx,
	    struct nl_error *e);

/* The same over a socket of its own. */
int nl_ask(int bus, struct nlmsghdr *nlh, size_t hdrlen, const struct attr_names *names,
	   nl_reply_fn fn, void *ctx, struct nl_error *e);

/* Pure: name of the attribute of a request at this offset, or NULL. */
const char *nl_attr_at(const struct nlmsghdr *nlh, size_t hdrlen,
		       uint32_t offset, const struct attr_names *names);
/* Pure: fill e from an NLMSG_ERROR or NLMSG_DONE that answers request. */
void nl_parse_ack(const struct nlmsghdr *ack, const struct nlmsghdr *request,
		  size_t hdrlen, const struct attr_names *names,
		  struct nl_error *e);

#endif
