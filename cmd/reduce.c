// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "cmd/cmd.h"
#include "cmd/lab_opts.h"
#include "lib/util.h"
#include "reduce/edit.h"
#include "reduce/reduce.h"
#include "reduce/subject.h"
#include "reduce/trace.h"

#define PROOFS		2	/* fresh boots in which a result must fail */

static void usage(FILE *f)
{
	fprintf(f, "usage: checkjit reduce --arch ARCH --image DIR --initrd FILE --id ID|--case FILE [OPTION...]\n\n"
		   "Shrink a failing case, program and inputs, while it fails in the same way on the first of the engines on\n"
		   "which it does. Every step is tried in the guest. The result is written when it has failed in %d guests\n"
		   "booted for it. `make reduce` calls it. Exit code 1: written; 2: the case does not fail, or not always.\n\n"
		   "  --out FILE           what to write (default: reduced-ID.case, dots for slashes, in this directory)\n"
		   "  --time S             stop after so many seconds with what there is (default 600)\n"
		   "  --steps N            and after so many steps (default: no limit)\n%s", PROOFS, lab_opts_help);
}

enum { OPT_OUT = 1, OPT_TIME, OPT_STEPS };

static const struct option options[] = {
	LAB_OPTIONS,
	{ "out", required_argument, NULL, OPT_OUT },
	{ "time", required_argument, NULL, OPT_TIME },
	{ "steps", required_argument, NULL, OPT_STEPS },
	{ "help", no_argument, NULL, 'h' },
	{}
};

