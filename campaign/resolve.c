// SPDX-License-Identifier: GPL-2.0
/*
 * Something was wrong with a program of several members: find the one at fault by halving, each attempt without
 * anything else in flight, and after a death from a fresh boot.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "bpf/pack.h"
#include "lib/strbuf.h"
#include "lib/util.h"
#include "report/report.h"
#include "campaign/runner.h"
#include "campaign/tally.h"

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

const char *quarantined(struct runner *r, const struct engine *e, const struct member *m)
{
	if (r->deaths >= MAX_DEATHS)
		return "given up: guest after guest died without an answer";
	if (r->ncrashes && crashes_of(r, e, m->c->id)->cnt >= r->conf->max_crashes)
		return "quarantined: too many crashes in its family";
	return NULL;
}

bool died(enum attempt how)
{
	return how == ATTEMPT_CRASHED || how == ATTEMPT_HUNG || how == ATTEMPT_GARBAGE;
}

enum verdict attempt_verdict(enum attempt how)
{
	return how == ATTEMPT_HUNG ? VERDICT_TIMEOUT : how == ATTEMPT_GARBAGE ? VERDICT_LOST : VERDICT_CRASH;
}

void verdict_died(struct runner *r, const struct engine *e, struct member *m, enum attempt how, const char *console)
{
	struct record rec;

	m->suspect = true;
	crashes_of(r, e, m->c->id)->cnt++;
	r->blamed++;
	record_init(&rec, m->c->id, e->name, attempt_verdict(how));
	if (how == ATTEMPT_HUNG)
		rec.reason = xasprintf("no answer within %d s", r->conf->guest.reply_timeout);
	else
		rec.reason = xstrdup(how == ATTEMPT_GARBAGE ? "the guest's answer is malformed" :
				     "the guest's kernel died or complained");
	rec.console = console ? xstrdup(console) : NULL;
	verdict_add(r, e, m, &rec);
}

bool known_killer(const struct runner *r, const struct engine *e, const struct member *m)
{
	return known_kills(known_find(r->known, m->c->id, e->name, r->first.release));
}

/* "a … b (64), c (1)" */
static char *jobs_text(struct job *const *jobs, u32 njobs)
{
	struct strbuf text = { 0 };

	for (u32 i = 0; i < njobs; i++) {
		const struct job *job = jobs[i];
		const char *first = job->members[0]->c->id, *last = job->members[job->cnt - 1]->c->id;

		strbuf_join(&text, ", ", "%s%s%s (%u)", first, job->cnt > 1 ? " … " : "",
			    job->cnt > 1 ? last : "", job->cnt);
	}
	return strbuf_take(&text);
}

/* How many of them have failed since; @example: the id of the last of these. */
static u32 jobs_failed(struct job *const *jobs, u32 njobs, const char **example)
{
	u32 failed = 0;

	*example = NULL;
	for (u32 i = 0; i < njobs; i++) {
		for (u32 k = 0; k < jobs[i]->cnt; k++) {
			u32 n;
			struct member **lanes = member_lanes(&jobs[i]->members[k], &n);

			for (u32 l = 0; l < n; l++) {
				if (!(lanes[l]->failed & 1u << (jobs[i]->engine - engines)))
					continue;
				*example = lanes[l]->c->id;
				failed++;
			}
		}
	}
	return failed;
}

void unattributed(struct runner *r, const struct engine *e, enum attempt how, const char *console, struct job *const *jobs,
		  u32 njobs)
{
	char *id = NULL, *text = jobs_text(jobs, njobs);
	const char *example;
	u32 boot = r->boots, failed = jobs_failed(jobs, njobs, &example);
	struct record rec;
	int ret;

	/* an interrupted run that goes on has its own count of boots */
	do {
		free(id);
		id = xasprintf("session/unattributed/boot%u", boot++);
	} while (results_has(r->results, id, e->name));
	record_init(&rec, id, e->name, attempt_verdict(how));
	rec.reason = xasprintf("the guest %s, and no case that was in flight does it again from a fresh boot",
			       how == ATTEMPT_HUNG ? "hung" : how == ATTEMPT_GARBAGE ? "sent a malformed frame" : "died");
	/* in a program of many, a wrong value of one can be the address or the divisor of another */
	rec.note = !failed ? xasprintf("in flight: %s", njobs ? text : "nothing") :
		   xasprintf("run apart, %u of those in flight fail, which may be why (%s); in flight: %s",
			     failed, example, text);
	rec.console = console ? xstrdup(console) : NULL;
	ret = results_add(r->results, &rec);
	r->broken |= ret && ret != -EEXIST;
	r->blamed++;
	record_free(&rec);
	free(text);
	free(id);
}

static bool halves(struct runner *r, const struct engine *e, struct member **m, u32 cnt)
{
	return resolve(r, e, m, cnt / 2) && resolve(r, e, m + cnt / 2, cnt - cnt / 2);
}

/* Only a death that a fresh boot repeats is laid to @job, of one member. @how and @console are those of the last try. */
static void try_again(struct runner *r, struct job *job, enum attempt *how, struct reply *reply, char **console)
{
	enum attempt before = *how;
	char *words = *console;

	*how = job_try(r, job, reply, console);
	if (*how == ATTEMPT_ANSWERED)
		unattributed(r, job->engine, before, words, &job, 1);
	free(words);
}

