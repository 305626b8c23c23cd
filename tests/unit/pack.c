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

/* Registers that lane @c's body names. */
static bool names(const struct bpf_case *c, int reg)
{
	for (u32 i = 0; i < c->progs[0].cnt; i++) {
		const struct insn *insn = &c->progs[0].insns[i];
		bool has_src = BPF_SRC(insn->code) == BPF_X || insn_class(insn) == BPF_LDX;

		if (insn->dst == reg || (has_src && insn->src == reg))
			return true;
	}
	return false;
}

/* All packs that a greedy packer makes of @l; every lane's registers must come out as alone. Returns how many packs. */
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
			CHECK(model_run(merged, v, ORDER_LE, 64, &all, NULL) == MODEL_OK, "%s", merged->id);
			for (u32 k = 0; k < n; k++) {
				CHECK(model_run(lanes[k], v, ORDER_LE, 64, &alone, NULL) == MODEL_OK, "%s", lanes[k]->id);
				for (int r = 0; r < CASE_REGS; r++)
					if (names(lanes[k], r))
						CHECK(all.r[r] == alone.r[r], "%s: r%d", lanes[k]->id, r);
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

	load("case a\n\tsweep D,S in pairs\n\tprog\n\t\tr{D} -= r{S}\n\tend\n\tvec r{D} in few64, r{S} in few64\n", &file, &l);
	packs = compare(&l);
	CHECK(l.cnt == 100 && packs >= 19 && packs <= 30, "%u cases in %u packs", l.cnt, packs);
	drop(&file, &l);
}

static void branches(void)
{
	struct case_file file;
	struct list l;

	load("case a\n\tsweep D in regs\n\tprog\n\t\tif r{D} s> 5 goto out\n\t\tr{D} ^= 0x5a\n\tout:\n\tend\n\tvec r{D} in edge64\n",
	     &file, &l);
	CHECK(compare(&l) == 4, "10 cases of one branch each, 3 in a pack");
	drop(&file, &l);
}

static void loads(void)
{
	struct case_file file;
	struct list l;

	load("case a\n\tsweep D in 0..4\n\tmem 32\n\tptr r9 = mem\n\tprog\n\t\tr{D} = *(u16 *)(r9 + 2)\n\tend\n", &file, &l);
	CHECK(compare(&l) == 5, "they share their base");
	drop(&file, &l);
}

static void refused(void)
{
	static const char *const bodies[] = {
		"call 5", "*(u64 *)(r10 - 8) = r1", "*(u64 *)(r9 + 0) = r1", "r1 = 5 ll", "r1 = r10", "goto +0",
		"r2 = *(u64 *)(r10 - 8)", "lock *(u64 *)(r9 + 0) += r1", "may_goto +0",
	};
	struct case_file file;
	struct list l;
	char text[512];

	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		snprintf(text, sizeof(text), "case a\n\tmem 32\n\tstack 32\n\tptr r9 = mem\n\tprog\n\t\t%s\n\tend\n", bodies[i]);
		load(text, &file, &l);
		CHECK(l.cnt == 1 && !pack_fits(NULL, 0, l.c[0]), "%s", bodies[i]);
		drop(&file, &l);
	}
}

static const struct test tests[] = {
	{ "pairs of registers", alu_pairs },
	{ "branches", branches },
	{ "loads", loads },
	{ "what cannot be a lane", refused },
};

TEST_MAIN(tests)
