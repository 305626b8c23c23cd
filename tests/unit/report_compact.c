// SPDX-License-Identifier: GPL-2.0
/* Counts of written cases: which records they replace, which cases they stand for, and that all who
 * ask for a case get the same answer as from a record of its own. */
#include <string.h>
#include "report/compact.h"
#include "report/compare.h"
#include "tests/unit/report.h"

#define CASES 12

/* An operation of CASES cases: all pass on interp; on jit one fails, two fall back, the rest
 * passes. */
static void add_operation(struct results *w)
{
	for (int i = 0; i < CASES; i++) {
		char *id = xasprintf("alu/sdiv64/r%d", i);

		add(w, id, "interp", VERDICT_PASS);
		add(w, id, "jit", i == 3 ? VERDICT_FAIL : i < 2 ? VERDICT_FALLBACK : VERDICT_PASS);
		free(id);
	}
	add(w, "frame/null/one", "jit", VERDICT_PASS);
}

/* Run @fill into directory @name, and load it. */
static struct run_set load(const char *name, void (*fill)(struct results *w))
{
	char *dir = scratch_path(name);
	struct results *w = begin(dir, "arm64", NULL, 0, false);
	struct run_set set = {};
	struct diag diag;

	fill(w);
	results_close(w, true);
	CHECK(!run_set_load(dir, &set, &diag), "%s:%d: %s", diag.file, diag.line, diag.msg);
	free(dir);
	return set;
}

static const struct record *only(const struct run_set *set, const char *id, const char *engine)
{
	const struct record *found = NULL;
	u32 n;
	struct record **recs = run_set_opinions(set, id, &n);

	for (u32 i = 0; i < n; i++) {
		if (strcmp(recs[i]->engine, engine))
			continue;
		CHECK(!found, "%s %s has two records", id, engine);
		found = recs[i];
	}
	free(recs);
	return found;
}

static void test_counts(void)
{
	struct run_set set = load("counts", add_operation);
	const struct record *r;

	CHECK(set.nrecords == 6, "%u records", set.nrecords);
	CHECK(set.runs[0].cases == 2 * CASES + 1 && !set.runs[0].partial, "%u cases",
	      set.runs[0].cases);
	CHECK(set.runs[0].totals.count[VERDICT_PASS] == 2 * CASES - 2 &&
		      set.runs[0].totals.count[VERDICT_FALLBACK] == 2 &&
		      set.runs[0].totals.fresh == 1,
	      "totals");
	r = only(&set, "alu/sdiv64/r5", "jit");
	CHECK(r && r->cases == CASES - 3 && !strcmp(r->id, "alu/sdiv64/*") &&
		      r->vectors == 400 * (CASES - 3),
	      "the count");
	r = only(&set, "alu/sdiv64/r3", "jit");
	CHECK(r && r->verdict == VERDICT_FAIL && r->ndiffs == 1, "a failure has its own record");
	r = only(&set, "alu/sdiv64/r1", "jit");
	CHECK(r && r->verdict == VERDICT_FALLBACK && !r->cases, "so has the smaller part");
	r = only(&set, "alu/sdiv64/r3", "interp");
	CHECK(r && r->verdict == VERDICT_PASS && r->cases == CASES, "interp");
	r = only(&set, "frame/null/one", "jit");
	CHECK(r && !r->cases, "one case is no count");
	CHECK(!only(&set, "alu/sdiv64/r99", "jit"), "no such case");
	CHECK(!only(&set, "alu/sdiv/r5", "jit"), "no such operation");
	run_set_free(&set);
}

static void add_lost(struct results *w)
{
	add(w, "a/b/1", "jit", VERDICT_PASS);
	add(w, "a/b/2", "jit", VERDICT_PASS);
	add(w, "a/b/3", "jit", VERDICT_LOST);
	add(w, "a/c/1", "jit", VERDICT_SKIP);
	add(w, "a/c/2", "jit", VERDICT_SKIP);
	add(w, "a/c/3", "jit", VERDICT_PASS);
	add(w, "a/c/4", "jit", VERDICT_PASS);
	add(w, "a/c/5", "jit", VERDICT_PASS);
}

