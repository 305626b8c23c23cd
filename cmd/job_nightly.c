// SPDX-License-Identifier: GPL-2.0
/* `make nightly`: units of all arches until the time is over, then the report. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>
#include "cmd/asked_arches.h"
#include "cmd/job.h"
#include "cmd/live.h"
#include "cmd/night.h"
#include "cmd/night_fuzz.h"
#include "cmd/night_report.h"
#include "cmd/open_history.h"
#include "cmd/pin_kernel.h"
#include "cmd/proc.h"
#include "gen/families.h"
#include "lib/duration.h"
#include "lib/idmatch.h"
#include "lib/lockfile.h"
#include "lib/shipped.h"
#include "lib/status.h"
#include "lib/utc.h"
#include "lib/util.h"

#define NIGHTS_DIR   "results/nightly"
#define TIME_DEFAULT "8h"
#define TRIES	     2	 /* of a part that gives no results */
#define TIME_OVER    124 /* exit code of timeout(1) */

static int wrong(struct night *n)
{
	diag_print(&n->diag);
	return EXIT_INFRA;
}

/* ---- what was asked for ---- */

/* Does CASES= select cases of @f? */
static bool family_asked(const struct gen_family *f)
{
	char *id = xasprintf("gen/%s/operation/operands", f->name);
	struct args patterns = {};
	bool asked = !setting(SET_CASES);
	long vec;

	args_words(&patterns, setting(SET_CASES));
	for (u32 i = 0; i < patterns.cnt; i++)
		asked |= id_matches(patterns.v[i], id, &vec);
	args_free(&patterns);
	free(id);
	return asked;
}

static const struct gen_family **find_families(u32 *cnt)
{
	const struct gen_family **list = xcalloc(nr_gen_families, sizeof(*list));

	*cnt = 0;
	for (u32 i = 0; i < nr_gen_families; i++)
		if (family_asked(gen_families[i]))
			list[(*cnt)++] = gen_families[i];
	return list;
}

/* What makes no sense in a night: its units choose the cases, and run in guests of this machine. */
static const enum setting_id excluded[] = { SET_TARGET, SET_HOSTS,    SET_SHARDS,
					    SET_SHARD,	SET_ID,	      SET_WATCH,
					    SET_CPUS,	SET_COVERAGE, SET_STOP_AFTER };

