// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "lib/util.h"
#include "explain/lab.h"
#include "session/raw.h"

int lab_open(struct lab *lab, const struct guest_conf *conf)
{
	int ret;

	memset(lab, 0, sizeof(*lab));
	lab->conf.guest = *conf;
	lab->r.conf = &lab->conf;
	lab->r.guest_conf = *conf;
	ret = runner_boot(&lab->r);
	if (ret)
		say_boot_failure(&lab->r, ret);
	return ret;
}

void lab_close(struct lab *lab)
{
	if (lab->r.up)
		guest_bye(&lab->r.guest);
	lab->r.up = false;
}

void trial_free(struct trial *t)
{
	free(t->reason);
	diff_free(&t->diff);
	free(t->log);
	free(t->console);
	free(t->xlated);
	free(t->jited);
	memset(t, 0, sizeof(*t));
}

/* The model on every vector: a case that it cannot run is no trial of a kernel. */
static bool model_all(struct lab *lab, struct member *m, struct trial *out)
{
	struct model_state st = {};
	char why[256] = "";

	if (m->c->outcome == OUTCOME_REJECT)
		return true;
	for (u32 v = m->first_vec; v < m->first_vec + m->nr_vecs && !out->fault; v++)
		out->fault = model_run(m->c, v, lab->r.guest.order, lab->r.guest.word_bits, &st, why);
	model_state_free(&st);
	if (!out->fault)
		member_model(m, lab->r.guest.order, lab->r.guest.word_bits);
	if (!out->fault && !m->fault)
		return true;
	out->verdict = VERDICT_ERROR;
	out->reason = m->fault ? xstrdup(m->fault) : xasprintf("model: %s: %s", model_stop_name(out->fault), why);
	return false;
}

static void judge_died(enum attempt how, char *console, struct trial *out)
{
	out->verdict = attempt_verdict(how);
	out->reason = xstrdup(how == ATTEMPT_HUNG ? "the guest gives no answer any more" :
			      how == ATTEMPT_GARBAGE ? "the guest's answer is malformed" :
			      "the guest's kernel died or complained");
	out->console = console;
}

static void judge_load(const struct trial_ask *ask, const struct reply *reply, struct trial *out)
{
	bool asked = ask->c->outcome == OUTCOME_VALUE, native = ask->engine->native;

	out->err = reply->err;
	if (refusal_expected(ask->c, reply)) {
		out->verdict = VERDICT_PASS;
	} else if (asked && wants_jit(reply)) {
		out->verdict = native ? VERDICT_FALLBACK : VERDICT_SKIP;
		out->reason = xstrdup("only native code can run it");
	} else {
		out->verdict = asked ? VERDICT_REJECT : VERDICT_FAIL;
		out->reason = xasprintf("%s failed: errno %u", stage_name(reply->stage), reply->err);
	}
}

static void judge_ran(struct lab *lab, const struct trial_ask *ask, const struct job *job, const struct reply *reply,
		      struct trial *out)
{
	const char *why = disproved(ask->engine, NULL, reply);

	if (ask->c->outcome == OUTCOME_REJECT) {
		out->verdict = VERDICT_FAIL;
		out->reason = xstrdup("accepted, but must be refused");
		return;
	}
	if (why) {
		out->verdict = VERDICT_ERROR;
		out->reason = xstrdup(why);
		return;
	}
	diff_dump(job, reply, lab->r.guest.order, lab->r.guest.word_bits, &out->diff);
	if (!reply->witnessed && !out->diff.failed) {
		out->verdict = VERDICT_NOT_TESTED;
		out->reason = xstrdup("the instruction under test is not in the translated program");
	} else if (ask->engine->native && !reply->jited_len) {
		out->verdict = VERDICT_FALLBACK;
		out->reason = xstrdup("the JIT leaves it to the interpreter");
	} else {
		out->verdict = out->diff.failed ? VERDICT_FAIL : VERDICT_PASS;
	}
}

