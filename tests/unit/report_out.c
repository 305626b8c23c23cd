// SPDX-License-Identifier: GPL-2.0
/* What is made from the records: KTAP, JUnit, KCIDB, matrix, folded failures, attribution, exit
 * code. */
#include <errno.h>
#include <jansson.h>
#include "lib/outfile.h"
#include "tests/unit/report.h"

static const char *const arches[] = { "arm64", "m68k", "riscv32", "s390x", "x86_64" };

/* Load what was written below @name. */
static struct run_set load(const char *name)
{
	char *dir = scratch_path(name);
	struct run_set set = { 0 };
	struct diag diag = { 0 };

	CHECK(!run_set_load(dir, &set, &diag), "%s:%d: %s", diag.file, diag.line, diag.msg);
	free(dir);
	return set;
}

static int all_failures(FILE *f, const struct run_set *set)
{
	failures_print(f, set, true);
	return 0;
}

static int folded_failures(FILE *f, const struct run_set *set)
{
	failures_print(f, set, false);
	return 0;
}

static int matrix_plain(FILE *f, const struct run_set *set)
{
	matrix_print(f, set, false);
	return 0;
}

static int matrix_colour(FILE *f, const struct run_set *set)
{
	matrix_print(f, set, true);
	return 0;
}

static int first_ktap(FILE *f, const struct run_set *set)
{
	return ktap_write(f, &set->runs[0]);
}

/* One record of each verdict, id alu/op/<verdict>, and a hostile one. */
static void write_all_verdicts(const char *name)
{
	char *dir = scratch_path(name);
	struct known known;
	struct diag diag;
	struct results *w;
	struct record r;

	CHECK(!known_parse("alu/op/XFAIL jit * REJECT EINVAL jit-bug why <&> | "
			   "https://lore.kernel.org/x\n"
			   "alu/op/XPASS jit * REJECT EINVAL qemu-bug why | facts.md:3\n",
			   "results/known/s390x.txt", &known, &diag),
	      "%s", diag.msg);
	w = begin(dir, "s390x", &known, NR_VERDICTS + 1, false);
	for (int v = 0; v < NR_VERDICTS; v++) {
		char *id = xasprintf("alu/op/%s", verdicts[v].name);

		r = make_record(id, "jit",
				v == VERDICT_XFAIL   ? VERDICT_REJECT
				: v == VERDICT_XPASS ? VERDICT_PASS
						     : (enum verdict)v);
		r.err = r.verdict == VERDICT_REJECT ? EINVAL : 0;
		CHECK(!results_add(w, &r), "%s", id);
		record_free(&r);
		free(id);
	}
	r = make_record("alu/hostile/#&<\">", "jit", VERDICT_CRASH);
	free(r.reason);
	r.reason = xstrdup("# SKIP ]]> <&\"'\n\x01\xff \xe2\x80\xae end");
	r.console =
		xstrdup("KTAP version 1\n1..1\nok 1 x\nreboot: System halted\n\x1b[2J</failure>\n");
	CHECK(!results_add(w, &r), "hostile");
	record_free(&r);
	CHECK(results_close(w, true) == EXIT_FINDINGS, "findings");
	known_free(&known);
	free(dir);
}

static void test_ktap(void)
{
	char *path = scratch_path("all/s390x.ktap.gz"), *text, *again;
	struct run_set set;

	write_all_verdicts("all");
	text = outfile_read(path);
	CHECK(text && !ktap_fault(text), "%s\n%s", ktap_fault(text), text);
	set = load("all");
	again = output(first_ktap, &set);
	CHECK(!strcmp(text, again), "the same from the records");
	for (int v = 0; v < NR_VERDICTS; v++) {
		const struct verdict_desc *d = &verdicts[v];
		char *line = xasprintf("\n%s %d alu/op/%s jit%s%s", d->ok ? "ok" : "not ok", v + 1,
				       d->name, *d->directive ? " # " : "", d->directive);

		CHECK(has(text, line), "%s in\n%s", line, text);
		free(line);
	}
	CHECK(has(text, "jit # SKIP fallback: reason of FALLBACK\n"), "%s", text);
	CHECK(has(text, "jit # SKIP reason of SKIP\n") &&
		      has(text, "jit # TIMEOUT reason of TIMEOUT\n"),
	      "%s", text);
	CHECK(has(text, "jit # XFAIL why <&>\n"), "%s", text);
	CHECK(has(text, "# Totals: pass:1 fail:1 xfail:1 xpass:1 skip:1 fallback:1 not_tested:1 "
			"reject:1 crash:2 timeout:1 "
			"lost:1 notrun:1 error:1   new:5 changed:0 fixed:1\n"),
	      "%s", text);
	CHECK(has(text, "#   console: KTAP version 1\n") && !has(text, "reboot: System halted"),
	      "quoted console");
	run_set_free(&set);
	free(again);
	free(text);
	free(path);
}

