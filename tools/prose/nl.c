// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "nl.h"

#define BUF_SIZE 65536

int nl_open(struct nl *nl, int bus)
{
	int one = 1;

	nl->sock = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!nl->sock)
		return -errno;
	if (mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0) {
		int err = -errno;

		mnl_socket_close(nl->sock);
		nl->sock = NULL;
		return err;
	}
	nl->portid = mnl_socket_get_portid(nl->sock);
	nl->seq = time(NULL);
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &one, sizeof(one));
	return 0;
}

void nl_close(struct nl *nl)
{
	if (nl->sock)
		mnl_socket_close(nl->sock);
	nl->sock = NULL;
}

static const struct attr_names *nested(const struct attr_names *names, uint16_t type)
{
	const struct attr_nest *n;

	for (n = names->nests; n && n->names; n++)
		if (n->type == type)
			return n->names;
	return NULL;
}

static const char *name_of(const struct attr_names *names, uint16_t type)
{
	return names && type <= names->max ? names->names[type] : NULL;
}

const char *nl_attr_at(const struct nlmsghdr *nlh, size_t hdrlen,
		       uint32_t offset, const struct attr_names *names)
{
	const char *base = (const char *)nlh, *found = NULL;
	uint32_t pos = NLMSG_HDRLEN + MNL_ALIGN(hdrlen), end = nlh->nlmsg_len;

	while (names && pos + sizeof(struct nlattr) <= end) {
		const struct nlattr *a = (const void *)(base + pos);
		uint16_t type = mnl_attr_get_type(a);

		if (a->nla_len < sizeof(*a) || a->nla_len > end - pos)
			break;
		if (offset < pos || offset >= pos + a->nla_len) {
			pos += MNL_ALIGN(a->nla_len);
			continue;
		}
		if (name_of(names, type))
			found = name_of(names, type);
		names = nested(names, type);
		end = pos + a->nla_len;
		pos += MNL_ATTR_HDRLEN;
		if (offset < pos)	/* the header itself: no deeper */
			break;
	}
	return found;
}

/* Names of the set whose nest starts at this offset; 0 is the top. */
static const struct attr_names *set_at(const struct nlmsghdr *nlh, size_t hdrlen,
				       uint32_t offset, const struct attr_names *names)
{
	const char *base = (const char *)nlh;
	uint32_t pos = NLMSG_HDRLEN + MNL_ALIGN(hdrlen), end = nlh->nlmsg_len;

	while (offset && names && pos + sizeof(struct nlattr) <= end) {
		const struct nlattr *a = (const void *)(base + pos);

		if (a->nla_len < sizeof(*a) || a->nla_len > end - pos)
			return NULL;
		if (offset >= pos + MNL_ALIGN(a->nla_len)) {
			pos += MNL_ALIGN(a->nla_len);
			continue;
		}
		names = nested(names, mnl_attr_get_type(a));
		if (offset == pos)
			break;
		end = pos + a->nla_len;
		pos += MNL_ATTR_HDRLEN;
	}
	return names;
}

void nl_parse_ack(const struct nlmsghdr *ack, const struct nlmsghdr *request,
		  size_t hdrlen, const struct attr_names *names,
		  struct nl_error *e)
{
	size_t skip = sizeof(int), len = mnl_nlmsg_get_payload_len(ack);
	const char *p = mnl_nlmsg_get_payload(ack);
	uint32_t miss_type = 0, miss_nest = 0;
	bool missing = false;