static void keep_dumps(struct lab *lab, const struct reply *reply, struct trial *out)
{
	out->jited_len = reply->jited_len;
	out->xlated_len = reply->xlated_len;
	out->load_us = reply->load_us;
	out->run_us = reply->run_us;
	if (reply->log_len)
		out->log = xstrndup(reply->log, reply->log_len);
	out->nr_xlated = reply->xlated_dump / INSN_SIZE;
	/* one more: a wide instruction at the end of a damaged dump is printed with its second slot */
	out->xlated = xcalloc(out->nr_xlated + 1, sizeof(*out->xlated));
	for (u32 i = 0; i < out->nr_xlated; i++)
		insn_decode(&out->xlated[i], reply->xlated + i * INSN_SIZE, lab->r.guest.order);
	out->jited_size = reply->jited_dump;
	if (reply->jited_dump)
		out->jited = xmemdup(reply->jited, reply->jited_dump);
}

static void judge_abi(struct lab *lab, const struct reply *reply, struct trial *out)
{
	struct abi_word w = reply_abi(&lab->r.guest, reply, 0);

	out->verdict = VERDICT_FAIL;
	out->reason = xasprintf("vector %u: native code does not leave what it must to its caller: %s is %llx, was %llx%s",
				reply->abi_vec, w.name, (unsigned long long)w.got, (unsigned long long)w.want,
				reply->nr_abi > 1 ? ", and more" : "");
}

static void judge_trial(struct lab *lab, const struct trial_ask *ask, const struct job *job, const struct reply *reply,
			struct trial *out)
{
	keep_dumps(lab, reply, out);
	out->place = frame_place(&job->prog, 0);
	switch (reply->stage) {
	case WIRE_STAGE_OK:
		judge_ran(lab, ask, job, reply, out);
		break;
	case WIRE_STAGE_ABI:
		judge_abi(lab, reply, out);
		break;
	case WIRE_STAGE_LOAD:
	case WIRE_STAGE_LOAD_OTHER:
	case WIRE_STAGE_BTF:
		judge_load(ask, reply, out);
		break;
	default:
		out->verdict = VERDICT_ERROR;
		out->reason = xasprintf("%s failed: errno %u", stage_name(reply->stage), reply->err);
	}
}

static int try_member(struct lab *lab, const struct trial_ask *ask, struct member *m, struct trial *out)
{
	struct reply reply;
	char *console = NULL;
	enum attempt how = ATTEMPT_FAILED;
	struct job *job = job_new(&lab->r, ask->engine, &m, 1, ask->frame, WIRE_DUMP | ask->flags);
	int ret = 0;

	if (job)
		how = job_try(&lab->r, job, &reply, &console);
	switch (how) {
	case ATTEMPT_ANSWERED:
		judge_trial(lab, ask, job, &reply, out);
		break;
	case ATTEMPT_FAILED:
		out->verdict = VERDICT_ERROR;
		out->reason = xstrdup("the program is too large for the guest");
		break;
	case ATTEMPT_STOPPED:
		ret = -EINTR;
		break;
	case ATTEMPT_NO_GUEST:
		ret = -ENODEV;
		break;
	default:
		judge_died(how, console, out);
		console = NULL;
	}
	free(console);
	job_free(job);
	return ret;
}

int lab_try(struct lab *lab, const struct trial_ask *ask, struct trial *out)
{
	struct member m = {
		.c = ask->c,
		.first_vec = ask->first_vec,
		.nr_vecs = ask->nr_vecs ? ask->nr_vecs : ask->c->vecs->nvecs,
	};
	int ret = 0;

	memset(out, 0, sizeof(*out));
	if (runner_boot(&lab->r))
		return guest_stop ? -EINTR : -ENODEV;
	out->reason = engine_lacks(ask->engine, &lab->r.guest, ask->c);
	if (!out->reason && ask->engine->raw && !lab->r.guest.have[CAP_RAW_UNGUARDED])
		out->reason = raw_unguarded(ask->c, m.first_vec, m.nr_vecs, lab->r.guest.order, lab->r.guest.word_bits);
	if (out->reason)
		out->verdict = VERDICT_SKIP;
	else if (model_all(lab, &m, out))
		ret = try_member(lab, ask, &m, out);
	model_state_free(&m.first);
	free(m.fault);
	return ret;
}
