// SPDX-License-Identifier: GPL-2.0
/* Experiments on inputs leave what they do: a deeper stack and wider windows change nothing that a
 * program can tell. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "bpf/model.h"
#include "fuzz/avoid.h"
#include "lib/diag.h"
#include "lib/util.h"
#include "tests/test.h"

static struct {
	u32 deepened, raw;
} tally;
static struct known um; /* results/known/um.txt */

/* What the program returns, or what stops the model. */
static enum model_stop model_of(const struct fuzz_input *in, u32 *retval)
{
	struct bpf_case *c = fuzz_input_to_case(in, "fuzz/unit/one", OUTCOME_VALUE);
	struct model_state st = {};
	enum model_stop stop = model_run(c, 0, ORDER_LE, 64, &st, NULL);

	*retval = st.retval;
	model_state_free(&st);
	bpf_case_free(c);
	return stop;
}

static int deepen_one(void *ctx, struct bpf_case *c)
{
	static struct fuzz_input in, deep;
	u32 before, after;

	(void)ctx;
	if (c->nprogs > 1 && !fuzz_input_from_case(&in, c, NULL)) {
		deep = in;
		if (avoid_small_stack(&um, "7.3.4", &deep)) {
			enum model_stop stop = model_of(&in, &before);

			CHECK(model_of(&deep, &after) == stop && after == before,
			      "%s: %u, before %u", c->id, after, before);
			tally.deepened++;
			tally.raw += c->raw;
		}
	}
	bpf_case_free(c);
	return 0;
}

/* Of a deeper program the model sees nothing. */
static void test_deepen(void)
{
	static const char raw[] =
		"case raw\n\traw\n\tneeds tailcalls\n\tctx 8\n\tmap table prog_array 1 = "
		"P\n\tprog\n\t\tr6 = 4\n\t\tL:\n\t\tcall down\n\t\tr6 -= 1\n"
		"\t\tif r6 != 0 goto L\n\t\tr2 = &table ll\n\t\tr3 = 0\n\t\tcall "
		"bpf_tail_call\n\t\tr0 = 7\n\t\texit\n\tfunc down args 0:\n\t\tr0 = "
		"1\n\t\texit\n\tend\n"
		"\tprog P\n\t\t*(u64 *)(r10 - 40) = 9\n\t\tr0 = *(u64 *)(r10 - "
		"40)\n\t\texit\n\tend\n\tvec ctx+0=u64 1 -> retval=9\n";
	struct diag diag = {};
	struct bpf_case *c;

	CHECK(!known_load("results/known/um.txt", &um, &diag), "%s", diag.msg);
	CHECK(!case_expand_all("cases", deepen_one, NULL, &diag), "%s", diag.msg);
	CHECK(tally.deepened > 50, "%u", tally.deepened);
	c = case_parse_one(raw, "raw.case", "fuzz", &diag);
	CHECK(c, "%s", diag.msg);
	if (c)
		deepen_one(NULL, c);
	CHECK(tally.raw, "a raw one");
	known_free(&um);
}

/* The first program uses as much stack as the called one, by whatever insns. */
static void test_as_deep(void)
{
	static const struct {
		const char *called;
		s16 off;
	} cases[] = {
		{ "r0 = 1", -40 },
		{ "*(u64 *)(r10 - 41) = 9", -88 },
		{ "r6 = r10\n\t\tr6 += -64\n\t\t*(u8 *)(r6 - 8) = 9", -112 },
		{ "*(u64 *)(r10 - 480) = 9", -512 },
		{ "*(u64 *)(r10 - 512) = 9", -512 },
	};
	static struct fuzz_input in;
	struct diag diag = {};

	CHECK(!known_load("results/known/um.txt", &um, &diag), "%s", diag.msg);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = xasprintf("case raw\n\traw\n\tneeds tailcalls\n\tctx 8\n\tmap t "
				       "prog_array 1 = P\n\tprog\n\t\tr2 = &t ll\n\t\tr3 = 0\n"
				       "\t\tcall bpf_tail_call\n\t\tr0 = 7\n\t\texit\n\tend\n"
				       "\tprog P\n\t\t%s\n\t\tr0 = 2\n\t\texit\n\tend\n\tvec\n",
				       cases[i].called);
		struct bpf_case *c = case_parse_one(text, "raw.case", "fuzz", &diag);

		CHECK(c && !fuzz_input_from_case(&in, c, NULL), "%s: %s", cases[i].called,
		      diag.msg);
		CHECK(avoid_small_stack(&um, "7.3.4", &in), "%s", cases[i].called);
		CHECK(in.insns[0].off == cases[i].off, "%s: %d", cases[i].called, in.insns[0].off);
		bpf_case_free(c);
		free(text);
	}
	known_free(&um);
}

