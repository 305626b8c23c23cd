// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "lib/util.h"
#include "session/judge.h"
#include "session/raw.h"
#include "session/trap.h"
#include "session/trial.h"

void trial_free(struct trial *t)
{
	free(t->reason);
	free(t->detail);
	diff_free(&t->diff);
	free(t->abi);
	free(t->log);
	free(t->console);
	memset(t, 0, sizeof(*t));
}

char *trial_text(const struct trial *t)
{
	return xasprintf("%s%s%s", t->reason ? t->reason : "", t->detail ? ": " : "",
			 t->detail ? t->detail : "");
}

static void run(struct session *s, const struct engine *e, struct prediction *p,
		enum wrapper_kind kind, u32 flags, struct trial *out)
{
	struct exec *x = exec_new(s, e, &p, 1, kind, flags);
	struct reply reply;
	char *console;
	enum attempt how = exec_run(s, x, &reply, &console);

	judge(s, x, 0, how, &reply, console, out);
	exec_free(x);
}

/* Does the interpreter of the same kernel run @p, which native engine @e refuses? */
static bool interpreted(struct session *s, const struct engine *e, struct prediction *p,
			enum wrapper_kind kind)
{
	const struct engine *interp = engine_interp(e);
	char *lacks = engine_lacks(interp, &s->first, p->c);
	struct trial t;
	bool ran;

	if (lacks) {
		free(lacks);
		return false;
	}
	run(s, interp, p, kind, 0, &t);
	ran = t.how == ATTEMPT_ANSWERED && t.stage == WIRE_STAGE_OK;
	trial_free(&t);
	return ran;
}

/*
 * If neither standard nor prediction, run it again to see which jumps the verifier replaced: a
 * faulty machine does not decide these. A death in that run counts.
 */
static void try_wired(struct session *s, const struct engine *e, struct prediction *p,
		      enum wrapper_kind kind, u32 flags, struct trial *out)
{
	struct trial t;

	if (!out->differs || !out->quirks || e->raw)
		return;
	run(s, e, p, kind, flags | WIRE_DUMP | WIRE_XLATED | WIRE_LINFO, &t);
	if (t.how != ATTEMPT_ANSWERED || t.verdict == VERDICT_XFAIL) {
		trial_free(out);
		*out = t;
	} else {
		trial_free(&t);
	}
}

/*
 * A kernel that refuses a program because only native code could run it contradicts itself if its
 * interpreter runs it: what the JIT cannot compile must fall back.
 */
void trial_run(struct session *s, const struct engine *e, struct prediction *p,
	       enum wrapper_kind kind, u32 flags, struct trial *out)
{
	run(s, e, p, kind, flags, out);
	try_wired(s, e, p, kind, flags, out);
	if (out->verdict != VERDICT_FALLBACK || !out->needs_jit || !interpreted(s, e, p, kind))
		return;
	free(out->reason);
	out->verdict = VERDICT_REJECT;
	out->reason = xstrdup("refused, not left to the interpreter, which can run it");
}

char *session_unchecked(const struct session *s, const struct engine *e, const struct prediction *p)
{
	const struct guest *g = &s->first;

	if (e->unpriv)
		return trap_reached(p->c, p->first_vec, p->nr_vecs, g->order, g->word_bits,
				    &s->quirks[e->wire]);
	if (!e->raw || g->have[CAP_RAW_UNGUARDED])
		return NULL;
	return raw_unchecked(p->c, p->first_vec, p->nr_vecs, g->order, g->word_bits);
}

int session_try(struct session *s, const struct trial_ask *ask, struct trial *out)
{
	struct prediction p = {
		.c = ask->c,
		.first_vec = ask->first_vec,
		.nr_vecs = ask->nr_vecs ? ask->nr_vecs : ask->c->vecs->nvecs,
	};

	memset(out, 0, sizeof(*out));
	if (session_boot(s))
		return guest_stop ? -EINTR : -ENODEV;
	out->reason = engine_lacks(ask->engine, &s->first, ask->c);
	if (!out->reason)
		out->reason = session_unchecked(s, ask->engine, &p);
	if (out->reason)
		out->verdict = VERDICT_SKIP;
	else if (!predict_all(&p, s->first.order, s->first.word_bits))
		*out = (struct trial){ .verdict = VERDICT_ERROR, .reason = xstrdup(p.fault) };
	else
		trial_run(s, ask->engine, &p, ask->wrapper, WIRE_DUMP | ask->flags, out);
	prediction_free(&p);
	return out->how == ATTEMPT_STOPPED ? -EINTR : out->how == ATTEMPT_NO_GUEST ? -ENODEV : 0;
}
