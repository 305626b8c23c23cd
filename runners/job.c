// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "lib/util.h"
#include "runners/runner.h"

#define MAX_INSNS	(1u << 20)		/* the verifier takes a million */
#define BPF_F_TEST_RND_HI32	(1u << 2)	/* load flags of include/uapi/linux/bpf.h */
#define BPF_F_SLEEPABLE		(1u << 4)

static u32 load_flags(const struct bpf_case *c)
{
	u32 flags = BPF_F_SLEEPABLE;	/* SYSCALL programs are always */

	for (u32 i = 0; i < c->nneeds; i++)
		if (cap_by_name(c->needs[i]) == CAP_RND_HI32)
			flags |= BPF_F_TEST_RND_HI32;
	return flags;
}

struct job *job_new(struct runner *r, const struct engine *e, struct member **m, u32 cnt, enum frame_kind kind, u32 flags)
{
	const struct bpf_case **cases = xcalloc(cnt, sizeof(*cases));
	struct model_state *states = xcalloc(cnt, sizeof(*states));
	struct job *job = xcalloc(1, sizeof(*job));
	int ret;

	for (u32 i = 0; i < cnt; i++) {
		cases[i] = m[i]->c;
		states[i] = m[i]->first;
	}
	job->engine = e;
	job->members = xmemdup(m, cnt * sizeof(*m));
	job->cnt = cnt;
	job->kind = m[0]->c->frame == CASE_FRAME_LOW ? FRAME_LOW : kind;
	ret = frame_build(cases, cnt, states, job->kind, MAX_INSNS, r->guest.io_size, &job->prog);
	free(cases);
	free(states);
	if (ret) {
		free(job->members);
		free(job);
		return NULL;
	}
	job->rq = (struct request){
		.engine = e,
		.prog = &job->prog,
		.flags = flags,
		.first_vec = m[0]->first_vec,
		.nr_vecs = m[0]->nr_vecs,
		.load_flags = load_flags(m[0]->c),
	};
	return job;
}

void job_free(struct job *job)
{
	if (!job)
		return;
	frame_free(&job->prog);
	free(job->members);
	free(job);
}

/* The id under which the guest holds @t; it is sent where it holds it not. */
static int send_set(struct runner *r, const struct vec_table *t, u32 *id)
{
	int ret;

	for (u32 i = 0; i < WIRE_MAX_SETS; i++) {
		if (r->set_keys[i] == t->key) {
			*id = i;
			return 0;
		}
	}
	*id = r->set_next++ % WIRE_MAX_SETS;
	ret = request_send_set(&r->guest, *id, t);
	if (!ret)
		r->set_keys[*id] = t->key;
	return ret;
}

int job_send(struct runner *r, struct job *job)
{
	int ret = send_set(r, job->members[0]->c->vecs, &job->rq.set);

	job->seq = ++r->seq;
	if (!ret)
		ret = request_send_run(&r->guest, job->seq, &job->rq);
	return ret;
}

static void guest_down(struct runner *r)
{
	guest_kill(&r->guest);
	r->up = false;
}

static enum attempt receive_failed(struct runner *r, int err, char **console)
{
	*console = guest_console_tail(&r->guest, 4000);
	guest_down(r);
	switch (err) {
	case -EINTR:
		return ATTEMPT_STOPPED;
	case -ETIMEDOUT:
		return ATTEMPT_HUNG;
	case -EBADMSG:
		return ATTEMPT_GARBAGE;
	default:
		return ATTEMPT_CRASHED;
	}
}

enum attempt job_receive(struct runner *r, struct job *job, struct reply *reply, char **console)
{
	struct guest_frame f;
	int ret;

	*console = NULL;
	ret = guest_recv(&r->guest, &f);
	if (!ret && f.seq != job->seq)
		ret = -EBADMSG;
	if (!ret)
		ret = reply_parse(&r->guest, &f, &job->rq, reply);
	if (ret)
		return receive_failed(r, ret, console);
	*console = guest_splat(&r->guest);
	if (*console) {
		/* it lives, but its kernel is not to be trusted any more */
		guest_down(r);
		return ATTEMPT_CRASHED;
	}
	r->load_us += reply->load_us;
	r->run_us += reply->run_us;
	return ATTEMPT_ANSWERED;
}

int runner_boot(struct runner *r)
{
	int ret;

	if (r->up)
		return 0;
	memset(r->set_keys, 0, sizeof(r->set_keys));
	ret = guest_boot(&r->guest, &r->guest_conf);
	r->boots++;
	r->up = !ret;
	return ret;
}

enum attempt job_try(struct runner *r, struct job *job, struct reply *reply, char **console)
{
	int ret;

	*console = NULL;
	if (guest_stop)
		return ATTEMPT_STOPPED;
	if (runner_boot(r))
		return ATTEMPT_NO_GUEST;
	ret = job_send(r, job);
	if (ret)
		return ATTEMPT_FAILED;
	return job_receive(r, job, reply, console);
}
