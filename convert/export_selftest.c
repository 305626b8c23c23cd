// SPDX-License-Identifier: GPL-2.0
/*
 * Exports a program for tools/testing/selftests/bpf/progs/verifier_*.c. Its inputs are in global
 * data, whose content the verifier does not know. With constant inputs the verifier would decide
 * the branches and remove code.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include "convert/ctext.h"
#include "convert/inline.h"
#include "lib/util.h"

struct out {
	FILE *f;
	const struct export_ask *a;
	const struct inlined *in;
	const char *name; /* of the program, and the stem of other names */
	u32 first, end;	  /* slots of the function that is printed */
	bool *target;	  /* for each slot: a jump leads there */
	bool global;	  /* the program uses the data */
};

static char *c_name(const char *id)
{
	char *name = xstrdup(id);

	for (char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p))
			*p = '_';
	return name;
}

/* Releases of clang know the instructions up to v4; newer ones are printed as numbers. */
static bool as_number(const struct insn_desc *d)
{
	return !d || d->cpu > 4;
}

static bool jump_distance(const struct insn *insn, const struct insn_desc *d, s64 *dist)
{
	switch (d ? (int)d->syntax : -1) {
	case SYNTAX_JMP_X:
	case SYNTAX_JMP_K:
	case SYNTAX_JA:
	case SYNTAX_MAY_GOTO:
		*dist = insn->off;
		return true;
	case SYNTAX_GOTOL:
		*dist = insn->imm;
		return true;
	default:
		return false;
	}
}

static bool has_numbers(const struct code *code)
{
	for (u32 i = 0; i < code->cnt; i++) {
		if (as_number(insn_lookup(&code->insns[i])))
			return true;
		i += insn_is_wide(&code->insns[i]);
	}
	return false;
}

static void mark_targets(struct out *o)
{
	const struct code *code = &o->in->code;
	s64 dist;

	memset(o->target, 0, code->cnt + 1);
	for (u32 i = o->first; i < o->end; i++) {
		const struct insn *insn = &code->insns[i];

		if (jump_distance(insn, insn_lookup(insn), &dist) && (s64)i + 1 + dist >= 0 &&
		    (s64)i + 1 + dist <= code->cnt)
			o->target[i + 1 + dist] = true;
		i += insn_is_wide(insn);
	}
}

static const char *func_name_at(const struct out *o, u32 slot)
{
	for (u32 k = 1; k < o->in->code.nfuncs; k++)
		if (o->in->code.funcs[k].start == slot)
			return o->in->code.funcs[k].name;
	return "?";
}

/* Print a line of the C string, in which '%' must be doubled. */
static void print_line(const struct out *o, const char *text)
{
	fprintf(o->f, "\t\"");
	for (; *text; text++)
		fprintf(o->f, *text == '%' ? "%%%%" : "%c", *text);
}

static void print_insn(const struct out *o, u32 i)
{
	const struct insn *insn = &o->in->code.insns[i];
	const struct insn_desc *d = insn_lookup(insn);
	char text[CTEXT_MAX];
	s64 dist;

	if (as_number(d)) {
		fprintf(o->f, "\t\".8byte %%[insn%u];\"\n", i);
		return;
	}
	insn_print(text, sizeof(text), insn);
	if (jump_distance(insn, d, &dist)) {
		*strrchr(text, ' ') = '\0'; /* the distance */
		print_line(o, text);
		fprintf(o->f, " l%u_%%=;\"\n", (u32)(i + 1 + dist));
	} else if (d->syntax == SYNTAX_CALL_SUBPROG) {
		fprintf(o->f, "\t\"call %s_%s;\"\n", o->name, func_name_at(o, i + 1 + insn->imm));
	} else if (d->syntax == SYNTAX_CALL) {
		fprintf(o->f, "\t\"call %d; /* %s */\"\n", insn->imm,
			helper_name(insn->imm) ? helper_name(insn->imm) : "?");
	} else if (insn_is_pseudo(insn)) {
		fprintf(o->f, "\t\"r%u = %%[data] + %d ll;\"\n", insn->dst, insn[1].imm);
	} else {
		print_line(o, text);
		fprintf(o->f, ";\"\n");
	}
}

/* R3 and the like are macros of lib/test_bpf.c. */
static void print_macro(FILE *f, const char *macro)
{
	for (const char *p = macro; *p; p++) {
		bool reg = *p == 'R' && isdigit((unsigned char)p[1]) &&
			   (p == macro || !isalnum((unsigned char)p[-1]));

		fprintf(f, reg ? "BPF_REG_" : "%c", *p);
	}
}

static void print_operands(const struct out *o)
{
	const char *sep = "";
	char macro[CTEXT_MAX];

	fprintf(o->f, "\t:\n\t: ");
	if (o->global && !o->first) {
		fprintf(o->f, "[data]\"i\"(&%s_data)", o->name);
		sep = ",\n\t  ";
	}
	for (u32 i = o->first; i < o->end; i++) {
		const struct insn *insn = &o->in->code.insns[i];

		if (as_number(insn_lookup(insn))) {
			ctext_macro(macro, insn);
			fprintf(o->f, "%s__imm_insn(insn%u, ", sep, i);
			print_macro(o->f, macro);
			fputc(')', o->f);
			sep = ",\n\t  ";
		}
		i += insn_is_wide(insn);
	}
	fprintf(o->f, "\n\t: __clobber_all);\n");
}

