// SPDX-License-Identifier: GPL-2.0
/* results/known: rows, ranges of releases, XFAIL and XPASS. */
#include <errno.h>
#include "campaign/spoiled.h"
#include "report/policy.h"
#include "session/engine.h"
#include "session/release.h"
#include "tests/unit/one_case.h"
#include "tests/unit/report.h"

#define GOOD                                                                               \
	"alu/sdiv64/*  jit,jit_hardened  <7.4-rc1,fixed-by:7dd34d7b7dcf  REJECT  EINVAL  " \
	"jit-bug  INT_MIN / -1 is wrong | https://lore.kernel.org/x\n"

static void test_parse(void)
{
	struct known k;
	struct diag diag = { 0 };
	int ret = known_parse("# comment\n\n" GOOD
			      "\tmem/*\t*\t*\tCRASH\t\"BUG: at\"\tqemu-bug\twhy\t | because \r\n"
			      "movsx_plain jit 7.3 jit-bug plain | there\n",
			      "k.txt", &k, &diag);

	CHECK(!ret, "%s", diag.msg);
	CHECK(k.cnt == 3, "%u", k.cnt);
	CHECK(k.rows[0].err == EINVAL && !k.rows[0].words, "%d", k.rows[0].err);
	CHECK(!strcmp(k.rows[1].words, "BUG: at"), "%s", k.rows[1].words);
	CHECK(k.rows[2].quirk == QUIRK_MOVSX_PLAIN && k.rows[1].quirk < 0, "%d", k.rows[2].quirk);
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
		{ "alu/x jit *", "3 columns" },
		{ "alu/x+mem jit * TIMEOUT - jit-bug why | link", "no quirk 'alu/x'" },
		{ "alu/x+ jit * TIMEOUT - jit-bug why | link", "no quirk 'alu/x'" },
		{ "movsx_plain+alu/x jit * jit-bug why | link", "no" },
		{ "alu/x jit * TIMEOUT", "4 columns" },
		{ "alu/x jit * TIMEOUT - jit-bug", "no reason" },
		{ "alu/x jit * TIMEOUT - jit-bug why", "no ' | EVIDENCE'" },
		{ "alu/x jit * TIMEOUT - jit-bug why |", "no ' | EVIDENCE'" },
		{ "alu/x jit * TIMEOUT - jit-bug | link", "no reason" },
		{ "alu/x JIT * TIMEOUT - jit-bug why | link", "engines 'JIT'" },
		{ "alu/x *jit * TIMEOUT - jit-bug why | link", "engines '*jit'" },
		{ "alu/x jit 7 TIMEOUT - jit-bug why | link", "kernels '7'" },
		{ "alu/x jit <7.4- TIMEOUT - jit-bug why | link", "kernels" },
		{ "alu/x jit 7.4..7.3 TIMEOUT - jit-bug why | link", "kernels" },
		{ "alu/x jit ==7.4 TIMEOUT - jit-bug why | link", "kernels" },
		{ "alu/x jit fixed-by:7dd34d7b7dcf TIMEOUT - jit-bug why | link", "kernels" },
		{ "alu/x jit *,fixed-by:xyz TIMEOUT - jit-bug why | link", "kernels" },
		{ "alu/x jit * PASS r0 jit-bug why | link", "'r0' (expected what tells" },
		{ "alu/x jit * XPASS - jit-bug why | link", "verdict 'XPASS'" },
		{ "alu/x jit * TIMEOUT,SKIP:maygoto - jit-bug why | link",
		  "verdict 'TIMEOUT,SKIP:may" },
		{ "alu/x jit * SKIP:may_goto,TIMEOUT - jit-bug why | link", "verdict 'SKIP:" },
		{ "alu/x jit * FAIL - jit-bug why | link", "'-' (expected what tells" },
		{ "alu/x jit * FAIL r0:low jit-bug why | link", "'r0:low' (expected what" },
		{ "alu/x jit * FAIL r0,x jit-bug why | link", "'r0,x' (expected what" },
		{ "alu/x jit * CRASH,FAIL r0 jit-bug why | link", "verdict 'CRASH,FAIL'" },
		{ "alu/x jit * crash - jit-bug why | link", "verdict 'crash'" },
		{ "alu/x jit * CRASH,PASS - jit-bug why | link", "verdict 'CRASH,PASS'" },
		{ "alu/x jit * movsx_plain - jit-bug why | link", "verdict 'movsx_plain'" },
		{ "alu/x jit * SKIP - jit-bug why | link", "verdict 'SKIP'" },
		{ "alu/x jit * TIMEOUT,movsx - jit-bug why | link", "verdict 'TIMEOUT,movsx'" },
		{ "alu/x jit * TIMEOUT,movsx_plain,loop_nr64 - jit-bug why | link", "verdict" },
		{ "alu/x jit * CRASH - jit-bug why | link", "'-' (expected what tells" },
		{ "alu/x jit * CRASH EINVAL jit-bug why | link", "'EINVAL' (expected what" },
		{ "alu/x jit * REJECT EWHAT jit-bug why | link", "'EWHAT' (expected what" },
		{ "alu/x jit * CRASH \"\" jit-bug why | link", "no words" },
		{ "alu/x jit * CRASH \"a\",\"\" jit-bug why | link", "no words" },
		{ "alu/x jit * CRASH \"a\",\"b jit-bug why | link", "no words" },
		{ "alu/x jit * TIMEOUT - bug why | link", "kind 'bug'" },
		{ "movsx jit * jit-bug why | link", "no quirk 'movsx'" },
		{ "movsx_plain jit * bug why | link", "kind 'bug'" },
		{ "movsx_plain jit * jit-bug why", "no ' | EVIDENCE'" },
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
	CHECK(known_find(&k, "alu/sdiv64/r3_r4", "jit_rnd_hi32", "7.3.4"), "jit with load flags");
	CHECK(!known_find(&k, "alu/sdiv64/r3_r4", "jit", "7.4.0"), "not 7.4");
	CHECK(!known_find(&k, "alu/sdiv32/r3_r4", "jit", "7.3.4"), "not sdiv32");
	CHECK(!known_find(NULL, "a", "jit", "7.3"), "no list");
	known_free(&k);
}

