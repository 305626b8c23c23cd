// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cmd/cmd.h"
#include "fuzz/corpus.h"
#include "lib/outfile.h"
#include "lib/util.h"

static void usage(FILE *f)
{
	fprintf(f, "usage: checkjit fuzz-corpus -o DIR [--cases DIR] [--members N] [--samples N] [--known FILE]\n"
		"       checkjit fuzz-corpus --show FILE...\n\n"
		"The inputs that a fuzzer starts with: written cases and samples of the generated ones, each once. Files that are\n"
		"in DIR already stay as they are. --show prints inputs as cases.\n\n"
		"  -o DIR            where to\n"
		"  --cases DIR       the written cases (default: cases)\n"
		"  --members N       of each written case, at most (default: 1)\n"
		"  --samples N       of each operation of a family of generated cases (default: 1)\n"
		"  --known FILE      known failures (results/known/ARCH.txt), whose cases are left out\n");
}

enum { OPT_CASES = 256, OPT_MEMBERS, OPT_SAMPLES, OPT_KNOWN, OPT_SHOW };

static const struct option options[] = {
	{ "cases", required_argument, NULL, OPT_CASES },
	{ "members", required_argument, NULL, OPT_MEMBERS },
	{ "samples", required_argument, NULL, OPT_SAMPLES },
	{ "known", required_argument, NULL, OPT_KNOWN },
	{ "show", no_argument, NULL, OPT_SHOW },
	{ "help", no_argument, NULL, 'h' },
	{},
};

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
	printf("%s: %u inputs: %u new, %u of this corpus were there; %u cases were like others, %u have not this form, "
	       "%u are known to fail\n", dir, there.cnt, w.written, w.kept, stats.same, stats.unfit, stats.known);
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

int cmd_fuzz_corpus(int argc, char **argv)
{
	struct corpus_conf conf = { .cases = "cases", .members = 1, .samples = 1 };
	const char *dir = NULL, *known = NULL;
	bool shows = false;
	int opt;

	while ((opt = getopt_long(argc, argv, "ho:", options, NULL)) != -1) {
		switch (opt) {
		case 'h':
			usage(stdout);
			return EXIT_OK;
		case 'o':
			dir = optarg;
			break;
		case OPT_CASES:
			conf.cases = optarg;
			break;
		case OPT_MEMBERS:
			if (parse_number("members", optarg, 0, 1000000, &conf.members))
				return EXIT_USAGE;
			break;
		case OPT_SAMPLES:
			if (parse_number("samples", optarg, 0, 1000000, &conf.samples))
				return EXIT_USAGE;
			break;
		case OPT_KNOWN:
			known = optarg;
			break;
		case OPT_SHOW:
			shows = true;
			break;
		default:
			usage(stderr);
			return EXIT_USAGE;
		}
	}
	if (shows && optind < argc)
		return show(argv + optind, argc - optind);
	if (shows || !dir || optind < argc) {
		usage(stderr);
		return EXIT_USAGE;
	}
	return write_corpus(&conf, known, dir);
}
