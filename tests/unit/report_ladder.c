// SPDX-License-Identifier: GPL-2.0
/* The table of bugs and releases: each kind of cell, rows with the same name, other cases. */
#include "report/ladder.h"
#include "tests/unit/report.h"

static const char list[] =
	"subprog_r1_zext  jit  7.0..7.3  jit-bug  the first argument is cut | x.c:1\n"
	"calls/far/one  interp  6.1  CRASH  \"BUG\"  interp-bug  a far call | x.c:2\n"
	"calls/far/one  interp  7.0  CRASH  \"BUG\"  interp-bug  a far call | x.c:2\n";

static const char smallest[] = "regress/riscv32_subprog_r1/one";

struct entry {
	const char *id, *engine;
	enum verdict verdict;
	const char *quirks;
};

/* A run of the releases, in the scratch directory @name. */
static struct run_set made(const char *name, const struct entry *e, u32 n)
{
	char *dir = scratch_path(name);
	struct results *w = begin(dir, "riscv32", NULL, 0, false);
	struct run_set set;
	struct diag diag;

	for (u32 i = 0; i < n; i++) {
		struct record r = make_record(e[i].id, e[i].engine, e[i].verdict);

		r.quirks = e[i].quirks ? xstrdup(e[i].quirks) : NULL;
		CHECK(!results_add(w, &r), "%s", e[i].id);
		record_free(&r);
	}
	results_close(w, true);
	CHECK(!run_set_load(dir, &set, &diag), "%s", diag.msg);
	free(dir);
	return set;
}

static char *printed(const struct run_set *sets, u32 n, int *code)
{
	static const char *const names[] = { "6.1", "7.0", "7.3" };
	struct ladder_rung rungs[3] = { 0 };
	struct known known;
	struct diag diag;
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	CHECK(!known_parse(list, "list", &known, &diag), "%s", diag.msg);
	for (u32 i = 0; i < n; i++) {
		rungs[i].release = names[i];
		rungs[i].run = sets[i].cnt ? &sets[i].runs[0] : NULL;
		rungs[i].why = "no kernel";
	}
	*code = ladder_print(f, &known, rungs, n);
	fclose(f);
	known_free(&known);
	return text;
}

/* One cell of the quirk's line, by what its smallest case did on the JIT. */
static void test_cells(void)
{
	static const struct {
		enum verdict v;
		const char *quirks, *line;
		int code;
	} t[] = {
		{ VERDICT_PASS, NULL, "| subprog_r1_zext | absent |", EXIT_OK },
		{ VERDICT_XFAIL, "subprog_r1_zext", "| subprog_r1_zext | present |", EXIT_OK },
		{ VERDICT_XFAIL, "a+subprog_r1_zext", "| subprog_r1_zext | present |", EXIT_OK },
		{ VERDICT_XFAIL, "subprog_r1_zext2", "| subprog_r1_zext | - |", EXIT_OK },
		{ VERDICT_FAIL, NULL, "| subprog_r1_zext | PRESENT |", EXIT_FINDINGS },
		{ VERDICT_XPASS, "subprog_r1_zext", "| subprog_r1_zext | ABSENT |", EXIT_FINDINGS },
		{ VERDICT_XPASS, "other", "| subprog_r1_zext | absent |", EXIT_OK },
		{ VERDICT_SKIP, NULL, "| subprog_r1_zext | - |", EXIT_OK },
		{ VERDICT_FALLBACK, NULL, "| subprog_r1_zext | - |", EXIT_OK },
		{ VERDICT_LOST, NULL, "| subprog_r1_zext | - |", EXIT_OK },
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct entry e[] = {
			{ smallest, "jit", t[i].v, t[i].quirks },
			/* an engine that the row does not name */
			{ smallest, "interp", VERDICT_PASS, NULL },
		};
		char *name = xasprintf("cell%zu", i), *text;
		struct run_set set = made(name, e, t[i].v == VERDICT_PASS ? 1 : 2);
		int code;

		text = printed(&set, 1, &code);
		CHECK(has(text, t[i].line) && code == t[i].code, "row %zu: %d\n%s", i, code, text);
		free(text);
		run_set_free(&set);
		free(name);
	}
}

static void test_table(void)
{
	struct entry old[] = { { smallest, "jit", VERDICT_PASS, NULL },
			       { "calls/far/one", "interp", VERDICT_XFAIL, NULL },
			       { "regress/x/one", "jit", VERDICT_FAIL, NULL } };
	struct entry new[] = { { smallest, "jit", VERDICT_XFAIL, "subprog_r1_zext" },
			       { "calls/far/one", "interp", VERDICT_PASS, NULL },
			       { "regress/x/one", "jit", VERDICT_PASS, NULL } };
	struct run_set sets[3] = { made("old", old, 3), { 0 }, made("new", new, 3) };
	char *text;
	int code;

	text = printed(sets, 3, &code);
	CHECK(code == EXIT_FINDINGS, "%d", code);
	CHECK(has(text, "| bug | 6.1 | 7.0 | 7.3 | what it is |\n"), "%s", text);
	CHECK(has(text, "| subprog_r1_zext | absent | - | present | the first argument is cut |"),
	      "%s", text);
	CHECK(times(text, "| calls/far/one | present | - | absent | a far call |") == 1, "%s",
	      text);
	CHECK(has(text, "| regress/x/one | PRESENT | - | absent |  |"), "%s", text);
	CHECK(has(text, "7.0 is not testable: no kernel\n"), "%s", text);
	CHECK(has(text, "6.1 to 7.3: the same capabilities\n"), "%s", text);
	free(text);
	run_set_free(&sets[0]);
	run_set_free(&sets[2]);
}

static void test_cases(void)
{
	struct known known;
	struct diag diag;
	char *text;

	CHECK(!known_parse(list, "list", &known, &diag), "%s", diag.msg);
	text = ladder_cases(&known);
	CHECK(!strcmp(text, "regress/riscv32_subprog_r1/one calls/far/one"), "%s", text);
	free(text);
	known_free(&known);
}

static void test_cleanup(void)
{
	scratch_remove();
	CHECK(access(scratch_dir(), F_OK), "%s is still there", scratch_dir());
}

static const struct test tests[] = {
	{ "each kind of cell", test_cells },
	{ "a table", test_table },
	{ "the cases that rows need", test_cases },
	{ "cleanup", test_cleanup },
};

TEST_MAIN(tests)
