// SPDX-License-Identifier: GPL-2.0
/* extack: which attribute of a request the kernel means. */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "attrs.h"
#include "genl.h"
#include "obj.h"
#include "rtnl.h"
#include "tests.h"

static char reply_buf[2048];

/* An acknowledgement as the kernel sends it with NETLINK_CAP_ACK. */
static struct nlmsghdr *ack(int err, const char *msg, int type, uint32_t value)
{
	struct nlmsghdr *nlh;
	struct nlmsgerr *ne;

	memset(reply_buf, 0, sizeof(reply_buf));
	nlh = mnl_nlmsg_put_header(reply_buf);
	nlh->nlmsg_type = NLMSG_ERROR;
	nlh->nlmsg_flags = NLM_F_CAPPED | NLM_F_ACK_TLVS;
	ne = mnl_nlmsg_put_extra_header(nlh, sizeof(*ne));
	ne->error = err;
	if (msg)
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, msg);
	if (type)
		mnl_attr_put_u32(nlh, type, value);
	return nlh;
}

static uint32_t offset_of(const struct nlmsghdr *nlh, const void *attr)
{
	return (const char *)attr - (const char *)nlh;
}

static void generic(void)
{
	struct genl g = { .family = 30 };
	char buf[GENL_BUF];
	struct nlmsghdr *nlh = genl_request(&g, buf, PROSE_CMD_KEY_ADD);
	struct nl_error e;
	uint32_t at;

	mnl_attr_put_u32(nlh, PROSE_A_IFINDEX, 5);
	at = nlh->nlmsg_len;
	mnl_attr_put_u8(nlh, PROSE_A_PGK_ID, 1);
	nl_parse_ack(ack(-EEXIST, "PGK ID is attached\n", NLMSGERR_ATTR_OFFS, at), nlh,
		     sizeof(struct genlmsghdr), &prose_attrs, &e);
	is_int(e.err, -EEXIST, "errno of the refusal");
	is_str(e.msg, "PGK ID is attached", "extack text without its newline");
	is_str(e.attr, "pgk-id", "attribute by its offset");
	ok(e.answered && !e.missing, "the kernel answered");

	nl_parse_ack(ack(-EINVAL, NULL, NLMSGERR_ATTR_MISS_TYPE, PROSE_A_SERIAL), nlh,
		     sizeof(struct genlmsghdr), &prose_attrs, &e);
	ok(e.missing, "an attribute is missing");
	is_str(e.attr, "serial", "which one");

	nl_parse_ack(ack(-EINVAL, NULL, NLMSGERR_ATTR_OFFS, 5000), nlh,
		     sizeof(struct genlmsghdr), &prose_attrs, &e);
	is_str(e.attr, "", "an offset outside the request names nothing");
	nl_parse_ack(ack(-EINVAL, NULL, NLMSGERR_ATTR_MISS_TYPE, 999), nlh,
		     sizeof(struct genlmsghdr), &prose_attrs, &e);
	is_str(e.attr, "number 999", "an attribute of a newer kernel");
}

static void rtnl(void)
{
	const char *v[LK_N] = { [LK_GROUP] = "0x445566", [LK_LCID] = "3", [LK_TX] = "off",
				  [LK_MEMBER] = "auto", [LK_WINDOW] = "128",
				  [LK_REQUIRE] = "aead" };
	const struct nlattr *a, *b, *c;
	struct link_options o;
	char buf[RTNL_BUF];
	struct nlmsghdr *nlh;
	struct nl_error e;
	struct why w;
	int found = 0;

	link_options_parse(v, &o, &w);
	nlh = rtnl_new(buf, "fire", 2, &o);
	mnl_attr_for_each(a, nlh, sizeof(struct ifinfomsg)) {
		if (mnl_attr_get_type(a) != IFLA_LINKINFO)
			continue;
		mnl_attr_for_each_nested(b, a) {
			if (mnl_attr_get_type(b) != IFLA_INFO_DATA)
				continue;
			mnl_attr_for_each_nested(c, b) {
				found++;
				nl_parse_ack(ack(-ERANGE, NULL, NLMSGERR_ATTR_OFFS,
						 offset_of(nlh, c)), nlh,
					     sizeof(struct ifinfomsg), &link_attrs, &e);
				is_str(e.attr, link_attr_name[mnl_attr_get_type(c)],
				       "nested link attribute by its offset");
			}
			nl_parse_ack(ack(-EINVAL, NULL, NLMSGERR_ATTR_MISS_TYPE,
					 IFLA_PROSE_MEMBER), nlh,
				     sizeof(struct ifinfomsg), &link_attrs, &e);
		}
	}
	is_int(found, 5, "only what was given is sent");
}

static void decode(void)
{
	struct genl g = { .family = 30 };
	char buf[GENL_BUF];
	struct nlmsghdr *nlh = genl_request(&g, buf, PROSE_CMD_KEY_GET);
	struct obj_list l = { NULL, 0 };
	struct nlattr *nest;
	struct obj o;
	int i;

	mnl_attr_put_u32(nlh, PROSE_A_IFINDEX, 7);
	mnl_attr_put_strz(nlh, PROSE_A_IFNAME, "fire");
	mnl_attr_put_u16(nlh, PROSE_A_PTK_ID, 513);
	mnl_attr_put_u64(nlh, PROSE_A_FROM, 0);
	mnl_attr_put(nlh, PROSE_A_STANDBY, 0, NULL);
	mnl_attr_put_u8(nlh, PROSE_A_SERIAL, 1);	/* wrong size: not taken */
	mnl_attr_put_u32(nlh, PROSE_A_MAX + 1, 1);	/* of a newer kernel */
	nest = mnl_attr_nest_start(nlh, PROSE_A_COUNTERS);
	mnl_attr_put_u64(nlh, PROSE_A_COUNTERS_RX_IMPLAUSIBLE, 1ULL << 40);
	mnl_attr_put_u64(nlh, PROSE_A_COUNTERS_MAX + 1, 5);
	mnl_attr_nest_end(nlh, nest);

	obj_decode(nlh, &o);
	ok(o.ifindex == 7 && !strcmp(o.ifname, "fire") && o.ptk_id == 513, "values are decoded");
	ok(HAS(&o, PROSE_A_FROM) && HAS(&o, PROSE_A_STANDBY) && !HAS(&o, PROSE_A_UNTIL) &&
	   !HAS(&o, PROSE_A_SERIAL), "and what is there is told from what is not");
	is_int(o.counters[PROSE_A_COUNTERS_RX_IMPLAUSIBLE], 1LL << 40, "counters have 64 bits");
	for (i = 0; i < 9; i++)
		obj_append(nlh, &l);
	ok(l.n == 9 && l.o[8].ifindex == 7, "a dump grows");
	obj_list_free(&l);
}

void test_netlink(void)
{
	generic();
	rtnl();
	decode();
}