/* The validator itself must be able to fail. */
static void test_ktap_faults(void)
{
	static const char *const bad[] = {
		"",
		"1..1\nok 1 a\n",
		"KTAP version 1\nok 1 a\n",
		"KTAP version 1\n1..2\nok 1 a\n",
		"KTAP version 1\n1..1\nok 2 a\n",
		"KTAP version 1\n1..2\nok 1 a\nok 1 b\n",
		"KTAP version 1\n1..1\nok 1 a#b\n",
		"KTAP version 1\n1..1\nhello\n",
		"KTAP version 1\n1..1\nok 1 a # TIMEOUT\n",
	};

	CHECK(!ktap_fault("KTAP version 1\n1..2\n# d\nok 1 a jit\nnot ok 2 b # ERROR lost\n"),
	      "good");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK(ktap_fault(bad[i]), "%s", bad[i]);
	CHECK(xml_fault("<a><b></a></b>") && xml_fault("<a>&x;</a>") && xml_fault("<a>\x01</a>") &&
		      xml_fault("<a>"),
	      "bad XML");
	CHECK(!xml_fault("<?xml version=\"1.0\"?>\n<a x=\"&lt;\"><b/>t</a>"), "good XML");
}

static void test_junit(void)
{
	struct run_set set = load("all");
	char *text = output(junit_write, &set);

	CHECK(!xml_fault(text), "%s\n%s", xml_fault(text), text);
	for (int v = 0; v < NR_VERDICTS; v++) {
		bool well = verdicts[v].ok && v != VERDICT_XFAIL;
		char *tc = xasprintf(
			"<testcase classname=\"s390x.jit.alu\" name=\"alu/op/%s\"%s%s%s",
			verdicts[v].name, well ? "" : " file=\"cases/alu/sdiv.case\" line=\"41\"",
			*verdicts[v].junit ? "><" : "/>", verdicts[v].junit);

		CHECK(has(text, tc), "%s in\n%s", tc, text);
		free(tc);
	}
	CHECK(has(text, "tests=\"14\" failures=\"6\" errors=\"3\" skipped=\"4\""), "%.200s", text);
	CHECK(has(text, "name=\"alu/hostile/#&amp;&lt;&quot;&gt;\"") &&
		      !has(text, "</failure>\n</failure>"),
	      "escaped");
	CHECK(has(text, "&lt;/failure&gt;") && has(text, "\\x1b[2J") &&
		      has(text, "\\xe2\\x80\\xae"),
	      "console is quoted");
	run_set_free(&set);
	free(text);
}

/* A LAVA server parses a signal by blanks and the closing bracket. */
static void test_lava(void)
{
	struct run_set set = load("all");
	char *text = output(lava_write, &set), *next = text, *line;

	CHECK(has(text, "<LAVA_SIGNAL_TESTSET START s390x>\n") &&
		      has(text, "\n<LAVA_SIGNAL_TESTSET STOP>\n"),
	      "%s", text);
	CHECK(has(text, "TEST_CASE_ID=alu.jit RESULT=fail UNITS=cases MEASUREMENT=6>"), "%s", text);
	CHECK(has(text, "TEST_CASE_ID=alu.op.FAIL.jit RESULT=fail UNITS=cases MEASUREMENT=1>"),
	      "%s", text);
	CHECK(has(text, "TEST_CASE_ID=alu.op.LOST.jit RESULT=unknown "), "%s", text);
	while ((line = strsep(&next, "\n"))) {
		char id[200], result[16];
		u32 n;

		if (!*line || has(line, "TESTSET"))
			continue;
		CHECK(sscanf(line,
			     "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=%199[^ >] RESULT=%15[a-z] "
			     "UNITS=cases "
			     "MEASUREMENT=%u>",
			     id, result, &n) == 3 &&
			      line[strlen(line) - 1] == '>',
		      "%s", line);
	}
	run_set_free(&set);
	free(text);
}

