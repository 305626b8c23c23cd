// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "fuzz/bench.h"
#include "fuzz/forkserver.h"
#include "lib/util.h"

#define MAX_INPUTS	400	/* that are measured */
#define BENCH_US	10000000	/* each of the ways */

struct bench_input {
	char *data;
	size_t len;
};

/* The inputs that are judged and accepted; the guest has seen each once then. */
static u32 pick(struct judge *j, char **paths, u32 cnt, struct bench_input *in)
{
	u32 n = 0;

	for (u32 i = 0; i < cnt && n < MAX_INPUTS; i++) {
		enum judged what;

		in[n].data = read_file(paths[i], &in[n].len);
		if (!in[n].data)
			continue;
		what = judge_input(j, in[n].data, in[n].len);
		if (what == JUDGED_FINE)
			n++;
		else
			free(in[n].data);
		if (what >= NR_JUDGED)
			break;
	}
	return n;
}

/* Executions a second, all oracles at work. */
static double rate_judged(struct judge *j, const struct bench_input *in, u32 n, u64 *execs, u64 *us)
{
	u64 start = clock_us();

	*execs = 0;
	do {
		if (judge_input(j, in[*execs % n].data, in[*execs % n].len) >= NR_JUDGED)
			return 0;
		++*execs;
	} while (clock_us() - start < BENCH_US || *execs % n);
	*us = clock_us() - start;
	return *execs * 1e6 / *us;
}

/* The same programs loaded on as many engines, one request after the other: no coverage, no model, no runs. */
static double rate_loaded(struct judge *j, const struct bench_input *in, u32 n)
{
	static struct fuzz_input input;
	struct target *t = j->t;
	u64 start = clock_us(), execs = 0;

	do {
		struct member m = { .modelled = true };

		if (fuzz_input_parse(&input, in[execs % n].data, in[execs % n].len, NULL))
			return 0;
		m.c = fuzz_input_to_case(&input, "fuzz/input/one", OUTCOME_EITHER);
		for (u32 i = 0; i < t->nengines; i++) {
			struct job *job = job_new(&t->lab.r, t->engines[i], (struct member *[]){ &m }, 1, FRAME_WIDE, WIRE_QUIET);
			struct reply reply;
			char *console = NULL;
			bool ok;

			if (!job)
				continue;
			job->rq.no_witness = true;
			ok = job_try(&t->lab.r, job, &reply, &console) == ATTEMPT_ANSWERED;
			free(console);
			job_free(job);
			if (!ok)
				return 0;
		}
		bpf_case_free(m.c);
		execs++;
	} while (clock_us() - start < BENCH_US || execs % n);
	return execs * 1e6 / (clock_us() - start);
}

static void print_times(const struct target_times *t, u64 us, u64 execs)
{
	u64 host = t->parse_us + t->model_us, guest = t->load_us + t->run_us, wait = t->guest_us > guest ? t->guest_us - guest : 0;
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
		printf("  %7.0f us  %4.1f %%  %s\n", (double)rows[i].us / execs, 100.0 * rows[i].us / us, rows[i].name);
}

int fuzz_bench(struct judge *j, char **paths, u32 cnt)
{
	static struct bench_input in[MAX_INPUTS + 1];
	static u8 map[FUZZ_MAP_SIZE];
	double judged, loaded = 0;
	u64 execs, us;
	u32 n;

	j->t->map = map;
	n = pick(j, paths, cnt, in);
	if (!n) {
		pr_err("bench: none of the %u inputs is accepted and passes", cnt);
		return EXIT_USAGE;
	}
	memset(&j->t->times, 0, sizeof(j->t->times));
	judged = rate_judged(j, in, n, &execs, &us);
	if (judged > 0) {
		printf("%s: %u inputs, %u engines\n%.1f executions/s\n", j->t->lab.conf.guest.arch, n, j->t->nengines, judged);
		print_times(&j->t->times, us, execs);
		loaded = rate_loaded(j, in, n);
		printf("%.1f programs/s are only loaded, on each engine: fuzzing has %.0f %% of that\n", loaded,
		       loaded > 0 ? 100 * judged / loaded : 0);
	}
	for (u32 i = 0; i < n; i++)
		free(in[i].data);
	return judged > 0 && loaded > 0 ? EXIT_OK : EXIT_INFRA;
}
