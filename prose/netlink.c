// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family. Commands, attributes and policies are those of
 * Documentation/netlink/specs/prose.yaml; this is what they do.
 */

#include <linux/cred.h>
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include <linux/user_namespace.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "choice.h"
#include "count.h"
#include "derive.h"
#include "device.h"
#include "history.h"
#include "kdfcall.h"
#include "key.h"
#include "link.h"
#include "lower.h"
#include "main.h"
#include "member.h"
#include "netlink.h"
#include "pdu.h"
#include "rollover.h"
#include "stats.h"
#include "suite.h"
#include "traffic_key.h"

struct genl_family prose_nl_family __ro_after_init = {
	.name		= PROSE_FAMILY_NAME,
	.version	= PROSE_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= prose_nl_ops,
	.n_split_ops	= ARRAY_SIZE(prose_nl_ops),
	.mcgrps		= prose_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(prose_nl_mcgrps),
};

/*
 * The device of a request, with a reference. Its namespace is that of the
 * caller, whose capability there was checked (GENL_UNS_ADMIN_PERM).
 */
static struct prose_dev *dev_get(struct genl_info *info)
{
	struct net_device *dev;

	if (GENL_REQ_ATTR_CHECK(info, PROSE_A_IFINDEX))
		return ERR_PTR(-EINVAL);
	dev = dev_get_by_index(genl_info_net(info),
			       nla_get_u32(info->attrs[PROSE_A_IFINDEX]));
	if (!dev) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[PROSE_A_IFINDEX],
				    "no such device");
		return ERR_PTR(-ENODEV);
	}
	if (!prose_dev_is(dev)) {
		dev_put(dev);
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[PROSE_A_IFINDEX],
				    "not a prose device");
		return ERR_PTR(-EOPNOTSUPP);
	}
	return netdev_priv(dev);
}

static void dev_release(struct prose_dev *pdev)
{
	dev_put(pdev->dev);
}

/* The key of a request, with its device, which is locked. */
static struct prose_pgk *key_get_locked(struct genl_info *info)
{
	struct prose_dev *pdev;
	struct prose_pgk *pgk;

	pdev = dev_get(info);
	if (IS_ERR(pdev))
		return ERR_CAST(pdev);
	if (GENL_REQ_ATTR_CHECK(info, PROSE_A_PGK_ID)) {
		dev_release(pdev);
		return ERR_PTR(-EINVAL);
	}

	mutex_lock(&pdev->lock);
	pgk = prose_key_find(pdev, nla_get_u8(info->attrs[PROSE_A_PGK_ID]));
	if (pgk)
		return pgk;
	mutex_unlock(&pdev->lock);
	dev_release(pdev);
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[PROSE_A_PGK_ID],
			    "no key with this PGK ID is attached");
	return ERR_PTR(-ENOENT);
}

static void key_release(struct prose_dev *pdev)
{
	mutex_unlock(&pdev->lock);
	dev_release(pdev);
}

