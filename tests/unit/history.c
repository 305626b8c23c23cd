// SPDX-License-Identifier: GPL-2.0
/* The history: what a run adds, what it does not add twice, and what the database survives. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "history/db.h"
#include "lib/rand.h"
#include "tests/unit/report.h"

static struct diag diag;

static struct history *open_db(const char *name)
{
	char *path = scratch_path(name);
	struct history *h;
	int ret = history_open(path, HISTORY_WRITE, &h, &diag);

	CHECK(!ret, "%s: %s", path, diag.msg);
	free(path);
	return h;
}

/* ---- runs to add ---- */

struct result {
	const char *id, *engine;
	enum verdict verdict;
	u64 r3; /* observed by a FAIL */
};

struct made_run {
	const char *name; /* of the directory */
	const char *kernel, *version, *start;
	const struct result *results;
	u32 cnt, planned;
	const struct run_cap *caps;
	u32 ncaps;
};

static void add_result(struct results *w, const struct result *from)
{
	struct record r = make_record(from->id, from->engine, from->verdict);

	if (from->r3)
		record_diff_reg(&r, "r5", 0, NULL, from->r3);
	CHECK(!results_add(w, &r), "%s", from->id);
	record_free(&r);
}

static char *make_run(const struct made_run *m)
{
	static char *engines[] = { "interp", "jit" };
	char *dir = scratch_path(m->name);
	struct run_info info = { .arch = "riscv32",
				 .kernel = (char *)(m->kernel ? m->kernel : "7.3.4"),
				 .version = (char *)(m->version ? m->version : "v1"),
				 .start = (char *)(m->start ? m->start : "2026-11-01T02:00:00Z"),
				 .config_hash = "c0ffee",
				 .engines = engines,
				 .nengines = 2,
				 .caps = (struct run_cap *)m->caps,
				 .ncaps = m->ncaps,
				 .planned = m->planned ? m->planned : m->cnt,
				 .full = true };
	struct results *w = results_open(dir, &info, NULL, false, &diag);

	CHECK(w, "%s", diag.msg);
	for (u32 i = 0; i < m->cnt; i++)
		add_result(w, &m->results[i]);
	results_close(w, true);
	return dir;
}

static u32 add_unit(struct history *h, const struct made_run *m, const struct history_unit *unit)
{
	char *dir = make_run(m);
	u32 added = 9;

	CHECK(!history_add_run(h, dir, unit, &added, &diag), "%s", diag.msg);
	free(dir);
	return added;
}

static u32 add_run(struct history *h, const struct made_run *m)
{
	struct history_unit unit = { .unit = "quick", .variant = "" };

	return add_unit(h, m, &unit);
}

