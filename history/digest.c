// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "history/digest.h"
#include "history/fold.h"
#include "lib/duration.h"
#include "lib/strbuf.h"
#include "lib/utc.h"
#include "lib/util.h"
#include "report/stats.h"

#define SHOWN	     12 /* of each kind */
#define DETAIL_LINES 4
#define USUAL_RUNS   7 /* whose median is the usual speed */

/* ---- what happened on an arch ---- */

struct arch_row {
	char *arch, *kernel;
	u64 cases, checks, known;
	double seconds;
	u32 kinds[NR_HISTORY_KINDS];
};

struct digest {
	struct history *h;
	struct diag *diag;
	s64 night, since; /* since: changes after this run count */
	struct arch_row *rows;
	u32 cnt, cap;
	struct fold news;
	struct digest_totals *totals;
	FILE *f;
};

static struct arch_row *row_of(struct digest *d, const char *arch)
{
	for (u32 i = 0; i < d->cnt; i++)
		if (!strcmp(d->rows[i].arch, arch))
			return &d->rows[i];
	ARRAY_GROW(d->rows, d->cnt, d->cap);
	d->rows[d->cnt] = (struct arch_row){ .arch = xstrdup(arch) };
	return &d->rows[d->cnt++];
}

/* Runs come newest first: the first one in the default variant names the kernel. */
static int take_run(void *arg, const struct history_run *run)
{
	struct arch_row *row = row_of(arg, run->arch);

	if (!row->kernel && !*run->variant)
		row->kernel = xstrdup(run->kernel);
	row->cases += run->cases;
	row->checks += run->checks;
	row->seconds += run->seconds;
	row->known += run->count[VERDICT_XFAIL];
	return 0;
}

static int arch_cmp(const void *a, const void *b)
{
	return strcmp(((const struct arch_row *)a)->arch, ((const struct arch_row *)b)->arch);
}

static int collect(struct digest *d)
{
	struct history_filter of_night = { .night = d->night };
	int ret = history_each_run(d->h, &of_night, take_run, d, d->diag);

	if (!ret)
		ret = fold_news(d->h, d->since, &d->news, d->diag);
	for (u32 i = 0; i < d->news.cnt; i++)
		row_of(d, d->news.list[i].arch)->kinds[d->news.list[i].kind]++;
	memcpy(d->totals->kinds, d->news.kinds, sizeof(d->totals->kinds));
	if (!ret)
		ret = fold_failing(d->h, &d->totals->failing, d->diag);
	if (d->cnt)
		qsort(d->rows, d->cnt, sizeof(*d->rows), arch_cmp);
	return ret;
}

/* ---- the night before ---- */

struct span {
	s64 night, good; /* this night, and the good one before */
	s64 start;	 /* of the good one */
	u32 budget;
	char *host;
	s64 begin;
};

static int take_night(void *arg, const struct history_night *night)
{
	struct span *span = arg;

	if (night->id == span->good)
		span->start = night->start;
	if (night->id != span->night)
		return 0;
	span->begin = night->start;
	span->budget = night->budget;
	free(span->host);
	span->host = xstrdup(night->host);
	return 0;
}

static int find_span(struct digest *d, struct span *span)
{
	int ret = history_night_good(d->h, d->night, &span->good, d->diag);

	if (!ret)
		ret = history_night_since(d->h, d->night, &d->since, d->diag);
	return ret ? ret : history_each_night(d->h, 0, take_night, span, d->diag);
}

/* ---- the text ---- */

static const struct {
	const char *word, *title;
} kinds[NR_HISTORY_KINDS] = {
	[HISTORY_NEW] = { "new", "New failures" },
	[HISTORY_CHANGED] = { "changed", "Fail in another way" },
	[HISTORY_FIXED] = { "fixed", "Fixed" },
	[HISTORY_FLAKY] = { "flaky", "Flaky: the verdict changed, and nothing else" },
	[HISTORY_GONE] = { "gone", "Failed before, and do not run" },
	[HISTORY_KNOWN] = { "known", "Fail as results/known says, and did not before" },
};

