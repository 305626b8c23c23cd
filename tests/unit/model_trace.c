// SPDX-License-Identifier: GPL-2.0
/* The model's programs around functions: what they see, when they run, and what nobody may rely on.
 */
#include <stdlib.h>
#include <string.h>
#include "bpf/model.h"
#include "tests/test.h"

#define HEAD	   "case t\n\tmem 32\n\tctx 16\n\tprog\n"
#define SUB	   "\tcall sub\n\tfunc sub args 2:\n\tr0 = r1\n\tr0 -= r2\n\texit\n\tend\n"
#define GLOBAL	   "\tcall sub\n\tfunc sub args 2 global:\n\tr0 = r1\n\tr0 -= r2\n\texit\n\tend\n"
#define BESIDE_ADD "\tr2 = &mem + 0 ll\n\tlock *(u64 *)(r2 + 0) += r1\n\tr2 = 0\n\tr0 = 0\n\tend\n"
#define TRACER	   "\tprog P\n\tr6 = &mem + 0 ll\n"
#define DONE	   "\tr0 = 0\n\texit\n\tend\n"
#define VEC	   "\tvec r1=50 r2=8 mem+0=u64 0 ctx+0=u64 0\n"

static const struct {
	const char *text;
	enum model_stop stop;
	u64 r0, mem; /* mem: its first word */
} rows[] = {
	{ HEAD SUB TRACER "\tr2 = *(u64 *)(r1 + 8)\n\t*(u64 *)(r6 + 0) = r2\n" DONE
			  "\tattach P fentry sub\n" VEC,
	  MODEL_OK, 42, 8 },
	{ HEAD SUB TRACER "\tr2 = *(u64 *)(r1 + 16)\n\t*(u64 *)(r6 + 0) = r2\n" DONE
			  "\tattach P fexit sub\n" VEC,
	  MODEL_OK, 42, 42 },
	/* nothing was returned yet; there is nothing behind the result */
	{ HEAD SUB TRACER "\tr2 = *(u64 *)(r1 + 16)\n" DONE "\tattach P fentry sub\n" VEC,
	  MODEL_BAD_ACCESS, 0, 0 },
	{ HEAD SUB TRACER "\tr2 = *(u64 *)(r1 + 24)\n" DONE "\tattach P fexit sub\n" VEC,
	  MODEL_BAD_ACCESS, 0, 0 },
	/* a context is read by words, and by who is attached */
	{ HEAD SUB TRACER "\tr2 = *(u32 *)(r1 + 0)\n" DONE "\tattach P fexit sub\n" VEC,
	  MODEL_BAD_ACCESS, 0, 0 },
	{ HEAD SUB TRACER "\t*(u64 *)(r1 + 0) = r6\n" DONE "\tattach P fexit sub\n" VEC,
	  MODEL_BAD_ACCESS, 0, 0 },
	{ HEAD "\tcall bpf_get_attach_cookie\n" SUB TRACER DONE "\tattach P fexit sub\n" VEC,
	  MODEL_BAD_CALL, 0, 0 },
	/* the kernel has it return 0 */
	{ HEAD SUB TRACER "\tr0 = 1\n\texit\n\tend\n\tattach P fexit sub\n" VEC, MODEL_UNDEFINED, 0,
	  0 },
	/* a pointer for an argument: the kernel may take the prototype for wrong */
	{ HEAD "\tr1 = r10\n" SUB TRACER "\tr2 = *(u64 *)(r1 + 8)\n" DONE
	       "\tattach P fentry sub\n" VEC,
	  MODEL_UNDEFINED, 0, 0 },
	{ HEAD SUB TRACER "\tcall bpf_get_func_arg_cnt\n\t*(u64 *)(r6 + 0) = r0\n" DONE
			  "\tattach P fentry sub\n" VEC,
	  MODEL_OK, 42, 2 },
	{ HEAD SUB TRACER "\tcall bpf_get_attach_cookie\n\t*(u64 *)(r6 + 0) = r0\n" DONE
			  "\tattach P fexit sub cookie 7\n" VEC,
	  MODEL_OK, 42, 7 },
	{ HEAD SUB TRACER "\tr2 = r10\n\tr2 += -8\n\tcall bpf_get_func_ret\n\tr1 = *(u64 *)(r10 - "
			  "8)\n\t*(u64 *)(r6 + 0) = r1\n" DONE "\tattach P fexit sub\n" VEC,
	  MODEL_OK, 42, 42 },
	{ HEAD SUB TRACER
	  "\tr2 = r10\n\tr2 += -8\n\tcall bpf_get_func_ret\n\t*(u64 *)(r6 + 0) = r0\n" DONE
	  "\tattach P fentry sub\n" VEC,
	  MODEL_OK, 42, -95ull },
	{ HEAD SUB TRACER "\tr2 = 1\n\tr3 = r10\n\tr3 += -8\n\tcall bpf_get_func_arg\n\tr1 = *(u64 "
			  "*)(r10 - 8)\n\t*(u64 *)(r6 + 0) = r1\n" DONE
			  "\tattach P fexit sub\n" VEC,
	  MODEL_OK, 42, 8 },
	/* its number is a u32 */
	{ HEAD SUB TRACER
	  "\tr2 = 0x700000001 ll\n\tr3 = r10\n\tr3 += -8\n\tcall bpf_get_func_arg\n\tr1 = *(u64 "
	  "*)(r10 - 8)\n\t*(u64 *)(r6 + 0) = r1\n" DONE "\tattach P fexit sub\n" VEC,
	  MODEL_OK, 42, 8 },
	/* where the function begins is the same for all, and nobody may keep it */
	{ HEAD SUB TRACER "\tcall bpf_get_func_ip\n\t*(u64 *)(r6 + 0) = r0\n" DONE
			  "\tprog Q\n\tr6 = &mem + 0 ll\n\tcall bpf_get_func_ip\n"
			  "\tr1 = *(u64 *)(r6 + 0)\n\tr1 -= r0\n\t*(u64 *)(r6 + 0) = r1\n" DONE
			  "\tattach P fentry sub\n\tattach Q fexit sub\n" VEC,
	  MODEL_OK, 42, 0 },
	{ HEAD SUB TRACER "\tcall bpf_get_func_ip\n\t*(u64 *)(r6 + 0) = r0\n" DONE
			  "\tattach P fentry sub\n" VEC,
	  MODEL_UNDEFINED, 0, 0 },
	{ HEAD SUB TRACER "\tcall bpf_get_func_ip\n\tr0 &= 15\n" DONE "\tattach P fentry sub\n" VEC,
	  MODEL_UNDEFINED, 0, 0 },
	/* of an s8 nothing but 8 bits */
	{ HEAD "\tcall checkjit_s8x1\n\tend\n" TRACER
	       "\tr2 = *(u64 *)(r1 + 0)\n\t*(u8 *)(r6 + 0) = r2\n" DONE
	       "\tattach P fentry checkjit_s8x1\n"
	       "\tvec r1=0xff mem+0=u64 0 ctx+0=u64 0\n",
	  MODEL_OK, 216, 0xff },
	{ HEAD "\tcall checkjit_s8x1\n\tend\n" TRACER
	       "\tr2 = *(u64 *)(r1 + 0)\n\t*(u64 *)(r6 + 0) = r2\n" DONE
	       "\tattach P fentry checkjit_s8x1\n" VEC,
	  MODEL_UNDEFINED, 0, 0 },
	/* a program that is called while it runs is left out by the kernel */
	{ HEAD "\tcall checkjit_u64x1\n\tend\n" TRACER "\tr1 = 1\n\tcall checkjit_u64x1\n" DONE
	       "\tattach P fentry checkjit_u64x1\n" VEC,
	  MODEL_UNDEFINED, 0, 0 },
	{ HEAD GLOBAL
	  "\tprog P\n\tr0 = r1\n\tr0 += r2\n\texit\n\tend\n\tattach P freplace sub\n" VEC,
	  MODEL_OK, 58, 0 },
	{ HEAD GLOBAL "\tprog P\n\tr0 = r1\n\tr0 += r2\n\texit\n\tend\n\tprog Q\n\tr6 = &mem + 0 "
		      "ll\n\tr2 = *(u64 *)(r1 + 16)\n\t*(u64 *)(r6 + 0) = r2\n" DONE
		      "\tattach P freplace sub\n\tattach Q fexit P\n" VEC,
	  MODEL_OK, 58, 58 },
	{ HEAD SUB TRACER "\tr2 = *(u64 *)(r1 + 16)\n\tr3 = *(u64 *)(r6 + 0)\n\tr3 *= 3\n\tr3 += "
			  "1\n\tr3 += r2\n\t*(u64 *)(r6 + 0) = r3\n" DONE
			  "\tattach P fsession sub\n" VEC,
	  MODEL_OK, 42, 46 },
	/* one link to several functions: the cookie of each, and no fields */
	{ HEAD "\tcall checkjit_u64x1\n\tend\n" TRACER
	       "\tcall bpf_get_attach_cookie\n\t*(u64 *)(r6 + 0) = r0\n" DONE
	       "\tattach P fexit_multi checkjit_u64x2 cookie 3\n"
	       "\tattach P fexit_multi checkjit_u64x1 cookie 9\n" VEC,
	  MODEL_OK, 267, 9 },
	{ HEAD "\tcall checkjit_u64x1\n\tend\n" TRACER "\tr2 = *(u64 *)(r1 + 0)\n" DONE
	       "\tattach P fentry_multi checkjit_u64x1\n" VEC,
	  MODEL_BAD_ACCESS, 0, 0 },
	{ HEAD "\tcall checkjit_u64x1\n\tend\n" TRACER "\t*(u64 *)(r6 + 0) = 1\n" DONE
	       "\tattach P fentry_multi checkjit_u64x2\n" VEC,
	  MODEL_OK, 267, 0 },
	/* detached before anything runs */
	{ HEAD SUB TRACER "\t*(u64 *)(r6 + 0) = 1\n" DONE "\tattach P fentry sub detached\n" VEC,
	  MODEL_OK, 42, 0 },
	{ HEAD "\tcall checkjit_u64x1\n\tend\n" TRACER "\t*(u64 *)(r6 + 0) = 1\n" DONE
	       "\tattach P fexit_multi checkjit_u64x2 detached\n"
	       "\tattach P fexit_multi checkjit_u64x1 cookie 9 detached\n" VEC,
	  MODEL_OK, 267, 0 },
	/* attached or not while main runs: nothing that is left may depend on it */
	{ HEAD SUB TRACER "\tr2 = *(u64 *)(r6 + 0)\n" DONE "\tattach P fentry sub changing\n" VEC,
	  MODEL_OK, 42, 0 },
	{ HEAD SUB TRACER "\t*(u64 *)(r6 + 0) = 1\n" DONE "\tattach P fentry sub changing\n" VEC,
	  MODEL_UNDEFINED, 0, 0 },
	{ HEAD GLOBAL
	  "\tprog P\n\tr0 = r1\n\tr0 += r2\n\texit\n\tend\n\tattach P freplace sub changing\n" VEC,
	  MODEL_UNDEFINED, 0, 0 },
	/* in the place of a function: with its arguments, and its result is the function's */
	{ HEAD "\tcall checkjit_to_up\n\tend\n" TRACER
	       "\tr2 = *(u64 *)(r1 + 8)\n\t*(u64 *)(r6 + 0) = r2\n\tr0 = *(u64 *)(r1 + 0)\n\texit\n"
	       "\tend\n\tattach P struct_ops checkjit_in_up\n" VEC,
	  MODEL_OK, 50, 8 },
	{ HEAD "\tcall checkjit_to_up\n\tend\n" TRACER "\tr2 = *(u64 *)(r1 + 24)\n" DONE
	       "\tattach P struct_ops checkjit_in_up\n" VEC,
	  MODEL_BAD_ACCESS, 0, 0 },
	{ HEAD "\tcall checkjit_to_up\n\tend\n\tprog P\n\tr0 = r1\n\texit\n\tend\n"
	       "\tattach P struct_ops checkjit_in_up\n" VEC,
	  MODEL_UNDEFINED, 0, 0 },
	{ HEAD "\tcall checkjit_to_pp\n\tr0 = 1\n\tend\n" TRACER "\t*(u64 *)(r6 + 0) = 1\n" DONE
	       "\tattach P struct_ops checkjit_in_up\n" VEC,
	  MODEL_OK, 1, 0 },
	{ HEAD "\tcall checkjit_to_up\n\tr0 = 1\n\tend\n" TRACER "\t*(u64 *)(r6 + 0) = 1\n" DONE
	       "\tattach P struct_ops checkjit_in_up detached\n" VEC,
	  MODEL_OK, 1, 0 },
	{ HEAD "\tcall checkjit_to_up\n\tend\n\tprog P\n" DONE
	       "\tattach P struct_ops checkjit_in_up changing\n" VEC,
	  MODEL_UNDEFINED, 0, 0 },
	/* around main; of what it returns the kernel takes 32 bits */
	{ HEAD "\tr0 = 5\n\tend\n" TRACER "\t*(u64 *)(r6 + 0) = 9\n" DONE
	       "\tattach P fexit main\n" VEC,
	  MODEL_OK, 5, 9 },
	{ HEAD "\tr0 = 5\n\tend\n" TRACER "\tr2 = *(u64 *)(r1 + 0)\n" DONE
	       "\tattach P fexit main\n" VEC,
	  MODEL_UNDEFINED, 0, 0 },
	/* beside main: before it or after it, what is left is the same */
	{ HEAD BESIDE_ADD TRACER "\tr1 = 3\n\tlock *(u64 *)(r6 + 0) += r1\n" DONE
				 "\tattach P beside main\n" VEC,
	  MODEL_OK, 0, 53 },
	{ HEAD BESIDE_ADD TRACER "\t*(u64 *)(r6 + 0) = 3\n" DONE "\tattach P beside main\n" VEC,
	  MODEL_UNDEFINED, 0, 0 },
	{ HEAD BESIDE_ADD TRACER "\tr2 = *(u64 *)(r1 + 0)\n" DONE "\tattach P beside main\n" VEC,
	  MODEL_UNDEFINED, 0, 0 },
};

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct model_state st = {};
		enum model_stop stop;
		char why[128] = "";
		struct diag d = {};
		struct bpf_case *c = case_parse_one(rows[i].text, "test", "t", &d);
		u64 mem = 0;

		CHECK(c, "row %zu: %d: %s", i, d.line, d.msg);
		if (!c)
			continue;
		stop = model_run(c, 0, ORDER_LE, 64, &st, why);
		CHECK(stop == rows[i].stop, "row %zu: %s (%s)", i, model_stop_name(stop), why);
		memcpy(&mem, st.win[REGION_MEM] + CASE_GUARD, 8);
		CHECK(stop || (st.r[0] == rows[i].r0 && mem == rows[i].mem),
		      "row %zu: %llx, mem %llx", i, (unsigned long long)st.r[0],
		      (unsigned long long)mem);
		model_state_free(&st);
		bpf_case_free(c);
	}
}

