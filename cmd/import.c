// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include "cmd/cmd.h"
#include "cmd/opts.h"
#include "convert/import_data.h"
#include "convert/import_elf.h"
#include "lib/outfile.h"
#include "lib/util.h"

struct reason {
	char *text;
	u32 count;
};

struct import {
	const char *dir;
	bool brief;
	char *text; /* cases of one file */
	size_t len;
	FILE *f;
	const char *stem; /* of an object: case names begin with it, since programs of two may have
			     one name */
	u32 here, cases, files, skipped, disagree, malformed;
	struct reason *reasons;
	u32 nreasons, cap;
};

/* The class of a reason: without quoted names, and without the place where the model stopped. */
static char *reason_class(const char *why)
{
	const char *call = strstr(why, ": call "), *quote = strchr(why, '\''),
		   *colon = strstr(why, ": ");

	if (!strncmp(why, "bad call", 8) && call)
		return xasprintf("the model does not know%.*s", (int)strcspn(call + 6, ":"),
				 call + 6);
	if (quote)
		return xasprintf("%.*s…", (int)(quote - why), why);
	return colon ? xstrndup(why, colon - why) : xstrdup(why);
}

static void count(struct import *im, const char *why)
{
	char *text = reason_class(why);

	im->skipped++;
	for (u32 i = 0; i < im->nreasons; i++)
		if (!strcmp(im->reasons[i].text, text)) {
			im->reasons[i].count++;
			free(text);
			return;
		}
	ARRAY_GROW(im->reasons, im->nreasons, im->cap);
	im->reasons[im->nreasons++] = (struct reason){ text, 1 };
}

static void skip(void *ctx, const char *path, const char *name, const char *why)
{
	struct import *im = ctx;

	count(im, why);
	if (!im->brief)
		pr_info("%s: %s%sskipped: %s", path, name ? name : "", name ? ": " : "", why);
}

static void take(void *ctx, struct foreign *f)
{
	struct import *im = ctx;
	char why[FOREIGN_WHY], *text, *name;
	int ret;

	if (im->stem) {
		name = xasprintf("%s_%s", im->stem, f->name);
		free(f->name);
		f->name = foreign_name(name);
		free(name);
	}
	ret = foreign_to_text(f, &text, why);
	if (!ret) {
		fprintf(im->f, "%s%s", im->here++ ? "\n" : "# SPDX-License-Identifier: GPL-2.0\n",
			text);
	} else if (ret == -ENOTUNIQ) {
		pr_err("%s: %s: %s", f->file, f->name, why);
		im->disagree++;
	} else {
		skip(im, f->file, f->name, why);
	}
	free(text);
	foreign_free(f);
}

static int import_data(struct import *im, const char *path, const char *text, size_t len)
{
	struct foreign f;
	struct diag diag = {};
	int ret;

	if (strlen(text) != len) {
		pr_err("%s: NUL byte at offset %zu (expected text, or an ELF object)", path,
		       strlen(text));
		return -EINVAL;
	}
	ret = data_parse(text, path, &f, &diag);
	if (!ret) {
		take(im, &f);
	} else if (ret == -EOPNOTSUPP) {
		char *at = xasprintf("%s:%d", path, diag.line);

		skip(im, at, NULL, diag.msg);
		free(at);
	} else {
		diag_print(&diag);
	}
	return ret == -EOPNOTSUPP ? 0 : ret;
}

static int import_elf(struct import *im, const char *path, char *data, size_t len)
{
	struct elf_sink sink = { .program = take, .skip = skip, .ctx = im };
	struct diag diag = {};
	int ret = elf_import(path, data, len, &sink, &diag);

	if (ret)
		diag_print(&diag);
	return ret;
}

static int write_cases(struct import *im, const char *stem)
{
	char *path = xasprintf("%s/%s.case", im->dir, stem);
	struct outfile out;
	int ret = outfile_open(&out, path);

	if (!ret) {
		fwrite(im->text, 1, im->len, out.f);
		ret = outfile_close(&out, true);
	}
	free(path);
	im->files++;
	im->cases += im->here;
	return ret;
}

