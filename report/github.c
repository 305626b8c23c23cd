// SPDX-License-Identifier: GPL-2.0
/* Findings as annotations of a GitHub workflow: "::error file=…,line=…,title=…::…". */
#include <errno.h>
#include <string.h>
#include "lib/util.h"
#include "report/findings.h"
#include "report/report.h"

static const char *const commands[NR_FINDING_KINDS] = {
	[FINDING_NEW] = "error",
	[FINDING_FIXED] = "error",
	[FINDING_LOST] = "warning",
};

/* In a property, colons and commas have a meaning, too. */
static void escaped(FILE *f, const char *s, bool property)
{
	for (; *s; s++)
		if (*s == '%' || *s == '\n' || *s == '\r' || (property && (*s == ':' || *s == ',')))
			fprintf(f, "%%%02X", (u8)*s);
		else
			fputc(*s, f);
}

static void annotation(FILE *f, const struct finding *one)
{
	const struct record *r = one->shown[0];
	char *title = xasprintf("%s: %u cases", one->what, one->cases);

	fprintf(f, "::%s ", commands[one->kind]);
	if (r->file) {
		fputs("file=", f);
		escaped(f, r->file, true);
		fprintf(f, ",line=%u,", r->line ? r->line : 1);
	}
	fputs("title=", f);
	escaped(f, title, true);
	fputs("::", f);
	escaped(f, one->text, false);
	if (one->suspect) {
		fputs("%0ASuspect: ", f);
		escaped(f, one->suspect, false);
	}
	if (r->rerun) {
		fputs("%0ARun it again: ", f);
		escaped(f, r->rerun, false);
	}
	fputc('\n', f);
	free(title);
}

int github_write(FILE *f, const struct run_set *set)
{
	struct findings found;

	findings_make(set, &found);
	for (u32 i = 0; i < found.cnt; i++)
		if (commands[found.list[i].kind])
			annotation(f, &found.list[i]);
	findings_free(&found);
	return ferror(f) ? -EIO : 0;
}
