// SPDX-License-Identifier: GPL-2.0
/*
 * Jumps over 1 MiB of native code (B): what conditional branches of arm64 (beyond it the JIT
 * refuses: FALLBACK) and jumps of riscv reach. A jump counts 32767 instructions at most, so each
 * must become 33 bytes or more: a compare and exchange is 36 bytes on arm64 where the CPU has no
 * LSE (second CPU model) and the offset is no immediate; a 64-bit shift is 48 on riscv32.
 */
#include "gen/dims.h"
#include "gen/families.h"
#include "gen/text.h"

static const char *const ops[] = { "arm64", "riscv32" };

/* The limit, 29126 and 21845 of them, lies among these. */
static const u16 sizes[][6] = { { 29123, 29124, 29125, 29126, 29127, 29128 },
				{ 21842, 21843, 21844, 21845, 21846, 21847 } };

GEN_DIM(dir, 2, "%s", i ? "back" : "fwd");
GEN_DIM(mib, ARRAY_SIZE(sizes[0]), "%u", sizes[op][i]);

static void build_mib(struct gen *g, u32 op, const u32 *at)
{
	/* arm64: the condition; riscv32: a goto, as its conditions have a long form from 4 KiB on
	 */
	static const char *const jumps[] = {
		"if r6 == r7 goto %s",
		"if r6 != r7 goto +1; goto %s",
	};
	static const char *const fills[] = { "r0 = cmpxchg_64(r5 + 5000, r0, r3)", "r3 <<= r4" };
	bool back = at[0];

	emit(g, "alone");
	if (!op)
		emit(g, "mem 8; ptr r5 = far mem-5000");
	emit(g, "prog; r4 = 1; r2 = 0");
	if (!back)
		emit(g, jumps[op], "end");
	emit(g, "top:; repeat %u %s", sizes[op][at[1]], fills[op]);
	if (back) {
		emit(g, "if r2 != 0 goto end; r2 = 1");
		emit(g, jumps[op], "top");
	}
	emit(g, "end:; end; vec r6 = 1, r7 in (1 2)");
}

const struct gen_family family_dist_mib = {
	.name = "dist_mib",
	.doc = "jumps over 1 MiB: of arm64's conditional branches (second CPU model; refused "
	       "beyond), of riscv32's gotos",
	.quick = 1,
	.raw = true,
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.dims = { &dim_dir, &dim_mib },
	.build = build_mib,
};
