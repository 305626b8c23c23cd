// SPDX-License-Identifier: GPL-2.0
/* Garbage in: the model stops with a reason, gives the same answer twice, and never leaves its
 * buffers (ASan). */
#include "bpf/helpers.h"
#include "tests/test.h"
#include "tests/model_case.h"

#define SLOTS  24
#define ROUNDS 30000

static struct model_case m;
static struct model_state st, again;
static u64 seed;

static u32 rnd(u32 below)
{
	seed = rand_mix(seed);
	return (seed >> 32) % below;
}

static struct insn garbage(void)
{
	seed = rand_mix(seed);
	return (struct insn){ seed, seed >> 8 & 15, seed >> 12 & 15, seed >> 16, seed >> 32 };
}

/* An instruction of the table, with operands that often mean something. */
static struct insn plausible(void)
{
	static const s32 imms[] = { 0, 1, -1, 2, 8, 12, 181, 164, 1, 2, 3, 105, 106, 134 };
	const struct insn_desc *row = &insn_descs[rnd(nr_insn_descs)];
	bool stack_arg = BPF_MODE(row->code) == BPF_MEM && row->size == 8 && !rnd(4);
	struct insn insn = {
		.code = row->code,
		.dst = row->fields & F_DST ? rnd(11) : row->dst,
		.src = row->fields & F_SRC ? rnd(11) : row->src,
		.off = row->fields & F_OFF ? (s16)(rnd(3) ? rnd(9) * 8 - 32 : rnd(65536))
					   : row->off,
		.imm = row->fields & F_IMM
			       ? (s32)(rnd(3) ? (u32)imms[rnd(ARRAY_SIZE(imms))] : rnd(~0u))
			       : row->imm,
	};

	if (stack_arg && BPF_CLASS(row->code) == BPF_LDX) {
		insn.src = BPF_REG_PARAMS;
		insn.off = 8 + 8 * rnd(9);
	} else if (stack_arg && row->fields & F_DST) {
		insn.dst = BPF_REG_PARAMS;
		insn.off = -8 - 8 * (s16)rnd(9);
	}
	return insn;
}

static void fill(struct insn *insns)
{
	for (int i = 0; i < SLOTS; i++) {
		insns[i] = rnd(30) ? plausible() : garbage();
		if (insn_is_wide(&insns[i]) && i + 1 < SLOTS && rnd(20))
			insns[++i] = (struct insn){ .imm = rnd(3) ? 0 : (s32)seed };
	}
}

static void make_case(struct insn insns[2][SLOTS], struct func *funcs)
{
	mc_init(&m, 8 * rnd(5), 8 * rnd(5), 8 * rnd(5));
	mc_map(&m, "jmp", MAP_PROG_ARRAY, 4, 4, 4);
	mc_map(&m, "arr", MAP_ARRAY, 4, 12, 3);
	mc_map(&m, "hash", MAP_HASH, 8, 8, 2);
	mc_map(&m, "ring", MAP_RINGBUF, 0, 0, 4096);
	for (int p = 0; p < 2; p++)
		fill(insns[p]);
	for (int p = 0; p < MC_PROGS; p++)
		mc_slots(&m, p, insns[p > 0], SLOTS);
	funcs[0] = (struct func){ .name = "main" };
	funcs[1] = (struct func){ .name = "f", .start = 10 + rnd(6), .nargs = rnd(13) };
	funcs[2] = (struct func){ .name = "g", .start = 17 + rnd(6), .nargs = rnd(13) };
	m.progs[0].funcs = funcs;
	m.progs[0].nfuncs = 1 + rnd(3);
	m.c.raw = !rnd(4);
	for (int k = 0; k < CASE_REGS; k++) {
		if (!rnd(2))
			mc_ptr(&m, k, 1 + rnd(3), rnd(5) * 8 - 16);
		else if (rnd(2))
			m.cols[k] = rnd(5);
	}
}

static void test_garbage(void)
{
	static u32 stops[MODEL_UNDEFINED + 1];

	for (u32 round = 0; round < ROUNDS; round++) {
		struct insn insns[2][SLOTS];
		struct func funcs[3];
		enum model_stop stop;
		char why[2][128] = { "", "" };
		int order = round % NR_ORDERS;

		seed = round;
		make_case(insns, funcs);
		stop = model_run(&m.c, 0, order, 64, &st, why[0]);
		CHECK(stop <= MODEL_UNDEFINED, "round %u: %d", round, stop);
		CHECK(!stop == !*why[0], "round %u: %d '%s'", round, stop, why[0]);
		CHECK(model_run(&m.c, 0, order, 64, &again, why[1]) == stop &&
			      !strcmp(why[0], why[1]),
		      "round %u: %s, %s", round, why[0], why[1]);
		if (stop <= MODEL_UNDEFINED)
			stops[stop]++;
		if (stop)
			continue;
		CHECK(!memcmp(st.r, again.r, sizeof(st.r)) && st.clobbered == again.clobbered &&
			      st.retval == again.retval && st.steps == again.steps,
		      "round %u: registers", round);
		for (int r = REGION_MEM; r < NR_REGIONS; r++) {
			u32 size = m.vecs.win_size[r];
			const u8 *in = vec_window(&m.vecs, 0, r, order);

			CHECK(!size || !memcmp(st.win[r], again.win[r], size),
			      "round %u: window %d", round, r);
			/* guards are never touched */
			CHECK(!size || (!memcmp(st.win[r], in, guard_before(r)) &&
					!memcmp(st.win[r] + size - guard_behind(r),
						in + size - guard_behind(r), guard_behind(r))),
			      "round %u: guard of window %d", round, r);
		}
	}
	/* MODEL_STEPS and MODEL_DEPTH are rare here; tests/unit/model_prog.c has them. */
	for (int s = MODEL_OK; s <= MODEL_UNDEFINED; s++)
		CHECK(stops[s] || s == MODEL_STEPS || s == MODEL_DEPTH,
		      "garbage that never stops with %s", model_stop_name(s));
}

