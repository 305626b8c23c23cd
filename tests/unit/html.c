// SPDX-License-Identifier: GPL-2.0
/* The HTML report: whatever a guest says stays text, findings are folded, pages have names. */
#include "html/markup.h"
#include "html/page.h"
#include "tests/unit/report.h"

static char *printed(void (*fn)(FILE *f, const char *s), const char *s)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	fn(f, s);
	fclose(f);
	return text;
}

static void with_markup(FILE *f, const char *s)
{
	markup(f, "<a title=\"%s\">%u%%</a>", s, 7u);
}

static void test_markup(void)
{
	static const struct {
		void (*fn)(FILE *f, const char *s);
		const char *text, *want;
	} rows[] = {
		{ markup_text, "a <b> & \"c\" 'd'", "a &lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;" },
		{ markup_text, "%s%u é", "%s%u é" },
		{ markup_text, NULL, "" },
		{ with_markup, "\"><script>", "<a title=\"&quot;&gt;&lt;script&gt;\">7%</a>" },
		{ markup_url, "a/b &#\"é", "a%2Fb%20%26%23%22%C3%A9" },
		{ markup_script, "a\"b\\c</script>\n",
		  "\"a\\u0022b\\u005cc\\u003c/script\\u003e\\u000a\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *got = printed(rows[i].fn, rows[i].text);

		CHECK(!strcmp(got, rows[i].want), "%s, expected %s", got, rows[i].want);
		free(got);
	}
}

static void test_names(void)
{
	static const struct {
		const char *id, *page;
	} rows[] = {
		{ "alu/sdiv64/r3_r4", "finding/alu.sdiv64.r3_r4.html" },
		{ "a.b/*", "finding/a_2eb._2a-" },
		{ "../x", "finding/_2e_2e.x-" },
		{ "\"><b", "finding/_22_3e_3cb-" },
	};
	char a[600], b[600], *pa, *pb;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *got = case_page(rows[i].id);

		CHECK(!strncmp(got, rows[i].page, strlen(rows[i].page)), "%s, expected %s", got,
		      rows[i].page);
		free(got);
	}
	memset(a, 'x', sizeof(a));
	memset(b, 'x', sizeof(b));
	a[500] = b[510] = '\0';
	pa = case_page(a);
	pb = case_page(b);
	CHECK(strlen(pa) < 200 && strcmp(pa, pb), "%s %s", pa, pb);
	free(pa);
	free(pb);
}

/* Texts that must not become elements, attributes or scripts. */
static const char evil[] = "</pre></code></td>\"'><script>alert(1)</script><img src=x onerror=y>"
			   "<!-- --> &lt; javascript:";

static void write_hostile(const char *dir)
{
	struct results *w = begin(dir, "s390x", NULL, 5, false);
	struct record r = make_record("alu/sdiv64/r3_r4", "jit", VERDICT_FAIL);

	free(r.insn);
	free(r.inputs);
	r.insn = xstrdup(evil);
	r.inputs = xstrdup(evil);
	r.log = xstrdup(evil);
	r.note = xstrdup(evil);
	r.reason = xstrdup(evil);
	r.quirks = xstrdup(evil);
	record_diff_text(&r, evil, evil, "1");
	record_diff_text(&r, "r4", "1", evil);
	CHECK(!results_add(w, &r), "hostile");
	record_free(&r);
	r = make_record("a\"><script>/<b>/'x", "interp", VERDICT_CRASH);
	r.console = xstrdup(evil);
	CHECK(!results_add(w, &r), "hostile");
	record_free(&r);
	add(w, "alu/sdiv64/r3_r4", "interp", VERDICT_PASS);
	add(w, "a\"><script>/<b>/'x", "jit", VERDICT_LOST);
	add(w, "\"><script>alert(1)</script>/b/c", "jit", VERDICT_SKIP);
	CHECK(results_close(w, true) == EXIT_FINDINGS, "findings");
}

/* All files below the report as one string. */
static char *all_pages(const char *dir)
{
	char *cmd = xasprintf("find '%s' -name '*.html' -exec cat {} +", dir), *text;
	size_t len;
	FILE *f = open_memstream(&text, &len), *p = popen(cmd, "r");

	for (int c; (c = getc(p)) != EOF;)
		putc(c, f);
	pclose(p);
	fclose(f);
	free(cmd);
	return text;
}