/* One line a finding, whatever the guest says. */
static void test_github(void)
{
	struct run_set set = load("all");
	char *text = output(github_write, &set), *next = text, *line;

	CHECK(has(text, "::error file=cases/alu/sdiv.case,line=41,title=alu/op%3A 1 cases::"), "%s",
	      text);
	CHECK(has(text, "::warning ") && !has(text, "XFAIL"), "%s", text);
	while ((line = strsep(&next, "\n")))
		CHECK(!*line || !strncmp(line, "::error ", 8) || !strncmp(line, "::warning ", 10),
		      "%s", line);
	run_set_free(&set);
	free(text);
}

static bool path_ok(const char *s)
{
	for (; *s; s++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.",
			    *s) ||
		    (*s == '.' && s[1] == '.'))
			return false;
	return true;
}

static void test_kcidb(void)
{
	static const char *const lists[] = { "checkouts", "builds", "tests", "issues",
					     "incidents" };
	static const size_t sizes[] = { 1, 1, NR_VERDICTS + 1, 2, 2 };
	struct run_set set = load("all");
	char *text = output(kcidb_write, &set);
	json_error_t err;
	json_t *j = json_loads(text, JSON_REJECT_DUPLICATES, &err), *o;
	size_t i;

	CHECK(j, "%s", err.text);
	CHECK(json_integer_value(json_object_get(json_object_get(j, "version"), "major")) == 5,
	      "version");
	CHECK(json_object_size(j) == 1 + ARRAY_SIZE(lists), "no unknown keys");
	CHECK(!has(text, "null"), "no nulls");
	for (size_t l = 0; l < ARRAY_SIZE(lists); l++) {
		json_t *list = json_object_get(j, lists[l]);

		CHECK(json_array_size(list) == sizes[l], "%zu %s", json_array_size(list), lists[l]);
		json_array_foreach (list, i, o) {
			CHECK(!strncmp(json_string_value(json_object_get(o, "id")), "checkjit:", 9),
			      "%s id", lists[l]);
			CHECK(!strcmp(json_string_value(json_object_get(o, "origin")), "checkjit"),
			      "%s origin", lists[l]);
		}
	}
	json_array_foreach (json_object_get(j, "tests"), i, o) {
		const char *path = json_string_value(json_object_get(o, "path"));
		const char *status = json_string_value(json_object_get(o, "status"));

		CHECK(path && path_ok(path), "test %zu", i);
		if (i >= NR_VERDICTS)
			continue;
		CHECK(!strncmp(path, "checkjit.jit.alu.op.", 20) &&
			      !strcmp(path + 20, verdicts[i].name),
		      "%s", path);
		CHECK(!strcmp(status, verdicts[i].kcidb), "%s: %s", path, status);
		CHECK(!strcmp(json_string_value(json_object_get(o, "build_id")),
			      json_string_value(json_object_get(
				      json_array_get(json_object_get(j, "builds"), 0), "id"))),
		      "build");
	}
	json_decref(j);
	run_set_free(&set);
	free(text);
}

/* @n members of one operation fail on riscv32 under both JIT engines; all else passes. */
static void write_arches(const char *name, int n)
{
	char *dir = scratch_path(name);

	for (size_t a = 0; a < ARRAY_SIZE(arches); a++) {
		struct results *w = begin(dir, arches[a], NULL, 0, false);
		bool bad = !strcmp(arches[a], "riscv32"), no_jit = !strcmp(arches[a], "m68k");

		for (int i = 0; i < n; i++) {
			char *id = xasprintf("alu/sdiv64/r%d", i);

			add(w, id, "interp", VERDICT_PASS);
			add(w, id, "jit",
			    bad	     ? VERDICT_FAIL
			    : no_jit ? VERDICT_SKIP
				     : VERDICT_PASS);
			add(w, id, "jit_hardened",
			    bad	     ? VERDICT_FAIL
			    : no_jit ? VERDICT_SKIP
				     : VERDICT_PASS);
			free(id);
		}
		CHECK(results_close(w, true) == (bad ? EXIT_FINDINGS : EXIT_OK), "%s", arches[a]);
	}
	free(dir);
}

