// SPDX-License-Identifier: GPL-2.0
/* Ranges of PTK Identities, between the ledger and the kernel. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "cmd.h"
#include "grant.h"
#include "keyadd.h"
#include "prose.h"
#include "shellword.h"
#include "when.h"

struct kernel {
	struct genl *g;
	uint32_t ifindex;
	uint8_t pgk_id;
	struct obj key;		/* the last answer */
	struct nl_error e;
};

void ledger_use_of(const struct obj *k, struct ledger_use *u)
{
	memset(u, 0, sizeof(*u));
	memcpy(u->fp, k->fingerprint, LEDGER_FP_LEN);
	u->member = k->member;
	u->group = k->group;
	u->cipher = k->cipher;
	u->direct = !strcmp(k->kdf, KDF_DIRECT);
	u->salted = cipher_is_aead(k->cipher);
}

static int kernel_key_get(void *ctx, struct ledger_use *use, uint32_t *next_free)
{
	struct kernel *k = ctx;
	int err = genl_key_get(k->g, k->ifindex, k->pgk_id, &k->key, &k->e);

	if (err)
		return err;
	if (!HAS(&k->key, PROSE_A_FINGERPRINT) || !HAS(&k->key, PROSE_A_MEMBER) ||
	    !HAS(&k->key, PROSE_A_PTK_NEXT_FREE) || !HAS(&k->key, PROSE_A_CIPHER) ||
	    !HAS(&k->key, PROSE_A_GROUP)) {
		k->e.answered = false;
		k->e.err = -EPROTO;
		return -EPROTO;
	}
	ledger_use_of(&k->key, use);
	*next_free = k->key.ptk_next_free;
	return 0;
}

static int kernel_grant(void *ctx, uint32_t first, uint32_t last)
{
	struct kernel *k = ctx;
	char buf[GENL_BUF];
	struct nlmsghdr *nlh = genl_request(k->g, buf, PROSE_CMD_KEY_GRANT);
	struct obj key;
	int err;

	mnl_attr_put_u32(nlh, PROSE_A_IFINDEX, k->ifindex);
	mnl_attr_put_u8(nlh, PROSE_A_PGK_ID, k->pgk_id);
	mnl_attr_put_u32(nlh, PROSE_A_PTK_FIRST, first);
	mnl_attr_put_u32(nlh, PROSE_A_PTK_LAST, last);
	err = genl_do(k->g, nlh, &key, &k->e);
	if (err)
		return k->e.answered ? err : -ECOMM;
	k->key = key;
	return 0;
}

static const struct grant_ops kernel_ops = {
	.key_get = kernel_key_get,
	.grant = kernel_grant,
};

static void say_granted(const char *dev, uint8_t pgk_id, const struct grant *g,
			uint32_t want)
{
	uint32_t n = g->last - g->first + 1;
	char lasts[WHEN_LEN];

	if (!opt.json) {
		printf("%s: key %u may send with PTK IDs %u to %u: %u x %u frames, %s at 1000 frames/s\n",
		       dev, pgk_id, g->first, g->last, n, FRAMES_PER_PTK_ID,
		       duration(lasts, (uint64_t)n * FRAMES_PER_PTK_ID / 1000));
	}
	if (n < want)
		warn("%s: key %u: only %u PTK IDs were left, these are the last; install another PGK",
		     dev, pgk_id, n);
	else if (LEDGER_END - 1 - g->last < LEDGER_END / 10)
		warn("%s: key %u: only %u more PTK IDs can be granted; install another PGK soon",
		     dev, pgk_id, LEDGER_END - 1 - g->last);
}

int take_range(struct genl *g, const char *dev, uint32_t ifindex, uint8_t pgk_id,
	       uint32_t want, struct obj *k, bool quiet, bool *hopeless)
{
	struct kernel kernel = { .g = g, .ifindex = ifindex, .pgk_id = pgk_id };
	enum grant_status status;
	struct grant grant;
	char what[64];
	struct why w;

	snprintf(what, sizeof(what), "%s: key %u", dev, pgk_id);
	status = grant_range(opt.state_dir, &kernel_ops, &kernel, want, &grant, &w);
	if (hopeless)
		*hopeless = grant_hopeless(status, &grant);
	switch (status) {
	case GRANT_OK:
		if (k)
			*k = kernel.key;
		if (!quiet) {
			say_granted(dev, pgk_id, &grant, want);
			if (!agent_runs()) {
				warn("no prose agent runs in this network namespace: the range will not be extended by itself");
				hint("Start it: prose agent (or systemctl start prose-agent)");
			}
		}
		return EXIT_OK;
	case GRANT_LEDGER:
		fail(EXIT_LEDGER, "%s was given nothing to send with: %s", what, w.text);
		ledger_hint(grant.ledger, opt.state_dir);
		return EXIT_LEDGER;
	case GRANT_EXHAUSTED:
		fail(EXIT_LEDGER, "%s: all 65535 PTK IDs of this key and member are used up", what);
		hint("Install another PGK: prose key add dev %s id ID ...", sh(dev));
		return EXIT_LEDGER;
	case GRANT_FORKED:
		fail(EXIT_LEDGER, "%s was given nothing to send with: %s", what, w.text);
		hint("Give this machine's member another ID, or the group another PGK that no copy has;");
		hint("or attach the key with cipher aes256-gcm, whose salt keeps copies apart.");
		return EXIT_LEDGER;
	case GRANT_BOUND:
		fail(EXIT_LEDGER, "%s was given nothing to send with: %s", what, w.text);
		hint("Take another key value (prose genkey), or the kdf that it was used with");
		return EXIT_LEDGER;
	case GRANT_KERNEL:
		break;
	}
	return kernel_refused(what, PROSE_CMD_KEY_GRANT, &kernel.e);
}

