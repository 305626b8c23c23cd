// SPDX-License-Identifier: GPL-2.0
/*
 * Prints one digest of final states for each row of insn_descs[], for whole programs and for random
 * ones, in both guest byte orders. The text must be the same on every host:
 * tests/model-qemu-user.sh compares it. No libbpf here.
 */
#include "lib/util.h"
#include "tests/model_case.h"

static struct model_case m;
static struct model_state st;
static bool all_ok = true; /* every program of programs[] assembled and ran to its end */

static u64 mix(u64 h, u64 v)
{
	for (int i = 0; i < 8; i++)
		h = (h ^ (v >> 8 * i & 0xff)) * 0x100000001b3ull;
	return h;
}

/* Everything that model_run() shows, by value: no host layout enters. */
static u64 run(u64 h, enum byte_order order, bool *ok)
{
	char why[128] = "";
	enum model_stop stop = model_run(&m.c, 0, order, 64, &st, why);

	h = mix(h, stop);
	for (const char *p = why; *p; p++)
		h = mix(h, *p);
	if (stop) {
		if (ok)
			*ok = false;
		return h;
	}
	for (int k = 0; k < CASE_REGS; k++)
		h = mix(mix(h, st.r[k]), st.region[k]);
	h = mix(mix(mix(h, st.clobbered), st.retval), st.early_exit);
	h = mix(h, st.steps);
	for (int r = REGION_MEM; r < NR_REGIONS; r++)
		for (u32 i = 0; i < m.vecs.win_size[r]; i++)
			h = mix(h, st.win[r][i]);
	return h;
}

static const u64 values[] = {
	0,
	1,
	33,
	0x80,
	0x7fffffff,
	0x80000000,
	0xffffffff,
	0x100000001,
	0x8000000000000000,
	0xffffffff80000000,
	~(u64)0,
	0x0123456789abcdef,
};

/* @row on all pairs of values; registers that the row needs as addresses point into mem or the
 * stack. */
static u64 row_digest(const struct insn_desc *row, enum byte_order order)
{
	bool mem = BPF_CLASS(row->code) == BPF_LDX || BPF_CLASS(row->code) == BPF_ST ||
		   BPF_CLASS(row->code) == BPF_STX;
	bool base_is_src = row->syntax == SYNTAX_LDX || row->syntax == SYNTAX_LOAD_ACQUIRE;
	u64 h = 0xcbf29ce484222325ull;

	for (size_t a = 0; a < ARRAY_SIZE(values); a++)
		for (size_t b = 0; b < ARRAY_SIZE(values); b++) {
			struct insn prog[3] = {
				{ row->code, row->fields & F_DST ? 3 : row->dst,
				  row->fields & F_SRC ? 4 : row->src,
				  row->fields & F_OFF ? 0 : row->off,
				  row->fields & F_IMM ? (s32)values[b] : row->imm },
				{ .imm = row->slots == 2 ? (s32)(values[b] >> 32) : 0 },
				{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst = 9, .imm = 1 },
			};

			if (row->slots == 1)
				prog[1] = (struct insn){ .code = BPF_ALU64 | BPF_ADD | BPF_K,
							 .dst = 8,
							 .imm = 1 };
			mc_init(&m, 32, 32, 32);
			m.cols[3] = values[a];
			m.cols[4] = values[b];
			if (mem) {
				mc_ptr(&m, base_is_src ? 4 : 3, 1 + a % 3, a % 3 == 1 ? -32 : 0);
				prog[0].off = b % 4 * row->size;
			} else if (row->fields & F_OFF) {
				prog[0].off = 1;
			}
			mc_slots(&m, 0, prog, 3);
			h = run(h, order, NULL);
		}
	return h;
}

