// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cmd/cmd.h"
#include "cmd/lab_opts.h"
#include "fuzz/bench.h"
#include "fuzz/corpus.h"
#include "fuzz/follow.h"
#include "fuzz/forkserver.h"
#include "fuzz/judge.h"
#include "fuzz/spool.h"
#include "lib/outfile.h"
#include "lib/util.h"

#define MAX_SPOOLS 16
#define STATS_US   2000000 /* between two writings of the numbers */

struct fuzz_job {
	struct lab_opts o;
	const char *finds_dir, *instance, *known, *stats;
	const char *follow, *kept;
	const char *spools[MAX_SPOOLS];
	u32 nspools;
	bool check, bench, raw;
	struct fuzz_target t;
	struct finds finds;
	struct judge j;
	struct spool spool;
	struct follow f;
	u64 execs, last_stats, edges;
};

/* ---- the numbers ---- */

static void write_spool_stats(FILE *out, const struct fuzz_job *ft)
{
	for (u32 i = 0; ft->nspools && i < NR_SPOOL_CLASSES; i++)
		fprintf(out, "spool_%s %llu\n", spool_class_name(i),
			(unsigned long long)ft->spool.cnt[i]);
	if (ft->follow)
		fprintf(out, "raw %llu\nraw_interp %llu\nvariants %llu\nverified %llu\n",
			(unsigned long long)ft->f.nr_raw, (unsigned long long)ft->f.nr_interp,
			(unsigned long long)ft->f.nr_variants,
			(unsigned long long)ft->f.nr_verified);
}

static void write_stats(struct fuzz_job *ft)
{
	const struct fuzz_target_times *times = &ft->t.times;
	struct outfile out;

	if (!ft->stats || outfile_open(&out, ft->stats))
		return;
	fprintf(out.f, "seconds %.1f\nexecs %llu\nedges %llu\nboots %u\nsound %llu\nfreq %llu\n",
		(clock_us() - ft->j.start_us) / 1e6, (unsigned long long)ft->execs,
		(unsigned long long)ft->edges, ft->t.session.boots, (unsigned long long)ft->j.sound,
		(unsigned long long)ft->j.freq);
	for (u32 i = 0; i < NR_JUDGED; i++)
		fprintf(out.f, "%s %llu\n", judged_name(i), (unsigned long long)ft->j.counts[i]);
	for (u32 i = 0; i < JUDGE_ERRNOS; i++)
		if (ft->j.refused[i])
			fprintf(out.f, "refused_%u %llu\n", i,
				(unsigned long long)ft->j.refused[i]);
	fprintf(out.f,
		"parse_ms %llu\nmodel_ms %llu\nguest_ms %llu\nload_ms %llu\nrun_ms %llu\njudge_ms "
		"%llu\n",
		(unsigned long long)times->parse_us / 1000,
		(unsigned long long)times->model_us / 1000,
		(unsigned long long)times->guest_us / 1000,
		(unsigned long long)times->load_us / 1000, (unsigned long long)times->run_us / 1000,
		(unsigned long long)times->judge_us / 1000);
	write_spool_stats(out.f, ft);
	outfile_close(&out, true);
}

static void flush(struct fuzz_job *ft, bool now)
{
	u64 us = clock_us();

	if (!now && us - ft->last_stats < STATS_US)
		return;
	ft->last_stats = us;
	write_stats(ft);
	finds_flush(&ft->finds);
}

/* Where the last input goes. @fresh: it reached new places. */
static u32 spool_classes(const struct fuzz_job *ft, bool fresh)
{
	u32 raw = ft->j.program.raw ? 1u << SPOOL_RAW : 0;

	if (!ft->j.program.accepted)
		return 0;
	return fresh ? raw | 1u << SPOOL_FRESH : raw ? raw : 1u << SPOOL_REST;
}

static enum judged one(struct fuzz_job *ft, const void *data, size_t len)
{
	u64 before = ft->t.edges;
	enum judged what = judge_input(&ft->j, data, len);

