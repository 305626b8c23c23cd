// SPDX-License-Identifier: GPL-2.0
/* The oracle `verifier`: the verifier contradicts itself, or violates its own invariants. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "fuzz/oracle.h"
#include "lib/util.h"

#define FREQ_SHARE 20 /* loads with FUZZ_STATE_FREQ get one part in this many of the time */

static enum judged judge_verifier(struct trial_of *o, const char *engines, const char *what,
				  u32 err, const char *log)
{
	struct bucket b = { .oracle = FUZZ_VERIFIER };
	char *words = log ? verifier_words(log) : NULL, *text;
	enum judged judged;

	snprintf(b.engines, sizeof(b.engines), "%s", engines);
	snprintf(b.what, sizeof(b.what), "%s", what);
	bucket_words(b.class, words ? words : "");
	text = xasprintf("%s: %s: errno %u, %s", oracle_where(o->j), what, err,
			 words ? words : "no words");
	judged = oracle_keep(o, &b, o->result->p.c, text, log);
	free(text);
	free(words);
	return judged;
}

/*
 * Load it once more on engine @e, with @load_flags and the log of a refusal, and run nothing.
 * Returns 0, or -EINTR or -ENODEV: the fuzzer ends.
 */
static int load_again(struct trial_of *o, const struct engine *e, u32 load_flags,
		      struct trial *trial)
{
	struct fuzz_target *t = o->j->t;
	struct prediction p = o->result->p;

	p.nr_vecs = 0;
	t->session.load_flags |= load_flags;
	trial_run(&t->session, e, &p, WRAPPER_WIDE,
		  WIRE_LOG | WIRE_QUIET | WIRE_LIMIT(fuzz_target_patience(t)), trial);
	t->session.load_flags &= ~load_flags;
	return trial->how == ATTEMPT_STOPPED	? -EINTR
	       : trial->how == ATTEMPT_NO_GUEST ? -ENODEV
						: 0;
}

enum judged oracle_confused(struct trial_of *o)
{
	enum judged what = JUDGED_REFUSED;
	struct trial trial;

	if (load_again(o, o->result->e[0].engine, 0, &trial))
		return JUDGED_STOP;
	if (attempt_died(trial.how)) {
		/* the console lagged behind the first answer */
		o->result->how = trial.how;
		o->result->console = trial.console;
		trial.console = NULL;
		trial_free(&trial);
		return oracle_died(o);
	}
	if (trial.err == EFAULT && trial.log && strstr(trial.log, "REG INVARIANTS VIOLATION"))
		what = judge_verifier(o, o->result->e[0].engine->name, "reg_invariants", trial.err,
				      trial.log);
	else if (trial.err == EFAULT && trial.log && strcasestr(trial.log, "verifier bug"))
		what = judge_verifier(o, o->result->e[0].engine->name, "verifier_bug", trial.err,
				      trial.log);
	trial_free(&trial);
	return what;
}

enum judged oracle_refused_later(struct trial_of *o, const struct engine_result *e)
{
	const struct engine *first = o->result->e[0].engine;
	struct trial trial;
	bool still;

	if (load_again(o, first, 0, &trial))
		return JUDGED_STOP;
	still = !trial.err;
	trial_free(&trial);
	return judge_verifier(o, still ? e->engine->name : first->name,
			      still ? "refused_on_one_engine" : "refused_the_second_time",
			      e->trial.err, e->trial.log);
}

/* ---- it keeps states at other places ---- */

/*
 * Not the program was refused, but the work that it makes. The verifier gives up "unnecessary
 * doomed work" (kernel/bpf/states.c) where a state of a loop equals an earlier one of the same
 * path. Which states are kept decides whether it sees that.
 */
static bool is_limit(const struct trial *t)
{
	return t->err == E2BIG || t->err == EAGAIN || t->err == ENOMEM ||
	       (t->log && strstr(t->log, "infinite loop detected at insn"));
}

static bool has_verdict(const struct trial *t)
{
	return t->how == ATTEMPT_ANSWERED && (t->stage == WIRE_STAGE_OK || t->refused) &&
	       !is_limit(t);
}

/*
 * A path on which a stack slot has unknown bytes stands for one on which it has a pointer, since
 * these loaders may read the stack uninitialised (kernel/bpf/states.c:735 of 7.3.4). Which states
 * are kept decides whether the second path is walked, and whether a refusal of pointers is met;
 * "invalid size of register fill" is one (kernel/bpf/verifier.c:3901).
 */
static bool is_about_pointer(const struct trial *t)
{
	return t->log && (strstr(t->log, "pointer") || strstr(t->log, "expected=scalar") ||
			  strstr(t->log, "register fill"));
}

/* Refused without FUZZ_STATE_FREQ and accepted with it: is it refused again, and why? */
static enum judged judge_accepted_with(struct trial_of *o, enum judged what)
{
	const struct engine_result *first = &o->result->e[0];
	enum judged judged;
	struct trial trial;

	if (load_again(o, first->engine, 0, &trial))
		return JUDGED_STOP;
	if (!trial.err)
		judged = judge_verifier(o, first->engine->name, "refused_the_first_time",
					first->trial.err, first->trial.log);
	else if (is_limit(&trial) || is_about_pointer(&trial))
		judged = what;
	else
		judged = judge_verifier(o, first->engine->name, "accepted_with_state_freq",
					trial.err, trial.log);
	trial_free(&trial);
	return judged;
}

/* @t: the load with FUZZ_STATE_FREQ; @what: what the input was judged to be without. */
static enum judged compare_state_freq(struct trial_of *o, struct trial *t, enum judged what)
{
	struct fuzz_result *s = o->result;
	struct finding f;

	if (attempt_died(t->how)) {
		finding_of(t, &f);
		s->console = t->console;
		t->console = NULL;
		what = f.kind == FINDING_CRASH
			       ? oracle_keep_death(
					 o, &f, NULL, "state_freq",
					 " (with BPF_F_TEST_STATE_FREQ, as on jit_state_freq)")
			       : JUDGED_SLOW;
		finding_free(&f);
	} else if (has_verdict(t) && s->accepted == t->refused) {
		what = s->accepted ? judge_verifier(o, s->e[0].engine->name,
						    "refused_with_state_freq", t->err, t->log)
				   : judge_accepted_with(o, what);
	}
	return what;
}

enum judged oracle_state_freq(struct trial_of *o, enum judged what)
{
	struct fuzz_target *t = o->j->t;
	const struct engine_result *first = &o->result->e[0];
	u64 start = clock_us();
	struct trial trial;

	if (!t->state_freq || o->j->freq_us > (start - o->j->start_us) / FREQ_SHARE ||
	    !has_verdict(&first->trial))
		return what;
	what = load_again(o, first->engine, FUZZ_STATE_FREQ, &trial)
		       ? JUDGED_STOP
		       : compare_state_freq(o, &trial, what);
	trial_free(&trial);
	o->j->freq++;
	o->j->freq_us += clock_us() - start;
	return what;
}
