// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "report/findings.h"
#include "lib/util.h"
#include "report/report.h"

static enum finding_kind kind_of(const struct record *r)
{
	if (r->verdict == VERDICT_XFAIL)
		return FINDING_KNOWN;
	if (r->verdict == VERDICT_XPASS)
		return FINDING_FIXED;
	return verdicts[r->verdict].exit == EXIT_INFRA ? FINDING_LOST : FINDING_NEW;
}

/* In one line, what makes @r the same finding as other cases of its operation. */
static char *describe(const struct run_set *set, const struct record *r, enum finding_kind kind)
{
	char *who = kind == FINDING_NEW ? attribution(set, r->id) : NULL;

	if (who)
		return who;
	switch (kind) {
	case FINDING_KNOWN:
		return xasprintf("%s: %s", r->arch, r->known.reason ? r->known.reason : "");
	case FINDING_FIXED:
		return xasprintf("%s %s passes, though %s lists it", r->arch, r->engine,
				 r->known.row ? r->known.row : "results/known");
	default:
		return xasprintf("%s %s: %s%s%s", r->arch, r->engine, verdicts[r->verdict].name,
				 r->reason ? ": " : "", r->reason ? r->reason : "");
	}
}

static struct finding *find_finding(struct findings *f, const struct run_set *set,
				    const struct record *r)
{
	enum finding_kind kind = kind_of(r);
	char *what = kind == FINDING_KNOWN ? xstrdup(r->known.row ? r->known.row : "known")
					   : id_operation(r->id),
	     *text = describe(set, r, kind), *key = xasprintf("%u\n%s\n%s", kind, what, text);
	const struct strset_entry *e = strset_find(&f->keys, key);

	if (e) {
		free(what);
		free(text);
	} else {
		ARRAY_GROW(f->list, f->cnt, f->cap);
		f->list[f->cnt] = (struct finding){
			.kind = kind,
			.what = what,
			.text = text,
			.suspect = kind == FINDING_NEW ? attribution_suspect(set, r->id) : NULL,
		};
		f->of_kind[kind]++;
		e = strset_add(&f->keys, key, f->cnt++);
	}
	free(key);
	return &f->list[e->value];
}

/* Engines that fail in one case share its page. */
static void add(struct findings *f, struct finding *to, const struct record *r)
{
	to->cases += record_cases(r);
	if (to->nshown && !strcmp(to->shown[to->nshown - 1]->id, r->id))
		return;
	if (to->nshown == (to->kind == FINDING_KNOWN ? 1 : CASES_SHOWN))
		return;
	to->shown[to->nshown++] = r;
	if (!strset_find(&f->pages, r->id))
		strset_add(&f->pages, r->id, 0);
}

/* By kind; within a kind in the order of ids. */
static int finding_cmp(const void *pa, const void *pb)
{
	const struct finding *a = pa, *b = pb;
	int c = (int)a->kind - (int)b->kind;

	if (!c)
		c = strcmp(a->what, b->what);
	return c ? c : strcmp(a->text, b->text);
}

void findings_make(const struct run_set *set, struct findings *out)
{
	*out = (struct findings){ 0 };
	for (u32 i = 0; i < set->nrecords; i++) {
		const struct record *r = set->by_id[i];

		if (!verdicts[r->verdict].ok || r->verdict == VERDICT_XFAIL)
			add(out, find_finding(out, set, r), r);
	}
	strset_free(&out->keys);
	if (out->cnt)
		qsort(out->list, out->cnt, sizeof(*out->list), finding_cmp);
}

void findings_free(struct findings *f)
{
	for (u32 i = 0; i < f->cnt; i++) {
		free(f->list[i].what);
		free(f->list[i].text);
		free(f->list[i].suspect);
	}
	free(f->list);
	strset_free(&f->pages);
	strset_free(&f->keys);
	*f = (struct findings){ 0 };
}
