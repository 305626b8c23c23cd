// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "bpf/cap_names.h"
#include "campaign/batch.h"
#include "campaign/cost.h"
#include "campaign/pipeline.h"
#include "campaign/progress.h"
#include "campaign/reach.h"
#include "campaign/run_sweep.h"
#include "lib/util.h"
#include "session/null_case.h"

/* Plan the verdicts on a case of @reach. */
static void plan_case(struct campaign *c, u32 reach)
{
	for (u32 i = 0; i < c->conf->nengines; i++) {
		const struct engine *e = c->conf->engines[i];

		if (!reach_has(reach, e, &c->session.first))
			continue;
		c->planned++;
		c->planned_work += verdict_work(e);
	}
}

/* Plan the verdicts of a whole run, including those on the null block. */
static void plan_verdicts(struct campaign *c)
{
	struct sweep_pick pick;
	struct sweep s;

	plan_case(c, REACH_ALL);
	for (u32 i = 0; i < c->plan->cnt; i++)
		plan_case(c, c->plan->entries[i].reach);
	if (sweep_open(&s, &c->conf->sweep))
		return;
	while (sweep_family(&s))
		while (sweep_step(&s, &pick))
			plan_case(c, reach_of(&s, &pick, c->conf->share));
}

/* Copy what the guest reported about itself. */
static void fill_info(const struct campaign *c, struct run_info *info)
{
	const struct guest *g = &c->session.first;

	info->kernel = xstrdup(g->release);
	info->machine = xstrdup(g->machine);
	info->word_bits = g->word_bits;
	info->order = xstrdup(g->order == ORDER_BE ? "big" : "little");
	info->ncaps = NR_CAPS;
	info->caps = xcalloc(NR_CAPS, sizeof(*info->caps));
	for (int i = 0; i < NR_CAPS; i++) {
		info->caps[i].name = xstrdup(cap_name(i));
		info->caps[i].have = g->have[i];
		info->caps[i].err = g->cap_err[i];
	}
	info->nengines = c->conf->nengines;
	info->engines = xcalloc(info->nengines, sizeof(*info->engines));
	for (u32 i = 0; i < info->nengines; i++)
		info->engines[i] = xstrdup(c->conf->engines[i]->name);
	info->planned = c->planned;
}

static void stats_total(struct campaign *c, FILE *f)
{
	const struct campaign_stats *stats = &c->stats;
	struct cost all = cost_now(c);
	char more[128];

	snprintf(more, sizeof(more), " boots=%u hello_s=%.3f first_s=%.3f host_cpu_s=%.3f",
		 c->session.boots, stats->hello_ms / 1e3, stats->first_ms / 1e3,
		 (double)clock() / CLOCKS_PER_SEC);
	stats_line(f, "engine", "all", &all, more);
	progress_end(c, all.seconds);
}

static bool run_written(struct campaign *c)
{
	bool go_on = true;

	for (u32 i = 0; go_on && i < c->conf->nengines; i++) {
		struct cost before = cost_now(c);

		if (!in_pass(c, i))
			continue;
		c->parts_until = before;
		go_on = engine_begin(c, i) && engine_run(c, i);
		cost_spent(c, "engine", c->conf->engines[i]->name, &before);
	}
	return go_on;
}

static bool has_pass(const struct campaign *c)
{
	for (u32 i = 0; i < c->conf->nengines; i++)
		if (in_pass(c, i))
			return true;
	return false;
}

/*
 * Run all cases on the raw engines, then on those that verify. What the raw engines can show of a
 * JIT they show in a tenth of the time.
 */
static bool run_passes(struct campaign *c)
{
	bool go_on = true;

	for (u32 pass = 0; go_on && pass < 2; pass++) {
		c->raw = !pass;
		if (has_pass(c))
			go_on = run_written(c) && run_sweep(c);
	}
	return go_on;
}

/* Record a kernel complaint after the last answer as a death that no case repeats. */
static void goodbye(struct campaign *c)
{
	const struct engine *last = c->conf->engines[c->conf->nengines - 1];
	char *words;

	if (!c->session.up)
		return;
	session_end(&c->session);
	words = guest_splat(&c->session.guest);
	if (words)
		batch_unattributed(c, last, ATTEMPT_CRASHED, words, NULL, 0);
	free(words);
}

/* Did as many findings as were asked for end the run? */
static bool has_enough(const struct campaign *c)
{
	return c->session.stop && !c->broken && !guest_stop;
}

static void say_stopped(const struct campaign *c, bool done)
{
	const char *arch = c->conf->guest.arch;

	if (done)
		return;
	if (has_enough(c))
		pr_info("%s: stopped after %u finding%s", arch, c->findings,
			c->findings == 1 ? "" : "s");
	else
		pr_err("%s: stopped %s; verdicts are kept (RESUME=1 continues the run)", arch,
		       guest_stop  ? "by a signal"
		       : c->broken ? "because the results cannot be written"
				   : "because the guest no longer comes up");
}

static FILE *open_stats(const struct run_conf *conf)
{
	char *path = xasprintf("%s/%s.stats", conf->rundir, conf->guest.arch);
	FILE *f = fopen(path, "we");

	free(path);
	return f;
}

static void begin(struct campaign *c)
{
	const struct guest *g = &c->session.first;
	struct bpf_case *null = null_case();

	c->stats.hello_ms = g->hello_ms;
	c->counts = (struct counts){
		.known = c->known,
		.results = c->results,
		.kernel = g->release,
		.resume = c->conf->resume,
	};
	c->null_entry = (struct plan_entry){
		.p = { .c = null, .nr_vecs = null->vecs->nvecs },
	};
	predict_first(&c->null_entry.p, g->order, g->word_bits);
}

static void end(struct campaign *c)
{
	recheck_free(&c->recheck);
	crashes_free(&c->crashes);
	bpf_case_free(c->null_entry.p.c);
	prediction_free(&c->null_entry.p);
}

/* Run everything; the guest is up, and the results are open. */
static int run_session(struct campaign *c)
{
	FILE *stats = open_stats(c->conf);
	bool done;
	int ret;

	begin(c);
	done = run_passes(c);
	cost_lines_end(c, stats);
	say_stopped(c, done);
	recheck_all(c, done || has_enough(c));
	goodbye(c);
	ret = results_close(c->results, done);
	stats_total(c, stats);
	if (stats)
		fclose(stats);
	end(c);
	return ret;
}

static int run_known(struct campaign *c)
{
	const struct run_conf *conf = c->conf;
	struct run_info info = conf->info;
	struct diag diag;

	c->stats.start_us = clock_us();
	if (mkdir(conf->rundir, 0755) && errno != EEXIST) {
		pr_err("%s: %s", conf->rundir, strerror(errno));
		return EXIT_INFRA;
	}
	progress_boot(c);
	if (session_open(&c->session, &conf->guest))
		return EXIT_INFRA;
	session_expect(&c->session, c->known);
	plan_verdicts(c);
	fill_info(c, &info);
	c->results = results_open(conf->rundir, &info, c->known, conf->resume, &diag);
	if (c->results) {
		c->resumed = results_cases(c->results);
		return run_session(c);
	}
	diag_print(&diag);
	session_kill(&c->session);
	return EXIT_INFRA;
}

int run_arch(const struct run_conf *conf, struct plan *plan)
{
	struct known known = {};
	struct campaign c = { .conf = conf, .plan = plan, .known = &known };
	struct diag diag;
	int ret;

	if (known_load(conf->known, &known, &diag)) {
		diag_print(&diag);
		return EXIT_USAGE;
	}
	ret = run_known(&c);
	known_free(&known);
	return ret;
}
