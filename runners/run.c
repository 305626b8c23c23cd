// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "lib/util.h"
#include "runners/raw.h"
#include "runners/runner.h"
#include "runners/tally.h"

/* ---- progress ---- */

struct progress {
	time_t last;
	u32 done;
};

static void progress_show(struct runner *r, const struct engine *e, struct progress *p, u32 done, u32 total)
{
	time_t now = time(NULL);

	if (!r->conf->progress || (now == p->last && done != total))
		return;
	p->last = now;
	if (isatty(2))
		fprintf(stderr, "\r%-8s %-13s %u/%u frames%s", r->conf->guest.arch, e->name, done, total,
			done == total ? "\n" : "");
	else if (done == total)
		fprintf(stderr, "%-8s %-13s %u/%u frames\n", r->conf->guest.arch, e->name, done, total);
}

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

/* Verdicts of a whole run, the null block's too. */
static u32 planned(const struct runner *r)
{
	struct sweep_size sweep = sweep_size(&r->conf->sweep);
	u32 n = 0;

	for (u32 i = 0; i < r->conf->nengines; i++)
		n += r->plan->cnt + 1 + (r->conf->engines[i]->raw ? sweep.cases : sweep.verified);
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

/* ---- the null block ---- */

static int take_case(void *ctx, struct bpf_case *c)
{
	*(struct bpf_case **)ctx = c;
	return 0;
}

/* A case of nothing: if the frame alone gives a wrong state, no verdict on this engine is worth anything. */
/* @file owns what the case points into. */
static struct member *null_member(struct case_file *file)
{
	static const char text[] = "case null\n\tdoc the frame itself: fill, nothing, spill\n"
				   "\tmem 32\n\tstack 32\n\tptr r7 = mem+8\n\tptr r8 = stack-16\n"
				   "\tprog\n\t\tgoto done\n\tdone:\n\tend\n\tvec r1=0 r2=-1 r3=0x8000000080000000 r4=0x7fffffff00000001\n"
				   "\tvec r1=1 r2=0xffffffff r3=0xffffffff00000000 r4=-2\n";
	struct bpf_case *c = NULL;
	struct member *m;
	struct diag diag;

	if (case_parse_text(text, "frame", "frame", file, &diag) || case_expand(file, take_case, &c, &diag)) {
		diag_print(&diag);
		exit(EXIT_INFRA);
	}
	m = xcalloc(1, sizeof(*m));
	m->c = c;
	m->nr_vecs = c->vecs->nvecs;
	return m;
}

/* ---- an engine ---- */

/* Is @m for @e at all? */
static bool belongs(const struct engine *e, const struct member *m)
{
	return e->raw || !m->raw_only;
}

static void skip_all(struct runner *r, const struct engine *e, enum verdict v, const char *why)
{
	for (u32 i = 0; i < r->plan->cnt; i++)
		if (belongs(e, &r->plan->members[i]) && !has_verdict(r, e, &r->plan->members[i]))
			verdict_simple(r, e, &r->plan->members[i], v, why);
}

static bool baseline(struct runner *r, const struct engine *e, bool *believed)
{
	struct job *job = job_new(r, e, &r->null_block, 1, FRAME_WIDE, 0);
	struct reply reply;
	char *console = NULL, *first = NULL;
	enum attempt before = ATTEMPT_ANSWERED, how = job ? job_try(r, job, &reply, &console) : ATTEMPT_FAILED;

	if (died(how)) {
		before = how;
		first = console;
		how = job_try(r, job, &reply, &console);
	}
	*believed = how == ATTEMPT_ANSWERED && judge_batch(r, job, &reply) == JUDGED;
	if (how == ATTEMPT_ANSWERED && died(before))
		unattributed(r, e, before, first, &job, 1);
	if (how == ATTEMPT_ANSWERED && !*believed)
		judge_one(r, e, r->null_block, &reply, false);
	else if (how == ATTEMPT_FAILED)
		verdict_simple(r, e, r->null_block, VERDICT_ERROR, "the frame alone is too large for the guest");
	else if (died(how))
		verdict_died(r, e, r->null_block, how, console);
	job_free(job);
	free(console);
	free(first);
	return how != ATTEMPT_STOPPED && how != ATTEMPT_NO_GUEST;
}

/* What must not be asked of @e though the case can run on it, or NULL. */
static const char *unguarded(struct runner *r, const struct engine *e, const struct member *m)
{
	if (!e->raw || r->guest.have[CAP_RAW_UNGUARDED])
		return NULL;
	return raw_unguarded(m->c, m->first_vec, m->nr_vecs, r->guest.order, r->guest.word_bits);
}

/* Does @m still want a verdict on @e? One that needs no guest is given at once. */
static bool wants_guest(struct runner *r, const struct engine *e, struct member *m)
{
	const char *out;
	char *lacks;

	if (!belongs(e, m) || has_verdict(r, e, m))
		return false;
	lacks = engine_lacks(e, &r->guest, m->c);
	if (lacks) {
		verdict_simple(r, e, m, VERDICT_SKIP, lacks);
		free(lacks);
		return false;
	}
	out = quarantined(r, e, m);
	if (out) {
		verdict_simple(r, e, m, VERDICT_NOTRUN, out);
		return false;
	}
	member_model(m, r->guest.order, r->guest.word_bits);
	if (m->fault) {
		verdict_simple(r, e, m, VERDICT_ERROR, m->fault);
		return false;
	}
	out = unguarded(r, e, m);
	if (out) {
		lacks = xasprintf("%s: the verifier keeps it from a JIT", out);
		verdict_simple(r, e, m, VERDICT_SKIP, lacks);
		free(lacks);
	}
	return !out;
}

/*
 * Units of batch @b that want a verdict on @e: packs where all lanes do and none is a suspect, else single members.
 * @refused: those of groups of which the JIT is known to refuse something, or the others.
 */
static u32 wanted(struct runner *r, const struct engine *e, const struct batch *b, bool refused, struct member **to)
{
	u32 cnt = 0;

	for (u32 i = b->first; i < b->first + b->cnt; i++) {
		struct member *unit = r->plan->units[i], **lanes;
		u32 n, want = cnt;
		bool suspect = false;

		lanes = member_lanes(&unit, &n);
		for (u32 k = 0; k < n; k++) {
			suspect |= lanes[k]->suspect;
			if (tally_refused(r, e, lanes[k]) == refused && wants_guest(r, e, lanes[k]))
				to[cnt++] = lanes[k];
		}
		if (n == 1 || cnt - want != n || suspect)
			continue;
		member_model(unit, r->guest.order, r->guest.word_bits);
		if (!unit->fault) {
			to[want] = unit;
			cnt = want + 1;
		}
	}
	return cnt;
}

/* Programs whose answers were not all well, looked at once the pipeline is empty. */
struct later {
	struct job *job;
	enum judgement judgement;
};

struct pipeline {
	struct runner *r;
	struct later *later;
	u32 nlater, cap;
};

/* Take the oldest answer. False where the run must end. */
static bool pipeline_take(struct pipeline *p)
{
	struct runner *r = p->r;
	struct job *job = r->inflight[0];
	struct reply reply;
	enum judgement judgement;
	char *console = NULL;
	enum attempt how = r->broken || r->enough ? ATTEMPT_STOPPED : job_receive(r, job, &reply, &console);

	if (how != ATTEMPT_ANSWERED) {
		bool go_on = resolve_inflight(r, how, console);

		free(console);
		return go_on;
	}
	r->nr_inflight--;
	memmove(r->inflight, r->inflight + 1, r->nr_inflight * sizeof(*r->inflight));
	judgement = judge_batch(r, job, &reply);
	if (judgement == JUDGED) {
		job_free(job);
		return true;
	}
	ARRAY_GROW(p->later, p->nlater, p->cap);
	p->later[p->nlater++] = (struct later){ job, judgement };
	return true;
}

static bool pipeline_drain(struct pipeline *p)
{
	bool go_on = true;

	while (go_on && p->r->nr_inflight)
		go_on = pipeline_take(p);
	for (u32 i = 0; i < p->nlater; i++) {
		struct job *job = p->later[i].job;

		if (go_on && p->later[i].judgement == JUDGE_MISMATCH)
			go_on = resolve_mismatch(p->r, job);
		else if (go_on && p->later[i].judgement == JUDGE_GROUPS)
			go_on = resolve_groups(p->r, job->engine, job->members, job->cnt);
		if (go_on)
			go_on = resolve(p->r, job->engine, job->members, job->cnt);
		job_free(job);
	}
	p->nlater = 0;
	return go_on;
}

static bool pipeline_put(struct pipeline *p, const struct engine *e, struct member **m, u32 cnt, struct batch *b)
{
	struct runner *r = p->r;
	struct job *job;

	if (runner_boot(r))
		return false;
	job = job_new(r, e, m, cnt, FRAME_WIDE, 0);
	if (!job || job_send(r, job)) {
		job_free(job);
		return pipeline_drain(p) && resolve(r, e, m, cnt);
	}
	if (cnt == b->cnt)
		job->batch = b;
	r->inflight[r->nr_inflight++] = job;
	return r->nr_inflight < MAX_INFLIGHT || pipeline_take(p);
}

static bool any_suspect(struct member **m, u32 cnt)
{
	for (u32 i = 0; i < cnt; i++)
		if (m[i]->suspect)
			return true;
	return false;
}

static bool send_members(struct pipeline *p, const struct engine *e, struct member **m, u32 cnt, struct batch *b)
{
	if (!cnt)
		return true;
	if (any_suspect(m, cnt))
		return pipeline_drain(p) && resolve(p->r, e, m, cnt);
	return pipeline_put(p, e, m, cnt, b);
}

/* One program, or two where the JIT refuses some groups. False where the run must end. */
static bool run_batch(struct pipeline *p, const struct engine *e, struct batch *b, struct member **m)
{
	/* both before any is sent: an answer that comes in between may say that a group of this batch is refused, too */
	u32 cnt = wanted(p->r, e, b, false, m), refused = wanted(p->r, e, b, true, m + cnt);

	return send_members(p, e, m, cnt, b) && send_members(p, e, m + cnt, refused, b);
}

/* The plan at hand on an engine that is believed. False where the run must end. */
static bool run_plan(struct runner *r, const struct engine *e)
{
	struct pipeline p = { .r = r };
	struct progress shown = {};
	struct member **m = xcalloc(r->plan->cnt + 1, sizeof(*m));
	bool go_on = true, written = !r->plan->members->generated;

	for (u32 i = 0; go_on && i < r->plan->nbatches; i++) {
		if (written)
			progress_show(r, e, &shown, r->plan->batches[i].first, r->plan->nunits);
		go_on = run_batch(&p, e, &r->plan->batches[i], m);
	}
	if (go_on)
		go_on = pipeline_drain(&p);
	for (u32 i = 0; i < r->nr_inflight; i++)
		job_free(r->inflight[i]);
	r->nr_inflight = 0;
	for (u32 i = 0; i < p.nlater; i++)
		job_free(p.later[i].job);
	if (go_on && written)
		progress_show(r, e, &shown, r->plan->nunits, r->plan->nunits);
	free(p.later);
	free(m);
	return go_on;
}

/* The plan at hand on engine @i, whose null block was run before. False where the run must end. */
static bool run_engine(struct runner *r, u32 i)
{
	const struct engine *e = r->conf->engines[i];

	if (!r->plan->cnt)
		return true;
	if (!r->first.have[e->cap])
		skip_all(r, e, VERDICT_SKIP, e->missing);
	else if (!r->believed[i])
		skip_all(r, e, VERDICT_NOTRUN, "the null block fails on this engine: nothing on it is believed");
	else
		return run_plan(r, e);
	return true;
}

/* The null block on engine @i. False where the run must end. */
static bool begin_engine(struct runner *r, u32 i)
{
	const struct engine *e = r->conf->engines[i];

	if (r->first.have[e->cap])
		return baseline(r, e, &r->believed[i]);
	verdict_simple(r, e, r->null_block, VERDICT_SKIP, e->missing);
	return true;
}

/* ---- the whole run ---- */

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - start->tv_sec + (now.tv_nsec - start->tv_nsec) / 1e9;
}

