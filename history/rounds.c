// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "gen/version.h"
#include "history/rounds.h"
#include "lib/util.h"
#include "session/engine.h"

#define BOOT_SECONDS 15.0  /* that a part costs beside its cases */
#define FIRST_RATE   400.0 /* verdicts a second, where nothing is known yet */
#define PART_CASES   512   /* cases that stay together: SHARD_BLOCK of gen/sweep.c */

void rounds_open(struct rounds *r, const struct gen_family *const *families, u32 nfamilies)
{
	r->families = families;
	r->nfamilies = nfamilies;
	r->versions = xcalloc(nfamilies, sizeof(*r->versions));
	for (u32 i = 0; i < nfamilies; i++)
		r->versions[i] = gen_version(families[i]);
}

void rounds_close(struct rounds *r)
{
	free(r->versions);
}

/* ---- where the cursors stand ---- */

struct standing {
	const struct rounds *rounds;
	struct history_cursor *cursors; /* one a family; round 0: it was never begun */
	double seconds;			/* of all cursors */
	u64 cases;
};

static int take_cursor(void *arg, const struct history_cursor *c)
{
	struct standing *s = arg;

	s->seconds += c->seconds;
	s->cases += c->cases;
	for (u32 i = 0; i < s->rounds->nfamilies; i++)
		if (!strcmp(s->rounds->families[i]->name, c->family))
			s->cursors[i] = *c;
	return 0;
}

/* The caller frees s->cursors. */
static int load(struct standing *s, struct history *h, const char *arch, const char *variant,
		struct diag *diag)
{
	struct history_filter filter = { .arch = arch, .variant = variant };

	s->cursors = xcalloc(s->rounds->nfamilies, sizeof(*s->cursors));
	return history_each_cursor(h, &filter, take_cursor, s, diag);
}

/* Is the round of family @i over, or of another generator? Then a new one begins. */
static bool is_over(const struct standing *s, u32 i)
{
	const struct history_cursor *c = &s->cursors[i];

	return !c->round || c->version != s->rounds->versions[i] || c->next > c->nshards;
}

static bool is_outdated(const struct standing *s, u32 i)
{
	return s->cursors[i].round && s->cursors[i].version != s->rounds->versions[i];
}

/* The round that is going on: the lowest one that any family is in. */
static u32 present_round(const struct standing *s)
{
	u32 round = UINT32_MAX;

	for (u32 i = 0; i < s->rounds->nfamilies; i++) {
		const struct history_cursor *c = &s->cursors[i];
		u32 in = !c->round			       ? 1
			 : is_over(s, i) && !is_outdated(s, i) ? c->round + 1
							       : c->round;

		round = in < round ? in : round;
	}
	return round;
}

/* The round that the next part of family @i belongs to. */
static u32 round_of(const struct standing *s, u32 i, u32 present)
{
	const struct history_cursor *c = &s->cursors[i];

	/* a new family, or generator, joins the round that is going on */
	if (!c->round || is_outdated(s, i))
		return present;
	return is_over(s, i) ? c->round + 1 : c->round;
}

/* ---- how long a part takes ---- */

/* Verdicts a second: of the family's last round, else of all families. */
static double rate(const struct standing *s, u32 i)
{
	const struct history_cursor *c = &s->cursors[i];

	if (c->cases && c->seconds > 0)
		return c->cases / c->seconds;
	return s->cases && s->seconds > 0 ? s->cases / s->seconds : FIRST_RATE;
}

static double seconds_of_part(const struct standing *s, u32 i, u32 nshards)
{
	double verdicts = (double)gen_count(s->rounds->families[i]) * nr_engines;

	return BOOT_SECONDS + verdicts / nshards / rate(s, i);
}

/* How many parts of at most @part_seconds; not more than there are blocks of cases. */
static u32 cut(const struct standing *s, u32 i, double part_seconds)
{
	u32 most = gen_count(s->rounds->families[i]) / PART_CASES + 1, n = 1;

	while (n < most && seconds_of_part(s, i, n) > part_seconds)
		n++;
	return n;
}

/* ---- which one is next ---- */

struct choice {
	u32 family, round, nshards;
	double spent, seconds;
	bool begins, found;
};

static struct choice choice_of(const struct standing *s, u32 i, u32 present, double part_seconds)
{
	const struct history_cursor *c = &s->cursors[i];
	struct choice choice = { .family = i,
				 .round = round_of(s, i, present),
				 .begins = is_over(s, i) };

	/* parts that turned out to be too long are cut again while none is done */
	choice.begins |= c->next == 1 && seconds_of_part(s, i, c->nshards) > 2 * part_seconds &&
			 cut(s, i, part_seconds) > c->nshards;
	choice.nshards = choice.begins ? cut(s, i, part_seconds) : c->nshards;
	choice.spent = choice.begins ? 0 : c->seconds;
	choice.seconds = seconds_of_part(s, i, choice.nshards);
	return choice;
}

static bool comes_before(const struct choice *a, const struct choice *b)
{
	return a->round != b->round ? a->round < b->round : a->spent < b->spent;
}

static struct choice choose(const struct standing *s, double seconds, double part_seconds)
{
	u32 present = present_round(s);
	struct choice best = {};

	for (u32 i = 0; i < s->rounds->nfamilies; i++) {
		struct choice c = choice_of(s, i, present, part_seconds);

		if (c.seconds > seconds || (best.found && !comes_before(&c, &best)))
			continue;
		best = c;
		best.found = true;
	}
	return best;
}

int rounds_next(const struct rounds *r, struct history *h, const char *arch, const char *variant,
		double seconds, double part_seconds, struct round_part *out, struct diag *diag)
{
	struct standing s = { .rounds = r };
	struct choice c;
	int ret = load(&s, h, arch, variant, diag);

	if (ret)
		goto out;
	c = choose(&s, seconds, part_seconds);
	if (!c.found)
		goto out;
	*out = (struct round_part){ .family = r->families[c.family], .seconds = c.seconds };
	out->cursor = s.cursors[c.family];
	if (c.begins)
		out->cursor = (struct history_cursor){ .version = r->versions[c.family],
						       .next = 1,
						       .nshards = c.nshards,
						       .round = c.round };
	/* not the strings of the query, which are gone */
	out->cursor.arch = arch;
	out->cursor.variant = variant;
	out->cursor.family = out->family->name;
	ret = c.begins ? history_cursor_set(h, &out->cursor, diag) : 0;
	ret = ret ? ret : 1;
out:
	free(s.cursors);
	return ret;
}

int rounds_progress(const struct rounds *r, struct history *h, const char *arch,
		    const char *variant, struct round_progress *out, struct diag *diag)
{
	struct standing s = { .rounds = r };
	double done = 0, all = 0;
	int ret = load(&s, h, arch, variant, diag);

	*out = (struct round_progress){};
	if (!ret)
		out->round = present_round(&s);
	for (u32 i = 0; i < r->nfamilies && !ret; i++) {
		const struct history_cursor *c = &s.cursors[i];
		double cases = gen_count(r->families[i]);

		all += cases;
		if (!c->round || is_outdated(&s, i))
			continue;
		if (c->round > out->round || c->next > c->nshards)
			done += c->round >= out->round ? cases : 0;
		else
			done += c->round == out->round ? cases * (c->next - 1) / c->nshards : 0;
		out->skipped += c->round == out->round ? c->skipped : 0;
	}
	out->share = all > 0 ? done / all : 0;
	free(s.cursors);
	return ret;
}
