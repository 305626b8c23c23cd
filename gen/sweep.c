// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "gen/sweep.h"
#include "lib/idmatch.h"
#include "lib/rand.h"
#include "lib/strbuf.h"
#include "lib/util.h"

#define QUICK_CASES 1360 /* of each family, on raw engines */
/* One in so many of those where each case is a program of its own and has no raw route. */
#define QUICK_ALONE 40
#define SHARD_BLOCK 512 /* neighbours share programs: they stay together */

/* ---- patterns ---- */

/* Can an id that begins with @prefix match @pattern? Only what stands before the first wildcard is
 * compared. */
static bool may_match(const char *pattern, const char *prefix)
{
	size_t lit = strcspn(pattern, "*?["), len = strlen(prefix);

	return !strncmp(pattern, prefix, lit < len ? lit : len);
}

/* The vector of @id that the patterns want, -1 for all, or -ENOENT: none names it. */
static long wanted(const struct sweep_conf *conf, const char *id)
{
	long vec = -ENOENT;

	for (u32 i = 0; i < conf->npatterns; i++) {
		long v;

		if (id_matches(conf->patterns[i], id, &v))
			vec = vec == -ENOENT || vec == v ? v : -1;
	}
	return vec;
}

/* Is @id a pattern, perhaps with a vector behind it? */
static bool is_named(const struct sweep_conf *conf, const char *id)
{
	size_t len = strlen(id);

	for (u32 i = 0; i < conf->npatterns; i++) {
		const char *p = conf->patterns[i];

		if (!strncmp(p, id, len) && (!p[len] || p[len] == '.'))
			return true;
	}
	return false;
}

static bool family_wanted(const struct sweep_conf *conf, const struct gen_family *f)
{
	char prefix[CASE_ID_MAX];

	snprintf(prefix, sizeof(prefix), "gen/%s/", f->name);
	for (u32 i = 0; i < conf->npatterns; i++)
		if (may_match(conf->patterns[i], prefix))
			return true;
	return false;
}

/* ---- how many, and which ---- */

static u64 take_of(const struct sweep_conf *conf, const struct gen_family *f, u64 n)
{
	u64 quota = QUICK_CASES;

	if (f->verified)
		quota /= QUICK_ALONE;
	if (f->quick && f->quick < quota)
		quota = f->quick;

	if (conf->npatterns)
		return family_wanted(conf, f) ? n : 0;
	switch (conf->profile) {
	case SWEEP_NIGHTLY:
		return n;
	case SWEEP_QUICK:
		return n < quota ? n : quota;
	default:
		return 0;
	}
}

/* One from each of @take equal parts of the family, at a place that the seed decides. */
static u64 pick(const struct sweep *s, u64 i)
{
	u64 n = s->count, from, to;

	if (s->take == n)
		return i;
	from = i * n / s->take;
	to = (i + 1) * n / s->take;
	return from + rand_mix(s->conf.seed ^ rand_mix(s->key + i)) % (to - from);
}

bool sweep_is_quick(const struct sweep *s)
{
	return !s->conf.npatterns && s->conf.profile == SWEEP_QUICK;
}

/* Count the pick. Is it in the shard? The name decides where small families go. */
static bool in_shard(struct sweep *s)
{
	u64 block = s->seen++ / SHARD_BLOCK, n = s->conf.nshards;

	s->position++;
	return !n || (s->key % n + block) % n == s->conf.shard;
}

bool sweep_step(struct sweep *s, struct sweep_pick *out)
{
	char id[CASE_ID_MAX];

	while (s->next < s->take) {
		out->position = s->next++;
		out->index = pick(s, out->position);
		out->vec = -1;
		out->named = false;
		if (s->conf.npatterns) {
			gen_id(s->f, out->index, id);
			out->vec = wanted(&s->conf, id);
			out->named = is_named(&s->conf, id);
		}
		if (out->vec != -ENOENT && in_shard(s))
			return true;
	}
	return false;
}

