// SPDX-License-Identifier: GPL-2.0
/* Merged cases compute, register by register, what their lanes compute alone. */
#include "bpf/model.h"
#include "bpf/pack.h"
#include "tests/test.h"

#define MAX_CASES 128

struct list {
	struct bpf_case *c[MAX_CASES];
	u32 cnt;
};

static int take(void *ctx, struct bpf_case *c)
{
	struct list *l = ctx;

	l->c[l->cnt++] = c;
	return l->cnt == MAX_CASES;
}

static void load(const char *text, struct case_file *file, struct list *l)
{
	struct diag d;

	l->cnt = 0;
	CHECK(!case_parse_text(text, "t.case", "t", file, &d), "%d:%d: %s", d.line, d.col, d.msg);
	CHECK(!case_expand(file, take, l, &d), "%d:%d: %s", d.line, d.col, d.msg);
}

static void drop(struct case_file *file, struct list *l)
{
	for (u32 i = 0; i < l->cnt; i++)
		bpf_case_free(l->c[i]);
	case_file_free(file);
}

/* Registers that lane @c's body writes: no other lane does. */
static bool writes(const struct bpf_case *c, int reg)
{
	for (u32 i = 0; i < c->progs[0].cnt; i++) {
		const struct insn *insn = &c->progs[0].insns[i];
		u8 class = insn_class(insn);

		if (insn->dst == reg &&
		    (class == BPF_ALU || class == BPF_ALU64 || class == BPF_LDX || class == BPF_LD))
			return true;
	}
	return false;
}

/* All packs that a greedy packer makes of @l; what a lane writes must come out as alone. Returns
 * how many packs. */
static u32 compare(const struct list *l)
{
	bool done[MAX_CASES] = {};
	u32 packs = 0;

	for (u32 i = 0; i < l->cnt; i++) {
		const struct bpf_case *lanes[PACK_MAX_LANES];
		struct model_state all = {}, alone = {};
		struct bpf_case *merged;
		u32 n = 0;

		for (u32 k = i; k < l->cnt; k++) {
			if (!done[k] && pack_fits(lanes, n, l->c[k])) {
				lanes[n++] = l->c[k];
				done[k] = true;
			}
		}
		if (!n)
			continue;
		packs++;
		merged = pack_merge(lanes, n);
		for (u32 v = 0; v < merged->vecs->nvecs; v++) {
			CHECK(model_run(merged, v, ORDER_LE, 64, &all, NULL) == MODEL_OK, "%s",
			      merged->id);
			for (u32 k = 0; k < n; k++) {
				CHECK(model_run(lanes[k], v, ORDER_LE, 64, &alone, NULL) ==
					      MODEL_OK,
				      "%s", lanes[k]->id);
				for (int r = 0; r < CASE_REGS; r++)
					if (writes(lanes[k], r))
						CHECK(all.r[r] == alone.r[r], "%s: r%d",
						      lanes[k]->id, r);
			}
		}
		model_state_free(&all);
		model_state_free(&alone);
		bpf_case_free(merged);
	}
	return packs;
}

static void alu_pairs(void)
{
	struct case_file file;
	struct list l;
	u32 packs;

	load("case a\n\tsweep D,S in pairs\n\tprog\n\t\tr{D} -= r{S}\n\tend\n\tvec r{D} in few64, "
	     "r{S} in few64\n",
	     &file, &l);
	packs = compare(&l);
	CHECK(l.cnt == 100 && packs >= 10 && packs <= 20, "%u cases in %u packs", l.cnt, packs);
	drop(&file, &l);
}

static void branches(void)
{
	struct case_file file;
	struct list l;

	load("case a\n\tsweep D in regs\n\tprog\n\t\tif r{D} s> 5 goto out\n\t\tr{D} ^= "
	     "0x5a\n\tout:\n\tend\n\tvec r{D} in edge64\n",
	     &file, &l);
	CHECK(compare(&l) == 4, "10 cases of one branch each, 3 in a pack");
	drop(&file, &l);
}

static void loads(void)
{
	struct case_file file;
	struct list l;

	load("case a\n\tsweep D in 0..4\n\tmem 32\n\tptr r9 = mem\n\tprog\n\t\tr{D} = *(u16 *)(r9 "
	     "+ 2)\n\tend\n",
	     &file, &l);
	CHECK(compare(&l) == 1, "reading one base is no quarrel");
	drop(&file, &l);
}

static void refused(void)
{
	static const char *const bodies[] = {
		"call 5",	"r1 = r10",    "goto +0",
		"r1 = &mem ll", "may_goto +0", "r9 += 8; r1 = *(u64 *)(r9 + 0)",
	};
	struct case_file file;
	struct list l;
	char text[512];

	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		snprintf(text, sizeof(text),
			 "case a\n\tmem 32\n\tstack 32\n\tptr r9 = mem\n\tprog\n\t\t%s\n\tend\n",
			 bodies[i]);
		load(text, &file, &l);
		CHECK(l.cnt == 1 && !pack_fits(NULL, 0, l.c[0]), "%s", bodies[i]);
		drop(&file, &l);
	}
}

/* How many packs the cases of a sweep over offsets make. */
static u32 packs_of(const char *body)
{
	struct case_file file;
	struct list l;
	char text[512];
	u32 packs;

	snprintf(text, sizeof(text),
		 "case a\n\tsweep O in 0..7\n\tmem 32\n\tptr r9 = mem\n\tptr r8 = "
		 "mem+1\n\tprog\n\t\t%s\n\tend\n",
		 body);
	load(text, &file, &l);
	packs = compare(&l);
	drop(&file, &l);
	return packs;
}

static void stores(void)
{
	CHECK(packs_of("*(u8 *)(r9 + {O}) = r1") == 1, "bytes side by side");
	CHECK(packs_of("*(u16 *)(r9 + {O}) = r1") == 2, "every second one overlaps");
	CHECK(packs_of("*(u8 *)(r8 + {O}) = 3; r{O} = *(u8 *)(r9 + 4)") > 1,
	      "a load of what another stores");
	CHECK(packs_of("r{O} = *(u64 *)(r9 + {O})") == 1, "loads overlap as they like");
}

static void order(void)
{
	/* a lane may overwrite what earlier ones have read, never what later ones read */
	CHECK(packs_of("r{O} += r7") == 1, "r7 += r7 comes last");
	CHECK(packs_of("r{O} += r0") == 2, "r0 += r0 comes first, and then r0 is another");
}

static const struct test tests[] = {
	{ "pairs of registers", alu_pairs },
	{ "branches", branches },
	{ "loads", loads },
	{ "stores", stores },
	{ "order", order },
	{ "what cannot be a lane", refused },
};

TEST_MAIN(tests)
