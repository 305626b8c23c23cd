// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "convert/conf_asm.h"
#include "convert/conf_tables.h"
#include "lib/util.h"

#define MAX_OPERANDS   4
#define MAX_CONF_INSNS 65536

struct operand {
	char text[64];
	int col;
};

struct label {
	char *name;
	u32 slot;
	int line;
};

/* A jump or call whose label may be defined further below. */
struct fixup {
	u32 slot;
	char *name;
	int line, col;
};

struct parser {
	const char *file;
	int line;
	struct diag *diag;
	struct code *code;
	u32 cap;
	struct label *labels;
	u32 nlabels, lcap;
	struct fixup *fixups;
	u32 nfixups, fcap;
	struct operand mnemonic, op[MAX_OPERANDS];
	int nops;
	int err;
};

#define bad(p, col, ...) ((p)->err = diag_set((p)->diag, (p)->file, (p)->line, col, __VA_ARGS__))

static int unsupported(struct parser *p, int col, const char *what)
{
	bad(p, col, "%s", what);
	return p->err = -EOPNOTSUPP;
}

/* ---- words ---- */

static bool is_separator(char c)
{
	return isspace((unsigned char)c) || c == ',';
}

/* A word, or everything in brackets without the blanks. */
static const char *take_word(const char *s, const char *line, struct operand *out)
{
	size_t n = 0;
	bool inside = false;

	out->col = s - line + 1;
	for (; *s && (inside || !is_separator(*s)); s++) {
		inside = *s == '[' || (inside && *s != ']');
		if (!isspace((unsigned char)*s) && n < sizeof(out->text) - 1)
			out->text[n++] = *s;
	}
	out->text[n] = '\0';
	return s;
}

static int split(struct parser *p, const char *line)
{
	const char *s = line + strspn(line, " \t\r");

	p->nops = 0;
	p->mnemonic.text[0] = '\0';
	if (!*s)
		return 0;
	s = take_word(s, line, &p->mnemonic);
	for (;;) {
		while (is_separator(*s))
			s++;
		if (!*s)
			return 0;
		if (p->nops == MAX_OPERANDS)
			return bad(p, s - line + 1, "too many operands (expected at most %d)",
				   MAX_OPERANDS);
		s = take_word(s, line, &p->op[p->nops++]);
	}
}

static int operands(struct parser *p, int n)
{
	if (p->nops == n)
		return 0;
	return bad(p, p->mnemonic.col, "'%s' with %d operands (expected %d)", p->mnemonic.text,
		   p->nops, n);
}

static bool is_reg(const char *s)
{
	s += *s == '%';
	return *s == 'r' && isdigit((unsigned char)s[1]);
}

static int take_reg(struct parser *p, const struct operand *o, u8 *reg)
{
	const char *s = o->text + (o->text[0] == '%');
	char *end;
	unsigned long nr;

	if (!is_reg(o->text))
		return bad(p, o->col, "'%s' is not a register (expected %%r0 to %%r10)", o->text);
	nr = strtoul(s + 1, &end, 10);
	if (*end || nr > 10)
		return bad(p, o->col, "'%s' is not a register (expected %%r0 to %%r10)", o->text);
	*reg = nr;
	return 0;
}

static int take_number(struct parser *p, const struct operand *o, const char *text, s64 min,
		       u64 max, u64 *value)
{
	bool neg = *text == '-';
	const char *digits = text + (neg || *text == '+');
	char *end;

	errno = 0;
	*value = strtoull(digits, &end, 0);
	if (!isdigit((unsigned char)*digits) || *end)
		return bad(p, o->col, "'%s' is not a number", text);
	if (errno || (neg ? *value > -(u64)min : *value > max))
		return bad(p, o->col, "'%s' is out of range", text);
	if (neg)
		*value = -*value;
	return 0;
}

static int take_imm(struct parser *p, const struct operand *o, s32 *imm)
{
	u64 v;
	int err = take_number(p, o, o->text, INT32_MIN, UINT32_MAX, &v);

	*imm = (s32)v;
	return err;
}

