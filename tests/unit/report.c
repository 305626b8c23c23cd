// SPDX-License-Identifier: GPL-2.0
/* Verdicts, records, and the files that hold them: written, cut short, corrupted, resumed. */
#include <errno.h>
#include "tests/unit/report.h"

static bool one_of(const char *s, const char *list)
{
	char *padded = xasprintf(" %s ", s);
	bool found = has(list, padded);

	free(padded);
	return found;
}

static void test_verdicts(void)
{
	u32 count[NR_VERDICTS] = { 0 };

	for (int v = 0; v < NR_VERDICTS; v++) {
		const struct verdict_desc *d = &verdicts[v];

		CHECK(d->name && verdict_parse(d->name) == v, "%d", v);
		CHECK(d->ok == !d->exit, "%s: green and exit code 0 go together", d->name);
		CHECK(!*d->directive || one_of(d->directive, " SKIP XFAIL TIMEOUT ERROR "), "%s",
		      d->directive);
		CHECK(d->ok == !(*d->junit && strcmp(d->junit, "skipped")), "%s: %s", d->name,
		      d->junit);
		CHECK(!*d->junit || one_of(d->junit, " failure error skipped "), "%s", d->junit);
		CHECK(one_of(d->kcidb, " FAIL ERROR MISS PASS DONE SKIP "), "%s", d->kcidb);
		/* a fault of the harness never looks like one of a kernel */
		CHECK((d->exit == EXIT_INFRA) == !strcmp(d->junit, "error"), "%s", d->name);
		CHECK((d->exit == EXIT_INFRA) == one_of(d->kcidb, " ERROR MISS "), "%s", d->name);
		memset(count, 0, sizeof(count));
		count[v] = 1;
		CHECK(verdict_exit(count) == (d->executed ? d->exit : EXIT_INFRA), "%s alone",
		      d->name);
		count[VERDICT_PASS] = 7;
		CHECK(verdict_exit(count) == d->exit, "%s among passes", d->name);
		count[VERDICT_FAIL] = 1;
		CHECK(verdict_exit(count) == EXIT_FINDINGS, "%s beside a FAIL", d->name);
	}
	memset(count, 0, sizeof(count));
	CHECK(verdict_exit(count) == EXIT_INFRA, "nothing at all");
	CHECK(verdict_parse("pass") == -1 && verdict_parse("") == -1, "exact names only");
}

static void test_text(void)
{
	static const struct {
		const char *in, *line, *lines;
	} t[] = {
		{ "plain", "plain", "plain" },
		{ "a\nb\tc", "a b c", "a\nb\tc" },
		{ "a\r\nb\rc", "a\\x0d b\\x0dc", "a\nb\\x0dc" },
		{ "\x1b[31mred\x07\x7f", "\\x1b[31mred\\x07\\x7f", "\\x1b[31mred\\x07\\x7f" },
		{ "ü…", "ü…", "ü…" },
		{ "\xff\xc3", "\\xff\\xc3", "\\xff\\xc3" },
		{ "\xc0\xaf", "\\xc0\\xaf", "\\xc0\\xaf" },		  /* overlong */
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80" }, /* surrogate */
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", "\\xf4\\x90\\x80\\x80" },
		{ "\xe2\x80\xae", "\\xe2\\x80\\xae",
		  "\\xe2\\x80\\xae" }, /* right-to-left override */
		{ "\xef\xbf\xbf", "\\xef\\xbf\\xbf", "\\xef\\xbf\\xbf" }, /* U+FFFF */
		{ "\xc2\x9b", "\\xc2\\x9b", "\\xc2\\x9b" },		  /* C1 control */
	};
	char long_text[5000];

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		char *a = text_clean(t[i].in, 100, false), *b = text_clean(t[i].in, 100, true),
		     *c = text_clean(b, 100, true);

		CHECK(!strcmp(a, t[i].line), "%zu: %s", i, a);
		CHECK(!strcmp(b, t[i].lines), "%zu: %s", i, b);
		CHECK(!strcmp(b, c), "%zu: cleaning twice gives %s", i, c);
		free(a);
		free(b);
		free(c);
	}
	memset(long_text, 0xc3, sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	for (size_t max = 0; max < 40; max++) {
		char *s = text_clean(long_text, max, false),
		     *u = text_clean("ääääääääääääääääääääääääää", max, false);

		CHECK(strlen(s) <= max && strlen(u) <= max, "%zu: %zu %zu", max, strlen(s),
		      strlen(u));
		CHECK(max < 3 || has(s, "…"), "%zu: %s", max, s);
		free(s);
		free(u);
	}
}

