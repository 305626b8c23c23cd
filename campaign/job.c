// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bpf/cap_names.h"
#include "lib/util.h"
#include "campaign/runner.h"
#include "session/unpriv.h"

#define MAX_INSNS	(1u << 20)		/* the verifier takes a million */
#define LATER_BOOTS	3			/* tries at a boot after the first */
#define BPF_F_TEST_RND_HI32	(1u << 2)	/* load flags of include/uapi/linux/bpf.h */
#define BPF_F_SLEEPABLE		(1u << 4)

static u32 load_flags(const struct engine *e, const struct bpf_case *c)
{
	u32 flags = c->type == CASE_TYPE_SYSCALL && !e->unpriv ? BPF_F_SLEEPABLE : 0;	/* SYSCALL programs are always */

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
	job->kind = m[0]->c->frame == CASE_FRAME_LOW ? FRAME_LOW : e->unpriv ? FRAME_UNPRIV : kind;
	ret = frame_build(cases, cnt, states, job->kind, e->unpriv ? UNPRIV_MAX_INSNS : MAX_INSNS, r->guest.io_size, &job->prog);
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
		.load_flags = load_flags(e, m[0]->c) | r->load_flags,
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

	for (u32 i = 0; i < WIRE_MAX_VEC_TABLES; i++) {
		if (r->set_keys[i] == t->key) {
			*id = i;
			return 0;
		}
	}
	*id = r->set_next++ % WIRE_MAX_VEC_TABLES;
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

#define LAST_WORDS	4000
#define CONSOLE_LAG_MS	1000
#define CONSOLE_POLL_MS	50

/* What the kernel complained of, from the beginning, for that says most; else the end of what it said at all. */
static char *last_words(struct guest *g)
{
	char *words = guest_splat(g);

	if (!words)
		return guest_console_tail(g, LAST_WORDS);
	if (strlen(words) > LAST_WORDS)
		words[LAST_WORDS] = 0;
	return words;
}

static enum attempt receive_failed(struct runner *r, int err, char **console)
{
	*console = last_words(&r->guest);
	guest_down(r);
	if (err == -EINTR)
		return ATTEMPT_STOPPED;
	r->deaths++;
	switch (err) {
	case -ETIMEDOUT:
		return ATTEMPT_HUNG;
	case -EBADMSG:
		return ATTEMPT_GARBAGE;
	default:
		return ATTEMPT_CRASHED;
	}
}

/* The verifier takes a millisecond an instruction on a slow or busy host, at worst. */
static int patience(const struct job *job)
{
	u32 insns = 0;

	for (u32 i = 0; i < job->prog.nprogs; i++)
		insns += job->prog.progs[i].cnt;
	return insns / 1000;
}

/*
 * What the kernel complained of during @reply's request, or NULL. errno EFAULT is how the verifier says that it does not understand
 * itself any more; the warning that comes with it may be behind the answer, on a slow console.
 */
static char *complaint(struct runner *r, const struct reply *reply)
{
	char *words = guest_splat(&r->guest);

	for (u32 ms = 0; !words && reply->err == EFAULT && ms < CONSOLE_LAG_MS; ms += CONSOLE_POLL_MS) {
		usleep(CONSOLE_POLL_MS * 1000);
		words = guest_splat(&r->guest);
	}
	return words;
}

enum attempt job_receive(struct runner *r, struct job *job, struct reply *reply, char **console)
{
	struct guest_frame f;
	int ret;

	*console = NULL;
	r->guest.patience = patience(job);
	ret = guest_recv(&r->guest, &f);
	if (!ret && f.seq != job->seq)
		ret = -EBADMSG;
	if (!ret)
		ret = reply_parse(&r->guest, &f, &job->rq, reply);
	if (ret)
		return receive_failed(r, ret, console);
	*console = complaint(r, reply);
	if (*console) {
		/* it lives, but its kernel is not to be trusted any more */
		guest_counters(&r->guest);
		guest_down(r);
		r->deaths++;
		return ATTEMPT_CRASHED;
	}
	r->answers++;
	r->deaths = 0;
	r->load_us += reply->load_us;
	r->run_us += reply->run_us;
	return ATTEMPT_ANSWERED;
}

/* What was computed for one kernel must not be held against another. */
static bool same_guest(const struct guest *a, const struct guest *b)
{
	return a->order == b->order && a->word_bits == b->word_bits && a->io_size == b->io_size &&
	       !memcmp(a->release, b->release, sizeof(a->release));
}

static int boot_once(struct runner *r)
{
	int ret = guest_boot(&r->guest, &r->guest_conf);
	char *words;

	r->boots++;
	if (ret)
		return ret;
	if (!*r->first.release)
		r->first = r->guest;
	if (!same_guest(&r->first, &r->guest)) {
		guest_kill(&r->guest);
		return -ESTALE;
	}
	/* what it said before the first request is no case's fault */
	words = guest_splat(&r->guest);
	if (words && r->boots == 1)
		pr_err("%s: the kernel complains while it boots:\n%s", r->conf->guest.arch, words);
	free(words);
	return 0;
}

/* A guest that came up once will do so again, if a busy host gives it the time. */
int runner_boot(struct runner *r)
{
	u32 tries = r->boots ? LATER_BOOTS : 1;
	int ret;

	if (r->up)
		return 0;
	memset(r->set_keys, 0, sizeof(r->set_keys));
	r->answers = 0;
	do {
		ret = boot_once(r);
	} while (ret && ret != -EINTR && --tries);
	r->up = !ret;
	return ret;
}

enum attempt job_try(struct runner *r, struct job *job, struct reply *reply, char **console)
{
	int ret;

	*console = NULL;
	if (guest_stop || r->broken || r->enough)
		return ATTEMPT_STOPPED;
	if (runner_boot(r))
		return guest_stop ? ATTEMPT_STOPPED : ATTEMPT_NO_GUEST;
	ret = job_send(r, job);
	if (ret)
		return ATTEMPT_FAILED;
	return job_receive(r, job, reply, console);
}
