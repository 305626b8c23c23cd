// SPDX-License-Identifier: GPL-2.0
/* Reads the rest of statements that begin with "r1 OP ". */
#include <inttypes.h>
#include <string.h>
#include "bpf/asm_int.h"
#include "lib/util.h"

typedef int operands_fn(struct asm_text *a, const struct reg *dst, const struct word *fn);

static int op_end(struct asm_text *a, const struct reg *dst, const struct word *fn)
{
	return asm_check_wide(a, dst, 8) ?: asm_same_reg(a, dst) ?:
	       asm_emit(a, asm_row(SYNTAX_END, fn->s, fn->len, 0), (struct insn){ .dst = dst->nr });
}

static int op_addr_space_cast(struct asm_text *a, const struct reg *dst, const struct word *fn)
{
	struct num to, from;
	struct reg src;
	int err;

	err = asm_check_wide(a, dst, 8) ?: lex_expect(&a->lex, "(") ?: asm_reg_wide(a, &src, 8) ?:
	      lex_expect(&a->lex, ",") ?: lex_num(&a->lex, &to, "an address space") ?:
	      lex_expect(&a->lex, ",") ?: lex_num(&a->lex, &from, "an address space") ?:
	      lex_expect(&a->lex, ")");
	if (err)
		return err;
	for (size_t i = 0; i < nr_insn_descs; i++) {
		const struct insn_desc *d = &insn_descs[i];

		if (d->syntax == SYNTAX_ADDR_SPACE_CAST && to.mag == (u32)d->imm >> 16 &&
		    from.mag == (d->imm & 0xffff) && !to.neg && !from.neg)
			return asm_emit(a, d, (struct insn){ .dst = dst->nr, .src = src.nr });
	}
	return lex_err(&a->lex, to.pos, "no such %.*s (expected 0, 1 or 1, 0)", (int)fn->len,
		       fn->s);
}

static int op_fetch(struct asm_text *a, const struct reg *dst, const struct word *fn)
{
	const struct insn_desc *d;
	struct word type;
	struct mem mem;
	int err;

	err = lex_expect(&a->lex, "(") ?: asm_type(a, &type) ?:
	      asm_sized_row(a, SYNTAX_FETCH, fn, &type, &d) ?: asm_check_wide(a, dst, d->size) ?:
	      asm_addr_parens(a, &mem) ?: lex_expect(&a->lex, ",") ?: asm_same_reg(a, dst) ?:
	      lex_expect(&a->lex, ")");
	return err ?: asm_emit_mem(a, d, mem.base.nr, dst->nr, mem.off);
}

static int op_xchg(struct asm_text *a, const struct reg *dst, const struct word *fn)
{
	const struct insn_desc *d = asm_row(SYNTAX_XCHG, fn->s, fn->len, 0);
	struct mem mem;
	int err;

	err = asm_check_wide(a, dst, d->size) ?: lex_expect(&a->lex, "(") ?: asm_addr(a, &mem) ?:
	      lex_expect(&a->lex, ",") ?: asm_same_reg(a, dst) ?: lex_expect(&a->lex, ")");
	return err ?: asm_emit_mem(a, d, mem.base.nr, dst->nr, mem.off);
}

static int op_cmpxchg(struct asm_text *a, const struct reg *dst, const struct word *fn)
{
	const struct insn_desc *d = asm_row(SYNTAX_CMPXCHG, fn->s, fn->len, 0);
	struct reg src;
	struct mem mem;
	int err;

	if (dst->nr)
		return lex_err(&a->lex, dst->pos,
			       "%s compares with r0 and returns in r0 "
			       "(expected %c0)",
			       d->op, d->size == 8 ? 'r' : 'w');
	err = asm_check_wide(a, dst, d->size) ?: lex_expect(&a->lex, "(") ?: asm_addr(a, &mem) ?:
	      lex_expect(&a->lex, ",") ?: asm_same_reg(a, dst) ?: lex_expect(&a->lex, ",") ?:
	      asm_reg_wide(a, &src, d->size) ?: lex_expect(&a->lex, ")");
	return err ?: asm_emit_mem(a, d, mem.base.nr, src.nr, mem.off);
}

static int op_load_acquire(struct asm_text *a, const struct reg *dst, const struct word *fn)
{
	const struct insn_desc *d;
	struct word type;
	struct mem mem;
	int err;

	err = lex_expect(&a->lex, "(") ?: asm_type(a, &type) ?:
	      asm_sized_row(a, SYNTAX_LOAD_ACQUIRE, fn, &type, &d) ?:
	      asm_check_wide(a, dst, d->size) ?: asm_addr_parens(a, &mem) ?:
	      lex_expect(&a->lex, ")");
	return err ?: asm_emit_mem(a, d, dst->nr, mem.base.nr, mem.off);
}

