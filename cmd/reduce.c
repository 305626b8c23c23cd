// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <time.h>
#include "cmd/cmd.h"
#include "cmd/lab_opts.h"
#include "lib/outfile.h"
#include "lib/util.h"
#include "reduce/edit.h"
#include "reduce/reduce.h"
#include "reduce/subject.h"
#include "reduce/trace.h"

#define PROOFS 2 /* fresh boots in which a result must fail */

struct reduction {
	struct session *session;
	const char *out;
	int max_seconds, max_steps;
	struct subject subject;
	struct reduce_stats stats;
	bool partial; /* interrupted, or out of time */
};

static const struct opt rows[] = {
	OPT_TEXT("out", "FILE", struct reduction, out,
		 "file to write (default: reduced-ID.case, dots for slashes, in this\ndirectory)"),
	OPT_NUMBER("time", "S", struct reduction, max_seconds, 1, 1000000,
		   "stop after so many seconds (default 600)"),
	OPT_NUMBER("steps", "N", struct reduction, max_steps, 1, 100000000,
		   "and after so many steps (default: no limit)"),
	{}
};

static void say_stats(const struct reduce_stats *s)
{
	pr_info("reduce: %u steps, %u instructions left, %.0f steps/min", s->steps, s->insns,
		s->seconds > 0 ? s->steps * 60 / s->seconds : 0);
}

static void progress(void *ctx, const struct reduce_stats *s)
{
	static double last;

	(void)ctx;
	if (s->seconds - last < 2)
		return;
	last = s->seconds;
	say_stats(s);
}

/* ---- the result ---- */

static char *default_path(const char *id)
{
	char *path = xasprintf("reduced-%s.case", id);

	for (char *p = path; *p; p++)
		if (*p == '/')
			*p = '.';
	return path;
}

/* Describes what the first wrong instruction does, or else how the whole case fails. */
static char *in_words(const struct trace *t, const struct bpf_case *c, const struct finding *f)
{
	char insn[256];

	if (!t->found)
		return xstrdup(finding_text(f));
	trace_insn(insn, sizeof(insn), t, c);
	if (t->astray)
		return xasprintf("`%s` goes the other way", insn);
	if (t->finding.kind == FINDING_STATE && t->diffs.ndiffs)
		return xasprintf("`%s`: %s expected %s, observed %s", insn, t->diffs.diffs[0].what,
				 t->diffs.diffs[0].expected, t->diffs.diffs[0].observed);
	return xasprintf("`%s`: %s", insn, finding_text(f));
}

static void name_case(struct bpf_case *c, const struct bpf_case *orig, u32 vec,
		      const struct reduction *r, const char *words)
{
	const char *rest = strchr(orig->id, '/'), *name = strrchr(orig->group, '/');
	const struct guest *g = &r->session->first;
	char group[CASE_ID_MAX];

	rest = strncmp(orig->id, "reduced/", 8) && rest ? rest + 1 : orig->id;
	if (!strncmp(rest, "reduced/", 8))
		rest += 8;
	snprintf(c->id, sizeof(c->id), "reduced/%.*s", (int)(sizeof(c->id) - sizeof("reduced/")),
		 rest);
	snprintf(group, sizeof(group), "reduced/%s", name ? name + 1 : orig->group);
	c->group = case_intern(group);
	/* `guards` lines belong to the original case */
	free(c->guards);
	c->guards = NULL;
	free(c->doc);
	c->doc = xasprintf("reduced from %s.%u on %s %s, kernel %s: %s", orig->id, vec,
			   r->session->conf.arch, r->subject.engine->name, g->release, words);
}

static int write_case(const char *path, const struct bpf_case *c)
{
	struct outfile out;

	if (outfile_open(&out, path))
		return -EIO;
	bpf_case_print(out.f, c, -1);
	return outfile_close(&out, true) ? -EIO : 0;
}

