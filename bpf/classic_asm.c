// SPDX-License-Identifier: GPL-2.0
/* Assembles and prints classic BPF with the mnemonics of bpf_asm and tcpdump -d. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bpf/asm_lex.h"
#include "bpf/classic.h"
#include "lib/util.h"

/* Loads of a packet's metadata, by bpf_asm's names. */
static const struct {
	const char *name;
	u8 ad; /* distance from SKF_AD_OFF */
} extensions[] = {
	{ "proto", 0 },	   { "type", 4 },  { "ifidx", 8 },     { "nla", 12 },
	{ "nlan", 16 },	   { "mark", 20 }, { "queue", 24 },    { "hatype", 28 },
	{ "rxhash", 32 },  { "cpu", 36 },  { "vlan_tci", 44 }, { "vlan_avail", 48 },
	{ "vlan_pr", 48 }, { "poff", 52 }, { "rand", 56 },     { "vlan_tpid", 60 },
};

/* Aliases, and for jumps whether the two targets are swapped. */
static const struct {
	const char *name, *op;
	bool swap;
} aliases[] = {
	{ "ldi", "ld", false }, { "ldxi", "ldx", false }, { "ldxb", "ldx", false },
	{ "jmp", "ja", false }, { "jneq", "jeq", true },  { "jne", "jeq", true },
	{ "jlt", "jge", true }, { "jle", "jgt", true },
};

enum field { FIELD_K, FIELD_JT, FIELD_JF };

struct jump_fixup {
	struct word name;
	u32 slot;
	u8 field; /* enum field */
};

struct label {
	struct word name;
	u32 slot;
};

struct text {
	struct lex lex;
	struct code *code;
	u32 cap;
	struct label *labels;
	u32 nlabels, labels_cap;
	struct jump_fixup *fixups;
	u32 nfixups, fixups_cap;
};

/* ---- operands ---- */

static int number(struct text *t, u32 *k, const char *what)
{
	struct num n;
	u64 v;
	int err =
		lex_num(&t->lex, &n, what) ?: num_fit(&t->lex, &n, INT32_MIN, UINT32_MAX, what, &v);

	*k = err ? 0 : (u32)v;
	return err;
}

static bool reg_x(struct text *t)
{
	return lex_accept(&t->lex, "%x") || lex_accept(&t->lex, "x");
}

/* Behind '[': k, or x + k */
static int address(struct text *t, u8 *mode, u32 *k)
{
	bool minus;
	int err;

	*mode = CLASSIC_ABS;
	if (!reg_x(t))
		return number(t, k, "an offset") ?: lex_expect(&t->lex, "]");
	*mode = CLASSIC_IND;
	*k = 0;
	if (lex_accept(&t->lex, "]"))
		return 0;
	minus = lex_accept(&t->lex, "-");
	err = (minus ? 0 : lex_expect(&t->lex, "+")) ?:
	      number(t, k, "an offset") ?: lex_expect(&t->lex, "]");
	if (minus)
		*k = -*k;
	return err;
}

static int msh(struct text *t, u32 *k)
{
	struct num mask;
	int err = lex_expect(&t->lex, "*") ?:
		  lex_expect(&t->lex, "(") ?:
		  lex_expect(&t->lex, "[") ?:
		  number(t, k, "an offset") ?:
		  lex_expect(&t->lex, "]") ?:
		  lex_expect(&t->lex, "&") ?:
		  lex_num(&t->lex, &mask, "0xf");

	if (!err && (mask.neg || mask.mag != 0xf))
		err = lex_err(&t->lex, mask.pos, "another mask (expected 0xf)");
	return err ?: lex_expect(&t->lex, ")");
}

