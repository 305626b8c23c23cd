// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "lib/errname.h"
#include "lib/util.h"
#include "explain/diff.h"
#include "campaign/runner.h"
#include "campaign/tally.h"


/* ---- recording ---- */

/* The instruction under test as text: the first of the body, and how many follow. */
static char *body_text(const struct bpf_case *c)
{
	const struct code *code = &c->progs[0];
	u32 cnt = code->nfuncs > 1 ? code->funcs[1].start : code->cnt;
	char first[128];

	if (!cnt)
		return xstrdup("(nothing)");
	code_insn_print(first, sizeof(first), code, 0);
	return cnt > 1u + insn_is_wide(code->insns) ? xasprintf("%s; …", first) : xstrdup(first);
}

bool has_verdict(struct runner *r, const struct engine *e, const struct member *m)
{
	if (m->done & 1u << (e - engines))
		return true;
	return r->conf->resume && (results_has(r->results, m->c->id, e->name) || tally_resumed(r, e, m));
}

bool verdict_counted(struct runner *r, const struct engine *e, struct member *m, struct record *rec)
{
	m->done |= 1u << (e - engines);
	if (rec->verdict == VERDICT_FAIL)
		m->failed |= 1u << (e - engines);
	r->cases++;
	return tally_add(r, e, m, rec);
}

void verdict_add(struct runner *r, const struct engine *e, struct member *m, struct record *rec)
{
	if (!verdict_counted(r, e, m, rec))
		verdict_record(r, e, m, rec);
}

void verdict_record(struct runner *r, const struct engine *e, const struct member *m, struct record *rec)
{
	int ret;


	/* the null block is run again where an interrupted run goes on */
	if (m == r->null_block && results_has(r->results, rec->id, e->name)) {
		record_free(rec);
		return;
	}
	rec->file = xstrdup(m->c->file);
	if (!rec->line)
		rec->line = m->c->line;
	if (!verdicts[rec->verdict].ok && !rec->insn)
		rec->insn = body_text(m->c);
	ret = results_add(r->results, rec);
	r->broken |= ret && ret != -EEXIST;
	r->findings += verdicts[rec->verdict].exit == EXIT_FINDINGS;
	r->enough = r->conf->stop_after && r->findings >= r->conf->stop_after;
	record_free(rec);
}

void verdict_simple(struct runner *r, const struct engine *e, struct member *m, enum verdict v, const char *reason)
{
	struct record rec;

	record_init(&rec, m->c->id, e->name, v);
	rec.reason = reason ? xstrdup(reason) : NULL;
	verdict_add(r, e, m, &rec);
}

static void verdict_ran(struct runner *r, const struct engine *e, struct member *m, enum verdict v,
			const struct reply *reply, const char *reason)
{
	struct record rec;

	record_init(&rec, m->c->id, e->name, v);
	rec.jited = reply->jited_len;
	rec.vectors = m->nr_vecs;
	rec.reason = reason ? xstrdup(reason) : NULL;
	r->checks += m->nr_vecs;
	if (!r->first_ms && m != r->null_block)
		r->first_ms = (clock_us() - r->start_us) / 1000;
	verdict_add(r, e, m, &rec);
}

/* ---- did the engine run what it should? ---- */

bool wants_jit(const struct reply *reply)
{
	return reply->err == ENOTSUPP || (reply->log_len && (memmem(reply->log, reply->log_len, "requires BPF JIT", 16) ||
							     memmem(reply->log, reply->log_len, "non-JITed", 9)));
}

static bool has_native(const struct engine *e, const struct reply *reply)
{
	return !e->native || reply->jited_len;
}

const char *disproved(const struct engine *e, const struct batch *b, const struct reply *reply)
{
	if (!e->native && reply->jited_len)
		return "native code although the JIT is off";
	if (e->blinded && b && b->xlated_len && reply->jited_len && reply->xlated_len == b->xlated_len &&
	    reply->jited_len == b->jited_len)
		return "the same code as without constant blinding";
	return NULL;
}

