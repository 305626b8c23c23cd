// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "lib/idmatch.h"
#include "lib/util.h"
#include "report/policy.h"
#include "session/engine.h"
#include "session/release.h"

static void set_text(char **field, char *text)
{
	free(*field);
	*field = text;
}

static void require_jit(const char *list, struct record *r)
{
	if (r->verdict != VERDICT_FALLBACK || !idlist_has(list, r->id))
		return;
	r->verdict = VERDICT_FAIL;
	record_diff_text(r, "engine", "JIT", "interpreter");
	set_text(&r->reason,
		 xasprintf("fell back to the interpreter, which REQUIRE_JIT forbids%s%s",
			   r->reason ? ": " : "", r->reason ? r->reason : ""));
}

static const char *release_of(const struct run_info *info)
{
	return info->kernel ? info->kernel : "";
}

static void add_text(char **field, const char *more, const char *joint)
{
	set_text(field, *field ? xasprintf("%s%s%s", *field, joint, more) : xstrdup(more));
}

static void take_row(struct known_row *row, struct record *r)
{
	char *at = xasprintf("%s:%d", row->path, row->line);

	row->used++;
	add_text(&r->known.row, at, ", ");
	add_text(&r->known.reason, row->reason, "; ");
	add_text(&r->known.evidence, row->evidence, "; ");
	if (!r->known.kind)
		r->known.kind = xstrdup(row->kind);
	free(at);
}

/* The judge has compared the state with what the quirks predict: name their rows. */
static void apply_quirks(const struct known *known, const struct run_info *info, struct record *r)
{
	char *copy = xstrdup(r->quirks), *next = copy, *name;

	r->raw = r->verdict == VERDICT_XFAIL ? VERDICT_FAIL : VERDICT_PASS;
	while ((name = strsep(&next, "+"))) {
		int q = quirk_by_name(name);
		struct known_row *row =
			q < 0 ? NULL : known_quirk(known, q, r->engine, release_of(info));

		if (row)
			take_row(row, r);
	}
	free(copy);
}

/* Does more than the upper half of a register differ? */
static bool low_differs(const struct record_diff *d)
{
	size_t n = strlen(d->expected);

	return n != 16 || strlen(d->observed) != n || strcmp(d->expected + 8, d->observed + 8);
}

/* Where the state of @r differs from the standard's; the caller frees. */
static struct known_place *places_of(const struct record *r, u32 *cnt)
{
	struct known_place *places = xcalloc(r->ndiffs, sizeof(*places));

	*cnt = 0;
	for (u32 i = 0; i < r->ndiffs; i++)
		if (strcmp(r->diffs[i].expected, r->diffs[i].observed))
			places[(*cnt)++] =
				(struct known_place){ r->diffs[i].what, low_differs(&r->diffs[i]) };
	return places;
}

static enum verdict verdict_of(const struct known_row *row, const struct record *r)
{
	u32 nplaces;
	struct known_place *places = places_of(r, &nplaces);
	enum verdict v = known_verdict(row, &(struct known_outcome){
						    .verdict = r->verdict,
						    .err = r->err,
						    .log = r->log,
						    .console = r->console,
						    .reason = r->reason,
						    .places = places,
						    .nplaces = nplaces,
					    });

	free(places);
	return v;
}

void policy_apply(const struct known *known, const struct run_info *info, struct record *r)
{
	struct known_row *row;

	require_jit(info->require_jit, r);
	r->raw = r->verdict;
	set_text(&r->known.row, NULL);
	set_text(&r->known.kind, NULL);
	set_text(&r->known.reason, NULL);
	set_text(&r->known.evidence, NULL);
	if (r->quirks && (r->verdict == VERDICT_XFAIL || r->verdict == VERDICT_XPASS)) {
		apply_quirks(known, info, r);
		return;
	}
	row = known_find(known, r->id, r->engine, release_of(info));
	if (!row)
		return;
	r->verdict = verdict_of(row, r);
	take_row(row, r);
}

/* Engines that add load flags run a sample of the cases. */
static bool is_sampled(const struct known_row *row)
{
	for (u32 i = 0; i < nr_engines; i++)
		if (!engines[i].load_flags && known_row_names(row, engines[i].name))
			return false;
	return true;
}

/* A sample need not contain the cases of a row, and an arch need not show what all.txt lists. */
static bool must_match(const struct known_row *row, const char *release)
{
	return !row->common && strncmp(row->name, "gen/", 4) && !is_sampled(row) &&
	       release_in(row->kernels, release) > 0;
}

u32 policy_unused(const struct known *known, const struct run_info *info, char ***out)
{
	u32 n = 0;

	*out = xcalloc(known ? known->cnt : 0, sizeof(**out));
	for (u32 i = 0; info->full && known && i < known->cnt; i++) {
		const struct known_row *row = &known->rows[i];

		if (!row->used && must_match(row, release_of(info)))
			(*out)[n++] = xasprintf("%s:%d: %s %s", row->path, row->line, row->name,
						row->engines);
	}
	return n;
}