static int extension(struct text *t, u8 *mode, u32 *k)
{
	struct pos at = lex_pos(&t->lex);
	struct word w;

	*mode = CLASSIC_ABS;
	for (u32 i = 0; lex_word(&t->lex, &w) && i < ARRAY_SIZE(extensions); i++) {
		if (!word_is(&w, extensions[i].name)) {
			t->lex.p = w.s;
			continue;
		}
		*k = (u32)SKF_AD_OFF + extensions[i].ad;
		return 0;
	}
	return lex_err(
		&t->lex, at,
		"unknown operand (expected [k], [x + k], M[k], #k, len, x or a name as proto)");
}

/* Read one instruction without labels. */
static int operand(struct text *t, u8 *mode, u32 *k)
{
	*k = 0;
	if (lex_end(&t->lex)) {
		*mode = CLASSIC_NONE;
		return 0;
	}
	if (lex_accept(&t->lex, "["))
		return address(t, mode, k);
	if (lex_accept(&t->lex, "M")) {
		*mode = CLASSIC_MEM;
		return lex_expect(&t->lex, "[") ?:
		       number(t, k, "a number") ?: lex_expect(&t->lex, "]");
	}
	if (lex_accept(&t->lex, "#len") || lex_accept(&t->lex, "len")) {
		*mode = CLASSIC_LEN;
		return 0;
	}
	if (lex_accept(&t->lex, "#")) {
		*mode = CLASSIC_K;
		return number(t, k, "a number");
	}
	if (lex_accept(&t->lex, "4")) {
		*mode = CLASSIC_MSH;
		return msh(t, k);
	}
	if (reg_x(t)) {
		*mode = CLASSIC_X;
		return 0;
	}
	if (lex_accept(&t->lex, "%a") || lex_accept(&t->lex, "a")) {
		*mode = CLASSIC_A;
		return 0;
	}
	return extension(t, mode, k);
}

/* ---- jumps ---- */

static int set_distance(struct text *t, u32 slot, enum field field, u64 dist, struct pos at)
{
	struct insn *insn = &t->code->insns[slot];

	if (field == FIELD_K) {
		insn->imm = (s32)dist;
		return 0;
	}
	if (dist > 255)
		return lex_err(&t->lex, at,
			       "a jump over %" PRIu64
			       " instructions (expected at most 255: ja goes further)",
			       dist);
	insn->off = (s16)(field == FIELD_JT ? ((u16)insn->off & 0xff00) | dist
					    : ((u16)insn->off & 0xff) | dist << 8);
	return 0;
}

/* A label, or +N. */
static int target(struct text *t, u32 slot, enum field field)
{
	struct word name;
	struct num n;
	u64 dist;

	if (lex_word(&t->lex, &name)) {
		ARRAY_GROW(t->fixups, t->nfixups, t->fixups_cap);
		t->fixups[t->nfixups++] = (struct jump_fixup){ name, slot, field };
		return 0;
	}
	return lex_num(&t->lex, &n, "a label or a distance") ?:
	       num_fit(&t->lex, &n, 0, field == FIELD_K ? UINT32_MAX : 255, "distance", &dist) ?:
	       set_distance(t, slot, field, dist, n.pos);
}

static int resolve(struct text *t, const struct jump_fixup *f)
{
	for (u32 i = 0; i < t->nlabels; i++) {
		const struct label *l = &t->labels[i];

		if (l->name.len != f->name.len || memcmp(l->name.s, f->name.s, f->name.len))
			continue;
		if (l->slot <= f->slot)
			return lex_err(&t->lex, f->name.pos,
				       "a jump backwards (expected a label further on)");
		return set_distance(t, f->slot, f->field, l->slot - f->slot - 1, f->name.pos);
	}
	return lex_err(&t->lex, f->name.pos, "unknown label '%.*s'", (int)f->name.len, f->name.s);
}

/* ---- lines ---- */

static u32 put_insn(struct text *t, struct insn insn)
{
	struct code *c = t->code;

	if (c->cnt == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 16;
		c->insns = xrealloc(c->insns, t->cap * sizeof(*c->insns));
		c->lines = xrealloc(c->lines, t->cap * sizeof(*c->lines));
	}
	c->lines[c->cnt] = t->lex.line;
	c->insns[c->cnt] = insn;
	return c->cnt++;
}

