/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The instruction set: a table with a row for each form of an instruction, which drives assembler,
 * disassembler, model, generator and coverage. Opcode constants are in bpf/isa.h.
 */
#ifndef CHECKJIT_INSN_H
#define CHECKJIT_INSN_H

#include "bpf/isa.h"
#include "lib/types.h"

#define INSN_SIZE 8 /* bytes of one slot of struct bpf_insn */

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

/* The syntax of the operands, as in the comments; OP is insn_desc.op. */
enum insn_syntax {
	SYNTAX_ALU_X,		/* r1 OP r2, w1 OP w2 */
	SYNTAX_ALU_K,		/* r1 OP 5 */
	SYNTAX_NEG,		/* r1 = -r1 */
	SYNTAX_MOVSX,		/* r1 = (s8)r2 */
	SYNTAX_END,		/* r1 = be16 r1, r1 = bswap16 r1 */
	SYNTAX_ADDR_SPACE_CAST, /* r1 = addr_space_cast(r2, 0, 1): dst as, src as */
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

/* The fields that a row leaves free; the others must have the row's value. */
enum insn_fields {
	F_DST = 1 << 0,
	F_SRC = 1 << 1,
	F_OFF = 1 << 2,
	F_IMM = 1 << 3,
};

struct insn_desc {
	const char *name; /* stable and unique, as ids use it, e.g. "sdiv64_k" */
	const char *op;	  /* the operator in the text, e.g. "s/=" */
	u8 code;
	u8 fields;   /* enum insn_fields */
	u8 dst, src; /* values of fields that are not free */
	s16 off;
	s32 imm;
	u8 size;	   /* operand width in bytes: 1 2 4 8 */
	u8 slots;	   /* 1, or 2 for ld_imm64 */
	u8 cpu;		   /* ISA version 1..4; 5: newer than v4 */
	u8 syntax;	   /* enum insn_syntax */
	u8 group;	   /* enum insn_group */
	const char *needs; /* its capability (proto/caps.h); NULL: all kernels have it */
};

extern const struct insn_desc insn_descs[];
extern const size_t nr_insn_descs;

/* Returns the row that @insn matches, or NULL if no kernel accepts this encoding. */
const struct insn_desc *insn_lookup(const struct insn *insn);

/* Returns an instruction of row @d. Arguments for fields that are not free have no effect. */
struct insn insn_of(const struct insn_desc *d, u8 dst, u8 src, s16 off, s32 imm);

/* Returns the row called @name, or NULL. */
const struct insn_desc *insn_by_name(const char *name);

/* Is an operand of @d memory at a base register plus the offset field? */
bool insn_accesses_memory(const struct insn_desc *d);

/*
 * Convert to and from the 8 bytes of struct bpf_insn on a machine of byte order @order. Big-endian
 * machines swap the register nibbles too.
 */
void insn_encode(u8 buf[INSN_SIZE], const struct insn *insn, enum byte_order order);
void insn_decode(struct insn *insn, const u8 buf[INSN_SIZE], enum byte_order order);

/* ---- what kind of instruction it is ---- */

static inline u8 insn_class(const struct insn *insn)
{
	return BPF_CLASS(insn->code);
}

/* BPF_LD | BPF_IMM | BPF_DW, the only instruction of two slots. */
static inline bool insn_is_wide(const struct insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW);
}

/* A load of two slots whose constant the kernel replaces: a map, a function, a variable. */
static inline bool insn_is_pseudo(const struct insn *insn)
{
	return insn_is_wide(insn) && insn->src;
}

/* The address of a map by its index, or an address within its value. */
static inline bool insn_names_map(const struct insn *insn)
{
	return insn_is_wide(insn) &&
	       (insn->src == BPF_PSEUDO_MAP_IDX || insn->src == BPF_PSEUDO_MAP_IDX_VALUE);
}

/* An address in map 0, which holds the windows of a case: '&mem' in its text. */
static inline bool insn_names_mem(const struct insn *insn)
{
	return insn_is_wide(insn) && insn->src == BPF_PSEUDO_MAP_IDX_VALUE && !insn->imm;
}