	ft->execs++;
	ft->edges = ft->t.edges;
	spool_put(&ft->spool, spool_classes(ft, ft->edges != before), data, len);
	spool_flush(&ft->spool, false);
	flush(ft, false);
	return what;
}

/* ---- under afl-fuzz ---- */

static int serve(struct fuzz_job *ft, struct forkserver *fs)
{
	const u8 *data;
	size_t len;

	if (forkserver_hello(fs))
		return EXIT_INFRA;
	while (!guest_stop && forkserver_next(fs, &data, &len)) {
		enum judged what = one(ft, data, len);

		if (what == JUDGED_NO_GUEST) {
			pr_err("the guest does not come up any more");
			return EXIT_INFRA;
		}
		if (forkserver_answer(fs, what == JUDGED_NEW ? SIGABRT : 0))
			break;
	}
	return EXIT_OK;
}

/* ---- after another guest ---- */

static void follow_tick(void *ctx)
{
	struct fuzz_job *ft = ctx;

	ft->execs = ft->f.nr_raw + ft->f.nr_variants + ft->f.nr_verified;
	ft->edges = ft->f.edges;
	flush(ft, false);
}

static int follow(struct fuzz_job *ft)
{
	ft->f.j = &ft->j;
	ft->f.kept = ft->kept;
	ft->f.tick = follow_tick;
	ft->f.ctx = ft;
	if (ft->kept && make_dirs(ft->kept)) {
		pr_err("cannot make %s", ft->kept);
		return EXIT_USAGE;
	}
	return follow_run(&ft->f, ft->follow, ft->instance);
}

/* ---- files ---- */

static enum judged one_file(struct fuzz_job *ft, const char *path)
{
	static u8 map[FUZZ_MAP_SIZE];
	enum judged what;
	size_t len;
	char *data = read_file(path, &len);

	if (!data) {
		pr_err("%s: %s", path, strerror(errno));
		return JUDGED_GARBAGE;
	}
	if (ft->t.session.guest.have[CAP_KCOV])
		ft->t.map = map;
	memset(map, 0, sizeof(map));
	what = one(ft, data, len);
	free(data);
	return what;
}

/* As fuzz_target_lacks(). */
static char *input_lacks(const struct fuzz_job *ft, const struct fuzz_input *in)
{
	struct bpf_case *c = fuzz_input_to_case(in, "fuzz/input/one", OUTCOME_EITHER);
	char *lacks = fuzz_target_lacks(&ft->t, c);

	bpf_case_free(c);
	return lacks;
}

/* "PATH: JUDGED", and of what was skipped the reason behind that. */
static void say_judged(const struct fuzz_job *ft, const char *path, enum judged what)
{
	static struct fuzz_input in;
	char *lacks = NULL;

	if (what == JUDGED_SKIPPED && !corpus_read(path, &in, NULL))
		lacks = input_lacks(ft, &in);
	printf("%s: %s%s%s\n", path, judged_name(what), lacks ? ": " : "", lacks ?: "");
	fflush(stdout);
	free(lacks);
}

static int files(struct fuzz_job *ft, char **paths, u32 cnt)
{
	bool new = false;

	if (ft->raw && !fuzz_target_route(&ft->t, true)) {
		pr_err("%s: this guest has no raw engines", ft->o.guest.arch);
		return EXIT_INFRA;
	}
	ft->j.patient = true;
	for (u32 i = 0; i < cnt; i++) {
		enum judged what = one_file(ft, paths[i]);

		if (what == JUDGED_STOP || what == JUDGED_NO_GUEST) {
			pr_err(what == JUDGED_STOP ? "interrupted"
						   : "the guest does not come up any more");
			return EXIT_INFRA;
		}
		say_judged(ft, paths[i], what);
		new |= what == JUDGED_NEW;
	}
	return new ? EXIT_FINDINGS : EXIT_OK;
}

