// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "bpf/insn.h"

/* The macros and rows below are tables. */
/* clang-format off */

/*
 * A macro makes the rows of one operation: both widths, register and immediate form.
 * ROW() takes the columns that every row has; the rest sets the fields that are not free.
 */
#define ROW(_name, _op, _code, _fields, _size, _cpu, _syntax, _group, ...)                        \
	{                                                                                         \
		.name = (_name), .op = (_op), .code = (_code), .fields = (_fields),               \
		.size = (_size), .cpu = (_cpu), .syntax = SYNTAX_##_syntax,                       \
		.group = GROUP_##_group, .slots = (_code) == (BPF_LD | BPF_IMM | BPF_DW) ? 2 : 1, \
		__VA_ARGS__                                                                       \
	}

#define ALU_OFF(_name, _op, _code, _cpu, _off, _needs, _g32, _g64)                                \
	ROW(_name "32_x", _op, BPF_ALU | _code | BPF_X, F_DST | F_SRC, 4, _cpu, ALU_X, _g32,      \
	    .off = (_off), .needs = (_needs)),                                                    \
	ROW(_name "32_k", _op, BPF_ALU | _code | BPF_K, F_DST | F_IMM, 4, _cpu, ALU_K, _g32,      \
	    .off = (_off), .needs = (_needs)),                                                    \
	ROW(_name "64_x", _op, BPF_ALU64 | _code | BPF_X, F_DST | F_SRC, 8, _cpu, ALU_X, _g64,    \
	    .off = (_off), .needs = (_needs)),                                                    \
	ROW(_name "64_k", _op, BPF_ALU64 | _code | BPF_K, F_DST | F_IMM, 8, _cpu, ALU_K, _g64,    \
	    .off = (_off), .needs = (_needs))

#define ALU(_name, _op, _code) ALU_OFF(_name, _op, _code, 1, 0, NULL, BASE32, BASE64)
#define DIVMUL(_name, _op, _code) ALU_OFF(_name, _op, _code, 1, 0, NULL, DIVMUL32, DIVMUL64)
#define SIGNED(_name, _op, _code) ALU_OFF(_name, _op, _code, 4, 1, "sdiv", DIVMUL32, DIVMUL64)

#define MOVSX32(_bits)                                                                            \
	ROW("movsx32_" #_bits, "s" #_bits, BPF_ALU | BPF_MOV | BPF_X, F_DST | F_SRC, 4, 4,        \
	    MOVSX, BASE32, .off = (_bits), .needs = "movsx")
#define MOVSX64(_bits)                                                                            \
	ROW("movsx64_" #_bits, "s" #_bits, BPF_ALU64 | BPF_MOV | BPF_X, F_DST | F_SRC, 8, 4,      \
	    MOVSX, BASE64, .off = (_bits), .needs = "movsx")

#define END(_bits, _group)                                                                        \
	ROW("le" #_bits, "le" #_bits, BPF_ALU | BPF_END | BPF_TO_LE, F_DST, (_bits) / 8, 1,       \
	    END, _group, .imm = (_bits)),                                                         \
	ROW("be" #_bits, "be" #_bits, BPF_ALU | BPF_END | BPF_TO_BE, F_DST, (_bits) / 8, 1,       \
	    END, _group, .imm = (_bits)),                                                         \
	ROW("bswap" #_bits, "bswap" #_bits, BPF_ALU64 | BPF_END | BPF_TO_LE, F_DST, (_bits) / 8,  \
	    4, END, _group, .imm = (_bits), .needs = "bswap")

#define JMP(_name, _op, _code, _cpu)                                                              \
	ROW(_name "64_x", _op, BPF_JMP | _code | BPF_X, F_DST | F_SRC | F_OFF, 8, _cpu, JMP_X,    \
	    BASE64),                                                                              \
	ROW(_name "64_k", _op, BPF_JMP | _code | BPF_K, F_DST | F_IMM | F_OFF, 8, _cpu, JMP_K,    \
	    BASE64),                                                                              \
	ROW(_name "32_x", _op, BPF_JMP32 | _code | BPF_X, F_DST | F_SRC | F_OFF, 4, 3, JMP_X,     \
	    BASE32),                                                                              \
	ROW(_name "32_k", _op, BPF_JMP32 | _code | BPF_K, F_DST | F_IMM | F_OFF, 4, 3, JMP_K,     \
	    BASE32)

#define LD64(_name, _op, _src, _group)                                                            \
	ROW(_name, _op, BPF_LD | BPF_IMM | BPF_DW, F_DST | F_IMM, 8, 1, LD_IMM64, _group,         \
	    .src = (_src))