/* What is attached is printed, and parses back. */
static void test_print(void)
{
	static const char text[] = HEAD GLOBAL
		"\tprog P\n\tr0 = r2\n\texit\n\tend\n\tprog Q\n" DONE "\tprog R\n" DONE
		"\tprog S\n" DONE "\tprog T\n" DONE "\tprog U\n" DONE "\tprog V\n" DONE
		"\tattach P freplace sub\n\tattach Q fentry P cookie 0x8000000000000001\n"
		"\tattach R fexit sub cookie 1 detached\n"
		"\tattach S fsession_multi checkjit_u64x1 cookie 1\n"
		"\tattach S fsession_multi checkjit_u64x12 cookie 2\n"
		"\tattach T fexit sub changing\n\tattach U fentry checkjit_u64x1 cookie 3 "
		"changing\n\tattach V struct_ops checkjit_in_u12\n" VEC;
	struct diag d = {};
	struct bpf_case *c = case_parse_one(text, "test", "t", &d), *again;
	size_t len;
	char *out;
	FILE *f = open_memstream(&out, &len);

	CHECK(c, "%d: %s", d.line, d.msg);
	bpf_case_print(f, c, -1);
	fclose(f);
	again = case_parse_one(out, "printed", "t", &d);
	CHECK(again && again->attach, "%d: %s", d.line, d.msg);
	CHECK(!memcmp(c->attach, again->attach, 8 * sizeof(*c->attach)), "%s", out);
	CHECK(again->progs[1].funcs[0].nargs == 2 && again->progs[1].funcs[0].flags == FUNC_GLOBAL,
	      "the prototype of what it replaces");
	bpf_case_free(c);
	bpf_case_free(again);
	free(out);
}

static const struct test tests[] = {
	{ "model: programs around functions", test_rows },
	{ "what is attached is printed", test_print },
};
TEST_MAIN(tests)
