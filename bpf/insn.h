/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The instruction set: one row per instruction form. Assembler, disassembler, model dispatch, generator
 * and coverage are driven by this table. Opcode constants are in bpf/isa.h.
 */
#ifndef CHECKJIT_INSN_H
#define CHECKJIT_INSN_H

#include "bpf/isa.h"
#include "lib/types.h"

#define INSN_SIZE 8	/* bytes of one slot of struct bpf_insn */

/* One instruction slot, free of bitfields and byte order. ld_imm64 takes two. */
struct insn {
	u8 code;
	u8 dst;
	u8 src;
	s16 off;
	s32 imm;
};

/* RFC 9669 section 2.4 conformance groups; GROUP_LINUX: beyond the RFC, the kernel's own. */
enum insn_group {
	GROUP_BASE32,
	GROUP_BASE64,
	GROUP_ATOMIC32,
	GROUP_ATOMIC64,
	GROUP_DIVMUL32,
	GROUP_DIVMUL64,
	GROUP_PACKET,
	GROUP_CALLX,
	GROUP_LINUX,
};

/* How the operands are written. The comment shows the text; OP stands for insn_desc.op. */
enum insn_syntax {
	SYNTAX_ALU_X,		/* r1 OP r2, w1 OP w2 */
	SYNTAX_ALU_K,		/* r1 OP 5 */
	SYNTAX_NEG,		/* r1 = -r1 */
	SYNTAX_MOVSX,		/* r1 = (s8)r2 */
	SYNTAX_END,		/* r1 = be16 r1, r1 = bswap16 r1 */
	SYNTAX_ADDR_SPACE_CAST,	/* r1 = addr_space_cast(r2, 0, 1): dst as, src as */
	SYNTAX_JMP_X,		/* if r1 OP r2 goto LABEL */
	SYNTAX_JMP_K,		/* if r1 OP 5 goto LABEL */
	SYNTAX_JA,		/* goto LABEL */
	SYNTAX_GOTOL,		/* gotol LABEL */
	SYNTAX_GOTOX,		/* gotox r1 */
	SYNTAX_MAY_GOTO,	/* may_goto LABEL */
	SYNTAX_LD_IMM64,	/* r1 = 0x1122334455667788 ll, and the pseudo forms of bpf/asm.h */
	SYNTAX_LD_ABS,		/* r0 = *(u8 *)skb[5] */
	SYNTAX_LD_IND,		/* r0 = *(u8 *)skb[r1 + 5] */
	SYNTAX_LDX,		/* r1 = *(u8 *)(r2 + 5), r1 = *(s8 *)(r2 + 5) */
	SYNTAX_ST,		/* *(u8 *)(r1 + 5) = 7 */
	SYNTAX_STX,		/* *(u8 *)(r1 + 5) = r2 */
	SYNTAX_ATOMIC,		/* lock *(u64 *)(r1 + 5) += r2 */
	SYNTAX_FETCH,		/* r2 = atomic_fetch_add((u64 *)(r1 + 5), r2) */
	SYNTAX_XCHG,		/* r2 = xchg_64(r1 + 5, r2) */
	SYNTAX_CMPXCHG,		/* r0 = cmpxchg_64(r1 + 5, r0, r2) */
	SYNTAX_LOAD_ACQUIRE,	/* r1 = load_acquire((u8 *)(r2 + 5)) */
	SYNTAX_STORE_RELEASE,	/* store_release((u8 *)(r1 + 5), r2) */
	SYNTAX_CALL,		/* call 5 (helper by number), call NAME (helper by name: bpf_…) */
	SYNTAX_CALL_SUBPROG,	/* call LABEL */
	SYNTAX_CALL_KFUNC,	/* call kfunc NUMBER or kfunc NUMBER:BTF_FD_INDEX */
	SYNTAX_EXIT,		/* exit */
};

/* Which fields of the slot a row leaves free; the others must hold the row's value. */
enum insn_fields {
	F_DST = 1 << 0,
	F_SRC = 1 << 1,
	F_OFF = 1 << 2,
	F_IMM = 1 << 3,
};

struct insn_desc {
	const char *name;	/* stable and unique, e.g. "sdiv64_k"; ids and grids use it */
	const char *op;		/* the operator of the text, e.g. "s/=" */
	u8 code;
	u8 fields;		/* enum insn_fields */
	u8 dst, src;		/* the value of a field that is not free */
	s16 off;
	s32 imm;
	u8 size;		/* operand width in bytes: 1 2 4 8 */
	u8 slots;		/* 1, or 2 for ld_imm64 */
	u8 cpu;			/* ISA version 1..4; 5: newer than v4 */
	u8 syntax;		/* enum insn_syntax */
	u8 group;		/* enum insn_group */
};

extern const struct insn_desc insn_descs[];
extern const size_t nr_insn_descs;

/* The row that @insn is an instance of, or NULL where no kernel accepts such an encoding. */
const struct insn_desc *insn_lookup(const struct insn *insn);
/* An instruction of row @d: its own fields, and of what is given those that it leaves open. */
struct insn insn_of(const struct insn_desc *d, u8 dst, u8 src, s16 off, s32 imm);

/* The row called @name, or NULL. */
const struct insn_desc *insn_by_name(const char *name);

/* The 8 bytes of struct bpf_insn as a machine of byte order @order lays them out:
 * on big-endian machines the register nibbles change places too. */
void insn_encode(u8 buf[INSN_SIZE], const struct insn *insn, enum byte_order order);
void insn_decode(struct insn *insn, const u8 buf[INSN_SIZE], enum byte_order order);

static inline u8 insn_class(const struct insn *insn)
{
	return insn->code & 0x07;
}

/* True for BPF_LD | BPF_IMM | BPF_DW, the only instruction of two slots. */
static inline bool insn_is_wide(const struct insn *insn)
{
	return insn->code == 0x18;
}

#endif
