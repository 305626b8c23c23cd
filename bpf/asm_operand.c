// SPDX-License-Identifier: GPL-2.0
/* For the rest of the assembler: finds rows of the table, appends instructions, reads operands. */
#include <string.h>
#include "bpf/asm_int.h"
#include "lib/util.h"

const struct insn_desc *asm_row(enum insn_syntax syntax, const char *op, size_t len, int size)
{
	for (size_t i = 0; i < nr_insn_descs; i++) {
		const struct insn_desc *d = &insn_descs[i];

		if (d->syntax == syntax && (!size || d->size == size) && !strncmp(d->op, op, len) &&
		    !d->op[len])
			return d;
	}
	return NULL;
}

const char *asm_operator(struct asm_text *a, enum insn_syntax syntax)
{
	const char *best = NULL;
	size_t best_len = 0;

	lex_skip(&a->lex);
	for (size_t i = 0; i < nr_insn_descs; i++) {
		const struct insn_desc *d = &insn_descs[i];
		size_t len;

		if (d->syntax != syntax || d->op[0] != *a->lex.p)
			continue;
		len = strlen(d->op);
		if (len > best_len && !strncmp(d->op, a->lex.p, len)) {
			best = d->op;
			best_len = len;
		}
	}
	a->lex.p += best_len;
	return best;
}

int asm_emit(struct asm_text *a, const struct insn_desc *d, struct insn insn)
{
	insn.code = d->code;
	if (!(d->fields & F_DST))
		insn.dst = d->dst;
	if (!(d->fields & F_SRC))
		insn.src = d->src;
	if (!(d->fields & F_OFF))
		insn.off = d->off;
	if (!(d->fields & F_IMM))
		insn.imm = d->imm;
	if (!insn_lookup(&insn))
		return lex_err(&a->lex, a->r11,
			       "r11 is the base of stack arguments only (expected "
			       "rN = *(u64 *)(r11 + 8*K) or *(u64 *)(r11 - 8*K) = ...)");
	out_slot(&a->out, &insn, a->line);
	return 0;
}

int asm_emit_mem(struct asm_text *a, const struct insn_desc *d, u8 dst, u8 src, s16 off)
{
	return asm_emit(a, d, (struct insn){ .dst = dst, .src = src, .off = off });
}

/* ---- operands ---- */

bool asm_is_reg_name(const struct word *w)
{
	u32 i = 1;

	if (w->len < 2 || (w->s[0] != 'r' && w->s[0] != 'w'))
		return false;
	while (i < w->len && is_digit(w->s[i]))
		i++;
	return i == w->len;
}

static int reg_of_word(struct asm_text *a, const struct word *w, struct reg *reg)
{
	u32 nr = w->s[1] - '0';

	if (w->len == 3 && w->s[1] == '1')
		nr = 10 + w->s[2] - '0';
	else if (w->len > 2)
		nr = 99;
	*reg = (struct reg){ nr, w->s[0] == 'w' ? 4 : 8, w->pos };
	if (nr == BPF_REG_PARAMS && reg->size == 8)
		a->r11 = w->pos;
	else if (nr >= MAX_BPF_REG)
		return lex_err(&a->lex, w->pos, "unknown register '%.*s' (expected %c0 to %c10)",
			       w->len < 32 ? (int)w->len : 32, w->s, w->s[0], w->s[0]);
	return 0;
}

bool asm_reg_ahead(struct asm_text *a)
{
	struct lex saved = a->lex;
	struct word w;
	bool is = lex_word(&a->lex, &w) && asm_is_reg_name(&w);

	a->lex = saved;
	return is;
}

int asm_reg(struct asm_text *a, struct reg *reg)
{
	struct word w;

	*reg = (struct reg){};
	if (!asm_reg_ahead(a))
		return lex_unexpected(&a->lex, "a register");
	lex_word(&a->lex, &w);
	return reg_of_word(a, &w, reg);
}

int asm_reg_wide(struct asm_text *a, struct reg *reg, int size)
{
	return asm_reg(a, reg) ?: asm_check_wide(a, reg, size);
}

int asm_check_wide(struct asm_text *a, const struct reg *reg, int size)
{
	if (size < 8 || reg->size == 8)
		return 0;
	return lex_err(&a->lex, reg->pos, "w%d has 32 bits only (expected r%d)", reg->nr, reg->nr);
}

static char reg_letter(const struct reg *reg)
{
	return reg->size == 8 ? 'r' : 'w';
}

int asm_same_width(struct asm_text *a, const struct reg *dst, const struct reg *src)
{
	if (src->size == dst->size)
		return 0;
	return lex_err(&a->lex, src->pos, "operands of different width (expected %c%d)",
		       reg_letter(dst), src->nr);
}

