// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "cmd/cmd.h"
#include "cmd/opts.h"
#include "cmd/settings.h"
#include "lib/nearest.h"
#include "lib/shipped.h"
#include "lib/util.h"

#define JOB_BIT(id) (1u << JOB_##id)
#define JOBS_ALL    ((1u << NR_JOBS) - 1)
#define JOBS_ONE_CASE \
	(JOB_BIT(REPRO) | JOB_BIT(TRACE) | JOB_BIT(REDUCE) | JOB_BIT(ATTRIBUTE) | JOB_BIT(BISECT))
#define JOBS_SWEEP (JOB_BIT(RUN) | JOB_BIT(SOUNDNESS) | JOB_BIT(COVERAGE))
#define JOBS_FUZZ \
	(JOB_BIT(FUZZ) | JOB_BIT(FUZZ_REPORT) | JOB_BIT(FUZZ_REPLAY) | JOB_BIT(BENCH_FUZZ))
#define JOBS_BOOT \
	(JOBS_ONE_CASE | JOBS_SWEEP | JOBS_FUZZ | JOB_BIT(VM) | JOB_BIT(BENCH) | JOB_BIT(MUTANTS))
#define JOBS_BUILD (JOBS_BOOT | JOB_BIT(IMAGES))
#define JOBS_TARGET \
	(JOB_BIT(RUN) | JOB_BIT(REPRO) | JOB_BIT(TRACE) | JOB_BIT(REDUCE) | JOB_BIT(SOUNDNESS))

#define JOB(id, name, help) [JOB_##id] = { name, help },
static const struct {
	const char *name, *help;
} jobs[NR_JOBS] = {
#include "cmd/jobs.def"
};

#define SETTING(id, ...) [SET_##id] = { .name = #id, __VA_ARGS__ },
const struct setting settings[NR_SETTINGS] = {
#include "cmd/settings.def"
};

const char *setting(enum setting_id id)
{
	const char *value = getenv(settings[id].name);

	return value && *value ? value : NULL;
}

static enum setting_id setting_by_name(const char *name)
{
	u32 i = 0;

	while (i < NR_SETTINGS && strcmp(settings[i].name, name))
		i++;
	return i;
}

int setting_take(const char *word)
{
	size_t len = strcspn(word, "=");
	char *name = xstrndup(word, len);
	enum setting_id id = word[len] ? setting_by_name(name) : NR_SETTINGS;
	struct nearest near;

	if (id != NR_SETTINGS) {
		setenv(name, word + len + 1, 1);
	} else {
		nearest_init(&near, name);
		for (u32 i = 0; i < NR_SETTINGS; i++)
			nearest_offer(&near, settings[i].name);
		pr_err("no setting is called '%s' (%s)", name,
		       nearest_hint(&near, "expected NAME=VALUE; `checkjit settings` lists them"));
	}
	free(name);
	return id == NR_SETTINGS ? -EINVAL : 0;
}

const char *work_dir(void)
{
	if (setting(SET_O))
		return setting(SET_O);
	return is_installed() ? "results/.work" : "build";
}

enum job_id job_by_name(const char *name)
{
	u32 i = 0;

	while (i < NR_JOBS && strcmp(jobs[i].name, name))
		i++;
	return i;
}

u32 job_bits(const char *name)
{
	enum job_id job = job_by_name(name);

	return job == NR_JOBS ? JOBS_ONE_CASE : 1u << job;
}

const char *job_name(enum job_id job)
{
	return jobs[job].name;
}

const char *job_help(enum job_id job)
{
	return jobs[job].help;
}

void jobs_print(FILE *f, const char *prefix)
{
	for (u32 i = 0; i < NR_JOBS; i++)
		fprintf(f, "  %s%-12s %s\n", prefix, jobs[i].name, jobs[i].help);
}

/* ---- as text ---- */

