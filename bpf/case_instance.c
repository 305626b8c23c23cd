// SPDX-License-Identifier: GPL-2.0
/* Builds one instance of a case's sweeps: reads its lines and assembles its programs. */
#include <errno.h>
#include <string.h>
#include "bpf/case_expand.h"
#include "bpf/case_vec.h"
#include "bpf/classic.h"
#include "lib/util.h"

#define ALL_REGS      0x3ff
#define NOT_CLOBBERED 0x3c1 /* r0, r6-r9: readable after a call or packet load */

struct scan scan_line(struct expander *x, const struct tmpl_line *l)
{
	struct scan sc = {
		.file = x->path,
		.line = l->line,
		.col = l->col,
		.text = l->text,
		.diag = x->diag,
		.instance = x->vars.cnt ? x->operands : NULL,
	};

	if (l->has_vars) {
		subst_text(&x->buf, &x->vars, l->text);
		sc.text = x->buf.text;
		sc.map = x->buf.map;
	}
	sc.p = sc.text;
	return sc;
}

/* ---- programs ---- */

static int map_index(void *ctx, const char *name)
{
	const struct instance *m = ctx;

	if (!strcmp(name, "mem"))
		return m->win[REGION_MEM] ? 0 : -ENOENT;
	for (u32 i = 0; i < m->c->nmaps; i++)
		if (!strcmp(m->c->maps[i].name, name))
			return 1 + i;
	return -ENOENT;
}

static void take_label(void *ctx, const char *name, size_t len, u32 slot)
{
	struct instance *m = ctx;

	ARRAY_GROW(m->labels, m->nlabels, m->labels_cap);
	m->labels[m->nlabels++] = (struct named_slot){ xstrndup(name, len), slot };
}

static bool names_labels(const struct bpf_case *c)
{
	for (u32 i = 0; i < c->nmaps; i++)
		if (c->maps[i].kind == MAP_INSN_ARRAY)
			return true;
	return false;
}

/* The assembler reports columns of the replaced text: map them back to the original line. */
static void fix_diag(struct expander *x, const struct tmpl_line *l)
{
	struct diag *d = x->diag;
	const char *p = x->buf.text;
	char msg[sizeof(d->msg)];
	u32 first = l->line + 1;

	if (!d)
		return;
	if (l->has_vars && d->line >= (int)first && d->col > 0) {
		const char *orig = l->body;
		u32 off, line_off;

		for (int i = first; i < d->line && strchr(p, '\n'); i++)
			p = strchr(p, '\n') + 1;
		off = p - x->buf.text;
		line_off = x->buf.map[off];
		off += strnlen(p, d->col - 1);
		if (x->buf.map[off] >= line_off &&
		    !memchr(orig + line_off, '\n', x->buf.map[off] - line_off))
			d->col = x->buf.map[off] - line_off + 1;
	}
	if (x->vars.cnt) {
		strcpy(msg, d->msg);
		snprintf(d->msg, sizeof(d->msg), "%.*s [in instance %s]",
			 (int)sizeof(msg) - 64 - CASE_ID_MAX, msg, x->operands);
	}
}

static int assemble(struct expander *x, struct instance *m, const struct tmpl_line *l,
		    struct code *out)
{
	struct asm_syms syms = { .map_index = map_index, .ctx = m };
	struct code_cache *cached = &x->codes[l - x->t->lines];
	bool cacheable = !l->has_vars && !x->syms_vary;
	int err;

	if (names_labels(m->c) && out == &m->c->progs[0])
		syms.label = take_label, cacheable = false;
	if (cacheable && cached->valid) {
		code_copy(out, &cached->code);
		return 0;
	}
	err = subst_body(&x->buf, &x->vars, l, x->path, x->diag);
	if (err)
		return err;
	err = m->c->type == CASE_TYPE_CLASSIC
		      ? classic_assemble(x->buf.text, x->path, l->line + 1, out, x->diag)
		      : asm_assemble(x->buf.text, x->path, l->line + 1, &syms, out, x->diag);
	if (err) {
		fix_diag(x, l);
		return err;
	}
	if (cacheable) {
		code_copy(&cached->code, out);
		cached->valid = true;
	}
	return 0;
}

