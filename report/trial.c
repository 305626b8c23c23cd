// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "lib/strbuf.h"
#include "lib/util.h"
#include "report/trial.h"

/* "r3=0x8000000000000000 r4=…": the registers that the body names and that hold values. */
static char *inputs_text(const struct bpf_case *c, u32 vec)
{
	const struct code *code = &c->progs[0];
	u32 cnt = code_main_cnt(code);
	u16 named = 0;
	struct strbuf text = { 0 };

	for (u32 i = 0; i < cnt; i++) {
		named |= 1 << code->insns[i].dst | 1 << code->insns[i].src;
		i += insn_is_wide(&code->insns[i]);
	}
	for (int k = 0; k < CASE_REGS; k++) {
		if (!(named & (1 << k)) || c->regs[k].region)
			continue;
		strbuf_join(&text, " ", "r%d=0x%llx", k,
			    (unsigned long long)case_reg_in(c, vec, k));
	}
	return strbuf_take(&text);
}

static void record_place(struct record *rec, const struct bpf_case *c, u32 vec)
{
	rec->vector = vec;
	if (c->vecs->lines)
		rec->line = c->vecs->lines[vec];
}

static void record_state(struct record *rec, const struct diff *d, const struct bpf_case *c,
			 enum byte_order order)
{
	const struct wrapper_block *b = &d->block;
	const u32 *size = c->vecs->win_size;
	u32 win = b->win - b->start, out = b->out - b->start, stack = out + 8 * CASE_REGS;
	const u8 *want = d->want.slot, *got = d->got.slot, *pred = d->predicted.slot;
	char name[16];

	record_place(rec, c, d->vec);
	rec->failed_vectors = d->failed;
	rec->inputs = inputs_text(c, d->vec);
	for (int k = 0; k < CASE_REGS; k++) {
		u64 reg = pred ? spilled_reg(b, d->kind, pred, k, order) : 0;

		snprintf(name, sizeof(name), "r%d", k);
		record_diff_reg(rec, name, spilled_reg(b, d->kind, want, k, order),
				pred ? &reg : NULL, spilled_reg(b, d->kind, got, k, order));
	}
	record_diff_u32(rec, "retval", d->want.retval, pred ? &d->predicted.retval : NULL,
			d->got.retval);
	if (size[REGION_MEM])
		record_diff_window(rec, "mem", 0, want + win, pred ? pred + win : NULL, got + win,
				   size[REGION_MEM], CASE_GUARD, CASE_GUARD);
	if (size[REGION_STACK])
		record_diff_window(rec, "stack", -(long)(size[REGION_STACK] - CASE_GUARD),
				   want + stack, pred ? pred + stack : NULL, got + stack,
				   size[REGION_STACK], CASE_GUARD, 0);
	if (d->got.ctx)
		record_diff_window(rec, "ctx", 0, d->want.ctx, d->predicted.ctx, d->got.ctx,
				   size[REGION_CTX], guard_before(REGION_CTX),
				   guard_behind(REGION_CTX));
	/* the wrapper must not change its inputs in the map */
	record_diff_window(rec, "frame", 0, want, pred, got, 8 * CASE_REGS, 0, 0);
}

static void record_abi(struct record *rec, const struct trial *t, const struct bpf_case *c)
{
	record_place(rec, c, t->abi_vec);
	for (u32 i = 0; i < t->nr_abi; i++) {
		char what[32];

		snprintf(what, sizeof(what), "native %s", t->abi[i].name);
		record_diff_reg(rec, what, t->abi[i].want, NULL, t->abi[i].got);
	}
}

/* The errnos that a load may return, joined by "or"; the caller frees. */
static char *errnos_text(const struct bpf_case *c)
{
	struct strbuf text = { 0 };
	char words[ERRNO_WORDS];

	if (case_must_load(c))
		return xstrdup(errno_words(0, words));
	if (!c->nrefusals)
		return xstrdup("any");
	for (u32 i = 0; i < c->nrefusals; i++) {
		int err = c->refusals[i].err;

		if (!i || err != c->refusals[i - 1].err)
			strbuf_join(&text, " or ", "%s", err ? errno_words(err, words) : "any");
	}
	return strbuf_take(&text);
}

static bool errno_allowed(const struct bpf_case *c, int err)
{
	for (u32 i = 0; i < c->nrefusals; i++)
		if (!c->refusals[i].err || c->refusals[i].err == err)
			return true;
	return false;
}

/* What the verifier should have said, and did not. */
static void record_log(struct record *rec, const struct trial *t, const struct bpf_case *c)
{
	struct strbuf missing = { 0 };
	char *logs;

	for (u32 i = 0; i < c->nrefusals; i++) {
		const char *log = c->refusals[i].log;

		if (log && !(t->log && strstr(t->log, log)))
			strbuf_join(&missing, " or ", "%s", log);
	}
	logs = strbuf_take(&missing);
	if (*logs)
		record_diff_text(rec, "log", logs, "(not in the verifier's log)");
	free(logs);
}

static void record_refusal(struct record *rec, const struct trial *t, const struct bpf_case *c)
{
	char *errnos = errnos_text(c), words[ERRNO_WORDS];

	if (!errno_allowed(c, t->err))
		record_diff_text(rec, "errno", errnos, errno_words(t->err, words));
	record_log(rec, t, c);
	free(errnos);
}

static void record_acceptance(struct record *rec, const struct trial *t, const struct bpf_case *c)
{
	char *errnos = errnos_text(c), words[ERRNO_WORDS];

	record_diff_text(rec, "errno", errnos, errno_words(0, words));
	record_log(rec, t, c);
	rec->log = t->log ? xstrdup(t->log) : NULL;
	free(errnos);
}

/* What differs says more of these than a detail does. */
static bool record_differences(struct record *rec, const struct trial *t, const struct bpf_case *c,
			       enum byte_order order)
{
	if ((t->verdict != VERDICT_FAIL && t->verdict != VERDICT_REJECT) || t->audit)
		return false;
	if (t->nr_abi)
		record_abi(rec, t, c);
	else if (t->diff.failed)
		record_state(rec, &t->diff, c, order);
	else if (t->refused)
		record_refusal(rec, t, c);
	else if (t->stage == WIRE_STAGE_OK && !t->differs)
		record_acceptance(rec, t, c);
	return true;
}

void record_trial(struct record *rec, const struct trial *t, const struct bpf_case *c,
		  enum byte_order order)
{
	rec->verdict = t->verdict;
	rec->quirks = t->quirks ? quirk_names(t->quirks) : NULL;
	rec->jited = t->jited_len;
	rec->vectors = t->vectors;
	rec->console = t->console ? xstrdup(t->console) : NULL;
	if (t->refused && t->verdict != VERDICT_PASS) {
		rec->err = t->err;
		rec->log = t->log ? xstrdup(t->log) : NULL;
	}
	if (!record_differences(rec, t, c, order) && t->detail)
		rec->reason = trial_text(t);
	else if (t->reason)
		rec->reason = xstrdup(t->reason);
}
