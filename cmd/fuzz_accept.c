// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "cmd/cmd.h"
#include "cmd/lab_opts.h"
#include "fuzz/corpus.h"
#include "fuzz/mutator/mutate.h"
#include "lib/util.h"
#include "session/known.h"
#include "session/trial.h"

#define LIMIT_MS     5000 /* for a load */
#define POOL_MAX     2048
#define SPEED_ROUNDS 20000
#define NR_REASONS   512

struct reason {
	char text[96];
	u32 cnt;
};

struct accept {
	struct session *session;
	const struct engine *engine;
	int count, floor, seed;
	bool reasons;

	struct fuzz_input *pool;
	u32 cnt;
	struct mutator *m;
	struct rand rand; /* of what is done with the mutator's work */

	u32 tried, taken, unbound, unbound_taken, skipped, modelled, died;
	u64 load_us, longest_us;
	u32 *made, *good; /* by mutation */
	struct reason why[NR_REASONS];
	u32 nwhy;
};

/* ---- the corpus ---- */

static int to_pool(void *ctx, const char *id, const struct fuzz_input *in)
{
	struct accept *a = ctx;

	(void)id;
	if (a->cnt < POOL_MAX)
		a->pool[a->cnt++] = *in;
	return 0;
}

static int load_pool(struct accept *a, const char *arch, const char *cases)
{
	struct known rows;
	struct corpus_conf conf = { .cases = cases, .members = 1, .samples = 1, .known = &rows };
	struct corpus_stats stats;
	struct diag diag = {};
	int ret = known_load_arch(arch, &rows);

	if (ret)
		return ret;
	a->pool = xcalloc(POOL_MAX, sizeof(*a->pool));
	ret = corpus_make(&conf, to_pool, a, &stats, &diag);
	known_free(&rows);
	if (ret)
		diag_print(&diag);
	return ret;
}

/* ---- speed ---- */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* From bytes to bytes, as afl-fuzz has it. */
static double speed(struct accept *a)
{
	struct mutator *m = mutator_new(a->seed);
	static u8 buf[FUZZ_INPUT_MAX];
	static struct fuzz_input in;
	double begun = now();

	for (u32 i = 0; i < SPEED_ROUNDS; i++) {
		size_t len = fuzz_input_write(&a->pool[i % a->cnt], buf, sizeof(buf));

		fuzz_input_parse(&in, buf, len, NULL);
		mutate(m, &in, &a->pool[(i * 7 + 1) % a->cnt]);
		fuzz_input_write(&in, buf, sizeof(buf));
	}
	mutator_free(m);
	return SPEED_ROUNDS / (now() - begun);
}

/* ---- trying ---- */

/* The verifier's last words, without numbers, so that equal ones are one. */
static void note_reason(struct accept *a, const char *log)
{
	const char *end = log ? strstr(log, "\nprocessed ") : NULL, *line;
	char text[sizeof(a->why[0].text)];
	u32 n = 0;

	end = end ? end : log ? log + strlen(log) : NULL;
	line = end;
	while (line && line > log && line[-1] != '\n')
		line--;
	for (const char *p = line ? line : "(no log)"; p != end && *p && n + 1 < sizeof(text); p++)
		if (!isdigit((unsigned char)*p) || !n || text[n - 1] != '#')
			text[n++] = isdigit((unsigned char)*p) ? '#' : *p;
	text[n] = 0;
	for (u32 i = 0; i < a->nwhy; i++) {
		if (!strcmp(a->why[i].text, text)) {
			a->why[i].cnt++;
			return;
		}
	}
	if (a->nwhy == NR_REASONS)
		return;
	strcpy(a->why[a->nwhy].text, text);
	a->why[a->nwhy++].cnt = 1;
}

/* Is it in the model what it is in the guest? Of the others only the verifier and crashes can be
 * judged. */
static bool runs_in_model(const struct accept *a, const struct bpf_case *c)
{
	const struct guest *g = &a->session->guest;
	struct model_state st = {};
	bool ok = model_run(c, 0, g->order, g->word_bits, &st, NULL) == MODEL_OK;

	model_state_free(&st);
	return ok;
}

static void count_mutations(struct accept *a, bool good)
{
	const char *p = a->m->what;

	while (*p) {
		size_t len = strcspn(p, "+");

		for (u32 i = 0; i < nr_mutations; i++)
			if (strlen(mutations[i].name) == len &&
			    !strncmp(mutations[i].name, p, len)) {
				a->made[i]++;
				a->good[i] += good;
			}
		p += len + (p[len] == '+');
	}
}

static void say_death(struct accept *a, const struct bpf_case *c, const struct trial *t)
{
	a->died++;
	pr_err("%s: %s", t->reason, a->m->what);
	if (t->console)
		fprintf(stderr, "%s\n", t->console);
	bpf_case_print(stdout, c, -1);
}

static void judge(struct accept *a, const struct fuzz_input *in, const struct bpf_case *c,
		  const struct trial *t)
{
	bool taken = t->xlated_len;

	a->tried++;
	a->taken += taken;
	a->unbound += a->m->unbound;
	a->unbound_taken += a->m->unbound && taken;
	a->load_us += t->load_us;
	a->longest_us = t->load_us > a->longest_us ? t->load_us : a->longest_us;
	count_mutations(a, taken);
	if (t->load_us > 1000000 && a->reasons) {
		printf("%u ms: %s\n", t->load_us / 1000, a->m->what);
		bpf_case_print(stdout, c, 0);
	}
	if (!taken) {
		note_reason(a, t->log);
		return;
	}
	a->modelled += runs_in_model(a, c);
	/* as if one in eight had shown something new */
	if (!rand_one_in(&a->rand, 8))
		return;
	a->pool[a->cnt < POOL_MAX ? a->cnt++ : rand_below(&a->rand, POOL_MAX)] = *in;
}