/* Behind what there was; a stack is addressed from its end, so that it grows in front. */
static void test_widen(void)
{
	static struct fuzz_input in;

	in.nvecs = 1;
	in.win[REGION_MEM] = in.win[REGION_STACK] = in.win[REGION_CTX] = 8;
	memset(in.vecs[0].win, 'm', 8);
	memset(in.vecs[0].win + 8, 's', 8);
	memset(in.vecs[0].win + 16, 'c', 8);
	CHECK(fuzz_input_widen(&in, REGION_MEM, 16) == 8, "behind mem");
	CHECK(fuzz_input_widen(&in, REGION_STACK, 24) == 16, "in front of the stack");
	CHECK(fuzz_input_widen(&in, REGION_CTX, 16) == 48, "behind ctx");
	CHECK(!memcmp(in.vecs[0].win,
		      "mmmmmmmm\0\0\0\0\0\0\0\0"
		      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0ssssssss"
		      "cccccccc\0\0\0\0\0\0\0\0",
		      56),
	      "the windows");
	CHECK(fuzz_input_widen(&in, REGION_MEM, 16) == -EINVAL &&
		      fuzz_input_widen(&in, REGION_MEM, 8) == -EINVAL,
	      "not wider");
	CHECK(fuzz_input_widen(&in, REGION_CTX, FUZZ_MAX_WINDOWS) == -EINVAL,
	      "too much for all together");
	CHECK(fuzz_input_widen(&in, REGION_CTX, FUZZ_MAX_WINDOWS - 40) == 56,
	      "as much as there is room for");
}

static bool recursion(const struct known *known, const char *calls_of_g, const char *release)
{
	static struct fuzz_input in;
	struct diag diag = {};
	char *text = xasprintf("case c\n\tneeds calls\n\tprog\n\t\tcall f\n\tfunc f args "
			       "0:\n\t\tr6 = 77 ll\n\t\tcall g\n\t\texit\n"
			       "\tfunc g args 0:\n\t\tr0 = 0\n%s\t\texit\n\tfunc h args 0:\n\t\tr0 "
			       "= 1\n\t\texit\n\tend\n\tvec\n",
			       calls_of_g);
	struct bpf_case *c = case_parse_one(text, "c.case", "fuzz", &diag);
	bool found = false;

	CHECK(c, "%s", diag.msg);
	if (c) {
		CHECK(!fuzz_input_from_case(&in, c, NULL), "%s", calls_of_g);
		found = avoid_recursion(known, release, &in);
	}
	bpf_case_free(c);
	free(text);
	return found;
}

static void test_recursion(void)
{
	struct known known = {};
	struct diag diag = {};

	CHECK(!known_load("results/known/um.txt", &known, &diag), "%s", diag.msg);
	CHECK(!recursion(&known, "\t\tcall h\n", "7.3.4"), "none");
	CHECK(recursion(&known, "\t\tcall g\n", "7.3.4"), "itself");
	CHECK(recursion(&known, "\t\tcall h\n\t\tcall f\n", "7.3.4"), "through another");
	CHECK(!recursion(&known, "\t\tcall g\n", "6.1.0"), "a kernel for which it is not listed");
	known_free(&known);
}

static const struct test tests[] = {
	{ "a deeper stack", test_deepen },
	{ "as deep as the called program", test_as_deep },
	{ "wider windows", test_widen },
	{ "recursion", test_recursion },
};

TEST_MAIN(tests)