/* .insn CODE, JT, JF, K */
static int any_insn(struct text *t)
{
	static const u32 max[] = { 0xff, 0xff, 0xff, UINT32_MAX };
	u64 v[4] = {};
	int err = 0;

	for (u32 i = 0; !err && i < ARRAY_SIZE(v); i++) {
		struct num n;

		err = (i ? lex_expect(&t->lex, ",") : 0) ?: lex_num(&t->lex, &n, "a number") ?:
		      num_fit(&t->lex, &n, 0, max[i], "field", &v[i]);
	}
	if (!err)
		put_insn(t, classic_insn(v[0], v[1], v[2], v[3]));
	return err;
}

static const struct classic_desc *find_classic(const char *op, u8 mode)
{
	for (u32 i = 0; i < nr_classic_descs; i++)
		if (classic_descs[i].mode == mode && !strcmp(classic_descs[i].op, op))
			return &classic_descs[i];
	return NULL;
}

/* #k, Lt [, Lf]: a missing target is the next instruction. */
static int targets(struct text *t, u32 slot, bool swap)
{
	int err = lex_expect(&t->lex, ",") ?: target(t, slot, swap ? FIELD_JF : FIELD_JT);

	if (!err && lex_accept(&t->lex, ","))
		err = target(t, slot, swap ? FIELD_JT : FIELD_JF);
	return err;
}

static int instruction(struct text *t, const struct word *w)
{
	const struct classic_desc *d;
	bool swap = false, jump;
	char op[8] = "";
	u8 mode;
	u32 k;
	int err;

	if (w->len < sizeof(op))
		memcpy(op, w->s, w->len);
	for (u32 i = 0; i < ARRAY_SIZE(aliases); i++) {
		if (!word_is(w, aliases[i].name))
			continue;
		strcpy(op, aliases[i].op);
		swap = aliases[i].swap;
	}
	if (find_classic(op, CLASSIC_JA))
		return target(t, put_insn(t, classic_insn(BPF_JMP | BPF_JA, 0, 0, 0)), FIELD_K);
	jump = find_classic(op, CLASSIC_JMP_K);
	err = operand(t, &mode, &k);
	if (err)
		return err;
	if (jump && (mode == CLASSIC_K || mode == CLASSIC_X))
		mode = mode == CLASSIC_K ? CLASSIC_JMP_K : CLASSIC_JMP_X;
	d = find_classic(op, mode);
	if (!d)
		return lex_err(&t->lex, w->pos, "no classic instruction '%.*s' with this operand",
			       w->len < 32 ? (int)w->len : 32, w->s);
	return jump ? targets(t, put_insn(t, classic_insn(d->code, 0, 0, k)), swap)
		    : (put_insn(t, classic_insn(d->code, 0, 0, k)), 0);
}

static int classic_statement(struct text *t)
{
	struct word w;
	int err = 0;

	while (!err && !lex_end(&t->lex)) {
		if (!lex_word(&t->lex, &w))
			return lex_unexpected(&t->lex, "a classic instruction");
		if (lex_accept(&t->lex, ":")) {
			for (u32 i = 0; i < t->nlabels; i++)
				if (t->labels[i].name.len == w.len &&
				    !memcmp(t->labels[i].name.s, w.s, w.len))
					return lex_err(&t->lex, w.pos,
						       "label '%.*s' is there twice (expected "
						       "another name)",
						       (int)w.len, w.s);
			ARRAY_GROW(t->labels, t->nlabels, t->labels_cap);
			t->labels[t->nlabels++] = (struct label){ w, t->code->cnt };
			continue;
		}
		err = word_is(&w, ".insn") ? any_insn(t) : instruction(t, &w);
		if (!err && !lex_end(&t->lex))
			err = lex_unexpected(&t->lex, "the end of the line, or ';'");
	}
	return err;
}

