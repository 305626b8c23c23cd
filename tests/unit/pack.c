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

/* What @lane writes comes out of @merged as it does alone, on the vector that its registers have.
 */
static void same_as_alone(const struct bpf_case *merged, u32 vec, const struct model_state *all,
			  const struct bpf_case *lane, struct model_state *alone)
{
	for (int r = 0; r < CASE_REGS; r++) {
		u32 own = (vec + merged->regs[r].turn) % merged->vecs->nvecs;

		if (!writes(lane, r))
			continue;
		CHECK(model_run(lane, own, ORDER_LE, 64, alone, NULL) == MODEL_OK, "%s", lane->id);
		CHECK(all->r[r] == alone->r[r], "%s: r%d", lane->id, r);
	}
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
			for (u32 k = 0; k < n; k++)
				same_as_alone(merged, v, &all, lanes[k], &alone);
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

/* Lanes of one register each hold ten different values in almost every vector. */
static void different_values(void)
{
	struct case_file file;
	struct bpf_case *merged;
	struct list l;

	load("case a\n\tsweep D in regs\n\tprog\n\t\tr{D} = -r{D}\n\tend\n\tvec r{D} in edge64\n",
	     &file, &l);
	merged = pack_merge((const struct bpf_case *const *)l.c, l.cnt);
	CHECK(l.cnt == CASE_REGS && merged->vecs->nvecs > CASE_REGS, "%u vectors",
	      merged->vecs->nvecs);
	for (int a = 0; a < CASE_REGS; a++) {
		for (int b = 0; b < a; b++) {
			u32 same = 0;

			for (u32 v = 0; v < merged->vecs->nvecs; v++)
				same += case_reg_in(merged, v, a) == case_reg_in(merged, v, b);
			CHECK(same <= merged->vecs->nvecs / 8, "r%d is r%d in %u vectors", a, b,
			      same);
		}
	}
	bpf_case_free(merged);
	drop(&file, &l);
}

static const struct bpf_case *with_regs(const struct list *l, u8 dst, u8 src)
{
	for (u32 i = 0; i < l->cnt; i++) {
		const struct insn *insn = l->c[i]->progs[0].insns;

		if (insn->dst == dst && insn->src == src)
			return l->c[i];
	}
	CHECK(false, "no case of r%u and r%u", dst, src);
	return NULL;
}

/* Registers that one lane uses stay together, and so do lanes that read memory. */
static void kept_together(void)
{
	const struct bpf_case *lanes[3];
	struct case_file file;
	struct bpf_case *merged;
	struct list l;

	load("case a\n\tsweep D,S in pairs\n\tprog\n\t\tr{D} += r{S}\n\tend\n\tvec r{D} in few64, "
	     "r{S} in few64\n",
	     &file, &l);
	lanes[0] = with_regs(&l, 1, 2);
	lanes[1] = with_regs(&l, 3, 4);
	lanes[2] = with_regs(&l, 5, 4);
	merged = pack_merge(lanes, 3);
	CHECK(merged->regs[1].turn == merged->regs[2].turn &&
		      merged->regs[3].turn == merged->regs[4].turn &&
		      merged->regs[4].turn == merged->regs[5].turn &&
		      merged->regs[1].turn != merged->regs[3].turn,
	      "r1 r2, r3 r4 r5");
	bpf_case_free(merged);
	drop(&file, &l);
	load("case a\n\tsweep D in 0..4\n\tmem 32\n\tptr r9 = mem\n\tprog\n\t\tr{D} = *(u16 *)(r9 "
	     "+ 2)\n\tend\n\tvec r{D} in edge64\n",
	     &file, &l);
	merged = pack_merge((const struct bpf_case *const *)l.c, l.cnt);
	for (int k = 0; k < CASE_REGS; k++)
		CHECK(!merged->regs[k].turn, "r%d", k);
	bpf_case_free(merged);
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
	{ "different values", different_values },
	{ "values kept together", kept_together },
	{ "branches", branches },
	{ "loads", loads },
	{ "stores", stores },
	{ "order", order },
	{ "what cannot be a lane", refused },
};

TEST_MAIN(tests)
