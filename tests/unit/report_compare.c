// SPDX-License-Identifier: GPL-2.0
/* Two runs side by side: each kind of change, what partial runs are spared, capabilities,
 * REQUIRE_JIT. */
#include "report/compare.h"
#include "report/since.h"
#include "tests/unit/report.h"

#define WHOLE -1

static struct results *open_run(const char *dir, const char *kernel, const char *arch, s64 planned,
				struct run_info more)
{
	static char *engines[] = { "interp", "jit" };
	struct diag diag;
	struct results *w;

	more.arch = (char *)arch;
	more.kernel = (char *)kernel;
	more.engines = engines;
	more.nengines = 2;
	more.planned = planned == WHOLE ? 0 : planned;
	more.full = !more.cases;
	w = results_open(dir, &more, NULL, false, &diag);
	CHECK(w, "%s", diag.msg);
	return w;
}

struct line {
	const char *id, *engine;
	enum verdict a, b; /* NR_VERDICTS: no record */
};

/* What A and B of @lines give, as text and as exit code. */
static char *compared(const struct line *lines, size_t n, struct run_info a, struct run_info b,
		      s64 b_planned, const struct compare_opts *opts, int *code)
{
	static u32 nr;
	char *name = xasprintf("cmp%u", nr++), *base = scratch_path(name), *text;
	char *dir[2] = { xasprintf("%s.a", base), xasprintf("%s.b", base) };
	struct run_set set[2];
	struct diag diag;
	size_t len;
	FILE *f;

	for (int k = 0; k < 2; k++) {
		struct results *w = open_run(dir[k], k ? "7.3.4" : "7.2.1", "riscv32",
					     k ? b_planned : WHOLE, k ? b : a);

		for (size_t i = 0; i < n; i++) {
			enum verdict v = k ? lines[i].b : lines[i].a;

			if (v < NR_VERDICTS)
				add(w, lines[i].id, lines[i].engine, v);
		}
		results_close(w, true);
		CHECK(!run_set_load(dir[k], &set[k], &diag), "%s: %s", diag.file, diag.msg);
	}
	f = open_memstream(&text, &len);
	*code = compare_print(f, &set[0], &set[1], opts);
	fclose(f);
	for (int k = 0; k < 2; k++) {
		run_set_free(&set[k]);
		free(dir[k]);
	}
	free(base);
	free(name);
	return text;
}

#define NONE NR_VERDICTS

static const struct {
	enum verdict a, b;
	const char *text;
	int code;
} kinds[] = {
	{ VERDICT_PASS, VERDICT_PASS, "1 as before", EXIT_OK },
	{ VERDICT_FAIL, VERDICT_FAIL, "1 as before", EXIT_OK },
	{ VERDICT_SKIP, VERDICT_SKIP, "1 as before", EXIT_OK },
	{ VERDICT_FALLBACK, VERDICT_FALLBACK, "1 as before", EXIT_OK },
	{ VERDICT_PASS, VERDICT_FAIL, "1 new failure\n", EXIT_FINDINGS },
	{ VERDICT_PASS, VERDICT_CRASH, "1 new failure\n", EXIT_FINDINGS },
	{ VERDICT_SKIP, VERDICT_FAIL, "1 new failure\n", EXIT_FINDINGS },
	{ VERDICT_FALLBACK, VERDICT_FAIL, "1 new failure\n", EXIT_FINDINGS },
	{ VERDICT_PASS, VERDICT_FALLBACK, "1 case no longer JITed\n", EXIT_FINDINGS },
	{ VERDICT_FAIL, VERDICT_FALLBACK, "1 case no longer JITed\n", EXIT_FINDINGS },
	{ VERDICT_PASS, VERDICT_SKIP, "1 case no longer run\n", EXIT_FINDINGS },
	{ VERDICT_PASS, VERDICT_NOT_TESTED, "1 case no longer run\n", EXIT_FINDINGS },
	{ VERDICT_PASS, NONE, "1 vanished\n", EXIT_FINDINGS },
	{ VERDICT_SKIP, NONE, "nothing to compare\n", EXIT_OK },
	{ VERDICT_FAIL, VERDICT_CRASH, "1 fails in another way\n", EXIT_OK },
	{ VERDICT_PASS, VERDICT_LOST, "1 without a verdict\n", EXIT_OK },
	{ VERDICT_PASS, VERDICT_NOTRUN, "1 without a verdict\n", EXIT_OK },
	{ VERDICT_FAIL, VERDICT_PASS, "1 fixed\n", EXIT_OK },
	{ VERDICT_CRASH, VERDICT_PASS, "1 fixed\n", EXIT_OK },
	{ VERDICT_SKIP, VERDICT_PASS, "1 newly run\n", EXIT_OK },
	{ VERDICT_FALLBACK, VERDICT_PASS, "1 newly run\n", EXIT_OK },
	{ NONE, VERDICT_PASS, "1 added\n", EXIT_OK },
	{ NONE, VERDICT_FAIL, "1 added case fails\n", EXIT_OK },
};

