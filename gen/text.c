// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "gen/text.h"
#include "lib/util.h"

static FILE *text_of(struct gen *g)
{
	if (!g->text) {
		g->text = open_memstream(&g->buf, &g->len);
		if (!g->text)
			abort();
		fputs("case generated", g->text);
	}
	return g->text;
}

static char *format(const char *fmt, va_list args)
{
	char *s;

	if (vasprintf(&s, fmt, args) < 0)
		abort();
	return s;
}

void emit(struct gen *g, const char *fmt, ...)
{
	char *lines, *save = NULL;
	va_list args;

	va_start(args, fmt);
	lines = format(fmt, args);
	va_end(args);
	for (char *s = strtok_r(lines, ";", &save); s; s = strtok_r(NULL, ";", &save))
		fprintf(text_of(g), "\n\t%s", s + strspn(s, " "));
	free(lines);
}

void emit_more(struct gen *g, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vfprintf(text_of(g), fmt, args);
	va_end(args);
}

void emit_set(struct gen *g, u32 set, const char *fmt)
{
	for (int k = 6; k < 10; k++)
		if (set >> (k - 6) & 1)
			emit(g, fmt, k, k);
}

void fill_set(struct gen *g, u32 set, const char *src)
{
	for (int k = 6; k < 10; k++)
		if (set >> (k - 6) & 1)
			emit(g, "r%d = %s; %s += %d", k, src, src, k);
}

void fold_set(struct gen *g, u32 set)
{
	emit_set(g, set, "r0 *= 31; r0 += r%d; r0 ^= %d");
}

static void need_insns(struct gen *g)
{
	const struct bpf_case *c = g->c;

	for (u32 p = 0; p < c->nprogs; p++)
		for (u32 i = 0; i < c->progs[p].cnt; i++) {
			const struct insn *insn = &c->progs[p].insns[i];

			gen_need_insn(g, insn);
			i += insn_is_wide(insn);
		}
}

void gen_parse_text(struct gen *g)
{
	struct bpf_case *old = g->c, *c;
	struct diag diag;

	if (!g->text)
		return;
	fputc('\n', g->text);
	fclose(g->text);
	c = case_parse_one(g->buf, old->id, "gen", &diag);
	if (!c) {
		diag_print(&diag);
		fprintf(stderr, "%s\n", g->buf);
		abort();
	}
	memcpy(c->id, old->id, sizeof(c->id));
	c->group = old->group;
	c->file = old->file;
	c->line = 0;
	bpf_case_free(old);
	free(g->buf);
	g->c = c;
	need_insns(g);
}
