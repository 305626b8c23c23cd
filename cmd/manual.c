// SPDX-License-Identifier: GPL-2.0
/* checkjit.1, from the tables of subcommands, jobs and settings. */
#include <stdio.h>
#include <string.h>
#include "cmd/cmd.h"
#include "cmd/opts.h"
#include "cmd/settings.h"
#include "lib/util.h"
#include "lib/version.h"

/* Print @text so that roff shows it as it is. `…`, which marks commands, becomes bold. */
static void put(const char *text)
{
	bool bold = false;

	if (*text == '.' || *text == '\'')
		fputs("\\&", stdout);
	for (; *text; text++) {
		if (*text == '`')
			fputs((bold = !bold) ? "\\fB" : "\\fR", stdout);
		else if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else if (*text == '\'')
			fputs("\\(aq", stdout);
		else
			putchar(*text);
	}
}

/* One entry of a list: @name, and what it is. */
static void item(const char *name, const char *text)
{
	fputs(".TP\n.B ", stdout);
	put(name);
	putchar('\n');
	put(text);
	putchar('\n');
}

static void print_head(void)
{
	printf(".\\\" SPDX-License-Identifier: GPL-2.0\n"
	       ".\\\" Made by `checkjit manual`.\n"
	       ".TH CHECKJIT 1 \"\" \"checkjit ");
	put(checkjit_version());
	printf("\"\n"
	       ".SH NAME\n"
	       "checkjit \\- conformance suite for the eBPF JIT compilers of the Linux kernel\n"
	       ".SH SYNOPSIS\n"
	       ".B checkjit job\n.I JOB\n.RI [ SETTING = VALUE ]...\n"
	       ".br\n"
	       ".B checkjit\n.I COMMAND\n.RI [ ARGUMENT ]...\n"
	       ".br\n"
	       ".B checkjit \\-\\-version\n"
	       ".SH DESCRIPTION\n"
	       "checkjit runs instruction\\-level cases on the interpreter of a kernel and on its "
	       "JIT, in QEMU guests,\n"
	       "and compares the whole machine state with a model written from RFC 9669.\n"
	       "Where they differ, it names the engine that is wrong, the instruction, its "
	       "operands, and the command\n"
	       "that runs just that case again.\n"
	       ".PP\n"
	       "Jobs do whole tasks: they get kernels, boot guests and report.\n"
	       "In a checkout, \\fBmake\\fR \\fIJOB\\fR is the same as \\fBcheckjit job\\fR "
	       "\\fIJOB\\fR.\n"
	       "Commands are the parts of jobs, and what needs no guest.\n");
}

static void print_jobs(void)
{
	printf(".SH JOBS\n");
	for (u32 i = 0; i < NR_JOBS; i++)
		item(job_name(i), job_help(i));
}

static void print_settings(void)
{
	printf(".SH SETTINGS\n"
	       "Settings are arguments of \\fBcheckjit job\\fR, variables of \\fBmake\\fR, or "
	       "variables of the environment.\n"
	       "Defaults are in parentheses.\n");
	for (u32 i = 0; i < NR_SETTINGS; i++) {
		char *text = settings[i].fallback
				     ? xasprintf("%s (%s)", settings[i].help, settings[i].fallback)
				     : xstrdup(settings[i].help);

		item(settings[i].name, text);
		free(text);
	}
}

static void print_commands(void)
{
	printf(".SH COMMANDS\n"
	       "\\fBcheckjit\\fR \\fICOMMAND\\fR \\fB\\-\\-help\\fR describes the options.\n");
	for (u32 i = 0; i < nr_commands; i++)
		item(commands[i].name, commands[i].help);
}

static void print_foot(void)
{
	printf(".SH FILES\n");
	item("results/", "what jobs leave, below the current directory");
	item("~/.cache/checkjit", "kernels and what they are made of; it may be deleted at any "
				  "time (with XDG_CACHE_HOME set: checkjit below that)");
	printf(".SH EXIT STATUS\n");
	item("0", "nothing new");
	item("1", "findings");
	item("2", "usage or bad input");
	item("3", "infrastructure: no kernel, no guest, no space left");
	printf(".SH EXAMPLES\n.EX\n");
	put("checkjit job run ARCH=riscv32 KERNEL=~/linux CASES='alu/*'\n"
	    "checkjit job repro ARCH=arm64 ID=alu/neg64/r3\n"
	    "checkjit list 'alu/sdiv*'\n"
	    "echo 'r3 s/= r4' | checkjit asm\n");
	printf(".EE\n");
}

static const struct opt_usage usage = {
	.name = "manual",
	.head = "usage: checkjit manual\n\nPrint the manual page, checkjit.1.\n",
};

int cmd_manual(int argc, char **argv)
{
	const struct opt_table tables[] = { {} };
	int ret = opts_parse(&usage, tables, argc, argv);

	if (ret >= 0)
		return ret;
	print_head();
	print_jobs();
	print_settings();
	print_commands();
	print_foot();
	return EXIT_OK;
}