static void print_body(struct out *o)
{
	mark_targets(o);
	fprintf(o->f, "{\n\tasm volatile (\n");
	for (u32 i = o->first; i < o->end; i++) {
		if (o->target[i])
			fprintf(o->f, "\"l%u_%%=:\"\n", i);
		if (!o->in->raw && i && i == o->in->body)
			fprintf(o->f, "\t/* the case */\n");
		if (!o->in->raw && i == o->in->body + o->in->body_cnt)
			fprintf(o->f, "\t/* r0 = 1 if all bits are as expected */\n");
		print_insn(o, i);
		i += insn_is_wide(&o->in->code.insns[i]);
	}
	print_operands(o);
	fprintf(o->f, "}\n");
}

static void print_subprogs(struct out *o)
{
	const struct code *code = &o->in->code;

	for (u32 k = 1; k < code->nfuncs; k++) {
		o->first = code->funcs[k].start;
		o->end = k + 1 < code->nfuncs ? code->funcs[k + 1].start : code->cnt;
		fprintf(o->f, "static __naked __noinline __used\nunsigned long %s_%s(void)\n",
			o->name, code->funcs[k].name);
		print_body(o);
		fputc('\n', o->f);
	}
}

static void print_data(const struct out *o)
{
	const struct inlined *in = o->in;

	fprintf(o->f, "static struct {\n\t__u64 regs[10];\n");
	if (in->stack_size)
		fprintf(o->f, "\t__u8 stack[%u];\n", in->stack_size);
	if (in->mem_size)
		fprintf(o->f, "\t__u8 mem[%u];\n", in->mem_size);
	fprintf(o->f, "} %s_data = {\n\t.regs = {", o->name);
	for (int k = 0; k < CASE_REGS; k++)
		fprintf(o->f, "%s0x%" PRIx64 ",", k % 4 ? " " : "\n\t\t", in->regs[k]);
	fprintf(o->f, "\n\t},\n");
	for (int which = 0; which < 2; which++) {
		u32 size = which ? in->mem_size : in->stack_size;
		const u8 *p = which ? in->mem_win : in->stack_win;

		if (!size)
			continue;
		fprintf(o->f, "\t.%s = {", which ? "mem" : "stack");
		for (u32 i = 0; i < size; i++)
			fprintf(o->f, "%s0x%02x,", i % 12 ? " " : "\n\t\t", p[i]);
		fprintf(o->f, "\n\t},\n");
	}
	fprintf(o->f, "};\n\n");
}

static bool uses_data(const struct inlined *in)
{
	for (u32 i = 0; i < in->code.cnt; i++)
		if (insn_is_pseudo(&in->code.insns[i++]))
			return true;
	return false;
}

static int refuse(const struct bpf_case *c, char why[EXPORT_WHY])
{
	for (u32 i = 1; i < c->progs[0].nfuncs; i++)
		if (c->progs[0].funcs[i].nargs > 5 || c->progs[0].funcs[i].flags)
			return export_refuse(why, "%s() needs BTF of its own making",
					     c->progs[0].funcs[i].name);
	for (u32 i = 0; i < c->progs[0].cnt; i++) {
		if (!insn_lookup(&c->progs[0].insns[i]))
			return export_refuse(why, "slot %u is not an instruction", i);
		i += insn_is_wide(&c->progs[0].insns[i]);
	}
	return 0;
}

static void print(struct out *o)
{
	const struct code *code = &o->in->code;

	fprintf(o->f, "// SPDX-License-Identifier: GPL-2.0\n");
	fprintf(o->f, "/*\n");
	export_title(o->f, o->a, " * ");
	fprintf(o->f,
		" */\n#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n%s#include "
		"\"bpf_misc.h\"\n\n",
		has_numbers(code) ? "#include \"../../../include/linux/filter.h\"\n" : "");
	if (o->global)
		print_data(o);
	if (code->nfuncs > 1)
		print_subprogs(o);
	o->first = 0;
	o->end = code->nfuncs > 1 ? code->funcs[1].start : code->cnt;
	fprintf(o->f,
		"SEC(\"syscall\")\n__description(\"%s.%u\")\n__success __retval(%u)\n__naked void "
		"%s(void)\n",
		o->a->c->id, o->a->vec, o->in->retval, o->name);
	print_body(o);
	fprintf(o->f, "\nchar _license[] SEC(\"license\") = \"GPL\";\n");
}

int export_selftest(FILE *f, const struct export_ask *a, char why[EXPORT_WHY])
{
	struct inlined in;
	struct out o = { .f = f, .a = a, .in = &in };
	char *name;
	int ret = refuse(a->c, why);

	if (!ret)
		ret = inline_build(a, INLINE_GLOBAL, &in, why);
	if (ret)
		return ret;
	name = c_name(a->c->id);
	o.name = name;
	o.global = uses_data(&in);
	o.target = xcalloc(in.code.cnt + 1, sizeof(*o.target));
	print(&o);
	free(o.target);
	free(name);
	inline_free(&in);
	return 0;
}
