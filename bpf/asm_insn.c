// SPDX-License-Identifier: GPL-2.0
/* Reads instructions; asm_assign.c reads what follows "r1 = ". */
#include <string.h>
#include "bpf/asm_int.h"
#include "bpf/kfunc.h"

static int reg_first(struct asm_text *a)
{
	struct reg dst;
	const char *op;
	int err;

	err = asm_reg(a, &dst);
	if (err)
		return err;
	/* inline assembly, and so the selftests, spell % as %% */
	if (lex_accept(&a->lex, "%%="))
		op = "%=";
	else if (lex_accept(&a->lex, "s%%="))
		op = "s%=";
	else
		op = asm_operator(a, SYNTAX_ALU_X);
	if (!op)
		return lex_unexpected(&a->lex, "an operator: = += -= *= /= s/= %= s%= |= &= ^= "
					       "<<= >>= s>>=");
	return strcmp(op, "=") ? asm_alu(a, op, &dst) : asm_assign(a, &dst);
}

/* *(u8 *)(r1 + 5) = ... */
static int store(struct asm_text *a)
{
	const struct insn_desc *d;
	struct insn insn = {};
	struct word type;
	struct mem mem;
	struct reg src;
	int err;

	err = asm_type(a, &type);
	if (err)
		return err;
	d = asm_row(SYNTAX_STX, type.s, type.len, 0);
	if (!d)
		return asm_bad_type(a, &type, "u8, u16, u32 or u64");
	err = asm_addr_parens(a, &mem) ?: lex_expect(&a->lex, "=");
	if (err)
		return err;
	insn.dst = mem.base.nr;
	insn.off = mem.off;
	if (asm_reg_ahead(a)) {
		err = asm_reg_wide(a, &src, d->size);
		insn.src = src.nr;
		return err ?: asm_emit(a, d, insn);
	}
	return asm_imm(a, &insn.imm, "a register or a number")
		       ?: asm_emit(a, asm_row(SYNTAX_ST, type.s, type.len, 0), insn);
}

/* lock *(u64 *)(r1 + 5) += r2 */
static int lock(struct asm_text *a)
{
	const struct insn_desc *d;
	struct word type, fn = {};
	struct reg src;
	struct mem mem;
	int err;

	err = lex_expect(&a->lex, "*") ?: asm_type(a, &type) ?: asm_addr_parens(a, &mem);
	if (err)
		return err;
	fn.s = asm_operator(a, SYNTAX_ATOMIC);
	if (!fn.s)
		return lex_unexpected(&a->lex, "an operator: += |= &= ^=");
	fn.len = strlen(fn.s);
	err = asm_sized_row(a, SYNTAX_ATOMIC, &fn, &type, &d) ?: asm_reg_wide(a, &src, d->size);
	return err ?: asm_emit_mem(a, d, mem.base.nr, src.nr, mem.off);
}

/* store_release((u8 *)(r1 + 5), w2) */
static int store_release(struct asm_text *a, const struct word *fn)
{
	const struct insn_desc *d;
	struct word type;
	struct reg src;
	struct mem mem;
	int err;

	err = lex_expect(&a->lex, "(") ?: asm_type(a, &type) ?:
	      asm_sized_row(a, SYNTAX_STORE_RELEASE, fn, &type, &d) ?: asm_addr_parens(a, &mem) ?:
	      lex_expect(&a->lex, ",") ?:
	      asm_reg_wide(a, &src, d->size) ?: lex_expect(&a->lex, ")");
	return err ?: asm_emit_mem(a, d, mem.base.nr, src.nr, mem.off);
}

static int cond_jump(struct asm_text *a)
{
	struct insn insn = {};
	const struct insn_desc *d;
	struct reg dst, src;
	const char *op;
	int err;

	err = asm_reg(a, &dst);
	if (err)
		return err;
	op = asm_operator(a, SYNTAX_JMP_X);
	if (!op)
		return lex_unexpected(&a->lex, "a comparison: == != > >= < <= s> s>= s< s<= &");
	insn.dst = dst.nr;
	if (asm_reg_ahead(a)) {
		err = asm_reg(a, &src) ?: asm_same_width(a, &dst, &src);
		insn.src = src.nr;
		d = asm_row(SYNTAX_JMP_X, op, strlen(op), dst.size);
	} else {
		err = asm_imm(a, &insn.imm, "a register or a number");
		d = asm_row(SYNTAX_JMP_K, op, strlen(op), dst.size);
	}
	err = err ?: lex_expect(&a->lex, "goto") ?: asm_target(a, &insn, FIXUP_OFF);
	return err ?: asm_emit(a, d, insn);
}

/* kfunc N, kfunc N:FD_INDEX */
static int call_kfunc(struct asm_text *a)
{
	struct insn insn = {};
	struct num n;
	u64 off = 0;
	int err;

	err = asm_imm(a, &insn.imm, "the BTF id of a kfunc");
	if (!err && lex_accept(&a->lex, ":"))
		err = lex_num(&a->lex, &n, "an index into fd_array")
			      ?: num_fit(&a->lex, &n, INT16_MIN, INT16_MAX, "index", &off);
	insn.off = (s16)off;
	return err ?: asm_emit(a, asm_row(SYNTAX_CALL_KFUNC, "call", 4, 0), insn);
}