static bool hash_matches(struct runner *r, struct job *job, u32 b, const struct reply *reply)
{
	const u8 *got = reply->hashes + b * sizeof(struct wire_block_hash);
	struct wire_hash want = member_hash(job->members[b], &job->prog, b, r->guest.order, r->guest.word_bits);

	return guest_u32(&r->guest, got) == want.a && guest_u32(&r->guest, got + 4) == want.b;
}

/* Generated cases of several operations, of which the JIT may refuse one alone. */
static bool many_groups(struct runner *r, const struct job *job)
{
	for (u32 i = 0; i < job->cnt; i++) {
		struct member *unit = job->members[i];
		u32 n;
		struct member **lanes = member_lanes(&unit, &n);

		for (u32 k = 0; k < n; k++)
			if (lanes[k]->c->group != job->members[0]->c->group && !tally_refused(r, job->engine, lanes[k]))
				return true;
	}
	return false;
}

enum judgement judge_batch(struct runner *r, struct job *job, const struct reply *reply)
{
	const struct engine *e = job->engine;
	bool mismatch = false;

	if (reply->stage != WIRE_STAGE_OK || !reply->witnessed || disproved(e, job->batch, reply) ||
	    job->members[0]->c->outcome != OUTCOME_VALUE)
		return JUDGE_SPLIT;
	if (!has_native(e, reply) && many_groups(r, job))
		return JUDGE_GROUPS;
	if (job->batch && !strcmp(e->name, "jit")) {
		job->batch->xlated_len = reply->xlated_len;
		job->batch->jited_len = reply->jited_len;
	}
	for (u32 i = 0; i < job->cnt; i++) {
		u32 n;
		struct member **lanes = member_lanes(&job->members[i], &n);

		if (!hash_matches(r, job, i, reply) || job->members[i]->fault) {
			mismatch = true;
			continue;
		}
		for (u32 k = 0; k < n; k++) {
			if (has_native(e, reply))
				verdict_ran(r, e, lanes[k], VERDICT_PASS, reply, NULL);
			else
				verdict_ran(r, e, lanes[k], VERDICT_FALLBACK, reply, "the JIT leaves it to the interpreter");
		}
	}
	return mismatch ? JUDGE_MISMATCH : JUDGED;
}

/* ---- one member ---- */

static char *reply_log(const struct reply *reply)
{
	return reply->log_len ? xstrndup(reply->log, reply->log_len) : NULL;
}

static const char *errno_shown(u32 err, char *buf, size_t size)
{
	if (err)
		snprintf(buf, size, "%u (%s)", err, errno_name(err) ? errno_name(err) : "?");
	else
		snprintf(buf, size, "0 (accepted)");
	return buf;
}

bool refusal_expected(const struct bpf_case *c, const struct reply *reply)
{
	if (c->outcome == OUTCOME_VALUE || (reply->stage != WIRE_STAGE_LOAD && reply->stage != WIRE_STAGE_LOAD_OTHER &&
					    reply->stage != WIRE_STAGE_BTF))
		return false;
	if (c->err && (u32)c->err != reply->err)
		return false;
	return !c->log || (reply->log_len && memmem(reply->log, reply->log_len, c->log, strlen(c->log)));
}

static void judge_refused(struct runner *r, const struct engine *e, struct member *m, const struct reply *reply)
{
	char want[64], got[64];
	struct record rec;

	if (refusal_expected(m->c, reply)) {
		verdict_simple(r, e, m, VERDICT_PASS, NULL);
		return;
	}
	if (m->c->outcome == OUTCOME_VALUE && wants_jit(reply)) {
		record_init(&rec, m->c->id, e->name, e->native ? VERDICT_FALLBACK : VERDICT_SKIP);
		rec.reason = xstrdup(e->native ? "the JIT refuses it, and only native code could run it" :
				     "only native code can run it");
	} else {
		record_init(&rec, m->c->id, e->name, m->c->outcome == OUTCOME_VALUE ? VERDICT_REJECT : VERDICT_FAIL);
		rec.reason = xasprintf("%s failed", stage_name(reply->stage));
		record_diff_text(&rec, "errno", errno_shown(m->c->outcome == OUTCOME_VALUE ? 0 : m->c->err, want, sizeof(want)),
				 errno_shown(reply->err, got, sizeof(got)));
		if (m->c->log && !(reply->log_len && memmem(reply->log, reply->log_len, m->c->log, strlen(m->c->log))))
			record_diff_text(&rec, "log", m->c->log, "(not in the verifier's log)");
	}
	rec.err = reply->err;
	rec.log = reply_log(reply);
	verdict_add(r, e, m, &rec);
}

