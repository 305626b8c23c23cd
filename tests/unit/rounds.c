// SPDX-License-Identifier: GPL-2.0
/* The enumeration from night to night: every part once a round, whatever a family costs. */
#include "gen/families.h"
#include "gen/version.h"
#include "history/rounds.h"
#include "tests/unit/report.h"

static struct diag diag;

static const struct gen_family *const families[] = { &family_alu_k, &family_unary, &family_imm64,
						     &family_jmp_same };

static struct history *open_db(const char *name)
{
	char *path = scratch_path(name);
	struct history *h;

	CHECK(!history_open(path, HISTORY_WRITE, &h, &diag), "%s", diag.msg);
	free(path);
	return h;
}

/* Add a run of @part that took @seconds; partial, if it is not @whole. */
static void add_part(struct history *h, const struct round_part *part, double seconds, bool whole)
{
	static u32 nr;
	char *name = xasprintf("run%u", nr++), *dir = scratch_path(name),
	     *stats = xasprintf("%s/arm64.stats", dir),
	     *text = xasprintf("engine=all seconds=%.1f cases=1 checks=9\n", seconds);
	struct results *w = begin(dir, "arm64", NULL, whole ? 1 : 9, false);
	struct history_unit unit = { .variant = "",
				     .unit = "part",
				     .family = part->family->name,
				     .version = part->cursor.version,
				     .shard = part->cursor.next,
				     .nshards = part->cursor.nshards };
	u32 added;

	add(w, "alu/sub64/r3_r4", "jit", VERDICT_PASS);
	results_close(w, true);
	write_text(stats, text, strlen(text));
	CHECK(!history_add_run(h, dir, &unit, &added, &diag) && added, "%s", diag.msg);
	free(text);
	free(stats);
	free(dir);
	free(name);
}

static int next(const struct rounds *r, struct history *h, double seconds, struct round_part *part)
{
	int ret = rounds_next(r, h, "arm64", "", seconds, 60, part, &diag);

	CHECK(ret >= 0, "%s", diag.msg);
	return ret;
}

static u32 index_of(const struct gen_family *f)
{
	u32 i = 0;

	while (families[i] != f)
		i++;
	return i;
}

/* Each part of each family comes once in a round, in order. */
static void test_round(void)
{
	struct history *h = open_db("round.db");
	u32 seen[ARRAY_SIZE(families)] = {}, parts[ARRAY_SIZE(families)] = {}, n = 0;
	struct round_progress p;
	struct round_part part;
	struct rounds r;
	double last = 0;

	rounds_open(&r, families, ARRAY_SIZE(families));
	while (next(&r, h, 1e9, &part) && part.cursor.round == 1 && n++ < 1000) {
		u32 i = index_of(part.family);

		CHECK(part.cursor.next == ++seen[i], "%s: part %u", part.family->name,
		      part.cursor.next);
		parts[i] = part.cursor.nshards;
		add_part(h, &part, 20, true);
		CHECK(!rounds_progress(&r, h, "arm64", "", &p, &diag), "%s", diag.msg);
		CHECK(p.share >= last || p.round == 2, "%f after %f", p.share, last);
		last = p.share;
	}
	for (u32 i = 0; i < ARRAY_SIZE(families); i++)
		CHECK(seen[i] && seen[i] == parts[i], "%s: %u of %u", families[i]->name, seen[i],
		      parts[i]);
	CHECK(n < 1000 && part.cursor.round == 2, "%u parts", n);
	CHECK(!rounds_progress(&r, h, "arm64", "", &p, &diag) && p.round == 2, "round %u", p.round);
	rounds_close(&r);
	history_close(h);
}

