// SPDX-License-Identifier: GPL-2.0
/* The report of a night: what is new, fixed, flaky, slower, and what a guest cannot put into it. */
#include "gen/families.h"
#include "history/digest.h"
#include "tests/unit/report.h"

static struct diag diag;
static const struct gen_family *const families[] = { &family_imm64 };

/* One night with a run of riscv32; its text, to be freed. */
struct made_night {
	const char *dir, *kernel;
	enum verdict verdict; /* of alu/sub64/r3_r4 on the JIT */
	const char *reason;   /* of it, or NULL */
	double seconds;	      /* for 100,000 checks */
	const char *trouble;
	bool written; /* CASES= selects no generated case */
};

static void add_results(struct history *h, const struct made_night *m, s64 night)
{
	struct run_info info = { .arch = "riscv32",
				 .kernel = (char *)m->kernel,
				 .version = "v1",
				 .planned = 2,
				 .full = true };
	struct history_unit unit = { .variant = "", .unit = "quick", .night = night };
	struct record r = make_record("alu/sub64/r3_r4", "jit", m->verdict);
	char *dir = scratch_path(m->dir), *path = xasprintf("%s/riscv32.stats", dir);
	char *stats = xasprintf("engine=all seconds=%.1f cases=2 checks=100000\n", m->seconds);
	struct results *w = results_open(dir, &info, NULL, false, &diag);
	u32 added;

	if (m->reason) {
		free(r.reason);
		r.reason = xstrdup(m->reason);
	}
	CHECK(w && !results_add(w, &r), "%s", diag.msg);
	record_free(&r);
	add(w, "alu/add64/r3_r4", "jit", VERDICT_PASS);
	results_close(w, true);
	write_text(path, stats, strlen(stats));
	CHECK(!history_add_run(h, dir, &unit, &added, &diag) && added == 1, "%s", diag.msg);
	free(stats);
	free(path);
	free(dir);
}

static char *night(struct history *h, const struct made_night *m, struct digest_totals *totals)
{
	struct rounds rounds;
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	s64 id;

	rounds_open(&rounds, families, !m->written);
	CHECK(!history_night_begin(h, m->dir, "host", 3600, &id, &diag), "%s", diag.msg);
	add_results(h, m, id);
	CHECK(!digest_write(f, h, &rounds, id, m->trouble ? m->trouble : "", totals, &diag), "%s",
	      diag.msg);
	fclose(f);
	CHECK(!history_night_end(h, id, NIGHT_ENDED, 0, &diag), "%s", diag.msg);
	rounds_close(&rounds);
	return text;
}

static struct history *open_db(const char *name)
{
	char *path = scratch_path(name);
	struct history *h;

	CHECK(!history_open(path, HISTORY_WRITE, &h, &diag), "%s", diag.msg);
	free(path);
	return h;
}

#define HAS(text, what)	  CHECK(has(text, what), "no '%s' in\n%s", what, text)
#define LACKS(text, what) CHECK(!has(text, what), "'%s' in\n%s", what, text)

static void test_nights(void)
{
	static const struct made_night nights[] = {
		{ "n1", "7.3.4", VERDICT_PASS, NULL, 10, NULL, false },
		{ "n2", "7.3.5", VERDICT_FAIL, NULL, 10, NULL, false },
		{ "n3", "7.3.6", VERDICT_FAIL, NULL, 40, "  arm64 quick: no results\n", false },
		{ "n4", "7.3.7", VERDICT_PASS, NULL, 10, NULL, false },
		{ "n5", "7.3.7", VERDICT_FAIL, NULL, 10, NULL, false },
	};
	struct history *h = open_db("nights.db");
	struct digest_totals t;
	char *text = night(h, &nights[0], &t);

	HAS(text, "the first night: all that fails is new");
	HAS(text,
	    "riscv32   7.3.4                      2      100000       10     0       0     0");
	HAS(text, "riscv32 round 1: 0.0 %");
	LACKS(text, "New failures");
	CHECK(!t.failing, "%u", t.failing);
	free(text);

	text = night(h, &nights[1], &t);
	HAS(text, ": 1 new, 0 changed, 0 fixed, 0 flaky, 1 failing in all\n");
	HAS(text, "compared with the night of ");
	HAS(text, "\nNew failures:\n  riscv32 jit  alu/sub64/r3_r4.211  FAIL, was PASS  (7.3.5)\n"
		  "      cases/alu/sdiv.case:41: r3 s/= r4   r3=0x8000000000000000 r4=-1\n"
		  "      r3     : expected 8000000000000000   jit 7fffffffffffffff\n");
	HAS(text, "\n      make repro ARCH=riscv32 ID=alu/sub64/r3_r4.211\n");
	CHECK(t.failing == 1 && t.kinds[HISTORY_NEW] == 1, "%u", t.failing);
	free(text);

	/* the same failure is no news */
	text = night(h, &nights[2], &t);
	HAS(text, ": 0 new, 0 changed, 0 fixed, 0 flaky, 1 failing in all\n");
	HAS(text, "\nSlower than usual:\n  riscv32  2500 checks/s, usually 10000\n");
	HAS(text, "\nWithout results:\n  arm64 quick: no results\n");
	free(text);

	text = night(h, &nights[3], &t);
	HAS(text, "\nFixed:\n  riscv32 jit  alu/sub64/r3_r4  PASS, was FAIL  (7.3.7)\n");
	LACKS(text, "Slower");
	free(text);

	text = night(h, &nights[4], &t);
	HAS(text, ": 0 new, 0 changed, 0 fixed, 1 flaky, 1 failing in all\n");
	HAS(text,
	    "\nFlaky: the verdict changed, and nothing else:\n  riscv32 jit  alu/sub64/r3_r4");
	free(text);
	history_close(h);
}