#define RUN(name_, results_, ...) \
	(&(struct made_run){      \
		.name = name_, .results = results_, .cnt = ARRAY_SIZE(results_), ##__VA_ARGS__ })

static const struct result all_pass[] = {
	{ "alu/sub64/r3_r4", "interp", VERDICT_PASS, 0 },
	{ "alu/sub64/r3_r4", "jit", VERDICT_PASS, 0 },
	{ "alu/add64/r3_r4", "jit", VERDICT_PASS, 0 },
	{ "jmp/ja/one", "jit", VERDICT_SKIP, 0 },
};
static const struct result one_fails[] = {
	{ "alu/sub64/r3_r4", "interp", VERDICT_PASS, 0 },
	{ "alu/sub64/r3_r4", "jit", VERDICT_FAIL, 0 },
	{ "alu/add64/r3_r4", "jit", VERDICT_PASS, 0 },
	{ "jmp/ja/one", "jit", VERDICT_SKIP, 0 },
};
static const struct result fails_otherwise[] = {
	{ "alu/sub64/r3_r4", "interp", VERDICT_PASS, 0 },
	{ "alu/sub64/r3_r4", "jit", VERDICT_FAIL, 7 },
	{ "alu/add64/r3_r4", "jit", VERDICT_PASS, 0 },
	{ "jmp/ja/one", "jit", VERDICT_SKIP, 0 },
};
static const struct result one_lost[] = {
	{ "alu/sub64/r3_r4", "interp", VERDICT_PASS, 0 },
	{ "alu/sub64/r3_r4", "jit", VERDICT_LOST, 0 },
	{ "alu/add64/r3_r4", "jit", VERDICT_PASS, 0 },
	{ "jmp/ja/one", "jit", VERDICT_SKIP, 0 },
};

/* ---- what is in the database, as text ---- */

static s64 number(const char *name, const char *sql)
{
	char *path = scratch_path(name);
	sqlite3_stmt *s = NULL;
	sqlite3 *db = NULL;
	s64 n = -1;

	CHECK(!sqlite3_open(path, &db) && !sqlite3_prepare_v2(db, sql, -1, &s, NULL), "%s", sql);
	if (sqlite3_step(s) == SQLITE_ROW)
		n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(db);
	free(path);
	return n;
}

static bool intact(const char *name)
{
	return number(name, "SELECT count(*) FROM pragma_integrity_check "
			    "WHERE integrity_check = 'ok'") == 1;
}

static int print_verdict(void *arg, const struct history_verdict *v)
{
	fprintf(arg, "%s %s %s %s %s%s since %s\n", v->id, v->engine, verdicts[v->verdict].name,
		v->when.kernel, v->when.unit, v->flaky ? " flaky" : "",
		v->since.kernel ? v->since.kernel : "-");
	return 0;
}

static char *changes(struct history *h, const char *id)
{
	struct history_filter filter = { .id = id };
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	CHECK(!history_each_change(h, &filter, print_verdict, f, &diag), "%s", diag.msg);
	fclose(f);
	return text;
}

static char *findings(struct history *h)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	CHECK(!history_each_finding(h, &(struct history_filter){}, print_verdict, f, &diag), "%s",
	      diag.msg);
	fclose(f);
	return text;
}

#define TEXT(call, want)                                                                 \
	do {                                                                             \
		char *got_ = call;                                                       \
                                                                                         \
		CHECK(!strcmp(got_, want), "%s is\n%s expected\n%s", #call, got_, want); \
		free(got_);                                                              \
	} while (0)

/* ---- opening ---- */

static void test_open(void)
{
	char *path = scratch_path("open/deep/history.db");
	struct history *h;

	CHECK(history_open(path, HISTORY_READ, &h, &diag) == -ENOENT && !h, "%s", diag.msg);
	CHECK(has(diag.msg, "no history there"), "%s", diag.msg);
	for (int i = 0; i < 2; i++) {
		CHECK(!history_open(path, HISTORY_WRITE, &h, &diag), "%s", diag.msg);
		history_close(h);
	}
	CHECK(!history_open(path, HISTORY_READ, &h, &diag), "%s", diag.msg);
	history_close(h);
	history_close(NULL);
	free(path);
}

static void test_newer(void)
{
	char *path = scratch_path("newer.db");
	struct history *h = open_db("newer.db");

	history_close(h);
	number("newer.db", "PRAGMA user_version = 999");
	CHECK(history_open(path, HISTORY_WRITE, &h, &diag) == -ENOTSUP && !h, "opened");
	CHECK(has(diag.msg, "a newer checkjit wrote it") && has(diag.msg, "999"), "%s", diag.msg);
	CHECK(number("newer.db", "PRAGMA user_version") == 999, "changed");
	free(path);
}

static void test_foreign(void)
{
	char *path = scratch_path("foreign.db");
	struct history *h;

	number("foreign.db", "CREATE TABLE accounts(id)");
	CHECK(history_open(path, HISTORY_WRITE, &h, &diag) == -EUCLEAN, "opened");
	CHECK(has(diag.msg, "a database of something else"), "%s", diag.msg);
	CHECK(number("foreign.db", "SELECT count(*) FROM sqlite_schema") == 1, "changed");
	write_text(path, "this is a text, and no database at all", 38);
	CHECK(history_open(path, HISTORY_WRITE, &h, &diag) == -EUCLEAN, "opened");
	CHECK(has(diag.msg, "no database"), "%s", diag.msg);
	free(path);
}

/* ---- verdicts ---- */

static void test_changes(void)
{
	struct history *h = open_db("changes.db");

	CHECK(add_run(h, RUN("c1", all_pass)) == 1, "added");
	TEXT(changes(h, NULL), "");
	CHECK(add_run(h, RUN("c2", one_fails, .kernel = "7.3.5")) == 1, "added");
	TEXT(changes(h, NULL), "alu/sub64/r3_r4 jit FAIL 7.3.5 quick since -\n");
	TEXT(findings(h), "alu/sub64/r3_r4 jit FAIL 7.3.5 quick since 7.3.5\n");
	/* the same failure is no change */
	CHECK(add_run(h, RUN("c3", one_fails, .kernel = "7.3.6")) == 1, "added");
	TEXT(findings(h), "alu/sub64/r3_r4 jit FAIL 7.3.5 quick since 7.3.5\n");
	/* other values are one, and the failure goes on */
	CHECK(add_run(h, RUN("c4", fails_otherwise, .kernel = "7.3.7")) == 1, "added");
	TEXT(findings(h), "alu/sub64/r3_r4 jit FAIL 7.3.7 quick since 7.3.5\n");
	/* the harness says nothing about the kernel */
	CHECK(add_run(h, RUN("c5", one_lost, .kernel = "7.3.8")) == 1, "added");
	TEXT(findings(h), "alu/sub64/r3_r4 jit FAIL 7.3.7 quick since 7.3.5\n");
	CHECK(add_run(h, RUN("c6", all_pass, .kernel = "7.3.9")) == 1, "added");
	TEXT(findings(h), "");
	TEXT(changes(h, "alu/sub64/r3_r4"), "alu/sub64/r3_r4 jit FAIL 7.3.5 quick since -\n"
					    "alu/sub64/r3_r4 jit FAIL 7.3.7 quick since -\n"
					    "alu/sub64/r3_r4 jit PASS 7.3.9 quick since -\n");
	TEXT(changes(h, "alu/add64/r3_r4"), "");
	TEXT(changes(h, "x' OR '1'='1"), "");
	history_close(h);
}

/* A case that a run counts with others of its operation changes as one with a record does. */
static void test_counted(void)
{
	static const struct result together[] = {
		{ "alu/sub64/r3_r4", "jit", VERDICT_PASS, 0 },
		{ "alu/sub64/r3_r5", "jit", VERDICT_PASS, 0 },
		{ "alu/sub64/r3_r6", "jit", VERDICT_PASS, 0 },
	};
	static const struct result apart[] = {
		{ "alu/sub64/r3_r4", "jit", VERDICT_PASS, 0 },
		{ "alu/sub64/r3_r5", "jit", VERDICT_FAIL, 0 },
		{ "alu/sub64/r3_r6", "jit", VERDICT_PASS, 0 },
	};
	static const struct result others[] = {
		{ "alu/sub64/r3_r4", "jit", VERDICT_PASS, 0 },
		{ "alu/sub64/r3_r6", "jit", VERDICT_PASS, 0 },
	};
	struct history *h = open_db("counted.db");

	add_run(h, RUN("k1", together));
	TEXT(changes(h, NULL), "");
	add_run(h, RUN("k2", apart, .kernel = "7.3.5"));
	TEXT(findings(h), "alu/sub64/r3_r5 jit FAIL 7.3.5 quick since 7.3.5\n");
	/* that it is not in a run says nothing */
	add_run(h, RUN("k3", others, .kernel = "7.3.6"));
	TEXT(findings(h), "alu/sub64/r3_r5 jit FAIL 7.3.5 quick since 7.3.5\n");
	add_run(h, RUN("k4", together, .kernel = "7.3.7"));
	TEXT(findings(h), "");
	TEXT(changes(h, "alu/sub64/r3_r5"), "alu/sub64/r3_r5 jit FAIL 7.3.5 quick since -\n"
					    "alu/sub64/r3_r5 jit PASS 7.3.7 quick since -\n");
	/* a verdict that is the same is no change */
	add_run(h, RUN("k5", together, .kernel = "7.3.8"));
	TEXT(changes(h, "alu/sub64/r3_r5"), "alu/sub64/r3_r5 jit FAIL 7.3.5 quick since -\n"
					    "alu/sub64/r3_r5 jit PASS 7.3.7 quick since -\n");
	history_close(h);
}

static int check_detail(void *arg, const struct history_verdict *v)
{
	*(u32 *)arg += 1;
	CHECK(has(v->detail, "cases/alu/sdiv.case:41: r3 s/= r4") &&
		      has(v->detail, "r3     : expected 8000000000000000"),
	      "%s", v->detail);
	CHECK(has(v->rerun, "ARCH=riscv32 ID=alu/sub64/r3_r4.211"), "%s", v->rerun);
	CHECK(v->vector == 211 && v->when.time == 1793498400, "%d %lld", v->vector,
	      (long long)v->when.time);
	CHECK(has(v->when.dir, "/d1") && *v->when.dir == '/', "%s", v->when.dir);
	return 0;
}

static void test_detail(void)
{
	struct history *h = open_db("detail.db");
	u32 n = 0;

	add_run(h, RUN("d1", one_fails));
	CHECK(!history_each_first_failure(h, "alu/sub64/r3_r4", check_detail, &n, &diag) && n == 1,
	      "%s, %u rows", diag.msg, n);
	history_close(h);
}

static void test_again(void)
{
	struct history *h = open_db("again.db");

	CHECK(add_run(h, RUN("a1", one_fails)) == 1, "added");
	CHECK(add_run(h, RUN("a1", one_fails)) == 0, "added twice");
	CHECK(add_run(h, RUN("a2", all_pass, .kernel = "7.3.5")) == 1, "added");
	CHECK(add_run(h, RUN("a1", one_fails)) == 0, "added twice");
	TEXT(findings(h), "");
	CHECK(number("again.db", "SELECT count(*) FROM run") == 2, "runs");
	history_close(h);
}

static void test_partial(void)
{
	struct history *h = open_db("partial.db");

	CHECK(add_run(h, RUN("p1", one_fails, .planned = 9)) == 1, "added");
	CHECK(number("partial.db", "SELECT partial FROM run") == 1, "not partial");
	CHECK(number("partial.db", "SELECT count(*) FROM tally") == 0, "counted");
	/* it was continued */
	CHECK(add_run(h, RUN("p1", one_fails)) == 1, "not replaced");
	CHECK(number("partial.db", "SELECT sum(cases) FROM total") == 4, "doubled");
	CHECK(number("partial.db", "SELECT count(*) FROM run WHERE NOT partial") == 1, "runs");
	CHECK(number("partial.db", "SELECT count(*) FROM change") == 1, "changes");
	/* a later run builds on it */
	CHECK(add_run(h, RUN("p2", one_fails, .planned = 9)) == 1, "added");
	CHECK(add_run(h, RUN("p3", one_fails)) == 1, "added");
	CHECK(add_run(h, RUN("p2", one_fails)) == 0, "replaced");
	history_close(h);
}

static int print_flaky(void *arg, const struct history_flaky *flaky)
{
	fprintf(arg, "%s %s %u\n", flaky->id, flaky->engine, flaky->times);
	return 0;
}

static char *flaky(struct history *h)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	CHECK(!history_each_flaky(h, &(struct history_filter){}, print_flaky, f, &diag), "%s",
	      diag.msg);
	fclose(f);
	return text;
}

static void test_flaky(void)
{
	struct history *h = open_db("flaky.db");

	add_run(h, RUN("f1", one_fails));
	add_run(h, RUN("f2", all_pass, .kernel = "7.3.5"));
	add_run(h, RUN("f3", one_fails, .kernel = "7.3.5", .version = "v2"));
	TEXT(flaky(h), "");
	/* kernel, machine and checkjit are the same */
	add_run(h, RUN("f4", all_pass, .kernel = "7.3.5", .version = "v2"));
	TEXT(flaky(h), "alu/sub64/r3_r4 jit 1\n");
	add_run(h, RUN("f5", one_fails, .kernel = "7.3.5", .version = "v2"));
	TEXT(flaky(h), "alu/sub64/r3_r4 jit 2\n");
	history_close(h);
}

/* A case that passed in the same image the night before. */
static void test_flaky_first(void)
{
	struct history_unit other = { .unit = "gen/alu_x 1/2", .variant = "" };
	struct history *h = open_db("flaky-first.db");

	add_run(h, RUN("g1", all_pass));
	/* another unit need not have had the case */
	add_unit(h, RUN("g2", fails_otherwise), &other);
	TEXT(flaky(h), "");
	history_close(h);
	h = open_db("flaky-first2.db");
	add_run(h, RUN("g1", all_pass));
	add_run(h, RUN("g3", one_fails));
	TEXT(flaky(h), "alu/sub64/r3_r4 jit 1\n");
	history_close(h);
}

static bool is_there(void *arg, const char *id)
{
	*(u32 *)arg += 1;
	return strcmp(id, "alu/sub64/r3_r4");
}

static char *news(struct history *h, s64 since);

static const struct result without[] = {
	{ "alu/add64/r3_r4", "jit", VERDICT_PASS, 0 },
};

/* A case that was deleted while it failed fails no longer, and that is said once. */
static void test_gone(void)
{
	struct history *h = open_db("gone.db");
	u32 asked = 0;

	add_run(h, RUN("o1", one_fails));
	add_run(h, RUN("o2", without));
	CHECK(!history_gone(h, "arm64", 2, is_there, &asked, &diag) && !asked, "%u", asked);
	CHECK(!history_gone(h, "riscv32", 1, is_there, &asked, &diag) && !asked,
	      "a failure of that run is gone");
	CHECK(!history_gone(h, "riscv32", 2, is_there, &asked, &diag) && asked == 1, "%s",
	      diag.msg);
	TEXT(findings(h), "");
	TEXT(news(h, 1), "gone alu/sub64/r3_r4 jit FAIL\n");
	CHECK(!history_gone(h, "riscv32", 2, is_there, &asked, &diag) && asked == 1, "said twice");
	TEXT(changes(h, "alu/sub64/r3_r4"), "alu/sub64/r3_r4 jit FAIL 7.3.4 quick since -\n"
					    "alu/sub64/r3_r4 jit SKIP 7.3.4 quick since -\n");
	/* it comes back */
	add_run(h, RUN("o3", one_fails, .kernel = "7.3.5"));
	TEXT(news(h, 2), "new alu/sub64/r3_r4 jit SKIP\n");
	history_close(h);
}

static void test_variants(void)
{
	struct history_unit btf = { .unit = "quick", .variant = "BTF=1" };
	struct history *h = open_db("variants.db");

	add_run(h, RUN("v1", one_fails));
	add_unit(h, RUN("v2", all_pass), &btf);
	TEXT(findings(h), "alu/sub64/r3_r4 jit FAIL 7.3.4 quick since 7.3.4\n");
	history_close(h);
}

/* ---- counts ---- */

static int print_count(void *arg, const struct history_count *c)
{
	fprintf(arg, "%s %s %s %llu%s%s\n", c->engine, c->name, verdicts[c->verdict].name,
		(unsigned long long)c->cases, *c->reason ? " " : "", c->reason);
	return 0;
}

static char *counts(struct history *h, enum history_level level)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	CHECK(!history_each_count(h, level, &(struct history_filter){ .unit = "quick" },
				  print_count, f, &diag),
	      "%s", diag.msg);
	fclose(f);
	return text;
}

