// SPDX-License-Identifier: GPL-2.0
/* Which verdicts of generated cases become records of their own, and which are counted. */
#include <stdlib.h>
#include "lib/util.h"
#include "campaign/tally.h"
#include "tests/test.h"

static const char rows[] =
	"gen/some/op/1*   jit  *  FAIL  jit-bug  wrong | nowhere\n"
	"gen/whole/op/*   jit  *  FAIL  jit-bug  wrong | nowhere\n";

/* Groups are told apart by address. */
static const char new[] = "gen/new/op", some[] = "gen/some/op", whole[] = "gen/whole/op";

/* The member that is case @n of @group. */
static struct member *member(const char *group, int n)
{
	static struct bpf_case c;
	static struct member m;

	snprintf(c.id, sizeof(c.id), "%s/%d", group, n);
	c.group = group;
	m = (struct member){ .c = &c, .generated = true };
	return &m;
}

/* It gets @v on the JIT. Is it one of a count? */
static bool counted(struct runner *r, const char *group, int n, enum verdict v)
{
	const struct engine *e = engine_by_name("jit");
	struct member *m = member(group, n);
	struct record rec;
	bool ret;

	record_init(&rec, m->c->id, e->name, v);
	ret = tally_add(r, e, m, &rec);
	if (!ret)
		record_free(&rec);
	return ret;
}

static bool enough(struct runner *r, const char *group, int n)
{
	return tally_enough(r, engine_by_name("jit"), member(group, n));
}

static void test_tally(void)
{
	struct known known = {};
	struct diag diag = {};
	struct runner r = { .known = &known };

	CHECK(!known_parse(rows, "rows", &known, &diag), "%s", diag.msg);

	CHECK(counted(&r, new, 0, VERDICT_PASS), "what passes is counted");
	for (int i = 0; i < GROUP_FAILURES; i++)
		CHECK(!enough(&r, new, i) && !counted(&r, new, i, VERDICT_FAIL), "failure %d has a record", i);
	CHECK(enough(&r, new, 6) && counted(&r, new, 6, VERDICT_FAIL), "one more of the group is counted");

	/* some of a group: each has a record, in which its row is looked up, and none takes the place of a new one */
	for (int i = 10; i < 20; i++)
		CHECK(!enough(&r, some, i) && !counted(&r, some, i, VERDICT_FAIL), "known failure %d has a record", i);
	CHECK(!counted(&r, some, 10, VERDICT_PASS), "a known failure that passes has a record");
	CHECK(!enough(&r, some, 2) && !counted(&r, some, 2, VERDICT_FAIL), "a failure that no row names has a record");
	CHECK(counted(&r, some, 2, VERDICT_PASS), "what passes is counted, whatever a row says of others");

	/* a group that is known as a whole: the row is looked up for the count */
	for (int i = 0; i < GROUP_FAILURES; i++)
		CHECK(!counted(&r, whole, i, VERDICT_FAIL), "failure %d of a known group has a record", i);
	CHECK(enough(&r, whole, 6) && counted(&r, whole, 6, VERDICT_FAIL), "one more of the known group is counted");

	tally_flush(&r, false);
	known_free(&known);
}

static const struct test tests[] = {
	{ "records and counts", test_tally },
};

TEST_MAIN(tests)
