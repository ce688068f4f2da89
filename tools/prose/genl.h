/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family "prose". */
#ifndef GENL_H
#define GENL_H

#include "obj.h"
#include "prose.h"

struct genl {
	struct nl nl;
	uint16_t family;
	uint32_t events;	/* multicast group */
};

/*
 * Open and find the family; with load, run modprobe if it is not there.
 * Prints the error and gives back the exit code.
 */
int genl_open(struct genl *g, bool load);
void genl_close(struct genl *g);
int genl_subscribe(struct genl *g);

/* Start a request in buf (GENL_BUF octets). */
#define GENL_BUF 1024
struct nlmsghdr *genl_request(struct genl *g, char *buf, uint8_t cmd);

/* Send it; a reply goes to o if given. -errno. */
int genl_do(struct genl *g, struct nlmsghdr *nlh, struct obj *o, struct nl_error *e);
/* Dump all, or those of one device (ifindex not 0). -errno. */
int genl_dump(struct genl *g, uint8_t cmd, uint32_t ifindex,
	      struct obj_list *l, struct nl_error *e);

/*
 * Dump into something else: fn is called for each message, and restart before
 * the first one and before the first of another try.
 */
int genl_dump_to(struct genl *g, uint8_t cmd, uint32_t ifindex, void (*restart)(void *ctx),
		 nl_reply_fn fn, void *ctx, struct nl_error *e);

/* Get one device or key. -errno. */
int genl_dev_get(struct genl *g, uint32_t ifindex, struct obj *o, struct nl_error *e);
int genl_key_get(struct genl *g, uint32_t ifindex, uint8_t pgk_id,
		 struct obj *o, struct nl_error *e);

/* In place of a PROSE_CMD_: rtnetlink, in the hints. */
#define CMD_LINK 255

/* Print what the kernel refused and what to do; gives back EXIT_KERNEL. */
int kernel_refused(const char *what, uint8_t cmd, const struct nl_error *e);

/* modprobe NAME; 0 if it worked. */
int load_module(const char *name);

#endif