/* What something cost: the difference of two of these. */
struct cost {
	double seconds;
	u64 cases, checks, load_us, run_us;
};

static struct cost cost_now(const struct runner *r)
{
	return (struct cost){ seconds_since(&r->start), r->cases, r->checks, r->load_us, r->run_us };
}

static void cost_add(struct cost *to, const struct cost *from, const struct cost *until)
{
	to->seconds += until->seconds - from->seconds;
	to->cases += until->cases - from->cases;
	to->checks += until->checks - from->checks;
	to->load_us += until->load_us - from->load_us;
	to->run_us += until->run_us - from->run_us;
}

/*
 * Lines of key=value in <arch>.stats: one for the written cases on each engine, one for the sweep on each, one for the
 * whole. `make bench` reads them.
 */
static void stats_line(FILE *f, const char *key, const char *value, const struct cost *c, const char *more)
{
	if (f)
		fprintf(f, "%s=%s seconds=%.3f cases=%llu checks=%llu load_s=%.3f run_s=%.3f%s\n", key, value, c->seconds,
			(unsigned long long)c->cases, (unsigned long long)c->checks, c->load_us / 1e6, c->run_us / 1e6, more);
}

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

/* ---- the sweep ---- */

static void sweep_progress(struct runner *r, const struct sweep *s, u64 total, bool last)
{
	u64 done = s->position < total ? s->position : total;

	if (!r->conf->progress || (!isatty(2) && !last))
		return;
	fprintf(stderr, "%s%-8s sweep         %llu/%llu cases, %s%s", isatty(2) ? "\r" : "", r->conf->guest.arch,
		(unsigned long long)(last ? total : done), (unsigned long long)total,
		last ? "done" : gen_families[s->family]->name, last ? "          \n" : "          ");
}