/* "[%r1+8]" */
static int take_place(struct parser *p, const struct operand *o, u8 *reg, s16 *off)
{
	struct operand inner = *o;
	size_t len = strlen(o->text), at;
	u64 v = 0;

	if (o->text[0] != '[' || o->text[len - 1] != ']')
		return bad(p, o->col, "'%s' is not a place in memory (expected [%%r1+8])", o->text);
	at = strcspn(o->text, "+-]");
	snprintf(inner.text, sizeof(inner.text), "%.*s", (int)at - 1, o->text + 1);
	if (take_reg(p, &inner, reg))
		return p->err;
	if (o->text[at] != ']') {
		snprintf(inner.text, sizeof(inner.text), "%.*s", (int)(len - 1 - at), o->text + at);
		if (take_number(p, &inner, inner.text, INT16_MIN, INT16_MAX, &v))
			return p->err;
	}
	*off = (s16)v;
	return 0;
}

/* ---- slots ---- */

static int emit(struct parser *p, struct insn insn)
{
	struct code *c = p->code;

	if (c->cnt == MAX_CONF_INSNS)
		return bad(p, 0, "the program is too long (expected at most %d slots)",
			   MAX_CONF_INSNS);
	if (c->cnt == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 64;
		c->insns = xrealloc(c->insns, p->cap * sizeof(*c->insns));
		c->lines = xrealloc(c->lines, p->cap * sizeof(*c->lines));
	}
	c->insns[c->cnt] = insn;
	c->lines[c->cnt++] = p->line;
	return 0;
}

static int take_target(struct parser *p, const struct operand *o, s64 min, s64 max, s32 *dist)
{
	u64 v;

	*dist = 0;
	if (o->text[0] == '+' || o->text[0] == '-') {
		if (take_number(p, o, o->text, min, max, &v))
			return p->err;
		*dist = (s32)v;
		return 0;
	}
	ARRAY_GROW(p->fixups, p->nfixups, p->fcap);
	p->fixups[p->nfixups++] = (struct fixup){ p->code->cnt, xstrdup(o->text), p->line, o->col };
	return 0;
}

/* Does @word consist of @name and a size? "add32" has 32 bits, "add" and "add64" have 64. */
static bool suffixed(const char *word, const char *name, int *bits)
{
	size_t n = strlen(name);

	if (strncmp(word, name, n))
		return false;
	*bits = !strcmp(word + n, "32") ? 32 : 64;
	return !word[n] || !strcmp(word + n, "32") || !strcmp(word + n, "64");
}

static const struct conf_op *find_op(const struct conf_op *ops, size_t n, const char *word,
				     int *bits)
{
	for (size_t i = 0; i < n; i++)
		if (suffixed(word, ops[i].name, bits))
			return &ops[i];
	return NULL;
}

static int take_src(struct parser *p, const struct operand *o, struct insn *insn)
{
	if (!is_reg(o->text))
		return take_imm(p, o, &insn->imm);
	insn->code |= BPF_X;
	return take_reg(p, o, &insn->src);
}

static int encode_alu(struct parser *p, const struct conf_op *op, int bits)
{
	struct insn insn = { .code = op->op | (bits == 64 ? BPF_ALU64 : BPF_ALU), .off = op->off };

	if (operands(p, op->op == BPF_NEG ? 1 : 2) || take_reg(p, &p->op[0], &insn.dst))
		return p->err;
	if (op->op != BPF_NEG && take_src(p, &p->op[1], &insn))
		return p->err;
	return emit(p, insn);
}

