// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "lib/util.h"
#include "report/report.h"

#define DIFFS_SHOWN   12
#define LOG_LINES     6
#define CONSOLE_LINES 24

static void labelled(FILE *f, const char *prefix, const char *label, const char *text)
{
	if (text && *text)
		fprintf(f, "%s%-7s: %s\n", prefix, label, text);
}

/*
 * The last @max lines of a log, where the conclusion is; the first ones of a console, where the
 * cause is.
 */
static void block(FILE *f, const char *prefix, const char *label, const char *text, int max,
		  bool tail)
{
	int lines = 0, nr = 0;

	if (!text || !*text)
		return;
	for (const char *p = text; *p; p++)
		lines += *p == '\n' || !p[1];
	for (const char *p = text; *p; nr++) {
		size_t n = strcspn(p, "\n");

		if (tail ? nr >= lines - max : nr < max)
			fprintf(f, "%s%-7s: %.*s\n", prefix, label, (int)n, p);
		p += n + (p[n] == '\n');
	}
	if (lines > max)
		fprintf(f, "%s%-7s: (%d more lines in the record)\n", prefix, label, lines - max);
}

static void where(FILE *f, const struct record *r, const char *prefix)
{
	if (!r->file && !r->insn)
		return;
	fprintf(f, "%s", prefix);
	if (r->file && r->line)
		fprintf(f, "%s:%u", r->file, r->line);
	else if (r->file)
		fprintf(f, "%s", r->file);
	if (r->insn)
		fprintf(f, "%s%s", r->file ? ": " : "", r->insn);
	if (r->inputs)
		fprintf(f, "   %s", r->inputs);
	fprintf(f, "\n");
}

static void print_diff(FILE *f, const struct record *r, const struct record_diff *d,
		       const char *prefix)
{
	bool same = d->predicted && !strcmp(d->predicted, d->expected);

	fprintf(f, "%s%-7s: expected %s   ", prefix, d->what, d->expected);
	if (d->predicted)
		fprintf(f, "predicted %s   ", same ? "the same" : d->predicted);
	fprintf(f, "%s %s\n", r->engine, d->observed);
}

void failure_print(FILE *f, const struct record *r, const char *others, const char *prefix)
{
	where(f, r, prefix);
	for (u32 i = 0; i < r->ndiffs && i < DIFFS_SHOWN; i++)
		print_diff(f, r, &r->diffs[i], prefix);
	if (r->ndiffs > DIFFS_SHOWN)
		fprintf(f, "%s%-7s: and %u more differences\n", prefix, "",
			r->ndiffs - DIFFS_SHOWN);
	if (r->failed_vectors)
		fprintf(f, "%s%-7s: %u of %u fail\n", prefix, "vectors", r->failed_vectors,
			r->vectors);
	if (!r->known.row)
		labelled(f, prefix, "quirks", r->quirks);
	labelled(f, prefix, "reason", r->reason);
	if (r->err)
		fprintf(f, "%s%-7s: %d (%s)\n", prefix, "errno", r->err,
			r->err == 524 ? "ENOTSUPP" : strerror(r->err));
	block(f, prefix, "log", r->log, LOG_LINES, true);
	block(f, prefix, "console", r->console, CONSOLE_LINES, false);
	labelled(f, prefix, "note", r->note);
	if (r->known.row)
		fprintf(f, "%s%-7s: %s: %s | %s\n", prefix, "known", r->known.row,
			r->known.reason ? r->known.reason : "",
			r->known.evidence ? r->known.evidence : "");
	labelled(f, prefix, "others", others);
	labelled(f, prefix, "rerun", r->rerun);
}
