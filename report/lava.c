// SPDX-License-Identifier: GPL-2.0
/*
 * Signals by which a LAVA test shell reads results from stdout: a test set for each arch, in it a
 * test case for each family and engine, and one for each case that a finding shows.
 */
#include <errno.h>
#include <string.h>
#include "lib/util.h"
#include "report/findings.h"
#include "report/matrix.h"
#include "report/report.h"

/* The result of a test case is that of the first column with a count. */
static const struct {
	const char *column, *result;
} results[] = {
	{ "fail", "fail" },	{ "lost", "unknown" },	{ "pass", "pass" }, { "xfail", "pass" },
	{ "fallback", "skip" }, { "untested", "skip" }, { "skip", "skip" },
};

static void signal_case(FILE *f, const char *id, const char *engine, const char *result, u32 cases)
{
	char *name = id_dotted(id), *by = id_dotted(engine);

	fprintf(f,
		"<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=%s.%s RESULT=%s UNITS=cases MEASUREMENT=%u>\n",
		name, by, result, cases);
	free(name);
	free(by);
}

static void family(FILE *f, const struct matrix_row *row, u32 arch)
{
	const u32 *counts = row->cells[arch];

	for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
		u32 n = counts[matrix_mark(results[i].column)];

		if (!n)
			continue;
		signal_case(f, row->family, row->engine, results[i].result, n);
		return;
	}
}

static void shown_cases(FILE *f, const struct findings *found, const char *arch)
{
	for (u32 i = 0; i < found->cnt; i++) {
		const struct finding *one = &found->list[i];

		for (u32 k = 0; k < one->nshown && one->kind != FINDING_KNOWN; k++)
			if (!strcmp(one->shown[k]->arch, arch))
				signal_case(f, one->shown[k]->id, one->shown[k]->engine,
					    one->kind == FINDING_LOST ? "unknown" : "fail", 1);
	}
}

int lava_write(FILE *f, const struct run_set *set)
{
	struct findings found;
	struct matrix matrix;

	findings_make(set, &found);
	matrix_make(set, &matrix);
	for (u32 a = 0; a < set->cnt; a++) {
		char *arch = id_dotted(set->runs[a].info.arch);

		fprintf(f, "<LAVA_SIGNAL_TESTSET START %s>\n", arch);
		for (u32 i = 0; i < matrix.cnt; i++)
			family(f, &matrix.rows[i], a);
		shown_cases(f, &found, set->runs[a].info.arch);
		fprintf(f, "<LAVA_SIGNAL_TESTSET STOP>\n");
		free(arch);
	}
	matrix_free(&matrix);
	findings_free(&found);
	return ferror(f) ? -EIO : 0;
}
