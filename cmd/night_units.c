// SPDX-License-Identifier: GPL-2.0
/* Which unit an arch runs next. */
#include <string.h>
#include <unistd.h>
#include "cmd/arch_conf.h"
#include "cmd/night.h"
#include "cmd/proc.h"
#include "cmd/settings.h"
#include "lib/shipped.h"
#include "lib/util.h"

#define VARIANT_GUESS 600.0 /* seconds of a variant that never ran, where nothing else is known */
#define PART_MIN      30.0  /* seconds of a part */
#define PART_MAX      900.0

double night_left(const struct night *n)
{
	return ((double)n->end_us - (double)clock_us()) / 1e6;
}

void night_unit_free(struct night_unit *u)
{
	free(u->name);
	free(u->dir);
	args_free(&u->settings);
	*u = (struct night_unit){};
}

/* The time that an arch has if all have the same. */
static double share_of(const struct night *n)
{
	return (double)n->budget * n->parallel / n->nlanes;
}

/* Has @dir files of an interrupted run of @arch? */
static bool has_rest(const char *dir, const char *arch)
{
	static const char *const patterns[] = { "%s/%s.partial.jsonl", "%s/.%s.jsonl.part" };
	bool has = false;

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		char *path = xasprintf(patterns[i], dir, arch);

		has |= !access(path, F_OK);
		free(path);
	}
	return has;
}

void night_begin_unit(const struct night *n, struct lane *lane, char *name, const char *variant,
		      char *subdir)
{
	struct night_unit *u = &lane->unit;

	*u = (struct night_unit){ .stage = lane->stage, .name = name, .variant = variant };
	u->dir = xasprintf("%s/%s", n->dir, subdir);
	u->resumed = has_rest(u->dir, lane->arch);
	free(subdir);
}

/* ---- what the history says ---- */

/* The newest run comes first. */
static int take_run(void *arg, const struct history_run *run)
{
	struct night_seen *seen = arg;

	if (!seen->any) {
		seen->run = run->id;
		seen->seconds = run->seconds;
	}
	seen->any = true;
	seen->whole |= !run->partial;
	return 0;
}

int night_look(struct night *n, const struct lane *lane, const char *variant, const char *unit,
	       bool any_night, struct night_seen *out)
{
	struct history_filter filter = { .arch = lane->arch,
					 .variant = variant,
					 .unit = unit,
					 .night = any_night ? 0 : n->id,
					 .limit = any_night ? 1 : 0 };

	*out = (struct night_seen){};
	return history_each_run(n->h, &filter, take_run, out, &n->diag);
}

/* ---- quick ---- */

/* Runs of one unit have the same cases: with CASES= it is another one. */
static int quick(struct night *n, struct lane *lane)
{
	const char *cases = setting(SET_CASES);
	char *name = cases ? xasprintf("quick %s", cases) : xstrdup("quick");
	struct night_seen seen;
	int ret = night_look(n, lane, "", name, false, &seen);

	lane->quick = seen.seconds;
	if (ret || seen.whole) {
		free(name);
		return ret;
	}
	night_begin_unit(n, lane, name, "", xstrdup(NIGHT_QUICK));
	return 1;
}

/* ---- variants ---- */

static const struct variant {
	const char *name, *settings, *arches, *needs;
	double guess;
} variants[] = {
#define VARIANT(name, settings, arches, needs, guess) { name, settings, arches, needs, guess },
#include "cmd/variants.def"
#undef VARIANT
};

static bool has_word(const char *words, const char *word)
{
	struct args a = {};
	bool has = false;

	args_words(&a, words);
	for (u32 i = 0; i < a.cnt; i++)
		has |= !strcmp(a.v[i], word) || !strcmp(a.v[i], "all");
	args_free(&a);
	return has;
}

static bool applies(const struct variant *v, const char *arch)
{
	struct arch_conf conf;
	bool has;

	if (!has_word(v->arches, arch))
		return false;
	if (!v->needs)
		return true;
	if (arch_conf_load(&conf, arch))
		return false;
	has = arch_conf_get(&conf, v->needs);
	arch_conf_free(&conf);
	return has;
}

static void add_settings(struct args *to, const char *settings)
{
	while (*settings) {
		size_t n = strcspn(settings, ";");
		char *word = xstrndup(settings, n);

		args_add(to, word);
		free(word);
		settings += n + (settings[n] == ';');
	}
}

/* Seconds of a variant that never ran. */
static double guess(const struct variant *v, const struct lane *lane)
{
	return lane->quick > 0 ? v->guess * lane->quick : VARIANT_GUESS;
}

