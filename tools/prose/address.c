// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "ids.h"

#define ADDRESS_BUF 256

static size_t octets_of(const struct address *a)
{
	return a->family == AF_INET ? 4 : 16;
}

int address_parse(const char *s, struct address *a, struct why *w)
{
	const char *slash = strchr(s, '/');
	char text[ADDRESS_LEN];
	uint32_t prefix;

	memset(a, 0, sizeof(*a));
	if (!slash)
		return why(w, "address %s: the length of the prefix is missing, as in 10.4.5.1/24",
			   s);
	if ((size_t)(slash - s) >= sizeof(text))
		return why(w, "address %s is too long", s);
	memcpy(text, s, slash - s);
	text[slash - s] = 0;
	a->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(a->family, text, a->octets) != 1)
		return why(w, "address %s: %s is no IPv4 or IPv6 address", s, text);
	if (parse_number("prefix length", slash + 1, 1, 8 * octets_of(a), &prefix, w))
		return -1;
	a->prefix = prefix;
	return 0;
}

char *address_text(char out[ADDRESS_LEN], const struct address *a)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(a->family, a->octets, text, sizeof(text));
	snprintf(out, ADDRESS_LEN, "%s/%u", text, a->prefix);
	return out;
}

bool address_same(const struct address *a, const struct address *b)
{
	return a->family == b->family && a->prefix == b->prefix &&
	       !memcmp(a->octets, b->octets, octets_of(a));
}

struct listing {
	uint32_t ifindex;
	struct address *list;
	size_t n;
};

static int take(const struct nlmsghdr *nlh, void *ctx)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct address a = { .family = ifa->ifa_family, .prefix = ifa->ifa_prefixlen };
	struct listing *l = ctx;
	struct address *more;
	const struct nlattr *t;
	bool local = false;

	if (ifa->ifa_index != l->ifindex ||
	    (a.family != AF_INET && a.family != AF_INET6))
		return 0;
	mnl_attr_for_each(t, nlh, sizeof(*ifa)) {
		int type = mnl_attr_get_type(t);

		/* Of a point-to-point link IFA_ADDRESS is the peer's. */
		if (type != IFA_LOCAL && (type != IFA_ADDRESS || local))
			continue;
		local = type == IFA_LOCAL;
		if (mnl_attr_get_payload_len(t) == octets_of(&a))
			memcpy(a.octets, mnl_attr_get_payload(t), octets_of(&a));
	}
	a.kept = ifa->ifa_flags & IFA_F_PERMANENT &&
		 !(a.family == AF_INET6 && ifa->ifa_scope == RT_SCOPE_LINK);
	more = realloc(l->list, (l->n + 1) * sizeof(*more));
	if (!more)
		return -1;
	l->list = more;
	l->list[l->n++] = a;
	return 0;
}

static struct nlmsghdr *request(char *buf, uint16_t type, uint16_t flags, uint32_t ifindex,
				const struct address *a)
{
	struct nlmsghdr *nlh;
	struct ifaddrmsg *ifa;

	memset(buf, 0, ADDRESS_BUF);
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	ifa->ifa_index = ifindex;
	if (!a)
		return nlh;
	ifa->ifa_family = a->family;
	ifa->ifa_prefixlen = a->prefix;
	mnl_attr_put(nlh, IFA_LOCAL, octets_of(a), a->octets);
	mnl_attr_put(nlh, IFA_ADDRESS, octets_of(a), a->octets);
	return nlh;
}

static int talk(struct nlmsghdr *nlh, nl_reply_fn fn, void *ctx, struct nl_error *e)
{
	return nl_ask(NETLINK_ROUTE, nlh, sizeof(struct ifaddrmsg), NULL, fn, ctx, e);
}

int address_list(uint32_t ifindex, struct address **list, size_t *n, struct nl_error *e)
{
	struct listing l = { .ifindex = ifindex };
	char buf[ADDRESS_BUF];
	int err, i;

	for (i = 0; i < 8; i++) {
		l.n = 0;
		err = talk(request(buf, RTM_GETADDR, NLM_F_DUMP, 0, NULL), take, &l, e);
		if (err != -EINTR)
			break;
	}
	*list = l.list;
	*n = l.n;
	return err;
}

int address_add(uint32_t ifindex, const struct address *a, struct nl_error *e)
{
	char buf[ADDRESS_BUF];

	return talk(request(buf, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ifindex, a),
		    NULL, NULL, e);
}

int address_del(uint32_t ifindex, const struct address *a, struct nl_error *e)
{
	char buf[ADDRESS_BUF];

	return talk(request(buf, RTM_DELADDR, 0, ifindex, a), NULL, NULL, e);
}
