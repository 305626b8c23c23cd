// SPDX-License-Identifier: GPL-2.0
/* What is selected, in which batches, and what the model says of it. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/util.h"
#include "campaign/plan.h"
#include "campaign/reach.h"
#include "tests/test.h"

static char top[] = "/tmp/checkjit-plan.XXXXXX";
static char dir[64]; /* top/cases */

static void write_case(const char *text)
{
	char *family = xasprintf("%s/alu", dir), *path = xasprintf("%s/a.case", family);
	FILE *f;

	mkdir(family, 0777);
	f = fopen(path, "w");
	CHECK(f && fputs(text, f) >= 0, "%s", path);
	if (f)
		fclose(f);
	free(path);
	free(family);
}

static const char two[] = "case neg\n\tsweep D in 0..9\n\tprog\n\t\tr{D} = -r{D}\n\tend\n\tvec "
			  "r{D}=5\n\tvec r{D}=-1\n\tvec r{D}=7\n"
			  "case sub\n\talone\n\tsweep D in 1..3\n\tprog\n\t\tr{D} -= 1\n\tend\n";

static int load(struct plan *p, struct diag *diag, const char *a, const char *b, u32 max)
{
	const char *patterns[] = { a, b };
	struct plan_select sel = {
		.dir = dir, .patterns = patterns, .npatterns = !!a + !!b, .max_batch = max
	};

	return plan_load(&sel, p, diag);
}

static void test_select(void)
{
	static const struct {
		const char *a, *b;
		u32 cnt, first_vec, nr_vecs; /* of the first */
	} rows[] = {
		{ NULL, NULL, 13, 0, 3 },
		{ "alu/neg", NULL, 10, 0, 3 },
		{ "alu/*", NULL, 13, 0, 3 },
		{ "alu/neg/4", NULL, 1, 0, 3 },
		{ "alu/neg/4.2", NULL, 1, 2, 1 },
		{ "alu/neg/4.2", "alu/sub/1", 2, 2, 1 },
		{ "alu/neg/4.2", "alu/neg/4.0", 1, 0, 3 },
		{ "alu/neg/4.2", "alu/neg/4", 1, 0, 3 },
		{ "alu/neg/4.1", "alu/neg/4.1", 1, 1, 1 },
	};

	write_case(two);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct diag diag = {};
		struct plan p;

		if (load(&p, &diag, rows[i].a, rows[i].b, 4)) {
			CHECK(false, "row %zu: %s", i, diag.msg);
			continue;
		}
		CHECK(p.cnt == rows[i].cnt, "row %zu: %u", i, p.cnt);
		CHECK(p.entries[0].p.first_vec == rows[i].first_vec &&
			      p.entries[0].p.nr_vecs == rows[i].nr_vecs,
		      "row %zu: %u, %u", i, p.entries[0].p.first_vec, p.entries[0].p.nr_vecs);
		plan_free(&p);
	}
}

/*
 * A quick run loads a part of large operations, and of those that the raw engines run, half of it.
 * Cases of one reach come together.
 */
static void test_quick(void)
{
	static const char text[] =
		"case neg\n\tsweep D in 0..9\n\tsweep S in 0..9\n\tprog\n\t\tr{D} ^= "
		"r{S}\n\tend\n\tvec r{D}=5\n"
		"case few\n\tsweep D in 0..6\n\tprog\n\t\tr{D} = -r{D}\n\tend\n\tvec r1=1\n"
		"case calls\n\tsweep D in 0..9\n\tsweep S in 0..9\n\tprog\n\t\tr{D} ^= r{S}\n"
		"\t\tcall f\n\tfunc f args 0:\n\t\tr0 = 0\n\t\texit\n\tend\n\tvec r6=1\n";
	struct plan_select sel = { .dir = dir, .sample = true, .quick = true, .max_batch = 64 };
	struct diag diag = {};
	u32 changes = 0, raw = 0, alone = 0, none = 0;
	struct plan p;

	write_case(text);
	if (plan_load(&sel, &p, &diag)) {
		CHECK(false, "%s", diag.msg);
		return;
	}
	for (u32 i = 0; i < p.cnt; i++) {
		const struct bpf_case *c = p.entries[i].p.c;
		u32 reach = p.entries[i].reach;

		CHECK(reach >= 15 || strncmp(c->id, "alu/few/", 8), "%s is run in part", c->id);
		CHECK(!strncmp(c->id, "alu/neg/", 8) || !(reach & REACH_IF_RAW) ||
			      reach == REACH_ALL,
		      "%s runs on raw engines", c->id);
		none += reach == (REACH_RAW | REACH_IF_RAW);
		raw += reach & REACH_IF_RAW && reach != REACH_ALL;
		alone += reach && reach < REACH_IF_RAW;
		changes += i && !strcmp(c->group, p.entries[i - 1].p.c->group) &&
			   reach != p.entries[i - 1].reach;
	}
	CHECK(p.cnt == 207 && raw > 80 && none > 40 && none < 60 && alone > 80, "%u, %u, %u, %u",
	      p.cnt, raw, none, alone);
	CHECK(changes <= 8, "%u changes of reach", changes);
	plan_free(&p);
	write_case(two);
}