/* @path, or what is in it; afl-fuzz keeps notes of its own in hidden files. */
static void add_paths(const char *path, char ***paths, u32 *cnt, u32 *cap)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.') {
			ARRAY_GROW(*paths, *cnt, *cap);
			(*paths)[(*cnt)++] = xasprintf("%s/%s", path, names[i]->d_name);
		}
		free(names[i]);
	}
	if (n >= 0) {
		free(names);
		return;
	}
	ARRAY_GROW(*paths, *cnt, *cap);
	(*paths)[(*cnt)++] = xstrdup(path);
}

/* ---- all ---- */

static void say_check(const struct fuzz_job *ft)
{
	const struct guest *g = &ft->t.session.first;

	printf("%s %s: KCOV %s, engines", ft->o.guest.arch, g->release,
	       g->have[CAP_KCOV] ? "yes" : "no");
	for (u32 i = 0; i < ft->t.nengines; i++)
		printf(" %s", ft->t.engines[i]->name);
	printf(", booted in %u ms\n", g->hello_ms);
}

/* Those that would be skipped: afl-fuzz, which knows only how fast an input was, would love them.
 */
static int say_skipped(const struct fuzz_job *ft, char **paths, u32 cnt)
{
	static struct fuzz_input in;

	for (u32 i = 0; i < cnt; i++) {
		char *lacks;
		int ret = corpus_read(paths[i], &in, NULL);

		if (ret == -EINVAL)
			continue; /* counted as garbage when its turn comes */
		if (ret) {
			pr_err("%s: %s", paths[i], strerror(-ret));
			return EXIT_USAGE;
		}
		lacks = input_lacks(ft, &in);
		if (lacks)
			printf("skipped %s\n", paths[i]);
		free(lacks);
	}
	return EXIT_OK;
}

static int work(struct fuzz_job *ft, struct forkserver *fs, char **args, int nargs)
{
	char **paths = NULL;
	u32 cnt = 0, cap = 0;
	int ret;

	for (int i = 0; i < nargs; i++)
		add_paths(args[i], &paths, &cnt, &cap);
	if (ft->check) {
		say_check(ft);
		return say_skipped(ft, paths, cnt);
	}
	if (finds_open(&ft->finds, ft->finds_dir, ft->instance) ||
	    judge_open(&ft->j, &ft->t, &ft->finds, ft->known) ||
	    spool_open(&ft->spool, ft->spools, ft->nspools, ft->instance))
		return EXIT_USAGE;
	ft->t.map = fs->map;
	ret = ft->follow  ? follow(ft)
	      : fs->map	  ? serve(ft, fs)
	      : ft->bench ? fuzz_bench(&ft->j, paths, cnt)
			  : files(ft, paths, cnt);
	spool_flush(&ft->spool, true);
	flush(ft, true);
	for (u32 i = 0; i < cnt; i++)
		free(paths[i]);
	free(paths);
	spool_close(&ft->spool);
	judge_close(&ft->j);
	finds_close(&ft->finds);
	return ret;
}

/* afl-fuzz closes stderr's other end; what is said there is worth keeping. */
static int redirect(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);

	if (fd < 0) {
		pr_err("%s: %s", path, strerror(errno));
		return -errno;
	}
	dup2(fd, 2);
	close(fd);
	return 0;
}

static int take_log(void *to, const char *path)
{
	(void)to;
	return redirect(path);
}

static int take_spool(void *to, const char *dir)
{
	struct fuzz_job *ft = (void *)((char *)to - offsetof(struct fuzz_job, spools));

	if (ft->nspools == MAX_SPOOLS) {
		pr_err("--spool %s: more than %u of them", dir, MAX_SPOOLS);
		return -EINVAL;
	}
	ft->spools[ft->nspools++] = dir;
	return 0;
}