static void test_counts(void)
{
	struct history *h = open_db("counts.db");
	s64 rows;

	add_run(h, RUN("n1", all_pass));
	TEXT(counts(h, HISTORY_FAMILIES), "interp alu PASS 1\njit alu PASS 2\njit jmp SKIP 1\n");
	TEXT(counts(h, HISTORY_OPERATIONS), "jit jmp/ja SKIP 1 reason of SKIP\n");
	rows = number("counts.db", "SELECT count(*) FROM tally");
	add_run(h, RUN("n2", all_pass));
	CHECK(number("counts.db", "SELECT count(*) FROM tally") == rows, "no change, but rows");
	add_run(h, RUN("n3", one_fails));
	TEXT(counts(h, HISTORY_FAMILIES),
	     "interp alu PASS 1\njit alu FAIL 1\njit alu PASS 1\njit jmp SKIP 1\n");
	/* what is gone counts 0 */
	add_run(h, RUN("n4", all_pass));
	TEXT(counts(h, HISTORY_FAMILIES), "interp alu PASS 1\njit alu PASS 2\njit jmp SKIP 1\n");
	history_close(h);
}

static int take_run(void *arg, const struct history_run *run)
{
	struct history_run *to = arg;

	to->checks = run->checks;
	to->seconds = run->seconds;
	to->boots = run->boots;
	memcpy(to->count, run->count, sizeof(to->count));
	to->id++;
	return 0;
}

