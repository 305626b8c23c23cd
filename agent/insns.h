/* SPDX-License-Identifier: GPL-2.0 */
/* The instructions of which probes consist. */
#ifndef CHECKJIT_AGENT_INSNS_H
#define CHECKJIT_AGENT_INSNS_H

#include <linux/bpf.h>

#define INSN(_code, _dst, _src, _off, _imm)                                           \
	{                                                                             \
		.code = (_code), .dst_reg = (_dst), .src_reg = (_src), .off = (_off), \
		.imm = (_imm)                                                         \
	}
#define MOV(dst, imm) INSN(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, imm)
#define CALL(dist)    INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, dist)
#define EXIT()	      INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

#endif
