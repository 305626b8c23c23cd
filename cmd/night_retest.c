// SPDX-License-Identifier: GPL-2.0
/* What fails runs once more in the same image. What is no case any more is said to be gone. */
#include <string.h>
#include "cmd/night.h"
#include "cmd/settings.h"
#include "html/texts.h"
#include "lib/shipped.h"
#include "lib/util.h"
#include "report/report.h"

#define RETESTS 200 /* cases, at most */

/* The ids that fail, and what is known of them. */
struct failing {
	const char *arch;
	struct strset ids;
	struct texts texts; /* those that are cases */
	struct run_set now; /* this night's quick runs, loaded for those that are not */
};

static int take_id(void *arg, const struct history_verdict *v)
{
	struct strset *ids = arg;

	if (!strset_find(ids, v->id))
		strset_add(ids, v->id, 0);
	return 0;
}

static bool all_cases(const struct failing *f)
{
	for (u32 i = 0; i < f->ids.cap; i++)
		if (f->ids.slots[i].key && !texts_get(&f->texts, f->ids.slots[i].key))
			return false;
	return true;
}

/* The null block, and a death without a culprit, have verdicts and are no cases of the list. */
static bool exists(void *arg, const char *id)
{
	const struct failing *f = arg;
	struct record **recs;
	u32 n;

	if (texts_get(&f->texts, id))
		return true;
	recs = run_set_find(&f->now, id, &n);
	for (u32 i = 0; i < n; i++)
		if (!strcmp(recs[i]->arch, f->arch))
			return true;
	return false;
}

static int find_failing(struct night *n, struct failing *f)
{
	struct history_filter all = { .arch = f->arch };
	char *dir = xasprintf("%s/" NIGHT_QUICK, n->dir);
	int ret = history_each_finding(n->h, &all, take_id, &f->ids, &n->diag);

	texts_find(&f->ids, setting(SET_CASES_DIR) ? setting(SET_CASES_DIR) : shipped("cases"),
		   &f->texts);
	if (!ret && !all_cases(f))
		ret = run_set_load(dir, &f->now, &n->diag);
	free(dir);
	return ret;
}

static void failing_free(struct failing *f)
{
	strset_free(&f->ids);
	texts_free(&f->texts);
	run_set_free(&f->now);
}

struct choice {
	const struct failing *failing;
	struct strset set;
	struct strbuf words;
};

static int take_finding(void *arg, const struct history_verdict *v)
{
	struct choice *c = arg;

	if (v->verdict == VERDICT_XFAIL || strset_find(&c->set, v->id) || c->set.cnt >= RETESTS ||
	    !texts_get(&c->failing->texts, v->id))
		return 0;
	strset_add(&c->set, v->id, 0);
	strbuf_join(&c->words, " ", "%s", v->id);
	return 0;
}

/* The unit of the failing cases, if there are any. */
static int begin(struct night *n, struct lane *lane, const struct failing *f)
{
	struct history_filter filter = { .arch = lane->arch, .variant = "" };
	struct choice choice = { .failing = f };
	int ret = history_each_finding(n->h, &filter, take_finding, &choice, &n->diag);
	char *words = strbuf_take(&choice.words), *cases = xasprintf("CASES=%s", words);

	if (!ret && choice.set.cnt) {
		night_begin_unit(n, lane, xstrdup("retest"), "", xstrdup("retest"));
		args_add(&lane->unit.settings, cases);
		ret = 1;
	}
	strset_free(&choice.set);
	free(words);
	free(cases);
	return ret;
}

int night_retest(struct night *n, struct lane *lane)
{
	struct failing failing = { .arch = lane->arch };
	struct night_seen seen;
	int ret = night_look(n, lane, "", "retest", false, &seen);

	if (ret || seen.whole)
		return ret;
	ret = night_look(n, lane, "", NULL, false, &seen);
	if (!ret)
		ret = find_failing(n, &failing);
	if (!ret)
		ret = history_gone(n->h, lane->arch, seen.run, exists, &failing, &n->diag);
	if (!ret)
		ret = begin(n, lane, &failing);
	failing_free(&failing);
	return ret;
}
