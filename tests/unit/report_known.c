// SPDX-License-Identifier: GPL-2.0
/* results/known: rows, ranges of releases, XFAIL and XPASS. */
#include <errno.h>
#include "tests/unit/report.h"

#define GOOD                                                                              \
	"alu/sdiv64/*  jit,jit_hardened  <7.4-rc1,fixed-by:7dd34d7b7dcf  FAIL  jit-bug  " \
	"INT_MIN / -1 is wrong | https://lore.kernel.org/x\n"

static void test_parse(void)
{
	struct known k;
	struct diag diag = { 0 };
	int ret = known_parse("# comment\n\n" GOOD
			      "\tmem/*\t*\t*\tCRASH\tqemu-bug\twhy\t | because \r\n",
			      "k.txt", &k, &diag);

	CHECK(!ret, "%s", diag.msg);
	CHECK(k.cnt == 2, "%u", k.cnt);
	CHECK(!strcmp(k.rows[0].reason, "INT_MIN / -1 is wrong"), "%s", k.rows[0].reason);
	CHECK(!strcmp(k.rows[0].evidence, "https://lore.kernel.org/x"), "%s", k.rows[0].evidence);
	CHECK(k.rows[0].line == 3 && k.rows[1].line == 4, "%d", k.rows[0].line);
	CHECK(!strcmp(k.rows[1].reason, "why") && !strcmp(k.rows[1].evidence, "because"), "%s|",
	      k.rows[1].evidence);
	known_free(&k);
	CHECK(!known_load("/nonexistent/known.txt", &k, &diag) && !k.cnt,
	      "a missing file is an empty list");
	known_free(&k);
	CHECK(known_load("/", &k, &diag) == -EINVAL, "a directory");
}

