/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /dev/checkjit_raw, the raw route: programs for the JIT or the interpreter without the verifier.
 * Shared by images/module and agent/raw.c. Each open file has one program; the I/O buffer is mapped
 * from offset 0. Functions of a program are entered by bpf2bpf calls, which only a JIT takes.
 *
 * A program may do whatever a JIT can compile. Only sizes are checked, never what the insns do, so
 * the device needs CAP_SYS_ADMIN and belongs in a machine without other work.
 */
#ifndef CHECKJIT_RAW_H
#define CHECKJIT_RAW_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define RAW_DEVICE    "checkjit_raw"
#define RAW_IO_SIZE   (256u << 10) /* ld_imm64 dst, map_idx_value[0] + off points into it */
#define RAW_MAX_INSNS 1000000u	   /* the verifier's limit for privileged programs */
#define RAW_MAX_STACK 512u
#define RAW_MAX_CTX   65528u
#define RAW_MAX_ABI   32u

struct raw_load {
	__u64 insns; /* nr_insns x 8 bytes */
	__u32 nr_insns;
	__u32 stack_depth; /* bytes below r10 */
	__u32 jited_len;   /* out: bytes of native code, 0: interpreted */
	__u32 has_abi;	   /* out: 1: RAW_RUN checks the calling convention of this arch */
};

/* A value that native code must preserve and did not. */
struct raw_abi {
	char name[8]; /* register, NUL-terminated; "sp+N": a word of the caller's stack frame */
	__u64 want, got;
};

struct raw_run {
	__u64 ctx; /* ctx_bytes, read before and written after the run */
	__u32 ctx_bytes;
	__u32 retval; /* out */
	__u32 nr_abi; /* out: entries of abi[] */
	__u32 pad;
	struct raw_abi abi[RAW_MAX_ABI];
};

struct raw_code {
	__u64 buf;
	__u32 size; /* in: of buf; out: of the code, of which buf has as much as fits */
	__u32 pad;
};

/*
 * Makes the classic filter that SO_ATTACH_FILTER gave to a socket the program of this file, as long
 * as the file is open. RAW_RUN takes the ctx as the packet: up to RAW_LINEAR bytes of it are
 * linear, behind a MAC header of zeros, with the metadata below.
 */
struct raw_attach {
	__s32 fd;	 /* of the socket */
	__u32 nr_insns;	 /* out: of the eBPF program it became */
	__u32 jited_len; /* out */
	__u32 pad;
};

#define RAW_LINEAR     64u
#define RAW_MAX_PACKET 2048u
#define RAW_PROTOCOL   0x88b5
#define RAW_PKTTYPE    3
#define RAW_QUEUE      0xb3d5
#define RAW_VLAN_TCI   0xe123
#define RAW_VLAN_TPID  0x88a8
#define RAW_MARK       0x80c3a5f1u
#define RAW_RXHASH     0x9d2b6e07u

#define RAW_LOAD   _IOWR('J', 1, struct raw_load) /* replaces the file's program */
#define RAW_RUN	   _IOWR('J', 2, struct raw_run)
#define RAW_CODE   _IOWR('J', 3, struct raw_code)
#define RAW_FREE   _IO('J', 4)
#define RAW_ATTACH _IOWR('J', 5, struct raw_attach) /* replaces the file's program */
#define RAW_INSNS  _IOWR('J', 6, struct raw_code)   /* as RAW_CODE, of the kernel's eBPF insns */

#endif