/*
 * Two slots; @insn has the low half of the constant. A distance counts from behind the first slot.
 */
static int emit_wide(struct asm_text *a, const struct reg *dst, int pseudo, struct insn insn,
		     s32 high)
{
	int err;

	for (size_t i = 0; i < nr_insn_descs; i++) {
		const struct insn_desc *d = &insn_descs[i];

		if (d->syntax != SYNTAX_LD_IMM64 || d->src != pseudo)
			continue;
		err = lex_expect(&a->lex, "ll") ?: asm_check_wide(a, dst, 8);
		insn.dst = dst->nr;
		err = err ?: asm_emit(a, d, insn);
		if (!err)
			out_slot(&a->out, &(struct insn){ .imm = high }, a->line);
		return err;
	}
	return -1;
}

/* map_fd[N], map_value[N][OFF], btf_id[N:FD], func[LABEL] and so on, each with ll behind */
static int op_pseudo(struct asm_text *a, const struct reg *dst, const struct word *fn)
{
	const struct insn_desc *d = asm_row(SYNTAX_LD_IMM64, fn->s, fn->len, 0);
	struct insn insn = { .code = d->code };
	s32 high = 0;
	int err;

	err = lex_expect(&a->lex, "[");
	if (!err)
		err = d->src == BPF_PSEUDO_FUNC ? asm_target(a, &insn, FIXUP_IMM)
						: asm_imm(a, &insn.imm, "a number");
	if (!err && d->src == BPF_PSEUDO_BTF_ID && lex_accept(&a->lex, ":"))
		err = asm_imm(a, &high, "a file descriptor");
	err = err ?: lex_expect(&a->lex, "]");
	if (!err && (d->src == BPF_PSEUDO_MAP_VALUE || d->src == BPF_PSEUDO_MAP_IDX_VALUE))
		err = lex_expect(&a->lex, "[") ?: asm_imm(a, &high, "an offset") ?:
		      lex_expect(&a->lex, "]");
	return err ?: emit_wide(a, dst, d->src, insn, high);
}

/* &NAME ll, &NAME + OFF ll */
static int op_map(struct asm_text *a, const struct reg *dst)
{
	int pseudo = BPF_PSEUDO_MAP_IDX, index = -1, err;
	struct word name;
	s32 off = 0;

	if (!lex_word(&a->lex, &name))
		return lex_unexpected(&a->lex, "the name of a map");
	if (a->maps) {
		char *s = xstrndup(name.s, name.len);

		index = a->maps->map_index(a->maps->ctx, s);
		free(s);
	}
	if (index < 0)
		return lex_err(&a->lex, name.pos, "unknown map '%.*s' (expected %s)",
			       name.len < 64 ? (int)name.len : 64, name.s,
			       a->maps ? "a map of the case"
				       : "map_fd[N] or map_idx[N]: no maps have names here");
	if (lex_accept(&a->lex, "+")) {
		err = asm_imm(a, &off, "an offset");
		if (err)
			return err;
		pseudo = BPF_PSEUDO_MAP_IDX_VALUE;
	}
	return emit_wide(a, dst, pseudo, (struct insn){ .imm = index }, off);
}

static int op_movsx(struct asm_text *a, const struct reg *dst)
{
	const struct insn_desc *d;
	struct word type;
	struct reg src;
	int err;

	err = lex_expect(&a->lex, "(");
	if (err)
		return err;
	if (!lex_word(&a->lex, &type))
		return lex_unexpected(&a->lex, "s8, s16 or s32");
	d = asm_row(SYNTAX_MOVSX, type.s, type.len, dst->size);
	if (!d)
		return lex_err(&a->lex, type.pos,
			       "no sign-extending move from '%.*s' (expected s8%s)",
			       type.len < 32 ? (int)type.len : 32, type.s,
			       dst->size == 8 ? ", s16 or s32" : " or s16");
	err = lex_expect(&a->lex, ")") ?: asm_reg(a, &src) ?: asm_same_width(a, dst, &src);
	return err ?: asm_emit(a, d, (struct insn){ .dst = dst->nr, .src = src.nr });
}

/* *(u8 *)skb[5], *(u8 *)skb[r6 + 2] */
static int op_skb(struct asm_text *a, const struct reg *dst, const struct word *type)
{
	enum insn_syntax syntax = SYNTAX_LD_ABS;
	const struct insn_desc *d;
	struct reg src = {};
	s32 imm = 0;
	int err;

	err = lex_expect(&a->lex, "[");
	if (err)
		return err;
	if (asm_reg_ahead(a)) {
		syntax = SYNTAX_LD_IND;
		err = asm_reg_wide(a, &src, 8);
	}
	if (!err && syntax == SYNTAX_LD_ABS)
		err = asm_imm(a, &imm, "an offset or a register");
	else if (!err && (lex_peek(&a->lex) == '+' || *a->lex.p == '-'))
		err = asm_imm(a, &imm, "an offset");
	err = err ?: lex_expect(&a->lex, "]");
	if (err)
		return err;
	d = asm_row(syntax, type->s, type->len, 0);
	if (!d)
		return asm_bad_type(a, type, "u8, u16 or u32");
	if (dst->nr || dst->size != 8)
		return lex_err(&a->lex, dst->pos, "packet loads go to r0 (expected r0)");
	return asm_emit(a, d, (struct insn){ .src = src.nr, .imm = imm });
}

