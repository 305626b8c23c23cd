// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fuzz/follow.h"
#include "lib/bytes.h"
#include "lib/outfile.h"
#include "lib/util.h"
#include "session/judge.h"

#define INTERP_ONE_IN                                                               \
	4 /* programs that the interpreter runs too: it is the same C on every arch \
	   */
#define COVER_ONE_IN   16 /* programs whose way through the JIT is watched */
#define VERIFIED_SHARE 4  /* the engines that verify get one part in this many of the time */
#define IDLE_US	       100000

/* A program in flight. */
struct flight {
	struct fuzz_bytes program;
	struct prediction p;
	struct exec *execs[FUZZ_ENGINES];
	bool alone; /* odd: it runs again by itself */
	bool judged;
};

/* ---- places of the JIT ---- */

static void keep_input(const struct follow *f, const struct fuzz_bytes *p)
{
	struct outfile out;
	char *path;

	if (!f->kept)
		return;
	path = xasprintf("%s/%016llx", f->kept,
			 (unsigned long long)fuzz_input_hash(p->data, p->len));
	if (!outfile_open(&out, path)) {
		fwrite(p->data, 1, p->len, out.f);
		outfile_close(&out, true);
	}
	free(path);
}

static void take_edges(struct follow *f, const struct flight *fl, const struct reply *reply)
{
	u64 before = f->edges;

	for (u32 i = 0; i < reply->nr_edges; i++) {
		u32 edge = bytes_get(reply->edges + 2 * i, 2, f->j->t->session.guest.order);

		f->edges += !f->seen[edge % FUZZ_MAP_SIZE];
		f->seen[edge % FUZZ_MAP_SIZE] = 1;
	}
	if (f->edges != before)
		keep_input(f, &fl->program);
}

/* ---- sending ---- */

static bool one_in(const struct follow *f, u32 n)
{
	return !((f->nr_raw + f->nr_variants) % n);
}

/* Does the next program run on engine @i? */
static bool wants(const struct follow *f, u32 i)
{
	return !i || f->j->t->engines[i]->native || one_in(f, INTERP_ONE_IN);
}

/* Returns JUDGED_FINE if the program may be sent, else what is counted. */
static enum judged prepare(struct follow *f, struct flight *fl)
{
	static struct fuzz_input in;
	struct fuzz_target *t = f->j->t;

	if (fuzz_input_parse(&in, fl->program.data, fl->program.len, NULL))
		return JUDGED_GARBAGE;
	fl->p.c = fuzz_target_case(t, &in);
	fuzz_target_model(t, &fl->p);
	for (u32 i = 0; i < t->nengines; i++) {
		struct prediction *p = &fl->p;
		bool watch = !i && t->session.first.have[CAP_KCOV] && one_in(f, COVER_ONE_IN);

		if (wants(f, i) && fuzz_target_takes(t, i, p))
			fl->execs[i] = exec_new(&t->session, t->engines[i], &p, 1, WRAPPER_WIDE,
						watch ? WIRE_COVER : 0);
		if (fl->execs[i])
			fl->execs[i]->rq.no_survival_check = true;
	}
	if (!fl->execs[0])
		return JUDGED_SKIPPED;
	f->nr_raw += !f->varies;
	f->nr_variants += f->varies;
	for (u32 i = 1; i < t->nengines; i++)
		f->nr_interp += fl->execs[i] && !t->engines[i]->native;
	return JUDGED_FINE;
}

/* ---- receiving ---- */

/* Returns what is counted, or JUDGED_ODD if the judge of all inputs has to look at it. */
static enum judged judge_at_once(const struct trial *t)
{
	if (t->differs || t->nr_abi)
		return JUDGED_ODD;
	if (t->refused)
		return JUDGED_REFUSED;
	switch (t->verdict) {
	case VERDICT_PASS:
	case VERDICT_XPASS:
		return JUDGED_FINE;
	case VERDICT_XFAIL:
		return JUDGED_KNOWN;
	case VERDICT_FALLBACK:
		return JUDGED_FALLBACK;
	default:
		return JUDGED_ODD;
	}
}