/* One attempt at @m together; @company as in judge_one(). Returns false where the run must end. */
static bool attempt(struct runner *r, const struct engine *e, struct member **m, u32 cnt, bool company)
{
	struct job *job = job_new(r, e, m, cnt, FRAME_WIDE, cnt == 1 ? WIRE_LOG : 0);
	enum attempt how = job ? ATTEMPT_ANSWERED : ATTEMPT_FAILED;
	bool go_on = true, fresh = !r->up || !r->answers;
	u32 blamed = r->blamed;
	struct reply reply;
	char *console = NULL;

	if (job)
		how = job_try(r, job, &reply, &console);
	/* what results/known expects needs no proof from a fresh boot: a hang costs half a minute */
	if (cnt == 1 && !fresh && died(how) && !known_killer(r, e, m[0]))
		try_again(r, job, &how, &reply, &console);
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
		case JUDGE_GROUPS:
			go_on = resolve_groups(r, e, m, cnt);
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
		if (cnt == 1) {
			verdict_died(r, e, m[0], how, console);
			break;
		}
		go_on = halves(r, e, m, cnt);
		if (go_on && r->blamed == blamed)
			unattributed(r, e, how, console, &job, 1);
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
		const char *why;

		if (has_verdict(r, e, from[i]))
			continue;
		why = tally_enough(r, e, from[i]) ? "not isolated: enough of its group has failed" : quarantined(r, e, from[i]);
		if (why)
			verdict_simple(r, e, from[i], VERDICT_NOTRUN, why);
		else
			to[left++] = from[i];
	}
	return left;
}

/* Packs are taken apart: from here on every member is on its own feet. */
static struct member **all_lanes(struct member **members, u32 *cnt)
{
	struct member **all = xcalloc((size_t)*cnt * PACK_MAX_LANES, sizeof(*all));
	u32 total = 0;

	for (u32 i = 0; i < *cnt; i++) {
		u32 n;
		struct member **lanes = member_lanes(&members[i], &n);

		memcpy(all + total, lanes, n * sizeof(*all));
		total += n;
	}
	*cnt = total;
	return all;
}

bool resolve(struct runner *r, const struct engine *e, struct member **members, u32 cnt)
{
	struct member **left = all_lanes(members, &cnt);
	bool go_on = true;

	for (u32 i = 0; i < cnt; i++)
		member_model(left[i], r->guest.order, r->guest.word_bits);
	cnt = unjudged(r, e, left, cnt, left);
	/* what crashed a guest on another engine goes first, and alone */
	for (u32 i = 0; go_on && i < cnt; i++)
		if (left[i]->suspect && cnt > 1)
			go_on = attempt(r, e, &left[i], 1, false);
	cnt = unjudged(r, e, left, cnt, left);
	if (go_on && cnt)
		go_on = attempt(r, e, left, cnt, false);
	free(left);
	return go_on;
}

bool resolve_groups(struct runner *r, const struct engine *e, struct member **members, u32 cnt)
{
	struct member **left = all_lanes(members, &cnt), **group = xcalloc(cnt, sizeof(*group));
	bool go_on = true;

	while (go_on && cnt) {
		const char *name = left[0]->c->group;
		u32 n = 0, rest = 0;

		for (u32 i = 0; i < cnt; i++) {
			if (left[i]->c->group == name)
				group[n++] = left[i];
			else
				left[rest++] = left[i];
		}
		cnt = rest;
		go_on = resolve(r, e, group, n);
	}
	free(left);
	free(group);
	return go_on;
}

bool resolve_mismatch(struct runner *r, const struct job *job)
{
	const struct engine *e = job->engine;
	bool go_on = true;

	for (u32 i = 0; go_on && i < job->cnt; i++) {
		u32 n;
		struct member **lanes = member_lanes(&job->members[i], &n);

		if (has_verdict(r, e, lanes[0]))
			continue;
		for (u32 k = 0; go_on && k < n; k++) {
			if (tally_enough(r, e, lanes[k]))
				verdict_simple(r, e, lanes[k], VERDICT_FAIL, "in a frame whose state differs");
			else
				go_on = attempt(r, e, &lanes[k], 1, true);
		}
		if (go_on)
			judge_held(r, e, lanes, n, job->cnt - 1);
	}
	return go_on;
}

bool resolve_inflight(struct runner *r, enum attempt how, const char *console)
{
	struct job *jobs[MAX_INFLIGHT];
	u32 n = r->nr_inflight, blamed = r->blamed;
	bool go_on = how != ATTEMPT_STOPPED;

	memcpy(jobs, r->inflight, sizeof(jobs));
	r->nr_inflight = 0;
	for (u32 i = 0; go_on && i < n; i++)
		go_on = resolve(r, jobs[i]->engine, jobs[i]->members, jobs[i]->cnt);
	if (go_on && r->blamed == blamed)
		unattributed(r, jobs[0]->engine, how, console, jobs, n);
	for (u32 i = 0; i < n; i++)
		job_free(jobs[i]);
	return go_on;
}
