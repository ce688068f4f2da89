// SPDX-License-Identifier: GPL-2.0
/* prose monitor: events, one per line. */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cmd.h"
#include "event.h"
#include "ids.h"
#include "json.h"
#include "prose.h"
#include "when.h"

#define STAMP_LEN (2 * WHEN_LEN + 32)

static void stamp(char out[STAMP_LEN], bool utc)
{
	char text[WHEN_LEN], zone[WHEN_LEN];
	struct timespec ts;
	size_t date = strlen("2026-03-01T12:00:00");

	clock_gettime(CLOCK_REALTIME, &ts);
	when_absolute(text, ts.tv_sec, utc);
	if (strlen(text) < date) {
		strcpy(out, text);
		return;
	}
	snprintf(zone, sizeof(zone), "%s", text + date);
	snprintf(out, STAMP_LEN, "%.*s.%03ld%s", (int)date, text, ts.tv_nsec / 1000000, zone);
}

static void event_json(const struct obj *o, const char *when)
{
	char hex[HEX_LEN(PROSE_FINGERPRINT_LEN)], text[12];

	json_object(NULL);
	json_string("time", when);
	json_string("event", NAME(event_names, o->event));
	json_string("ifname", o->ifname);
	json_uint("ifindex", o->ifindex);
	if (HAS(o, PROSE_A_GROUP)) {
		snprintf(text, sizeof(text), "0x%06x", o->group);
		json_string("group", text);
	}
	if (HAS(o, PROSE_A_MEMBER)) {
		snprintf(text, sizeof(text), "0x%06x", o->member);
		json_string("member", text);
	}
	if (HAS(o, PROSE_A_PGK_ID))
		json_uint("pgk_id", o->pgk_id);
	if (HAS(o, PROSE_A_SERIAL))
		json_uint("serial", o->serial);
	if (HAS(o, PROSE_A_FINGERPRINT))
		json_string("fingerprint", to_hex(hex, o->fingerprint, sizeof(o->fingerprint)));
	if (HAS(o, PROSE_A_UNTIL))
		json_time("until", o->until);
	if (HAS(o, PROSE_A_PTK_ID))
		json_uint("ptk_id", o->ptk_id);
	if (HAS(o, PROSE_A_PTK_LEFT))
		json_uint("ptk_left", o->ptk_left);
	if (HAS(o, PROSE_A_PTK_LAST))
		json_uint("ptk_last", o->ptk_last);
	if (HAS(o, PROSE_A_PTK_NEXT_FREE))
		json_uint("ptk_next_free", o->ptk_next_free);
	json_end();
	json_done();
}

void event_line(const struct obj *o, FILE *f)
{
	char t[WHEN_LEN];

	fprintf(f, "%s %s", o->ifname, NAME(event_names, o->event));
	if (HAS(o, PROSE_A_PGK_ID))
		fprintf(f, " key %u", o->pgk_id);
	if (HAS(o, PROSE_A_MEMBER) && (o->event == PROSE_EVENT_TYPE_MEMBER_NEW ||
				       o->event == PROSE_EVENT_TYPE_MEMBER_CONFLICT))
		fprintf(f, " member 0x%06x", o->member);
	if (HAS(o, PROSE_A_PTK_ID))
		fprintf(f, " ptk-id %u", o->ptk_id);
	if (HAS(o, PROSE_A_PTK_LEFT))
		fprintf(f, " left %u", o->ptk_left);
	if (HAS(o, PROSE_A_UNTIL) && o->until)
		fprintf(f, " until %s", when_absolute(t, o->until, false));
	if (HAS(o, PROSE_A_SERIAL))
		fprintf(f, " serial %u", o->serial);
	if (o->event == PROSE_EVENT_TYPE_MAC_FAILURES)
		fputs(" (another 4096 frames with a wrong MAC; somebody may be guessing)", f);
	if (o->event == PROSE_EVENT_TYPE_VM_FORK)
		fputs(" (this virtual machine was copied; its ranges are dropped)", f);
	fputc('\n', f);
}

int event_take(const struct genl *g, const struct nlmsghdr *nlh, struct obj *o)
{
	const struct genlmsghdr *gh = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type != g->family ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(*gh) || gh->cmd != PROSE_CMD_EVENT)
		return -1;
	obj_decode(nlh, o);
	return HAS(o, PROSE_A_EVENT) ? 0 : -1;
}

int cmd_monitor(struct args *a)
{
	static char buf[65536];
	char when[STAMP_LEN];
	struct genl g;
	struct why w;
	int code, err;

	if (args_end(a, &w))
		return usage(&w);
	code = genl_open(&g, false);
	if (code)
		return code;
	err = genl_subscribe(&g);
	if (err) {
		code = fail(EXIT_KERNEL, "the events cannot be subscribed to: %s", strerror(-err));
		if (err == -EPERM)
			hint("CAP_NET_ADMIN is needed: run it as root");
		genl_close(&g);
		return code;
	}
	for (;;) {
		ssize_t n = mnl_socket_recvfrom(g.nl.sock, buf, sizeof(buf));
		const struct nlmsghdr *nlh = (const void *)buf;
		int left = n;
		struct obj o;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == ENOBUFS) {
			warn("more events came than could be taken; some are lost");
			continue;
		}
		if (n < 0) {
			code = fail(EXIT_KERNEL, "no more events: %s", strerror(errno));
			break;
		}
		for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
			if (event_take(&g, nlh, &o))
				continue;
			stamp(when, opt.json);
			if (opt.json) {
				event_json(&o, when);
			} else {
				printf("%s ", when);
				event_line(&o, stdout);
			}
		}
		if (fflush(stdout)) {	/* whoever read them has gone */
			code = EXIT_OK;
			break;
		}
	}
	genl_close(&g);
	return code;
}
