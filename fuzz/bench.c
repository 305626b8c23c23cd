// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "fuzz/bench.h"
#include "fuzz/follow.h"
#include "fuzz/forkserver.h"
#include "lib/util.h"

#define MAX_INPUTS 400	    /* inputs measured */
#define BENCH_US   15000000 /* at least */

struct bench_input {
	char *data;
	size_t len;
	bool raw; /* the raw route can run it */
};

/* The accepted inputs. The guest has seen each once afterwards. */
static u32 pick(struct judge *j, char **paths, u32 cnt, struct bench_input *in)
{
	u32 n = 0;

	for (u32 i = 0; i < cnt && n < MAX_INPUTS; i++) {
		enum judged what;

		in[n].data = read_file(paths[i], &in[n].len);
		if (!in[n].data)
			continue;
		what = judge_input(j, in[n].data, in[n].len);
		in[n].raw = j->program.raw;
		if (what == JUDGED_FINE)
			n++;
		else
			free(in[n].data);
		if (what >= NR_JUDGED)
			break;
	}
	return n;
}

/* Judge all inputs once, with all oracles. Returns microseconds, or 0 if interrupted. */
static u64 pass_judged(struct judge *j, const struct bench_input *in, u32 n)
{
	u64 start = clock_us();

	for (u32 i = 0; i < n; i++)
		if (judge_input(j, in[i].data, in[i].len) >= NR_JUDGED)
			return 0;
	return clock_us() - start;
}

/* Load the program of @in on one engine after the other, without coverage, model or runs. */
static bool load(struct fuzz_target *t, const struct bench_input *in)
{
	static struct fuzz_input input;
	struct prediction p = { .modelled = true }, *cases[] = { &p };
	bool ok = !fuzz_input_parse(&input, in->data, in->len, NULL);

	if (!ok)
		return false;
	p.c = fuzz_input_to_case(&input, "fuzz/input/one", OUTCOME_EITHER);
	for (u32 i = 0; i < t->nengines && ok; i++) {
		struct exec *x = exec_new(&t->session, t->engines[i], cases, 1, WRAPPER_WIDE,
					  WIRE_QUIET | WIRE_LIMIT(fuzz_target_patience(t)));
		struct reply reply;
		char *console = NULL;

		if (!x)
			continue;
		x->rq.no_survival_check = true;
		ok = exec_run(&t->session, x, &reply, &console) == ATTEMPT_ANSWERED;
		free(console);
		exec_free(x);
	}
	bpf_case_free(p.c);
	return ok;
}

static u64 pass_loaded(struct judge *j, const struct bench_input *in, u32 n)
{
	u64 start = clock_us();

	for (u32 i = 0; i < n; i++)
		if (!load(j->t, &in[i]))
			return 0;
	return clock_us() - start;
}

static void print_times(const struct fuzz_target_times *t, u64 us, u64 execs)
{
	u64 host = t->parse_us + t->model_us, guest = t->load_us + t->run_us,
	    wait = t->guest_us > guest ? t->guest_us - guest : 0;
	const struct {
		const char *name;
		u64 us;
	} rows[] = {
		{ "input to case, model", host },
		{ "loads (verifier, JIT)", t->load_us },
		{ "runs and hashes", t->run_us },
		{ "transport, KCOV's edges, frames, the guest's kernel", wait },
		{ "judging", t->judge_us },
	};

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		printf("  %7.0f us  %4.1f %%  %s\n", (double)rows[i].us / execs,
		       100.0 * rows[i].us / us, rows[i].name);
}

/* Judging against another way to run the same inputs, in microseconds. */
struct race {
	u64 judged, other, execs;
};

/*
 * Alternate between judging and @other, so that other load on the host slows both. False: a signal
 * came.
 */
static bool race(struct judge *j, const struct bench_input *in, u32 n,
		 u64 (*other)(struct judge *j, const struct bench_input *in, u32 n), struct race *r)
{
	*r = (struct race){};
	do {
		u64 us = pass_judged(j, in, n), us2 = us ? other(j, in, n) : 0;

		if (!us2)
			return false;
		r->judged += us;
		r->other += us2;
		r->execs += n;
	} while (r->judged < BENCH_US);
	return true;
}

static int measure(struct judge *j, const struct bench_input *in, u32 n)
{
	struct race r;

	memset(&j->t->times, 0, sizeof(j->t->times));
	if (!race(j, in, n, pass_loaded, &r))
		return EXIT_INFRA;
	printf("%s: %u inputs, %u engines\n%.1f executions/s\n", j->t->session.conf.arch, n,
	       j->t->nengines, r.execs * 1e6 / r.judged);
	print_times(&j->t->times, r.judged, r.execs);
	printf("%.1f programs/s are only loaded, on each engine: fuzzing has %.0f %% of that "
	       "rate\n",
	       r.execs * 1e6 / r.other, 100.0 * r.other / r.judged);
	return EXIT_OK;
}

/* ---- the raw route ---- */

/* Run programs that can take it on the raw route. Returns microseconds, or 0 if interrupted. */
static u64 pass_raw(struct judge *j, const struct bench_input *in, u32 n)
{
	static struct follow f;
	struct fuzz_bytes batch[FOLLOW_BATCH];
	u64 start = clock_us();
	u32 cnt = 0;

	f.j = j;
	fuzz_target_route(j->t, true);
	for (u32 i = 0; i < n; i++) {
		batch[cnt++] = (struct fuzz_bytes){ (u8 *)in[i].data, in[i].len };
		if (cnt < FOLLOW_BATCH && i + 1 < n)
			continue;
		if (follow_batch(&f, batch, cnt) >= NR_JUDGED)
			return 0;
		cnt = 0;
	}
	fuzz_target_route(j->t, false);
	return clock_us() - start;
}

/* Alternate with the engines that verify, on the same inputs. */
static int measure_raw(struct judge *j, const struct bench_input *in, u32 n)
{
	static struct bench_input takes[MAX_INPUTS];
	struct race r;
	u32 cnt = 0;

	for (u32 i = 0; i < n; i++)
		if (in[i].raw)
			takes[cnt++] = in[i];
	printf("%u of them (%.0f %%) can take the raw route\n", cnt, 100.0 * cnt / n);
	if (!cnt || !fuzz_target_route(j->t, true))
		return EXIT_OK;
	fuzz_target_route(j->t, false);
	if (!race(j, takes, cnt, pass_raw, &r))
		return EXIT_INFRA;
	printf("%.1f programs/s on the raw route, %.1f times as many as on the engines that "
	       "verify\n",
	       r.execs * 1e6 / r.other, (double)r.judged / r.other);
	return EXIT_OK;
}

int fuzz_bench(struct judge *j, char **paths, u32 cnt)
{
	static struct bench_input in[MAX_INPUTS + 1];
	static u8 map[FUZZ_MAP_SIZE];
	int ret = EXIT_USAGE;
	u32 n;

	j->t->map = map;
	n = pick(j, paths, cnt, in);
	if (n) {
		ret = measure(j, in, n);
		if (!ret)
			ret = measure_raw(j, in, n);
	} else {
		pr_err("bench: none of the %u inputs is accepted and passes", cnt);
	}
	for (u32 i = 0; i < n; i++)
		free(in[i].data);
	return ret;
}
