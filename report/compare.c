// SPDX-License-Identifier: GPL-2.0
/* Compares two runs. */
#include <string.h>
#include "lib/idmatch.h"
#include "lib/util.h"
#include "report/compare.h"
#include "report/report.h"

#define LINES_SHOWN 10 /* per change and arch */

static const struct {
	const char *one, *many; /* "2 new failures" */
	const char *title;
	bool worse;  /* a regression */
	bool listed; /* gets a line of its own */
} changes[NR_CHANGES] = {
	[CHANGE_FAILS] = { "new failure", "new failures", "New failures", true, true },
	[CHANGE_FLAKY] = { "flaky", "flaky", "Flaky: another verdict of the same image", true,
			   true },
	[CHANGE_FALLBACK] = { "case no longer JITed", "cases no longer JITed", "No longer JITed",
			      true, true },
	[CHANGE_REQUIRED] = { "case not JITed against REQUIRE_JIT",
			      "cases not JITed against REQUIRE_JIT",
			      "Not JITed, though REQUIRE_JIT names them", true, true },
	[CHANGE_LOST] = { "case no longer run", "cases no longer run", "No longer run", true,
			  true },
	[CHANGE_VANISHED] = { "vanished", "vanished", "Vanished", true, true },
	[CHANGE_DIFFERENT] = { "fails in another way", "fail in another way", "Fail in another way",
			       false, true },
	[CHANGE_KNOWN] = { "new known failure", "new known failures",
			   "Fail now, as results/known says", false, true },
	[CHANGE_UNKNOWN] = { "without a verdict", "without a verdict", "Without a verdict now",
			     false, true },
	[CHANGE_FIXED] = { "fixed", "fixed", "Fixed", false, true },
	[CHANGE_GAINED] = { "newly run", "newly run", "Newly run", false, false },
	[CHANGE_ADDED_FAILS] = { "added case fails", "added cases fail", "Added cases that fail",
				 false, true },
	[CHANGE_ADDED] = { "added", "added", "Added", false, false },
	[CHANGE_NONE] = { "as before", "as before", "As before", false, false },
};

/* ---- one case on one engine ---- */

/* REQUIRE_JIT records a fallback as a failure; here it counts as a fallback. */
static bool fell_back(const struct record *r)
{
	return r->raw == VERDICT_FALLBACK ||
	       (r->raw == VERDICT_FAIL && r->ndiffs && !strcmp(r->diffs[0].what, "engine"));
}

static bool fails(const struct record *r)
{
	return !fell_back(r) && verdicts[r->raw].exit == EXIT_FINDINGS;
}

static bool ran(const struct record *r)
{
	return r->raw == VERDICT_PASS || fails(r);
}

static enum change change_of_added(const struct record *b, const struct compare_opts *opts)
{
	if (fell_back(b))
		return idlist_has(opts->require_jit, b->id) ? CHANGE_REQUIRED : CHANGE_ADDED;
	return fails(b) && b->verdict != VERDICT_XFAIL ? CHANGE_ADDED_FAILS : CHANGE_ADDED;
}

enum change compare_records(const struct record *a, const struct record *b, bool b_whole,
			    const struct compare_opts *opts)
{
	if (!b)
		return b_whole && ran(a) ? CHANGE_VANISHED : CHANGE_NONE;
	if (!a)
		return change_of_added(b, opts);
	if (fell_back(b)) {
		if (ran(a))
			return CHANGE_FALLBACK;
		return idlist_has(opts->require_jit, b->id) ? CHANGE_REQUIRED : CHANGE_NONE;
	}
	if (fails(b)) {
		if (fails(a))
			return same_failure(a, b) ? CHANGE_NONE : CHANGE_DIFFERENT;
		return b->verdict == VERDICT_XFAIL ? CHANGE_KNOWN : CHANGE_FAILS;
	}
	if (b->raw == VERDICT_PASS)
		return fails(a)			? CHANGE_FIXED
		       : a->raw == VERDICT_PASS ? CHANGE_NONE
						: CHANGE_GAINED;
	if (!ran(a))
		return CHANGE_NONE;
	return verdicts[b->raw].exit == EXIT_INFRA ? CHANGE_UNKNOWN : CHANGE_LOST;
}

/* ---- all of them ---- */

struct item {
	enum change change;
	const struct record *a, *b; /* one of them may be NULL */
	u32 cases;
};

struct comparison {
	const struct run_set *a, *b;
	const struct compare_opts *opts;
	bool same_cases; /* both sides selected them alike, and are whole */
	struct item *items;
	u32 cnt, cap;
};

static const struct run *run_of(const struct run_set *set, const char *arch)
{
	for (u32 i = 0; i < set->cnt; i++)
		if (!strcmp(set->runs[i].info.arch, arch))
			return &set->runs[i];
	return NULL;
}