static int try_one(struct accept *a)
{
	static struct fuzz_input in;
	/* what the verifier would look at for minutes is refused, as by the fuzzer */
	struct trial_ask ask = { .engine = a->engine, .flags = WIRE_LIMIT(LIMIT_MS) };
	struct trial t;
	int ret;

	in = a->pool[rand_below(&a->rand, a->cnt)];
	mutate(a->m, &in, &a->pool[rand_below(&a->rand, a->cnt)]);
	/* a case that must be refused is loaded whatever the model says of it */
	ask.c = fuzz_input_to_case(&in, "fuzz/accept/one", OUTCOME_REJECT);
	ask.nr_vecs = 1;
	ret = session_try(a->session, &ask, &t);
	if (ret) {
		bpf_case_free(ask.c);
		return ret;
	}
	if (t.verdict == VERDICT_SKIP)
		a->skipped++;
	else if (t.verdict == VERDICT_CRASH || t.verdict == VERDICT_TIMEOUT ||
		 t.verdict == VERDICT_LOST)
		say_death(a, ask.c, &t);
	else
		judge(a, &in, ask.c, &t);
	trial_free(&t);
	bpf_case_free(ask.c);
	return 0;
}

static int by_cnt(const void *a, const void *b)
{
	return (int)((const struct reason *)b)->cnt - (int)((const struct reason *)a)->cnt;
}

static double percent(u32 part, u32 all)
{
	return all ? 100.0 * part / all : 0;
}

static void report(struct accept *a)
{
	u32 bound = a->tried - a->unbound;

	if (a->reasons) {
		qsort(a->why, a->nwhy, sizeof(*a->why), by_cnt);
		for (u32 i = 0; i < a->nwhy && i < 40; i++)
			printf("%6u  %s\n", a->why[i].cnt, a->why[i].text);
		for (u32 i = 0; i < nr_mutations; i++)
			printf("%6.1f %% of %5u  %s\n", percent(a->good[i], a->made[i]), a->made[i],
			       mutations[i].name);
	}
	printf("%u programs: %.1f %% accepted (%.1f %% of those meant to be, %.1f %% of the %u "
	       "others); the model runs %.1f %% of the accepted; "
	       "a load takes %.2f ms, %.0f at most; %u guests died, %u programs skipped\n",
	       a->tried, percent(a->taken, a->tried), percent(a->taken - a->unbound_taken, bound),
	       percent(a->unbound_taken, a->unbound), a->unbound, percent(a->modelled, a->taken),
	       a->tried ? a->load_us / 1e3 / a->tried : 0, a->longest_us / 1e3, a->died,
	       a->skipped);
}

static int run(struct accept *a)
{
	int ret = 0;

	for (int i = 0; i < a->count && !ret && !guest_stop; i++) {
		ret = try_one(a);
		if (i % 200 == 199)
			pr_info("fuzz-accept: %d of %d: %.1f %% accepted", i + 1, a->count,
				percent(a->taken, a->tried));
	}
	report(a);
	if (ret || guest_stop)
		return EXIT_INFRA;
	return a->died || percent(a->taken, a->tried) < a->floor ? EXIT_FINDINGS : EXIT_OK;
}

static const struct opt rows[] = {
	OPT_NUMBER("count", "N", struct accept, count, 0, 100000000, "programs (default: 2000)"),
	OPT_NUMBER("seed", "N", struct accept, seed, 0, INT_MAX, "of the mutator (default: 1)"),
	OPT_NUMBER("floor", "PERCENT", struct accept, floor, 0, 100,
		   "exit code 1 where fewer are taken"),
	OPT_FLAG("reasons", struct accept, reasons,
		 "what the verifier says of the others, and how each mutation fares"),
	{}
};

int cmd_fuzz_accept(int argc, char **argv)
{
	struct accept *a = xcalloc(1, sizeof(*a));
	const struct lab_command cmd = {
		.usage = {
			.name = "fuzz-accept",
			.head = "usage: checkjit fuzz-accept [--count N] [--seed N] [--floor "
				"PERCENT] [--reasons] GUEST OPTIONS\n\n"
				"How many of the mutator's programs the verifier of a guest "
				"takes: mutations of the starting\n"
				"corpus, and of what was taken, as a fuzzer has them.\n\n",
		},
		.rows = rows,
		.ctx = a,
	};
	struct lab_opts o;
	struct session session;
	int ret;

	a->count = 2000;
	a->seed = 1;
	ret = lab_opts_parse(&o, &cmd, argc, argv);
	if (ret >= 0)
		return ret;
	if (load_pool(a, o.guest.arch, o.dir))
		return EXIT_USAGE;
	a->engine = &engines[WIRE_JIT];
	a->rand.state = a->seed;
	a->m = mutator_new(a->seed);
	a->made = xcalloc(nr_mutations, sizeof(*a->made));
	a->good = xcalloc(nr_mutations, sizeof(*a->good));
	printf("%.0f mutated inputs a second on the host, of %u\n", speed(a), a->cnt);
	ret = EXIT_INFRA;
	if (!a->count) {
		ret = EXIT_OK;
	} else if (!session_open(&session, &o.guest)) {
		a->session = &session;
		ret = run(a);
		session_end(&session);
	}
	return ret;
}