static void take_answer(struct follow *f, struct flight *fl, struct exec *x,
			const struct reply *reply)
{
	struct fuzz_target *t = f->j->t;
	struct trial trial;
	enum judged what;

	t->times.load_us += reply->load_us;
	t->times.run_us += reply->run_us;
	if (x->rq.flags & WIRE_COVER)
		take_edges(f, fl, reply);
	judge(&t->session, x, 0, ATTEMPT_ANSWERED, reply, NULL, &trial);
	what = judge_at_once(&trial);
	trial_free(&trial);
	if (what == JUDGED_ODD)
		fl->alone = true;
	else if (!fl->judged)
		f->j->counts[what]++;
	fl->judged = true;
}

/* Send all on one engine after the other: changing the engine costs the guest several files. */
static enum attempt run_flights(struct follow *f, struct flight *flights, u32 n, char **console)
{
	struct session *s = &f->j->t->session;
	enum attempt how = ATTEMPT_ANSWERED;
	struct reply reply;

	for (u32 e = 0; e < f->j->t->nengines; e++) {
		for (u32 i = 0; i < n; i++) {
			if (flights[i].execs[e] && exec_send(s, flights[i].execs[e])) {
				exec_free(flights[i].execs[e]);
				flights[i].execs[e] = NULL;
			}
		}
	}
	for (u32 e = 0; e < f->j->t->nengines; e++) {
		for (u32 i = 0; i < n; i++) {
			struct exec *x = flights[i].execs[e];

			if (!x)
				continue;
			f->j->t->memory.loads++;
			if (how == ATTEMPT_ANSWERED)
				how = exec_receive(s, x, &reply, console);
			if (how == ATTEMPT_ANSWERED)
				take_answer(f, &flights[i], x, &reply);
			else
				flights[i].alone = true;
		}
	}
	return how;
}

/*
 * Run the odd ones alone; variants on the engines that verify, since the verifier might refuse
 * them. @how: the death of the guest that had them in flight, or ANSWERED.
 */
static enum judged run_alone(struct follow *f, const struct flight *flights, u32 n,
			     enum attempt how, const char *console)
{
	const struct flight *last = NULL;
	bool explained = f->varies;

	fuzz_target_route(f->j->t, !f->varies);
	for (u32 i = 0; i < n; i++) {
		enum judged what;

		if (!flights[i].alone)
			continue;
		last = &flights[i];
		what = judge_input(f->j, last->program.data, last->program.len);
		if (what >= NR_JUDGED)
			return what;
		explained |= what == JUDGED_NEW || what == JUDGED_AGAIN || what == JUDGED_KNOWN ||
			     what == JUDGED_LATER;
	}
	if (attempt_died(how) && last && !explained)
		judge_unattributed(f->j, how, console, last->program.data, last->program.len);
	return JUDGED_FINE;
}

enum judged follow_batch(struct follow *f, const struct fuzz_bytes *programs, u32 n)
{
	struct flight *flights = xcalloc(n, sizeof(*flights));
	struct session *s = &f->j->t->session;
	enum judged what = JUDGED_FINE;
	enum attempt how;
	char *console = NULL;

	if (session_boot(s)) {
		free(flights);
		return guest_stop ? JUDGED_STOP : JUDGED_NO_GUEST;
	}
	for (u32 i = 0; i < n; i++) {
		enum judged made;

		flights[i].program = programs[i];
		made = prepare(f, &flights[i]);
		if (made != JUDGED_FINE)
			f->j->counts[made]++;
	}
	how = run_flights(f, flights, n, &console);
	if (how == ATTEMPT_STOPPED)
		what = JUDGED_STOP;
	else
		what = run_alone(f, flights, n, how, console);
	free(console);
	for (u32 i = 0; i < n; i++) {
		for (u32 e = 0; e < FUZZ_ENGINES; e++)
			exec_free(flights[i].execs[e]);
		prediction_free(&flights[i].p);
		bpf_case_free(flights[i].p.c);
	}
	free(flights);
	if (what == JUDGED_FINE)
		judge_guest(f->j);
	return what;
}

