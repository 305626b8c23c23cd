// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "lib/util.h"
#include "reduce/edit.h"
#include "reduce/path.h"
#include "reduce/trace.h"
#include "report/trial.h"

#define MAX_TRIALS 20000
#define FINE_STEPS 512 /* longer paths are searched in strides first, then step by step */

struct tracer {
	struct session *session;
	const struct engine *engine;
	const struct finding *whole;
	const struct bpf_case *orig;
	void (*progress)(u32 trials, u32 step, u32 steps);
	bool quick;
	struct trace *out;
	struct bpf_case *cur; /* the current case; its lines are slots of the original + 1 */
	struct path path;
	u32 done; /* steps before the first one of @cur */
	u32 total;
};

static enum byte_order order(const struct tracer *t)
{
	return t->session->guest.order;
}

static int bits(const struct tracer *t)
{
	return t->session->guest.word_bits;
}

/*
 * Does @c show the original failure? Returns 1 with @trial to be freed, 0 if not, -ENOENT if the
 * trial tells nothing.
 */
static int goes_wrong(struct tracer *t, struct bpf_case *c, struct trial *trial)
{
	struct trial_ask ask = { .engine = t->engine, .c = c, .nr_vecs = 1 };
	struct finding f;
	int ret = session_try(t->session, &ask, trial);

	if (ret)
		return ret;
	t->out->trials++;
	finding_of(trial, &f);
	if (f.kind == t->whole->kind || f.kind == FINDING_STATE)
		ret = 1;
	else if (trial->verdict != VERDICT_PASS && trial->verdict != VERDICT_NOT_TESTED)
		ret = -ENOENT;
	finding_free(&f);
	if (ret != 1)
		trial_free(trial);
	return ret;
}

static int take_case(struct tracer *t, struct bpf_case *c)
{
	bpf_case_free(t->cur);
	t->cur = c;
	path_free(&t->path);
	return path_walk(c, order(t), bits(t), &t->path);
}

/* ---- what is said of the wrong step ---- */

static void registers_before(struct tracer *t, u32 pos)
{
	struct bpf_case *before = pos ? path_cut(t->cur, &t->path, pos) : case_dup(t->cur);
	struct model_state st = {};

	for (int k = 0; k < CASE_REGS && !pos; k++) {
		st.r[k] = case_reg_in(t->cur, 0, k);
		st.region[k] = t->cur->regs[k].region;
	}
	if (pos && before)
		model_run(before, 0, order(t), bits(t), &st, NULL);
	memcpy(t->out->before, st.r, sizeof(st.r));
	memcpy(t->out->before_region, st.region, sizeof(st.region));
	t->out->read = ~st.clobbered;
	model_state_free(&st);
	bpf_case_free(before);
}

static u32 registers_named(const struct insn *insn)
{
	const struct insn_desc *d = insn_lookup(insn);
	u32 regs = 0;

	if (d && d->syntax == SYNTAX_CALL_SUBPROG)
		return 0x3e;
	if (d && d->syntax == SYNTAX_CALL)
		return 0x3e;
	if (d && d->fields & F_DST)
		regs |= 1 << insn->dst;
	if (d && d->fields & F_SRC)
		regs |= 1 << insn->src;
	if (d && d->syntax == SYNTAX_CMPXCHG)
		regs |= 1;
	return regs & 0x3ff;
}

static const char *func_name(const struct code *code, u32 slot)
{
	const char *name = "main";

	for (u32 f = 0; f < code->nfuncs; f++)
		if (code->funcs[f].start <= slot)
			name = code->funcs[f].name;
	return case_intern(name);
}

/* The original's slot for slot @slot of the current case. */
static u32 orig_slot(const struct tracer *t, u32 slot)
{
	u32 line = t->cur->progs[0].lines[slot];

	return line ? line - 1 : 0;
}

static void keep_diffs(struct tracer *t, struct trial *trial)
{
	struct record *rec = &t->out->diffs;
	char mark[32];

	record_free(rec);
	record_init(rec, t->orig->id, t->engine->name, VERDICT_FAIL);
	if (!trial->diff.failed)
		return;
	record_trial(rec, trial, t->cur, order(t));
	snprintf(mark, sizeof(mark), "%016x", PATH_ASTRAY);
	for (u32 i = 0; i < rec->ndiffs; i++)
		t->out->astray |= strstr(rec->diffs[i].observed, mark + 8) &&
				  !strcmp(rec->diffs[i].what, "r0");
}

/* One of the steps @from … @to - 1 of the current path is wrong. @trial ends at @to. */
static void keep_step(struct tracer *t, u32 from, u32 to, struct trial *trial)
{
	struct trace *out = t->out;
	const struct code *code = &t->orig->progs[0];
	u32 at = to - 1;

	out->found = true;
	finding_free(&out->finding);
	finding_of(trial, &out->finding);
	out->candidates = to - from;
	out->slot = orig_slot(t, t->path.steps[at].slot);
	out->line = code->lines ? code->lines[out->slot] : 0;
	out->insn[0] = code->insns[out->slot];
	if (insn_is_wide(&out->insn[0]))
		out->insn[1] = code->insns[out->slot + 1];
	out->func = func_name(code, out->slot);
	if (!out->ncalls)
		out->step = t->done + to;
	registers_before(t, at);
	out->read &= registers_named(&out->insn[0]);
	out->astray = false;
	keep_diffs(t, trial);
}