/* The address of a function of the same program. */
static inline bool insn_is_func_addr(const struct insn *insn)
{
	return insn_is_wide(insn) && insn->src == BPF_PSEUDO_FUNC;
}

static inline bool insn_is_call(const struct insn *insn)
{
	return insn->code == BPF_JMP_CALL;
}

static inline bool insn_is_helper_call(const struct insn *insn)
{
	return insn_is_call(insn) && !insn->src;
}

static inline bool insn_is_subprog_call(const struct insn *insn)
{
	return insn_is_call(insn) && insn->src == BPF_PSEUDO_CALL;
}

static inline bool insn_is_kfunc_call(const struct insn *insn)
{
	return insn_is_call(insn) && insn->src == BPF_PSEUDO_KFUNC_CALL;
}

/* A subprog call or the address of a function: imm is the distance to the function. */
static inline bool insn_names_func(const struct insn *insn)
{
	return insn_is_subprog_call(insn) || insn_is_func_addr(insn);
}

static inline bool insn_is_exit(const struct insn *insn)
{
	return insn->code == BPF_JMP_EXIT;
}

/* Jumps, calls and exits. */
static inline bool insn_is_jmp_class(const struct insn *insn)
{
	return insn_class(insn) == BPF_JMP || insn_class(insn) == BPF_JMP32;
}

/* The jump with a 32-bit distance, in imm. */
static inline bool insn_is_gotol(const struct insn *insn)
{
	return insn->code == (BPF_JMP32 | BPF_JA);
}

/* The jump to an address in a register. */
static inline bool insn_is_gotox(const struct insn *insn)
{
	return insn->code == (BPF_JMP | BPF_JA | BPF_X);
}

/* goto or gotol. */
static inline bool insn_is_goto(const struct insn *insn)
{
	return insn->code == (BPF_JMP | BPF_JA) || insn_is_gotol(insn);
}

static inline bool insn_is_may_goto(const struct insn *insn)
{
	return insn->code == BPF_JMP_MAY_GOTO;
}

/* A jump that carries its distance: goto, gotol, may_goto and the comparisons. */
static inline bool insn_is_jump(const struct insn *insn)
{
	u8 op = BPF_OP(insn->code);

	return insn_is_jmp_class(insn) && op != BPF_CALL && op != BPF_EXIT && !insn_is_gotox(insn);
}

/* A jump that compares. */
static inline bool insn_is_cond_jump(const struct insn *insn)
{
	return insn_is_jump(insn) && BPF_OP(insn->code) != BPF_JA &&
	       BPF_OP(insn->code) != BPF_JCOND;
}

/* The distance of a jump, in slots from the next one. */
static inline s32 insn_jump_distance(const struct insn *insn)
{
	return insn_is_gotol(insn) ? insn->imm : insn->off;
}

/* Make a jump one over @dist slots. False: that is more than its field holds. */
static inline bool insn_set_jump_distance(struct insn *insn, s64 dist)
{
	if (insn_is_gotol(insn))
		insn->imm = (s32)dist;
	else
		insn->off = (s16)dist;
	return insn_jump_distance(insn) == dist;
}

/* r0 = *(u8 *)skb[...] */
static inline bool insn_is_packet_load(const struct insn *insn)
{
	return insn_class(insn) == BPF_LD &&
	       (BPF_MODE(insn->code) == BPF_ABS || BPF_MODE(insn->code) == BPF_IND);
}

static inline bool insn_is_atomic(const struct insn *insn)
{
	return insn_class(insn) == BPF_STX && BPF_MODE(insn->code) == BPF_ATOMIC;
}

static inline bool insn_is_addr_space_cast(const struct insn *insn)
{
	return insn->code == (BPF_ALU64 | BPF_MOV | BPF_X) && insn->off == BPF_ADDR_SPACE_CAST;
}

/* Does it use r11, the base of the stack arguments? */
static inline bool insn_uses_params(const struct insn *insn)
{
	return insn->dst == BPF_REG_PARAMS || insn->src == BPF_REG_PARAMS;
}

#endif