/* A whole run with a lost case goes on with that one alone, and counts nothing twice. */
static void test_resume(void)
{
	struct run_set set = load("lost", add_lost);
	char *dir = scratch_path("lost");
	struct results *w;
	struct diag diag;

	CHECK(set.nrecords == 3 + 3, "%u records: an operation with a lost case stays",
	      set.nrecords);
	run_set_free(&set);
	w = begin(dir, "arm64", NULL, 0, true);
	CHECK(results_has(w, "a/b/1", "jit") && !results_has(w, "a/b/3", "jit"), "of records");
	CHECK(results_has(w, "a/c/4", "jit") && results_has(w, "a/c/1", "jit"), "of counts");
	CHECK(!results_has(w, "a/c/6", "jit") && !results_has(w, "a/c/4", "interp"),
	      "what is not counted");
	add(w, "a/b/3", "jit", VERDICT_PASS);
	results_close(w, true);
	CHECK(!run_set_load(dir, &set, &diag), "%s", diag.msg);
	CHECK(set.nrecords == 1 + 3 && set.runs[0].cases == 8, "%u records, %u cases", set.nrecords,
	      set.runs[0].cases);
	CHECK(only(&set, "a/c/1", "jit")->verdict == VERDICT_SKIP &&
		      only(&set, "a/b/3", "jit")->cases == 3,
	      "the same verdicts");
	run_set_free(&set);
	free(dir);
}

/* Whoever selects cases gets a record for each. */
static void test_selected(void)
{
	char *dir = scratch_path("selected");
	struct run_info info = { .arch = "arm64", .kernel = "7.3", .cases = "a/b" };
	struct diag diag;
	struct results *w = results_open(dir, &info, NULL, false, &diag);
	struct run_set set;

	add(w, "a/b/1", "jit", VERDICT_PASS);
	add(w, "a/b/2", "jit", VERDICT_PASS);
	results_close(w, true);
	CHECK(!run_set_load(dir, &set, &diag) && set.nrecords == 2, "%u records", set.nrecords);
	run_set_free(&set);
	free(dir);
}

/* ---- compared ---- */

static void all_pass(struct results *w)
{
	for (int i = 0; i < CASES; i++) {
		char *id = xasprintf("alu/sdiv64/r%d", i);

		add(w, id, "interp", VERDICT_PASS);
		add(w, id, "jit", VERDICT_PASS);
		free(id);
	}
	add(w, "frame/null/one", "jit", VERDICT_PASS);
}

static void one_fails(struct results *w)
{
	for (int i = 0; i < CASES; i++) {
		char *id = xasprintf("alu/sdiv64/r%d", i);

		add(w, id, "interp", VERDICT_PASS);
		add(w, id, "jit", i == 7 ? VERDICT_FAIL : VERDICT_PASS);
		free(id);
	}
	add(w, "frame/null/one", "jit", VERDICT_PASS);
}

static void one_gone(struct results *w)
{
	for (int i = 1; i < CASES; i++) {
		char *id = xasprintf("alu/sdiv64/r%d", i);

		add(w, id, "interp", VERDICT_PASS);
		add(w, id, "jit", VERDICT_PASS);
		free(id);
	}
	add(w, "frame/null/one", "jit", VERDICT_PASS);
}

static void one_more(struct results *w)
{
	all_pass(w);
	add(w, "alu/sdiv64/r99", "jit", VERDICT_FAIL);
}

static void none_jited(struct results *w)
{
	for (int i = 0; i < CASES; i++) {
		char *id = xasprintf("alu/sdiv64/r%d", i);

		add(w, id, "interp", VERDICT_PASS);
		add(w, id, "jit", VERDICT_FALLBACK);
		free(id);
	}
	add(w, "frame/null/one", "jit", VERDICT_PASS);
}