/* ---- the search ---- */

/* Run the case up to step @pos: as goes_wrong(), or -ESRCH if there is no such case. */
static int try_cut(struct tracer *t, u32 pos, struct trial *trial)
{
	struct bpf_case *c = path_cut(t->cur, &t->path, pos);
	int ret;

	if (!c)
		return -ESRCH;
	if (t->out->trials >= MAX_TRIALS) {
		bpf_case_free(c);
		return -ETIME;
	}
	ret = goes_wrong(t, c, trial);
	bpf_case_free(c);
	if (t->progress)
		t->progress(t->out->trials, t->done + pos, t->total);
	return ret;
}

/*
 * Try every @stride-th step after *@from, which is right, up to *@to. Narrow both to the first
 * wrong stride. Returns as scan().
 */
static int scan_by(struct tracer *t, u32 stride, u32 *from, u32 *to, struct trial *trial)
{
	u32 end = *to;
	bool lost = false;

	for (u32 at = *from + stride;; at += stride) {
		int ret = try_cut(t, at < end ? at : end, trial);

		*to = at < end ? at : end;
		if (!ret)
			*from = *to;
		else if (ret == -ESRCH)
			lost = true;
		else if (ret != -ENOENT)
			return ret;
		/* visited before: the next round of a loop */
		if (lost && *from)
			return -EAGAIN;
		if (*to == end)
			return 0;
	}
}

/* Bisect: this can miss a path that goes wrong and then right again. */
static int scan_halves(struct tracer *t, u32 *from, u32 *to, struct trial *trial)
{
	int ret = try_cut(t, *to, trial);
	u32 high = *to; /* no step between this and *@to can be tried */

	/* a piece that cannot run as a whole, but in parts */
	if (ret == -ENOENT)
		return scan_by(t, 1, from, to, trial);
	if (ret != 1)
		return ret == -ESRCH ? 0 : ret;
	while (high - *from > 1) {
		u32 mid = *from + (high - *from) / 2, at = mid;
		struct trial there;

		do
			ret = try_cut(t, at, &there);
		while ((ret == -ESRCH || ret == -ENOENT) && ++at < high);
		if (ret == 1) {
			trial_free(trial);
			*trial = there;
			*to = high = at;
		} else if (!ret) {
			*from = at;
		} else if (ret == -ESRCH || ret == -ENOENT) {
			high = mid;
		} else {
			trial_free(trial);
			return ret;
		}
	}
	return 1;
}

/*
 * Search the current case step by step. Returns 1 if one of the steps *@from … *@to is wrong, with
 * @trial of their end; 0 if no step is wrong; -EAGAIN if the search must restart at step *@from,
 * whose state is right.
 */
static int scan(struct tracer *t, u32 *from, u32 *to, struct trial *trial)
{
	u32 stride = 1 + t->path.cnt / FINE_STEPS;
	int ret;

	*from = 0;
	*to = t->path.cnt;
	if (t->quick)
		return scan_halves(t, from, to, trial);
	ret = scan_by(t, stride, from, to, trial);
	if (ret != 1 || stride == 1 || *to - *from == 1)
		return ret;
	trial_free(trial);
	return scan_by(t, 1, from, to, trial);
}

/* Continue in the function that step @pos calls, if that shows the failure, too. */
static int dive(struct tracer *t, u32 pos)
{
	struct bpf_case *c = path_dive(t->cur, &t->path, pos);
	struct trace *out = t->out;
	struct trial trial;
	int ret;

	if (!c || out->ncalls == TRACE_DEPTH) {
		bpf_case_free(c);
		return 0;
	}
	ret = goes_wrong(t, c, &trial);
	if (ret != 1) {
		bpf_case_free(c);
		return ret == -ENOENT ? 0 : ret;
	}
	trial_free(&trial);
	out->calls[out->ncalls++] = (struct trace_call){ out->slot, out->line };
	return take_case(t, c) ? 0 : 1;
}

static int search(struct tracer *t)
{
	struct trial trial;
	u32 from, to;

	for (;;) {
		int ret = scan(t, &from, &to, &trial);
		struct bpf_case *c;
		bool single;
		u32 left;

		if (ret == 0 || (ret < 0 && ret != -EAGAIN))
			return ret;
		single = ret == 1 && to - from == 1;
		if (ret == 1) {
			keep_step(t, from, to, &trial);
			trial_free(&trial);
		}
		if (single) {
			if (!t->path.steps[to - 1].callee)
				return 0;
			ret = dive(t, to - 1);
			if (ret != 1)
				return ret;
			continue;
		}
		/* continue from the last state known to be right */
		c = from ? path_advance(t->cur, &t->path, from) : NULL;
		if (!c)
			return 0;
		left = t->path.cnt - from;
		if (take_case(t, c))
			return 0;
		/* the jump that leads there is a step of the new path, but not of the program */
		t->done += from - (t->path.cnt - left);
	}
}

