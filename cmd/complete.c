// SPDX-License-Identifier: GPL-2.0
/* Completion of command lines, from the tables of subcommands, jobs and settings. */
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "cmd/cmd.h"
#include "cmd/opts.h"
#include "cmd/proc.h"
#include "cmd/settings.h"
#include "lib/shipped.h"
#include "lib/util.h"

/* Targets of the Makefile that are no jobs. */
static const char *const targets[] = { "all",  "check", "check-full", "clean", "deps",
				       "dist", "help",	"install",    "unit" };

/* What is completed: candidates are printed behind @before, if they begin with @word. */
struct completing {
	const char *word, *before;
};

static void offer(const struct completing *c, const char *candidate, const char *after)
{
	if (!strncmp(candidate, c->word, strlen(c->word)))
		printf("%s%s%s\n", c->before, candidate, after);
}

static void offer_words(const struct completing *c, const char *words)
{
	struct args a = {};

	args_words(&a, words);
	for (u32 i = 0; i < a.cnt; i++)
		offer(c, a.v[i], "");
	args_free(&a);
}

static void offer_jobs(const struct completing *c)
{
	for (u32 i = 0; i < NR_JOBS; i++)
		offer(c, job_name(i), "");
}

static void offer_settings(const struct completing *c, u32 jobs)
{
	for (u32 i = 0; i < NR_SETTINGS; i++)
		if (settings[i].jobs & jobs)
			offer(c, settings[i].name, "=");
}

static void offer_arches(const struct completing *c)
{
	char *pattern = xasprintf("%s/*.conf", shipped("runners/qemu/arch"));
	glob_t files;

	if (!glob(pattern, 0, NULL, &files)) {
		for (size_t i = 0; i < files.gl_pathc; i++) {
			char *name = strrchr(files.gl_pathv[i], '/') + 1;

			name[strlen(name) - strlen(".conf")] = '\0';
			offer(c, name, "");
		}
		globfree(&files);
	}
	free(pattern);
}

/*
 * Offer the next part of ids: families, operations, then whole ids. @ids is the list of those that
 * begin with the word, one a line.
 */
static void offer_parts(const struct completing *c, char *ids)
{
	char *save = NULL, *last = NULL;

	for (char *id = strtok_r(ids, "\n", &save); id; id = strtok_r(NULL, "\n", &save)) {
		char *slash =
			strlen(id) < strlen(c->word) ? NULL : strchr(id + strlen(c->word), '/');

		if (slash)
			slash[1] = '\0';
		if (!last || strcmp(last, id))
			offer(c, id, "");
		last = id;
	}
}

/* The lines that `checkjit list` prints for @argument; nothing if it objects. The caller frees. */
static char *list(const char *argument)
{
	struct args a = {};
	char *ids;
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	dup2(null, STDERR_FILENO);
	args_add(&a, self_path());
	args_add(&a, "list");
	args_add(&a, argument);
	proc_output(&a, &ids);
	args_free(&a);
	return ids;
}

/* `checkjit list --gen` has a family and its description on each line. */
static void offer_families(const struct completing *c)
{
	char *text = list("--gen"), *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		line[strcspn(line, " ")] = '\0';
		if (!strncmp(line, "gen/", 4))
			offer(c, line, "/");
	}
	free(text);
}

static void offer_ids(const struct completing *c)
{
	bool generated = !strncmp(c->word, "gen/", 4);
	char *pattern, *ids;

	if (generated && !strchr(c->word + 4, '/')) {
		offer_families(c);
		return;
	}
	if (!strchr(c->word, '/'))
		offer(c, "gen/", "");
	pattern = xasprintf("%s*", c->word);
	ids = list(pattern);
	offer_parts(c, ids);
	free(ids);
	free(pattern);
}

/* @c->word is NAME=VALUE. For what is a file, nothing is offered: shells know how. */
static void offer_values(struct completing c)
{
	size_t len = strcspn(c.word, "=") + 1;
	char *before = xstrndup(c.word, len), *name = xstrndup(c.word, len - 1);

	c.before = before;
	c.word += len + (c.word[len] == '\'' || c.word[len] == '"');
	for (u32 i = 0; i < NR_SETTINGS; i++) {
		if (strcmp(settings[i].name, name))
			continue;
		if (i == SET_ARCH)
			offer_arches(&c);
		else if (i == SET_ID || i == SET_CASES)
			offer_ids(&c);
		else if (settings[i].values)
			offer_words(&c, settings[i].values);
	}
	free(before);
	free(name);
}

/* The arguments of `checkjit job JOB`, or what stands behind make. */
static void offer_job_arguments(const struct completing *c, u32 jobs)
{
	if (strchr(c->word, '='))
		offer_values(*c);
	else
		offer_settings(c, jobs);
}

/* The options of a subcommand are lines of its --help. */
static void offer_options(const struct completing *c, const char *command)
{
	struct args a = {};
	char *text, *save = NULL;

	args_add(&a, self_path());
	args_add(&a, command);
	args_add(&a, "--help");
	proc_output(&a, &text);
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, "  -", 3))
			continue;
		line += 2;
		line[strcspn(line, " [")] = '\0';
		offer(c, line, "");
	}
	offer(c, "--help", "");
	free(text);
	args_free(&a);
}

static void after_make(const struct completing *c, char **words, u32 n)
{
	u32 jobs = 0;

	for (u32 i = 0; i < n; i++)
		if (job_by_name(words[i]) != NR_JOBS)
			jobs |= 1u << job_by_name(words[i]);
	if (!jobs && !strchr(c->word, '=')) {
		offer_jobs(c);
		for (u32 i = 0; i < ARRAY_SIZE(targets); i++)
			offer(c, targets[i], "");
	}
	offer_job_arguments(c, jobs ? jobs : ~0u);
}

static void after_checkjit(const struct completing *c, char **words, u32 n)
{
	if (!n) {
		for (u32 i = 0; i < nr_commands; i++)
			offer(c, commands[i].name, "");
		offer_words(c, "--help --version");
	} else if (*c->word == '-') {
		offer_options(c, words[0]);
	} else if (!strcmp(words[0], "list")) {
		offer_ids(c);
	} else if (!strcmp(words[0], "job") && n == 1) {
		offer_jobs(c);
	} else if (!strcmp(words[0], "job") && job_by_name(words[1]) != NR_JOBS) {
		offer_job_arguments(c, 1u << job_by_name(words[1]));
	}
}

static const struct opt_usage usage = {
	.name = "complete",
	.head = "usage: checkjit complete make|checkjit WORD...\n\n"
		"Print what the last WORD of the command line can become, one a line. It may be "
		"empty.\n"
		"completion.bash calls this.\n",
	.first = true,
};

int cmd_complete(int argc, char **argv)
{
	const struct opt_table tables[] = { {} };
	struct completing c = { .before = "" };
	int ret = opts_parse(&usage, tables, argc, argv);

	if (ret >= 0)
		return ret;
	if (argc - optind < 2) {
		pr_err("complete: expected make or checkjit, and words (`checkjit complete "
		       "--help`)");
		return EXIT_USAGE;
	}
	c.word = argv[argc - 1];
	argv += optind;
	if (!strcmp(argv[0], "make"))
		after_make(&c, argv + 1, argc - optind - 2);
	else
		after_checkjit(&c, argv + 1, argc - optind - 2);
	return EXIT_OK;
}
