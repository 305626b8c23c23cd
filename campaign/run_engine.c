// SPDX-License-Identifier: GPL-2.0
/* A plan on an engine: the null block first, then batch after batch, several in flight. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "lib/util.h"
#include "session/raw.h"
#include "campaign/reach.h"
#include "campaign/runner.h"
#include "campaign/tally.h"
#include "session/unpriv.h"

/* ---- progress ---- */

struct progress {
	time_t last;
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

/* ---- the null block ---- */

/* A case of nothing: if the frame alone gives a wrong state, no verdict on this engine is worth anything. */
struct member *null_member(void)
{
	static const char text[] = "case null\n\tdoc the frame itself: fill, nothing, spill\n"
				   "\tmem 32\n\tstack 32\n\tptr r7 = mem+8\n\tptr r8 = stack-16\n"
				   "\tprog\n\t\tgoto done\n\tdone:\n\tend\n\tvec r1=0 r2=-1 r3=0x8000000080000000 r4=0x7fffffff00000001\n"
				   "\tvec r1=1 r2=0xffffffff r3=0xffffffff00000000 r4=-2\n";
	struct member *m;
	struct diag diag;
	struct bpf_case *c = case_parse_one(text, "frame", "frame", &diag);

	if (!c) {
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
static bool belongs(const struct runner *r, const struct engine *e, const struct member *m)
{
	return reach_has(m->reach, e, &r->guest);
}

static void skip_all(struct runner *r, const struct engine *e, enum verdict v, const char *why)
{
	for (u32 i = 0; i < r->plan->cnt; i++)
		if (belongs(r, e, &r->plan->members[i]) && !has_verdict(r, e, &r->plan->members[i]))
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
static char *unguarded(struct runner *r, const struct engine *e, const struct member *m)
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

	if (!belongs(r, e, m) || has_verdict(r, e, m))
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
	lacks = unguarded(r, e, m);
	if (!lacks)
		return true;
	verdict_simple(r, e, m, VERDICT_SKIP, lacks);
	free(lacks);
	return false;
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

	if (r->up && guest_counters_due(&r->guest)) {
		if (!pipeline_drain(p))
			return false;
		if (r->up)
			guest_counters(&r->guest);
	}
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

#define UNPRIV_BRANCHES 16	/* in a program; one case may have more */

static u32 unpriv_together(struct member **m, u32 cnt)
{
	u32 n, branches = 0;

	for (n = 0; n < cnt; n++) {
		branches += unpriv_branches(m[n]->c);
		if (n && branches > UNPRIV_BRANCHES)
			break;
	}
	return n;
}

/* Is there one that had better have nobody beside it? */
static bool any_suspect(struct runner *r, const struct engine *e, struct member **m, u32 cnt)
{
	for (u32 i = 0; i < cnt; i++)
		if (m[i]->suspect)
			return true;
	return cnt == 1 && !m[0]->generated && known_killer(r, e, m[0]);
}

static bool send_some(struct pipeline *p, const struct engine *e, struct member **m, u32 cnt, struct batch *b)
{
	if (!cnt)
		return true;
	if (any_suspect(p->r, e, m, cnt))
		return pipeline_drain(p) && resolve(p->r, e, m, cnt);
	return pipeline_put(p, e, m, cnt, b);
}

/* One program; several where the verifier would walk every way that a speculating machine might go through all their branches. */
static bool send_members(struct pipeline *p, const struct engine *e, struct member **m, u32 cnt, struct batch *b)
{
	bool go_on = true;

	for (u32 n; go_on && cnt; m += n, cnt -= n) {
		n = e->unpriv ? unpriv_together(m, cnt) : cnt;
		go_on = send_some(p, e, m, n, b);
	}
	return go_on;
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
bool run_engine(struct runner *r, u32 i)
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
bool begin_engine(struct runner *r, u32 i)
{
	const struct engine *e = r->conf->engines[i];

	if (r->first.have[e->cap])
		return baseline(r, e, &r->believed[i]);
	verdict_simple(r, e, r->null_block, VERDICT_SKIP, e->missing);
	return true;
}
