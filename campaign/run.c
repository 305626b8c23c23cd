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

/* Number of engines that run a case of @reach. */
static u32 engines_of(const struct campaign *c, u32 reach)
{
	u32 n = 0;

	for (u32 i = 0; i < c->conf->nengines; i++)
		n += reach_has(reach, c->conf->engines[i], &c->session.first);
	return n;
}

/* Number of verdicts in a whole run, including those on the null block. */
static u32 planned(const struct campaign *c)
{
	u32 n = c->conf->nengines;
	struct sweep_pick pick;
	struct sweep s;

	for (u32 i = 0; i < c->plan->cnt; i++)
		n += engines_of(c, c->plan->entries[i].reach);

	if (sweep_open(&s, &c->conf->sweep))
		return n;
	while (sweep_family(&s))
		while (sweep_step(&s, &pick))
			n += engines_of(c, reach_of(&s, &pick, c->conf->share));
	return n;
}

/* Copy what the guest reported about itself. */
static void fill_info(struct campaign *c, struct run_info *info)
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
	info->planned = planned(c);
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

static bool run_written(struct campaign *c, FILE *stats)
{
	bool go_on = true;

	for (u32 i = 0; go_on && i < c->conf->nengines; i++) {
		struct cost before = cost_now(c), after, cost = {};

		c->parts_until = before;
		go_on = engine_begin(c, i) && engine_run(c, i);
		after = cost_now(c);
		cost_add(&cost, &before, &after);
		stats_line(stats, "engine", c->conf->engines[i]->name, &cost, "");
	}
	cost_parts_end(c, stats);
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

static void say_stopped(const struct campaign *c, bool done)
{
	const char *arch = c->conf->guest.arch;

	if (done)
		return;
	if (c->session.stop && !c->broken)
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
	done = run_written(c, stats) && run_sweep(c, stats);
	recheck_all(c, done);
	say_stopped(c, done);
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
	fill_info(c, &info);
	c->results = results_open(conf->rundir, &info, c->known, conf->resume, &diag);
	if (c->results) {
		c->planned = info.planned;
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