/* What a CI system would obey is broken, each time that it occurs. */
static void test_orders(void)
{
	char *s = text_clean("a<LAVA_SIGNAL_TESTCASE x><LAVA_SIGNAL ##[error]y ##vso[z ##x", 200,
			     true);

	CHECK(!strcmp(s, "a<LAVA-SIGNAL_TESTCASE x><LAVA-SIGNAL ##(error]y ##vso(z ##x"), "%s", s);
	free(s);
}

static void test_diffs(void)
{
	struct record r;
	u8 want[64], got[64];

	record_init(&r, "mem/x/y", "jit", VERDICT_FAIL);
	CHECK(!record_diff_reg(&r, "r1", 5, NULL, 5) && !record_diff_u32(&r, "retval", 1, NULL, 1),
	      "equal");
	CHECK(!record_diff_text(&r, "errno", "EINVAL", "EINVAL") && !r.ndiffs, "equal");
	CHECK(record_diff_reg(&r, "r1", 1, NULL, 1ull << 32), "upper half");
	CHECK(!strcmp(r.diffs[0].expected, "0000000000000001") &&
		      !strcmp(r.diffs[0].observed, "0000000100000000"),
	      "%s", r.diffs[0].observed);

	for (int i = 0; i < 64; i++)
		want[i] = got[i] = i;
	CHECK(!record_diff_window(&r, "mem", 0, want, NULL, got, 64, 16, 16), "equal windows");
	got[15] = got[16] = 0xff; /* last guard byte, first byte of the window: two findings */
	got[24] = got[25] = got[27] = 0xee;
	got[48] = 0xdd;
	CHECK(record_diff_window(&r, "mem", 0, want, NULL, got, 64, 16, 16), "differ");
	CHECK(r.ndiffs == 6, "%u", r.ndiffs);
	if (r.ndiffs == 6) {
		CHECK(!strcmp(r.diffs[1].what, "guard before mem, mem-1"), "%s", r.diffs[1].what);
		CHECK(!strcmp(r.diffs[2].what, "mem+0"), "%s", r.diffs[2].what);
		CHECK(!strcmp(r.diffs[3].what, "mem+8..9") && !strcmp(r.diffs[3].observed, "ee ee"),
		      "%s", r.diffs[3].what);
		CHECK(!strcmp(r.diffs[3].expected, "18 19"), "%s", r.diffs[3].expected);
		CHECK(!strcmp(r.diffs[4].what, "mem+11"), "%s", r.diffs[4].what);
		CHECK(!strcmp(r.diffs[5].what, "guard behind mem, mem+32"), "%s", r.diffs[5].what);
	}
	record_free(&r);

	record_init(&r, "mem/x/y", "jit", VERDICT_FAIL);
	memset(got, 0x77, 64);
	record_diff_window(&r, "stack", -48, want, NULL, got, 64, 16, 0);
	CHECK(r.ndiffs == 2 && !strcmp(r.diffs[0].what, "guard before stack, stack-64..-49"), "%s",
	      r.diffs[0].what);
	CHECK(!strcmp(r.diffs[1].what, "stack-48..-1") && has(r.diffs[1].observed, "…"), "%s",
	      r.diffs[1].what);
	record_free(&r);
}