int asm_same_reg(struct asm_text *a, const struct reg *want)
{
	struct reg reg;
	int err = asm_reg(a, &reg);

	if (err)
		return err;
	if (reg.nr != want->nr || reg.size != want->size)
		return lex_err(&a->lex, reg.pos, "%c%d is not the destination (expected %c%d)",
			       reg_letter(&reg), reg.nr, reg_letter(want), want->nr);
	return 0;
}

bool num_is_imm(const struct num *n, s32 *imm)
{
	u64 value = n->neg ? -n->mag : n->mag;

	*imm = (s32)value;
	if (n->neg)
		return n->mag <= 1ull << 31;
	return n->mag <= UINT32_MAX || n->mag >= (u64)INT32_MIN;
}

int asm_imm(struct asm_text *a, s32 *imm, const char *what)
{
	struct num n;
	u64 value;
	int err = lex_num(&a->lex, &n, what);

	if (err || num_is_imm(&n, imm))
		return err;
	return num_fit(&a->lex, &n, INT32_MIN, UINT32_MAX, "immediate", &value);
}

int asm_type(struct asm_text *a, struct word *type)
{
	int err = lex_expect(&a->lex, "(");

	if (err)
		return err;
	if (!lex_word(&a->lex, type))
		return lex_unexpected(&a->lex, "a type: u8, u16, u32, u64, s8, s16, s32");
	return lex_expect(&a->lex, "*") ?: lex_expect(&a->lex, ")");
}

int asm_bad_type(struct asm_text *a, const struct word *type, const char *expected)
{
	return lex_err(&a->lex, type->pos, "no such access with type '%.*s' (expected %s)",
		       type->len < 32 ? (int)type->len : 32, type->s, expected);
}

int asm_addr(struct asm_text *a, struct mem *mem)
{
	struct num n;
	bool minus;
	u64 off;
	int err;

	mem->off = 0;
	err = asm_reg_wide(a, &mem->base, 8);
	if (err)
		return err;
	minus = lex_peek(&a->lex) == '-';
	if (!minus && *a->lex.p != '+')
		return 0;
	a->lex.p++;
	err = lex_num(&a->lex, &n, "an offset");
	if (err)
		return err;
	n.neg ^= minus;
	err = num_fit(&a->lex, &n, INT16_MIN, INT16_MAX, "offset", &off);
	if (!err)
		mem->off = (s16)off;
	return err;
}

int asm_addr_parens(struct asm_text *a, struct mem *mem)
{
	return lex_expect(&a->lex, "(") ?: asm_addr(a, mem) ?: lex_expect(&a->lex, ")");
}

/* 1f and 1b; other words that begin with a digit are numbers. */
static bool local_ahead(struct asm_text *a, struct word *name, bool *back)
{
	const char *s, *p;

	lex_skip(&a->lex);
	s = p = a->lex.p;
	while (is_digit(*p))
		p++;
	if (p == s || (*p != 'f' && *p != 'b') || is_word_char(p[1]))
		return false;
	*name = (struct word){ s, p - s, lex_pos(&a->lex) };
	*back = *p == 'b';
	a->lex.p = p + 1;
	return true;
}

int asm_target(struct asm_text *a, struct insn *insn, enum fixup_kind kind)
{
	struct word name;
	struct num n;
	u32 seq = 0;
	bool back;
	u64 dist;
	int err;

	if (local_ahead(a, &name, &back)) {
		err = out_local(&a->out, &name, back, &seq);
		if (!err)
			out_jump(&a->out, &name, seq, kind);
		return err;
	}
	if (lex_word(&a->lex, &name)) {
		out_jump(&a->out, &name, 0, kind);
		return 0;
	}
	err = lex_num(&a->lex, &n, "a label or a distance");
	if (!err)
		err = num_fit(&a->lex, &n, INT64_MIN, INT64_MAX, "distance", &dist);
	return err ?: out_distance(&a->out, insn, (s64)dist, kind, n.pos);
}

/* The row of @syntax called @fn with the operand size of the type. */
int asm_sized_row(struct asm_text *a, enum insn_syntax syntax, const struct word *fn,
		  const struct word *type, const struct insn_desc **d)
{
	static const char *const types[] = { [1] = "u8", [2] = "u16", [4] = "u32", [8] = "u64" };

	for (int size = 1; size <= 8; size *= 2) {
		*d = asm_row(syntax, fn->s, fn->len, size);
		if (*d && word_is(type, types[size]))
			return 0;
	}
	return asm_bad_type(a, type,
			    asm_row(syntax, fn->s, fn->len, 1)
				    ? "u8, u16, u32 or u64"
				    : "u32 or u64; smaller atomics do not exist");
}
