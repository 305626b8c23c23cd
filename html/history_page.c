// SPDX-License-Identifier: GPL-2.0
/* history.html: what earlier runs of these architectures found. */
#include <stdlib.h>
#include "html/page.h"
#include "lib/utc.h"
#include "lib/util.h"
#include "report/night.h"

#define RUNS_MAX     60	  /* of an arch */
#define FINDINGS_MAX 1000 /* of an arch */

struct part;

/* One arch while its part of the page is written. */
struct past {
	const struct html *h;
	FILE *f;
	const char *label;	    /* "x86_64", or "x86_64/BTF=1" */
	const char *arch, *variant; /* NULL: all variants */
	const struct part *part;
	bool open;				/* its table has begun */
	double fresh[RUNS_MAX], rate[RUNS_MAX]; /* of its runs, the newest first */
	u32 runs;
};

/* A table for each arch, which is left out if it has no rows. */
struct part {
	const char *id, *caption; /* followed by the arch */
	const char *heads[8];
	int (*rows)(struct past *past, struct diag *diag);
	void (*after)(struct past *past); /* or NULL */
};

static void row_open(struct past *past, const char *first)
{
	const struct part *part = past->part;
	char *id, *caption;

	if (!past->open) {
		id = xasprintf("%s-%s", part->id, past->label);
		caption = xasprintf("%s %s", part->caption, past->label);
		table_open(past->f, id, caption);
		for (size_t i = 0; i < ARRAY_SIZE(part->heads) && part->heads[i]; i++)
			table_head(past->f, part->heads[i]);
		table_body(past->f);
		past->open = true;
		free(id);
		free(caption);
	}
	markup(past->f, "<tr><th scope=\"row\">%s", first);
}

/* ---- runs ---- */

static int run_row(void *arg, const struct history_run *run)
{
	struct past *past = arg;

	past->fresh[past->runs] = run->fresh;
	past->rate[past->runs] = run->seconds > 0 ? run->checks / run->seconds : 0;
	row_open(past, utc_minute(run->start));
	markup(past->f, "</th><td>%s%s%s</td><td>%s</td>", run->kernel, *run->variant ? ", " : "",
	       run->variant, run->unit);
	markup(past->f,
	       "<td class=\"num\">%u</td><td class=\"num\">%u</td><td class=\"num\">%u</td>"
	       "<td class=\"num\">%u</td></tr>\n",
	       (u32)run->fresh, (u32)run->changed, (u32)run->fixed, (u32)past->rate[past->runs]);
	past->runs++;
	return 0;
}

static int run_rows(struct past *past, struct diag *diag)
{
	struct history_filter filter = { .arch = past->arch,
					 .variant = past->variant,
					 .limit = RUNS_MAX };

	past->runs = 0;
	return history_each_run(past->h->history, &filter, run_row, past, diag);
}

/* Bars go from the oldest run to the newest. */
static void turn(double *v, u32 n)
{
	for (u32 i = 0; i < n / 2; i++) {
		double x = v[i];

		v[i] = v[n - 1 - i];
		v[n - 1 - i] = x;
	}
}

static void run_trends(struct past *past)
{
	turn(past->fresh, past->runs);
	turn(past->rate, past->runs);
	trend(past->f, "New failures, from the oldest run to the newest", past->fresh, past->runs);
	trend(past->f, "Checks a second, from the oldest run to the newest", past->rate,
	      past->runs);
}

/* ---- cases that fail ---- */

static int finding_row(void *arg, const struct history_verdict *v)
{
	struct past *past = arg;

	row_open(past, NULL);
	case_link(past->f, past->h, v->id, "");
	markup(past->f, "</th><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n", v->engine,
	       verdicts[v->verdict].name, utc_minute(v->since.time), v->since.kernel);
	return 0;
}

static int finding_rows(struct past *past, struct diag *diag)
{
	struct history_filter filter = { .arch = past->arch,
					 .variant = past->variant,
					 .limit = FINDINGS_MAX };

	return history_each_finding(past->h->history, &filter, finding_row, past, diag);
}

/* ---- capabilities ---- */

static int cap_row(void *arg, const struct history_cap *cap)
{
	struct past *past = arg;

	if (!cap->changed)
		return 0;
	row_open(past, utc_minute(cap->when.time));
	markup(past->f, "</th><td><code>%s</code></td><td>%s</td><td>%s</td></tr>\n", cap->cap,
	       cap->have ? "gained" : "lost", cap->when.kernel);
	return 0;
}

static int cap_rows(struct past *past, struct diag *diag)
{
	struct history_filter filter = { .arch = past->arch, .variant = past->variant };

	return history_each_cap(past->h->history, &filter, cap_row, past, diag);
}

/* ---- the enumeration ---- */

static int cursor_row(void *arg, const struct history_cursor *c)
{
	struct past *past = arg;

	row_open(past, c->family);
	markup(past->f, "</th><td class=\"num\">%u</td><td>%u of %u</td></tr>\n", c->round,
	       c->next - 1, c->nshards);
	return 0;
}

static int cursor_rows(struct past *past, struct diag *diag)
{
	struct history_filter filter = { .arch = past->arch, .variant = past->variant };

	return history_each_cursor(past->h->history, &filter, cursor_row, past, diag);
}

/* ---- the page ---- */

static const struct part parts[] = {
	{ "failing",
	  "Cases that fail, known ones too, on",
	  { "Case", "Engine", "Verdict", "Since (UTC)", "First on kernel" },
	  finding_rows,
	  NULL },
	{ "runs",
	  "Runs of",
	  { "Started (UTC)", "Kernel", "Cases", "New", "Changed", "Fixed", "Checks/s" },
	  run_rows,
	  run_trends },
	{ "caps",
	  "Capabilities that changed on",
	  { "Run (UTC)", "Capability", "Change", "Kernel" },
	  cap_rows,
	  NULL },
	{ "round",
	  "How far the enumeration of generated cases is on",
	  { "Family", "Round", "Parts done" },
	  cursor_rows,
	  NULL },
};

static int arch_parts(struct past *past, struct diag *diag)
{
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(parts) && !ret; i++) {
		past->part = &parts[i];
		past->open = false;
		ret = parts[i].rows(past, diag);
		if (!past->open)
			continue;
		table_close(past->f);
		if (parts[i].after)
			parts[i].after(past);
	}
	return ret;
}

int history_page(const struct html *h)
{
	struct past past = { .h = h };
	struct diag diag;
	struct page p;
	int ret;

	if (!h->history)
		return 0;
	ret = page_open(&p, h, "history.html", "History");
	if (ret)
		return ret;
	past.f = p.f;
	for (u32 i = 0; i < h->set->cnt && !ret; i++) {
		char *arch;

		past.label = h->set->runs[i].info.arch;
		past.variant = night_variant(past.label, &arch);
		if (!*past.variant)
			past.variant = NULL;
		past.arch = arch;
		markup(p.f, "<h2 id=\"%s\">%s</h2>\n", past.label, past.label);
		ret = arch_parts(&past, &diag);
		free(arch);
	}
	if (ret)
		diag_print(&diag);
	return page_close(&p, h) ?: ret;
}
