// SPDX-License-Identifier: GPL-2.0
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include "bpf/insn.h"
#include "campaign/spoiled.h"
#include "lib/shipped.h"
#include "lib/util.h"
#include "lib/words.h"
#include "session/trial.h"

/* The registers of the first failing vector that @d has; returns their number. */
static u32 places_of(const struct diff *d, enum byte_order order, struct known_place out[CASE_REGS])
{
	static const char *const names[CASE_REGS] = { "r0", "r1", "r2", "r3", "r4",
						      "r5", "r6", "r7", "r8", "r9" };
	u32 n = 0;

	for (int i = 0; d->failed && i < CASE_REGS; i++) {
		u64 want = spilled_reg(&d->block, d->kind, d->want.slot, i, order);
		u64 got = spilled_reg(&d->block, d->kind, d->got.slot, i, order);

		if (want != got)
			out[n++] = (struct known_place){ names[i], (u32)want != (u32)got };
	}
	return n;
}

/* Does @p fail on @e as @row expects? Sets *@go_on to false if the run must end. */
static bool fails(struct campaign *c, const struct engine *e, const struct known_row *row,
		  struct prediction *p, bool *go_on)
{
	struct session *s = &c->session;
	int patience = s->conf.reply_timeout;
	struct known_place places[CASE_REGS];
	enum verdict v;
	struct trial t;

	predict_first(p, s->first.order, s->first.word_bits);
	if (known_hangs(row))
		session_hurry(s);
	trial_run(s, e, p, WRAPPER_WIDE, WIRE_LOG | WIRE_DUMP, &t);
	session_patience(s, patience);
	*go_on = t.how != ATTEMPT_STOPPED && t.how != ATTEMPT_NO_GUEST;
	v = known_verdict(row, &(struct known_outcome){
				       .verdict = t.verdict,
				       .err = t.err,
				       .log = t.log,
				       .console = t.console,
				       .reason = t.reason,
				       .places = places,
				       .nplaces = places_of(&t.diff, s->first.order, places) });
	trial_free(&t);
	return v == VERDICT_XFAIL;
}

/* Returns @e if it can run @p, or else another engine of @row that can, or NULL. */
static const struct engine *prover(struct campaign *c, const struct engine *e,
				   const struct known_row *row, const struct prediction *p)
{
	for (u32 i = 0; i <= nr_engines; i++) {
		const struct engine *other = i ? &engines[i - 1] : e;
		char *lacks = engine_lacks(other, &c->session.first, p->c);

		free(lacks);
		if (!lacks && known_row_names(row, other->name))
			return other;
	}
	return NULL;
}

/* Does the case of @row fail, on @e or another engine of its? Sets *@go_on as fails() does. */
static bool proves(struct campaign *c, const struct engine *e, struct known_row *row, bool *go_on)
{
	const char *id = row->name;
	struct plan_select one = {
		.dir = shipped("cases"), .patterns = &id, .npatterns = 1, .max_batch = 1
	};
	const struct engine *on;
	struct plan plan;
	struct diag diag;
	bool proven;

	if (plan_load(&one, &plan, &diag)) {
		diag_print(&diag);
		*go_on = false;
		return false;
	}
	on = prover(c, e, row, &plan.entries[0].p);
	proven = on && fails(c, on, row, &plan.entries[0].p, go_on);
	plan_free(&plan);
	return proven;
}

bool spoiled_find(struct campaign *c, const struct engine *e)
{
	const char *release = c->session.first.release;
	const struct known_row **found = c->spoiled[e->wire];
	struct known_row *row = NULL;
	bool go_on = true, all = false;

	for (u32 n = 0; go_on && !all && n < MAX_SPOILERS;) {
		row = known_spoiler(c->known, row, e->name, release);
		if (!row)
			break;
		if (!proves(c, e, row, &go_on))
			continue;
		found[n++] = row;
		all = !row->only;
	}
	return go_on;
}

static bool has_insn(const struct bpf_case *c, const struct insn_desc *want)
{
	for (u32 p = 0; p < c->nprogs; p++) {
		const struct code *code = &c->progs[p];

		for (u32 i = 0; i < code->cnt; i += 1 + insn_is_wide(&code->insns[i]))
			if (insn_lookup(&code->insns[i]) == want)
				return true;
	}
	return false;
}

/* Has the case @c such an insn, such a need, or such an id? */
static bool is_such(const void *c, const char *word)
{
	const struct bpf_case *subject = c;
	const struct insn_desc *insn = insn_by_name(word);

	if (strchr(word, '/'))
		return !fnmatch(word, subject->id, 0);
	return insn ? has_insn(subject, insn) : case_needs(subject, word);
}

char *spoiled_why(const struct campaign *c, const struct engine *e, const struct plan_entry *entry)
{
	const struct known_row *const *found = c->spoiled[e->wire], *own = NULL, *row;

	if (*found)
		own = known_row_of(c, e, entry);
	for (; (row = *found); found++) {
		if (row == own || (row->only && !words_any(row->only, "+", is_such, entry->p.c)))
			continue;
		return xasprintf("%s program may fail as %s does: %s", row->only ? "such a" : "any",
				 row->name, row->reason);
	}
	return NULL;
}