static const struct opt rows[] = {
	OPT_TEXT("finds", "DIR", struct fuzz_job, finds_dir, "where finds go"),
	OPT_TEXT("instance", "NAME", struct fuzz_job, instance,
		 "of this one of those that share DIR (default: main)"),
	OPT_TEXT("known", "FILE", struct fuzz_job, known,
		 "results/known/ARCH.txt: what it lists is no find"),
	OPT_TEXT("stats", "FILE", struct fuzz_job, stats,
		 "the numbers, every few seconds, as lines NAME VALUE"),
	OPT_CALL("log", "FILE", struct fuzz_job, check, take_log, "messages go there"),
	OPT_CALL("spool", "DIR", struct fuzz_job, spools, take_spool,
		 "accepted programs go there, too (fuzz/spool.h); may be given several times"),
	OPT_TEXT("follow", "DIR", struct fuzz_job, follow,
		 "run what another one puts into its --spool DIR, until a signal"),
	OPT_TEXT("kept", "DIR", struct fuzz_job, kept,
		 "with --follow: programs that reach new places of the JIT go there"),
	OPT_FLAG("raw", struct fuzz_job, raw,
		 "INPUTs are programs that a verifier accepts: run them on the raw engines"),
	OPT_FLAG("check", struct fuzz_job, check,
		 "boot, say what there is, and which INPUTs no engine takes; no more"),
	OPT_FLAG("bench", struct fuzz_job, bench,
		 "the rate of the inputs given, beside that of loading them only"),
	{}
};

/* Is there an afl-fuzz, and can it be served? 0 or -EINVAL, said on stderr. */
static int attach(struct forkserver *fs)
{
	int ret = forkserver_attach(fs);

	switch (ret) {
	case 0:
		return 0;
	case -ENOENT:
		return 0;
	case -ENOSPC:
		pr_err("afl-fuzz has a map of AFL_MAP_SIZE=%s bytes (expected at least %u; unset "
		       "it)",
		       getenv("AFL_MAP_SIZE"), FUZZ_MAP_SIZE);
		return -EINVAL;
	case -ENOTSUP:
		pr_err("this afl-fuzz gives no inputs in shared memory (expected AFL++ 4.04 or "
		       "later)");
		return -EINVAL;
	default:
		pr_err("cannot attach to afl-fuzz's shared memory: %s", strerror(-ret));
		return -EINVAL;
	}
}

int cmd_fuzz_target(int argc, char **argv)
{
	static struct fuzz_job ft = { .instance = "main" };
	const struct lab_command cmd = {
		.usage = {
			.name = "fuzz-target",
			.head = "usage: checkjit fuzz-target --arch ARCH --image DIR --initrd "
				"FILE --finds DIR [OPTION...] [INPUT...]\n\n"
				"Run inputs of the fuzzer (fuzz/input.h) on the engines of a "
				"guest and judge what comes of them.\n"
				"Under afl-fuzz, which `make fuzz` starts, they come from it; "
				"else they are files, or directories\n"
				"of them. A find is kept in DIR, once for each bucket; under "
				"afl-fuzz the first of a bucket counts\n"
				"as a crash.\n\n",
			.foot = "Exit codes: 0, 1 a find that was new, 2 usage, 3 "
				"infrastructure.\n",
		},
		.rows = rows,
		.ctx = &ft,
	};
	struct forkserver fs = {};
	bool all, cover;
	int ret = lab_opts_parse(&ft.o, &cmd, argc, argv);

	if (ret >= 0)
		return ret;
	if (attach(&fs))
		return EXIT_USAGE;
	if (!ft.check && (!ft.finds_dir || (!ft.follow && !fs.map && optind == argc))) {
		pr_err("fuzz-target: --finds DIR is needed, and afl-fuzz, --follow or inputs "
		       "(`checkjit fuzz-target --help`)");
		return EXIT_USAGE;
	}
	all = ft.o.nengines == nr_engines;
	cover = fs.map || ft.bench || ft.check;
	if (fuzz_target_open(&ft.t, &ft.o.guest, all ? NULL : ft.o.engines, all ? 0 : ft.o.nengines,
			     cover))
		return EXIT_INFRA;
	ret = work(&ft, &fs, argv + optind, argc - optind);
	fuzz_target_close(&ft.t);
	return ret;
}