static int take_cost(void *arg, const struct history_cost *cost)
{
	if (!strcmp(cost->kind, "family") && !strcmp(cost->name, "alu_x"))
		*(double *)arg = cost->seconds;
	return 0;
}

static int print_idle(void *arg, const struct history_idle *idle)
{
	fprintf(arg, "%s %llu %s %s\n", idle->arch, (unsigned long long)idle->cases, idle->reason,
		idle->example);
	return 0;
}

static char *idle(struct history *h)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	CHECK(!history_each_idle(h, &(struct history_filter){}, print_idle, f, &diag), "%s",
	      diag.msg);
	fclose(f);
	return text;
}

/* A case ran nowhere if no engine of any variant of the arch ran it. */
static void test_idle(void)
{
	static const struct result quick[] = {
		{ "alu/sub64/r3_r4", "interp", VERDICT_PASS, 0 },
		{ "alu/sub64/r3_r4", "jit", VERDICT_SKIP, 0 },
		{ "kfunc/call/one", "interp", VERDICT_SKIP, 0 },
		{ "kfunc/call/one", "jit", VERDICT_SKIP, 0 },
		{ "jmp/ja/one", "jit", VERDICT_FALLBACK, 0 },
	};
	static const struct result btf[] = { { "kfunc/call/one", "jit", VERDICT_PASS, 0 } };
	static const struct result fewer[] = { { "alu/sub64/r3_r4", "interp", VERDICT_PASS, 0 } };
	static const struct result old[] = { { "alu/sub64/r3_r4", "interp", VERDICT_SKIP, 0 } };
	struct history_unit older = { .unit = "variant", .variant = "KERNEL=debian:6.1" };
	struct history_unit variant = { .unit = "variant", .variant = "BTF=1" };
	struct history *h = open_db("idle.db");

	add_run(h, RUN("i1", quick));
	TEXT(idle(h), "riscv32 1 reason of FALLBACK jmp/ja/one\nriscv32 1 reason of SKIP "
		      "kfunc/call/one\n");
	add_unit(h, RUN("i2", btf), &variant);
	TEXT(idle(h), "riscv32 1 reason of FALLBACK jmp/ja/one\n");
	/* the next night does not forget what the variant ran */
	add_run(h, RUN("i3", quick));
	TEXT(idle(h), "riscv32 1 reason of FALLBACK jmp/ja/one\n");
	/* an older kernel lacks what the default one ran */
	add_unit(h, RUN("i5", old), &older);
	TEXT(idle(h), "riscv32 1 reason of FALLBACK jmp/ja/one\n");
	add_run(h, RUN("i4", fewer));
	TEXT(idle(h), "");
	history_close(h);
}

