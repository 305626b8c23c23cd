// SPDX-License-Identifier: GPL-2.0
/*
 * Input, expected and observed state side by side. Shows only what the case names, changes or gets
 * wrong.
 */
#include <stdlib.h>
#include <string.h>
#include "lib/util.h"
#include "explain/show_int.h"

#define CELL	     24 /* bytes of a value's text */
#define ROW	     16 /* bytes of a window per row */
#define SMALL_WINDOW 96 /* up to so many bytes, a window that the case points to is shown whole */

/* A vector, the model's state after it, and the engines that differ. */
struct states {
	const struct show *s;
	u32 vec;
	struct model_state st;
	const struct shown *wrong[8];
	u32 nwrong;
	u16 named; /* registers that the body names */
};

static u16 named_regs(const struct bpf_case *c)
{
	const struct code *code = &c->progs[0];
	u32 cnt = code->nfuncs > 1 ? code->funcs[1].start : code->cnt;
	u16 named = 0;

	for (u32 i = 0; i < cnt && !code->classic; i += 1 + insn_is_wide(&code->insns[i])) {
		const struct insn *insn = &code->insns[i];
		const struct insn_desc *d = insn_lookup(insn);

		if (d && d->fields & F_DST)
			named |= 1 << insn->dst;
		if (d && d->fields & F_SRC)
			named |= 1 << insn->src;
	}
	return named;
}

static void value_text(char cell[CELL], enum region region, u64 value)
{
	if (region)
		snprintf(cell, CELL, "%s%+lld", region_name(region), (long long)value);
	else
		snprintf(cell, CELL, "%016llx", (unsigned long long)value);
}

/* Write register @k of @e to @cell. Returns false if it is as expected, or not compared. */
static bool observed(const struct states *v, const struct shown *e, int k, char cell[CELL])
{
	const struct diff *d = &e->trial.diff;
	u64 want, got;

	if (!(d->block.out_regs & (1 << k)))
		return false;
	want = spilled_reg(&d->block, d->kind, d->want.slot, k, v->s->order);
	got = spilled_reg(&d->block, d->kind, d->got.slot, k, v->s->order);
	/* pointers are spilled as distances from where the wrapper measures them */
	if (d->block.ptr_regs & (1 << k))
		value_text(cell, v->st.region[k], v->st.r[k] + (got - want));
	else
		value_text(cell, REGION_NONE, got);
	return want != got;
}

/* Print a row for register @k. Returns false if there is nothing to show. */
static bool reg_row(const struct states *v, int k)
{
	const struct reg_in *in = &v->s->c->regs[k];
	const struct look *look = &v->s->look;
	bool lost = v->st.clobbered & (1 << k), show = v->named & (1 << k) || v->s->verbose;
	char input[CELL], want[CELL] = "-", got[ARRAY_SIZE(v->wrong)][CELL];
	bool differs[ARRAY_SIZE(v->wrong)];

	value_text(input, in->region,
		   in->region ? (u64)(s64)in->off : case_reg_in(v->s->c, v->vec, k));
	if (!lost)
		value_text(want, v->st.region[k], v->st.r[k]);
	show |= !lost && strcmp(input, want);
	for (u32 i = 0; i < v->nwrong; i++) {
		differs[i] = observed(v, v->wrong[i], k, got[i]);
		show |= differs[i];
	}
	if (!show)
		return false;
	printf("  r%d       %-16s  %-*s", k, input, v->nwrong ? 16 : 0, want);
	for (u32 i = 0; i < v->nwrong; i++)
		printf("  %s%-*s%s", differs[i] ? look->red : "", i + 1 < v->nwrong ? 16 : 0,
		       differs[i] ? got[i] : "=", differs[i] ? look->off : "");
	printf("\n");
	return true;
}

/* The bytes of a window in the state of an engine, or NULL. */
static const u8 *window_of(const struct shown *e, enum region region)
{
	const struct diff *d = &e->trial.diff;
	const struct wrapper_block *b = &d->block;

	switch (region) {
	case REGION_MEM:
		return d->got.slot + (b->win - b->start);
	case REGION_STACK:
		return d->got.slot + (b->out - b->start) + 8 * CASE_REGS;
	default:
		return d->got.ctx;
	}
}

/* Print @n bytes at @p; @mark those that differ from @other, if given. */
static void bytes_row(const char *what, const u8 *p, const u8 *other, u32 n, const char *mark,
		      const char *off)
{
	printf("  %-12s", what);
	for (u32 i = 0; i < n; i++) {
		bool differs = other && p[i] != other[i];

		printf(" %s%02x%s", differs ? mark : "", p[i], differs ? off : "");
	}
	printf("\n");
}