static bool has_engine(const struct run *run, const char *engine)
{
	for (u32 i = 0; i < run->info.nengines; i++)
		if (!strcmp(run->info.engines[i], engine))
			return true;
	return false;
}

/*
 * Does a missing record of @r in @run mean anything? It does if the run covered all cases on that
 * engine.
 */
static bool is_whole(const struct run *run, const struct record *r)
{
	return !run->partial && !run->info.cases && (run->info.full || has_engine(run, r->engine));
}

/*
 * Generated cases are sampled, and one record stands for many that pass: a missing record says
 * nothing.
 */
static bool is_generated(const struct record *r)
{
	return !strncmp(r->id, "gen/", 4);
}

/* Returns the record of @set that counts @r, or the operation that @r counts; a failing one if
 * there is any. */
static const struct record *group_opinion(const struct run_set *set, const struct record *r)
{
	const struct record *found = NULL;
	u32 n;
	struct record **rec = run_set_opinions(set, r->id, &n);

	for (u32 i = 0; i < n; i++)
		if (!strcmp(rec[i]->arch, r->arch) && !strcmp(rec[i]->engine, r->engine) &&
		    (!found || fails(rec[i])))
			found = rec[i];
	free(rec);
	return found;
}

/* How many cases of the operation of @r have a verdict on its arch and engine in @set? */
static u32 operation_cases(const struct run_set *set, const struct record *r)
{
	char *op = id_operation(r->id), *prefix = xasprintf("%s/", op);
	struct record **at, **end = set->by_id + set->nrecords;
	u32 n, cases = 0;

	for (at = run_set_find(set, prefix, &n);
	     at < end && !strncmp((*at)->id, prefix, strlen(prefix)); at++)
		if (!strcmp((*at)->arch, r->arch) && !strcmp((*at)->engine, r->engine))
			cases += record_cases(*at);
	free(prefix);
	free(op);
	return cases;
}

static void push(struct comparison *c, struct item item)
{
	ARRAY_GROW(c->items, c->cnt, c->cap);
	c->items[c->cnt++] = item;
}

/* Of how many cases do both speak? */
static u32 common_cases(const struct record *a, const struct record *b)
{
	u32 before = record_cases(a ? a : b), now = record_cases(b ? b : a);

	return before < now ? before : now;
}

/* Is it about one case, which B counts with others? */
static bool is_one_of_count(const struct record *a, const struct record *b)
{
	return a && b && !a->cases && b->cases;
}

