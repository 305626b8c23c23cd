// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cmd/cmd.h"
#include "cmd/opts.h"
#include "cmd/settings.h"
#include "lib/nearest.h"
#include "lib/shipped.h"
#include "lib/strbuf.h"
#include "lib/util.h"
#include "proto/engines.h"

#define JOB_BIT(id) (1u << JOB_##id)
#define JOBS_ALL    ((1u << NR_JOBS) - 1)
#define JOBS_ONE_CASE \
	(JOB_BIT(REPRO) | JOB_BIT(TRACE) | JOB_BIT(REDUCE) | JOB_BIT(ATTRIBUTE) | JOB_BIT(BISECT))
#define JOBS_SWEEP (JOB_BIT(RUN) | JOB_BIT(SOUNDNESS) | JOB_BIT(COVERAGE))
#define JOBS_FUZZ \
	(JOB_BIT(FUZZ) | JOB_BIT(FUZZ_REPORT) | JOB_BIT(FUZZ_REPLAY) | JOB_BIT(BENCH_FUZZ))
#define JOBS_BOOT                                                                  \
	(JOBS_ONE_CASE | JOBS_SWEEP | JOBS_FUZZ | JOB_BIT(NIGHTLY) | JOB_BIT(VM) | \
	 JOB_BIT(BENCH) | JOB_BIT(MUTANTS))
#define JOBS_BUILD (JOBS_BOOT | JOB_BIT(IMAGES))
#define JOBS_TARGET \
	(JOB_BIT(RUN) | JOB_BIT(REPRO) | JOB_BIT(TRACE) | JOB_BIT(REDUCE) | JOB_BIT(SOUNDNESS))

#define JOB(id, name, help) [JOB_##id] = { name, help },
static const struct {
	const char *name, *help;
} jobs[NR_JOBS] = {
#include "cmd/jobs.def"
};

/* " interp jit …" */
#define X(name, text, ...) " " text
#define ENGINE_WORDS	   CHECKJIT_ENGINES(X)

#define SETTING(id, ...) [SET_##id] = { .name = #id, __VA_ARGS__ },
const struct setting settings[NR_SETTINGS] = {
#include "cmd/settings.def"
};
#undef X

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

static struct nearest near_setting(const char *name)
{
	struct nearest near;

	nearest_init(&near, name);
	for (u32 i = 0; i < NR_SETTINGS; i++)
		nearest_offer(&near, settings[i].name);
	return near;
}

bool setting_mistyped(const char *name)
{
	struct nearest near = near_setting(name);

	/* of the Makefile: one is like HOSTS */
	if (!strcmp(name, "HOSTCC"))
		return false;
	if (setting_by_name(name) != NR_SETTINGS || !near.best || near.dist > 2)
		return false;
	pr_err("no setting is called '%s' (%s?)", name, nearest_hint(&near, ""));
	return true;
}

