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
	{ "x86_64", ORDER_LE }, { "i386", ORDER_LE },	 { "arm64", ORDER_LE },
	{ "arm", ORDER_LE },	{ "riscv32", ORDER_LE }, { "riscv64", ORDER_LE },
	{ "s390x", ORDER_BE },	{ "m68k", ORDER_BE },	 { "le", ORDER_LE },
	{ "be", ORDER_BE },
};

static void print_arches(FILE *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(arches); i++)
		fprintf(f, "%s%s", i ? " " : "", arches[i].name);
}

static void print_formats(FILE *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		fprintf(f, "  %-10s %s\n", formats[i].name, formats[i].help);
	fprintf(f, "\nARCH is one of: ");
	print_arches(f);
	fprintf(f, "\n\n");
}

struct job {
	struct lab_opts o;
	struct export_ask ask;
	export_fn *fn;
	const char *out;
};

static int take_format(void *to, const char *arg)
{
	export_fn **fn = to;

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (!strcmp(formats[i].name, arg))
			*fn = formats[i].fn;
	if (*fn)
		return 0;
	pr_err("export: unknown format '%s' (expected case, c, test_bpf, selftest or data)", arg);
	return -EINVAL;
}

static int take_arch(void *to, const char *arg)
{
	for (size_t i = 0; i < ARRAY_SIZE(arches); i++)
		if (!strcmp(arches[i].name, arg)) {
			*(enum byte_order *)to = arches[i].order;
			return 0;
		}
	fprintf(stderr, "checkjit: export: unknown arch '%s' (expected one of: ", arg);
	print_arches(stderr);
	fprintf(stderr, ")\n");
	return -EINVAL;
}

static int take_reg(void *to, const char *arg)
{
	if (arg[0] != 'r' || arg[1] < '0' || arg[1] > '9' || arg[2]) {
		pr_err("export: --reg '%s' (expected r0 to r9)", arg);
		return -EINVAL;
	}
	*(int *)to = arg[1] - '0';
	return 0;
}

static const struct opt_usage usage = {
	.name = "export",
	.head = "usage: checkjit export --format FORMAT --id ID[.VEC]|--case FILE [OPTION...]\n\n"
		"One vector of a case (the first, if the id names none) in another test format, "
		"on stdout:\n\n",
	.more = print_formats,
	.foot = "Exit codes: 0 ok, 2 usage, or the format cannot say what the case says.\n",
};

static const struct opt rows[] = {
	OPT_CALL("format", "FORMAT", struct job, fn, take_format, "one of these"),
	OPT_CALL("arch", "ARCH", struct job, ask.order, take_arch,
		 "whose byte order the expected values follow, where they depend on\nit (default: "
		 "le)"),
	OPT_CALL("reg", "rK", struct job, ask.reg, take_reg,
		 "test_bpf, selftest, data: the register to compare (default: the one\nthat the "
		 "body wrote last); memory that the body changes is compared\nas well"),
	OPT_TEXT("o", "FILE", struct job, out, "instead of stdout"),
	{}
};

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
	const struct opt_table tables[] = {
		{ rows, &j }, { cases_rows, &j.o }, { one_case_rows, &j.o }, {}
	};
	struct one_case one;
	int ret;

	lab_opts_init(&j.o);
	ret = opts_parse(&usage, tables, argc, argv);
	if (ret >= 0)
		return ret;
	if (optind < argc || !j.fn) {
		pr_err(j.fn ? "export: unexpected argument '%s' (`checkjit export --help`)"
			    : "export: --format is needed (`checkjit export --help`)",
		       argv[optind]);
		return EXIT_USAGE;
	}
	if (one_case_load(&j.o, &one))
		return EXIT_USAGE;
	ret = run(&j, &one);
	one_case_free(&one);
	return ret;
}
