// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cmd/cmd.h"
#include "cmd/opts.h"
#include "fuzz/corpus.h"
#include "lib/outfile.h"
#include "lib/shipped.h"
#include "lib/util.h"

struct writer {
	const char *dir;
	u32 written, kept;
};

static int write_input(void *ctx, const char *id, const struct fuzz_input *in)
{
	static u8 bytes[FUZZ_INPUT_MAX];
	struct writer *w = ctx;
	char name[CASE_ID_MAX];
	struct outfile out;
	char *path;
	size_t len;
	int ret;

	snprintf(name, sizeof(name), "%s", id);
	for (char *p = name; *p; p++)
		if (*p == '/')
			*p = '.';
	path = xasprintf("%s/%s", w->dir, name);
	if (!access(path, F_OK)) {
		w->kept++;
		free(path);
		return 0;
	}
	len = fuzz_input_write(in, bytes, sizeof(bytes));
	ret = outfile_open(&out, path);
	if (!ret) {
		fwrite(bytes, 1, len, out.f);
		ret = outfile_close(&out, true);
	}
	w->written += !ret;
	free(path);
	return ret;
}

static int write_corpus(struct corpus_conf *conf, const char *known, const char *dir)
{
	struct writer w = { .dir = dir };
	struct corpus_stats stats;
	struct corpus_dir there;
	struct known rows = {};
	struct diag diag = {};
	int ret;

	if (known && access(known, R_OK)) {
		pr_err("%s: %s", known, strerror(errno));
		return EXIT_USAGE;
	}
	if (known && known_load(known, &rows, &diag)) {
		diag_print(&diag);
		return EXIT_USAGE;
	}
	conf->known = &rows;
	if (mkdir(dir, 0777) && errno != EEXIST) {
		pr_err("%s: %s", dir, strerror(errno));
		return EXIT_USAGE;
	}
	ret = corpus_make(conf, write_input, &w, &stats, &diag);
	known_free(&rows);
	if (ret == -EINVAL)
		diag_print(&diag);
	if (ret)
		return ret == -EINVAL ? EXIT_USAGE : EXIT_INFRA;
	ret = corpus_open(&there, dir);
	if (ret) {
		pr_err("%s: %s", dir, strerror(-ret));
		return EXIT_INFRA;
	}
	corpus_say_strange(&there, dir);
	printf("%s: %u inputs: %u new, %u of this corpus were there; %u cases were like others, %u "
	       "have not this form, "
	       "%u are known to fail\n",
	       dir, there.cnt, w.written, w.kept, stats.same, stats.unfit, stats.known);
	corpus_close(&there);
	return EXIT_OK;
}

static int show(char *const *paths, int n)
{
	static struct fuzz_input in;
	int ret = EXIT_OK;

	for (int i = 0; i < n; i++) {
		struct bpf_case *c;
		const char *why;

		if (corpus_read(paths[i], &in, &why)) {
			pr_err("%s: no input of the fuzzer: %s", paths[i], why);
			ret = EXIT_USAGE;
			continue;
		}
		c = fuzz_input_to_case(&in, "fuzz/input/one", OUTCOME_EITHER);
		bpf_case_print(stdout, c, -1);
		bpf_case_free(c);
	}
	return ret;
}

struct corpus_opts {
	struct corpus_conf conf;
	const char *dir, *known;
	bool shows;
};

static const struct opt_usage usage = {
	.name = "fuzz-corpus",
	.head = "usage: checkjit fuzz-corpus -o DIR [--cases DIR] [--members N] [--samples N] "
		"[--known FILE]\n"
		"       checkjit fuzz-corpus --show FILE...\n\n"
		"The inputs that a fuzzer starts with: written cases and samples of the generated "
		"ones, each once.\n"
		"Files that are in DIR already stay as they are.\n\n",
};

static const struct opt rows[] = {
	OPT_TEXT("o", "DIR", struct corpus_opts, dir, "where to"),
	OPT_TEXT("cases", "DIR", struct corpus_opts, conf.cases,
		 "the written cases (default: cases)"),
	OPT_NUMBER("members", "N", struct corpus_opts, conf.members, 0, 1000000,
		   "of each written case, at most (default: 1)"),
	OPT_NUMBER("samples", "N", struct corpus_opts, conf.samples, 0, 1000000,
		   "of each operation of a family of generated cases (default: 1)"),
	OPT_TEXT("known", "FILE", struct corpus_opts, known,
		 "known failures (results/known/ARCH.txt), whose cases are left out"),
	OPT_FLAG("show", struct corpus_opts, shows, "print inputs as cases"),
	{}
};

int cmd_fuzz_corpus(int argc, char **argv)
{
	struct corpus_opts o = { .conf = {
					 .cases = shipped("cases"), .members = 1, .samples = 1 } };
	const struct opt_table tables[] = { { rows, &o }, {} };
	int ret = opts_parse(&usage, tables, argc, argv);

	if (ret >= 0)
		return ret;
	if (o.shows && optind < argc)
		return show(argv + optind, argc - optind);
	if (o.shows || !o.dir || optind < argc) {
		opts_print_usage(stderr, &usage, tables);
		return EXIT_USAGE;
	}
	return write_corpus(&o.conf, o.known, o.dir);
}
