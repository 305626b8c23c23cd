// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include "lib/util.h"
#include "report/json.h"
#include "report/merge.h"
#include "report/report.h"
#include "session/engine.h"

/* ---- one order ---- */

static bool is_generated_count(const struct record *r)
{
	return r->cases && !strncmp(r->id, "gen/", 4);
}

/* By what counts say: those that compare as equal can be summed up. */
static int count_cmp(const void *pa, const void *pb)
{
	const struct record *a = pa, *b = pb;
	char *op_a = id_operation(a->id), *op_b = id_operation(b->id);
	int c = strcmp(op_a, op_b);

	free(op_a);
	free(op_b);
	if (!c)
		c = strcmp(a->engine, b->engine);
	if (!c)
		c = (int)a->verdict - (int)b->verdict;
	if (!c)
		c = text_cmp(a->reason, b->reason);
	return c ? c : text_cmp(a->quirks, b->quirks);
}

static void give_id(struct record *r, u32 nr)
{
	char *op = id_operation(r->id), *id = count_id(op, r->verdict);

	free(r->id);
	r->id = nr > 1 ? xasprintf("%s%u", id, nr) : xstrdup(id);
	free(id);
	free(op);
}

static bool same_place(const struct record *a, const struct record *b)
{
	char *op_a = id_operation(a->id), *op_b = id_operation(b->id);
	bool same =
		!strcmp(op_a, op_b) && !strcmp(a->engine, b->engine) && a->verdict == b->verdict;

	free(op_a);
	free(op_b);
	return same;
}

/* Sum up the first @n records, counts of generated cases, and number them. Returns how many stay.
 */
static u32 sum_counts(struct record *recs, u32 n)
{
	u32 keep = 0, nr = 0;

	if (n)
		qsort(recs, n, sizeof(*recs), count_cmp);
	for (u32 i = 0; i < n; i++) {
		struct record *last = keep ? &recs[keep - 1] : NULL;

		if (last && !count_cmp(last, &recs[i])) {
			last->cases += recs[i].cases;
			last->vectors += recs[i].vectors;
			last->jited += recs[i].jited;
			record_free(&recs[i]);
			continue;
		}
		nr = last && same_place(last, &recs[i]) ? nr + 1 : 1;
		recs[keep] = recs[i];
		give_id(&recs[keep++], nr);
	}
	return keep;
}

static int by_record(const void *a, const void *b)
{
	return record_cmp(a, b);
}

void run_canonical(struct run *run)
{
	struct record *sorted = xcalloc(run->cnt + 1, sizeof(*sorted));
	u32 counts = 0, others = 0;

	/* counts to the front, the others to the end */
	for (u32 i = 0; i < run->cnt; i++)
		if (is_generated_count(&run->recs[i]))
			sorted[counts++] = run->recs[i];
		else
			sorted[run->cnt - ++others] = run->recs[i];
	counts = sum_counts(sorted, counts);
	memmove(sorted + counts, sorted + run->cnt - others, others * sizeof(*sorted));
	free(run->recs);
	run->recs = sorted;
	run->cap = run->cnt + 1;
	run->cnt = counts + others;
	if (run->cnt)
		qsort(sorted, run->cnt, sizeof(*sorted), by_record);
	operations_sort(run->operations);
}

/* ---- two runs ---- */

/* "SWEEP=quick SEED=0 SHARD=1/4" without the shard; the caller frees it. */
static char *sweep_of(const struct run_info *info)
{
	const char *text = info->sweep ? info->sweep : "", *shard = strstr(text, " SHARD=");

	return xstrndup(text, shard ? (size_t)(shard - text) : strlen(text));
}

/* What must be the same. */
static const struct {
	const char *what;
	size_t at;
} fixed[] = {
	{ "architecture", offsetof(struct run_info, arch) },
	{ "kernel", offsetof(struct run_info, kernel) },
	{ "kernel configuration", offsetof(struct run_info, config_hash) },
	{ "QEMU", offsetof(struct run_info, qemu) },
	{ "CPU model", offsetof(struct run_info, cpu) },
	{ "checkjit", offsetof(struct run_info, version) },
	{ "selection of cases", offsetof(struct run_info, cases) },
	{ "REQUIRE_JIT", offsetof(struct run_info, require_jit) },
};

static const char *text_at(const struct run_info *info, size_t at)
{
	const char *text = *(char *const *)((const char *)info + at);

	return text ? text : "none";
}

