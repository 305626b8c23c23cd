// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include "cmd/cmd.h"
#include "cmd/opts.h"
#include "lib/shipped.h"
#include "lib/util.h"
#include "session/known.h"

struct job {
	const char *dir;
	bool quirks;
};

/* results/known of all arches. */
struct lists {
	char **arches;
	struct known *known;
	u32 cnt;
};

/* "s390x" of "results/known/s390x.txt", and "all" */
static char *arch_of(const char *path)
{
	const char *name = strrchr(path, '/') + 1;

	return xstrndup(name, strlen(name) - strlen(".txt"));
}

static int load(const char *dir, struct lists *l)
{
	char *pattern = xasprintf("%s/*.txt", dir);
	struct diag diag;
	glob_t files;
	int ret = 0;

	if (glob(pattern, 0, NULL, &files)) {
		pr_err("%s: no such files (expected one ARCH.txt an arch)", pattern);
		free(pattern);
		return -ENOENT;
	}
	l->arches = xcalloc(files.gl_pathc, sizeof(*l->arches));
	l->known = xcalloc(files.gl_pathc, sizeof(*l->known));
	for (size_t i = 0; i < files.gl_pathc && !ret; i++) {
		ret = known_load_alone(files.gl_pathv[i], &l->known[i], &diag);
		if (ret)
			diag_print(&diag);
		else
			l->arches[l->cnt++] = arch_of(files.gl_pathv[i]);
	}
	globfree(&files);
	free(pattern);
	return ret;
}

static void unload(struct lists *l)
{
	for (u32 i = 0; i < l->cnt; i++) {
		known_free(&l->known[i]);
		free(l->arches[i]);
	}
	free(l->known);
	free(l->arches);
}

/* Is @arch among the arguments, or are there none? What holds on all arches is always wanted. */
static bool wanted(const char *arch, char **argv)
{
	bool any = !*argv || !strcmp(arch, "all");

	for (; *argv; argv++)
		any |= !strcmp(arch, *argv);
	return any;
}

/* Print the rows of @name, which begins at arch @first. They count as used. */
static void print_bug(struct lists *l, u32 first, const struct known_row *head, char **archs)
{
	const char *shown = head->verdicts ? head->name : quirk_descs[head->quirk].smallest;

	printf("%s\n    %s: %s\n    shown by %s\n", head->name, head->kind,
	       head->verdicts ? head->reason : quirk_descs[head->quirk].text, shown);
	for (u32 i = first; i < l->cnt; i++) {
		for (u32 k = 0; k < l->known[i].cnt; k++) {
			struct known_row *row = &l->known[i].rows[k];

			if (strcmp(row->name, head->name) || !wanted(l->arches[i], archs))
				continue;
			row->used++;
			printf("    %-8s %-9s %s: %s | %s\n", l->arches[i], row->kernels,
			       row->engines, row->reason, row->evidence);
		}
	}
}

static void print_bugs(struct lists *l, char **archs)
{
	for (u32 i = 0; i < l->cnt; i++)
		for (u32 k = 0; wanted(l->arches[i], archs) && k < l->known[i].cnt; k++)
			if (!l->known[i].rows[k].used)
				print_bug(l, i, &l->known[i].rows[k], archs);
}

static int check_arches(const struct lists *l, char **archs)
{
	for (; *archs; archs++) {
		u32 i = 0;

		while (i < l->cnt && strcmp(l->arches[i], *archs))
			i++;
		if (i == l->cnt) {
			pr_err("known: no list for '%s' (expected an arch of results/known)",
			       *archs);
			return -EINVAL;
		}
	}
	return 0;
}

static void print_quirks(void)
{
	for (u32 i = 0; i < NR_QUIRKS; i++)
		printf("%-18s %s (%s)\n", quirk_descs[i].name, quirk_descs[i].text,
		       quirk_descs[i].smallest);
}

static const struct opt_usage usage = {
	.name = "known",
	.head = "usage: checkjit known [OPTION...] [ARCH...]\n\n"
		"The known bugs of kernels, one paragraph each: what is wrong, the smallest case "
		"that shows it, and\n"
		"a line for each arch with kernels, engines, and where the bug is. A bug that has "
		"a quirk's name is\n"
		"predicted by the model: `checkjit model --quirks NAME FILE` prints the state.\n\n",
	.foot = "Exit codes: 0 ok, 2 usage or a malformed list.\n",
};

static const struct opt rows[] = {
	OPT_TEXT("dir", "DIR", struct job, dir, "of the lists (default: results/known)"),
	OPT_FLAG("quirks", struct job, quirks, "only the quirks that the model knows"),
	{}
};

int cmd_known(int argc, char **argv)
{
	struct job job = { .dir = shipped("results/known") };
	const struct opt_table tables[] = { { rows, &job }, {} };
	int ret = opts_parse(&usage, tables, argc, argv);
	struct lists l = {};

	if (ret >= 0)
		return ret;
	if (job.quirks) {
		print_quirks();
		return EXIT_OK;
	}
	ret = load(job.dir, &l) || check_arches(&l, argv + optind);
	if (!ret)
		print_bugs(&l, argv + optind);
	unload(&l);
	return ret ? EXIT_USAGE : EXIT_OK;
}