int classic_assemble(const char *text, const char *file, int line, struct code *out,
		     struct diag *diag)
{
	struct text t = {
		.lex = { .text = text,
			 .p = text,
			 .line_start = text,
			 .line = line,
			 .file = file,
			 .diag = diag,
			 .hash_is_imm = true },
		.code = out,
	};
	int err = 0;

	*out = (struct code){ .classic = true,
			      .nfuncs = 1,
			      .funcs = xcalloc(1, sizeof(*out->funcs)) };
	out->funcs[0] = (struct func){ .name = xstrdup("main"), .nargs = 1 };
	while (!err) {
		err = classic_statement(&t);
		if (err || !*t.lex.p)
			break;
		if (*t.lex.p++ == '\n') {
			t.lex.line++;
			t.lex.line_start = t.lex.p;
		}
	}
	for (u32 i = 0; !err && i < t.nfixups; i++)
		err = resolve(&t, &t.fixups[i]);
	free(t.labels);
	free(t.fixups);
	if (err)
		code_free(out);
	return err;
}

/* ---- printing ---- */

/* Is a field set that the mnemonic cannot express? */
static bool has_more(const struct classic_desc *d, const struct insn *insn)
{
	bool no_k = d->mode == CLASSIC_NONE || d->mode == CLASSIC_LEN || d->mode == CLASSIC_X ||
		    d->mode == CLASSIC_A || d->mode == CLASSIC_JMP_X;

	return (d->mode < CLASSIC_JMP_K && insn->off) || (no_k && insn->imm);
}

/* @jt, @jf: names of the targets. */
static int print_insn(char *buf, size_t size, const struct insn *insn, const char *jt,
		      const char *jf)
{
	const struct classic_desc *d = classic_lookup(insn->code);
	u32 k = insn->imm;

	if (!d || has_more(d, insn))
		return snprintf(buf, size, ".insn 0x%02x, %u, %u, 0x%x", insn->code,
				classic_jt(insn), classic_jf(insn), k);
	switch (d->mode) {
	case CLASSIC_ABS:
		return snprintf(buf, size, "%s [%d]", d->op, insn->imm);
	case CLASSIC_IND:
		return snprintf(buf, size, "%s [x %c %u]", d->op, insn->imm < 0 ? '-' : '+',
				insn->imm < 0 ? -k : k);
	case CLASSIC_MEM:
		return snprintf(buf, size, "%s M[%u]", d->op, k);
	case CLASSIC_LEN:
		return snprintf(buf, size, "%s #len", d->op);
	case CLASSIC_MSH:
		return snprintf(buf, size, "%s 4*([%d]&0xf)", d->op, insn->imm);
	case CLASSIC_K:
		return snprintf(buf, size, "%s #0x%x", d->op, k);
	case CLASSIC_X:
		return snprintf(buf, size, "%s x", d->op);
	case CLASSIC_A:
		return snprintf(buf, size, "%s a", d->op);
	case CLASSIC_JA:
		return snprintf(buf, size, "%s %s", d->op, jt);
	case CLASSIC_JMP_K:
		return snprintf(buf, size, "%s #0x%x, %s, %s", d->op, k, jt, jf);
	case CLASSIC_JMP_X:
		return snprintf(buf, size, "%s x, %s, %s", d->op, jt, jf);
	default:
		return snprintf(buf, size, "%s", d->op);
	}
}

int classic_print(char *buf, size_t size, const struct insn *insn)
{
	char jt[16], jf[16];

	snprintf(jt, sizeof(jt), "+%u",
		 insn->code == (BPF_JMP | BPF_JA) ? (u32)insn->imm : classic_jt(insn));
	snprintf(jf, sizeof(jf), "+%u", classic_jf(insn));
	return print_insn(buf, size, insn, jt, jf);
}

void classic_print_code(FILE *f, const struct code *code, const char *indent)
{
	char text[128];

	for (u32 i = 0; i < code->cnt; i++) {
		classic_print(text, sizeof(text), &code->insns[i]);
		fprintf(f, "%s%s\n", indent, text);
	}
}
