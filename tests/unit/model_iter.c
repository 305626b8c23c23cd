// SPDX-License-Identifier: GPL-2.0
/* The model's iterators over numbers: bounds, their ends, and who may touch what. */
#include "bpf/model.h"
#include "tests/test.h"

#define AT(reg) "\t" reg " = r10\n\t" reg " += -8\n"
#define HEAD	"case t\n\tstack 16\n\tprog\n" AT("r1") "\tr2 = r6\n\tr3 = r7\n"
#define NEW	"\tcall bpf_iter_num_new\n"
#define NEXT	AT("r1") "\tcall bpf_iter_num_next\n"
#define DESTROY AT("r1") "\tcall bpf_iter_num_destroy\n"
#define SUM                                                                                   \
	"\tr8 = 0\n\tnext:\n" NEXT "\tif r0 == 0 goto out\n\tr1 = *(s32 *)(r0 + 0)\n\tr8 *= " \
	"10\n\tr8 += r1\n\tgoto next\n\tout:\n" DESTROY "\tr0 = r8\n"
#define VEC(start, end) "\t*(u64 *)(r10 - 8) = 0\n\tend\n\tvec r6=" start " r7=" end "\n"

static const struct {
	const char *text;
	enum model_stop stop;
	u64 r0;
} rows[] = {
	{ HEAD NEW SUM VEC("1", "4"), MODEL_OK, 123 },
	{ HEAD NEW SUM VEC("4", "4"), MODEL_OK, 0 },
	/* ints, whatever is above them */
	{ HEAD NEW SUM VEC("0x100000002", "0xff00000004"), MODEL_OK, 23 },
	{ HEAD NEW SUM VEC("-2", "1"), MODEL_OK, -210ull },
	{ HEAD NEW SUM VEC("0x80000000", "0x80000001"), MODEL_OK, -0x80000000ull },
	/* refused: it is empty */
	{ HEAD NEW "\tw6 = w0\n" SUM "\tr0 = r6\n" VEC("4", "3"), MODEL_OK, 0xffffffea },
	{ HEAD NEW SUM VEC("4", "3"), MODEL_OK, 0 },
	{ HEAD NEW "\tw6 = w0\n" SUM "\tr0 = r6\n" VEC("0", "0x800001"), MODEL_OK, 0xfffffff9 },
	{ HEAD NEW SUM VEC("0x80000000", "0x7fffffff"), MODEL_OK, 0 },
	/* the end stays the end */
	{ HEAD NEW SUM NEXT VEC("0", "1"), MODEL_BAD_CALL, 0 },
	{ HEAD NEW NEXT NEXT NEXT DESTROY "\tr0 = 1\n" VEC("0", "1"), MODEL_OK, 1 },
	/* the number is read-only and an int */
	{ HEAD NEW NEXT "\t*(u32 *)(r0 + 0) = 1\n" DESTROY VEC("0", "1"), MODEL_BAD_ACCESS, 0 },
	{ HEAD NEW NEXT "\tr1 = *(u64 *)(r0 + 0)\n" DESTROY VEC("0", "1"), MODEL_BAD_ACCESS, 0 },
	/* two at one place; none; not on the stack */
	{ HEAD NEW AT("r1") "\tr2 = 0\n\tr3 = 1\n" NEW VEC("0", "1"), MODEL_BAD_CALL, 0 },
	{ HEAD NEXT VEC("0", "1"), MODEL_BAD_CALL, 0 },
	{ HEAD DESTROY VEC("0", "1"), MODEL_BAD_CALL, 0 },
	{ HEAD "\tr1 = r6\n" NEW VEC("0", "1"), MODEL_BAD_CALL, 0 },
};

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct model_state st = {};
		struct diag d = {};
		char why[256] = "";
		struct bpf_case *c = case_parse_one(rows[i].text, "test", "t", &d);
		enum model_stop stop;

		CHECK(c, "row %zu: %d: %s", i, d.line, d.msg);
		if (!c)
			continue;
		stop = model_run(c, 0, ORDER_LE, 64, &st, why);
		CHECK(stop == rows[i].stop, "row %zu: %d, %s", i, stop, why);
		CHECK(stop || st.r[0] == rows[i].r0, "row %zu: %llx", i,
		      (unsigned long long)st.r[0]);
		model_state_free(&st);
		bpf_case_free(c);
	}
}

static const struct test tests[] = {
	{ "model: iterators over numbers", test_rows },
};
TEST_MAIN(tests)