static const char *const programs[][MC_PROGS] = {
	{ "r1 = 3; call f; r0 += r6\nfunc f args 1:\n *(u64 *)(r10 - 8) = r1; "
	  "r0 = *(u32 *)(r10 - 8); exit" },
	{ "*(u64 *)(r11 - 8) = 6; *(u64 *)(r11 - 56) = r9; call f\n"
	  "func f args 12:\n r0 = *(u64 *)(r11 + 8); r1 = *(u64 *)(r11 + 56); r0 ^= r1; exit" },
	{ "r1 = r7; r2 = &jmp ll; r3 = 0; call 12",
	  "r6 = r1; r2 = *(u32 *)(r6 + 4); r2 += 1; *(u32 *)(r6 + 4) = r2; r2 = &jmp ll; "
	  "r3 = 0; call 12;\n"
	  "r0 = *(u32 *)(r6 + 4); exit" },
	{ "*(u64 *)(r10 - 8) = 0; r1 = &arr ll; r2 = func[cb] ll; r3 = r10; r4 = 0; call 164\n"
	  "func cb args 4 callback:\n r5 = *(u16 *)(r2 + 0); r6 = *(u64 *)(r4 - 8); r6 += r5; "
	  "r6 <<= 3;\n"
	  "*(u64 *)(r4 - 8) = r6; r0 = 0; exit" },
	{ "*(u64 *)(r10 - 8) = 77; *(u64 *)(r10 - 16) = 5; r1 = &hash ll; r2 = r10; r2 -= 8; "
	  "r3 = r10; r3 -= 16;\n"
	  "r4 = 1; call 2; r1 = &hash ll; r2 = r10; r2 -= 8; call 1; r9 = *(u32 *)(r0 + 0); "
	  "r0 = 0;\n"
	  "r1 = &hash ll; r2 = r10; r2 -= 8; call 3; r0 += r9" },
	{ "*(u8 *)(r8 + 0) = 45; *(u8 *)(r8 + 1) = 52; *(u8 *)(r8 + 2) = 50; r1 = r8; r2 = 3; "
	  "r3 = 10; r4 = r10;\n"
	  "r4 -= 8; call 105" },
	{ "*(u64 *)(r10 - 8) = r6; r1 = *(u64 *)(r10 - 8); r1 += 8; r0 = *(s16 *)(r1 + 1); "
	  "*(u64 *)(r10 - 8) = r0" },
};

static void prepare(void)
{
	mc_init(&m, 32, 32, 32);
	mc_map(&m, "jmp", MAP_PROG_ARRAY, 4, 4, 4);
	mc_map(&m, "arr", MAP_ARRAY, 4, 16, 4);
	mc_map(&m, "hash", MAP_HASH, 8, 8, 2);
	mc_ptr(&m, 6, REGION_MEM, 0);
	mc_ptr(&m, 7, REGION_CTX, 0);
	mc_ptr(&m, 8, REGION_STACK, -32);
}

static u64 program_digest(size_t i, enum byte_order order)
{
	u64 h;

	prepare();
	for (int p = 0; p < MC_PROGS; p++)
		all_ok &= mc_text(&m, p, programs[i][p] ? programs[i][p] : "r0 = 0; exit");
	h = run(0, order, &all_ok);
	mc_free_text(&m);
	return h;
}

/* Random straight code over the table's rows: long enough to mix operations, short enough to often
 * end well. */
static u64 random_digest(u64 seed, enum byte_order order)
{
	struct insn insns[12];

	for (size_t i = 0; i < ARRAY_SIZE(insns); i++) {
		const struct insn_desc *row;

		do {
			seed = rand_mix(seed);
			row = &insn_descs[(seed >> 32) % nr_insn_descs];
		} while (row->slots == 2 || row->syntax >= SYNTAX_CALL ||
			 row->syntax == SYNTAX_GOTOX);
		insns[i] = (struct insn){
			row->code,
			row->fields & F_DST ? seed % 10 : row->dst,
			row->fields & F_SRC ? seed / 16 % 10 : row->src,
			row->fields & F_OFF ? (s16)(seed / 256 % 4 * 8) : row->off,
			row->fields & F_IMM ? (s32)(seed >> 20) : row->imm,
		};
		/* addresses where they are wanted: r6 (mem), r7 (ctx) */
		if (row->syntax >= SYNTAX_LDX)
			*(row->syntax == SYNTAX_LDX || row->syntax == SYNTAX_LOAD_ACQUIRE
				  ? &insns[i].src
				  : &insns[i].dst) = 6 + seed / 1024 % 2;
	}
	prepare();
	mc_slots(&m, 0, insns, ARRAY_SIZE(insns));
	return run(seed, order, NULL);
}

int main(void)
{
	static const char *const orders[] = { [ORDER_LE] = "le", [ORDER_BE] = "be" };

	for (int order = 0; order < NR_ORDERS; order++) {
		u64 h = 0;

		for (size_t i = 0; i < nr_insn_descs; i++)
			printf("%s %s %016llx\n", orders[order], insn_descs[i].name,
			       (unsigned long long)row_digest(&insn_descs[i], order));
		for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
			printf("%s program%u %016llx\n", orders[order], (u32)i,
			       (unsigned long long)program_digest(i, order));
		for (u64 seed = h = 0; seed < 4000; seed++)
			h = mix(h, random_digest(seed, order));
		printf("%s random %016llx\n", orders[order], (unsigned long long)h);
	}
	model_state_free(&st);
	return all_ok ? EXIT_OK : EXIT_FINDINGS;
}