/* "verifier_and" of "dir/verifier_and.bpf.o" */
static char *stem_of(const char *path)
{
	const char *base = strrchr(path, '/');

	base = base ? base + 1 : path;
	return xstrndup(base, strcspn(base, "."));
}

static int import_file(struct import *im, const char *path)
{
	size_t len;
	char *data = read_file(path, &len), *stem;
	int ret;

	if (!data) {
		pr_err("%s: %s", path, strerror(errno));
		im->malformed++;
		return 0;
	}
	stem = stem_of(path);
	im->f = open_memstream(&im->text, &im->len);
	im->here = 0;
	im->stem = is_elf(data, len) ? stem : NULL;
	ret = im->stem ? import_elf(im, path, data, len) : import_data(im, path, data, len);
	fclose(im->f);
	im->malformed += ret != 0;
	ret = ret || !im->here ? 0 : write_cases(im, stem);
	free(im->text);
	free(stem);
	free(data);
	return ret;
}

static int by_count(const void *a, const void *b)
{
	const struct reason *x = a, *y = b;

	return x->count != y->count ? (x->count < y->count) - (x->count > y->count)
				    : strcmp(x->text, y->text);
}

static void summary(struct import *im)
{
	pr_info("import: %u cases in %u files of %s; %u skipped, %u against the model, %u files "
		"malformed",
		im->cases, im->files, im->dir, im->skipped, im->disagree, im->malformed);
	if (im->nreasons)
		qsort(im->reasons, im->nreasons, sizeof(*im->reasons), by_count);
	for (u32 i = 0; i < im->nreasons; i++) {
		pr_info("%6u %s", im->reasons[i].count, im->reasons[i].text);
		free(im->reasons[i].text);
	}
	free(im->reasons);
}

static int make_dir(const char *dir)
{
	struct stat st;

	if (!mkdir(dir, 0777) || (errno == EEXIST && !stat(dir, &st) && S_ISDIR(st.st_mode)))
		return 0;
	pr_err("import: %s: %s", dir, errno == EEXIST ? "not a directory" : strerror(errno));
	return -EINVAL;
}

static const struct opt_usage usage = {
	.name = "import",
	.head = "usage: checkjit import -o DIR FILE...\n\n"
		"Convert foreign tests to cases, one .case file in DIR for each FILE that has "
		"any:\n\n"
		"  *.data     of bpf_conformance: assembler dialect of ubpf, or raw; memory; "
		"result\n"
		"  ELF        objects for BPF: programs with subprograms and global data, and the "
		"tags of the kernel's\n"
		"             selftests (progs/bpf_misc.h: __description, __retval; what expects a "
		"refusal is skipped)\n\n"
		"What cannot be a case (a helper or a type of map that the model does not know, a "
		"context, ...) is\n"
		"skipped with the reason; the reasons are counted at the end. Run them with `make "
		"run CASES_DIR=DIR`.\n\n",
	.foot = "Exit codes: 0 ok, 1 a test expects what the model does not compute (it is not "
		"written), 2 a malformed\n"
		"file or usage.\n",
};

static const struct opt rows[] = { OPT_TEXT("o", "DIR", struct import, dir, "where the cases go"),
				   OPT_FLAG("q", struct import, brief,
					    "do not name each test that is skipped"),
				   {} };

int cmd_import(int argc, char **argv)
{
	struct import im = { 0 };
	const struct opt_table tables[] = { { rows, &im }, {} };
	int ret = opts_parse(&usage, tables, argc, argv), i = optind;

	if (ret >= 0)
		return ret;
	if (!im.dir || i == argc) {
		pr_err("import: %s (`checkjit import --help`)",
		       im.dir ? "no file (expected FILE...)" : "-o DIR is needed");
		return EXIT_USAGE;
	}
	if (make_dir(im.dir))
		return EXIT_USAGE;
	for (; i < argc; i++)
		if (import_file(&im, argv[i]))
			return EXIT_INFRA;
	summary(&im);
	return im.malformed ? EXIT_USAGE : im.disagree ? EXIT_FINDINGS : EXIT_OK;
}
