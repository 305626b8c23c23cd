// SPDX-License-Identifier: GPL-2.0
/*
 * Exports an entry of tests[] in lib/test_bpf.c: no verifier, maps or subprograms, 32 bits of r0.
 */
#include "convert/ctext.h"
#include "convert/inline.h"

#define MAX_INSNS 512 /* limit of lib/test_bpf.c for programs in the table itself */

static int refuse(const struct bpf_case *c, char why[EXPORT_WHY])
{
	if (c->progs[0].nfuncs > 1)
		return export_refuse(why, "lib/test_bpf.c knows no subprograms");
	for (u32 i = 0; i < c->progs[0].cnt; i++) {
		const struct insn *insn = &c->progs[0].insns[i];
		const struct insn_desc *d = insn_lookup(insn);

		if (d && d->syntax == SYNTAX_CALL)
			return export_refuse(why, "lib/test_bpf.c calls no helpers by number");
		if (d && d->syntax == SYNTAX_MAY_GOTO)
			return export_refuse(why, "may_goto exists for the verifier only, which "
						  "lib/test_bpf.c goes without");
		i += insn_is_wide(insn);
	}
	return 0;
}

static const char *section_at(const struct inlined *in, u32 i)
{
	if (in->raw)
		return NULL;
	if (i == 0 && in->body)
		return "inputs";
	if (i == in->body)
		return "the case";
	return i == in->body + in->body_cnt ? "R0 = 1 if all bits are as expected" : NULL;
}

static void print(FILE *f, const struct export_ask *a, const struct inlined *in)
{
	char macro[CTEXT_MAX];

	fprintf(f, "\t{\n\t\t\"%s.%u\",\n\t\t.u.insns_int = {\n", a->c->id, a->vec);
	for (u32 i = 0; i < in->code.cnt; i++) {
		const char *section = section_at(in, i);

		if (section)
			fprintf(f, "\t\t\t/* %s */\n", section);
		ctext_macro(macro, &in->code.insns[i]);
		fprintf(f, "\t\t\t%s,\n", macro);
		i += insn_is_wide(&in->code.insns[i]);
	}
	fprintf(f, "\t\t},\n\t\tINTERNAL,\n\t\t{ },\n\t\t{ { 0, 0x%x } },\n", in->retval);
	if (in->stack)
		fprintf(f, "\t\t.stack_depth = %u,\n", in->stack);
	fprintf(f, "\t},\n");
}

int export_test_bpf(FILE *f, const struct export_ask *a, char why[EXPORT_WHY])
{
	struct inlined in;
	int ret = refuse(a->c, why);

	if (!ret)
		ret = inline_build(a, INLINE_CONST, &in, why);
	if (ret)
		return ret;
	if (in.code.cnt > MAX_INSNS)
		ret = export_refuse(why, "%u instructions (an entry of the table has at most %u)",
				    in.code.cnt, MAX_INSNS);
	else
		print(f, a, &in);
	inline_free(&in);
	return ret;
}