/* Every field survives the way to disk and back; what a guest wrote is harmless afterwards. */
static void test_round_trip(void)
{
	char *dir = scratch_path("a/b/round"), *path = scratch_path("a/b/round/s390x.jsonl");
	char *engines[] = { "interp", "jit" };
	struct run_cap caps[] = { { "sdiv", true, 0 }, { "stack_args", false, 524 } };
	struct run_info info = { .arch = "s390x",
				 .kernel = "7.3.4",
				 .engines = engines,
				 .nengines = 2,
				 .caps = caps,
				 .ncaps = 2,
				 .qemu = "7.2.0",
				 .make_args = "KERNEL=/home/me/linux",
				 .planned = 2 };
	struct record r = make_record("alu/sdiv64/r3_r4", "jit", VERDICT_FAIL);
	struct diag diag = { 0 };
	struct run run;
	struct results *w = results_open(dir, &info, NULL, false, &diag);

	CHECK(w, "%s: %s", diag.file, diag.msg);
	r.jited = 160;
	r.err = 22;
	r.log = xstrdup("line 1\nline \x01 2\n");
	r.console = xstrdup("\x1b]0;title\x07\nOops \xff");
	r.code = xstrdup(">   24  r3 = -r3\n  neg \x01\n");
	r.note = xstrdup("a\nb");
	CHECK(!results_has(w, r.id, r.engine), "not yet");
	CHECK(!results_add(w, &r), "add");
	CHECK(results_has(w, r.id, r.engine) && !results_has(w, r.id, "interp"), "has");
	CHECK(results_add(w, &r) == -EEXIST, "twice");
	record_free(&r);
	add(w, "alu/sdiv64/r3_r4", "interp", VERDICT_PASS);
	CHECK(results_close(w, true) == EXIT_FINDINGS, "a finding");
	CHECK(!run_load(path, &run, &diag), "%s", diag.msg);
	CHECK(run.cnt == 2 && !run.partial, "%u", run.cnt);
	CHECK(run.info.ncaps == 2 && run.info.caps[1].err == 524 && !run.info.caps[1].have, "caps");
	CHECK(run.info.nengines == 2 && !strcmp(run.info.qemu, "7.2.0") && run.info.start &&
		      run.info.version,
	      "header");
	if (run.cnt == 2) {
		const struct record *b = &run.recs[0];

		CHECK(!strcmp(b->family, "alu") && !strcmp(b->arch, "s390x") &&
			      !strcmp(b->kernel, "7.3.4"),
		      "%s", b->family);
		CHECK(b->jited == 160 && b->err == 22 && b->vector == 211 && b->line == 41 &&
			      b->failed_vectors == 3,
		      "numbers");
		CHECK(!strcmp(b->log, "line 1\nline \\x01 2\n"), "%s", b->log);
		CHECK(!strcmp(b->console, "\\x1b]0;title\\x07\nOops \\xff"), "%s", b->console);
		CHECK(!strcmp(b->code, ">   24  r3 = -r3\n  neg \\x01\n"), "%s", b->code);
		CHECK(!strcmp(b->note, "a b"), "%s", b->note);
		CHECK(!strcmp(b->rerun, "make repro ARCH=s390x ID=alu/sdiv64/r3_r4.211 "
					"KERNEL=/home/me/linux"),
		      "%s", b->rerun);
		CHECK(b->ndiffs == 1 && !strcmp(b->diffs[0].what, "r3"), "diffs");
		CHECK(run.recs[1].vector == -1 && !run.recs[1].rerun, "a pass");
	}
	run_free(&run);
	free(dir);
	free(path);
}

static char *sample(const char *dir, size_t *len)
{
	char *path = xasprintf("%s/m68k.jsonl", dir), *text;
	struct results *w = begin(dir, "m68k", NULL, 0, false);

	for (int v = 0; v < NR_VERDICTS; v++) {
		char *id = xasprintf("alu/op/v%d", v);

		add(w, id, "interp", v);
		free(id);
	}
	results_close(w, true);
	text = read_file(path, len);
	CHECK(text, "%s", path);
	free(path);
	return text;
}

/* Cut at every byte: partial or an error, never whole. */
static void test_truncated(void)
{
	char *dir = scratch_path("cut"), *path = scratch_path("cut/m68k.jsonl");
	size_t len, step;
	char *text = sample(dir, &len);

	for (size_t n = 0; n + 1 < len; n += step) {
		struct diag diag = { 0 };
		struct run run;

		step = n < 400 || n + 400 > len ? 1 : 13;
		write_text(path, text, n);
		if (run_load(path, &run, &diag)) {
			CHECK(*diag.msg && !strcmp(diag.file, path), "%zu: no message", n);
			CHECK(n <= strcspn(text, "\n"),
			      "cut at %zu: only a cut header is an error: %s", n, diag.msg);
			continue;
		}
		CHECK(run.partial, "cut at %zu passes as whole", n);
		run_free(&run);
	}
	free(text);
	free(path);
	free(dir);
}

#define HEAD   "{\"run\":{\"arch\":\"arm64\",\"kernel\":\"7.3\"}}\n"
#define PASS_A "{\"id\":\"a/b/c\",\"engine\":\"jit\",\"verdict\":\"PASS\"}\n"

