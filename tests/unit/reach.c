// SPDX-License-Identifier: GPL-2.0
/* Which engines the quick sweep gives a generated case. */
#include "campaign/reach.h"
#include "lib/util.h"
#include "tests/test.h"

static const struct engine *find(u32 wire)
{
	for (u32 i = 0; i < nr_engines; i++)
		if (engines[i].wire == wire)
			return &engines[i];
	return NULL;
}

/* Cases of a quick sweep in all, and those that each engine runs. */
struct counts {
	u64 cases, on[WIRE_NR_ENGINES];
};

static struct counts count(u32 share, bool jit)
{
	struct sweep_conf quick = { .profile = SWEEP_QUICK, .seed = 1 };
	struct guest g = { .have[CAP_JIT] = jit };
	struct counts n = {};
	struct sweep_pick pick;
	struct sweep s;

	CHECK(!sweep_open(&s, &quick), "a sweep");
	while (sweep_family(&s)) {
		while (sweep_step(&s, &pick)) {
			u32 reach = reach_of(&s, &pick, share);

			n.cases++;
			for (u32 i = 0; i < nr_engines; i++)
				n.on[engines[i].wire] += reach_has(reach, &engines[i], &g);
		}
	}
	return n;
}

static void shares(void)
{
	struct counts n = count(0, true);
	u64 jit = n.on[WIRE_JIT];

	CHECK(n.on[WIRE_RAW_JIT] == n.cases && n.on[WIRE_RAW_INTERP] == n.cases,
	      "raw engines run all");
	CHECK(jit * 3 < n.cases && jit * 17 > n.cases,
	      "one in sixteen is loaded, and what no raw one runs");
	CHECK(n.on[WIRE_JIT_HARDENED] * 6 > jit && n.on[WIRE_JIT_HARDENED] * 3 < jit,
	      "a quarter of it blinded");
	CHECK(n.on[WIRE_JIT_HARDENED] == n.on[WIRE_INTERP], "and on interpreters");
	CHECK(n.on[WIRE_JIT_UNPRIV] * 12 > jit && n.on[WIRE_JIT_UNPRIV] * 6 < jit,
	      "an eighth without capabilities");
	CHECK(n.on[WIRE_JIT_RND_HI32] * 10 > jit / 2 && n.on[WIRE_JIT_RND_HI32] * 10 < jit,
	      "one in sixteen with load flags: %llu of %llu",
	      (unsigned long long)n.on[WIRE_JIT_RND_HI32], (unsigned long long)jit);
	n = count(0, false);
	CHECK(n.on[WIRE_INTERP] == jit, "without a JIT the interpreter has its part");
}

/* A case that reaches an engine reaches all that get more. */
static void nested(void)
{
	struct guest g = { .have[CAP_JIT] = true };

	for (u32 i = 0; i < nr_engines; i++) {
		CHECK(reach_has(REACH_ALL, &engines[i], &g), "%s", engines[i].name);
		CHECK(reach_has(REACH_RAW, &engines[i], &g) == engines[i].raw, "%s",
		      engines[i].name);
		for (u32 k = 0; k < nr_engines; k++)
			CHECK(engines[k].one_in > engines[i].one_in ||
				      reach_has(engines[i].one_in, &engines[k], &g),
			      "%s and %s", engines[i].name, engines[k].name);
	}
	CHECK(find(WIRE_JIT)->one_in == 1, "the JIT comes first");
}

/* Of written cases, engines with load flags run one group in sixteen, which the seed decides. */
static void written(void)
{
	struct guest g = { .have[CAP_JIT] = true };
	u32 flags = 0, same = 0, n = 4000;

	for (u32 i = 0; i < n; i++) {
		char group[32];
		u32 reach, other;

		snprintf(group, sizeof(group), "alu/case%u", i);
		reach = reach_group(group, 0);
		other = reach_group(group, 1);
		for (u32 k = 0; k < nr_engines; k++)
			CHECK(engines[k].load_flags || reach_has(reach, &engines[k], &g), "%s",
			      engines[k].name);
		flags += reach_has(reach, find(WIRE_JIT_RND_FREQ), &g);
		same += reach == REACH_ALL && other == REACH_ALL;
	}
	CHECK(flags * 20 > n && flags * 12 < n, "%u of %u", flags, n);
	CHECK(same * 100 < n, "another seed, other groups: %u of %u", same, n);
}

static void check_shares(const u32 on[NR_ENGINES], u32 n, u32 verified)
{
	for (u32 k = 0; k < nr_engines; k++) {
		u32 want = engines[k].raw ? n : verified / engines[k].one_in;

		CHECK(on[k] * 10 > want * 8 && on[k] * 10 < want * 12, "%s: %u of %u",
		      engines[k].name, on[k], n);
	}
}

/* What the raw engines run is loaded on the others in part, where the guest has raw engines. */
static void written_and_raw(void)
{
	struct guest without = { .have[CAP_JIT] = true }, bare = {}, g = without;
	u32 both[NR_ENGINES] = { 0 }, alone[NR_ENGINES] = { 0 }, n = 4000;

	g.have[CAP_RAW_JIT] = g.have[CAP_RAW_INTERP] = true;
	for (u32 i = 0; i < n; i++) {
		char id[32];
		u32 reach;

		snprintf(id, sizeof(id), "alu/case/%u", i);
		reach = reach_id(id, true, 0);
		for (u32 k = 0; k < nr_engines; k++) {
			both[k] += reach_has(reach, &engines[k], &g);
			alone[k] += reach_has(reach_id(id, false, 0), &engines[k], &g);
			CHECK(engines[k].load_flags || reach_has(reach, &engines[k], &without),
			      "%s without raw engines", engines[k].name);
		}
		CHECK(reach_has(reach, find(WIRE_INTERP), &bare), "without a JIT");
	}
	check_shares(both, n, n / 2);
	check_shares(alone, n, n);
}

/* A slow arch loads less, of what the others load, and something of every family. */
static void slow_archs(void)
{
	struct sweep_conf quick = { .profile = SWEEP_QUICK };
	struct counts all = count(0, true), slow = count(3, true);
	struct sweep_pick pick;
	struct sweep s;

	CHECK(slow.on[WIRE_JIT] * 4 > all.on[WIRE_JIT] && slow.on[WIRE_JIT] * 2 < all.on[WIRE_JIT],
	      "%llu of %llu", (unsigned long long)slow.on[WIRE_JIT],
	      (unsigned long long)all.on[WIRE_JIT]);
	CHECK(!sweep_open(&s, &quick), "a sweep");
	while (sweep_family(&s)) {
		u32 had = 0, left = 0;

		while (sweep_step(&s, &pick)) {
			u32 others = reach_of(&s, &pick, 0), here = reach_of(&s, &pick, 3);

			CHECK(here == REACH_RAW || others != REACH_RAW, "%s: %llu", s.f->name,
			      (unsigned long long)pick.position);
			had += others != REACH_RAW;
			left += here != REACH_RAW;
		}
		CHECK(!had == !left, "%s: %u of %u", s.f->name, left, had);
	}
}

static const struct test tests[] = {
	{ "shares of engines", shares },
	{ "one in so many", nested },
	{ "written cases", written },
	{ "written cases that the raw engines run, too", written_and_raw },
	{ "slow archs", slow_archs },
};

TEST_MAIN(tests)