/* A database of an older version gets what it lacks. */
static void test_migrated(void)
{
	struct history *h = open_db("old.db");

	history_close(h);
	number("old.db", "DROP TABLE idle");
	number("old.db", "PRAGMA user_version = 1");
	h = open_db("old.db");
	add_run(h, RUN("m1", all_pass));
	TEXT(idle(h), "riscv32 1 reason of SKIP jmp/ja/one\n");
	history_close(h);
	CHECK(number("old.db", "PRAGMA user_version") == 2, "not migrated");
}

static void test_stats(void)
{
	static const char stats[] =
		"engine=jit seconds=2.500 cases=3 checks=300 predicted=0 load_s=1 run_s=1\n"
		"family=alu_x seconds=4.250 cases=1000 checks=50000 predicted=0 load_s=1 run_s=1\n"
		"engine=all seconds=9.500 cases=1004 checks=50300 predicted=0 load_s=1 run_s=1 "
		"boots=2 hello_s=1.5 first_s=2 host_cpu_s=3.25\n";
	char *file = scratch_path("s1/riscv32.stats"), *dir = make_run(RUN("s1", all_pass));
	struct history_unit unit = { .unit = "quick", .variant = "" };
	struct history *h = open_db("stats.db");
	struct history_run run = {};
	double seconds = 0;
	u32 added;

	write_text(file, stats, strlen(stats));
	CHECK(!history_add_run(h, dir, &unit, &added, &diag) && added == 1, "%s", diag.msg);
	CHECK(!history_each_run(h, &(struct history_filter){ .arch = "riscv32" }, take_run, &run,
				&diag),
	      "%s", diag.msg);
	CHECK(run.id == 1 && run.checks == 50300 && run.seconds == 9.5 && run.boots == 2,
	      "%llu checks, %f s", (unsigned long long)run.checks, run.seconds);
	CHECK(run.count[VERDICT_PASS] == 3 && run.count[VERDICT_SKIP] == 1, "counts");
	CHECK(!history_each_cost(h, 1, take_cost, &seconds, &diag) && seconds == 4.25, "%f",
	      seconds);
	history_close(h);
	free(file);
	free(dir);
}