static int check_settings(u32 *budget)
{
	const char *text = setting(SET_TIME) ? setting(SET_TIME) : TIME_DEFAULT;
	const char *to = setting(SET_MAILTO);

	if (duration_parse(text, budget)) {
		pr_err("TIME=%s (expected seconds, or a number with m, h or d behind it)", text);
		return EXIT_USAGE;
	}
	if (to && (strpbrk(to, "\n\r") || !strchr(to, '@'))) {
		pr_err("MAILTO=%s (expected addresses of mail)", to);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < ARRAY_SIZE(excluded); i++) {
		if (!setting(excluded[i]))
			continue;
		pr_err("nightly and %s= exclude each other (`%s run` takes it)",
		       settings[excluded[i]].name, front_door());
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

/* ---- the night ---- */

struct last_night {
	bool killed;
	s64 id, start, end;
	char *dir;
};

static int take_last(void *arg, const struct history_night *night)
{
	struct last_night *last = arg;

	last->killed = night->state == NIGHT_RUNNING;
	last->id = night->id;
	last->start = night->start;
	last->end = night->start + night->budget;
	last->dir = xstrdup(night->dir);
	return 0;
}

/* A directory that is not there yet, named by the time. */
static char *new_dir(void)
{
	char *stamp = xstrdup(utc_stamp()), *dir = xasprintf(NIGHTS_DIR "/%s", stamp);

	for (u32 i = 2; !access(dir, F_OK); i++) {
		free(dir);
		dir = xasprintf(NIGHTS_DIR "/%s-%u", stamp, i);
	}
	free(stamp);
	return dir;
}

/*
 * Go on with a night that was killed if its time is not over, else close it. Returns 0 with
 * *@left seconds and n->dir set, or -errno.
 */
static int take_up(struct night *n, double *left)
{
	struct last_night last = {};
	s64 now = time(NULL);
	int ret = history_each_night(n->h, 1, take_last, &last, &n->diag);

	*left = n->budget;
	if (!ret && last.killed && now < last.start)
		pr_info("the clock was set back: the night in %s began later than it is", last.dir);
	if (!ret && last.killed && now >= last.start && now < last.end) {
		pr_info("going on with the night in %s, which was killed", last.dir);
		n->dir = xstrdup(last.dir);
		*left = last.end - now < n->budget ? last.end - now : n->budget;
	} else if (!ret && last.killed) {
		ret = history_night_end(n->h, last.id, NIGHT_BROKEN, EXIT_INFRA, &n->diag);
	}
	free(last.dir);
	if (!ret && !n->dir)
		n->dir = new_dir();
	return ret;
}

/* A night that goes on has the kernel that it began with. */
static int pin(const struct night *n)
{
	char *note = xasprintf("%s/kernel", n->dir);
	int ret = pin_kernel(note);

	free(note);
	return ret;
}

static int begin_night(struct night *n)
{
	char host[256] = "";
	double left;
	int ret = take_up(n, &left);

	if (ret)
		return wrong(n);
	ret = make_dirs(n->dir);
	if (ret) {
		pr_err("cannot make %s: %s", n->dir, strerror(-ret));
		return EXIT_INFRA;
	}
	ret = pin(n);
	if (ret)
		return ret;
	gethostname(host, sizeof(host) - 1);
	ret = history_night_begin(n->h, n->dir, host, n->budget, &n->id, &n->diag);
	if (ret)
		return wrong(n);
	n->end_us = clock_us() + (left > n->fuzz_s ? left - n->fuzz_s : 0) * 1e6;
	pr_info("results go to %s, for %s", n->dir, duration_text(left));
	return EXIT_OK;
}

/* ---- units ---- */

/* What a unit of the night may not take from the settings of the night. */
static const enum setting_id not_for_units[] = { SET_TIME, SET_FUZZ, SET_RUN, SET_RESUME };

/* What the line of a unit on a terminal begins with. */
static char *unit_label(const struct lane *lane)
{
	const struct night_unit *u = &lane->unit;

	return xasprintf("%s %s", lane->arch, *u->variant ? u->variant : u->name);
}

/*
 * The child: become `checkjit job run`. timeout(1) ends it with SIGTERM when the night is over,
 * the kernel when the night is killed; either way it keeps its verdicts.
 */
static void become_unit(const struct night *n, const struct lane *lane)
{
	const struct night_unit *u = &lane->unit;
	char *limit = xasprintf("%.0f", night_left(n) + 1), *run = xasprintf("RUN=%s", u->dir),
	     *label = unit_label(lane), *arch = xasprintf("ARCH=%s", lane->arch),
	     *log = xasprintf("%s/%s.log", u->dir, lane->arch);
	struct args a = {};

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	setenv(STATUS_NAME_ENV, label, 1);
	for (size_t i = 0; i < ARRAY_SIZE(not_for_units); i++)
		unsetenv(settings[not_for_units[i]].name);
	args_add(&a, "timeout");
	args_add(&a, "--foreground");
	args_add(&a, limit);
	job_command(&a, JOB_RUN);
	args_add(&a, arch);
	args_add(&a, run);
	for (u32 i = 0; i < u->settings.cnt; i++)
		args_add(&a, u->settings.v[i]);
	if (u->resumed)
		args_add(&a, "RESUME=1");
	if (proc_log(log))
		_exit(EXIT_INFRA);
	execvp(a.v[0], a.v);
	pr_err("%s: %s", a.v[0], strerror(errno));
	_exit(EXIT_INFRA);
}

static int start_unit(struct night *n, struct lane *lane)
{
	int ret = make_dirs(lane->unit.dir);

	if (ret) {
		pr_err("cannot make %s: %s", lane->unit.dir, strerror(-ret));
		return EXIT_INFRA;
	}
	lane->start_us = clock_us();
	lane->pid = proc_fork();
	if (!lane->pid)
		become_unit(n, lane);
	if (lane->pid < 0) {
		lane->pid = 0;
		return EXIT_INFRA;
	}
	n->running++;
	return EXIT_OK;
}

static struct history_unit unit_of(const struct night *n, const struct lane *lane)
{
	const struct night_unit *u = &lane->unit;
	struct history_unit h = { .variant = u->variant,
				  .unit = u->name,
				  .varying = u->stage == STAGE_RETEST,
				  .night = n->id,
				  .arch = lane->arch };

	if (u->stage == STAGE_ROUND) {
		h.family = u->part.family->name;
		h.version = u->part.cursor.version;
		h.shard = u->part.cursor.next;
		h.nshards = u->part.cursor.nshards;
	}
	return h;
}

/* What became of a unit. */
struct unit_result {
	bool any, whole;
	double seconds;
	u64 checks, fresh, changed;
};

static int take_outcome(void *arg, const struct history_run *run)
{
	struct unit_result *o = arg;

	if (o->any)
		return 0;
	*o = (struct unit_result){ .any = true,
				   .whole = !run->partial,
				   .seconds = run->seconds,
				   .checks = run->checks,
				   .fresh = run->fresh,
				   .changed = run->changed };
	return 0;
}

static int record_unit(struct night *n, const struct lane *lane, struct unit_result *o)
{
	struct history_unit unit = unit_of(n, lane);
	struct history_filter filter = { .arch = lane->arch,
					 .variant = unit.variant,
					 .unit = unit.unit,
					 .night = n->id,
					 .limit = 1 };
	u32 added;
	int ret = history_add_run(n->h, lane->unit.dir, &unit, &added, &n->diag);

	*o = (struct unit_result){};
	/* it left no results */
	if (ret == -ENOENT)
		return 0;
	return ret ? ret : history_each_run(n->h, &filter, take_outcome, o, &n->diag);
}

static void say_unit(const struct lane *lane, const struct unit_result *o, int exit)
{
	const struct night_unit *u = &lane->unit;

	printf("%-9s %-18s %s%s", lane->arch, u->name, *u->variant ? u->variant : "",
	       *u->variant ? "  " : "");
	if (o->any)
		printf("%.0f s, %llu checks, %llu new, %llu changed%s\n", o->seconds,
		       (unsigned long long)o->checks, (unsigned long long)o->fresh,
		       (unsigned long long)o->changed, o->whole ? "" : ", not complete");
	else if (exit == TIME_OVER)
		printf("no results before the time was over\n");
	else
		printf("no results (exit code %d, %s/%s.log)\n", exit, u->dir, lane->arch);
	fflush(stdout);
}

/* Files that another kernel left there cannot be gone on with. */
static void remove_rest(const struct lane *lane)
{
	static const char *const patterns[] = { "%s/%s.partial.jsonl", "%s/.%s.jsonl.part" };

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		char *path = xasprintf(patterns[i], lane->unit.dir, lane->arch);

		unlink(path);
		free(path);
	}
}

/* The unit has no results, or not all. What quick lacks makes the night one that is not complete.
 */
static int unit_failed(struct night *n, struct lane *lane, const struct unit_result *o, int exit)
{
	const struct night_unit *u = &lane->unit;
	const struct history_cursor *c = &u->part.cursor;

	strbuf_add(&n->trouble, "  %s %s%s%s: %s (exit code %d, %s/%s.log)\n", lane->arch, u->name,
		   *u->variant ? " " : "", u->variant, o->any ? "not complete" : "no results", exit,
		   u->dir, lane->arch);
	remove_rest(lane);
	if (u->stage == STAGE_QUICK) {
		n->broken = true;
		lane->stage = STAGE_DONE;
	}
	if (u->stage == STAGE_ROUND)
		return history_cursor_failed(n->h, c, c->failed + 1 >= TRIES, &n->diag);
	return 0;
}

static int end_unit(struct night *n, struct lane *lane, int exit)
{
	char *label = unit_label(lane);
	struct unit_result o;
	int ret;

	n->running--;
	lane->pid = 0;
	status_set(label, NULL);
	free(label);
	lane->spent += (clock_us() - lane->start_us) / 1e6;
	if (lane->unit.stage == STAGE_QUICK)
		lane->quick = (clock_us() - lane->start_us) / 1e6;
	ret = record_unit(n, lane, &o);
	if (!ret)
		say_unit(lane, &o, exit);
	if (!ret && !o.whole && !proc_stopped &&
	    (night_left(n) > 0 || lane->unit.stage == STAGE_QUICK))
		ret = unit_failed(n, lane, &o, exit);
	if (lane->stage < STAGE_ROUND)
		lane->stage++;
	night_unit_free(&lane->unit);
	return ret;
}

/* ---- until the time is over ---- */

/* The idle arch that is at the earliest stage, and of these the one that had least time. */
static struct lane *next_lane(struct night *n)
{
	struct lane *best = NULL;

	for (u32 i = 0; i < n->nlanes; i++) {
		struct lane *lane = &n->lanes[i];

		if (lane->pid || lane->stage == STAGE_DONE)
			continue;
		if (!best || lane->stage < best->stage ||
		    (lane->stage == best->stage && lane->spent < best->spent))
			best = lane;
	}
	return best;
}

/* Start units while there are idle arches and free places. */
static int start_units(struct night *n)
{
	struct lane *lane;
	int ret = 0;

	while (n->running < n->parallel && !proc_stopped && night_left(n) > 0 &&
	       (lane = next_lane(n))) {
		ret = night_next(n, lane);
		if (ret < 0)
			return wrong(n);
		if (!ret)
			lane->stage = STAGE_DONE;
		else if (start_unit(n, lane))
			return EXIT_INFRA;
	}
	return EXIT_OK;
}

static struct lane *lane_of(struct night *n, pid_t pid)
{
	for (u32 i = 0; i < n->nlanes; i++)
		if (n->lanes[i].pid == pid)
			return &n->lanes[i];
	return NULL;
}

static int run_units(struct night *n)
{
	int ret = start_units(n), exit;
	struct lane *lane;
	pid_t pid;

	while (n->running && (exit = proc_wait(-1, &pid)) >= 0) {
		lane = lane_of(n, pid);
		if (lane && end_unit(n, lane, exit))
			ret = wrong(n);
		if (!ret)
			ret = start_units(n);
	}
	return ret;
}

static int end_night(struct night *n)
{
	int exit, ret;

	if (proc_stopped) {
		pr_info("interrupted; `%s nightly` goes on with this night while its time lasts",
			front_door());
		return EXIT_INFRA;
	}
	exit = night_report(n);
	ret = history_night_end(n->h, n->id, n->broken ? NIGHT_BROKEN : NIGHT_ENDED, exit,
				&n->diag);
	return ret ? wrong(n) : exit;
}

static int run_night(struct night *n)
{
	int ret = begin_night(n);

	live_begin();
	if (!ret)
		ret = run_units(n);
	if (!ret && n->fuzz_s && !proc_stopped)
		night_fuzz(n);
	live_end();
	return ret ? ret : end_night(n);
}

/* ---- the job ---- */

static int take_lock(int *fd)
{
	char *path = xasprintf("%s.lock", history_path()), *holder;
	int ret = EXIT_OK;

	*fd = lockfile_take(path, &holder);
	if (*fd == -EBUSY)
		pr_err("%s is locked by %s: another nightly, or its guests, are running (expected "
		       "one at a time; HISTORY= names another history)",
		       path, holder);
	else if (*fd < 0)
		pr_err("%s: %s", path, strerror(-*fd));
	if (*fd < 0)
		ret = EXIT_INFRA;
	free(holder);
	free(path);
	return ret;
}

static int locked(struct night *n, const struct args *arches)
{
	u32 nfamilies, limit = setting(SET_J) ? atoi(setting(SET_J)) : get_nprocs();
	const struct gen_family **families = find_families(&nfamilies);
	int ret = open_history(NULL, HISTORY_WRITE, &n->h);

	rounds_open(&n->rounds, families, nfamilies);
	n->lanes = xcalloc(arches->cnt, sizeof(*n->lanes));
	n->nlanes = arches->cnt;
	for (u32 i = 0; i < arches->cnt; i++)
		n->lanes[i].arch = arches->v[i];
	n->parallel = limit < n->nlanes ? limit : n->nlanes;
	proc_catch_signals();
	if (!ret)
		ret = run_night(n);
	history_close(n->h);
	rounds_close(&n->rounds);
	free(families);
	free(n->lanes);
	free(n->dir);
	free(n->fuzz);
	free(strbuf_take(&n->trouble));
	return ret;
}

int job_nightly(void)
{
	struct args arches = {};
	struct night n = {};
	int ret = check_settings(&n.budget), lock;

	/* a build may replace this program while it runs */
	self_path();
	if (!ret)
		ret = night_fuzz_time(n.budget, &n.fuzz_s);
	if (!ret)
		ret = asked_arches(setting(SET_ARCH), &arches);
	if (!ret)
		ret = take_lock(&lock);
	if (!ret) {
		ret = locked(&n, &arches);
		close(lock);
	}
	args_free(&arches);
	return ret;
}