#define SKB(_bits, _size)                                                                         \
	ROW("ldabs" #_bits, "u" #_bits, BPF_LD | BPF_ABS | _size, F_IMM, (_bits) / 8, 1, LD_ABS,  \
	    PACKET),                                                                              \
	ROW("ldind" #_bits, "u" #_bits, BPF_LD | BPF_IND | _size, F_SRC | F_IMM, (_bits) / 8, 1,  \
	    LD_IND, PACKET)

#define MEM(_bits, _size, _group)                                                                 \
	ROW("ldx" #_bits, "u" #_bits, BPF_LDX | BPF_MEM | _size, F_DST | F_SRC | F_OFF,           \
	    (_bits) / 8, 1, LDX, _group),                                                         \
	ROW("st" #_bits, "u" #_bits, BPF_ST | BPF_MEM | _size, F_DST | F_OFF | F_IMM,             \
	    (_bits) / 8, 1, ST, _group),                                                          \
	ROW("stx" #_bits, "u" #_bits, BPF_STX | BPF_MEM | _size, F_DST | F_SRC | F_OFF,           \
	    (_bits) / 8, 1, STX, _group)
#define MEMSX(_bits, _size)                                                                       \
	ROW("ldsx" #_bits, "s" #_bits, BPF_LDX | BPF_MEMSX | _size, F_DST | F_SRC | F_OFF,        \
	    (_bits) / 8, 4, LDX, BASE32, .needs = "memsx")

#define STX_ATOMIC(_name, _op, _bits, _size, _cpu, _syntax, _group, _imm, _needs)                 \
	ROW(_name #_bits, _op, BPF_STX | BPF_ATOMIC | _size, F_DST | F_SRC | F_OFF, (_bits) / 8,  \
	    _cpu, _syntax, _group, .imm = (_imm), .needs = (_needs))
#define RMW(_name, _op, _code, _cpu)                                                              \
	STX_ATOMIC("atomic_" _name, _op, 32, BPF_W, _cpu, ATOMIC, ATOMIC32, _code, "atomic32"),   \
	STX_ATOMIC("atomic_" _name, _op, 64, BPF_DW, _cpu, ATOMIC, ATOMIC64, _code, "atomic64"),  \
	STX_ATOMIC("atomic_fetch_" _name, "atomic_fetch_" _name, 32, BPF_W, 3, FETCH, ATOMIC32,   \
		   _code | BPF_FETCH, "atomic32"),                                                \
	STX_ATOMIC("atomic_fetch_" _name, "atomic_fetch_" _name, 64, BPF_DW, 3, FETCH, ATOMIC64,  \
		   _code | BPF_FETCH, "atomic64")
#define LOAD_STORE_SYNC(_bits, _size, _needs)                                                     \
	STX_ATOMIC("load_acquire", "load_acquire", _bits, _size, 5, LOAD_ACQUIRE, LINUX,          \
		   BPF_LOAD_ACQ, _needs),                                                         \
	STX_ATOMIC("store_release", "store_release", _bits, _size, 5, STORE_RELEASE, LINUX,       \
		   BPF_STORE_REL, _needs)

/*
 * The table follows check_insn_fields(), check_and_resolve_insns() and check_atomic() of kernel
 * 7.3's verifier. There is one exception: they accept an exit whose off is not 0, which has no row.
 */