static void test_folded(void)
{
	struct run_set set;
	char *text;

	write_arches("fold", 100);
	set = load("fold");
	text = output(folded_failures, &set);
	CHECK(times(text, "\nnot ok ") + 1 == 3, "%s", text);
	CHECK(has(text, "not ok 2 alu/sdiv64/r0.211 riscv32 jit\n"
			"#   cases/alu/sdiv.case:41: r3 s/= r4   r3=0x8000000000000000 r4=-1\n"
			"#   r3     : expected 8000000000000000   jit 7fffffffffffffff\n"
			"#   vectors: 3 of 400 fail\n"
			"#   others : interp agrees with the model here; jit_hardened fails the "
			"same way here; interp (4 arches), "
			"arm64 jit, jit_hardened, s390x jit, jit_hardened, x86_64 jit, "
			"jit_hardened agree\n"
			"#   rerun  : make repro ARCH=riscv32 ID=alu/sdiv64/r0.211\n"),
	      "%s", text);
	CHECK(has(text, "# and 97 more in alu/sdiv64 (riscv32 jit)\n"), "%s", text);
	CHECK(has(text, "# 100 more in alu/sdiv64 (riscv32 jit_hardened) that fail like the engine "
			"above\n"),
	      "%s", text);
	CHECK(has(text, "alu/sdiv64/r0 and 99 more of alu/sdiv64: riscv32 jit, jit_hardened differ "
			"from model, interp (5 arches), "
			"arm64 jit"),
	      "%s", text);
	CHECK(!strchr(text, '\033'), "no colours");
	free(text);
	text = output(all_failures, &set);
	CHECK(times(text, "not ok ") == 200, "%u", times(text, "not ok "));
	free(text);
	run_set_free(&set);
}

static void test_matrix(void)
{
	struct run_set set = load("fold");
	char *plain = output(matrix_plain, &set), *colour = output(matrix_colour, &set);
	const char *head = "family  engine        arm64  m68k  riscv32  s390x  x86_64\n";

	CHECK(!strncmp(plain, head, strlen(head)), "%s", plain);
	CHECK(has(plain, "alu     interp          100   100      100    100     100\n"), "%s",
	      plain);
	CHECK(has(plain, "alu     jit             100  100s     100F    100     100\n"), "%s",
	      plain);
	CHECK(!strchr(plain, '\033') && strchr(colour, '\033'), "colours only where asked");
	CHECK(has(plain, "# no letter: passed; F fail, s skip\n"), "%s", plain);
	run_set_free(&set);
	free(plain);
	free(colour);
}

/* Columns: verdicts of interp and jit on arm64, riscv32, x86_64; '-' leaves one out, P F C(rash) S.
 */
static void test_attribution(void)
{
	static const struct {
		const char *verdicts, *says;
	} t[] = {
		{ "PPPPPP", NULL },
		{ "PPPFPP",
		  "riscv32 jit differs from model, interp (3 arches), arm64 jit, x86_64 jit" },
		{ "PPPCPP", "riscv32 jit crashes; interp (3 arches), arm64 jit, x86_64 jit pass" },
		{ "PFPFPP",
		  "arm64 jit, riscv32 jit differ from model, interp (3 arches), x86_64 jit" },
		{ "FFFFFF", "or the model, not a JIT" },
		{ "-F-F-F", "or the model, not a JIT" },
		{ "FPFPFP", "interp (3 arches) differ from model, arm64 jit, riscv32 jit, x86_64 "
			    "jit: suspect the interpreter" },
		{ "PPFFPP", "riscv32 interp, jit differ from model, interp (2 arches), arm64 jit, "
			    "x86_64 jit" },
		{ "PPFFPP", "its interpreter fails the same way" },
		{ "---F--",
		  "riscv32 jit differs from model; no other engine or arch has a verdict" },
		{ "SSSFSS",
		  "riscv32 jit differs from model; no other engine or arch has a verdict" },
		{ "-P-FS-", "riscv32 jit differs from model, arm64 jit" },
	};
	static const char *const three[] = { "arm64", "riscv32", "x86_64" };

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		char *name = xasprintf("attr%zu", i), *dir = scratch_path(name), *says;
		struct run_set set;

		for (int a = 0; a < 3; a++) {
			struct results *w = begin(dir, three[a], NULL, 0, false);

			for (int e = 0; e < 2; e++) {
				char c = t[i].verdicts[2 * a + e];

				if (c != '-')
					add(w, "a/b/c", e ? "jit" : "interp",
					    c == 'P'   ? VERDICT_PASS
					    : c == 'F' ? VERDICT_FAIL
					    : c == 'C' ? VERDICT_CRASH
						       : VERDICT_SKIP);
			}
			results_close(w, true);
		}
		set = load(name);
		says = attribution(&set, "a/b/c");
		CHECK(!says == !t[i].says && (!says || has(says, t[i].says)), "%s: %s",
		      t[i].verdicts, says);
		free(says);
		CHECK(!attribution(&set, "a/b/d"), "no such id");
		run_set_free(&set);
		free(name);
		free(dir);
	}
}

