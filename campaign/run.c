// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "bpf/cap_names.h"
#include "lib/util.h"
#include "campaign/cost.h"
#include "campaign/reach.h"
#include "campaign/runner.h"

/* ---- the guest answers for itself ---- */

static const char *boot_failure(int err)
{
	switch (err) {
	case -ETIMEDOUT:
		return "no hello in time";
	case -EINTR:
		return "stopped by a signal";
	case -EPIPE:
		return "QEMU ended or the kernel died before the hello";
	case -EBADMSG:
		return "its first words are not the protocol's";
	case -ENODEV:
		return "the kernel cannot run the agent: it needs CONFIG_BLK_DEV_INITRD, CONFIG_VIRTIO_CONSOLE and the transport of its machine";
	case -ENOENT:
		return "the boot script failed";
	case -ESTALE:
		return "it says that it is another one than before";
	default:
		return strerror(-err);
	}
}

void say_boot_failure(struct runner *r, int err)
{
	char *tail = guest_console_tail(&r->guest, 2000);

	pr_err("%s: the guest does not come up: %s\nlast words on %s:\n%s", r->conf->guest.arch, boot_failure(err),
	       r->conf->guest.console, tail);
	free(tail);
}

/* Verdicts of a whole run, those on the null block too. */
static u32 planned(const struct runner *r)
{
	u32 n = r->conf->nengines * (r->plan->cnt + 1);
	struct sweep_pick pick;
	struct sweep s;

	if (sweep_open(&s, &r->conf->sweep))
		return n;
	while (sweep_family(&s)) {
		while (sweep_step(&s, &pick)) {
			u32 reach = reach_of(&s, &pick, r->conf->share);

			for (u32 i = 0; i < r->conf->nengines; i++)
				n += reach_has(reach, r->conf->engines[i], &r->guest);
		}
	}
	return n;
}

static void fill_info(struct runner *r, struct run_info *info)
{
	const struct guest *g = &r->guest;

	info->kernel = xstrdup(g->release);
	info->machine = xstrdup(g->machine);
	info->ncaps = NR_CAPS;
	info->caps = xcalloc(NR_CAPS, sizeof(*info->caps));
	for (int i = 0; i < NR_CAPS; i++) {
		info->caps[i].name = xstrdup(cap_name(i));
		info->caps[i].have = g->have[i];
		info->caps[i].err = g->cap_err[i];
	}
	info->nengines = r->conf->nengines;
	info->engines = xcalloc(info->nengines, sizeof(*info->engines));
	for (u32 i = 0; i < info->nengines; i++)
		info->engines[i] = xstrdup(r->conf->engines[i]->name);
	info->planned = planned(r);
}

/* ---- the whole run ---- */

static void stats_total(struct runner *r, FILE *f)
{
	struct cost all = cost_now(r);
	char more[128];

	snprintf(more, sizeof(more), " boots=%u hello_s=%.3f first_s=%.3f host_cpu_s=%.3f", r->boots, r->hello_ms / 1e3,
		 r->first_ms / 1e3, (double)clock() / CLOCKS_PER_SEC);
	stats_line(f, "engine", "all", &all, more);
	if (r->conf->progress)
		fprintf(stderr, "%-8s %u boot%s, %.1f s: %llu checks\n", r->conf->guest.arch, r->boots, r->boots == 1 ? "" : "s",
			all.seconds, (unsigned long long)r->checks);
}

static bool run_written(struct runner *r, FILE *stats)
{
	bool go_on = true;

	for (u32 i = 0; go_on && i < r->conf->nengines; i++) {
		struct cost before = cost_now(r), after, cost = {};

		go_on = begin_engine(r, i) && run_engine(r, i);
		after = cost_now(r);
		cost_add(&cost, &before, &after);
		stats_line(stats, "engine", r->conf->engines[i]->name, &cost, "");
	}
	return go_on;
}

/* What the kernel said after the last answer is somebody's fault too. */
static void goodbye(struct runner *r)
{
	char *words;

	guest_bye(&r->guest);
	r->up = false;
	words = guest_splat(&r->guest);
	if (words)
		unattributed(r, r->conf->engines[r->conf->nengines - 1], ATTEMPT_CRASHED, words, NULL, 0);
	free(words);
}

int run_arch(const struct run_conf *conf, struct plan *plan)
{
	struct runner r = { .conf = conf, .guest_conf = conf->guest, .plan = plan };
	struct run_info info = conf->info;
	struct known known = {};
	struct diag diag;
	FILE *stats;
	char *path;
	bool done;
	int ret;

	if (known_load(conf->known, &known, &diag)) {
		diag_print(&diag);
		return EXIT_USAGE;
	}
	r.known = &known;
	r.start_us = clock_us();
	if (mkdir(conf->rundir, 0755) && errno != EEXIST) {
		pr_err("%s: %s", conf->rundir, strerror(errno));
		known_free(&known);
		return EXIT_INFRA;
	}
	ret = runner_boot(&r);
	if (ret) {
		say_boot_failure(&r, ret);
		known_free(&known);
		return EXIT_INFRA;
	}
	fill_info(&r, &info);
	r.results = results_open(conf->rundir, &info, &known, conf->resume, &diag);
	if (!r.results) {
		diag_print(&diag);
		guest_kill(&r.guest);
		known_free(&known);
		return EXIT_INFRA;
	}
	r.null_block = null_member();
	member_model(r.null_block, r.guest.order, r.guest.word_bits);
	r.hello_ms = r.guest.hello_ms;
	path = xasprintf("%s/%s.stats", conf->rundir, conf->guest.arch);
	stats = fopen(path, "we");
	free(path);
	done = run_written(&r, stats) && run_sweep(&r, stats);
	settle_doubts(&r, done);
	if (!done && r.enough)
		pr_info("%s: stopped after %u finding%s", conf->guest.arch, r.findings, r.findings == 1 ? "" : "s");
	else if (!done)
		pr_err("%s: stopped %s; what has a verdict is kept (RESUME=1 goes on from there)", conf->guest.arch,
		       guest_stop ? "by a signal" : r.broken ? "because the results cannot be written" :
		       "because the guest does not come up any more");
	if (r.up)
		goodbye(&r);
	ret = results_close(r.results, done);
	stats_total(&r, stats);
	if (stats)
		fclose(stats);
	for (u32 i = 0; i < r.nkept; i++)
		plan_free(&r.kept[i]);
	free(r.kept);
	for (u32 i = 0; i < r.ncrashes; i++)
		free(r.crashes[i].family);
	free(r.crashes);
	bpf_case_free(r.null_block->c);
	model_state_free(&r.null_block->first);
	free(r.null_block);
	known_free(&known);
	return ret;
}
