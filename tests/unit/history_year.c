// SPDX-License-Identifier: GPL-2.0
/*
 * A simulated year of nights on 18 arches: how large the history is, and how fast it answers. The
 * test takes 20 nights; NIGHTS=365 takes a year and prints the numbers of docs/scale.md.
 */
#include <stdlib.h>
#include <time.h>
#include "history/db.h"
#include "lib/rand.h"
#include "tests/unit/report.h"

#define ARCHES	   18
#define ENGINES	   9
#define PARTS	   10	/* of the enumeration, an arch and night */
#define FAMILIES   104	/* of cases/ and gen/ */
#define OPERATIONS 6000 /* that some engine skips, on each arch once */
#define FLIPS	   4	/* changes of verdicts, an arch and night */
#define CASES	   2000 /* that ever fail */
#define CAPS	   60

static struct diag diag;
static struct history *h;
static struct rand rnd = { 365 };

static s64 insert(const char *sql, const char *types, ...)
{
	sqlite3_stmt *s;
	va_list ap;

	CHECK(!sqlite3_prepare_v2(h->db, sql, -1, &s, NULL), "%s", sqlite3_errmsg(h->db));
	va_start(ap, types);
	for (int i = 1; *types; types++, i++) {
		if (*types == 'i')
			sqlite3_bind_int64(s, i, va_arg(ap, s64));
		else
			sqlite3_bind_text(s, i, va_arg(ap, char *), -1, SQLITE_STATIC);
	}
	va_end(ap);
	CHECK(sqlite3_step(s) == SQLITE_DONE, "%s", sqlite3_errmsg(h->db));
	sqlite3_finalize(s);
	return sqlite3_last_insert_rowid(h->db);
}

static s64 name(const char *kind, u64 i)
{
	char *text = xasprintf("%s%llu", kind, (unsigned long long)i);
	s64 id = insert("INSERT INTO name(text) VALUES(?)", "t", text);

	free(text);
	return id;
}

/* Names, made once. */
static s64 engines[ENGINES], families[FAMILIES], operations[OPERATIONS], cases[CASES], caps[CAPS],
	quick, parts[FAMILIES], reason;

static void make_names(void)
{
	for (u32 i = 0; i < ENGINES; i++)
		engines[i] = name("engine", i);
	for (u32 i = 0; i < FAMILIES; i++) {
		families[i] = name("gen/family_", i);
		parts[i] = name("gen/family_part ", i);
	}
	for (u32 i = 0; i < OPERATIONS; i++)
		operations[i] = name("gen/family_1/operation64_", i);
	for (u32 i = 0; i < CASES; i++)
		cases[i] = name("gen/family_1/operation64_x/a_r3_r", i);
	for (u32 i = 0; i < CAPS; i++)
		caps[i] = name("cap", i);
	reason = name("the raw route has no subprograms: the verifier splits them", 0);
	quick = insert("INSERT INTO name(text) VALUES('quick')", "");
}

static s64 add_run(s64 target, s64 unit, s64 night, s64 kernel)
{
	return insert(
		"INSERT INTO run(dir, target, unit, night, kernel, version, qemu, cpu, "
		"start, seconds, hello_s, host_cpu_s, boots, cases, checks, planned, fresh, "
		"changed, fixed, partial, full) VALUES('/var/lib/ci/results/nightly/night' || "
		"?1 || '/' || ?2, ?3, ?2, ?1, ?4, 'v1.0-123-gabcdef', '10.0.2', 'max', "
		"1780000000 + 86400 * ?1, 600.5, 2.5, 60.5, 1, 50000, 10000000, 50000, 1, 0, "
		"1, 0, 1)",
		"iiii", night, unit, target, kernel);
}