/* What the table does not have, the model does not run; what it has, it runs, or says that it is
 * not modelled. */
static void test_table(void)
{
	for (u32 round = 0; round < 200000; round++) {
		struct insn prog[2] = { 0 };
		enum model_stop stop;

		seed = round;
		prog[0] = garbage();
		if (rnd(2)) {
			const struct insn_desc *row = &insn_descs[rnd(nr_insn_descs)];

			prog[0].code = row->code;
			prog[0].imm = rnd(2) ? row->imm : prog[0].imm;
			prog[0].off = rnd(2) ? row->off : prog[0].off;
		}
		mc_init(&m, 32, 32, 0);
		mc_slots(&m, 0, prog, 2);
		if (insn_lookup(&prog[0]))
			continue;
		stop = model_run(&m.c, 0, ORDER_LE, 64, &st, NULL);
		CHECK(stop == MODEL_BAD_INSN, "round %u: %s", round, model_stop_name(stop));
	}
}

static bool not_modelled(const struct insn_desc *row)
{
	switch (row->syntax) {
	case SYNTAX_LD_ABS:
	case SYNTAX_LD_IND:
		return true;
	case SYNTAX_LD_IMM64:
		return row->src == BPF_PSEUDO_MAP_FD || row->src == BPF_PSEUDO_MAP_VALUE ||
		       row->src == BPF_PSEUDO_BTF_ID;
	}
	return false;
}

static bool base_is_src(const struct insn_desc *row)
{
	return row->syntax == SYNTAX_LDX || row->syntax == SYNTAX_LOAD_ACQUIRE;
}

/* One instance of each row that stands for something. */
static void test_rows(void)
{
	for (size_t i = 0; i < nr_insn_descs; i++) {
		const struct insn_desc *row = &insn_descs[i];
		struct insn prog[4] = {
			{ .code = row->code,
			  .imm = row->fields & F_IMM ? 1 : row->imm,
			  .off = row->off,
			  .src = row->src,
			  .dst = row->dst },
			{ 0 },
			{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
			{ .code = BPF_JMP | BPF_EXIT },
		};
		static struct func funcs[] = { { .name = "main" }, { .name = "f", .start = 2 } };
		enum model_stop stop, want = MODEL_OK;
		char why[128] = "";

		if (row->slots == 1)
			prog[1] = (struct insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst = 5 };
		if (row->fields & F_DST)
			prog[0].dst = 1;
		if (row->fields & F_SRC)
			prog[0].src = 2;
		if (row->src == BPF_PSEUDO_MAP_IDX_VALUE && row->slots == 2)
			prog[0].imm = 0;
		if (row->syntax == SYNTAX_CALL)
			prog[0].imm = BPF_FUNC_get_smp_processor_id;
		mc_init(&m, 32, 32, 32);
		mc_map(&m, "ring", MAP_RINGBUF, 0, 0, 4096);
		mc_ptr(&m, base_is_src(row) ? 2 : 1,
		       BPF_CLASS(row->code) == BPF_STX || BPF_CLASS(row->code) == BPF_ST ||
				       BPF_CLASS(row->code) == BPF_LDX
			       ? REGION_MEM
			       : REGION_NONE,
		       0);
		m.progs[0] = (struct code){ .insns = prog, .cnt = 4, .funcs = funcs, .nfuncs = 2 };
		if (row->syntax == SYNTAX_EXIT || not_modelled(row))
			want = MODEL_BAD_INSN; /* exit: in the body of a wrapped case */
		else if (row->syntax == SYNTAX_GOTOX)
			want = MODEL_BAD_JUMP;
		else if (row->syntax == SYNTAX_CALL_KFUNC)
			want = MODEL_BAD_CALL;
		stop = model_run(&m.c, 0, ORDER_LE, 64, &st, why);
		CHECK(stop == want, "%s: %s (%s)", row->name, model_stop_name(stop), why);
	}
}

static const struct test tests[] = {
	{ "model: garbage", test_garbage },
	{ "model: what is not in the table", test_table },
	{ "model: every row of the table", test_rows },
};
TEST_MAIN(tests)
