// SPDX-License-Identifier: GPL-2.0
/* Converts inputs to cases and cases to inputs. */
#include <errno.h>
#include <string.h>
#include "bpf/cap_names.h"
#include "bpf/case_tmpl.h"
#include "fuzz/input.h"
#include "gen/build.h"
#include "lib/util.h"

/* ---- to a case ---- */

static void copy_code(struct code *to, const struct fuzz_input *in, u32 prog)
{
	const struct fuzz_prog *p = &in->progs[prog];

	to->cnt = p->cnt;
	to->insns = xmalloc((p->cnt + 1) * sizeof(*to->insns));
	memcpy(to->insns, &in->insns[p->first], p->cnt * sizeof(*to->insns));
	to->lines = xcalloc(p->cnt + 1, sizeof(*to->lines));
	to->nfuncs = p->nfuncs;
	to->funcs = xcalloc(p->nfuncs, sizeof(*to->funcs));
	for (u32 f = 0; f < p->nfuncs; f++) {
		const struct fuzz_func *from = &in->funcs[p->first_func + f];

		to->funcs[f] = (struct func){ .start = from->start,
					      .nargs = from->nargs,
					      .flags = from->flags };
		to->funcs[f].name = f ? xasprintf("f%u", f) : xstrdup("main");
	}
}

static void copy_maps(struct bpf_case *c, const struct fuzz_input *in)
{
	c->nmaps = in->nmaps;
	c->maps = in->nmaps ? xcalloc(in->nmaps, sizeof(*c->maps)) : NULL;
	for (u32 i = 0; i < in->nmaps; i++) {
		const struct fuzz_shape *s = &fuzz_shapes[in->maps[i].shape];
		struct case_map *m = &c->maps[i];

		m->name = xasprintf("m%u", i);
		m->kind = s->kind;
		m->key_size = s->key_size;
		m->value_size = s->value_size;
		m->entries = s->entries;
		if (s->kind != MAP_PROG_ARRAY)
			continue;
		m->slots = xcalloc(m->entries, sizeof(*m->slots));
		for (u32 k = 0; k < m->entries; k++)
			m->slots[k] = in->maps[i].slots[k];
	}
}

/* Guards hold the same noise in every input: nothing may depend on them. */
static void copy_windows(u8 *to, const struct fuzz_input *in, const struct fuzz_vec *v)
{
	const u8 *from = v->win;

	for (int r = REGION_MEM; r < NR_REGIONS; r++) {
		u32 before = guard_before(r), behind = guard_behind(r);

		if (!in->win[r])
			continue;
		for (u32 i = 0; i < before; i++)
			*to++ = 0x91 + 7 * i;
		memcpy(to, from, in->win[r]);
		to += in->win[r];
		from += in->win[r];
		for (u32 i = 0; i < behind; i++)
			*to++ = 0xc3 + 11 * i;
	}
}

static struct vectors *make_table(const struct fuzz_input *in)
{
	struct vectors *t = xcalloc(1, sizeof(*t));

	t->refs = 1;
	t->nvecs = in->nvecs;
	t->ncols = CASE_REGS;
	for (int r = REGION_MEM; r < NR_REGIONS; r++) {
		t->win_size[r] = in->win[r] ? in->win[r] + guard_before(r) + guard_behind(r) : 0;
		t->win_bytes += t->win_size[r];
	}
	t->cols = xmalloc(t->nvecs * t->ncols * sizeof(*t->cols));
	t->bytes[ORDER_LE] = t->bytes[ORDER_BE] = xmalloc(t->nvecs * t->win_bytes + 1);
	for (u32 v = 0; v < t->nvecs; v++) {
		memcpy(t->cols + v * CASE_REGS, in->vecs[v].r, CASE_REGS * sizeof(u64));
		copy_windows(t->bytes[ORDER_LE] + v * t->win_bytes, in, &in->vecs[v]);
	}
	vectors_seal(t);
	return t;
}

static void need(struct bpf_case *c, const char *cap)
{
	struct gen g = { .c = c };

	gen_need(&g, cap);
}