static enum verdict judged(const char *row, struct known_outcome o)
{
	struct known k;
	struct diag diag;
	enum verdict v;

	CHECK(!known_parse(row, "k.txt", &k, &diag), "%s: %s", row, diag.msg);
	v = known_verdict(k.rows, &o);
	known_free(&k);
	return v;
}

/* A row excuses what it names, and no other failure of the same case. */
static void test_expected(void)
{
	static const char refused[] = "a/b/c jit * REJECT EINVAL jit-bug why | link\n";
	static const char logged[] = "a/b/c jit * REJECT \"not yet\" jit-bug why | link\n";
	static const char dies[] = "a/b/c jit * CRASH \"in_that()\" jit-bug why | link\n";
	static const char hangs[] = "a/b/c jit * TIMEOUT - jit-bug why | link\n";
	static const char either[] = "a/b/c jit * CRASH,TIMEOUT \"in_that()\" jit-bug why | link\n";
	static const char taken[] = "a/b/c jit * FAIL \"accepted\" jit-bug why | link\n";
	static const char noisy[] = "a/b/c jit * FAIL r5,r0:high jit-bug why | link\n";
	static const char unseen[] = "a/b/c jit * PASS - jit-bug why | link\n";
	static const char anywhere[] = "a/b/c jit * FAIL r*:high,mem jit-bug why | link\n";
	static const struct known_place mem = { "mem+8..15", true }, guard = { "mem.lo+3", true };
	static const struct known_place high = { "r0", false }, low = { "r0", true },
					r5_r0[] = { { "r5", true }, { "r0", false } },
					r5_r1[] = { { "r5", true }, { "r1", false } };
	static const struct {
		const char *row;
		struct known_outcome o;
		enum verdict v;
	} t[] = {
		{ refused, { VERDICT_REJECT, .err = EINVAL }, VERDICT_XFAIL },
		{ refused, { VERDICT_REJECT, .err = EACCES }, VERDICT_REJECT },
		{ refused, { VERDICT_CRASH, .err = EINVAL }, VERDICT_CRASH },
		{ refused, { .verdict = VERDICT_PASS }, VERDICT_XPASS },
		{ refused, { .verdict = VERDICT_SKIP }, VERDICT_SKIP },
		{ logged,
		  { VERDICT_REJECT, .err = EINVAL, .log = "is not yet there" },
		  VERDICT_XFAIL },
		{ logged, { VERDICT_REJECT, .err = EINVAL, .log = "is bad" }, VERDICT_REJECT },
		{ logged, { VERDICT_REJECT, .err = EINVAL }, VERDICT_REJECT },
		{ dies, { VERDICT_CRASH, .console = "BUG: at in_that()" }, VERDICT_XFAIL },
		{ dies, { VERDICT_CRASH, .console = "BUG: elsewhere()" }, VERDICT_CRASH },
		{ dies, { VERDICT_TIMEOUT, .console = "BUG: at in_that()" }, VERDICT_TIMEOUT },
		{ dies, { .verdict = VERDICT_FAIL }, VERDICT_FAIL },
		{ hangs, { .verdict = VERDICT_TIMEOUT }, VERDICT_XFAIL },
		{ hangs, { VERDICT_CRASH, .console = "BUG" }, VERDICT_CRASH },
		{ either, { .verdict = VERDICT_TIMEOUT }, VERDICT_XFAIL },
		{ either, { VERDICT_CRASH, .console = "at in_that()" }, VERDICT_XFAIL },
		{ either, { VERDICT_CRASH, .console = "other" }, VERDICT_CRASH },
		{ taken, { VERDICT_FAIL, .reason = "accepted, but" }, VERDICT_XFAIL },
		{ taken, { VERDICT_FAIL, .reason = "another" }, VERDICT_FAIL },
		{ taken, { VERDICT_FAIL, .log = "accepted" }, VERDICT_FAIL },
		{ noisy, { VERDICT_FAIL, .places = &high, .nplaces = 1 }, VERDICT_XFAIL },
		{ anywhere, { VERDICT_FAIL, .places = &high, .nplaces = 1 }, VERDICT_XFAIL },
		{ anywhere, { VERDICT_FAIL, .places = &low, .nplaces = 1 }, VERDICT_FAIL },
		{ anywhere, { VERDICT_FAIL, .places = &mem, .nplaces = 1 }, VERDICT_XFAIL },
		{ anywhere, { VERDICT_FAIL, .places = &guard, .nplaces = 1 }, VERDICT_FAIL },
		{ noisy, { VERDICT_FAIL, .places = &mem, .nplaces = 1 }, VERDICT_FAIL },
		{ noisy, { VERDICT_FAIL, .places = &low, .nplaces = 1 }, VERDICT_FAIL },
		{ noisy, { VERDICT_FAIL, .places = r5_r0, .nplaces = 2 }, VERDICT_XFAIL },
		{ noisy, { VERDICT_FAIL, .places = r5_r1, .nplaces = 2 }, VERDICT_FAIL },
		{ noisy, { VERDICT_FAIL, .reason = "accepted" }, VERDICT_FAIL },
		{ noisy, { .verdict = VERDICT_PASS }, VERDICT_XPASS },
		{ unseen, { .verdict = VERDICT_PASS }, VERDICT_PASS },
		{ unseen, { .verdict = VERDICT_CRASH }, VERDICT_CRASH },
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++)
		CHECK(judged(t[i].row, t[i].o) == t[i].v, "%zu: %s", i, t[i].row);
	CHECK(known_verdict(NULL, &t[0].o) == VERDICT_REJECT, "no row");
}