static int encode_movsx(struct parser *p, const char *bits)
{
	static const struct {
		const char *text;
		u8 from, class;
	} forms[] = {
		{ "832", 8, BPF_ALU },	   { "864", 8, BPF_ALU64 },   { "1632", 16, BPF_ALU },
		{ "1664", 16, BPF_ALU64 }, { "3264", 32, BPF_ALU64 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct insn insn = { .code = forms[i].class | BPF_MOV | BPF_X,
				     .off = forms[i].from };

		if (strcmp(bits, forms[i].text))
			continue;
		if (operands(p, 2) || take_reg(p, &p->op[0], &insn.dst) ||
		    take_reg(p, &p->op[1], &insn.src))
			return p->err;
		return emit(p, insn);
	}
	return bad(p, p->mnemonic.col,
		   "'%s' (expected movsx832, movsx864, movsx1632, movsx1664 or movsx3264)",
		   p->mnemonic.text);
}

static int encode_end(struct parser *p, u8 code, const char *bits)
{
	struct insn insn = { .code = code };

	if (strcmp(bits, "16") && strcmp(bits, "32") && strcmp(bits, "64"))
		return bad(p, p->mnemonic.col, "'%s' (expected 16, 32 or 64 at its end)",
			   p->mnemonic.text);
	insn.imm = atoi(bits);
	if (operands(p, 1) || take_reg(p, &p->op[0], &insn.dst))
		return p->err;
	return emit(p, insn);
}

static int encode_cond(struct parser *p, const struct conf_op *op, int bits)
{
	struct insn insn = { .code = op->op | (bits == 64 ? BPF_JMP : BPF_JMP32) };
	s32 dist;

	if (operands(p, 3) || take_reg(p, &p->op[0], &insn.dst) || take_src(p, &p->op[1], &insn) ||
	    take_target(p, &p->op[2], INT16_MIN, INT16_MAX, &dist))
		return p->err;
	insn.off = (s16)dist;
	return emit(p, insn);
}

static int encode_ja(struct parser *p, bool far)
{
	struct insn insn = { .code = (far ? BPF_JMP32 : BPF_JMP) | BPF_JA };
	s32 dist;

	if (operands(p, 1) || take_target(p, &p->op[0], far ? INT32_MIN : INT16_MIN,
					  far ? INT32_MAX : INT16_MAX, &dist))
		return p->err;
	if (far)
		insn.imm = dist;
	else
		insn.off = (s16)dist;
	return emit(p, insn);
}

static int encode_call(struct parser *p)
{
	struct insn insn = { .code = BPF_JMP_CALL };
	const char *mode = p->nops == 2 ? p->op[0].text : "helper";
	const struct operand *what = &p->op[p->nops - 1];

	if (p->nops != 1 && operands(p, 2))
		return p->err;
	if (!strcmp(mode, "local")) {
		insn.src = BPF_PSEUDO_CALL;
		if (take_target(p, what, INT32_MIN, INT32_MAX, &insn.imm))
			return p->err;
		return emit(p, insn);
	}
	if (!strcmp(mode, "runtime"))
		return unsupported(p, what->col, "a call of the runtime, which no kernel has");
	if (strcmp(mode, "helper"))
		return bad(p, p->op[0].col, "'%s' (expected helper, local or runtime)", mode);
	if (is_reg(what->text))
		return unsupported(p, what->col, "an indirect call, which no kernel accepts");
	if (isalpha((unsigned char)what->text[0])) {
		insn.imm = helper_by_name(what->text);
		if (insn.imm < 0)
			return bad(p, what->col,
				   "'%s' is not a helper (expected a number or a name)",
				   what->text);
	} else if (take_imm(p, what, &insn.imm)) {
		return p->err;
	}
	return emit(p, insn);
}

static int encode_lddw(struct parser *p)
{
	struct insn insn = { .code = BPF_LD | BPF_IMM | BPF_DW };
	u64 v;

	if (operands(p, 2) || take_reg(p, &p->op[0], &insn.dst))
		return p->err;
	if (!strncmp(p->op[1].text, "map_by_", 7) || !strncmp(p->op[1].text, "map_val", 7) ||
	    !strncmp(p->op[1].text, "variable", 8) || !strncmp(p->op[1].text, "code_addr", 9))
		return unsupported(p, p->op[1].col, "the address of a map, a variable or code");
	if (take_number(p, &p->op[1], p->op[1].text, INT64_MIN, UINT64_MAX, &v))
		return p->err;
	insn.imm = (s32)v;
	return emit(p, insn) ? p->err : emit(p, (struct insn){ .imm = (s32)(v >> 32) });
}

static bool find_size(const char *word, u8 *size)
{
	for (u8 i = 0; i < ARRAY_SIZE(conf_sizes); i++)
		if (!strcmp(word, conf_sizes[i])) {
			*size = i << 3;
			return true;
		}
	return false;
}

static int encode_ldx(struct parser *p, u8 code)
{
	struct insn insn = { .code = code };

	if (operands(p, 2) || take_reg(p, &p->op[0], &insn.dst) ||
	    take_place(p, &p->op[1], &insn.src, &insn.off))
		return p->err;
	return emit(p, insn);
}

static int encode_store(struct parser *p, u8 code)
{
	struct insn insn = { .code = code };

	if (operands(p, 2) || take_place(p, &p->op[0], &insn.dst, &insn.off))
		return p->err;
	if (BPF_CLASS(code) == BPF_STX ? take_reg(p, &p->op[1], &insn.src)
				       : take_imm(p, &p->op[1], &insn.imm))
		return p->err;
	return emit(p, insn);
}

static int encode_lock(struct parser *p)
{
	bool fetch = p->nops && !strcmp(p->op[0].text, "fetch");
	const struct operand *word = &p->op[fetch], *place = word + 1, *reg = word + 2;
	struct insn insn = { .code = BPF_STX | BPF_ATOMIC };
	const struct conf_op *op;
	int bits;

	if (operands(p, 3 + fetch))
		return p->err;
	op = find_op(conf_atomic, ARRAY_SIZE(conf_atomic), word->text, &bits);
	if (!op)
		return bad(p, word->col,
			   "'%s' is not an atomic operation (expected add, or, and, xor, xchg or "
			   "cmpxchg)",
			   word->text);
	insn.code |= bits == 64 ? BPF_DW : BPF_W;
	insn.imm = op->op | (fetch ? BPF_FETCH : 0);
	if (take_place(p, place, &insn.dst, &insn.off) || take_reg(p, reg, &insn.src))
		return p->err;
	return emit(p, insn);
}

/* ldxb, ldxsb (or ldxbsx), stw, stxdw, … */
static int encode_memory(struct parser *p, const char *word, bool *known)
{
	char size_word[8];
	size_t n = strlen(word);
	u8 size;

	*known = true;
	if (!strncmp(word, "ldxs", 4) && find_size(word + 4, &size) && size != BPF_DW)
		return encode_ldx(p, BPF_LDX | BPF_MEMSX | size);
	if (!strncmp(word, "ldx", 3) && n > 5 && n < 10 && !strcmp(word + n - 2, "sx")) {
		snprintf(size_word, sizeof(size_word), "%.*s", (int)(n - 5), word + 3);
		if (find_size(size_word, &size) && size != BPF_DW)
			return encode_ldx(p, BPF_LDX | BPF_MEMSX | size);
	}
	if (!strncmp(word, "ldx", 3) && find_size(word + 3, &size))
		return encode_ldx(p, BPF_LDX | BPF_MEM | size);
	if (!strncmp(word, "stx", 3) && find_size(word + 3, &size))
		return encode_store(p, BPF_STX | BPF_MEM | size);
	if (!strncmp(word, "st", 2) && find_size(word + 2, &size))
		return encode_store(p, BPF_ST | BPF_MEM | size);
	*known = false;
	return 0;
}

static bool begins(const char *word, const char *name, const char **rest)
{
	size_t n = strlen(name);

	*rest = word + n;
	return !strncmp(word, name, n) && isdigit((unsigned char)word[n]);
}

static int encode(struct parser *p)
{
	const char *word = p->mnemonic.text, *rest;
	const struct conf_op *op;
	bool known;
	int bits;

	op = find_op(conf_alu, ARRAY_SIZE(conf_alu), word, &bits);
	if (op)
		return encode_alu(p, op, bits);
	op = find_op(conf_jmp, ARRAY_SIZE(conf_jmp), word, &bits);
	if (op)
		return encode_cond(p, op, bits);
	if (begins(word, "movsx", &rest))
		return encode_movsx(p, rest);
	if (begins(word, "le", &rest))
		return encode_end(p, BPF_ALU | BPF_END | BPF_TO_LE, rest);
	if (begins(word, "be", &rest))
		return encode_end(p, BPF_ALU | BPF_END | BPF_TO_BE, rest);
	if (begins(word, "swap", &rest) || begins(word, "bswap", &rest))
		return encode_end(p, BPF_ALU64 | BPF_END | BPF_TO_LE, rest);
	if (!strcmp(word, "ja") || !strcmp(word, "ja32"))
		return encode_ja(p, word[2]);
	if (!strcmp(word, "exit"))
		return operands(p, 0) ? p->err : emit(p, (struct insn){ .code = BPF_JMP_EXIT });
	if (!strcmp(word, "call"))
		return encode_call(p);
	if (!strcmp(word, "lddw"))
		return encode_lddw(p);
	if (!strcmp(word, "lock"))
		return encode_lock(p);
	if (encode_memory(p, word, &known) || known)
		return p->err;
	return bad(
		p, p->mnemonic.col,
		"'%s' is not an instruction (expected one like mov, ldxw, jeq, lock, call, exit)",
		word);
}

/* ---- labels ---- */

static const struct label *find_label(const struct parser *p, const char *name)
{
	for (u32 i = 0; i < p->nlabels; i++)
		if (!strcmp(p->labels[i].name, name))
			return &p->labels[i];
	return NULL;
}

static int add_label(struct parser *p)
{
	char *name = p->mnemonic.text;
	const struct label *other;

	name[strlen(name) - 1] = '\0';
	other = find_label(p, name);
	if (!*name || p->nops)
		return bad(p, p->mnemonic.col, "a label is a line of its own (expected NAME:)");
	if (other)
		return bad(p, p->mnemonic.col, "label '%s' is taken (line %d)", name, other->line);
	ARRAY_GROW(p->labels, p->nlabels, p->lcap);
	p->labels[p->nlabels++] = (struct label){ xstrdup(name), p->code->cnt, p->line };
	return 0;
}

/* The tests name their first exit instruction as a jump target by its mnemonic. */
static bool find_exit(const struct parser *p, u32 *slot)
{
	for (u32 i = 0; i < p->code->cnt; i++) {
		if (insn_is_exit(&p->code->insns[i])) {
			*slot = i;
			return true;
		}
		i += insn_is_wide(&p->code->insns[i]);
	}
	return false;
}

static int resolve(struct parser *p, const struct fixup *f)
{
	const struct label *l = find_label(p, f->name);
	struct insn *insn = &p->code->insns[f->slot];
	u32 slot = l ? l->slot : 0;
	s64 dist;

	p->line = f->line;
	if (!l && !(!strcmp(f->name, "exit") && find_exit(p, &slot)))
		return bad(p, f->col, "there is no label '%s'", f->name);
	dist = (s64)slot - f->slot - 1;
	if (insn_is_call(insn) || insn_is_gotol(insn)) {
		insn->imm = (s32)dist;
		return 0;
	}
	if (dist < INT16_MIN || dist > INT16_MAX)
		return bad(p, f->col, "'%s' is %lld slots away (expected at most 32767)", f->name,
			   (long long)dist);
	insn->off = (s16)dist;
	return 0;
}

/* ---- functions ---- */

static void add_func(struct code *code, u32 start)
{
	u32 at = code->nfuncs;

	for (u32 i = 0; i < code->nfuncs; i++)
		if (code->funcs[i].start == start)
			return;
	code->funcs = xrealloc(code->funcs, (code->nfuncs + 1) * sizeof(*code->funcs));
	for (; at && code->funcs[at - 1].start > start; at--)
		code->funcs[at] = code->funcs[at - 1];
	code->funcs[at] =
		(struct func){ .name = xasprintf("f%u", start), .start = start, .nargs = 5 };
	code->nfuncs++;
}

int conf_find_funcs(struct code *code, const char *file, int line, struct diag *diag)
{
	code->funcs = xcalloc(1, sizeof(*code->funcs));
	code->funcs[0].name = xstrdup("main");
	code->nfuncs = 1;
	for (u32 i = 0; i < code->cnt; i++) {
		const struct insn *insn = &code->insns[i];
		s64 to = (s64)i + 1 + insn->imm;

		if (insn_is_subprog_call(insn)) {
			if (to <= 0 || to >= code->cnt)
				return diag_set(diag, file,
						code->lines ? (int)code->lines[i] : line, 0,
						"a call of slot %lld (expected one of the "
						"program's %u, and not the first)",
						(long long)to, code->cnt);
			add_func(code, to);
		}
		i += insn_is_wide(insn);
	}
	return 0;
}

/* ---- the program ---- */

static int parse_line(struct parser *p, char *line)
{
	size_t len;

	line[strcspn(line, "#")] = '\0';
	if (split(p, line) || !*p->mnemonic.text)
		return p->err;
	len = strlen(p->mnemonic.text);
	return p->mnemonic.text[len - 1] == ':' ? add_label(p) : encode(p);
}

static void parser_free(struct parser *p)
{
	for (u32 i = 0; i < p->nlabels; i++)
		free(p->labels[i].name);
	for (u32 i = 0; i < p->nfixups; i++)
		free(p->fixups[i].name);
	free(p->labels);
	free(p->fixups);
}

int conf_assemble(const char *text, const char *file, int line, struct code *out, struct diag *diag)
{
	struct parser p = { .file = file, .line = line, .diag = diag, .code = out };

	memset(out, 0, sizeof(*out));
	for (; *text && !p.err; p.line++) {
		size_t n = strcspn(text, "\n");
		char *copy = xstrndup(text, n);

		parse_line(&p, copy);
		free(copy);
		text += n + (text[n] == '\n');
	}
	for (u32 i = 0; i < p.nfixups && !p.err; i++)
		resolve(&p, &p.fixups[i]);
	if (!p.err && !out->cnt)
		p.err = diag_set(diag, file, line, 0, "no instruction (expected a program)");
	if (!p.err)
		p.err = conf_find_funcs(out, file, line, diag);
	parser_free(&p);
	if (p.err) {
		code_free(out);
		memset(out, 0, sizeof(*out));
	}
	return p.err;
}
