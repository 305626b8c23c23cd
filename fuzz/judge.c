// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "fuzz/avoid.h"
#include "fuzz/oracle.h"
#include "lib/util.h"
#include "session/raw.h"

#define DEEP_ONE_IN 10 /* inputs for which we do not bound the work of the verifier */

const char *judged_name(enum judged what)
{
	static const char *const names[NR_JUDGED] = {
		"garbage", "refused", "fine", "unmodelled", "known", "again",
		"new",	   "later",   "slow", "skipped",    "odd",   "fallback",
	};

	return what < NR_JUDGED ? names[what] : "stopped";
}

int judge_open(struct judge *j, struct fuzz_target *t, struct finds *finds, const char *known)
{
	struct diag diag;

	memset(j, 0, sizeof(*j));
	j->t = t;
	j->finds = finds;
	j->start_us = clock_us();
	if (known && known_load(known, &j->known, &diag)) {
		diag_print(&diag);
		return -EINVAL;
	}
	session_expect(&t->session, &j->known);
	return 0;
}

void judge_close(struct judge *j)
{
	known_free(&j->known);
}

void oracle_settle(struct prediction *p)
{
	p->c->outcome = p->nr_vecs ? OUTCOME_VALUE : OUTCOME_ACCEPT;
	if (p->nr_vecs)
		p->c->vecs->nvecs = p->nr_vecs;
}

enum judged oracle_keep(struct trial_of *o, struct bucket *b, struct bpf_case *c, const char *text,
			const char *console)
{
	struct find find = { .bucket = *b,
			     .c = c,
			     .text = text,
			     .console = console,
			     .input = o->data,
			     .len = o->len };

	if (c && c == o->result->p.c)
		oracle_settle(&o->result->p);
	return finds_add(o->j->finds, &find) > 0 ? JUDGED_NEW : JUDGED_AGAIN;
}

const char *oracle_where(const struct judge *j)
{
	static char text[128];

	snprintf(text, sizeof(text), "%s, kernel %s", j->t->session.conf.arch,
		 j->t->session.first.release);
	return text;
}

/*
 * A guest without memory for two inputs in a row has none for others: the next input gets a fresh
 * one.
 */
static enum judged judge_no_memory(struct trial_of *o)
{
	struct fuzz_target *t = o->j->t;

	if (o->j->memory_refusals++) {
		session_kill(&t->session);
		o->j->memory_refusals = 0;
	}
	return JUDGED_SLOW;
}

static enum judged judge_refused(struct trial_of *o, u32 err)
{
	if (err == ENOMEM)
		return judge_no_memory(o);
	o->j->memory_refusals = 0;
	o->j->refused[err < JUDGE_ERRNOS ? err : 0]++;
	switch (err) {
	case EFAULT:
		return oracle_confused(o);
	case EAGAIN:
		return JUDGED_SLOW;
	default:
		return JUDGED_REFUSED;
	}
}

static enum judged judge_answers(struct trial_of *o)
{
	const struct fuzz_result *s = o->result;
	bool odd = false, known = false;

	if (!s->accepted && s->e[0].trial.refused)
		return judge_refused(o, s->e[0].trial.err);
	o->j->memory_refusals = 0;
	for (u32 i = 0; i < FUZZ_ENGINES; i++) {
		const struct engine_result *e = &s->e[i];
		const struct trial *t = &e->trial;

		if (oracle_is_wrong(e))
			return oracle_state(o);
		if (i && e->tried && s->accepted && t->refused && !t->needs_jit &&
		    t->err != ENOMEM && t->err != EAGAIN)
			return oracle_refused_later(o, e);
		odd |= e->tried && (t->verdict == VERDICT_ERROR ||
				    (t->stage != WIRE_STAGE_OK && !t->needs_jit));
		known |= e->tried && t->verdict == VERDICT_XFAIL;
	}
	if (known && !odd)
		return JUDGED_KNOWN;
	if (odd || !s->p.nr_vecs)
		return odd ? JUDGED_ODD : JUDGED_UNMODELLED;
	return o->j->t->raw ? JUDGED_FINE : oracle_soundness(o);
}