/* Lines tell where an insn came from, however the program was cut. */
static struct bpf_case *numbered(const struct bpf_case *c)
{
	struct bpf_case *copy = case_dup(c);
	struct code *code = &copy->progs[0];

	free(code->lines);
	code->lines = xcalloc(code->cnt + 1, sizeof(*code->lines));
	for (u32 i = 0; i < code->cnt; i++)
		code->lines[i] = i + 1;
	return copy;
}

int trace_run(struct session *session, const struct engine *engine, const struct bpf_case *c,
	      const struct finding *whole, bool quick,
	      void (*progress)(u32 trials, u32 step, u32 steps), struct trace *out)
{
	struct tracer t = { .session = session,
			    .engine = engine,
			    .whole = whole,
			    .orig = c,
			    .progress = progress,
			    .quick = quick,
			    .out = out };
	int patience, ret = 0;

	memset(out, 0, sizeof(*out));
	record_init(&out->diffs, c->id, engine->name, VERDICT_FAIL);
	if (c->raw || whole->kind == FINDING_REJECT)
		return 0;
	patience = session_hurry(session);
	if (!take_case(&t, numbered(c))) {
		t.total = out->steps = t.path.cnt;
		ret = search(&t);
	}
	/* whether state is lost at a restart, such as a count of tail calls: approximate */
	if (!ret && !out->found && !quick) {
		t.quick = true;
		t.done = 0;
		if (!take_case(&t, numbered(c)))
			ret = search(&t);
	}
	path_free(&t.path);
	bpf_case_free(t.cur);
	session_patience(session, patience);
	return ret == -ETIME || ret == -EAGAIN ? 0 : ret;
}

void trace_free(struct trace *t)
{
	finding_free(&t->finding);
	record_free(&t->diffs);
}

/* ---- on paper ---- */

static void print_before(FILE *f, const struct trace *t)
{
	const char *label = "before";

	for (int k = 0; k < CASE_REGS; k++) {
		if (!(t->read >> k & 1))
			continue;
		if (t->before_region[k])
			fprintf(f, "  %-9s r%d = %s%+lld\n", label, k,
				region_name(t->before_region[k]), (long long)t->before[k]);
		else
			fprintf(f, "  %-9s r%d = 0x%016llx\n", label, k,
				(unsigned long long)t->before[k]);
		label = "";
	}
}

static void print_after(FILE *f, const struct trace *t)
{
	if (t->finding.kind != FINDING_STATE) {
		fprintf(f, "  after     %s\n", finding_text(&t->finding));
		return;
	}
	if (t->astray) {
		fprintf(f, "  after     the jump goes the other way than the model's\n");
		return;
	}
	for (u32 i = 0; i < t->diffs.ndiffs; i++) {
		const struct record_diff *d = &t->diffs.diffs[i];

		fprintf(f, "  %-9s %s: expected %s, observed %s\n", i ? "" : "after", d->what,
			d->expected, d->observed);
	}
}

/* Describe a call by its callee. */
void trace_insn(char *text, size_t size, const struct trace *t, const struct bpf_case *orig)
{
	const struct code *code = &orig->progs[0];

	insn_print(text, size, t->insn);
	if (insn_is_subprog_call(&t->insn[0]))
		snprintf(text, size, "call %s", func_name(code, t->slot + 1 + t->insn[0].imm));
}

void trace_print(FILE *f, const struct trace *t, const struct bpf_case *orig, long vec,
		 const struct session *session, const struct engine *engine)
{
	char text[256];

	fprintf(f, "%s.%ld on %s %s, %s: ", orig->id, vec, session->conf.arch, engine->name,
		session->first.release);
	if (!t->found) {
		fprintf(f, "the whole case fails, but no part of it that ends earlier\n");
		return;
	}
	trace_insn(text, sizeof(text), t, orig);
	fprintf(f, "the first wrong instruction is\n\n  %s\n\n", text);
	fprintf(f, "  %-9s slot %u of %s, %s:%u", "place", t->slot, t->func, orig->file, t->line);
	for (u32 i = t->ncalls; i-- > 0;)
		fprintf(f, ", called from slot %u (line %u)", t->calls[i].slot, t->calls[i].line);
	fprintf(f, "\n  %-9s step %u of the %u that main takes\n", "when", t->step, t->steps);
	if (t->candidates > 1)
		fprintf(f, "  %-9s or one of the %u steps before it: they cannot be told apart\n",
			"", t->candidates - 1);
	print_before(f, t);
	print_after(f, t);
}