/* Ends with the header of a reply begun and -EMSGSIZE, or sends it. */
static int reply(struct sk_buff *msg, struct genl_info *info, void *hdr,
		 int err)
{
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static struct sk_buff *reply_new(struct genl_info *info, void **hdr)
{
	struct sk_buff *msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put_reply(msg, info, &prose_nl_family, 0,
				 info->genlhdr->cmd);
	if (!*hdr) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

static int put_dev_name(struct sk_buff *msg, const struct prose_dev *pdev)
{
	if (nla_put_u32(msg, PROSE_A_IFINDEX, pdev->dev->ifindex) ||
	    nla_put_string(msg, PROSE_A_IFNAME, pdev->dev->name) ||
	    nla_put_u32(msg, PROSE_A_GROUP, pdev->group))
		return -EMSGSIZE;
	return 0;
}

/* The namespace of a device, with a reference, or NULL if it is going. */
static struct net *net_get(const struct net_device *dev)
{
	struct net *net;

	rcu_read_lock();
	net = maybe_get_net(dev_net(dev));
	rcu_read_unlock();
	return net;
}

/* Without RTNL both devices can be moved, and what they leave can end. */
static int put_lower_netnsid(struct sk_buff *msg, const struct prose_dev *pdev)
{
	struct net *lower_net = net_get(pdev->lower);
	struct net *net = net_get(pdev->dev);
	int err = 0;

	if (net && lower_net && !net_eq(net, lower_net))
		err = nla_put_s32(msg, PROSE_A_LOWER_NETNSID,
				  peernet2id_alloc(net, lower_net, GFP_KERNEL));
	if (net)
		put_net(net);
	if (lower_net)
		put_net(lower_net);
	return err;
}

static int put_dev(struct sk_buff *msg, const struct prose_dev *pdev)
{
	int err;

	if (put_dev_name(msg, pdev) ||
	    nla_put_u32(msg, PROSE_A_MEMBER, pdev->member) ||
	    nla_put_u8(msg, PROSE_A_LCID, pdev->lcid) ||
	    nla_put_u16(msg, PROSE_A_ETHERTYPE, pdev->ethertype) ||
	    nla_put_u32(msg, PROSE_A_LOWER_IFINDEX, pdev->lower->ifindex) ||
	    nla_put_u8(msg, PROSE_A_TX, READ_ONCE(pdev->tx_on)) ||
	    nla_put_u8(msg, PROSE_A_NONIP, READ_ONCE(pdev->nonip)) ||
	    nla_put_u32(msg, PROSE_A_MARGIN, READ_ONCE(pdev->margin)) ||
	    nla_put_u32(msg, PROSE_A_NOTICE, READ_ONCE(pdev->notice)) ||
	    nla_put_u8(msg, PROSE_A_PROTECT, pdev->protect) ||
	    nla_put_u8(msg, PROSE_A_REQUIRE, READ_ONCE(pdev->require)) ||
	    nla_put_u32(msg, PROSE_A_WINDOW, pdev->window) ||
	    nla_put_u8(msg, PROSE_A_CHOICE, READ_ONCE(pdev->choice)) ||
	    nla_put_u32(msg, PROSE_A_PTK_AGE, READ_ONCE(pdev->ptk_age)) ||
	    nla_put_u32(msg, PROSE_A_PTK_PACKETS,
			READ_ONCE(pdev->ptk_packets)) ||
	    (READ_ONCE(pdev->conflict) &&
	     nla_put_flag(msg, PROSE_A_CONFLICT)) ||
	    prose_stats_put(msg, pdev->counters) ||
	    put_lower_netnsid(msg, pdev))
		return -EMSGSIZE;

	rcu_read_lock();
	err = prose_lower_put_counters(msg, pdev);
	rcu_read_unlock();
	return err;
}

static int put_times(struct sk_buff *msg, const struct prose_pgk *pgk)
{
	s64 expiry = prose_key_expiry(pgk);

	if (pgk->standby && nla_put_flag(msg, PROSE_A_STANDBY))
		return -EMSGSIZE;
	if (!pgk->standby &&
	    nla_put_s64(msg, PROSE_A_FROM, pgk->from, PROSE_A_PAD))
		return -EMSGSIZE;
	if (pgk->until != PROSE_FOREVER &&
	    nla_put_s64(msg, PROSE_A_UNTIL, pgk->until, PROSE_A_PAD))
		return -EMSGSIZE;
	if (expiry != PROSE_FOREVER &&
	    nla_put_s64(msg, PROSE_A_KEY_EXPIRY, expiry, PROSE_A_PAD))
		return -EMSGSIZE;
	return 0;
}

/* What there is to send with. Under dev->lock. */
static int put_ids(struct sk_buff *msg, struct prose_pgk *pgk)
{
	struct prose_tx *tx = &pgk->pdev->tx;
	u32 first = 0, last = 0, left, granted, sn = 0;
	const struct prose_ptk *ptk;
	u16 id = 0;

	spin_lock_bh(&tx->lock);
	left = prose_ids_left(&pgk->ids);
	granted = pgk->ids.granted;
	if (pgk->ids.n) {
		first = pgk->ids.range[0].first;
		last = pgk->ids.range[pgk->ids.n - 1].last;
	}
	if (prose_tx_pgk(pgk->pdev) == pgk) {
		ptk = rcu_dereference_protected(tx->ptk,
						lockdep_is_held(&tx->lock));
		id = ptk->id;
		sn = atomic_read(&ptk->sn);
		if (sn == ptk->sn_end)
			sn = PROSE_SN_LAST + 1;
	}
	spin_unlock_bh(&tx->lock);

	if (left && (nla_put_u32(msg, PROSE_A_PTK_FIRST, first) ||
		     nla_put_u32(msg, PROSE_A_PTK_LAST, last)))
		return -EMSGSIZE;
	if (id && (nla_put_u16(msg, PROSE_A_PTK_ID, id) ||
		   nla_put_u32(msg, PROSE_A_SN, sn)))
		return -EMSGSIZE;
	if (nla_put_u32(msg, PROSE_A_PTK_LEFT, left) ||
	    nla_put_u32(msg, PROSE_A_PTK_GRANTED, granted) ||
	    nla_put_u32(msg, PROSE_A_PTK_NEXT_FREE, prose_count_next_free(pgk)))
		return -EMSGSIZE;
	return 0;
}

/* Under dev->lock. */
static int put_key(struct sk_buff *msg, struct prose_pgk *pgk)
{
	/* The state at this moment, not at the last look. */
	prose_key_check(pgk);

	if (put_dev_name(msg, pgk->pdev) ||
	    nla_put_u32(msg, PROSE_A_MEMBER, pgk->pdev->member) ||
	    nla_put_u8(msg, PROSE_A_PGK_ID, pgk->id) ||
	    nla_put_u32(msg, PROSE_A_SERIAL, key_serial(pgk->key)) ||
	    nla_put(msg, PROSE_A_FINGERPRINT, PROSE_FINGERPRINT_LEN,
		    pgk->fingerprint) ||
	    nla_put_u32(msg, PROSE_A_CIPHER, pgk->suite->cipher) ||
	    nla_put_u32(msg, PROSE_A_INTEGRITY, pgk->suite->integrity) ||
	    nla_put_string(msg, PROSE_A_KDF, pgk->kdf->name) ||
	    nla_put_u8(msg, PROSE_A_KEY_STATE, prose_key_state(pgk)) ||
	    nla_put_u32(msg, PROSE_A_RATE, pgk->rate) ||
	    put_times(msg, pgk) || put_ids(msg, pgk) ||
	    prose_stats_put(msg, pgk->counters))
		return -EMSGSIZE;
	return 0;
}

/*
 * The key of a request, with its device, which is locked, and the reply begun.
 * What can fail comes before anything is changed: a command that fails has
 * changed nothing.
 */
static struct prose_pgk *key_request(struct genl_info *info,
				     struct sk_buff **msg, void **hdr)
{
	struct prose_pgk *pgk;

	*msg = reply_new(info, hdr);
	if (!*msg)
		return ERR_PTR(-ENOMEM);
	pgk = key_get_locked(info);
	if (IS_ERR(pgk))
		nlmsg_free(*msg);
	return pgk;
}

/* Let go of the key, and answer with it, or with why the command failed. */
static int reply_key(struct genl_info *info, struct prose_pgk *pgk,
		     struct sk_buff *msg, void *hdr, int err)
{
	struct prose_dev *pdev = pgk->pdev;

	if (!err)
		err = put_key(msg, pgk);
	key_release(pdev);
	return reply(msg, info, hdr, err);
}

/**
 * prose_nl_dev_get_doit - tell a device
 * @skb: request
 * @info: attributes
 */
int prose_nl_dev_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct prose_dev *pdev = dev_get(info);
	struct sk_buff *msg;
	void *hdr;
	int err;

	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	msg = reply_new(info, &hdr);
	if (!msg) {
		dev_release(pdev);
		return -ENOMEM;
	}
	err = put_dev(msg, pdev);
	dev_release(pdev);
	return reply(msg, info, hdr, err);
}

static void *dump_put(struct sk_buff *msg, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(msg, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &prose_nl_family, NLM_F_MULTI, cmd);
}

/**
 * prose_nl_dev_get_dumpit - tell all devices of the namespace
 * @msg: reply
 * @cb: args[0] is the seq of the next device
 */
int prose_nl_dev_get_dumpit(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct net *net = sock_net(msg->sk);
	struct prose_dev *pdev;
	void *hdr;

	prose_devices_lock();
	for (pdev = prose_dev_next(net, NULL, cb->args[0]); pdev;
	     pdev = prose_dev_next(net, pdev, 0)) {
		hdr = dump_put(msg, cb, PROSE_CMD_DEV_GET);
		if (!hdr)
			break;
		if (put_dev(msg, pdev)) {
			genlmsg_cancel(msg, hdr);
			break;
		}
		genlmsg_end(msg, hdr);
		cb->args[0] = pdev->seq + 1;
	}
	prose_devices_unlock();
	return msg->len;
}

/* Is a dump for one device, and not for this? */
static bool dump_skips(struct netlink_callback *cb,
		       const struct prose_dev *pdev)
{
	const struct nlattr *attr;

	attr = genl_info_dump(cb)->attrs[PROSE_A_IFINDEX];
	return attr && nla_get_u32(attr) != pdev->dev->ifindex;
}

/* All keys of a device from args[1] on, under pdev->lock. */
static int dump_keys(struct sk_buff *msg, struct netlink_callback *cb,
		     struct prose_dev *pdev)
{
	struct prose_pgk *pgk;
	void *hdr;

	for (; cb->args[1] < PROSE_PGK_INDEXES; cb->args[1]++) {
		pgk = rcu_dereference_protected(pdev->pgks[cb->args[1]],
						lockdep_is_held(&pdev->lock));
		if (!pgk)
			continue;
		hdr = dump_put(msg, cb, PROSE_CMD_KEY_GET);
		if (!hdr)
			return -EMSGSIZE;
		if (put_key(msg, pgk)) {
			genlmsg_cancel(msg, hdr);
			return -EMSGSIZE;
		}
		genlmsg_end(msg, hdr);
	}
	return 0;
}

/**
 * prose_nl_key_get_dumpit - tell all keys, of one or of all devices
 * @msg: reply
 * @cb: args[0] is the seq of the device, args[1] the index of the key
 */
int prose_nl_key_get_dumpit(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct net *net = sock_net(msg->sk);
	struct prose_dev *pdev;
	int err;

	prose_devices_lock();
	for (pdev = prose_dev_next(net, NULL, cb->args[0]); pdev;
	     pdev = prose_dev_next(net, pdev, 0)) {
		if (pdev->seq != cb->args[0])
			cb->args[1] = 0;
		cb->args[0] = pdev->seq;
		if (!dump_skips(cb, pdev)) {
			mutex_lock(&pdev->lock);
			err = dump_keys(msg, cb, pdev);
			mutex_unlock(&pdev->lock);
			if (err)
				break;
		}
		cb->args[0] = pdev->seq + 1;
		cb->args[1] = 0;
	}
	prose_devices_unlock();
	return msg->len;
}

/**
 * prose_nl_key_get_doit - tell a key
 * @skb: request
 * @info: attributes
 */
int prose_nl_key_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct prose_pgk *pgk;
	struct sk_buff *msg;
	void *hdr;

	pgk = key_request(info, &msg, &hdr);
	if (IS_ERR(pgk))
		return PTR_ERR(pgk);
	return reply_key(info, pgk, msg, hdr, 0);
}

