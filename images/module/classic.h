/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by main.c, which runs programs, and classic.c, which provides filters and packets. */
#ifndef CHECKJIT_CLASSIC_MODULE_H
#define CHECKJIT_CLASSIC_MODULE_H

struct bpf_prog;
struct sk_buff;
struct socket;

/* The filter of socket @fd, valid until sockfd_put(*@out), or an ERR_PTR. */
struct bpf_prog *classic_attach(int fd, struct socket **out);

/*
 * Make a packet of the @len bytes at @data, or return an ERR_PTR. classic_packet_end() copies the
 * bytes back to @data and frees the packet.
 */
struct sk_buff *classic_packet(const void *data, u32 len);
int classic_packet_end(struct sk_buff *skb, void *data, u32 len);

#endif