int setting_take(const char *word)
{
	size_t len = strcspn(word, "=");
	char *name = xstrndup(word, len);
	enum setting_id id = word[len] ? setting_by_name(name) : NR_SETTINGS;
	struct nearest near = near_setting(name);

	if (id != NR_SETTINGS)
		setenv(name, word + len + 1, 1);
	else
		pr_err("no setting is called '%s' (%s)", name,
		       word[len] ? nearest_hint(&near, "`checkjit settings` lists them")
				 : "expected NAME=VALUE");
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

/* ---- checks ---- */

static int wrong(const struct setting *s, const char *value, const char *expected)
{
	pr_err("%s=%s (expected %s)", s->name, value, expected);
	return -EINVAL;
}

static int missing(const struct setting *s, const char *file, const char *expected)
{
	pr_err("%s=%s does not exist (expected %s)", s->name, file, expected);
	return -EINVAL;
}

/* Is @word of @len bytes one of the @words, which are separated by blanks? */
static bool among(const char *words, const char *word, size_t len)
{
	for (size_t n; *(words += strspn(words, " ")); words += n) {
		n = strcspn(words, " ");
		if (n == len && !strncmp(words, word, len))
			return true;
	}
	return false;
}

static int check_words(const struct setting *s, const char *value)
{
	const char *of = s->type == SETTING_WORDS ? "some of: "
			 : strchr(s->values, ' ') ? "one of: "
						  : "";
	const char *separators = s->type == SETTING_WORD ? "" : " ,\t\n", *word = value;
	char *expected;
	int ret;

	for (size_t len; *(word += strspn(word, separators)); word += len) {
		len = strcspn(word, separators);
		if (among(s->values, word, len))
			continue;
		expected = xasprintf("%s%s", of, s->values + strspn(s->values, " "));
		ret = wrong(s, value, expected);
		free(expected);
		return ret;
	}
	return 0;
}

static int check_number(const struct setting *s, const char *value)
{
	char *end, *expected;
	unsigned long long n;
	int ret;

	errno = 0;
	n = strtoull(value, &end, 0);
	if (*value >= '0' && *value <= '9' && !*end && !errno && n >= s->min && n <= s->max)
		return 0;
	expected = s->max == UINT64_MAX
			   ? xstrdup("a number")
			   : xasprintf("a number from %llu to %llu", (unsigned long long)s->min,
				       (unsigned long long)s->max);
	ret = wrong(s, value, expected);
	free(expected);
	return ret;
}

static int check_shard(const struct setting *s, const char *value)
{
	u32 i, n;
	char rest;

	if (sscanf(value, "%u/%u%c", &i, &n, &rest) == 2 && i >= 1 && i <= n)
		return 0;
	return wrong(s, value, "I/N, part I of N");
}

static int check_files(const struct setting *s, const char *value, const char *separators)
{
	int ret = 0;

	for (size_t len; !ret && *(value += strspn(value, separators)); value += len) {
		char *file;

		len = strcspn(value, separators);
		file = xstrndup(value, len);
		if (access(file, R_OK))
			ret = missing(s, file, "a file or directory that can be read");
		free(file);
	}
	return ret;
}

static int check_kernel(const struct setting *s, const char *value)
{
	static const char debian[] = "debian:", git[] = "git:";

	if (among(s->values, value, strlen(value)) || !strncmp(value, debian, strlen(debian)) ||
	    !strncmp(value, git, strlen(git)))
		return 0;
	if (!access(value, R_OK) || strstr(value, ".deb"))
		return check_files(s, value, strstr(value, ".deb") ? " " : "");
	return missing(s, value,
		       "debian, debian:VERSION, source, a source tree, git:URL#BRANCH, a tarball, "
		       ".deb files or a built kernel");
}

static int check(const struct setting *s, const char *value)
{
	switch (s->type) {
	case SETTING_TEXT:
		break;
	case SETTING_WORD:
	case SETTING_WORDS:
		return check_words(s, value);
	case SETTING_NUMBER:
		return check_number(s, value);
	case SETTING_SHARD:
		return check_shard(s, value);
	case SETTING_FILE:
		return check_files(s, value, "");
	case SETTING_FILES:
		return check_files(s, value, " \t\n");
	case SETTING_KERNEL:
		return check_kernel(s, value);
	}
	return 0;
}

int settings_check(u32 jobs)
{
	int ret = 0;

	for (u32 i = 0; i < NR_SETTINGS && !ret; i++)
		if ((settings[i].jobs & jobs) && setting(i))
			ret = check(&settings[i], setting(i));
	return ret;
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

static bool is_one_of(enum setting_id id, const enum setting_id *list, u32 n)
{
	while (n)
		if (list[--n] == id)
			return true;
	return false;
}

static void print_word(FILE *f, enum setting_id id)
{
	if (!setting(id))
		return;
	fprintf(f, "%s%s=", ftell(f) ? " " : "", settings[id].name);
	print_quoted(f, setting(id));
}

char *settings_words(u32 jobs, const enum setting_id *but, u32 n)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	for (u32 i = 0; i < NR_SETTINGS; i++)
		if (settings[i].jobs & jobs && !is_one_of(i, but, n))
			print_word(f, i);
	fclose(f);
	return text;
}

char *settings_rerun(void)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	for (u32 i = 0; i < NR_SETTINGS; i++)
		if (settings[i].flags & SETTING_RERUN)
			print_word(f, i);
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
	bool rerun, key, unset, markdown, check;
};

/* The names of those of @bits, separated by blanks; the caller frees. */
static char *names_of_jobs(u32 bits)
{
	struct strbuf text = { 0 };

	for (u32 i = 0; i < NR_JOBS; i++)
		if (bits >> i & 1)
			strbuf_join(&text, " ", "%s", jobs[i].name);
	return strbuf_take(&text);
}

/* May @id be given to @bits, the jobs? If not, says so on stderr. */
static bool may_be_given(enum setting_id id, u32 bits)
{
	char *now, *takers;

	if (!(settings[id].flags & SETTING_CHOOSES) || settings[id].jobs & bits)
		return true;
	now = names_of_jobs(bits);
	takers = names_of_jobs(settings[id].jobs);
	pr_err("%s is not a setting of %s (expected with: %s)", settings[id].name, now, takers);
	free(now);
	free(takers);
	return false;
}

/* @words: jobs, and names of variables that were given to make. */
static int check_words_of_make(char **words)
{
	u32 bits = 0;

	for (char **w = words; *w; w++)
		if (job_by_name(*w) != NR_JOBS)
			bits |= 1u << job_by_name(*w);
	for (; *words; words++) {
		enum setting_id id = setting_by_name(*words);

		if (setting_mistyped(*words) ||
		    (bits && id != NR_SETTINGS && !may_be_given(id, bits)))
			return EXIT_USAGE;
	}
	return settings_check(bits) ? EXIT_USAGE : EXIT_OK;
}

int cmd_settings(int argc, char **argv)
{
	static const struct opt rows[] = {
		OPT_FLAG("rerun", struct form, rerun,
			 "what a rerun needs beside ARCH and ID, as words for a shell"),
		OPT_FLAG("key", struct form, key,
			 "what a bisection keeps its answers by, as lines NAME: VALUE"),
		OPT_FLAG("unset", struct form, unset, "the names of those that tests unset"),
		OPT_FLAG("markdown", struct form, markdown, "as the table of docs/usage.md"),
		OPT_FLAG("check", struct form, check,
			 "exit 2 if a WORD is a mistyped setting, or a setting of a job among the "
			 "WORDs\nhas a value that it cannot have"),
		{}
	};
	static const struct opt_usage usage = {
		.name = "settings",
		.head = "usage: checkjit settings [OPTION] [WORD...]\n\n"
			"The settings of all jobs, with their present values: what `make help` "
			"prints.\n\n",
	};
	struct form form = {};
	const struct opt_table tables[] = { { rows, &form }, {} };
	int ret = opts_parse(&usage, tables, argc, argv);

	if (ret >= 0)
		return ret;
	if (form.check)
		return check_words_of_make(argv + optind);
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
