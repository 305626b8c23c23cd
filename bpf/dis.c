// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>
#include "bpf/asm.h"
#include "bpf/classic.h"
#include "bpf/kfunc.h"
#include "lib/util.h"

static const char *const reg_names[2][16] = {
	{ "w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "w9", "w10", "w11", "w12", "w13",
	  "w14", "w15" },
	{ "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "r13",
	  "r14", "r15" },
};

static const char *reg(u8 nr, int size)
{
	return reg_names[size == 8][nr & 15];
}

struct addr {
	char s[24];
};

/* "r1 + 5" */
static struct addr addr(u8 base, s32 off)
{
	struct addr a;

	snprintf(a.s, sizeof(a.s), "%s %c %" PRIu32, reg(base, 8), off < 0 ? '-' : '+',
		 off < 0 ? -(u32)off : (u32)off);
	return a;
}

static int print_raw(char *buf, size_t size, const struct insn *insn)
{
	u8 b[INSN_SIZE];

	insn_encode(b, insn, ORDER_LE);
	return snprintf(buf, size, ".insn 0x%02x%02x%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2],
			b[3], b[4], b[5], b[6], b[7]);
}

/* Can the text of a row of LD_IMM64 express all of the second slot? */
static bool second_slot_fits(const struct insn_desc *d, const struct insn *second)
{
	if (second->code || second->dst || second->src || second->off)
		return false;
	return !second->imm || (d->src != BPF_PSEUDO_MAP_FD && d->src != BPF_PSEUDO_MAP_IDX &&
				d->src != BPF_PSEUDO_FUNC);
}

static int print_ld_imm64(char *buf, size_t size, const struct insn_desc *d,
			  const struct insn *insn, const char *target)
{
	const char *dst = reg(insn->dst, 8);
	s32 low = insn[0].imm, high = insn[1].imm;

	switch (d->src) {
	case 0:
		return snprintf(buf, size, "%s = 0x%" PRIx64 " ll", dst,
				(u64)(u32)high << 32 | (u32)low);
	case BPF_PSEUDO_FUNC:
		return snprintf(buf, size, "%s = func[%s] ll", dst, target);
	case BPF_PSEUDO_MAP_VALUE:
	case BPF_PSEUDO_MAP_IDX_VALUE:
		return snprintf(buf, size, "%s = %s[%d][%d] ll", dst, d->op, low, high);
	case BPF_PSEUDO_BTF_ID:
		if (high)
			return snprintf(buf, size, "%s = %s[%d:%d] ll", dst, d->op, low, high);
		break;
	}
	return snprintf(buf, size, "%s = %s[%d] ll", dst, d->op, low);
}

static int print_call(char *buf, size_t size, const struct insn *insn)
{
	const char *name = helper_name(insn->imm);

	if (name)
		return snprintf(buf, size, "call %s", name);
	return snprintf(buf, size, "call %" PRIu32, (u32)insn->imm);
}

