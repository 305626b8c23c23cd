// SPDX-License-Identifier: GPL-2.0
/* Runs of parts merge to the run of the whole, byte for byte, whatever the parts are. */
#include <errno.h>
#include <string.h>
#include "lib/rand.h"
#include "report/merge.h"
#include "tests/unit/report.h"

#define OPERATIONS 40
#define CASES	   7

static char *engines_of_run[] = { "interp", "jit", "raw_jit" };

/* A part: shard @shard of @nshards (0: all), on engines @first to @end - 1. */
struct part {
	u32 shard, nshards, first, end;
};

static bool mine(const struct part *p, u64 key)
{
	return !p->nshards || key % p->nshards == p->shard;
}

static enum verdict verdict_of(u32 op, u32 n, u32 engine)
{
	u64 dice = rand_mix(op * 1000 + n * 10 + engine) % 100;

	return dice < 90   ? VERDICT_PASS
	       : dice < 95 ? VERDICT_SKIP
	       : dice < 98 ? VERDICT_FALLBACK
			   : VERDICT_FAIL;
}

/* Written cases: an operation belongs to one part. */
static void add_written(struct results *w, const struct part *p, u32 e)
{
	for (u32 op = 0; op < OPERATIONS; op++)
		for (u32 n = 0; n < CASES && mine(p, rand_mix(op)); n++) {
			char *id = xasprintf("alu/op%u/r%u", op, n);

			add(w, id, engines_of_run[e], verdict_of(op, n, e));
			free(id);
		}
}

/* Generated cases: each part has some of every operation, and numbers its reasons for itself. */
static void add_generated(struct results *w, const struct part *p, u32 e)
{
	static const char *const reasons[] = { NULL, "no JIT", "needs gotol" };

	for (u32 op = 0; op < OPERATIONS; op++) {
		u32 cases[3] = {}, order[3], nr = 0;

		for (u32 n = 0; n < 50; n++) {
			u32 why = rand_mix(op * 77 + n) % 3;

			if (!mine(p, n))
				continue;
			if (!cases[why])
				order[nr++] = why;
			cases[why]++;
		}
		for (u32 i = 0, skips = 0; i < nr; i++) {
			bool pass = !reasons[order[i]];
			char *id = pass	     ? xasprintf("gen/f/op%u/*", op)
				   : skips++ ? xasprintf("gen/f/op%u/*skip2", op)
					     : xasprintf("gen/f/op%u/*skip", op);
			struct record r;

			record_init(&r, id, engines_of_run[e], pass ? VERDICT_PASS : VERDICT_SKIP);
			r.cases = cases[order[i]];
			r.vectors = 3 * r.cases;
			r.reason = pass ? NULL : xstrdup(reasons[order[i]]);
			CHECK(!results_add(w, &r), "%s", id);
			record_free(&r);
			free(id);
		}
	}
}

static u32 written_of(const struct part *p)
{
	u32 n = 0;

	for (u32 op = 0; op < OPERATIONS; op++)
		n += CASES * mine(p, rand_mix(op));
	return n;
}

static u32 generated_of(const struct part *p)
{
	u32 n = 0;

	for (u32 i = 0; i < 50; i++)
		n += OPERATIONS * mine(p, i);
	return n;
}

/* Run @p into directory @name, which the caller frees. */
static char *make_part(const char *name, const struct part *p, const char *kernel)
{
	char *sweep =
		p->nshards ? xasprintf("SWEEP=quick SEED=0 SHARD=%u/%u", p->shard + 1, p->nshards)
			   : xstrdup("SWEEP=quick SEED=0");
	struct run_info info = { .arch = "arm64",
				 .kernel = (char *)kernel,
				 .version = "v1",
				 .start = "2026-11-01T02:00:00Z",
				 .config_hash = "c0ffee",
				 .sweep = sweep,
				 .engines = engines_of_run + p->first,
				 .nengines = p->end - p->first,
				 .full = true };
	char *dir = scratch_path(name);
	struct results *w;
	struct diag diag;

	info.planned = info.nengines * (1 + written_of(p) + generated_of(p));
	w = results_open(dir, &info, NULL, false, &diag);
	CHECK(w, "%s", diag.msg);
	for (u32 e = p->first; e < p->end; e++) {
		add(w, "frame/null/one", engines_of_run[e], VERDICT_PASS);
		add_written(w, p, e);
		add_generated(w, p, e);
	}
	results_close(w, true);
	free(sweep);
	return dir;
}

static int cmp(const void *a, const void *b)
{
	return parts_cmp(*(struct run *const *)a, *(struct run *const *)b);
}

