// SPDX-License-Identifier: GPL-2.0
#include "runners/cost.h"

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - start->tv_sec + (now.tv_nsec - start->tv_nsec) / 1e9;
}

struct cost cost_now(const struct runner *r)
{
	return (struct cost){ seconds_since(&r->start), r->cases, r->checks, r->load_us, r->run_us };
}

void cost_add(struct cost *to, const struct cost *from, const struct cost *until)
{
	to->seconds += until->seconds - from->seconds;
	to->cases += until->cases - from->cases;
	to->checks += until->checks - from->checks;
	to->load_us += until->load_us - from->load_us;
	to->run_us += until->run_us - from->run_us;
}

void stats_line(FILE *f, const char *key, const char *value, const struct cost *c, const char *more)
{
	if (f)
		fprintf(f, "%s=%s seconds=%.3f cases=%llu checks=%llu load_s=%.3f run_s=%.3f%s\n", key, value, c->seconds,
			(unsigned long long)c->cases, (unsigned long long)c->checks, c->load_us / 1e6, c->run_us / 1e6, more);
}
