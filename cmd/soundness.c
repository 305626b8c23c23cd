// SPDX-License-Identifier: GPL-2.0
/* Checks the verifier's statements about registers, in all cases: verifier/soundness.h. */
#include <errno.h>
#include <string.h>
#include <time.h>
#include "cmd/cmd.h"
#include "cmd/lab_opts.h"
#include "cmd/select.h"
#include "verifier/soundness.h"
#include "lib/shipped.h"
#include "lib/util.h"
#include "proto/checkjit_kfunc.h"
#include "session/trial.h"

struct job_conf {
	struct lab_opts o;
	const char *out;
	struct sweep_opts sweep;
	bool log;
};

static const struct opt_usage usage = {
	.name = "soundness",
	.head = "usage: checkjit soundness --arch ARCH --image DIR --initrd FILE [OPTION...] "
		"[PATTERN...]\n\n"
		"Load the cases that PATTERNs select with the verifier's log of all states, and "
		"compare what it states\n"
		"with the model's values along the path of every vector. Writes a .case file for "
		"each finding.\n\n",
	.foot = "Exit codes: 0 nothing found, 1 a statement of the verifier is wrong, 2 usage, 3 "
		"infrastructure, or\n"
		"nothing was read.\n",
};

static const struct opt rows[] = { OPT_TEXT("out", "DIR", struct job_conf, out,
					    "where .case files go (default: .)"),
				   OPT_FLAG("log", struct job_conf, log, "print each log"),
				   {} };

struct totals {
	u64 programs, refused, skipped, unread, died;
	u64 compared, vectors, ended, pruned, left, malformed;
	int found;
	time_t said;
};

static void progress(const struct job_conf *conf, struct totals *t)
{
	time_t now = time(NULL);

	if (!t->said)
		t->said = now;
	if (now - t->said < 2)
		return;
	t->said = now;
	pr_info("soundness: %s: %llu programs, %llu statements compared, %u findings",
		conf->o.guest.arch, (unsigned long long)t->programs,
		(unsigned long long)t->compared, t->found);
}

/* Write the finding as a case. Returns its path, or NULL if it could not be written. */
static char *write_case(const struct job_conf *conf, const struct bpf_case *c, u32 vec)
{
	char *path = xasprintf("%s/soundness-%s.%u.case", conf->out, c->id, vec), *temp;
	FILE *f;

	for (char *p = path + strlen(conf->out) + 1; *p; p++)
		if (*p == '/')
			*p = '.';
	temp = xasprintf("%s.new", path);
	f = fopen(temp, "w");
	if (f)
		bpf_case_print(f, c, vec);
	if (!f || fclose(f) || rename(temp, path)) {
		pr_err("%s: %s", path, strerror(errno));
		free(path);
		path = NULL;
	}
	free(temp);
	return path;
}

static void tell(const struct job_conf *conf, struct totals *t, const struct soundness_report *rep,
		 const struct bpf_case *c)
{
	char *path = write_case(conf, c, rep->vec);

	t->found++;
	printf("not ok %u %s.%u\n", t->found, c->id, rep->vec);
	soundness_print(stdout, rep, c, "#   ");
	if (path)
		printf("#   rerun: %s soundness ARCH=%s CASE=%s\n", front_door(),
		       conf->o.guest.arch, path);
	fflush(stdout);
	free(path);
}

/* Logs of programs of this length have no states: their listings fill the agent's log buffer. */
#define LONGEST 2000

/* Returns the first engine that can run the case; the verifier is the same on all. */
static const struct engine *pick_engine(struct session *session, const struct bpf_case *c)
{
	static const enum wire_engine order[] = { WIRE_JIT, WIRE_INTERP };

	for (u32 i = 0; i < ARRAY_SIZE(order); i++) {
		const struct engine *e = &engines[order[i]];
		char *lacks = engine_lacks(e, &session->guest, c);

		if (!lacks)
			return e;
		free(lacks);
	}
	return NULL;
}

static void compare(struct session *session, const struct job_conf *conf, struct totals *t,
		    const struct bpf_case *c, u32 first, u32 nr, const struct trial *trial)
{
	struct soundness_where where = {
		.place = trial->place,
		.order = session->guest.order,
		.word_bits = session->guest.word_bits,
		.accepted = !trial->err,
	};
	struct soundness_report rep;
	int ret = fuzz_soundness(&where, c, first, nr, trial->log, strlen(trial->log), &rep);

	if (conf->log)
		printf("# %s\n%s\n", c->id, trial->log);
	t->compared += rep.compared;
	t->vectors += rep.vectors;
	t->ended += rep.ended;
	t->pruned += rep.pruned;
	t->left += rep.left;
	t->malformed += rep.malformed;
	if (rep.malformed)
		pr_err("%s: %u states in the verifier's log cannot be parsed", c->id,
		       rep.malformed);
	t->unread += ret < 0;
	if (conf->log)
		printf("# %s: %llu compared, %u paths ended, %u pruned, %u left\n", c->id,
		       (unsigned long long)rep.compared, rep.ended, rep.pruned, rep.left);
	if (ret > 0)
		tell(conf, t, &rep, c);
}

