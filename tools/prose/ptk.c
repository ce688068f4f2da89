// SPDX-License-Identifier: GPL-2.0
/* prose ptk next, prose member reset */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "ids.h"
#include "json.h"
#include "prose.h"
#include "shellword.h"
#include "show.h"

enum { P_DEV, P_ID, P_MEMBER, P_N };

static const struct keyword words[P_N] = {
	[P_DEV] = { "dev", "the name of a prose device" },
	[P_ID] = { "id", "a PGK ID" },
	[P_MEMBER] = { "member", "a member ID" },
};

/* The key that is sent with: its ID, or -1 after a message. */
static int sent_with(struct genl *g, const char *dev, uint32_t ifindex)
{
	struct obj_list keys = { NULL, 0 };
	const struct obj *k;
	struct nl_error e;
	int id = -1;

	if (genl_dump(g, PROSE_CMD_KEY_GET, ifindex, &keys, &e)) {
		kernel_refused(dev, PROSE_CMD_KEY_GET, &e);
		return -1;
	}
	k = obj_sent_with(&keys);
	if (k) {
		id = k->pgk_id;
	} else {
		fail(EXIT_KERNEL, "%s sends with no key at present", dev);
		hint("prose key show dev %s tells the state of each", sh(dev));
	}
	obj_list_free(&keys);
	return id;
}

static int ptk_next(struct args *a)
{
	char buf[GENL_BUF], what[64];
	struct nlmsghdr *nlh;
	const char *v[P_N];
	uint32_t ifindex;
	struct nl_error e;
	struct obj key;
	uint8_t pgk_id = 0;
	struct genl g;
	struct why w;
	int code, id;

	if (args_keywords(a, words, P_MEMBER, v, &w))
		return usage(&w);
	if (!v[P_DEV]) {
		why(&w, "\"dev\" is missing: prose ptk next dev DEV [id ID]");
		return usage(&w);
	}
	if (v[P_ID] && parse_pgk_id(v[P_ID], &pgk_id, &w))
		return usage(&w);
	code = genl_open(&g, false);
	if (code)
		return code;
	code = EXIT_KERNEL;
	ifindex = device_index(v[P_DEV]);
	if (!ifindex)
		goto out;
	id = v[P_ID] ? pgk_id : sent_with(&g, v[P_DEV], ifindex);
	if (id < 0)
		goto out;
	nlh = genl_request(&g, buf, PROSE_CMD_PTK_NEXT);
	mnl_attr_put_u32(nlh, PROSE_A_IFINDEX, ifindex);
	mnl_attr_put_u8(nlh, PROSE_A_PGK_ID, id);
	if (genl_do(&g, nlh, &key, &e)) {
		snprintf(what, sizeof(what), "%s: key %d", v[P_DEV], id);
		kernel_refused(what, PROSE_CMD_PTK_NEXT, &e);
		goto out;
	}
	code = EXIT_OK;
	if (opt.json) {
		show_key_json(&key);
		json_done();
	} else if (HAS(&key, PROSE_A_PTK_ID)) {
		printf("%s: key %d is sent with PTK ID %u from now on, %u left\n", v[P_DEV], id,
		       key.ptk_id, key.ptk_left);
	} else {
		printf("%s: key %d goes on to the next PTK ID, %u left\n", v[P_DEV], id,
		       key.ptk_left);
	}
out:
	genl_close(&g);
	return code;
}

int cmd_ptk(struct args *a)
{
	static const struct command table[] = {
		{ "next", ptk_next },
	};
	struct why w;

	if (!a->argc) {
		why(&w, "what of the PTK? prose ptk next dev DEV [id ID]");
		return usage(&w);
	}
	return run_command("ptk", table, ARRAY_SIZE(table), a);
}

/* Ask the kernel, and let no saved floor undo it. */
static int reset(struct genl *g, const char *dev, uint32_t ifindex, uint8_t pgk_id,
		 uint32_t member, bool *own)
{
	struct floors_file file;
	char buf[GENL_BUF], what[64];
	struct nlmsghdr *nlh;
	struct floor f = { .member = member };
	struct nl_error e;
	struct obj key;
	struct why w;
	int opened, code = EXIT_OK;

	snprintf(what, sizeof(what), "%s: key %u", dev, pgk_id);
	if (genl_key_get(g, ifindex, pgk_id, &key, &e))
		return kernel_refused(what, PROSE_CMD_KEY_GET, &e);
	*own = key.member == member;
	f.group = key.group;
	memcpy(f.fp, key.fingerprint, sizeof(f.fp));
	/* Locked over both, so that the agent does not write it back. */
	opened = floors_open(&file, opt.state_dir, NULL, !*own, &w);
	if (opened && opened != -ENOENT && !*own)
		return fail(EXIT_LEDGER, "%s: nothing was reset: %s", what, w.text);
	nlh = genl_request(g, buf, PROSE_CMD_MEMBER_RESET);
	mnl_attr_put_u32(nlh, PROSE_A_IFINDEX, ifindex);
	mnl_attr_put_u8(nlh, PROSE_A_PGK_ID, pgk_id);
	mnl_attr_put_u32(nlh, PROSE_A_MEMBER, member);
	if (genl_do(g, nlh, NULL, &e)) {
		code = kernel_refused(what, PROSE_CMD_MEMBER_RESET, &e);
	} else if (!opened && !*own && floors_forget(&file, &f, &w) < 0) {
		code = fail(EXIT_LEDGER, "%s: member 0x%06x is reset, but its saved floor remains: %s",
			    what, member, w.text);
		floors_hint(&file);
	}
	if (!opened)
		floors_close(&file);
	return code;
}

int member_reset(struct args *a)
{
	uint32_t ifindex, member;
	const char *v[P_N];
	uint8_t pgk_id;
	bool own = false;
	struct genl g;
	struct why w;
	int code, i;

	if (args_keywords(a, words, P_N, v, &w))
		return usage(&w);
	for (i = 0; i < P_N; i++) {
		if (v[i])
			continue;
		why(&w, "\"%s\" is missing: prose member reset dev DEV id ID member M; M is another member that begins anew, or our own, to answer a conflict",
		    words[i].name);
		return usage(&w);
	}
	if (parse_pgk_id(v[P_ID], &pgk_id, &w) || parse_id24("member", v[P_MEMBER], &member, &w))
		return usage(&w);
	code = genl_open(&g, false);
	if (code)
		return code;
	ifindex = device_index(v[P_DEV]);
	code = ifindex ? reset(&g, v[P_DEV], ifindex, pgk_id, member, &own) : EXIT_KERNEL;
	genl_close(&g);
	if (code)
		return code;
	if (opt.json) {
		char text[12];

		snprintf(text, sizeof(text), "0x%06x", member);
		json_object(NULL);
		json_string("ifname", v[P_DEV]);
		json_uint("pgk_id", pgk_id);
		json_string("member", text);
		json_bool("own", own);
		json_end();
		json_done();
	} else if (own) {
		printf("%s: the conflict over our member ID 0x%06x is answered, sending goes on\n",
		       v[P_DEV], member);
	} else {
		printf("%s: key %u: member 0x%06x may begin anew; recordings of it are taken for new too\n",
		       v[P_DEV], pgk_id, member);
	}
	return EXIT_OK;
}