/* @target: text for the slot that the instruction jumps to, calls or refers to. */
static int print_desc(char *buf, size_t size, const struct insn_desc *d, const struct insn *insn,
		      const char *target)
{
	const char *dst = reg(insn->dst, d->size), *src = reg(insn->src, d->size), *op = d->op;
	const struct addr at_dst = addr(insn->dst, insn->off), at_src = addr(insn->src, insn->off);
	const char *full_dst = reg(insn->dst, 8), *r0 = reg(0, d->size);
	const int bits = 8 * d->size;

	switch ((enum insn_syntax)d->syntax) {
	case SYNTAX_ALU_X:
		return snprintf(buf, size, "%s %s %s", dst, op, src);
	case SYNTAX_ALU_K:
		return snprintf(buf, size, "%s %s %d", dst, op, insn->imm);
	case SYNTAX_NEG:
		return snprintf(buf, size, "%s = -%s", dst, dst);
	case SYNTAX_MOVSX:
		return snprintf(buf, size, "%s = (%s)%s", dst, op, src);
	case SYNTAX_END:
		return snprintf(buf, size, "%s = %s %s", full_dst, op, full_dst);
	case SYNTAX_ADDR_SPACE_CAST:
		return snprintf(buf, size, "%s = %s(%s, %u, %u)", dst, op, src,
				(u32)insn->imm >> 16, insn->imm & 0xffff);
	case SYNTAX_JMP_X:
		return snprintf(buf, size, "if %s %s %s goto %s", dst, op, src, target);
	case SYNTAX_JMP_K:
		return snprintf(buf, size, "if %s %s %d goto %s", dst, op, insn->imm, target);
	case SYNTAX_JA:
	case SYNTAX_GOTOL:
	case SYNTAX_MAY_GOTO:
	case SYNTAX_CALL_SUBPROG:
		return snprintf(buf, size, "%s %s", op, target);
	case SYNTAX_GOTOX:
		return snprintf(buf, size, "%s %s", op, dst);
	case SYNTAX_LD_IMM64:
		return print_ld_imm64(buf, size, d, insn, target);
	case SYNTAX_LD_ABS:
		return snprintf(buf, size, "r0 = *(%s *)skb[%d]", op, insn->imm);
	case SYNTAX_LD_IND:
		return snprintf(buf, size, "r0 = *(%s *)skb[%s]", op,
				insn->imm ? addr(insn->src, insn->imm).s : reg(insn->src, 8));
	case SYNTAX_LDX:
		return snprintf(buf, size, "%s = *(%s *)(%s)", full_dst, op, at_src.s);
	case SYNTAX_ST:
		return snprintf(buf, size, "*(%s *)(%s) = %d", op, at_dst.s, insn->imm);
	case SYNTAX_STX:
		return snprintf(buf, size, "*(%s *)(%s) = %s", op, at_dst.s, reg(insn->src, 8));
	case SYNTAX_ATOMIC:
		return snprintf(buf, size, "lock *(u%d *)(%s) %s %s", bits, at_dst.s, op, src);
	case SYNTAX_FETCH:
		return snprintf(buf, size, "%s = %s((u%d *)(%s), %s)", src, op, bits, at_dst.s,
				src);
	case SYNTAX_XCHG:
		return snprintf(buf, size, "%s = %s(%s, %s)", src, op, at_dst.s, src);
	case SYNTAX_CMPXCHG:
		return snprintf(buf, size, "%s = %s(%s, %s, %s)", r0, op, at_dst.s, r0, src);
	case SYNTAX_LOAD_ACQUIRE:
		return snprintf(buf, size, "%s = %s((u%d *)(%s))", dst, op, bits, at_src.s);
	case SYNTAX_STORE_RELEASE:
		return snprintf(buf, size, "%s((u%d *)(%s), %s)", op, bits, at_dst.s, src);
	case SYNTAX_CALL:
		return print_call(buf, size, insn);
	case SYNTAX_CALL_KFUNC:
		if (insn->off)
			return snprintf(buf, size, "call kfunc %d:%d", insn->imm, insn->off);
		if (kfunc_name(insn->imm))
			return snprintf(buf, size, "call %s", kfunc_name(insn->imm));
		return snprintf(buf, size, "call kfunc %d", insn->imm);
	case SYNTAX_EXIT:
		return snprintf(buf, size, "exit");
	}
	return print_raw(buf, size, insn);
}

/* The distance to the target in the instruction's text; false if it has no target. */
static bool distance(const struct insn_desc *d, const struct insn *insn, s32 *dist)
{
	switch ((enum insn_syntax)d->syntax) {
	case SYNTAX_JMP_X:
	case SYNTAX_JMP_K:
	case SYNTAX_JA:
	case SYNTAX_MAY_GOTO:
		*dist = insn->off;
		return true;
	case SYNTAX_LD_IMM64:
		*dist = insn->imm;
		return d->src == BPF_PSEUDO_FUNC;
	case SYNTAX_GOTOL:
	case SYNTAX_CALL_SUBPROG:
		*dist = insn->imm;
		return true;
	default:
		return false;
	}
}

int insn_print(char *buf, size_t size, const struct insn *insn)
{
	const struct insn_desc *d = insn_lookup(insn);
	char target[16] = "";
	s32 dist;
	int len;

	if (d && (d->slots == 1 || second_slot_fits(d, &insn[1]))) {
		if (distance(d, insn, &dist))
			snprintf(target, sizeof(target), "%+d", dist);
		return print_desc(buf, size, d, insn, target);
	}
	len = print_raw(buf, size, insn);
	if (!insn_is_wide(insn))
		return len;
	if ((size_t)len < size) {
		buf += len;
		size -= len;
	} else {
		size = 0;
	}
	len += snprintf(buf, size, "; ");
	if (size > 2) {
		buf += 2;
		size -= 2;
	} else {
		size = 0;
	}
	return len + print_raw(buf, size, &insn[1]);
}

/* ---- whole programs ---- */

enum slot_mark {
	MARK_FUNC = 1 << 0,   /* a function begins */
	MARK_SECOND = 1 << 1, /* the second half of an ld_imm64 */
	MARK_TARGET = 1 << 2, /* needs a label */
};

struct dis_listing {
	const struct code *code;
	u8 *marks;	 /* cnt + 1 */
	char prefix[16]; /* of labels */
};

/* The row of the instruction at @slot, or NULL if a function begins inside its ld_imm64. */
static const struct insn_desc *row_at(const struct dis_listing *l, u32 slot)
{
	const struct insn *insn = &l->code->insns[slot];
	const struct insn_desc *d = insn_lookup(insn);

	if (!d || d->slots == 1)
		return d;
	if (slot + 1 >= l->code->cnt || l->marks[slot + 1] & MARK_FUNC ||
	    !second_slot_fits(d, &insn[1]))
		return NULL;
	return d;
}

/* The slot that the instruction refers to, if there can be a label. */
static bool target_at(const struct dis_listing *l, u32 slot, const struct insn_desc *d, u32 *target)
{
	s64 to;
	s32 dist;

	if (!distance(d, &l->code->insns[slot], &dist))
		return false;
	to = (s64)slot + 1 + dist;
	*target = to;
	return to >= 0 && to <= l->code->cnt && !(l->marks[to] & MARK_SECOND);
}

