// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fuzz/forkserver.h"
#include "fuzz/target.h"
#include "lib/bytes.h"
#include "lib/util.h"
#include "session/judge.h"
#include "session/null_case.h"

#define TEST_REG_INVARIANTS (1u << 7) /* BPF_F_TEST_REG_INVARIANTS of include/uapi/linux/bpf.h */
#define MAX_STEPS \
	(1u << 16)	/* steps of the model per vector: the verifier refuses most longer loops */
#define PATIENCE    100 /* a load may take this many times the recent average */
#define MIN_LOAD_MS 100
#define MAX_LOAD_MS 5000
#define MAX_CONSOLE (16 << 20) /* bytes */

/* ---- the guest ---- */

static bool is_among(const struct engine *e, const struct engine *const *list, u32 cnt)
{
	for (u32 i = 0; i < cnt; i++)
		if (list[i] == e)
			return true;
	return false;
}

/*
 * The engines of the route, with capabilities and without test flags, or those of them that were
 * asked for. The JIT is the first: its load goes through the verifier, unless it is raw, and the
 * JIT.
 */
static void take_engines(struct fuzz_target *t)
{
	const struct engine *first = &engines[t->raw ? WIRE_RAW_JIT : WIRE_JIT];

	t->nengines = 0;
	for (u32 others = 0; others < 2; others++) {
		for (u32 i = 0; i < nr_engines; i++) {
			const struct engine *e = &engines[i];

			if (e->raw != t->raw || e->unpriv || e->load_flags ||
			    (e == first) == others)
				continue;
			if ((!t->nasked || is_among(e, t->asked, t->nasked)) &&
			    t->session.first.have[e->cap])
				t->engines[t->nengines++] = e;
		}
	}
}

u32 fuzz_target_route(struct fuzz_target *t, bool raw)
{
	t->raw = raw;
	take_engines(t);
	return t->nengines;
}

/* Does the kernel take @flag, beside those of the session? Sets *@takes; -errno of session_try().
 */
static int probe_flag(struct fuzz_target *t, u32 flag, bool *takes)
{
	struct bpf_case *null = null_case();
	struct trial_ask ask = { .engine = t->engines[0], .c = null };
	u32 before = t->session.load_flags;
	struct trial trial;
	int ret;

	t->session.load_flags |= flag;
	ret = session_try(&t->session, &ask, &trial);
	t->session.load_flags = before;
	*takes = !ret && trial.verdict == VERDICT_PASS;
	trial_free(&trial);
	bpf_case_free(null);
	return ret;
}

/* Kernels before 6.8 refuse the first one. */
static int probe_flags(struct fuzz_target *t)
{
	bool invariants;
	int ret = probe_flag(t, TEST_REG_INVARIANTS, &invariants);

	if (!ret && invariants)
		t->session.load_flags = TEST_REG_INVARIANTS;
	else if (!ret)
		pr_err("%s: %s does not take BPF_F_TEST_REG_INVARIANTS: loading without it",
		       t->session.conf.arch, t->session.first.release);
	return ret ? ret : probe_flag(t, FUZZ_STATE_FREQ, &t->state_freq);
}

int fuzz_target_open(struct fuzz_target *t, const struct guest_conf *conf,
		     const struct engine *const *engines, u32 nengines, bool cover)
{
	int ret;

	memset(t, 0, sizeof(*t));
	ret = session_open(&t->session, conf);
	if (ret)
		return ret;
	for (u32 i = 0; i < nengines; i++)
		t->asked[t->nasked++] = engines[i];
	take_engines(t);
	if (cover && !t->session.guest.have[CAP_KCOV]) {
		pr_err("%s: this kernel has no KCOV (images/build.sh with KCOV=1 builds one; m68k "
		       "has none at all)",
		       conf->arch);
		ret = -ENOTSUP;
	} else if (!t->nengines) {
		pr_err("%s: this kernel has none of the engines", conf->arch);
		ret = -ENOTSUP;
	}
	if (!ret)
		ret = probe_flags(t);
	if (ret)
		fuzz_target_close(t);
	t->boots = t->session.boots;
	return ret;
}

void fuzz_target_close(struct fuzz_target *t)
{
	session_end(&t->session);
}