static void insn_needs(struct bpf_case *c, const struct insn *insn)
{
	const struct insn_desc *d = insn_lookup(insn);

	if (d && d->needs)
		need(c, d->needs);
	if (insn_uses_params(insn))
		need(c, "stack_args");
	if (insn_is_func_addr(insn))
		need(c, "callbacks");
}

/* The capabilities that the program visibly needs. */
static void add_needs(struct bpf_case *c, const struct fuzz_input *in)
{
	bool calls = false;

	for (u32 i = 0; i < c->nprogs; i++) {
		const struct code *code = &c->progs[i];

		for (u32 k = 0; k < code->cnt; k += 1 + insn_is_wide(&code->insns[k]))
			insn_needs(c, &code->insns[k]);
		for (u32 f = 1; f < code->nfuncs; f++)
			if (code->funcs[f].nargs > 5)
				need(c, "stack_args");
		calls |= code->nfuncs > 1;
	}
	if (calls)
		need(c, "calls");
	for (u32 i = 0; i < c->nmaps; i++) {
		if (c->maps[i].kind == MAP_ARENA)
			need(c, "arena");
		if (c->maps[i].kind == MAP_PROG_ARRAY)
			need(c, calls ? "subprog_tailcalls" : "tailcalls");
	}
	if (in->flags & FUZZ_RND_HI32)
		need(c, "rnd_hi32");
}

struct bpf_case *fuzz_input_to_case(const struct fuzz_input *in, const char *id,
				    enum outcome outcome)
{
	struct bpf_case *c = xcalloc(1, sizeof(*c));
	const char *last = strrchr(id, '/');
	char group[CASE_ID_MAX];

	snprintf(c->id, sizeof(c->id), "%s", id);
	snprintf(group, sizeof(group), "%.*s", last ? (int)(last - id) : CASE_ID_MAX - 1, id);
	c->group = case_intern(group);
	c->file = "fuzz";
	c->type = in->type;
	c->wrapper = in->flags & FUZZ_LOW ? CASE_WRAPPER_LOW : CASE_WRAPPER_WIDE;
	c->raw = in->flags & FUZZ_RAW;
	c->outcome = outcome;
	c->nprogs = in->nprogs;
	c->progs = xcalloc(c->nprogs, sizeof(*c->progs));
	c->prog_names = xcalloc(c->nprogs, sizeof(*c->prog_names));
	for (u32 i = 0; i < c->nprogs; i++) {
		copy_code(&c->progs[i], in, i);
		c->prog_names[i] = i ? xasprintf("P%u", i) : xstrdup("main");
	}
	copy_maps(c, in);
	for (int k = 0; k < CASE_REGS; k++)
		c->regs[k] = (struct reg_in){ .region = in->regs[k].region,
					      .col = k,
					      .off = in->regs[k].off };
	c->vecs = make_table(in);
	c->out_regs = case_default_out(c) & ~in->hidden;
	c->alone = true;
	add_needs(c, in);
	return c;
}

/* ---- from a case ---- */

#define LACKS(why, text) (*(why) = (text), -ENOTSUP)

static int take_progs(struct fuzz_input *in, const struct bpf_case *c, const char **why)
{
	u32 insns = 0, funcs = 0;

	for (u32 i = 0; i < c->nprogs; i++) {
		insns += c->progs[i].cnt;
		funcs += c->progs[i].nfuncs ? c->progs[i].nfuncs : 1;
	}
	if (c->nprogs > FUZZ_MAX_PROGS || insns > FUZZ_MAX_INSNS || funcs > FUZZ_MAX_FUNCS)
		return LACKS(why, "too many programs, instructions or functions");
	if (c->attach)
		return LACKS(why, "attached programs");
	in->nprogs = c->nprogs;
	for (u32 i = 0; i < c->nprogs; i++) {
		const struct code *code = &c->progs[i];
		struct fuzz_prog *p = &in->progs[i];

		*p = (struct fuzz_prog){ in->ninsns, code->cnt, in->nfuncs,
					 code->nfuncs ? code->nfuncs : 1 };
		if (code->cnt)
			memcpy(&in->insns[p->first], code->insns, code->cnt * sizeof(*code->insns));
		in->funcs[p->first_func] = (struct fuzz_func){ .nargs = 1 };
		for (u32 f = 0; f < code->nfuncs; f++)
			in->funcs[p->first_func + f] =
				(struct fuzz_func){ code->funcs[f].start, code->funcs[f].nargs,
						    code->funcs[f].flags };
		in->ninsns += p->cnt;
		in->nfuncs += p->nfuncs;
	}
	return 0;
}