static enum judged judge_shot(struct trial_of *o)
{
	enum judged what;

	if (o->result->skipped)
		return JUDGED_SKIPPED;
	switch (o->result->how) {
	case ATTEMPT_STOPPED:
		return JUDGED_STOP;
	case ATTEMPT_NO_GUEST:
		return JUDGED_NO_GUEST;
	case ATTEMPT_FAILED:
	case ATTEMPT_GARBAGE:
		return JUDGED_ODD;
	case ATTEMPT_ANSWERED:
		break;
	default:
		return oracle_died(o);
	}
	what = judge_answers(o);
	if (!o->j->t->raw &&
	    (what == JUDGED_FINE || what == JUDGED_UNMODELLED || what == JUDGED_REFUSED))
		what = oracle_state_freq(o, what);
	if (fuzz_target_check_memory(o->j->t) > 0)
		what = oracle_memory(o);
	return what;
}

/* Can an unverified engine run it, and the model judge it? */
static void note_program(struct judge *j, struct fuzz_result *s)
{
	const struct guest *g = &j->t->session.first;
	char *unchecked;

	j->program.accepted = s->accepted;
	if (!s->accepted || !s->p.nr_vecs)
		return;
	s->p.c->outcome = OUTCOME_VALUE;
	if (raw_lacks(s->p.c, true))
		return;
	unchecked = raw_unchecked(s->p.c, 0, s->p.nr_vecs, g->order, g->word_bits);
	j->program.raw = !unchecked;
	free(unchecked);
}

/* Does @in run into a known bug that leaves no state? It may be changed so that it does not. */
static bool must_avoid(const struct judge *j, struct fuzz_input *in)
{
	const char *release = j->t->session.first.release;

	return avoid_recursion(&j->known, release, in) ||
	       !avoid_small_stack(&j->known, release, in);
}

enum judged judge_input(struct judge *j, const void *data, size_t len)
{
	static struct fuzz_input in;
	struct fuzz_result result;
	struct trial_of o = { .j = j, .result = &result, .in = &in, .data = data, .len = len };
	enum judged what = JUDGED_GARBAGE;
	bool parsed = !fuzz_input_parse(&in, data, len, NULL);
	u64 start;

	memset(&j->program, 0, sizeof(j->program));
	if (parsed && must_avoid(j, &in)) {
		what = JUDGED_SKIPPED;
	} else if (parsed) {
		j->t->deep = !(fuzz_input_hash(data, len) % DEEP_ONE_IN);
		fuzz_target_run(j->t, &in, &result);
		start = clock_us();
		what = judge_shot(&o);
		j->t->times.judge_us += clock_us() - start;
		note_program(j, &result);
		fuzz_result_free(&result);
	}
	if (what < NR_JUDGED)
		j->counts[what]++;
	return what;
}

enum judged judge_unattributed(struct judge *j, enum attempt how, const char *console,
			       const void *data, size_t len)
{
	static struct fuzz_input in;
	struct fuzz_result result = { .how = how, .console = (char *)console };
	struct trial_of o = { .j = j, .result = &result, .in = &in, .data = data, .len = len };
	struct trial seen = { .verdict = VERDICT_CRASH, .console = (char *)console };
	enum judged what = JUDGED_SLOW;
	struct finding f;

	/* a guest on a busy host may be slow once */
	if (how != ATTEMPT_CRASHED || oracle_out_of_memory(console) ||
	    fuzz_input_parse(&in, data, len, NULL))
		return what;
	result.p.c = fuzz_target_case(j->t, &in);
	fuzz_target_model(j->t, &result.p);
	finding_of(&seen, &f);
	what = oracle_unattributed(&o, &f);
	finding_free(&f);
	prediction_free(&result.p);
	bpf_case_free(result.p.c);
	return what;
}

enum judged judge_guest(struct judge *j)
{
	struct trial_of o = { .j = j };

	return fuzz_target_check_memory(j->t) > 0 ? oracle_memory(&o) : JUDGED_FINE;
}