/* In the ledger, or why it cannot be. */
static int record_binding(const struct ledger_use *u, struct why *w)
{
	struct ledger_binding b = { .group = u->group, .cipher = u->cipher,
				    .written = clock_real() };
	enum ledger_bound bound;
	struct ledger l;
	int err = 0;

	if (ledger_open(opt.state_dir, &l, w) != LEDGER_OK)
		return -1;
	memcpy(b.fp, u->fp, sizeof(b.fp));
	bound = ledger_bound(&l, u, w);
	if (bound == LEDGER_OTHER)
		err = -1;
	else if (bound == LEDGER_FREE)
		err = ledger_bind(&l, &b) ? why(w, "%s", strerror(ENOMEM)) : ledger_write(&l, w);
	ledger_close(&l);
	return err;
}

int check_binding(struct genl *g, const struct obj *k)
{
	enum ledger_bound bound;
	struct ledger_use use;
	struct ledger l;
	struct why w;

	ledger_use_of(k, &use);
	/* Without a ledger the key can only receive; the kernel watches it. */
	if (ledger_peek(opt.state_dir, &l, &w) != LEDGER_OK)
		return EXIT_OK;
	bound = ledger_bound(&l, &use, &w);
	ledger_close(&l);
	if (bound == LEDGER_SAME || (bound == LEDGER_FREE && !use.direct))
		return EXIT_OK;
	if (bound == LEDGER_FREE && !record_binding(&use, &w))
		return EXIT_OK;
	detach(g, k->ifname, k->ifindex, k->pgk_id, NULL, NULL);
	fail(EXIT_LEDGER, "%s: key %u is not attached: %s", k->ifname, k->pgk_id, w.text);
	if (bound == LEDGER_OTHER)
		hint("Take another key value (prose genkey), or the kdf that it was used with");
	return EXIT_LEDGER;
}

void record_fork(const struct obj *k, const char *ifname)
{
	struct ledger_use use;
	struct ledger l;
	struct why w;
	char load[LOAD_ID_LEN];
	enum ledger_status status = ledger_open(opt.state_dir, &l, &w);

	if (status == LEDGER_ABSENT)	/* nothing was granted here */
		return;
	if (status != LEDGER_OK) {
		fail(EXIT_LEDGER, "%s: the fork of the virtual machine is not recorded: %s",
		     ifname, w.text);
		ledger_hint(status, opt.state_dir);
		return;
	}
	ledger_use_of(k, &use);
	load_id(load);
	if (ledger_fork(&l, &use, load, true))
		why(&w, "%s", strerror(ENOMEM));
	else if (!ledger_write(&l, &w))
		goto out;
	fail(EXIT_LEDGER, "%s: the fork of the virtual machine is not recorded: %s", ifname,
	     w.text);
out:
	ledger_close(&l);
}

int detach(struct genl *g, const char *dev, uint32_t ifindex, uint8_t pgk_id,
	   struct obj *reply, int *given_back)
{
	enum ledger_status status;
	char buf[GENL_BUF], what[64];
	struct nlmsghdr *nlh;
	struct nl_error e;
	struct ledger l;
	struct obj k;
	struct why w;
	int n = 0, code = EXIT_OK;

	snprintf(what, sizeof(what), "%s: key %u", dev, pgk_id);
	/* Held over both, so that nobody is granted anything in between. */
	status = ledger_open(opt.state_dir, &l, &w);
	nlh = genl_request(g, buf, PROSE_CMD_KEY_DEL);
	mnl_attr_put_u32(nlh, PROSE_A_IFINDEX, ifindex);
	mnl_attr_put_u8(nlh, PROSE_A_PGK_ID, pgk_id);
	if (genl_do(g, nlh, &k, &e)) {
		code = kernel_refused(what, PROSE_CMD_KEY_DEL, &e);
	} else if (status == LEDGER_OK && HAS(&k, PROSE_A_PTK_LAST) &&
		   HAS(&k, PROSE_A_PTK_NEXT_FREE) && HAS(&k, PROSE_A_FINGERPRINT)) {
		n = give_back(&l, k.fingerprint, k.member, k.ptk_last, k.ptk_next_free,
			      false, &w);
		if (n < 0)
			code = fail(EXIT_LEDGER, "%s is detached, but its unused PTK IDs could not be given back: %s",
				    what, w.text);
	}
	if (status == LEDGER_OK)
		ledger_close(&l);
	if (reply)
		*reply = k;
	if (given_back)
		*given_back = n > 0 ? n : 0;
	return code;
}