	memset(e, 0, sizeof(*e));
	if (len < sizeof(int)) {
		e->err = -EBADMSG;
		return;
	}
	memcpy(&e->err, p, sizeof(int));
	e->answered = true;
	if (ack->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *ne = (const void *)p;

		skip = sizeof(*ne);
		if (len < skip)
			return;
		if (!(ack->nlmsg_flags & NLM_F_CAPPED) && e->err)
			skip += MNL_ALIGN(ne->msg.nlmsg_len) - sizeof(ne->msg);
	}
	if (!(ack->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	while (skip + sizeof(struct nlattr) <= len) {
		const struct nlattr *a = (const void *)(p + skip);
		uint32_t u = 0;

		if (a->nla_len < sizeof(*a) || a->nla_len > len - skip)
			break;
		if (mnl_attr_get_payload_len(a) >= sizeof(u))
			memcpy(&u, mnl_attr_get_payload(a), sizeof(u));
		switch (mnl_attr_get_type(a)) {
		case NLMSGERR_ATTR_MSG:
			snprintf(e->msg, sizeof(e->msg), "%.*s",
				 mnl_attr_get_payload_len(a),
				 (const char *)mnl_attr_get_payload(a));
			break;
		case NLMSGERR_ATTR_OFFS: {
			const char *name = nl_attr_at(request, hdrlen, u, names);

			if (name)
				snprintf(e->attr, sizeof(e->attr), "%s", name);
			break;
		}
		case NLMSGERR_ATTR_MISS_TYPE:
			missing = true;
			miss_type = u;
			break;
		case NLMSGERR_ATTR_MISS_NEST:
			miss_nest = u;
			break;
		}
		skip += MNL_ALIGN(a->nla_len);
	}
	if (missing) {
		const char *name = name_of(set_at(request, hdrlen, miss_nest, names),
					   miss_type);

		e->missing = true;
		if (name)
			snprintf(e->attr, sizeof(e->attr), "%s", name);
		else
			snprintf(e->attr, sizeof(e->attr), "number %u", miss_type);
	}
	/* What the kernel says ends in a newline now and then. */
	e->msg[strcspn(e->msg, "\n")] = 0;
}

static int socket_error(struct nl_error *e)
{
	memset(e, 0, sizeof(*e));
	e->err = errno ? -errno : -EIO;
	return e->err;
}

static int talk_once(struct nl *nl, struct nlmsghdr *nlh, size_t hdrlen,
		     const struct attr_names *names, nl_reply_fn fn, void *ctx,
		     struct nl_error *e, char *buf, bool *again)
{
	*again = false;
	nlh->nlmsg_seq = ++nl->seq;
	nlh->nlmsg_flags |= NLM_F_REQUEST;
	/* NLM_F_EXCL is one of the two bits of NLM_F_DUMP. */
	if ((nlh->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		nlh->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(nl->sock, nlh, nlh->nlmsg_len) < 0)
		return socket_error(e);
	for (;;) {
		ssize_t n = mnl_socket_recvfrom(nl->sock, buf, BUF_SIZE);
		const struct nlmsghdr *h = (const void *)buf;
		int left = n;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return socket_error(e);
		for (; mnl_nlmsg_ok(h, left); h = mnl_nlmsg_next(h, &left)) {
			if (h->nlmsg_seq != nlh->nlmsg_seq || h->nlmsg_pid != nl->portid)
				continue;
			if (h->nlmsg_flags & NLM_F_DUMP_INTR)
				*again = true;
			if (h->nlmsg_type == NLMSG_ERROR || h->nlmsg_type == NLMSG_DONE) {
				nl_parse_ack(h, nlh, hdrlen, names, e);
				if (!e->err && e->msg[0])
					warn("%s", e->msg);
				return e->err;
			}
			if (h->nlmsg_type < NLMSG_MIN_TYPE)
				continue;
			if (fn && fn(h, ctx) < 0)
				return socket_error(e);
		}
	}
}

int nl_talk(struct nl *nl, struct nlmsghdr *nlh, size_t hdrlen,
	    const struct attr_names *names, nl_reply_fn fn, void *ctx,
	    struct nl_error *e)
{
	char *buf = malloc(BUF_SIZE);
	bool again;
	int err;

	if (!buf) {
		errno = ENOMEM;
		return socket_error(e);
	}
	err = talk_once(nl, nlh, hdrlen, names, fn, ctx, e, buf, &again);
	free(buf);
	if (!err && again) {	/* what was dumped has changed meanwhile */
		e->err = -EINTR;
		e->answered = true;
		return -EINTR;
	}
	return err;
}

int nl_ask(int bus, struct nlmsghdr *nlh, size_t hdrlen, const struct attr_names *names,
	   nl_reply_fn fn, void *ctx, struct nl_error *e)
{
	struct nl nl;
	int err = nl_open(&nl, bus);

	if (err) {
		memset(e, 0, sizeof(*e));
		e->err = err;
		return err;
	}
	err = nl_talk(&nl, nlh, hdrlen, names, fn, ctx, e);
	nl_close(&nl);
	return err;
}
