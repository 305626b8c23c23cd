// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "campaign/progress.h"
#include "lib/status.h"
#include "lib/util.h"

#define PAINT_US  500000   /* between two states of the line on a terminal */
#define LINE_US	  60000000 /* between two lines elsewhere */
#define ETA_AFTER 5.0	   /* seconds after which the rate says something */

/* Write ", 3:20 left" into @to, or nothing as long as nobody knows. */
static void time_left(char *to, size_t size, const struct progress_facts *p)
{
	double left;
	u32 s;

	*to = '\0';
	if (p->seconds < ETA_AFTER || !p->work || !p->work_left)
		return;
	left = p->seconds * p->work_left / p->work;
	s = left > 359999 ? 359999 : left + 0.5;
	if (s >= 3600)
		snprintf(to, size, ", %u:%02u:%02u left", s / 3600, s / 60 % 60, s % 60);
	else
		snprintf(to, size, ", %u:%02u left", s / 60, s % 60);
}

void progress_text(char *to, size_t size, const struct progress_facts *p)
{
	u64 done = p->before + p->cases;
	char left[32];

	time_left(left, sizeof(left), p);
	snprintf(to, size, "%s: %llu/%llu%s, %u finding%s, %llu checks, %.0f/s", p->where,
		 (unsigned long long)(done < p->planned ? done : p->planned),
		 (unsigned long long)p->planned, left, p->findings, p->findings == 1 ? "" : "s",
		 (unsigned long long)p->checks, p->seconds > 0 ? p->checks / p->seconds : 0.0);
}

void progress_boot(struct campaign *c)
{
	/* where nobody paints, the first line comes after a minute */
	c->shown_us = status_painted() ? 0 : clock_us();
	if (c->conf->progress)
		status_set(c->conf->guest.arch, "booting");
}

/* Of the verdicts to come. Which engines those of an interrupted run were on is not known. */
static u64 work_left(const struct campaign *c)
{
	u64 before = c->resumed < c->planned ? c->resumed : c->planned,
	    work = c->planned_work - c->planned_work * before / c->planned;

	return work > c->stats.work ? work - c->stats.work : 0;
}

void progress_show(struct campaign *c, const char *where)
{
	const struct campaign_stats *stats = &c->stats;
	u64 now = clock_us(), first = stats->start_us + stats->first_ms * 1000ull;
	char text[256];

	if (!c->conf->progress || now < c->shown_us + PAINT_US ||
	    (!status_painted() && now < c->shown_us + LINE_US))
		return;
	c->shown_us = now;
	progress_text(text, sizeof(text),
		      &(struct progress_facts){
			      .where = where,
			      .before = c->resumed,
			      .cases = stats->cases,
			      .planned = c->planned,
			      .work = stats->work,
			      .work_left = work_left(c),
			      .checks = stats->checks,
			      .findings = c->findings,
			      .seconds = stats->first_ms ? (now - first) / 1e6 : 0,
		      });
	if (status_painted())
		status_set(c->conf->guest.arch, text);
	else
		fprintf(stderr, "%-8s %s\n", c->conf->guest.arch, text);
}

void progress_end(const struct campaign *c, double seconds)
{
	u32 boots = c->session.boots;

	if (!c->conf->progress)
		return;
	status_set(c->conf->guest.arch, NULL);
	fprintf(stderr, "%-8s %u boot%s, %.1f s: %llu checks\n", c->conf->guest.arch, boots,
		boots == 1 ? "" : "s", seconds, (unsigned long long)c->stats.checks);
}
