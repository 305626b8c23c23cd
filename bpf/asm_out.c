// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>
#include "bpf/asm_out.h"
#include "lib/util.h"

void out_init(struct asm_out *o, struct lex *l, struct code *code)
{
	memset(code, 0, sizeof(*code));
	*o = (struct asm_out){ .lex = l, .code = code };
	ARRAY_GROW(code->funcs, code->nfuncs, o->funcs_cap);
	code->funcs[code->nfuncs++] = (struct func){ .name = xstrdup("main"), .nargs = 1 };
}

void out_free(struct asm_out *o)
{
	free(o->syms);
	strset_free(&o->names);
	free(o->fixups);
}

void out_slot(struct asm_out *o, const struct insn *insn, int line)
{
	struct code *c = o->code;

	ARRAY_GROW(c->insns, c->cnt, o->cap);
	ARRAY_GROW(c->lines, c->cnt, o->lines_cap);
	c->lines[c->cnt] = line;
	c->insns[c->cnt++] = *insn;
}

/* ---- names ---- */

/* What @o->names has for definition @seq of @name; 0 for all but local labels. */
static char *sym_key(const struct word *name, u32 seq)
{
	return xasprintf("%.*s %u", (int)name->len, name->s, seq);
}

static struct sym *find_sym(struct asm_out *o, const struct word *name, u32 seq)
{
	char *key = sym_key(name, seq);
	const struct strset_entry *e = strset_find(&o->names, key);

	free(key);
	return e ? &o->syms[e->value] : NULL;
}

static struct sym *add_sym(struct asm_out *o, const struct word *name, u32 seq, u32 slot)
{
	char *key = sym_key(name, seq);

	strset_add(&o->names, key, o->nsyms);
	free(key);
	ARRAY_GROW(o->syms, o->nsyms, o->syms_cap);
	o->syms[o->nsyms] = (struct sym){ *name, slot };
	return &o->syms[o->nsyms++];
}

static int define(struct asm_out *o, const struct word *name)
{
	const struct sym *old = find_sym(o, name, 0);
	char buf[64];

	if (old)
		return lex_err(o->lex, name->pos,
			       "'%.*s' is already defined in line %d (expected "
			       "another name)",
			       (int)name->len, name->s, old->name.pos.line);
	snprintf(buf, sizeof(buf), "%.*s", (int)name->len, name->s);
	if (!strncmp(buf, "bpf_", 4) && helper_by_name(buf) >= 0)
		return lex_err(o->lex, name->pos,
			       "'%s' is the name of a helper (expected another "
			       "name)",
			       buf);
	add_sym(o, name, 0, o->code->cnt);
	return 0;
}

int out_label(struct asm_out *o, const struct word *name)
{
	struct sym *count;

	if (!is_digit(name->s[0]))
		return define(o, name);
	count = find_sym(o, name, 0);
	if (!count)
		count = add_sym(o, name, 0, 0);
	add_sym(o, name, ++count->slot, o->code->cnt);
	return 0;
}

int out_local(struct asm_out *o, const struct word *name, bool back, u32 *seq)
{
	const struct sym *count = find_sym(o, name, 0);

	if (back && !count)
		return lex_err(o->lex, name->pos, "no label %.*s: before this line (expected one)",
			       (int)name->len, name->s);
	*seq = (count ? count->slot : 0) + !back;
	return 0;
}

static int end_func(struct asm_out *o)
{
	const struct func *f = &o->code->funcs[o->code->nfuncs - 1];

	if (o->code->nfuncs > 1 && f->start == o->code->cnt)
		return lex_err(o->lex, o->func_pos,
			       "function '%s' is empty (expected instructions)", f->name);
	return 0;
}

int out_func(struct asm_out *o, const struct word *name, u8 nargs, u8 flags)
{
	struct code *c = o->code;
	int err;

	err = define(o, name);
	if (err)
		return err;
	if (word_is(name, "main") && !c->cnt && c->nfuncs == 1) {
		c->funcs[0].nargs = nargs;
		c->funcs[0].flags = flags;
		return 0;
	}
	err = end_func(o);
	if (err)
		return err;
	o->func_pos = name->pos;
	ARRAY_GROW(c->funcs, c->nfuncs, o->funcs_cap);
	c->funcs[c->nfuncs++] = (struct func){ xstrndup(name->s, name->len), c->cnt, nargs, flags };
	return 0;
}

/* ---- jumps ---- */

void out_jump(struct asm_out *o, const struct word *name, u32 seq, enum fixup_kind kind)
{
	ARRAY_GROW(o->fixups, o->nfixups, o->fixups_cap);
	o->fixups[o->nfixups++] = (struct fixup){ *name, seq, o->code->cnt, kind };
}

int out_distance(struct asm_out *o, struct insn *insn, s64 dist, enum fixup_kind kind,
		 struct pos at)
{
	const char *hint = "; gotol reaches further";

	if (kind == FIXUP_OFF) {
		if (insn->code != (BPF_JMP | BPF_JA))
			hint = "; a gotol behind the inverse condition reaches further";
		if (dist < INT16_MIN || dist > INT16_MAX)
			return lex_err(o->lex, at,
				       "a jump of %+" PRId64 " slots does not fit in 16 "
				       "bits (expected -32768..32767%s)",
				       dist, hint);
		insn->off = dist;
		return 0;
	}
	if (dist < INT32_MIN || dist > INT32_MAX)
		return lex_err(o->lex, at,
			       "a distance of %+" PRId64 " slots does not fit in 32 "
			       "bits (expected -2147483648..2147483647)",
			       dist);
	insn->imm = dist;
	return 0;
}

int out_finish(struct asm_out *o)
{
	int err = end_func(o);

	for (u32 i = 0; i < o->nfixups && !err; i++) {
		const struct fixup *f = &o->fixups[i];
		const struct sym *s = find_sym(o, &f->name, f->seq);
		struct insn *insn = &o->code->insns[f->slot];
		int len = f->name.len < 64 ? f->name.len : 64;

		if (s)
			err = out_distance(o, insn, (s64)s->slot - f->slot - 1, f->kind,
					   f->name.pos);
		else if (insn_is_call(insn))
			err = lex_err(o->lex, f->name.pos,
				      "unknown function '%.*s' (expected a func, "
				      "a label, or a helper: bpf_NAME)",
				      len, f->name.s);
		else
			err = lex_err(o->lex, f->name.pos,
				      "undefined label '%.*s' (expected one that "
				      "the program defines, or a distance: +N, -N)",
				      len, f->name.s);
	}
	return err;
}
