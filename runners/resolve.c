// SPDX-License-Identifier: GPL-2.0
/*
 * Something was wrong with a program of several members: find the one at fault by halving, each attempt without
 * anything else in flight, and after a death from a fresh boot.
 */
#include <stdlib.h>
#include <string.h>
#include "lib/util.h"
#include "report/report.h"
#include "runners/runner.h"

static struct crashes *crashes_of(struct runner *r, const struct engine *e, const char *id)
{
	char *family = id_family(id);

	for (u32 i = 0; i < r->ncrashes; i++) {
		if (r->crashes[i].engine == e && !strcmp(r->crashes[i].family, family)) {
			free(family);
			return &r->crashes[i];
		}
	}
	ARRAY_GROW(r->crashes, r->ncrashes, r->crashes_cap);
	r->crashes[r->ncrashes] = (struct crashes){ .family = family, .engine = e };
	return &r->crashes[r->ncrashes++];
}

bool quarantined(struct runner *r, const struct engine *e, const struct member *m)
{
	return r->ncrashes && crashes_of(r, e, m->c->id)->cnt >= r->conf->max_crashes;
}

static void died_alone(struct runner *r, const struct engine *e, struct member *m, enum attempt how, char *console)
{
	struct record rec;

	m->suspect = true;
	crashes_of(r, e, m->c->id)->cnt++;
	switch (how) {
	case ATTEMPT_HUNG:
		record_init(&rec, m->c->id, e->name, VERDICT_TIMEOUT);
		rec.reason = xasprintf("no answer within %d s", r->conf->guest.reply_timeout);
		break;
	case ATTEMPT_GARBAGE:
		record_init(&rec, m->c->id, e->name, VERDICT_LOST);
		rec.reason = xstrdup("the guest's answer is malformed");
		break;
	default:
		record_init(&rec, m->c->id, e->name, VERDICT_CRASH);
		rec.reason = xstrdup("the guest's kernel died or complained");
		break;
	}
	rec.console = console ? xstrdup(console) : NULL;
	verdict_add(r, e, m, &rec);
}

static bool halves(struct runner *r, const struct engine *e, struct member **m, u32 cnt)
{
	return resolve(r, e, m, cnt / 2) && resolve(r, e, m + cnt / 2, cnt - cnt / 2);
}

/* One attempt at @m together; @company as in judge_one(). Returns false where the run must end. */
static bool attempt(struct runner *r, const struct engine *e, struct member **m, u32 cnt, u32 company)
{
	struct job *job = job_new(r, e, m, cnt, FRAME_WIDE, cnt == 1 ? WIRE_LOG : 0);
	enum attempt how = job ? ATTEMPT_ANSWERED : ATTEMPT_FAILED;
	struct reply reply;
	char *console = NULL;
	bool go_on = true;

	if (job)
		how = job_try(r, job, &reply, &console);
	switch (how) {
	case ATTEMPT_STOPPED:
	case ATTEMPT_NO_GUEST:
		go_on = false;
		break;
	case ATTEMPT_ANSWERED:
		if (cnt == 1) {
			judge_one(r, e, m[0], &reply, company);
			break;
		}
		switch (judge_batch(r, job, &reply)) {
		case JUDGED:
			break;
		case JUDGE_SPLIT:
			go_on = halves(r, e, m, cnt);
			break;
		case JUDGE_MISMATCH:
			go_on = resolve_mismatch(r, job);
			break;
		}
		break;
	case ATTEMPT_FAILED:
		if (cnt == 1)
			verdict_simple(r, e, m[0], VERDICT_ERROR, "the program is too large for the guest");
		else
			go_on = halves(r, e, m, cnt);
		break;
	default:
		if (cnt == 1)
			died_alone(r, e, m[0], how, console);
		else
			go_on = halves(r, e, m, cnt);
		break;
	}
	free(console);
	job_free(job);
	return go_on;
}

/* Members in @from without a verdict on @e, into @to. */
static u32 unjudged(struct runner *r, const struct engine *e, struct member **from, u32 cnt, struct member **to)
{
	u32 left = 0;

	for (u32 i = 0; i < cnt; i++) {
		if (has_verdict(r, e, from[i]))
			continue;
		if (quarantined(r, e, from[i]))
			verdict_simple(r, e, from[i], VERDICT_NOTRUN, "quarantined: too many crashes in its family");
		else
			to[left++] = from[i];
	}
	return left;
}

bool resolve(struct runner *r, const struct engine *e, struct member **members, u32 cnt)
{
	struct member **left = xcalloc(cnt, sizeof(*left));
	bool go_on = true;

	cnt = unjudged(r, e, members, cnt, left);
	/* what crashed a guest on another engine goes first, and alone */
	for (u32 i = 0; go_on && i < cnt; i++)
		if (left[i]->suspect && cnt > 1)
			go_on = attempt(r, e, &left[i], 1, 0);
	cnt = unjudged(r, e, left, cnt, left);
	if (go_on && cnt)
		go_on = attempt(r, e, left, cnt, 0);
	free(left);
	return go_on;
}

bool resolve_mismatch(struct runner *r, const struct job *job)
{
	bool go_on = true;

	for (u32 i = 0; go_on && i < job->cnt; i++)
		if (!has_verdict(r, job->engine, job->members[i]))
			go_on = attempt(r, job->engine, &job->members[i], 1, job->cnt - 1);
	return go_on;
}

/* The guest died and nobody who was in flight does it again. */
static void unattributed(struct runner *r, const struct engine *e, enum attempt how, const char *console)
{
	char *id = xasprintf("session/unattributed/boot%u", r->boots);
	struct record rec;

	record_init(&rec, id, e->name, how == ATTEMPT_HUNG ? VERDICT_TIMEOUT : VERDICT_CRASH);
	rec.reason = xstrdup("the guest died, and no case that was in flight does it again from a fresh boot");
	rec.console = console ? xstrdup(console) : NULL;
	results_add(r->results, &rec);
	record_free(&rec);
	free(id);
}

bool resolve_inflight(struct runner *r, enum attempt how, const char *console)
{
	struct job *jobs[MAX_INFLIGHT];
	const struct engine *e = r->inflight[0]->engine;
	u32 n = r->nr_inflight, crashes = 0, after = 0;
	bool go_on = how != ATTEMPT_STOPPED;

	memcpy(jobs, r->inflight, sizeof(jobs));
	r->nr_inflight = 0;
	for (u32 i = 0; i < r->ncrashes; i++)
		crashes += r->crashes[i].cnt;
	for (u32 i = 0; i < n; i++) {
		if (go_on)
			go_on = resolve(r, jobs[i]->engine, jobs[i]->members, jobs[i]->cnt);
		job_free(jobs[i]);
	}
	for (u32 i = 0; i < r->ncrashes; i++)
		after += r->crashes[i].cnt;
	if (go_on && after == crashes)
		unattributed(r, e, how, console);
	return go_on;
}