static void test_kinds(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct line line = { "alu/sub64/r3_r4", "jit", kinds[i].a, kinds[i].b };
		struct compare_opts opts = { 0 };
		int code;
		char *s = compared(&line, 1, (struct run_info){}, (struct run_info){}, WHOLE, &opts,
				   &code);

		CHECK(has(s, kinds[i].text) && code == kinds[i].code, "row %zu: exit %d\n%s", i,
		      code, s);
		free(s);
	}
}

static void test_lines(void)
{
	static const struct line lines[] = {
		{ "alu/sub64/r3_r4", "jit", VERDICT_PASS, VERDICT_FAIL },
		{ "alu/sub64/r3_r4", "interp", VERDICT_PASS, VERDICT_PASS },
		{ "alu/movsx/r3_r4", "jit", VERDICT_SKIP, VERDICT_FAIL },
		{ "atomics/add", "jit", VERDICT_PASS, VERDICT_FALLBACK },
	};
	static struct run_cap had[] = { { "movsx", false, 22 },
					{ "gotol", true, 0 },
					{ "old", true, 0 } };
	static struct run_cap have[] = { { "movsx", true, 0 },
					 { "gotol", false, 22 },
					 { "new", true, 0 } };
	struct compare_opts opts = { 0 };
	int code;
	char *s = compared(lines, ARRAY_SIZE(lines), (struct run_info){ .caps = had, .ncaps = 3 },
			   (struct run_info){ .caps = have, .ncaps = 3 }, WHOLE, &opts, &code);

	CHECK(code == EXIT_FINDINGS, "exit %d", code);
	CHECK(has(s, "7.2.1 → 7.3.4 riscv32: gained movsx; lost gotol; 2 new failures, 1 case no "
		     "longer JITed, 1 as before\n"),
	      "%s", s);
	CHECK(has(s, "riscv32 jit alu/sub64/r3_r4.211 PASS → FAIL: r3 expected 8000000000000000 "
		     "observed 7fffffffffffffff\n"),
	      "%s", s);
	CHECK(has(s, "riscv32 jit alu/movsx/r3_r4.211 SKIP → FAIL"), "%s", s);
	CHECK(has(s, "riscv32 jit atomics/add PASS → FALLBACK: reason of FALLBACK\n"), "%s", s);
	free(s);
}

static void test_partial(void)
{
	static const struct line lines[] = {
		{ "alu/a/1", "jit", VERDICT_PASS, NONE },
		{ "alu/a/2", "jit", VERDICT_PASS, VERDICT_PASS },
		{ "alu/a/3", "jit", NONE, VERDICT_FAIL },
	};
	struct compare_opts opts = { 0 };
	int code;
	char *s = compared(lines, 3, (struct run_info){}, (struct run_info){}, 17, &opts, &code);

	CHECK(code == EXIT_OK && !has(s, "vanished,") && has(s, "B is partial: 2 of 17 verdicts"),
	      "exit %d\n%s", code, s);
	free(s);
	s = compared(lines, 3, (struct run_info){}, (struct run_info){ .cases = "alu/a/2 alu/a/3" },
		     WHOLE, &opts, &code);
	CHECK(code == EXIT_OK && !has(s, "anished") && has(s, "B ran a part of the cases: alu/a/2"),
	      "exit %d\n%s", code, s);
	free(s);
	/* what A did not try is not added */
	s = compared(lines, 3, (struct run_info){ .cases = "alu/a/1" }, (struct run_info){}, WHOLE,
		     &opts, &code);
	CHECK(!has(s, "added") && has(s, "A ran a part"), "%s", s);
	free(s);
}