static int print_cap(void *arg, const struct history_cap *cap)
{
	fprintf(arg, "%s %d %d%s\n", cap->cap, cap->have, cap->err, cap->changed ? " changed" : "");
	return 0;
}

static void test_caps(void)
{
	static const struct run_cap before[] = { { "movsx", false, 22 }, { "gotol", true, 0 } },
				    after[] = { { "movsx", true, 0 }, { "gotol", true, 0 } };
	struct history *h = open_db("caps.db");
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	add_run(h, RUN("k1", all_pass, .caps = before, .ncaps = 2));
	add_run(h, RUN("k2", all_pass, .caps = before, .ncaps = 2));
	add_run(h, RUN("k3", all_pass, .caps = after, .ncaps = 2));
	CHECK(!history_each_cap(h, &(struct history_filter){}, print_cap, f, &diag), "%s",
	      diag.msg);
	fclose(f);
	CHECK(!strcmp(text, "gotol 1 0\nmovsx 0 22\nmovsx 1 0 changed\n"), "%s", text);
	free(text);
	history_close(h);
}

/* ---- nights and cursors ---- */

static int take_cursor(void *arg, const struct history_cursor *c)
{
	struct history_cursor *to = arg;

	*to = *c;
	return 0;
}

static struct history_cursor cursor(struct history *h)
{
	struct history_cursor c = {};

	CHECK(!history_each_cursor(h, &(struct history_filter){}, take_cursor, &c, &diag), "%s",
	      diag.msg);
	return c;
}

static void test_cursor(void)
{
	struct history_cursor c = { .arch = "riscv32",
				    .variant = "",
				    .family = "alu_x",
				    .version = 0xfedcba9876543210,
				    .next = 1,
				    .nshards = 2,
				    .round = 1 };
	struct history_unit unit = { .unit = "gen/alu_x 1/2",
				     .variant = "",
				     .family = "alu_x",
				     .version = c.version,
				     .shard = 1,
				     .nshards = 2 };
	struct history *h = open_db("cursor.db");

	CHECK(!history_cursor_set(h, &c, &diag), "%s", diag.msg);
	add_unit(h, RUN("u1", all_pass), &unit);
	CHECK(cursor(h).next == 2 && cursor(h).cases == 4, "%u", cursor(h).next);
	/* neither the same run nor another one of the same shard moves it */
	add_unit(h, RUN("u1", all_pass), &unit);
	add_unit(h, RUN("u2", all_pass), &unit);
	CHECK(cursor(h).next == 2, "%u", cursor(h).next);
	/* nor a partial run, nor one of another generator */
	unit.shard = 2;
	add_unit(h, RUN("u3", all_pass, .planned = 99), &unit);
	unit.version++;
	add_unit(h, RUN("u4", all_pass), &unit);
	CHECK(cursor(h).next == 2 && cursor(h).version == c.version, "%u", cursor(h).next);
	/* what gives no results is left out at last */
	c.next = 2;
	CHECK(!history_cursor_failed(h, &c, false, &diag) && cursor(h).failed == 1, "%s", diag.msg);
	CHECK(!history_cursor_failed(h, &c, true, &diag), "%s", diag.msg);
	CHECK(cursor(h).next == 3 && cursor(h).skipped == 1 && !cursor(h).failed, "%u",
	      cursor(h).next);
	history_close(h);
}