static int get_times(struct genl_info *info, struct prose_key_params *params)
{
	struct nlattr **attrs = info->attrs;

	params->standby = nla_get_flag(attrs[PROSE_A_STANDBY]);
	if (params->standby && attrs[PROSE_A_FROM]) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[PROSE_A_FROM],
				    "a standby key has no activation time");
		return -EINVAL;
	}
	/* "At once" is now, so that of two such keys the later one wins. */
	params->from = attrs[PROSE_A_FROM] ?
		       nla_get_s64(attrs[PROSE_A_FROM]) : 0;
	params->now = !params->from && !params->standby;
	if (!params->from)
		params->from = ktime_get_real_seconds();
	params->until = attrs[PROSE_A_UNTIL] ?
			nla_get_s64(attrs[PROSE_A_UNTIL]) : 0;
	if (!params->until)
		params->until = PROSE_FOREVER;
	return 0;
}

/* Attach, and answer with the key. Takes over the reference to the device. */
static int key_attach(struct genl_info *info, struct prose_dev *pdev,
		      const struct prose_key_params *params)
{
	struct prose_pgk *pgk;
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = reply_new(info, &hdr);
	if (!msg) {
		dev_release(pdev);
		return -ENOMEM;
	}
	err = prose_key_attach(pdev, params, info->extack);
	if (err) {
		dev_release(pdev);
		nlmsg_free(msg);
		return err;
	}
	mutex_lock(&pdev->lock);
	pgk = prose_key_find(pdev, params->id);
	if (!pgk) {
		key_release(pdev);
		nlmsg_free(msg);
		NL_SET_ERR_MSG(info->extack, "the key was detached meanwhile");
		return -ENOENT;
	}
	return reply_key(info, pgk, msg, hdr, 0);
}

