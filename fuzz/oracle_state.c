// SPDX-License-Identifier: GPL-2.0
/* The oracle `state`: a final state that is not the model's, traced to its first wrong insn. */
#include <errno.h>
#include <stdlib.h>
#include "bpf/asm.h"
#include "fuzz/oracle.h"
#include "lib/util.h"
#include "reduce/edit.h"
#include "reduce/trace.h"

#define TRACE_SHARE    5	/* tracing may take one part in this many of the time … */
#define TRACE_GRACE_US 20000000 /* … once it has taken this long */

bool oracle_is_wrong(const struct engine_result *e)
{
	return e->tried && (e->trial.differs || e->trial.nr_abi);
}

static const struct engine *wrong_engines(const struct fuzz_result *s, char *names, size_t size)
{
	const struct engine *first = NULL;
	size_t n = 0;

	for (u32 i = 0; i < FUZZ_ENGINES; i++) {
		if (!oracle_is_wrong(&s->e[i]))
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
			*text = xasprintf("%s: `%s`: %s expected %s, observed %s",
					  oracle_where(o->j), insn, t.diffs.diffs[0].what,
					  t.diffs.diffs[0].expected, t.diffs.diffs[0].observed);
		else
			*text = xasprintf("%s: `%s`: %s", oracle_where(o->j), insn,
					  t.astray ? "goes the other way"
						   : finding_text(&t.finding));
	} else {
		snprintf(b->what, sizeof(b->what), "untraced");
		snprintf(b->class, sizeof(b->class), "any");
		*text = xasprintf(
			"%s: the state is not the model's, and no instruction alone is to blame",
			oracle_where(o->j));
	}
	trace_free(&t);
	return 0;
}

/* Native code came back with a changed register of its caller. */
static char *abi_bucket(struct trial_of *o, const struct trial *t, struct bucket *b)
{
	snprintf(b->what, sizeof(b->what), "abi");
	bucket_words(b->class, t->abi->name);
	return xasprintf("%s: %s: %s", oracle_where(o->j), t->reason, t->detail);
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
		text = xasprintf("%s: wrong once, and not when it was run again",
				 oracle_where(o->j));
	}
	if (ret)
		what = ret == -EINTR ? JUDGED_STOP : JUDGED_NO_GUEST;
	else
		what = oracle_keep(o, b, c ? c : o->result->p.c, text, NULL);
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

enum judged oracle_state(struct trial_of *o)
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
