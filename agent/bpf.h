/* SPDX-License-Identifier: GPL-2.0 */
/* bpf(2). Functions return 0 or a file descriptor, and -errno on failure. */
#ifndef CHECKJIT_AGENT_BPF_H
#define CHECKJIT_AGENT_BPF_H

#include <linux/bpf.h>
#include "agent/types.h"

#define LOG_SIZE   (256u << 10) /* of the verifier's log */
#define MAC_HEADER 14u		/* bytes that a test run takes off a packet; all zero here */
#define SLEEPABLE  (1u << 4)	/* BPF_F_SLEEPABLE, missing in older headers */

struct prog {
	const struct bpf_insn *insns;
	u32 nr_insns;
	u32 type; /* BPF_PROG_TYPE_* */
	u32 flags;
	const int *fd_array;
	const void *btf;
	u32 btf_size;
	const struct bpf_func_info *funcs;
	u32 nr_funcs;
	const struct bpf_line_info *lines;
	u32 nr_lines;
	int btf_fd;		  /* of btf_load(), or -1 */
	u32 limit;		  /* milliseconds for the load, or 0 */
	int unprivileged;	  /* load it without capabilities */
	u32 attach, target, func; /* struct wire_prog */
	u64 cookie;
	u32 stay, nr_more; /* likewise */
	const struct wire_more *more;
	u32 attach_type;	    /* set by attach_prepare(), for the kernel */
	int attach_fd, attach_id;   /* likewise; without an id, to the functions of the link */
	u32 ids[1 + WIRE_MAX_MORE]; /* likewise, with their cookies: of WIRE_ATTACH_*_MULTI */
	u64 cookies[1 + WIRE_MAX_MORE];
};

/* The system call. */
int sys_bpf(int cmd, union bpf_attr *attr);

int map_create(const struct wire_map *m, u32 flags);
int map_create_at(const struct wire_map *m, u32 flags, u64 extra);
int map_update(int fd, const void *key, const void *value);
int map_freeze(int fd);

/* @log: LOG_SIZE bytes, or NULL */
int btf_load(const void *btf, u32 size, char *log);

/* Returns a descriptor of the BTF of the module called @module, or -ENOENT. */
int btf_of_module(const char *module);

/* @log: LOG_SIZE bytes, unused if @log_level is 0. */
int prog_load(const struct prog *p, u32 log_level, char *log);

/* Attach @fd, which was loaded from @p. Returns the descriptor of the link. */
int link_create(int fd, const struct prog *p);

int prog_info(int fd, struct bpf_prog_info *info);
/* The same with the turn (agent/turn.h): @info is valid after it. */
void prog_info_later(int fd, struct bpf_prog_info *info);

/* Drop the effective capabilities of this process (0), or take them back. */
int capabilities(int on);

/* Does a program of @prog_type run on a packet? */
static inline int takes_packet(u32 prog_type)
{
	return prog_type == BPF_PROG_TYPE_SOCKET_FILTER || prog_type == BPF_PROG_TYPE_XDP;
}

/*
 * Prepare @attr for any number of test_run(). A program that takes_packet() takes @ctx, which has
 * MAC_HEADER bytes before it.
 */
void test_run_prepare(union bpf_attr *attr, int fd, u32 prog_type, void *ctx, u32 ctx_bytes);

/* Run it once; the return value of the program is in attr->test.retval. */
int test_run(union bpf_attr *attr);

#endif