/**
 * struct key_add - a key-add that waits for the fingerprint of the key
 * @work: goes on with it
 * @params: what to attach; references are held on @params.key, @params.kdf and
 *	@params.user_ns
 * @call: the KDF that is asked
 * @info: of the request; a reference is held on its namespace
 * @skb: the request
 * @sk: socket that it came from; a reference is held
 * @ifindex: of the device
 * @seq: &struct prose_dev.seq of it
 */
struct key_add {
	struct work_struct work;
	struct prose_key_params params;
	struct prose_kdf_call *call;
	struct genl_info info;
	struct sk_buff *skb;
	struct sock *sk;
	u32 ifindex;
	u64 seq;
};

static void key_add_free(struct key_add *add)
{
	put_user_ns(add->params.user_ns);
	prose_kdf_put(add->params.kdf);
	key_put(add->params.key);
	/* It had no reference on the socket. */
	add->skb->sk = NULL;
	kfree_skb(add->skb);
	sock_put(add->sk);
	put_net(genl_info_net(&add->info));
	kfree(add);
}

/* The device, if it is still the one that was asked for */
static struct prose_dev *key_add_dev(struct key_add *add)
{
	struct net_device *dev;

	dev = dev_get_by_index(genl_info_net(&add->info), add->ifindex);
	if (dev && prose_dev_is(dev) &&
	    ((struct prose_dev *)netdev_priv(dev))->seq == add->seq)
		return netdev_priv(dev);
	dev_put(dev);
	NL_SET_ERR_MSG(add->info.extack, "the device was deleted meanwhile");
	return ERR_PTR(-ENODEV);
}

