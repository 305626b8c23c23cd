// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "bpf/asm.h"
#include "fuzz/avoid.h"
#include "fuzz/judge.h"
#include "verifier/soundness.h"
#include "lib/util.h"
#include "reduce/edit.h"
#include "reduce/trace.h"
#include "session/raw.h"

#define TRACE_SHARE    5	/* tracing may take one part in this many of the time … */
#define TRACE_GRACE_US 20000000 /* … once it has taken this long */
#define SOUND_SHARE    10	/* the same for loads with a log at level 2 */
#define FREQ_SHARE     20	/* the same for loads with FUZZ_STATE_FREQ */
#define DEEP_ONE_IN    10	/* inputs for which we do not bound the work of the verifier */
#define SLOW_SECONDS                                                                        \
	180 /* a load that takes up to this long is slow, not hung: the verifier looks at a \
	       million states */

/* The result of an input that is judged. */
struct trial_of {
	struct judge *j;
	struct fuzz_result *result;
	const struct fuzz_input *in;
	const void *data;
	size_t len;
};

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

static enum judged keep(struct trial_of *o, struct bucket *b, struct bpf_case *c, const char *text,
			const char *console)
{
	struct find find = { .bucket = *b,
			     .c = c,
			     .text = text,
			     .console = console,
			     .input = o->data,
			     .len = o->len };

	return finds_add(o->j->finds, &find) > 0 ? JUDGED_NEW : JUDGED_AGAIN;
}

static const char *where(const struct judge *j)
{
	static char text[128];

	snprintf(text, sizeof(text), "%s, kernel %s", j->t->session.conf.arch,
		 j->t->session.first.release);
	return text;
}

/* ---- b: the kernel ---- */

/* Find the engine on which it happens again in a freshly booted guest. */
static int again(struct trial_of *o, const struct engine **engine, struct finding *f)
{
	struct fuzz_target *t = o->j->t;

	for (u32 i = 0; i < t->nengines; i++) {
		struct trial_ask ask = { .engine = t->engines[i],
					 .c = o->result->p.c,
					 .nr_vecs = o->result->p.nr_vecs };
		struct trial trial;
		int ret = session_try(&t->session, &ask, &trial);

		if (ret)
			return ret;
		finding_of(&trial, f);
		trial_free(&trial);
		*engine = t->engines[i];
		if (f->kind == FINDING_CRASH || f->kind == FINDING_HANG)
			return 1;
		finding_free(f);
	}
	return 0;
}

/* The verifier may need more memory than a small guest has; judge_memory() finds leaks. */
static bool out_of_memory(const char *console)
{
	return console &&
	       (strstr(console, "Out of memory") || strstr(console, "deadlocked on memory"));
}

/*
 * Are the words of this death those of a listed one? @engine: NULL where it did not happen again,
 * as when only a load with other flags or for the log leads to it.
 */
static bool is_listed(const struct trial_of *o, const struct engine *engine)
{
	const struct fuzz_target *t = o->j->t;

	for (u32 i = 0; i < t->nengines; i++) {
		if ((!engine || engine == t->engines[i]) &&
		    known_by_words(&o->j->known, t->engines[i]->name, t->session.first.release,
				   VERDICT_CRASH, o->result->console))
			return true;
	}
	return false;
}

/* Make a case of the input that loads, and runs as far as the model can tell what must come out. */
static void settle(struct prediction *p)
{
	p->c->outcome = p->nr_vecs ? OUTCOME_VALUE : OUTCOME_ACCEPT;
	if (p->nr_vecs)
		p->c->vecs->nvecs = p->nr_vecs;
}

/*
 * Keep a death. @engine: one on which it happens again with this input alone; NULL: none, and
 * @label stands for it in the bucket's name, @remark in the text.
 */
static enum judged keep_death(struct trial_of *o, const struct finding *first,
			      const struct engine *engine, const char *label, const char *remark)
{
	struct fuzz_result *s = o->result;
	struct bucket b = { .oracle = FUZZ_KERNEL };
	bool hang = first->kind == FINDING_HANG;
	enum judged what;
	char *text;

	if (is_listed(o, engine))
		return JUDGED_KNOWN;
	snprintf(b.engines, sizeof(b.engines), "%s", engine ? engine->name : label);
	snprintf(b.what, sizeof(b.what), "%s", hang ? "hang" : "console");
	bucket_words(b.class, first->words ? first->words : hang ? "no answer" : "");
	text = xasprintf("%s: %s%s", where(o->j), finding_text(first), engine ? "" : remark);
	settle(&s->p);
	what = keep(o, &b, s->p.c, text, s->console);
	free(text);
	return what;
}