static void test_quirks(void)
{
	static const char rows[] =
		"movsx_plain    jit,raw_jit  6.6..7.3  jit-bug  why | where\n"
		"loop_nr64      jit          7.0..7.3  jit-bug  why | where\n"
		"a/b/c jit * CRASH \"words\",\"or these\" jit-bug why | link\n"
		"a/b/d jit_unpriv * TIMEOUT,ldsx32_off4 - jit-bug why | link\n"
		"a/b/e jit_hardened 7.3 TIMEOUT,SKIP - jit-bug why | link\n"
		"a/b/f jit_unpriv 7.4 FAIL,SKIP r1 jit-bug why | link\n"
		"a/b/g+a/c/*+b/?/d *,-jit_state_freq * CRASH \"x\" jit-bug why | link\n";
	quirk_set movsx = QUIRK_BIT(QUIRK_MOVSX_PLAIN), loop = QUIRK_BIT(QUIRK_LOOP_NR64);
	struct known k;
	struct diag diag;

	CHECK(!known_parse(rows, "k.txt", &k, &diag), "%s", diag.msg);
	CHECK(known_quirks(&k, "jit", "7.3.4") == (movsx | loop), "both");
	CHECK(known_quirks(&k, "jit", "6.12.1") == movsx, "one of them");
	CHECK(known_quirks(&k, "raw_jit", "7.3.4") == movsx, "another engine");
	CHECK(!known_quirks(&k, "interp", "7.3.4") && !known_quirks(NULL, "jit", "7.3"), "none");
	CHECK(known_quirk(&k, QUIRK_LOOP_NR64, "jit", "7.1.0") == &k.rows[1], "its row");
	CHECK(!known_find(&k, "movsx_plain", "jit", "7.3.4"), "a quirk is no id");
	CHECK(known_find(&k, "a/b/d", "jit_unpriv", "7.3") == &k.rows[3] &&
		      known_quirks(&k, "jit_unpriv", "7.3") == QUIRK_BIT(QUIRK_LDSX32_OFF4) &&
		      known_quirk(&k, QUIRK_LDSX32_OFF4, "jit_unpriv", "7.3") == &k.rows[3] &&
		      known_lists(&k, "a/b/d"),
	      "an id and a quirk");
	CHECK(known_spoiler(&k, NULL, "jit_hardened", "7.3.4") == &k.rows[4] &&
		      known_hangs(&k.rows[4]) &&
		      !known_spoiler(&k, NULL, "jit_hardened", "7.4.0") &&
		      known_spoiler(&k, NULL, "jit_unpriv", "7.4") == &k.rows[5] &&
		      !known_spoiler(&k, NULL, "jit", "7.3.4") &&
		      !known_spoiler(NULL, NULL, "jit", "7.3.4"),
	      "what may happen to any program");
	CHECK(!known_spoiler(&k, &k.rows[4], "jit_hardened", "7.3.4") &&
		      known_spoiler(&k, &k.rows[3], "jit_hardened", "7.3.4") == &k.rows[4],
	      "the next one");
	CHECK(known_find(&k, "a/b/g", "jit", "7.3") == &k.rows[6] &&
		      known_find(&k, "a/b/g", "jit_rnd_freq", "7.3") == &k.rows[6] &&
		      !known_find(&k, "a/b/g", "jit_state_freq", "7.3"),
	      "all but one");
	CHECK(known_find(&k, "a/c/x", "jit", "7.3") == &k.rows[6] &&
		      known_find(&k, "b/c/d", "jit", "7.3") == &k.rows[6] &&
		      !known_find(&k, "b/cc/d", "jit", "7.3") && !strcmp(k.rows[6].name, "a/b/g"),
	      "the other ids of a row");
	CHECK(known_by_words(&k, "jit", "7.3", VERDICT_CRASH, "some words") == &k.rows[2] &&
		      known_by_words(&k, "jit", "7.3", VERDICT_CRASH, "or these") == &k.rows[2] &&
		      !known_by_words(&k, "jit", "7.3", VERDICT_CRASH, NULL) &&
		      !known_by_words(&k, "jit", "7.3", VERDICT_CRASH, "others"),
	      "by its words");
	known_free(&k);
}