static int try_case(struct session *session, const struct job_conf *conf, struct totals *t,
		    struct bpf_case *c, u32 first, u32 nr)
{
	struct trial_ask ask = { .c = c, .first_vec = first, .nr_vecs = 1, .flags = WIRE_LOG2 };
	struct trial trial;
	int ret;

	progress(conf, t);
	ask.engine = !case_runs(c) || c->progs[0].cnt > LONGEST ? NULL : pick_engine(session, c);
	if (!ask.engine) {
		t->skipped++;
		return 0;
	}
	ret = session_try(session, &ask, &trial);
	if (ret)
		return ret;
	t->programs++;
	t->refused += trial.err != 0;
	if (trial.verdict == VERDICT_CRASH || trial.verdict == VERDICT_TIMEOUT ||
	    trial.verdict == VERDICT_LOST) {
		/* of the run, as a rule: `make run` says more */
		pr_err("%s: %s", c->id, trial.reason);
		t->died++;
	} else if (trial.log) {
		compare(session, conf, t, c, first, nr, &trial);
	} else {
		t->unread++;
	}
	trial_free(&trial);
	return 0;
}

static int written(struct session *session, const struct job_conf *conf, const struct plan *plan,
		   struct totals *t)
{
	int ret = 0;

	for (u32 i = 0; i < plan->cnt && !ret && t->found < conf->sweep.stop_after; i++)
		ret = try_case(session, conf, t, plan->entries[i].p.c, plan->entries[i].p.first_vec,
			       plan->entries[i].p.nr_vecs);
	return ret;
}

static int generated(struct session *session, const struct job_conf *conf, struct totals *t)
{
	struct sweep s;
	int ret = sweep_open(&s, &conf->sweep.conf);

	if (ret || (conf->sweep.conf.profile == SWEEP_NONE && !conf->sweep.conf.npatterns))
		return ret;
	do {
		struct sweep_pick pick;
		struct bpf_case *c;

		while (!ret && t->found < conf->sweep.stop_after && (c = sweep_next(&s, &pick))) {
			ret = pick.vec < 0 ? try_case(session, conf, t, c, 0, c->vecs->nvecs)
					   : try_case(session, conf, t, c, pick.vec, 1);
			bpf_case_free(c);
		}
	} while (!ret && t->found < conf->sweep.stop_after && sweep_family(&s));
	return ret;
}

static int from_file(struct session *session, const struct job_conf *conf, struct totals *t)
{
	struct one_case one;
	int ret;

	if (one_case_load(&conf->o, &one))
		return -EINVAL;
	ret = try_case(session, conf, t, one.c, 0, one.c->vecs->nvecs);
	one_case_free(&one);
	return ret;
}

static void print_totals(const struct job_conf *conf, const struct totals *t)
{
	printf("# soundness: %s: programs:%llu refused:%llu skipped:%llu unread:%llu died:%llu "
	       "vectors:%llu ended:%llu pruned:%llu left:%llu "
	       "malformed:%llu compared:%llu found:%d\n",
	       conf->o.guest.arch, (unsigned long long)t->programs, (unsigned long long)t->refused,
	       (unsigned long long)t->skipped, (unsigned long long)t->unread,
	       (unsigned long long)t->died, (unsigned long long)t->vectors,
	       (unsigned long long)t->ended, (unsigned long long)t->pruned,
	       (unsigned long long)t->left, (unsigned long long)t->malformed,
	       (unsigned long long)t->compared, t->found);
}

static int soundness(const struct job_conf *conf, const struct plan *plan)
{
	struct totals t = {};
	struct session session;
	int ret;

	if (session_open(&session, &conf->o.guest))
		return EXIT_INFRA;
	if (conf->o.file) {
		ret = from_file(&session, conf, &t);
	} else {
		ret = written(&session, conf, plan, &t);
		if (!ret)
			ret = generated(&session, conf, &t);
	}
	session_end(&session);
	print_totals(conf, &t);
	if (ret == -EINVAL)
		return EXIT_USAGE;
	if (ret)
		pr_err(ret == -EINTR ? "interrupted" : "the guest no longer comes up");
	else if (!t.vectors)
		pr_err("no case was compared: CASES=, SWEEP= and SHARD= select none that this "
		       "kernel takes");
	return t.found ? EXIT_FINDINGS : ret || !t.vectors ? EXIT_INFRA : EXIT_OK;
}

int cmd_soundness(int argc, char **argv)
{
	struct job_conf conf = { .out = ".",
				 .sweep = { .conf.profile = SWEEP_QUICK, .stop_after = 20 } };
	const struct opt_table tables[] = {
		{ rows, &conf },	 { sweep_rows, &conf.sweep }, { guest_rows, &conf.o },
		{ cases_rows, &conf.o }, { one_case_rows, &conf.o },  {},
	};
	struct plan_select sel = { .max_batch = 1 };
	struct plan plan;
	int ret;

	lab_opts_init(&conf.o);
	ret = opts_parse(&usage, tables, argc, argv);
	if (ret >= 0)
		return ret;
	if (lab_opts_done(&conf.o, "soundness"))
		return EXIT_USAGE;
	sel.dir = conf.o.dir;
	sel.none = conf.o.file;
	if (select_cases(&sel, &conf.sweep.conf, argv + optind, argc - optind, &plan))
		return EXIT_USAGE;
	ret = soundness(&conf, &plan);
	plan_free(&plan);
	return ret;
}
