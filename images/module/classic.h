/* SPDX-License-Identifier: GPL-2.0 */
/* Between main.c, which runs programs, and classic.c, which has filters and packets. */
#ifndef CHECKJIT_CLASSIC_MODULE_H
#define CHECKJIT_CLASSIC_MODULE_H

struct bpf_prog;
struct sk_buff;
struct socket;

/* The filter of socket @fd, there until sockfd_put(*@out); or an ERR_PTR. */
struct bpf_prog *classic_attach(int fd, struct socket **out);

/* A packet of @len bytes at @data, or an ERR_PTR; its bytes back into @data, and its end. */
struct sk_buff *classic_packet(const void *data, u32 len);
int classic_packet_end(struct sk_buff *skb, void *data, u32 len);

#endif
