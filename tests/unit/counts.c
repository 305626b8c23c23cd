// SPDX-License-Identifier: GPL-2.0
/* Which verdicts of generated cases become records of their own, and which are counted. */
#include <stdlib.h>
#include "lib/util.h"
#include "campaign/counts.h"
#include "tests/test.h"

static const char rows[] = "gen/some/op/1*   jit  *  CRASH  \"words\"  jit-bug  wrong | nowhere\n";

/* Groups are told apart by address. */
static const char new[] = "gen/new/op", some[] = "gen/some/op", quirky[] = "gen/quirky/op";

/* The entry that is case @n of @group. */
static struct plan_entry *entry(const char *group, int n)
{
	static struct bpf_case c;
	static struct plan_entry e;

	snprintf(c.id, sizeof(c.id), "%s/%d", group, n);
	c.group = group;
	e = (struct plan_entry){ .p.c = &c, .generated = true };
	return &e;
}

/* It gets @v on the JIT. Is it one of a count? */
static bool counted(struct counts *t, const char *group, int n, enum verdict v)
{
	const struct engine *e = engine_by_name("jit");
	struct plan_entry *m = entry(group, n);
	struct record rec;
	bool ret;

	record_init(&rec, m->p.c->id, e->name, v);
	ret = counts_add(t, e, m, &rec);
	if (!ret)
		record_free(&rec);
	return ret;
}

static bool enough(struct counts *t, const char *group, int n)
{
	return counts_enough(t, engine_by_name("jit"), entry(group, n));
}

static void test_counts(void)
{
	struct known known = {};
	struct diag diag = {};
	struct counts t = { .known = &known, .kernel = "" };
	struct plan_entry *m;
	struct record rec;

	CHECK(!known_parse(rows, "rows", &known, &diag), "%s", diag.msg);

	CHECK(counted(&t, new, 0, VERDICT_PASS), "what passes is counted");
	for (int i = 0; i < GROUP_FAILURES; i++)
		CHECK(!enough(&t, new, i) && !counted(&t, new, i, VERDICT_FAIL),
		      "failure %d has a record", i);
	CHECK(enough(&t, new, 6) && counted(&t, new, 6, VERDICT_FAIL),
	      "one more of the group is counted");

	/* some of a group: each has a record, in which its row is looked up, and none takes the
	 * place of a new one */
	for (int i = 10; i < 20; i++)
		CHECK(!enough(&t, some, i) && !counted(&t, some, i, VERDICT_FAIL),
		      "known failure %d has a record", i);
	CHECK(!counted(&t, some, 10, VERDICT_PASS), "a known failure that passes has a record");
	CHECK(!enough(&t, some, 2) && !counted(&t, some, 2, VERDICT_FAIL),
	      "a failure that no row names has a record");
	CHECK(counted(&t, some, 2, VERDICT_PASS),
	      "what passes is counted, whatever a row says of others");

	for (int i = 0; i < 2 * GROUP_FAILURES; i++)
		CHECK(!enough(&t, quirky, i) && counted(&t, quirky, i, VERDICT_XFAIL),
		      "what a quirk predicts is counted");

	/* so has what was asked for by its id */
	m = entry(new, 30);
	m->named = true;
	record_init(&rec, m->p.c->id, "jit", VERDICT_PASS);
	CHECK(!counts_add(&t, engine_by_name("jit"), m, &rec), "a named case that passes");
	record_free(&rec);

	counts_flush(&t, false);
	known_free(&known);
}

static const struct test tests[] = {
	{ "records and counts", test_counts },
};

TEST_MAIN(tests)