/* The merged run of @n parts, written into @out. */
static void merge(const struct part *parts, u32 n, const char *out)
{
	struct run runs[16], *list[16];
	struct merge_gap gap;
	struct diag diag;

	for (u32 i = 0; i < n; i++) {
		char *name = xasprintf("part%u", i), *dir = make_part(name, &parts[i], "7.3"),
		     *path = xasprintf("%s/arm64.jsonl", dir);

		CHECK(!run_load(path, &runs[i], &diag), "%s", diag.msg);
		list[i] = &runs[i];
		free(path);
		free(dir);
		free(name);
	}
	qsort(list, n, sizeof(*list), cmp);
	CHECK(parts_whole((const struct run *const *)list, n, &gap), "%s lacks %u/%u", gap.engine,
	      gap.shard, gap.nshards);
	for (u32 i = 1; i < n; i++)
		CHECK(!run_merge(list[0], list[i], &diag), "%s", diag.msg);
	run_whole_sweep(list[0]);
	run_canonical(list[0]);
	CHECK(!list[0]->partial, "partial");
	CHECK(!make_dirs(out) && !run_write(out, list[0]), "write");
	for (u32 i = 0; i < n; i++)
		run_free(&runs[i]);
}

static void test_same(void)
{
	static const struct {
		struct part parts[8];
		u32 n;
	} rows[] = {
		{ { { 0, 1, 0, 3 } }, 1 },
		{ { { 1, 2, 0, 3 }, { 0, 2, 0, 3 } }, 2 },
		{ { { 2, 5, 0, 3 },
		    { 0, 5, 0, 3 },
		    { 4, 5, 0, 3 },
		    { 1, 5, 0, 3 },
		    { 3, 5, 0, 3 } },
		  5 },
		/* by engines, and by both */
		{ { { 0, 0, 2, 3 }, { 0, 0, 0, 2 } }, 2 },
		{ { { 1, 2, 0, 1 }, { 0, 2, 1, 3 }, { 1, 2, 1, 3 }, { 0, 2, 0, 1 } }, 4 },
		{ { { 0, 0, 0, 1 }, { 0, 3, 1, 3 }, { 2, 3, 1, 3 }, { 1, 3, 1, 3 } }, 4 },
	};
	static const struct part all = { 0, 0, 0, 3 };
	char *dir = scratch_path("whole"), *path = scratch_path("whole/arm64.jsonl"), *want;

	merge(&all, 1, dir);
	want = read_file(path, NULL);

	CHECK(want && has(want, "*skip2"), "reasons are numbered");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *out = scratch_path("merged"), *file = scratch_path("merged/arm64.jsonl"),
		     *got;

		merge(rows[i].parts, rows[i].n, out);
		got = read_file(file, NULL);
		CHECK(got && !strcmp(want, got), "row %zu differs", i);
		free(got);
		free(file);
		free(out);
	}
	free(want);
	free(path);
	free(dir);
}

static struct run load_part(const char *name, const struct part *p, const char *kernel)
{
	char *dir = make_part(name, p, kernel), *path = xasprintf("%s/arm64.jsonl", dir);
	struct diag diag;
	struct run run;

	CHECK(!run_load(path, &run, &diag), "%s", diag.msg);
	free(path);
	free(dir);
	return run;
}

static void test_misfits(void)
{
	struct run a = load_part("a", &(struct part){ 0, 3, 0, 3 }, "7.3"),
		   b = load_part("b", &(struct part){ 1, 3, 0, 2 }, "7.4"),
		   c = load_part("c", &(struct part){ 0, 3, 1, 2 }, "7.3");
	const struct run *parts[] = { &a, &b };
	struct merge_gap gap;
	struct diag diag;

	CHECK(run_merge(&a, &b, &diag) == -EINVAL && has(diag.msg, "another kernel: 7.4"), "%s",
	      diag.msg);
	CHECK(parts_overlap(&a, &c) && !parts_overlap(&a, &b), "overlap");
	CHECK(!parts_whole(parts, 2, &gap) && gap.shard == 3 && gap.nshards == 3 &&
		      !strcmp(gap.engine, "interp"),
	      "%s %u/%u", gap.engine, gap.shard, gap.nshards);
	run_free(&a);
	run_free(&b);
	run_free(&c);
}

static void test_cleanup(void)
{
	scratch_remove();
	CHECK(access(scratch_dir(), F_OK), "%s is still there", scratch_dir());
}

static const struct test tests[] = {
	{ "parts merge to the whole", test_same },
	{ "parts that do not fit", test_misfits },
	{ "cleanup", test_cleanup },
};

TEST_MAIN(tests)