static int op_load(struct asm_text *a, const struct reg *dst)
{
	const struct insn_desc *d;
	struct word type;
	struct mem mem;
	int err;

	err = asm_type(a, &type);
	if (err)
		return err;
	if (lex_accept(&a->lex, "skb"))
		return op_skb(a, dst, &type);
	d = asm_row(SYNTAX_LDX, type.s, type.len, 0);
	if (!d)
		return asm_bad_type(a, &type, "u8, u16, u32, u64, s8, s16 or s32");
	err = asm_check_wide(a, dst, type.s[0] == 's' ? 8 : d->size) ?: asm_addr_parens(a, &mem);
	return err ?: asm_emit_mem(a, d, dst->nr, mem.base.nr, mem.off);
}

static const struct {
	enum insn_syntax syntax;
	operands_fn *fn;
} functions[] = {
	{ SYNTAX_END, op_end },		{ SYNTAX_ADDR_SPACE_CAST, op_addr_space_cast },
	{ SYNTAX_FETCH, op_fetch },	{ SYNTAX_XCHG, op_xchg },
	{ SYNTAX_CMPXCHG, op_cmpxchg }, { SYNTAX_LOAD_ACQUIRE, op_load_acquire },
	{ SYNTAX_LD_IMM64, op_pseudo },
};

static bool reg_behind_minus(struct asm_text *a)
{
	struct lex saved = a->lex;
	bool is = lex_accept(&a->lex, "-") && asm_reg_ahead(a);

	a->lex = saved;
	return is;
}

static int op_constant(struct asm_text *a, const struct reg *dst)
{
	struct insn insn = { .dst = dst->nr };
	struct num n;
	u64 value;
	int err;

	err = lex_num(&a->lex, &n,
		      "a register, a number, *(TYPE *)(...), (sN), or a function such as "
		      "be16, atomic_fetch_add, xchg_64");
	if (err)
		return err;
	if (!lex_end(&a->lex)) {
		err = num_fit(&a->lex, &n, INT64_MIN, UINT64_MAX, "constant", &value);
		insn.imm = (s32)value;
		return err ?: emit_wide(a, dst, 0, insn, (s32)(value >> 32));
	}
	if (!num_is_imm(&n, &insn.imm))
		return lex_err(&a->lex, n.pos,
			       "immediate %s%" PRIu64 " does not fit in 32 bits (expected "
			       "-2147483648..4294967295%s)",
			       n.neg ? "-" : "", n.mag,
			       dst->size == 8 ? "; 'll' behind it loads 64" : "");
	return asm_emit(a, asm_row(SYNTAX_ALU_K, "=", 1, dst->size), insn);
}

int asm_alu(struct asm_text *a, const char *op, const struct reg *dst)
{
	struct insn insn = { .dst = dst->nr };
	struct reg src;
	int err;

	if (!asm_reg_ahead(a))
		return asm_imm(a, &insn.imm, "a register or a number")
			       ?: asm_emit(a, asm_row(SYNTAX_ALU_K, op, strlen(op), dst->size),
					   insn);
	err = asm_reg(a, &src) ?: asm_same_width(a, dst, &src);
	insn.src = src.nr;
	return err ?: asm_emit(a, asm_row(SYNTAX_ALU_X, op, strlen(op), dst->size), insn);
}

int asm_assign(struct asm_text *a, const struct reg *dst)
{
	struct lex saved;
	struct word fn;

	if (asm_reg_ahead(a))
		return asm_alu(a, "=", dst);
	if (lex_accept(&a->lex, "*"))
		return op_load(a, dst);
	if (lex_accept(&a->lex, "&"))
		return op_map(a, dst);
	if (lex_peek(&a->lex) == '(')
		return op_movsx(a, dst);
	if (reg_behind_minus(a)) {
		lex_accept(&a->lex, "-");
		return asm_same_reg(a, dst)
			       ?: asm_emit(a, asm_row(SYNTAX_NEG, "-", 1, dst->size),
					   (struct insn){ .dst = dst->nr });
	}
	saved = a->lex;
	if (lex_word(&a->lex, &fn) && !word_is(&fn, "ll"))
		for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
			if (asm_row(functions[i].syntax, fn.s, fn.len, 0))
				return functions[i].fn(a, dst, &fn);
	a->lex = saved;
	return op_constant(a, dst);
}
