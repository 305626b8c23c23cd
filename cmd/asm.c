// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "bpf/asm.h"
#include "cmd/cmd.h"
#include "cmd/stdin.h"
#include "lib/util.h"

static const char help[] =
	"usage: checkjit asm < ASSEMBLY\n\n"
	"Read BPF assembly in the dialect of clang and the kernel's selftests on stdin; write one line of\n"
	"16 hex digits an instruction slot: the 8 bytes of struct bpf_insn in little-endian layout.\n"
	"Labels, `func NAME args N:` for subprograms and `.insn 0xDIGITS` for any slot are understood.\n\n"
	"	echo 'r1 s/= r2' | checkjit asm\n"
	"	3f21010000000000\n";

int cmd_asm(int argc, char **argv)
{
	struct diag diag = {};
	struct code code;
	char *text;
	int ret = EXIT_OK;

	if (no_arguments(argc, argv, help, &ret))
		return ret;
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
