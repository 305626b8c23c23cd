// SPDX-License-Identifier: GPL-2.0
/* Cases whose verdict differs from the one before. */
#include <string.h>
#include "history/add.h"
#include "lib/rand.h"
#include "lib/util.h"
#include "report/report.h"

#define DETAIL_MAX 2000 /* bytes */

/* What the history says of a case on an engine. */
struct state {
	s64 since; /* the change with which it began to fail; 0: it does not fail */
	s64 run;   /* of the last change; 0: there is none */
	enum verdict verdict, raw;
	s64 print;
};

bool history_fails(enum verdict v)
{
	return verdicts[v].exit == EXIT_FINDINGS || v == VERDICT_XFAIL;
}

/* Two failures that same_failure() calls the same have the same number. */
static s64 print_of(const struct record *r)
{
	u64 key = 0;

	if (!history_fails(r->verdict) || r->verdict == VERDICT_XFAIL)
		return 0;
	key = rand_mix(key ^ r->vector);
	for (u32 i = 0; i < r->ndiffs; i++)
		key = rand_mix(key ^ rand_mix_text(r->diffs[i].what)) ^
		      rand_mix_text(r->diffs[i].observed);
	return key;
}

/* ---- the state ---- */

/* @s is prepared; the columns of struct state. */
static int load_state(const struct adding *a, sqlite3_stmt *s, const char *id, s64 engine,
		      struct state *out)
{
	int ret, verdict, raw;

	*out = (struct state){};
	sqlite3_reset(s);
	sqlite3_bind_int64(s, 1, a->target);
	sqlite3_bind_int64(s, 2, engine);
	sqlite3_bind_text(s, 3, id, -1, SQLITE_STATIC);
	ret = db_step(a->h, s, a->diag);
	if (ret <= 0)
		return ret;
	verdict = verdict_parse(db_text(s, 2));
	raw = verdict_parse(db_text(s, 3));
	*out = (struct state){ .since = sqlite3_column_int64(s, 0),
			       .run = sqlite3_column_int64(s, 1),
			       .verdict = verdict < 0 ? VERDICT_PASS : verdict,
			       .raw = raw < 0 ? VERDICT_PASS : raw,
			       .print = sqlite3_column_int64(s, 4) };
	return 0;
}

/* Was run @id of the same kernel, machine and checkjit as this one? */
static int same_machine(const struct adding *a, s64 id, bool *same)
{
	s64 n = 0;
	int ret = db_number(a->h, &n, a->diag,
			    "SELECT count(*) FROM run x JOIN run y USING(kernel, version, qemu, "
			    "cpu) WHERE x.id = ? AND y.id = ?",
			    "ii", id, a->id);

	*same = n;
	return ret;
}

/*
 * Did nothing but the verdict change? A case without a state did not fail in the run of its unit
 * before.
 */
static int is_flaky(const struct adding *a, const struct state *was, const struct record *r,
		    bool *flaky)
{
	*flaky = a->same;
	if (was->run && was->raw == r->raw && was->print == print_of(r))
		*flaky = false;
	else if (was->run && !*flaky)
		return same_machine(a, was->run, flaky);
	return 0;
}

/* ---- the change ---- */

/* What a report says about @r; the caller frees it. */
static char *detail_of(const struct record *r)
{
	struct record copy = *r;
	char *text, *clean;
	size_t len;
	FILE *f;

	if (!history_fails(r->verdict))
		return xstrdup(r->reason ? r->reason : "");
	copy.rerun = NULL;
	f = open_memstream(&text, &len);
	failure_print(f, &copy, NULL, "");
	fclose(f);
	clean = text_clean(text, DETAIL_MAX, true);
	free(text);
	return clean;
}

static int insert_change(const struct adding *a, const struct record *r, s64 name, s64 engine,
			 bool flaky, s64 *id)
{
	char *detail = detail_of(r);
	int ret =
		db_number(a->h, id, a->diag,
			  "INSERT INTO change(target, name, engine, run, verdict, raw, vector, "
			  "print, flaky, known, detail, rerun) "
			  "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
			  "iiiittiiittt", a->target, name, engine, a->id, verdicts[r->verdict].name,
			  verdicts[r->raw].name, (s64)r->vector, print_of(r), (s64)flaky,
			  r->known.row ? r->known.row : "", detail, r->rerun ? r->rerun : "");

	free(detail);
	return ret;
}

