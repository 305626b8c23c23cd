// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "bpf/case_select.h"
#include "cmd/cmd.h"
#include "cmd/opts.h"
#include "gen/sweep.h"
#include "lib/nearest.h"
#include "lib/shipped.h"
#include "lib/util.h"

struct list_opts {
	bool vectors, gen;
	const char *dir;
};

static const struct opt_usage usage = {
	.name = "list",
	.head = "usage: checkjit list [--vectors] [--cases DIR] [GLOB|ID...]\n"
		"       checkjit list --gen\n\n"
		"Prints the id of every case, one a line. A GLOB or ID picks: an id, a vector of "
		"one\n"
		"(alu/sdiv64/r3_r4.211), its leading parts (alu, alu/sdiv64), or a glob over an id "
		"('alu/sdiv*'; *\n"
		"also matches /). Generated cases are listed where a GLOB or ID begins with "
		"gen/.\n\n",
	.foot = "Exit codes: 0 ok, 2 malformed case, unknown option or nothing matched.\n",
};

static const struct opt rows[] = {
	OPT_FLAG("vectors", struct list_opts, vectors, "one line for each vector (ID.N)"),
	OPT_TEXT("cases", "DIR", struct list_opts, dir,
		 "where the *.case files are (default: cases)"),
	OPT_FLAG("gen", struct list_opts, gen, "the families of generated cases"),
	{}
};

struct seen {
	char *id;
	const char *file;
	u32 line;
};

struct pattern {
	const char *text;
	bool matched;
	struct nearest near; /* suggests a case if none matches; its words are interned */
};

struct list {
	bool vectors;
	struct pattern *patterns;
	int npatterns;
	struct seen *seen; /* every id, to find duplicates in two files */
	u32 nseen, cap;
	const char *last_group;
	u32 nprinted;
};

static void offer(struct list *l, const struct bpf_case *c)
{
	bool new_group = c->group != l->last_group;

	l->last_group = c->group;
	for (int i = 0; i < l->npatterns; i++) {
		if (l->patterns[i].matched)
			continue;
		nearest_offer(&l->patterns[i].near, case_intern(c->id));
		if (new_group)
			nearest_offer(&l->patterns[i].near, c->group);
	}
}

static int on_case(void *ctx, struct bpf_case *c)
{
	struct list *l = ctx;
	long vec = -1;
	bool found = !l->npatterns;

	ARRAY_GROW(l->seen, l->nseen, l->cap);
	l->seen[l->nseen++] = (struct seen){ xstrdup(c->id), c->file, c->line };
	for (int i = 0; i < l->npatterns; i++) {
		long v;

		if (!case_selected(c, l->patterns[i].text, &v))
			continue;
		/* a pattern for the whole case overrides one for a vector of it */
		vec = found && vec < 0 ? -1 : v;
		found = l->patterns[i].matched = true;
	}
	offer(l, c);
	if (found) {
		u32 first = vec < 0 ? 0 : vec, end = vec < 0 ? c->vecs->nvecs : (u32)vec + 1;

		if (l->vectors || vec >= 0)
			for (u32 i = first; i < end; i++)
				printf("%s.%u\n", c->id, i);
		else
			printf("%s\n", c->id);
		l->nprinted++;
	}
	bpf_case_free(c);
	return 0;
}

static int list_file(struct list *l, const char *dir, const char *path)
{
	char *family = case_family(dir, path);
	struct case_file file;
	struct diag diag;
	int err;

	err = case_parse_file(path, family, &file, &diag);
	if (!err) {
		err = case_expand(&file, on_case, l, &diag);
		case_file_free(&file);
	}
	if (err)
		diag_print(&diag);
	free(family);
	return err;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct seen *)a)->id, ((const struct seen *)b)->id);
}

