// SPDX-License-Identifier: GPL-2.0
/* Which engines a missing capability stops. */
#include <stdlib.h>
#include <string.h>
#include "bpf/cap_names.h"
#include "session/engine.h"
#include "session/guest.h"
#include "tests/unit/one_case.h"

static const struct {
	const char *needs, *engine, *why; /* NULL: the case runs there */
} rows[] = {
	{ "calls", "interp", "needs calls" },
	{ "calls", "jit", "needs calls" },
	{ "sdiv", "raw_jit", "needs sdiv" },
	{ "sdiv", "jit_unpriv", "needs sdiv" },
	{ "arena_memsx", "interp", "the interpreter has no arena_memsx" },
	{ "arena_memsx", "jit", "needs arena_memsx" },
	{ "raw_unguarded", "jit", "raw engines only" },
	{ "raw_unguarded", "raw_jit", "needs raw_unguarded" },
	/* the verifier's alone */
	{ "ne_bounds", "interp", "needs ne_bounds" },
	{ "ne_bounds", "jit", "needs ne_bounds" },
	{ "ne_bounds", "raw_interp", NULL },
	{ "ne_bounds", "raw_jit", NULL },
	{ "unpriv_nospec", "interp", NULL },
	{ "unpriv_nospec", "jit_hardened", NULL },
	{ "unpriv_nospec", "raw_jit", NULL },
	{ "unpriv_nospec", "jit_unpriv", "needs unpriv_nospec" },
};

/* A guest that has all engines, and every capability but @lacks. */
static void guest_without(struct guest *g, const char *lacks)
{
	memset(g, 0, sizeof(*g));
	for (u32 i = 0; i < NR_CAPS; i++)
		g->have[i] = (int)i != cap_by_name(lacks);
}

static void missing(void)
{
	static struct guest g;

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[128], *why;
		struct bpf_case *c;

		snprintf(text, sizeof(text), "case a\n\tneeds %s\n\tprog\n\t\tr1 += r2\n\tend\n",
			 rows[i].needs);
		c = one_case(text);
		if (!c)
			continue;
		guest_without(&g, rows[i].needs);
		why = engine_lacks(engine_by_name(rows[i].engine), &g, c);
		CHECK(rows[i].why ? why && strstr(why, rows[i].why) : !why, "%s on %s: %s",
		      rows[i].needs, rows[i].engine, why ? why : "runs");
		free(why);
		bpf_case_free(c);
	}
}

static const struct test tests[] = {
	{ "a missing capability", missing },
};

TEST_MAIN(tests)