static int count_night(void *arg, const struct history_night *night)
{
	*(u32 *)arg += 1;
	CHECK(!strcmp(night->host, "here") && night->budget == 600, "%s", night->host);
	return 0;
}

static void test_nights(void)
{
	struct history *h = open_db("nights.db");
	s64 first, again, second, third, good, run;
	u32 cnt = 0;

	CHECK(!history_night_begin(h, "/n/1", "here", 600, &first, &diag), "%s", diag.msg);
	add_run(h, RUN("t1", all_pass));
	/* after a kill it goes on */
	CHECK(!history_night_begin(h, "/n/1", "here", 600, &again, &diag) && again == first,
	      "%lld, %lld", (long long)first, (long long)again);
	CHECK(!history_night_first(h, first, &run, &diag) && run == 0, "%lld", (long long)run);
	CHECK(!history_night_end(h, first, NIGHT_ENDED, 0, &diag), "%s", diag.msg);
	CHECK(!history_night_begin(h, "/n/2", "here", 600, &second, &diag), "%s", diag.msg);
	CHECK(!history_night_first(h, second, &run, &diag) && run == 1, "%lld", (long long)run);
	CHECK(!history_night_end(h, second, NIGHT_BROKEN, 3, &diag), "%s", diag.msg);
	CHECK(!history_night_begin(h, "/n/3", "here", 600, &third, &diag), "%s", diag.msg);
	CHECK(!history_night_good(h, third, &good, &diag) && good == first, "%lld",
	      (long long)good);
	CHECK(!history_night_good(h, first, &good, &diag) && !good, "%lld", (long long)good);
	CHECK(!history_each_night(h, 2, count_night, &cnt, &diag) && cnt == 2, "%u", cnt);
	history_close(h);
}

/* ---- trust ---- */

/* A run with an earlier time than the one before is still the later one. */
static void test_clock(void)
{
	struct history *h = open_db("clock.db");

	add_run(h, RUN("k1", one_fails, .start = "2026-11-20T02:00:00Z"));
	add_run(h, RUN("k2", all_pass, .kernel = "7.3.5", .start = "2026-11-01T02:00:00Z"));
	TEXT(findings(h), "");
	TEXT(changes(h, NULL), "alu/sub64/r3_r4 jit FAIL 7.3.4 quick since -\n"
			       "alu/sub64/r3_r4 jit PASS 7.3.5 quick since -\n");
	history_close(h);
}

/* A deleted run directory is no reason to forget what was found in it. */
static void test_deleted(void)
{
	struct history *h = open_db("deleted.db");
	char *file = scratch_path("x1/riscv32.jsonl"), *dir = scratch_path("x1");
	struct history_unit unit = { .unit = "quick", .variant = "" };
	u32 added;

	add_run(h, RUN("x1", one_fails));
	unlink(file);
	CHECK(history_add_run(h, dir, &unit, &added, &diag) == -ENOENT && !added, "%s", diag.msg);
	CHECK(has(diag.msg, "no results in it"), "%s", diag.msg);
	TEXT(findings(h), "alu/sub64/r3_r4 jit FAIL 7.3.4 quick since 7.3.4\n");
	free(file);
	free(dir);
	history_close(h);
}

/* Add run "w0", "w1", … until the process is killed, or @n of them. */
static void add_many(const char *name, u32 n)
{
	struct history_unit unit = { .unit = "quick", .variant = "" };
	struct history *h = open_db(name);
	u32 added;

	for (u32 i = 0; i < n && h; i++) {
		char *run = xasprintf("w%u", i), *dir = scratch_path(run);

		history_add_run(h, dir, &unit, &added, &diag);
		free(run);
		free(dir);
	}
	history_close(h);
}

static void make_many(u32 n)
{
	for (u32 i = 0; i < n; i++) {
		char *run = xasprintf("w%u", i), *kernel = xasprintf("7.3.%u", i);
		struct made_run m = { .name = run,
				      .results = i % 2 ? all_pass : one_fails,
				      .cnt = 4,
				      .kernel = kernel };

		free(make_run(&m));
		free(run);
		free(kernel);
	}
}

#define MANY 12