static void test_corrupt(void)
{
	static const struct {
		const char *text;
		int line;
		const char *says;
	} bad[] = {
		{ "", 0, "empty" },
		{ "nonsense\n", 1, "JSON" },
		{ PASS_A, 1, "header" },
		{ "{\"run\":{}}\n", 1, "arch" },
		{ "{\"run\":{\"arch\":\"../x\"}}\n", 1, "arch" },
		{ "{\"run\":{\"arch\":\"a\",\"planned\":-1}}\n", 1, "planned" },
		{ "{\"run\":{\"arch\":\"a\",\"engines\":[1]}}\n", 1, "engines" },
		{ HEAD "[]\n", 2, "object" },
		{ HEAD "{\n" PASS_A, 2, "" },
		{ HEAD PASS_A "\n", 3, "" },
		{ HEAD "{\"engine\":\"jit\",\"verdict\":\"PASS\"}\n", 2, "id" },
		{ HEAD "{\"id\":\"a\",\"verdict\":\"PASS\"}\n", 2, "engine" },
		{ HEAD "{\"id\":\"a\",\"engine\":\"jit\"}\n", 2, "verdict" },
		{ HEAD "{\"id\":\"a\",\"engine\":\"jit\",\"verdict\":\"GOOD\"}\n", 2, "verdict" },
		{ HEAD "{\"id\":\"a\",\"engine\":\"jit\",\"verdict\":1}\n", 2, "verdict" },
		{ HEAD "{\"id\":\"a\",\"id\":\"b\",\"engine\":\"jit\",\"verdict\":\"PASS\"}\n", 2,
		  "duplicate" },
		{ HEAD
		  "{\"id\":\"a\",\"engine\":\"jit\",\"verdict\":\"PASS\",\"jited\":\"many\"}\n",
		  2, "jited" },
		{ HEAD
		  "{\"id\":\"a\",\"engine\":\"jit\",\"verdict\":\"PASS\",\"jited\":99999999999}\n",
		  2, "jited" },
		{ HEAD "{\"id\":\"a\",\"engine\":\"jit\",\"verdict\":\"FAIL\",\"expected\":{\"r1\":"
		       "\"0\"}}\n",
		  2, "observed" },
		{ HEAD "{\"id\":\"a\",\"engine\":\"jit\",\"verdict\":\"FAIL\",\"expected\":{\"r1\":"
		       "\"0\"},\"observed\":{}}\n",
		  2, "text" },
		{ HEAD "{\"id\":\"a\\u0000b\",\"engine\":\"jit\",\"verdict\":\"PASS\"}\n", 2, "" },
		{ HEAD "{\"id\":\"\xff\",\"engine\":\"jit\",\"verdict\":\"PASS\"}\n", 2, "decode" },
		{ HEAD PASS_A "{\"totals\":{\"records\":2,\"pass\":1}}\n", 3, "totals" },
		{ HEAD PASS_A "{\"totals\":{\"records\":1,\"pass\":0}}\n", 3, "pass:0" },
		{ HEAD PASS_A "{\"totals\":{}}\n", 3, "totals" },
		{ HEAD PASS_A "{\"totals\":{\"records\":1,\"pass\":1}}\n" PASS_A, 4,
		  "behind the totals" },
	};
	char *path = scratch_path("bad.jsonl");
	struct diag diag;
	struct run run;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		diag = (struct diag){ 0 };
		write_text(path, bad[i].text, strlen(bad[i].text));
		CHECK(run_load(path, &run, &diag) == -EINVAL, "%zu is accepted", i);
		CHECK(diag.line == bad[i].line && !strcmp(diag.file, path), "%zu: %s:%d: %s", i,
		      diag.file, diag.line, diag.msg);
		CHECK(has(diag.msg, bad[i].says), "%zu: %s", i, diag.msg);
	}
	CHECK(run_load("/nonexistent/x.jsonl", &run, &diag) == -ENOENT && *diag.msg, "missing");
	free(path);
}

