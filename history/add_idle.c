// SPDX-License-Identifier: GPL-2.0
/* Cases that ran on no engine of a run, and why. */
#include <string.h>
#include "history/add.h"
#include "lib/strbuf.h"
#include "lib/strset.h"
#include "lib/util.h"

#define REASONS 3 /* of a case, at most: engines have different ones */

/* A case, or a group of generated ones. */
struct subject {
	char *name;
	const char *reasons[REASONS]; /* of engines, each once */
	u32 cases;
	bool ran;
};

struct subjects {
	struct subject *list;
	u32 cnt, cap;
	struct strset index; /* by name */
};

/* Records of a group differ behind the star: the verdicts of a group are one subject. */
static char *subject_name(const struct record *r)
{
	const char *star = r->cases ? strrchr(r->id, '*') : NULL;

	return star ? xstrndup(r->id, star + 1 - r->id) : xstrdup(r->id);
}

static struct subject *subject_of(struct subjects *s, const struct record *r)
{
	char *name = subject_name(r);
	const struct strset_entry *e = strset_find(&s->index, name);

	if (e) {
		free(name);
		return &s->list[e->value];
	}
	ARRAY_GROW(s->list, s->cnt, s->cap);
	strset_add(&s->index, name, s->cnt);
	s->list[s->cnt] = (struct subject){ .name = name };
	return &s->list[s->cnt++];
}

static void add_reason(struct subject *x, const char *reason)
{
	u32 i = 0;

	while (i < REASONS && x->reasons[i] && strcmp(x->reasons[i], reason))
		i++;
	if (i < REASONS)
		x->reasons[i] = reason;
}

/* "no JIT in this kernel; the interpreter has no kfunc"; the caller frees it. */
static char *reason_text(const struct subject *x)
{
	struct strbuf text = {};

	for (u32 i = 0; i < REASONS && x->reasons[i]; i++)
		strbuf_join(&text, "; ", "%s", x->reasons[i]);
	if (!x->reasons[0])
		strbuf_add(&text, "%s", verdicts[VERDICT_SKIP].name);
	return strbuf_take(&text);
}

static void collect_subjects(struct subjects *s, const struct run *run)
{
	for (u32 i = 0; i < run->cnt; i++) {
		const struct record *r = &run->recs[i];
		struct subject *x = subject_of(s, r);

		x->ran |= verdicts[r->verdict].executed;
		if (r->reason)
			add_reason(x, r->reason);
		if (record_cases(r) > x->cases)
			x->cases = record_cases(r);
	}
}

/* The names that some target of the arch has rows of. */
static int load_names(const struct adding *a, struct strset *names)
{
	sqlite3_stmt *s;
	int ret = db_prepare(a->h, &s, a->diag,
			     "SELECT DISTINCT n.text FROM idle i JOIN target t ON t.id = i.target "
			     "JOIN name n ON n.id = i.name WHERE t.arch = ?",
			     "t", a->run->info.arch);

	while (!ret && (ret = db_step(a->h, s, a->diag)) > 0) {
		strset_add(names, db_text(s, 0), 0);
		ret = 0;
	}
	sqlite3_finalize(s);
	return ret;
}

static int add_row(const struct adding *a, const struct subject *x)
{
	char *text = reason_text(x);
	s64 name, reason = 0;
	int ret = name_id(a->h, x->name, &name, a->diag);

	if (!ret && !x->ran)
		ret = name_id(a->h, text, &reason, a->diag);
	free(text);
	return ret ? ret
		   : db_run(a->h, a->diag, "INSERT OR REPLACE INTO idle VALUES(?, ?, ?, ?, ?, ?)",
			    "iiiiii", a->target, name, a->unit_name, a->id, (s64)x->cases, reason);
}

/* What another target of the arch does not run has a row, too, where it does. */
static int add_rows(const struct adding *a, const struct subjects *s)
{
	struct strset names = {};
	int ret = load_names(a, &names);

	for (u32 i = 0; i < s->cnt && !ret; i++)
		if (!s->list[i].ran || strset_find(&names, s->list[i].name))
			ret = add_row(a, &s->list[i]);
	strset_free(&names);
	/* cases that are gone */
	if (!ret && !a->unit->varying)
		ret = db_run(a->h, a->diag,
			     "DELETE FROM idle WHERE target = ? AND unit = ? AND run < ?", "iii",
			     a->target, a->unit_name, a->id);
	return ret;
}

int add_idle(const struct adding *a)
{
	struct subjects s = {};
	int ret;

	if (a->run->partial)
		return 0;
	collect_subjects(&s, a->run);
	ret = add_rows(a, &s);
	for (u32 i = 0; i < s.cnt; i++)
		free(s.list[i].name);
	free(s.list);
	strset_free(&s.index);
	return ret;
}
