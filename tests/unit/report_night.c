// SPDX-License-Identifier: GPL-2.0
/* A night as one run: units of an arch together, a variant apart, nothing counted away. */
#include <errno.h>
#include "report/night.h"
#include "tests/unit/report.h"

static struct diag diag;

struct row {
	const char *id, *engine;
	enum verdict verdict;
	u32 cases;
};

static void make_unit(const char *name, const char *arch, const struct row *rows, u32 n)
{
	char *path = xasprintf("night/%s", name), *dir = scratch_path(path);
	struct results *w = begin(dir, arch, NULL, n, false);

	for (u32 i = 0; i < n; i++) {
		struct record r = make_record(rows[i].id, rows[i].engine, rows[i].verdict);

		r.cases = rows[i].cases;
		CHECK(!results_add(w, &r), "%s", rows[i].id);
		record_free(&r);
	}
	results_close(w, true);
	free(dir);
	free(path);
}

#define UNIT(name, arch, ...)                                      \
	make_unit(name, arch, (const struct row[]){ __VA_ARGS__ }, \
		  sizeof((const struct row[]){ __VA_ARGS__ }) / sizeof(struct row))

static const struct record *record_of(const struct run_set *set, const char *arch, const char *id)
{
	u32 n;
	struct record **r = run_set_find(set, id, &n);

	for (u32 i = 0; i < n; i++)
		if (!strcmp(r[i]->arch, arch))
			return r[i];
	CHECK(false, "no %s on %s", id, arch);
	return NULL;
}

static void test_night(void)
{
	char *dir = scratch_path("night");
	const struct record *r;
	struct run_set set;
	char *arch;

	UNIT("quick", "um", { "alu/neg64/r3", "interp", VERDICT_FAIL, 0 },
	     { "alu/neg64/r4", "interp", VERDICT_PASS, 0 },
	     { "gen/unary/neg64/*", "interp", VERDICT_PASS, 10 });
	UNIT("quick", "m68k", { "alu/neg64/r3", "interp", VERDICT_PASS, 0 });
	UNIT("retest", "um", { "alu/neg64/r3", "interp", VERDICT_PASS, 0 },
	     { "alu/neg64/r4", "interp", VERDICT_REJECT, 0 });
	UNIT("round1-unary.1-2", "um", { "gen/unary/neg64/*", "interp", VERDICT_PASS, 7 });
	UNIT("BTF=1", "um", { "alu/neg64/r3", "interp", VERDICT_PASS, 0 });
	make_dirs(dir);

	CHECK(is_night(dir), "not a night");
	CHECK(!night_load(dir, &set, &diag), "%s", diag.msg);
	CHECK(set.cnt == 3, "%u runs", set.cnt);
	CHECK(!strcmp(set.runs[0].info.arch, "m68k") && !strcmp(set.runs[1].info.arch, "um") &&
		      !strcmp(set.runs[2].info.arch, "um/BTF=1"),
	      "%s %s %s", set.runs[0].info.arch, set.runs[1].info.arch, set.runs[2].info.arch);
	/* a failure stays, whether it came first or last */
	r = record_of(&set, "um", "alu/neg64/r3");
	CHECK(r && r->verdict == VERDICT_FAIL && r->vector == 211, "lost a failure");
	CHECK(r && has(r->rerun, "ARCH=um "), "%s", r ? r->rerun : "");
	r = record_of(&set, "um", "alu/neg64/r4");
	CHECK(r && r->verdict == VERDICT_REJECT, "lost a failure");
	r = record_of(&set, "um", "gen/unary/neg64/*");
	CHECK(r && r->cases == 17 && r->vectors == 800, "%u", r ? r->cases : 0);
	CHECK(set.runs[1].cnt == 3 && set.runs[1].totals.count[VERDICT_PASS] == 17 &&
		      set.runs[1].totals.count[VERDICT_FAIL] == 1,
	      "%u", set.runs[1].totals.count[VERDICT_PASS]);
	/* a variant is not the default */
	r = record_of(&set, "um/BTF=1", "alu/neg64/r3");
	CHECK(r && r->verdict == VERDICT_PASS, "joined with another kernel");
	CHECK(!strcmp(night_variant(set.runs[2].info.arch, &arch), "BTF=1") && !strcmp(arch, "um"),
	      "%s", arch);
	free(arch);
	run_set_free(&set);
	free(dir);
}

static void test_no_night(void)
{
	char *run = scratch_path("night/quick"), *none = scratch_path("none");
	struct run_set set;

	CHECK(!is_night(run) && !is_night(none), "a night");
	make_dirs(none);
	CHECK(!is_night(none), "a night");
	CHECK(night_load(none, &set, &diag) == -ENOENT && has(diag.msg, "no results in it"), "%s",
	      diag.msg);
	free(run);
	free(none);
}

static void test_cleanup(void)
{
	scratch_remove();
	CHECK(access(scratch_dir(), F_OK), "%s is still there", scratch_dir());
}

static const struct test tests[] = {
	{ "night", test_night },
	{ "no night", test_no_night },
	{ "cleanup", test_cleanup },
};

TEST_MAIN(tests)