struct reduction {
	struct lab *lab;
	const char *out;
	u32 max_seconds, max_steps;
	struct subject subject;
	struct reduce_stats stats;
	bool partial;		/* interrupted, or out of time */
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

/* What the first wrong instruction does, in some words; or how the whole shows. */
static char *in_words(const struct trace *t, const struct bpf_case *c, const struct finding *f)
{
	char insn[256];

	if (!t->found)
		return xstrdup(finding_text(f));
	trace_insn(insn, sizeof(insn), t, c);
	if (t->astray)
		return xasprintf("`%s` goes the other way", insn);
	if (t->finding.kind == FINDING_STATE && t->diffs.ndiffs)
		return xasprintf("`%s`: %s expected %s, observed %s", insn, t->diffs.diffs[0].what, t->diffs.diffs[0].expected,
				 t->diffs.diffs[0].observed);
	return xasprintf("`%s`: %s", insn, finding_text(f));
}

static void name_case(struct bpf_case *c, const struct bpf_case *orig, u32 vec, const struct reduction *r, const char *words)
{
	const char *rest = strchr(orig->id, '/'), *name = strrchr(orig->group, '/');
	const struct guest *g = &r->lab->r.first;
	char group[CASE_ID_MAX];

	rest = strncmp(orig->id, "reduced/", 8) && rest ? rest + 1 : orig->id;
	if (!strncmp(rest, "reduced/", 8))
		rest += 8;
	snprintf(c->id, sizeof(c->id), "reduced/%.*s", (int)(sizeof(c->id) - sizeof("reduced/")), rest);
	snprintf(group, sizeof(group), "reduced/%s", name ? name + 1 : orig->group);
	c->group = case_intern(group);
	/* it guards against what it shows now */
	free(c->guards);
	c->guards = NULL;
	free(c->doc);
	c->doc = xasprintf("reduced from %s.%u on %s %s, kernel %s: %s", orig->id, vec, r->lab->conf.guest.arch,
			   r->subject.engine->name, g->release, words);
}

static int write_case(const char *path, const struct bpf_case *c)
{
	char *tmp = xasprintf("%s.tmp", path);
	FILE *f = fopen(tmp, "w");
	bool ok = f;

	if (ok) {
		bpf_case_print(f, c, -1);
		ok = !ferror(f);
		ok &= !fclose(f);
	}
	ok = ok && !rename(tmp, path);
	if (!ok)
		pr_err("cannot write %s: %s", path, strerror(errno));
	if (!ok && f)
		unlink(tmp);
	free(tmp);
	return ok ? 0 : -EIO;
}

/* Prove, name, write. */
static int finish(struct reduction *r, const struct bpf_case *orig, struct bpf_case *best)
{
	struct subject *s = &r->subject;
	struct trace t = {};
	char *words;
	int ret;

	/* a signal has ended the search; the next one ends this */
	guest_stop = 0;
	ret = subject_prove(r->lab, s->engine, best, &s->finding, PROOFS);
	if (!ret) {
		pr_err("%s: flaky: what is left of it does not fail in a fresh guest; nothing written", orig->id);
		return -EAGAIN;
	}
	if (ret > 0)
		ret = trace_run(r->lab, s->engine, best, &s->finding, false, NULL, &t);
	if (ret)
		return ret;
	words = in_words(&t, best, &s->finding);
	trace_free(&t);
	name_case(best, orig, s->vec, r, words);
	free(words);
	ret = write_case(r->out, best);
	if (!ret)
		printf("%s: %u instructions of %u%s, %u steps in %.1f s; failed in %d fresh guests; written\n", r->out,
		       case_insns(best), case_insns(orig), r->partial ? " (not at the end: time or a signal)" : "", r->stats.steps,
		       r->stats.seconds, PROOFS);
	return ret;
}

/* ---- the way there ---- */

/* Of which form is the instruction that is at fault? A reduction must not slip to another. */
static int find_culprit(struct reduction *r)
{
	struct subject *s = &r->subject;
	struct trace t;
	int ret;

	if (s->finding.kind != FINDING_STATE)
		return 0;
	ret = trace_run(r->lab, s->engine, s->c, &s->finding, true, NULL, &t);
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
	struct hold hold = { .lab = r->lab, .engine = s->engine, .want = s->finding };
	struct reduce_conf conf = {
		.test = hold_test,
		.progress = progress,
		.ctx = &hold,
		.order = r->lab->r.first.order,
		.word_bits = r->lab->r.first.word_bits,
		.max_steps = r->max_steps,
		.max_seconds = r->max_seconds,
	};
	int patience = hold_hurry(r->lab), ret;

	ret = reduce_case(best, &conf, &r->stats);
	hold_patience(r->lab, patience);
	say_stats(&r->stats);
	r->partial = ret == -EINTR || ret == -ETIME;
	return r->partial ? 0 : ret;
}

static int reduce(struct reduction *r, const struct lab_opts *o, struct one_case *one)
{
	struct subject *s = &r->subject;
	struct bpf_case *best = NULL;
	int ret = subject_find(r->lab, o->engines, o->nengines, one->c, one->vec, s);

	if (!ret) {
		pr_info("reduce: %s.%u on %s: %s", one->c->id, s->vec, s->engine->name, finding_text(&s->finding));
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
	switch (ret) {
	case 0: return EXIT_FINDINGS;
	case -ENOENT:
		pr_err("%s: nothing to reduce: it does not fail", one->c->id);
		return EXIT_USAGE;
	case -EAGAIN:
	case -ENOTSUP: return EXIT_USAGE;
	case -EINTR:
		pr_err("interrupted; nothing written");
		return EXIT_INFRA;
	case -EIO: return EXIT_INFRA;
	default:
		pr_err("the guest does not come up any more; nothing written");
		return EXIT_INFRA;
	}
}

static int take_count(const char *name, const char *text, u32 *to)
{
	char *end;
	long v = strtol(text, &end, 10);

	if (*end || end == text || v < 1 || v > 100000000) {
		pr_err("--%s '%s' (expected a number from 1)", name, text);
		return -EINVAL;
	}
	*to = v;
	return 0;
}

static int take_option(struct reduction *r, struct lab_opts *o, int opt)
{
	switch (opt) {
	case OPT_OUT: r->out = optarg; return 0;
	case OPT_TIME: return take_count("time", optarg, &r->max_seconds);
	case OPT_STEPS: return take_count("steps", optarg, &r->max_steps);
	default: return lab_opts_take(o, opt, optarg);
	}
}

int cmd_reduce(int argc, char **argv)
{
	struct reduction r = { .max_seconds = 600 };
	struct one_case one;
	char *path = NULL;
	struct lab_opts o;
	struct lab lab;
	int opt, ret;

	lab_opts_init(&o);
	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt == 'h') {
			usage(stdout);
			return EXIT_OK;
		}
		if (take_option(&r, &o, opt))
			return EXIT_USAGE;
	}
	if (lab_opts_done(&o, "reduce") || one_case_load(&o, &one))
		return EXIT_USAGE;
	if (!r.out)
		r.out = path = default_path(one.c->id);
	ret = EXIT_INFRA;
	if (!lab_open(&lab, &o.guest)) {
		r.lab = &lab;
		ret = reduce(&r, &o, &one);
		lab_close(&lab);
	}
	one_case_free(&one);
	free(path);
	return ret;
}
