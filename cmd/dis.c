// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <string.h>
#include "bpf/asm.h"
#include "cmd/cmd.h"
#include "cmd/opts.h"
#include "cmd/stdin.h"
#include "lib/util.h"

static const struct opt_usage usage = {
	.name = "dis",
	.head = "usage: checkjit dis < SLOTS\n\n"
		"Read instruction slots on stdin, one a line: 16 hex digits, the 8 bytes of struct "
		"bpf_insn in\n"
		"little-endian layout; blank lines and # comments are skipped. Write assembly that "
		"`checkjit asm`\n"
		"turns into the same slots; what no kernel accepts becomes `.insn 0xDIGITS`.\n\n"
		"	echo 3f21010000000000 | checkjit dis\n"
		"	r1 s/= r2\n",
};

static int hex_digit(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	return isxdigit((unsigned char)c) ? (c | 0x20) - 'a' + 10 : -1;
}

/* Parse one line without its newline. Returns 1 for a slot, 0 for an empty line, or an error. */
static int parse_line(const char *line, size_t len, int nr, struct insn *insn, struct diag *diag)
{
	u8 bytes[INSN_SIZE] = {};
	size_t i = strspn(line, " \t\r"), digits = 0;
	const char *expected;

	for (; i < len && digits < 16 && hex_digit(line[i]) >= 0; i++, digits++)
		bytes[digits / 2] |= hex_digit(line[i]) << (digits % 2 ? 0 : 4);
	if (digits && digits < 16)
		return diag_set(diag, "<stdin>", nr, i + 1,
				"%zu hex digits (expected 16: one slot)", digits);
	while (i < len && strchr(" \t\r", line[i]))
		i++;
	expected = digits ? "the end of the line" : "16 hex digits";
	if (i < len && isgraph((unsigned char)line[i]) && line[i] != '#')
		return diag_set(diag, "<stdin>", nr, i + 1, "unexpected '%c' (expected %s)",
				line[i], expected);
	if (i < len && line[i] != '#')
		return diag_set(diag, "<stdin>", nr, i + 1,
				"unexpected character \\x%02x (expected %s)",
				(unsigned char)line[i], expected);
	insn_decode(insn, bytes, ORDER_LE);
	return digits == 16;
}

int cmd_dis(int argc, char **argv)
{
	struct func main_func = { .name = (char *)"main" };
	struct code code = { .funcs = &main_func, .nfuncs = 1 };
	struct diag diag = {};
	int nr = 1, ret = opts_parse(&usage, &(struct opt_table){}, argc, argv);
	char *text;
	u32 cap = 0;

	if (ret >= 0)
		return ret;
	if (!no_arguments(argc, argv))
		return EXIT_USAGE;
	text = read_stdin(&ret);
	if (!text)
		return ret;
	for (char *line = text; ret == EXIT_OK && *line; nr++) {
		size_t len = strcspn(line, "\n");
		int got;

		ARRAY_GROW(code.insns, code.cnt, cap);
		got = parse_line(line, len, nr, &code.insns[code.cnt], &diag);
		if (got < 0) {
			diag_print(&diag);
			ret = EXIT_USAGE;
		} else {
			code.cnt += got;
		}
		line += len + (line[len] == '\n');
	}
	if (ret == EXIT_OK) {
		code_print(stdout, &code, "");
		ret = flush_stdout();
	}
	free(code.insns);
	free(text);
	return ret;
}