char *digest_headline(const struct digest_totals *t)
{
	struct strbuf text = {};

	for (int k = 0; k <= HISTORY_FLAKY; k++)
		strbuf_join(&text, ", ", "%u %s", t->kinds[k], kinds[k].word);
	strbuf_join(&text, ", ", "%u failing in all", t->failing);
	return strbuf_take(&text);
}

static void print_arches(FILE *f, const struct digest *d)
{
	fprintf(f, "%-9s %-18s %9s %11s %8s %5s %7s %5s %6s\n", "arch", "kernel", "cases", "checks",
		"seconds", "new", "changed", "fixed", "known");
	for (u32 i = 0; i < d->cnt; i++) {
		const struct arch_row *r = &d->rows[i];

		fprintf(f, "%-9s %-18.18s %9llu %11llu %8.0f %5u %7u %5u %6llu\n", r->arch,
			r->kernel ? r->kernel : "-", (unsigned long long)r->cases,
			(unsigned long long)r->checks, r->seconds, r->kinds[HISTORY_NEW],
			r->kinds[HISTORY_CHANGED], r->kinds[HISTORY_FIXED],
			(unsigned long long)r->known);
	}
}

static void print_lines(FILE *f, const char *text, u32 max)
{
	for (u32 i = 0; *text && i < max; i++) {
		size_t n = strcspn(text, "\n");

		fprintf(f, "      %.*s\n", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

static void print_news(FILE *f, const struct fold *news, const struct folded *x)
{
	fprintf(f, "  %s%s%s %s  %s", x->arch, *x->variant ? " " : "", x->variant, x->engines,
		x->id);
	if (x->vector >= 0)
		fprintf(f, ".%d", x->vector);
	fprintf(f, "  %s%s  (%s)\n", verdicts[x->verdict].name, fold_was(news, x), x->kernel);
	if (x->kind != HISTORY_FIXED) {
		print_lines(f, x->detail, DETAIL_LINES);
		if (*x->rerun)
			fprintf(f, "      %s\n", x->rerun);
	}
	if (x->verdicts > 1)
		fprintf(f, "      and %u more verdicts of %s\n", x->verdicts - 1, x->operation);
}

static void print_kinds(FILE *f, const struct fold *news)
{
	for (int k = 0; k < NR_HISTORY_KINDS; k++) {
		u32 shown = 0;

		if (!news->kinds[k])
			continue;
		fprintf(f, "\n%s:\n", kinds[k].title);
		for (u32 i = 0; i < news->cnt; i++)
			if (news->list[i].kind == (enum history_kind)k && shown++ < SHOWN)
				print_news(f, news, &news->list[i]);
		if (shown > SHOWN)
			fprintf(f, "  and %u more\n", shown - SHOWN);
	}
}

/* ---- speed ---- */

struct speeds {
	double now, before[USUAL_RUNS];
	u32 cnt;
	s64 night;
};

static int take_speed(void *arg, const struct history_run *run)
{
	struct speeds *s = arg;
	double speed = run->seconds > 0 ? run->checks / run->seconds : 0;

	if (run->partial || run->seconds < SPEED_SECONDS || speed <= 0)
		return 0;
	if (run->night == s->night)
		s->now = s->now > 0 ? s->now : speed;
	else if (s->cnt < USUAL_RUNS)
		s->before[s->cnt++] = speed;
	return 0;
}

static int double_cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static int print_slower(struct digest *d)
{
	bool titled = false;
	int ret = 0;

	for (u32 i = 0; i < d->cnt && !ret; i++) {
		struct history_filter quick = { .arch = d->rows[i].arch,
						.variant = "",
						.unit = "quick",
						.limit = 2 * USUAL_RUNS };
		struct speeds s = { .night = d->night };
		double usual;

		ret = history_each_run(d->h, &quick, take_speed, &s, d->diag);
		if (!s.cnt || s.now <= 0)
			continue;
		qsort(s.before, s.cnt, sizeof(*s.before), double_cmp);
		usual = s.before[s.cnt / 2];
		if (s.now >= SPEED_SLOWER * usual)
			continue;
		fprintf(d->f, "%s  %s  %.0f checks/s, usually %.0f\n",
			titled ? "" : "\nSlower than usual:\n", d->rows[i].arch, s.now, usual);
		titled = true;
	}
	return ret;
}

/* ---- what ran nowhere ---- */

struct idle_list {
	FILE *f;
	u64 left; /* cases that are not shown */
	u32 lines;
};

static int print_idle(void *arg, const struct history_idle *idle)
{
	struct idle_list *list = arg;

	if (!list->lines)
		fprintf(list->f, "%s", "\nCases that ran on no engine and no variant:\n");
	if (list->lines++ < SHOWN)
		fprintf(list->f, "  %s  %llu: %s  (%s)\n", idle->arch,
			(unsigned long long)idle->cases, idle->reason, idle->example);
	else
		list->left += idle->cases;
	return 0;
}

static int print_nowhere(const struct digest *d)
{
	struct idle_list list = { .f = d->f };
	int ret = history_each_idle(d->h, &(struct history_filter){}, print_idle, &list, d->diag);

	if (list.left)
		fprintf(d->f, "  and %llu more, for %u reasons\n", (unsigned long long)list.left,
			list.lines - SHOWN);
	return ret;
}

/* ---- the round ---- */

static int print_rounds(struct digest *d, const struct rounds *rounds)
{
	int ret = 0;

	/* CASES= selects no generated case */
	if (!rounds->nfamilies)
		return 0;
	for (u32 i = 0; i < d->cnt && !ret; i++) {
		struct round_progress p;

		ret = rounds_progress(rounds, d->h, d->rows[i].arch, "", &p, d->diag);
		fprintf(d->f, "%s%s round %u: %.1f %%",
			i ? ", " : "\nEnumeration of all generated cases: ", d->rows[i].arch,
			p.round, 100 * p.share);
		if (p.skipped)
			fprintf(d->f, " (%u parts left out, which gave no results)", p.skipped);
	}
	if (d->cnt)
		fputc('\n', d->f);
	return ret;
}

static void print_head(const struct digest *d, const struct span *span)
{
	char *headline = digest_headline(d->totals);

	fprintf(d->f, "checkjit nightly %s UTC on %s: %s\n", utc_minute(span->begin),
		span->host ? span->host : "?", headline);
	if (span->good)
		fprintf(d->f, "compared with the night of %s UTC; budget %s\n\n",
			utc_minute(span->start), duration_text(span->budget));
	else
		fprintf(d->f, "the first night: all that fails is new; budget %s\n\n",
			duration_text(span->budget));
	free(headline);
}

int digest_write(FILE *f, struct history *h, const struct rounds *rounds, s64 night,
		 const char *trouble, struct digest_totals *totals, struct diag *diag)
{
	struct digest d = { .h = h, .diag = diag, .night = night, .totals = totals, .f = f };
	struct span span = { .night = night };
	int ret;

	*totals = (struct digest_totals){};
	ret = find_span(&d, &span);
	if (!ret)
		ret = collect(&d);
	if (!ret) {
		print_head(&d, &span);
		print_arches(f, &d);
		d.news.first = !span.good;
		print_kinds(f, &d.news);
	}
	if (!ret)
		ret = print_slower(&d);
	if (!ret)
		ret = print_nowhere(&d);
	if (!ret && *trouble)
		fprintf(f, "\nWithout results:\n%s", trouble);
	if (!ret)
		ret = print_rounds(&d, rounds);
	for (u32 i = 0; i < d.cnt; i++) {
		free(d.rows[i].arch);
		free(d.rows[i].kernel);
	}
	free(d.rows);
	fold_free(&d.news);
	free(span.host);
	return ret;
}
