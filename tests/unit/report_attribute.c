// SPDX-License-Identifier: GPL-2.0
/* Whom attribution suspects, and the table that it shows. */
#include "tests/unit/report.h"

#define P VERDICT_PASS
#define F VERDICT_FAIL
#define S VERDICT_SKIP
#define B VERDICT_FALLBACK
#define C VERDICT_CRASH

static const char *const arches[] = { "arm64", "riscv32", "x86_64" };
static char *engines[] = { "interp", "jit", "jit_hardened" };

static void make_run(const char *dir, const enum verdict v[3][3])
{
	struct diag diag;

	for (int a = 0; a < 3; a++) {
		struct run_info info = { .arch = (char *)arches[a],
					 .kernel = "7.3.4",
					 .engines = engines,
					 .nengines = 3,
					 .full = true };
		struct results *w = results_open(dir, &info, NULL, false, &diag);

		CHECK(w, "%s", diag.msg);
		for (int e = 0; e < 3; e++)
			add(w, "a/b/c", engines[e], v[a][e]);
		results_close(w, true);
	}
}

/* Rows: the arches; columns: interp, jit, jit_hardened. */
static const struct {
	enum verdict v[3][3];
	const char *suspect; /* NULL: nobody */
} rows[] = {
	{ { { P, P, P }, { P, P, P }, { P, P, P } }, NULL },
	{ { { P, P, P }, { P, S, B }, { P, P, P } }, NULL },
	{ { { P, P, P }, { P, F, F }, { P, P, P } }, "the riscv32 JIT" },
	{ { { P, P, P }, { P, F, P }, { P, P, P } }, "the riscv32 JIT" },
	{ { { P, P, P }, { P, C, C }, { P, P, P } }, "the riscv32 JIT" },
	{ { { S, S, S }, { P, F, F }, { S, S, S } }, "the riscv32 JIT" },
	{ { { P, P, P }, { P, P, F }, { P, P, P } },
	  "constant blinding on riscv32, or how the riscv32 JIT compiles blinded programs" },
	{ { { P, P, P }, { F, P, P }, { P, P, P } }, "the interpreter on this arch" },
	{ { { F, P, P }, { F, P, P }, { F, P, P } }, "the interpreter" },
	{ { { P, P, P }, { F, F, F }, { P, P, P } },
	  "something common to all engines of riscv32: the verifier, a helper, the emulation" },
	{ { { P, F, F }, { P, F, F }, { P, P, P } },
	  "something common to all JITs: the verifier's rewrites, or the same bug in each" },
	{ { { F, F, F }, { F, F, F }, { F, F, F } },
	  "the model or the verifier's rewrites: no engine agrees with the model" },
	{ { { S, S, S }, { S, F, S }, { S, S, S } }, "unknown: no other engine has a verdict" },
	{ { { P, P, P }, { C, F, F }, { P, P, P } },
	  "the riscv32 JIT, and the interpreter for a different reason" },
};

static void test_suspects(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *name = xasprintf("suspect%zu", i), *dir = scratch_path(name), *says;
		struct run_set set;
		struct diag diag;

		make_run(dir, rows[i].v);
		CHECK(!run_set_load(dir, &set, &diag), "%s", diag.msg);
		says = attribution_suspect(&set, "a/b/c");
		CHECK(!says == !rows[i].suspect && (!says || !strcmp(says, rows[i].suspect)),
		      "row %zu: %s", i, says ? says : "nobody");
		free(says);
		run_set_free(&set);
		free(dir);
		free(name);
	}
}

static void test_table(void)
{
	static const enum verdict v[3][3] = { { P, P, P }, { P, F, F }, { S, C, P } };
	char *dir = scratch_path("table"), *text;
	struct run_set set;
	struct diag diag;
	size_t len;
	FILE *f;

	make_run(dir, v);
	CHECK(!run_set_load(dir, &set, &diag), "%s", diag.msg);
	f = open_memstream(&text, &len);
	CHECK(attribution_table(f, &set, "a/b/c"), "something fails");
	fclose(f);
	CHECK(has(text, "arm64       PASS          PASS          PASS          7.3.4\n"), "%s",
	      text);
	/* one letter for one way to fail, on whatever engine */
	CHECK(has(text, "riscv32     PASS          FAIL a        FAIL a        7.3.4\n"), "%s",
	      text);
	CHECK(has(text, "x86_64      SKIP          CRASH b       PASS          7.3.4\n"), "%s",
	      text);
	CHECK(has(text, "a  r3       model 8000000000000000   riscv32 jit 7fffffffffffffff\n"),
	      "%s", text);
	CHECK(has(text, "b  reason of CRASH\n"), "%s", text);
	free(text);
	f = open_memstream(&text, &len);
	CHECK(!attribution_table(f, &set, "a/b/d"), "no such id");
	fclose(f);
	free(text);
	run_set_free(&set);
	free(dir);
}

static void test_cleanup(void)
{
	scratch_remove();
	CHECK(access(scratch_dir(), F_OK), "%s is still there", scratch_dir());
}

static const struct test tests[] = {
	{ "suspects", test_suspects },
	{ "table", test_table },
	{ "cleanup", test_cleanup },
};

TEST_MAIN(tests)
