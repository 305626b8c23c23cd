// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "cmd/cmd.h"
#include "lib/util.h"

static const struct {
	const char *name;
	int (*fn)(int argc, char **argv);
	const char *help;
} cmds[] = {
	{ "asm", cmd_asm, "assembly on stdin to 16 hex digits an instruction slot" },
	{ "dis", cmd_dis, "the reverse" },
	{ "model", cmd_model,
	  "the state that the reference model computes for each vector of a case" },
	{ "list", cmd_list, "the ids of all cases" },
	{ "run", cmd_run, "run cases on the engines of one arch in a QEMU guest" },
	{ "repro", cmd_repro, "one case on all engines of an arch, everything shown" },
	{ "verdict", cmd_verdict, "one case, one line per engine, for scripts" },
	{ "soundness", cmd_soundness,
	  "check what the verifier states about registers, in all cases" },
	{ "vm", cmd_vm, "keep a guest booted for other subcommands" },
	{ "trace", cmd_trace, "find the first wrong instruction of a failing case" },
	{ "reduce", cmd_reduce, "shrink a failing case" },
	{ "export", cmd_export,
	  "a case as C, a test_bpf entry, a selftest, a bpf_conformance test" },
	{ "import", cmd_import,
	  "convert foreign tests to cases: bpf_conformance, BPF ELF objects" },
	{ "plugin", cmd_plugin, "the plugin protocol of bpf_conformance, on the model or a guest" },
	{ "fuzz-target", cmd_fuzz_target,
	  "inputs of the fuzzer on a guest: under afl-fuzz, or from files" },
	{ "grid", cmd_grid, "which instructions, registers and edges the cases exercise" },
	{ "fuzz-corpus", cmd_fuzz_corpus, "the inputs that a fuzzer starts with; inputs as cases" },
	{ "fuzz-accept", cmd_fuzz_accept,
	  "how many of the mutator's programs a real verifier takes" },
	{ "results", cmd_results, "the records of a run as JSON lines" },
	{ "known", cmd_known, "the known bugs of kernels, and the quirks that predict them" },
	{ "attribute", cmd_attribute,
	  "which engine is wrong in a case, among all engines of all arches" },
	{ "compare", cmd_compare, "what changed from one run to another" },
	{ "job", cmd_job, "what `make JOB` does" },
	{ "guest", cmd_guest,
	  "a subcommand on the guest of an arch, with the settings as its options" },
	{ "settings", cmd_settings, "the settings of all jobs, and their present values" },
};

static void usage(FILE *f)
{
	fprintf(f, "usage: checkjit COMMAND [ARGUMENT...]\n\n"
		   "Conformance suite for the eBPF JIT compilers of the Linux kernel.\n"
		   "`make help` shows the jobs that boot machines; these are their parts:\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(cmds); i++)
		fprintf(f, "  %-12s %s\n", cmds[i].name, cmds[i].help);
	fprintf(f, "\n`checkjit COMMAND --help` explains each.\n"
		   "Exit codes: 0 ok, 1 findings, 2 usage or bad input, 3 infrastructure.\n");
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return EXIT_OK;
	}
	for (size_t i = 0; i < ARRAY_SIZE(cmds); i++)
		if (!strcmp(argv[1], cmds[i].name))
			return cmds[i].fn(argc - 1, argv + 1);
	pr_err("unknown command '%s' (expected one of those that `checkjit --help` lists)",
	       argv[1]);
	return EXIT_USAGE;
}
