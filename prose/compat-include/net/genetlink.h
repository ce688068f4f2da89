/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PROSE_COMPAT_NET_GENETLINK_H
#define _PROSE_COMPAT_NET_GENETLINK_H

#include_next <net/genetlink.h>

/*
 * What makes a dump look like a do: valid for the block it is used in, and
 * only as far as the fields filled in here go.
 */
#ifndef HAVE_GENL_INFO_DUMP
#define genl_info_dump(cb)						\
	((const struct genl_info *)&(struct genl_info) {		\
		.snd_seq = (cb)->nlh->nlmsg_seq,			\
		.snd_portid = NETLINK_CB((cb)->skb).portid,		\
		.nlhdr = (struct nlmsghdr *)(cb)->nlh,			\
		.genlhdr = nlmsg_data((cb)->nlh),			\
		.attrs = genl_dumpit_info(cb)->attrs,			\
		.extack = (cb)->extack,					\
	})
#endif

/*
 * Split operations came with 6.2: one entry each for the do and the dump of a
 * command, each with its own policy. Before, a command has one entry and one
 * policy. genl_ops has every field that a split entry without pre_doit and
 * post_doit needs, so the generated tables compile as genl_ops; what is left
 * is to merge the entries of a command when the family is registered. Its
 * message is then parsed by the union of the two policies and, before the
 * handler runs, validated again by the one that is meant.
 */
#ifndef HAVE_GENL_SPLIT_OPS
#include <linux/slab.h>

#define genl_split_ops	genl_ops
#define split_ops	ops
#define n_split_ops	n_ops

/* Set by the one file that registers a family: netlink handlers need it. */
struct prose_compat_genl {
	const struct genl_ops *split;
	unsigned int n_split;
	struct genl_ops *merged;
	struct nla_policy *policy[];
};

static struct prose_compat_genl *prose_compat_genl __maybe_unused;

static inline const struct genl_ops *prose_compat_genl_find(u8 cmd, bool dump)
{
	const struct prose_compat_genl *c = prose_compat_genl;
	unsigned int i;

	for (i = 0; i < c->n_split; i++)
		if (c->split[i].cmd == cmd && !c->split[i].dumpit == !dump)
			return &c->split[i];
	return NULL;
}

static inline int prose_compat_genl_check(const struct genl_ops *op,
					  const struct nlmsghdr *nlh,
					  struct netlink_ext_ack *extack)
{
	if (!op)
		return -EOPNOTSUPP;
	if (op->validate)
		return 0;
	return nla_validate(nlmsg_attrdata(nlh, GENL_HDRLEN),
			    nlmsg_attrlen(nlh, GENL_HDRLEN), op->maxattr,
			    op->policy, extack);
}

static inline int prose_compat_genl_doit(struct sk_buff *skb,
					 struct genl_info *info)
{
	const struct genl_ops *op;
	int err;

	op = prose_compat_genl_find(info->genlhdr->cmd, false);
	err = prose_compat_genl_check(op, info->nlhdr, info->extack);
	return err ?: op->doit(skb, info);
}

static inline int prose_compat_genl_start(struct netlink_callback *cb)
{
	const struct genlmsghdr *genlhdr = nlmsg_data(cb->nlh);
	const struct genl_ops *op;
	int err;

	op = prose_compat_genl_find(genlhdr->cmd, true);
	err = prose_compat_genl_check(op, cb->nlh, cb->extack);
	if (err)
		return err;
	return op->start ? op->start(cb) : 0;
}

/* The union of two policies: what either takes, and no more narrowly. */
static inline struct nla_policy *
prose_compat_genl_union(const struct genl_ops *a, const struct genl_ops *b)
{
	unsigned int max = max(a->maxattr, b->maxattr);
	struct nla_policy *policy;
	unsigned int i;

	policy = kcalloc(max + 1, sizeof(*policy), GFP_KERNEL);
	if (!policy)
		return NULL;
	for (i = 0; i <= max; i++) {
		bool in_a = a->policy && i <= a->maxattr && a->policy[i].type;
		bool in_b = b->policy && i <= b->maxattr && b->policy[i].type;

		if (in_a && in_b && memcmp(&a->policy[i], &b->policy[i],
					   sizeof(*policy)))
			policy[i].type = NLA_BINARY;
		else if (in_a)
			memcpy(&policy[i], &a->policy[i], sizeof(*policy));
		else if (in_b)
			memcpy(&policy[i], &b->policy[i], sizeof(*policy));
	}
	return policy;
}

static inline void prose_compat_genl_free(void)
{
	struct prose_compat_genl *c = prose_compat_genl;
	unsigned int i;

	if (!c)
		return;
	for (i = 0; i < c->n_split; i++)
		kfree(c->policy[i]);
	kfree(c->merged);
	kfree(c);
	prose_compat_genl = NULL;
}

static inline int prose_compat_genl_register(struct genl_family *family)
{
	const struct genl_ops *split = family->ops;
	unsigned int n_split = family->n_ops;
	unsigned int n = 0, i, j;
	struct prose_compat_genl *c;
	int err = -ENOMEM;

	c = kzalloc(struct_size(c, policy, n_split), GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	prose_compat_genl = c;
	c->split = split;
	c->n_split = n_split;
	c->merged = kcalloc(n_split, sizeof(*c->merged), GFP_KERNEL);
	if (!c->merged)
		goto fail;

	for (i = 0; i < n_split; i++) {
		struct genl_ops *op;

		for (j = 0; j < n; j++)
			if (c->merged[j].cmd == split[i].cmd)
				break;
		op = &c->merged[j];
		if (j == n) {
			*op = split[i];
			n++;
			continue;
		}
		/* Flags say who may; a difference would be lost here. */
		err = -EINVAL;
		if (WARN_ON(!op->doit == !split[i].doit ||
			    ((op->flags ^ split[i].flags) &
			     (GENL_ADMIN_PERM | GENL_UNS_ADMIN_PERM))))
			goto fail;
		err = -ENOMEM;
		c->policy[j] = prose_compat_genl_union(op, &split[i]);
		if (!c->policy[j])
			goto fail;
		op->policy = c->policy[j];
		op->maxattr = max(op->maxattr, split[i].maxattr);
		op->flags |= split[i].flags;
		op->validate |= split[i].validate;
		if (split[i].dumpit) {
			op->dumpit = split[i].dumpit;
			op->done = split[i].done;
		}
		op->doit = prose_compat_genl_doit;
		op->start = prose_compat_genl_start;
	}

	family->ops = c->merged;
	family->n_ops = n;
	err = genl_register_family(family);
	if (!err)
		return 0;
	family->ops = split;
	family->n_ops = n_split;
fail:
	prose_compat_genl_free();
	return err;
}

static inline int prose_compat_genl_unregister(const struct genl_family *family)
{
	int err = genl_unregister_family(family);

	if (!err)
		prose_compat_genl_free();
	return err;
}

#define genl_register_family(family)	prose_compat_genl_register(family)
#define genl_unregister_family(family)	prose_compat_genl_unregister(family)
#endif

#endif