/* Keep a death that did not happen again. */
static enum judged keep_unattributed(struct trial_of *o, const struct finding *first)
{
	return keep_death(o, first, NULL, "unattributed",
			  " (not reproduced alone in a fresh guest: it may be the doing of an "
			  "input before it)");
}

static enum judged died(struct trial_of *o)
{
	struct fuzz_result *s = o->result;
	struct trial seen = { .verdict = s->how == ATTEMPT_HUNG ? VERDICT_TIMEOUT : VERDICT_CRASH,
			      .console = s->console };
	const struct engine *engine = NULL;
	struct finding first, f = {};
	enum judged what;
	int ret, patience;

	settle(&o->result->p);
	finding_of(&seen, &first);
	patience = session_patience(
		&o->j->t->session,
		first.kind == FINDING_HANG ? SLOW_SECONDS : o->j->t->session.conf.reply_timeout);
	ret = again(o, &engine, &f);
	session_patience(&o->j->t->session, patience);
	if (!ret && (first.kind == FINDING_HANG || out_of_memory(s->console)))
		what = JUDGED_SLOW;
	else
		what = ret > 0 ? keep_death(o, &first, engine, NULL, NULL)
			       : keep_unattributed(o, &first);
	finding_free(&first);
	finding_free(&f);
	return ret == -EINTR ? JUDGED_STOP : what;
}

static enum judged judge_memory(struct trial_of *o)
{
	struct fuzz_memory *m = &o->j->t->memory;
	struct bucket b = {
		.oracle = FUZZ_KERNEL, .engines = "all", .what = "memory", .class = "growth"
	};
	char *text = xasprintf("%s: %llu KiB lost in %u loads, after a grace period", where(o->j),
			       (unsigned long long)m->lost_kb, m->shrunk * FUZZ_LOADS);
	enum judged what = keep(o, &b, NULL, text, NULL);

	free(text);
	/* not new from here on */
	fuzz_memory_reset(m);
	return what;
}

/* ---- c: the verifier against itself ---- */

