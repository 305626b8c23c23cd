// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "lib/util.h"
#include "reduce/edit.h"
#include "reduce/subject.h"

#define REPEATS 4 /* repetitions in the same guest */
#define DEATHS	1 /* repetitions if it kills the guest */

static int one_trial(struct session *session, const struct engine *e, struct bpf_case *c, u32 first,
		     u32 cnt, struct trial *t, struct finding *f)
{
	struct trial_ask ask = { .engine = e, .c = c, .first_vec = first, .nr_vecs = cnt };
	int ret = session_try(session, &ask, t);

	if (!ret)
		finding_of(t, f);
	return ret;
}

static void say_verdict(const struct engine *e, const struct bpf_case *c, const struct trial *t)
{
	char *text = trial_text(t);

	pr_err("%s: %s on %s%s%s", c->id, verdicts[t->verdict].name, e->name, *text ? ": " : "",
	       text);
	free(text);
}

/* The guest died during many vectors: which one kills it? */
static int dying_vec(struct session *session, const struct engine *e, struct bpf_case *c, u32 first,
		     u32 cnt, u32 *vec)
{
	for (u32 v = first; v < first + cnt; v++) {
		struct finding f;
		struct trial t;
		int ret = one_trial(session, e, c, v, 1, &t, &f);
		enum finding_kind kind = f.kind;

		if (ret)
			return ret;
		finding_free(&f);
		trial_free(&t);
		*vec = v;
		if (kind != FINDING_NONE)
			return 0;
	}
	pr_err("%s: %s: all %u vectors together kill the guest, none does alone", c->id, e->name,
	       cnt);
	return -EAGAIN;
}

/* Repeat it several times. */
static int confirm(struct session *session, struct subject *s)
{
	bool deadly = s->finding.kind == FINDING_CRASH || s->finding.kind == FINDING_HANG;
	u32 times = deadly ? DEATHS : REPEATS, same = 0;

	for (u32 i = 0; i < times; i++) {
		struct finding f;
		struct trial t;
		int ret = one_trial(session, s->engine, s->c, 0, 1, &t, &f);

		if (ret)
			return ret;
		same += finding_same(&f, &s->finding);
		finding_free(&f);
		trial_free(&t);
	}
	if (same == times)
		return 0;
	pr_err("%s.%u: %s: flaky: %u of %u repetitions fail in the same way", s->c->id, s->vec,
	       s->engine->name, same, times);
	return -EAGAIN;
}

/* The first engine and vector that fail. Returns as subject_find(); *@known: one does as predicted.
 */
static int first_failure(struct session *session, const struct engine *const *engines, u32 nengines,
			 struct bpf_case *c, u32 first, u32 cnt, struct subject *out, bool *known)
{
	int ret = -ENOENT;

	*known = false;
	for (u32 i = 0; i < nengines && ret == -ENOENT; i++) {
		struct trial t;

		ret = one_trial(session, engines[i], c, first, cnt, &t, &out->finding);
		if (ret)
			return ret;
		*known |= t.verdict == VERDICT_XFAIL;
		out->engine = engines[i];
		out->vec = t.diff.failed ? t.diff.vec : first;
		if (out->finding.kind == FINDING_NONE) {
			say_verdict(engines[i], c, &t);
			ret = verdicts[t.verdict].exit == EXIT_FINDINGS ? -ENOTSUP : -ENOENT;
		}
		trial_free(&t);
	}
	return ret;
}

int subject_find(struct session *session, const struct engine *const *engines, u32 nengines,
		 struct bpf_case *c, long vec, struct subject *out)
{
	u32 first = vec < 0 ? 0 : vec, cnt = vec < 0 ? c->vecs->nvecs : 1;
	bool known;
	int ret;

	memset(out, 0, sizeof(*out));
	if (c->type == CASE_TYPE_CLASSIC) {
		pr_err("%s: classic filters are not supported (expected an eBPF case)", c->id);
		return -ENOTSUP;
	}
	if (c->attach) {
		pr_err("%s: attached programs are not supported", c->id);
		return -ENOTSUP;
	}
	ret = first_failure(session, engines, nengines, c, first, cnt, out, &known);
	if (ret == -ENOENT && known) {
		session_expect(session, NULL);
		ret = first_failure(session, engines, nengines, c, first, cnt, out, &known);
	}
	if (ret == -ENOTSUP)
		pr_err("%s: only wrong states, refusals, crashes and hangs can be traced or "
		       "reduced",
		       c->id);
	if (ret)
		return ret;
	if (cnt > 1 && (out->finding.kind == FINDING_CRASH || out->finding.kind == FINDING_HANG))
		ret = dying_vec(session, out->engine, c, first, cnt, &out->vec);
	if (ret)
		return ret;
	out->c = case_dup_vec(c, out->vec, session->first.order);
	return confirm(session, out);
}

void subject_free(struct subject *s)
{
	bpf_case_free(s->c);
	finding_free(&s->finding);
}

int subject_prove(struct session *session, const struct engine *engine, struct bpf_case *c,
		  const struct finding *want, u32 boots)
{
	struct hold h = { .session = session, .engine = engine, .want = *want };
	int ret = 1;

	for (u32 i = 0; i < boots && ret > 0; i++) {
		session_end(session);
		ret = hold_test(&h, c);
	}
	return ret;
}

int subject_exit(int ret, const struct bpf_case *c, const char *what)
{
	switch (ret) {
	case 0:
		return EXIT_FINDINGS;
	case -ENOENT:
		pr_err("%s: nothing to %s: it does not fail", c->id, what);
		return EXIT_USAGE;
	case -EAGAIN:
	case -ENOTSUP:
		return EXIT_USAGE;
	case -EINTR:
		pr_err("%s: interrupted", what);
		return EXIT_INFRA;
	case -EIO:
		return EXIT_INFRA; /* lib/outfile.h has printed it */
	default:
		pr_err("%s: the guest no longer comes up", what);
		return EXIT_INFRA;
	}
}