const struct insn_desc insn_descs[] = {
	ALU("add", "+=", BPF_ADD),
	ALU("sub", "-=", BPF_SUB),
	DIVMUL("mul", "*=", BPF_MUL),
	DIVMUL("div", "/=", BPF_DIV),
	SIGNED("sdiv", "s/=", BPF_DIV),
	ALU("or", "|=", BPF_OR),
	ALU("and", "&=", BPF_AND),
	ALU("lsh", "<<=", BPF_LSH),
	ALU("rsh", ">>=", BPF_RSH),
	ROW("neg32", "-", BPF_ALU | BPF_NEG | BPF_K, F_DST, 4, 1, NEG, BASE32),
	ROW("neg64", "-", BPF_ALU64 | BPF_NEG | BPF_K, F_DST, 8, 1, NEG, BASE64),
	DIVMUL("mod", "%=", BPF_MOD),
	SIGNED("smod", "s%=", BPF_MOD),
	ALU("xor", "^=", BPF_XOR),
	ALU("mov", "=", BPF_MOV),
	MOVSX32(8),
	MOVSX32(16),
	MOVSX64(8),
	MOVSX64(16),
	MOVSX64(32),
	ALU("arsh", "s>>=", BPF_ARSH),
	END(16, BASE32),
	END(32, BASE32),
	END(64, BASE64),
	/* imm: address space of dst << 16 | address space of src */
	ROW("addr_space_cast_kern", "addr_space_cast", BPF_ALU64 | BPF_MOV | BPF_X, F_DST | F_SRC,
	    8, 4, ADDR_SPACE_CAST, LINUX, .off = BPF_ADDR_SPACE_CAST, .imm = 1),
	ROW("addr_space_cast_user", "addr_space_cast", BPF_ALU64 | BPF_MOV | BPF_X, F_DST | F_SRC,
	    8, 4, ADDR_SPACE_CAST, LINUX, .off = BPF_ADDR_SPACE_CAST, .imm = 1 << 16),

	JMP("jeq", "==", BPF_JEQ, 1),
	JMP("jgt", ">", BPF_JGT, 1),
	JMP("jge", ">=", BPF_JGE, 1),
	JMP("jset", "&", BPF_JSET, 1),
	JMP("jne", "!=", BPF_JNE, 1),
	JMP("jsgt", "s>", BPF_JSGT, 1),
	JMP("jsge", "s>=", BPF_JSGE, 1),
	JMP("jlt", "<", BPF_JLT, 2),
	JMP("jle", "<=", BPF_JLE, 2),
	JMP("jslt", "s<", BPF_JSLT, 2),
	JMP("jsle", "s<=", BPF_JSLE, 2),
	ROW("ja", "goto", BPF_JMP | BPF_JA, F_OFF, 8, 1, JA, BASE32),
	ROW("gotol", "gotol", BPF_JMP32 | BPF_JA, F_IMM, 8, 4, GOTOL, BASE32,
	    .needs = "gotol"),
	ROW("gotox", "gotox", BPF_JMP | BPF_JA | BPF_X, F_DST, 8, 5, GOTOX, LINUX),
	ROW("may_goto", "may_goto", BPF_JMP | BPF_JCOND, F_OFF, 8, 4, MAY_GOTO, LINUX,
	    .src = BPF_MAY_GOTO, .needs = "may_goto"),
	ROW("call", "call", BPF_JMP | BPF_CALL, F_IMM, 8, 1, CALL, BASE32),
	ROW("call_subprog", "call", BPF_JMP | BPF_CALL, F_IMM, 8, 1, CALL_SUBPROG, BASE32,
	    .src = BPF_PSEUDO_CALL),
	ROW("call_kfunc", "call", BPF_JMP | BPF_CALL, F_OFF | F_IMM, 8, 1, CALL_KFUNC, BASE32,
	    .src = BPF_PSEUDO_KFUNC_CALL),
	ROW("exit", "exit", BPF_JMP | BPF_EXIT, 0, 8, 1, EXIT, BASE32),

	LD64("ld_imm64", "ll", 0, BASE64),
	LD64("ld_map_fd", "map_fd", BPF_PSEUDO_MAP_FD, BASE64),
	LD64("ld_map_value", "map_value", BPF_PSEUDO_MAP_VALUE, BASE64),
	LD64("ld_btf_id", "btf_id", BPF_PSEUDO_BTF_ID, BASE64),
	LD64("ld_func", "func", BPF_PSEUDO_FUNC, BASE64),
	LD64("ld_map_idx", "map_idx", BPF_PSEUDO_MAP_IDX, BASE64),
	LD64("ld_map_idx_value", "map_idx_value", BPF_PSEUDO_MAP_IDX_VALUE, BASE64),
	SKB(8, BPF_B),
	SKB(16, BPF_H),
	SKB(32, BPF_W),

	MEM(8, BPF_B, BASE32),
	MEM(16, BPF_H, BASE32),
	MEM(32, BPF_W, BASE32),
	MEM(64, BPF_DW, BASE64),
	MEMSX(8, BPF_B),
	MEMSX(16, BPF_H),
	MEMSX(32, BPF_W),
	RMW("add", "+=", BPF_ADD, 1),
	RMW("or", "|=", BPF_OR, 3),
	RMW("and", "&=", BPF_AND, 3),
	RMW("xor", "^=", BPF_XOR, 3),
	ROW("xchg32", "xchg32_32", BPF_STX | BPF_ATOMIC | BPF_W, F_DST | F_SRC | F_OFF, 4, 3,
	    XCHG, ATOMIC32, .imm = BPF_XCHG, .needs = "atomic32"),
	ROW("xchg64", "xchg_64", BPF_STX | BPF_ATOMIC | BPF_DW, F_DST | F_SRC | F_OFF, 8, 3,
	    XCHG, ATOMIC64, .imm = BPF_XCHG, .needs = "atomic64"),
	ROW("cmpxchg32", "cmpxchg32_32", BPF_STX | BPF_ATOMIC | BPF_W, F_DST | F_SRC | F_OFF, 4, 3,
	    CMPXCHG, ATOMIC32, .imm = BPF_CMPXCHG, .needs = "atomic32"),
	ROW("cmpxchg64", "cmpxchg_64", BPF_STX | BPF_ATOMIC | BPF_DW, F_DST | F_SRC | F_OFF, 8, 3,
	    CMPXCHG, ATOMIC64, .imm = BPF_CMPXCHG, .needs = "atomic64"),
	LOAD_STORE_SYNC(8, BPF_B, "load_acq"),
	LOAD_STORE_SYNC(16, BPF_H, "load_acq"),
	LOAD_STORE_SYNC(32, BPF_W, "load_acq"),
	LOAD_STORE_SYNC(64, BPF_DW, "load_acq64"),
};