static enum judged judge_verifier(struct trial_of *o, const char *engines, const char *what,
				  u32 err, const char *log)
{
	struct bucket b = { .oracle = FUZZ_VERIFIER };
	char *words = log ? verifier_words(log) : NULL, *text;
	enum judged judged;

	snprintf(b.engines, sizeof(b.engines), "%s", engines);
	snprintf(b.what, sizeof(b.what), "%s", what);
	bucket_words(b.class, words ? words : "");
	text = xasprintf("%s: %s: errno %u, %s", where(o->j), what, err,
			 words ? words : "no words");
	settle(&o->result->p);
	judged = keep(o, &b, o->result->p.c, text, log);
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

/* errno EFAULT means an internal error of the verifier. */
static enum judged judge_confused(struct trial_of *o)
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
		return died(o);
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

/* Accepted for the first engine and refused for @e: does the first one still accept it? */
static enum judged judge_refused_later(struct trial_of *o, const struct engine_result *e)
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

/* ---- a: the state ---- */

static bool is_wrong(const struct engine_result *e)
{
	return e->tried && (e->trial.differs || e->trial.nr_abi);
}

static const struct engine *wrong_engines(const struct fuzz_result *s, char *names, size_t size)
{
	const struct engine *first = NULL;
	size_t n = 0;

	for (u32 i = 0; i < FUZZ_ENGINES; i++) {
		if (!is_wrong(&s->e[i]))
			continue;
		n += snprintf(names + n, size - n, "%s%s", first ? "+" : "", s->e[i].engine->name);
		if (!first)
			first = s->e[i].engine;
	}
	return first;
}

/* The bucket of a case with one vector that shows @f: 0 or -errno of session_try(). */
static int trace_bucket(struct trial_of *o, const struct engine *e, struct bpf_case *c,
			const struct finding *f, struct bucket *b, char **text)
{
	char insn[256];
	struct trace t;
	int ret = trace_run(&o->j->t->session, e, c, f, true, NULL, &t);

	if (ret)
		return ret;
	if (t.found) {
		bucket_insn(b, t.insn, t.before[t.insn[0].src < CASE_REGS ? t.insn[0].src : 0]);
		trace_insn(insn, sizeof(insn), &t, c);
		if (t.diffs.ndiffs)
			*text = xasprintf("%s: `%s`: %s expected %s, observed %s", where(o->j),
					  insn, t.diffs.diffs[0].what, t.diffs.diffs[0].expected,
					  t.diffs.diffs[0].observed);
		else
			*text = xasprintf("%s: `%s`: %s", where(o->j), insn,
					  t.astray ? "goes the other way"
						   : finding_text(&t.finding));
	} else {
		snprintf(b->what, sizeof(b->what), "untraced");
		snprintf(b->class, sizeof(b->class), "any");
		*text = xasprintf(
			"%s: the state is not the model's, and no instruction alone is to blame",
			where(o->j));
	}
	trace_free(&t);
	return 0;
}

/* Native code came back with a changed register of its caller. */
static char *abi_bucket(struct trial_of *o, const struct trial *t, struct bucket *b)
{
	snprintf(b->what, sizeof(b->what), "abi");
	bucket_words(b->class, t->abi->name);
	return xasprintf("%s: %s: %s", where(o->j), t->reason, t->detail);
}

static enum judged judge_wrong(struct trial_of *o, const struct engine *e, struct bucket *b)
{
	struct fuzz_target *t = o->j->t;
	struct trial_ask ask = { .engine = e,
				 .c = o->result->p.c,
				 .nr_vecs = o->result->p.nr_vecs };
	struct bpf_case *c = NULL;
	char *text = NULL;
	struct finding f;
	struct trial trial;
	enum judged what;
	int ret;

	o->result->p.c->outcome = OUTCOME_VALUE;
	ret = session_try(&t->session, &ask, &trial);
	if (ret)
		return ret == -EINTR ? JUDGED_STOP : JUDGED_NO_GUEST;
	finding_of(&trial, &f);
	if (trial.nr_abi) {
		c = case_dup_vec(o->result->p.c, trial.abi_vec, t->session.first.order);
		text = abi_bucket(o, &trial, b);
	} else if (f.kind == FINDING_STATE) {
		c = case_dup_vec(o->result->p.c, trial.diff.vec, t->session.first.order);
		ret = trace_bucket(o, e, c, &f, b, &text);
	} else {
		snprintf(b->what, sizeof(b->what), "flaky");
		snprintf(b->class, sizeof(b->class), "not_reproduced");
		text = xasprintf("%s: wrong once, and not when it was run again", where(o->j));
	}
	if (ret)
		what = ret == -EINTR ? JUDGED_STOP : JUDGED_NO_GUEST;
	else
		what = keep(o, b, c ? c : o->result->p.c, text, NULL);
	free(text);
	bpf_case_free(c);
	finding_free(&f);
	trial_free(&trial);
	return what;
}

static bool no_time(const struct judge *j)
{
	return !j->patient && j->traced_us > TRACE_GRACE_US &&
	       j->traced_us > (clock_us() - j->start_us) / TRACE_SHARE;
}

static enum judged judge_state(struct trial_of *o)
{
	struct bucket b = { .oracle = FUZZ_STATE };
	const struct engine *e = wrong_engines(o->result, b.engines, sizeof(b.engines));
	u64 start = clock_us();
	enum judged what;

	if (no_time(o->j)) {
		finds_later(o->j->finds, o->j->t->raw, o->data, o->len);
		return JUDGED_LATER;
	}
	what = judge_wrong(o, e, &b);
	o->j->traced_us += clock_us() - start;
	return what;
}

/* ---- d: what the verifier takes the registers to be ---- */

static enum judged keep_unsound(struct trial_of *o, const struct soundness_report *rep)
{
	struct bucket b = { .oracle = FUZZ_SOUNDNESS, .engines = "verifier" };
	const struct code *code = &o->result->p.c->progs[0];
	char insn[128] = "?", *text;
	enum judged what;

	if (rep->slot < code->cnt) {
		bucket_insn(&b, &code->insns[rep->slot], 0);
		insn_print(insn, sizeof(insn), &code->insns[rep->slot]);
	} else {
		snprintf(b.what, sizeof(b.what), "unknown");
	}
	bucket_words(b.class, rep->broken);
	b.class[strcspn(b.class, "0123456789")] = 0;
	if (!*b.class)
		snprintf(b.class, sizeof(b.class), "any");
	text = xasprintf("%s: after `%s` the verifier has %s, but %s does not hold: it is 0x%llx",
			 where(o->j), insn, rep->stated, rep->broken,
			 (unsigned long long)rep->value);
	o->result->p.c->outcome = OUTCOME_VALUE;
	what = keep(o, &b, o->result->p.c, text, NULL);
	free(text);
	return what;
}

/* Load it once more with the full log. Not every program: logging is what takes the time. */
static enum judged judge_soundness(struct trial_of *o)
{
	struct fuzz_target *t = o->j->t;
	struct trial_ask ask = { .engine = o->result->e[0].engine,
				 .c = o->result->p.c,
				 .nr_vecs = 1,
				 .flags = WIRE_LOG2 };
	enum judged what = JUDGED_FINE;
	struct soundness_report rep;
	u64 start = clock_us();
	struct trial trial;

	if (o->j->sound_us > (start - o->j->start_us) / SOUND_SHARE)
		return JUDGED_FINE;
	if (session_try(&t->session, &ask, &trial))
		return JUDGED_STOP;
	if (trial.log && !trial.err) {
		const struct soundness_where at = {
			.place = trial.place,
			.order = t->session.first.order,
			.word_bits = t->session.first.word_bits,
			.accepted = true,
		};

		if (fuzz_soundness(&at, o->result->p.c, 0, o->result->p.nr_vecs, trial.log,
				   strlen(trial.log), &rep) > 0)
			what = keep_unsound(o, &rep);
		o->j->sound++;
	}
	trial_free(&trial);
	o->j->sound_us += clock_us() - start;
	return what;
}

/* ---- c: the verifier keeps states at other places ---- */

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
 * are kept decides whether the second path is walked, and whether a refusal of pointers is met.
 */
static bool is_about_pointer(const struct trial *t)
{
	return t->log && (strstr(t->log, "pointer") || strstr(t->log, "expected=scalar"));
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
			       ? keep_death(o, &f, NULL, "state_freq",
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

/* Load it once more with FUZZ_STATE_FREQ, which decides when states are kept and nothing else. */
static enum judged judge_state_freq(struct trial_of *o, enum judged what)
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

/* ---- all of them ---- */

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
		return judge_confused(o);
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

		if (is_wrong(e))
			return judge_state(o);
		if (i && e->tried && s->accepted && t->refused && !t->needs_jit &&
		    t->err != ENOMEM && t->err != EAGAIN)
			return judge_refused_later(o, e);
		odd |= e->tried && (t->verdict == VERDICT_ERROR ||
				    (t->stage != WIRE_STAGE_OK && !t->needs_jit));
		known |= e->tried && t->verdict == VERDICT_XFAIL;
	}
	if (known && !odd)
		return JUDGED_KNOWN;
	if (odd || !s->p.nr_vecs)
		return odd ? JUDGED_ODD : JUDGED_UNMODELLED;
	return o->j->t->raw ? JUDGED_FINE : judge_soundness(o);
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
		return died(o);
	}
	what = judge_answers(o);
	if (!o->j->t->raw &&
	    (what == JUDGED_FINE || what == JUDGED_UNMODELLED || what == JUDGED_REFUSED))
		what = judge_state_freq(o, what);
	if (fuzz_target_check_memory(o->j->t) > 0)
		what = judge_memory(o);
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
	if (how != ATTEMPT_CRASHED || out_of_memory(console) ||
	    fuzz_input_parse(&in, data, len, NULL))
		return what;
	result.p.c = fuzz_target_case(j->t, &in);
	fuzz_target_model(j->t, &result.p);
	finding_of(&seen, &f);
	what = keep_unattributed(&o, &f);
	finding_free(&f);
	prediction_free(&result.p);
	bpf_case_free(result.p.c);
	return what;
}

enum judged judge_guest(struct judge *j)
{
	struct trial_of o = { .j = j };

	return fuzz_target_check_memory(j->t) > 0 ? judge_memory(&o) : JUDGED_FINE;
}
