// SPDX-License-Identifier: GPL-2.0
/* JUnit XML as GitLab, Jenkins and KernelCI read it: one <testsuite> for each arch. */
#include <errno.h>
#include <string.h>
#include "lib/util.h"
#include "report/report.h"

/* text_clean() was applied before, so that only characters special to XML are left. */
static void put_xml(FILE *f, const char *s)
{
	for (; *s; s++) {
		switch (*s) {
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		case '&':
			fputs("&amp;", f);
			break;
		case '"':
			fputs("&quot;", f);
			break;
		case '\n':
			fputs("&#10;", f);
			break;
		default:
			fputc(*s, f);
		}
	}
}

static void attr(FILE *f, const char *name, const char *value)
{
	if (!value)
		return;
	fprintf(f, " %s=\"", name);
	put_xml(f, value);
	fputc('"', f);
}

static void property(FILE *f, const char *name, const char *value)
{
	if (!value)
		return;
	fprintf(f, "\t\t\t<property");
	attr(f, "name", name);
	attr(f, "value", value);
	fprintf(f, "/>\n");
}

static void body(FILE *f, const struct run_set *set, const struct record *r)
{
	char *text, *others = attribution_others(set, r), *next, *line;
	size_t len;
	FILE *mem = open_memstream(&text, &len);

	failure_print(mem, r, others, "");
	fclose(mem);
	next = text;
	while ((line = strsep(&next, "\n"))) {
		put_xml(f, line);
		if (next)
			fputc('\n', f);
	}
	free(text);
	free(others);
}

static void message(FILE *f, const struct record *r)
{
	const struct verdict_desc *d = &verdicts[r->verdict];
	const char *why = r->verdict == VERDICT_XFAIL	? r->known.reason
			  : r->verdict == VERDICT_XPASS ? r->known.row
							: r->reason;
	char *s = xasprintf("%s%s%s",
			    *d->word ? d->word
			    : why    ? ""
				     : d->name,
			    *d->word && why ? ": " : "", why ? why : "");

	attr(f, "message", s);
	free(s);
}

static void testcase(FILE *f, const struct run_set *set, const struct record *r)
{
	const struct verdict_desc *d = &verdicts[r->verdict];
	char *class = xasprintf("%s.%s.%s", r->arch, r->engine, r->family);

	fprintf(f, "\t\t<testcase");
	attr(f, "classname", class);
	attr(f, "name", r->id);
	attr(f, "file", r->file);
	if (r->file && r->line)
		fprintf(f, " line=\"%u\"", r->line);
	free(class);
	if (!*d->junit) {
		fprintf(f, "/>\n");
		return;
	}
	fprintf(f, "><%s", d->junit);
	message(f, r);
	if (strcmp(d->junit, "skipped"))
		attr(f, "type", d->name);
	if (d->ok) {
		fprintf(f, "/></testcase>\n");
		return;
	}
	fputc('>', f);
	body(f, set, r);
	fprintf(f, "</%s></testcase>\n", d->junit);
}

struct counts {
	u32 tests, failures, errors, skipped;
};

/* Test cases, not the cases of checkjit that one of them may stand for. */
static struct counts count_run(const struct run *run)
{
	struct counts c = { .tests = run->cnt };

	for (u32 i = 0; i < run->cnt; i++) {
		const char *child = verdicts[run->recs[i].verdict].junit;

		c.failures += !strcmp(child, "failure");
		c.errors += !strcmp(child, "error");
		c.skipped += !strcmp(child, "skipped");
	}
	c.errors += run->partial; /* see suite() */
	c.tests += run->partial;
	return c;
}

static void print_counts(FILE *f, struct counts c)
{
	fprintf(f, " tests=\"%u\" failures=\"%u\" errors=\"%u\"", c.tests, c.failures, c.errors);
}

static void suite(FILE *f, const struct run_set *set, const struct run *run)
{
	const struct run_info *i = &run->info;

	fprintf(f, "\t<testsuite");
	attr(f, "name", i->arch);
	print_counts(f, count_run(run));
	fprintf(f, " skipped=\"%u\"", count_run(run).skipped);
	if (i->start && strcmp(i->start, "unknown"))
		attr(f, "timestamp", i->start);
	fprintf(f, ">\n\t\t<properties>\n");
	property(f, "kernel", i->kernel);
	property(f, "config_hash", i->config_hash);
	property(f, "compiler", i->compiler);
	property(f, "qemu", i->qemu);
	property(f, "cpu", i->cpu);
	property(f, "checkjit", i->version);
	fprintf(f, "\t\t</properties>\n");
	for (u32 k = 0; k < run->cnt; k++)
		testcase(f, set, &run->recs[k]);
	/* a partial report must not look complete */
	if (run->partial) {
		fprintf(f,
			"\t\t<testcase classname=\"%s\" name=\"complete\"><error "
			"message=\"partial: %u of %u verdicts\" "
			"type=\"LOST\"/></testcase>\n",
			i->arch, run->cases, i->planned);
	}
	fprintf(f, "\t</testsuite>\n");
}

int junit_write(FILE *f, const struct run_set *set)
{
	struct counts all = { 0 };

	for (u32 i = 0; i < set->cnt; i++) {
		struct counts c = count_run(&set->runs[i]);

		all.tests += c.tests;
		all.failures += c.failures;
		all.errors += c.errors;
	}
	fprintf(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"checkjit\"");
	print_counts(f, all);
	fprintf(f, ">\n");
	for (u32 i = 0; i < set->cnt; i++)
		suite(f, set, &set->runs[i]);
	fprintf(f, "</testsuites>\n");
	return ferror(f) ? -EIO : 0;
}