static void judge_accepted_wrongly(struct runner *r, const struct engine *e, struct member *m, const struct reply *reply)
{
	char want[64], got[64];
	struct record rec;

	record_init(&rec, m->c->id, e->name, VERDICT_FAIL);
	rec.jited = reply->jited_len;
	rec.reason = xstrdup("accepted, but must be refused");
	record_diff_text(&rec, "errno", m->c->err ? errno_shown(m->c->err, want, sizeof(want)) : "any",
			 errno_shown(0, got, sizeof(got)));
	verdict_add(r, e, m, &rec);
}

enum attempt run_dumped(struct runner *r, const struct engine *e, struct member *m, enum frame_kind kind, struct diff *diff,
			char **console)
{
	struct job *job = job_new(r, e, &m, 1, kind, WIRE_DUMP);
	enum attempt how = ATTEMPT_FAILED;
	struct reply reply;

	*console = NULL;
	if (job)
		how = job_try(r, job, &reply, console);
	if (how == ATTEMPT_ANSWERED && reply.stage == WIRE_STAGE_OK)
		diff_dump(job, &reply, r->guest.order, r->guest.word_bits, diff);
	else if (how == ATTEMPT_ANSWERED)
		how = ATTEMPT_FAILED;
	job_free(job);
	return how;
}

/* The state differs: show where, and confirm it under a frame that is built differently. */
static void judge_mismatch(struct runner *r, const struct engine *e, struct member *m, const struct reply *reply)
{
	struct diff diff = {}, other = {};
	u32 jited = reply->jited_len;
	char *console;
	struct record rec;
	enum attempt how;

	record_init(&rec, m->c->id, e->name, VERDICT_FAIL);
	rec.jited = jited;
	rec.vectors = m->nr_vecs;
	how = run_dumped(r, e, m, FRAME_WIDE, &diff, &console);
	if (died(how)) {
		free(console);
		how = run_dumped(r, e, m, FRAME_WIDE, &diff, &console);
	}
	if (how != ATTEMPT_ANSWERED) {
		record_free(&rec);
		if (died(how))
			verdict_died(r, e, m, how, console);
		else if (how == ATTEMPT_FAILED)
			verdict_simple(r, e, m, VERDICT_LOST, "failed once, and was refused when it was run again");
		free(console);
		return;	/* else the run ends: no verdict, so that it can be resumed */
	}
	free(console);
	if (!diff.failed) {
		rec.note = xstrdup("not reproduced: it failed once and passed when it was run again");
	} else {
		diff_record(&diff, m, r->guest.order, &rec);
		if (m->c->frame == CASE_FRAME_WIDE && !m->c->raw && !e->unpriv) {
			how = run_dumped(r, e, m, FRAME_HALVES, &other, &console);
			free(console);
			rec.note = xstrdup(how != ATTEMPT_ANSWERED ? "the second frame could not be run" :
					   other.failed ? "confirmed under the second frame" :
					   "only under the wide frame, not under the second one");
		}
	}
	r->checks += m->nr_vecs;
	diff_free(&diff);
	diff_free(&other);
	verdict_doubt(r, e, m, &rec);
}

static void hold(struct member *m, const struct reply *reply)
{
	m->held = true;
	m->held_jited = reply->jited_len;
}