static void test_require_jit(void)
{
	static const struct line lines[] = {
		{ "alu/sub64/r1_r2", "jit", VERDICT_FALLBACK, VERDICT_FALLBACK },
		{ "atomics/add/r1", "jit", VERDICT_FALLBACK, VERDICT_FALLBACK },
		{ "atomicsx/add/r1", "jit", VERDICT_FALLBACK, VERDICT_FALLBACK },
	};
	static const struct {
		const char *list, *text;
		int code;
	} lists[] = {
		{ NULL, "3 as before", EXIT_OK },
		{ "mem", "3 as before", EXIT_OK },
		{ "atomics", "1 case not JITed against REQUIRE_JIT, 2 as before", EXIT_FINDINGS },
		{ "alu/* atomics", "2 cases not JITed against REQUIRE_JIT, 1 as before",
		  EXIT_FINDINGS },
		{ "alu/sub64,atomics/add/r1", "2 cases not JITed", EXIT_FINDINGS },
		{ "1", "3 cases not JITed", EXIT_FINDINGS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		struct compare_opts opts = { .require_jit = lists[i].list };
		int code;
		char *s = compared(lines, 3, (struct run_info){}, (struct run_info){}, WHOLE, &opts,
				   &code);

		CHECK(has(s, lists[i].text) && code == lists[i].code, "%s: exit %d\n%s",
		      lists[i].list, code, s);
		free(s);
	}
	/* recorded as a failure under REQUIRE_JIT, it is still the same fallback; by name it is
	 * only one */
	for (int k = 0; k < 2; k++) {
		struct run_info b = { .require_jit = k ? "atomics" : "1" };
		struct compare_opts opts = { 0 };
		int code;
		char *s = compared(lines, 3, (struct run_info){}, b, WHOLE, &opts, &code);

		CHECK(has(s, "3 as before") && code == EXIT_OK, "exit %d\n%s", code, s);
		free(s);
	}
}

static void test_cut(void)
{
	struct line lines[40];
	struct compare_opts opts = { 0 };
	int code;
	char *s;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		lines[i] = (struct line){ xasprintf("alu/x/%02zu", i), "jit", VERDICT_PASS,
					  VERDICT_FAIL };
	s = compared(lines, ARRAY_SIZE(lines), (struct run_info){}, (struct run_info){}, WHOLE,
		     &opts, &code);
	CHECK(has(s, "40 new failures") && has(s, "… and 30 more of riscv32 (V=1 shows all)") &&
		      times(s, "→ FAIL") == 10,
	      "%s", s);
	free(s);
	opts.all = true;
	s = compared(lines, ARRAY_SIZE(lines), (struct run_info){}, (struct run_info){}, WHOLE,
		     &opts, &code);
	CHECK(!has(s, "more of") && times(s, "→ FAIL") == 40, "%s", s);
	free(s);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		free((char *)lines[i].id);
}

static void test_arches(void)
{
	char *a = scratch_path("arches.a"), *b = scratch_path("arches.b"), *s;
	struct compare_opts opts = { 0 };
	struct run_set sa, sb;
	struct diag diag;
	size_t len;
	FILE *f;
	const struct {
		const char *dir, *arch;
	} runs[] = { { a, "arm64" }, { a, "m68k" }, { b, "arm64" }, { b, "s390x" } };

	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		struct results *w =
			open_run(runs[i].dir, "7.3", runs[i].arch, WHOLE, (struct run_info){});

		add(w, "alu/x/1", "jit", VERDICT_PASS);
		results_close(w, true);
	}
	CHECK(!run_set_load(a, &sa, &diag) && !run_set_load(b, &sb, &diag), "load");
	f = open_memstream(&s, &len);
	CHECK(compare_print(f, &sa, &sb, &opts) == EXIT_OK,
	      "an arch that was not run is no regression");
	fclose(f);
	CHECK(has(s, "m68k: only in A\n") && has(s, "s390x: only in B\n") &&
		      has(s, "arm64: 1 as before"),
	      "%s", s);
	free(s);
	run_set_free(&sa);
	run_set_free(&sb);
	free(a);
	free(b);
}

static void add_group(struct results *w, const char *id, enum verdict v, u32 cases)
{
	struct record r = make_record(id, "jit", v);

	r.cases = cases;
	CHECK(!results_add(w, &r), "%s", id);
	record_free(&r);
}

/* Generated cases: those that pass have one record for many, and another seed picks others. */
static void test_generated(void)
{
	static const struct {
		const char *id;
		enum verdict v;
		const char *text;
		int code;
	} t[] = {
		{ "gen/alu_x/add64/r1_r2", VERDICT_FAIL, "1 new failure, 4000 as before",
		  EXIT_FINDINGS },
		{ "gen/alu_x/add64/*fallback", VERDICT_FALLBACK, "1 case no longer JITed",
		  EXIT_FINDINGS },
		{ "gen/alu_x/sub64/r1_r2", VERDICT_FAIL, "1 added case fails", EXIT_OK },
		{ NULL, 0, "riscv32: 4000 as before", EXIT_OK },
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		char *name = xasprintf("gen%zu", i), *a = scratch_path(name),
		     *b = xasprintf("%s.b", a), *s;
		struct results *w = open_run(a, "7.2", "riscv32", WHOLE, (struct run_info){});
		struct compare_opts opts = { 0 };
		struct run_set sa, sb;
		struct diag diag;
		size_t len;
		FILE *f;

		add_group(w, "gen/alu_x/add64/*", VERDICT_PASS, 4000);
		/* of another seed */
		add(w, "gen/alu_x/mul64/r1_r2", "jit", VERDICT_FAIL);
		results_close(w, true);
		w = open_run(b, "7.3", "riscv32", WHOLE, (struct run_info){});
		add_group(w, "gen/alu_x/add64/*", VERDICT_PASS, 4000);
		if (t[i].id)
			add(w, t[i].id, "jit", t[i].v);
		results_close(w, true);
		CHECK(!run_set_load(a, &sa, &diag) && !run_set_load(b, &sb, &diag), "load");
		f = open_memstream(&s, &len);
		CHECK(compare_print(f, &sa, &sb, &opts) == t[i].code, "row %zu", i);
		fclose(f);
		CHECK(has(s, t[i].text) && !has(s, "anished"), "row %zu:\n%s", i, s);
		free(s);
		run_set_free(&sa);
		run_set_free(&sb);
		free(a);
		free(b);
		free(name);
	}
}