/* Can its kernel be had with the settings of the night? PATCHES= cannot be applied to a binary one.
 */
static bool possible(const struct variant *v, const char *arch)
{
	pid_t pid = proc_fork();
	struct args a = {};

	if (!pid) {
		add_settings(&a, v->settings);
		for (u32 i = 0; i < a.cnt; i++)
			putenv(a.v[i]);
		if (!proc_log("/dev/null"))
			execlp(shipped("images/kernel.sh"), "kernel.sh", "--kind", arch, NULL);
		_exit(EXIT_INFRA);
	}
	return pid > 0 && !proc_wait(pid, NULL);
}

/* The variant that has not run for longest, if one fits into a quarter of the arch's time. */
static int variant(struct night *n, struct lane *lane)
{
	double limit = share_of(n) / 4, left = night_left(n);
	const struct variant *best = NULL;
	s64 oldest = INT64_MAX;
	struct night_seen seen;
	int ret;

	if (setting(SET_CASES))
		return 0;
	for (u32 i = 0; i < ARRAY_SIZE(variants); i++) {
		if (!applies(&variants[i], lane->arch))
			continue;
		ret = night_look(n, lane, variants[i].name, NULL, false, &seen);
		if (ret || seen.any)
			return ret;
		ret = night_look(n, lane, variants[i].name, NULL, true, &seen);
		if (ret)
			return ret;
		if (seen.run >= oldest || !possible(&variants[i], lane->arch) ||
		    (seen.any ? seen.seconds : guess(&variants[i], lane)) >
			    (limit < left ? limit : left))
			continue;
		best = &variants[i];
		oldest = seen.run;
	}
	if (!best)
		return 0;
	night_begin_unit(n, lane, xstrdup("variant"), best->name, xstrdup(best->name));
	add_settings(&lane->unit.settings, best->settings);
	return 1;
}

/* ---- the enumeration ---- */

/* Its directory names the round of a part. */
static int take_round(void *arg, const struct history_run *run)
{
	const char *name = strrchr(run->dir, '/');
	u32 *first = arg, round;

	if (name && sscanf(name, "/round%u-", &round) == 1 && round < *first)
		*first = round;
	return 0;
}

/* Set lane->round: @present, or an earlier one if the night was killed and is gone on with. */
static int first_round(struct night *n, struct lane *lane, u32 present)
{
	struct history_filter filter = { .arch = lane->arch, .variant = "", .night = n->id };

	if (lane->round)
		return 0;
	lane->round = present;
	return history_each_run(n->h, &filter, take_round, &lane->round, &n->diag);
}

static int part(struct night *n, struct lane *lane)
{
	double piece = share_of(n) / 6;
	const struct history_cursor *c;
	struct round_part next;
	char *word;
	int ret;

	piece = piece < PART_MIN ? PART_MIN : piece > PART_MAX ? PART_MAX : piece;
	ret = rounds_next(&n->rounds, n->h, lane->arch, "", night_left(n), piece, &next, &n->diag);
	if (ret <= 0)
		return ret;
	c = &next.cursor;
	ret = first_round(n, lane, c->round);
	if (ret)
		return ret;
	/* more than a whole round shows nothing new in one night */
	if (c->round > lane->round + 1)
		return 0;
	night_begin_unit(
		n, lane, xasprintf("gen/%s %u/%u", next.family->name, c->next, c->nshards), "",
		xasprintf("round%u-%s.%u-%u", c->round, next.family->name, c->next, c->nshards));
	lane->unit.part = next;
	word = xasprintf("CASES=gen/%s/*", next.family->name);
	args_add(&lane->unit.settings, word);
	free(word);
	word = xasprintf("SHARD=%u/%u", next.cursor.next, next.cursor.nshards);
	args_add(&lane->unit.settings, word);
	free(word);
	args_add(&lane->unit.settings, "SWEEP=nightly");
	return 1;
}

/* ---- which stage ---- */

static int (*const stages[])(struct night *n, struct lane *lane) = {
	[STAGE_QUICK] = quick,
	[STAGE_RETEST] = night_retest,
	[STAGE_VARIANTS] = variant,
	[STAGE_ROUND] = part,
};

int night_next(struct night *n, struct lane *lane)
{
	int ret = 0;

	while (!ret && lane->stage != STAGE_DONE && night_left(n) > 0) {
		ret = stages[lane->stage](n, lane);
		if (!ret)
			lane->stage++;
	}
	return ret;
}