static void print_quoted(FILE *f, const char *value)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:=,+~@%-";

	if (value[strspn(value, plain)] == '\0') {
		fputs(value, f);
		return;
	}
	putc('\'', f);
	for (; *value; value++)
		if (*value == '\'')
			fputs("'\\''", f);
		else
			putc(*value, f);
	putc('\'', f);
}

char *settings_rerun(void)
{
	const char *blank = "";
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	for (u32 i = 0; i < NR_SETTINGS; i++) {
		if (!(settings[i].flags & SETTING_RERUN) || !setting(i))
			continue;
		fprintf(f, "%s%s=", blank, settings[i].name);
		print_quoted(f, setting(i));
		blank = " ";
	}
	fclose(f);
	return text;
}

char *settings_lines(u32 flags)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	for (u32 i = 0; i < NR_SETTINGS; i++)
		if (settings[i].flags & flags)
			fprintf(f, "%s: %s\n", settings[i].name, setting(i) ? setting(i) : "");
	fclose(f);
	return text;
}

void settings_print(FILE *f, u32 job_bits)
{
	for (u32 i = 0; i < NR_SETTINGS; i++) {
		const struct setting *s = &settings[i];

		if (!(s->jobs & job_bits))
			continue;
		fprintf(f, "  %-13s [%s] %s", s->name, setting(i) ? setting(i) : "", s->help);
		if (s->fallback)
			fprintf(f, " (%s)", s->fallback);
		putc('\n', f);
	}
}

/* ---- checkjit settings ---- */

static void print_all(FILE *f)
{
	fprintf(f,
		"checkjit: conformance suite for the eBPF JIT compilers of the Linux kernel\n\n");
	jobs_print(f, "make ");
	fprintf(f, "  make %-12s %s\n", "check",
		"the tests of checkjit itself; make check-full: also the long ones");
	fprintf(f, "  make %-12s %s\n", "unit", "those of them that need no guest");
	fprintf(f, "  make all, clean\n\nSettings, their [present values] and (defaults):\n");
	settings_print(f, JOBS_ALL);
}

static void print_unset(void)
{
	for (u32 i = 0; i < NR_SETTINGS; i++)
		if (!(settings[i].flags & SETTING_KEEP))
			printf("%s\n", settings[i].name);
}

static void print_markdown(void)
{
	printf("| setting | meaning (default) |\n|---|---|\n");
	for (u32 i = 0; i < NR_SETTINGS; i++) {
		printf("| %s | %s", settings[i].name, settings[i].help);
		if (settings[i].fallback)
			printf(" (%s)", settings[i].fallback);
		printf(" |\n");
	}
}

static void print_text(char *text)
{
	fputs(text, stdout);
	free(text);
}

struct form {
	bool rerun, key, unset, markdown;
};

int cmd_settings(int argc, char **argv)
{
	static const struct opt rows[] = {
		OPT_FLAG("rerun", struct form, rerun,
			 "what a rerun needs beside ARCH and ID, as words for a shell"),
		OPT_FLAG("key", struct form, key,
			 "what a bisection keeps its answers by, as lines NAME: VALUE"),
		OPT_FLAG("unset", struct form, unset, "the names of those that tests unset"),
		OPT_FLAG("markdown", struct form, markdown, "as the table of docs/usage.md"),
		{}
	};
	static const struct opt_usage usage = {
		.name = "settings",
		.head = "usage: checkjit settings [OPTION]\n\n"
			"The settings of all jobs, with their present values: what `make help` "
			"prints.\n\n",
	};
	struct form form = {};
	const struct opt_table tables[] = { { rows, &form }, {} };
	int ret = opts_parse(&usage, tables, argc, argv);

	if (ret >= 0)
		return ret;
	if (form.rerun)
		print_text(settings_rerun());
	else if (form.key)
		print_text(settings_lines(SETTING_KEY));
	else if (form.unset)
		print_unset();
	else if (form.markdown)
		print_markdown();
	else
		print_all(stdout);
	return EXIT_OK;
}
