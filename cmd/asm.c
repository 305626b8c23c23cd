// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "bpf/asm.h"
#include "cmd/cmd.h"
#include "cmd/opts.h"
#include "cmd/stdin.h"
#include "lib/util.h"

static const struct opt_usage usage = {
	.name = "asm",
	.head = "usage: checkjit asm < ASSEMBLY\n"
		"       checkjit asm --table\n\n"
		"Read BPF assembly in the dialect of clang and the kernel's selftests on stdin; "
		"write one line of\n"
		"16 hex digits an instruction slot: the 8 bytes of struct bpf_insn in "
		"little-endian layout.\n"
		"Labels, `func NAME args N:` for subprograms and `.insn 0xDIGITS` for any slot are "
		"understood.\n\n"
		"	echo 'r1 s/= r2' | checkjit asm\n"
		"	3f21010000000000\n\n",
};

struct asm_opts {
	bool table;
};

static const struct opt rows[] = {
	OPT_FLAG("table", struct asm_opts, table,
		 "list all instructions: name, ISA version (v5: newer than clang's v4),\nRFC 9669 "
		 "conformance group, an example"),
	{}
};

static const char *const groups[] = {
	[GROUP_BASE32] = "base32",     [GROUP_BASE64] = "base64",     [GROUP_ATOMIC32] = "atomic32",
	[GROUP_ATOMIC64] = "atomic64", [GROUP_DIVMUL32] = "divmul32", [GROUP_DIVMUL64] = "divmul64",
	[GROUP_PACKET] = "packet",     [GROUP_CALLX] = "callx",	      [GROUP_LINUX] = "linux",
};

static int print_table(void)
{
	for (size_t i = 0; i < nr_insn_descs; i++) {
		const struct insn_desc *d = &insn_descs[i];
		struct insn insn[2] = { {
			.code = d->code,
			.dst = d->fields & F_DST ? 1 : d->dst,
			.src = d->fields & F_SRC ? 2 : d->src,
			.off = d->fields & F_OFF ? 16 : d->off,
			.imm = d->fields & F_IMM ? 7 : d->imm,
		} };
		char text[128];

		insn_print(text, sizeof(text), insn);
		printf("%s\tv%d\t%s\t%s\n", d->name, d->cpu, groups[d->group], text);
	}
	return flush_stdout();
}

int cmd_asm(int argc, char **argv)
{
	struct asm_opts o = {};
	const struct opt_table tables[] = { { rows, &o }, {} };
	int ret = opts_parse(&usage, tables, argc, argv);
	struct diag diag = {};
	struct code code;
	char *text;

	if (ret >= 0)
		return ret;
	if (!no_arguments(argc, argv))
		return EXIT_USAGE;
	if (o.table)
		return print_table();
	text = read_stdin(&ret);
	if (!text)
		return ret;
	if (asm_assemble(text, "<stdin>", 1, NULL, &code, &diag)) {
		diag_print(&diag);
		free(text);
		return EXIT_USAGE;
	}
	for (u32 i = 0; i < code.cnt; i++) {
		u8 b[INSN_SIZE];

		insn_encode(b, &code.insns[i], ORDER_LE);
		for (int k = 0; k < INSN_SIZE; k++)
			printf("%02x", b[k]);
		putchar('\n');
	}
	code_free(&code);
	free(text);
	return flush_stdout();
}