static int differ(const struct run *run, const char *what, const char *a, const char *b,
		  struct diag *diag)
{
	return diag_set(diag, run->path, 0, 0,
			"another %s: %s (expected %s, as in the other parts)", what, b, a);
}

static int check_same(const struct run *to, const struct run *from, struct diag *diag)
{
	char *a = sweep_of(&to->info), *b = sweep_of(&from->info);
	int ret = strcmp(a, b) ? differ(from, "sweep", a, b, diag) : 0;

	free(a);
	free(b);
	for (size_t i = 0; i < ARRAY_SIZE(fixed) && !ret; i++) {
		const char *x = text_at(&to->info, fixed[i].at),
			   *y = text_at(&from->info, fixed[i].at);

		if (strcmp(x, y))
			ret = differ(from, fixed[i].what, x, y, diag);
	}
	for (u32 i = 0; i < from->info.ncaps && !ret; i++) {
		const struct run_cap *cap = &from->info.caps[i];

		if (i >= to->info.ncaps || strcmp(cap->name, to->info.caps[i].name) ||
		    cap->have != to->info.caps[i].have)
			ret = differ(from, "capability", "the same", cap->name, diag);
	}
	return ret;
}

static bool lists_engine(const struct run_info *info, const char *engine)
{
	for (u32 i = 0; i < info->nengines; i++)
		if (!strcmp(info->engines[i], engine))
			return true;
	return false;
}

static u32 engine_place(const char *name)
{
	const struct engine *e = engine_by_name(name);

	return e ? e - engines : nr_engines;
}

static int by_engine(const void *a, const void *b)
{
	return (int)engine_place(*(char *const *)a) - (int)engine_place(*(char *const *)b);
}

static void merge_engines(struct run_info *to, const struct run_info *from)
{
	to->engines =
		xrealloc(to->engines, (to->nengines + from->nengines + 1) * sizeof(*to->engines));
	for (u32 i = 0; i < from->nengines; i++) {
		/* both ran the null block */
		if (lists_engine(to, from->engines[i]))
			to->planned--;
		else
			to->engines[to->nengines++] = xstrdup(from->engines[i]);
	}
	to->planned += from->planned;
	if (to->nengines)
		qsort(to->engines, to->nengines, sizeof(*to->engines), by_engine);
}

/* The first of both in the order of texts: which part comes first must not matter. */
static void keep_first(char **to, const char *from)
{
	if (!from || (*to && strcmp(*to, from) <= 0))
		return;
	free(*to);
	*to = xstrdup(from);
}

static bool in_list(char **list, u32 n, const char *text)
{
	while (n)
		if (!strcmp(list[--n], text))
			return true;
	return false;
}

/* Rows that matched in no part. */
static void merge_unused(struct run *to, const struct run *from)
{
	u32 keep = 0;

	for (u32 i = 0; i < to->nunused; i++) {
		if (in_list(from->unused, from->nunused, to->unused[i]))
			to->unused[keep++] = to->unused[i];
		else
			free(to->unused[i]);
	}
	to->nunused = keep;
}

static void merge_info(struct run *to, const struct run *from)
{
	struct run_info *a = &to->info;
	const struct run_info *b = &from->info;
	merge_engines(a, b);
	keep_first(&a->start, b->start);
	keep_first(&a->image, b->image);
	keep_first(&a->compiler, b->compiler);
	keep_first(&a->make_args, b->make_args);
	a->full &= b->full;
	merge_unused(to, from);
}

void run_whole_sweep(struct run *run)
{
	char *sweep = sweep_of(&run->info);

	free(run->info.sweep);
	run->info.sweep = *sweep ? xstrdup(sweep) : NULL;
	free(sweep);
}

/* A worse verdict has the greater rank. */
static u32 rank(const struct record *r)
{
	return verdicts[r->verdict].exit == EXIT_FINDINGS ? 2
	       : verdicts[r->verdict].exit == EXIT_INFRA  ? 1
							  : 0;
}

/* Both runs have a record of this case on this engine. */
static void merge_record(struct record *to, struct record *from)
{
	struct record *loser = rank(from) > rank(to) ? to : from;

	if (loser == to) {
		struct record better = *from;

		*from = *to;
		*to = better;
	}
	record_free(from);
}