/* ---- one input ---- */

struct bpf_case *fuzz_target_case(const struct fuzz_target *t, const struct fuzz_input *in)
{
	return fuzz_input_to_case(in, "fuzz/input/one", t->raw ? OUTCOME_VALUE : OUTCOME_EITHER);
}

void fuzz_target_model(struct fuzz_target *t, struct prediction *p)
{
	const struct guest *g = &t->session.first;
	struct model_state st = { .max_steps = MAX_STEPS };
	u32 n;

	p->first.max_steps = MAX_STEPS;
	for (n = 0; n < p->c->vecs->nvecs; n++) {
		struct model_state *to = n ? &st : &p->first;
		enum model_stop stop =
			model_run_watched(p->c, n, g->order, g->word_bits, to, NULL, NULL, NULL);

		/* of the time, model_run() tries a few moments: a rare one would be a false find */
		if (stop != MODEL_OK || to->open)
			break;
		if (n &&
		    (memcmp(st.region, p->first.region, sizeof(st.region)) ||
		     st.clobbered != p->first.clobbered || st.early_exit != p->first.early_exit))
			break;
	}
	if (!n) {
		model_state_free(&p->first);
		memset(&p->first, 0, sizeof(p->first));
	}
	model_state_free(&st);
	p->modelled = true;
	p->nr_vecs = n;
}

/* The console of many boots must not fill the disk. */
static void bound_console(const struct fuzz_target *t)
{
	struct stat st;

	if (!t->session.up && !stat(t->session.conf.console, &st) && S_ISREG(st.st_mode) &&
	    st.st_size > MAX_CONSOLE && truncate(t->session.conf.console, 0))
		pr_err("%s: %s", t->session.conf.console, strerror(errno));
}

static void fold_edges(struct fuzz_target *t, const struct reply *reply, struct fuzz_result *out)
{
	out->nr_edges = reply->nr_edges;
	out->nr_pcs = reply->nr_pcs;
	/* how far a load got before it was given up is random */
	if (reply->stage == WIRE_STAGE_LOAD && reply->err == EAGAIN)
		return;
	for (u32 i = 0; t->map && i < reply->nr_edges; i++) {
		u32 edge =
			bytes_get(reply->edges + 2 * i, 2, t->session.guest.order) % FUZZ_MAP_SIZE;

		t->map[edge] = 1;
		t->edges += !t->seen[edge];
		t->seen[edge] = 1;
	}
}

static void take_reply(struct fuzz_target *t, struct exec *x, const struct reply *reply,
		       struct engine_result *e)
{
	e->tried = true;
	t->times.load_us += reply->load_us;
	fuzz_target_took(t, reply->load_us);
	t->times.run_us += reply->run_us;
	judge(&t->session, x, 0, ATTEMPT_ANSWERED, reply, NULL, &e->trial);
}

u32 fuzz_target_patience(const struct fuzz_target *t)
{
	u64 ms = t->usual_us * PATIENCE / 1000;

	return !ms || ms > MAX_LOAD_MS ? MAX_LOAD_MS : ms < MIN_LOAD_MS ? MIN_LOAD_MS : ms;
}

void fuzz_target_took(struct fuzz_target *t, u32 us)
{
	/* a slow load counts as slightly longer than average, or the limit would grow with it */
	if (t->usual_us && us > 4 * t->usual_us)
		us = 4 * t->usual_us;
	t->usual_us = t->usual_us ? (t->usual_us * 63 + us + 63) / 64 : us;
}

static bool has_needs(const struct fuzz_target *t, u32 i, const struct bpf_case *c)
{
	char *lacks = engine_lacks(t->engines[i], &t->session.first, c);

	free(lacks);
	return !lacks;
}

bool fuzz_target_takes(const struct fuzz_target *t, u32 i, const struct prediction *p)
{
	char *why;

	if (!has_needs(t, i, p->c))
		return false;
	/* nothing judges an unverified program but the model */
	if (t->raw && !p->nr_vecs)
		return false;
	why = session_unchecked(&t->session, t->engines[i], p);
	free(why);
	return !why;
}