static int take_map(struct fuzz_map *to, const struct case_map *m)
{
	memset(to->slots, -1, sizeof(to->slots));
	for (u32 s = 0; s < nr_fuzz_shapes; s++) {
		const struct fuzz_shape *shape = &fuzz_shapes[s];

		if (shape->kind != m->kind || shape->entries != m->entries)
			continue;
		if (m->kind != MAP_ARENA &&
		    (shape->key_size != m->key_size || shape->value_size != m->value_size))
			continue;
		to->shape = s;
		for (u32 k = 0; m->slots && k < m->entries; k++)
			to->slots[k] = m->slots[k];
		return 0;
	}
	return -ENOTSUP;
}

static int take_inputs(struct fuzz_input *in, const struct bpf_case *c, const char **why)
{
	const struct vectors *t = c->vecs;
	u32 sum = 0;

	for (int r = REGION_MEM; r < NR_REGIONS; r++) {
		u32 guards = guard_before(r) + guard_behind(r);

		in->win[r] = t->win_size[r] ? t->win_size[r] - guards : 0;
		sum += in->win[r];
		if (sum > FUZZ_MAX_WINDOWS)
			return LACKS(why, "a large window");
	}
	for (int k = 0; k < CASE_REGS; k++) {
		in->regs[k].region = c->regs[k].region;
		in->regs[k].off = c->regs[k].off;
	}
	in->nvecs = t->nvecs < FUZZ_MAX_VECS ? t->nvecs : FUZZ_MAX_VECS;
	for (u32 v = 0; v < in->nvecs; v++) {
		u32 from = (u64)v * t->nvecs / in->nvecs;
		u8 *to = in->vecs[v].win;

		for (int k = 0; k < CASE_REGS; k++)
			in->vecs[v].r[k] =
				c->raw || c->regs[k].region ? 0 : case_reg_in(c, from, k);
		for (int r = REGION_MEM; r < NR_REGIONS; r++) {
			if (in->win[r])
				memcpy(to, vec_window(t, from, r, ORDER_LE) + guard_before(r),
				       in->win[r]);
			to += in->win[r];
		}
	}
	return 0;
}

int fuzz_input_from_case(struct fuzz_input *in, const struct bpf_case *c, const char **why)
{
	const char *text;

	why = why ? why : &text;
	memset(in, 0, offsetof(struct fuzz_input, insns));
	in->type = c->type;
	in->flags = (c->wrapper == CASE_WRAPPER_LOW ? FUZZ_LOW : 0) | (c->raw ? FUZZ_RAW : 0);
	in->hidden = case_default_out(c) & ~c->out_regs;
	for (u32 i = 0; i < c->nneeds; i++) {
		u32 flags = cap_flags(cap_by_name(c->needs[i]));

		if (!strcmp(c->needs[i], "rnd_hi32"))
			in->flags |= FUZZ_RND_HI32;
		if (flags & CAPF_RAW)
			return LACKS(why, "it is for the raw route only");
		if (flags & CAPF_BTF)
			return LACKS(why, "it wants a kernel with BTF");
	}
	if (c->type >= FUZZ_TYPES)
		return LACKS(why, "it is a classic filter");
	if (c->nmaps > FUZZ_MAX_MAPS)
		return LACKS(why, "too many maps");
	in->nmaps = c->nmaps;
	for (u32 i = 0; i < c->nmaps; i++)
		if (take_map(&in->maps[i], &c->maps[i]))
			return LACKS(why, "a map of another shape");
	if (take_progs(in, c, why) || take_inputs(in, c, why))
		return -ENOTSUP;
	return fuzz_input_check(in, why) ? -ENOTSUP : 0;
}