/* call 5, call bpf_NAME, call KFUNC, call LABEL, call +N, call kfunc N[:FD_INDEX] */
static int call(struct asm_text *a)
{
	const struct insn_desc *helper = asm_row(SYNTAX_CALL, "call", 4, 0);
	struct insn insn = { .code = helper->code };
	struct lex saved = a->lex;
	char first = lex_peek(&a->lex), buf[64];
	struct word name;

	if (is_digit(first))
		return asm_imm(a, &insn.imm, "a helper") ?: asm_emit(a, helper, insn);
	if (lex_word(&a->lex, &name)) {
		snprintf(buf, sizeof(buf), "%.*s", (int)name.len, name.s);
		insn.imm = helper_by_name(buf);
		if (insn.imm >= 0 && !strncmp(buf, "bpf_", 4))
			return asm_emit(a, helper, insn);
		insn.imm = kfunc_by_name(buf);
		if (insn.imm >= 0)
			return asm_emit(a, asm_row(SYNTAX_CALL_KFUNC, "call", 4, 0), insn);
		insn.imm = 0;
		if (word_is(&name, "kfunc") && !lex_end(&a->lex))
			return call_kfunc(a);
		a->lex = saved;
	} else if (first != '+' && first != '-') {
		return lex_unexpected(&a->lex, "a func, a label, a helper's name or number, "
					       "or kfunc N");
	}
	return asm_target(a, &insn, FIXUP_IMM)
		       ?: asm_emit(a, asm_row(SYNTAX_CALL_SUBPROG, "call", 4, 0), insn);
}

/*
 * .insn 0x and the 16 digits that `checkjit asm` prints: any slot, even one that no kernel accepts
 */
static int raw_slot(struct asm_text *a)
{
	u8 bytes[INSN_SIZE] = {};
	struct insn insn;
	const char *p;
	int n = 0;

	lex_skip(&a->lex);
	if (strncmp(a->lex.p, "0x", 2))
		return lex_unexpected(&a->lex, "0x and 16 hex digits");
	p = a->lex.p += 2;
	for (; n < 17; n++) {
		char c = p[n] | 0x20;
		int d = is_digit(p[n]) ? p[n] - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

		if (d < 0)
			break;
		if (n < 16)
			bytes[n / 2] |= d << (n % 2 ? 0 : 4);
	}
	if (n != 16 || is_word_char(p[n]))
		return lex_err(&a->lex, lex_pos(&a->lex),
			       "not 16 hex digits (expected the 8 bytes of a "
			       "slot, as `checkjit asm` writes them)");
	a->lex.p += 16;
	insn_decode(&insn, bytes, ORDER_LE);
	out_slot(&a->out, &insn, a->line);
	return 0;
}

static int jump(struct asm_text *a, enum insn_syntax syntax, const char *op, enum fixup_kind kind)
{
	const struct insn_desc *d = asm_row(syntax, op, strlen(op), 0);
	struct insn insn = { .code = d->code };

	return asm_target(a, &insn, kind) ?: asm_emit(a, d, insn);
}

int asm_insn(struct asm_text *a)
{
	struct lex saved = a->lex;
	struct word w;

	if (lex_accept(&a->lex, "*"))
		return store(a);
	if (asm_reg_ahead(a))
		return reg_first(a);
	if (!lex_word(&a->lex, &w))
		return lex_unexpected(&a->lex, "an instruction or a label");
	if (word_is(&w, "if"))
		return cond_jump(a);
	if (word_is(&w, "goto"))
		return jump(a, SYNTAX_JA, "goto", FIXUP_OFF);
	if (word_is(&w, "gotol"))
		return jump(a, SYNTAX_GOTOL, "gotol", FIXUP_IMM);
	if (word_is(&w, "may_goto"))
		return jump(a, SYNTAX_MAY_GOTO, "may_goto", FIXUP_OFF);
	if (word_is(&w, "gotox")) {
		struct reg dst;

		return asm_reg_wide(a, &dst, 8)
			       ?: asm_emit_mem(a, asm_row(SYNTAX_GOTOX, "gotox", 5, 0), dst.nr, 0,
					       0);
	}
	if (word_is(&w, "call"))
		return call(a);
	if (word_is(&w, "exit"))
		return asm_emit(a, asm_row(SYNTAX_EXIT, "exit", 4, 0), (struct insn){});
	if (word_is(&w, "lock"))
		return lock(a);
	if (word_is(&w, "store_release"))
		return store_release(a, &w);
	if (word_is(&w, ".insn"))
		return raw_slot(a);
	a->lex = saved;
	return lex_err(
		&a->lex, w.pos,
		"unknown instruction '%.*s' (expected a register, *(TYPE *), lock, "
		"if, goto, gotol, gotox, may_goto, call, exit, store_release, .insn, func or a "
		"label)",
		w.len < 64 ? (int)w.len : 64, w.s);
}