static void key_add_work(struct work_struct *work)
{
	struct key_add *add = container_of(work, struct key_add, work);
	struct netlink_ext_ack extack = {};
	struct prose_dev *pdev;
	int err;

	add->info.extack = &extack;
	err = prose_kdf_call_result(add->call, &add->params.fingerprint);
	if (err) {
		NL_SET_ERR_MSG_FMT(&extack, "kdf %s does not derive with this key",
				   add->params.kdf->name);
	} else {
		pdev = key_add_dev(add);
		err = PTR_ERR_OR_ZERO(pdev);
		if (!err)
			err = key_attach(&add->info, pdev, &add->params);
	}
	/* A socket that was closed may have left its number to another one. */
	if ((err || add->info.nlhdr->nlmsg_flags & NLM_F_ACK) &&
	    !sock_flag(add->sk, SOCK_DEAD))
		netlink_ack(add->skb, (struct nlmsghdr *)add->info.nlhdr, err,
			    &extack);
	prose_kdf_call_drop(add->call);
	key_add_free(add);
}

static void key_add_answered(void *data)
{
	struct key_add *add = data;

	queue_work(prose_wq, &add->work);
}

/*
 * Ask the KDF what the key is called, and go on when it has answered. A request
 * is worked off with a lock of generic netlink held that everybody needs who
 * uses it, so the answer and the ACK come later: -EINTR is the way to say that
 * there is none now. Takes over the keyring key.
 */
static int key_add_later(struct sk_buff *skb, struct genl_info *info,
			 const struct prose_dev *pdev,
			 const struct prose_key_params *params)
{
	struct key_add *add = kzalloc(sizeof(*add), GFP_KERNEL_ACCOUNT);
	struct prose_kdf_ask ask = {
		.kdf = params->kdf, .key = params->key, .id = params->id,
		.uid = params->uid, .user_ns = params->user_ns,
		.input = { .group = pdev->group }, .name = true,
		.done = key_add_answered, .data = add,
	};
	int err;

	if (!add)
		goto err_key;
	add->skb = netlink_skb_clone(skb, GFP_KERNEL);
	if (!add->skb)
		goto err_add;
	add->skb->sk = skb->sk;
	add->sk = NETLINK_CB(skb).sk;
	sock_hold(add->sk);
	add->info = *info;
	add->info.attrs = NULL;
	get_net(genl_info_net(info));
	add->params = *params;
	prose_kdf_hold(params->kdf);
	get_user_ns(params->user_ns);
	add->ifindex = pdev->dev->ifindex;
	add->seq = pdev->seq;
	INIT_WORK(&add->work, key_add_work);
	err = prose_kdf_call_start(&ask, &add->call);
	if (!err)
		return -EINTR;
	if (err == -EBUSY)
		NL_SET_ERR_MSG(info->extack,
			       "too many derivations of this user wait for their KDF");
	key_add_free(add);
	return err;

err_add:
	kfree(add);
err_key:
	key_put(params->key);
	return -ENOMEM;
}

static int key_params(struct sk_buff *skb, struct genl_info *info,
		      struct prose_key_params *params)
{
	struct nlattr **attrs = info->attrs;

