// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "cmd/cmd.h"
#include "cmd/lab_opts.h"
#include "convert/export.h"
#include "lib/outfile.h"
#include "lib/util.h"

static const struct {
	const char *name;
	export_fn *fn;
	const char *help;
} formats[] = {
	{ "case", export_case, "a .case file (all vectors, unless the id names one)" },
	{ "c", export_c, "a stand-alone C program on bpf(2), for any machine" },
	{ "test_bpf", export_test_bpf, "an entry of tests[] in lib/test_bpf.c" },
	{ "selftest", export_selftest, "tools/testing/selftests/bpf/progs/verifier_*.c" },
	{ "data", export_data, "a .data test of bpf_conformance" },
};

static const struct {
	const char *name;
	enum byte_order order;
} arches[] = {
	{ "x86_64", ORDER_LE }, { "i386", ORDER_LE }, { "arm64", ORDER_LE }, { "arm", ORDER_LE }, { "riscv32", ORDER_LE },
	{ "riscv64", ORDER_LE }, { "s390x", ORDER_BE }, { "m68k", ORDER_BE }, { "le", ORDER_LE }, { "be", ORDER_BE },
};

static void print_arches(FILE *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(arches); i++)
		fprintf(f, "%s%s", i ? " " : "", arches[i].name);
}

static void usage(FILE *f)
{
	fprintf(f, "usage: checkjit export --format FORMAT --id ID[.VEC]|--case FILE [OPTION...]\n\n"
		   "One vector of a case (the first, if the id names none) in the language of others, on stdout:\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		fprintf(f, "  %-10s %s\n", formats[i].name, formats[i].help);
	fprintf(f, "\n  --format FORMAT      one of these\n"
		   "  --id ID              the case, or one vector of it (ID.N)\n"
		   "  --case FILE          a .case file that holds one case, instead of --id\n"
		   "  --cases DIR          where --id is looked for (default: cases)\n"
		   "  --arch ARCH          whose byte order the expected values follow, where they depend on it:\n"
		   "                       ");
	print_arches(f);
	fprintf(f, " (default: le)\n"
		   "  --reg rK             test_bpf, selftest, data: the register to compare (default: the one that the\n"
		   "                       body wrote last); memory that the body changes is compared as well\n"
		   "  -o FILE              instead of stdout\n\n"
		   "Exit codes: 0 ok, 2 usage, or the format cannot say what the case says.\n");
}

enum { OPT_FORMAT = 1, OPT_ARCH, OPT_REG };

static const struct option options[] = {
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "arch", required_argument, NULL, OPT_ARCH },
	{ "reg", required_argument, NULL, OPT_REG },
	{ "id", required_argument, NULL, LAB_ID },
	{ "case", required_argument, NULL, LAB_CASE },
	{ "cases", required_argument, NULL, LAB_CASES },
	{ "help", no_argument, NULL, 'h' },
	{}
};

struct job {
	struct lab_opts o;
	struct export_ask ask;
	export_fn *fn;
	const char *out;
};

static int take_format(struct job *j, const char *arg)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (!strcmp(formats[i].name, arg))
			j->fn = formats[i].fn;
	if (j->fn)
		return 0;
	pr_err("export: unknown format '%s' (expected case, c, test_bpf, selftest or data)", arg);
	return -EINVAL;
}

static int take_arch(struct job *j, const char *arg)
{
	for (size_t i = 0; i < ARRAY_SIZE(arches); i++)
		if (!strcmp(arches[i].name, arg)) {
			j->ask.order = arches[i].order;
			return 0;
		}
	fprintf(stderr, "checkjit: export: unknown arch '%s' (expected one of: ", arg);
	print_arches(stderr);
	fprintf(stderr, ")\n");
	return -EINVAL;
}

static int take_reg(struct job *j, const char *arg)
{
	if (arg[0] != 'r' || arg[1] < '0' || arg[1] > '9' || arg[2]) {
		pr_err("export: --reg '%s' (expected r0 to r9)", arg);
		return -EINVAL;
	}
	j->ask.reg = arg[1] - '0';
	return 0;
}

static int take(struct job *j, int opt, const char *arg)
{
	switch (opt) {
	case OPT_FORMAT: return take_format(j, arg);
	case OPT_ARCH: return take_arch(j, arg);
	case OPT_REG: return take_reg(j, arg);
	case 'o': j->out = arg; return 0;
	default: return lab_opts_take(&j->o, opt, arg);
	}
}

static int run(struct job *j, const struct one_case *one)
{
	char why[EXPORT_WHY] = "";
	struct outfile out;
	int ret;

	j->ask.c = one->c;
	j->ask.vec = one->vec < 0 && j->fn != export_case ? 0 : one->vec;
	if (outfile_open(&out, j->out))
		return EXIT_USAGE;
	ret = j->fn(out.f, &j->ask, why);
	if (ret)
		pr_err("export: %s: %s", one->c->id, why);
	if (outfile_close(&out, !ret))
		return EXIT_INFRA;
	return ret ? EXIT_USAGE : EXIT_OK;
}

int cmd_export(int argc, char **argv)
{
	struct job j = { .ask.reg = -1 };
	struct one_case one;
	int opt, ret;

	lab_opts_init(&j.o);
	while ((opt = getopt_long(argc, argv, "ho:", options, NULL)) != -1) {
		if (opt == 'h') {
			usage(stdout);
			return EXIT_OK;
		}
		if (take(&j, opt, optarg))
			return EXIT_USAGE;
	}
	if (optind < argc || !j.fn) {
		pr_err(j.fn ? "export: unexpected argument '%s' (`checkjit export --help`)" :
			      "export: --format is needed (`checkjit export --help`)", argv[optind]);
		return EXIT_USAGE;
	}
	if (one_case_load(&j.o, &one))
		return EXIT_USAGE;
	ret = run(&j, &one);
	one_case_free(&one);
	return ret;
}
