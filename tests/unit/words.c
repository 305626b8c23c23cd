// SPDX-License-Identifier: GPL-2.0
/* Lists in one text. */
#include <string.h>
#include "lib/words.h"
#include "tests/test.h"

static bool is_short(const void *ctx, const char *word)
{
	return strlen(word) <= *(const size_t *)ctx;
}

static void any_and_all(void)
{
	static const struct {
		const char *list;
		size_t len;
		bool any, all;
	} rows[] = {
		{ "abc", 3, true, true },	{ "abc", 2, false, false },
		{ "a+bcd+ef", 1, true, false }, { "abc+bcd+e", 1, true, false },
		{ "ab+cd", 2, true, true },	{ "abc+", 2, true, false },
		{ "", 0, true, true },		{ "ab,cd", 2, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CHECK(words_any(rows[i].list, "+", is_short, &rows[i].len) == rows[i].any,
		      "any: %s", rows[i].list);
		CHECK(words_all(rows[i].list, "+", is_short, &rows[i].len) == rows[i].all,
		      "all: %s", rows[i].list);
	}
}

static const struct test tests[] = { { "any and all", any_and_all } };

TEST_MAIN(tests)
