// SPDX-License-Identifier: GPL-2.0
/* What a loader without capabilities can be asked for. */
#include <string.h>
#include "bpf/case.h"
#include "session/unpriv.h"
#include "tests/unit/one_case.h"

static void shape(void)
{
	static const struct {
		const char *text, *why; /* NULL: it can */
	} rows[] = {
		{ "\tprog\n\t\tr1 += r2\n\tend\n", NULL },
		{ "\tmem 8\n\tptr r1 = mem\n\tprog\n\t\tr2 = *(u64 *)(r1 + 0)\n\t\t*(u64 *)(r1 + "
		  "0) = r3\n\tend\n",
		  NULL },
		{ "\tneeds load_acq64\n\tmem 8\n\tptr r1 = mem\n\tprog\n\t\tr2 = load_acquire((u64 "
		  "*)(r1 + 0))\n\tend\n",
		  NULL },
		{ "\ttype socket\n\tctx 8\n\tptr r6 = ctx\n\tprog\n\t\tr0 = *(u8 *)skb[0]\n\tend\n",
		  NULL },
		{ "\tprog\n\t\tif r1 == 0 goto next\n\t\tr2 = 1\n\tnext:\n\tend\n", NULL },
		{ "\tmem 8\n\tptr r1 = mem\n\tprog\n\t\tr1 += r2\n\tend\n", "addresses" },
		{ "\tmem 8\n\tptr r1 = mem\n\tprog\n\t\tr1 = 0\n\tend\n", NULL },
		{ "\tmem 8\n\tptr r1 = mem\n\tprog\n\t\tr2 = r1\n\tend\n", "addresses" },
		{ "\tstack 8\n\tprog\n\t\tr2 = r10\n\tend\n", "addresses" },
		{ "\tmem 8\n\tptr r1 = mem\n\tstack 8\n\tprog\n\t\t*(u64 *)(r10 - 8) = r1\n\tend\n",
		  "addresses" },
		{ "\tprog\n\tagain:\n\t\tr1 += 1\n\t\tif r1 < 9 goto again\n\tend\n", "loops" },
		{ "\tneeds gotol\n\tprog\n\t\tgoto over\n\tback:\n\t\tgoto end\n\tover:\n\t\tgotol "
		  "back\n\tend:\n\tend\n",
		  "loops" },
		{ "\tprog\n\t\tcall f\n\tfunc f args 1:\n\t\tr0 = 1\n\t\texit\n\tend\n",
		  "functions" },
		{ "\tprog\n\t\tcall 5\n\tend\n\tout r6\n", "helpers" },
		{ "\tneeds may_goto\n\tprog\n\t\tmay_goto next\n\tnext:\n\t\tr1 = 1\n\tend\n",
		  "capabilities" },
		{ "\tctx 8\n\tprog\n\t\tr1 = 1\n\tend\n", "socket filter" },
		{ "\ttype raw_tp\n\tprog\n\t\tr1 = 1\n\tend\n", "socket filter" },
		{ "\traw\n\tprog\n\t\tr0 = 1\n\t\texit\n\tend\n", "socket filter" },
		{ "\ttype classic\n\tctx 8\n\tprog\n\t\tret #1\n\tend\n", NULL },
		{ "\tprog\n\t\tr10 = 1\n\tend\n\treject EACCES\n", "other rules" },
		{ "\tprog\n\t\trepeat 3000 r1 += 1\n\tend\n", "4096" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[512];
		struct bpf_case *c;
		const char *why;

		snprintf(text, sizeof(text), "case a\n%s", rows[i].text);
		c = one_case(text);
		if (!c)
			continue;
		why = unpriv_lacks(c);
		CHECK(rows[i].why ? why && strstr(why, rows[i].why) : !why, "%s: %s", text,
		      why ? why : "can");
		bpf_case_free(c);
	}
}

static const struct test tests[] = {
	{ "shape", shape },
};

TEST_MAIN(tests)