/* Prove, name and write the result. */
static int finish(struct reduction *r, const struct bpf_case *orig, struct bpf_case *best)
{
	struct subject *s = &r->subject;
	struct trace t = {};
	char *words;
	int ret;

	/* the first signal ended the search, the next one ends this */
	guest_stop = 0;
	ret = subject_prove(r->session, s->engine, best, &s->finding, PROOFS);
	if (!ret) {
		pr_err("%s: flaky: the reduced case does not fail in a fresh guest; nothing "
		       "written",
		       orig->id);
		return -EAGAIN;
	}
	if (ret > 0)
		ret = trace_run(r->session, s->engine, best, &s->finding, false, NULL, &t);
	if (ret)
		return ret;
	words = in_words(&t, best, &s->finding);
	trace_free(&t);
	name_case(best, orig, s->vec, r, words);
	free(words);
	ret = write_case(r->out, best);
	if (!ret)
		printf("%s: %u instructions of %u%s, %u steps in %.1f s; failed in %d fresh "
		       "guests; written\n",
		       r->out, case_insns(best), case_insns(orig),
		       r->partial ? " (not at the end: time or a signal)" : "", r->stats.steps,
		       r->stats.seconds, PROOFS);
	return ret;
}

/* ---- the way there ---- */

/* Find the form of the insn at fault: a reduction must not slip to another bug. */
static int find_culprit(struct reduction *r)
{
	struct subject *s = &r->subject;
	struct trace t;
	int ret;

	if (s->finding.kind != FINDING_STATE)
		return 0;
	ret = trace_run(r->session, s->engine, s->c, &s->finding, true, NULL, &t);
	if (!ret && t.found && t.candidates == 1) {
		char text[256];

		trace_insn(text, sizeof(text), &t, s->c);
		pr_info("reduce: the first wrong instruction is %s", text);
		s->finding.culprit = insn_lookup(t.insn);
	}
	trace_free(&t);
	return ret;
}

static int shrink(struct reduction *r, struct bpf_case **best)
{
	struct subject *s = &r->subject;
	struct hold hold = { .session = r->session, .engine = s->engine, .want = s->finding };
	struct reduce_conf conf = {
		.test = hold_test,
		.progress = progress,
		.ctx = &hold,
		.order = r->session->first.order,
		.word_bits = r->session->first.word_bits,
		.max_steps = r->max_steps,
		.max_seconds = r->max_seconds,
	};
	int patience = session_hurry(r->session), ret;

	ret = reduce_case(best, &conf, &r->stats);
	session_patience(r->session, patience);
	say_stats(&r->stats);
	r->partial = ret == -EINTR || ret == -ETIME;
	return r->partial ? 0 : ret;
}

static int reduce(void *ctx, struct session *session, const struct lab_opts *o,
		  struct one_case *one)
{
	struct reduction *r = ctx;
	struct subject *s = &r->subject;
	char *path = r->out ? NULL : default_path(one->c->id);
	struct bpf_case *best = NULL;
	int ret;

	r->session = session;
	if (path)
		r->out = path;
	ret = subject_find(session, o->engines, o->nengines, one->c, one->vec, s);
	if (!ret) {
		pr_info("reduce: %s.%u on %s: %s", one->c->id, s->vec, s->engine->name,
			finding_text(&s->finding));
		ret = find_culprit(r);
	}
	if (!ret) {
		best = case_dup(s->c);
		ret = shrink(r, &best);
	}
	if (!ret)
		ret = finish(r, one->c, best);
	bpf_case_free(best);
	subject_free(s);
	free(path);
	return subject_exit(ret, one->c, "reduce");
}

int cmd_reduce(int argc, char **argv)
{
	struct reduction r = { .max_seconds = 600 };
	const struct lab_command cmd = {
		.usage = {
			.name = "reduce",
			.head = "usage: checkjit reduce --arch ARCH --image DIR --initrd FILE "
				"--id ID|--case FILE [OPTION...]\n\n"
				"Shrink a failing case, program and inputs, while it fails in "
				"the same way on the first of the\n"
				"engines on which it does. Every step is tried in the guest. The "
				"result is written when it has\n"
				"failed in two guests booted for it. `make reduce` calls it.\n\n",
			.foot = "Exit codes: 1 written, 2 the case does not fail, or not always.\n",
		},
		.known = true,
		.rows = rows,
		.run = reduce,
		.ctx = &r,
	};

	return lab_command(&cmd, argc, argv);
}
