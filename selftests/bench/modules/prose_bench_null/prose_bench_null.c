// SPDX-License-Identifier: GPL-2.0
/*
 * The least that a stacked device can do: 13 octets and an Ethernet header
 * pushed before a frame, and pulled off again. What any layer of this shape
 * costs, prose among them, is above this one.
 *
 *	ip link add NAME link LOWER type prosenull
 */

#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <net/rtnetlink.h>

#define NULL_LEN	13
#define NULL_TYPE	0x88b6

struct null_dev {
	struct net_device *dev;
	struct net_device *lower;
	struct packet_type handler;
};

/* As prose sends: to a multicast address */
static const u8 null_group[ETH_ALEN] = { 0x03, 0x33, 0x03, 0, 0, 1 };

static netdev_tx_t null_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct null_dev *null = netdev_priv(dev);
	struct ethhdr *eth;

	if (skb_cow_head(skb, dev->needed_headroom)) {
		kfree_skb(skb);
		return NETDEV_TX_OK;
	}
	memset(skb_push(skb, NULL_LEN), 0, NULL_LEN);
	skb_reset_network_header(skb);
	eth = skb_push(skb, ETH_HLEN);
	ether_addr_copy(eth->h_dest, null_group);
	ether_addr_copy(eth->h_source, null->lower->dev_addr);
	eth->h_proto = htons(NULL_TYPE);
	skb_reset_mac_header(skb);
	skb->protocol = eth->h_proto;
	skb->dev = null->lower;
	dev_queue_xmit(skb);
	return NETDEV_TX_OK;
}

static int null_rcv(struct sk_buff *skb, struct net_device *lower,
		    struct packet_type *handler, struct net_device *orig_dev)
{
	struct null_dev *null = container_of(handler, struct null_dev, handler);

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb)
		return NET_RX_DROP;
	if (!pskb_may_pull(skb, NULL_LEN + ETH_HLEN)) {
		kfree_skb(skb);
		return NET_RX_DROP;
	}
	__skb_pull(skb, NULL_LEN);
	skb->ip_summed = CHECKSUM_NONE;
	/* It came to a multicast address, and TCP takes nothing such. */
	skb->pkt_type = PACKET_HOST;
	skb->protocol = eth_type_trans(skb, null->dev);
	skb_reset_network_header(skb);
	netif_receive_skb(skb);
	return NET_RX_SUCCESS;
}

static int null_open(struct net_device *dev)
{
	struct null_dev *null = netdev_priv(dev);
	int err = dev_mc_add(null->lower, null_group);

	if (err)
		return err;
	null->handler.type = htons(NULL_TYPE);
	null->handler.dev = null->lower;
	null->handler.func = null_rcv;
	dev_add_pack(&null->handler);
	return 0;
}

static int null_stop(struct net_device *dev)
{
	struct null_dev *null = netdev_priv(dev);

	dev_remove_pack(&null->handler);
	dev_mc_del(null->lower, null_group);
	return 0;
}

static const struct net_device_ops null_ops = {
	.ndo_open		= null_open,
	.ndo_stop		= null_stop,
	.ndo_start_xmit		= null_xmit,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_set_mac_address	= eth_mac_addr,
};

static void null_free(struct net_device *dev)
{
	struct null_dev *null = netdev_priv(dev);

	dev_put(null->lower);
}

static void null_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &null_ops;
	dev->needs_free_netdev = true;
	dev->priv_flags |= IFF_NO_QUEUE;
	prose_compat_set_lltx(dev);
	eth_hw_addr_random(dev);
}

static int null_link(struct net_device *dev, struct rtnl_newlink_params *params,
		     struct netlink_ext_ack *extack)
{
	struct net *link_net = rtnl_newlink_link_net(params);
	struct null_dev *null = netdev_priv(dev);
	struct net_device *lower;
	int err;

	if (!params->tb[IFLA_LINK])
		return -EINVAL;
	lower = dev_get_by_index(link_net, nla_get_u32(params->tb[IFLA_LINK]));
	if (!lower)
		return -ENODEV;
	null->dev = dev;
	null->lower = lower;
	dev->priv_destructor = null_free;
	dev->needed_headroom = lower->needed_headroom + ETH_HLEN + NULL_LEN;
	dev->mtu = lower->mtu - NULL_LEN - ETH_HLEN;
	err = register_netdevice(dev);
	if (err)
		return err;
	netif_carrier_on(dev);
	return 0;
}

PROSE_COMPAT_NEWLINK(null_link)

static void null_unlink(struct net_device *dev, struct list_head *head)
{
	unregister_netdevice_queue(dev, head);
}

static struct rtnl_link_ops null_link_ops __read_mostly = {
	.kind		= "prosenull",
	.priv_size	= sizeof(struct null_dev),
	.setup		= null_setup,
	.newlink	= PROSE_COMPAT_NEWLINK_OP(null_link),
	.dellink	= null_unlink,
};

static int __init prose_bench_null_init(void)
{
	return rtnl_link_register(&null_link_ops);
}
module_init(prose_bench_null_init);

static void __exit prose_bench_null_exit(void)
{
	rtnl_link_unregister(&null_link_ops);
}
module_exit(prose_bench_null_exit);

MODULE_ALIAS_RTNL_LINK("prosenull");
MODULE_DESCRIPTION("The floor of any layer, for the benchmark of prose");
MODULE_LICENSE("GPL");
