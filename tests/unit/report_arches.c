// SPDX-License-Identifier: GPL-2.0
/* The table of arches: what counts as JITed, interpreted and not run; bugs; rows that stay. */
#include <string.h>
#include "bpf/case.h"
#include "report/arches.h"
#include "tests/unit/report.h"

static const char cases[] =
	"case neg\n\tprog\n\t\tr1 = -r1\n\tend\n\tvec r1=1 -> r1=-1\n"
	"case swap\n\tprog\n\t\tr1 = bswap16 r1\n\tend\n\tvec r1=1 -> r1=0x100\n"
	"case far\n\tprog\n\t\tgotox r1\n\tend\n\tvec r1=1 -> r1=1\n"
	"case both\n\tprog\n\t\tr1 = -r1\n\t\tr1 = bswap16 r1\n\tend\n"
	"\tvec r1=1 -> r1=0xffff\n";

struct entry {
	const char *id, *engine;
	enum verdict verdict;
	const char *quirks;
};

static struct run_set made(const char *name, const struct run_info *info, const struct entry *e,
			   u32 n)
{
	char *dir = scratch_path(name);
	struct run_set set;
	struct diag diag;
	struct results *w = results_open(dir, info, NULL, false, &diag);

	CHECK(w, "%s", diag.msg);
	for (u32 i = 0; i < n; i++) {
		struct record r = make_record(e[i].id, e[i].engine, e[i].verdict);

		r.quirks = e[i].quirks ? xstrdup(e[i].quirks) : NULL;
		r.cases = strchr(e[i].id, '*') ? 1 : 0; /* a group that counts them */
		CHECK(!results_add(w, &r), "%s", e[i].id);
		record_free(&r);
	}
	results_close(w, true);
	CHECK(!run_set_load(dir, &set, &diag), "%s", diag.msg);
	free(dir);
	return set;
}

static int add_case(void *ctx, struct bpf_case *c)
{
	arches_add_case(ctx, c);
	bpf_case_free(c);
	return 0;
}

/* The document of @n runs of @cases. */
static char *printed(const struct run_set *sets, u32 n, const char *old, const char *coverage,
		     const char *absent)
{
	struct arches *a = arches_new();
	struct case_file file;
	struct diag diag = {};
	char *text;
	size_t len;
	FILE *f;

	for (u32 i = 0; i < n; i++)
		CHECK(!arches_add_runs(a, &sets[i]), "run %u", i);
	CHECK(!case_parse_text(cases, "t.case", "t", &file, &diag) &&
		      !case_expand(&file, add_case, a, &diag),
	      "%s", diag.msg);
	case_file_free(&file);
	f = open_memstream(&text, &len);
	arches_print(f, a, old, coverage, absent);
	fclose(f);
	arches_free(a);
	return text;
}

static struct run_cap jit_caps[] = {
	{ "interp", true, 0 }, { "jit", true, 0 }, { "raw_jit", true, 0 }, { "raw_abi", true, 0 }
};
static const struct run_info riscv32 = { .arch = "riscv32",
					 .kernel = "7.3.4",
					 .version = "v1",
					 .start = "2026-11-29T01:02:03Z",
					 .word_bits = 32,
					 .order = "little",
					 .caps = jit_caps,
					 .ncaps = ARRAY_SIZE(jit_caps) };

/* An instruction that ran anywhere is JITed, although the JIT refused another case with it. */
static void test_fates(void)
{
	static const struct entry e[] = {
		{ "t/neg/*", "jit", VERDICT_PASS, NULL },
		{ "t/both/one", "jit", VERDICT_FALLBACK, NULL },
		{ "t/swap/one", "jit", VERDICT_FALLBACK, NULL },
		{ "t/swap/one", "interp", VERDICT_PASS, NULL },
		{ "t/far/one", "jit", VERDICT_SKIP, NULL },
	};
	struct run_set set = made("fates", &riscv32, e, ARRAY_SIZE(e));
	char *text = printed(&set, 1, NULL, "| riscv32 | 7 (1 %) | 749 (100.0 %) |\n", NULL);

	CHECK(has(text, "| riscv32 | 32 | little | 7.3.4 | 3 of 9 | 1 | 1 | 1 | 0 | 0 | yes | "
			"100.0 % | 2026-11-29, v1 |\n"),
	      "%s", text);
	CHECK(has(text, "| riscv32 | bswap16 |\n") && has(text, "| riscv32 | gotox |\n"), "%s",
	      text);
	free(text);
	run_set_free(&set);
}