/* Deaths that no case repeats are numbered by each part for itself. */
static void rename_death(struct record *r, const struct strset *seen)
{
	char *key = xasprintf("%s %s", r->engine, r->id);

	for (u32 nr = 2; strset_find(seen, key); nr++) {
		char *base = xstrndup(r->id, strcspn(r->id, "+")),
		     *id = xasprintf("%s+%u", base, nr);

		free(r->id);
		free(key);
		free(base);
		r->id = id;
		key = xasprintf("%s %s", r->engine, r->id);
	}
	free(key);
}

static void merge_records(struct run *to, struct run *from)
{
	struct strset seen = {};

	for (u32 i = 0; i < to->cnt; i++) {
		char *key = xasprintf("%s %s", to->recs[i].engine, to->recs[i].id);

		if (!to->recs[i].cases)
			strset_add(&seen, key, i);
		free(key);
	}
	for (u32 i = 0; i < from->cnt; i++) {
		struct record *r = &from->recs[i];
		const struct strset_entry *e;
		char *key;

		if (!strncmp(r->id, "session/", 8))
			rename_death(r, &seen);
		key = xasprintf("%s %s", r->engine, r->id);
		e = r->cases ? NULL : strset_find(&seen, key);
		free(key);
		if (e) {
			merge_record(&to->recs[e->value], r);
			continue;
		}
		ARRAY_GROW(to->recs, to->cnt, to->cap);
		to->recs[to->cnt++] = *r;
	}
	from->cnt = 0;
	strset_free(&seen);
}

static void merge_operations(struct run *to, const struct run *from)
{
	for (u32 i = 0; i < from->operations->cnt; i++)
		operations_add_all(to->operations, from->operations->list[i].name,
				   from->operations->list[i].operands);
	for (u32 i = 0; i < to->cnt; i++)
		record_set_operations(&to->recs[i], to->operations);
}

static void count_again(struct run *run)
{
	run->totals = (struct run_totals){};
	run->cases = 0;
	for (u32 i = 0; i < run->cnt; i++) {
		totals_add(&run->totals, &run->recs[i]);
		run->cases += record_cases(&run->recs[i]);
	}
}

int run_merge(struct run *to, struct run *from, struct diag *diag)
{
	int ret = check_same(to, from, diag);

	if (ret)
		return ret;
	merge_info(to, from);
	merge_records(to, from);
	merge_operations(to, from);
	count_again(to);
	to->partial |= from->partial;
	return 0;
}

/* ---- what is missing ---- */

static void shard_of(const struct run *part, u32 *shard, u32 *nshards)
{
	const char *at = part->info.sweep ? strstr(part->info.sweep, " SHARD=") : NULL;

	if (!at || sscanf(at, " SHARD=%u/%u", shard, nshards) != 2)
		*shard = *nshards = 1;
}

static bool has_shard(const struct run *const *parts, u32 n, const char *engine, u32 shard,
		      u32 nshards)
{
	for (u32 i = 0; i < n; i++) {
		u32 k, nk;

		shard_of(parts[i], &k, &nk);
		if (k == shard && nk == nshards && lists_engine(&parts[i]->info, engine))
			return true;
	}
	return false;
}

bool parts_overlap(const struct run *a, const struct run *b)
{
	u32 ka, na, kb, nb;

	shard_of(a, &ka, &na);
	shard_of(b, &kb, &nb);
	if (na == nb && ka != kb)
		return false;
	for (u32 i = 0; i < a->info.nengines; i++)
		if (lists_engine(&b->info, a->info.engines[i]))
			return true;
	return false;
}

int parts_cmp(const struct run *a, const struct run *b)
{
	int c = strcmp(a->info.arch, b->info.arch);
	u32 ka, na, kb, nb;

	shard_of(a, &ka, &na);
	shard_of(b, &kb, &nb);
	if (!c)
		c = na == nb ? (int)ka - (int)kb : (int)na - (int)nb;
	if (!c && a->info.nengines && b->info.nengines)
		c = by_engine(a->info.engines, b->info.engines);
	return c;
}

bool parts_whole(const struct run *const *parts, u32 n, struct merge_gap *gap)
{
	for (u32 i = 0; i < n; i++) {
		u32 shard, nshards;

		shard_of(parts[i], &shard, &nshards);
		for (u32 e = 0; e < parts[i]->info.nengines; e++)
			for (u32 k = 1; k <= nshards; k++) {
				const char *engine = parts[i]->info.engines[e];

				if (has_shard(parts, n, engine, k, nshards))
					continue;
				*gap = (struct merge_gap){ engine, k, nshards };
				return false;
			}
	}
	return true;
}