static struct run_set load(const char *dir)
{
	struct run_set set = { 0 };
	struct diag diag = { 0 };

	CHECK(!run_set_load(dir, &set, &diag), "%s:%d: %s", diag.file, diag.line, diag.msg);
	return set;
}

static void test_hostile(void)
{
	char *dir = scratch_path("hostile"), *html = scratch_path("hostile/html"), *text;
	const struct html_conf conf = { .dir = html, .cases = "cases" };
	struct run_set set;

	write_hostile(dir);
	set = load(dir);
	for (int again = 0; again < 2; again++) {
		CHECK(!html_write(&set, &conf), "html_write");
		text = all_pages(html);
		CHECK(times(text, "<script") ==
			      times(text, "<script src=\"../report.js\" defer>") +
				      times(text, "<script src=\"report.js\" defer>") +
				      times(text, "<script src=\"data/index.js\" defer>"),
		      "a script of a guest");
		CHECK(!has(text, "<img") && !has(text, "<!--") && !has(text, "</pre></code>"),
		      "an element of a guest");
		CHECK(times(text, "&lt;script&gt;alert(1)&lt;/script&gt;") >= 8, "%u",
		      times(text, "&lt;script&gt;alert(1)&lt;/script&gt;"));
		CHECK(times(text, "<title>") == 8, "%u pages", times(text, "<title>"));
		free(text);
	}
	run_set_free(&set);
	free(html);
	free(dir);
}

static void write_findings(const char *dir)
{
	struct results *w = begin(dir, "riscv32", NULL, 12, false);
	char id[64];

	for (int i = 0; i < 5; i++) {
		snprintf(id, sizeof(id), "alu/sdiv64/r%d_r4", i);
		add(w, id, "jit", VERDICT_FAIL);
		add(w, id, "interp", VERDICT_PASS);
	}
	add(w, "alu/neg64/r3", "jit", VERDICT_LOST);
	add(w, "alu/neg64/r3", "interp", VERDICT_XFAIL);
	CHECK(results_close(w, true) == EXIT_FINDINGS, "findings");
}

static void test_findings(void)
{
	char *dir = scratch_path("findings");
	struct findings f;
	struct run_set set;

	write_findings(dir);
	set = load(dir);
	findings_make(&set, &f);
	CHECK(f.cnt == 3 && f.of_kind[FINDING_NEW] == 1 && f.of_kind[FINDING_LOST] == 1 &&
		      f.of_kind[FINDING_KNOWN] == 1,
	      "%u findings", f.cnt);
	CHECK(f.cnt && f.list[0].cases == 5 && f.list[0].nshown == CASES_SHOWN &&
		      !strcmp(f.list[0].what, "alu/sdiv64") &&
		      !strcmp(f.list[0].suspect, "the riscv32 JIT"),
	      "%s", f.list[0].text);
	CHECK(f.pages.cnt == CASES_SHOWN + 1, "%u pages", f.pages.cnt);
	findings_free(&f);
	run_set_free(&set);
	free(dir);
}

/* The case of an id is found, written or generated, and so is its C program. */
static void test_texts(void)
{
	static const char *const ids[] = { "alu/neg64/r3", "gen/alu_x/sdiv64_x/a_r3_r4",
					   "no/such/case" };
	struct strset wanted = { 0 };
	struct texts t;

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		strset_add(&wanted, ids[i], 0);
	texts_find(&wanted, "cases", &t);
	CHECK(t.cnt == 2 && texts_get(&t, ids[0]) && texts_get(&t, ids[1]) &&
		      !texts_get(&t, ids[2]),
	      "%u cases", t.cnt);
	texts_free(&t);
	strset_free(&wanted);
}

static void test_cleanup(void)
{
	scratch_remove();
	CHECK(access(scratch, F_OK), "%s is gone", scratch);
}

static const struct test tests[] = {
	{ "guests cannot inject markup: the printers", test_markup },
	{ "names of pages", test_names },
	{ "guests cannot inject markup: all pages", test_hostile },
	{ "findings are folded", test_findings },
	{ "the texts of cases", test_texts },
	{ "cleanup", test_cleanup },
};

TEST_MAIN(tests)