char *fuzz_target_lacks(const struct fuzz_target *t, const struct bpf_case *c)
{
	for (u32 i = 0; i < t->nengines; i++)
		if (has_needs(t, i, c))
			return NULL;
	return engine_lacks(t->engines[0], &t->session.first, c);
}

/* Send the requests of all engines at once, so that the guest need not wait for us. */
static u32 send_all(struct fuzz_target *t, struct fuzz_result *out, struct exec *execs[])
{
	struct prediction *p = &out->p;
	u32 n = 0;

	out->skipped = true;
	for (u32 i = 0; i < t->nengines; i++) {
		u32 flags = WIRE_LIMIT(fuzz_target_patience(t)) | (t->deep ? 0 : WIRE_SHALLOW) |
			    (n ? WIRE_IF_LOADED : WIRE_QUIET | (t->map ? WIRE_COVER : 0));
		struct exec *x;

		if (!fuzz_target_takes(t, i, p))
			continue;
		out->skipped = false;
		x = exec_new(&t->session, t->engines[i], &p, 1, WRAPPER_WIDE, flags);
		if (!x)
			continue;
		x->rq.no_survival_check = true;
		out->e[n].engine = t->engines[i];
		if (exec_send(&t->session, x)) {
			exec_free(x);
			break;
		}
		execs[n++] = x;
	}
	return n;
}

/* If the first engine refuses the program, the others do not try: they repeat its errno. */
static bool repeats_refusal(const struct fuzz_result *s, const struct reply *reply)
{
	return !s->accepted && reply->stage == WIRE_STAGE_LOAD &&
	       (int)reply->err == s->e[0].trial.err && !reply->load_us;
}

static void run_all(struct fuzz_target *t, struct fuzz_result *out)
{
	struct exec *execs[FUZZ_ENGINES];
	struct reply reply;
	u32 n = send_all(t, out, execs);

	out->how = n ? ATTEMPT_ANSWERED : ATTEMPT_FAILED;
	for (u32 i = 0; i < n; i++) {
		if (out->how == ATTEMPT_ANSWERED)
			out->how = exec_receive(&t->session, execs[i], &reply, &out->console);
		if (out->how == ATTEMPT_ANSWERED && !i) {
			fold_edges(t, &reply, out);
			take_reply(t, execs[i], &reply, &out->e[i]);
			out->accepted = reply.stage == WIRE_STAGE_OK;
		} else if (out->how == ATTEMPT_ANSWERED && !repeats_refusal(out, &reply)) {
			take_reply(t, execs[i], &reply, &out->e[i]);
		}
		exec_free(execs[i]);
	}
	t->memory.loads += n;
}

void fuzz_target_run(struct fuzz_target *t, const struct fuzz_input *in, struct fuzz_result *out)
{
	u64 start = clock_us(), now;

	memset(out, 0, sizeof(*out));
	out->p.c = fuzz_target_case(t, in);
	now = clock_us();
	t->times.parse_us += now - start;
	start = now;
	fuzz_target_model(t, &out->p);
	now = clock_us();
	t->times.model_us += now - start;
	bound_console(t);
	if (guest_stop)
		out->how = ATTEMPT_STOPPED;
	else if (session_boot(&t->session))
		out->how = guest_stop ? ATTEMPT_STOPPED : ATTEMPT_NO_GUEST;
	else
		run_all(t, out);
	t->times.guest_us += clock_us() - now;
	if (t->boots != t->session.boots)
		fuzz_memory_reset(&t->memory);
	t->boots = t->session.boots;
}

void fuzz_result_free(struct fuzz_result *s)
{
	for (u32 i = 0; i < FUZZ_ENGINES; i++)
		trial_free(&s->e[i].trial);
	free(s->console);
	prediction_free(&s->p);
	bpf_case_free(s->p.c);
	memset(s, 0, sizeof(*s));
}

/* ---- memory ---- */

int fuzz_target_check_memory(struct fuzz_target *t)
{
	u64 kb;
	int ret;

	if (t->memory.loads < FUZZ_LOADS || !t->session.up)
		return 0;
	ret = session_free_memory(&t->session, &kb);
	if (ret)
		return ret;
	return kb && fuzz_memory_look(&t->memory, kb);
}
