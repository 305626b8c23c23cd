// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "lib/errname.h"
#include "lib/util.h"
#include "session/audit.h"
#include "session/judge.h"
#include "session/wired.h"

static bool is_refusal(u32 stage)
{
	return stage == WIRE_STAGE_LOAD || stage == WIRE_STAGE_LOAD_OTHER ||
	       stage == WIRE_STAGE_BTF || stage == WIRE_STAGE_MIXED;
}

/* Did the load fail because only native code can run the program? */
static bool needs_jit(const struct reply *reply)
{
	return reply->err == ENOTSUPP || reply_logged(reply, "requires BPF JIT") ||
	       reply_logged(reply, "non-JITed");
}

/* Does the case allow or demand this refusal? */
static bool refusal_expected(const struct bpf_case *c, const struct reply *reply)
{
	if (case_must_load(c))
		return false;
	for (u32 i = 0; i < c->nrefusals; i++)
		if (reply_refused_as(reply, &c->refusals[i]))
			return true;
	return !c->nrefusals;
}

/* Why the wrong engine ran the program, so that the case remains untested, or NULL. */
static const char *refuted(const struct exec *x, const struct reply *reply)
{
	const struct exec_size *plain = &x->plain;

	if (!x->engine->native && reply->jited_len)
		return "native code although the JIT is off";
	if (x->engine->blinded && plain->xlated_len && reply->jited_len &&
	    reply->xlated_len == plain->xlated_len && reply->jited_len == plain->jited_len)
		return "the same code as without constant blinding";
	return NULL;
}

/* The quirks of what ran the program: the engine, or the interpreter that took it over. */
static const struct quirks *machine_quirks(const struct session *s, const struct engine *e,
					   const struct reply *reply)
{
	if (e->native && !reply->jited_len)
		return &s->quirks[engine_interp(e)->wire];
	return &s->quirks[e->wire];
}

static bool same_hash(const struct wire_hash *a, const struct wire_hash *b)
{
	return a->a == b->a && a->b == b->b;
}

static enum agreement compare_hashes(const struct session *s, struct exec *x, u32 b,
				     const struct reply *reply, const struct quirks *q,
				     quirk_set *met)
{
	const struct guest *g = &s->guest;
	const u8 *at = reply->hashes + b * sizeof(struct wire_block_hash);
	struct wire_hash got = { guest_u32(g, at), guest_u32(g, at + 4) }, want, predicted;
	bool standard;

	want = predict_hash(x->cases[b], &x->prog, b, g->order, g->word_bits, s->watch);
	standard = same_hash(&got, &want);
	if (!predict_quirks(x->cases[b], &x->prog, b, g->order, g->word_bits, q, &predicted, met) ||
	    same_hash(&predicted, &want))
		*met = 0;
	return standard				     ? AGREE_STANDARD
	       : *met && same_hash(&got, &predicted) ? AGREE_PREDICTED
						     : AGREE_NEITHER;
}

/* Compare the state of case @b with the standard's and the predicted one; sets quirks and diff. */
static enum agreement compare_state(const struct session *s, struct exec *x, u32 b,
				    const struct reply *reply, struct trial *out)
{
	const struct guest *g = &s->guest;
	const struct quirks *q = machine_quirks(s, x->engine, reply);
	enum agreement agreement;
	u8 *wired;

	if (x->rq.flags & WIRE_DUMP) {
		wired = wired_read(&x->prog, g, reply);
		agreement = diff_dump(x, reply, g->order, g->word_bits, q, wired, &out->diff,
				      &out->quirks);
		free(wired);
		return agreement;
	}
	return x->rq.nr_vecs ? compare_hashes(s, x, b, reply, q, &out->quirks) : AGREE_STANDARD;
}

/* The verdict on a program that the engine itself ran. */
static enum verdict agreement_verdict(enum agreement agreement, quirk_set quirks)
{
	switch (agreement) {
	case AGREE_STANDARD:
		return quirks ? VERDICT_XPASS : VERDICT_PASS;
	case AGREE_PREDICTED:
		return VERDICT_XFAIL;
	default:
		return VERDICT_FAIL;
	}
}

static void set(struct trial *out, enum verdict v, const char *reason)
{
	out->verdict = v;
	out->reason = reason ? xstrdup(reason) : NULL;
}

static char *errno_detail(u32 err)
{
	char buf[ERRNO_WORDS];

	return xasprintf("errno %s", errno_words(err, buf));
}

static void judge_refused(const struct exec *x, const struct bpf_case *c, const struct reply *reply,
			  struct trial *out)
{
	bool wanted = case_must_load(c);

	if (refusal_expected(c, reply)) {
		set(out, VERDICT_PASS, NULL);
	} else if (wanted && out->needs_jit && x->engine->native) {
		set(out, VERDICT_FALLBACK, "the JIT refuses it, and only native code could run it");
	} else if (wanted && reply->stage == WIRE_STAGE_MIXED) {
		set(out, VERDICT_FALLBACK,
		    "the JIT leaves some of its programs to the interpreter, and no map holds "
		    "both");
	} else if (wanted && out->needs_jit) {
		set(out, VERDICT_SKIP, "only native code can run it");
	} else {
		out->verdict = wanted ? VERDICT_REJECT : VERDICT_FAIL;
		out->reason = xasprintf("%s failed", stage_name(reply->stage));
		out->detail = errno_detail(reply->err);
	}
}

