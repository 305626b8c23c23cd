// SPDX-License-Identifier: GPL-2.0
/*
 * The grammar. A statement is read word by word: its operator or function name selects the row of
 * insn_descs[], and the row's syntax selects the function that reads the operands.
 */
#include <string.h>
#include "bpf/asm_int.h"
#include "lib/util.h"

/* [args N] [ret void] [global] [callback] [exception]: behind "func NAME" */
static int func_line(struct asm_text *a, const struct word *name)
{
	u8 flags = 0;
	u64 nargs = 0;
	int err = 0;

	while (!err && !lex_accept(&a->lex, ":")) {
		if (lex_accept(&a->lex, "args")) {
			struct num n;

			err = lex_num(&a->lex, &n, "a number of arguments")
				      ?: num_fit(&a->lex, &n, 0, MAX_SUBPROG_ARGS,
						 "number of arguments", &nargs);
		} else if (lex_accept(&a->lex, "ret")) {
			err = lex_expect(&a->lex, "void");
			flags |= FUNC_VOID;
		} else if (lex_accept(&a->lex, "global")) {
			flags |= FUNC_GLOBAL;
		} else if (lex_accept(&a->lex, "callback")) {
			flags |= FUNC_CALLBACK;
		} else if (lex_accept(&a->lex, "exception")) {
			flags |= FUNC_EXCEPTION;
		} else {
			err = lex_unexpected(
				&a->lex, "args N, ret void, global, callback, exception or ':'");
		}
	}
	if (!err && asm_is_reg_name(name))
		err = lex_err(&a->lex, name->pos,
			      "a function cannot have the name of a register "
			      "(expected another name)");
	return err ?: out_func(&a->out, name, nargs, flags);
}

/* Read all labels and func lines before an instruction. @more: something follows. */
static int labels(struct asm_text *a, bool *more)
{
	for (;;) {
		struct lex saved;
		struct word w;
		int err = 0;

		*more = !lex_end(&a->lex);
		saved = a->lex;
		if (!*more)
			return 0;
		if (is_digit(*a->lex.p)) {
			w = (struct word){ a->lex.p, 0, lex_pos(&a->lex) };
			while (is_digit(w.s[w.len]))
				w.len++;
			a->lex.p += w.len;
		} else if (!lex_word(&a->lex, &w)) {
			return 0;
		}
		if (lex_accept(&a->lex, ":")) {
			if (asm_is_reg_name(&w))
				return lex_err(&a->lex, w.pos,
					       "a label cannot have the name of a "
					       "register (expected another name)");
			err = out_label(&a->out, &w);
		} else if (word_is(&w, "func")) {
			if (!lex_word(&a->lex, &w))
				return lex_unexpected(&a->lex, "the name of the function");
			err = func_line(a, &w);
		} else {
			a->lex = saved;
			return 0;
		}
		if (err)
			return err;
	}
}

static int statement(struct asm_text *a)
{
	bool more;
	int err = labels(a, &more);

	if (err || !more)
		return err;
	a->line = a->lex.line;
	err = asm_insn(a);
	if (!err && !lex_end(&a->lex))
		err = lex_unexpected(&a->lex, "the end of the line, or ';'");
	return err;
}

/* Report the labels, but no local ones, whose names are not unique. */
static void report_labels(struct asm_text *a)
{
	for (u32 i = 0; i < a->out.nsyms; i++) {
		const struct sym *s = &a->out.syms[i];

		if (!is_digit(s->name.s[0]))
			a->maps->label(a->maps->ctx, s->name.s, s->name.len, s->slot);
	}
}

int asm_assemble(const char *text, const char *file, int line, const struct asm_syms *syms,
		 struct code *out, struct diag *diag)
{
	struct asm_text a = {
		.lex = { .text = text,
			 .p = text,
			 .line_start = text,
			 .line = line,
			 .file = file,
			 .diag = diag },
		.maps = syms,
	};
	int err = 0;

	out_init(&a.out, &a.lex, out);
	while (!err) {
		err = statement(&a);
		if (err || !*a.lex.p)
			break;
		if (*a.lex.p++ == '\n') {
			a.lex.line++;
			a.lex.line_start = a.lex.p;
		}
	}
	if (!err && a.lex.open_comment.line)
		err = lex_err(&a.lex, a.lex.open_comment, "comment without an end (expected */)");
	if (!err)
		err = out_finish(&a.out);
	if (!err && syms && syms->label)
		report_labels(&a);
	out_free(&a.out);
	if (err)
		code_free(out);
	return err;
}