/* Only what hangs without a word, and does nothing else, need not be waited for. */
static void test_hangs(void)
{
	static const struct {
		const char *row;
		bool hangs;
	} rows[] = {
		{ "a/b/c jit * TIMEOUT - jit-bug why | link\n", true },
		{ "a/b/c jit * TIMEOUT \"soft lockup\" jit-bug why | link\n", false },
		{ "a/b/c jit * CRASH,TIMEOUT \"soft lockup\" jit-bug why | link\n", false },
		{ "a/b/c jit * REJECT EINVAL jit-bug why | link\n", false },
	};

	CHECK(!known_hangs(NULL), "no row");
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct known k;
		struct diag diag;

		CHECK(!known_parse(rows[i].row, "k.txt", &k, &diag), "%s: %s", rows[i].row,
		      diag.msg);
		CHECK(known_hangs(k.rows) == rows[i].hangs, "%s", rows[i].row);
		known_free(&k);
	}
}

static void add_quirk(struct results *w, const char *id, enum verdict v, const char *quirks)
{
	struct record r = make_record(id, "jit", v);

	r.quirks = xstrdup(quirks);
	CHECK(!results_add(w, &r), "%s", id);
	record_free(&r);
}

static void add_death(struct results *w, const char *id, enum verdict v, const char *console)
{
	struct record r = make_record(id, "jit", v);

	free(r.console);
	r.console = xstrdup(console);
	CHECK(!results_add(w, &r), "%s", id);
	record_free(&r);
}