/* clang-format on */

const size_t nr_insn_descs = ARRAY_SIZE(insn_descs);

/*
 * Rows of one code, chained: first_row[code] - 1 is the first, next_row[row] - 1 the next; 0 ends.
 */
static u16 first_row[256], next_row[ARRAY_SIZE(insn_descs)];

__attribute__((constructor)) static void chain_rows(void)
{
	for (size_t i = nr_insn_descs; i--;) {
		next_row[i] = first_row[insn_descs[i].code];
		first_row[insn_descs[i].code] = i + 1;
	}
}

/* r11 is the base of the stack arguments: outgoing ones lie below it, incoming ones above. */
static bool is_stack_arg(const struct insn_desc *d, const struct insn *insn, bool as_dst)
{
	if (d->size != 8 || !insn->off || insn->off % 8)
		return false;
	if (as_dst)
		return (d->syntax == SYNTAX_ST || d->syntax == SYNTAX_STX) && insn->off < 0;
	return d->syntax == SYNTAX_LDX && insn->off > 0;
}

static bool reg_fits(const struct insn_desc *d, const struct insn *insn, u8 reg, bool as_dst)
{
	return reg < MAX_BPF_REG || (reg == BPF_REG_PARAMS && is_stack_arg(d, insn, as_dst));
}

static bool row_fits(const struct insn_desc *d, const struct insn *insn)
{
	return (d->fields & F_DST ? reg_fits(d, insn, insn->dst, true) : insn->dst == d->dst) &&
	       (d->fields & F_SRC ? reg_fits(d, insn, insn->src, false) : insn->src == d->src) &&
	       (d->fields & F_OFF || insn->off == d->off) &&
	       (d->fields & F_IMM || insn->imm == d->imm);
}

const struct insn_desc *insn_lookup(const struct insn *insn)
{
	for (u16 row = first_row[insn->code]; row; row = next_row[row - 1])
		if (row_fits(&insn_descs[row - 1], insn))
			return &insn_descs[row - 1];
	return NULL;
}

bool insn_accesses_memory(const struct insn_desc *d)
{
	switch (d->syntax) {
	case SYNTAX_LDX:
	case SYNTAX_ST:
	case SYNTAX_STX:
	case SYNTAX_ATOMIC:
	case SYNTAX_FETCH:
	case SYNTAX_XCHG:
	case SYNTAX_CMPXCHG:
	case SYNTAX_LOAD_ACQUIRE:
	case SYNTAX_STORE_RELEASE:
		return true;
	default:
		return false;
	}
}

const struct insn_desc *insn_by_name(const char *name)
{
	for (size_t i = 0; i < nr_insn_descs; i++)
		if (!strcmp(insn_descs[i].name, name))
			return &insn_descs[i];
	return NULL;
}

void insn_encode(u8 buf[INSN_SIZE], const struct insn *insn, enum byte_order order)
{
	bool be = order == ORDER_BE;
	u16 off = insn->off;
	u32 imm = insn->imm;

	buf[0] = insn->code;
	buf[1] = be ? insn->dst << 4 | (insn->src & 15) : insn->src << 4 | (insn->dst & 15);
	for (int i = 0; i < 2; i++)
		buf[be ? 3 - i : 2 + i] = off >> 8 * i;
	for (int i = 0; i < 4; i++)
		buf[be ? 7 - i : 4 + i] = imm >> 8 * i;
}

void insn_decode(struct insn *insn, const u8 buf[INSN_SIZE], enum byte_order order)
{
	bool be = order == ORDER_BE;
	u16 off = 0;
	u32 imm = 0;

	for (int i = 0; i < 2; i++)
		off |= buf[be ? 3 - i : 2 + i] << 8 * i;
	for (int i = 0; i < 4; i++)
		imm |= (u32)buf[be ? 7 - i : 4 + i] << 8 * i;
	insn->code = buf[0];
	insn->dst = be ? buf[1] >> 4 : buf[1] & 15;
	insn->src = be ? buf[1] & 15 : buf[1] >> 4;
	insn->off = off;
	insn->imm = imm;
}

struct insn insn_of(const struct insn_desc *d, u8 dst, u8 src, s16 off, s32 imm)
{
	return (struct insn){
		.code = d->code,
		.dst = d->fields & F_DST ? dst : d->dst,
		.src = d->fields & F_SRC ? src : d->src,
		.off = d->fields & F_OFF ? off : d->off,
		.imm = d->fields & F_IMM ? imm : d->imm,
	};
}