static const struct func *listed_func(const struct dis_listing *l, u32 slot)
{
	for (u32 lo = 1, hi = l->code->nfuncs; lo < hi;) {
		u32 mid = lo + (hi - lo) / 2;

		if (l->code->funcs[mid].start == slot)
			return &l->code->funcs[mid];
		if (l->code->funcs[mid].start < slot)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* Calls and addresses of functions use the function's name, jumps a label. */
static const struct func *named_target(const struct dis_listing *l, const struct insn_desc *d,
				       u32 target)
{
	if (d->syntax != SYNTAX_CALL_SUBPROG && d->syntax != SYNTAX_LD_IMM64)
		return NULL;
	return listed_func(l, target);
}

/* "L", or "LL"... where a function is called L and a number. */
static void choose_prefix(struct dis_listing *l)
{
	size_t len = 1;

	for (u32 i = 0; i < l->code->nfuncs && len < sizeof(l->prefix) - 1; i++) {
		const char *name = l->code->funcs[i].name;
		size_t ls = strspn(name, "L");

		if (ls >= len && name[ls] && !name[ls + strspn(name + ls, "0123456789")])
			len = ls + 1 < sizeof(l->prefix) ? ls + 1 : sizeof(l->prefix) - 1;
	}
	memset(l->prefix, 'L', len);
}

static void mark(struct dis_listing *l)
{
	const struct code *c = l->code;
	const struct insn_desc *d;
	u32 target;

	for (u32 i = 0; i < c->nfuncs; i++)
		if (c->funcs[i].start <= c->cnt)
			l->marks[c->funcs[i].start] |= MARK_FUNC;
	for (u32 i = 0; i < c->cnt; i++) {
		d = row_at(l, i);
		if (d && d->slots == 2)
			l->marks[++i] |= MARK_SECOND;
	}
	for (u32 i = 0; i < c->cnt; i++) {
		d = l->marks[i] & MARK_SECOND ? NULL : row_at(l, i);
		if (d && target_at(l, i, d, &target) && !named_target(l, d, target))
			l->marks[target] |= MARK_TARGET;
	}
}

static void print_func(FILE *f, const struct func *func, const char *indent)
{
	fprintf(f, "%sfunc %s", indent, func->name);
	if (func->nargs)
		fprintf(f, " args %d", func->nargs);
	fprintf(f, "%s%s%s%s:\n", func->flags & FUNC_VOID ? " ret void" : "",
		func->flags & FUNC_GLOBAL ? " global" : "",
		func->flags & FUNC_CALLBACK ? " callback" : "",
		func->flags & FUNC_EXCEPTION ? " exception" : "");
}

static void print_slot(FILE *f, const struct dis_listing *l, u32 slot, const char *indent)
{
	const struct insn_desc *d = row_at(l, slot);
	const struct insn *insn = &l->code->insns[slot];
	const struct func *func = NULL;
	char buf[128], label[32];
	u32 target;

	if (!d) {
		print_raw(buf, sizeof(buf), insn);
	} else if (target_at(l, slot, d, &target)) {
		func = named_target(l, d, target);
		snprintf(label, sizeof(label), "%s%u", l->prefix, target);
		if (func && d->syntax == SYNTAX_LD_IMM64)
			snprintf(buf, sizeof(buf), "%s = func[", reg(insn->dst, 8));
		else if (func)
			snprintf(buf, sizeof(buf), "%s ", d->op);
		else
			print_desc(buf, sizeof(buf), d, insn, label);
	} else {
		insn_print(buf, sizeof(buf), insn);
	}
	fprintf(f, "%s%s%s%s\n", indent, buf, func ? func->name : "",
		func && d->syntax == SYNTAX_LD_IMM64 ? "] ll" : "");
}

int code_insn_print(char *buf, size_t size, const struct code *code, u32 slot)
{
	return code->classic ? classic_print(buf, size, &code->insns[slot])
			     : insn_print(buf, size, &code->insns[slot]);
}

void code_print(FILE *f, const struct code *code, const char *indent)
{
	struct dis_listing l = { .code = code, .marks = xcalloc(code->cnt + 1, 1) };
	u32 next_func = 1;

	if (code->classic) {
		classic_print_code(f, code, indent);
		free(l.marks);
		return;
	}
	choose_prefix(&l);
	mark(&l);
	if (code->nfuncs && code->funcs[0].flags)
		print_func(f, &code->funcs[0], indent);
	for (u32 i = 0; i <= code->cnt; i++) {
		if (l.marks[i] & MARK_SECOND)
			continue;
		if (l.marks[i] & MARK_TARGET)
			fprintf(f, "%s%s%u:\n", indent, l.prefix, i);
		while (next_func < code->nfuncs && code->funcs[next_func].start == i)
			print_func(f, &code->funcs[next_func++], indent);
		if (i < code->cnt)
			print_slot(f, &l, i, indent);
	}
	free(l.marks);
}
