// SPDX-License-Identifier: GPL-2.0
/* Classic filters: the program of a socket, and packets for it. */
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/net.h>
#include <linux/skbuff.h>
#include <net/sock.h>
#include "checkjit_raw.h"
#include "classic.h"

/* The socket keeps its filter, and no other process has the socket. */
struct bpf_prog *classic_attach(int fd, struct socket **out)
{
	struct sk_filter *filter;
	struct bpf_prog *prog;
	struct socket *sock;
	int err;

	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return ERR_PTR(err);
	rcu_read_lock();
	filter = rcu_dereference(sock->sk->sk_filter);
	prog = filter ? filter->prog : NULL;
	rcu_read_unlock();
	if (prog && bpf_prog_was_classic(prog)) {
		*out = sock;
		return prog;
	}
	sockfd_put(sock);
	return ERR_PTR(-ENOENT);
}

/* Metadata that a filter may read: no two values are alike. */
static void describe(struct sk_buff *skb)
{
	skb->protocol = htons(RAW_PROTOCOL);
	skb->pkt_type = RAW_PKTTYPE;
	skb->mark = RAW_MARK;
	skb->hash = RAW_RXHASH;
	skb->queue_mapping = RAW_QUEUE;
	__vlan_hwaccel_put_tag(skb, htons(RAW_VLAN_TPID), RAW_VLAN_TCI);
}

/* The rest after the linear part is on a page, where direct loads cannot reach it. */
struct sk_buff *classic_packet(const void *data, u32 len)
{
	u32 linear = min(len, RAW_LINEAR);
	struct sk_buff *skb;
	struct page *page;

	if (len > RAW_MAX_PACKET)
		return ERR_PTR(-E2BIG);
	skb = alloc_skb(ETH_HLEN + linear, GFP_KERNEL);
	if (!skb)
		return ERR_PTR(-ENOMEM);
	memset(skb_put(skb, ETH_HLEN), 0, ETH_HLEN);
	memcpy(skb_put(skb, linear), data, linear);
	if (len > linear) {
		page = alloc_page(GFP_KERNEL);
		if (!page) {
			kfree_skb(skb);
			return ERR_PTR(-ENOMEM);
		}
		memcpy(page_address(page), data + linear, len - linear);
		skb_add_rx_frag(skb, 0, page, 0, len - linear, PAGE_SIZE);
	}
	skb_reset_mac_header(skb);
	__skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	describe(skb);
	return skb;
}

/* A filter only reads: the packet must be unchanged. */
int classic_packet_end(struct sk_buff *skb, void *data, u32 len)
{
	int err = skb->len == len ? skb_copy_bits(skb, 0, data, len) : -EIO;

	kfree_skb(skb);
	return err;
}