static const struct {
	void (*a)(struct results *w), (*b)(struct results *w);
	const char *text, *line;
	int code;
} comparisons[] = {
	{ all_pass, all_pass, " 25 as before\n", NULL, EXIT_OK },
	{ all_pass, one_fails, " 1 new failure, 24 as before\n",
	  "jit alu/sdiv64/r7.211 PASS → FAIL", EXIT_FINDINGS },
	{ one_fails, all_pass, " 1 fixed, 24 as before\n", "jit alu/sdiv64/r7 FAIL → PASS",
	  EXIT_OK },
	{ one_fails, one_fails, " 25 as before\n", NULL, EXIT_OK },
	{ all_pass, none_jited, " 12 cases no longer JITed, 13 as before\n",
	  "jit alu/sdiv64/*fallback PASS → FALLBACK", EXIT_FINDINGS },
	{ none_jited, all_pass, " 12 newly run, 13 as before\n", NULL, EXIT_OK },
	{ all_pass, one_gone, " 2 vanished, 23 as before\n", "alu/sdiv64/* PASS → not there",
	  EXIT_FINDINGS },
	{ all_pass, one_more, " 1 added case fails, 25 as before\n",
	  "jit alu/sdiv64/r99.211 not there → FAIL", EXIT_OK },
};

/* The same runs with a record for each case: their comparison says the same. */
static void spread(struct run_set *set)
{
	for (u32 a = 0; a < set->cnt; a++) {
		struct run *run = &set->runs[a];
		struct record *recs = NULL;
		u32 cnt = 0, cap = 0;

		for (u32 i = 0; i < run->cnt; i++) {
			struct record *r = &run->recs[i];

			for (int k = 0; k < CASES + 1; k++) {
				char *id = k == CASES || !r->cases ? NULL
								   : xasprintf("alu/sdiv64/r%d", k);
				const struct record *own = id ? only(set, id, r->engine) : NULL;

				if (own == r) {
					ARRAY_GROW(recs, cnt, cap);
					record_init(&recs[cnt], id, r->engine, r->verdict);
					recs[cnt].arch = xstrdup(r->arch);
					recs[cnt++].family = xstrdup(r->family);
				}
				free(id);
			}
			if (r->cases)
				continue;
			ARRAY_GROW(recs, cnt, cap);
			recs[cnt++] = *r;
		}
		for (u32 i = 0; i < run->cnt; i++)
			if (run->recs[i].cases)
				record_free(&run->recs[i]);
		free(run->recs);
		run->recs = recs;
		run->cnt = cnt;
	}
	free(set->by_id);
	run_set_index(set);
}

static char *compared(const struct run_set *a, const struct run_set *b, int *code)
{
	struct compare_opts opts = {};
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	*code = compare_print(f, a, b, &opts);
	fclose(f);
	return text;
}

static void test_compared(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(comparisons); i++) {
		char *name = xasprintf("cmp%zu", i), *then = xasprintf("%s.a", name);
		struct run_set a = load(then, comparisons[i].a), b = load(name, comparisons[i].b);

		/* counts with counts, then with runs of earlier versions, which have none */
		for (int k = 0; k < 3; k++) {
			const char *line = comparisons[i].line;
			char *text;
			int code;

			if (k)
				spread(k == 1 ? &a : &b);
			text = compared(&a, &b, &code);
			CHECK(has(text, comparisons[i].text) && code == comparisons[i].code,
			      "row %zu, %d spread: exit %d\n%s", i, k, code, text);
			CHECK(k || !line || has(text, line), "row %zu: no %s\n%s", i, line, text);
			free(text);
		}
		run_set_free(&a);
		run_set_free(&b);
		free(then);
		free(name);
	}
}

static void test_cleanup(void)
{
	scratch_remove();
	CHECK(access(scratch_dir(), F_OK), "%s is still there", scratch_dir());
}

static const struct test tests[] = {
	{ "what is well is counted by operation", test_counts },
	{ "a run that was counted goes on", test_resume },
	{ "selected cases have records", test_selected },
	{ "runs with counts are compared case by case", test_compared },
	{ "cleanup", test_cleanup },
};

TEST_MAIN(tests)