struct bpf_case *sweep_case(const struct sweep *s, const struct sweep_pick *pick)
{
	struct bpf_case *c = gen_nth(s->f, pick->index);

	if (pick->vec < (long)c->vecs->nvecs)
		return c;
	bpf_case_free(c);
	return NULL;
}

struct bpf_case *sweep_next(struct sweep *s, struct sweep_pick *out)
{
	struct bpf_case *c = NULL;

	while (!c && sweep_step(s, out))
		c = sweep_case(s, out);
	return c;
}

bool sweep_family(struct sweep *s)
{
	s->next = 0;
	s->seen = 0;
	s->take = 0;
	if (s->at >= s->nfamilies)
		return false;
	s->f = s->families[s->at++];
	/* picks depend on their family alone: a new one changes nothing for the others */
	s->key = rand_mix_text(s->f->name);
	s->count = gen_count(s->f);
	s->take = take_of(&s->conf, s->f, s->count);
	return true;
}

static struct sweep sweep_of(const struct sweep_conf *conf)
{
	return (struct sweep){ .conf = *conf,
			       .families = gen_families,
			       .nfamilies = nr_gen_families };
}

u64 sweep_count(const struct sweep_conf *conf)
{
	struct sweep s = sweep_of(conf);
	struct sweep_pick pick;
	u64 n = 0;

	while (sweep_family(&s))
		while (sweep_step(&s, &pick))
			n++;
	return n;
}

/* Is there a case, with the vector where one is named? */
static bool selects_any(const struct sweep_conf *conf)
{
	struct sweep s = sweep_of(conf);
	struct sweep_pick pick;
	struct bpf_case *c = NULL;
	bool found;

	while (!c && sweep_family(&s))
		c = sweep_next(&s, &pick);
	found = c;
	bpf_case_free(c);
	return found;
}

int sweep_open(struct sweep *s, const struct sweep_conf *conf)
{
	*s = sweep_of(conf);
	for (u32 i = 0; i < conf->npatterns; i++) {
		struct sweep_conf one = { .patterns = conf->patterns + i, .npatterns = 1 };
		const struct gen_family *f;
		char hint[128] = "`checkjit list --gen` shows the families";
		u64 index;

		if (!strpbrk(conf->patterns[i], "*?[.") &&
		    !gen_find(conf->patterns[i], &f, &index, hint))
			continue;
		if (selects_any(&one))
			continue;
		pr_err("no generated case matches '%s' (%s)", conf->patterns[i], hint);
		return -EINVAL;
	}
	return 0;
}

int gen_patterns_last(char **argv, int n)
{
	int others = 0;

	for (int i = 0; i < n; i++) {
		char *p = argv[i];

		if (gen_is_pattern(p))
			continue;
		memmove(argv + others + 1, argv + others, (i - others) * sizeof(*argv));
		argv[others++] = p;
	}
	return others;
}

static const char *const names[] = {
	[SWEEP_NONE] = "none",
	[SWEEP_QUICK] = "quick",
	[SWEEP_NIGHTLY] = "nightly",
};

int sweep_profile_by_name(const char *name)
{
	for (u32 i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]))
			return i;
	return -EINVAL;
}

char *sweep_text(const struct sweep_conf *conf)
{
	struct strbuf text = {};

	strbuf_add(&text, "SWEEP=%s", names[conf->profile]);
	if (conf->profile == SWEEP_QUICK)
		strbuf_add(&text, " SEED=%llu", (unsigned long long)conf->seed);
	if (conf->nshards)
		strbuf_add(&text, " SHARD=%u/%u", conf->shard + 1, conf->nshards);
	return strbuf_take(&text);
}

int sweep_parse_shard(const char *text, u32 *shard, u32 *nshards)
{
	unsigned int i, n;
	char end;

	if (sscanf(text, "%u/%u%c", &i, &n, &end) != 2 || !n || !i || i > n)
		return -EINVAL;
	*shard = i - 1;
	*nshards = n;
	return 0;
}