/* What a run adds each night. */
static void add_rows(s64 run, bool is_quick)
{
	for (u32 e = 0; e < ENGINES; e++)
		for (u32 v = 0; v < 3; v++)
			insert("INSERT INTO total VALUES(?, ?, ?, 5000)", "iit", run, engines[e],
			       v == 0	? "PASS"
			       : v == 1 ? "SKIP"
					: "XFAIL");
	for (u32 f = 0; f < (is_quick ? FAMILIES : 1); f++)
		insert("INSERT INTO cost VALUES(?, 'family', ?, 12.5, 5000, 100000)", "ii", run,
		       families[f]);
}

/* The counts of the first night, of which a few change later. */
static void add_counts(s64 target, s64 unit, s64 run, u32 from, u32 to)
{
	for (u32 e = 0; e < ENGINES; e++) {
		for (u32 f = 0; f < FAMILIES && unit == quick; f++)
			insert("INSERT INTO tally VALUES(?, ?, 0, ?, ?, 'PASS', ?, 4000, 0)",
			       "iiiii", target, unit, engines[e], families[f], run);
		for (u32 o = from; o < to; o++)
			if (o % 3 == e % 3)
				insert("INSERT INTO tally VALUES(?, ?, 1, ?, ?, 'SKIP', ?, 90, ?)",
				       "iiiiii", target, unit, engines[e], operations[o], run,
				       reason);
	}
}

static void add_change(s64 target, s64 run)
{
	static const char detail[] = "cases/calls/subprog.case:127: call +0   "
				     "r0=0xe7b25ad27bccb532 r1=0xffffffffffffffff\n"
				     "r0     : expected ffffffffffffffff   jit 00000000ffffffff\n"
				     "stack-20..-17: expected ff ff ff ff   jit 00 00 00 00\n"
				     "vectors: 16 of 27 fail\n";
	s64 id = cases[rand_below(&rnd, CASES)], engine = engines[rand_below(&rnd, ENGINES)];
	bool fails = rand_one_in(&rnd, 2);
	s64 change = insert(
		"INSERT INTO change(target, name, engine, run, verdict, raw, vector, "
		"print, flaky, known, detail, rerun) VALUES(?, ?, ?, ?, ?, ?4, 3, ?4, "
		"?4 % 50 = 0, '', ?, 'make repro ARCH=riscv32 ID=calls/stack_arg/one.2')",
		"iiiitt", target, id, engine, run, fails ? "FAIL" : "PASS", fails ? detail : "");

	insert("INSERT OR REPLACE INTO state VALUES(?, ?, ?, ?, ?)", "iiiii", id, target, engine,
	       change, fails ? change : 0);
}

static void simulate(u32 nights)
{
	make_names();
	for (s64 a = 1; a <= ARCHES; a++)
		insert("INSERT INTO target VALUES(?, 'arch' || ?1, '')", "i", a);
	for (s64 n = 1; n <= nights; n++) {
		s64 kernel = insert("INSERT INTO kernel(release, config_hash, compiler, image, "
				    "image_bytes) VALUES('7.3.' || ?1, 'c0ffee', 'gcc 14.2', "
				    "'/home/ci/.cache/checkjit/images/' || ?1, 20000000)",
				    "i", n);

		insert("INSERT INTO night VALUES(?, '/n/' || ?1, 'ci', 1780000000 + 86400 * ?1, "
		       "1780020000 + 86400 * ?1, 28800, 1, 0, (SELECT ifnull(max(id), 0) FROM "
		       "run))",
		       "i", n);
		for (s64 a = 1; a <= ARCHES; a++) {
			s64 run = add_run(a, quick, n, kernel);

			add_rows(run, true);
			if (n == 1)
				add_counts(a, quick, run, 0, OPERATIONS);
			for (u32 c = 0; n == 1 && c < CAPS; c++)
				insert("INSERT INTO cap VALUES(?, ?, ?, 1, 0)", "iii", a, caps[c],
				       run);
			for (u32 i = 0; i < FLIPS; i++)
				add_change(a, run);
			for (s64 p = 0; p < PARTS; p++) {
				u32 part = (n * PARTS + p) % FAMILIES;

				run = add_run(a, parts[part], n, kernel);
				add_rows(run, false);
				if (n * PARTS < FAMILIES)
					add_counts(a, parts[part], run, part * 50, part * 50 + 50);
			}
		}
	}
}

