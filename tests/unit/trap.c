// SPDX-License-Identifier: GPL-2.0
/* Where a faulty machine leaves every way of the standard, there may be an endless loop. */
#include <stdlib.h>
#include "lib/util.h"
#include "session/trap.h"
#include "tests/unit/one_case.h"

/* A sign extension decides which side is dead code. */
#define TEXT(vecs)                                                                 \
	"case c\n\tprog\n\t\tr1 = (s8)r1\n\t\tif r1 s< 0 goto minus\n\t\tr0 = 1\n" \
	"\t\tgoto out\n\tminus:\n\t\tr0 = 2\n\tout:\n\tend\n" vecs

static const struct row {
	const char *text;
	u32 first, n;
	enum quirk quirk;
	bool reached;
} rows[] = {
	{ TEXT("\tvec r0=0 r1=0x80\n"), 0, 1, QUIRK_MOVSX_PLAIN, true },
	{ TEXT("\tvec r0=0 r1=0x80\n"), 0, 1, QUIRK_TAIL_INDEX64, false },
	{ TEXT("\tvec r0=0 r1=0x7f\n"), 0, 1, QUIRK_MOVSX_PLAIN, false },
	/* the standard goes both ways */
	{ TEXT("\tvec r0=0 r1=0x80\n\tvec r0=0 r1=0x7f\n"), 0, 2, QUIRK_MOVSX_PLAIN, false },
	{ TEXT("\tvec r0=0 r1=0x80\n\tvec r0=0 r1=0x7f\n"), 0, 1, QUIRK_MOVSX_PLAIN, false },
	/* no way to take */
	{ "case c\n\tprog\n\t\tr1 = (s8)r1\n\tend\n\tvec r1=0x80\n", 0, 1, QUIRK_MOVSX_PLAIN,
	  false },
};

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];
		struct quirks q = { .set = QUIRK_BIT(r->quirk), .verified = true };
		struct cases all;
		char *why;

		if (!cases_read(&all, r->text))
			return;
		why = trap_reached(all.c[0], r->first, r->n, ORDER_LE, 64, &q);
		CHECK(!why == !r->reached, "row %zu: %s", i, why ? why : "not reached");
		CHECK(!why || strstr(why, "movsx_plain"), "row %zu: %s", i, why);
		free(why);
		q.set = 0;
		CHECK(!trap_reached(all.c[0], r->first, r->n, ORDER_LE, 64, &q), "no quirk");
		cases_free(&all);
	}
}

static const struct test tests[] = { { "rows", test_rows } };

TEST_MAIN(tests)