	if (GENL_REQ_ATTR_CHECK(info, PROSE_A_PGK_ID) ||
	    GENL_REQ_ATTR_CHECK(info, PROSE_A_SERIAL) ||
	    GENL_REQ_ATTR_CHECK(info, PROSE_A_CIPHER) ||
	    GENL_REQ_ATTR_CHECK(info, PROSE_A_INTEGRITY))
		return -EINVAL;
	params->id = nla_get_u8(attrs[PROSE_A_PGK_ID]);
	params->serial = nla_get_u32(attrs[PROSE_A_SERIAL]);
	params->suite = prose_suite_find(nla_get_u32(attrs[PROSE_A_CIPHER]),
					 nla_get_u32(attrs[PROSE_A_INTEGRITY]),
					 info->extack);
	if (IS_ERR(params->suite)) {
		NL_SET_BAD_ATTR(info->extack, attrs[PROSE_A_CIPHER]);
		return PTR_ERR(params->suite);
	}
	params->uid = current_euid();
	params->user_ns = current_user_ns();
	/* Of who opened the socket, too: it may have been handed on. */
	params->host = netlink_capable(skb, CAP_NET_ADMIN);
	return get_times(info, params);
}

/**
 * prose_nl_key_add_doit - attach a key
 * @skb: request
 * @info: attributes
 */
int prose_nl_key_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct prose_key_params params = {};
	struct prose_dev *pdev;
	int err;

	err = key_params(skb, info, &params);
	if (err)
		return err;
	params.kdf = prose_kdf_get(info->attrs[PROSE_A_KDF]);
	if (!params.kdf) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[PROSE_A_KDF],
				    "no such key derivation function");
		return -EPROTONOSUPPORT;
	}

	pdev = dev_get(info);
	if (IS_ERR(pdev)) {
		err = PTR_ERR(pdev);
		goto out;
	}
	err = prose_key_vet(pdev, &params, info->extack);
	if (err) {
		dev_release(pdev);
	} else if (prose_kdf_names(params.kdf)) {
		err = key_add_later(skb, info, pdev, &params);
		dev_release(pdev);
	} else {
		err = key_attach(info, pdev, &params);
		key_put(params.key);
	}
out:
	prose_kdf_put(params.kdf);
	return err;
}

/**
 * prose_nl_key_set_doit - change the times of a key
 * @skb: request
 * @info: attributes
 */
int prose_nl_key_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct prose_key_params params;
	struct prose_pgk *pgk;
	struct sk_buff *msg;
	bool start;
	void *hdr;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, PROSE_A_IFINDEX) ||
	    GENL_REQ_ATTR_CHECK(info, PROSE_A_PGK_ID))
		return -EINVAL;
	err = get_times(info, &params);
	if (err)
		return err;
	start = params.standby || attrs[PROSE_A_FROM];
	if (!start && !attrs[PROSE_A_UNTIL]) {
		NL_SET_ERR_MSG(info->extack, "nothing to change");
		return -EINVAL;
	}

	pgk = key_request(info, &msg, &hdr);
	if (IS_ERR(pgk))
		return PTR_ERR(pgk);
	err = prose_key_set(pgk, start ? &params.standby : NULL,
			    start ? &params.from : NULL,
			    attrs[PROSE_A_UNTIL] ? &params.until : NULL,
			    info->extack);
	return reply_key(info, pgk, msg, hdr, err);
}

/**
 * prose_nl_key_grant_doit - grant PTK Identities
 * @skb: request
 * @info: attributes
 */
int prose_nl_key_grant_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct prose_pgk *pgk;
	struct sk_buff *msg;
	void *hdr;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, PROSE_A_PTK_FIRST) ||
	    GENL_REQ_ATTR_CHECK(info, PROSE_A_PTK_LAST))
		return -EINVAL;
	pgk = key_request(info, &msg, &hdr);
	if (IS_ERR(pgk))
		return PTR_ERR(pgk);
	err = prose_key_grant(pgk, nla_get_u32(info->attrs[PROSE_A_PTK_FIRST]),
			      nla_get_u32(info->attrs[PROSE_A_PTK_LAST]),
			      info->extack);
	return reply_key(info, pgk, msg, hdr, err);
}

/**
 * prose_nl_key_del_doit - detach a key
 * @skb: request
 * @info: attributes
 */
