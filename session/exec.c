// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bpf/cap_names.h"
#include "lib/util.h"
#include "session/audit.h"
#include "session/exec.h"
#include "session/unpriv.h"

#define MAX_INSNS (1u << 20) /* the verifier accepts a million */

/* load flags of include/uapi/linux/bpf.h */
#define BPF_F_ANY_ALIGNMENT (1u << 1)
#define BPF_F_TEST_RND_HI32 (1u << 2)
#define BPF_F_SLEEPABLE	    (1u << 4)

#define CONSOLE_LAG_MS	1000
#define CONSOLE_POLL_MS 50

bool attempt_died(enum attempt how)
{
	return how == ATTEMPT_CRASHED || how == ATTEMPT_HUNG || how == ATTEMPT_GARBAGE;
}

static u32 load_flags(const struct engine *e, const struct bpf_case *c)
{
	u32 flags = e->load_flags;

	/* SYSCALL programs are always sleepable */
	if (c->type == CASE_TYPE_SYSCALL && !e->unpriv)
		flags |= BPF_F_SLEEPABLE;

	for (u32 i = 0; i < c->nneeds; i++) {
		int cap = cap_by_name(c->needs[i]);

		if (cap == CAP_RND_HI32)
			flags |= BPF_F_TEST_RND_HI32;
		/* such loads may fault, whatever their alignment */
		if (cap == CAP_PROBE_MEM || cap == CAP_PROBE_USER)
			flags |= BPF_F_ANY_ALIGNMENT;
	}
	return flags;
}

static enum wrapper_kind wrapper_of(const struct engine *e, const struct bpf_case *c,
				    enum wrapper_kind kind)
{
	return c->wrapper == CASE_WRAPPER_LOW ? WRAPPER_LOW : e->unpriv ? WRAPPER_UNPRIV : kind;
}

struct exec *exec_new(struct session *s, const struct engine *e, struct prediction **cases, u32 cnt,
		      enum wrapper_kind kind, u32 flags)
{
	const struct prediction *first = cases[0];
	const struct bpf_case **bodies = xcalloc(cnt, sizeof(*bodies));
	struct model_state *states = xcalloc(cnt, sizeof(*states));
	struct exec *x = xcalloc(1, sizeof(*x));
	int ret;

	for (u32 i = 0; i < cnt; i++) {
		bodies[i] = cases[i]->c;
		states[i] = cases[i]->first;
	}
	ret = wrapper_build(bodies, cnt, states, wrapper_of(e, first->c, kind),
			    e->unpriv ? UNPRIV_MAX_INSNS : MAX_INSNS, s->first.io_size, &x->prog);
	free(bodies);
	free(states);
	if (ret) {
		free(x);
		return NULL;
	}
	x->engine = e;
	x->cases = xmemdup(cases, cnt * sizeof(*cases));
	x->cnt = cnt;
	x->rq = (struct request){
		.engine = e,
		.prog = &x->prog,
		.flags = flags | audit_flags(e, &x->prog),
		.first_vec = first->first_vec,
		.nr_vecs = first->c->outcome == OUTCOME_ACCEPT ? 0 : first->nr_vecs,
		.load_flags = load_flags(e, first->c) | s->load_flags,
	};
	return x;
}

void exec_free(struct exec *x)
{
	if (!x)
		return;
	wrapper_free(&x->prog);
	free(x->cases);
	free(x);
}

int exec_send(struct session *s, struct exec *x)
{
	int ret = session_send_vectors(s, x->cases[0]->c->vecs, &x->rq.set);

	x->seq = ++s->seq;
	return ret ? ret : request_send_run(&s->guest, x->seq, &x->rq);
}

/* Seconds to wait beyond the timeout: the verifier needs at most a millisecond per insn. */
static int patience(const struct exec *x)
{
	u32 insns = 0;

	for (u32 i = 0; i < x->prog.nprogs; i++)
		insns += x->prog.progs[i].cnt;
	return insns / 1000;
}

/* Is this refusal one that the case names by errno and words? */
static bool is_worded(const struct bpf_case *c, const struct reply *reply)
{
	for (u32 i = 0; i < c->nrefusals; i++) {
		const struct refusal *r = &c->refusals[i];

		if (r->err && r->log && reply_refused_as(reply, r))
			return true;
	}
	return false;
}

/* What follows the first line of a complaint, which tells bugs apart, may still be on its way. */
static char *to_the_end(struct session *s, char *words)
{
	char *more, *all;

	for (u32 ms = 0; ms < CONSOLE_LAG_MS; ms += CONSOLE_POLL_MS) {
		usleep(CONSOLE_POLL_MS * 1000);
		more = guest_console_more(&s->guest);
		if (!more)
			break;
		all = xasprintf("%s%s", words, more);
		free(words);
		free(more);
		words = all;
	}
	return words;
}

/*
 * Returns what the kernel complained about during @reply's request, or NULL. The verifier reports
 * its own bugs as EFAULT; on a slow console the warning arrives after the answer. Who asked with
 * WIRE_QUIET does not wait for it, and asks again.
 */
static char *complaint(struct session *s, const struct exec *x, const struct reply *reply)
{
	bool wait = reply->err == EFAULT && !(x->rq.flags & WIRE_QUIET) &&
		    !is_worded(x->cases[0]->c, reply);
	char *words = guest_splat(&s->guest);

	for (u32 ms = 0; !words && wait && ms < CONSOLE_LAG_MS; ms += CONSOLE_POLL_MS) {
		usleep(CONSOLE_POLL_MS * 1000);
		words = guest_splat(&s->guest);
	}
	return words ? to_the_end(s, words) : NULL;
}

static enum attempt receive_failed(struct session *s, int err, char **console)
{
	*console = session_last_words(s);
	session_kill(s);
	if (err == -EINTR)
		return ATTEMPT_STOPPED;
	s->deaths++;
	switch (err) {
	case -ETIMEDOUT:
		return ATTEMPT_HUNG;
	case -EBADMSG:
		return ATTEMPT_GARBAGE;
	default:
		return ATTEMPT_CRASHED;
	}
}

enum attempt exec_receive(struct session *s, struct exec *x, struct reply *reply, char **console)
{
	struct guest_msg f;
	int ret;

	*console = NULL;
	if (s->stop)
		return ATTEMPT_STOPPED;
	s->guest.patience = patience(x);
	ret = guest_recv(&s->guest, &f);
	if (!ret && f.seq != x->seq)
		ret = -EBADMSG;
	if (!ret)
		ret = reply_parse(&s->guest, &f, &x->rq, reply);
	if (ret)
		return receive_failed(s, ret, console);
	*console = complaint(s, x, reply);
	if (*console) {
		/* the guest lives, but its kernel is no longer trusted */
		session_counters(s);
		session_kill(s);
		s->deaths++;
		return ATTEMPT_CRASHED;
	}
	s->answers++;
	s->deaths = 0;
	s->load_us += reply->load_us;
	s->run_us += reply->run_us;
	return ATTEMPT_ANSWERED;
}

enum attempt exec_run(struct session *s, struct exec *x, struct reply *reply, char **console)
{
	*console = NULL;
	if (!x)
		return ATTEMPT_FAILED;
	if (guest_stop || s->stop)
		return ATTEMPT_STOPPED;
	if (session_boot(s))
		return guest_stop ? ATTEMPT_STOPPED : ATTEMPT_NO_GUEST;
	if (exec_send(s, x))
		return ATTEMPT_FAILED;
	return exec_receive(s, x, reply, console);
}