/* ---- the loop ---- */

/* Has the reader a chunk of one of @classes, or can it take one? The first of them counts. */
static bool have_chunk(struct spool_reader *r, const enum spool_class *classes, u32 n)
{
	for (u32 i = 0; !r->path && i < n; i++)
		spool_take(r, classes[i]);
	return r->path;
}

static enum judged raw_step(struct follow *f, bool *idle)
{
	static const enum spool_class classes[] = { SPOOL_RAW };
	struct fuzz_bytes programs[FOLLOW_BATCH];
	u64 start = clock_us();
	enum judged what = JUDGED_FINE;
	u32 n = 0;

	if (!fuzz_target_route(f->j->t, true) || !have_chunk(&f->raw, classes, ARRAY_SIZE(classes)))
		return JUDGED_FINE;
	*idle = false;
	while (n < FOLLOW_BATCH && spool_next(&f->raw, &programs[n].data, &programs[n].len))
		n++;
	if (n)
		what = follow_batch(f, programs, n);
	else
		spool_done(&f->raw, false);
	for (u32 i = 0; i < n; i++)
		variants_keep(&f->variants, &programs[i]);
	f->raw_us += clock_us() - start;
	return what;
}

/* A batch of variants. */
static enum judged variant_step(struct follow *f, bool *idle)
{
	struct fuzz_bytes programs[FOLLOW_BATCH];
	enum judged what;
	u32 n;

	if (!fuzz_target_route(f->j->t, false) || !fuzz_target_route(f->j->t, true))
		return JUDGED_FINE;
	n = variants_make(&f->variants, programs, FOLLOW_BATCH);
	if (!n)
		return JUDGED_FINE;
	*idle = false;
	f->varies = true;
	what = follow_batch(f, programs, n);
	f->varies = false;
	return what;
}

static enum judged verified_step(struct follow *f, bool *idle)
{
	static const enum spool_class classes[] = { SPOOL_FRESH, SPOOL_REST };
	u64 start = clock_us();
	enum judged what = JUDGED_FINE;
	const u8 *data;
	size_t len;

	if (!*idle && f->verified_us * (VERIFIED_SHARE - 1) > f->raw_us)
		return JUDGED_FINE;
	if (!fuzz_target_route(f->j->t, false) ||
	    !have_chunk(&f->verified, classes, ARRAY_SIZE(classes)))
		return JUDGED_FINE;
	*idle = false;
	if (spool_next(&f->verified, &data, &len)) {
		what = judge_input(f->j, data, len);
		f->nr_verified++;
	} else {
		spool_done(&f->verified, false);
	}
	f->verified_us += clock_us() - start;
	return what;
}

int follow_run(struct follow *f, const char *dir, const char *instance)
{
	enum judged what = JUDGED_FINE;

	f->raw = (struct spool_reader){ .dir = dir, .instance = instance };
	f->verified = f->raw;
	while (!guest_stop && what < NR_JUDGED) {
		bool idle = true, spare;

		what = raw_step(f, &idle);
		spare = idle;
		if (what < NR_JUDGED)
			what = verified_step(f, &idle);
		if (what < NR_JUDGED && spare)
			what = variant_step(f, &idle);
		if (idle)
			usleep(IDLE_US);
		f->tick(f->ctx);
	}
	if (f->raw.path)
		spool_done(&f->raw, true);
	if (f->verified.path)
		spool_done(&f->verified, true);
	variants_free(&f->variants);
	if (what != JUDGED_NO_GUEST)
		return EXIT_OK;
	pr_err("the guest does not come up any more");
	return EXIT_INFRA;
}