/* kill -9 at any moment: each run is there once or not at all, and a second start adds the rest. */
static void test_killed(void)
{
	struct rand rand = { 19 };

	make_many(MANY);
	for (int i = 0; i < 20; i++) {
		char *name = xasprintf("killed%d.db", i);
		pid_t pid = fork();

		if (!pid) {
			add_many(name, MANY);
			_exit(0);
		}
		usleep(rand_below(&rand, 30000));
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		add_many(name, MANY);
		CHECK(intact(name), "%s", name);
		CHECK(number(name, "SELECT count(*) FROM run") == MANY, "%s", name);
		CHECK(number(name, "SELECT count(*) FROM change") == MANY, "%s", name);
		CHECK(number(name, "SELECT sum(cases) FROM total") == 4 * MANY, "%s", name);
		free(name);
	}
}

/* ---- news ---- */

static int print_news(void *arg, const struct history_news *news)
{
	static const char *const words[] = { "new", "changed", "fixed", "flaky", "gone", "known" };

	fprintf(arg, "%s %s %s %s\n", words[news->kind], news->now.id, news->now.engine,
		verdicts[news->was].name);
	return 0;
}

static char *news(struct history *h, s64 since)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	CHECK(!history_each_news(h, since, print_news, f, &diag), "%s", diag.msg);
	fclose(f);
	return text;
}

static void test_news(void)
{
	struct history *h = open_db("news.db");

	add_run(h, RUN("z1", all_pass));
	TEXT(news(h, 0), "");
	add_run(h, RUN("z2", one_fails, .kernel = "7.3.5"));
	TEXT(news(h, 1), "new alu/sub64/r3_r4 jit PASS\n");
	add_run(h, RUN("z3", fails_otherwise, .kernel = "7.3.6"));
	TEXT(news(h, 2), "changed alu/sub64/r3_r4 jit FAIL\n");
	TEXT(news(h, 1), "new alu/sub64/r3_r4 jit PASS\n");
	add_run(h, RUN("z4", all_pass, .kernel = "7.3.7"));
	TEXT(news(h, 3), "fixed alu/sub64/r3_r4 jit FAIL\n");
	TEXT(news(h, 1), "");
	add_run(h, RUN("z5", one_fails, .kernel = "7.3.7"));
	TEXT(news(h, 4), "flaky alu/sub64/r3_r4 jit PASS\n");
	history_close(h);
}

#define BIG 100 /* failures: more than the free space in the pages of a new database */

/* A disk that is full: words, and the database as it was. */
static void test_full_disk(void)
{
	struct history_unit unit = { .unit = "quick", .variant = "" };
	struct result many[BIG];
	struct made_run big = { .name = "y1", .kernel = "7.4", .results = many, .cnt = BIG };
	struct history *h = open_db("full.db");
	char *dir, *limit;
	s64 pages;
	int ret;
	u32 added;

	for (u32 i = 0; i < BIG; i++)
		many[i] = (struct result){ xasprintf("alu/op%u/one", i), "jit", VERDICT_FAIL, 0 };
	dir = make_run(&big);
	for (u32 i = 0; i < BIG; i++)
		free((char *)many[i].id);
	add_run(h, RUN("y0", all_pass));
	pages = number("full.db", "PRAGMA page_count");
	history_close(h);
	h = open_db("full.db");
	limit = xasprintf("PRAGMA max_page_count = %lld", (long long)pages);
	CHECK(!db_exec(h, limit, &diag), "%s", diag.msg);
	free(limit);
	ret = history_add_run(h, dir, &unit, &added, &diag);
	CHECK(ret == -ENOSPC && !added && has(diag.msg, "no space left"), "%d: %s", ret, diag.msg);
	CHECK(intact("full.db") && number("full.db", "SELECT count(*) FROM run") == 1, "changed");
	history_close(h);
	h = open_db("full.db");
	CHECK(!history_add_run(h, dir, &unit, &added, &diag) && added == 1, "%s", diag.msg);
	history_close(h);
	free(dir);
}

static void test_cleanup(void)
{
	scratch_remove();
	CHECK(access(scratch_dir(), F_OK), "%s is still there", scratch_dir());
}

static const struct test tests[] = {
	{ "open", test_open },
	{ "newer", test_newer },
	{ "foreign", test_foreign },
	{ "changes", test_changes },
	{ "cases that are counted", test_counted },
	{ "detail", test_detail },
	{ "again", test_again },
	{ "partial", test_partial },
	{ "flaky", test_flaky },
	{ "flaky-first", test_flaky_first },
	{ "gone", test_gone },
	{ "variants", test_variants },
	{ "counts", test_counts },
	{ "idle", test_idle },
	{ "migrated", test_migrated },
	{ "stats", test_stats },
	{ "caps", test_caps },
	{ "cursor", test_cursor },
	{ "nights", test_nights },
	{ "news", test_news },
	{ "clock", test_clock },
	{ "deleted", test_deleted },
	{ "killed", test_killed },
	{ "full-disk", test_full_disk },
	{ "cleanup", test_cleanup },
};

TEST_MAIN(tests)