/* ---- since the run before ---- */

struct before {
	const char *name, *start, *image, *cases;
	enum verdict v;
	const char *stats;
};

/* A run of one case in scratch/since/NAME. */
static char *put_run(const struct before *r)
{
	char *base = scratch_path("since"), *dir = xasprintf("%s/%s", base, r->name),
	     *stats = xasprintf("%s/riscv32.stats", dir);
	struct run_info more = { .start = (char *)r->start,
				 .image = (char *)r->image,
				 .config_hash = "c0ffee",
				 .cpu = "rv32",
				 .version = "v1",
				 .make_args = "KERNEL=source",
				 .cases = (char *)r->cases };
	struct results *w = open_run(dir, "7.3.4", "riscv32", WHOLE, more);

	add(w, "alu/sub64/r3_r4", "jit", r->v);
	results_close(w, true);
	write_text(stats, r->stats, strlen(r->stats));
	free(stats);
	free(base);
	return dir;
}

static void test_since(void)
{
	static const char fast[] = "engine=all seconds=10.000 cases=1\n",
			  slow[] = "engine=all seconds=20.000 cases=1\n";
	static const struct {
		struct before run;
		const char *texts[4]; /* none: nothing is printed */
	} t[] = {
		{ { "1", "2026-01-01T00:00:00Z", "a", NULL, VERDICT_FAIL, fast }, {} },
		{ { "part", "2026-01-02T00:00:00Z", "a", "alu", VERDICT_PASS, fast }, {} },
		{ { "2", "2026-01-03T00:00:00Z", "b", NULL, VERDICT_PASS, fast },
		  { "/since/1: 7.3.4 → 7.3.4 riscv32: 1 fixed\n", "#   Fixed:\n#    riscv32 jit ",
		    "#         make repro ARCH=riscv32 ID=alu/sub64/r3_r4 KERNEL=source\n" } },
		{ { "3", "2026-01-04T00:00:00Z", "b", NULL, VERDICT_PASS, slow },
		  { "/since/2: 7.3.4 → 7.3.4 riscv32: 1 as before\n",
		    "#   slower: 20 checks/s, before 40\n" } },
		{ { "4", "2026-01-05T00:00:00Z", "b", NULL, VERDICT_FAIL, slow },
		  { "/since/3: 7.3.4 → 7.3.4 riscv32: 1 flaky\n",
		    "#   Flaky: another verdict of the same image:\n",
		    "#         make repro ARCH=riscv32 ID=alu/sub64/r3_r4.211" } },
		{ { "5", "2026-01-06T00:00:00Z", "c", NULL, VERDICT_PASS, slow },
		  { "/since/4: 7.3.4 → 7.3.4 riscv32: 1 fixed\n" } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		char *dir = put_run(&t[i].run), *s;
		size_t len;
		FILE *f = open_memstream(&s, &len);

		report_since(f, dir, false);
		fclose(f);
		CHECK(*t[i].texts || !*s, "row %zu:\n%s", i, s);
		for (size_t k = 0; k < ARRAY_SIZE(t[i].texts) && t[i].texts[k]; k++)
			CHECK(has(s, t[i].texts[k]), "row %zu, text %zu:\n%s", i, k, s);
		CHECK(!i || !has(s, "slower") == (i != 3), "row %zu:\n%s", i, s);
		free(s);
		free(dir);
	}
}

static void test_cleanup(void)
{
	scratch_remove();
	CHECK(access(scratch_dir(), F_OK), "%s is still there", scratch_dir());
}

static const struct test tests[] = {
	{ "each kind of change", test_kinds },
	{ "capabilities and lines", test_lines },
	{ "partial runs", test_partial },
	{ "REQUIRE_JIT", test_require_jit },
	{ "long lists", test_cut },
	{ "architectures", test_arches },
	{ "generated cases", test_generated },
	{ "since the run before", test_since },
	{ "cleanup", test_cleanup },
};

TEST_MAIN(tests)
