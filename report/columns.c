// SPDX-License-Identifier: GPL-2.0
/* Records as lines of columns, for scripts. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include "lib/util.h"
#include "report/report.h"

enum column_kind {
	COLUMN_TEXT,	/* char * of the record */
	COLUMN_INFO,	/* char * of the run's header */
	COLUMN_NUMBER,	/* u32 or int of the record */
	COLUMN_VERDICT, /* enum verdict of the record */
	COLUMN_CASES,
	COLUMN_VECTOR,
};

static const struct column {
	const char *name, *help;
	enum column_kind kind;
	size_t at;
} columns[] = {
#define RECORD(member) offsetof(struct record, member)
#define HEADER(member) offsetof(struct run_info, member)
	{ "id", "family/operation/operands; has * in their place where cases are counted",
	  COLUMN_TEXT, RECORD(id) },
	{ "family", "the id's first part", COLUMN_TEXT, RECORD(family) },
	{ "arch", "of the run", COLUMN_INFO, HEADER(arch) },
	{ "engine", "as `checkjit run --list-engines` prints it", COLUMN_TEXT, RECORD(engine) },
	{ "verdict", "one of `checkjit results --verdicts`", COLUMN_VERDICT, RECORD(verdict) },
	{ "raw", "the verdict before results/known was applied", COLUMN_VERDICT, RECORD(raw) },
	{ "cases", "cases that the record stands for: 1, or more where they are counted",
	  COLUMN_CASES, RECORD(cases) },
	{ "jited", "bytes of native code, 0 if interpreted; of a count: cases with native code",
	  COLUMN_NUMBER, RECORD(jited) },
	{ "vectors", "operand vectors that ran", COLUMN_NUMBER, RECORD(vectors) },
	{ "failed_vectors", "operand vectors that failed", COLUMN_NUMBER, RECORD(failed_vectors) },
	{ "vector", "the first that failed, or empty", COLUMN_VECTOR, RECORD(vector) },
	{ "errno", "of the load or run, 0 if none", COLUMN_NUMBER, RECORD(err) },
	{ "file", "of the case", COLUMN_TEXT, RECORD(file) },
	{ "line", "of the failing vector, else of the case", COLUMN_NUMBER, RECORD(line) },
	{ "insn", "the insns under test, of a failure", COLUMN_TEXT, RECORD(insn) },
	{ "inputs", "of the first failing vector", COLUMN_TEXT, RECORD(inputs) },
	{ "reason", "why the case was skipped, refused or lost", COLUMN_TEXT, RECORD(reason) },
	{ "note", "what the recheck said", COLUMN_TEXT, RECORD(note) },
	{ "known", "the row of results/known that covers it", COLUMN_TEXT, RECORD(known.row) },
	{ "quirks", "those that predict another state", COLUMN_TEXT, RECORD(quirks) },
	{ "log", "of the verifier", COLUMN_TEXT, RECORD(log) },
	{ "console", "of the kernel, of a crash", COLUMN_TEXT, RECORD(console) },
	{ "code", "insns under test with their native code, of a wrong state", COLUMN_TEXT,
	  RECORD(code) },
	{ "rerun", "the command that runs a failure again", COLUMN_TEXT, RECORD(rerun) },
	{ "kernel", "release", COLUMN_INFO, HEADER(kernel) },
	{ "cpu", "model", COLUMN_INFO, HEADER(cpu) },
	{ "image", "path of the kernel, or the machine of TARGET=", COLUMN_INFO, HEADER(image) },
#undef RECORD
#undef HEADER
};

void columns_help(FILE *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		fprintf(f, "  %-16s %s\n", columns[i].name, columns[i].help);
}

/* So that a field never ends its column or its line. */
static void print_escaped(FILE *f, const char *s)
{
	for (; s && *s; s++) {
		if (*s == '\t')
			fputs("\\t", f);
		else if (*s == '\n')
			fputs("\\n", f);
		else if (*s == '\\')
			fputs("\\\\", f);
		else
			putc(*s, f);
	}
}

static void print_field(FILE *f, const struct column *c, const struct record *r,
			const struct run_info *info)
{
	const void *at = (const char *)(c->kind == COLUMN_INFO ? (const void *)info : r) + c->at;

	switch (c->kind) {
	case COLUMN_TEXT:
	case COLUMN_INFO:
		print_escaped(f, *(char *const *)at);
		break;
	case COLUMN_NUMBER:
		fprintf(f, "%u", *(const u32 *)at);
		break;
	case COLUMN_VERDICT:
		fputs(verdicts[*(const enum verdict *)at].name, f);
		break;
	case COLUMN_CASES:
		fprintf(f, "%u", record_cases(r));
		break;
	case COLUMN_VECTOR:
		if (r->vector >= 0)
			fprintf(f, "%d", r->vector);
		break;
	}
}

static const struct column *find_column(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		if (!strncmp(columns[i].name, name, len) && !columns[i].name[len])
			return &columns[i];
	return NULL;
}

/* The next column of *@list, which is moved behind its name and comma; NULL at the end. */
static const struct column *next_column(const char **list)
{
	size_t len = strcspn(*list, ",");
	const struct column *c = find_column(*list, len);

	*list += len + ((*list)[len] == ',');
	return c;
}

int columns_check(const char *list, struct diag *diag)
{
	for (;;) {
		size_t len = strcspn(list, ",");

		if (!find_column(list, len))
			return diag_set(diag, "--columns", 0, 0, "no column '%.*s'", (int)len,
					list);
		if (!list[len])
			return 0;
		list += len + 1;
	}
}

static void print_record(FILE *f, const char *list, const struct record *r,
			 const struct run_info *info)
{
	while (*list) {
		print_field(f, next_column(&list), r, info);
		putc(*list ? '\t' : '\n', f);
	}
}

int columns_write(FILE *f, const struct run_set *set, const char *list)
{
	for (u32 a = 0; a < set->cnt; a++)
		for (u32 i = 0; i < set->runs[a].cnt; i++)
			print_record(f, list, &set->runs[a].recs[i], &set->runs[a].info);
	return ferror(f) ? -EIO : 0;
}