static bool points_to(const struct states *v, enum region region)
{
	for (int k = 0; k < CASE_REGS; k++)
		if (v->named & (1 << k) && v->s->c->regs[k].region == region)
			return true;
	if (v->s->c->raw)
		return region == REGION_CTX;
	return region == REGION_STACK && v->named & (1 << BPF_REG_FP);
}

static void window_rows(const struct states *v, enum region region)
{
	u32 size = v->s->c->vecs->win_size[region];
	long first = region == REGION_STACK ? -(long)size : -(long)guard_before(region);
	const u8 *in = size ? vec_window(v->s->c->vecs, v->vec, region, v->s->order) : NULL,
		 *want = v->st.win[region];
	bool all = v->s->verbose || (size <= SMALL_WINDOW && points_to(v, region));
	const struct look *look = &v->s->look;
	char where[32], what[32];

	for (u32 i = 0; i < size; i += ROW) {
		u32 n = size - i < ROW ? size - i : ROW;
		bool show = all || memcmp(in + i, want + i, n);

		for (u32 k = 0; k < v->nwrong; k++)
			show |= memcmp(window_of(v->wrong[k], region) + i, want + i, n) != 0;
		if (!show)
			continue;
		snprintf(where, sizeof(where), "%s%+ld", region_name(region), first + (long)i);
		bytes_row(where, in + i, NULL, n, "", "");
		if (memcmp(in + i, want + i, n))
			bytes_row("  expected", want + i, in + i, n, look->bold, look->off);
		for (u32 k = 0; k < v->nwrong; k++) {
			const u8 *got = window_of(v->wrong[k], region) + i;

			snprintf(what, sizeof(what), "  %s", v->wrong[k]->engine->name);
			if (memcmp(got, want + i, n))
				bytes_row(what, got, want + i, n, look->red, look->off);
		}
	}
}

static void show_vec(const struct states *v)
{
	const struct show *s = v->s;
	u32 rows = 0;

	printf("\n%s--%s vector %u\n  %-8s %-16s  %s", s->look.bold, s->look.off, v->vec, "",
	       "input", "expected");
	for (u32 i = 0; i < v->nwrong; i++)
		printf("%*s%s", i ? 18 - (int)strlen(v->wrong[i - 1]->engine->name) : 10, "",
		       v->wrong[i]->engine->name);
	printf("\n");
	/* whole programs have no wrapper that fills or spills registers */
	for (int k = 0; k < CASE_REGS && !s->c->raw; k++)
		rows += reg_row(v, k);
	for (u32 i = 0; i < v->nwrong; i++) {
		const struct diff *d = &v->wrong[i]->trial.diff;

		if (d->got.retval != d->want.retval)
			printf("  retval   %-16s  %08x, %s: %s%08x%s\n", "", d->want.retval,
			       v->wrong[i]->engine->name, s->look.red, d->got.retval, s->look.off);
	}
	if (s->c->raw)
		printf("  retval   %-16s  %08x\n", "", v->st.retval);
	for (int r = REGION_MEM; r < NR_REGIONS; r++)
		window_rows(v, r);
	if (rows < CASE_REGS && !s->c->raw)
		printf("  %sthe other registers keep their values%s\n", s->look.dim, s->look.off);
}

/* Print vector @vec and all engines that first fail in it. */
static void show_one(const struct show *s, u32 vec)
{
	struct states v = { .s = s, .vec = vec, .named = named_regs(s->c) };
	char why[256] = "";

	for (u32 i = 0; i < s->nengines && v.nwrong < ARRAY_SIZE(v.wrong); i++)
		if (s->engines[i].trial.diff.failed && s->engines[i].trial.diff.vec == vec)
			v.wrong[v.nwrong++] = &s->engines[i];
	if (model_run(s->c, vec, s->order, s->word_bits, &v.st, why) == MODEL_OK)
		show_vec(&v);
	else
		printf("\n-- vector %u: the model cannot run it: %s\n", vec, why);
	model_state_free(&v.st);
}

void show_states(const struct show *s)
{
	bool any = false;

	if (!case_runs(s->c))
		return;
	for (u32 i = 0; i < s->nengines; i++) {
		const struct diff *d = &s->engines[i].trial.diff;
		bool seen = false;

		for (u32 k = 0; k < i; k++)
			seen |= s->engines[k].trial.diff.failed &&
				s->engines[k].trial.diff.vec == d->vec;
		if (d->failed && !seen)
			show_one(s, d->vec);
		any |= d->failed;
	}
	if (!any)
		show_one(s, s->first_vec);
}