int prose_nl_key_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct prose_dev *pdev;
	struct prose_pgk *pgk;
	struct sk_buff *msg;
	void *hdr;
	u32 top;
	int err;

	/* A detach that is not told of would burn IDs. */
	pgk = key_request(info, &msg, &hdr);
	if (IS_ERR(pgk))
		return PTR_ERR(pgk);
	pdev = pgk->pdev;
	prose_pgk_hold(pgk);
	prose_key_detach(pgk, &top);

	err = nla_put_u32(msg, PROSE_A_IFINDEX, pdev->dev->ifindex) ?:
	      nla_put_u8(msg, PROSE_A_PGK_ID, pgk->id) ?:
	      nla_put_u32(msg, PROSE_A_GROUP, pdev->group) ?:
	      nla_put_u32(msg, PROSE_A_MEMBER, pdev->member) ?:
	      nla_put_u32(msg, PROSE_A_SERIAL, key_serial(pgk->key)) ?:
	      nla_put(msg, PROSE_A_FINGERPRINT, PROSE_FINGERPRINT_LEN,
		      pgk->fingerprint) ?:
	      nla_put_u32(msg, PROSE_A_PTK_LAST, top) ?:
	      nla_put_u32(msg, PROSE_A_PTK_NEXT_FREE,
			  prose_count_next_free(pgk));
	prose_pgk_put(pgk);
	key_release(pdev);
	return reply(msg, info, hdr, err);
}

static int put_member(struct sk_buff *msg, const struct prose_pgk *pgk,
		      struct prose_member *member)
{
	unsigned long heard = jiffies - READ_ONCE(member->heard);
	const struct prose_ptk *ptk;
	u32 floor;

	if (put_dev_name(msg, pgk->pdev) ||
	    nla_put_u32(msg, PROSE_A_MEMBER, member->src) ||
	    nla_put_u8(msg, PROSE_A_PGK_ID, pgk->id) ||
	    (READ_ONCE(member->known) && nla_put_flag(msg, PROSE_A_KNOWN)) ||
	    prose_stats_put_member(msg, member->counters))
		return -EMSGSIZE;
	if (READ_ONCE(member->announced) &&
	    nla_put_u64_64bit(msg, PROSE_A_LAST_HEARD, jiffies_to_msecs(heard),
			      PROSE_A_PAD))
		return -EMSGSIZE;
	if (prose_member_floor(member, &floor) &&
	    nla_put_u32(msg, PROSE_A_FLOOR, floor))
		return -EMSGSIZE;
	ptk = rcu_dereference(member->slot[PROSE_SLOT_CURRENT]);
	if (ptk && nla_put_u16(msg, PROSE_A_PTK_ID, ptk->id))
		return -EMSGSIZE;
	return 0;
}

/* All members of a device from args[1], args[2] on, under pdev->lock. */
static int dump_members(struct sk_buff *msg, struct netlink_callback *cb,
			struct prose_dev *pdev)
{
	struct prose_member *member;
	struct prose_pgk *pgk;
	int err = 0;
	void *hdr;

	rcu_read_lock();
	for (; cb->args[1] < PROSE_PGK_INDEXES; cb->args[1]++) {
		pgk = rcu_dereference(pdev->pgks[cb->args[1]]);
		if (!pgk)
			continue;
		list_for_each_entry_rcu(member, &pgk->member_list, list) {
			if (member->seq < cb->args[2])
				continue;
			err = -EMSGSIZE;
			hdr = dump_put(msg, cb, PROSE_CMD_MEMBER_GET);
			if (!hdr)
				goto out;
			if (put_member(msg, pgk, member)) {
				genlmsg_cancel(msg, hdr);
				goto out;
			}
			genlmsg_end(msg, hdr);
			cb->args[2] = member->seq + 1;
			err = 0;
		}
		cb->args[2] = 0;
	}
out:
	rcu_read_unlock();
	return err;
}

/**
 * prose_nl_member_get_dumpit - tell all members heard, by one or all devices
 * @msg: reply
 * @cb: args[0] is the seq of the device, args[1] the index of the key, args[2]
 *	the seq of the member
 */
int prose_nl_member_get_dumpit(struct sk_buff *msg,
			       struct netlink_callback *cb)
{
	struct net *net = sock_net(msg->sk);
	struct prose_dev *pdev;
	int err;

	prose_devices_lock();
	for (pdev = prose_dev_next(net, NULL, cb->args[0]); pdev;
	     pdev = prose_dev_next(net, pdev, 0)) {
		if (pdev->seq != cb->args[0]) {
			cb->args[1] = 0;
			cb->args[2] = 0;
		}
		cb->args[0] = pdev->seq;
		if (!dump_skips(cb, pdev)) {
			mutex_lock(&pdev->lock);
			err = dump_members(msg, cb, pdev);
			mutex_unlock(&pdev->lock);
			if (err)
				break;
		}
		cb->args[0] = pdev->seq + 1;
		cb->args[1] = 0;
		cb->args[2] = 0;
	}
	prose_devices_unlock();
	return msg->len;
}