/* A row with SKIP: leaves out the cases that it names, and no others. */
static void test_spoiled(void)
{
	static const char row[] =
		"t/own/one jit * TIMEOUT,SKIP:may_goto+rnd_hi32+t/ctx* - jit-bug why | link\n";
	static const struct {
		const char *text;
		bool out;
	} t[] = {
		{ "case own\n\tprog\n\t\tr0 = 0\n\tend\n\tvec -> r0=0\n", false },
		{ "case plain\n\tprog\n\t\tr0 = 0\n\tend\n\tvec -> r0=0\n", false },
		{ "case rnd\n\tneeds rnd_hi32\n\tprog\n\t\tr0 = 0\n\tend\n\tvec -> r0=0\n", true },
		{ "case ctx8\n\tprog\n\t\tr0 = 0\n\tend\n\tvec -> r0=0\n", true },
		{ "case loop\n\tprog\n\tl:\n\t\tmay_goto out\n\t\tgoto l\n\tout:\n\t\tr0 = 0\n"
		  "\tend\n\tvec -> r0=0\n",
		  true },
	};
	const struct engine *jit = engine_by_name("jit");
	struct campaign c = {};
	struct known k;
	struct diag diag;

	CHECK(!known_parse(row, "k.txt", &k, &diag), "%s", diag.msg);
	c.known = &k;
	c.spoiled[jit->wire][0] = k.rows;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct bpf_case *one = one_case(t[i].text);
		struct plan_entry entry = { .p.c = one };
		char *why = spoiled_why(&c, jit, &entry);

		CHECK(!why == !t[i].out, "%s: %s", t[i].text, why ? why : "not left out");
		free(why);
		bpf_case_free(one);
	}
	known_free(&k);
}