/* Is nothing known that differs between these runs? */
static bool same_machine(const struct run_info *a, const struct run_info *b)
{
	const char *const texts[][2] = {
		{ a->kernel, b->kernel },	    { a->image, b->image },
		{ a->config_hash, b->config_hash }, { a->cpu, b->cpu },
		{ a->version, b->version },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (!texts[i][0] || !texts[i][1] || strcmp(texts[i][0], texts[i][1]))
			return false;
	/* sources that are not committed may have changed; User-Mode Linux has no QEMU */
	return !strstr(a->version, "-dirty") && !text_cmp(a->qemu, b->qemu) &&
	       !text_cmp(a->make_args, b->make_args) && !text_cmp(a->sweep, b->sweep);
}

static bool may_be_flaky(enum change change)
{
	return change == CHANGE_FAILS || change == CHANGE_KNOWN || change == CHANGE_DIFFERENT ||
	       change == CHANGE_FIXED;
}

static void add_item(struct comparison *c, const struct record *a, const struct record *b)
{
	const char *arch = (a ? a : b)->arch;
	const struct run *ra = run_of(c->a, arch), *rb = run_of(c->b, arch);
	enum change change = compare_records(a, b, b || is_whole(rb, a), c->opts);

	if (a && b && may_be_flaky(change) && same_machine(&ra->info, &rb->info))
		change = CHANGE_FLAKY;
	if (!b && change == CHANGE_NONE)
		return;
	/* a record missing in a partial A was not added by B */
	if (!a && change != CHANGE_REQUIRED && !is_whole(ra, b))
		return;
	push(c, (struct item){ change, a, b, common_cases(a, b) });
}

/* A counts the written cases of the operation of @r: does B have fewer cases than A? */
static void take_fewer(struct comparison *c, const struct record *r)
{
	u32 before = operation_cases(c->a, r), now = operation_cases(c->b, r);

	if (now < before && is_whole(run_of(c->b, r->arch), r))
		push(c, (struct item){ CHANGE_VANISHED, r, NULL, before - now });
}

/* Only one side has a record with this id: the other one may count the case. */
static void take_new(struct comparison *c, const struct record *b)
{
	const struct record *a = group_opinion(c->a, b);
	bool counts = b->cases && !is_generated(b);

	if (a && a->cases && counts)
		take_fewer(c, b);
	/* the cases that A lists are compared with @b one by one */
	if (!a && counts && operation_cases(c->a, b))
		return;
	add_item(c, a, b);
}

static void take_gone(struct comparison *c, const struct record *a)
{
	const struct record *b;

	if (is_generated(a))
		return;
	b = group_opinion(c->b, a);
	/* what B has of them is compared with @a */
	if (a->cases && b)
		return;
	if (a->cases && operation_cases(c->b, a)) {
		take_fewer(c, a);
		return;
	}
	add_item(c, a, b);
}

static void take(struct comparison *c, const struct record *a, const struct record *b)
{
	const char *arch = (a ? a : b)->arch;

	/* an arch that only one side has gets one line for all */
	if (!run_of(c->a, arch) || !run_of(c->b, arch))
		return;
	if (!a) {
		take_new(c, b);
	} else if (!b) {
		take_gone(c, a);
	} else {
		if (b->cases && !is_generated(b))
			take_fewer(c, b);
		add_item(c, a, b);
	}
}

static void walk(struct comparison *c)
{
	u32 i = 0, k = 0;

	while (i < c->a->nrecords || k < c->b->nrecords) {
		const struct record *a = i < c->a->nrecords ? c->a->by_id[i] : NULL;
		const struct record *b = k < c->b->nrecords ? c->b->by_id[k] : NULL;
		int order = !a ? 1 : !b ? -1 : record_cmp(a, b);

		i += order <= 0;
		k += order >= 0;
		take(c, order <= 0 ? a : NULL, order >= 0 ? b : NULL);
	}
}

static const struct record *either(const struct item *item)
{
	return item->b ? item->b : item->a;
}

/* Counts records, or with @cases the cases they stand for. */
static u32 count_changes(const struct comparison *c, const char *arch, enum change change,
			 bool cases)
{
	u32 n = 0;

	for (u32 i = 0; i < c->cnt; i++)
		if (c->items[i].change == change && !strcmp(either(&c->items[i])->arch, arch))
			n += cases ? c->items[i].cases : 1;
	return n;
}

/* ---- capabilities ---- */

static bool run_has(const struct run_info *info, const char *cap, bool *known)
{
	*known = false;
	for (u32 i = 0; i < info->ncaps; i++) {
		if (strcmp(info->caps[i].name, cap))
			continue;
		*known = true;
		return info->caps[i].have;
	}
	return false;
}

u32 compare_caps(FILE *f, const char *what, const struct run_info *from, const struct run_info *to)
{
	u32 n = 0;

	for (u32 i = 0; i < to->ncaps; i++) {
		bool known;

		/* not news if the other run did not probe it */
		if (!to->caps[i].have || run_has(from, to->caps[i].name, &known) || !known)
			continue;
		if (f)
			fprintf(f, "%s%s", n ? ", " : what, to->caps[i].name);
		n++;
	}
	if (n && f)
		fprintf(f, "; ");
	return n;
}

/* ---- the output ---- */

static void print_partial(FILE *f, const char *side, const struct run *run)
{
	if (run->partial)
		fprintf(f, "#   %s is partial: %u of %u verdicts%s\n", side, run->cases,
			run->info.planned,
			*side == 'B' ? "; what it lacks is not called vanished" : "");
	else if (run->info.cases || !run->info.full)
		fprintf(f, "#   %s ran a part%s%s\n", side,
			run->info.cases ? " of the cases: " : " of the engines",
			run->info.cases ? run->info.cases : "");
}

static void print_other(FILE *f, const char *what, const char *a, const char *b)
{
	if (a && b && strcmp(a, b))
		fprintf(f, "#   another %s: %s, then %s\n", what, a, b);
}

/* "7.2.1 → 7.3.4 riscv32: gained movsx; 2 new failures, 1 fixed, 8920 as before" */
static bool print_arch(FILE *f, const struct comparison *c, const struct run *a,
		       const struct run *b)
{
	const char *sep = "", *arch = b->info.arch;
	bool worse = false;

	fprintf(f, "%s → %s %s: ", a->info.kernel, b->info.kernel, arch);
	compare_caps(f, "gained ", &a->info, &b->info);
	worse |= compare_caps(f, "lost ", &b->info, &a->info) > 0;
	for (int k = 0; k < NR_CHANGES; k++) {
		u32 n = count_changes(c, arch, k, true);

		if (!n)
			continue;
		fprintf(f, "%s%u %s", sep, n, n > 1 ? changes[k].many : changes[k].one);
		worse |= changes[k].worse;
		sep = ", ";
	}
	fprintf(f, "%s\n", *sep ? "" : "nothing to compare");
	if (!c->same_cases) {
		print_partial(f, "A", a);
		print_partial(f, "B", b);
	}
	print_other(f, "CPU", a->info.cpu, b->info.cpu);
	print_other(f, "QEMU", a->info.qemu, b->info.qemu);
	return worse;
}

static void print_item(FILE *f, const struct item *item)
{
	const struct record *r = either(item);
	const char *was = item->a ? verdicts[item->a->raw].name : "not there";

	fprintf(f, "  %s %s %s", r->arch, r->engine,
		is_one_of_count(item->a, item->b) ? item->a->id : r->id);
	if (r->vector >= 0 && item->b && fails(item->b))
		fprintf(f, ".%d", r->vector);
	fprintf(f, " %s → %s", was, item->b ? verdicts[item->b->raw].name : "not there");
	if (item->b && fails(item->b) && r->ndiffs)
		fprintf(f, ": %s expected %s observed %s%s", r->diffs[0].what, r->diffs[0].expected,
			r->diffs[0].observed, r->ndiffs > 1 ? " …" : "");
	else if (item->b && r->raw != VERDICT_PASS && r->reason)
		fprintf(f, ": %s", r->reason);
	fprintf(f, "\n");
}

static void print_list(FILE *f, const struct comparison *c, enum change change)
{
	bool titled = false;

	for (u32 k = 0; k < c->b->cnt; k++) {
		const char *arch = c->b->runs[k].info.arch;
		u32 total = count_changes(c, arch, change, false), n = 0;

		if (total && !titled)
			fprintf(f, "\n%s%s:\n", changes[change].title,
				changes[change].worse ? " (worse)" : "");
		titled |= total > 0;
		for (u32 i = 0; i < c->cnt && (n < LINES_SHOWN || c->opts->all); i++) {
			if (c->items[i].change != change ||
			    strcmp(either(&c->items[i])->arch, arch))
				continue;
			print_item(f, &c->items[i]);
			n++;
		}
		if (n < total)
			fprintf(f, "  … and %u more of %s (V=1 shows all)\n", total - n, arch);
	}
}

int compare_print(FILE *f, const struct run_set *a, const struct run_set *b,
		  const struct compare_opts *opts)
{
	struct comparison c = { .a = a, .b = b, .opts = opts };
	bool worse = false;

	walk(&c);
	fprintf(f, "A: %s\nB: %s\n\n", a->dir, b->dir);
	for (u32 i = 0; i < b->cnt; i++) {
		const struct run *ra = run_of(a, b->runs[i].info.arch);

		if (ra)
			worse |= print_arch(f, &c, ra, &b->runs[i]);
		else
			fprintf(f, "%s: only in B\n", b->runs[i].info.arch);
	}
	for (u32 i = 0; i < a->cnt; i++)
		if (!run_of(b, a->runs[i].info.arch))
			fprintf(f, "%s: only in A\n", a->runs[i].info.arch);
	for (int k = 0; k < NR_CHANGES; k++)
		if (changes[k].listed || (opts->all && k != CHANGE_NONE))
			print_list(f, &c, k);
	free(c.items);
	return worse ? EXIT_FINDINGS : EXIT_OK;
}

/* ---- since the run before ---- */

static void print_rerun(FILE *f, const struct item *item, const struct run_info *info)
{
	const struct record *r = item->b && !item->b->cases ? item->b : item->a;

	if (!r || r->cases)
		return;
	if (item->b && item->b->rerun)
		fprintf(f, "#         %s\n", item->b->rerun);
	else
		fprintf(f, "#         make repro ARCH=%s ID=%s%s%s\n", r->arch, r->id,
			info->make_args && *info->make_args ? " " : "",
			info->make_args ? info->make_args : "");
}

static void print_since(FILE *f, const struct comparison *c, enum change change)
{
	u32 total = count_changes(c, c->b->runs->info.arch, change, false), n = 0;

	for (u32 i = 0; i < c->cnt && (n < LINES_SHOWN || c->opts->all); i++) {
		if (c->items[i].change != change)
			continue;
		if (!n++)
			fprintf(f, "#   %s:\n", changes[change].title);
		fputs("#  ", f);
		print_item(f, &c->items[i]);
		print_rerun(f, &c->items[i], &c->b->runs->info);
	}
	if (n < total)
		fprintf(f, "#   … and %u more (V=1 shows all)\n", total - n);
}

void compare_since(FILE *f, const struct run_set *a, const struct run_set *b,
		   const struct compare_opts *opts)
{
	struct comparison c = { .a = a, .b = b, .opts = opts, .same_cases = true };

	walk(&c);
	fprintf(f, "# since %s: ", a->dir);
	print_arch(f, &c, a->runs, b->runs);
	for (int k = 0; k < NR_CHANGES; k++)
		if (changes[k].listed)
			print_since(f, &c, k);
	free(c.items);
}