static int check_ids(struct list *l)
{
	int err = 0;

	if (l->nseen)
		qsort(l->seen, l->nseen, sizeof(*l->seen), by_id);
	for (u32 i = 1; i < l->nseen; i++) {
		const struct seen *a = &l->seen[i - 1], *b = &l->seen[i];

		if (strcmp(a->id, b->id))
			continue;
		pr_err("%s:%u: id '%s' is taken (expected another than at %s:%u)", b->file, b->line,
		       b->id, a->file, a->line);
		err = -EINVAL;
		break;
	}
	return err;
}

static int check_matches(struct list *l, const char *dir)
{
	for (int i = 0; i < l->npatterns; i++) {
		struct pattern *p = &l->patterns[i];

		if (p->matched)
			continue;
		pr_err("no case in %s matches '%s' (%s)", dir, p->text,
		       nearest_hint(&p->near, "`checkjit list` prints them all"));
		return -ENOENT;
	}
	if (!l->nprinted)
		pr_err("no case in %s (expected files *.case)", dir);
	return l->nprinted ? 0 : -ENOENT;
}

/* ---- generated cases ---- */

static void list_families(void)
{
	u64 all = 0;

	for (u32 i = 0; i < nr_gen_families; i++) {
		const struct gen_family *f = gen_families[i];
		u64 n = gen_count(f);

		printf("gen/%-13s %3u operations %8llu cases  %s\n", f->name, gen_nops(f),
		       (unsigned long long)n, f->doc);
		all += n;
	}
	printf("%llu cases\n", (unsigned long long)all);
}

static void print_generated(const struct bpf_case *c, long vec, bool vectors)
{
	if (vec >= 0)
		printf("%s.%ld\n", c->id, vec);
	else if (!vectors)
		printf("%s\n", c->id);
	else
		for (u32 v = 0; v < c->vecs->nvecs; v++)
			printf("%s.%u\n", c->id, v);
}

static int list_generated(char **patterns, int n, bool vectors)
{
	struct sweep_conf conf = { .patterns = (const char *const *)patterns, .npatterns = n };
	struct sweep_pick pick;
	struct bpf_case *c;
	struct sweep s;

	if (!n)
		return 0;
	if (sweep_open(&s, &conf))
		return -EINVAL;
	while (sweep_family(&s)) {
		while ((c = sweep_next(&s, &pick))) {
			print_generated(c, pick.vec, vectors);
			bpf_case_free(c);
		}
	}
	return 0;
}

int cmd_list(int argc, char **argv)
{
	struct list_opts o = { .dir = shipped("cases") };
	const struct opt_table tables[] = { { rows, &o }, {} };
	int i, err = opts_parse(&usage, tables, argc, argv);
	struct list l = { .vectors = o.vectors };
	struct diag diag;
	char **paths;

	if (err >= 0)
		return err;
	if (o.gen) {
		list_families();
		return EXIT_OK;
	}
	err = 0;
	i = optind;
	l.npatterns = gen_patterns_last(argv + i, argc - i);
	if (list_generated(argv + i + l.npatterns, argc - i - l.npatterns, l.vectors))
		return EXIT_USAGE;
	if (!l.npatterns && i < argc)
		return EXIT_OK;
	l.patterns = xcalloc(l.npatterns, sizeof(*l.patterns));
	for (int k = 0; k < l.npatterns; k++) {
		l.patterns[k].text = argv[i + k];
		nearest_init(&l.patterns[k].near, argv[i + k]);
	}
	paths = case_paths(o.dir, &diag);
	if (!paths) {
		diag_print(&diag);
		free(l.patterns);
		return EXIT_USAGE;
	}
	for (char **p = paths; *p && !err; p++)
		err = list_file(&l, o.dir, *p);
	if (!err)
		err = check_ids(&l);
	if (!err)
		err = check_matches(&l, o.dir);
	for (u32 n = 0; n < l.nseen; n++)
		free(l.seen[n].id);
	free(l.seen);
	free(l.patterns);
	case_paths_free(paths);
	return err ? EXIT_USAGE : EXIT_OK;
}