/* stdout of report_run(), its exit code in @code. */
static char *summary_of(const char *name, const char *expect, bool whole, int *code)
{
	char *dir = scratch_path(name), *path = scratch_path("stdout"), *text;
	int saved = dup(STDOUT_FILENO);

	fflush(stdout);
	CHECK(freopen(path, "w", stdout), "%s", path);
	*code = report_run(dir, expect, whole);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	text = read_file(path, NULL);
	free(dir);
	free(path);
	return text;
}

static char *summary(const char *name, const char *expect, int *code)
{
	return summary_of(name, expect, true, code);
}

static void test_summary(void)
{
	char *text, *junit = scratch_path("fold/junit.xml"),
		    *kcidb = scratch_path("fold/kcidb.json.gz"), *matrix, *dir;
	struct results *w;
	int code;

	text = summary("fold", "arm64 m68k riscv32 s390x x86_64", &code);
	CHECK(code == EXIT_FINDINGS, "%d", code);
	CHECK(!access(junit, R_OK) && !access(kcidb, R_OK), "both reports are written");
	CHECK(has(text, "200 skip: reason of SKIP (m68k jit, m68k jit_hardened)\n"), "%s", text);
	CHECK(has(text, "# Totals: pass:1100 fail:200 ") && has(text, "new:200 changed:0 fixed:0"),
	      "%s", text);
	CHECK(!strchr(text, '\033'), "no colours without a terminal");
	free(text);
	free(junit);
	free(kcidb);

	/* the matrix is in a file, and on the terminal only where it is asked for */
	text = summary_of("fold", NULL, false, &code);
	CHECK(!has(text, "no letter: passed") && !has(text, "reason of SKIP"), "%s", text);
	CHECK(has(text, "\narm64     7.3.4-checkjit ") && has(text, "# Totals: pass:1100 "), "%s",
	      text);
	free(text);
	matrix = scratch_path("fold/matrix.txt");
	text = read_file(matrix, NULL);
	CHECK(text && has(text, "family ") && has(text, "200 skip: reason of SKIP"), "%s", text);
	free(text);
	free(matrix);

	/* all green, but one arch never delivered; then one that was cut short */
	dir = scratch_path("gaps");
	w = begin(dir, "arm64", NULL, 0, false);
	add(w, "a/b/c", "jit", VERDICT_PASS);
	results_close(w, true);
	free(summary("gaps", NULL, &code));
	CHECK(code == EXIT_OK, "%d", code);
	text = summary("gaps", "arm64 s390x", &code);
	CHECK(code == EXIT_INFRA && has(text, "# s390x: no results\n"), "%d %s", code, text);
	free(text);
	w = begin(dir, "s390x", NULL, 9, false);
	add(w, "a/b/c", "jit", VERDICT_PASS);
	results_close(w, false);
	text = summary("gaps", NULL, &code);
	CHECK(code == EXIT_INFRA && has(text, "# s390x: partial, 1 verdicts of 9"), "%d %s", code,
	      text);
	free(text);
	free(dir);

	/* nothing executed is no success */
	dir = scratch_path("skips");
	w = begin(dir, "m68k", NULL, 0, false);
	add(w, "a/b/c", "jit", VERDICT_SKIP);
	CHECK(results_close(w, true) == EXIT_INFRA, "close");
	text = summary("skips", NULL, &code);
	CHECK(code == EXIT_INFRA && has(text, "# m68k: nothing was executed\n"), "%d %s", code,
	      text);
	free(text);
	free(dir);
	free(summary("nowhere", NULL, &code));
	CHECK(code == EXIT_INFRA, "%d", code);
}

static void test_cleanup(void)
{
	scratch_remove();
	CHECK(access(scratch, F_OK), "%s is gone", scratch);
}

static const struct test tests[] = {
	{ "KTAP", test_ktap },
	{ "the validators can fail", test_ktap_faults },
	{ "JUnit", test_junit },
	{ "LAVA", test_lava },
	{ "GitHub", test_github },
	{ "KCIDB", test_kcidb },
	{ "folded failures", test_folded },
	{ "matrix", test_matrix },
	{ "attribution", test_attribution },
	{ "summary", test_summary },
	{ "cleanup", test_cleanup },
};

TEST_MAIN(tests)