static void test_resume(void)
{
	char *dir = scratch_path("resume"), *partial = scratch_path("resume/arm64.partial.jsonl");
	char *whole = scratch_path("resume/arm64.jsonl"),
	     *part = scratch_path("resume/.arm64.jsonl.part"), *text;
	struct results *w = begin(dir, "arm64", NULL, 4, false);
	struct run_info other = { .arch = "arm64", .kernel = "7.4.0", .config_hash = "c0ffee" };
	struct diag diag = { 0 };
	struct run_set set;
	size_t len;

	CHECK(!access(part, F_OK), "the temporary name");
	add(w, "a/b/1", "jit", VERDICT_PASS);
	add(w, "a/b/2", "jit", VERDICT_LOST);
	CHECK(results_close(w, false) == EXIT_INFRA, "interrupted");
	CHECK(!access(partial, F_OK) && access(whole, F_OK) && access(part, F_OK),
	      "partial, and only that");
	CHECK(!run_set_load(dir, &set, &diag) && set.runs[0].partial &&
		      report_exit(&set) == EXIT_INFRA,
	      "%s", diag.msg);
	run_set_free(&set);

	CHECK(!results_open(dir, &other, NULL, true, &diag) && has(diag.msg, "another kernel"),
	      "%s", diag.msg);
	w = begin(dir, "arm64", NULL, 4, true);
	CHECK(results_has(w, "a/b/1", "jit"), "taken over");
	CHECK(!results_has(w, "a/b/2", "jit"), "what was lost is tried again");
	add(w, "a/b/2", "jit", VERDICT_PASS);
	add(w, "a/b/3", "jit", VERDICT_PASS);
	CHECK(results_close(w, true) == EXIT_INFRA, "3 of 4 planned are not complete");

	/* killed in the middle of a line: the temporary file is still there */
	text = read_file(partial, &len);
	write_text(part, text, len - 20);
	unlink(partial);
	free(text);
	w = begin(dir, "arm64", NULL, 4, true);
	CHECK(results_has(w, "a/b/2", "jit") && !results_has(w, "a/b/3", "jit"),
	      "all but the cut line");
	add(w, "a/b/3", "jit", VERDICT_PASS);
	add(w, "a/b/4", "jit", VERDICT_PASS);
	CHECK(results_close(w, true) == EXIT_OK, "complete");
	CHECK(!access(whole, F_OK) && access(partial, F_OK) && access(part, F_OK),
	      "whole, and only that");

	/* complete already: nothing is left to do, and nothing is lost by asking */
	w = begin(dir, "arm64", NULL, 4, true);
	CHECK(results_has(w, "a/b/4", "jit"), "all taken over");
	CHECK(results_close(w, true) == EXIT_OK, "still complete");
	free(dir);
	free(partial);
	free(whole);
	free(part);
}

static void test_require_jit(void)
{
	char *dir = scratch_path("require");
	struct run_info info = { .arch = "arm64", .kernel = "7.3", .require_jit = "alu a/b*" };
	struct diag diag;
	struct results *w = results_open(dir, &info, NULL, false, &diag);
	struct record r = make_record("a/b/c", "jit", VERDICT_FALLBACK);

	CHECK(w && !results_add(w, &r), "add");
	CHECK(r.verdict == VERDICT_FAIL && has(r.reason, "REQUIRE_JIT") &&
		      has(r.reason, "reason of FALLBACK"),
	      "%s", r.reason);
	CHECK(results_close(w, true) == EXIT_FINDINGS, "a finding");
	record_free(&r);
	w = begin(dir, "arm64", NULL, 0, false);
	add(w, "a/b/c", "jit", VERDICT_FALLBACK);
	add(w, "a/b/c", "interp", VERDICT_PASS);
	CHECK(results_close(w, true) == EXIT_OK, "no finding without it");
	free(dir);
}

static void test_no_space(void)
{
	struct run_info info = { .arch = "arm64" };
	struct diag diag = { 0 };

	CHECK(!results_open("/proc/nowhere", &info, NULL, false, &diag) && *diag.msg, "%s",
	      diag.msg);
	if (access("/dev/full", W_OK))
		SKIP("no /dev/full");
	else {
		char *dir = scratch_path("full"), *part = scratch_path("full/.arm64.jsonl.part");

		CHECK(!mkdir(dir, 0777) && !symlink("/dev/full", part), "%s", part);
		CHECK(!results_open(dir, &info, NULL, false, &diag), "a full disk");
		CHECK(has(diag.msg, "No space"), "%s", diag.msg);
		free(dir);
		free(part);
	}
}

static void test_cleanup(void)
{
	scratch_remove();
	CHECK(access(scratch, F_OK), "%s is gone", scratch);
}

static const struct test tests[] = {
	{ "verdict table", test_verdicts },
	{ "texts are cleaned and bounded", test_text },
	{ "orders to CI systems are broken up", test_orders },
	{ "differences", test_diffs },
	{ "round trip", test_round_trip },
	{ "truncated at every byte", test_truncated },
	{ "corrupt files", test_corrupt },
	{ "interrupted and resumed", test_resume },
	{ "REQUIRE_JIT", test_require_jit },
	{ "nowhere to write", test_no_space },
	{ "cleanup", test_cleanup },
};

TEST_MAIN(tests)
