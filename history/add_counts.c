// SPDX-License-Identifier: GPL-2.0
/*
 * How many cases have which verdict: of each engine as rows of the run, of each family and
 * operation as changes from the run before.
 */
#include <string.h>
#include "history/add.h"
#include "lib/util.h"
#include "report/report.h"

/* A number of cases. Strings of the records, or copies. */
struct count {
	enum history_level level;
	char *engine, *name, *reason; /* reason: "" for none */
	enum verdict verdict;
	u64 cases;
};

struct counts {
	struct count *v;
	u32 cnt, cap;
};

static void count_add(struct counts *c, enum history_level level, const struct record *r,
		      char *name)
{
	const char *reason = level == HISTORY_OPERATIONS && r->reason ? r->reason : "";

	ARRAY_GROW(c->v, c->cnt, c->cap);
	c->v[c->cnt++] = (struct count){ .level = level,
					 .engine = xstrdup(r->engine),
					 .name = name,
					 .reason = xstrdup(reason),
					 .verdict = r->verdict,
					 .cases = record_cases(r) };
}

static void count_free(struct count *c)
{
	free(c->engine);
	free(c->name);
	free(c->reason);
}

static void counts_free(struct counts *c)
{
	for (u32 i = 0; i < c->cnt; i++)
		count_free(&c->v[i]);
	free(c->v);
}

/* All but the reason. */
static int key_cmp(const struct count *a, const struct count *b)
{
	int c = (int)a->level - (int)b->level;

	if (!c)
		c = strcmp(a->engine, b->engine);
	if (!c)
		c = strcmp(a->name, b->name);
	return c ? c : (int)a->verdict - (int)b->verdict;
}

static int count_cmp(const void *pa, const void *pb)
{
	const struct count *a = pa, *b = pb;
	int c = key_cmp(a, b);

	return c ? c : strcmp(a->reason, b->reason);
}

/* Sum up what is equal in all that @cmp compares. */
static void fold(struct counts *c, int (*cmp)(const struct count *a, const struct count *b))
{
	u32 n = 0;

	for (u32 i = 0; i < c->cnt; i++) {
		struct count *last = n ? &c->v[n - 1] : NULL;

		if (!last || cmp(last, &c->v[i])) {
			c->v[n++] = c->v[i];
			continue;
		}
		last->cases += c->v[i].cases;
		count_free(&c->v[i]);
	}
	c->cnt = n;
}

static int whole_cmp(const struct count *a, const struct count *b)
{
	return count_cmp(a, b);
}

/* The most frequent reason goes first, and stays when reasons are summed up. */
static int frequent_cmp(const void *pa, const void *pb)
{
	const struct count *a = pa, *b = pb;
	int c = key_cmp(a, b);

	if (c)
		return c;
	if (a->cases != b->cases)
		return a->cases > b->cases ? -1 : 1;
	return strcmp(a->reason, b->reason);
}

static struct counts count_records(const struct run *run)
{
	struct counts c = {};

	for (u32 i = 0; i < run->cnt; i++) {
		const struct record *r = &run->recs[i];

		count_add(&c, HISTORY_FAMILIES, r, xstrdup(r->family));
		if (r->verdict != VERDICT_PASS)
			count_add(&c, HISTORY_OPERATIONS, r, id_operation(r->id));
	}
	if (c.cnt)
		qsort(c.v, c.cnt, sizeof(*c.v), count_cmp);
	fold(&c, whole_cmp);
	if (c.cnt)
		qsort(c.v, c.cnt, sizeof(*c.v), frequent_cmp);
	fold(&c, key_cmp);
	return c;
}

/* ---- of engines ---- */

static int add_total(const struct adding *a, const struct count *c)
{
	s64 engine;
	int ret = name_id(a->h, c->engine, &engine, a->diag);

	return ret ? ret
		   : db_run(a->h, a->diag,
			    "INSERT INTO total VALUES(?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
			    "cases = cases + excluded.cases",
			    "iiti", a->id, engine, verdicts[c->verdict].name, (s64)c->cases);
}

/* ---- of families and operations, as changes ---- */

/* The counts that hold at present. */
static int load_counts(const struct adding *a, struct counts *out)
{
	sqlite3_stmt *s;
	int ret = db_prepare(a->h, &s, a->diag,
			     "SELECT level, e.text, n.text, verdict, cases, "
			     "ifnull(w.text, ''), max(run) FROM tally "
			     "JOIN name e ON e.id = engine JOIN name n ON n.id = tally.name "
			     "LEFT JOIN name w ON w.id = reason WHERE level IN (0, 1) AND target = "
			     "? AND unit = ? "
			     "GROUP BY level, engine, tally.name, verdict",
			     "ii", a->target, a->unit_name);

	while (!ret && (ret = db_step(a->h, s, a->diag)) > 0) {
		int verdict = verdict_parse(db_text(s, 3));

		ret = 0;
		if (verdict < 0 || !sqlite3_column_int64(s, 4))
			continue;
		ARRAY_GROW(out->v, out->cnt, out->cap);
		out->v[out->cnt++] = (struct count){
			.level = sqlite3_column_int(s, 0),
			.engine = xstrdup(db_text(s, 1)),
			.name = xstrdup(db_text(s, 2)),
			.reason = xstrdup(db_text(s, 5)),
			.verdict = verdict,
			.cases = sqlite3_column_int64(s, 4),
		};
	}
	sqlite3_finalize(s);
	if (out->cnt)
		qsort(out->v, out->cnt, sizeof(*out->v), count_cmp);
	return ret;
}

static int add_change(const struct adding *a, const struct count *c, u64 cases)
{
	s64 engine, name, reason = 0;
	int ret = name_id(a->h, c->engine, &engine, a->diag);

	if (!ret)
		ret = name_id(a->h, c->name, &name, a->diag);
	if (!ret && *c->reason)
		ret = name_id(a->h, c->reason, &reason, a->diag);
	return ret ? ret
		   : db_run(a->h, a->diag, "INSERT INTO tally VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
			    "iiiiitiii", a->target, a->unit_name, (s64)c->level, engine, name,
			    verdicts[c->verdict].name, a->id, (s64)cases, reason);
}

/* Rows for what differs between @old and @now. */
static int add_changes(const struct adding *a, const struct counts *old, const struct counts *now)
{
	u32 i = 0, k = 0;
	int ret = 0;

	while (!ret && (i < old->cnt || k < now->cnt)) {
		const struct count *was = i < old->cnt ? &old->v[i] : NULL;
		const struct count *is = k < now->cnt ? &now->v[k] : NULL;
		int order = !was ? 1 : !is ? -1 : key_cmp(was, is);

		i += order <= 0;
		k += order >= 0;
		if (order < 0)
			ret = add_change(a, was, 0);
		else if (order > 0 || was->cases != is->cases || strcmp(was->reason, is->reason))
			ret = add_change(a, is, is->cases);
	}
	return ret;
}

int add_counts(const struct adding *a)
{
	struct counts now = count_records(a->run), old = {};
	int ret = 0;

	for (u32 i = 0; i < now.cnt && !ret; i++)
		if (now.v[i].level == HISTORY_FAMILIES)
			ret = add_total(a, &now.v[i]);
	if (!ret && !a->run->partial && !a->unit->varying) {
		ret = load_counts(a, &old);
		if (!ret)
			ret = add_changes(a, &old, &now);
	}
	counts_free(&now);
	counts_free(&old);
	return ret;
}