void judge_held(struct runner *r, const struct engine *e, struct member **lanes, u32 cnt, u32 others)
{
	bool found = false;

	for (u32 i = 0; i < cnt; i++)
		found |= !lanes[i]->held;
	for (u32 i = 0; i < cnt; i++) {
		struct member *m = lanes[i];
		struct reply reply = { .jited_len = m->held_jited };
		char *why;

		if (!m->held)
			continue;
		m->held = false;
		if (found) {
			verdict_ran(r, e, m, VERDICT_PASS, &reply, NULL);
			continue;
		}
		/* a matter of distance, size or neighbours, and no less wrong; one of the lanes stands for the block */
		why = xasprintf("wrong in one program with others of %s (%u in its frame, %u blocks beside it), right alone",
				m->c->group, cnt - 1, others);
		verdict_ran(r, e, m, VERDICT_FAIL, &reply, why);
		free(why);
		found = true;
	}
}

/* The answer to the hash question for a member that ran alone: under the low frame, too. */
static bool alone_matches(struct runner *r, const struct engine *e, struct member *m, const struct reply *reply)
{
	struct job *job = job_new(r, e, &m, 1, FRAME_WIDE, 0);
	bool ok = job && hash_matches(r, job, 0, reply);

	job_free(job);
	return ok;
}

/* It may compute what it likes: who calls it is not safe. */
static void judge_abi(struct runner *r, const struct engine *e, struct member *m, const struct reply *reply)
{
	struct record rec;

	record_init(&rec, m->c->id, e->name, VERDICT_FAIL);
	rec.jited = reply->jited_len;
	rec.vectors = m->nr_vecs;
	rec.vector = reply->abi_vec;
	rec.reason = xstrdup("native code does not leave what it must to its caller");
	if (m->c->vecs->lines)
		rec.line = m->c->vecs->lines[reply->abi_vec];
	for (u32 i = 0; i < reply->nr_abi; i++) {
		struct abi_word w = reply_abi(&r->guest, reply, i);
		char what[32];

		snprintf(what, sizeof(what), "native %s", w.name);
		record_diff_reg(&rec, what, w.want, w.got);
	}
	r->checks += m->nr_vecs;
	verdict_add(r, e, m, &rec);
}

void judge_one(struct runner *r, const struct engine *e, struct member *m, const struct reply *reply, bool company)
{
	const char *why = disproved(e, NULL, reply);

	if (reply->stage == WIRE_STAGE_LOAD || reply->stage == WIRE_STAGE_LOAD_OTHER || reply->stage == WIRE_STAGE_BTF) {
		judge_refused(r, e, m, reply);
		return;
	}
	if (reply->stage == WIRE_STAGE_ABI) {
		judge_abi(r, e, m, reply);
		return;
	}
	if (reply->stage != WIRE_STAGE_OK) {
		char buf[64], *text = xasprintf("%s failed: errno %s", stage_name(reply->stage),
						errno_shown(reply->err, buf, sizeof(buf)));

		verdict_simple(r, e, m, VERDICT_ERROR, text);
		free(text);
		return;
	}
	if (m->c->outcome == OUTCOME_REJECT) {
		judge_accepted_wrongly(r, e, m, reply);
		return;
	}
	if (why) {
		verdict_simple(r, e, m, VERDICT_ERROR, why);
		return;
	}
	bool ok = alone_matches(r, e, m, reply);

	if (m->fault)
		verdict_simple(r, e, m, VERDICT_ERROR, m->fault);
	else if (ok && !reply->witnessed)
		verdict_ran(r, e, m, VERDICT_NOT_TESTED, reply, "the instruction under test is not in the translated program");
	else if (!has_native(e, reply))
		verdict_ran(r, e, m, VERDICT_FALLBACK, reply, ok ? "the JIT leaves it to the interpreter" :
			    "the JIT leaves it to the interpreter, which gets it wrong");
	else if (ok && company)
		hold(m, reply);
	else if (ok)
		verdict_ran(r, e, m, VERDICT_PASS, reply, NULL);
	else
		judge_mismatch(r, e, m, reply);
}