/* A violated ABI fails the case whatever it computes, because its caller is not safe. */
static void judge_abi(const struct guest *g, const struct prediction *p, const struct reply *reply,
		      struct trial *out)
{
	out->vectors = p->nr_vecs;
	out->abi = xcalloc(reply->nr_abi, sizeof(*out->abi));
	out->nr_abi = reply->nr_abi;
	out->abi_vec = reply->abi_vec;
	for (u32 i = 0; i < reply->nr_abi; i++)
		out->abi[i] = reply_abi(g, reply, i);
	set(out, VERDICT_FAIL, "native code violates the calling convention");
	out->detail =
		xasprintf("vector %u, %s is %llx, was %llx%s", reply->abi_vec, out->abi->name,
			  (unsigned long long)out->abi->got, (unsigned long long)out->abi->want,
			  reply->nr_abi > 1 ? ", and more" : "");
}

static void judge_ran(const struct session *s, struct exec *x, u32 b, const struct reply *reply,
		      struct trial *out)
{
	struct prediction *p = x->cases[b];
	const char *why = refuted(x, reply);
	enum agreement agreement;
	char *unmet;

	if (p->c->outcome == OUTCOME_REJECT) {
		set(out, VERDICT_FAIL, "accepted, but must be refused");
		return;
	}
	if (why) {
		set(out, VERDICT_ERROR, why);
		return;
	}
	out->vectors = x->rq.nr_vecs;
	agreement = compare_state(s, x, b, reply, out);
	unmet = x->cnt == 1 ? audit_reply(&s->guest, &x->prog, reply) : NULL;
	out->differs = agreement == AGREE_NEITHER;
	if (unmet && !out->differs && !p->fault) {
		set(out, VERDICT_FAIL, "the native code breaks a rule that no state shows");
		out->detail = unmet;
		out->audit = true;
		return;
	}
	free(unmet);
	if (p->fault)
		set(out, VERDICT_ERROR, p->fault);
	else if (!out->differs && !reply->survived)
		set(out, VERDICT_NOT_TESTED,
		    "the instruction under test is not in the translated program");
	else if (x->engine->native && !reply->jited_len)
		set(out, out->differs ? VERDICT_FAIL : VERDICT_FALLBACK,
		    out->differs ? "the JIT leaves it to the interpreter, which gets it wrong"
				 : "the JIT leaves it to the interpreter");
	else
		set(out, agreement_verdict(agreement, out->quirks), NULL);
}

static void judge_reply(const struct session *s, struct exec *x, u32 b, const struct reply *reply,
			struct trial *out)
{
	out->stage = reply->stage;
	out->refused = is_refusal(reply->stage);
	out->err = out->refused ? (int)reply->err : 0;
	out->jited_len = reply->jited_len;
	out->xlated_len = reply->xlated_len;
	out->load_us = reply->load_us;
	out->run_us = reply->run_us;
	out->log = reply->log_len ? xstrndup(reply->log, reply->log_len) : NULL;
	out->place = wrapper_place(&x->prog, b);
	out->needs_jit = reply->stage != WIRE_STAGE_OK && needs_jit(reply);
	if (reply->stage == WIRE_STAGE_OK) {
		judge_ran(s, x, b, reply, out);
	} else if (reply->stage == WIRE_STAGE_ABI) {
		judge_abi(&s->guest, x->cases[b], reply, out);
	} else if (out->refused) {
		judge_refused(x, x->cases[b]->c, reply, out);
	} else {
		out->verdict = VERDICT_ERROR;
		out->reason = xasprintf("%s failed", stage_name(reply->stage));
		out->detail = errno_detail(reply->err);
	}
}

enum verdict judge_death(enum attempt how)
{
	return how == ATTEMPT_HUNG	? VERDICT_TIMEOUT
	       : how == ATTEMPT_GARBAGE ? VERDICT_LOST
					: VERDICT_CRASH;
}

void judge(const struct session *s, struct exec *x, u32 b, enum attempt how,
	   const struct reply *reply, char *console, struct trial *out)
{
	memset(out, 0, sizeof(*out));
	out->how = how;
	out->console = console;
	switch (how) {
	case ATTEMPT_ANSWERED:
		judge_reply(s, x, b, reply, out);
		break;
	case ATTEMPT_CRASHED:
		set(out, judge_death(how), "the guest's kernel died or complained");
		break;
	case ATTEMPT_HUNG:
		out->verdict = judge_death(how);
		out->reason = xasprintf("no answer within %d s", s->conf.reply_timeout);
		break;
	case ATTEMPT_GARBAGE:
		set(out, judge_death(how), "the guest's answer is malformed");
		break;
	case ATTEMPT_FAILED:
		set(out, VERDICT_ERROR, "the program is too large for the guest");
		break;
	case ATTEMPT_STOPPED:
	case ATTEMPT_NO_GUEST:
		set(out, VERDICT_ERROR, "not run: the session ends");
		break;
	}
}

bool judge_by_block(const struct session *s, const struct exec *x, const struct reply *reply)
{
	char *unmet;
	bool ok = reply->stage == WIRE_STAGE_OK && reply->survived && !refuted(x, reply) &&
		  x->cases[0]->c->outcome == OUTCOME_VALUE;

	if (!ok)
		return false;
	unmet = audit_reply(&s->guest, &x->prog, reply);
	free(unmet);
	return !unmet;
}