/* The slot of the first instruction @opcode in main, or -1. */
static long find_in_main(const struct code *code, u8 opcode)
{
	for (u32 i = 0; i < code_main_cnt(code); i++) {
		if (code->insns[i].code == opcode)
			return i;
		i += insn_is_wide(&code->insns[i]);
	}
	return -1;
}

/* Does main have an instruction that clobbers r1-r5: a call, a packet load? */
static bool main_clobbers(const struct code *code)
{
	for (u32 i = 0; i < code_main_cnt(code); i++) {
		const struct insn *insn = &code->insns[i];

		if (insn_is_call(insn) || insn_is_packet_load(insn))
			return true;
		i += insn_is_wide(insn);
	}
	return false;
}

u16 case_default_out(const struct bpf_case *c)
{
	if (c->raw)
		return 0;
	return main_clobbers(&c->progs[0]) ? NOT_CLOBBERED : ALL_REGS;
}

bool case_implied_alone(const struct bpf_case *c)
{
	return c->raw || c->nprogs > 1 || c->progs[0].nfuncs > 1 || c->nmaps ||
	       c->vecs->win_size[REGION_CTX] || c->outcome != OUTCOME_VALUE;
}

static int check_main(struct expander *x, struct instance *m, const struct tmpl_line *l)
{
	const struct code *code = &m->c->progs[0];
	long slot = find_in_main(code, BPF_JMP_EXIT);

	if (slot >= 0 && !m->c->raw)
		return diag_set(x->diag, x->path, code->lines[slot], 0,
				"exit in a main body (expected to fall off its end; jump to a "
				"label on the last line, or raw)");
	if (m->c->raw && !code_main_cnt(code))
		return diag_set(x->diag, x->path, l->line, 0,
				"an empty raw program (expected at least exit)");
	if (!m->out_given)
		m->c->out_regs = case_default_out(m->c);
	return 0;
}

static int parse_progs(struct expander *x, struct instance *m)
{
	struct bpf_case *c = m->c;
	u64 slots = 0;
	u32 n = 1;

	for (u32 i = 0; i < x->t->nlines; i++) {
		const struct tmpl_line *l = &x->t->lines[i];
		u32 k = *l->text ? n : 0;

		if (l->kw != KW_PROG)
			continue;
		if (assemble(x, m, l, &c->progs[k]))
			return -EINVAL;
		slots += c->progs[k].cnt;
		if (slots > CASE_MAX_SLOTS)
			return diag_set(x->diag, x->path, l->line, 0,
					"body too long (expected at most %d slots in all)",
					CASE_MAX_SLOTS);
		if (!k && check_main(x, m, l))
			return -EINVAL;
		if (k && !c->progs[k].cnt)
			return diag_set(x->diag, x->path, l->line, 0,
					"program '%s' is empty (expected at least exit)", l->text);
		n += k > 0;
	}
	return 0;
}

static void name_progs(struct expander *x, struct instance *m)
{
	struct bpf_case *c = m->c;

	c->nprogs = 1;
	for (u32 i = 0; i < x->t->nlines; i++)
		c->nprogs += x->t->lines[i].kw == KW_PROG && *x->t->lines[i].text;
	c->progs = xcalloc(c->nprogs, sizeof(*c->progs));
	c->prog_names = xcalloc(c->nprogs, sizeof(*c->prog_names));
	c->prog_names[0] = xstrdup("main");
	for (u32 i = 0, n = 1; i < x->t->nlines; i++)
		if (x->t->lines[i].kw == KW_PROG && *x->t->lines[i].text)
			c->prog_names[n++] = xstrdup(x->t->lines[i].text);
}

/* ---- lines ---- */