/* Bugs come from results/known, each once; those of the verifier are not the JIT's. */
static void test_bugs(void)
{
	static const struct entry e[] = {
		{ "t/neg/one", "jit", VERDICT_XFAIL, "subprog_r1_zext+shift64_less32" },
		{ "t/neg/two", "raw_jit", VERDICT_XFAIL, "subprog_r1_zext" },
		{ "t/neg/three", "interp", VERDICT_XFAIL, "shift64_self" },
		{ "t/neg/four", "jit", VERDICT_FAIL, NULL },
		{ "regress/verifier_callback_unused/one", "jit", VERDICT_XFAIL, NULL },
	};
	struct run_set set = made("bugs", &riscv32, e, ARRAY_SIZE(e));
	char *text = printed(&set, 1, NULL, NULL, NULL);

	CHECK(has(text, "| 1 | 1 | yes | - |"), "%s", text);
	CHECK(times(text, "| riscv32 | subprog_r1_zext | jit-bug |") == 1, "%s", text);
	CHECK(times(text, "| riscv32 | shift64_less32 | spec-open |") == 1, "%s", text);
	CHECK(!has(text, "shift64_self") && !has(text, "verifier"), "%s", text);
	free(text);
	run_set_free(&set);
}

/* Runs of an arch add up, and name their kernels. */
static void test_add_up(void)
{
	static const struct entry first[] = { { "t/swap/one", "jit", VERDICT_FALLBACK, NULL },
					      { "t/neg/one", "interp", VERDICT_PASS, NULL } },
				  second[] = { { "t/swap/one", "raw_jit", VERDICT_PASS, NULL } };
	struct run_info newer = riscv32;
	struct run_set sets[2];
	char *text;

	newer.kernel = "7.4-rc1";
	newer.version = "v2";
	newer.start = "2026-12-01T01:02:03Z";
	sets[1] = made("add1", &newer, first, 2);
	sets[0] = made("add2", &riscv32, second, 1);
	text = printed(sets, 2, NULL, NULL, NULL);
	CHECK(has(text, "| 7.3.4, 7.4-rc1 | 3 of 9 | 1 | 0 |"), "%s", text);
	CHECK(has(text, "| 2026-12-01, v2 |"), "%s", text);
	free(text);
	run_set_free(&sets[0]);
	run_set_free(&sets[1]);
}

/* Rows of arches without a run stay, in their place and their section; the others go. */
static void test_keeps(void)
{
	static const struct entry e[] = { { "t/neg/one", "interp", VERDICT_PASS, NULL } };
	static const char old[] =
		"## Architectures\n\n| arch | old |\n|---|---|\n| arm64 | a |\n"
		"| m68k | old |\n| s390x | s |\n\n## Left to the interpreter\n\n"
		"| arm64 | left |\n| m68k | old |\n\n## What the JITs do wrong\n\n"
		"| s390x | one |\n| s390x | two |\n| vax | no row above |\n";
	static struct run_cap none[] = { { "interp", true, 0 } };
	struct run_info m68k = { .arch = "m68k", .kernel = "7.3.4", .caps = none, .ncaps = 1 };
	struct run_set set = made("keeps", &m68k, e, 1);
	char *text = printed(&set, 1, old, NULL, "# no\narc\tno QEMU\tsource\nbroken\n");

	CHECK(has(text, "| arm64 | a |\n| m68k | - | - | 7.3.4 | 1 of 9 | no JIT |"), "%s", text);
	CHECK(has(text, "|\n| s390x | s |\n\n## Left"), "%s", text);
	CHECK(has(text, "| arm64 | left |\n\n## Not run"), "%s", text);
	CHECK(has(text, "| s390x | one |\n| s390x | two |\n\n## Not here"), "%s", text);
	CHECK(has(text, "| arc | no QEMU | source |\n") && !has(text, "broken"), "%s", text);
	CHECK(!has(text, "vax") && !has(text, "old |\n| s390x"), "%s", text);
	free(text);
	run_set_free(&set);
}

static void test_cleanup(void)
{
	scratch_remove();
	CHECK(access(scratch_dir(), F_OK), "%s is still there", scratch_dir());
}

static const struct test tests[] = {
	{ "what becomes of instructions", test_fates },
	{ "bugs", test_bugs },
	{ "runs add up", test_add_up },
	{ "rows stay", test_keeps },
	{ "cleanup", test_cleanup },
};

TEST_MAIN(tests)