/* Under dev->lock. */
static int member_reset(struct prose_pgk *pgk, u32 member,
			struct netlink_ext_ack *extack)
{
	int err;

	if (member == pgk->pdev->member) {
		prose_key_conflict_answer(pgk->pdev);
		return 0;
	}
	if (!pgk->suite->authenticated) {
		NL_SET_ERR_MSG(extack,
			       "without integrity there is no replay state");
		return -EOPNOTSUPP;
	}
	err = prose_member_reset(pgk, member);
	if (err)
		NL_SET_ERR_MSG(extack, "no such member is known with this key");
	return err;
}

/**
 * prose_nl_member_reset_doit - let a member begin anew
 * @skb: request
 * @info: attributes
 */
int prose_nl_member_reset_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *member = info->attrs[PROSE_A_MEMBER];
	struct prose_pgk *pgk;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, PROSE_A_MEMBER))
		return -EINVAL;
	pgk = key_get_locked(info);
	if (IS_ERR(pgk))
		return PTR_ERR(pgk);
	err = member_reset(pgk, nla_get_u32(member), info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, member);
	key_release(pgk->pdev);
	return err;
}

/**
 * prose_nl_ptk_next_doit - go on to the next PTK Identity
 * @skb: request
 * @info: attributes
 */
int prose_nl_ptk_next_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct prose_pgk *pgk;
	struct sk_buff *msg;
	void *hdr;
	int err;

	pgk = key_request(info, &msg, &hdr);
	if (IS_ERR(pgk))
		return PTR_ERR(pgk);
	err = prose_tx_next(pgk);
	if (err == -ERANGE)
		NL_SET_ERR_MSG(info->extack,
			       "the key holds no PTK ID to go on to");
	else if (err)
		NL_SET_ERR_MSG(info->extack,
			       "the device does not send with this key");
	return reply_key(info, pgk, msg, hdr, err);
}

/* What dump_floor() writes to */
struct floor_dump {
	struct sk_buff *msg;
	struct netlink_callback *cb;
};

static int dump_floor(void *arg, const struct prose_floor_info *info)
{
	struct floor_dump *dump = arg;
	struct sk_buff *msg = dump->msg;
	void *hdr = dump_put(msg, dump->cb, PROSE_CMD_FLOOR_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(msg, PROSE_A_GROUP, info->group) ||
	    nla_put(msg, PROSE_A_FINGERPRINT, PROSE_FINGERPRINT_LEN,
		    info->fingerprint) ||
	    nla_put_u32(msg, PROSE_A_MEMBER, info->member) ||
	    nla_put_u32(msg, PROSE_A_FLOOR, info->count)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

/**
 * prose_nl_floor_get_dumpit - tell the floors of all senders
 * @msg: reply
 * @cb: args[0] is the position of the next floor
 */
int prose_nl_floor_get_dumpit(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct floor_dump dump = { .msg = msg, .cb = cb };
	u64 seq = cb->args[0];

	prose_history_dump(sock_net(msg->sk), &seq, dump_floor, &dump);
	cb->args[0] = seq;
	return msg->len;
}

/**
 * prose_nl_floor_set_doit - restore the floor of a sender
 * @skb: request
 * @info: attributes
 */
int prose_nl_floor_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct prose_floor_info floor;

	if (GENL_REQ_ATTR_CHECK(info, PROSE_A_GROUP) ||
	    GENL_REQ_ATTR_CHECK(info, PROSE_A_FINGERPRINT) ||
	    GENL_REQ_ATTR_CHECK(info, PROSE_A_MEMBER) ||
	    GENL_REQ_ATTR_CHECK(info, PROSE_A_FLOOR))
		return -EINVAL;
	floor.group = nla_get_u32(attrs[PROSE_A_GROUP]);
	nla_memcpy(floor.fingerprint, attrs[PROSE_A_FINGERPRINT],
		   sizeof(floor.fingerprint));
	floor.member = nla_get_u32(attrs[PROSE_A_MEMBER]);
	floor.count = nla_get_u32(attrs[PROSE_A_FLOOR]);
	return prose_history_set(genl_info_net(info), &floor, info->extack);
}

/**
 * prose_netlink_init - register the family
 */
int __init prose_netlink_init(void)
{
	return genl_register_family(&prose_nl_family);
}

/**
 * prose_netlink_exit - unregister the family
 */
void prose_netlink_exit(void)
{
	genl_unregister_family(&prose_nl_family);
}
