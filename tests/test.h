/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a unit test needs: CHECK() counts and prints failures with file:line, TEST_MAIN() runs a
 * table of tests and prints one KTAP line each. A test without a CHECK fails.
 */
#ifndef CHECKJIT_TEST_H
#define CHECKJIT_TEST_H

#include <stdio.h>
#include <string.h>
#include "lib/types.h"

struct test {
	const char *name;
	void (*fn)(void);
};

#define TEST_SHOWN 10 /* failures of one test; a table of a thousand rows may fail at once */

static unsigned long test_checks, test_failures;
static const char *test_skip_reason;

#define CHECK(cond, ...)                                                    \
	do {                                                                \
		test_checks++;                                              \
		if (!(cond) && ++test_failures <= TEST_SHOWN) {             \
			printf("# %s:%d: %s: ", __FILE__, __LINE__, #cond); \
			printf(__VA_ARGS__);                                \
			printf("\n");                                       \
		}                                                           \
	} while (0)

/* Ends the test as skipped; what was checked before still counts. */
#define SKIP(reason)                         \
	do {                                 \
		test_skip_reason = (reason); \
		return;                      \
	} while (0)

static inline int test_main(const struct test *tests, int n)
{
	int failed = 0;

	printf("KTAP version 1\n1..%d\n", n);
	for (int i = 0; i < n; i++) {
		test_checks = test_failures = 0;
		test_skip_reason = NULL;
		tests[i].fn();
		if (test_failures > TEST_SHOWN)
			printf("# and %lu more\n", test_failures - TEST_SHOWN);
		if (!test_checks && !test_skip_reason) {
			printf("# %s checked nothing\n", tests[i].name);
			test_failures++;
		}
		failed += !!test_failures;
		printf("%s %d %s%s%s\n", test_failures ? "not ok" : "ok", i + 1, tests[i].name,
		       test_skip_reason ? " # SKIP " : "",
		       test_skip_reason ? test_skip_reason : "");
		fflush(stdout);
	}
	return !!failed;
}

#define TEST_MAIN(tests)                                    \
	int main(void)                                      \
	{                                                   \
		return test_main(tests, ARRAY_SIZE(tests)); \
	}

#endif