static void test_nothing(void)
{
	static const char *const bad[] = { "alu/nothing",  "alu/neg/4.3", "alu/neg/4.x",
					   "alu/neg/4.-1", "neg",	  "" };
	struct diag diag;
	struct plan p;

	write_case(two);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		memset(&diag, 0, sizeof(diag));
		CHECK(load(&p, &diag, "alu/sub", bad[i], 4) == -EINVAL &&
			      strstr(diag.msg, "no case matches"),
		      "'%s': %s", bad[i], diag.msg);
	}
	write_case("case x\n\tprog\n\t\tr1 = \n\tend\n");
	CHECK(load(&p, &diag, NULL, NULL, 4) == -EINVAL && diag.line == 3 && diag.col, "%d:%d",
	      diag.line, diag.col);
}

/* Every member is run exactly once, no batch is too large, and who wants to be alone is. */
static void test_batches(void)
{
	write_case(two);
	for (u32 max = 1; max <= 16; max *= 4) {
		struct diag diag = {};
		u32 seen[13] = {};
		struct plan p;

		if (load(&p, &diag, NULL, NULL, max)) {
			CHECK(false, "%s", diag.msg);
			return;
		}
		for (u32 b = 0; b < p.nbatches; b++) {
			CHECK(p.batches[b].cnt && p.batches[b].cnt <= max, "batch %u: %u", b,
			      p.batches[b].cnt);
			for (u32 i = p.batches[b].first; i < p.batches[b].first + p.batches[b].cnt;
			     i++) {
				u32 cnt;
				struct plan_entry **lanes = entry_lanes(&p.units[i], &cnt);

				CHECK(!lanes[0]->p.c->alone || (cnt == 1 && p.batches[b].cnt == 1),
				      "%s has company", lanes[0]->p.c->id);
				for (u32 k = 0; k < cnt; k++)
					seen[lanes[k] - p.entries]++;
			}
		}
		for (u32 i = 0; i < p.cnt; i++)
			CHECK(seen[i] == 1, "%s: %u times", p.entries[i].p.c->id, seen[i]);
		plan_free(&p);
	}
}

static void test_fault(void)
{
	struct diag diag = {};
	struct plan p;

	write_case("case x\n\tprog\n\t\tr3 = 7\n\tend\n\tvec r1=1 -> r3=8\ncase y\n\tprog\n\t\tr3 "
		   "= 7\n\tend\n\tvec r1=1 -> r3=7\n");
	if (load(&p, &diag, NULL, NULL, 4)) {
		CHECK(false, "%s", diag.msg);
		return;
	}
	predict_first(&p.entries[0].p, ORDER_LE, 64);
	predict_first(&p.entries[1].p, ORDER_LE, 64);
	CHECK(p.entries[0].p.fault && strstr(p.entries[0].p.fault, "a.case:5: model: "), "%s",
	      p.entries[0].p.fault);
	CHECK(!p.entries[1].p.fault, "%s", p.entries[1].p.fault);
	plan_free(&p);
}

/* Whatever shares a program or a wrapper, each case of a sweep is in one unit. */
static void test_sweep(void)
{
	static const char *const patterns[] = { "gen/dist_chain/*/[23]_4_*", "gen/unary" };
	struct sweep s;
	struct plan p;
	u32 cases = 0, in_batches = 0;

	CHECK(!sweep_open(&s, &(struct sweep_conf){ .patterns = patterns, .npatterns = 2 }),
	      "a sweep");
	while (sweep_family(&s)) {
		while (plan_sweep(&s, 0, 16, true, &p)) {
			for (u32 b = 0; b < p.nbatches; b++) {
				for (u32 u = p.batches[b].first;
				     u < p.batches[b].first + p.batches[b].cnt; u++) {
					struct plan_entry *m = p.units[u], **lanes;
					u32 n;

					lanes = entry_lanes(&m, &n);
					CHECK(lanes[0]->place < p.cnt, "a member");
					in_batches += n;
				}
			}
			cases += p.cnt;
			plan_free(&p);
		}
	}
	CHECK(cases == 360 + 110 && in_batches == cases, "%u of %u", in_batches, cases);
}

static void test_cleanup(void)
{
	char *command = xasprintf("rm -r %s", top);

	CHECK(!system(command), "%s", command);
	free(command);
}

static const struct test tests[] = {
	{ "selection", test_select },
	{ "selections of nothing", test_nothing },
	{ "a quick run", test_quick },
	{ "batches", test_batches },
	{ "a literal that is wrong", test_fault },
	{ "sweeps", test_sweep },
	{ "the directory goes away", test_cleanup },
};

int main(void)
{
	if (!mkdtemp(top))
		return 3;
	snprintf(dir, sizeof(dir), "%s/cases", top);
	mkdir(dir, 0777);
	return test_main(tests, ARRAY_SIZE(tests));
}