/* A family that takes a hundred times as long gets one part while others get all of theirs. */
static void test_fair(void)
{
	struct history *h = open_db("fair.db");
	u32 slow = 0, others = 0;
	struct round_part part;
	struct rounds r;

	rounds_open(&r, families, ARRAY_SIZE(families));
	for (int i = 0; i < 12 && next(&r, h, 1e9, &part); i++) {
		bool is_slow = part.family == families[0];

		add_part(h, &part, is_slow ? 1000 : 10, true);
		if (part.cursor.round == 1 && is_slow)
			slow++;
		else
			others++;
	}
	CHECK(slow >= 1 && slow <= 2 && others >= 3, "%u parts of the slow one, %u of others", slow,
	      others);
	rounds_close(&r);
	history_close(h);
}

/* What gives no results is tried again, then left out, and does not stop the others. */
static void test_failing(void)
{
	struct history *h = open_db("failing.db");
	struct round_progress p;
	struct round_part part;
	struct rounds r;
	u32 done = 0;

	rounds_open(&r, families, ARRAY_SIZE(families));
	for (int i = 0; i < 200 && next(&r, h, 1e9, &part) && part.cursor.round == 1; i++) {
		if (part.family != families[1]) {
			add_part(h, &part, 10, true);
			done++;
			continue;
		}
		CHECK(!history_cursor_failed(h, &part.cursor, part.cursor.failed, &diag), "%s",
		      diag.msg);
	}
	CHECK(done >= 3 && part.cursor.round == 2, "%u parts, round %u", done, part.cursor.round);
	CHECK(!rounds_progress(&r, h, "arm64", "", &p, &diag), "%s", diag.msg);
	rounds_close(&r);
	history_close(h);
}

/* A part that is too long for what is left is not begun; a killed one comes again. */
static void test_time(void)
{
	struct history *h = open_db("time.db");
	struct round_part part, again;
	struct rounds r;

	rounds_open(&r, families, ARRAY_SIZE(families));
	CHECK(!next(&r, h, 1, &part), "a part within a second");
	CHECK(next(&r, h, 1e9, &part) && next(&r, h, 1e9, &again), "none");
	CHECK(part.family == again.family && part.cursor.next == again.cursor.next, "%s, %s",
	      part.family->name, again.family->name);
	/* one that was cut short tells how long it takes, and is cut into more pieces */
	add_part(h, &part, 5000, false);
	CHECK(next(&r, h, 1e9, &again) && again.family == part.family, "%s", again.family->name);
	CHECK(again.cursor.nshards > part.cursor.nshards && again.cursor.next == 1, "%u, %u",
	      again.cursor.nshards, part.cursor.nshards);
	rounds_close(&r);
	history_close(h);
}

/* Another generator begins the family again, and leaves the others where they are. */
static void test_version(void)
{
	struct history *h = open_db("version.db");
	struct round_part part;
	struct rounds r;
	u64 before;

	rounds_open(&r, families, ARRAY_SIZE(families));
	while (next(&r, h, 1e9, &part) && part.cursor.round == 1)
		add_part(h, &part, 10, true);
	before = r.versions[2];
	r.versions[2] ^= 1;
	CHECK(next(&r, h, 1e9, &part), "none");
	CHECK(part.cursor.next == 1, "part %u", part.cursor.next);
	for (int i = 0; i < 100 && part.family != families[2]; i++) {
		add_part(h, &part, 10, true);
		next(&r, h, 1e9, &part);
	}
	CHECK(part.family == families[2] && part.cursor.version != before, "%s", part.family->name);
	CHECK(gen_version(families[2]) == before, "another version each time");
	CHECK(gen_version(families[1]) != gen_version(families[2]), "the same version");
	rounds_close(&r);
	history_close(h);
}

static void test_cleanup(void)
{
	scratch_remove();
	CHECK(access(scratch_dir(), F_OK), "%s is still there", scratch_dir());
}

static const struct test tests[] = {
	{ "a round", test_round }, { "slow families", test_fair }, { "no results", test_failing },
	{ "time", test_time },	   { "versions", test_version },   { "cleanup", test_cleanup },
};

TEST_MAIN(tests)