/* Doubts about members of the plan at hand outlive it. */
static void keep_or_free(struct runner *r, const struct plan *p)
{
	for (u32 i = 0; i < r->ndoubts; i++) {
		if (r->doubts[i].m < p->members || r->doubts[i].m >= p->members + p->cnt)
			continue;
		ARRAY_GROW(r->kept, r->nkept, r->kept_cap);
		r->kept[r->nkept++] = *p;
		return;
	}
	plan_free((struct plan *)p);
}

static bool run_sweep(struct runner *r, FILE *stats)
{
	struct cost costs[ARRAY_SIZE(r->believed)] = {};
	struct plan *written = r->plan, part;
	u64 total = sweep_size(&r->conf->sweep).cases;
	struct sweep s;
	bool go_on = true;

	if (!total || sweep_open(&s, &r->conf->sweep))
		return true;
	while (go_on && sweep_family(&s)) {
		while (go_on && plan_sweep(&s, r->conf->max_batch, &part)) {
			r->plan = &part;
			for (u32 i = 0; go_on && i < r->conf->nengines; i++) {
				struct cost before = cost_now(r), after;

				go_on = run_engine(r, i);
				after = cost_now(r);
				cost_add(&costs[i], &before, &after);
			}
			keep_or_free(r, &part);
			sweep_progress(r, &s, total, false);
		}
		tally_flush(r, go_on);
	}
	r->plan = written;
	if (go_on)
		sweep_progress(r, &s, total, true);
	for (u32 i = 0; i < r->conf->nengines; i++)
		stats_line(stats, "sweep", r->conf->engines[i]->name, &costs[i], "");
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
	struct case_file null_file;
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
	clock_gettime(CLOCK_MONOTONIC, &r.start);
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
	r.null_block = null_member(&null_file);
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
	case_file_free(&null_file);
	known_free(&known);
	return ret;
}