/* The rows in a run: what counts as new, changed, fixed, unused. */
static void test_run(void)
{
	static const char rows[] = "a/op/known   jit  *     CRASH  \"here\"  jit-bug  why | where\n"
				   "a/op/fixed   jit  *     CRASH  \"here\"  jit-bug  why | where\n"
				   "a/op/worse   jit  *     CRASH  \"here\"  jit-bug  why | where\n"
				   "a/op/gone    jit  *     CRASH  \"here\"  jit-bug  why | where\n"
				   "a/op/later   jit  >7.3  CRASH  \"here\"  jit-bug  why | where\n"
				   "a/op/sample  jit_rnd_hi32  *  CRASH  \"here\"  jit-bug  w | v\n"
				   "movsx_plain  jit  *     jit-bug  plain | there\n"
				   "loop_nr64    jit  *     verifier-bug  long | there\n";
	char *dir = scratch_path("known"), *path = scratch_path("known/arm64.jsonl");
	struct known k;
	struct diag diag;
	struct run run;
	struct results *w;

	CHECK(!known_parse(rows, "results/known/arm64.txt", &k, &diag), "%s", diag.msg);
	w = begin(dir, "arm64", &k, 0, false);
	add_death(w, "a/op/known", VERDICT_CRASH, "here");
	add(w, "a/op/fixed", "jit", VERDICT_PASS);
	add_death(w, "a/op/worse", VERDICT_CRASH, "other");
	add(w, "a/op/new", "jit", VERDICT_FAIL);
	add(w, "a/op/known", "interp", VERDICT_PASS);
	add_quirk(w, "a/op/quirk", VERDICT_XFAIL, "movsx_plain+loop_nr64");
	add_quirk(w, "a/op/second", VERDICT_FAIL, "movsx_plain");
	CHECK(results_close(w, true) == EXIT_FINDINGS, "findings");
	CHECK(!run_load(path, &run, &diag), "%s", diag.msg);
	CHECK(run.totals.fresh == 2 && run.totals.changed == 1 && run.totals.fixed == 1,
	      "new:%u changed:%u fixed:%u", run.totals.fresh, run.totals.changed, run.totals.fixed);
	CHECK(run.recs[0].verdict == VERDICT_XFAIL && run.recs[0].raw == VERDICT_CRASH, "known");
	CHECK(!strcmp(run.recs[0].known.row, "results/known/arm64.txt:1"), "%s",
	      run.recs[0].known.row);
	CHECK(run.recs[1].verdict == VERDICT_XPASS && run.recs[2].verdict == VERDICT_CRASH,
	      "fixed, worse");
	CHECK(run.recs[5].verdict == VERDICT_XFAIL && run.recs[5].raw == VERDICT_FAIL, "a quirk");
	CHECK(!strcmp(run.recs[5].known.row,
		      "results/known/arm64.txt:7, results/known/arm64.txt:8") &&
		      !strcmp(run.recs[5].known.reason, "plain; long"),
	      "%s %s", run.recs[5].known.row, run.recs[5].known.reason);
	CHECK(!run.recs[6].known.row && !strcmp(run.recs[6].quirks, "movsx_plain"),
	      "a second bug below a known one");
	CHECK(run.nunused == 1 && has(run.unused[0], "known/arm64.txt:4: a/op/gone"), "%u",
	      run.nunused);
	run_free(&run);

	/* a run whose only failures are known is green; a listed one that passes is not */
	w = begin(dir, "arm64", &k, 0, false);
	add_death(w, "a/op/known", VERDICT_CRASH, "here");
	add_quirk(w, "a/op/quirk", VERDICT_XFAIL, "movsx_plain");
	CHECK(results_close(w, true) == EXIT_OK, "nothing new");
	w = begin(dir, "arm64", &k, 0, false);
	add_quirk(w, "a/op/quirk", VERDICT_XPASS, "movsx_plain");
	CHECK(results_close(w, true) == EXIT_FINDINGS, "XPASS");
	known_free(&k);
	free(dir);
	free(path);
}

/* A row whose place begins like another's: "k.txt:1" and "k.txt:10". */
static void test_two_rows(void)
{
	static const char rows[] = "loop_nr64 jit * verifier-bug long | there\n\n\n\n\n\n\n\n\n"
				   "movsx_plain jit * jit-bug plain | here\n";
	struct run_info info = { .kernel = (char *)"7.3.4" };
	struct record r = make_record("a/op/both", "jit", VERDICT_XFAIL);
	struct known k;
	struct diag diag;

	CHECK(!known_parse(rows, "k.txt", &k, &diag), "%s", diag.msg);
	r.quirks = xstrdup("movsx_plain+loop_nr64");
	policy_apply(&k, &info, &r);
	CHECK(!strcmp(r.known.row, "k.txt:10, k.txt:1"), "%s", r.known.row);
	CHECK(k.rows[0].used == 1 && k.rows[1].used == 1, "both are used");
	record_free(&r);
	known_free(&k);
}

