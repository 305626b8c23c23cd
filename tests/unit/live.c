// SPDX-License-Identifier: GPL-2.0
/* The line that a guest has on a terminal: its text, and how the lines are painted. */
#include <stdlib.h>
#include "campaign/progress.h"
#include "cmd/live_lines.h"
#include "tests/test.h"

#define CLEAR(n) "\033[" #n "A\r\033[J"

/* What the terminal of @width by @height gets after @bytes. */
static bool paints(struct live_lines *l, const char *bytes, u32 width, u32 height,
		   const char *expected)
{
	struct strbuf to = {};
	char *text;
	bool same;

	live_take(l, bytes, strlen(bytes), width, height, &to);
	text = strbuf_take(&to);
	same = !strcmp(text, expected);
	if (!same)
		printf("# painted %s# expected %s", text, expected);
	free(text);
	return same;
}

static void test_lines(void)
{
	struct live_lines l = {};

	CHECK(paints(&l, "hello\n", 80, 24, "hello\n"), "a message");
	CHECK(paints(&l, "\036um\tbooting\n", 80, 24, "um       booting\n"), "a guest");
	CHECK(paints(&l, "\036arm64\tboot", 80, 24, CLEAR(1) "um       booting\n"),
	      "a line without an end waits");
	CHECK(paints(&l, "ing\n", 80, 24, CLEAR(1) "um       booting\narm64    booting\n"),
	      "until the end comes");
	CHECK(paints(&l, "\036um\tjit\nwords\n", 80, 24,
		     CLEAR(2) "words\num       jit\narm64    booting\n"),
	      "messages go above");
	CHECK(paints(&l, "\036um\t\n", 80, 24, CLEAR(2) "arm64    booting\n"), "a line goes");
	CHECK(paints(&l, "\036nobody\t\n", 80, 24, CLEAR(1) "arm64    booting\n"),
	      "a guest without a line");
	CHECK(paints(&l, "a\033[2Jb\tc\001\n", 80, 24, CLEAR(1) "a?[2Jb\tc?\narm64    booting\n"),
	      "a message moves no cursor");
	CHECK(paints(&l, "rest" LIVE_OVER, 80, 24, CLEAR(1) "rest?\narm64    booting\n") && !l.over,
	      "a mark in the middle of a line is none");
	CHECK(paints(&l, LIVE_OVER "cut", 80, 24, CLEAR(1) "cut\n") && l.over, "the end");
	live_free(&l);
}

static void test_size(void)
{
	struct live_lines l = {};

	CHECK(paints(&l, "\036um\t0123456789\n", 16, 24, "um       012345\n"),
	      "cut one column before the end");
	CHECK(paints(&l, "\036um\t0\303\2441\303\2442\303\2443\303\244\n", 16, 24,
		     CLEAR(1) "um       0\303\2441\303\2442\303\244\n"),
	      "characters, not bytes");
	CHECK(paints(&l, "\036b\t1\n\036c\t2\n\036d\t3\n", 80, 4,
		     CLEAR(1) "um       0\303\2441\303\2442\303\2443\303\244\nb        1\nand 2 "
			      "more\n"),
	      "no more lines than the terminal has");
	CHECK(paints(&l, "\036a name that is long\t1\n", 80, 24,
		     CLEAR(3) "um                  0\303\2441\303\2442\303\2443\303\244\n"
			      "b                   1\nc                   2\nd                   "
			      "3\n"
			      "a name that is long 1\n"),
	      "texts stand below each other");
	live_free(&l);
}

static bool says(struct progress_facts p, const char *expected)
{
	char text[256];

	p.where = "jit";
	progress_text(text, sizeof(text), &p);
	if (strcmp(text, expected))
		printf("# %s\n", text);
	return !strcmp(text, expected);
}

static void test_text(void)
{
	CHECK(says((struct progress_facts){ .planned = 10 },
		   "jit: 0/10, 0 findings, 0 checks, 0/s"),
	      "nothing yet");
	CHECK(says((struct progress_facts){ .cases = 5,
					    .planned = 100,
					    .checks = 300,
					    .findings = 1,
					    .seconds = 3 },
		   "jit: 5/100, 1 finding, 300 checks, 100/s"),
	      "too early to say how long it takes");
	CHECK(says((struct progress_facts){ .cases = 50,
					    .planned = 200,
					    .work = 1000,
					    .work_left = 3000,
					    .checks = 3000,
					    .findings = 2,
					    .seconds = 30 },
		   "jit: 50/200, 1:30 left, 2 findings, 3000 checks, 100/s"),
	      "three times as much is left");
	CHECK(says((struct progress_facts){ .before = 100,
					    .cases = 50,
					    .planned = 200,
					    .work = 50,
					    .work_left = 50,
					    .checks = 3000,
					    .seconds = 7200 },
		   "jit: 150/200, 2:00:00 left, 0 findings, 3000 checks, 0/s"),
	      "a run that was gone on with");
	CHECK(says((struct progress_facts){ .cases = 11, .planned = 10, .seconds = 10 },
		   "jit: 10/10, 0 findings, 0 checks, 0/s"),
	      "the null block counts, too");
}

static const struct test tests[] = {
	{ "lines", test_lines },
	{ "size of the terminal", test_size },
	{ "text", test_text },
};

TEST_MAIN(tests)