/* A bug that many cases show on several engines is one finding. */
static void test_folded(void)
{
	static const char *const ids[] = { "alu/sub64/r3_r4", "alu/sub64/r3_r5", "alu/sub64/r4_r5",
					   "alu/add64/r3_r4" };
	static const char *const engines[] = { "interp", "jit" };
	struct history *h = open_db("folded.db");
	struct digest_totals t;
	char *text;

	for (int failing = 0; failing < 2; failing++) {
		char *dir = scratch_path(failing ? "f2" : "f1");
		struct run_info info = { .arch = "riscv32",
					 .kernel = failing ? "7.3.5" : "7.3.4",
					 .version = "v1",
					 .planned = 8,
					 .full = true };
		struct history_unit unit = { .variant = "", .unit = "quick" };
		struct results *w = results_open(dir, &info, NULL, false, &diag);
		struct rounds rounds;
		size_t len;
		FILE *f;
		u32 added;

		CHECK(!history_night_begin(h, dir, "host", 3600, &unit.night, &diag), "%s",
		      diag.msg);
		for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
			for (size_t e = 0; e < ARRAY_SIZE(engines); e++)
				add(w, ids[i], engines[e],
				    failing && i < 3 ? VERDICT_FAIL : VERDICT_PASS);
		results_close(w, true);
		CHECK(!history_add_run(h, dir, &unit, &added, &diag), "%s", diag.msg);
		f = open_memstream(&text, &len);
		rounds_open(&rounds, families, 0);
		CHECK(!digest_write(f, h, &rounds, unit.night, "", &t, &diag), "%s", diag.msg);
		fclose(f);
		history_night_end(h, unit.night, NIGHT_ENDED, 0, &diag);
		rounds_close(&rounds);
		if (!failing)
			free(text);
		free(dir);
	}
	HAS(text, ": 1 new, 0 changed, 0 fixed, 0 flaky, 1 failing in all\n");
	HAS(text, "\n  riscv32 interp jit  alu/sub64/r3_r4.211  FAIL, was PASS  (7.3.5)\n");
	HAS(text, "\n      and 5 more verdicts of alu/sub64\n");
	LACKS(text, "r3_r5");
	free(text);
	history_close(h);
}

static void test_written(void)
{
	static const struct made_night written = { .dir = "w1",
						   .kernel = "7.3.4",
						   .verdict = VERDICT_PASS,
						   .seconds = 1,
						   .written = true };
	struct history *h = open_db("written.db");
	struct digest_totals t;
	char *text = night(h, &written, &t);

	HAS(text, "riscv32   7.3.4");
	LACKS(text, "Enumeration");
	free(text);
	history_close(h);
}

/* Words of a guest stay one indented line, and move no cursor. */
static void test_hostile(void)
{
	static const struct made_night hostile = {
		"h1",
		"7.3.4\nBcc: everybody",
		VERDICT_REJECT,
		"bad\nSubject: owned\r\n.\n\033[2J\033]0;title\007 <script>",
		10,
		NULL,
		false
	};
	struct history *h = open_db("hostile.db");
	struct digest_totals t;
	char *text = night(h, &hostile, &t);

	HAS(text, "New failures");
	LACKS(text, "\nSubject");
	LACKS(text, "\nBcc");
	LACKS(text, "\n.\n");
	LACKS(text, "\r");
	LACKS(text, "\033");
	LACKS(text, "\007");
	free(text);
	history_close(h);
}

static void test_cleanup(void)
{
	scratch_remove();
	CHECK(access(scratch_dir(), F_OK), "%s is still there", scratch_dir());
}

static const struct test tests[] = {
	{ "nights", test_nights },
	{ "folded", test_folded },
	{ "written cases only", test_written },
	{ "a hostile guest", test_hostile },
	{ "cleanup", test_cleanup },
};

TEST_MAIN(tests)
