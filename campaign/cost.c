// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include "lib/util.h"
#include "campaign/cost.h"

struct cost_part {
	const struct engine *engine;
	char *folder;
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

void cost_add(struct cost *to, const struct cost *from, const struct cost *until)
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

static struct cost_part *find_part(struct campaign *c, const struct engine *e, const char *group)
{
	size_t len = strcspn(group, "/");

	for (u32 i = c->nparts; i--;)
		if (c->parts[i].engine == e && !strncmp(c->parts[i].folder, group, len) &&
		    !c->parts[i].folder[len])
			return &c->parts[i];
	ARRAY_GROW(c->parts, c->nparts, c->parts_cap);
	c->parts[c->nparts] = (struct cost_part){ e, xstrndup(group, len), {} };
	return &c->parts[c->nparts++];
}

void cost_part(struct campaign *c, const struct engine *e, const struct plan_entry *entry)
{
	struct cost now;

	if (entry->generated)
		return;
	now = cost_now(c);
	cost_add(&find_part(c, e, entry->p.c->group)->cost, &c->parts_until, &now);
	c->parts_until = now;
}

void cost_parts_end(struct campaign *c, FILE *f)
{
	for (u32 i = 0; i < c->nparts; i++) {
		struct cost_part *part = &c->parts[i];
		char *name = xasprintf("%s/%s", part->folder, part->engine->name);

		stats_line(f, "part", name, &part->cost, "");
		free(name);
		free(part->folder);
	}
	free(c->parts);
}