/* all.txt holds on every arch, behind the rows of the arch; the list of an arch may be missing. */
static void test_all(void)
{
	char *vax = scratch_path("vax.txt"), *all = scratch_path("all.txt");
	char *m68k = scratch_path("m68k.txt");
	static const char own[] = "a/b/c jit 7.3 REJECT EINVAL jit-bug own | here\n";
	static const char shared[] = "a/b/* * 7.3 REJECT EPERM verifier-bug shared | there\n";
	struct run_info info = { .kernel = "7.3.4", .full = true };
	struct diag diag;
	struct known k;
	char **unused;

	write_text(vax, own, strlen(own));
	write_text(all, shared, strlen(shared));
	CHECK(!known_load(vax, &k, &diag) && k.cnt == 2, "%s", diag.msg);
	CHECK(!strcmp(known_find(&k, "a/b/c", "jit", "7.3.4")->reason, "own"), "the arch's first");
	CHECK(!strcmp(known_find(&k, "a/b/c", "interp", "7.3.4")->path, all), "then all.txt's");
	CHECK(policy_unused(&k, &info, &unused) == 1, "an arch need not show what all.txt lists");
	free(unused[0]);
	free(unused);
	known_free(&k);
	CHECK(!known_load(m68k, &k, &diag) && k.cnt == 1, "%u", k.cnt);
	known_free(&k);
	CHECK(!known_load_alone(vax, &k, &diag) && k.cnt == 1, "%u", k.cnt);
	known_free(&k);
	write_text(all, "a/b\n", 4);
	CHECK(known_load(vax, &k, &diag) == -EINVAL && !strcmp(diag.file, all) && diag.line == 1,
	      "%s", diag.file);
	free(vax);
	free(all);
	free(m68k);
}

/* A list may take in that of another arch. */
static void test_twin(void)
{
	static const struct {
		const char *text;
		int line;
	} bad[] = {
		{ "as\n", 1 }, { "as x/y\n", 1 }, { "as pdp11\nas pdp11\n", 2 }, { "as pdp10\n", 0 }
	};
	static const char own[] = "as pdp11\na/b/c jit 7.3 REJECT EINVAL jit-bug own | here\n";
	static const char other[] = "a/b/* * 7.3 REJECT EPERM jit-bug other | there\n";
	char *vax = scratch_path("vax.txt"), *pdp = scratch_path("pdp11.txt");
	struct diag diag;
	struct known k;

	write_text(vax, own, strlen(own));
	write_text(pdp, other, strlen(other));
	CHECK(!known_load_alone(vax, &k, &diag) && k.cnt == 2, "%s", diag.msg);
	CHECK(!strcmp(known_find(&k, "a/b/c", "jit", "7.3.4")->reason, "own"), "its own first");
	CHECK(!strcmp(known_find(&k, "a/b/d", "jit", "7.3.4")->path, pdp), "then the other's");
	known_free(&k);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		write_text(vax, bad[i].text, strlen(bad[i].text));
		CHECK(known_load_alone(vax, &k, &diag) == -EINVAL && diag.line == bad[i].line,
		      "%s: line %d", bad[i].text, diag.line);
	}
	free(vax);
	free(pdp);
}

/* The files that are checked in. */
static void test_checked_in(void)
{
	static const char *const arches[] = { "all",	  "x86_64", "arm64", "riscv32", "s390x",
					      "m68k",	  "arm",    "i386",  "riscv64", "ppc64le",
					      "mips64el", "mipsel", "um" };

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
	{ "parse", test_parse },
	{ "malformed rows", test_malformed },
	{ "releases", test_releases },
	{ "find", test_find },
	{ "expected", test_expected },
	{ "hangs", test_hangs },
	{ "quirks", test_quirks },
	{ "some cases", test_spoiled },
	{ "rows in a run", test_run },
	{ "two rows", test_two_rows },
	{ "all.txt", test_all },
	{ "as ARCH", test_twin },
	{ "checked-in files", test_checked_in },
	{ "cleanup", test_cleanup },
};

TEST_MAIN(tests)