/* ---- the queries of reports ---- */

static u32 rows;

#define COUNT_ROWS(type)                                           \
	static int count_##type(void *arg, const struct type *row) \
	{                                                          \
		(void)arg;                                         \
		(void)row;                                         \
		rows++;                                            \
		return 0;                                          \
	}
COUNT_ROWS(history_run)
COUNT_ROWS(history_verdict)
COUNT_ROWS(history_flaky)
COUNT_ROWS(history_count)
COUNT_ROWS(history_cap)
COUNT_ROWS(history_news)
COUNT_ROWS(history_night)
COUNT_ROWS(history_cost)

#define QUERY(call)                                                                              \
	do {                                                                                     \
		clock_t start_ = clock();                                                        \
		int ret_;                                                                        \
                                                                                                 \
		rows = 0;                                                                        \
		ret_ = call;                                                                     \
		CHECK(!ret_ && clock() - start_ < CLOCKS_PER_SEC, "%s: %d, %ld us", #call, ret_, \
		      (long)(clock() - start_));                                                 \
		printf("# %6.1f ms, %6u rows: %s\n", (clock() - start_) * 1e3 / CLOCKS_PER_SEC,  \
		       rows, #call);                                                             \
	} while (0)

static void test_queries(void)
{
	struct history_filter all = {}, arch = { .arch = "arch7" }, night = { .night = 5 },
			      speed = { .arch = "arch7", .unit = "quick" },
			      one = { .id = "gen/family_1/operation64_x/a_r3_r7" },
			      counts = { .unit = "quick" };
	s64 since;

	QUERY(history_each_night(h, 0, count_history_night, NULL, &diag));
	QUERY(history_each_run(h, &night, count_history_run, NULL, &diag));
	QUERY(history_each_run(h, &speed, count_history_run, NULL, &diag));
	QUERY(history_each_cost(h, 1, count_history_cost, NULL, &diag));
	QUERY(history_each_change(h, &one, count_history_verdict, NULL, &diag));
	QUERY(history_each_first_failure(h, one.id, count_history_verdict, NULL, &diag));
	QUERY(history_each_finding(h, &all, count_history_verdict, NULL, &diag));
	QUERY(history_each_finding(h, &arch, count_history_verdict, NULL, &diag));
	QUERY(history_each_flaky(h, &all, count_history_flaky, NULL, &diag));
	QUERY(history_each_count(h, HISTORY_FAMILIES, &counts, count_history_count, NULL, &diag));
	QUERY(history_each_count(h, HISTORY_OPERATIONS, &arch, count_history_count, NULL, &diag));
	QUERY(history_each_cap(h, &all, count_history_cap, NULL, &diag));
	CHECK(!history_night_last(h, 5, &since, &diag), "%s", diag.msg);
	QUERY(history_each_news(h, since, count_history_news, NULL, &diag));
}

static void test_size(void)
{
	const char *nights = getenv("NIGHTS");
	u32 n = nights ? atoi(nights) : 20;
	char *path = scratch_path("year.db");
	struct stat st;

	CHECK(!history_open(path, HISTORY_WRITE, &h, &diag), "%s", diag.msg);
	CHECK(!db_begin(h, &diag), "%s", diag.msg);
	simulate(n);
	CHECK(!db_end(h, true, &diag), "%s", diag.msg);
	CHECK(!stat(path, &st) && st.st_size < 1 << 30, "%lld bytes", (long long)st.st_size);
	printf("# %u nights, %u arches: %.1f MB\n", n, ARCHES, st.st_size / 1e6);
	free(path);
}

static void test_cleanup(void)
{
	history_close(h);
	scratch_remove();
	CHECK(access(scratch_dir(), F_OK), "%s is still there", scratch_dir());
}

static const struct test tests[] = {
	{ "size", test_size },
	{ "queries", test_queries },
	{ "cleanup", test_cleanup },
};

TEST_MAIN(tests)
