// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include "lib/util.h"
#include "campaign/cost.h"

struct cost_line {
	const char *key;
	char *name;
	const struct engine *engine; /* of a part, else NULL */
	struct cost cost;
};

struct cost cost_now(const struct campaign *c)
{
	const struct campaign_stats *stats = &c->stats;

	return (struct cost){
		.seconds = (clock_us() - stats->start_us) / 1e6,
		.cases = stats->cases,
		.checks = stats->checks,
		.predicted = stats->predicted,
		.load_us = c->session.load_us,
		.run_us = c->session.run_us,
	};
}

static void add(struct cost *to, const struct cost *from, const struct cost *until)
{
	to->seconds += until->seconds - from->seconds;
	to->cases += until->cases - from->cases;
	to->checks += until->checks - from->checks;
	to->predicted += until->predicted - from->predicted;
	to->load_us += until->load_us - from->load_us;
	to->run_us += until->run_us - from->run_us;
}

void stats_line(FILE *f, const char *key, const char *value, const struct cost *c, const char *more)
{
	if (f)
		fprintf(f,
			"%s=%s seconds=%.3f cases=%llu checks=%llu predicted=%llu load_s=%.3f "
			"run_s=%.3f%s\n",
			key, value, c->seconds, (unsigned long long)c->cases,
			(unsigned long long)c->checks, (unsigned long long)c->predicted,
			c->load_us / 1e6, c->run_us / 1e6, more);
}

/* The line of @key and the first @len characters of @name, and of @e if it is a part. */
static struct cost *line_of(struct campaign *c, const char *key, const char *name, size_t len,
			    const struct engine *e)
{
	for (u32 i = c->nlines; i--;) {
		struct cost_line *l = &c->lines[i];

		if (l->engine == e && !strcmp(l->key, key) && !strncmp(l->name, name, len) &&
		    !l->name[len])
			return &l->cost;
	}
	ARRAY_GROW(c->lines, c->nlines, c->lines_cap);
	c->lines[c->nlines] =
		(struct cost_line){ .key = key, .name = xstrndup(name, len), .engine = e };
	return &c->lines[c->nlines++].cost;
}

void cost_spent(struct campaign *c, const char *key, const char *name, const struct cost *since)
{
	struct cost now = cost_now(c);

	add(line_of(c, key, name, strlen(name), NULL), since, &now);
}

void cost_part(struct campaign *c, const struct engine *e, const struct plan_entry *entry)
{
	const char *group = entry->p.c->group;
	struct cost now;

	if (entry->generated)
		return;
	now = cost_now(c);
	add(line_of(c, "part", group, strcspn(group, "/"), e), &c->parts_until, &now);
	c->parts_until = now;
}

void cost_lines_end(struct campaign *c, FILE *f)
{
	for (u32 i = 0; i < c->nlines; i++) {
		struct cost_line *l = &c->lines[i];
		char *name =
			l->engine ? xasprintf("%s/%s", l->name, l->engine->name) : xstrdup(l->name);

		stats_line(f, l->key, name, &l->cost, "");
		free(name);
		free(l->name);
	}
	free(c->lines);
}