static int add_verdict_change(const struct adding *a, const struct state *was,
			      const struct record *r, s64 engine)
{
	s64 name, id, since;
	bool flaky;
	int ret = is_flaky(a, was, r, &flaky);

	if (!ret)
		ret = name_id(a->h, r->id, &name, a->diag);
	if (!ret)
		ret = insert_change(a, r, name, engine, flaky, &id);
	if (ret)
		return ret;
	since = !history_fails(r->verdict) ? 0 : was->since ? was->since : id;
	return db_run(a->h, a->diag, "INSERT OR REPLACE INTO state VALUES(?, ?, ?, ?, ?)", "iiiii",
		      name, a->target, engine, id, since);
}

/* Rows that stand for many cases, and verdicts of the harness, change no case. */
static bool says_something(const struct record *r)
{
	return !r->cases && verdicts[r->verdict].exit != EXIT_INFRA;
}

static int add_record(const struct adding *a, sqlite3_stmt *states, const struct record *r,
		      s64 engine)
{
	struct state was;
	int ret = load_state(a, states, r->id, engine, &was);

	if (ret)
		return ret;
	if (!was.run && !history_fails(r->verdict))
		return 0;
	if (was.run && was.verdict == r->verdict && was.raw == r->raw && was.print == print_of(r))
		return 0;
	return add_verdict_change(a, &was, r, engine);
}

/* ---- cases that are counted ---- */

/*
 * Which record counts case @id on @engine, if it has none of its own? Of generated cases only some
 * run, so a count says nothing about one of them.
 */
static const struct record *count_with(const struct run_set *set, const char *id,
				       const char *engine)
{
	const struct record *found = NULL;
	struct record **recs;
	u32 n;

	if (!strncmp(id, "gen/", 4))
		return NULL;
	recs = run_set_opinions(set, id, &n);
	for (u32 i = 0; i < n; i++)
		if (!strcmp(recs[i]->engine, engine))
			found = recs[i];
	free(recs);
	return found && found->cases ? found : NULL;
}

static int add_one_counted(const struct adding *a, sqlite3_stmt *states, const char *id, s64 engine,
			   const struct record *count)
{
	struct record r = *count;

	r.id = (char *)id;
	r.cases = 0;
	return add_record(a, states, &r, engine);
}

/* Cases with a verdict that a record of this run counts: the verdict may be another one now. */
static int add_counted(const struct adding *a, sqlite3_stmt *states)
{
	struct run run = *a->run;
	struct run_set set = { .runs = &run, .cnt = 1 };
	sqlite3_stmt *s;
	int ret = db_prepare(a->h, &s, a->diag,
			     "SELECT n.text, e.text, s.engine FROM state s "
			     "JOIN name n ON n.id = s.name JOIN name e ON e.id = s.engine "
			     "WHERE s.target = ? ORDER BY s.name, s.engine",
			     "i", a->target);

	run_set_index(&set);
	while (!ret && (ret = db_step(a->h, s, a->diag)) > 0) {
		const struct record *count = count_with(&set, db_text(s, 0), db_text(s, 1));

		ret = count ? add_one_counted(a, states, db_text(s, 0), sqlite3_column_int64(s, 2),
					      count)
			    : 0;
	}
	sqlite3_finalize(s);
	free(set.by_id);
	return ret;
}

int add_verdicts(const struct adding *a)
{
	const char *engine = "";
	sqlite3_stmt *states;
	s64 engine_id = 0;
	int ret = db_prepare(a->h, &states, a->diag,
			     "SELECT s.since, c.run, c.verdict, c.raw, c.print FROM name n "
			     "JOIN state s ON s.name = n.id AND s.target = ? AND s.engine = ? "
			     "JOIN change c ON c.id = s.change WHERE n.text = ?",
			     "");

	for (u32 i = 0; i < a->run->cnt && !ret; i++) {
		const struct record *r = &a->run->recs[i];

		if (!says_something(r))
			continue;
		if (strcmp(engine, r->engine)) {
			engine = r->engine;
			ret = name_id(a->h, engine, &engine_id, a->diag);
		}
		if (!ret)
			ret = add_record(a, states, r, engine_id);
	}
	if (!ret)
		ret = add_counted(a, states);
	sqlite3_finalize(states);
	return ret;
}
