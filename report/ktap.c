// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "lib/util.h"
#include "report/report.h"

/*
 * Words at which the kernel's parser (tools/testing/kunit/kunit_parser.py) stops reading a console.
 */
static const struct {
	const char *word, *instead;
} stop_words[] = {
	{ "List of all partitions:", "List of all partitions;" },
	{ "Kernel panic - not syncing: VFS:", "Kernel panic - not syncing; VFS:" },
	{ "reboot: System halted", "reboot; System halted" },
};

static void put_line(FILE *f, const char *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(stop_words); i++) {
		const char *at = strstr(s, stop_words[i].word);

		if (!at)
			continue;
		fprintf(f, "%.*s%s", (int)(at - s), s, stop_words[i].instead);
		put_line(f, at + strlen(stop_words[i].word));
		return;
	}
	fprintf(f, "%s", s);
}

static void diagnostics(FILE *f, const struct run_set *set, const struct record *r)
{
	char *text, *others = attribution_others(set, r), *next, *line;
	size_t len;
	FILE *mem = open_memstream(&text, &len);

	failure_print(mem, r, others, "#   ");
	fclose(mem);
	next = text;
	while ((line = strsep(&next, "\n"))) {
		if (!*line)
			continue;
		put_line(f, line);
		fputc('\n', f);
	}
	free(text);
	free(others);
}

/* A KTAP description must not contain '#' or a newline; a blank would split the id. */
static void description(FILE *f, const char *s)
{
	for (; *s; s++)
		fputc(*s == '#' || *s == ' ' || *s == '\n' ? '_' : *s, f);
}

static const char *reason(const struct record *r)
{
	if (r->verdict == VERDICT_XFAIL && r->known.reason)
		return r->known.reason;
	if (r->verdict == VERDICT_XPASS && r->known.row)
		return r->known.row;
	if (r->reason)
		return r->reason;
	return "";
}

static void result(FILE *f, u32 nr, const struct record *r)
{
	const struct verdict_desc *d = &verdicts[r->verdict];
	const char *why = reason(r);

	fprintf(f, "%s %u ", d->ok ? "ok" : "not ok", nr);
	description(f, r->id);
	fputc(' ', f);
	description(f, r->engine);
	if (r->cases)
		fprintf(f, " %u cases", r->cases);
	if (*d->directive || *d->word || (*why && r->verdict != VERDICT_PASS)) {
		fprintf(f, " #%s%s", *d->directive ? " " : "", d->directive);
		fprintf(f, "%s%s", *d->word ? " " : "", d->word);
		if (*why) {
			fprintf(f, "%s ", *d->word ? ":" : "");
			put_line(f, why);
		}
	}
	fputc('\n', f);
}

void totals_print(FILE *f, const struct run_totals *t)
{
	static const enum verdict order[] = {
		VERDICT_PASS,  VERDICT_FAIL,	 VERDICT_XFAIL,	     VERDICT_XPASS,
		VERDICT_SKIP,  VERDICT_FALLBACK, VERDICT_NOT_TESTED, VERDICT_REJECT,
		VERDICT_CRASH, VERDICT_TIMEOUT,	 VERDICT_LOST,	     VERDICT_NOTRUN,
		VERDICT_ERROR,
	};

	_Static_assert(ARRAY_SIZE(order) == NR_VERDICTS, "every verdict is in the totals");
	fprintf(f, "# Totals:");
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		fprintf(f, " %s:%u", verdicts[order[i]].key, t->count[order[i]]);
	fprintf(f, "   new:%u changed:%u fixed:%u\n", t->fresh, t->changed, t->fixed);
}

int ktap_write(FILE *f, const struct run *run)
{
	const struct run_info *i = &run->info;
	struct run copy = *run;
	struct run_set alone = { .runs = &copy, .cnt = 1 };
	u32 missing = i->planned > run->cases ? i->planned - run->cases : 0;

	run_set_index(&alone);
	fprintf(f, "KTAP version 1\n1..%u\n", run->cnt + missing);
	fprintf(f, "# %s %s, config %s, %s, %s, checkjit %s, started %s\n", i->arch, i->kernel,
		i->config_hash ? i->config_hash : "unknown",
		i->compiler ? i->compiler : "unknown compiler", i->qemu ? i->qemu : "unknown QEMU",
		i->version ? i->version : "unknown", i->start ? i->start : "unknown");
	for (u32 k = 0; k < run->cnt; k++) {
		const struct record *r = &run->recs[k];

		if (!verdicts[r->verdict].ok)
			diagnostics(f, &alone, r);
		result(f, k + 1, r);
	}
	if (run->partial)
		fprintf(f, "# partial: %u verdicts of %u planned\n", run->cases, i->planned);
	totals_print(f, &run->totals);
	free(alone.by_id);
	return ferror(f) ? -EIO : 0;
}