bool is_window(u8 kw)
{
	return kw == KW_MEM || kw == KW_STACK || kw == KW_CTX;
}

/* Windows first, since ptr lines look at them, then the rest, then vectors. */
static int parse_lines(struct expander *x, struct instance *m)
{
	for (int pass = 0; pass < 3; pass++) {
		for (u32 i = 0; i < x->t->nlines; i++) {
			const struct tmpl_line *l = &x->t->lines[i];
			struct scan sc;
			int err;

			if (l->kw == KW_SWEEP || l->kw == KW_SKIP || l->kw == KW_PROG ||
			    l->kw == KW_ATTACH)
				continue;
			if (pass != (is_window(l->kw) ? 0 : l->kw == KW_VEC ? 2 : 1))
				continue;
			sc = scan_line(x, l);
			err = l->kw == KW_VEC ? vec_parse(m, &sc, l->text)
					      : line_parse(m, l->kw, &sc);
			if (err)
				return err;
		}
	}
	/* a classic filter has its own return value and no registers to fill */
	m->c->raw |= m->c->type == CASE_TYPE_CLASSIC;
	return 0;
}

/* Lines that refer to labels and functions of programs. */
static int parse_targets(struct expander *x, struct instance *m)
{
	for (u32 i = 0; i < x->t->nlines; i++) {
		u8 kw = x->t->lines[i].kw;
		struct scan sc;

		if (kw != KW_MAP && kw != KW_ATTACH)
			continue;
		sc = scan_line(x, &x->t->lines[i]);
		if ((kw == KW_MAP ? targets_parse : attach_parse)(m, &sc))
			return -EINVAL;
	}
	return 0;
}

static int check_raw(struct expander *x, const struct instance *m)
{
	const char *what = m->win[REGION_STACK]			? "a stack window"
			   : m->ptr_regs			? "ptr"
			   : m->out_given			? "out"
			   : m->ncols				? "registers in vec"
			   : m->c->wrapper != CASE_WRAPPER_WIDE ? "frame"
								: NULL;

	if (!m->c->raw || !what)
		return 0;
	return diag_set(x->diag, x->path, x->t->line, 0,
			"%s in a raw case (expected none: nothing is filled or spilled there)",
			what);
}

/* Check the kernel's rules for contexts, to report violations before anything runs. */
static int check_type(struct expander *x, const struct instance *m)
{
	u32 ctx = m->win[REGION_CTX], max = CASE_RAW_TP_CTX - guard_behind(REGION_CTX);
	enum case_type type = m->c->type;

	if (type == CASE_TYPE_RAW_TP && ctx > max)
		return diag_set(x->diag, x->path, m->win_line[REGION_CTX], 0,
				"a ctx of %u bytes (expected at most %u in a raw_tp program)", ctx,
				max);
	if (case_type_has_packet(type) && !ctx)
		return diag_set(x->diag, x->path, x->t->line, 0,
				"no packet (expected a line 'ctx N')");
	if (type == CASE_TYPE_CLASSIC && (m->c->nmaps || m->c->nprogs > 1 || m->win[REGION_MEM]))
		return diag_set(x->diag, x->path, x->t->line, 0,
				"maps, mem or further programs of a classic filter (expected none: "
				"it has no means to name them)");
	return 0;
}

int instance_build(struct expander *x, struct instance *m)
{
	struct bpf_case *c = m->c;
	struct scan where = {
		.file = x->path,
		.line = x->t->line,
		.col = 1,
		.text = "",
		.diag = x->diag,
		.instance = x->vars.cnt ? x->operands : NULL,
	};

	c->file = x->path;
	c->line = x->t->line;
	name_progs(x, m);
	if (parse_lines(x, m) || check_raw(x, m) || check_type(x, m) || parse_progs(x, m) ||
	    parse_targets(x, m))
		return -EINVAL;
	if (vecs_build(m, &x->tables, &where))
		return -EINVAL;
	c->alone |= case_implied_alone(c);
	return 0;
}
