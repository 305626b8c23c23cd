// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "lib/idmatch.h"
#include "lib/util.h"
#include "report/policy.h"

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

void policy_apply(const struct known *known, const struct run_info *info, struct record *r)
{
	struct known_row *row = known_find(known, r->id, r->engine, release_of(info));

	require_jit(info->require_jit, r);
	r->raw = r->verdict;
	set_text(&r->known.row, NULL);
	if (!row)
		return;
	row->used++;
	r->verdict = known_verdict(row, r->raw);
	set_text(&r->known.row, xasprintf("%s:%d", known->path, row->line));
	set_text(&r->known.kind, xstrdup(row->kind));
	set_text(&r->known.reason, xstrdup(row->reason));
	set_text(&r->known.evidence, xstrdup(row->evidence));
}

/* A sample need not contain the generated or fuzzed cases of a row. */
static bool must_match(const struct known_row *row, const char *release)
{
	return strncmp(row->glob, "gen/", 4) && strncmp(row->glob, "fuzz/", 5) &&
	       release_in(row->kernels, release) > 0;
}

u32 policy_unused(const struct known *known, const struct run_info *info, char ***out)
{
	u32 n = 0;

	*out = xcalloc(known ? known->cnt : 0, sizeof(**out));
	for (u32 i = 0; info->full && known && i < known->cnt; i++) {
		const struct known_row *row = &known->rows[i];

		if (!row->used && must_match(row, release_of(info)))
			(*out)[n++] = xasprintf("%s:%d: %s %s", known->path, row->line, row->glob,
						row->engines);
	}
	return n;
}