static void test_malformed(void)
{
	static const struct {
		const char *row, *says;
	} bad[] = {
		{ "alu/x", "1 columns" },
		{ "alu/x jit * FAIL", "4 columns" },
		{ "alu/x jit * FAIL jit-bug", "no reason" },
		{ "alu/x jit * FAIL jit-bug why", "no ' | EVIDENCE'" },
		{ "alu/x jit * FAIL jit-bug why |", "no ' | EVIDENCE'" },
		{ "alu/x jit * FAIL jit-bug | link", "no reason" },
		{ "alu/x JIT * FAIL jit-bug why | link", "engines 'JIT'" },
		{ "alu/x jit 7 FAIL jit-bug why | link", "kernels '7'" },
		{ "alu/x jit <7.4- FAIL jit-bug why | link", "kernels" },
		{ "alu/x jit 7.4..7.3 FAIL jit-bug why | link", "kernels" },
		{ "alu/x jit ==7.4 FAIL jit-bug why | link", "kernels" },
		{ "alu/x jit fixed-by:7dd34d7b7dcf FAIL jit-bug why | link", "kernels" },
		{ "alu/x jit *,fixed-by:xyz FAIL jit-bug why | link", "kernels" },
		{ "alu/x jit * PASS jit-bug why | link", "verdict 'PASS'" },
		{ "alu/x jit * fail jit-bug why | link", "verdict 'fail'" },
		{ "alu/x jit * FAIL,PASS jit-bug why | link", "verdict 'FAIL,PASS'" },
		{ "alu/x jit * FAIL bug why | link", "kind 'bug'" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char *text = xasprintf("# c\n%s\n", bad[i].row);
		struct diag diag = { 0 };
		struct known k;

		CHECK(known_parse(text, "k.txt", &k, &diag) == -EINVAL, "%s", bad[i].row);
		CHECK(diag.line == 2 && !strcmp(diag.file, "k.txt"), "%s:%d", diag.file, diag.line);
		CHECK(has(diag.msg, bad[i].says) && has(diag.msg, "expected"), "%s: %s", bad[i].row,
		      diag.msg);
		free(text);
	}
}

static void test_releases(void)
{
	static const struct {
		const char *kernels, *release;
		int in;
	} t[] = {
		{ "*", "7.3.4", 1 },
		{ "*", "unknown", 1 },
		{ "*", "", 1 },
		{ "7.3.4", "7.3.4", 1 },
		{ "7.3.4", "7.3.4-arm64", 1 },
		{ "7.3.4", "7.3.5", 0 },
		{ "7.3.4", "7.3.40", 0 },
		{ "7.3", "7.3.9", 1 },
		{ "7.3", "7.3", 1 },
		{ "7.3", "7.4.0", 0 },
		{ "7.3", "7.30.1", 0 },
		{ "7.3", "7.3.0-rc2", 0 },
		{ "7.3-rc2", "7.3.0-rc2", 1 },
		{ "<7.4", "7.3.99", 1 },
		{ "<7.4", "7.4.0-rc1", 1 },
		{ "<7.4", "7.4.0", 0 },
		{ "<7.4", "7.4.1", 0 },
		{ "<7.4-rc1", "7.4.0-rc1-00012-gabc", 0 },
		{ "<7.4-rc1", "7.3.12", 1 },
		{ "<=7.3", "7.3.12", 1 },
		{ "<=7.3.4", "7.3.5", 0 },
		{ ">=6.12", "6.12.3+deb13-arm64", 1 },
		{ ">=6.12", "6.11.9", 0 },
		{ ">=6.12", "6.9.1", 0 },
		{ ">6.12", "6.12.3", 0 },
		{ ">6.12", "6.13.0-rc1", 1 },
		{ "7.1..7.3", "7.1.0", 1 },
		{ "7.1..7.3", "7.3.9", 1 },
		{ "7.1..7.3", "7.4.0-rc1", 0 },
		{ "7.1..7.3", "7.1.0-rc3", 0 },
		{ "7.1..7.3.9", "7.3.10", 0 },
		{ "6.1,6.6..6.8,<5.15", "6.7.1", 1 },
		{ "6.1,6.6..6.8,<5.15", "6.2", 0 },
		{ "6.1,<5.15", "5.10.200", 1 },
		{ "<7.4", "unknown", 0 },
		{ "<7.4,fixed-by:7dd34d7b7dcf", "7.3.4", 1 },
		{ "", "7.3", -EINVAL },
		{ "<", "7.3", -EINVAL },
		{ "x", "7.3", -EINVAL },
		{ "7.3..", "7.3", -EINVAL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++)
		CHECK(release_in(t[i].kernels, t[i].release) == t[i].in, "%s in %s", t[i].release,
		      t[i].kernels);
	CHECK(release_cmp("7.4-rc1", "7.4") < 0, "rc");
	CHECK(release_cmp("7.4", "7.4.1-arm64") < 0, "patch");
	CHECK(release_cmp("7.10", "7.9.3") > 0, "numbers, not text");
	CHECK(!release_cmp("7.4.0", "7.4"), "7.4.0 is 7.4");
	CHECK(release_cmp("junk", "0.1") < 0 && !release_cmp("junk", "?"), "no release");
}

static void test_find(void)
{
	struct known k;
	struct diag diag;

	CHECK(!known_parse(GOOD, "k.txt", &k, &diag), "good row");
	CHECK(known_find(&k, "alu/sdiv64/r3_r4", "jit", "7.3.4"), "covers jit");
	CHECK(known_find(&k, "alu/sdiv64/r3_r4", "jit_hardened", "7.3.4"), "covers jit_hardened");
	CHECK(!known_find(&k, "alu/sdiv64/r3_r4", "jit_hard", "7.3.4"),
	      "a prefix is another engine");
	CHECK(!known_find(&k, "alu/sdiv64/r3_r4", "interp", "7.3.4"), "not interp");
	CHECK(!known_find(&k, "alu/sdiv64/r3_r4", "jit", "7.4.0"), "not 7.4");
	CHECK(!known_find(&k, "alu/sdiv32/r3_r4", "jit", "7.3.4"), "not sdiv32");
	CHECK(!known_find(NULL, "a", "jit", "7.3"), "no list");
	CHECK(known_verdict(&k.rows[0], VERDICT_FAIL) == VERDICT_XFAIL, "FAIL");
	CHECK(known_verdict(&k.rows[0], VERDICT_PASS) == VERDICT_XPASS, "PASS");
	CHECK(known_verdict(&k.rows[0], VERDICT_CRASH) == VERDICT_CRASH, "listed as FAIL, crashes");
	CHECK(known_verdict(&k.rows[0], VERDICT_SKIP) == VERDICT_SKIP, "SKIP");
	k.rows[0].verdicts = 1u << VERDICT_CRASH;
	CHECK(known_verdict(&k.rows[0], VERDICT_TIMEOUT) == VERDICT_XFAIL,
	      "listed as CRASH, hangs");
	CHECK(known_verdict(&k.rows[0], VERDICT_FAIL) == VERDICT_FAIL, "listed as CRASH, fails");
	known_free(&k);
	CHECK(!known_parse("alu/x jit * TIMEOUT,FAIL jit-bug why | link", "k.txt", &k, &diag),
	      "two verdicts");
	CHECK(known_verdict(&k.rows[0], VERDICT_CRASH) == VERDICT_XFAIL &&
		      known_verdict(&k.rows[0], VERDICT_FAIL) == VERDICT_XFAIL &&
		      known_verdict(&k.rows[0], VERDICT_REJECT) == VERDICT_REJECT,
	      "either of two");
	CHECK(known_verdict(NULL, VERDICT_FAIL) == VERDICT_FAIL, "no row");
	known_free(&k);
}

/* The rows in a run: what counts as new, changed, fixed, unused. */
static void test_run(void)
{
	static const char rows[] = "a/op/known   jit  *     FAIL  jit-bug    why | where\n"
				   "a/op/fixed   jit  *     FAIL  jit-bug    why | where\n"
				   "a/op/worse   jit  *     FAIL  jit-bug    why | where\n"
				   "a/op/gone    jit  *     FAIL  jit-bug    why | where\n"
				   "a/op/later   jit  >7.3  FAIL  jit-bug    why | where\n";
	char *dir = scratch_path("known"), *path = scratch_path("known/arm64.jsonl");
	struct known k;
	struct diag diag;
	struct run run;
	struct results *w;

	CHECK(!known_parse(rows, "results/known/arm64.txt", &k, &diag), "%s", diag.msg);
	w = begin(dir, "arm64", &k, 0, false);
	add(w, "a/op/known", "jit", VERDICT_FAIL);
	add(w, "a/op/fixed", "jit", VERDICT_PASS);
	add(w, "a/op/worse", "jit", VERDICT_CRASH);
	add(w, "a/op/new", "jit", VERDICT_FAIL);
	add(w, "a/op/known", "interp", VERDICT_PASS);
	CHECK(results_close(w, true) == EXIT_FINDINGS, "findings");
	CHECK(!run_load(path, &run, &diag), "%s", diag.msg);
	CHECK(run.totals.fresh == 1 && run.totals.changed == 1 && run.totals.fixed == 1,
	      "new:%u changed:%u fixed:%u", run.totals.fresh, run.totals.changed, run.totals.fixed);
	CHECK(run.recs[0].verdict == VERDICT_XFAIL && run.recs[0].raw == VERDICT_FAIL, "known");
	CHECK(!strcmp(run.recs[0].known.row, "results/known/arm64.txt:1"), "%s",
	      run.recs[0].known.row);
	CHECK(run.recs[1].verdict == VERDICT_XPASS && run.recs[2].verdict == VERDICT_CRASH,
	      "fixed, worse");
	CHECK(run.nunused == 1 && has(run.unused[0], "known/arm64.txt:4: a/op/gone"), "%u",
	      run.nunused);
	run_free(&run);

	/* a run whose only failures are known is green; a listed one that passes is not */
	w = begin(dir, "arm64", &k, 0, false);
	add(w, "a/op/known", "jit", VERDICT_FAIL);
	CHECK(results_close(w, true) == EXIT_OK, "nothing new");
	w = begin(dir, "arm64", &k, 0, false);
	add(w, "a/op/known", "jit", VERDICT_PASS);
	CHECK(results_close(w, true) == EXIT_FINDINGS, "XPASS");
	known_free(&k);
	free(dir);
	free(path);
}

/* The files that are checked in. */
static void test_checked_in(void)
{
	static const char *const arches[] = { "x86_64", "arm64", "riscv32", "s390x", "m68k" };

	for (size_t i = 0; i < ARRAY_SIZE(arches); i++) {
		char *path = xasprintf("results/known/%s.txt", arches[i]);
		struct diag diag;
		struct known k;

		CHECK(!access(path, R_OK), "%s is missing", path);
		CHECK(!known_load(path, &k, &diag), "%s:%d: %s", diag.file, diag.line, diag.msg);
		known_free(&k);
		free(path);
	}
}

static void test_cleanup(void)
{
	scratch_remove();
	CHECK(access(scratch, F_OK), "%s is gone", scratch);
}

static const struct test tests[] = {
	{ "parse", test_parse },       { "malformed rows", test_malformed },
	{ "releases", test_releases }, { "find", test_find },
	{ "rows in a run", test_run }, { "checked-in files", test_checked_in },
	{ "cleanup", test_cleanup },
};

TEST_MAIN(tests)
